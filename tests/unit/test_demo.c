// SPDX-License-Identifier: EUPL-1.2
#include "demo/demo.h"

#include "base/file.h"
#include "check.h"
#include "seal/hash.h"
#include "wire/csv.h"
#include "wire/geojson.h"

enum { ROWS = 20000 };

static struct demo_files make(struct scope *sc, const char *dir, uint64_t seed)
{
    struct demo_files f = { 0 };
    ok_err(sc, demo_write(sc, dir, &(struct demo_options){ .seed = seed, .incidents = ROWS }, &f), OK);
    return f;
}

static void same_seed_same_files(void **state)
{
    (void)state;
    struct scope      sc = test_scope();
    const char       *a = test_dir(&sc), *b = test_dir(&sc), *c = test_dir(&sc);
    struct demo_files fa = make(&sc, a, 7), fb = make(&sc, b, 7), fc = make(&sc, c, 8);
    ok(fa.rows == fb.rows && fa.n_feeds == fb.n_feeds, "%zu feeds", fa.n_feeds);
    for (size_t i = 0; i < fa.n_feeds; i++) {
        str      ha, hb, hc;
        uint64_t bytes;
        ok_err(&sc, hash_file_sha256(&sc, fa.feeds[i].path, &ha, &bytes), OK);
        ok_err(&sc, hash_file_sha256(&sc, fb.feeds[i].path, &hb, &bytes), OK);
        ok_err(&sc, hash_file_sha256(&sc, fc.feeds[i].path, &hc, &bytes), OK);
        ok_str(ha, hb);
        ok(!str_eq(ha, hc), "another seed makes another %s", fa.feeds[i].path);
    }
    test_dir_end(&sc, a), test_dir_end(&sc, b), test_dir_end(&sc, c);
    test_scope_end(&sc);
}

static uint64_t features(struct scope *sc, const char *path, size_t *points)
{
    AUTO(stream_closep) struct stream   *s = NULL;
    AUTO(geojson_closep) struct geojson *g = NULL;
    struct geojson_feature               f;
    uint64_t                             n = 0;
    ok_err(sc, stream_open(sc, path, &s), OK);
    ok_err(sc, geojson_open(sc, s, &g), OK);
    for (; geojson_next(g, &f); n++) *points += f.geometry.n_points;
    ok_err(sc, geojson_end(sc, g), OK);
    return n;
}

static void rows_are_what_it_says(void **state)
{
    (void)state;
    struct scope      sc = test_scope();
    const char       *dir = test_dir(&sc);
    struct demo_files f = make(&sc, dir, 2016);
    uint64_t          rows = 0;
    for (size_t i = 0; i < f.n_feeds; i++) {
        size_t points = 0;
        if (str_ends(str_of(f.feeds[i].path), S(".geojson"))) {
            rows += features(&sc, f.feeds[i].path, &points);
            continue;
        }
        AUTO(stream_closep) struct stream *s = NULL;
        AUTO(csv_closep) struct csv       *c = NULL;
        struct csv_row                     row;
        ok_err(&sc, stream_open(&sc, f.feeds[i].path, &s), OK);
        ok_err(&sc, csv_open(&sc, s, &(struct csv_options){ 0 }, &c), OK);
        ok(csv_next(c, &row), "a header");
        while (csv_next(c, &row)) rows++;
        ok_err(&sc, csv_end(&sc, c), OK);
    }
    ok_i64(rows, f.rows);
    ok(f.rows > ROWS * 4 / 5 && f.rows < ROWS * 5 / 4, "%llu rows", (unsigned long long)f.rows);
    ok(f.dirty * 100 > f.rows * 2 && f.dirty * 100 < f.rows * 4, "%llu dirty of %llu",
       (unsigned long long)f.dirty, (unsigned long long)f.rows);
    size_t points = 0;
    ok_i64(features(&sc, f.districts, &points), 14);
    ok_i64(features(&sc, f.neighbourhoods, &points), 56);
    ok(features(&sc, f.streets, &points) > 400, "a town has streets");
    ok_i64(features(&sc, f.water, &points), 1);
    ok_i64(features(&sc, f.green, &points), 9);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void limits(void **state)
{
    (void)state;
    struct scope      sc = test_scope();
    const char       *dir = test_dir(&sc);
    struct demo_files f;
    ok_err(&sc, demo_write(&sc, dir, &(struct demo_options){ .incidents = 999 }, &f), ERR_INVALID);
    ok_err(&sc, demo_write(&sc, dir, &(struct demo_options){ .incidents = 20000001 }, &f), ERR_INVALID);
    ok_err(&sc, demo_write(&sc, "/nowhere/at/all", &(struct demo_options){ .incidents = 1000 }, &f),
           ERR_NOTFOUND);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_seed_same_files),
    cmocka_unit_test(rows_are_what_it_says),
    cmocka_unit_test(limits),
};
TEST_MAIN(tests)
