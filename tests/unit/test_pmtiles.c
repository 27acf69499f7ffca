// SPDX-License-Identifier: EUPL-1.2
// Archives by the writer, read back by the reader in tests/pmtiles_read.h: few tiles and many, runs, equal tiles far apart.
#include "wire/pmtiles.h"

#include "base/file.h"
#include "pmtiles_read.h"

static void ids_are_those_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        unsigned z;
        uint32_t x, y;
        uint64_t id;
    } known[] = {
        // the examples of the reader from npm (github.com/protomaps/PMTiles, js/test/v3.test.ts)
        { 0, 0, 0, 0 },
        { 1, 0, 0, 1 },
        { 1, 0, 1, 2 },
        { 1, 1, 1, 3 },
        { 1, 1, 0, 4 },
        { 2, 0, 0, 5 },
        { 12, 3423, 1763, 19078479 },
    };
    for (size_t i = 0; i < COUNT(known); i++) {
        ok_i64(pmtiles_id(known[i].z, known[i].x, known[i].y), known[i].id);
        ok_i64(pmtiles_slow_id(known[i].z, known[i].x, known[i].y), known[i].id);
    }
    for (unsigned z = 0; z < 7; z++)
        for (uint32_t y = 0; y < 1u << z; y++)
            for (uint32_t x = 0; x < 1u << z; x++) {
                uint64_t id = pmtiles_id(z, x, y);
                uint32_t u, v;
                ok_i64(id, pmtiles_slow_id(z, x, y));
                pmtiles_tile(z, id - pmtiles_first(z), &u, &v);
                ok(u == x && v == y, "%u/%u/%u came back as %u/%u", z, x, y, u, v);
                uint64_t above = z ? pmtiles_id(z - 1, x / 2, y / 2) - pmtiles_first(z - 1) : 0;
                ok(!z || (id - pmtiles_first(z)) / 4 == above, "%u/%u/%u is a child of its parent", z, x, y);
            }
    uint64_t seed = test_seed();
    for (int i = 0; i < 1000; i++) {
        unsigned z = 7 + (unsigned)(test_random(&seed) % (PMTILES_MAX_Z - 6));
        uint32_t mask = (1u << z) - 1, x = (uint32_t)test_random(&seed) & mask,
                 y = (uint32_t)test_random(&seed) & mask;
        uint32_t u, v;
        ok_i64(pmtiles_id(z, x, y), pmtiles_slow_id(z, x, y));
        pmtiles_tile(z, pmtiles_id(z, x, y) - pmtiles_first(z), &u, &v);
        ok(u == x && v == y, "%u/%u/%u came back as %u/%u", z, x, y, u, v);
    }
}

static const struct pmtiles_about about = { .center_zoom = 3,
                                            .west_e7 = -1234567,
                                            .south_e7 = 480000000,
                                            .east_e7 = 223456789,
                                            .north_e7 = 490000001,
                                            .metadata = { "{\"name\":\"X\"}", 12 } };

struct made {
    uint64_t id;
    unsigned kind; // tiles of one kind are equal
};
/// The bytes of a kind need not be gzip for the writer, nor for the reader of directories.
static str bytes_of(unsigned kind, char to[32])
{
    return (str){ to, (size_t)snprintf(to, 32, "tile %u %.*s", kind, (int)(kind % 9), "+++++++++") };
}

static str write_archive(struct scope *sc, const char *path, const struct made *m, size_t n,
                         struct pmtiles_totals *t)
{
    AUTO(pmtiles_closep) struct pmtiles *w = NULL;
    char                                 text[32];
    str                                  file;
    ok_err(sc, pmtiles_open(sc, path, &w), OK);
    for (size_t i = 0; i < n; i++) ok_err(sc, pmtiles_add(sc, w, m[i].id, bytes_of(m[i].kind, text)), OK);
    ok_err(sc, pmtiles_commit(sc, w, &about, t), OK);
    ok_err(sc, file_read(sc, path, (size_t)1 << 28, &file), OK);
    return file;
}

