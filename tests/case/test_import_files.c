// SPDX-License-Identifier: EUPL-1.2
// Every real incident file: rows read, rejected, without a point and odd in its times, as recorded here and as sqlite3(1)
// counts them on the same file. Then what two downloads of one month do, and what stays together and what apart.
#include "import.h"
#include "store_check.h"

#include <inttypes.h>

enum { COUNTS = 5 }; // rows, rejected, without a point, hours that never were, hours that were twice
struct real_file {
    const char *file, *profile, *mapping;
    uint64_t    want[COUNTS];
    const char *csv;   // options of sqlite3's own reader; NULL: none
    const char *bytes; // a command that makes lines of the file; NULL: zstdcat or cat
    const char *rejected, *pointless, *gap, *repeat; // conditions in SQL; NULL: never
};
#define UK(name, rows, pointless)                                                                            \
    {                                                                                                        \
        name "-street.csv.zst", "uk-police", NULL, { rows, 0, pointless }, NULL, NULL, NULL,                 \
            "Longitude = ''", NULL, NULL                                                                     \
    }
#define CHICAGO(name, rows, pointless, gap, twice, gap_hour, twice_hour)                                     \
    {                                                                                                        \
        name ".csv.zst", "chicago", NULL, { rows, 0, pointless, gap, twice }, NULL, NULL, NULL,              \
            "Latitude = '' OR Latitude + 0 < 41.6", gap_hour, twice_hour                                     \
    }
// clang-format off
static const struct real_file files[] = {
    UK("2018-10-btp", 5080, 0),
    UK("2018-10-leicestershire", 8956, 13),
    UK("2018-10-northern-ireland", 13613, 59),
    UK("2018-10-nottinghamshire", 11900, 136),
    UK("2018-11-leicestershire", 8880, 362),
    UK("2018-11-northern-ireland", 11714, 69),
    UK("2018-11-nottinghamshire", 11808, 194),
    UK("2018-12-city-of-london", 760, 70),
    UK("2018-12-leicestershire", 8380, 275),
    UK("2018-12-nottinghamshire", 10492, 100),
    UK("2019-01-leicestershire", 8503, 267),
    UK("2019-01-nottinghamshire", 10918, 79),
    UK("2019-02-leicestershire", 8136, 371),
    UK("2019-02-nottinghamshire", 10914, 107),
    UK("later-download/2018-12-city-of-london", 760, 70),
    CHICAGO("chicago-2017", 267792, 2797, 9, 55, "Date LIKE '03/12/2017 02:%AM'", "Date LIKE '11/05/2017 01:%AM'"),
    CHICAGO("chicago-2013-12-06_2014-02-27-portal22col", 50000, 0, 0, 0, NULL, NULL),
    { "czechia-motorcycle-thefts.csv", NULL, "czechia-motorcycles", { 9464, 1, 0 }, NULL, NULL, "date = ''", "X = ''", NULL, NULL },
    { "medellin-homicides-semicolon-decimalcomma.csv.zst", NULL, "medellin-homicides", { 9360, 0, 81 }, ".separator ;", NULL,
      NULL, "longitud IN ('', 'NA') OR latitud IN ('', 'NA')", NULL, NULL },
    { "berlin-bike-theft-first3000-latin1.csv", NULL, "berlin-bikes", { 3000, 0, 3000, 0, 0 }, NULL, "iconv -f latin1 -t utf8", NULL,
      "1", NULL, NULL },
    { "sacramento-2006-01-cr-only-noheader.csv", NULL, "sacramento-2006", { 1000, 0, 0 }, NULL,
      "(printf 'time,address,district,beat,grid,description,ncic,latitude,longitude\\n'; tr '\\r' '\\n') <",
      NULL, "latitude = ''", NULL, NULL },
    { "charlottesville-2018-07-21.csv.zst", NULL, "charlottesville-2018-07", { 30977, 0, 30977, 1, 8 }, NULL, NULL, NULL, "1",
      "DateReported LIKE '2016/03/13 02:%'",
      "DateReported LIKE '2014/11/02 01:%' OR DateReported LIKE '2015/11/01 01:%' OR DateReported LIKE '2016/11/06 01:%' OR DateReported LIKE '2017/11/05 01:%' OR DateReported LIKE '2013/11/03 01:%'" },
    // This download wrote real UTC: every moment is told once.
    { "charlottesville-2018-08-28.csv.zst", NULL, "charlottesville-2018-08", { 30352, 0, 30352, 0, 0 }, NULL, NULL, NULL, "1", NULL, NULL },
};
// The other years of Chicago: a further three quarters of a million rows.
static const struct real_file more_files[] = {
    CHICAGO("chicago-2013", 307030, 698, 17, 45, "Date LIKE '03/10/2013 02:%AM'", "Date LIKE '11/03/2013 01:%AM'"),
    CHICAGO("chicago-2014", 275200, 1491, 11, 56, "Date LIKE '03/09/2014 02:%AM'", "Date LIKE '11/02/2014 01:%AM'"),
    CHICAGO("chicago-2015", 263929, 6036, 8, 68, "Date LIKE '03/08/2015 02:%AM'", "Date LIKE '11/01/2015 01:%AM'"),
};
// clang-format on

