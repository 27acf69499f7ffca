// SPDX-License-Identifier: EUPL-1.2
// A release of five rows that a person can count, and what the writer refuses.
#include "base/civil.h"
#include "base/file.h"
#include "check.h"
#include "index/format.h"
#include "index/query.h"
#include "model/incident.h"
#include <sys/stat.h>

static const struct release_category categories[] = {
    { .key = S("burglary"), .label = { S("Burglary"), S("Vloupání"), S("Крадіжка зі зломом") }, .iccs = 5 },
    { .key = S("robbery"), .label = { S("Robbery") }, .iccs = 4 },
    { .key = S("theft"), .label = { S("Theft") }, .iccs = 5 },
};
static const struct release_outcome outcomes[] = { { .key = S("none") },
                                                   { .key = S("charged"), .is = OUTCOME_CLEARED } };
static const struct release_source  sources[] = {
     { .key = S("town"), .name = S("Town police"), .licence = S("CC0") }
};
static const str          places[] = { S(""), S("On or near High Street") };
static const struct point square[] = {
    { 1000, 1000 }, { 2000, 1000 }, { 2000, 2000 }, { 1000, 2000 }, { 1000, 1000 }
};
static const uint32_t              square_end[] = { 5 };
static const struct release_figure figures[] = { { 2020, 12000, -1 }, { 2021, 12500, 14 } };
static const struct release_area   areas[] = {
      { .code = S("A1"),
        .name = S("Old town"),
        .box = { 1000, 1000, 2000, 2000 },
        .label = { 1500, 1500 },
        .figures = figures,
        .n_figures = 2,
        .point = square,
        .ring_end = square_end,
        .n_points = 5,
        .n_rings = 1 },
      { .code = S("A2"), .name = S("Nowhere land") },
};
static const struct release_set sets[] = {
    { .key = S("beats"), .name = S("Beats"), .areas = areas, .n = 2 }
};
static const struct release_feature features[] = {
    { .name = S("Ring road"),
      .class = S("major"),
      .shape = 1,
      .box = { 1000, 1000, 2000, 2000 },
      .point = square,
      .part_end = square_end,
      .n_points = 5,
      .n_parts = 1 },
};
static const struct release_layer layers[] = {
    { .key = S("streets"), .kind = S("street"), .features = features, .n = 1 }
};
static const struct release_info info = {
    .release = 7,
    .created_s = 1700000000,
    .tier = S("public"),
    .town = S("Hradec"),
    .timezone = S("Europe/Prague"),
    .lang = LANG_CS,
    .demo = true,
    .anchor_m = 100,
    .anchor_level = 18,
    .finest = PRECISION_HOUR,
    .categories = categories,
    .n_categories = COUNT(categories),
    .outcomes = outcomes,
    .n_outcomes = COUNT(outcomes),
    .sources = sources,
    .n_sources = COUNT(sources),
    .sets = sets,
    .n_sets = COUNT(sets),
    .layers = layers,
    .n_layers = COUNT(layers),
    .places = places,
    .n_places = COUNT(places),
};

static struct release_row row_of(int year, int month, int day, int how, uint16_t category, uint32_t x,
                                 uint32_t y)
{
    struct release_row r = { .kind = category,
                             .how = (uint8_t)how,
                             .has_point = x != 0,
                             .day = civil_day(year, month, day),
                             .at = { x, y } };
    r.area[0] = x >= 1000 && x < 2000 ? 0 : AREA_NOWHERE;
    return r;
}

static enum err write_rows(struct scope *sc, const char *path, const struct release_row *row, size_t n)
{
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    TRY(index_writer_open(sc, path, &info, &w));
    for (size_t i = 0; i < n; i++) TRY(index_writer_add(sc, w, &row[i]));
    return index_writer_commit(sc, w);
}

