// SPDX-License-Identifier: EUPL-1.2
// Density by the sweep against the obvious double loop: on random points with ties on every edge, and for the tiles of an
// index, whose rows are taken one by one.
#include "tile/density.h"

#include "stats/density.h"
#include "tile_town.h"
#include <math.h>

struct spot {
    double x, y, r, w;
};

/// Of one pixel, in long double, by the definition.
static long double slow_pixel(const struct spot *s, size_t n, size_t i, size_t j)
{
    long double sum = 0;
    for (size_t k = 0; k < n; k++) {
        long double dx = (long double)i + 0.5L - s[k].x, dy = (long double)j + 0.5L - s[k].y,
                    u = 1 - (dx * dx + dy * dy) / ((long double)s[k].r * s[k].r);
        if (s[k].r < 1) {
            bool here = floor(s[k].x) == (double)i && floor(s[k].y) == (double)j;
            sum += here ? s[k].w * acosl(-1) * s[k].r * s[k].r / 3 : 0;
        } else if (u > 0) sum += s[k].w * u * u;
    }
    return sum;
}

struct judged {
    double worst; // difference over the sum of all weights
    size_t zeros, wrong_zeros;
};

static struct judged judge(const struct spot *s, size_t n, size_t side)
{
    struct scope   sc = test_scope();
    struct density d;
    struct judged  g = { 0 };
    double         all = 0, *out = arena_array(sc.mem, double, side *side);
    ok_err(&sc, density_open(&sc, side, &d), OK);
    for (size_t k = 0; k < n; k++) {
        density_add(&d, s[k].x, s[k].y, s[k].r, s[k].w);
        all += s[k].w;
    }
    density_sum(&d, out);
    for (size_t j = 0; j < side; j++)
        for (size_t i = 0; i < side; i++) {
            long double want = slow_pixel(s, n, i, j);
            g.worst = fmax(g.worst, (double)fabsl(want - (long double)out[j * side + i]) / all);
            g.zeros += want == 0;
            g.wrong_zeros += want == 0 && out[j * side + i] > DENSITY_ERROR * all;
        }
    test_scope_end(&sc);
    return g;
}

/// In and around the raster; every third on a border or the middle of a pixel, every fifth on the raster's edge.
static struct spot spot_random(uint64_t *seed, size_t side, double least_r, double most_r)
{
    double u = (double)(test_random(seed) >> 11) / 9007199254740992.0,
           v = (double)(test_random(seed) >> 11) / 9007199254740992.0,
           q = (double)(test_random(seed) >> 11) / 9007199254740992.0;
    struct spot s = { .r = least_r * pow(most_r / least_r, q), .w = (double)(1 + test_random(seed) % 50) };
    s.x = (u * 1.6 - 0.3) * (double)side;
    s.y = (v * 1.6 - 0.3) * (double)side;
    uint64_t tie = test_random(seed) % 15;
    if (tie % 3 == 0) s.x = floor(s.x * 2) / 2, s.y = floor(s.y * 2) / 2, s.r = ceil(s.r);
    if (tie % 5 == 0) s.x = tie % 2 ? 0 : (double)side;
    return s;
}

static void equals_the_double_loop(void **state)
{
    (void)state;
    static const struct {
        size_t side, n;
        double least_r, most_r;
    } runs[] = {
        { 64, 300, 0.01, 3 },  { 64, 300, 1, 8 },     { 64, 300, 7.9, 8.1 }, { 64, 400, 8, 40 },
        { 64, 400, 0.3, 900 }, { 64, 300, 500, 1e6 }, { 256, 60, 8, 9 },     { 256, 60, 8, 3000 },
        { 1, 50, 0.5, 100 },   { 7, 100, 0.5, 100 },  { 64, 5000, 8, 30 },
    };
    uint64_t seed = test_seed();
    double   worst = 0;
    for (size_t k = 0; k < COUNT(runs); k++) {
        struct spot *s = calloc(runs[k].n, sizeof *s);
        for (size_t i = 0; i < runs[k].n; i++)
            s[i] = spot_random(&seed, runs[k].side, runs[k].least_r, runs[k].most_r);
        struct judged g = judge(s, runs[k].n, runs[k].side);
        ok(g.worst < DENSITY_ERROR && !g.wrong_zeros, "run %zu: off by %g of all weights", k, g.worst);
        worst = fmax(worst, g.worst);
        free(s);
    }
    print_message("# at most %.2g of the sum of weights\n", worst);
}

