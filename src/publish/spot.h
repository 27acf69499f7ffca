// SPDX-License-Identifier: EUPL-1.2
// Where the public is told that something happened, as a number that is equal for what it cannot tell apart: the cell of the grid,
// or the point, and the areas. Strips and small parts that are told at the anchor of another cell (publish/region.h) are places of
// their own here. And how many left the public tier at that place with earlier releases.
// Threads: does not change once opened. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/leave.h"

struct spot_left {
    uint64_t place;
    int64_t  release;
};
struct spots {
    const struct atlas *atlas;
    unsigned            level; // of the grid; 0: points are told as they are given here
    struct spot_left   *left;  // [n_left] in their order, of the scope
    size_t              n_left;
};
/// left: [n], with their areas, and a point as it is told but for the grid. ERR_NOMEM.
enum err          spots_open(struct scope *sc, const struct atlas *atlas, unsigned level,
                             const struct leave_left *left, size_t n, struct spots *out);
/// at: NULL: it is told without a point. Place, before and batches.
struct leave_spot spot_of(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS]);
