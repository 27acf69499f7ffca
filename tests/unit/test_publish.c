// SPDX-License-Identifier: EUPL-1.2
// What comes out of a store under a policy, row by row; and the two promises of a release: nothing that it must not tell
// stands in its bytes, and what it does not tell changes none of them.
#include "publish/publish.h"

#include "geo/polygon.h"
#include "town.h"
#include <dirent.h>
#include <endian.h>

static const int64_t now_s = INT64_C(1480000000); // 2016-11-24 15:06:40 UTC

// -- row by row --------------------------------------------------------------------------------------------------------

enum { MAX_ROWS = 64 };
struct got {
    struct release_row         row[MAX_ROWS];
    size_t                     n;
    const struct release_info *info;
    struct publish_totals      totals;
};

static void run_tier(struct scope *sc, struct town *t, str policy, enum tier tier, int64_t at_s,
                     struct got *out)
{
    struct policy                          p;
    AUTO(publish_closep) struct publisher *from = NULL;
    *out = (struct got){ 0 };
    ok_err(sc, policy_read(sc, policy, &p), OK);
    publication_closep(&t->publication);
    ok_err(sc, town_publication(sc, t, &p, 1, at_s, &t->publication), OK);
    ok_err(sc, publish_open(sc, t->publication, tier, &from), OK);
    out->info = publish_info(from);
    while (out->n < MAX_ROWS && publish_next(from, &out->row[out->n])) out->n++;
    ok_err(sc, publish_end(sc, from, &out->totals), OK);
    ok_i64(out->totals.incidents, out->n);
    ok_i64(out->totals.incidents + out->totals.withheld + out->totals.by_area + out->totals.delayed,
           t->staged);
    ok_i64(out->totals.left_area, 0);
}

static int64_t wall(int year, int month, int day, int hour, int minute)
{
    return (int64_t)civil_day(year, month, day) * DAY_S + hour * HOUR_S + minute * 60;
}