/// All begin and end in the same pixels: nothing of them must be left where they end.
static void many_equal_points_leave_nothing(void **state)
{
    (void)state;
    enum { N = 20000, SIDE = 48 };
    struct spot *s = calloc(N, sizeof *s);
    for (size_t i = 0; i < N; i++) s[i] = (struct spot){ 20.5, 16, 10, 3 };
    struct judged g = judge(s, N, SIDE);
    ok(g.worst < DENSITY_ERROR && !g.wrong_zeros && g.zeros > 1500, "off by %g of all weights", g.worst);
    free(s);
    struct scope   sc = test_scope();
    struct density d;
    double        *out = arena_array(sc.mem, double, SIDE *SIDE);
    ok_err(&sc, density_open(&sc, SIDE, &d), OK);
    for (size_t i = 0; i < N; i++) density_add(&d, 20.5, 16, 10, 3);
    density_add(&d, NAN, 1, 10, 1);
    density_add(&d, 1, INFINITY, 10, 1);
    density_add(&d, 1, 1, 0, 1);
    density_add(&d, 1, 1, NAN, 1);
    density_sum(&d, out);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        double dx = (double)(i % SIDE) + 0.5 - 20.5, dy = (double)(i / SIDE) + 0.5 - 16;
        if (hypot(dx, dy) > 11) ok(out[i] == 0, "pixel %zu has %g instead of nothing", i, out[i]);
    }
    ok_err(&sc, density_open(&sc, 0, &d), ERR_INVALID);
    ok_err(&sc, density_open(&sc, 4097, &d), ERR_INVALID);
    test_scope_end(&sc);
}

// -- tiles of an index ------------------------------------------------------------------------------------------------------

struct land {
    struct scope      sc;
    const char       *dir;
    struct tile_town *t;
    struct point     *at; // [n] of every row that passes
    size_t            n;
    struct filter     f;
};

static void land_ask(struct land *l)
{
    struct index_cursor c;
    struct release_row  r;
    l->n = 0;
    index_rows(l->t->ix, &l->f, &c);
    while (index_rows_next(&c, &r))
        if (r.has_point) l->at[l->n++] = r.at;
}

static void land_open(struct land *l, unsigned level, size_t rows)
{
    l->sc = test_scope();
    l->dir = test_dir(&l->sc);
    l->t = tile_town_open(&l->sc, l->dir, level, rows);
    l->at = arena_array(l->sc.mem, struct point, rows + 1);
    filter_all(&l->f);
    land_ask(l);
}

static void land_close(struct land *l)
{
    index_close(l->t->ix);
    test_dir_end(&l->sc, l->dir);
    test_scope_end(&l->sc);
}

/// In incidents per km2 at the middle of a pixel of the whole world, by the definition in tile/density.h.
static double slow_density(const struct land *l, double metres, unsigned z, uint64_t px, uint64_t py)
{
    double unit = ldexp(1, 24 - (int)z), sum = 0;
    double x = ((double)px + 0.5) * unit - 0.5, y = ((double)py + 0.5) * unit - 0.5;
    for (size_t i = 0; i < l->n; i++) {
        double m = mercator_unit_m(l->at[i].y), d = hypot(x - l->at[i].x, y - l->at[i].y) * m / metres;
        bool   here = l->at[i].x >> (24 - z) == px && l->at[i].y >> (24 - z) == py;
        if (unit * m > metres) sum += here ? 1e6 / (unit * m * unit * m) : 0;
        else if (d < 1) sum += 3e6 / (M_PI * metres * metres) * (1 - d * d) * (1 - d * d);
    }
    return sum;
}

/// Some pixels of the tile, with all of its corners; what is next to an edge is asked of both tiles by the loop above.
static void check_tile(struct land *l, unsigned metres, unsigned z, uint32_t x, uint32_t y, uint64_t *seed,
                       size_t *seen)
{
    struct arena_mark mark = arena_mark(l->sc.mem);
    double           *km2 = arena_array(l->sc.mem, double, DENSITY_SIDE *DENSITY_SIDE);
    double            peak = 3e6 / (M_PI * metres * (double)metres);
    ok_err(&l->sc, tile_density(&l->sc, l->t->ix, &l->f, metres, z, x, y, km2), OK);
    for (unsigned k = 0; k < 30; k++) {
        uint32_t i = k < 4 ? (k & 1) * 255 : (uint32_t)(test_random(seed) % 256),
                 j = k < 4 ? (k >> 1) * 255 : (uint32_t)(test_random(seed) % 256);
        double want = slow_density(l, metres, z, (uint64_t)x << 8 | i, (uint64_t)y << 8 | j),
               got = km2[j << 8 | i];
        ok(fabs(got - want) <= DENSITY_ERROR * peak * (double)(l->n + 1) + 1e-9 * want,
           "h %u, %u/%u/%u, pixel %u %u: %g instead of %g", metres, z, x, y, i, j, got, want);
        *seen += want > 0;
    }
    arena_back(l->sc.mem, mark);
}

