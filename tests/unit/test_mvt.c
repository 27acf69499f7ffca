// SPDX-License-Identifier: EUPL-1.2
#include "tile/mvt.h"

#include "mvt_read.h"

enum { CEILING = 8 << 20 };

/// The tile as text; fails the test when it breaks a rule.
static str read_tile(struct buf *text, const struct buf *tile)
{
    buf_reset(text);
    const char *bad = mvt_read(text, buf_str(tile));
    ok(!bad, "%s", bad);
    return buf_str(text);
}

static void the_example_of_the_specification(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct buf   out, text;
    buf_init(&out, CEILING);
    buf_init(&text, CEILING);
    AUTO(mvt_free) struct mvt m;
    mvt_init(&m, &sc, &out);
    mvt_layer_begin(&m, S("points"));
    // Clause 4.3.5: point, line string, multi-line, polygon with MoveTo(3,6) LineTo(8,12),(20,34),
    // multi-polygon.
    mvt_feature_begin(&m);
    mvt_id(&m, 7);
    mvt_tag_str(&m, S("hello"), S("world"));
    mvt_tag_str(&m, S("h"), S("world"));
    mvt_tag_u64(&m, S("count"), 300);
    mvt_tag_str(&m, S("none"), (str){ 0 });
    mvt_point(&m, (struct mvt_point){ 25, 17 });
    mvt_feature_end(&m);
    mvt_feature_begin(&m);
    mvt_tag_str(&m, S("h"), S("again"));
    mvt_tag_u64(&m, S("count"), 300);
    mvt_line(&m, (struct mvt_point[]){ { 2, 2 }, { 2, 10 }, { 10, 10 } }, 3);
    mvt_line(&m, (struct mvt_point[]){ { 1, 1 }, { 1, 1 }, { 3, 5 } }, 3);
    mvt_feature_end(&m);
    mvt_feature_begin(&m);
    ok(mvt_ring(&m, (struct mvt_point[]){ { 0, 0 }, { 10, 0 }, { 10, 10 }, { 0, 10 } }, 4, false), "outer");
    ok(mvt_ring(&m, (struct mvt_point[]){ { 11, 11 }, { 11, 20 }, { 20, 20 }, { 20, 11 }, { 11, 11 } }, 5,
                false),
       "outer");
    ok(mvt_ring(&m, (struct mvt_point[]){ { 13, 13 }, { 17, 13 }, { 17, 17 }, { 13, 17 } }, 4, true), "hole");
    mvt_feature_end(&m);
    mvt_layer_end(&m);
    ok_err(&sc, mvt_end(&m), OK);
    ok_str(read_tile(&text, &out), S("layer points extent 4096\n"
                                     "  id=7 point hello=\"world\" h=\"world\" count=300 : M 25,17\n"
                                     "  line h=\"again\" count=300 : M 2,2 L 2,10 10,10 M 1,1 L 3,5\n"
                                     "  polygon : M 0,0 L 10,0 10,10 0,10 Z+ M 11,11 L 20,11 20,20 11,20 Z+ "
                                     "M 13,13 L 13,17 17,17 17,13 Z-\n"));
    // The geometry bytes that the specification prints for the point and for the multi-polygon.
    ok(memmem(out.p, out.n, "\x22\x03\x09\x32\x22", 5), "point");
    buf_free(&out);
    buf_free(&text);
    test_scope_end(&sc);
}

static void nothing_degenerate_is_written(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct buf   out, text;
    buf_init(&out, CEILING);
    buf_init(&text, CEILING);
    AUTO(mvt_free) struct mvt m;
    mvt_init(&m, &sc, &out);
    mvt_layer_begin(&m, S("empty"));
    mvt_feature_begin(&m);
    mvt_line(&m, (struct mvt_point[]){ { 1, 1 }, { 1, 1 } }, 2);
    mvt_feature_end(&m);
    mvt_feature_begin(&m);
    ok(!mvt_ring(&m, (struct mvt_point[]){ { 0, 0 }, { 5, 5 }, { 9, 9 } }, 3, false), "no area");
    ok(!mvt_ring(&m, (struct mvt_point[]){ { 0, 0 }, { 5, 5 }, { 0, 0 } }, 3, false), "two points");
    ok(!mvt_ring(&m, NULL, 0, false), "nothing");
    mvt_feature_end(&m);
    mvt_layer_end(&m);
    ok_err(&sc, mvt_end(&m), OK);
    ok_i64(out.n, 0);
    // Repeated points anywhere in a ring, both ways round.
    static const struct mvt_point ring[] = { { 0, 0 }, { 0, 0 }, { 9, 0 }, { 9, 0 },
                                             { 9, 9 }, { 0, 9 }, { 0, 9 }, { 0, 0 } };
    mvt_layer_begin(&m, S("ring"));
    mvt_feature_begin(&m);
    ok(mvt_ring(&m, ring, COUNT(ring), false), "outer");
    ok(mvt_ring(&m, ring, COUNT(ring), true), "hole");
    mvt_feature_end(&m);
    mvt_layer_end(&m);
    ok_err(&sc, mvt_end(&m), OK);
    ok_str(read_tile(&text, &out),
           S("layer ring extent 4096\n  polygon : M 0,0 L 9,0 9,9 0,9 Z+ M 0,0 L 0,9 9,9 9,0 Z-\n"));
    buf_free(&out);
    buf_free(&text);
    test_scope_end(&sc);
}

