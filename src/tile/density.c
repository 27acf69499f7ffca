// SPDX-License-Identifier: EUPL-1.2
#include "tile/density.h"

#include "stats/density.h"
#include "tile/clip.h"
#include <math.h>

const double density_from[DENSITY_CLASSES] = { 0.5, 1, 2, 4, 8 };

enum err density_scale_of(struct scope *sc, const struct index *ix, const struct filter *f,
                          struct density_scale *out)
{
    struct density_scale s = { 0 };
    struct facets        all;
    TRY(index_facets(sc, ix, f, 0, false, &all));
    TRY(index_ground(sc, ix, f, DENSITY_LEVEL, &s.ground_km2));
    s.incidents = all.total - all.without_point;
    if (s.ground_km2 > 0) s.mean_km2 = (double)s.incidents / s.ground_km2;
    *out = s;
    return OK;
}

unsigned density_class(const struct density_scale *s, double km2)
{
    unsigned k = 0;
    while (s->mean_km2 > 0 && k < DENSITY_CLASSES && km2 >= density_from[k] * s->mean_km2) k++;
    return k;
}

/// The tile and all points that may reach into it. The scale grows towards the poles, so what reaches furthest are points
/// beyond the tile's poleward edge; the second step takes theirs, and a hundredth more covers what is left.
static struct box reach_of(struct box tile, double metres)
{
    uint32_t   north = mercator_units(metres, tile.min_y), south = mercator_units(metres, tile.max_y);
    struct box once = box_widened(tile, north > south ? north : south);
    north = mercator_units(1.01 * metres, once.min_y);
    south = mercator_units(1.01 * metres, once.max_y);
    return box_widened(tile, north > south ? north : south);
}

static enum err add_points(struct scope *sc, const struct index *ix, const struct filter *f, double metres,
                           unsigned z, struct box tile, struct density *d)
{
    struct box                reach = reach_of(tile, metres);
    double                    pixel = ldexp(1, 32 - (int)z) / DENSITY_SIDE; // mercator units
    double                    peak = 3 / (M_PI * metres * metres / 1e6);
    struct index_points      *points;
    const struct index_point *p;
    size_t                    n;
    TRY(index_points_open(sc, ix, f, &reach, &points));
    while (index_points_next(points, &p, &n))
        for (size_t i = 0; i < n; i++) {
            double x = ((double)p[i].at.x - tile.min_x + 0.5) / pixel,
                   y = ((double)p[i].at.y - tile.min_y + 0.5) / pixel;
            density_add(d, x, y, metres / (mercator_unit_m(p[i].at.y) * pixel), peak * p[i].count);
        }
    return OK;
}

enum err tile_density(struct scope *sc, const struct index *ix, const struct filter *f, unsigned bandwidth_m,
                      unsigned z, uint32_t x, uint32_t y, double *km2)
{
    struct density d;
    if (z > DENSITY_MAX_Z || x >> z || y >> z)
        return fail(&sc->fault, ERR_INVALID, "there is no density tile %u/%u/%u; zooms go from 0 to %d", z, x,
                    y, DENSITY_MAX_Z);
    if (bandwidth_m < DENSITY_MIN_M || bandwidth_m > DENSITY_MAX_M)
        return fail(&sc->fault, ERR_INVALID, "a bandwidth has %d to %d m, not %u", DENSITY_MIN_M,
                    DENSITY_MAX_M, bandwidth_m);
    TRY(density_open(sc, DENSITY_SIDE, &d));
    TRY(add_points(sc, ix, f, bandwidth_m, z, tile_box(z, x, y), &d));
    density_sum(&d, km2);
    return OK;
}
