// SPDX-License-Identifier: EUPL-1.2
// Why a row was not taken, and what is odd about rows that were. The codes are part of our interface.
#pragma once
#include <stddef.h>

enum reason {
    REASON_NONE,
    // rejected
    REASON_FIELDS,
    REASON_ENCODING,
    REASON_QUOTES,
    REASON_TOO_LONG,
    REASON_DATE_MISSING,
    REASON_DATE_UNREADABLE,
    REASON_DATE_IMPOSSIBLE,
    REASON_ID_MISSING,
    REASON_ID_TOO_LONG,
    REASON_ID_ROUNDED,
    REASON_CATEGORY_MISSING,
    REASON_CATEGORIES_MANY,
    REASON_CATEGORY_TOO_LONG,
    // taken, and noted
    NOTE_POINT_ZERO,
    NOTE_POINT_SWAPPED,
    NOTE_POINT_OUTSIDE,
    NOTE_POINT_UNREADABLE,
    NOTE_POINT_HALF,
    NOTE_ADDRESS_UNKNOWN,
    NOTE_PLACE_ELSEWHERE,
    NOTE_TIME_GAP,
    NOTE_TIME_REPEAT,
    NOTE_WINDOW_REVERSED,
    NOTE_WINDOW_UNREADABLE,
    NOTE_CATEGORY_UNKNOWN,
    NOTE_CLASS_STRICTER,
    NOTE_CODE_UNKNOWN,
    NOTE_CODE_EARLY,
    NOTE_CODE_BLANK,
    NOTE_OUTCOME_UNKNOWN,
    NOTE_LETTERS_LOST,
    REASONS,
};
enum { NOTE_FIRST = NOTE_POINT_ZERO };
_Static_assert(REASONS <= 64, "notes of a row are bits");

const char *reason_code(enum reason r);
const char *reason_sentence(enum reason r);
