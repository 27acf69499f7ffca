// SPDX-License-Identifier: EUPL-1.2
// What is cut to a tile covers the same ground as before, line by line and point by point, and neighbours leave no gap.
#include "tile/clip.h"

#include "base/file.h"
#include "geo/polygon.h"
#include "mvt_read.h"
#include "tile/tile.h"
#include <math.h>

enum { CEILING = 16 << 20, MAX_RING = 400 };

static uint32_t below(uint64_t *seed, uint32_t n)
{
    return (uint32_t)(test_random(seed) % n);
}

/// Even-odd on tile units; the point stands between units.
static bool covers(const struct mvt_point *p, size_t n, double x, double y)
{
    bool in = false;
    for (size_t i = 0, k = n - 1; i < n; k = i++) {
        double ax = p[i].x, ay = p[i].y, bx = p[k].x, by = p[k].y;
        if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)) in = !in;
    }
    return in;
}

static double distance_to(const struct view *v, const struct point *p, size_t n, double x, double y)
{
    double best = INFINITY, unit = ldexp(1, (int)v->shift);
    for (size_t i = 0; i + 1 < n; i++) {
        double ax = ((double)p[i].x - (double)v->x0) / unit, ay = ((double)p[i].y - (double)v->y0) / unit;
        double dx = ((double)p[i + 1].x - p[i].x) / unit, dy = ((double)p[i + 1].y - p[i].y) / unit;
        double l2 = dx * dx + dy * dy, t = l2 > 0 ? ((x - ax) * dx + (y - ay) * dy) / l2 : 0;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        best = fmin(best, hypot(x - ax - t * dx, y - ay - t * dy));
    }
    return best;
}

/// A star-shaped ring round a point, closed; about `reach` units wide.
static size_t random_ring(uint64_t *seed, struct point at, uint32_t reach, struct point *p)
{
    size_t n = 3 + below(seed, MAX_RING - 4);
    for (size_t i = 0; i < n; i++) {
        double a = 2 * M_PI * (double)i / (double)n,
               r = reach * (0.3 + 0.7 * (double)below(seed, 1000) / 1000);
        p[i] = (struct point){ (uint32_t)((double)at.x + r * cos(a)), (uint32_t)((double)at.y + r * sin(a)) };
    }
    p[n] = p[0];
    return n + 1;
}

