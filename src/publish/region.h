// SPDX-License-Identifier: EUPL-1.2
// The smallest place that a release tells apart. A row tells an anchor and, for each set of areas, in which one it is: so
// all that it gives away is the cell of the anchors' grid, cut by the borders of all sets at once. Such a region must stand
// for enough: addresses, inhabitants or hectares. Sets of small areas, or several sets laid over each other, would leave
// regions of a single house otherwise.
//   part   what one combination of areas has of one cell. It is enough by itself, or too small.
//   good   a cell whose rows tell all sets: each of its parts is enough, or joins another good cell.
//   host   a good cell whose middle lies in the same areas as the part, and whose own part of them is enough. The rows of a
//          part that is too small stand at the anchor of the nearest host; together they are enough.
// A cell in which some part finds no host tells the finest set for none of its rows (for some alone would point at the
// part), and is looked at anew with the sets that are left, among such cells only. So no region that can be told apart is
// too small, and the anchor of a row always stands in all areas that are told of it.
// A strip between borders of several sets, so narrow that no sample of its cell lies in it, is told as the part of its cell that
// shares most areas with it: told otherwise than its cell, its rows would be known to lie in it. A sample is a 377th of the cell:
// 12 m wide in cells of 240 m.
// All this hangs on borders, addresses and population alone, and on no incident.
// Threads: one at a time (what was found is remembered). Tests: tests/unit/test_region.c.
#pragma once
#include "publish/atlas.h"
#include "publish/policy.h"

struct regions;
/// level: of the quadtree whose cells are the grid. addresses: sorted or not, [n] where people live; used when the rule
/// counts them. A rule of least 0 asks nothing: rows stand at the
/// nearest middle in their own areas. The scope must outlive *out. ERR_INVALID: the rule names a set that there is not, or that tells no population.
enum err regions_open(struct scope *sc, const struct atlas *atlas, const struct region_rule *rule,
                      unsigned level, const struct point *addresses, size_t n, struct regions **out);

struct region {
    bool         found;               // else the row is told without a point
    bool         beside;              // it is told as the part beside it
    struct point at;                  // the anchor
    size_t       kept;                // areas of so many sets are told, the coarsest,
    uint16_t     area[MAX_AREA_SETS]; // of these
};
/// Where a row is told that happened at this point, whose areas are known (of the sets that there are). Time after the first of a cell: one look-up.
enum err region_of(struct scope *sc, struct regions *r, struct point at, const uint16_t area[MAX_AREA_SETS],
                   struct region *out);
/// What an area has of land, by its rings.
double   area_hectares(const struct release_area *a);
/// Areas that no row may be told to be in without a point, for a source may tell an area by its code, which is then a region
/// itself: those with less than FLOOR_HECTARES of land or less than the rule wants, by its own measure. Inhabitants are those
/// that the area's own set tells, and none where it does not. Lists of the scope, by set and area.
enum err areas_too_small(struct scope *sc, const struct atlas *atlas, const struct region_rule *rule,
                         const struct point *addresses, size_t n, bool *small[MAX_AREA_SETS]);
/// The least that any region found so far stands for, in the unit of the rule; 0 before the first.
double   regions_smallest(const struct regions *r);
