// SPDX-License-Identifier: EUPL-1.2
// GeoJSON geometry in degrees to parts in Mercator units, as the store keeps them.
#pragma once
#include "geo/mercator.h"
#include "wire/geojson.h"

struct shape_parts { // grows; memory is malloc'ed, so that an area of many features can be gathered
    struct point *point;
    uint32_t     *part_end;
    uint32_t
        *polygon; // [n_parts] which polygon each ring is of, over all geometries; its first is the outer one
    size_t n_points, n_parts, cap_points, cap_parts;
};
void shape_free(struct shape_parts *s);

enum shape_problem {
    SHAPE_FINE,
    SHAPE_OFF_EARTH, // a coordinate is not a longitude and latitude in degrees
    SHAPE_TOO_SHORT, // a ring of fewer than three different points, a line of one: that part is left out
};
/// Appends the parts of a geometry; rings are closed when they are not. *problem is the worst that was met.
enum err shape_add(struct scope *sc, struct shape_parts *to, const struct geometry *g,
                   enum shape_problem *problem);
