// SPDX-License-Identifier: EUPL-1.2
// Real files of three countries with their areas, all the way: imported, published under the cautious policy, served. What
// the server says, counts and tiles, is what loops over all rows of the release say.
#include "../property/index_random.h"
#include "../property/slow_reader.h"
#include "../web/client.h"
#include "import.h"

#include "import/areas.h"
#include "index/filter.h"
#include "main/release.h"
#include "mvt_read.h"
#include "publish/release.h"
#include "web/web.h"

enum { FILTERS = 12 };

struct area_file {
    const char *file, *set, *id, *name, *population, *table, *table_id;
};
struct real_town {
    const char      *file, *mapping, *timezone;
    struct area_file areas[2];
    uint64_t         incidents; // imported
};
// clang-format off
static const struct real_town towns[] = {
    { "2018-10-nottinghamshire-street.csv.zst", NULL, "Europe/London",
      { { "nottinghamshire_districts", "districts", "district_code", "district_name", NULL, NULL, NULL },
        { "nottingham_wards_2011", "wards", "WD13CD", "WD13NM", NULL, NULL, NULL } }, 11900 },
    { "chicago-2013-12-06_2014-02-27-portal22col.csv.zst", NULL, "America/Chicago",
      { { "chicago_community_areas", "community", "AREA_NUMBE", "COMMUNITY", "POP2012",
          "chicago_community_area_population_1999_2012.csv.gz", "AREA" },
        { "chicago_police_districts", "districts", "DIST_NUM", "DIST_LABEL", NULL, NULL, NULL } }, 50000 },
    { "czechia-motorcycle-thefts.csv", "czechia-motorcycles", "Europe/Prague",
      { { "czechia_police_stations_2013", "stations", "code", "name", "population", NULL, NULL } }, 9463 },
};
// clang-format on

static const char *shared(struct scope *sc, const char *folder, const char *name)
{
    return arena_printf(sc->mem, "%s/%s/%s", test_shared(), folder, name).p;
}

static void import_areas(struct scope *sc, struct store *st, const struct area_file *a)
{
    struct areas_options o = { .set = str_of(a->set), .id = str_of(a->id), .name = str_of(a->name) };
    struct areas_report  r;
    str                  file = arena_printf(sc->mem, "%s.geojson.gz", a->file);
    if (a->population) o.population[o.n_population++] = areas_field_of(str_of(a->population));
    if (a->table) o.table = shared(sc, "population", a->table), o.table_id = str_of(a->table_id);
    ok_err(sc, areas_import(sc, st, &o, shared(sc, "boundaries", file.p), &r), OK);
    ok(r.areas > 1, "%s has %llu areas", a->file, (unsigned long long)r.areas);
}

static void make_town(struct scope *sc, const char *dir, const struct real_town *t)
{
    struct store         *st = import_store(sc, dir, str_of(t->timezone));
    struct import_report  r;
    struct policy         policy;
    struct release_result made;
    struct cli            cli = { .sc = sc, .dir = dir, .json = true };
    const struct profile *p = NULL;
    const char           *source = getenv("HROMADA_SOURCE");
    if (t->mapping)
        ok_err(sc,
               profile_read_file(
                   sc, arena_printf(sc->mem, "%s/tests/cases/import/%s.profile", source, t->mapping).p, &p),
               OK);
    ok_err(sc, import_one(sc, st, p, shared(sc, "incidents", t->file), &r), OK);
    ok_i64(r.totals.imported, t->incidents);
    for (size_t i = 0; i < COUNT(t->areas); i++)
        if (t->areas[i].file) import_areas(sc, st, &t->areas[i]);
    ok_err(sc, release_policy(sc, dir, NULL, &policy), OK);
    ok_err(sc, release_make(&cli, st, &policy, &(struct release_consent){ 0 }, &made), OK);
    store_close(st);
}

// -- what the server says ----------------------------------------------------------------------------------------------

struct talk {
    struct scope              *sc;
    int                        port;
    struct slow_index          slow;
    const struct release_info *in;
    struct buf                 text;
};

/// The answer to a question about counts; jansson cannot be here, it has names of wire/json.h.
static const char *get_counts(struct talk *t, str target)
{
    struct answer a = client_get(t->sc, t->port, target.p);
    ok(a.status == 200, "%.*s: %d: %.*s", STR(target), a.status, STR(a.body));
    return a.body.p;
}

static uint64_t number(const char *json, const char *key)
{
    const char *at = strstr(json, key);
    ok(at != NULL, "%s in %.200s", key, json);
    return strtoull(at + strlen(key), NULL, 10);
}

/// The next row behind *at: its key, which has no character that JSON escapes, and its count. False: there is none.
static bool next_row(const char **at, str *key, uint64_t *count)
{
    const char *begin = strstr(*at, "{\"key\":\"");
    if (!begin) return false;
    begin += strlen("{\"key\":\"");
    *key = (str){ begin, (size_t)(strchr(begin, '"') - begin) };
    *count = number(begin, "\"count\":");
    *at = begin;
    return true;
}

static void same_counts(struct talk *t, const struct filter *f, str query)
{
    uint64_t want[MAX_CATEGORIES] = { 0 }, total = 0, without = 0, sum = 0;
    for (size_t i = 0; i < t->slow.n; i++) {
        const struct slow_row *r = &t->slow.row[i];
        if (!slow_passes(&t->slow, r, f, SLOW_NONE)) continue;
        for (unsigned k = 0; k < t->slow.n_categories; k++) want[k] += slow_has(&t->slow, r, k);
        total++;
        without += !r->has_point;
    }
    const char *j = get_counts(t, arena_printf(t->sc->mem, "/v1/counts?by=category&%.*s", STR(query)));
    str         key;
    uint64_t    count;
    ok_i64(number(j, "\"total\":"), total);
    ok_i64(number(j, "\"without_point\":"), without);
    while (next_row(&j, &key, &count)) {
        for (size_t c = 0; c < t->in->n_categories; c++)
            if (str_eq(key, t->in->categories[c].key)) ok_i64(count, want[c]);
        sum += count;
    }
    ok_i64(sum, total);
}

