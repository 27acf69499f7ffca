// SPDX-License-Identifier: EUPL-1.2
// Dates and times as feeds write them, read by a pattern. What a pattern does not ask for is not known: one without
// an hour gives days, one without a day gives months.
//     %Y year of 4 digits    %y of 2 (69..99: 19xx)   %m month     %b its English name, 3 letters or whole
//     %d day                 %H hour 0..23            %I hour 1..12 with %p AM or PM
//     %M minute              %S second, with or without a fraction
//     %z offset: Z, +02, +0200 or +02:00              %% a percent sign
// Numbers other than years may lack their leading zero. A blank stands for any number of blanks, also none. All else
// stands for itself. Tests: tests/unit/test_when.c; fuzzed.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/time.h"

enum when_result {
    WHEN_READ,
    WHEN_OTHER,  // the text does not follow the pattern
    WHEN_NO_DAY, // it does, but there is no such day or hour, or the year is outside 1900..2149
};

struct when {
    int64_t        wall_s; // as written: its first second
    int64_t        last_s; // the last second it may mean; wall_s when seconds are told
    enum precision precision;
    bool           has_offset;
    int32_t        offset_s; // of UTC, when has_offset
};

/// Is it a pattern: at least a year and a month, known letters, no letter twice, an hour before minutes? The sentence tells.
enum err         when_pattern_check(struct scope *sc, str pattern);
enum when_result when_read(str text, str pattern, struct when *out);
