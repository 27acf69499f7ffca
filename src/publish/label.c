// SPDX-License-Identifier: EUPL-1.2
#include "publish/anchor.h"

#include "base/arena.h"
#include <math.h>
#include <stdlib.h>

enum { LINES = 31 };

static int cmp_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// Where the level line cuts the border, sorted. The line runs between two whole rows, so it meets no vertex.
static size_t cuts(const struct ring_set *r, double y, double *x)
{
    size_t n = 0;
    for (size_t ring = 0, i = 0; ring < r->n_rings; ring++)
        for (i += ring > 0; i + 1 < r->ring_end[ring]; i++) {
            double ax = r->point[i].x, ay = r->point[i].y, bx = r->point[i + 1].x, by = r->point[i + 1].y;
            if ((ay < y) != (by < y)) x[n++] = ax + (bx - ax) * ((y - ay) / (by - ay));
        }
    qsort(x, n, sizeof *x, cmp_double);
    return n;
}

static double border_distance2(const struct ring_set *r, double x, double y)
{
    double best = INFINITY;
    for (size_t ring = 0, i = 0; ring < r->n_rings; ring++)
        for (i += ring > 0; i + 1 < r->ring_end[ring]; i++) {
            double ax = r->point[i].x, ay = r->point[i].y;
            double dx = r->point[i + 1].x - ax, dy = r->point[i + 1].y - ay, len2 = dx * dx + dy * dy;
            double t = len2 > 0 ? ((x - ax) * dx + (y - ay) * dy) / len2 : 0;
            t = t < 0 ? 0 : t > 1 ? 1 : t;
            double ex = x - ax - t * dx, ey = y - ay - t * dy, d2 = ex * ex + ey * ey;
            if (d2 < best) best = d2;
        }
    return best;
}

enum err label_point(struct scope *sc, const struct ring_set *rings, struct point *out)
{
    if (!rings->n_points) {
        *out = (struct point){ 0 };
        return OK;
    }
    struct arena_mark mark = arena_mark(sc->mem);
    double           *x = arena_array(sc->mem, double, rings->n_points);
    if (!x) return fail(&sc->fault, ERR_NOMEM, "no room for an area of %zu points", rings->n_points);
    struct box   box = polygon_box(rings);
    struct point best = rings->point[0];
    double       best_d2 = -1;
    for (int line = 1; line <= LINES; line++) {
        double y = floor(box.min_y + ((double)box.max_y - box.min_y) * line / (LINES + 1)) + 0.5;
        size_t n = cuts(rings, y, x);
        for (size_t i = 0; i + 1 < n; i += 2) {
            struct point p = { (uint32_t)((x[i] + x[i + 1]) / 2), (uint32_t)y };
            double       d2 = border_distance2(rings, p.x, p.y);
            if (d2 <= best_d2 || !polygon_has(rings, p)) continue;
            best = p;
            best_d2 = d2;
        }
    }
    arena_back(sc->mem, mark);
    *out = best;
    return OK;
}
