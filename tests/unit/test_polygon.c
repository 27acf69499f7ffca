// SPDX-License-Identifier: EUPL-1.2
#include "check.h"
#include "geo/polygon.h"

#define RINGS(points, ends)                                                                                  \
    {                                                                                                        \
        points, COUNT(points), ends, COUNT(ends)                                                             \
    }

// A square with a square hole, a bow tie, and a square whose second half is a single far point.
static const struct point holed[] = { { 10, 10 }, { 50, 10 }, { 50, 50 }, { 10, 50 }, { 10, 10 },
                                      { 20, 20 }, { 40, 20 }, { 40, 40 }, { 20, 40 }, { 20, 20 } };
static const uint32_t     holed_end[] = { 5, 10 };
static const struct point bow[] = { { 100, 100 }, { 140, 140 }, { 140, 100 }, { 100, 140 }, { 100, 100 } };
static const uint32_t     bow_end[] = { 5 };
static const struct point odd[] = {
    { 60, 60 }, { 70, 60 }, { 70, 70 }, { 60, 70 }, { 60, 60 }, { 900, 900 }
};
static const uint32_t        odd_end[] = { 0, 5, 5, 6 }; // rings without points and with one
static const struct ring_set sets[] = { RINGS(holed, holed_end), RINGS(bow, bow_end), RINGS(odd, odd_end) };

static const struct {
    int          set;
    struct point p;
    bool         in;
} inside[] = {
    { 0, { 15, 15 }, true },   { 0, { 30, 30 }, false },   { 0, { 45, 30 }, true },
    { 0, { 5, 30 }, false },   { 0, { 10, 10 }, true },    { 0, { 50, 10 }, false },
    { 0, { 10, 50 }, false },  { 0, { 49, 49 }, true },    { 0, { 20, 20 }, false },
    { 0, { 40, 20 }, true },   { 0, { 40, 40 }, true },    { 1, { 110, 120 }, true },
    { 1, { 130, 120 }, true }, { 1, { 120, 110 }, false }, { 1, { 120, 130 }, false },
    { 2, { 65, 65 }, true },   { 2, { 900, 900 }, false }, { 2, { 60, 60 }, true },
    { 2, { 70, 70 }, false },
};

static void points_in_rings(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    struct polygon_index *ix = NULL;
    ok_err(&sc, polygon_index_build(&sc, sets, COUNT(sets), &ix), OK);
    for (size_t i = 0; i < COUNT(inside); i++) {
        ok(polygon_has(&sets[inside[i].set], inside[i].p) == inside[i].in, "row %zu", i);
        uint16_t wanted = inside[i].in ? (uint16_t)inside[i].set : POLYGON_NOWHERE;
        ok_i64(polygon_index_find(ix, inside[i].p), wanted);
    }
    test_scope_end(&sc);
}

static void boxes_of_rings(void **state)
{
    (void)state;
    struct box b = polygon_box(&sets[0]);
    ok(b.min_x == 10 && b.min_y == 10 && b.max_x == 50 && b.max_y == 50, "box");
    struct ring_set none = { 0 };
    b = polygon_box(&none);
    ok(!box_has(b, (struct point){ 0, 0 }), "no rings, no box");
    ok(!polygon_has(&none, (struct point){ 0, 0 }), "no rings hold nothing");
    ok(polygon_cover(&sets[0], (struct box){ 12, 12, 18, 18 }) == COVER_FULL, "full");
    ok(polygon_cover(&sets[0], (struct box){ 22, 22, 38, 38 }) == COVER_NONE, "in the hole");
    ok(polygon_cover(&sets[0], (struct box){ 0, 0, 100, 100 }) == COVER_CUT, "around");
    ok(polygon_cover(&sets[0], (struct box){ 60, 60, 80, 80 }) == COVER_NONE, "beside");
    ok(polygon_cover(&none, (struct box){ 0, 0, 1, 1 }) == COVER_NONE, "nothing");
}

static void limits(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    struct polygon_index *ix = NULL;
    ok_err(&sc, polygon_index_build(&sc, NULL, 0, &ix), OK);
    ok_i64(polygon_index_find(ix, (struct point){ 0, 0 }), POLYGON_NOWHERE);
    struct ring_set *many = arena_array(sc.mem, struct ring_set, 65535);
    ok_err(&sc, polygon_index_build(&sc, many, 65534, &ix), OK);
    ok_i64(polygon_index_find(ix, (struct point){ 7, 7 }), POLYGON_NOWHERE);
    ok_err(&sc, polygon_index_build(&sc, many, 65535, &ix), ERR_LIMIT);
    // The whole world as one area: differences of 32 bits.
    static const struct point world[] = {
        { 0, 0 }, { UINT32_MAX, 0 }, { UINT32_MAX, UINT32_MAX }, { 0, UINT32_MAX }, { 0, 0 }
    };
    static const uint32_t        end[] = { 5 };
    static const struct ring_set all = RINGS(world, end);
    ok_err(&sc, polygon_index_build(&sc, &all, 1, &ix), OK);
    ok_i64(polygon_index_find(ix, (struct point){ 0, 0 }), 0);
    ok_i64(polygon_index_find(ix, (struct point){ UINT32_MAX - 1, UINT32_MAX - 1 }), 0);
    ok_i64(polygon_index_find(ix, (struct point){ UINT32_MAX, 5 }), POLYGON_NOWHERE); // half-open
    test_scope_end(&sc);

    struct scope small = { .mem = arena_open(2000) };
    ok_err(&small, polygon_index_build(&small, sets, COUNT(sets), &ix), ERR_NOMEM);
    test_scope_end(&small);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(points_in_rings),
    cmocka_unit_test(boxes_of_rings),
    cmocka_unit_test(limits),
};
TEST_MAIN(tests)
