// SPDX-License-Identifier: EUPL-1.2
// A release's dictionary to the sections META..PLACES of the file, and back.
#pragma once
#include "base/buf.h"
#include "index/format.h"
#include "model/release.h"

struct dictionary {
    struct buf section[SECTION_PLACES + 1]; // those from META on are used
};
/// ERR_LIMIT (which list is too long), ERR_INVALID (rings that end behind their points), ERR_NOMEM.
enum err dictionary_encode(struct scope *sc, const struct release_info *in, uint32_t leaf,
                           struct dictionary *out);
void     dictionary_free(struct dictionary *d);

/// Checks every count and offset; texts and points stay in the file, lists go into the scope's arena. ERR_CORRUPT.
enum err dictionary_decode(struct scope *sc, const unsigned char *file, const struct format_entry *table,
                           struct format_meta *meta, struct release_info *out);
