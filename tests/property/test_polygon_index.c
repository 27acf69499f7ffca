// SPDX-License-Identifier: EUPL-1.2
// The grid gives what asking every area in turn gives; areas that share their edges cut a region into parts
// that leave no point out and count none twice.
#include "check.h"
#include "geo/polygon.h"

enum { SIDE = 17, MAX_RING = 40 };

static struct point vertex_at(const struct point *mesh, int col, int row)
{
    return mesh[row * (SIDE + 1) + col];
}

// Bent quadrilaterals that share their corners: a partition of the square.
static struct ring_set *mesh_areas(struct scope *sc, uint64_t *seed, uint32_t origin, uint32_t pitch)
{
    struct point    *mesh = arena_array(sc->mem, struct point, (SIDE + 1) * (SIDE + 1));
    struct ring_set *areas = arena_array(sc->mem, struct ring_set, SIDE * SIDE);
    for (int row = 0; row <= SIDE; row++)
        for (int col = 0; col <= SIDE; col++) {
            bool     rim = !row || !col || row == SIDE || col == SIDE;
            uint32_t bend = pitch / 3, dx = rim ? 0 : (uint32_t)(test_random(seed) % (bend + 1)),
                     dy = rim ? 0 : (uint32_t)(test_random(seed) % (bend + 1));
            mesh[row * (SIDE + 1) + col] =
                (struct point){ origin + (uint32_t)col * pitch + dx, origin + (uint32_t)row * pitch + dy };
        }
    for (int row = 0; row < SIDE; row++)
        for (int col = 0; col < SIDE; col++) {
            struct point *p = arena_array(sc->mem, struct point, 5);
            uint32_t     *end = arena_array(sc->mem, uint32_t, 1);
            bool          turn = test_random(seed) % 2; // the direction of a ring must not matter
            p[0] = p[4] = vertex_at(mesh, col, row);
            p[turn ? 3 : 1] = vertex_at(mesh, col + 1, row);
            p[2] = vertex_at(mesh, col + 1, row + 1);
            p[turn ? 1 : 3] = vertex_at(mesh, col, row + 1);
            *end = 5;
            areas[row * SIDE + col] = (struct ring_set){ p, 5, end, 1 };
        }
    return areas;
}

static void a_partition_adds_up(void **state)
{
    (void)state;
    uint64_t              seed = test_seed();
    static const uint32_t pitches[] = { 1, 2, 3, 7, 64, 1000, 123457, 200000000 };
    for (size_t k = 0; k < COUNT(pitches); k++) {
        struct scope          sc = test_scope();
        uint32_t              pitch = pitches[k], origin = (uint32_t)(test_random(&seed) % 100000);
        struct ring_set      *areas = mesh_areas(&sc, &seed, origin, pitch);
        struct polygon_index *ix = NULL;
        ok_err(&sc, polygon_index_build(&sc, areas, SIDE * SIDE, &ix), OK);
        for (int i = 0; i < 3000; i++) {
            uint64_t     span = (uint64_t)pitch * SIDE;
            struct point p = { origin + (uint32_t)(test_random(&seed) % span),
                               origin + (uint32_t)(test_random(&seed) % span) };
            if (i % 4 == 0) { // exactly on a corner of the mesh
                const struct ring_set *a = &areas[test_random(&seed) % (SIDE * SIDE)];
                p = a->point[test_random(&seed) % 5];
                if (p.x >= origin + span || p.y >= origin + span) continue; // the outer half-open rim
            }
            int      n = 0;
            uint16_t which = POLYGON_NOWHERE;
            for (uint16_t a = 0; a < SIDE * SIDE; a++)
                if (polygon_has(&areas[a], p)) {
                    if (!n++) which = a;
                }
            ok(n == 1, "pitch %u: %u %u lies in %d areas", pitch, p.x, p.y, n);
            ok_i64(polygon_index_find(ix, p), which);
        }
        test_scope_end(&sc);
    }
}

static void overlapping_and_wild_rings(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 60; round++) {
        struct scope     sc = test_scope();
        size_t           n = 1 + test_random(&seed) % 20;
        uint64_t         span = (uint64_t)1 << (3 + test_random(&seed) % 30);
        struct ring_set *areas = arena_array(sc.mem, struct ring_set, n);
        for (size_t a = 0; a < n; a++) {
            size_t        rings = test_random(&seed) % 4, points = 0;
            struct point *p = arena_array(sc.mem, struct point, MAX_RING * 4);
            uint32_t     *end = arena_array(sc.mem, uint32_t, 4);
            for (size_t r = 0; r < rings; r++) {
                size_t len = test_random(&seed) % MAX_RING, first = points;
                for (size_t i = 0; i < len; i++)
                    p[points++] = (struct point){ (uint32_t)(test_random(&seed) % span),
                                                  (uint32_t)(test_random(&seed) % span) };
                if (len) p[points - 1] = p[first];
                end[r] = (uint32_t)points;
            }
            areas[a] = (struct ring_set){ p, points, end, rings };
        }
        struct polygon_index *ix = NULL;
        ok_err(&sc, polygon_index_build(&sc, areas, n, &ix), OK);
        for (int i = 0; i < 500; i++) {
            struct point p = { (uint32_t)(test_random(&seed) % span), (uint32_t)(test_random(&seed) % span) };
            const struct ring_set *near = &areas[test_random(&seed) % n];
            if (i % 3 == 0 && near->n_points) p = near->point[test_random(&seed) % near->n_points];
            uint16_t slow = POLYGON_NOWHERE;
            for (size_t a = 0; a < n && slow == POLYGON_NOWHERE; a++)
                if (polygon_has(&areas[a], p)) slow = (uint16_t)a;
            ok_i64(polygon_index_find(ix, p), slow);
        }
        // What is said of a box holds for each of its points.
        for (int i = 0; i < 200; i++) {
            const struct ring_set *a = &areas[test_random(&seed) % n];
            struct point p = { (uint32_t)(test_random(&seed) % span), (uint32_t)(test_random(&seed) % span) };
            uint64_t     side = 1 + test_random(&seed) % (span / 8 + 1);
            struct box   b = { p.x, p.y, (uint32_t)(p.x + side > UINT32_MAX ? UINT32_MAX : p.x + side),
                               (uint32_t)(p.y + side > UINT32_MAX ? UINT32_MAX : p.y + side) };
            enum cover   c = polygon_cover(a, b);
            if (c == COVER_CUT) continue;
            for (int k = 0; k < 10; k++) {
                struct point q = {
                    b.min_x + (uint32_t)(test_random(&seed) % ((uint64_t)b.max_x - b.min_x + 1)),
                    b.min_y + (uint32_t)(test_random(&seed) % ((uint64_t)b.max_y - b.min_y + 1))
                };
                ok(polygon_has(a, q) == (c == COVER_FULL), "box %u %u %u %u", b.min_x, b.min_y, b.max_x,
                   b.max_y);
            }
        }
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_partition_adds_up),
    cmocka_unit_test(overlapping_and_wild_rings),
};
TEST_MAIN(tests)
