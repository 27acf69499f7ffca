// SPDX-License-Identifier: EUPL-1.2
// The table that tools/pack_text writes: sorted by id, in the order of enum msg.
#pragma once
#include "html/text.h"

enum { TEXT_FORMS = 3 };
struct text_entry {
    const char *id;
    bool        plural;
    const char *form[LANGUAGES][TEXT_FORMS]; // the first alone unless plural
};
extern const struct text_entry text_table[];
extern const size_t            text_table_n;

/// The text piece by piece: literal parts and arguments, each handed to put. The message's table entry is ours; the
/// arguments are not, and put is what escapes them.
void text_pieces(struct buf *to, enum language l, enum msg m, const struct text_arg *args,
                 void (*put)(struct buf *to, int place, str piece), int place);
