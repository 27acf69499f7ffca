// SPDX-License-Identifier: EUPL-1.2
// The union of an area's polygons: a place is in it when it is in any of them. The polygons alone are judged by geo/polygon.c.
#include "check.h"
#include "geo/unite.h"

enum { ROUNDS = 300, POLYGONS_MAX = 5, POINTS = 200, SPAN = 1000, FROM = 1000000 };

static struct ring_set alone(const struct ring_set *all, const uint32_t *polygon, uint32_t which,
                             struct point *point, uint32_t *end)
{
    struct ring_set one = { point, 0, end, 0 };
    for (size_t i = 0, from = 0; i < all->n_rings; from = all->ring_end[i++]) {
        if (polygon[i] != which) continue;
        size_t n = all->ring_end[i] - from;
        memcpy(point + one.n_points, all->point + from, n * sizeof *point);
        one.n_points += n;
        end[one.n_rings++] = (uint32_t)one.n_points;
    }
    return one;
}

static bool in_any(const struct ring_set *all, const uint32_t *polygon, struct point p)
{
    struct point point[POLYGONS_MAX * 16];
    uint32_t     end[POLYGONS_MAX * 2];
    bool         any = false;
    for (uint32_t which = 0; which <= polygon[all->n_rings - 1]; which++) {
        struct ring_set one = alone(all, polygon, which, point, end);
        any = any || polygon_has(&one, p);
    }
    return any;
}

static bool near_edge(const struct ring_set *r, struct point p)
{
    bool near = false;
    for (size_t i = 0, from = 0; i < r->n_rings; from = r->ring_end[i++])
        for (size_t k = from; k + 1 < r->ring_end[i]; k++) {
            double ax = r->point[k].x, ay = r->point[k].y, dx = r->point[k + 1].x - ax,
                   dy = r->point[k + 1].y - ay;
            double along = ((p.x - ax) * dx + (p.y - ay) * dy) / (dx * dx + dy * dy + 1e-9);
            along = along < 0 ? 0 : along > 1 ? 1 : along;
            double x = ax + along * dx - p.x, y = ay + along * dy - p.y;
            near = near || x * x + y * y < 9;
        }
    return near;
}

#define SQUARE(x, y, a)                                                                                      \
    { x, y }, { x + a, y }, { x + a, y + a }, { x, y + a },                                                  \
    {                                                                                                        \
        x, y                                                                                                 \
    }

static void test_cases(void **state)
{
    (void)state;
    static const struct point twice[] = { SQUARE(10, 10, 100), SQUARE(10, 10, 100) };
    static const struct point across[] = { SQUARE(10, 10, 100), SQUARE(60, 60, 100) };
    static const struct point island[] = { SQUARE(10, 10, 100), SQUARE(200, 200, 100) };
    static const struct point beside[] = { SQUARE(10, 10, 100), SQUARE(110, 10, 100) };
    static const struct point filled[] = { SQUARE(10, 10, 100), SQUARE(30, 30, 40), SQUARE(30, 30, 40) };
    static const struct {
        const char         *name;
        const struct point *point;
        size_t              n;
        uint32_t            end[3], polygon[3];
        size_t              rings, united_rings;
        bool                united;
    } rows[] = {
        { "twice", twice, COUNT(twice), { 5, 10 }, { 0, 1 }, 2, 1, true },
        { "across", across, COUNT(across), { 5, 10 }, { 0, 1 }, 2, 1, true },
        { "island", island, COUNT(island), { 5, 10 }, { 0, 1 }, 2, 2, false },
        { "with an edge in common", beside, COUNT(beside), { 5, 10 }, { 0, 1 }, 2, 1, true },
        { "its hole filled", filled, COUNT(filled), { 5, 10, 15 }, { 0, 0, 1 }, 3, 1, true },
        { "one polygon", twice, COUNT(twice), { 5, 10 }, { 0, 0 }, 2, 2, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope    sc = test_scope();
        struct ring_set all = { rows[i].point, rows[i].n, rows[i].end, rows[i].rings }, out;
        bool            united;
        ok_err(&sc, polygons_unite(&sc, &all, rows[i].polygon, &out, &united), OK);
        ok(united == rows[i].united && out.n_rings == rows[i].united_rings, "%s: %zu rings", rows[i].name,
           out.n_rings);
        for (uint32_t x = 12; x < 320 && i + 1 < COUNT(rows); x += 7)
            for (uint32_t y = 12; y < 320; y += 7) {
                struct point p = { x, y };
                ok(near_edge(&all, p) || polygon_has(&out, p) == in_any(&all, rows[i].polygon, p),
                   "%s: %u, %u", rows[i].name, x, y);
            }
        test_scope_end(&sc);
    }
}

static struct point random_point(uint64_t *seed)
{
    return (struct point){ FROM + (uint32_t)(test_random(seed) % SPAN),
                           FROM + (uint32_t)(test_random(seed) % SPAN) };
}

/// Polygons of three to seven points at random, of which many cross themselves and each other, and some stand twice.
static void test_random_polygons(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    size_t   united_ones = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct scope sc = test_scope();
        struct point point[POLYGONS_MAX * 8];
        uint32_t     end[POLYGONS_MAX], polygon[POLYGONS_MAX], n = 0;
        size_t       polygons = 1 + test_random(&seed) % POLYGONS_MAX;
        for (uint32_t i = 0; i < polygons; i++) {
            uint32_t from = n, points = 3 + (uint32_t)(test_random(&seed) % 5);
            for (uint32_t k = 0; k < points; k++) point[n++] = random_point(&seed);
            point[n++] = point[from];
            if (i && test_random(&seed) % 3 == 0) {
                n = from;
                for (uint32_t k = i > 1 ? end[i - 2] : 0; k < end[i - 1]; k++) point[n++] = point[k];
            }
            end[i] = n;
            polygon[i] = i;
        }
        struct ring_set all = { point, n, end, polygons }, out;
        bool            united;
        ok_err(&sc, polygons_unite(&sc, &all, polygon, &out, &united), OK);
        united_ones += united;
        for (int k = 0; k < POINTS; k++) {
            struct point p = random_point(&seed);
            if (near_edge(&all, p)) continue;
            ok(polygon_has(&out, p) == in_any(&all, polygon, p), "round %d: %u, %u", round, p.x, p.y);
        }
        test_scope_end(&sc);
    }
    ok(united_ones > ROUNDS / 2, "%zu were united", united_ones);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_cases),
    cmocka_unit_test(test_random_polygons),
};
TEST_MAIN(tests)
