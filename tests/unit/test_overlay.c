// SPDX-License-Identifier: EUPL-1.2
// A release whose regions are cut otherwise than those of the public one is not made without a word: whether the files of that one
// are there or not, and whatever the lists it was made of are called. What nobody knows counts as other.
#include "main/overlay.h"
#include "base/clock.h"
#include "main/release.h"
#include "town.h"
#include <sqlite3.h>

enum { PLACES = 30 };
static const char
    grid[] = "tier public\nanchors grid 250 m\nclass * points\n",
    wide[] = "tier public\nanchors grid 1000 m\nclass * points\n",
    larger[] = "regions least 4 ha\ntier public\nanchors grid 250 m\nclass * points\n",
    of_addresses[] =
        "regions least 8 addresses file a.csv\ntier public\nanchors grid 250 m\nclass * points\n",
    of_list[] = "tier public\nanchors file a.csv\nclass * points\n",
    of_people[] =
        "regions least 20 inhabitants set district\ntier public\nanchors grid 250 m\nclass * points\n",
    for_police[] = "tier police\nanchors exact\nclass * points\n";

struct bench {
    struct scope           sc;
    struct town            t;
    struct cli             cli;
    struct release_consent consent; // all but the regions is given
};

static void bench_open(struct bench *b)
{
    b->sc = test_scope();
    b->t = town_open(&b->sc, test_dir(&b->sc));
    b->cli = (struct cli){ .sc = &b->sc, .dir = b->t.dir, .json = true };
    struct civil c = civil_of_s(clock_system.now_s()); // the imports are of 1970
    b->consent =
        (struct release_consent){ .date = arena_printf(b->sc.mem, "%d-%02d-%02d", c.year, c.month, c.day).p };
    for (int i = 0; i < PLACES; i++) {
        struct incident in = town_incident(&b->t, arena_printf(b->sc.mem, "%d", i).p,
                                           town_point(&b->t, 0.5 + i % 5, 0.5 + i % 6));
        town_add(&b->sc, &b->t, &in);
    }
    town_done(&b->sc, &b->t);
}

static void bench_close(struct bench *b)
{
    town_close(&b->t);
    test_dir_end(&b->sc, b->t.dir);
    test_scope_end(&b->sc);
}

static enum err make(struct bench *b, const char *policy, const struct release_consent *c)
{
    struct policy         p;
    struct release_result r;
    ok_err(&b->sc, policy_read(&b->sc, str_of(policy), &p), OK);
    return release_make(&b->cli, b->t.st, &p, c, &r);
}

static void publish(struct bench *b, const char *policy)
{
    ok(!make(b, policy, &b->consent), "%s", b->sc.fault.text);
}

/// One that tells the public nothing.
static void publish_for_police(struct bench *b)
{
    struct release_consent c = b->consent;
    c.total_given = true;
    ok(!make(b, for_police, &c), "%s", b->sc.fault.text);
}

/// Refused with these words; once its release is named, and no other, it may be made. Nothing is.
static void asks(struct bench *b, const char *policy, int64_t release, const char *says)
{
    struct release_consent c = b->consent;
    c.other_regions = release + 1;
    ok_err(&b->sc, make(b, policy, &c), ERR_INVALID);
    ok(strstr(b->sc.fault.text, "is not the newest release that was public"), "%s", b->sc.fault.text);
    ok_err(&b->sc, make(b, policy, &b->consent), ERR_INVALID);
    ok(strstr(b->sc.fault.text, says) && strstr(b->sc.fault.text, "nothing was published") &&
           strstr(b->sc.fault.text, arena_printf(b->sc.mem, "--other-regions %lld: ", (long long)release).p),
       "%s", b->sc.fault.text);
}

static void takes(struct bench *b, const char *policy, int64_t release)
{
    struct release_consent c = b->consent;
    c.other_regions = release;
    ok(!make(b, policy, &c), "%s", b->sc.fault.text);
}

