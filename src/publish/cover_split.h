// SPDX-License-Identifier: EUPL-1.2
// Lines parted by what whoever compares the releases sees of the rows that stay: which months a file revised, and what of them; what is told
// besides the kind; and where others left before. A row that is gone would have been revised with its like, so that only those are as
// likely to be the one that turned. Who is in which part hangs on what the row is and on what was revised, never on who turned in it,
// but for this: a part that has too few others loses all of them, and what is lacking is taken from the rest, which it joins.
// Threads: no shared state. Tests: tests/unit/test_cover.c, tests/unit/test_leave.c.
#pragma once
#include "publish/cover.h"

struct cover_parts {
    uint32_t *of; // [n] the line that line `first` + i is a part of; to be freed
    size_t    n;
    uint32_t  first;
    uint64_t  unlike; // that turned, and leave with others than such, since these are too few
};
/// Gives the rows of each line that loses some lines of their own, numbered from `first` on, and marks what goes along in any case; orders the rows. False: there is no memory,
/// and nothing is to be freed.
bool cover_split(struct cover_row *row, size_t n, uint32_t first, struct cover_parts *out);
