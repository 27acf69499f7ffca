// SPDX-License-Identifier: EUPL-1.2
#include "check.h"
#include "geo/mercator.h"
#include <math.h>

static void corners_of_the_world(void **state)
{
    (void)state;
    static const struct {
        double       lon, lat;
        struct point at;
    } table[] = {
        { 0, 0, { 0x80000000, 0x80000000 } },
        { -180, MERCATOR_MAX_LAT, { 0, 0 } },
        { -180, 90, { 0, 0 } },
        { 180, -90, { UINT32_MAX, UINT32_MAX } },
        { 1e9, -1e9, { UINT32_MAX, UINT32_MAX } },
        { -90, 0, { 0x40000000, 0x80000000 } },
        { NAN, 90, { 0, 0 } },
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct point p = mercator_of(table[i].lon, table[i].lat);
        ok(p.x == table[i].at.x && labs((long)p.y - (long)table[i].at.y) <= 1, "row %zu: %u %u", i, p.x, p.y);
    }
}

static void there_and_back(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 100000; i++) {
        struct point   p = { (uint32_t)test_random(&seed), (uint32_t)test_random(&seed) };
        struct lon_lat ll = mercator_to(p);
        struct point   q = mercator_of(ll.lon, ll.lat);
        ok(p.x == q.x && p.y == q.y, "%u %u came back as %u %u", p.x, p.y, q.x, q.y);
        struct point e7 = mercator_of_e7((int32_t)lround(ll.lon * 1e7), (int32_t)lround(ll.lat * 1e7));
        // Half a 10^-7 degree is 0.6 units in x, and 1 / cos(lat) as many in y.
        ok(llabs((long long)e7.x - p.x) <= 2 && llabs((long long)e7.y - p.y) <= 9, "%u %u", p.x, p.y);
    }
}

static void metres(void **state)
{
    (void)state;
    ok(fabs(mercator_unit_m(0x80000000) - 0.009330691929342804) < 1e-12, "%.17g",
       mercator_unit_m(0x80000000));
    struct point kyiv = mercator_of(30.5234, 50.4501);
    ok(fabs(mercator_unit_m(kyiv.y) / 0.009330691929342804 - cos(50.4501 * M_PI / 180)) < 1e-8, "at Kyiv");
    ok_i64(mercator_units(0, kyiv.y), 1);
    ok_i64(mercator_units(-5, kyiv.y), 1);
    ok_i64(mercator_units(NAN, kyiv.y), 1);
    ok_i64(mercator_units(1e300, kyiv.y), UINT32_MAX);
    ok(fabs(mercator_units(1000, kyiv.y) * mercator_unit_m(kyiv.y) - 1000) < 0.01, "a kilometre");
    // A quarter of a great circle; one degree of a meridian; nothing.
    ok(fabs(sphere_distance_m((struct lon_lat){ 0, 0 }, (struct lon_lat){ 90, 0 }) -
            M_PI / 2 * EARTH_RADIUS_M) < 1e-6,
       "quarter");
    ok(fabs(sphere_distance_m((struct lon_lat){ 5, 50 }, (struct lon_lat){ 5, 51 }) -
            M_PI / 180 * EARTH_RADIUS_M) < 1e-6,
       "degree");
    ok(sphere_distance_m((struct lon_lat){ 5, 50 }, (struct lon_lat){ 5, 50 }) == 0, "same place");
}

static void tiles(void **state)
{
    (void)state;
    struct box world = tile_box(0, 0, 0);
    ok(world.min_x == 0 && world.min_y == 0 && world.max_x == UINT32_MAX && world.max_y == UINT32_MAX, "z 0");
    struct box last = tile_box(22, (1u << 22) - 1, (1u << 22) - 1);
    ok(last.min_x == 0xFFFFFC00 && last.max_x == UINT32_MAX, "z 22");
    // A point belongs to exactly one tile of a level.
    uint64_t seed = test_seed();
    for (int i = 0; i < 20000; i++) {
        unsigned z = (unsigned)(1 + test_random(&seed) % 22);
        uint32_t x = (uint32_t)(test_random(&seed) >> (64 - z)),
                 y = (uint32_t)(test_random(&seed) >> (64 - z));
        struct box   b = tile_box(z, x, y);
        struct point p = { b.max_x, b.max_y };
        ok(box_has(b, p) && p.x >> (32 - z) == x && p.y >> (32 - z) == y, "%u/%u/%u", z, x, y);
        ok(box_within(tile_box(z, x, y), tile_box(z - 1, x / 2, y / 2)), "%u/%u/%u in its parent", z, x, y);
    }
}

static void boxes(void **state)
{
    (void)state;
    struct box b = BOX_EMPTY;
    ok(!box_has(b, (struct point){ 0, 0 }), "the empty box holds nothing");
    box_add(&b, (struct point){ 5, 9 });
    box_add(&b, (struct point){ 7, 3 });
    ok(b.min_x == 5 && b.min_y == 3 && b.max_x == 7 && b.max_y == 9, "grown");
    ok(box_meets(b, (struct box){ 7, 9, 20, 20 }) && !box_meets(b, (struct box){ 8, 0, 20, 20 }), "corner");
}

static void morton_codes(void **state)
{
    (void)state;
    ok_i64(morton((struct point){ 0x80000000, 0 }, 1), 1);
    ok_i64(morton((struct point){ 0, 0x80000000 }, 1), 2);
    ok_i64(morton((struct point){ UINT32_MAX, UINT32_MAX }, 0), 0);
    ok(morton((struct point){ UINT32_MAX, UINT32_MAX }, 32) == UINT64_MAX, "all ones");
    uint64_t seed = test_seed();
    for (int i = 0; i < 20000; i++) {
        struct point p = { (uint32_t)test_random(&seed), (uint32_t)test_random(&seed) };
        unsigned     bits = (unsigned)(test_random(&seed) % 33);
        uint64_t     slow = 0;
        for (unsigned k = 0; k < bits; k++)
            slow |= (uint64_t)(p.x >> (31 - k) & 1) << 2 * (bits - 1 - k) | (uint64_t)(p.y >> (31 - k) & 1)
                                                                                << (2 * (bits - 1 - k) + 1);
        ok(morton(p, bits) == slow, "%u %u, %u bits", p.x, p.y, bits);
        struct point corner = morton_point(slow, bits);
        uint32_t     mask = bits ? UINT32_MAX << (32 - bits) : 0;
        ok(corner.x == (p.x & mask) && corner.y == (p.y & mask), "%u %u, %u bits, back", p.x, p.y, bits);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(corners_of_the_world),
    cmocka_unit_test(there_and_back),
    cmocka_unit_test(metres),
    cmocka_unit_test(tiles),
    cmocka_unit_test(boxes),
    cmocka_unit_test(morton_codes),
};
TEST_MAIN(tests)