static void move_borders(struct bench *b, uint32_t to)
{
    b->t.shift = to;
    ok_err(&b->sc, store_begin(&b->sc, b->t.st), OK);
    town_areas(&b->sc, &b->t);
    ok_err(&b->sc, store_commit(&b->sc, b->t.st), OK);
}

static void does(struct bench *b, const char *command)
{
    str line = arena_printf(b->sc.mem, "cd %s && %s", b->t.dir, command);
    ok(!system(line.p), "%s", line.p);
}

static void run_sql(struct bench *b, const char *sql)
{
    const char *path;
    sqlite3    *db;
    ok_err(&b->sc, path_join(&b->sc, b->t.dir, "hromada.db", &path), OK);
    ok(!sqlite3_open(path, &db) && !sqlite3_exec(db, sql, NULL, NULL, NULL) && !sqlite3_close(db), "%s", sql);
}

static void without_the_files_of_the_public_one(void **state)
{
    (void)state;
    static const struct {
        const char *loses;
        bool        lost; // the whole folder, which is asked about, too
    } cases[] = {
        { "true", false },
        { "rm releases/1/public.index", false },
        { "truncate -s 100 releases/1/public.index", false },
        { "rm -r releases/1/*", false },
        { "rm -r releases restricted", true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench b;
        bench_open(&b);
        publish(&b, grid);
        does(&b, cases[i].loses);
        b.consent.older_given = cases[i].lost || i == 3; // of a folder that is empty, likewise
        b.consent.older_database = b.consent.older_given;
        move_borders(&b, 9000);
        asks(&b, grid, 1, "its sets of areas or their borders");
        move_borders(&b, 0);
        asks(&b, wide, 1, "its grid or list of anchors");
        asks(&b, larger, 1, "\"regions least\"");
        publish(&b, grid);
        bench_close(&b);
    }
}

/// lon,lat of places in the town, with what a list of anchors must have besides; of the last one as the number says.
static void write_list(struct bench *b, const char *name, bool backwards, double last)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_add(&text, S("lon,lat,name,addresses\n"));
    for (int i = 0; i < PLACES; i++) {
        int            k = backwards ? PLACES - 1 - i : i;
        struct lon_lat at =
            mercator_to(town_point(&b->t, 0.5 + k % 5 + (k == PLACES - 1 ? last : 0), 0.5 + k % 6));
        buf_printf(&text, "%.7f,%.7f,Place %d,12\n", at.lon, at.lat, k);
    }
    ok_err(&b->sc, file_replace(&b->sc, arena_printf(b->sc.mem, "%s/%s", b->t.dir, name).p, buf_str(&text)),
           OK);
    buf_free(&text);
}

static void other_lines_of_a_list_of_addresses(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    write_list(&b, "a.csv", false, 0);
    publish(&b, of_addresses);
    write_list(&b, "a.csv", true, 0);
    publish(&b, of_addresses); // the same in another order
    write_list(&b, "a.csv", false, 0.1);
    asks(&b, of_addresses, 2, "or its list of addresses");
    takes(&b, of_addresses, 2);
    does(&b, "mv a.csv b.csv");
    publish(&b, "regions least 8 addresses file b.csv\ntier public\nanchors grid 250 m\nclass * points\n");
    bench_close(&b);
}

static void other_lines_of_a_list_of_anchors(void **state)
{
    (void)state;
    struct bench    b;
    struct area_set set = { .key = S("district"), .name = S("Districts"), .licence = S("CC0") };
    struct area     none;
    bench_open(&b);
    ok_err(&b.sc, store_begin(&b.sc, b.t.st), OK);
    ok_err(&b.sc, store_areas_replace(&b.sc, b.t.st, &set, &none, 0), OK);
    ok_err(&b.sc, store_commit(&b.sc, b.t.st), OK);
    write_list(&b, "a.csv", false, 0);
    publish(&b, of_list);
    publish(&b, of_list);
    does(&b, "sed -i s/Place/Street/ a.csv"); // a name is no region
    publish(&b, of_list);
    write_list(&b, "a.csv", false, 0.1);
    asks(&b, of_list, 3, "its grid or list of anchors");
    does(&b, "sed -i '$d' a.csv");
    asks(&b, of_list, 3, "its grid or list of anchors");
    takes(&b, of_list, 3);
    publish(&b, of_list);
    bench_close(&b);
}

