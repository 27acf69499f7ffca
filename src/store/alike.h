// SPDX-License-Identifier: EUPL-1.2
// One key written in two ways: spreadsheets drop leading zeros and add ".0" or an apostrophe, programs change capitals. The source's
// key stays as it is written; its forms only tell which keys are to be looked at (SQL_ALIKE_FIND has the small one in SQL).
// Tests: tests/unit/test_several.c.
#pragma once
#include "base/str.h"

struct
    key_forms { // without ".0" behind the key and without zeros and apostrophes before it, in letters of ASCII
    str  small, capital;
    bool odd; // the key is neither of them: who looks for those does not find it
};
/// Both are parts of the key, or of room, which holds twice as many bytes as the key.
struct key_forms key_forms(str key, char *room);
