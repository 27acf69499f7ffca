// SPDX-License-Identifier: EUPL-1.2
// Density of incidents as a surface: at the middle of each pixel the sum over the published points of
//     n 3 / (pi h^2) (1 - d^2 / h^2)^2,  d < h,
// their counts n under a quartic kernel of h metres, in incidents per km2. It is made of what the release holds and nothing
// else: where points are anchors, it is the density of anchors.
//
// h is in metres and the same at every zoom. A distance is taken on the map, by the scale at the latitude of the point, so
// that all tiles that a point reaches into agree about it, to the last bit but for the rounding (stats/density.h). Against the
// great circle that is off by at most tan(latitude) h / R of h: 0.01 % at 50 degrees for 500 m. Where a pixel is larger than
// h, each point's mass is put on its pixel.
//
// Colours are classes of the same limits for all tiles of a question: 1/2, 1, 2, 4 and 8 times its mean, which is its
// incidents with a point over the ground of those squares of DENSITY_LEVEL that hold any incident of the release (of the
// filter's area, box or polygon). Below the first limit nothing is drawn.
// Threads: no shared state; the index is immutable. Tests: tests/property/test_density.c, tests/web/test_density.c.
#pragma once
#include "index/query.h"

enum {
    DENSITY_SIDE = 256, // pixels of a tile
    DENSITY_MAX_Z = 18,
    DENSITY_LEVEL = 16, // squares of 611 m at the equator, 400 m at 49 degrees
    DENSITY_MIN_M = 100,
    DENSITY_USUAL_M = 500,
    DENSITY_MAX_M = 5000,
    DENSITY_CLASSES = 5,
};

struct density_scale {
    uint64_t incidents; // with a point
    double   ground_km2, mean_km2;
};
/// Times the mean, from which each class begins.
extern const double density_from[DENSITY_CLASSES];
/// One count and one walk over the points. Without any incident the mean is 0. ERR_NOMEM.
enum err            density_scale_of(struct scope *sc, const struct index *ix, const struct filter *f,
                                     struct density_scale *out);
/// 0: below the first limit; else number of the class, from 1.
unsigned            density_class(const struct density_scale *s, double km2);

/// Incidents per km2 at the middles of the tile's pixels. km2: [DENSITY_SIDE * DENSITY_SIDE], row by row from the north west.
/// ERR_INVALID: no such tile, or z or the bandwidth beyond its limits. ERR_NOMEM.
enum err tile_density(struct scope *sc, const struct index *ix, const struct filter *f, unsigned bandwidth_m,
                      unsigned z, uint32_t x, uint32_t y, double *km2);