static const struct profile *profile_of(struct scope *sc, const struct real_file *f)
{
    const struct profile *p = NULL;
    if (f->mapping) {
        str path =
            arena_printf(sc->mem, "%s/tests/cases/import/%s.profile", getenv("HROMADA_SOURCE"), f->mapping);
        ok_err(sc, profile_read_file(sc, path.p, &p), OK);
    }
    return p;
}

static str sum_of(struct scope *sc, const char *condition)
{
    return condition ? arena_printf(sc->mem, "coalesce(sum(%s), 0)", condition) : S("0");
}

/// The same numbers by sqlite3(1) alone. False: that program is not here.
static bool count_otherwise(struct scope *sc, const char *path, const struct real_file *f,
                            uint64_t got[COUNTS])
{
    const char *unpack = str_ends(str_of(path), S(".zst")) ? "zstdcat" : "cat";
    str         make = arena_printf(sc->mem, "%s %s", f->bytes ? f->bytes : unpack, path);
    str         query = arena_printf(
                sc->mem,
                "sqlite3 -batch :memory: '.mode csv' '%s' \".import \\\"|%s\\\" t\" \"SELECT count(*) || ' ' || "
                        "%s || ' ' || %s || ' ' || %s || ' ' || %s FROM t\" 2>/dev/null",
        f->csv ? f->csv : ".mode csv", make.p, sum_of(sc, f->rejected).p, sum_of(sc, f->pointless).p,
                sum_of(sc, f->gap).p, sum_of(sc, f->repeat).p);
    FILE *out = popen(query.p, "re");
    ok(out != NULL, "cannot start sqlite3");
    char line[200] = "";
    bool told = fgets(line, sizeof line, out) != NULL;
    pclose(out);
    char *text = line[0] == '"' ? line + 1 : line;
    return told && sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &got[0], &got[1],
                          &got[2], &got[3], &got[4]) == COUNTS;
}

static void check_file(const struct real_file *f)
{
    static const char *const names[COUNTS] = { "read", "rejected", "without a point", "time-gap",
                                               "time-repeat" };
    struct scope             sc = test_scope();
    struct import_report     r;
    const char              *dir = test_dir(&sc), *data;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("UTC"));
    str           path = arena_printf(sc.mem, "%s/incidents/%s", test_shared(), f->file);
    ok_err(&sc, import_one(&sc, st, profile_of(&sc, f), path.p, &r), OK);
    check_sums(&r);
    if (f->profile) ok_str(r.file[0].profile, str_of(f->profile));
    uint64_t got[COUNTS] = { r.totals.read, r.totals.rejected, r.totals.without_point,
                             reason_count(r.note, r.n_notes, "time-gap"),
                             reason_count(r.note, r.n_notes, "time-repeat") };
    uint64_t otherwise[COUNTS] = { 0 };
    bool     counted = count_otherwise(&sc, path.p, f, otherwise);
    if (!counted) print_message("# %s: sqlite3 is not here to count\n", f->file);
    for (int i = 0; i < COUNTS; i++) {
        ok(got[i] == f->want[i], "%s, %s: %" PRIu64 ", recorded are %" PRIu64, f->file, names[i], got[i],
           f->want[i]);
        ok(!counted || got[i] == otherwise[i], "%s, %s: %" PRIu64 ", sqlite3 counts %" PRIu64, f->file,
           names[i], got[i], otherwise[i]);
    }
    // Once more: nothing is new, nothing is told twice.
    uint64_t revised = r.totals.revised;
    ok_err(&sc, import_one(&sc, st, profile_of(&sc, f), path.p, &r), OK);
    check_sums(&r);
    ok_i64(r.totals.imported, 0);
    ok_i64(r.totals.withdrawn, 0);
    ok_i64(r.totals.revised, revised);
    str report;
    ok_err(&sc, store_check(&sc, st, &report), OK);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void test_every_file(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    for (size_t i = 0; i < COUNT(files); i++) check_file(&files[i]);
}

