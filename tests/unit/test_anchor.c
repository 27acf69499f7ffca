// SPDX-License-Identifier: EUPL-1.2
// The anchors of a town whose areas are crooked quadrilaterals, some of them smaller than a cell, against a
// search through everything.
#include "publish/anchor.h"

#include "base/file.h"
#include "check.h"
#include <math.h>

enum { SIDE = 12, AREAS = SIDE * SIDE, CORNERS = SIDE + 1 };

struct town {
    struct point          corner[CORNERS][CORNERS];
    struct point          ring[AREAS][5];
    uint32_t              end[AREAS];
    struct ring_set       rings[AREAS];
    struct point          label[AREAS];
    struct polygon_index *find;
    struct anchor_areas   areas;
};

static uint32_t below(uint64_t *seed, uint32_t n)
{
    return (uint32_t)(test_random(seed) % n);
}

/// About 10 km round Uzhhorod; the first rows and columns of areas are narrow.
static struct town *town_make(struct scope *sc, uint64_t *seed)
{
    struct town *t = arena_new(sc->mem, struct town);
    struct point at = mercator_of(22.29, 48.62);
    for (int i = 0; i < CORNERS; i++)
        for (int k = 0; k < CORNERS; k++) {
            uint32_t x = k < 4 ? (uint32_t)k * 8000 : 24000 + (uint32_t)(k - 3) * 150000;
            uint32_t y = i < 4 ? (uint32_t)i * 8000 : 24000 + (uint32_t)(i - 3) * 150000;
            t->corner[i][k] = (struct point){ at.x + x + below(seed, 3000), at.y + y + below(seed, 3000) };
        }
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < SIDE; k++) {
            int a = i * SIDE + k;
            t->ring[a][0] = t->ring[a][4] = t->corner[i][k];
            t->ring[a][1] = t->corner[i][k + 1];
            t->ring[a][2] = t->corner[i + 1][k + 1];
            t->ring[a][3] = t->corner[i + 1][k];
            t->end[a] = 5;
            t->rings[a] = (struct ring_set){ t->ring[a], 5, &t->end[a], 1 };
            ok_err(sc, label_point(sc, &t->rings[a], &t->label[a]), OK);
            ok(polygon_has(&t->rings[a], t->label[a]), "label of %d is inside", a);
        }
    ok_err(sc, polygon_index_build(sc, t->rings, AREAS, &t->find), OK);
    t->areas = (struct anchor_areas){ t->rings, t->label, t->find, AREAS };
    return t;
}

static struct point anywhere(const struct town *t, uint64_t *seed)
{
    uint32_t reach = 24000 + 150000 * (SIDE - 2);
    // Half of them where the areas are small.
    uint32_t w = test_random(seed) & 1 ? reach : 30000, h = test_random(seed) & 1 ? reach : 30000;
    return (struct point){ t->corner[0][0].x + below(seed, w) - 2000,
                           t->corner[0][0].y + below(seed, h) - 2000 };
}

static void a_list_gives_the_nearest_of_the_area(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    uint64_t     seed = test_seed();
    struct town *t = town_make(&sc, &seed);
    size_t       missing = 0, by_label = 0;
    for (int round = 0; round < 6; round++) {
        size_t              n = round ? (size_t)1 << (2 * round) : 1;
        struct named_point *list = arena_array(sc.mem, struct named_point, n);
        for (size_t i = 0; i < n; i++) list[i] = (struct named_point){ anywhere(t, &seed), S("x") };
        struct anchors *a;
        ok_err(&sc, anchors_list(&sc, list, n, &t->areas, &a), OK);
        double max = ANCHOR_MAX_M;
        for (int k = 0; k < 3000; k++) {
            struct point at = anywhere(t, &seed);
            if (k % 10 == 0) at.x += below(&seed, 9000000); // some of them far off
            uint16_t      area = polygon_index_find(t->find, at);
            double        limit = max / mercator_unit_m(at.y), best_d2 = limit * limit;
            size_t        best = SIZE_MAX;
            bool          has = false;
            struct anchor got;
            for (size_t i = 0; i < n; i++) {
                if (area != POLYGON_NOWHERE && polygon_index_find(t->find, list[i].at) != area) continue;
                double dx = (double)list[i].at.x - at.x, dy = (double)list[i].at.y - at.y;
                has = true;
                if (dx * dx + dy * dy >= best_d2) continue;
                best = i;
                best_d2 = dx * dx + dy * dy;
            }
            anchor_of(a, at, area, &got);
            if (area != POLYGON_NOWHERE && !has) {
                ok(got.found && got.number == UINT32_MAX && got.at.x == t->label[area].x,
                   "the area's own point");
                by_label++;
                continue;
            }
            ok(got.found == (best != SIZE_MAX), "found");
            if (got.found) ok_i64(got.number, best);
            missing += !got.found;
        }
    }
    ok(missing > 100 && by_label > 100, "all cases occur: %zu, %zu", missing, by_label);
    struct anchors *a;
    ok_err(&sc, anchors_list(&sc, NULL, 0, &t->areas, &a), ERR_INVALID);
    test_scope_end(&sc);
}

static void a_cell_is_at_least_as_wide_as_the_policy_says(void **state)
{
    (void)state;
    static const double lats[] = { 0, 41.9, -33.9, 48.62, 50.1, 60 };
    for (size_t i = 0; i < COUNT(lats); i++)
        for (double m = 50; m <= 5000; m *= 1.7) {
            uint32_t y = mercator_of(0, lats[i]).y;
            unsigned level = anchor_level(m, y);
            double   side = ldexp(mercator_unit_m(y), (int)(32 - level));
            ok(side >= m && side < 2 * m, "%g m at %g: level %u is %g m", m, lats[i], level, side);
        }
}