static void tiles_are_the_sum_over_the_rows(void **state)
{
    (void)state;
    static const unsigned levels[] = { 16, 0 }, bandwidths[] = { 100, 500, 5000 };
    uint64_t              seed = test_seed();
    size_t                seen = 0;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct land l;
        land_open(&l, levels[i], 2000);
        for (size_t half = 0; half < 2; half++) {
            for (unsigned z = 0; z <= DENSITY_MAX_Z; z += z < 8 ? 4 : 1)
                for (size_t k = 0; k < 9; k++) {
                    uint64_t     reach = TILE_TOWN_SIDE * TILE_TOWN_STEP;
                    struct point p = { l.t->corner.x + (uint32_t)(test_random(&seed) % reach),
                                       l.t->corner.y + (uint32_t)(test_random(&seed) % reach) };
                    if (k < 5 && l.n) p = l.at[test_random(&seed) % l.n];
                    check_tile(&l, bandwidths[k % COUNT(bandwidths)], z, z ? p.x >> (32 - z) : 0,
                               z ? p.y >> (32 - z) : 0, &seed, &seen);
                }
            l.f.from_day = 16200;
            l.f.hours = 0xFC0003;
            land_ask(&l);
        }
        land_close(&l);
    }
    ok(seen > 2000, "%zu pixels had any density", seen);
}

static void mass_is_kept(void **state)
{
    (void)state;
    struct land l;
    enum { Z = 10 };
    land_open(&l, 16, 3000);
    double sum = 0, pixel = ldexp(1, 24 - Z),
           *km2 = arena_array(l.sc.mem, double, DENSITY_SIDE *DENSITY_SIDE);
    uint32_t tx = l.t->corner.x >> (32 - Z), ty = l.t->corner.y >> (32 - Z);
    for (uint32_t y = ty - 1; y <= ty + 2; y++)
        for (uint32_t x = tx - 1; x <= tx + 2; x++) {
            ok_err(&l.sc, tile_density(&l.sc, l.t->ix, &l.f, 2000, Z, x, y, km2), OK);
            for (size_t i = 0; i < DENSITY_SIDE * DENSITY_SIDE; i++) {
                double side =
                    pixel * mercator_unit_m((uint32_t)(((uint64_t)y << 8 | i >> 8) << (24 - Z))) / 1000;
                sum += km2[i] * side * side;
            }
        }
    ok(fabs(sum / (double)l.n - 1) < 0.002, "%g of %zu incidents", sum, l.n);
    land_close(&l);
}

static void a_distance_is_nearly_that_of_the_great_circle(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 2000; i++) {
        double lat = (double)(test_random(&seed) % 160) - 80, h = 100 + (double)(test_random(&seed) % 4900),
               turn = (double)(test_random(&seed) % 360) * M_PI / 180;
        struct point a = mercator_of((double)(test_random(&seed) % 340) - 170, lat);
        double       m = mercator_unit_m(a.y);
        struct point b = { (uint32_t)(a.x + cos(turn) * h / m), (uint32_t)(a.y + sin(turn) * h / m) };
        double       map = hypot((double)b.x - a.x, (double)b.y - a.y) * m,
               sphere = sphere_distance_m(mercator_to(a), mercator_to(b));
        double bound = tan(fabs(lat) * M_PI / 180) * h / EARTH_RADIUS_M + 1e-6;
        ok(fabs(map - sphere) / h <= bound, "at %g degrees %g m are %g m: more than %g off", lat, sphere, map,
           bound);
    }
}

// -- points and ground ------------------------------------------------------------------------------------------------------