static void test_more_years(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    if (!getenv("HROMADA_LONG")) test_skip("846,159 rows more; set HROMADA_LONG=1");
    for (size_t i = 0; i < COUNT(more_files); i++) check_file(&more_files[i]);
}

struct town {
    struct scope  sc;
    const char   *dir;
    struct store *st;
};

static void town_open(struct town *t)
{
    const char *data;
    t->sc = test_scope();
    t->dir = test_dir(&t->sc);
    ok_err(&t->sc, path_join(&t->sc, t->dir, "data", &data), OK);
    t->st = import_store(&t->sc, data, S("Europe/London"));
}

static struct import_report town_import(struct town *t, const char *file)
{
    struct import_report r;
    str                  path = arena_printf(t->sc.mem, "%s/incidents/%s", test_shared(), file);
    ok_err(&t->sc, import_one(&t->sc, t->st, NULL, path.p, &r), OK);
    check_sums(&r);
    return r;
}

static uint64_t town_close(struct town *t)
{
    struct store_counts n;
    ok_err(&t->sc, store_counts_get(&t->sc, t->st, &n), OK);
    store_close(t->st);
    test_dir_end(&t->sc, t->dir);
    test_scope_end(&t->sc);
    return n.incidents;
}

// The same month, downloaded in 2019 and in 2021: 760 incidents, not 868 or 1,520, and 4 of them have a new outcome, though
// 13 of the ids occur twice.
static void test_city_of_london_twice(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town t;
    town_open(&t);
    ok_i64(town_import(&t, "2018-12-city-of-london-street.csv.zst").totals.imported, 760);
    struct import_report r = town_import(&t, "later-download/2018-12-city-of-london-street.csv.zst");
    ok_i64(r.totals.outcomes_revised, 4);
    ok_i64(r.totals.imported, r.totals.withdrawn); // what has no id and was moved is another incident
    ok_i64(town_close(&t), 760);
}

static void test_transport_police_are_all_kept(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town t;
    town_open(&t);
    ok_i64(town_import(&t, "2018-10-btp-street.csv.zst").totals.merged, 0);
    ok_i64(town_close(&t), 5080); // 2,512 of them equal to another one
}

static void test_northern_ireland_counts_anew(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town t;
    town_open(&t);
    town_import(&t, "2018-10-northern-ireland-street.csv.zst");
    struct import_report r = town_import(&t, "2018-11-northern-ireland-street.csv.zst");
    ok_i64(r.totals.imported, 11714);
    ok_i64(r.totals.revised + r.totals.withdrawn, 0);
    ok_i64(town_close(&t), 13613 + 11714);
}

// Two downloads of Charlottesville's rolling table: 28,644 ids in common, 1,708 new. A stable id is never withdrawn. The
// first download writes the wall's time and the second UTC; read rightly, almost all common rows agree.
static void test_charlottesville_twice(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town          t;
    struct import_report r;
    town_open(&t);
    for (int i = 0; i < 2; i++) {
        const struct real_file *f = &files[COUNT(files) - 2 + (size_t)i];
        str                     path = arena_printf(t.sc.mem, "%s/incidents/%s", test_shared(), f->file);
        ok_err(&t.sc, import_one(&t.sc, t.st, profile_of(&t.sc, f), path.p, &r), OK);
        check_sums(&r);
    }
    ok_i64(r.totals.imported, 1708);
    ok_i64(r.totals.unchanged + r.totals.revised, 28644);
    ok(r.totals.revised < 700, "%" PRIu64 " rows differ between the downloads", r.totals.revised);
    ok_i64(town_close(&t), 30977 + 1708);
}

