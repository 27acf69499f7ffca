// SPDX-License-Identifier: EUPL-1.2
// Which areas of a set hold a point. Rings count by the even-odd rule, so holes, self-crossing rings and
// rings of either direction all have a meaning; a point on a boundary belongs to exactly one of the areas
// that share it (half-open edges), so that totals over a partition add up. Threads: immutable once built.
#pragma once
#include "base/err.h"
#include "geo/mercator.h"
#include <stddef.h>

struct ring_set {
    const struct point *point; // all rings behind each other, each closed (first point repeated last)
    size_t              n_points;
    const uint32_t     *ring_end; // [n_rings] points up to the end of each ring
    size_t              n_rings;
};

/// Does the point lie in it? Exact in whole numbers. Time O(points).
bool       polygon_has(const struct ring_set *rings, struct point p);
/// BOX_EMPTY without points.
struct box polygon_box(const struct ring_set *rings);
/// How a box lies to the rings: wholly outside, wholly inside, or perhaps cut by an edge (to be asked point
/// by point). NONE and FULL are certain for every point of the box; CUT may be said of a box that an edge
/// just misses.
enum cover { COVER_NONE, COVER_CUT, COVER_FULL };
enum cover polygon_cover(const struct ring_set *rings, struct box b);

/// Strips over many polygons: a look-up tests only the edges that touch its row.
struct polygon_index;
/// Borrowed: the rings must outlive the index. Built in the scope's arena.
/// ERR_NOMEM; ERR_LIMIT above 65,534 areas. Time and memory O(edges + cells), cells about 4 an edge; 16 bytes
/// for each strip of cells that an edge crosses.
enum err polygon_index_build(struct scope *sc, const struct ring_set *areas, size_t n,
                             struct polygon_index **out);
enum { POLYGON_NOWHERE = 0xFFFF };
/// Number of the first area (in the order given) that holds the point, or POLYGON_NOWHERE.
uint16_t polygon_index_find(const struct polygon_index *ix, struct point p);
