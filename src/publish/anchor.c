// SPDX-License-Identifier: EUPL-1.2
#include "publish/anchor.h"

#include "base/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct anchors {
    const struct anchor_areas *areas;
    // in the buckets of a grid over its box
    const struct named_point  *points;
    uint16_t                  *point_area; // [n] the area each stands in
    bool                      *area_has;   // [65536] does the area hold any?
    uint32_t                  *order, *bucket_end;
    struct box                 box;
    double                     side; // of a bucket, units
    int64_t                    nx, ny;
};

unsigned anchor_level(double metres, uint32_t y)
{
    unsigned level = 30; // a cell of 4 units: 4 cm
    while (level > 1 && ldexp(mercator_unit_m(y), (int)(32 - level)) < metres) level--;
    return level;
}

static uint16_t area_at(const struct anchor_areas *areas, struct point p)
{
    return areas->n ? polygon_index_find(areas->find, p) : POLYGON_NOWHERE;
}

/// The area's own point, unless another area of the set lies over it there.
static struct anchor anchor_of_area(const struct anchors *a, uint16_t area)
{
    struct anchor out = { .at = a->areas->label[area], .number = UINT32_MAX };
    out.found = area_at(a->areas, out.at) == area;
    return out;
}

// -- list ---------------------------------------------------------------------------------------------------

static int64_t bucket_of(double d, double side, int64_t n)
{
    int64_t b = (int64_t)(d / side);
    return b < 0 ? 0 : b >= n ? n - 1 : b;
}

static int64_t bucket_at(const struct anchors *a, struct point p)
{
    return bucket_of((double)p.y - a->box.min_y, a->side, a->ny) * a->nx +
           bucket_of((double)p.x - a->box.min_x, a->side, a->nx);
}

/// About two points to a bucket.
static void choose_buckets(struct anchors *a, size_t n)
{
    struct box *b = &a->box;
    *b = (struct box){ UINT32_MAX, UINT32_MAX, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        struct point p = a->points[i].at;
        if (p.x < b->min_x) b->min_x = p.x;
        if (p.y < b->min_y) b->min_y = p.y;
        if (p.x > b->max_x) b->max_x = p.x;
        if (p.y > b->max_y) b->max_y = p.y;
    }
    double w = (double)b->max_x - b->min_x + 1, h = (double)b->max_y - b->min_y + 1;
    // Not so narrow that a search has to walk more than about 500 rings to give up, nor more than 4096 in a
    // row.
    a->side = fmax(sqrt(w * h * 2 / (double)n), fmax(w, h) / 4096);
    a->side = fmax(a->side, ANCHOR_MAX_M / mercator_unit_m(b->min_y) / 500);
    a->nx = (int64_t)(w / a->side) + 1;
    a->ny = (int64_t)(h / a->side) + 1;
}

enum err anchors_list(struct scope *sc, const struct named_point *points, size_t n,
                      const struct anchor_areas *areas, struct anchors **out)
{
    if (!n) return fail(&sc->fault, ERR_INVALID, "the list of anchor points is empty");
    struct anchors *a = arena_new(sc->mem, struct anchors);
    if (!a) return fail(&sc->fault, ERR_NOMEM, "no room for the anchors");
    *a = (struct anchors){ .areas = areas, .points = points };
    choose_buckets(a, n);
    size_t buckets = (size_t)(a->nx * a->ny);
    a->order = arena_array(sc->mem, uint32_t, n);
    a->bucket_end = arena_array(sc->mem, uint32_t, buckets + 1);
    a->point_area = arena_array(sc->mem, uint16_t, n);
    a->area_has = arena_array(sc->mem, bool, 65536);
    if (!a->order || !a->bucket_end || !a->point_area || !a->area_has)
        return fail(&sc->fault, ERR_NOMEM, "no room for %zu anchors", n);
    for (size_t i = 0; i < n; i++) {
        a->point_area[i] = area_at(areas, points[i].at);
        a->area_has[a->point_area[i]] = true;
        a->bucket_end[bucket_at(a, points[i].at) + 1]++;
    }
    // A counting sort: afterwards bucket b holds order[bucket_end[b - 1] .. bucket_end[b]).
    for (size_t b = 1; b <= buckets; b++) a->bucket_end[b] += a->bucket_end[b - 1];
    for (size_t i = 0; i < n; i++) a->order[a->bucket_end[bucket_at(a, points[i].at)]++] = (uint32_t)i;
    *out = a;
    return OK;
}

struct nearest_point {
    const struct anchors *a;
    struct point          at;
    uint16_t              area;
    double                best_d2; // units
    uint32_t              best;
};

static void try_bucket(struct nearest_point *s, int64_t x, int64_t y)
{
    const struct anchors *a = s->a;
    if (x < 0 || y < 0 || x >= a->nx || y >= a->ny) return;
    int64_t b = y * a->nx + x;
    for (uint32_t i = b ? a->bucket_end[b - 1] : 0; i < a->bucket_end[b]; i++) {
        uint32_t p = a->order[i];
        if (s->area != POLYGON_NOWHERE && a->point_area[p] != s->area) continue;
        double dx = (double)a->points[p].at.x - s->at.x, dy = (double)a->points[p].at.y - s->at.y;
        double d2 = dx * dx + dy * dy;
        if (d2 > s->best_d2 || (d2 == s->best_d2 && p > s->best)) continue;
        s->best_d2 = d2;
        s->best = p;
    }
}

static int64_t max4(int64_t a, int64_t b, int64_t c, int64_t d)
{
    int64_t ab = a > b ? a : b, cd = c > d ? c : d;
    return ab > cd ? ab : cd;
}

void anchor_of(const struct anchors *a, struct point at, uint16_t area, struct anchor *out)
{
    if (area != POLYGON_NOWHERE && !a->area_has[area]) {
        *out = anchor_of_area(a, area);
        return;
    }
    double               max = ANCHOR_MAX_M / mercator_unit_m(at.y);
    struct nearest_point s = { a, at, area, max * max, UINT32_MAX };
    // Rings of buckets round the one that holds the point, or would if the grid went on: a ring r away cannot
    // hold anything nearer than r - 1 sides.
    int64_t              x = (int64_t)floor(((double)at.x - a->box.min_x) / a->side);
    int64_t              y = (int64_t)floor(((double)at.y - a->box.min_y) / a->side);
    int64_t first = max4(-x, x - a->nx + 1, -y, y - a->ny + 1); // nearer ones lie outside the grid
    for (int64_t r = first > 0 ? first : 0; (double)(r - 1) * a->side <= sqrt(s.best_d2); r++) {
        if (x - r < 0 && y - r < 0 && x + r >= a->nx && y + r >= a->ny) break; // outside all round
        for (int64_t dy = -r; dy <= r; dy++)
            for (int64_t dx = -r; dx <= r; dx += dy == -r || dy == r || !r ? 1 : 2 * r)
                try_bucket(&s, x + dx, y + dy);
    }
    *out = (struct anchor){ .found = s.best != UINT32_MAX, .number = s.best };
    if (out->found) out->at = a->points[s.best].at;
}
