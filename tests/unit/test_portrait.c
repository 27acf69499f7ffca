// SPDX-License-Identifier: EUPL-1.2
// What a release is really like: strays do not stretch the map, months decide what "by the hour" means, and a year that
// nobody imported is not a year without crime.
#include "analysis/area.h"
#include "base/arena.h"
#include "base/civil.h"
#include "check.h"

static const struct release_category category[] = { { .key = S("theft"), .iccs = 5 } };
static const struct release_outcome  outcome[] = { { .key = S("none") } };
static const struct release_source   source[] = { { .key = S("town"), .name = S("Town police") } };
static const str                     places[] = { S("") };
static const struct release_figure   figure[] = { { 2020, 20000, -1 } };
static const struct release_area     area[] = { { .code = S("1"), .figures = figure, .n_figures = 1 } };
static const struct release_set  set[] = { { .key = S("town"), .name = S("Town"), .areas = area, .n = 1 } };
static const struct release_info info = { .release = 1,
                                          .tier = S("public"),
                                          .town = S("Town"),
                                          .timezone = S("Europe/London"),
                                          .anchor_level = 17,
                                          .finest = PRECISION_HOUR, // what the policy allows
                                          .categories = category,
                                          .n_categories = 1,
                                          .outcomes = outcome,
                                          .n_outcomes = 1,
                                          .sources = source,
                                          .n_sources = 1,
                                          .sets = set,
                                          .n_sets = 1,
                                          .places = places,
                                          .n_places = 1 };

/// Rows of a square town of 0.2 by 0.2 degrees about the point, `hours` of them with an hour; a gap in 2019.
struct kind {
    const char    *what;
    size_t         strays;      // of 4000, far to the south west
    bool           second;      // a second town, as large as the first, in the north east
    size_t         hours, days; // so many rows tell them
    enum precision finest;
    bool           home_is_extent;
};
static const struct kind kinds[] = {
    { "a town", 0, false, 4000, 0, PRECISION_HOUR, true },
    { "months only", 0, false, 0, 0, PRECISION_MONTH, true },
    { "one row tells the day", 0, false, 0, 1, PRECISION_DAY, true },
    { "one row tells the hour", 0, false, 1, 5, PRECISION_HOUR, true },
    { "ten strays", 10, false, 0, 0, PRECISION_MONTH, false },
    { "too many to be strays", 40, false, 0, 0, PRECISION_MONTH, true },
    { "two towns", 0, true, 0, 0, PRECISION_MONTH, true },
};

enum { ROWS = 4000 };

static struct release_row row_of(const struct kind *k, size_t i, uint64_t *seed)
{
    static const int years[] = { 2018, 2020 };
    double u = (double)(test_random(seed) % 1000) / 5000, v = (double)(test_random(seed) % 1000) / 5000;
    double lon = -1.1 + u, lat = 53.1 + v;
    if (i < k->strays) lon = -4.2, lat = 50.3;
    else if (k->second && i % 2) lon += 3, lat += 1.5;
    struct release_row r = { .has_point = 1, .at = mercator_of(lon, lat), .precision = PRECISION_MONTH };
    r.day = civil_day(years[i % 2], 1 + (int)(i / 2 % 12), 1);
    if (i < k->hours) r.precision = PRECISION_HOUR;
    else if (i < k->days) r.precision = PRECISION_DAY;
    r.how = how_of((int64_t)r.day * 86400, (enum precision)r.precision);
    for (size_t s = 1; s < MAX_AREA_SETS; s++) r.area[s] = AREA_NOWHERE;
    return r;
}

static struct index *town(struct scope *sc, const struct kind *k, const char *path)
{
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    struct index                                  *ix;
    uint64_t                                       seed = 7;
    ok_err(sc, index_writer_open(sc, path, &info, &w), OK);
    for (size_t i = 0; i < ROWS; i++) {
        struct release_row r = row_of(k, i, &seed);
        ok_err(sc, index_writer_add(sc, w, &r), OK);
    }
    ok_err(sc, index_writer_commit(sc, w), OK);
    ok_err(sc, index_open(sc, path, &ix), OK);
    return ix;
}

static void portraits(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    struct point nw = mercator_of(-1.1, 53.3), se = mercator_of(-0.9, 53.1);
    struct box   town_box = { nw.x, nw.y, se.x, se.y };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct kind *k = &kinds[i];
        struct index      *ix = town(&sc, k, arena_printf(sc.mem, "%s/%zu.index", dir, i).p);
        struct portrait    p;
        ok_err(&sc, portrait_of(&sc, ix, &p), OK);
        ok(p.in.finest == k->finest, "%s: finest is %d", k->what, p.in.finest);
        struct box e = index_info(ix)->extent;
        bool       same = box_within(e, p.home);
        ok(same == k->home_is_extent && box_within(p.home, e), "%s: home", k->what);
        // Not all of the town's own edge need be seen: a quarter of a percent on each side may be cut off.
        uint32_t   slack = (town_box.max_x - town_box.min_x) / 50;
        struct box inner = { town_box.min_x + slack, town_box.min_y + slack, town_box.max_x - slack,
                             town_box.max_y - slack };
        ok(box_within(inner, p.home), "%s: the town is in view", k->what);
        if (!same)
            ok(p.home.max_x - p.home.min_x < 2 * (town_box.max_x - town_box.min_x), "%s: and little else",
               k->what);
        index_close(ix);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static struct period year(int y)
{
    return (struct period){ civil_day(y, 1, 1), civil_day(y, 12, 31) };
}

static void gaps(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc);
    struct index   *ix = town(&sc, &kinds[1], arena_printf(sc.mem, "%s/gap.index", dir).p);
    struct portrait p;
    ok_err(&sc, portrait_of(&sc, ix, &p), OK);
    ok(portrait_covers(&p, year(2018)) && portrait_covers(&p, year(2020)), "years with rows");
    ok(period_covered(&p.in, year(2019)) && !portrait_covers(&p, year(2019)), "the year that is missing");
    ok(!portrait_covers(&p, year(2017)) && !portrait_covers(&p, year(2021)), "years outside");
    ok(!portrait_covers(&p, (struct period){ civil_day(2018, 7, 1), civil_day(2019, 6, 30) }),
       "half of it missing");
    struct filter f;
    filter_all(&f);
    f.from_day = year(2020).from;
    f.to_day = year(2020).to;
    struct area_summary a;
    ok_err(&sc, area_summary_ask(&sc, ix, &p, &f, 0, 0, &a), OK);
    ok(a.now.total == ROWS / 2 && !a.change.covered && !a.before_month,
       "nothing is compared with the missing year");
    index_close(ix);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(portraits),
    cmocka_unit_test(gaps),
};
TEST_MAIN(tests)
