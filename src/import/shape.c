// SPDX-License-Identifier: EUPL-1.2
#include "import/shape.h"

#include <stdlib.h>

void shape_free(struct shape_parts *s)
{
    free(s->point);
    free(s->part_end);
    free(s->polygon);
    *s = (struct shape_parts){ 0 };
}

static bool add_point(struct shape_parts *s, struct point p)
{
    if (s->n_points == s->cap_points) {
        size_t        cap = s->cap_points ? s->cap_points * 2 : 256;
        struct point *grown = cap <= UINT32_MAX ? realloc(s->point, cap * sizeof *grown) : NULL;
        if (!grown) return false;
        s->point = grown;
        s->cap_points = cap;
    }
    s->point[s->n_points++] = p;
    return true;
}

static bool end_part(struct shape_parts *s, uint32_t polygon)
{
    if (s->n_parts == s->cap_parts) {
        size_t    cap = s->cap_parts ? s->cap_parts * 2 : 16;
        uint32_t *end = realloc(s->part_end, cap * sizeof *end), *of = NULL;
        if (end) s->part_end = end;
        if (end) of = realloc(s->polygon, cap * sizeof *of);
        if (!of) return false;
        s->polygon = of;
        s->cap_parts = cap;
    }
    s->polygon[s->n_parts] = polygon;
    s->part_end[s->n_parts++] = (uint32_t)s->n_points;
    return true;
}

static bool same(struct point a, struct point b)
{
    return a.x == b.x && a.y == b.y;
}

static bool on_earth(const double *lon_lat, size_t n)
{
    for (size_t i = 0; i < n; i++) // this way round NaN is refused, too
        if (!(lon_lat[2 * i] >= -180 && lon_lat[2 * i] <= 180 && lon_lat[2 * i + 1] >= -90 &&
              lon_lat[2 * i + 1] <= 90))
            return false;
    return true;
}

/// One ring or line. Points that fall on the one before (finer than a centimetre) are left out.
static bool add_part(struct shape_parts *to, const double *lon_lat, size_t n, bool ring, size_t least,
                     uint32_t polygon, enum shape_problem *problem)
{
    size_t from = to->n_points;
    for (size_t i = 0; i < n; i++) {
        struct point p = mercator_of(lon_lat[2 * i], lon_lat[2 * i + 1]);
        if (to->n_points > from && same(p, to->point[to->n_points - 1])) continue;
        if (!add_point(to, p)) return false;
    }
    if (ring && to->n_points > from && !same(to->point[from], to->point[to->n_points - 1]) &&
        !add_point(to, to->point[from]))
        return false;
    if (to->n_points - from >= least) return end_part(to, polygon);
    to->n_points = from;
    if (*problem == SHAPE_FINE) *problem = SHAPE_TOO_SHORT;
    return true;
}

enum err shape_add(struct scope *sc, struct shape_parts *to, const struct geometry *g,
                   enum shape_problem *problem)
{
    bool   ring = g->kind == GEOM_POLYGON || g->kind == GEOM_MULTIPOLYGON;
    bool   line = g->kind == GEOM_LINE || g->kind == GEOM_MULTILINE;
    size_t least = ring ? 4 : line ? 2 : 1;
    *problem = SHAPE_FINE;
    if (!on_earth(g->lon_lat, g->n_points)) {
        *problem = SHAPE_OFF_EARTH;
        return OK;
    }
    uint32_t first = to->n_parts ? to->polygon[to->n_parts - 1] + 1 : 0;
    for (size_t i = 0, from = 0; i < g->n_parts; from = g->part_end[i++])
        if (!add_part(to, g->lon_lat + 2 * from, g->part_end[i] - from, ring, least,
                      first + g->part_polygon[i], problem))
            return fail(&sc->fault, ERR_NOMEM, "no room for a shape of %zu points", to->n_points);
    return OK;
}
