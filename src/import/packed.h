// SPDX-License-Identifier: EUPL-1.2
// The files of profiles/ as they stand in the program; made by tools/pack_texts.
#pragma once
#include <stddef.h>

struct packed_text {
    const char *name, *text;
};
extern const struct packed_text import_packed[];
extern const size_t             import_packed_n;
/// Those of profiles/codes/.
extern const struct packed_text codes_packed[];
extern const size_t             codes_packed_n;
