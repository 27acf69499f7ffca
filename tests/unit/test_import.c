// SPDX-License-Identifier: EUPL-1.2
// Whole imports of small files into a store: what makes two rows the same, all or nothing, archives, folders, the file of
// rejected rows. Real files: tests/case/test_import_files.c.
#include "import.h"
#include "store_check.h"
#include "import/row.h"
#include <unistd.h>

struct bench {
    struct scope  sc;
    const char   *dir, *data;
    struct store *st;
};

static void bench_open(struct bench *b)
{
    b->sc = test_scope();
    b->dir = test_dir(&b->sc);
    ok_err(&b->sc, path_join(&b->sc, b->dir, "data", &b->data), OK);
    b->st = import_store(&b->sc, b->data, S("Europe/Prague"));
}

static void bench_close(struct bench *b)
{
    store_close(b->st);
    test_dir_end(&b->sc, b->dir);
    test_scope_end(&b->sc);
}

/// Imports text as a file and compares the totals: read imported unchanged revised rejected merged withdrawn points-less.
static struct import_report check(struct bench *b, const char *key, const char *name, const char *text,
                                  const char *want)
{
    const struct profile *p = NULL;
    struct import_report  r;
    if (key) ok_err(&b->sc, profile_find(&b->sc, str_of(key), &p), OK);
    const char *path = write_file(&b->sc, b->dir, name, str_of(text));
    ok_err(&b->sc, import_one(&b->sc, b->st, p, path, &r), OK);
    check_sums(&r);
    const struct run_totals *t = &r.totals;
    str got = arena_printf(b->sc.mem, "%llu %llu %llu %llu %llu %llu %llu %llu", (unsigned long long)t->read,
                           (unsigned long long)t->imported, (unsigned long long)t->unchanged,
                           (unsigned long long)t->revised, (unsigned long long)t->rejected,
                           (unsigned long long)t->merged, (unsigned long long)t->withdrawn,
                           (unsigned long long)t->without_point);
    ok_str(got, str_of(want));
    return r;
}

static uint64_t live(struct bench *b)
{
    struct store_counts n;
    ok_err(&b->sc, store_counts_get(&b->sc, b->st, &n), OK);
    return n.incidents;
}

#define UK                                                                                                   \
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime "         \
    "type,Last outcome category,Context\n"
#define UK_ROW(id, month, type, outcome)                                                                     \
    id "," month ",F,F,-1.0,52.0,On or near X Street,E01,A," type "," outcome ",\n"

static void test_slices(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    // Equal rows are incidents of their own; the same file changes nothing.
    const char *october = UK UK_ROW("", "2018-10", "Drugs", "") UK_ROW("", "2018-10", "Drugs", "")
        UK_ROW("aa", "2018-10", "Burglary", "Under investigation")
            UK_ROW("aa", "2018-10", "Burglary", "Under investigation");
    check(&b, NULL, "a.csv", october, "4 4 0 0 0 0 0 0");
    check(&b, NULL, "a.csv", october, "4 0 4 0 0 0 0 0");
    // The same id in another month is another incident; a month does not touch another.
    check(&b, NULL, "b.csv", UK UK_ROW("aa", "2018-11", "Bicycle theft", ""), "1 1 0 0 0 0 0 0");
    ok_i64(live(&b), 5);
    // A later download of October: one outcome is new, one of two equal rows is gone.
    struct import_report r = check(&b, NULL, "c.csv",
                                   UK UK_ROW("", "2018-10", "Drugs", "")
                                       UK_ROW("aa", "2018-10", "Burglary", "Offender sent to prison")
                                           UK_ROW("aa", "2018-10", "Burglary", "Under investigation"),
                                   "3 0 2 1 0 0 1 0");
    ok_i64(r.totals.outcomes_revised, 1);
    ok_i64(live(&b), 4);
    bench_close(&b);
}

/// A file holds a slice as a whole: of two that tell of one nobody knows which is older.
static void test_two_files_of_a_slice(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char *a =
        write_file(&b.sc, b.dir, "a.csv",
                   S(UK UK_ROW("aa", "2018-10", "Burglary", "") UK_ROW("", "2018-10", "Drugs", "")));
    const char *other = write_file(&b.sc, b.dir, "b.csv", S(UK UK_ROW("aa", "2018-11", "Burglary", "")));
    const char *again = write_file(&b.sc, b.dir, "c.csv",
                                   S(UK UK_ROW("bb", "2018-12", "Burglary", "")
                                         UK_ROW("aa", "2018-10", "Burglary", "Offender sent to prison")));
    const char *const           orders[][3] = { { a, other, again }, { again, other, a }, { a, other, a } };
    const struct import_options as_parts = { .parts = true };
    struct import_report        r;
    for (size_t i = 0; i < COUNT(orders); i++) {
        ok_err(&b.sc, import_all(&b.sc, b.st, NULL, i == 1, orders[i], 3, &r), ERR_INVALID);
        ok(strstr(b.sc.fault.text, orders[i][0]), "%s", b.sc.fault.text);
        ok(strstr(b.sc.fault.text, orders[i][2]), "%s", b.sc.fault.text);
        const char *const why[] = { "\"F/2018-10\"", "--parts" }, *const same[] = { "stands twice", "" };
        for (size_t k = 0; k < 2; k++)
            ok(strstr(b.sc.fault.text, i == 2 ? same[k] : why[k]), "%s", b.sc.fault.text);
        ok_i64(live(&b), 0);
    }
    // One after the other, the later replaces; that a part was empty until now, or not, makes no difference.
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, a, &r), OK);
    ok_i64(live(&b), 2);
    ok_err(&b.sc, import_all(&b.sc, b.st, NULL, false, orders[0], 3, &r), ERR_INVALID);
    ok_i64(live(&b), 2);
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, again, &r), OK);
    ok_i64(live(&b), 2); // aa, now with its outcome, and bb
    // Parts of one download are read together, in any order.
    for (size_t i = 0; i < 2; i++) {
        ok_err(&b.sc, import_by(&b.sc, b.st, &as_parts, orders[i], 3, &r), OK);
        ok_i64(live(&b), 5);
        ok_i64(r.totals.unchanged, i ? 5 : 2);
    }
    bench_close(&b);
}

#define CZ "id,x,y,mp,date,state,relevance,types\n"

static void test_types(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char          *two = CZ "7,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n7,14.5,50.0,0,2021-05-01 "
                                  "13:45:00,1,1,97\n8,14.5,50.0,0,2021-05-01 13:45:00,2,5,36\n";
    struct import_report r = check(&b, NULL, "a.csv", two, "3 3 0 0 0 1 0 0");
    ok_i64(live(&b), 2);
    ok_i64(reason_count(r.note, r.n_notes, "category-unknown"), 1);
    ok_i64(reason_count(r.note, r.n_notes, "place-elsewhere"), 1);
    ok_i64(r.n_unknown, 1);
    ok_str(r.unknown[0], S("36"));
    check(&b, NULL, "a.csv", two, "3 0 3 0 0 1 0 0");
    // The same month as GeoJSON: a feature with two types counts as the two rows it is in the table.
    check(&b, NULL, "a.geojson",
          "{\"type\":\"FeatureCollection\",\"features\":["
          "{\"type\":\"Feature\",\"properties\":{\"id\":7,\"mp\":false,\"date\":\"2021-05-01 "
          "13:45:00\",\"state\":1,\"relevance\":1,\"types\":[35,97]},\"geometry\":{\"type\":\"Point\","
          "\"coordinates\":[14.5,50.0]}},"
          "{\"type\":\"Feature\",\"properties\":{\"id\":8,\"mp\":false,\"date\":\"2021-05-01 "
          "13:45:00\",\"state\":2,\"relevance\":5,\"types\":[36]},\"geometry\":{\"type\":\"Point\","
          "\"coordinates\":[14.5,50.0]}}]}",
          "3 0 3 0 0 1 0 0");
    ok_i64(live(&b), 2);
    const struct category *c;
    size_t                 n;
    bool                   named = false;
    ok_err(&b.sc, store_categories(&b.sc, b.st, &c, &n), OK);
    for (size_t i = 0; i < n; i++) named |= str_eq(c[i].key, S("cz-36")) && c[i].iccs == ICCS_UNKNOWN;
    ok(named, "the unknown type has no category of its own");
    bench_close(&b);
}

// All that SOURCES.md lists, in one file: what is taken, what is not, and what is said of it.
static void test_dirt(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct import_report r =
        check(&b, NULL, "dirt.csv",
              "\xEF\xBB\xBF"
              "id,date,category,longitude,latitude,place,date_to\r\n"
              "1,2023-05-02 13:45,theft,14.5,50,\"with, comma\",\r\n"
              "2,2023-05-02 13:45,theft,14.5,50,\"two\r\nlines \"\"quoted\"\"\",\r\n"
              "3,2023-05-02 13:45,theft,14.5,50,x\r\n"    // too few
              "4,2023-05-02 13:45,theft,14.5,50,x,,y\r\n" // too many
              "5,2023-05-02 13:45,theft,0,0,x,\r\n"
              "6,2023-05-02 13:45,theft,100,14.5,x,\r\n" // far away, and this profile has no extent
              "7,2023-05-02 13:45,theft,14.5,100,x,\r\n" // swapped
              "8,2023-05-02 13:45,theft,,,x,\r\n"
              "9,2023-05-02 13:45,theft,NA,NULL,x,\r\n"
              "10,2023-05-02 13:45,theft,14.5,,x,\r\n"
              "11,2023-03-26 02:30,theft,14.5,50,x,\r\n"
              "12,2023-10-29 02:30,theft,14.5,50,x,\r\n"
              "13,2023-02-30,theft,14.5,50,x,\r\n"
              "14,yesterday,theft,14.5,50,\x1B[31mx,\r\n"
              "15,,theft,14.5,50,x,\r\n"
              ",2023-05-02,theft,14.5,50,x,\r\n"
              "17,2023-05-02,,14.5,50,x,\r\n"
              "18,2023-05-02,th\xE9"
              "ft,14.5,50,x,\r\n"
              "19,2023-05-02,\"th\"eft,14.5,50,x,\r\n"
              "20,2023-05-02 13:45,theft,14.5,481.5,x,\r\n"
              "21,2023-05-02 13:45,theft,14.5,50,x,2023-05-01 10:00\r\n"
              "1,2023-05-02 13:45,theft,14.5,50,\"with, comma\",\r\n" // twice
              "1,2023-05-02 13:45,robbery,14.5,50,x,\r\n" // and once more, changed: the later row wins
              "22,2023-05-02,theft,14.5,50,\"never closed,\r\n",
              "24 12 2 0 10 2 0 5");
    static const struct {
        const char *code;
        uint64_t    n;
        bool        taken;
    } want[] = {
        { "fields", 2, false },       { "encoding", 1, false },         { "quotes", 2, false },
        { "date-missing", 1, false }, { "date-unreadable", 1, false },  { "date-impossible", 1, false },
        { "id-missing", 1, false },   { "category-missing", 1, false }, { "point-zero", 1, true },
        { "point-swapped", 1, true }, { "point-outside", 1, true },     { "point-half", 1, true },
        { "time-gap", 1, true },      { "time-repeat", 1, true },       { "window-reversed", 1, true },
    };
    for (size_t i = 0; i < COUNT(want); i++) {
        uint64_t got = want[i].taken ? reason_count(r.note, r.n_notes, want[i].code)
                                     : reason_count(r.reason, r.n_reasons, want[i].code);
        ok(got == want[i].n, "%s: %llu rows, not %llu", want[i].code, (unsigned long long)got,
           (unsigned long long)want[i].n);
    }
    str rejects;
    ok_err(&b.sc, file_read(&b.sc, r.run[0].rejects.p, 1 << 16, &rejects), OK);
    ok(str_has(rejects, S("file,line,column,reason,what is wrong,row\r\n")), "no header");
    ok(str_has(rejects, S(",16,date,date-unreadable,")), "no line and column of a bad date:\n%.*s",
       STR(rejects));
    ok(str_has(rejects, S("\"14,yesterday,theft,14.5,50,\\u{1b}[31mx,\"\r\n")), "no raw row:\n%.*s",
       STR(rejects));
    ok(str_is_utf8(rejects, NULL), "rejected rows are not UTF-8");
    ok_i64(live(&b), 12);
    bench_close(&b);
}

// Each refused row is twice as long as the one before it, so that the room they are unpacked in moves: nothing of them but
// what the file of rejected rows shows is looked at once they are handed on. The address sanitizer is the judge.
static void test_refused_rows_end(void **state)
{
    (void)state;
    enum { GOOD = 20, REFUSED = 10 };
    struct bench b;
    struct buf   text;
    bench_open(&b);
    buf_init(&text, 1 << 20);
    buf_add(&text, S(CZ));
    for (int i = 0; i < GOOD; i++) buf_printf(&text, "%d,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n", i);
    for (int i = 0; i < REFUSED; i++)
        buf_printf(&text, "\"k\"\"%d\",14.5,50.0,0,yesterday,1,\"%0*d\",35\n", i, 64 << i, 0);
    for (int i = 0; i < GOOD; i++) buf_printf(&text, "n%d,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n", i);
    buf_add_c(&text, 0);
    ok(!text.failed, "the file is made");
    check(&b, NULL, "a.csv", text.p, "50 40 0 0 10 0 0 0");
    buf_free(&text);
    bench_close(&b);
}

