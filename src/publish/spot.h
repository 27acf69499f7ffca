// SPDX-License-Identifier: EUPL-1.2
// Where the public is told that something happened, as a number that is equal for what it cannot tell apart: the cell of the grid,
// or the point, and the areas. Strips and small parts that are told at the anchor of another cell (publish/region.h) are places of
// their own here. And how many left the public tier at that place with earlier releases.
// Threads: does not change once opened. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/leave.h"

struct spot_left {
    uint64_t place;
    int64_t  moment; // as the caller numbers times; INT64_MIN: not known
    int64_t  release;
};
struct spots {
    const struct atlas *atlas;
    unsigned            level; // of the grid; 0: points are told as they are given here
    struct spot_left   *left;  // [n_left] in their order, borrowed
    size_t              n_left;
};
/// at: a point as it is told but for the grid; NULL: it is told without one. 0: nothing is told of where it was.
uint64_t spot_place(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS]);
/// Takes what has left, and orders it.
void     spots_take(struct spots *s, struct spot_left *left, size_t n);
/// All but what is said.
struct leave_spot spot_of(const struct spots *s, uint64_t place, int64_t moment);