// With the table of addresses beside it most blocks have a place.
static void test_charlottesville_addresses(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town           t;
    struct import_report  r;
    const struct profile *p;
    str                   mapping;
    town_open(&t);
    str from = arena_printf(t.sc.mem, "%s/tests/cases/import/charlottesville-2018-08.profile",
                            getenv("HROMADA_SOURCE"));
    ok_err(&t.sc, file_read(&t.sc, from.p, 1 << 16, &mapping), OK);
    str text = arena_printf(t.sc.mem,
                            "%.*s[where]\naddress = {BlockNumber} {StreetName} Charlottesville VA\n"
                            "geocode = %s/incidents/charlottesville-addresses-2018-08-28.csv.zst\n"
                            "geocode-address = {address}\ngeocode-lon = {lon}\ngeocode-lat = {lat}\n",
                            STR(mapping), test_shared());
    ok_err(&t.sc, profile_read_file(&t.sc, write_file(&t.sc, t.dir, "m.profile", text), &p), OK);
    str path = arena_printf(t.sc.mem, "%s/incidents/charlottesville-2018-08-28.csv.zst", test_shared());
    ok_err(&t.sc, import_one(&t.sc, t.st, p, path.p, &r), OK);
    check_sums(&r);
    // sqlite3: rows whose block and street are not in the table; and those that are, but outside the extent.
    uint64_t unknown = reason_count(r.note, r.n_notes, "address-unknown"),
             outside = reason_count(r.note, r.n_notes, "point-outside");
    ok_i64(r.totals.without_point, unknown + outside + 1); // one row has neither block nor street
    print_message("# %" PRIu64 " addresses unknown, %" PRIu64 " outside\n", unknown, outside);
    str query = arena_printf(
        t.sc.mem,
        "sqlite3 -batch :memory: '.mode csv' \".import \\\"|zstdcat %s\\\" t\" "
        "\".import \\\"|zstdcat %s/incidents/charlottesville-addresses-2018-08-28.csv.zst\\\" a\" "
        "\"SELECT count(*) FROM t WHERE BlockNumber || StreetName <> '' AND "
        "upper(trim(replace(replace(BlockNumber || ' ' || StreetName || ' "
        "Charlottesville VA', '  ', ' '), '  ', ' '))) "
        "NOT IN (SELECT upper(trim(replace(replace(address, '  ', ' '), '  ', ' '))) FROM a WHERE lon + 0 <> "
        "0)\" 2>/dev/null",
        path.p, test_shared());
    FILE    *out = popen(query.p, "re");
    uint64_t otherwise;
    if (out && fscanf(out, "%" SCNu64, &otherwise) == 1) ok_i64(unknown, otherwise);
    if (out) pclose(out);
    town_close(&t);
}

// What the source's own description calls domestic battery is domestic, whatever the mark says. sqlite3: 2,886 rows of 2015
// whose Description has DOMESTIC and whose Domestic is not true, all of them of the type BATTERY.
static void test_chicago_domestic(void **state)
{
    (void)state;
    if (!test_shared()) test_skip("no shared data");
    struct town             t;
    struct import_report    r;
    struct incident_cursor *c;
    struct incident         i;
    const struct category  *category;
    size_t                  n, battery = 0, domestic = 0;
    town_open(&t);
    str path = arena_printf(t.sc.mem, "%s/incidents/chicago-2015.csv.zst", test_shared());
    ok_err(&t.sc, import_one(&t.sc, t.st, NULL, path.p, &r), OK);
    ok_err(&t.sc, store_categories(&t.sc, t.st, &category, &n), OK);
    while (battery < n && !str_eq(category[battery].key, S("battery"))) battery++;
    ok(battery < n, "there is battery");
    ok_err(&t.sc, store_incidents_open(&t.sc, t.st, &c), OK);
    while (store_incidents_next(c, &i))
        domestic += i.category == category[battery].id && i.classes & sensitivity_bit(SENSITIVITY_DOMESTIC);
    ok_err(&t.sc, store_incidents_end(&t.sc, c), OK);
    ok_i64(domestic, 2886);
    for (size_t k = 0; k < n; k++)
        ok(category[k].sensitivity, "%.*s is not classified", STR(category[k].key));
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_file),
    cmocka_unit_test(test_more_years),
    cmocka_unit_test(test_city_of_london_twice),
    cmocka_unit_test(test_transport_police_are_all_kept),
    cmocka_unit_test(test_northern_ireland_counts_anew),
    cmocka_unit_test(test_charlottesville_twice),
    cmocka_unit_test(test_charlottesville_addresses),
    cmocka_unit_test(test_chicago_domestic),
};
TEST_MAIN(tests)