static void same_areas(struct talk *t, const struct filter *f, str query)
{
    for (size_t s = 0; s < t->in->n_sets; s++) {
        const struct release_set *set = &t->in->sets[s];
        const char *j = get_counts(t, arena_printf(t->sc->mem, "/v1/counts?by=area:%.*s&%.*s", STR(set->key),
                                                   STR(query)));
        str         code;
        uint64_t    count;
        while (next_row(&j, &code, &count)) {
            uint64_t want = 0;
            size_t   area = 0;
            while (area < set->n && !str_eq(set->areas[area].code, code)) area++;
            for (size_t i = 0; i < t->slow.n; i++)
                want +=
                    t->slow.row[i].area[s] == area && slow_passes(&t->slow, &t->slow.row[i], f, SLOW_NONE);
            ok(count == want, "%.*s: %llu, not %llu", STR(code), (unsigned long long)count,
               (unsigned long long)want);
        }
    }
}

/// All tiles of a zoom that the release reaches into hold each row with a point once.
static void same_tiles(struct talk *t, const struct filter *f, str query, unsigned z)
{
    uint64_t want = 0, got = 0;
    for (size_t i = 0; i < t->slow.n; i++)
        want += t->slow.row[i].has_point && slow_passes(&t->slow, &t->slow.row[i], f, SLOW_NONE);
    struct box b = t->in->extent;
    for (uint32_t y = b.min_y >> (32 - z); y <= b.max_y >> (32 - z); y++)
        for (uint32_t x = b.min_x >> (32 - z); x <= b.max_x >> (32 - z); x++) {
            struct answer a = client_get(
                t->sc, t->port,
                arena_printf(t->sc->mem, "/tiles/1/incidents/%u/%u/%u.mvt?%.*s", z, x, y, STR(query)).p);
            ok(a.status == 200, "tile %u/%u/%u: %d", z, x, y, a.status);
            buf_reset(&t->text);
            const char *bad = mvt_read(&t->text, a.body);
            ok(!bad, "tile %u/%u/%u: %s", z, x, y, bad);
            got += mvt_sum_n(buf_str(&t->text), S("cells"));
        }
    ok(got == want, "zoom %u, %.*s: %llu in the tiles, %llu rows", z, STR(query), (unsigned long long)got,
       (unsigned long long)want);
}

static str query_of(struct scope *sc, const struct release_info *in, const struct filter *f)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 64 * 1024);
    filter_write(&b, in, f);
    return arena_str(sc->mem, buf_str(&b));
}

static void ask(struct talk *t, uint64_t *seed)
{
    struct release_row *row = arena_array(t->sc->mem, struct release_row, t->slow.n + 1);
    for (size_t i = 0; i < t->slow.n; i++)
        row[i] =
            (struct release_row){ .day = t->slow.row[i].day, .at = { t->slow.row[i].x, t->slow.row[i].y } };
    for (int k = 0; k < FILTERS; k++) {
        struct arena_mark before = arena_mark(t->sc->mem);
        struct filter     f = random_filter(seed, t->in, row, t->slow.with_point);
        if (k == 0) filter_all(&f);
        f.has_box = f.has_poly = false; // an address has degrees, which are rounded
        str query = query_of(t->sc, t->in, &f);
        same_counts(t, &f, query);
        same_areas(t, &f, query);
        for (unsigned z = 4; z <= 9; z += 5) same_tiles(t, &f, query, z);
        arena_back(t->sc->mem, before);
    }
}

static void check_town(const struct real_town *town)
{
    if (!test_shared()) test_skip("no shared data");
    struct scope                     sc = test_scope();
    uint64_t                         seed = test_seed();
    const char                      *dir = test_dir(&sc), *path;
    AUTO(index_closep) struct index *ix = NULL;
    struct web                      *web;
    struct http_server              *server;
    struct talk                      t = { .sc = &sc };
    make_town(&sc, dir, town);
    ok_err(&sc, release_index_path(&sc, dir, 1, TIER_PUBLIC, &path), OK);
    slow_read(&sc, path, &t.slow);
    ok_err(&sc, index_open(&sc, path, &ix), OK);
    t.in = index_info(ix);
    ok(t.slow.n > 1000 && t.slow.n <= town->incidents, "%zu rows are public", t.slow.n);
    ok_err(&sc, web_open(&sc, &(struct web_config){ .data_dir = dir, .watch_ms = -1 }, &web), OK);
    struct http_config hc = { .listen = "127.0.0.1:0",
                              .threads = 2,
                              .keep_for = web_keep_for,
                              .keep_bytes = 1 << 20,
                              .admit = web_admit };
    ok_err(&sc, http_start(&sc, &hc, web_handle, web, &server), OK);
    t.port = http_port(server);
    buf_init(&t.text, (size_t)64 << 20);
    ask(&t, &seed);
    http_stop(server, 5000);
    web_close(web);
    buf_free(&t.text);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void nottinghamshire(void **state)
{
    (void)state;
    check_town(&towns[0]);
}
static void chicago(void **state)
{
    (void)state;
    check_town(&towns[1]);
}
static void czechia(void **state)
{
    (void)state;
    check_town(&towns[2]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nottinghamshire),
    cmocka_unit_test(chicago),
    cmocka_unit_test(czechia),
};
TEST_MAIN(tests)
