// SPDX-License-Identifier: EUPL-1.2
// Who leaves with those that turned sensitive, so that a row that is gone tells at most one time in five why: of each that
// turned, four others that were public beside it and are no different.
//
// The public rows of a kind stand in a line by month and neighbourhood, which is cut into half-years where these have enough, and
// into runs of COVER_RUN, or as many
// more as the run needs; those that go along are drawn from the run, each as likely. A run does not depend on who in it turned, so
// that any five of it that leave are as likely as any other: circles around the one that turned (its place, its month, its
// year) would leave it in their middle.
//
// Those that turned at one place, which may be one household, leave together, and would stand together where their cover stands
// apart. So they are covered by four other places (publish/cover_places.h), each of which loses as many of the same lines in
// the same pattern of times. And who turns where others have left before is covered by those like it: a place that loses one in each
// of several batches would be seen, too.
// Threads: no shared state. Tests: tests/unit/test_cover.c.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COVER_EACH = 4, COVER_RUN = 50, COVER_LINE = 20 /* rows of a kind that needs no others */ };

struct cover_row {
    uint32_t line;
    int32_t  month;
    uint32_t near;     // neighbourhood: close ones have close numbers
    uint64_t said;     // what else is told of it (publish/cover_split.h): equal for what is told alike;
    bool     by_said;  // of one that turned: it leaves since that has changed
    uint64_t kind;     // equal for one kind
    uint64_t slice;    // not 0: the public sees that its source told this part again (publish/touched.h),
    bool     touched;  // and of that part its month
    uint8_t  changed;  // bits: what of it is another since it was told,
    uint8_t  own;      // and what of that may be so since it turned
    bool     again;    // one that left before was told of the same time and place
    uint64_t key;      // of cover_split alone
    uint8_t  has;      // of one that turned: so many go along with it in any case
    bool     unlike;   // likewise: they are all that are like it, and too few
    uint32_t before;   // so many left where it is told to have happened, with earlier releases,
    uint32_t batches;  // which are so many
    uint64_t place;    // where it is told to have happened: equal for one place; 0: nowhere
    int64_t  moment;   // when it is told to have happened: equal for one time
    uint64_t fact;     // for the caller
    int64_t  incident; // likewise
    uint32_t stand_in; // likewise
    bool     turned;
    bool     along;  // it goes along
    uint8_t  want;   // of one that turned: so many must still go along
    uint64_t chance; // orders those that are alike
};
static inline int32_t cover_half_of(const struct cover_row *row)
{
    return (row->month >= 0 ? row->month : row->month - 5) / 6;
}
struct cover_kind {    // of those that were public to the same end
    int32_t  source;   // as struct fact: not all mark as much
    int32_t  category; // likewise
    uint16_t kinds;
    int class, section; // enum sensitivity, and of the ICCS
    uint64_t rows;      // public before, with those that turned
    uint32_t line;
    uint64_t in_line; // rows
    uint32_t
        until; // the release that showed them last; 0: the newest. Who kept all releases tells others apart
    uint32_t number; // for the caller
};
struct cover_half { // of a half-year, what has left the public tier:
    uint32_t left;  // all of it, whether its source still tells of it or not
    uint32_t gone;  // of it, what turned and its source has withdrawn since
};
/// Orders the kinds and gives each its line, a number below n; a line is of one end.
void cover_lines(struct cover_kind *k, size_t n);
struct cover_short {   // of cover
    uint64_t rows;     // too few for COVER_EACH for each that turned: of such a line nothing is left
    uint64_t together; // that turned at one place, without four other places like it that lose the same
};
/// Orders the rows and marks those that go along beside those that are marked. False: there is no memory, and nothing is chosen.
bool cover_choose(struct cover_row *row, size_t n, struct cover_short *out);