static void check(struct scope *sc, const char *dir, const struct made *m, size_t n, unsigned kinds,
                  bool leaves)
{
    const char           *path;
    struct pmtiles_totals t, again;
    char                  text[32];
    bool                 *seen = arena_array(sc->mem, bool, kinds + 1);
    ok_err(sc, path_join(sc, dir, "a.pmtiles", &path), OK);
    str                 file = write_archive(sc, path, m, n, &t);
    struct pmtiles_read r = pmtiles_read(sc, file);
    ok(!r.bad, "%zu tiles: %s", n, r.bad);
    ok_i64(r.n, n);
    size_t contents = 0;
    for (size_t i = 0; i < n; i++) {
        ok_i64(r.tile[i].id, m[i].id);
        ok_str(r.tile[i].packed, bytes_of(m[i].kind, text));
        contents += !seen[m[i].kind];
        seen[m[i].kind] = true;
    }
    ok_i64(r.contents, contents);
    ok((r.n_leaves > 0) == leaves, "%zu tiles have %zu directories", n, r.n_directories);
    ok(t.addressed == r.addressed && t.entries == r.entries && t.contents == r.contents && t.bytes == file.n,
       "the totals are those of the header");
    ok_str(r.json, about.metadata);
    ok(r.west == -0.1234567 && r.south == 48 && r.east == 22.3456789 && r.north == 49.0000001, "bounds");
    ok(r.center_z == 3 && r.center_lon == 11.1111111 && r.center_lat == 48.5, "center %.7f %.7f",
       r.center_lon, r.center_lat);
    ok(str_eq(file, write_archive(sc, path, m, n, &again)), "the same bytes twice");
}

static void equal_tiles_are_kept_once(void **state)
{
    (void)state;
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc);
    static const struct made few[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 2 },
                                       { 7, 2 }, { 8, 1 }, { 9, 3 }, { 85, 3 } };
    check(&sc, dir, few, COUNT(few), 4, false);
    check(&sc, dir, few, 1, 4, false);
    struct pmtiles_totals t;
    const char           *path;
    ok_err(&sc, path_join(&sc, dir, "b.pmtiles", &path), OK);
    struct pmtiles_read r = pmtiles_read(&sc, write_archive(&sc, path, few, COUNT(few), &t));
    ok_i64(r.entries, 6); // 0-2 is one run; 7 is as 3, but not beside it
    ok(r.min_z == 0 && r.max_z == 4, "zooms %u to %u", r.min_z, r.max_z);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void many_tiles_need_leaves(void **state)
{
    (void)state;
    enum { N = 120000, KINDS = 30000 };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    uint64_t     seed = test_seed(), id = 5;
    struct made *m = arena_array(sc.mem, struct made, N);
    for (size_t i = 0; i < N; i++) {
        uint64_t what = test_random(&seed);
        id += 1 + (what % 8 ? 0 : what >> 8 & 0xFFFF);
        m[i] = (struct made){ id, what % 5 == 1 && i ? m[i - 1].kind : (unsigned)(what >> 32) % KINDS };
    }
    check(&sc, dir, m, N, KINDS, true);
    check(&sc, dir, m, 1000, KINDS, false);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void without_tiles_the_first_one_is_empty(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *path;
    struct pmtiles_totals t;
    ok_err(&sc, path_join(&sc, dir, "none.pmtiles", &path), OK);
    struct pmtiles_read r = pmtiles_read(&sc, write_archive(&sc, path, NULL, 0, &t));
    ok(!r.bad, "%s", r.bad);
    ok(r.n == 1 && !r.tile[0].id, "one tile, of zoom 0");
    ok_i64(pmtiles_unpack(&sc, r.tile[0].packed).n, 0);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void what_does_not_follow_is_refused(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path, *nowhere;
    struct pmtiles *w = NULL;
    ok_err(&sc, path_join(&sc, dir, "x.pmtiles", &path), OK);
    ok_err(&sc, path_join(&sc, dir, "no/x.pmtiles", &nowhere), OK);
    ok_err(&sc, pmtiles_open(&sc, nowhere, &w), ERR_NOTFOUND);
    ok_err(&sc, pmtiles_open(&sc, path, &w), OK);
    ok_err(&sc, pmtiles_add(&sc, w, 4, S("a")), OK);
    ok_err(&sc, pmtiles_add(&sc, w, 4, S("b")), ERR_INVALID);
    ok_err(&sc, pmtiles_add(&sc, w, 3, S("b")), ERR_INVALID);
    ok_err(&sc, pmtiles_add(&sc, w, 5, S("")), ERR_INVALID);
    pmtiles_closep(&w);
    str command = arena_printf(sc.mem, "test -z \"$(ls -A '%s')\"", dir);
    ok(!system(command.p), "without commit nothing is left behind");
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(ids_are_those_of_the_specification),
    cmocka_unit_test(equal_tiles_are_kept_once),
    cmocka_unit_test(many_tiles_need_leaves),
    cmocka_unit_test(without_tiles_the_first_one_is_empty),
    cmocka_unit_test(what_does_not_follow_is_refused),
};

TEST_MAIN(tests)