static void put_people(struct bench *b, int64_t population)
{
    const struct area_set *set;
    const struct area     *of;
    size_t                 sets, n;
    ok_err(&b->sc, store_area_sets(&b->sc, b->t.st, &set, &sets), OK);
    while (sets && !str_eq(set->key, S("district"))) set++, sets--;
    ok_err(&b->sc, store_areas(&b->sc, b->t.st, set->id, &of, &n), OK);
    struct area       *with = arena_array(b->sc.mem, struct area, n);
    struct area_figure f = { 2020, population, -1 };
    for (size_t i = 0; i < n; i++) with[i] = of[i], with[i].figures = &f, with[i].n_figures = 1;
    ok_err(&b->sc, store_begin(&b->sc, b->t.st), OK);
    ok_err(&b->sc, store_areas_replace(&b->sc, b->t.st, set, with, n), OK);
    ok_err(&b->sc, store_commit(&b->sc, b->t.st), OK);
}

static void other_inhabitants(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    put_people(&b, 50000);
    publish(&b, grid);
    put_people(&b, 40000);
    publish(&b, grid); // which asks nobody how many
    takes(&b, of_people, 2);
    put_people(&b, 30000);
    asks(&b, of_people, 3, "its sets of areas or their borders");
    put_people(&b, 40000);
    publish(&b, of_people);
    bench_close(&b);
}

static void what_nobody_knows(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    publish(&b, grid);
    run_sql(&b, "DELETE FROM setting WHERE name LIKE 'regions %'"); // of an earlier version
    asks(&b, grid, 1, "does not know by which regions release 1 was made");
    takes(&b, grid, 1);
    run_sql(&b, "UPDATE setting SET value = 'x' WHERE name = 'regions 000000002'"); // damaged
    asks(&b, grid, 2, "does not know by which regions release 2 was made");
    takes(&b, grid, 2);
    publish(&b, grid);
    // Others came behind a database that is older, as the operator says.
    does(&b, "rm -r releases restricted");
    b.consent.older_given = true, b.consent.older_database = 17;
    asks(&b, grid, 17, "does not know by which regions release 17 was made");
    publish_for_police(&b); // tells nobody anything, and is not what the next is compared with
    b.consent.older_given = false, b.consent.older_database = 0;
    asks(&b, grid, 17, "does not know by which regions release 17 was made");
    takes(&b, grid, 17);
    publish(&b, grid);
    bench_close(&b);
}

static void what_is_not_public(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    publish_for_police(&b);
    publish(&b, grid); // the first for the public
    // Killed before it was public: its number is given again.
    run_sql(&b, "INSERT INTO setting (name, value) SELECT 'regions 000000003', 'a b c'");
    publish_for_police(&b);
    run_sql(&b, "INSERT INTO setting (name, value) SELECT 'regions 000000004', 'a b c'");
    publish(&b, grid);
    takes(&b, wide, 4);
    ok_err(&b.sc, release_withdraw(&b.sc, b.t.dir, 5, 0, S("a mistake"), clock_system.now_s()), OK);
    b.consent.after_withdrawal = 5;
    publish(&b, grid); // as release 4
    bench_close(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_the_files_of_the_public_one),
    cmocka_unit_test(other_lines_of_a_list_of_addresses),
    cmocka_unit_test(other_lines_of_a_list_of_anchors),
    cmocka_unit_test(other_inhabitants),
    cmocka_unit_test(what_nobody_knows),
    cmocka_unit_test(what_is_not_public),
};
TEST_MAIN(tests)