static void a_ring_covers_the_same_ground(void **state)
{
    (void)state;
    struct scope                      sc = test_scope();
    uint64_t                          seed = test_seed();
    AUTO(clipper_free) struct clipper c = { 0 };
    struct buf                        out, text;
    struct point                      ring[MAX_RING];
    size_t                            cut = 0, whole = 0, none = 0, in = 0;
    buf_init(&out, CEILING);
    buf_init(&text, CEILING);
    for (int round = 0; round < 600; round++) {
        unsigned    z = 2 + below(&seed, TILE_MAX_Z - 1);
        struct view v;
        uint32_t    x = ((uint32_t)1 << z) / 2 - 1 + below(&seed, 2), y = ((uint32_t)1 << z) / 3;
        ok_err(&sc, view_of(&sc, z, x, y, &v), OK);
        uint32_t side = (uint32_t)1 << (32 - z),
                 reach = side / 8 + (uint32_t)((double)side * below(&seed, 1000) / 900);
        if (z > 5 && round % 5 == 0) reach *= 6;
        if (reach > (uint32_t)1 << 29) reach = (uint32_t)1 << 29;
        struct point    at = { v.tile.min_x + (uint32_t)((double)side * below(&seed, 2000) / 1000) - side / 2,
                               v.tile.min_y + (uint32_t)((double)side * below(&seed, 2000) / 1000) - side / 2 };
        size_t          n = random_ring(&seed, at, reach, ring);
        uint32_t        end = (uint32_t)n;
        struct ring_set set = { ring, n, &end, 1 };
        clip_ring(&c, &v, ring, n);
        ok(!c.nomem, "memory");
        for (size_t i = 0; i < c.n_out; i++)
            ok(abs(c.out[i].x - 2048) <= 2048 + TILE_BUFFER && abs(c.out[i].y - 2048) <= 2048 + TILE_BUFFER,
               "%d %d", c.out[i].x, c.out[i].y);
        bool inside_all = true;
        for (int k = 0; k < 60; k++) {
            double px = below(&seed, 4224) - 63.5, py = below(&seed, 4224) - 63.5;
            if (distance_to(&v, ring, n, px, py) < 6) continue; // rounding to half a pixel
            struct point w = { (uint32_t)((double)v.x0 + ldexp(px, (int)v.shift)),
                               (uint32_t)((double)v.y0 + ldexp(py, (int)v.shift)) };
            bool         want = polygon_has(&set, w), got = c.n_out && covers(c.out, c.n_out, px, py);
            ok(want == got, "round %d, z%u: %g %g is %s", round, z, px, py, got ? "covered" : "not covered");
            in += want;
            inside_all = inside_all && want;
        }
        cut += c.n_out && !inside_all;
        whole += c.n_out && inside_all;
        none += !c.n_out;
        AUTO(mvt_free) struct mvt m;
        buf_reset(&out);
        buf_reset(&text);
        mvt_init(&m, &sc, &out);
        mvt_layer_begin(&m, S("r"));
        mvt_feature_begin(&m);
        if (c.n_out) mvt_ring(&m, c.out, c.n_out, false);
        mvt_feature_end(&m);
        mvt_layer_end(&m);
        ok_err(&sc, mvt_end(&m), OK);
        const char *bad = mvt_read(&text, buf_str(&out));
        ok(!bad, "%s", bad);
    }
    ok(cut > 100 && whole > 20 && none > 20 && in > 1000, "all cases occur: %zu %zu %zu", cut, whole, none);
    buf_free(&out);
    buf_free(&text);
    test_scope_end(&sc);
}

/// A partition of a square into crooked quadrilaterals: every point between units lies in exactly one of them.
static void neighbours_leave_no_gap(void **state)
{
    (void)state;
    enum { SIDE = 14 };
    static struct point               corner[SIDE + 1][SIDE + 1];
    static struct mvt_point           cut[SIDE * SIDE][64];
    size_t                            n_cut[SIDE * SIDE], tested = 0;
    struct scope                      sc = test_scope();
    uint64_t                          seed = test_seed();
    AUTO(clipper_free) struct clipper c = { 0 };
    for (unsigned z = 8; z <= 18; z += 2) {
        struct view v;
        ok_err(&sc, view_of(&sc, z, ((uint32_t)1 << z) / 2, ((uint32_t)1 << z) / 3, &v), OK);
        // The partition is one and a half tiles wide and the tile in its middle.
        uint32_t size = (uint32_t)1 << (32 - z), step = size / 10, x0 = v.tile.min_x - size / 5,
                 y0 = v.tile.min_y - size / 5;
        for (uint32_t i = 0; i <= SIDE; i++)
            for (uint32_t k = 0; k <= SIDE; k++)
                corner[i][k] = (struct point){ x0 + k * step + below(&seed, step / 2),
                                               y0 + i * step + below(&seed, step / 2) };
        for (size_t a = 0; a < SIDE * SIDE; a++) {
            size_t       i = a / SIDE, k = a % SIDE;
            struct point q[] = { corner[i][k], corner[i][k + 1], corner[i + 1][k + 1], corner[i + 1][k],
                                 corner[i][k] };
            struct point back[] = { q[0], q[3], q[2], q[1], q[0] };
            clip_ring(&c, &v, a % 3 ? q : back, COUNT(q));
            ok(c.n_out < COUNT(cut[a]), "%zu", c.n_out);
            n_cut[a] = c.n_out;
            if (c.n_out) memcpy(cut[a], c.out, c.n_out * sizeof *c.out);
        }
        for (int t = 0; t < 5000; t++) {
            double x = below(&seed, 4224) - 63.5, y = below(&seed, 4224) - 63.5;
            int    in = 0;
            for (size_t a = 0; a < SIDE * SIDE; a++) in += n_cut[a] && covers(cut[a], n_cut[a], x, y);
            ok(in == 1, "z%u: %g %g lies in %d areas", z, x, y, in);
            tested++;
        }
    }
    ok_i64(tested, 30000);
    test_scope_end(&sc);
}