static int by_code(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double slow_ground(struct land *l, unsigned level)
{
    struct arena_mark mark = arena_mark(l->sc.mem);
    uint64_t         *code = arena_array(l->sc.mem, uint64_t, l->n + 1);
    double            km2 = 0;
    for (size_t i = 0; i < l->n; i++) code[i] = morton(l->at[i], level);
    qsort(code, l->n, sizeof *code, by_code);
    for (size_t i = 0; i < l->n; i++) {
        if (i && code[i] == code[i - 1]) continue;
        struct point at = morton_point(code[i], level);
        double       units = ldexp(1, 32 - (int)level),
               side = units * mercator_unit_m(at.y + (uint32_t)(units / 2)) / 1000;
        km2 += side * side;
    }
    arena_back(l->sc.mem, mark);
    return km2;
}

static void check_points(struct land *l)
{
    struct index_points      *c;
    const struct index_point *p;
    size_t                    n, rows = 0;
    uint64_t                  last = 0;
    bool                      any = false;
    land_ask(l);
    ok_err(&l->sc, index_points_open(&l->sc, l->t->ix, &l->f, NULL, &c), OK);
    while (index_points_next(c, &p, &n))
        for (size_t i = 0; i < n; i++) {
            uint32_t want = 0;
            for (size_t k = 0; k < l->n; k++) want += l->at[k].x == p[i].at.x && l->at[k].y == p[i].at.y;
            ok_i64(p[i].count, want);
            ok(!any || morton(p[i].at, 32) > last, "in Morton order");
            last = morton(p[i].at, 32);
            any = true;
            rows += p[i].count;
        }
    ok_i64(rows, l->n);
}

static void points_and_ground_are_those_of_the_rows(void **state)
{
    (void)state;
    struct land l;
    double      km2;
    land_open(&l, 16, 2000);
    double whole = slow_ground(&l, 16);
    check_points(&l);
    ok_err(&l.sc, index_ground(&l.sc, l.t->ix, &l.f, 16, &km2), OK);
    ok(fabs(km2 / whole - 1) < 1e-12 && whole > 10, "%g km2 instead of %g", km2, whole);
    l.f.from_day = 16100;
    l.f.to_day = 16150;
    check_points(&l);
    ok_err(&l.sc, index_ground(&l.sc, l.t->ix, &l.f, 16, &km2), OK);
    ok(fabs(km2 / whole - 1) < 1e-12, "the ground is that of all dates: %g km2 instead of %g", km2, whole);
    filter_all(&l.f);
    l.f.has_box = true;
    l.f.box = (struct box){ l.t->corner.x + 300000, l.t->corner.y + 200000, l.t->corner.x + 900000,
                            l.t->corner.y + 700000 };
    check_points(&l);
    double part = slow_ground(&l, 16);
    l.f.from_day = 16100;
    ok_err(&l.sc, index_ground(&l.sc, l.t->ix, &l.f, 16, &km2), OK);
    ok(fabs(km2 / part - 1) < 1e-12 && part < whole, "%g km2 in the box instead of %g", km2, part);
    ok_err(&l.sc, index_ground(&l.sc, l.t->ix, &l.f, 32, &km2), ERR_INVALID);
    struct density_scale s;
    filter_all(&l.f);
    ok_err(&l.sc, density_scale_of(&l.sc, l.t->ix, &l.f, &s), OK);
    ok(s.incidents == l.t->with_point && fabs(s.mean_km2 * whole - (double)s.incidents) < 1e-6, "mean %g",
       s.mean_km2);
    ok(density_class(&s, 0.49 * s.mean_km2) == 0 && density_class(&s, 0.5 * s.mean_km2) == 1 &&
           density_class(&s, 7.9 * s.mean_km2) == 4 && density_class(&s, 1e9) == 5,
       "classes");
    l.f.from_day = l.f.to_day = 1;
    ok_err(&l.sc, density_scale_of(&l.sc, l.t->ix, &l.f, &s), OK);
    ok(s.mean_km2 == 0 && !density_class(&s, 0) && !density_class(&s, 5), "of nothing there are no classes");
    double *out = arena_array(l.sc.mem, double, DENSITY_SIDE *DENSITY_SIDE);
    ok_err(&l.sc, tile_density(&l.sc, l.t->ix, &l.f, 500, 19, 0, 0, out), ERR_INVALID);
    ok_err(&l.sc, tile_density(&l.sc, l.t->ix, &l.f, 500, 3, 8, 0, out), ERR_INVALID);
    ok_err(&l.sc, tile_density(&l.sc, l.t->ix, &l.f, 99, 3, 0, 0, out), ERR_INVALID);
    ok_err(&l.sc, tile_density(&l.sc, l.t->ix, &l.f, 5001, 3, 0, 0, out), ERR_INVALID);
    land_close(&l);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(equals_the_double_loop),
    cmocka_unit_test(many_equal_points_leave_nothing),
    cmocka_unit_test(tiles_are_the_sum_over_the_rows),
    cmocka_unit_test(mass_is_kept),
    cmocka_unit_test(a_distance_is_nearly_that_of_the_great_circle),
    cmocka_unit_test(points_and_ground_are_those_of_the_rows),
};

TEST_MAIN(tests)