static void test_dry_run(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    struct store_counts  n;
    const struct source *sources;
    size_t               n_sources;
    bench_open(&b);
    const char *path = write_file(&b.sc, b.dir, "a.csv",
                                  S(CZ "7,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n8,,,0,bad,1,1,35\n"));
    ok_err(&b.sc, import_all(&b.sc, b.st, NULL, true, &path, 1, &r), OK);
    check_sums(&r);
    ok(r.dry_run, "the report does not say that it was a dry run");
    ok_i64(r.totals.imported, 1);
    ok_i64(r.totals.rejected, 1);
    ok_err(&b.sc, store_counts_get(&b.sc, b.st, &n), OK);
    ok_i64(n.incidents + n.runs, 0);
    ok_err(&b.sc, store_sources(&b.sc, b.st, &sources, &n_sources), OK);
    ok_i64(n_sources, 0);
    ok_str(r.run[0].rejects, S(""));
    str command = arena_printf(b.sc.mem, "test $(ls %s | grep -c rejects) = 0", b.data);
    ok(!system(command.p), "a dry run leaves a file of rejected rows");
    bench_close(&b);
}

// A file that breaks off in the middle takes the whole run with it; earlier sources stay, and the sentence says so.
static void test_all_or_nothing(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    bench_open(&b);
    const char *paths[] = {
        write_file(&b.sc, b.dir, "1.csv", S(UK UK_ROW("aa", "2018-10", "Drugs", ""))),
        write_file(&b.sc, b.dir, "2.csv",
                   S(CZ "7,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n8,,,0,bad,1,1,35\n")),
        write_file(&b.sc, b.dir, "3.geojson",
                   S("{\"type\":\"FeatureCollection\",\"features\":["
                     "{\"type\":\"Feature\",\"properties\":{\"id\":9,\"mp\":false,\"date\":\"2021-05-01 "
                     "13:45:00\",\"state\":1,\"relevance\":1,\"types\":[35]},\"geometry\":null},")),
    };
    ok_err(&b.sc, import_all(&b.sc, b.st, NULL, false, paths, 3, &r), ERR_PARSE);
    ok(str_has(str_of(b.sc.fault.text), S("3.geojson")), "%s", b.sc.fault.text);
    ok(str_has(str_of(b.sc.fault.text), S("1 of 2 sources are imported")), "%s", b.sc.fault.text);
    ok_i64(live(&b), 1);
    str command = arena_printf(b.sc.mem, "test $(ls %s | grep -c rejects) = 0", b.data);
    ok(!system(command.p), "the failed run leaves a file of rejected rows");
    // and the store is as usable as before
    ok_err(&b.sc, import_all(&b.sc, b.st, NULL, false, paths, 2, &r), OK);
    ok_i64(live(&b), 2);
    bench_close(&b);
}

static void test_given_up(void **state)
{
    (void)state;
    struct bench          b;
    struct import        *job;
    struct import_options o = { 0 };
    struct import_report  r;
    bench_open(&b);
    const char *path = write_file(&b.sc, b.dir, "1.csv", S(UK UK_ROW("aa", "2018-10", "Drugs", "")));
    for (int steps = 0; steps < 4; steps++) {
        ok_err(&b.sc, import_begin(&b.sc, b.st, &o, &path, 1, &job), OK);
        for (int i = 0; i < steps; i++) ok(import_step(job, 1), "step %d is the last", i);
        ok_err(&b.sc, import_finish(&b.sc, job, &r), ERR_INVALID);
        ok_i64(live(&b), 0);
    }
    bench_close(&b);
}

static void test_recognition(void **state)
{
    (void)state;
    struct bench          b;
    const struct profile *p;
    bench_open(&b);
    static const struct {
        const char *text, *key;
    } cases[] = {
        { UK, "uk-police" },
        { CZ, "cz-police" },
        { "ID,Case Number,Date,Block,IUCR,Primary Type,Arrest,Domestic,District,Latitude,Longitude\n",
          "chicago" },
        { "\"id\", date ,category\n", "generic" },
        { "\n\n{\"type\":\"Feature\",\"properties\":{\"id\":1,\"date\":2,\"category\":3},\"geometry\":null}",
          "generic" },
        { "id;date;category\n", NULL },
        { "{\"type\":\"FeatureCollection\",\"features\":[]}", NULL },
        { "", NULL },
        { "\x89PNG\r\n\x1A\n", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *path = write_file(&b.sc, b.dir, "f", str_of(cases[i].text));
        enum err    e = import_recognise(&b.sc, path, &p);
        ok(e == (cases[i].key ? OK : ERR_NOTFOUND), "case %zu: %s", i, err_name(e));
        if (cases[i].key) ok_str(p->source.key, str_of(cases[i].key));
    }
    bench_close(&b);
}

static void test_folder_and_archive(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    bench_open(&b);
    str sub = arena_printf(b.sc.mem, "%s/2018/10", b.dir),
        command = arena_printf(b.sc.mem, "mkdir -p %s", sub.p);
    ok(!system(command.p), "%s", command.p);
    write_file(&b.sc, sub.p, "b.csv", S(UK UK_ROW("aa", "2018-10", "Drugs", "")));
    write_file(&b.sc, sub.p, "a.csv", S(CZ "7,14.5,50.0,0,2021-05-01 13:45:00,1,1,35\n"));
    write_file(&b.sc, sub.p, "readme.txt", S("nothing to import\n"));
    write_file(&b.sc, sub.p, ".hidden", S(UK));
    str folder = arena_printf(b.sc.mem, "%s/2018", b.dir);
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, folder.p, &r), OK);
    check_sums(&r);
    ok_i64(r.n_files, 3);
    ok_i64(r.n_runs, 2);
    ok_i64(r.totals.imported, 2);
    ok_str(r.file[2].profile, S("")); // readme.txt, passed over and told
    const char *alone = write_file(&b.sc, b.dir, "readme.txt", S("nothing to import\n"));
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, alone, &r), ERR_NOTFOUND);
    ok(str_has(str_of(b.sc.fault.text), S("nothing to import")), "%s", b.sc.fault.text);
    str zip = arena_printf(b.sc.mem,
                           "cd %s/2018 && python3 -c \"import "
                           "zipfile,os\nz=zipfile.ZipFile('all.zip','w',zipfile.ZIP_DEFLATED)\n"
                           "[z.write('10/'+n) for n in "
                           "('readme.txt','b.csv','a.csv')]\nz.write('%s/c','10/c.csv')\" 2>/dev/null "
                           "&& rm -r 10",
                           b.dir, b.dir);
    write_file(&b.sc, b.dir, "c", S(UK UK_ROW("bb", "2018-10", "Drugs", "")));
    if (system(zip.p)) {
        bench_close(&b);
        test_skip("no python3 to make a zip archive with");
    }
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, folder.p, &r), ERR_INVALID); // two of one month
    ok_err(&b.sc,
           import_by(&b.sc, b.st, &(struct import_options){ .parts = true }, (const char *[]){ folder.p }, 1,
                     &r),
           OK);
    check_sums(&r);
    ok_i64(r.n_files, 4);
    ok(str_ends(r.file[1].path, S("all.zip/10/b.csv")), "%.*s", STR(r.file[1].path));
    ok_i64(r.totals.read, 3);
    ok_i64(r.totals.imported, 1);
    ok_i64(r.totals.unchanged, 2);
    bench_close(&b);
}

static void test_source_identity_is_kept(void **state)
{
    (void)state;
    struct bench          b;
    struct import_report  r;
    const struct profile *p;
    bench_open(&b);
    static const char *const kinds[] = { "kind = stable\nkey = {id}\n", "kind = none\nslice = all\n" };
    const char              *path = write_file(&b.sc, b.dir, "1.csv", S("id,d\n1,2020-01-01\n"));
    for (int i = 0; i < 2; i++) {
        str text = arena_printf(b.sc.mem,
                                "[source]\nkey = a\nname = A\n[identity]\n%s[when]\nfrom = {d}\nformat = "
                                "%%Y-%%m-%%d\n[what]\ncategory = x\n",
                                kinds[i]);
        ok_err(&b.sc, profile_read_file(&b.sc, write_file(&b.sc, b.dir, "m.profile", text), &p), OK);
        ok_err(&b.sc, import_one(&b.sc, b.st, p, path, &r), i ? ERR_INVALID : OK);
    }
    ok(str_has(str_of(b.sc.fault.text), S("import it as another source")), "%s", b.sc.fault.text);
    ok_i64(live(&b), 1);
    bench_close(&b);
}

// What no profile fits is told with what to do, and shows nothing that a terminal would obey.
static void test_strangers(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    bench_open(&b);
#define FEATURE(kind, coordinates)                                                                           \
    "{\"type\":\"Feature\",\"properties\":{\"code\":1},\"geometry\":{\"type\":\"" kind                       \
    "\",\"coordinates\":" coordinates "}}"
    static const struct {
        const char *name, *text, *says;
    } rows[] = {
        { "a.geojson", FEATURE("Polygon", "[[[0,0],[1,0],[1,1],[0,0]]]"),
          "hromada areas import --set KEY --id FIELD reads it, FIELD is one of: code" },
        { "b.geojson", FEATURE("LineString", "[[0,0],[1,0]]"), "hromada layers import" },
        { "c.csv", "", "holds nothing" },
        { "d.xlsx", "PK", "save the sheet as CSV" },
        { "e.jpg", "\xFF\xD8\x01\x02,\x03", "is neither a table nor GeoJSON" },
        { "f.csv",
          "Stra\xDF"
          "e;Ort\n1;2\n",
          "It begins with: Stra\xEF\xBF\xBD"
          "e;Ort" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *path = write_file(&b.sc, b.dir, rows[i].name, str_of(rows[i].text));
        ok_err(&b.sc, import_one(&b.sc, b.st, NULL, path, &r), ERR_NOTFOUND);
        ok(strstr(b.sc.fault.text, rows[i].says), "%s: %s", rows[i].name, b.sc.fault.text);
    }
    // In a folder they are passed over, and each is told.
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, b.dir, &r), ERR_INVALID);
    ok(strstr(b.sc.fault.text, "no profile fits any of these"), "%s", b.sc.fault.text);
    write_file(&b.sc, b.dir, "g.csv", S(UK UK_ROW("aa", "2018-10", "Drugs", "")));
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, b.dir, &r), OK);
    ok_i64(r.totals.imported, 1);
    size_t told = 0;
    for (size_t i = 0; i < r.n_files; i++)
        for (size_t k = 0; k < COUNT(rows); k++)
            told += str_ends(r.file[i].path, str_of(rows[k].name)) &&
                    str_has(r.file[i].why, str_of(rows[k].says));
    ok_i64(told, COUNT(rows));
    bench_close(&b);
}

// A run that was killed may leave a file of rejected rows of a number that is given again.
static void test_old_rejects_go(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    bench_open(&b);
    const char *const stale[] = { write_file(&b.sc, b.data, "rejects-1.csv", S("of nobody")),
                                  write_file(&b.sc, b.data, "rejects-1.csv.tmp", S("of nobody")) };
    const char       *path = write_file(&b.sc, b.dir, "1.csv", S(UK UK_ROW("aa", "2018-10", "Drugs", "")));
    ok_err(&b.sc, import_all(&b.sc, b.st, NULL, true, &path, 1, &r), OK);
    ok(!access(stale[0], F_OK), "a dry run changes nothing");
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, path, &r), OK);
    ok_i64(r.run[0].run, 1);
    for (size_t i = 0; i < COUNT(stale); i++) ok(access(stale[i], F_OK), "%s is still there", stale[i]);
    bench_close(&b);
}

static void test_too_many_categories(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    struct buf           text;
    bench_open(&b);
    buf_init(&text, 1 << 22);
    buf_add(&text, S("id,date,category\n"));
    for (int i = 0; i < 9000; i++) buf_printf(&text, "%d,2020-01-01,kind %d\n", i, i);
    const char *path = write_file(&b.sc, b.dir, "1.csv", buf_str(&text));
    ok_err(&b.sc, import_one(&b.sc, b.st, NULL, path, &r), ERR_LIMIT);
    ok(str_has(str_of(b.sc.fault.text), S("is that the right column?")), "%s", b.sc.fault.text);
    ok_i64(live(&b), 0);
    buf_free(&text);
    bench_close(&b);
}

static void test_geocode(void **state)
{
    (void)state;
    struct bench          b;
    struct import_report  r;
    const struct profile *p;
    bench_open(&b);
    write_file(&b.sc, b.dir, "addresses.csv",
               S("address,lat,lon\n10  High ST,50.0,14.5\n,1,1\n11 High St,not,known\n10 HIGH ST,51,15\n"));
    const char *mapping = write_file(
        &b.sc, b.dir, "m.profile",
        S("[source]\nkey = a\nname = A\n[identity]\nkind = stable\nkey = {id}\n"
          "[when]\nfrom = {d}\nformat = %Y-%m-%d\n[where]\npoint = snapped\naddress = {n} {s}\ngeocode = "
          "addresses.csv\n"
          "geocode-address = {address}\ngeocode-lon = {lon}\ngeocode-lat = {lat}\n[what]\ncategory = x\n"));
    ok_err(&b.sc, profile_read_file(&b.sc, mapping, &p), OK);
    const char *path =
        write_file(&b.sc, b.dir, "1.csv",
                   S("id,d,n,s\n1,2020-01-01,10,high st\n2,2020-01-01,11,High St\n3,2020-01-01,,\n"));
    ok_err(&b.sc, import_one(&b.sc, b.st, p, path, &r), OK);
    check_sums(&r);
    ok_i64(r.totals.without_point, 2);
    ok_i64(reason_count(r.note, r.n_notes, "address-unknown"), 1);
    struct incident_cursor *c;
    struct incident         i;
    ok_err(&b.sc, store_incidents_open(&b.sc, b.st, &c), OK);
    ok(store_incidents_next(c, &i) && i.lon_e7 == 145000000 && i.lat_e7 == 500000000, "%d, %d", i.lon_e7,
       i.lat_e7);
    while (store_incidents_next(c, &i)) ok(i.point == POINT_NONE, "a point from nowhere");
    ok_err(&b.sc, store_incidents_end(&b.sc, c), OK);
    ok(!remove(arena_printf(b.sc.mem, "%s/addresses.csv", b.dir).p), "cannot remove the table");
    ok_err(&b.sc, import_one(&b.sc, b.st, p, path, &r), ERR_NOTFOUND);
    bench_close(&b);
}