static void five_rows(void **state)
{
    (void)state;
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc);
    const char              *path = arena_printf(sc.mem, "%s/public.index", dir).p;
    const struct release_row rows[] = {
        row_of(2018, 10, 31, 2 * 24 + 22, 0, 1500, 1500), // Wednesday, 22 h
        row_of(2018, 11, 1, 3 * 24 + 3, 2, 1500, 1500),   // Thursday, 3 h
        row_of(2018, 11, 1, HOW_NONE, 2, 1500, 1501),     // a month's precision
        row_of(2018, 11, 5, HOW_DAY + 0, 1, 9000, 9000),  // Monday, hour not known
        row_of(2019, 1, 2, 2 * 24 + 22, 1, 0, 0),         // without a point
    };
    AUTO(index_closep) struct index *ix = NULL;
    ok_err(&sc, write_rows(&sc, path, rows, COUNT(rows)), OK);
    ok_err(&sc, index_open(&sc, path, &ix), OK);
    ok_err(&sc, index_verify(&sc, ix), OK);

    const struct release_info *in = index_info(ix);
    ok_i64(in->rows, 5);
    ok_i64(in->with_point, 4);
    ok_i64(in->first_day, civil_day(2018, 10, 31));
    ok_i64(in->last_day, civil_day(2019, 1, 2));
    ok(in->extent.min_x == 1500 && in->extent.max_y == 9000, "extent");
    ok_str(in->town, S("Hradec"));
    ok(in->demo && in->lang == LANG_CS && in->anchor_level == 18 && in->finest == PRECISION_HOUR,
       "description");
    ok_str(in->categories[0].label[LANG_UK], S("Крадіжка зі зломом"));
    ok_i64(in->sets[0].areas[0].figures[1].officers, 14);
    ok_i64(in->sets[0].areas[0].figures[0].officers, -1);
    ok(in->sets[0].areas[0].n_points == 5 && in->sets[0].areas[0].point[2].x == 2000, "rings");
    ok_str(in->layers[0].features[0].class, S("major"));
    ok_str(in->places[1], S("On or near High Street"));

    struct filter f;
    struct facets k;
    filter_all(&f);
    ok_err(&sc, index_facets(&sc, ix, &f, FACET_ALL, false, &k), OK);
    ok(k.total == 5 && k.without_point == 1, "%llu rows", (unsigned long long)k.total);
    ok(k.category[0] == 1 && k.category[1] == 2 && k.category[2] == 2, "categories");
    ok(k.n_months == 4 && k.month[0] == 1 && k.month[1] == 3 && k.month[2] == 0 && k.month[3] == 1, "months");
    ok(k.n_days == 64 && k.day[0] == 1 && k.day[1] == 2 && k.day[5] == 1 && k.day[63] == 1, "days");
    ok(k.hourweek[70] == 2 && k.hourweek[HOW_NONE] == 1 && k.hourweek[HOW_DAY] == 1, "hours of the week");
    ok(k.area[0][0] == 3 && k.area[0][1] == 0 && k.area[0][2] == 2, "areas");
    ok(k.outcome[0] == 5 && k.outcome[1] == 0, "outcomes");

    f.hours = 1u << 22; // only rows whose hour is known can answer
    ok_err(&sc, index_facets(&sc, ix, &f, FACET_HOURWEEK | FACET_CATEGORY, true, &k), OK);
    ok(k.total == 2 && k.without_point == 1 && !k.month && !k.day, "at ten");
    ok(k.hourweek[70] == 2 && k.hourweek[3 * 24 + 3] == 1 && k.category[0] == 1, "linked");
    f.hours = 0xFFFFFF;
    f.days = 1; // Monday: the row of a day's precision answers, that of a month's does not
    ok_err(&sc, index_facets(&sc, ix, &f, 0, false, &k), OK);
    ok_i64(k.total, 1);

    filter_all(&f);
    struct place *p = NULL;
    size_t        n;
    bool          more;
    ok_err(&sc, index_places(&sc, ix, &f, (struct box){ 0, 0, 5000, 5000 }, 10, &p, &n, &more), OK);
    ok(n == 2 && !more && p[0].count == 2 && p[0].at.y == 1500 && p[0].top_category == 0 &&
           p[0].top_count == 1,
       "%zu places", n);
    ok_err(&sc, index_places(&sc, ix, &f, (struct box){ 0, 0, 5000, 5000 }, 1, &p, &n, &more), OK);
    ok(n == 1 && more, "one of two places");
    struct release_row *r = NULL;
    uint64_t            total;
    ok_err(&sc, index_place_rows(&sc, ix, &f, (struct point){ 1500, 1500 }, 1, &r, &n, &total), OK);
    ok(n == 1 && total == 2 && r[0].day == civil_day(2018, 11, 1) && r[0].area[0] == 0 &&
           r[0].area[1] == AREA_NOWHERE,
       "newest");
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct scope                     sc = test_scope();
    const char                      *dir = test_dir(&sc);
    const char                      *path = arena_printf(sc.mem, "%s/public.index", dir).p;
    AUTO(index_closep) struct index *ix = NULL;
    ok_err(&sc, write_rows(&sc, path, NULL, 0), OK);
    ok_err(&sc, index_open(&sc, path, &ix), OK);
    ok_err(&sc, index_verify(&sc, ix), OK);
    ok(index_info(ix)->first_day > index_info(ix)->last_day, "no days");
    ok(index_info(ix)->extent.max_x == 2000, "the extent is that of the areas");
    struct filter f;
    struct facets k;
    filter_all(&f);
    ok_err(&sc, index_facets(&sc, ix, &f, FACET_ALL, true, &k), OK);
    ok(k.total == 0 && k.n_days == 0 && k.n_months == 0 && k.area[0][2] == 0, "nothing");
    uint32_t count[16];
    ok_err(&sc, index_grid(&sc, ix, &f, 0, 0, 0, 2, count), OK);
    ok_err(&sc, index_grid(&sc, ix, &f, 3, 8, 0, 2, count), ERR_INVALID);
    ok_err(&sc, index_grid(&sc, ix, &f, 22, 0, 0, 12, count), ERR_INVALID);
    ok_err(&sc, index_grid(&sc, ix, &f, 0, 0, 0, 13, count), ERR_INVALID);
    struct index_cursor c;
    struct release_row  row;
    index_rows(ix, &f, &c);
    ok(!index_rows_next(&c, &row), "no row");
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void refused_rows(void **state)
{
    (void)state;
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc);
    const char              *path = arena_printf(sc.mem, "%s/public.index", dir).p;
    const struct release_row good = row_of(2018, 11, 1, 5, 0, 1500, 1500);
    struct release_row       bad[11];
    for (size_t i = 0; i < COUNT(bad); i++) bad[i] = good;
    bad[0].kind = 3;
    bad[1].outcome = 2;
    bad[2].source = 1;
    bad[3].place = 2;
    bad[4].how = HOW_VALUES;
    bad[5].precision = PRECISIONS;
    bad[6].minute = 1440;
    bad[7].flags = 64;
    bad[8].area[0] = 2;
    bad[9].day = civil_day(CIVIL_MIN_YEAR, 1, 1) - 1;
    bad[10].day = civil_day(CIVIL_MAX_YEAR, 12, 31) + 1;
    for (size_t i = 0; i < COUNT(bad); i++) {
        ok_err(&sc, write_rows(&sc, path, &bad[i], 1), ERR_INVALID);
        ok(access(path, F_OK), "nothing is left behind");
        ok(access(arena_printf(sc.mem, "%s.tmp", path).p, F_OK), "nothing is left behind");
    }
    struct release_row far[2] = { good, good };
    far[0].day = civil_day(1900, 1, 1);
    far[1].day = far[0].day + 65536;
    ok_err(&sc, write_rows(&sc, path, far, 2), ERR_LIMIT);
    far[1].day--;
    ok_err(&sc, write_rows(&sc, path, far, 2), OK);
    ok_err(&sc, write_rows(&sc, arena_printf(sc.mem, "%s/no/such.index", dir).p, far, 2), ERR_NOTFOUND);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void files_that_are_no_index(void **state)
{
    (void)state;
    struct scope                     sc = test_scope();
    const char                      *dir = test_dir(&sc);
    const char                      *path = arena_printf(sc.mem, "%s/public.index", dir).p;
    AUTO(index_closep) struct index *ix = NULL;
    ok_err(&sc, index_open(&sc, path, &ix), ERR_NOTFOUND);
    ok_err(&sc, file_replace(&sc, path, S("")), OK);
    ok_err(&sc, index_open(&sc, path, &ix), ERR_CORRUPT);
    ok_err(&sc, file_replace(&sc, path, S("hromada")), OK);
    ok_err(&sc, index_open(&sc, path, &ix), ERR_CORRUPT);
    ok_err(&sc, index_open(&sc, dir, &ix), ERR_IO);
    ok_err(&sc, write_rows(&sc, path, NULL, 0), OK);
    str whole;
    ok_err(&sc, file_read(&sc, path, 1 << 20, &whole), OK);
    char *newer = arena_alloc(sc.mem, whole.n);
    memcpy(newer, whole.p, whole.n);
    newer[8] = INDEX_VERSION + 1;
    ok_err(&sc, file_replace(&sc, path, (str){ newer, whole.n }), OK);
    ok_err(&sc, index_open(&sc, path, &ix), ERR_VERSION);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(five_rows),
    cmocka_unit_test(nothing_at_all),
    cmocka_unit_test(refused_rows),
    cmocka_unit_test(files_that_are_no_index),
};
TEST_MAIN(tests)
