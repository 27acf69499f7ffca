// SPDX-License-Identifier: EUPL-1.2
// Anchors of a list: named points that stand on the map for the places where things happened. Those of a grid are found by
// publish/region.h.
//   list   named points of a file, each of which stands for at least ANCHOR_MIN_ADDRESSES addresses or for a
//   public
//          place: the nearest in the incident's own area, at most ANCHOR_MAX_M away. An area that holds none
//          is represented by its label point.
// An incident in no area is bound by none: the nearest point of the list.
// The rule of eight addresses is that of data.police.uk (refuge and disclosure literature: ICO 2012).
// Threads: immutable once made. Tests: tests/unit/test_anchor.c.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "geo/polygon.h"

enum {
    ANCHOR_MIN_ADDRESSES = 8,
    ANCHOR_MAX_POINTS = 2000000,
    ANCHOR_MAX_NAME = 200, // bytes
    ANCHOR_MAX_M = 20000,
};

struct named_point {
    struct point at;
    str          name;
};

/// The areas that no anchor may leave; borrowed. n is 0 when there are none.
struct anchor_areas {
    const struct ring_set      *rings; // [n]
    const struct point         *label; // [n]
    const struct polygon_index *find;
    size_t                      n;
};

struct anchors;
/// The coarsest level whose cells are at least metres wide on the ground at mercator row y.
unsigned anchor_level(double metres, uint32_t y);
/// points: borrowed. ERR_INVALID when there are none.
enum err anchors_list(struct scope *sc, const struct named_point *points, size_t n,
                      const struct anchor_areas *areas, struct anchors **out);
/// Reads lon,lat,name[,addresses] with a header line. counted: the list must say what each point stands for, as those for the
/// public must. ERR_INVALID: a row that is not such, or 1 to 7 addresses.
enum err anchors_read(struct scope *sc, const char *path, bool counted, struct named_point **out, size_t *n);

/// Reads where people live, an address a row: lon,lat with a header line. ERR_INVALID.
enum err addresses_read(struct scope *sc, const char *path, struct point **out, size_t *n);

struct anchor {
    bool         found;
    struct point at;
    uint32_t     number; // in the list, from 0; UINT32_MAX: not one of the list
};
/// area: the incident's own, as areas->find tells, or POLYGON_NOWHERE. Not found: it goes without a point.
void anchor_of(const struct anchors *a, struct point at, uint16_t area, struct anchor *out);

/// A point well inside: of the middles of what 31 level lines cut out of the area, the one farthest from the
/// border. Of an area that holds nothing (no area of its own), its first vertex.
enum err label_point(struct scope *sc, const struct ring_set *rings, struct point *out);