static sensitivity_set classes_of(struct scope *sc, struct store *st, int64_t id)
{
    struct incident_cursor *c;
    struct incident         i = { 0 };
    ok_err(sc, store_incidents_open(sc, st, &c), OK);
    store_incidents_range(c, id, id);
    ok(store_incidents_next(c, &i), "incident %lld", (long long)id);
    ok_err(sc, store_incidents_end(sc, c), OK);
    return i.classes;
}

/// Codes that the list does not know are told with counts and make their rows unclassified. Where rows of one key tell several
/// kinds, what any of them gives away stays, in whatever order and run it comes.
static uint32_t flags_of(struct scope *sc, struct store *st, int64_t id)
{
    struct incident_cursor *c;
    struct incident         i;
    uint32_t                flags = UINT32_MAX;
    ok_err(sc, store_incidents_open(sc, st, &c), OK);
    while (store_incidents_next(c, &i))
        if (i.id == id) flags = i.flags;
    ok_err(sc, store_incidents_end(sc, c), OK);
    return flags;
}

/// A file without a column, or a profile without the question, takes nothing back that protects; a "no" does.
static void test_untold_keeps_what_protects(void **state)
{
    (void)state;
    static const char *const kinds[] = { "kind = stable\nkey = {id}", "kind = types\nkey = {id}",
                                         "kind = slice\nkey = {id}\nslice = {@file}",
                                         "kind = none\nslice = {@file}" };
    static const char        rules[] = "domestic = {dom : optional} is 1 not 0\n"
                                       "code = {law : optional} by cz-criminal-code\n";
    const uint32_t           both = FLAG_DOMESTIC | FLAG_PLACE_OTHER;
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        const struct profile *p, *bare;
        struct import_report  r;
        str                   report;
        bool                  keyed = k < 3, types = k == 1;
        const sensitivity_set child = sensitivity_bit(SENSITIVITY_CHILD);
        str                   head = arena_printf(
                              sc.mem,
                              "[source]\nkey = town\nname = T\n[identity]\n%s\n[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n"
                                                "[what]\ncategory = {k}\n",
                              kinds[k]);
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        str           less = arena_printf(sc.mem, "%.*s[categories]\nA = a | 5 ordinary | A\n", STR(head));
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "bare.profile", less), &bare), OK);
        str text = arena_printf(
            sc.mem,
            "%.*s%s[where]\nelsewhere = {rel : optional} is 2 not 1\n[categories]\nA = a | 5 ordinary | A\n",
            STR(head), rules);
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "m.profile", text), &p), OK);
        const char *file =
            write_file(&sc, dir, "1.csv",
                       S("id,d,k,dom,rel,law\n1,2024-01-01,A,1,2,187\n2,2024-01-02,A,0,1,205\n"));
        ok_err(&sc, import_one(&sc, st, p, file, &r), OK);
        ok(flags_of(&sc, st, 1) == both && !flags_of(&sc, st, 2), "%s: both are told", kinds[k]);
        for (int again = 0; again < 4;
             again++) { // the file without columns, twice; then a profile that does not ask, twice
            file = write_file(&sc, dir, "1.csv", S("id,d,k\n1,2024-01-01,A\n2,2024-01-02,A\n"));
            enum err e = import_one(&sc, st, again < 2 ? p : bare, file, &r);
            ok_err(&sc, e, keyed ? OK : ERR_INVALID);
            ok(keyed || strstr(sc.fault.text, "no key to know them by"), "%s", sc.fault.text);
            ok(!keyed || r.totals.unchanged == 2, "%s: %llu unchanged", kinds[k],
               (unsigned long long)r.totals.unchanged);
            ok(flags_of(&sc, st, 1) == both && !flags_of(&sc, st, 2), "%s: both stay", kinds[k]);
            ok(classes_of(&sc, st, 1) & child && !classes_of(&sc, st, 2), "%s: the class stays", kinds[k]);
        }
        file = write_file(&sc, dir, "1.csv",
                          S("id,d,k,dom,rel,law\n1,2024-01-01,A,0,1,205\n2,2024-01-02,A,0,1,205\n"));
        ok_err(&sc, import_one(&sc, st, p, file, &r), ERR_INVALID); // an older file could say the same
        ok(strstr(sc.fault.text, "--lift-protection") && flags_of(&sc, st, 1) == both, "%s", sc.fault.text);
        ok_err(&sc, import_lifting(&sc, st, p, file, &r), OK);
        ok_i64(r.totals.lifted, 1);
        int64_t id = keyed ? 1 : 3; // without a key it is another incident
        ok(!flags_of(&sc, st, id), "%s: an explicit no takes it back", kinds[k]);
        ok(types || !classes_of(&sc, st, id), "%s: another code takes the class back", kinds[k]);
        ok_err(&sc, store_check(&sc, st, &report), OK);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

#define TELLING_MAP                                                                                          \
    "[source]\nkey = town\nname = T\n[identity]\n%s\n[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[what]\n"     \
    "category = {k}\n%s"
#define TELLING_ASKS "domestic = {dom : optional} is 1 not 0\n"

static const struct profile *telling_profile(struct scope *sc, const char *dir, const char *identity,
                                             const char *more)
{
    const struct profile *p;
    str                   text = arena_printf(sc->mem, TELLING_MAP, identity, more);
    ok_err(sc, profile_read_file(sc, write_file(sc, dir, "t.profile", text), &p), OK);
    return p;
}

/// Half of a file takes what protects away; the whole file without the column is not let in for that, until its place in
/// the slice has been told anew.
static void test_half_a_file(void **state)
{
    (void)state;
    struct scope         sc = test_scope();
    const char          *dir = test_dir(&sc), *data;
    struct import_report r;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store         *st = import_store(&sc, data, S("Europe/Prague"));
    const struct profile *p =
        telling_profile(&sc, dir, "kind = none\nslice = {s}", TELLING_ASKS "[where]\nelsewhere = none\n");
    static const struct {
        const char *rows;
        enum err    e;
    } files[] = {
        { "s,d,k\nm,2024-01-01,A\nm,2024-01-02,A\n", OK }, // once, before anything was told
        { "s,d,k,dom\nm,2024-01-01,A,0\nm,2024-01-02,A,1\n", OK },
        { "s,d,k\nm,2024-01-01,A\nm,2024-01-02,A\n", ERR_INVALID },
        { "s,d,k,dom\nm,2024-01-01,A,0\n", OK },                    // it broke off
        { "s,d,k\nm,2024-01-01,A\nm,2024-01-02,A\n", ERR_INVALID }, // each row equals one that was there
        { "s,d,k\nm,2024-01-01,A\n", ERR_INVALID },
        { "s,d,k,dom\nn,2024-01-02,A,1\n", OK },
        { "s,d,k,dom\nn,2024-01-02,A,0\n", OK }, // told anew: it was not domestic
        { "s,d,k\nn,2024-01-02,A\n", OK },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        const char *file = write_file(&sc, dir, "1.csv", str_of(files[i].rows));
        enum err    e = (i == 7 ? import_lifting : import_one)(&sc, st, p, file, &r);
        ok(e == files[i].e, "file %zu: %s", i, sc.fault.text);
        ok(!e || strstr(sc.fault.text, "no key to know them by"), "file %zu: %s", i, sc.fault.text);
    }
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A source that has told which are domestic brings no new incidents that do not tell, in a run of their own or in the same,
/// unless its profile says that it has stopped.
static void test_new_ones_tell(void **state)
{
    (void)state;
    static const char *const kinds[] = { "kind = stable\nkey = {id}", "kind = types\nkey = {id}",
                                         "kind = slice\nkey = {id}\nslice = {d}",
                                         "kind = none\nslice = {d}" };
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct scope         sc = test_scope();
        const char          *dir = test_dir(&sc), *data;
        struct import_report r;
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store         *st = import_store(&sc, data, S("Europe/Prague"));
        const struct profile *asks = telling_profile(&sc, dir, kinds[k], TELLING_ASKS);
        const struct profile *bare = telling_profile(&sc, dir, kinds[k], "");
        const struct profile *none = telling_profile(&sc, dir, kinds[k], "domestic = none\n");
        const char           *no_yes = write_file(&sc, dir, "0.csv", S("id,d,k,dom\n0,2023-01-01,A,0\n")),
                   *told = write_file(&sc, dir, "1.csv", S("id,d,k,dom\n1,2024-01-01,A,1\n")),
                   *others = write_file(&sc, dir, "2.csv", S("id,d,k\n2,2024-02-01,A\n")),
                   *more = write_file(&sc, dir, "3.csv", S("id,d,k\n3,2024-03-01,A\n"));
        ok_err(&sc, import_one(&sc, st, asks, no_yes, &r), OK);
        ok_err(&sc, import_one(&sc, st, bare, others, &r), OK); // none was domestic so far
        const char *both[] = { told, more };
        ok_err(&sc, import_all(&sc, st, asks, false, both, 2, &r), ERR_INVALID);
        ok_err(&sc, import_one(&sc, st, asks, told, &r), OK);
        for (int i = 0; i < 2; i++) {
            ok_err(&sc, import_one(&sc, st, i ? bare : asks, more, &r), ERR_INVALID);
            ok(strstr(sc.fault.text, "domestic = none"), "%s", sc.fault.text);
        }
        ok_err(&sc, import_one(&sc, st, bare, others, &r), OK); // it is there
        ok_i64(r.totals.unchanged, 1);
        // Another beside it, where its slice was told before.
        const char *beside = write_file(&sc, dir, "4.csv", S("id,d,k\n2,2024-02-01,A\n4,2024-02-01,A\n"));
        ok_err(&sc, import_one(&sc, st, bare, beside, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, "domestic = none"), "%s: %s", kinds[k], sc.fault.text);
        ok_err(&sc, import_one(&sc, st, none, more, &r), OK);
        ok_i64(r.totals.imported, 1);
        ok_i64(r.flags[SAYS_DOMESTIC].rows[REPLY_NOT_TOLD], 1);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static void test_codes(void **state)
{
    (void)state;
    static const char     mapping[] = "[source]\nkey = town\nname = T\n[identity]\nkind = types\nkey = {id}\n"
                                      "[when]\nfrom = {d}\nformat = %Y-%m-%d\n[what]\ncategory = {k}\n"
                                      "code = {law} by cz-criminal-code\n[categories]\nA = a | 5 ordinary | A\n"
                                      "B = b | 3 sexual | B\n";
    const sensitivity_set unknown = sensitivity_bit(SENSITIVITY_UNCLASSIFIED),
                          child = sensitivity_bit(SENSITIVITY_CHILD),
                          sexual = sensitivity_bit(SENSITIVITY_SEXUAL);
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *data;
    const struct profile *p;
    struct import_report  r;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "m.profile", str_of(mapping)), &p), OK);
    const char *first =
        write_file(&sc, dir, "1.csv",
                   S("id,d,k,law\n1,2024-01-01,A,187\n1,2024-01-01,B,205\n2,2024-01-02,A,999\n"
                     "3,2024-01-03,A,\n4,2024-01-04,B,185\n5,2024-01-05,A,999\n6,2024-01-06,A,888\n"));
    ok_err(&sc, import_one(&sc, st, p, first, &r), OK);
    ok_i64(r.totals.imported, 7);
    ok_i64(r.n_codes, 1);
    ok_i64(r.codes[0].n, 2);
    ok_str(r.codes[0].unknown[0].code, S("999"));
    ok_i64(r.codes[0].unknown[0].rows, 2);
    ok_i64(reason_count(r.note, r.n_notes, "code-unknown"), 3);
    ok_i64(reason_count(r.note, r.n_notes, "code-blank"), 1);
    ok_i64(r.classes[SENSITIVITY_UNCLASSIFIED], 3);
    ok_i64(classes_of(&sc, st, 1),
           child | sexual); // the second row is of a sexual kind and a code that hides nothing
    ok_i64(classes_of(&sc, st, 3), unknown);
    ok_i64(classes_of(&sc, st, 4), 0);
    ok_i64(classes_of(&sc, st, 5), sexual); // as its kind is, which somebody may tell laxer
    ok_err(&sc, import_one(&sc, st, p, first, &r), OK);
    ok_i64(r.totals.unchanged, 7);
    const char *later =
        write_file(&sc, dir, "2.csv", S("id,d,k,law\n3,2024-01-03,A,187\n1,2024-01-01,A,205\n"));
    ok_err(&sc, import_one(&sc, st, p, later, &r), OK);
    ok_i64(r.totals.revised, 1);
    ok_i64(classes_of(&sc, st, 4), child | sexual);
    ok_i64(classes_of(&sc, st, 1), child | sexual);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// The same of codes, where keys are less than an incident for ever; where they are that, a blank cell takes no class back.