static void times_are_told_as_certain_as_they_are(void **state)
{
    (void)state;
    const int64_t at = wall(2016, 3, 15, 12, 34);
    const struct {
        int64_t        from_s, to_s;
        enum precision known;
        const char    *finest;
        enum precision told;
        int64_t        told_s;
    } rows[] = {
        { at, at + 59, PRECISION_MINUTE, "minute", PRECISION_MINUTE, at },
        { at, at + 59, PRECISION_MINUTE, "hour", PRECISION_HOUR, at - 34 * 60 },
        { at, at + 59, PRECISION_MINUTE, "day", PRECISION_DAY, wall(2016, 3, 15, 0, 0) },
        { at, at + 59, PRECISION_MINUTE, "month", PRECISION_MONTH, wall(2016, 3, 1, 0, 0) },
        { at, at + 3599, PRECISION_HOUR, "minute", PRECISION_HOUR, at - 34 * 60 },
        { at, at + 3599, PRECISION_MINUTE, "minute", PRECISION_HOUR, at - 34 * 60 },
        { at, at + 3600, PRECISION_MINUTE, "minute", PRECISION_DAY, wall(2016, 3, 15, 0, 0) },
        { at, at + DAY_S - 1, PRECISION_HOUR, "hour", PRECISION_DAY, wall(2016, 3, 15, 0, 0) },
        { at, at + DAY_S, PRECISION_DAY, "hour", PRECISION_MONTH, wall(2016, 3, 1, 0, 0) },
        { at, at + 400 * DAY_S, PRECISION_MINUTE, "hour", PRECISION_MONTH, wall(2016, 3, 1, 0, 0) },
        { wall(2016, 3, 1, 0, 0), wall(2016, 4, 1, 0, 0) - 1, PRECISION_MONTH, "hour", PRECISION_MONTH,
          wall(2016, 3, 1, 0, 0) },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope    sc = test_scope();
        struct town     t = town_open(&sc, test_dir(&sc));
        struct incident in = town_incident(&t, "a", town_point(&t, 1.5, 1.5));
        struct got      got;
        in.from_s = rows[i].from_s;
        in.to_s = rows[i].to_s;
        in.precision = rows[i].known;
        town_add(&sc, &t, &in);
        town_done(&sc, &t);
        str policy =
            arena_printf(sc.mem, "tier police\ntime %s\nclass * points\ndelay none\n", rows[i].finest);
        run_tier(&sc, &t, policy, TIER_POLICE, now_s, &got);
        ok_i64(got.n, 1);
        const struct release_row *r = &got.row[0];
        ok(r->precision == rows[i].told, "row %zu: precision %d", i, r->precision);
        ok_i64((int64_t)r->day * DAY_S + r->minute * 60, rows[i].told_s);
        ok_i64(r->how, how_of(rows[i].from_s, rows[i].told));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

static void the_delay_begins_when_the_period_is_over(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct incident in =
        town_incident(&t, "a", town_point(&t, 1.5, 1.5)); // 12:34 on the wall, two hours ahead of UTC
    town_add(&sc, &t, &in);
    town_done(&sc, &t);
    const struct {
        const char *time;
        const char *delay;
        int64_t     due_s; // UTC
    } rows[] = {
        { "hour", "0 days", wall(2016, 3, 15, 11, 0) },  { "hour", "7 days", wall(2016, 3, 22, 11, 0) },
        { "day", "0 days", wall(2016, 3, 15, 22, 0) },   { "day", "1 day", wall(2016, 3, 16, 22, 0) },
        { "month", "31 days", wall(2016, 5, 1, 22, 0) },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct got got;
        str policy = arena_printf(sc.mem, "tier public\ntime %s\ndelay %s\nclass * points\n", rows[i].time,
                                  rows[i].delay);
        run_tier(&sc, &t, policy, TIER_PUBLIC, rows[i].due_s - 1, &got);
        ok(got.n == 0 && got.totals.delayed == 1 && got.info->n_categories == 0, "row %zu is held back", i);
        run_tier(&sc, &t, policy, TIER_PUBLIC, rows[i].due_s, &got);
        ok(got.n == 1 && got.totals.delayed == 0 && got.info->n_categories == 1, "row %zu is told", i);
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void only_what_the_policy_lets_through(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct point    at = town_point(&t, 2.5, 1.5);
    struct incident in = town_incident(&t, "a", at);
    struct got      got;
    in.flags = FLAG_ARREST | FLAG_ATTEMPTED | FLAG_TIME_REPEAT;
    in.outcome = t.outcome[1];
    in.place = S("12 Exact street");
    town_add(&sc, &t, &in);
    in.key = S("b");
    in.flags = FLAG_DOMESTIC;
    town_add(&sc, &t, &in);
    in.key = S("c");
    in.flags = 0;
    in.outcome = t.outcome[2];
    in.category = t.category[CAT_RAPE];
    town_add(&sc, &t, &in);
    town_done(&sc, &t);

    run_tier(&sc, &t,
             S("tier public\nanchors grid 250 m\nclass * points\nclass domestic withheld\ncategory iccs-3 "
               "withheld\n"),
             TIER_PUBLIC, now_s, &got);
    ok(got.n == 1 && got.totals.withheld == 2, "%zu", got.n);
    ok(!got.row[0].flags && !got.row[0].outcome && !got.row[0].place, "the strict tier tells nothing more");
    ok(got.info->n_outcomes == 1 && got.info->n_categories == 1 && got.info->n_places == 1,
       "nor does the dictionary");
    ok_str(got.info->categories[0].key, S("theft"));
    ok_str(got.info->town, S("Testhorod"));
    ok_str(got.info->tier, S("public"));
    ok(got.info->anchor_m >= 250 && got.info->anchor_m < 500, "%u m", got.info->anchor_m);
    ok_i64(got.totals.anchor_m, got.info->anchor_m);
    ok(got.info->n_sources == 1 && got.totals.n_sources == 1, "sources");
    ok_str(got.totals.sources[0].licence, S("CC BY 4.0"));
    ok_i64(got.info->n_sets, 2);
    ok_str(got.info->sets[0].key, S("beat")); // the finest first
    ok_i64(got.row[0].area[0], 1 * TOWN_SIDE + 2);
    ok_i64(got.totals.finest_dropped, 0);
    ok_i64(got.row[0].area[1], 0);
    ok(got.totals.moved_median_m > 0 && got.totals.moved_median_m == got.totals.moved_p95_m, "one has moved");
    double moved = sphere_distance_m(mercator_to(at), mercator_to(got.row[0].at));
    ok(got.totals.moved_median_m > moved - 0.2 && got.totals.moved_median_m < moved + 0.2, "%g, not %g",
       got.totals.moved_median_m, moved);

    run_tier(&sc, &t, policy_default(), TIER_POLICE, now_s, &got);
    ok(got.n == 3 && got.totals.withheld == 0, "%zu", got.n);
    ok(got.row[0].at.x == mercator_of_e7(in.lon_e7, in.lat_e7).x && !got.info->anchor_level, "exact");
    ok_i64(got.row[0].flags, FLAG_ARREST | FLAG_ATTEMPTED);
    ok_i64(got.row[1].flags, FLAG_DOMESTIC);
    ok_str(got.info->places[got.row[0].place], S("12 Exact street"));
    ok_i64(got.info->n_places, 2);
    ok_i64(got.info->n_outcomes, 3); // not the one that no row has
    ok_str(got.info->outcomes[got.row[0].outcome].key, S("charged"));
    ok_str(got.info->outcomes[got.row[2].outcome].key, S("no-suspect"));
    ok_str(got.info->categories[got.row[2].kind].key, S("assault-4711"));
    ok(got.totals.moved_median_m == 0 && got.totals.moved_p95_m == 0, "nothing moves");

    struct policy     p;
    struct publisher *none;
    publication_closep(&t.publication);
    ok_err(&sc, policy_read(&sc, S("tier public"), &p), OK);
    ok_err(&sc, town_publication(&sc, &t, &p, 1, now_s, &t.publication), OK);
    ok_err(&sc, publish_open(&sc, t.publication, TIER_POLICE, &none), ERR_INVALID);
    ok(strstr(sc.fault.text, "\"police\""), "%s", sc.fault.text);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Outcomes that no profile names are the source's own words: the public is told one "other", inner tiers the words.
static void words_of_an_outcome_stay_inside(void **state)
{
    (void)state;
    static const char *const words[] = { "Victim declined, domestic", "Zadrž. partner" };
    struct scope             sc = test_scope();
    struct town              t = town_open(&sc, test_dir(&sc));
    struct incident          in = town_incident(&t, "a", town_point(&t, 2.5, 1.5));
    struct got               got;
    in.outcome = t.outcome[1];
    town_add(&sc, &t, &in);
    for (size_t i = 0; i < COUNT(words); i++) {
        str            key = arena_printf(sc.mem, "w%zu", i);
        struct outcome o = { .key = key, .code = str_of(words[i]), .label = { str_of(words[i]) } };
        ok_err(&sc, store_outcome_put(&sc, t.st, &o), OK);
        in.key = key;
        in.outcome = o.id;
        town_add(&sc, &t, &in);
    }
    // What a profile names is not renamed by a text with the same key.
    struct outcome same = { .key = S("charged"), .code = S("charged?!"), .label = { S("charged?!") } };
    ok_err(&sc, store_outcome_put(&sc, t.st, &same), OK);
    ok_i64(same.id, t.outcome[1]);
    town_done(&sc, &t);

    str policy = S("tier public\noutcome told\nclass * points\ntier partner\noutcome told\nclass * points\n");
    run_tier(&sc, &t, policy, TIER_PUBLIC, now_s, &got);
    ok_i64(got.n, 3);
    ok_i64(got.info->n_outcomes, 3);
    const struct release_outcome *named = &got.info->outcomes[got.row[0].outcome],
                                 *other = &got.info->outcomes[got.row[1].outcome];
    ok_str(named->label[LANG_EN], S("charged"));
    ok_i64(got.row[1].outcome, got.row[2].outcome);
    ok_str(other->key, S("other"));
    ok_str(other->label[LANG_EN], S("Other"));
    ok_str(other->label[LANG_CS], S("Jiné"));
    ok_str(other->label[LANG_UK], S("Інше"));
    run_tier(&sc, &t, policy, TIER_PARTNER, now_s, &got);
    ok_i64(got.info->n_outcomes, 4);
    for (size_t i = 0; i < COUNT(words); i++)
        ok_str(got.info->outcomes[got.row[1 + i].outcome].label[LANG_EN], str_of(words[i]));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

// -- several kinds ---------------------------------------------------------------------------------------------------

/// The categories of a row by their keys, in the order of the release.
static const char *kinds_of(struct scope *sc, const struct got *g, size_t row)
{
    struct release_mix of = release_kind(g->info, &g->row[row].kind);
    str                all = S("");
    for (size_t i = 0; i < of.n; i++)
        all = arena_printf(sc->mem, "%.*s%s%.*s", STR(all), i ? "+" : "",
                           STR(g->info->categories[of.category[i]].key));
    return arena_cstr(sc->mem, all);
}

static void the_strictest_of_several_kinds_decides(void **state)
{
    (void)state;
    static const struct {
        int kind[3], n;
        const char *public, *police; // what each tier sees; NULL: nothing
    } rows[] = {
        { { CAT_THEFT, CAT_BURGLARY }, 2, "burglary+theft", "burglary+theft" },
        { { CAT_BURGLARY, CAT_RAPE }, 2, NULL, "assault-4711+burglary" },
        { { CAT_THEFT, CAT_CHILD, CAT_DRUGS }, 3, NULL, "child-neglect+theft+drugs" },
        { { CAT_THEFT, CAT_TRAFFICKING }, 2, NULL, NULL },
        { { CAT_THEFT }, 1, "theft", "theft" },
    };
    // Told in one run and in several, in every order of the rows: the order decides nothing.
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int turn = 0; turn < 2 * rows[i].n; turn++) {
            struct scope sc = test_scope();
            struct town  t = town_open_as(&sc, test_dir(&sc), IDENTITY_TYPES);
            struct got   got;
            bool         apart = turn >= rows[i].n;
            for (int k = 0; k < rows[i].n; k++) {
                struct incident in = town_incident(&t, "a", town_point(&t, 1.5, 1.5));
                in.category = t.category[rows[i].kind[(k + turn) % rows[i].n]];
                if (apart && k) {
                    struct run_totals totals = { .read = 1 };
                    ok_err(&sc, store_run_finish(&sc, t.st, &t.run, false, &totals), OK);
                    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
                }
                ok_err(&sc, store_run_stage(&sc, t.st, &t.run, &in), OK);
            }
            struct run_totals totals = { .read = apart ? 1 : (uint64_t)rows[i].n };
            ok_err(&sc, store_run_finish(&sc, t.st, &t.run, false, &totals), OK);
            t.staged = 1;
            for (int tier = 0; tier < 2; tier++) {
                const char *want = tier ? rows[i].police : rows[i].public;
                run_tier(&sc, &t, policy_default(), tier ? TIER_POLICE : TIER_PUBLIC, now_s, &got);
                ok(got.n == (want != NULL), "row %zu, turn %d, tier %d: %zu told", i, turn, tier, got.n);
                ok(!want || !strcmp(kinds_of(&sc, &got, 0), want), "row %zu, turn %d: %s", i, turn,
                   kinds_of(&sc, &got, 0));
                ok(want || !got.info->n_categories, "and its words are not told");
            }
            town_close(&t);
            test_dir_end(&sc, t.dir);
            test_scope_end(&sc);
        }
}

static void what_the_record_gives_away_decides_too(void **state)
{
    (void)state;
    static const struct {
        sensitivity_set classes;
        uint32_t        flags;
        bool public, police;
        enum precision told; // to the public
    } rows[] = {
        { 0, 0, true, true, PRECISION_HOUR },
        { 0, FLAG_DOMESTIC, false, true, 0 },
        { 1 << SENSITIVITY_DOMESTIC, 0, false, true, 0 },
        { 1 << SENSITIVITY_CHILD, FLAG_ARREST, false, true, 0 },
        { 1 << SENSITIVITY_TRAFFICKING, 0, false, false, 0 },
        { 1 << SENSITIVITY_UNCLASSIFIED, 0, false, false, 0 },
        { 1 << SENSITIVITY_STREET, 0, true, true, PRECISION_HOUR },
        { 1 << SENSITIVITY_ORDINARY, 0, true, true, PRECISION_MONTH }, // the coarsest of its classes
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct town     t = town_open(&sc, test_dir(&sc));
        struct incident in = town_incident(&t, "a", town_point(&t, 1.5, 1.5));
        struct got      got;
        in.classes = rows[i].classes;
        in.flags = rows[i].flags;
        town_add(&sc, &t, &in);
        town_done(&sc, &t);
        run_tier(&sc, &t, policy_default(), TIER_PUBLIC, now_s, &got);
        ok(got.n == rows[i].public, "row %zu is %stold to the public", i, rows[i].public ? "" : "not ");
        if (got.n) ok(got.row[0].precision == rows[i].told, "row %zu: precision %d", i, got.row[0].precision);
        run_tier(&sc, &t, policy_default(), TIER_POLICE, now_s, &got);
        ok(got.n == rows[i].police, "row %zu is %stold to police", i, rows[i].police ? "" : "not ");
        town_close(&t);
        test_dir_end(&sc, t.dir);
    }
    test_scope_end(&sc);
}

static void without_a_point(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct incident in = town_incident(&t, "a", town_point(&t, 1.5, 1.5));
    struct got      got;
    in.flags = FLAG_PLACE_OTHER; // where it was reported
    town_add(&sc, &t, &in);
    in = town_incident(&t, "b", (struct point){ 0 });
    in.point = POINT_AREA;
    in.lon_e7 = in.lat_e7 = 0;
    in.area = S("beat:020");
    town_add(&sc, &t, &in);
    in.key = S("c");
    in.area = S("district:N");
    town_add(&sc, &t, &in);
    in.key = S("d");
    in.area = S("beat:999");
    town_add(&sc, &t, &in);
    in.key = S("e");
    in.point = POINT_NONE;
    in.area = S("");
    town_add(&sc, &t, &in);
    town_done(&sc, &t);
    // An area that is smaller than a region is told by no code either.
    run_tier(&sc, &t, S("regions least 1000 ha\ntier public\nanchors grid 5000 m\nclass * points\n"),
             TIER_PUBLIC, now_s, &got);
    ok(got.n == 5 && got.row[1].area[0] == AREA_NOWHERE && got.row[1].area[1] == 1, "the district alone");
    run_tier(&sc, &t, policy_default(), TIER_PUBLIC, now_s, &got);
    ok_i64(got.n, 5);
    ok_i64(got.totals.no_place, 5);
    static const uint16_t want[5][2] = { { AREA_NOWHERE, AREA_NOWHERE },
                                         { 20, 1 },
                                         { AREA_NOWHERE, 0 },
                                         { AREA_NOWHERE, AREA_NOWHERE },
                                         { AREA_NOWHERE, AREA_NOWHERE } };
    for (size_t i = 0; i < got.n; i++) {
        ok(!got.row[i].has_point && !got.row[i].at.x, "row %zu", i);
        ok(got.row[i].area[0] == want[i][0] && got.row[i].area[1] == want[i][1], "row %zu: %u %u", i,
           got.row[i].area[0], got.row[i].area[1]);
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Where the cell and a beat would leave less than the rule, a row is told without its beat.
static void a_beat_that_cuts_too_small_a_region_is_not_told(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    struct got   got;
    uint64_t     without = 0;
    for (int i = 0; i < 6; i++) {
        const char     *key = arena_printf(sc.mem, "%d", i).p;
        struct incident in = town_incident(&t, key, town_point(&t, 0.5 + i, 0.5 + i));
        town_add(&sc, &t, &in);
    }
    town_done(&sc, &t);
    run_tier(&sc, &t, S("regions least 1000 ha\ntier public\nanchors grid 5000 m\nclass * points\n"),
             TIER_PUBLIC, now_s, &got);
    for (size_t i = 0; i < got.n; i++) without += got.row[i].area[0] == AREA_NOWHERE;
    ok_i64(got.totals.finest_dropped, 6);
    ok_i64(without, 6);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What a point of a list stands for is said of one set.
static void only_beats(struct scope *sc, struct town *t)
{
    struct area_set set = { .key = S("district"), .name = S("Districts"), .licence = S("CC0") };
    struct area     none;
    store_rollback(t->st);
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, store_areas_replace(sc, t->st, &set, &none, 0), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
}

static void anchors_of_a_list_give_their_names(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct point    spot = town_point(&t, 1.5, 1.5), far = town_point(&t, 4.5, 4.5);
    struct incident in = town_incident(&t, "a", town_point(&t, 1.6, 1.4));
    struct got      got;
    struct lon_lat  a = mercator_to(spot), b = mercator_to(far);
    const char     *path;
    in.place = S("12 Exact street");
    town_add(&sc, &t, &in);
    town_done(&sc, &t);
    str                 policy = S("tier public\nanchors file anchors.csv\ndelay 0 days\nclass * points\n");
    struct policy       p;
    struct publication *none;
    ok_err(&sc, policy_read(&sc, policy, &p), OK);
    ok_err(&sc, town_publication(&sc, &t, &p, 1, now_s, &none), ERR_NOTFOUND);
    ok_err(&sc, path_join(&sc, t.dir, "anchors.csv", &path), OK);
    str silent = arena_printf(sc.mem, "lon,lat,name\n%.7f,%.7f,Main square\n", a.lon, a.lat);
    ok_err(&sc, file_replace(&sc, path, silent), OK);
    ok_err(&sc, town_publication(&sc, &t, &p, 1, now_s, &none), ERR_INVALID);
    ok(strstr(sc.fault.text, "falls below the floor \"anchors\" for the public"), "%s", sc.fault.text);
    str csv = arena_printf(sc.mem, "lon,lat,name,addresses\n%.7f,%.7f,Main square,0\n%.7f,%.7f,Park,12\n",
                           a.lon, a.lat, b.lon, b.lat);
    ok_err(&sc, file_replace(&sc, path, csv), OK);
    ok_err(&sc, town_publication(&sc, &t, &p, 1, now_s, &none), ERR_INVALID);
    ok(strstr(sc.fault.text, "there are 2 sets of areas") && strstr(sc.fault.text, "one set of areas"), "%s",
       sc.fault.text);
    only_beats(&sc, &t);
    run_tier(&sc, &t, policy, TIER_PUBLIC, now_s, &got);
    ok_i64(got.n, 1);
    ok(abs((int)(got.row[0].at.x - spot.x)) < 10 && abs((int)(got.row[0].at.y - spot.y)) < 10,
       "at the square");
    ok_str(got.info->places[got.row[0].place], S("Main square"));
    ok_i64(got.info->n_places, 2); // not the park
    ok(got.info->anchor_level == 0 && got.info->anchor_m == 0, "no grid");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void write_anchor(struct scope *sc, const struct town *t, struct point at)
{
    struct lon_lat ll = mercator_to(at);
    const char    *path;
    ok_err(sc, path_join(sc, t->dir, "anchors.csv", &path), OK);
    str csv = arena_printf(sc->mem, "lon,lat,name,addresses\n%.7f,%.7f,Square,12\n", ll.lon, ll.lat);
    ok_err(sc, file_replace(sc, path, csv), OK);
}

/// A point of a list stands for addresses of its own areas: who is in others, of whatever set, is told of the town alone.
static void a_list_stands_for_its_own_areas(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct incident outside = town_incident(&t, "a", town_point(&t, -1, 1.5)); // in no area
    struct incident zoned = town_incident(&t, "b", town_point(&t, 3.3, 3.5));
    struct got      got;
    town_add(&sc, &t, &outside);
    town_done(&sc, &t);
    write_anchor(&sc, &t, town_point(&t, 0.5, 1.5)); // a kilometre away, in a beat
    only_beats(&sc, &t);
    run_tier(&sc, &t, S("tier public\nanchors file anchors.csv\nclass * points\n"), TIER_PUBLIC, now_s, &got);
    ok(got.n == 1 && !got.row[0].has_point && got.row[0].area[0] == AREA_NOWHERE,
       "it does not stand in the beat");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    // A zone that cuts the beat: the point stands in the beat, and not in the zone.
    t = town_open(&sc, test_dir(&sc));
    town_add(&sc, &t, &zoned);
    town_done(&sc, &t);
    struct point corner[] = { town_point(&t, -1, -1), town_point(&t, 3.5, -1), town_point(&t, 3.5, 7),
                              town_point(&t, -1, 7), town_point(&t, -1, -1) };
    uint32_t     end = COUNT(corner);
    struct area  zone = {
         .code = S("z"), .name = S("Zone"), .point = corner, .ring_end = &end, .n_points = end, .n_rings = 1
    };
    struct area_set set = { .key = S("zone"), .name = S("Zones"), .licence = S("CC0") };
    store_rollback(t.st);
    ok_err(&sc, store_begin(&sc, t.st), OK);
    ok_err(&sc, store_areas_replace(&sc, t.st, &set, &zone, 1), OK);
    ok_err(&sc, store_commit(&sc, t.st), OK);
    const str partners = S("tier partner\nanchors file anchors.csv\nclass * points\n");
    write_anchor(&sc, &t, town_point(&t, 3.7, 3.5));
    run_tier(&sc, &t, partners, TIER_PARTNER, now_s, &got);
    ok(got.n == 1 && !got.row[0].has_point, "it stands for nobody of the zone");
    for (size_t k = 0; k < got.info->n_sets; k++) ok_i64(got.row[0].area[k], AREA_NOWHERE);
    write_anchor(&sc, &t, town_point(&t, 3.4, 3.5));
    run_tier(&sc, &t, partners, TIER_PARTNER, now_s, &got);
    ok(got.n == 1 && got.row[0].has_point, "one of the zone does");
    for (size_t k = 0; k < got.info->n_sets; k++) ok(got.row[0].area[k] != AREA_NOWHERE, "set %zu", k);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// An area without a point of the list is one point in its middle, if it has the land of a region. One with a point of the list must have
/// it, too.
static void ok_area_must_be_large(bool listed)
{
    struct scope    sc = test_scope();
    struct town     t = town_open(&sc, test_dir(&sc));
    struct lon_lat  point = mercator_to(listed ? town_point(&t, 1.6, 1.45) : town_point(&t, 4.5, 4.5));
    struct incident in = town_incident(&t, "a", town_point(&t, 1.6, 1.4));
    struct got      got;
    const char     *path;
    town_add(&sc, &t, &in);
    town_done(&sc, &t);
    ok_err(&sc, path_join(&sc, t.dir, "anchors.csv", &path), OK);
    ok_err(&sc,
           file_replace(&sc, path,
                        arena_printf(sc.mem, "lon,lat,name,addresses\n%.7f,%.7f,Park,8\n", point.lon,
                                     point.lat)),
           OK);
    only_beats(&sc, &t);
    run_tier(&sc, &t, S("tier public\nanchors file anchors.csv\nclass * points\n"), TIER_PUBLIC, now_s, &got);
    ok(got.n == 1 && got.row[0].has_point && got.row[0].area[0] != AREA_NOWHERE, "in its beat");
    run_tier(&sc, &t, S("regions least 1000 ha\ntier public\nanchors file anchors.csv\nclass * points\n"),
             TIER_PUBLIC, now_s, &got);
    ok(got.n == 1 && !got.row[0].has_point && got.row[0].area[0] == AREA_NOWHERE, "the beat is too small");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}
static void an_area_with_or_without_anchors_must_be_large(void **state)
{
    (void)state;
    for (int listed = 0; listed < 2; listed++) ok_area_must_be_large(listed);
}

// -- the bytes ---------------------------------------------------------------------------------------------------------

enum { MAX_PATTERNS = 60, MAX_BYTES = 64 << 20 };
struct pattern {
    const char   *what;
    unsigned char p[64];
    size_t        n;
};
struct patterns {
    struct pattern at[MAX_PATTERNS];
    size_t         n;
};

static void want_bytes(struct patterns *s, const char *what, const void *p, size_t n)
{
    struct pattern *to = &s->at[s->n++];
    ok(s->n <= MAX_PATTERNS && n >= 4 && n <= sizeof to->p, "pattern %s", what);
    to->what = what;
    to->n = n;
    memcpy(to->p, p, n);
}

static void want_text(struct patterns *s, const char *what, str text)
{
    if (text.n) want_bytes(s, what, text.p, text.n);
}

static void want_u32(struct patterns *s, const char *what, uint32_t v)
{
    uint32_t le = htole32(v), be = htobe32(v);
    want_bytes(s, what, &le, 4);
    want_bytes(s, what, &be, 4);
}

/// As protocol buffers write it, plain and zigzag.
static void want_varint(struct patterns *s, const char *what, int64_t v)
{
    uint64_t forms[] = { (uint64_t)v, (uint64_t)v << 1 ^ (uint64_t)(v >> 63) };
    for (size_t i = 0; i < COUNT(forms) && v >= 0; i++) {
        unsigned char bytes[10];
        size_t        n = 0;
        for (uint64_t rest = forms[i]; rest || !n; rest >>= 7)
            bytes[n++] = (unsigned char)((rest & 127) | (rest > 127 ? 128 : 0));
        if (n > 4) want_bytes(s, what, bytes, n); // shorter ones are found where they do not stand
    }
}

static void want_degrees(struct patterns *s, const char *what, int32_t e7)
{
    double   d = e7 / 1e7;
    float    f = (float)d;
    uint64_t bits;
    uint32_t bits32;
    char     text[32];
    memcpy(&bits, &d, 8);
    memcpy(&bits32, &f, 4);
    uint64_t le = htole64(bits), be = htobe64(bits);
    want_u32(s, what, (uint32_t)e7);
    want_bytes(s, what, &le, 8);
    want_bytes(s, what, &be, 8);
    want_u32(s, what, bits32);
    want_bytes(s, what, text,
               (size_t)snprintf(text, sizeof text, "%.5f",
                                (e7 / 100) / 1e5)); // cut after five places: a metre
    want_bytes(s, what, text, (size_t)snprintf(text, sizeof text, "%.5f", d)); // rounded
    want_bytes(s, what, text, (size_t)snprintf(text, sizeof text, "%d", e7));
    want_bytes(s, what, text, (size_t)snprintf(text, sizeof text, "%d", e7 / 10));
    want_u32(s, what, (uint32_t)(e7 / 10)); // millionths
    want_varint(s, what, e7);
    want_varint(s, what, e7 / 10);
}

/// Every way in which the incident could stand in a file.
static void patterns_of(const struct incident *i, struct patterns *out)
{
    struct point at = mercator_of_e7(i->lon_e7, i->lat_e7);
    out->n = 0;
    want_text(out, "key", i->key);
    want_text(out, "slice", i->slice);
    want_text(out, "place", i->place);
    want_degrees(out, "longitude", i->lon_e7);
    want_degrees(out, "latitude", i->lat_e7);
    want_u32(out, "mercator x", at.x);
    want_u32(out, "mercator y", at.y);
    want_varint(out, "mercator x", at.x);
    want_varint(out, "mercator y", at.y);
}

/// All bytes of the files of a folder, behind each other.
static str folder_bytes(struct scope *sc, const char *dir)
{
    struct buf b;
    DIR       *d = opendir(dir);
    ok(d, "%s", dir);
    buf_init(&b, MAX_BYTES);
    for (struct dirent *e; (e = readdir(d));) {
        const char *path;
        str         bytes;
        if (e->d_type != DT_REG) continue;
        ok_err(sc, path_join(sc, dir, e->d_name, &path), OK);
        ok_err(sc, file_read(sc, path, MAX_BYTES, &bytes), OK);
        buf_add(&b, bytes);
    }
    closedir(d);
    str all = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return all;
}

/// What of the incident stands in the bytes; NULL: nothing.
static const char *found_in(str bytes, const struct incident *i, size_t *count)
{
    struct patterns s;
    const char     *what = NULL;
    patterns_of(i, &s);
    *count = 0;
    for (size_t k = 0; k < s.n; k++)
        if (memmem(bytes.p, bytes.n, s.at[k].p, s.at[k].n)) {
            what = s.at[k].what;
            ++*count;
        }
    return what;
}

enum { SHOWN, HIDDEN_CATEGORY, HIDDEN_EVERYWHERE, HIDDEN_CHILD, HIDDEN_DOMESTIC, HIDDEN_DELAY, KINDS };
enum { LEAK_ROWS = 240 };

static double unit(uint64_t *seed)
{
    return (double)(test_random(seed) >> 11) / 9007199254740992.0;
}

static bool shares_coordinate(const struct incident *list, int n)
{
    struct point at = mercator_of_e7(list[n].lon_e7, list[n].lat_e7);
    for (int k = 0; k < n; k++) {
        struct point other = mercator_of_e7(list[k].lon_e7, list[k].lat_e7);
        if (other.x == at.x || other.y == at.y) return true;
    }
    return false;
}

static void stage_secrets(struct scope *sc, struct town *t, struct incident list[LEAK_ROWS])
{
    uint64_t seed = test_seed();
    for (int n = 0; n < LEAK_ROWS; n++) {
        struct point     at = town_point(t, 0.2 + 5.6 * unit(&seed), 0.2 + 5.6 * unit(&seed));
        struct incident *i = &list[n];
        *i = town_incident(
            t, arena_printf(sc->mem, "KEY-%d-%016llx", n, (unsigned long long)test_random(&seed)).p, at);
        if (shares_coordinate(list, n)) {
            n--; // what is found would not tell whose it is
            continue;
        }
        i->slice = arena_printf(sc->mem, "slice-%d-%08x", n, (unsigned)test_random(&seed));
        i->place = arena_printf(sc->mem, "%d Unmistakable lane %x", n, (unsigned)test_random(&seed));
        i->from_s += (int64_t)(test_random(&seed) % 10000000);
        i->to_s = i->from_s + 59;
        switch (n % KINDS) {
        case HIDDEN_CATEGORY:
            i->category = t->category[CAT_RAPE];
            break;
        case HIDDEN_EVERYWHERE:
            i->category = t->category[CAT_TRAFFICKING];
            break;
        case HIDDEN_CHILD:
            i->category = t->category[CAT_CHILD];
            break;
        case HIDDEN_DOMESTIC:
            i->flags = FLAG_DOMESTIC;
            break;
        case HIDDEN_DELAY:
            i->from_s = i->to_s = now_s;
            break;
        default:
            break;
        }
        town_add(sc, t, i);
    }
}

static void no_secret_stands_in_the_bytes(void **state)
{
    (void)state;
    static struct incident list[LEAK_ROWS];
    struct scope           sc = test_scope();
    struct town            t = town_open(&sc, test_dir(&sc));
    struct publish_totals  totals[TIERS] = { 0 };
    str                    sha;
    stage_secrets(&sc, &t, list);
    town_done(&sc, &t);
    ok_err(&sc, town_publish(&sc, &t, policy_default(), 1, now_s, totals, &sha), OK);
    ok_err(&sc, release_verify(&sc, t.dir, 1), OK);
    store_closep(&t.st);
    ok_i64(totals[TIER_PUBLIC].incidents, LEAK_ROWS / KINDS);
    ok_i64(totals[TIER_PUBLIC].withheld, LEAK_ROWS / KINDS);
    ok_i64(totals[TIER_PUBLIC].by_area, LEAK_ROWS / KINDS * 3);
    ok_i64(totals[TIER_PUBLIC].delayed, LEAK_ROWS / KINDS);
    ok_i64(totals[TIER_POLICE].incidents, LEAK_ROWS / KINDS * (KINDS - 1));
    const char *public, *restricted;
    ok_err(&sc, path_join(&sc, t.dir, "releases/1", &public), OK);
    ok_err(&sc, path_join(&sc, t.dir, "restricted/1", &restricted), OK);
    str open_bytes = folder_bytes(&sc, public), police = folder_bytes(&sc, restricted),
        store = folder_bytes(&sc, t.dir);
    size_t in_store = 0, in_police = 0, count;
    for (int n = 0; n < LEAK_ROWS; n++) {
        const char *what = found_in(open_bytes, &list[n], &count);
        ok(!what, "%s of %.*s (kind %d) stands in the release", what, STR(list[n].key), n % KINDS);
        // The search itself, judged: it must find what is there to be found.
        found_in(store, &list[n], &count);
        in_store += count >= 4; // key, place, both coordinates
        what = found_in(police, &list[n], &count);
        ok(!what || n % KINDS != HIDDEN_EVERYWHERE, "%s of %.*s is for nobody", what, STR(list[n].key));
        in_police += what != NULL;
    }
    ok(in_store >= LEAK_ROWS * 95 / 100, "the search finds %zu of %d in the store", in_store, LEAK_ROWS);
    ok_i64(in_police, LEAK_ROWS / KINDS * (KINDS - 1));
    static const char *const words[] = { "assault-4711", "human-trafficking", "child-neglect", "never-used",
                                         "test.csv" };
    for (size_t i = 0; i < COUNT(words); i++)
        ok(!str_has(open_bytes, str_of(words[i])), "the word %s is told", words[i]);
    ok(str_has(police, S("test.csv")), "the imports are told inside");
    ok(str_has(police, S("assault-4711")) && !str_has(police, S("human-trafficking")),
       "and to police as agreed");
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

// -- what is not told changes nothing ------------------------------------------------------------------------------------

/// Another point of the same cell and the same areas.
static struct point elsewhere(const struct release_info *info, struct point at, uint64_t *seed)
{
    uint32_t mask = ((uint32_t)1 << (32 - info->anchor_level)) - 1;
    for (;;) {
        struct point p = { (at.x & ~mask) | ((uint32_t)test_random(seed) & mask),
                           (at.y & ~mask) | ((uint32_t)test_random(seed) & mask) };
        bool         same = true;
        for (size_t s = 0; s < info->n_sets; s++)
            for (size_t a = 0; a < info->sets[s].n && same; a++) {
                const struct release_area *r = &info->sets[s].areas[a];
                struct ring_set            rings = { r->point, r->n_points, r->ring_end, r->n_rings };
                same = polygon_has(&rings, at) == polygon_has(&rings, p);
            }
        // The store keeps degrees to the seventh place; the cell must be the same after that, too.
        struct lon_lat ll = mercator_to(p);
        struct point   kept = mercator_of_e7((int32_t)(ll.lon * 1e7), (int32_t)(ll.lat * 1e7));
        if (same && ((kept.x ^ at.x) & ~mask) == 0 && ((kept.y ^ at.y) & ~mask) == 0) return p;
    }
}

static void stage_hidden(struct scope *sc, struct town *t, uint64_t *seed, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        struct point at =
            town_point(t, 6.0 * (double)(test_random(seed) % 10000) / 10000, (double)(test_random(seed) % 6));
        struct incident i =
            town_incident(t, arena_printf(sc->mem, "hidden-%016llx", (unsigned long long)test_random(seed)).p,
                          at);
        i.place = arena_printf(sc->mem, "hidden %x", (unsigned)test_random(seed));
        i.outcome = t->outcome[test_random(seed) % 3];
        if (test_random(seed) & 1) i.category = t->category[CAT_RAPE];
        else i.flags |= FLAG_DOMESTIC;
        town_add(sc, t, &i);
    }
}

static const char twins_policy[] =
    "tier public\nanchors grid 250 m\ntime hour\ndelay 7 days\nflags arrest\noutcome told\n"
    "class * points\nclass domestic withheld\ncategory iccs-3 withheld\ntier police\nanchors exact\ntime "
    "minute\n"
    "delay none\nflags arrest\noutcome told\nclass * points\n";

/// The same incident in two towns: in b elsewhere in its cell, at another minute, with another text.
static void stage_twins(struct scope *sc, struct town *a, struct town *b, const struct release_info *info,
                        uint64_t *seed, int number)
{
    const char     *key = arena_printf(sc->mem, "told-%d", number).p;
    double          x = 5.9 * unit(seed), y = 5.9 * unit(seed);
    struct incident in = town_incident(a, key, town_point(a, x, y));
    struct point    at = mercator_of_e7(in.lon_e7, in.lat_e7);
    in.from_s += (int64_t)(test_random(seed) % 20000000);
    in.to_s = in.from_s + 59;
    in.outcome = a->outcome[test_random(seed) % 3];
    in.category = a->category[test_random(seed) % 3];
    in.flags = test_random(seed) % 2 ? FLAG_ARREST : FLAG_ATTEMPTED;
    in.place = S("here");
    town_add(sc, a, &in);
    struct incident moved = town_incident(b, key, elsewhere(info, at, seed));
    in.lon_e7 = moved.lon_e7;
    in.lat_e7 = moved.lat_e7;
    in.place = S("there");
    in.from_s = in.from_s / HOUR_S * HOUR_S + (int64_t)(test_random(seed) % HOUR_S);
    in.to_s = in.from_s;
    town_add(sc, b, &in);
}

static str index_bytes(struct scope *sc, const struct town *t, enum tier tier)
{
    const char *path;
    str         bytes;
    ok_err(sc, release_index_path(sc, t->dir, 1, tier, &path), OK);
    ok_err(sc, file_read(sc, path, MAX_BYTES, &bytes), OK);
    return bytes;
}

static void what_is_not_told_changes_no_byte(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    struct scope sc = test_scope();
    uint64_t     seed = test_seed();
    struct town  a = town_open(&sc, test_dir(&sc)), b = town_open(&sc, test_dir(&sc)),
                probe = town_open(&sc, test_dir(&sc));
    // A town of one incident tells the areas and the level of the grid, which hangs on the latitude alone.
    struct incident one = town_incident(&probe, "one", town_point(&probe, 3, 3));
    struct got      grid;
    town_add(&sc, &probe, &one);
    town_done(&sc, &probe);
    run_tier(&sc, &probe, str_of(twins_policy), TIER_PUBLIC, now_s, &grid);
    stage_hidden(&sc, &b, &seed, 50);
    for (int i = 0; i < ROWS; i++) {
        stage_twins(&sc, &a, &b, grid.info, &seed, i);
        if (i % 7 == 0) stage_hidden(&sc, &b, &seed, 3);
    }
    town_done(&sc, &a);
    town_done(&sc, &b);
    struct publish_totals ta[TIERS] = { 0 }, tb[TIERS] = { 0 };
    str                   sha;
    ok_err(&sc, town_publish(&sc, &a, str_of(twins_policy), 1, now_s, ta, &sha), OK);
    ok_err(&sc, town_publish(&sc, &b, str_of(twins_policy), 1, now_s, tb, &sha), OK);
    ok(ta[0].incidents == ROWS && tb[0].incidents == ROWS && tb[0].withheld > 150 && !ta[0].withheld,
       "they differ");
    str pub_a = index_bytes(&sc, &a, TIER_PUBLIC), pub_b = index_bytes(&sc, &b, TIER_PUBLIC);
    ok(pub_a.n > 1000 && str_eq(pub_a, pub_b), "the public index is the same, byte by byte");
    ok(!str_eq(index_bytes(&sc, &a, TIER_POLICE), index_bytes(&sc, &b, TIER_POLICE)),
       "and the exact one is not");
    struct town *towns[] = { &a, &b, &probe };
    for (size_t i = 0; i < COUNT(towns); i++) {
        town_close(towns[i]);
        test_dir_end(&sc, towns[i]->dir);
    }
    test_scope_end(&sc);
}

/// In which order the incidents came would tell more of their times than the policy does.
static void the_order_of_arrival_changes_no_byte(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    static struct incident list[ROWS];
    struct scope           sc = test_scope();
    uint64_t               seed = test_seed();
    struct town            a = town_open(&sc, test_dir(&sc)), b = town_open(&sc, test_dir(&sc));
    struct publish_totals  totals[TIERS] = { 0 };
    str sha, policy = S("tier public\nanchors grid 500 m\ntime month\ndelay 7 days\nplace source\n"
                        "outcome told\nclass * points\n");
    for (int i = 0; i < ROWS; i++) {
        list[i] = town_incident(&a, arena_printf(sc.mem, "k-%d", i).p,
                                town_point(&a, 5.9 * unit(&seed), 5.9 * unit(&seed)));
        list[i].from_s += (int64_t)(test_random(&seed) % 10000000);
        list[i].to_s = list[i].from_s + 59;
        list[i].category = a.category[test_random(&seed) % 3];
        list[i].outcome = a.outcome[test_random(&seed) % 3];
        list[i].place =
            arena_printf(sc.mem, "On or near %llx street", (unsigned long long)test_random(&seed) % 50);
        list[i].flags = i % 9 ? 0 : FLAG_PLACE_OTHER;
        if (i % 9 == 0) list[i].place = S("police station");
    }
    for (int i = 0; i < ROWS; i++) {
        town_add(&sc, &a, &list[i]);
        town_add(&sc, &b, &list[ROWS - 1 - i]);
    }
    town_done(&sc, &a);
    town_done(&sc, &b);
    ok_err(&sc, town_publish(&sc, &a, policy, 1, now_s, totals, &sha), OK);
    ok_i64(totals[TIER_PUBLIC].incidents, ROWS);
    ok_err(&sc, town_publish(&sc, &b, policy, 1, now_s, totals, &sha), OK);
    str one = index_bytes(&sc, &a, TIER_PUBLIC), other = index_bytes(&sc, &b, TIER_PUBLIC);
    ok(str_has(one, S("On or near")) && str_eq(one, other), "the public index is the same, byte by byte");
    ok(!str_has(one, S("police station")), "where it did not happen is not told");
    town_close(&a);
    town_close(&b);
    test_dir_end(&sc, a.dir);
    test_dir_end(&sc, b.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_beat_that_cuts_too_small_a_region_is_not_told),
    cmocka_unit_test(times_are_told_as_certain_as_they_are),
    cmocka_unit_test(the_delay_begins_when_the_period_is_over),
    cmocka_unit_test(only_what_the_policy_lets_through),
    cmocka_unit_test(words_of_an_outcome_stay_inside),
    cmocka_unit_test(the_strictest_of_several_kinds_decides),
    cmocka_unit_test(what_the_record_gives_away_decides_too),
    cmocka_unit_test(without_a_point),
    cmocka_unit_test(anchors_of_a_list_give_their_names),
    cmocka_unit_test(a_list_stands_for_its_own_areas),
    cmocka_unit_test(an_area_with_or_without_anchors_must_be_large),
    cmocka_unit_test(no_secret_stands_in_the_bytes),
    cmocka_unit_test(what_is_not_told_changes_no_byte),
    cmocka_unit_test(the_order_of_arrival_changes_no_byte),
};
TEST_MAIN(tests)