static void many_values_stand_once_each(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct buf   out, text, want;
    buf_init(&out, CEILING);
    buf_init(&text, CEILING);
    buf_init(&want, CEILING);
    AUTO(mvt_free) struct mvt m;
    mvt_init(&m, &sc, &out);
    uint64_t seed = test_seed();
    for (int layer = 0; layer < 3; layer++) { // tables are used again, so they must come out clean
        mvt_layer_begin(&m, layer == 1 ? S("b") : S("a"));
        buf_printf(&want, "layer %s extent 4096\n", layer == 1 ? "b" : "a");
        for (int i = 0; i < 5000; i++) {
            uint64_t n = test_random(&seed) % 3000;
            int      x = (int)(test_random(&seed) % 5000) - 400, y = (int)(test_random(&seed) % 5000) - 400;
            char     name[32];
            mvt_feature_begin(&m);
            mvt_tag_u64(&m, S("n"), n << (n % 50));
            mvt_tag_str(&m, S("s"),
                        (str){ name, (size_t)snprintf(name, sizeof name, "v%llu", (unsigned long long)n) });
            mvt_point(&m, (struct mvt_point){ x, y });
            mvt_feature_end(&m);
            buf_printf(&want, "  point n=%llu s=\"%s\" : M %d,%d\n", (unsigned long long)(n << (n % 50)),
                       name, x, y);
        }
        mvt_layer_end(&m);
    }
    ok_err(&sc, mvt_end(&m), OK);
    ok(str_eq(read_tile(&text, &out), buf_str(&want)), "reads back as it was written");
    buf_free(&out);
    buf_free(&text);
    buf_free(&want);
    test_scope_end(&sc);
}

static void squares_one_by_one(struct mvt *m, const uint32_t *count, unsigned bits, unsigned world_bits,
                               uint32_t x, uint32_t y)
{
    int32_t side = 1 << bits, units = 4096 >> bits;
    mvt_layer_begin(m, S("cells"));
    for (int32_t i = 0; i < side * side; i++) {
        int32_t row = i / side, column = i % side, w = column * units, n = row * units;
        if (!count[i]) continue;
        mvt_feature_begin(m);
        mvt_id(m,
               ((uint64_t)y << bits | (uint64_t)row) << world_bits | (uint64_t)x << bits | (uint64_t)column);
        mvt_tag_u64(m, S("n"), count[i]);
        mvt_ring(m,
                 (struct mvt_point[]){
                     { w, n }, { w + units, n }, { w + units, n + units }, { w, n + units } },
                 4, false);
        mvt_feature_end(m);
    }
    mvt_layer_end(m);
}

static void squares_at_once_are_the_same_bytes(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 200; round++) {
        struct scope sc = test_scope();
        unsigned     bits = (unsigned)(test_random(&seed) % 7), z = (unsigned)(test_random(&seed) % 26);
        uint32_t     count[4096], x = (uint32_t)(test_random(&seed) >> (64 - z - 1) >> 1),
                              y = (uint32_t)(test_random(&seed) >> (64 - z - 1) >> 1);
        unsigned share = (unsigned)(test_random(&seed) % 5) * 25, wide = (unsigned)(test_random(&seed) % 33);
        struct buf want, got;
        for (size_t i = 0; i < COUNT(count); i++)
            count[i] = test_random(&seed) % 100 < share ? (uint32_t)(test_random(&seed) >> 32 >> wide) : 0;
        buf_init(&want, CEILING);
        buf_init(&got, CEILING);
        AUTO(mvt_free) struct mvt a, b;
        mvt_init(&a, &sc, &want);
        squares_one_by_one(&a, count, bits, z + bits, x, y);
        mvt_init(&b, &sc, &got);
        mvt_squares(&b, S("cells"), count, bits, z + bits, x, y);
        ok_err(&sc, mvt_end(&a), OK);
        ok_err(&sc, mvt_end(&b), OK);
        ok(str_eq(buf_str(&got), buf_str(&want)), "round %d: %zu bytes, want %zu", round, got.n, want.n);
        buf_free(&want);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

static void a_full_buffer_is_told(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling < 400; ceiling += 7) {
        struct scope sc = test_scope();
        struct buf   out;
        buf_init(&out, ceiling);
        AUTO(mvt_free) struct mvt m;
        mvt_init(&m, &sc, &out);
        mvt_layer_begin(&m, S("a"));
        for (unsigned i = 0; i < 100; i++) {
            mvt_feature_begin(&m);
            mvt_tag_u64(&m, S("n"), i);
            mvt_point(&m, (struct mvt_point){ 5, (int)i });
            mvt_feature_end(&m);
        }
        mvt_layer_end(&m);
        ok_err(&sc, mvt_end(&m), ERR_NOMEM);
        buf_free(&out);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_example_of_the_specification),
    cmocka_unit_test(nothing_degenerate_is_written),
    cmocka_unit_test(many_values_stand_once_each),
    cmocka_unit_test(squares_at_once_are_the_same_bytes),
    cmocka_unit_test(a_full_buffer_is_told),
};
TEST_MAIN(tests)
