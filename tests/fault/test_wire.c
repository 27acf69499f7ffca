// SPDX-License-Identifier: EUPL-1.2
// The readers when memory or the disk fails them: the failure is told, rows before it are right, nothing leaks.
#include "check.h"

#include "base/file.h"
#include "fault.h"
#include "wire/csv.h"
#include "wire/geojson.h"
#include "wire/pmtiles.h"
#include <zlib.h>
#include <zstd.h>

static const char rows_text[] = "a,\"b\"\"c\"\nd,\xC5\xBD\ne,\"f\ng\"\n";
static const char features_text[] =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":7,\"properties\":{\"n\":"
    "\"\\u017di\","
    "\"m\":[1,2]},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}";

static str packed(struct scope *sc, str text, const char *how)
{
    size_t cap = text.n + 256, n = 0;
    char  *p = arena_array(sc->mem, char, cap);
    if (!strcmp(how, "plain")) return text;
    if (!strcmp(how, "zst")) n = ZSTD_compress(p, cap, text.p, text.n, 1);
    if (!strcmp(how, "gz")) {
        z_stream z = { .next_in = (unsigned char *)(uintptr_t)text.p,
                       .avail_in = (unsigned)text.n,
                       .next_out = (unsigned char *)p,
                       .avail_out = (unsigned)cap };
        ok(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflate");
        ok(deflate(&z, Z_FINISH) == Z_STREAM_END, "deflate");
        n = z.total_out;
        deflateEnd(&z);
    }
    return (str){ p, n };
}

static enum err read_rows(struct scope *sc, const char *path, size_t *rows)
{
    AUTO(stream_closep) struct stream *from = NULL;
    AUTO(csv_closep) struct csv       *c = NULL;
    struct csv_row                     row;
    *rows = 0;
    TRY(stream_open(sc, path, &from));
    TRY(csv_open(sc, from, &(struct csv_options){ 0 }, &c));
    while (csv_next(c, &row)) {
        ok(row.n == 2 && row.problem == CSV_FINE, "row %zu is whole", *rows);
        (*rows)++;
    }
    return csv_end(sc, c);
}

static enum err read_features(struct scope *sc, const char *path, size_t *features)
{
    AUTO(stream_closep) struct stream   *from = NULL;
    AUTO(geojson_closep) struct geojson *g = NULL;
    struct geojson_feature               f;
    *features = 0;
    TRY(stream_open(sc, path, &from));
    TRY(geojson_open(sc, from, &g));
    while (geojson_next(g, &f)) {
        ok(f.n_properties == 2 && f.geometry.n_points == 4, "feature %zu is whole", *features);
        (*features)++;
    }
    return geojson_end(sc, g);
}

static void check_reader(str text, size_t want, enum err (*read_all)(struct scope *, const char *, size_t *))
{
    static const char *const packings[] = { "plain", "gz", "zst" };
    for (size_t i = 0; i < COUNT(packings); i++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc);
        str          path = arena_printf(sc.mem, "%s/%s", dir, packings[i]);
        ok_err(&sc, file_replace(&sc, path.p, packed(&sc, text, packings[i])), OK);
        unsigned n = fault_first();
        for (;; n++) {
            size_t got;
            fault_after(n);
            enum err e = read_all(&sc, path.p, &got);
            bool     hit = fault_fired();
            ok(hit == (e != OK), "%s: failure %u (%s) gives %s", packings[i], n, fault_name(), err_name(e));
            ok(got <= want && (e || got == want), "%s: failure %u gives %zu of %zu", packings[i], n, got,
               want);
            if (!hit) break;
        }
        ok(n > 5, "%s: only %u operations were made to fail", packings[i], n);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static void test_csv(void **state)
{
    (void)state;
    check_reader((str){ rows_text, sizeof rows_text - 1 }, 3, read_rows);
}

static void test_geojson(void **state)
{
    (void)state;
    check_reader((str){ features_text, sizeof features_text - 1 }, 1, read_features);
}

static enum err write_tiles(struct scope *sc, const char *path)
{
    AUTO(pmtiles_closep) struct pmtiles *w = NULL;
    struct pmtiles_about                 about = { .metadata = { "{}", 2 } };
    struct pmtiles_totals                t;
    TRY(pmtiles_open(sc, path, &w));
    for (uint64_t id = 0; id < 40; id++) TRY(pmtiles_add(sc, w, id, id % 3 ? S("one") : S("another")));
    return pmtiles_commit(sc, w, &about, &t);
}

static void test_pmtiles(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          path = arena_printf(sc.mem, "%s/a.pmtiles", dir), now;
    str          others = arena_printf(sc.mem, "test \"$(ls -A '%s')\" = a.pmtiles", dir);
    unsigned     n = fault_first();
    for (;; n++) {
        ok_err(&sc, file_replace(&sc, path.p, S("old")), OK);
        fault_after(n);
        enum err e = write_tiles(&sc, path.p);
        bool     hit = fault_fired();
        ok(hit == (e != OK), "failure %u (%s) gives %s", n, fault_name(), err_name(e));
        ok_err(&sc, file_read(&sc, path.p, 1 << 20, &now), OK);
        bool last = hit && str_starts(now, S("PMTiles")); // only the folder was not synced
        ok(last || str_eq(now, S("old")) == hit, "failure %u (%s) leaves all or nothing", n, fault_name());
        ok(!system(others.p), "failure %u (%s) leaves nothing else", n, fault_name());
        if (!hit) break;
    }
    ok(n > 40, "only %u operations were made to fail", n);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pmtiles),
    cmocka_unit_test(test_csv),
    cmocka_unit_test(test_geojson),
};
TEST_MAIN(tests)