static void test_new_ones_tell_codes(void **state)
{
    (void)state;
    static const char     asks[] = "code = {law : optional} by cz-criminal-code\n";
    static const char     told[] = "id,d,k,law\n1,2024-01-01,A,187\n2,2024-01-02,A,205\n";
    const sensitivity_set child = sensitivity_bit(SENSITIVITY_CHILD);
    for (int stable = 0; stable < 2; stable++) {
        struct scope sc = test_scope();
        const char  *dir = test_dir(&sc), *data;
        const char  *kind = stable ? "kind = stable\nkey = {id}" : "kind = slice\nkey = {id}\nslice = {d}";
        const struct profile *p = telling_profile(&sc, dir, kind, asks);
        struct import_report  r;
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", str_of(told)), &r), OK);
        ok(classes_of(&sc, st, 1) & child && !(classes_of(&sc, st, 2) & child),
           "only the first is of a child");
        const char *blank =
            write_file(&sc, dir, "2.csv", S("id,d,k,law\n1,2024-01-01,A,\n2,2024-01-02,A,187\n"));
        const char *more = write_file(&sc, dir, "3.csv", S("id,d,k\n3,2024-01-03,A\n"));
        if (stable) {
            ok_err(&sc, import_one(&sc, st, p, blank, &r), OK);
            ok(classes_of(&sc, st, 1) & child, "a blank cell takes the class back");
            ok(classes_of(&sc, st, 2) & child, "a code is not heard");
            const char *new = write_file(&sc, dir, "4.csv", S("id,d,k,law\n4,2024-01-04,A,\n"));
            ok_err(&sc, import_one(&sc, st, p, new, &r), OK); // a blank code of one row
        }
        // The whole column.
        ok_err(&sc, import_one(&sc, st, p, more, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, "their code or description"), "%s", sc.fault.text);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static int32_t category_of(struct scope *sc, struct store *st, const char *key)
{
    const struct category *c;
    size_t                 n;
    ok_err(sc, store_categories(sc, st, &c, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (str_eq(c[i].key, str_of(key))) return c[i].id;
    return 0;
}

static struct incident incident_first(struct scope *sc, struct store *st)
{
    AUTO(store_incidents_closep) struct incident_cursor *c = NULL;
    struct incident                                      i = { 0 };
    ok_err(sc, store_incidents_open(sc, st, &c), OK);
    store_incidents_range(c, 1, INT64_MAX);
    ok(store_incidents_next(c, &i), "no incident");
    return i;
}

/// Several rows of one stable key within a run, of one file or two, in every order, new or known: what protects in any of them
/// holds, as often as they are read.
static void test_rows_of_one_key(void **state)
{
    (void)state;
    static const char *const rows[] = { "1,2024-01-01,Theft,,1,1\n", "1,2024-01-01,Rape,187,0,1\n",
                                        "1,2024-01-01,Theft,,0,9\n" };
    static const int         order[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                            { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    static const char        head[] = "id,d,k,law,dom,rel\n";
    for (size_t o = 0; o < 2 * COUNT(order); o++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        const int            *at = order[o / 2];
        struct import_report  r;
        const struct profile *p =
            telling_profile(&sc, dir, "kind = stable\nkey = {id}",
                            "code = {law} by cz-criminal-code\ndomestic = {dom} is 1 not 0\n[categories]\n"
                            "Theft = theft | 5 ordinary | Theft\nRape = rape | 3 sexual | Rape\n"
                            "[where]\nelsewhere = {rel} is 9 not 1\n");
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        // Known before: an unchanged row may come first.
        const char   *last = write_file(&sc, dir, "0.csv", arena_printf(sc.mem, "%s%s", head, rows[at[0]]));
        if (o % 2) ok_err(&sc, import_one(&sc, st, p, last, &r), OK);
        const char *files[] = {
            write_file(&sc, dir, "1.csv", arena_printf(sc.mem, "%s%s%s", head, rows[at[0]], rows[at[1]])),
            write_file(&sc, dir, "2.csv", arena_printf(sc.mem, "%s%s", head, rows[at[2]]))
        };
        for (int again = 0; again < 2; again++) {
            ok_err(&sc, import_all(&sc, st, p, false, files, 2, &r), OK);
            struct incident i = incident_first(&sc, st);
            ok_i64(r.totals.joint, 1);
            ok_i64(r.totals.lifted, 0);
            ok(i.category == category_of(&sc, st, "rape"), "order %zu: the kind is %d", o, i.category);
            ok((i.flags & (FLAG_DOMESTIC | FLAG_PLACE_OTHER)) == (FLAG_DOMESTIC | FLAG_PLACE_OTHER),
               "order %zu: the marks are %u", o, i.flags);
            ok(i.classes & sensitivity_bit(SENSITIVITY_CHILD), "order %zu: the classes are %u", o, i.classes);
            struct store_counts n;
            ok_err(&sc, store_counts_get(&sc, st, &n), OK);
            ok_i64(n.incidents, 1);
        }
        ok_i64(r.totals.unchanged, 3);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// Letters of a wrong encoding make no words, and fields behind the last column are nobody's; an optional code in other letters is not absent.
static void test_words_that_would_not_be_found(void **state)
{
    (void)state;
    static const struct {
        const char *format, *what, *text, *said;
    } cases[] = {
        { "encoding = windows-1250\n", "detail = {n}\n", "id,d,k,n\n1,2024-01-01,x,\u017E\u00E1k\n",
          "all letters in it that are not ASCII are UTF-8" },
        { "encoding = windows-1250\n", "detail = {n}\n", "id,d,k,n\n1,2024-01-01,x,\x9E\xE1k\n", NULL },
        // One field of the declared encoding does not vouch for the others: of two the second row is rejected ...
        { "encoding = windows-1250\n", "detail = {n}\n",
          "id,d,k,n\n1,2024-01-01,\x9E,\x9E\xE1k\n2,2024-01-01,x,zn\u00E1siln\u011Bn\u00ED\n", "" },
        { "encoding = windows-1251\n", "detail = {n}\n",
          "id,d,k,n\n1,2024-01-01,\xCD\xB3,\xCD\xB3\n2,2024-01-01,x,"
          "\u0437\u0433\u0432\u0430\u043B\u0442\u0443\u0432\u0430\u043D\u043D\u044F\n",
          "" },
        // ... and where they are more, the file is.
        { "encoding = windows-1250\n", "detail = {n}\n",
          "id,d,k,n\n1,2024-01-01,x,\x9E\xE1k\n2,2024-01-01,x,zn\u00E1siln\u011Bn\u00ED\n3,2024-01-01,x,"
          "d\u00EDt\u011B\n",
          "most letters in it that are not ASCII are UTF-8" },
        { "encoding = iso-8859-2\n", "detail = {n}\n",
          "id,d,k,n\n1,2024-01-01,x,a\n2,2024-01-01,x,\x9E\xE1k\n", "" }, // the row is rejected
        { "field-count = any\n", "detail = {n}\n",
          "id,d,k,n\n1,2024-01-01,x,window broken, wife beaten by husband\n",
          "a separator within a text may have cut it" },
        { "field-count = any\n", "detail = {n}\n", "id,d,k,n\n1,2024-01-01,x,window broken, bench\n", NULL },
        { "", "code = {Kvalif : optional} by cz-criminal-code\n", "id,d,k,KVALIF\n1,2024-01-01,x,187\n",
          "is \"KVALIF\" meant?" },
        { "", "code = {Kvalif : optional} by cz-criminal-code\n", "id,d,k\n1,2024-01-01,x\n", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        struct import_report  r;
        const struct profile *p;
        str                   text =
            arena_printf(sc.mem,
                         "[source]\nkey = town\nname = T\n[format]\n%s[identity]\nkind = stable\nkey = "
                         "{id}\n[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[where]\nelsewhere = none\n"
                         "[what]\ncategory = {k}\ndomestic = none\n%s",
                         cases[i].format, cases[i].what);
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "t.profile", text), &p), OK);
        bool     refused = cases[i].said && *cases[i].said;
        enum err e = import_one(&sc, st, p, write_file(&sc, dir, "1.csv", str_of(cases[i].text)), &r);
        ok(refused == (e == ERR_INVALID), "%zu: %s", i, e ? sc.fault.text : "taken");
        if (refused) ok(strstr(sc.fault.text, cases[i].said), "%s", sc.fault.text);
        else ok_i64(r.totals.rejected, cases[i].said != NULL);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// What the words of a record say holds, though the profile has said the same of its kind and a person then tells the kind laxer.
static void test_records_outlive_their_kinds(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *data;
    struct import_report  r;
    const struct profile *p =
        telling_profile(&sc, dir, "kind = stable\nkey = {id}",
                        "detail = {note}\n[categories]\nother = other | 3 sexual | Other\n");
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    const char   *file =
        write_file(&sc, dir, "1.csv", S("id,d,k,note\n1,2024-01-01,other,rape\n2,2024-01-01,other,bench\n"));
    ok_err(&sc, import_one(&sc, st, p, file, &r), OK);
    ok_i64(classes_of(&sc, st, 1), sensitivity_bit(SENSITIVITY_SEXUAL));
    ok_i64(classes_of(&sc, st, 2), 0);
    ok_i64(r.classes[SENSITIVITY_SEXUAL], 0); // no more than the kind, so it is not told
    const struct category *c;
    size_t                 n;
    ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
    struct category said = c[0];
    said.sensitivity = SENSITIVITY_STREET, said.confirmed_by = S("person Eva");
    ok_err(&sc, store_category_confirm(&sc, st, &said), OK);
    ok_err(&sc, import_one(&sc, st, p, file, &r), OK);
    ok_i64(r.totals.unchanged, 2);
    ok_i64(classes_of(&sc, st, 1), sensitivity_bit(SENSITIVITY_SEXUAL));
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Forty rows of a day, numbered from `first` on: each number is another incident when it is another place and kind.
static const char *numbered_rows(struct scope *sc, const char *dir, const char *name, int first, int moved)
{
    AUTO(buf_free) struct buf text;
    buf_init(&text, 1 << 16);
    buf_add(&text, S("id,d,k,lon,lat,m\n"));
    for (int i = 0; i < 40; i++) {
        int of = i < moved ? i + first : i;
        buf_printf(&text, "%d,2024-01-%02d,%s,22.%03d,48.6,January\n", i, 1 + of % 3,
                   of % 2 ? "Theft" : "Rape", of);
    }
    return write_file(sc, dir, name, buf_str(&text));
}

/// A number that a source gives anew is no key: who left the map under it would come back under another.
static void test_numbers_given_anew_are_no_key(void **state)
{
    (void)state;
    static const struct {
        const char *identity;
        int         by, moved;
        bool        stops;
    } runs[] = {
        { "kind = slice\nkey = {id}\nslice = {d}", 1, 40,
          false }, // each day is another slice, and numbers are of the day
        { "kind = slice\nkey = {id}\nslice = {m}", 1, 40, true },
        { "kind = stable\nkey = {id}", 1, 40, true },
        { "kind = stable\nkey = {id}", 1, 10, true },
        { "kind = stable\nkey = {id}", 1, 9, false },
        { "kind = stable\nkey = {id}", 0, 40, false },
        { "kind = none\nslice = {m}", 1, 40, false },
    };
    for (size_t k = 0; k < COUNT(runs); k++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        struct import_report  r;
        struct hash128        before, after;
        const struct profile *p = telling_profile(
            &sc, dir, runs[k].identity,
            "[categories]\nTheft = theft | 5 ordinary | Theft\nRape = rape | 5 ordinary | Rape\n"
            "[where]\nlon = {lon}\nlat = {lat}\n");
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        const char   *was = numbered_rows(&sc, dir, "1.csv", 0, 0),
                   *now = numbered_rows(&sc, dir, "2.csv", runs[k].by, runs[k].moved);
        ok_err(&sc, import_one(&sc, st, p, was, &r), OK);
        ok_err(&sc, store_digest(&sc, st, &before), OK);
        enum err e = import_one(&sc, st, p, now, &r);
        ok(e == (runs[k].stops ? ERR_INVALID : OK), "%zu: %s", k, e ? sc.fault.text : "taken");
        if (runs[k].stops) {
            ok(strstr(sc.fault.text, "40 rows of town") && strstr(sc.fault.text, "--moved"), "%zu: %s", k,
               sc.fault.text);
            ok_err(&sc, store_digest(&sc, st, &after), OK);
            ok(before.hi == after.hi && before.lo == after.lo, "%zu: the store changed", k);
            const struct import_options moved = { .profile = p, .moved = true };
            ok_err(&sc, import_by(&sc, st, &moved, &now, 1, &r), OK);
            ok(r.totals.revised >= 10, "%zu: taken when it is meant", k);
        }
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// A run that takes from stored incidents what protects them stops before it changes anything, and says what to do.
static void test_protection_is_lifted_on_demand(void **state)
{
    (void)state;
    static const struct {
        const char *was, *now, *says;
        bool        stops;
    } runs[] = {
        { "Theft,,1,1", "Theft,,0,1", "domestic (1)", true },
        { "Theft,,0,9", "Theft,,0,1", "happened elsewhere (1)", true },
        { "Theft,187,0,1", "Theft,205,0,1", "a class by code or description (1)", true },
        { "Rape,,0,1", "Theft,,0,1", "a stricter kind (1)", true },
        { "Unheard of,,0,1", "Theft,,0,1", "a stricter kind (1)", true },
        { "Rape,187,1,9", "Theft,205,0,1",
          "domestic (1), happened elsewhere (1), a class by code or description (1), a stricter kind (1)",
          true },
        { "Rape,,0,1", "Unheard of,,0,1", "a stricter kind (1)",
          true }, // whoever says what that is, does not know
        { "Unheard of,,0,1", "Never heard of,,0,1", "", false },
        { "Theft,,0,1", "Rape,,1,9", "", false }, // it gains protection
        { "Home,,0,1", "Rape,,0,1", "", false },  // another kind, and a stricter
        { "Rape,,0,1", "Theft,,,", "a stricter kind",
          true }, // and blank marks count for the side that protects
        { "Rape,,0,1", "Rape,,0,1", "", false },
        { "Theft,187,0,1", "Theft,,0,1", "", false }, // a blank code takes no class back
    };
    for (size_t k = 0; k < COUNT(runs); k++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        struct import_report  r;
        struct hash128        before, after;
        const struct profile *p = telling_profile(
            &sc, dir, "kind = stable\nkey = {id}",
            "code = {law} by cz-criminal-code\ndomestic = {dom} is 1 not 0\n[categories]\n"
            "Theft = theft | 5 ordinary | Theft\nRape = rape | 3 sexual | Rape\nHome = home | 5 home | Home\n"
            "[where]\nelsewhere = {rel} is 9 not 1\n");
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        const char   *was =
                       write_file(&sc, dir, "1.csv",
                                  arena_printf(sc.mem, "id,d,k,law,dom,rel\n1,2024-01-01,%s\n", runs[k].was)),
                   *now =
                       write_file(&sc, dir, "2.csv",
                                  arena_printf(sc.mem, "id,d,k,law,dom,rel\n1,2024-01-01,%s\n", runs[k].now));
        ok_err(&sc, import_one(&sc, st, p, was, &r), OK);
        ok_err(&sc, store_digest(&sc, st, &before), OK);
        enum err e = import_one(&sc, st, p, now, &r);
        ok(e == (runs[k].stops ? ERR_INVALID : OK), "%zu: %s", k, e ? sc.fault.text : "taken");
        if (runs[k].stops) {
            ok(strstr(sc.fault.text, runs[k].says) &&
                   strstr(sc.fault.text, "from 1 stored incidents of town") &&
                   strstr(sc.fault.text, "--lift-protection"),
               "%zu: %s", k, sc.fault.text);
            ok_err(&sc, store_digest(&sc, st, &after), OK);
            ok(before.hi == after.hi && before.lo == after.lo, "%zu: the store changed", k);
            ok_err(&sc, import_lifting(&sc, st, p, now, &r), OK);
        }
        ok_i64(r.totals.lifted, runs[k].stops);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static enum err import_only(struct scope *sc, struct store *st, const struct profile *p, const char *list,
                            const char *path, struct import_report *out)
{
    return import_by(sc, st, &(struct import_options){ .profile = p, .lift_only = list }, &path, 1, out);
}

/// The run that stops lists the rows; of these only those lose what protected them that a person leaves in the list.
static void test_protection_is_lifted_by_key(void **state)
{
    (void)state;
    static const char *const kinds[] = { "stable", "types" };
    static const char *const head = "source,key,file,line,domestic,elsewhere,class,kind\r\n";
    for (size_t k = 0; k < COUNT(kinds); k++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        struct import_report  r;
        struct hash128        before, after;
        bool                  types = k;
        const struct profile *p =
            telling_profile(&sc, dir, arena_printf(sc.mem, "kind = %s\nkey = {id}", kinds[k]).p,
                            "code = {law} by cz-criminal-code\ndomestic = {dom} is 1 not 0\n[categories]\n"
                            "Theft = theft | 5 ordinary | Theft\nRape = rape | 3 sexual | Rape\n"
                            "[where]\nelsewhere = {rel} is 9 not 1\n");
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        const char   *was = write_file(
                         &sc, dir, "1.csv",
                         S("id,d,k,law,dom,rel\n1,2024-01-01,Theft,205,1,1\n2,2024-01-01,Rape,205,0,1\n"
                             "3,2024-01-01,Theft,187,0,1\n4,2024-01-01,Theft,205,0,9\n"
                             "5,2024-01-01,Theft,205,1,1\n6,2024-01-01,Theft,205,0,1\n"
                             "=7,2024-01-01,Theft,205,1,9\n")),
                   *now = write_file(&sc, dir, "2.csv",
                                     S("id,d,k,law,dom,rel\n6,2024-01-01,Theft,205,1,1\n"
                                       "1,2024-01-01,Theft,205,0,1\n2,2024-01-01,Theft,205,0,1\n"
                                       "3,2024-01-01,Theft,205,0,1\n4,2024-01-01,Theft,205,0,1\n"
                                       "5,2024-01-09,Theft,205,0,1\n=7,2024-01-01,Theft,205,0,1\n"));
        ok_err(&sc, import_one(&sc, st, p, was, &r), OK);
        ok_err(&sc, store_digest(&sc, st, &before), OK);
        ok_err(&sc, import_all(&sc, st, p, true, &now, 1, &r), ERR_INVALID);
        str path = arena_printf(sc.mem, "%s/lift-2.csv", data), list, want;
        ok(access(path.p, F_OK), "a dry run writes a list");
        ok_err(&sc, import_one(&sc, st, p, now, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, path.p) && strstr(sc.fault.text, "--lift-only"), "%s", sc.fault.text);
        ok_err(&sc, store_digest(&sc, st, &after), OK);
        ok(before.hi == after.hi && before.lo == after.lo, "the store changed");
        ok_err(&sc, file_read(&sc, path.p, 1 << 16, &list), OK);
        // With types a class of the record stays anyway, and the class of the mark is one.
        want = types
                   ? arena_printf(sc.mem, "%stown,4,%s,6,,yes,,\r\ntown,'=7,%s,8,,yes,,\r\n", head, now, now)
                   : arena_printf(sc.mem,
                                  "%stown,1,%s,3,yes,,,\r\ntown,2,%s,4,,,,yes\r\ntown,3,%s,5,,,yes,\r\n"
                                  "town,4,%s,6,,yes,,\r\ntown,5,%s,7,yes,,,\r\ntown,'=7,%s,8,yes,yes,,\r\n",
                                  head, now, now, now, now, now, now);
        ok_str(list, want);
        // What is deleted from it stays protected; another source's key names nobody.
        const char *edited =
            write_file(&sc, dir, "edited.csv",
                       S("source,key,line\ntown,'=7,8\nelsewhere,5,7\ntown,1,\ntown,2,4\ntown,nobody,\n"));
        ok_err(&sc, import_only(&sc, st, p, edited, now, &r), OK);
        check_sums(&r);
        ok_i64(r.totals.lifted, types ? 1 : 3);
        ok_i64(r.totals.kept, types ? 1 : 3);
        ok_i64(r.totals.joint, 0);
        ok_i64(r.n_stray, 2);
        ok(str_eq(r.stray[0].source, S("elsewhere")) && str_eq(r.stray[0].key, S("5")) && !r.stray[0].asked &&
               str_eq(r.stray[1].source, S("town")) && str_eq(r.stray[1].key, S("nobody")) &&
               r.stray[1].asked,
           "%.*s, %.*s", STR(r.stray[0].key), STR(r.stray[1].key));
        ok_i64(flags_of(&sc, st, 1) | flags_of(&sc, st, 7), 0);
        ok_i64(flags_of(&sc, st, 4), FLAG_PLACE_OTHER);
        ok_i64((flags_of(&sc, st, 5) | (types ? FLAG_DOMESTIC : 0)) & flags_of(&sc, st, 6), FLAG_DOMESTIC);
        ok(classes_of(&sc, st, 3) & sensitivity_bit(SENSITIVITY_CHILD), "the class of 3 is gone");
        const struct revision *rev;
        size_t                 n;
        ok_err(&sc, store_revisions(&sc, st, 5, &rev, &n), OK);
        ok(n && str_starts(rev[0].field, S("from_s")), "what protects nobody is not told anew");
        // The same once more: the list still holds, and no longer has to.
        ok_err(&sc, import_one(&sc, st, p, now, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, types ? "from 1 stored" : "from 3 stored"), "%s", sc.fault.text);
        ok_err(&sc, import_only(&sc, st, p, write_file(&sc, dir, "none.csv", S("source,key\n")), now, &r),
               OK);
        ok_i64(r.totals.unchanged, 7);
        ok_i64(r.totals.kept, types ? 1 : 3);
        ok_i64(r.totals.lifted, 0);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// What a list has of keys harms nobody who opens it, and is read as it was.
static void test_lists_are_read_as_written(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "plain",
        "a\x1B[2Jb",
        "a\tb",
        "a\\b",
        "a\\\\b",
        "a\\u{1b}b",
        "a\\x{9b}",
        "=1+1",
        "'=1",
        "''=1",
        "@x",
        "-5",
        "+\\",
        "\\=1",
        "\x01=1",
        "a\"b",
        "\"=1",
        "a,b",
        "a\nb",
        "a\r\nb",
        "\xC2\x9B"
        "2J",
        "x\xE2\x80\xAE"
        "moor",
        "\xE2\x80\x8B=2", // a blank that is trimmed
        "\xEF\xBC\x9D"
        "1",
        "\xD0\x96\\u{d}",
        "x\\",
    };
    struct scope         sc = test_scope();
    const char          *dir = test_dir(&sc), *data;
    struct import_report r;
    struct buf           rows[2];
    str                  list;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store         *st = import_store(&sc, data, S("Europe/Prague"));
    const struct profile *p =
        telling_profile(&sc, dir, "kind = stable\nkey = {id}", "domestic = {dom} is 1 not 0\n");
    for (int now = 0; now < 2; now++) {
        buf_init(&rows[now], 1 << 14);
        buf_add(&rows[now], S("id,d,k,dom\n"));
        for (size_t i = 0; i < COUNT(keys); i++) {
            buf_add_c(&rows[now], '"');
            for (const char *c = keys[i]; *c; c++) {
                if (*c == '"') buf_add_c(&rows[now], '"');
                buf_add_c(&rows[now], *c);
            }
            buf_printf(&rows[now], "\",2024-01-01,A,%d\n", !now);
        }
        const char *file = write_file(&sc, dir, now ? "2.csv" : "1.csv", buf_str(&rows[now]));
        ok_err(&sc, import_one(&sc, st, p, file, &r), now ? ERR_INVALID : OK);
        buf_free(&rows[now]);
    }
    const char *path = arena_printf(sc.mem, "%s/lift-2.csv", data).p;
    ok_err(&sc, file_read(&sc, path, 1 << 16, &list), OK);
    size_t lines = 0;
    for (size_t i = 0; i < list.n; i++) {
        lines += list.p[i] == '\n';
        ok((unsigned char)list.p[i] >= ' ' || strchr("\r\n\t", list.p[i]), "byte %zu is %d", i, list.p[i]);
    }
    ok_i64(lines, COUNT(keys) + 1);
    ok(!str_has(list, S("\xC2\x9B")) && !str_has(list, S("\xE2\x80\xAE")), "hidden characters");
    ok(!str_has(list, S(",=1")) && !str_has(list, S(",@")) && !str_has(list, S(",+")), "formulas: %.*s",
       STR(list));
    ok_err(&sc, import_only(&sc, st, p, path, arena_printf(sc.mem, "%s/2.csv", dir).p, &r), OK);
    for (size_t i = 0; i < r.n_stray; i++) print_message("# not found: %.*s\n", STR(r.stray[i].key));
    ok_i64(r.n_stray, 0);
    ok_i64(r.totals.kept, 0);
    ok_i64(r.totals.lifted, COUNT(keys));
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A damaged list lifts nothing; where no key names an incident for ever, there is a list of lines, and nothing to lift by.
static void test_lists_to_lift_by(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *data;
    struct import_report  r;
    const struct profile *keyless =
        telling_profile(&sc, dir, "kind = none\nslice = {s}", "domestic = {dom} is 1 not 0\n");
    const struct profile *keyed =
        telling_profile(&sc, dir, "kind = stable\nkey = {s}", "domestic = {dom} is 1 not 0\n");
    static const struct {
        const char *text, *says;
    } lists[] = {
        { "", "the file is empty" },
        { "source,keys\ntown,1\n", "lacks the column" },
        { "source;key;file\ntown;1;x\n", "not parted by commas" },
        { "source\tkey\ntown\t1\n", "not parted by commas" },
        { "town,1\n", "lacks the column" },
        { "source,key\ntown,1\ntown\n", "line 3: fields are missing" },
        { "source,key\ntown,\n", "line 2 has no key" },
        { "source,key\ntown,\"1\n", "line 2: " },
        { "source,key\ntown,\xFF\n", "line 2: " },
        { NULL, "more than 100000 keys" },
    };
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    const char   *was = write_file(&sc, dir, "1.csv", S("s,d,k,dom\nm,2024-01-01,A,1\n")),
               *now = write_file(&sc, dir, "2.csv", S("s,d,k,dom\nm,2024-01-02,A,0\nm,2024-01-01,A,0\n"));
    struct buf many;
    buf_init(&many, 1 << 22);
    buf_add(&many, S("source,key\n"));
    for (int i = 0; i < 100001; i++) buf_printf(&many, "town,%d\n", i);
    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *list =
            write_file(&sc, dir, "l.csv", lists[i].text ? str_of(lists[i].text) : buf_str(&many));
        enum err e = import_only(&sc, st, keyed, list, was, &r);
        ok(e == ERR_INVALID || e == ERR_LIMIT, "list %zu: %s", i, err_name(e));
        ok(strstr(sc.fault.text, lists[i].says) && strstr(sc.fault.text, "l.csv"), "list %zu: %s", i,
           sc.fault.text);
    }
    buf_free(&many);
    ok_err(&sc, import_only(&sc, st, keyed, arena_printf(sc.mem, "%s/no.csv", dir).p, was, &r), ERR_NOTFOUND);
    ok_err(&sc, import_one(&sc, st, keyless, was, &r), OK);
    ok_err(&sc, import_one(&sc, st, keyless, now, &r), ERR_INVALID);
    str list;
    ok_err(&sc, file_read(&sc, arena_printf(sc.mem, "%s/lift-2.csv", data).p, 1 << 16, &list), OK);
    ok(str_ends(list, arena_printf(sc.mem, "\r\ntown,,%s,3,yes,,,\r\n", now)), "%.*s", STR(list));
    ok(strstr(sc.fault.text, "lift-2.csv") && !strstr(sc.fault.text, "--lift-only"), "%s", sc.fault.text);
    const char *good = write_file(&sc, dir, "l.csv", S("source,key\ntown,m\n"));
    ok_err(&sc, import_only(&sc, st, keyless, good, now, &r), ERR_INVALID);
    ok(strstr(sc.fault.text, "names an incident for ever"), "%s", sc.fault.text);
    ok_err(&sc, import_lifting(&sc, st, keyless, now, &r), OK);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

struct telling { // rows of a file, and what becomes of it
    const char *rows, *says;
    enum { STOPS, TAKEN, LIFTED } is;
};
#define KEYLESS "kind = none\nslice = {s}"
#define SLICED "kind = slice\nkey = {id}\nslice = {s}"
/// One file after another into one store. more: what the profile says of kinds and marks.
static void import_in_turn(const char *identity, const char *header, const char *more,
                           const struct telling *file, size_t n)
{
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *data;
    struct import_report  r;
    const struct profile *p = telling_profile(&sc, dir, identity, more);
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    for (size_t i = 0; i < n; i++) {
        const char *path =
            write_file(&sc, dir, "1.csv", arena_printf(sc.mem, "%s\n%s", header, file[i].rows));
        enum err e = (file[i].is == LIFTED ? import_lifting : import_one)(&sc, st, p, path, &r);
        ok(e == (file[i].is == STOPS ? ERR_INVALID : OK), "file %zu: %s", i, e ? sc.fault.text : "taken");
        if (e)
            ok(strstr(sc.fault.text, file[i].says) && strstr(sc.fault.text, "--lift-protection"),
               "file %zu: %s", i, sc.fault.text);
        else
            ok(!!r.totals.lifted == (file[i].is == LIFTED), "file %zu: %llu lifted", i,
               (unsigned long long)r.totals.lifted);
    }
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Rows without a key: what a file that broke off, or a newer one, took away still holds against an older file, be its rows new or
/// known from then; what was told anew since does not stop the next.
static void test_protection_outlives_half_a_file(void **state)
{
    (void)state;
    static const struct telling files[] = {
        { "m,2024-01-01,0,205,Theft\nm,2024-01-02,1,205,Theft\nm,2024-01-03,0,187,Theft\nm,2024-01-04,0,205,"
          "Theft\n",
          "", TAKEN },
        { "m,2024-01-01,0,205,Theft\nm,2024-01-04,0,205,Theft\n", "", TAKEN }, // it broke off
        { "m,2024-01-01,0,205,Theft\nm,2024-01-02,0,205,Theft\nm,2024-01-03,0,187,Theft\n",
          "from 1 stored incidents of town what protects them: domestic (1)", STOPS },
        { "m,2024-01-02,0,205,Theft\nm,2024-01-03,0,205,Theft\n",
          "domestic (1), a class by code or description (1)", STOPS },
        { "m,2024-01-02,1,187,Theft\nm,2024-01-05,0,205,Theft\n", "", TAKEN }, // told anew, and more
        { "m,2024-01-02,0,187,Theft\n", "domestic (1)", STOPS },
        { "m,2024-01-02,1,187,Theft\nm,2024-01-02,0,205,Theft\n", "",
          TAKEN }, // another beside it: the one that was gone was told anew
        { "m,2024-01-03,0,205,Theft\n", "a class by code or description (1)", STOPS },
        { "m,2024-01-03,0,205,Theft\n", "", LIFTED },
        { "m,2024-01-05,0,205,Theft\n", "", TAKEN },
        { "m,2024-01-03,0,205,Theft\n", "", TAKEN }, // which it was meant to, once and for all
        { "n,2024-01-01,0,205,Theft\n", "", TAKEN },
        { "n,2024-01-01,1,205,Theft\n", "", TAKEN },             // it was corrected
        { "n,2024-01-01,0,205,Theft\n", "domestic (1)", STOPS }, // the file from before is read again
        { "n,2024-01-09,0,205,Theft\n", "", TAKEN },
        { "n,2024-01-01,0,205,Theft\n", "domestic (1)", STOPS },
        { "n,2024-01-01,0,205,Theft\n", "", LIFTED },
        { "n,2024-01-01,0,205,Theft\nn,2024-01-01,0,999,Theft\n", "", TAKEN },
        { "q,2024-02-01,1,205,Theft\nq,2024-02-01,1,206,Theft\n", "", TAKEN },
        { "q,2024-02-01,1,207,Theft\nq,2024-02-01,0,206,Theft\n", "domestic (", STOPS }, // two were, one is
        { "q,2024-02-01,1,207,Theft\n", "", TAKEN },
        { "q,2024-02-01,1,207,Theft\nq,2024-02-01,0,206,Theft\n", "stored incident", STOPS }, // and still
    };
    import_in_turn(KEYLESS, "s,d,dom,law,k", "code = {law} by cz-criminal-code\n" TELLING_ASKS, files,
                   COUNT(files));
}

#define TELLING_KINDS                                                                                        \
    "[categories]\nTheft = theft | 5 ordinary | Theft\nHome = home | 5 home | Home\n"                        \
    "Rape = rape | 3 sexual | Rape\n"

/// So does all of it where the source gives the slice another name, or moves an incident into another.
static void test_protection_outlives_its_slice(void **state)
{
    (void)state;
    static const struct telling keyless[] = {
        { "m,2024-01-01,1,Theft\nm,2024-01-02,0,Theft\n", "", TAKEN },
        { "M,2024-01-01,0,Theft\nM,2024-01-02,0,Theft\n", "domestic (1)", STOPS },
        { "M,2024-01-01,1,Theft\nM,2024-01-02,0,Theft\nM,2024-01-01,0,Home\n", "", TAKEN },
        { "n,2024-01-02,0,Theft\n", "", TAKEN },
        { "n,2024-01-02,0,Theft\nn,2024-01-01,0,Theft\n", "domestic (2)", STOPS }, // a slice that is held
        { "n,2024-01-02,0,Theft\nn,2024-01-01,0,Theft\n", "", LIFTED },
        { "n,2024-01-01,0,Theft\n", "", TAKEN }, // which it was meant to
        { "m,2024-01-02,0,Theft\n", "", TAKEN },
        { "o,2024-01-01,0,Theft\n", "domestic (2)", STOPS }, // one of them was withdrawn
        { "s,2024-05-01,0,Theft\ns,2024-05-02,0,Theft\n", "", TAKEN },
        { "s,2024-05-02,0,Theft\n", "", TAKEN },
        { "t,2024-05-01,1,Theft\n", "", TAKEN }, // it went there, and was found to be domestic
        { "s,2024-05-01,0,Theft\ns,2024-05-02,0,Theft\n", "domestic (1)", STOPS }, // an older file
    };
    static const struct telling keyed[] = {
        { "1,a,2024-01-31,0,Rape\n1,b,2024-01-30,0,Theft\n1,7,2024-01-05,1,Theft\n1,c,2024-01-09,1,Theft\n",
          "", TAKEN },
        { "2,c,2024-01-09,0,Theft\n", "domestic (1)", STOPS },
        { "2,a,2024-01-31,0,Theft\n", "a stricter kind (1)", STOPS }, // no point tells them apart
        // A number that each month counts anew; one that nothing protects; one that still has what does.
        { "2,7,2024-02-05,0,Theft\n2,b,2024-01-30,0,Theft\n2,a,2024-01-31,0,Rape\n", "", TAKEN },
        { "2,7,2024-02-05,0,Theft\n2,c,2024-01-09,0,Theft\n", "domestic (1)", STOPS }, // a slice that is held
        { "2,7,2024-02-05,0,Theft\n2,c,2024-01-09,1,Rape\n", "", TAKEN },
    };
    import_in_turn(KEYLESS, "s,d,dom,k", TELLING_ASKS TELLING_KINDS, keyless, COUNT(keyless));
    import_in_turn(SLICED, "s,id,d,dom,k", TELLING_ASKS TELLING_KINDS, keyed, COUNT(keyed));
}

/// And where the rows of a slice get keys, or lose them.
static void test_a_kind_outlives_its_keys(void **state)
{
    (void)state;
    static const struct telling files[] = {
        { "m,,2024-01-01,Rape\n", "", TAKEN },
        { "m,x,2024-01-01,Theft\n", "a stricter kind (1)", STOPS },
        { "m,x,2024-01-01,Rape\nm,y,2024-01-09,Theft\n", "", TAKEN },
        { "m,,2024-01-01,Theft\nm,,2024-01-09,Theft\n", "a stricter kind (1)", STOPS },
        { "m,z,2024-01-09,Theft\n", "", TAKEN },
        { "m,,2024-01-01,Home\nm,,2024-01-09,Theft\n", "a stricter kind (1)", STOPS }, // gone for a while
        { "m,,2024-01-01,Rape\nm,,2024-01-09,Theft\n", "", TAKEN },
        { "n,x,2024-01-01,Rape\nn,y,2024-01-09,Theft\n", "", TAKEN },
        { "n,,2024-01-01,Theft\nn,y,2024-01-09,Theft\n", "a stricter kind (1)",
          STOPS }, // one row has lost it
        { "n,z,2024-01-01,Theft\nn,y,2024-01-09,Theft\n", "",
          TAKEN }, // by another key it is another incident
    };
    import_in_turn(SLICED, "s,id,d,k", TELLING_KINDS, files, COUNT(files));
}

/// So does a kind, where nothing but time and place says which incident it is.
static void test_a_kind_outlives_half_a_file(void **state)
{
    (void)state;
    static const struct telling files[] = {
        { "m,2024-01-01,Rape\nm,2024-01-02,Home\nm,2024-01-03,Theft\nm,2024-01-04,Theft\n", "", TAKEN },
        { "m,2024-01-01,Theft\nm,2024-01-02,Theft\nm,2024-01-03,Theft\nm,2024-01-04,Theft\n",
          "from 2 stored incidents of town what protects them: a stricter kind (2)", STOPS },
        { "m,2024-01-03,Theft\nm,2024-01-04,Theft\n", "", TAKEN }, // it broke off
        { "m,2024-01-01,Theft\nm,2024-01-02,Theft\nm,2024-01-03,Theft\n", "a stricter kind (2)", STOPS },
        { "m,2024-01-02,Rape\nm,2024-01-03,Theft\n", "",
          TAKEN }, // stricter, and what it was told as now is gone, too
        { "m,2024-01-02,Home\nm,2024-01-03,Theft\n", "a stricter kind (1)", STOPS },
        { "m,2024-01-02,Home\nm,2024-01-02,Rape\nm,2024-01-03,Theft\n", "", TAKEN }, // beside it
        { "m,2024-01-02,Rape\nm,2024-01-02,Theft\nm,2024-01-03,Theft\n", "a stricter kind (1)", STOPS },
        { "m,2024-01-01,Theft\nm,2024-01-02,Theft\n", "a stricter kind (3)", STOPS },
        { "m,2024-01-01,Theft\nm,2024-01-02,Home\nm,2024-01-02,Rape\n", "", LIFTED },
        { "m,2024-01-02,Home\nm,2024-01-02,Rape\n", "", TAKEN },
        { "m,2024-01-01,Theft\nm,2024-01-02,Home\nm,2024-01-02,Rape\n", "",
          TAKEN }, // which it was meant to, once and for all
        { "n,2024-01-01,Rape\n", "", TAKEN },
        { "n,2024-01-09,Theft\n", "", TAKEN },
        { "n,2024-01-01,Home\n", "a stricter kind (1)", STOPS }, // strict, and less so
        { "n,2024-01-01,Rape\nn,2024-01-01,Theft\nn,2024-01-09,Theft\n", "", TAKEN },
        { "p,2024-01-06,Rape\np,2024-01-06,Home\np,2024-01-06,Home\n", "", TAKEN },
        { "p,2024-01-06,Rape\np,2024-01-06,Home\np,2024-01-06,Theft\n", "a stricter kind (1)", STOPS },
        { "p,2024-01-06,Rape\n", "", TAKEN },                    // two are gone
        { "p,2024-01-06,Rape\np,2024-01-06,Home\n", "", TAKEN }, // one is back
        { "p,2024-01-06,Rape\np,2024-01-06,Home\np,2024-01-06,Theft\n", "a stricter kind (1)",
          STOPS }, // and one is not
        { "u,2024-03-01,Rape\nu,2024-03-02,Heard of\n", "", TAKEN },
        { "u,2024-03-01,Heard of\nu,2024-03-02,Heard of\n", "a stricter kind (1)",
          STOPS },                                                     // it may become anything
        { "u,2024-03-01,Rape\nu,2024-03-02,Unheard of\n", "", TAKEN }, // and this is as unknown
        { "u,2024-03-01,Rape\nu,2024-03-01,Heard of\n", "", TAKEN },   // beside it
        { "k,2024-01-05,Unheard of\n", "", TAKEN },
        { "k,2024-01-05,Theft\n", "a stricter kind (1)", STOPS }, // unknown is not harmless
    };
    import_in_turn(KEYLESS, "s,d,k", TELLING_KINDS, files, COUNT(files));
}

/// The words of an outcome are looked up like those of a description, unless the profile names it.
static void test_outcome_words(void **state)
{
    (void)state;
    struct scope                sc = test_scope();
    const char                 *dir = test_dir(&sc), *data;
    struct import_report        r;
    const struct outcome       *o;
    const struct outcome_count *count;
    size_t                      n, n_counts;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store         *st = import_store(&sc, data, S("Europe/Prague"));
    const struct profile *p = telling_profile(
        &sc, dir, "kind = stable\nkey = {id}",
        "outcome = {o}\n[outcomes]\nCustody of a child settled = settled | closed | Settled\n");
    const char *file =
        write_file(&sc, dir, "1.csv",
                   S("id,d,k,o\n1,2024-01-01,A,\"Victim declined, domestic\"\n2,2024-01-02,A,Filed\n"
                     "3,2024-01-03,A,custody of a child settled\n4,2024-01-04,A,Filed\n"
                     "5,2024-01-05,A,ZNÁSILNĚNÍ neprokázáno\n"));
    ok_err(&sc, import_one(&sc, st, p, file, &r), OK);
    ok(classes_of(&sc, st, 1) & sensitivity_bit(SENSITIVITY_DOMESTIC), "%u", classes_of(&sc, st, 1));
    ok_i64(classes_of(&sc, st, 2), 0);
    ok_i64(classes_of(&sc, st, 3), 0); // the profile names it
    ok_i64(classes_of(&sc, st, 5), sensitivity_bit(SENSITIVITY_SEXUAL));
    ok_i64(r.classes[SENSITIVITY_DOMESTIC], 1);
    ok_i64(reason_count(r.note, r.n_notes, "outcome-unknown"), 4);
    ok_err(&sc, store_outcomes(&sc, st, &o, &n), OK);
    ok_i64(n, 4);
    for (size_t i = 0; i < n; i++) ok(o[i].named == str_eq(o[i].key, S("settled")), "%.*s", STR(o[i].key));
    ok_err(&sc, store_outcome_counts(&sc, st, &count, &n_counts), OK);
    ok_i64(n_counts, 3);
    uint64_t filed = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_counts; k++)
            if (count[k].outcome == o[i].id && str_eq(o[i].code, S("Filed"))) filed = count[k].incidents;
    ok_i64(filed, 2);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct raising_word *raising_word(const struct import_report *r, const char *words)
{
    for (size_t i = 0; i < r->n_words; i++)
        for (size_t k = 0; k < r->words[i].raised.n; k++)
            if (str_eq(r->words[i].raised.word[k].words, str_of(words))) return &r->words[i].raised.word[k];
    return NULL;
}

/// Each word that raised the class of rows is told with its class, its column and how often; not one that the kind or the code
/// says as well. What the profile calls harmless is passed over, and only that.
static void test_raising_words(void **state)
{
    (void)state;
    struct scope               sc = test_scope();
    const char                *dir = test_dir(&sc), *data;
    struct import_report       r;
    const struct raising_word *w;
    static const char *const   asks = "detail = {what} at {where}\noutcome = {o}\n%s[categories]\n"
                                      "T = theft | 5 ordinary | Theft\nC = child | 2 child | Child\n";
    const char                *file = write_file(&sc, dir, "1.csv",
                                                 S("id,d,k,what,where,o\n"
                                                                  "1,2024-01-01,T,Kids bike stolen,Elm Street,\n"
                                                                  "2,2024-01-01,T,Bag stolen,\"Child Street, 5\",\n"
                                                                  "3,2024-01-01,T,KIDS' BIKE taken,Elm Street,\n"
                                                                  "4,2024-01-01,C,child struck,Elm Street,\n"
                                                                  "5,2024-01-01,T,\"Kids bike, child hit\",Elm Street,\n"
                                                                  "6,2024-01-01,T,Kid hit and bike taken,Elm Street,\n"
                                                                  "7,2024-01-01,T,Bag,Elm Street,Žáci vyslechnuti\n"
                                                                  "8,2024-01-01,T,Bag at Children's Hospital,Elm Street,\n"));
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store         *st = import_store(&sc, data, S("Europe/Prague"));
    const struct profile *p =
        telling_profile(&sc, dir, "kind = stable\nkey = {id}", arena_printf(sc.mem, asks, "").p);
    ok_err(&sc, import_one(&sc, st, p, file, &r), OK);
    static const struct {
        const char *words, *column;
        uint64_t    rows, line;
    } want[] = { { "Kids", "what", 3, 2 },  { "Kid", "what", 1, 7 },        { "Child", "where", 1, 3 },
                 { "child", "what", 1, 6 }, { "Children's", "what", 1, 9 }, { "Žáci", "o", 1, 8 } };
    for (size_t i = 0; i < COUNT(want); i++) {
        w = raising_word(&r, want[i].words);
        ok(w && str_eq(w->column, str_of(want[i].column)) && w->rows == want[i].rows &&
               w->line == want[i].line && w->classes == sensitivity_bit(SENSITIVITY_CHILD) &&
               str_ends(w->file, S("1.csv")),
           "%s: %llu in %.*s, line %llu", want[i].words, (unsigned long long)(w ? w->rows : 0),
           STR(w ? w->column : S("nothing")), (unsigned long long)(w ? w->line : 0));
    }
    ok_i64(r.n_words, 1);
    ok_i64(r.words[0].raised.n, COUNT(want));
    ok_i64(r.words[0].raised.word[0].rows, 3); // the most frequent first
    p = telling_profile(&sc, dir, "kind = stable\nkey = {id}",
                        arena_printf(sc.mem, asks,
                                     "harmless = kids bike | Child street | children's hospital\n"
                                     "harmless-by = Jana Nov\xC3\xA1kov\xC3\xA1\n")
                            .p);
    ok_err(&sc, import_one(&sc, st, p, file, &r), ERR_INVALID);
    ok(strstr(sc.fault.text, "a class by code or description (4)"), "%s", sc.fault.text);
    ok_err(&sc, import_lifting(&sc, st, p, file, &r), OK);
    ok_i64(r.words[0].raised.spared, 4);
    ok_str(r.words[0].harmless_by, S("Jana Nov\xC3\xA1kov\xC3\xA1"));
    for (int64_t id = 1; id <= 8; id++) {
        bool harmless = id <= 3 || id == 8; // 4 is of its kind as well
        ok_i64(classes_of(&sc, st, id), harmless ? 0 : sensitivity_bit(SENSITIVITY_CHILD));
    }
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A harmless phrase stands in one sentence of one column.
static void test_harmless_phrases_do_not_reach_further(void **state)
{
    (void)state;
    static const struct {
        const char *what, *where;
        bool        harmless;
    } rows[] = {
        { "kids bike", "Elm", true },
        { "kids-bike", "Elm", true },
        { "hit kids; bike taken", "Elm", false },
        { "hit kids. Bike taken", "Elm", false },
        { "kids: bike", "Elm", false },
        { "kids/bike", "Elm", false },
        { "kids  bike", "Elm", true },
        { "KIDS\u2019 bike", "Elm", true },
        { "kid\u2019s bike", "Elm", true },
        { "hit \u2018kids\u2019 bike taken", "Elm", false },
        { "hit kids - bike taken", "Elm", false }, // a dash, as typed
        { "kids -bike", "Elm", false },
        { "kids--bike", "Elm", false },
        { "hit kids \u2014 bike taken", "Elm", false },
        { "kids\u2014bike", "Elm", false },
        { "hit kids\u2014 bike taken", "Elm", false },
        { "hit kids \u2013 bike taken", "Elm", false },
        { "hit kids\u2026 bike taken", "Elm", false },
        { "hit kids \u2026 bike taken", "Elm", false },
        { "hit kids \u00B7 bike taken", "Elm", false },
        { "hit kids \u2022 bike taken", "Elm", false },
        { "hit kids\u00BB bike taken", "Elm", false },
        { "hit kids\u201D bike taken", "Elm", false },
        { "hit kids\u3002 bike taken", "Elm", false },
        { "hit kids\u00A0bike taken", "Elm", false }, // what is no plain blank parts, too
        { "hit kids\u2003bike taken", "Elm", false },
        { "hit kids\u2009 bike taken", "Elm", false },
        { "hit kids\u2028bike taken", "Elm", false },
        { "hit kids\u00AD bike taken", "Elm", false },
        { "hit kids \u200Bbike taken", "Elm", false },
        { "hit kids\u2060 bike taken", "Elm", false },
        { "hit kids \U0001F697 bike taken", "Elm", false },
        { "hit kids \u76D7 bike taken", "Elm", false }, // a word that no key holds
        { "hit kids\u76D7 bike taken", "Elm", false },
        { "hit kids \u2116 bike taken", "Elm", false },
        { "kids", "bike", false },
        { "child", "street", false },
        { "bag", "child street", true },
    };
    struct scope         sc = test_scope();
    const char          *dir = test_dir(&sc), *data;
    struct import_report r;
    struct buf           text;
    buf_init(&text, 4096);
    buf_add(&text, S("id,d,k,what,where\n"));
    for (size_t i = 0; i < COUNT(rows); i++)
        buf_printf(&text, "%zu,2024-01-01,T,%s,%s\n", i + 1, rows[i].what, rows[i].where);
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store         *st = import_store(&sc, data, S("Europe/Prague"));
    const struct profile *p =
        telling_profile(&sc, dir, "kind = stable\nkey = {id}",
                        "detail = {what} {where}\nharmless = kids bike | Child Street\nharmless-by = A B\n"
                        "[categories]\nT = theft | 5 ordinary | Theft\n");
    ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", buf_str(&text)), &r), OK);
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(classes_of(&sc, st, (int64_t)i + 1) == (rows[i].harmless ? 0 : sensitivity_bit(SENSITIVITY_CHILD)),
           "%s, %s", rows[i].what, rows[i].where);
    buf_free(&text);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Nor over the border of two columns that a text joins without anything between, or within the profile's own words; and no word
/// is lost because the next column goes on where it ends.
static void test_columns_are_judged_apart(void **state)
{
    (void)state;
    static const struct {
        const char *detail, *outcome; // of a and b
        const char *a, *b;
        bool        child;
    } cases[] = {
        { "{a}{b}", "", "kids-", "bike", true },
        { "{a}{b}", "", "bag", "kids bike", false },
        { "{a}{b}", "", "kids bike", "bag", false },
        { "{a}{b}", "", "theft", "kids", true }, // not "theftkids"
        { "{a}{b}", "", "kids", "theft", true },
        { "{a} bike {b}", "", "kids", "bag", true },
        { "{a} kids {b}", "", "bag", "bike", true },
        { "kids {a}{b}", "", "bike", "bag", true },
        { "", "{a}{b}", "kids-", "bike", true },
        { "", "{a} {b}", "kids", "bike", true },
        { "", "{a}{b}", "bag", "kids bike", false },
        { "", "{a} - {b}", "kids bike", "bag", false },
        { "", "{a}{b}", "closed", "kids", true },
        { "", "{a}{b}", "closed, kids", "bag", true },
        { "", "{a}{b}", "named", "kids", false }, // the profile names "namedkids"
    };
    struct scope         sc = test_scope();
    const char          *dir = test_dir(&sc), *data;
    struct import_report r;
    for (size_t i = 0; i < COUNT(cases); i++) {
        ok_err(&sc, path_join(&sc, dir, arena_printf(sc.mem, "data%zu", i).p, &data), OK);
        struct store         *st = import_store(&sc, data, S("Europe/Prague"));
        str                   more = arena_printf(sc.mem,
                                                  "%s%s\n%s%s\nharmless = kids bike\nharmless-by = A B\n"
                                                                    "[categories]\nT = theft | 5 ordinary | Theft\n"
                                                                    "[outcomes]\nnamedkids = closed | closed | Closed\n",
                                *cases[i].detail ? "detail = " : "", cases[i].detail,
                                *cases[i].outcome ? "outcome = " : "", cases[i].outcome);
        const struct profile *p = telling_profile(&sc, dir, "kind = stable\nkey = {id}", more.p);
        str rows = arena_printf(sc.mem, "id,d,k,a,b\n1,2024-01-01,T,\"%s\",\"%s\"\n", cases[i].a, cases[i].b);
        ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", rows), &r), OK);
        ok(classes_of(&sc, st, 1) == (cases[i].child ? sensitivity_bit(SENSITIVITY_CHILD) : 0),
           "%zu: %s%s: %s, %s", i, cases[i].detail, cases[i].outcome, cases[i].a, cases[i].b);
        store_close(st);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Names of columns, words of conditions and kinds are the same in each normalization form, in the file as in the profile.
static void test_forms_of_letters(void **state)
{
    (void)state;
    static const char *const profiles[] = {
        // composed, decomposed
        "domestic = {Typ činu} is Сімейний not Інший\n[categories]\nKrádež = theft | 5 ordinary | Theft\n",
        "domestic = {Typ c\u030Cinu} is Сімеи\u0306нии\u0306 not "
        "Іншии\u0306\n[categories]\nKra\u0301dez\u030C = theft | 5 "
        "ordinary | Theft\n"
    };
    static const char *const files[] = {
        "id,d,k,Typ činu\n1,2024-01-01,Krádež,Сімейний\n2,2024-01-02,Krádež,Інший\n",
        "id,d,k,Typ c\u030Cinu\n1,2024-01-01,Kra\u0301dez\u030C,Сімеи\u0306нии\u0306\n"
        "2,2024-01-02,Kra\u0301dez\u030C,Іншии\u0306\n",
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":1,\"d\":\"2024-01-01\",\"k\":"
        "\"Kra\u0301dez\u030C\","
        "\"Typ c\u030Cinu\":\"Сімеи\u0306нии\u0306\"}},"
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":2,\"d\":\"2024-01-02\",\"k\":"
        "\"Krádež\","
        "\"Typ činu\":\"Інший\"}}]}\n",
    };
    struct scope         sc = test_scope();
    const char          *dir = test_dir(&sc), *data;
    struct import_report r;
    for (size_t i = 0; i < COUNT(profiles) * COUNT(files); i++) {
        ok_err(&sc, path_join(&sc, dir, arena_printf(sc.mem, "data%zu", i).p, &data), OK);
        struct store         *st = import_store(&sc, data, S("Europe/Prague"));
        const struct profile *p = telling_profile(&sc, dir, "kind = stable\nkey = {id}", profiles[i % 2]);
        ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.txt", str_of(files[i / 2])), &r), OK);
        ok_i64(r.totals.imported, 2);
        ok_i64(r.n_unknown, 0);
        ok(flags_of(&sc, st, 1) & FLAG_DOMESTIC, "%zu: not domestic", i);
        ok(!(flags_of(&sc, st, 2) & FLAG_DOMESTIC), "%zu: domestic", i);
        store_close(st);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A flag that is marked or blank: which of the two a blank means is asked before all of it becomes domestic.
static void test_blank_marks(void **state)
{
    (void)state;
    static const struct {
        const char *asks, *marks; // one row each; '-': blank
        const char *yes, *no;     // lines that the refusal names; NULL: it is taken
        uint64_t    domestic, blank;
    } files[] = {
        { "{dom} is Y", "YY----------", "domestic = {dom} is Y | blank not false | f | no",
          "domestic = {dom} is Y not false | f | no", 0, 0 },
        { "{dom} is Y not N", "YN----------", "domestic = {dom} is Y | blank not N",
          "domestic = {dom} is Y not N | blank", 0, 0 },
        { "{dom} is Y not N", "YN##########", "domestic = {dom} is Y | blank not N",
          "domestic = {dom} is Y not N | blank", 0, 0 },
        { "{dom} is Y not N | blank", "YN----------", NULL, NULL, 1, 0 },
        { "{dom} is Y | blank not N", "YN----------", NULL, NULL, 11, 0 },
        { "{dom} is Y not N", "YN---------", NULL, NULL, 10, 9 },           // few
        { "{dom} is Y not N", "YNNNNNNNNN----------", NULL, NULL, 11, 10 }, // no more than half
        { "{dom} is not N", "YN----------", NULL, NULL, 11, 0 },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope         sc = test_scope();
        const char          *dir = test_dir(&sc), *data;
        struct import_report r;
        struct store_counts  n;
        struct buf           text;
        buf_init(&text, 1 << 16);
        buf_add(&text, S("id,d,k,dom\n"));
        for (size_t k = 0; files[i].marks[k]; k++) {
            char c = files[i].marks[k];
            buf_printf(&text, "%zu,2024-01-01,A,%s\n", k,
                       c == '-'   ? ""
                       : c == '#' ? "NA"
                       : c == 'Y' ? "Y"
                                  : "N");
        }
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store         *st = import_store(&sc, data, S("Europe/Prague"));
        const struct profile *p =
            telling_profile(&sc, dir, "kind = stable\nkey = {id}",
                            arena_printf(sc.mem, "domestic = %s\n[where]\nblank = NA\n", files[i].asks).p);
        const char *file = write_file(&sc, dir, "1.csv", buf_str(&text));
        ok_err(&sc, import_one(&sc, st, p, file, &r), files[i].no ? ERR_INVALID : OK);
        ok_err(&sc, store_counts_get(&sc, st, &n), OK);
        if (files[i].no) {
            ok(strstr(sc.fault.text, files[i].no) && strstr(sc.fault.text, files[i].yes) &&
                   strstr(sc.fault.text, "10 of 12 rows") && strstr(sc.fault.text, "Nothing was changed"),
               "%zu: %s", i, sc.fault.text);
            ok_i64(n.incidents + n.runs, 0);
        } else {
            uint64_t domestic =
                r.flags[SAYS_DOMESTIC].rows[REPLY_YES] + r.flags[SAYS_DOMESTIC].rows[REPLY_NEITHER];
            ok(domestic == files[i].domestic && r.flags[SAYS_DOMESTIC].blank == files[i].blank,
               "%zu: %llu domestic, %llu blank", i, (unsigned long long)domestic,
               (unsigned long long)r.flags[SAYS_DOMESTIC].blank);
            ok(!files[i].blank || str_eq(r.blank_no[SAYS_DOMESTIC], S("domestic = {dom} is Y not N | blank")),
               "%zu: %.*s", i, STR(r.blank_no[SAYS_DOMESTIC]));
        }
        buf_free(&text);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// What a person confirms of one spelling of one source holds for no other, but for case and white space.
static void test_spellings_are_confirmed_apart(void **state)
{
    (void)state;
    static const struct {
        const char *source, *code;
        bool        same; // as "§ 185 <15" of one
    } rows[] = {
        { "one", "§ 185 <15", true }, { "one", "  §  185 <15 ", true }, { "one", "§ 185 >15", false },
        { "one", "185 <15", false },  { "one", "§ 185/15", false },     { "two", "§ 185 <15", false },
    };
    struct scope           sc = test_scope();
    const char            *dir = test_dir(&sc), *data;
    struct import_report   r;
    const struct category *c;
    size_t                 n, classified = 0;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct profile *p;
        str                   profile = arena_printf(sc.mem,
                                                     "[source]\nkey = %s\nname = T\n[identity]\nkind = stable\nkey = {id}\n"
                                                                       "[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[what]\ncategory = {k}\n",
                                                     rows[i].source);
        str                   row = arena_printf(sc.mem, "id,d,k\n%zu,2024-01-01,%s\n", i, rows[i].code);
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "t.profile", profile), &p), OK);
        for (int again = 0; again < 2; again++)
            ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", row), &r), OK);
        ok_i64(r.totals.unchanged, 1);
        if (i) continue;
        ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
        struct category confirmed = c[0];
        confirmed.sensitivity = SENSITIVITY_ORDINARY;
        confirmed.confirmed_by = S("person Eva");
        ok_err(&sc, store_category_confirm(&sc, st, &confirmed), OK);
    }
    ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
    ok_i64(n, 5);
    for (size_t i = 0; i < n; i++) classified += c[i].sensitivity != SENSITIVITY_UNCLASSIFIED;
    ok_i64(classified, 1);
    // Nor is another source's spelling confirmed by a profile that names the key.
    const struct profile *names;
    ok_err(
        &sc,
        profile_read_file(&sc,
                          write_file(&sc, dir, "t.profile",
                                     S("[source]\nkey = three\nname = T\n[identity]\nkind = stable\nkey = "
                                       "{id}\n[when]\nfrom = {d}\nformat = %Y-%m-%d\n"
                                       "[what]\ncategory = {k}\n[categories]\nX = 185-15 | 3 sexual | X\n")),
                          &names),
        OK);
    ok_err(&sc, import_one(&sc, st, names, write_file(&sc, dir, "1.csv", S("id,d,k\n1,2024-01-01,X\n")), &r),
           OK);
    ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
    ok_i64(n, 6);
    for (size_t i = 0; i < n; i++) {
        bool profiles = str_eq(c[i].key, S("185-15")), persons = str_eq(c[i].confirmed_by, S("person Eva"));
        ok(profiles ? c[i].sensitivity == SENSITIVITY_SEXUAL && !c[i].source
                    : c[i].sensitivity == (persons ? SENSITIVITY_ORDINARY : SENSITIVITY_UNCLASSIFIED),
           "%.*s", STR(c[i].key));
        ok(profiles || str_starts(c[i].key, S("185-15-")), "%.*s", STR(c[i].key));
    }
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A profile that tells less of a kind than it, or another one, said before does not loosen it: that is said, and a person may.
static void test_profiles_do_not_loosen(void **state)
{
    (void)state;
    static const char *const classes[] = { "sexual", "street", "street" };
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc), *data;
    struct import_report     r;
    const struct category   *c;
    size_t                   n;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    for (size_t i = 0; i < COUNT(classes); i++) {
        const struct profile *p;
        str                   profile =
            arena_printf(sc.mem,
                         "[source]\nkey = t\nname = T\n[identity]\nkind = stable\nkey = {id}\n"
                         "[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[what]\ncategory = {k}\ndomestic = none\n"
                         "[categories]\nT1 = violence | 3 %s | Violence\n",
                         classes[i]);
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "t.profile", profile), &p), OK);
        ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
        if (i == 2) {
            struct category said = c[0];
            said.sensitivity = SENSITIVITY_STREET, said.confirmed_by = S("person Eva");
            ok_err(&sc, store_category_confirm(&sc, st, &said), OK);
        }
        str rows = arena_printf(sc.mem, "id,d,k\n%zu,2024-01-01,T1\n", i);
        ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", rows), &r), OK);
        ok_i64(reason_count(r.note, r.n_notes, "class-stricter"), i == 1);
        ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
        ok_i64(c[0].sensitivity, i < 2 ? SENSITIVITY_SEXUAL : SENSITIVITY_STREET);
    }
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A kind that nobody has classified, of one source, and one that another's profile names by the same key: two kinds, whichever comes first.
static void test_profiles_name_no_other_kind(void **state)
{
    (void)state;
    static const char *const profiles[] = { "domestic = none\n",
                                            "domestic = none\n[categories]\nP = thing | 8 street | Thing\n" };
    for (int order = 0; order < 2; order++) {
        struct scope           sc = test_scope();
        const char            *dir = test_dir(&sc), *data;
        struct import_report   r;
        const struct category *c;
        size_t                 n, open = 0, named = 0;
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        for (int turn = 0; turn < 4; turn++) {
            int                   which = (turn + order) % 2;
            const struct profile *p;
            str                   profile =
                arena_printf(sc.mem,
                             "[source]\nkey = s%d\nname = T\n[identity]\nkind = stable\nkey = {id}\n"
                             "[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[what]\ncategory = {k}\n%s",
                             which, profiles[which]);
            ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "t.profile", profile), &p), OK);
            str rows = arena_printf(sc.mem, "id,d,k\n1,2024-01-01,%s\n", which ? "P" : "Thing");
            ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", rows), &r), OK);
        }
        ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
        for (size_t i = 0; i < n; i++) {
            named += str_eq(c[i].key, S("thing")) && c[i].sensitivity == SENSITIVITY_STREET && !c[i].source;
            open += str_starts(c[i].key, S("thing-")) && c[i].sensitivity == SENSITIVITY_UNCLASSIFIED &&
                    c[i].source;
        }
        ok(n == 2 && named == 1 && open == 1, "order %d: %zu, %zu, %zu", order, n, named, open);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

/// The plain form reads free text under the names that people give it. What the words of an outcome gave an incident is no sign that
/// the source has such a column; that one of its files had it is.
static void test_plain_form_reads_text(void **state)
{
    (void)state;
    static const char *const names[] = { "description", "details", "note", "notes", "narrative" };
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc), *data;
    struct import_report     r;
    for (size_t i = 0; i < COUNT(names); i++) {
        ok_err(&sc, path_join(&sc, dir, names[i], &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        const char   *first = write_file(&sc, dir, "1.csv",
                                         S("id,date,category,outcome\n1,2024-01-01,A,partner charged\n")),
                   *bare = write_file(&sc, dir, "2.csv", S("id,date,category\n2,2024-01-01,A\n")),
                   *more = write_file(&sc, dir, "3.csv", S("id,date,category\n5,2024-01-01,A\n"));
        str rows =
            arena_printf(sc.mem, "id,date,category,%s\n3,2024-01-01,A,rape\n4,2024-01-01,A,\n", names[i]);
        ok_err(&sc, import_one(&sc, st, NULL, first, &r), OK);
        ok(classes_of(&sc, st, 1) & sensitivity_bit(SENSITIVITY_DOMESTIC), "%s: the outcome is not heard",
           names[i]);
        ok_err(&sc, import_one(&sc, st, NULL, bare, &r), OK);
        ok_err(&sc, import_one(&sc, st, NULL, write_file(&sc, dir, "t.csv", rows), &r), OK);
        ok_i64(classes_of(&sc, st, 3), sensitivity_bit(SENSITIVITY_SEXUAL));
        ok_i64(classes_of(&sc, st, 4), 0);
        ok_err(&sc, import_one(&sc, st, NULL, more, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, "their code or description"), "%s", sc.fault.text);
        ok_err(&sc, import_lifting(&sc, st, NULL, more, &r), OK);
        store_close(st);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Names as long as laws write them: two that differ only at their end are two kinds.
static void test_long_names(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    const char            *dir = test_dir(&sc), *data;
    struct import_report   r;
    const struct category *c;
    size_t                 n;
    char                   name[361];
    for (size_t i = 0; i + 1 < sizeof name; i += 2) memcpy(name + i, i % 20 ? "щ" : " x", 2);
    name[sizeof name - 1] = 0;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Kyiv"));
    str           rows =
        arena_printf(sc.mem, "id,date,category\n1,2024-01-01,%s один\n2,2024-01-01,%s два\n", name, name);
    ok_err(&sc, import_one(&sc, st, NULL, write_file(&sc, dir, "1.csv", rows), &r), OK);
    ok_err(&sc, store_categories(&sc, st, &c, &n), OK);
    ok_i64(n, 2);
    ok(str_ends(c[0].code, S("один")) && str_ends(c[1].code, S("два")), "%.*s", STR(c[0].code));
    ok(c[0].key.n < KEY_MAX_BYTES && !str_eq(c[0].key, c[1].key), "%.*s", STR(c[0].key));
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_slices),
    cmocka_unit_test(test_two_files_of_a_slice),
    cmocka_unit_test(test_types),
    cmocka_unit_test(test_dirt),
    cmocka_unit_test(test_refused_rows_end),
    cmocka_unit_test(test_dry_run),
    cmocka_unit_test(test_all_or_nothing),
    cmocka_unit_test(test_given_up),
    cmocka_unit_test(test_recognition),
    cmocka_unit_test(test_folder_and_archive),
    cmocka_unit_test(test_source_identity_is_kept),
    cmocka_unit_test(test_strangers),
    cmocka_unit_test(test_old_rejects_go),
    cmocka_unit_test(test_too_many_categories),
    cmocka_unit_test(test_geocode),
    cmocka_unit_test(test_codes),
    cmocka_unit_test(test_untold_keeps_what_protects),
    cmocka_unit_test(test_half_a_file),
    cmocka_unit_test(test_new_ones_tell),
    cmocka_unit_test(test_new_ones_tell_codes),
    cmocka_unit_test(test_rows_of_one_key),
    cmocka_unit_test(test_records_outlive_their_kinds),
    cmocka_unit_test(test_words_that_would_not_be_found),
    cmocka_unit_test(test_numbers_given_anew_are_no_key),
    cmocka_unit_test(test_protection_is_lifted_on_demand),
    cmocka_unit_test(test_a_kind_outlives_half_a_file),
    cmocka_unit_test(test_protection_is_lifted_by_key),
    cmocka_unit_test(test_lists_are_read_as_written),
    cmocka_unit_test(test_lists_to_lift_by),
    cmocka_unit_test(test_protection_outlives_half_a_file),
    cmocka_unit_test(test_protection_outlives_its_slice),
    cmocka_unit_test(test_a_kind_outlives_its_keys),
    cmocka_unit_test(test_outcome_words),
    cmocka_unit_test(test_raising_words),
    cmocka_unit_test(test_harmless_phrases_do_not_reach_further),
    cmocka_unit_test(test_columns_are_judged_apart),
    cmocka_unit_test(test_forms_of_letters),
    cmocka_unit_test(test_blank_marks),
    cmocka_unit_test(test_spellings_are_confirmed_apart),
    cmocka_unit_test(test_profiles_do_not_loosen),
    cmocka_unit_test(test_profiles_name_no_other_kind),
    cmocka_unit_test(test_plain_form_reads_text),
    cmocka_unit_test(test_long_names),
};
TEST_MAIN(tests)