static void a_label_is_well_inside(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    struct point          p;
    // A U of 10 x 10 whose middle is outside; a square with a hole in its middle.
    const struct point    u[] = { { 0, 0 },      { 300000, 0 },  { 300000, 800000 },   { 700000, 800000 },
                                  { 700000, 0 }, { 1000000, 0 }, { 1000000, 1000000 }, { 0, 1000000 },
                                  { 0, 0 } };
    const struct point    hole[] = { { 0, 0 },     { 1000, 0 },  { 1000, 1000 }, { 0, 1000 },  { 0, 0 },
                                     { 200, 200 }, { 800, 200 }, { 800, 800 },   { 200, 800 }, { 200, 200 } };
    const uint32_t        ends[] = { 9 }, hole_ends[] = { 5, 10 };
    const struct ring_set a = { u, 9, ends, 1 }, b = { hole, 10, hole_ends, 2 };
    ok_err(&sc, label_point(&sc, &a, &p), OK);
    ok(polygon_has(&a, p), "%u %u", p.x, p.y);
    ok((p.x > 100000 && p.x < 200000) || (p.x > 800000 && p.x < 900000), "in the middle of an arm: %u", p.x);
    ok_err(&sc, label_point(&sc, &b, &p), OK);
    ok(polygon_has(&b, p), "%u %u", p.x, p.y);
    // Nothing to be inside of.
    const struct point    flat[] = { { 5, 5 }, { 9, 5 }, { 5, 5 } };
    const uint32_t        flat_end[] = { 3 };
    const struct ring_set none = { 0 }, line = { flat, 3, flat_end, 1 };
    ok_err(&sc, label_point(&sc, &none, &p), OK);
    ok_err(&sc, label_point(&sc, &line, &p), OK);
    ok(p.x == 5 && p.y == 5, "first vertex");
    test_scope_end(&sc);
}

static void lists_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says; // NULL: fine, with two points
    } rows[] = {
        { "lon,lat,name\n22.29,48.62,Koryatovycha\n22.30,48.63,Park\n", NULL },
        { "name,addresses,LAT,Lon,more\nA,8,48.62,22.29,x\n\"B, C\",0,48.6,22.3,\n", NULL },
        { "lon,lat\n22,48\n", "line 1: there is no column \"name\"" },
        { "22,48,x\n", "there is no column \"lon\"" },
        { "lon,lat,name\n", "holds no points" },
        { "", "holds no points" },
        { "lon,lat,name\n181,48,x\n", "line 2: lon \"181\"" },
        { "lon,lat,name\n22,86,x\n", "line 2: lat \"86\"" },
        { "lon,lat,name\n22,nan,x\n", "lat \"nan\"" },
        { "lon,lat,name\n22,48,\n", "name \"\"" },
        { "lon,lat,name\n22,48\n", "name \"\"" },
        { "lon,lat,name,addresses\n22,48,a,9\n22,48,b,1\n", "line 3: addresses \"1\" is not allowed" },
        { "lon,lat,name,addresses\n22,48,b,7\n", "8 addresses or more" },
        { "lon,lat,name,addresses\n22,48,b,\n", "whole number" },
        { "lon,lat,name,addresses\n22,48,b,-8\n", "whole number" },
        { "lon,lat,name\n22,48,\"b\n", "broken" },
    };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path;
    ok_err(&sc, path_join(&sc, dir, "list.csv", &path), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct named_point *list = NULL;
        size_t              n = 0;
        ok_err(&sc, file_replace(&sc, path, str_of(rows[i].text)), OK);
        ok_err(&sc, anchors_read(&sc, path, false, &list, &n), rows[i].says ? ERR_INVALID : OK);
        ok(!rows[i].says || strstr(sc.fault.text, rows[i].says), "\"%s\": %s", rows[i].text, sc.fault.text);
        ok(rows[i].says || n == 2, "%zu points", n);
    }
    struct named_point *list;
    struct point       *address;
    size_t              n;
    ok_err(&sc, file_replace(&sc, path, str_of(rows[0].text)), OK);
    ok_err(&sc, anchors_read(&sc, path, true, &list, &n), ERR_INVALID);
    ok(strstr(sc.fault.text, "falls below the floor \"anchors\""), "%s", sc.fault.text);
    ok_err(&sc, file_replace(&sc, path, str_of(rows[1].text)), OK);
    ok_err(&sc, anchors_read(&sc, path, true, &list, &n), OK);
    ok_err(&sc, file_replace(&sc, path, S("lat,lon\n48.5,22.5\n48.6,22.5\n")), OK);
    ok_err(&sc, addresses_read(&sc, path, &address, &n), OK);
    ok(n == 2 && address[0].x == address[1].x && address[0].y > address[1].y, "addresses need no name");
    ok_err(&sc, file_replace(&sc, path, S("lat,lon\n48.5,x\n")), OK);
    ok_err(&sc, addresses_read(&sc, path, &address, &n), ERR_INVALID);
    ok_err(&sc, path_join(&sc, dir, "absent.csv", &path), OK);
    ok_err(&sc, anchors_read(&sc, path, false, &list, &n), ERR_NOTFOUND);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_list_gives_the_nearest_of_the_area),
    cmocka_unit_test(a_cell_is_at_least_as_wide_as_the_policy_says),
    cmocka_unit_test(a_label_is_well_inside),
    cmocka_unit_test(lists_are_read_strictly),
};
TEST_MAIN(tests)