static void a_line_keeps_its_way(void **state)
{
    (void)state;
    struct scope                      sc = test_scope();
    AUTO(clipper_free) struct clipper c = { 0 };
    struct buf                        out, text;
    struct view                       v;
    buf_init(&out, CEILING);
    buf_init(&text, CEILING);
    ok_err(&sc, view_of(&sc, 16, 36000, 22000, &v), OK);
    static const struct {
        struct {
            int x, y;
        } at[6];
        size_t      n;
        const char *wanted;
    } rows[] = {
        { { { 10, 10 }, { 100, 10 } }, 2, " M 10,10 L 100,10" },
        { { { 10, 10 }, { 50, 10 }, { 100, 10 }, { 100, 50 } }, 4, " M 10,10 L 100,10 100,50" },
        { { { -500, 10 }, { 5000, 10 } }, 2, " M -64,10 L 4160,10" },
        { { { 5000, 10 }, { -500, 10 } }, 2, " M 4160,10 L -64,10" },
        { { { 100, 100 }, { 5000, 100 }, { 5000, 300 }, { 100, 300 } },
          4,
          " M 100,100 L 4160,100 M 4160,300 L 100,300" },
        { { { -264, 0 }, { 0, -264 } }, 2, NULL },
        { { { -192, 64 }, { 64, -192 } }, 2, NULL }, // touches the corner of the reach
        { { { -164, 64 }, { 64, -64 } }, 2, " M -64,8 L 64,-64" },
        { { { 5000, 5000 }, { 6000, 6000 } }, 2, NULL },
        { { { 10, 10 }, { 10, 10 } }, 2, NULL },
        { { { 10, 10 }, { 90, 10 }, { 50, 10 } }, 3, " M 10,10 L 90,10 50,10" }, // a dead end is a way, too
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct point p[6];
        for (size_t k = 0; k < rows[i].n; k++)
            p[k] = (struct point){ (uint32_t)(v.x0 + ((int64_t)rows[i].at[k].x * (1 << v.shift))),
                                   (uint32_t)(v.y0 + ((int64_t)rows[i].at[k].y * (1 << v.shift))) };
        AUTO(mvt_free) struct mvt m;
        buf_reset(&out);
        buf_reset(&text);
        mvt_init(&m, &sc, &out);
        mvt_layer_begin(&m, S("l"));
        mvt_feature_begin(&m);
        clip_line(&c, &v, p, rows[i].n, &m);
        mvt_feature_end(&m);
        mvt_layer_end(&m);
        ok_err(&sc, mvt_end(&m), OK);
        const char *bad = mvt_read(&text, buf_str(&out));
        ok(!bad, "%s", bad);
        str want = rows[i].wanted ? arena_printf(sc.mem, "layer l extent 4096\n  line :%s\n", rows[i].wanted)
                                  : S("");
        ok_str(buf_str(&text), want);
    }
    buf_free(&out);
    buf_free(&text);
    test_scope_end(&sc);
}

static void tiles_end_somewhere(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct view  v;
    ok_err(&sc, view_of(&sc, 0, 0, 0, &v), OK);
    ok(v.reach.min_x == 0 && v.reach.max_x == UINT32_MAX, "the world");
    ok_err(&sc, view_of(&sc, 0, 1, 0, &v), ERR_INVALID);
    ok_err(&sc, view_of(&sc, 5, 31, 32, &v), ERR_INVALID);
    ok_err(&sc, view_of(&sc, 20, 1048575, 1048575, &v), OK);
    ok_err(&sc, view_of(&sc, 21, 0, 0, &v), ERR_INVALID);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_ring_covers_the_same_ground),
    cmocka_unit_test(neighbours_leave_no_gap),
    cmocka_unit_test(a_line_keeps_its_way),
    cmocka_unit_test(tiles_end_somewhere),
};
TEST_MAIN(tests)
