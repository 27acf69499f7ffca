// SPDX-License-Identifier: EUPL-1.2
// Small files that went wrong for people who do this job: what the importer must make of them. The inputs are those of the
// shared folder field/ (its README.md has the table), and the same bytes stand here for machines that lack it.
#include "import.h"

#include "geo/polygon.h"
#include "import/areas.h"

struct bench {
    struct scope  sc;
    const char   *dir;
    struct store *st;
};

static void bench_open(struct bench *b)
{
    const char *data;
    b->sc = test_scope();
    b->dir = test_dir(&b->sc);
    ok_err(&b->sc, path_join(&b->sc, b->dir, "data", &data), OK);
    b->st = import_store(&b->sc, data, S("Europe/Prague"));
}

static void bench_close(struct bench *b)
{
    store_close(b->st);
    test_dir_end(&b->sc, b->dir);
    test_scope_end(&b->sc);
}

/// Path of an input of this text; the shared file of that name, where it is, must say the same.
static const char *input(struct bench *b, const char *name, const char *text)
{
    str bytes;
    if (test_shared()) {
        str path = arena_printf(b->sc.mem, "%s/field/%s", test_shared(), name);
        if (!access(path.p, R_OK)) {
            ok_err(&b->sc, file_read(&b->sc, path.p, 1 << 16, &bytes), OK);
            ok_str(bytes, str_of(text));
        }
    }
    return write_file(&b->sc, b->dir, name, str_of(text));
}

static const struct profile *profile(struct bench *b, const char *name, const char *text)
{
    const struct profile *p;
    ok_err(&b->sc, profile_read_file(&b->sc, input(b, name, text), &p), OK);
    return p;
}

static struct import_report take(struct bench *b, const struct profile *p, const char *path)
{
    struct import_report r;
    ok_err(&b->sc, import_one(&b->sc, b->st, p, path, &r), OK);
    check_sums(&r);
    return r;
}

/// How many live incidents carry a flag, and how many there are.
static void ok_store(struct bench *b, uint32_t flag, size_t with, size_t all)
{
    AUTO(store_incidents_closep) struct incident_cursor *c = NULL;
    struct incident                                      i;
    size_t                                               n = 0, carry = 0;
    ok_err(&b->sc, store_incidents_open(&b->sc, b->st, &c), OK);
    store_incidents_range(c, 1, INT64_MAX);
    for (; store_incidents_next(c, &i); n++) carry += (i.flags & flag) != 0;
    ok(n == all && carry == with, "%zu of %zu carry the flag; wanted %zu of %zu", carry, n, with, all);
}

static uint64_t says(const struct import_report *r, enum flag f, enum reply a)
{
    return r->flags[f].rows[a];
}

static const char domestic_profile[] =
    "[source]\nkey = town\nname = Town\n[identity]\nkind = stable\nkey = {id}\n"
    "[when]\nfrom = {date}\nformat = %Y-%m-%d %H:%M\n"
    "[where]\nlon = {lon}\nlat = {lat}\n"
    "[what]\ncategory = {category}\ndomestic = {Domestic} is true\n";
#define ROWS(a, b)                                                                                           \
    "A1,2026-01-05 10:00,assault,14.4210,50.0870," a "\nA2,2026-01-05 11:00,assault,14.4310,50.0870," b "\n"
#define DOMESTIC_CSV "id,date,category,lon,lat,Domestic\n"
#define RENAMED_CSV "id,date,category,lon,lat,Domestic Flag\n"

// A renamed header: the profile reads a column that the file lacks, and whether it was domestic hangs on it.
static void test_renamed(void **state)
{
    (void)state;
    struct bench         b;
    struct import_report r;
    struct hash128       before, after;
    bench_open(&b);
    const struct profile *p = profile(&b, "domestic.profile", domestic_profile);
    r = take(&b, p, input(&b, "domestic.csv", DOMESTIC_CSV ROWS("true", "false")));
    ok_i64(says(&r, SAYS_DOMESTIC, REPLY_YES), 1);
    ok_i64(says(&r, SAYS_DOMESTIC, REPLY_NO), 1);
    ok_i64(says(&r, SAYS_ARREST, REPLY_NOT_TOLD), 2);
    ok_store(&b, FLAG_DOMESTIC, 1, 2);
    ok_err(&b.sc, store_digest(&b.sc, b.st, &before), OK);
    const char *renamed = input(&b, "domestic-renamed.csv", RENAMED_CSV ROWS("true", "false"));
    ok_err(&b.sc, import_one(&b.sc, b.st, p, renamed, &r), ERR_INVALID);
    static const char *const parts[] = { "domestic-renamed.csv", "\"Domestic\"", "whether it was domestic",
                                         "is \"Domestic Flag\" meant?", "{Domestic : optional}" };
    for (size_t i = 0; i < COUNT(parts); i++)
        ok(str_has(str_of(b.sc.fault.text), str_of(parts[i])), "no %s in: %s", parts[i], b.sc.fault.text);
    // Nor in a run with files that are as they should be: a source is taken whole or not at all.
    const char *both[] = { write_file(&b.sc, b.dir, "more.csv", S(DOMESTIC_CSV ROWS("false", "false"))),
                           renamed };
    ok_err(&b.sc, import_all(&b.sc, b.st, p, false, both, 2, &r), ERR_INVALID);
    ok_err(&b.sc, store_digest(&b.sc, b.st, &after), OK);
    ok(before.hi == after.hi && before.lo == after.lo, "the refused file has changed the store");
    ok_store(&b, FLAG_DOMESTIC, 1, 2);
    bench_close(&b);
}

// A mapping without a line for it, and the column is there: what the newcomer of the field did.
static void test_nobody_asks(void **state)
{
    (void)state;
    struct bench              b;
    struct import_report      r;
    AUTO(buf_free) struct buf out;
    struct json               j;
    bench_open(&b);
    static const char mapping[] = "[source]\nkey = town\nname = Town\n[identity]\nkind = stable\nkey = {id}\n"
                                  "[when]\nfrom = {date}\nformat = %Y-%m-%d\n[what]\ncategory = {category}\n";
    static const char rows[] = "id,date,category,Дом. насильство,Weapon\nA1,2026-01-05,assault,так,\n";
    const char           *file = write_file(&b.sc, b.dir, "register.csv", str_of(rows));
    str                   bare = str_of(mapping);
    const struct profile *p;
    ok_err(&b.sc, profile_read_file(&b.sc, write_file(&b.sc, b.dir, "bare.profile", bare), &p), OK);
    ok_err(&b.sc, import_one(&b.sc, b.st, p, file, &r), ERR_INVALID);
    ok(strstr(b.sc.fault.text, "register.csv") && strstr(b.sc.fault.text, "unread = Дом. насильство"), "%s",
       b.sc.fault.text);
    ok_store(&b, FLAG_DOMESTIC, 0, 0);
    // Who has looked says so; the report tells that the profile does not ask, and what nothing reads.
    str looked = arena_printf(b.sc.mem, "%sunread = Дом. насильство\n", mapping);
    ok_err(&b.sc, profile_read_file(&b.sc, write_file(&b.sc, b.dir, "looked.profile", looked), &p), OK);
    r = take(&b, p, file);
    ok_i64(r.flags[SAYS_DOMESTIC].unasked, 1);
    ok_i64(r.file[0].unread.n, 2);
    ok_str(r.file[0].unread.column[0], S("Дом. насильство"));
    ok_str(r.file[0].unread.column[1], S("Weapon"));
    buf_init(&out, 1 << 16);
    j = json_on(&out);
    import_report_json(&r, &j);
    ok(str_has(buf_str(&out), S("\"unread\":[\"Дом. насильство\",\"Weapon\"],\"unread_more\":0")), "%.*s",
       STR(buf_str(&out)));
    // "none" is an answer: nobody has forgotten to ask.
    str none = arena_printf(b.sc.mem, "%.*sdomestic = none\n", STR(looked));
    ok_err(&b.sc, profile_read_file(&b.sc, write_file(&b.sc, b.dir, "none.profile", none), &p), OK);
    r = take(&b, p, file);
    ok_i64(r.flags[SAYS_DOMESTIC].unasked, 0);
    ok_i64(says(&r, SAYS_DOMESTIC, REPLY_NOT_TOLD), 1);
    bench_close(&b);
}

// Another word for yes than the profile knows: taken as domestic, told with its count.
static void test_other_words(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct profile *p = profile(&b, "domestic.profile", domestic_profile);
    struct import_report  r =
        take(&b, p,
             write_file(&b.sc, b.dir, "ano.csv",
                        S(DOMESTIC_CSV ROWS("Ano", "") "A3,2026-01-05 10:00,theft,,,Ne\n")));
    const struct flag_count *f = &r.flags[SAYS_DOMESTIC];
    ok_i64(f->rows[REPLY_NEITHER], 2);
    ok_i64(f->rows[REPLY_NO], 1);
    ok_i64(f->n_odd, 2);
    ok_str(((str){ f->odd[0].text, f->odd[0].n }), S("Ano"));
    ok_str(((str){ f->odd[1].text, f->odd[1].n }), S(""));
    ok_store(&b, FLAG_DOMESTIC, 2, 3);
    struct buf  out;
    struct json j;
    buf_init(&out, 1 << 16);
    j = json_on(&out);
    import_report_json(&r, &j);
    ok(str_has(buf_str(&out),
               S("\"domestic\":{\"not_told\":0,\"no\":1,\"yes\":0,\"unknown\":2,\"values\":["
                 "{\"value\":\"Ano\",\"rows\":1},{\"value\":\"\",\"rows\":1}],\"blank\":1,\"not_asked\":0}")),
       "%.*s", STR(buf_str(&out)));
    buf_free(&out);
    bench_close(&b);
}

// More different values than are listed: the others are counted, and protect like those.
static void test_many_words(void **state)
{
    (void)state;
    struct bench b;
    struct buf   text;
    bench_open(&b);
    const struct profile *p = profile(&b, "domestic.profile", domestic_profile);
    buf_init(&text, 1 << 16);
    buf_add(&text, S(DOMESTIC_CSV));
    for (int i = 0; i < 2 * ODD_VALUES; i++)
        buf_printf(&text, "B%d,2026-01-05 10:00,theft,,,word %d\n", i, i);
    struct import_report r = take(&b, p, write_file(&b.sc, b.dir, "many.csv", buf_str(&text)));
    ok_i64(r.flags[SAYS_DOMESTIC].n_odd, ODD_VALUES);
    ok_i64(r.flags[SAYS_DOMESTIC].odd_more, ODD_VALUES);
    ok_store(&b, FLAG_DOMESTIC, 2 * ODD_VALUES, 2 * ODD_VALUES);
    buf_free(&text);
    bench_close(&b);
}

// The plain form needs no more than id, date and category. What it does not say is told, and is no "no".
static void test_plain_form(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    struct import_report r =
        take(&b, NULL, write_file(&b.sc, b.dir, "plain.csv", S("id,date,category\n1,2026-01-05,theft\n")));
    for (int i = 0; i < FLAGS; i++) ok_i64(says(&r, (enum flag)i, REPLY_NOT_TOLD), 1);
    ok(r.file[0].n_missing > 5, "%zu columns are missing", r.file[0].n_missing);
    for (size_t i = 0; i < r.file[0].n_missing; i++) ok(r.file[0].missing[i].optional, "not optional");
    r = take(
        &b, NULL,
        write_file(&b.sc, b.dir, "more.csv",
                   S("id,date,category,domestic,arrest\n2,2026-01-05,theft,,\n3,2026-01-05,theft,no,\n")));
    ok_i64(says(&r, SAYS_DOMESTIC, REPLY_NEITHER), 1);
    ok_i64(says(&r, SAYS_ARREST, REPLY_NO), 2);
    ok_store(&b, FLAG_DOMESTIC, 1, 3);
    bench_close(&b);
}

// A quote that nobody closed takes the rows behind it into its field, up to the next one: told, and none is lost.
static void test_swallowed_rows(void **state)
{
    (void)state;
#define TEXT_HEAD "id,date,category,description\n"
    static const struct {
        const char *rows;
        uint64_t    imported, rejected;
    } files[] = {
        { "1,2026-01-05,theft,\"bike\n2,2026-01-05,theft,x\n3,2026-01-05,theft,\"\n4,2026-01-05,theft,y\n", 1,
          1 },
        { "1,2026-01-05,theft,\"bike\r\n2,2026-01-05,theft,x\r\n3,2026-01-05,theft,\"\r\n", 0, 1 },
        { "1,2026-01-05,\"theft,bike\n2,2026-01-05,theft,x\n3,2026-01-05,theft\",x\n4,2026-01-05,theft,y\n",
          1, 1 },
        { "1,2026-01-05,theft,\"bike\r2,2026-01-05,theft,x\r3,2026-01-05,theft,\"\r4,2026-01-05,theft,y\r", 1,
          1 },
        // Texts of several lines, also such as look a little like rows.
        { "1,2026-01-05,theft,\"bike\nred, old, torn, found\n\"\n2,2026-01-05,theft,\"a\n\nb, 2026-01-05\"\n",
          2, 0 },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct bench b;
        str          rejects;
        bench_open(&b);
        str                  text = arena_printf(b.sc.mem, TEXT_HEAD "%s", files[i].rows);
        struct import_report r = take(&b, NULL, write_file(&b.sc, b.dir, "q.csv", text));
        ok_i64(r.totals.imported, files[i].imported);
        ok_i64(r.totals.rejected, files[i].rejected);
        if (files[i].rejected) {
            ok_err(&b.sc, file_read(&b.sc, r.run[0].rejects.p, 1 << 16, &rejects), OK);
            ok(str_has(rejects, S("quotes")) && str_has(rejects, S("2,2026-01-05,theft,x")), "%.*s",
               STR(rejects));
        }
        bench_close(&b);
    }
}

// Cells that a spreadsheet would run: guarded in the file of rejected rows, and taken back as they were.
static void test_formulas(void **state)
{
    (void)state;
    struct bench b;
    str          rejects;
    bench_open(&b);
    struct import_report r = take(&b, NULL,
                                  write_file(&b.sc, b.dir, "f.csv",
                                             S("id,date,category,place\n"
                                               "=cmd(),never,theft,x\n"
                                               "2,2026-01-05,theft,'=1+1\n"
                                               "3,2026-01-05,theft,'tis here\n"
                                               "4,\x1B[2Jnever,theft,\"a\nb\"\n")));
    ok_err(&b.sc, file_read(&b.sc, r.run[0].rejects.p, 1 << 16, &rejects), OK);
    ok(str_has(rejects, S(",\"'=cmd(),never,theft,x\"\r\n")), "not guarded:\n%.*s", STR(rejects));
    ok(str_has(rejects, S("\"4,\\u{1b}[2Jnever,theft,\"\"a\nb\"\"\"\r\n")), "not escaped:\n%.*s",
       STR(rejects));
    AUTO(store_incidents_closep) struct incident_cursor *c = NULL;
    struct incident                                      i;
    ok_err(&b.sc, store_incidents_open(&b.sc, b.st, &c), OK);
    store_incidents_range(c, 1, INT64_MAX);
    static const char *const places[] = { "=1+1", "'tis here" };
    for (size_t k = 0; k < COUNT(places); k++) {
        ok(store_incidents_next(c, &i) && store_incidents_texts(c, &i), "no incident %zu", k);
        ok_str(i.place, str_of(places[k]));
    }
    store_incidents_closep(&c);
    bench_close(&b);
}

#define POLICE_HEADER                                                                                        \
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"    \
    "Last outcome category,Context\n"
#define POLICE_ROW(id, lon, kind, outcome)                                                                   \
    id ",2026-01,Town Police,Town Police," lon ",52.95,On or near Mill Road,E01000001,Town 001A," kind       \
       "," outcome ",\n"

static void ok_came(const struct import_report *r, uint64_t imported, uint64_t revised, uint64_t stayed,
                    uint64_t withdrawn)
{
    const struct run_totals *t = &r->totals;
    ok(t->imported == imported && t->revised == revised && t->stayed == stayed && t->withdrawn == withdrawn,
       "%llu imported, %llu revised, %llu stay, %llu withdrawn", (unsigned long long)t->imported,
       (unsigned long long)t->revised, (unsigned long long)t->stayed, (unsigned long long)t->withdrawn);
}

// A download broke off: what its rows do not tell may stand in the row that cannot be read, or behind it.
static void test_cut(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char          *full = input(&b, "slice-full.csv",
                                      POLICE_HEADER POLICE_ROW("aaaa1", "-1.15", "Burglary", "Under investigation")
                                          POLICE_ROW("aaaa2", "-1.16", "Burglary", "Under investigation")
                                              POLICE_ROW("aaaa3", "-1.17", "Burglary", "Under investigation"));
    const char          *cut = input(&b, "slice-cut.csv",
                                     POLICE_HEADER POLICE_ROW("aaaa1", "-1.15", "Burglary", "Under investigation") //
                                     "aaaa2,2026-01,Town Police,Town Police,-1");
    struct import_report r = take(&b, NULL, full);
    ok_came(&r, 3, 0, 0, 0);
    r = take(&b, NULL, cut);
    ok_i64(r.totals.rejected, 1);
    ok_came(&r, 0, 0, 2, 0);
    ok_store(&b, 0, 0, 3);
    const char *short_one =
        write_file(&b.sc, b.dir, "2026-01-short.csv",
                   S(POLICE_HEADER POLICE_ROW("aaaa1", "-1.15", "Burglary", "Under investigation")));
    r = take(&b, NULL, short_one); // a whole file of one row withdraws
    ok_came(&r, 0, 0, 0, 2);
    ok_store(&b, 0, 0, 1);
    bench_close(&b);
}

// Rows without a key in such a file: what is of the time and place of one that is there, is that, and does not stand beside it.
static void test_cut_without_keys(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char          *full = write_file(&b.sc, b.dir, "full.csv",
                                           S(POLICE_HEADER POLICE_ROW("", "-1.15", "Burglary", "Under investigation")
                                                 POLICE_ROW("", "-1.15", "Other theft", "Under investigation")
                                                     POLICE_ROW("", "-1.17", "Burglary", "Under investigation")));
    const char          *cut = write_file(&b.sc, b.dir, "cut.csv",
                                          S(POLICE_HEADER POLICE_ROW("", "-1.15", "Burglary", "Local resolution")
                                                POLICE_ROW("", "-1.18", "Drugs", "Local resolution") ",2026-01,Town"));
    struct import_report r = take(&b, NULL, full);
    ok_came(&r, 3, 0, 0, 0);
    r = take(&b, NULL, cut);
    ok_came(&r, 1, 1, 2, 0);
    ok_store(&b, 0, 0, 4);
    r = take(&b, NULL, full); // a whole one takes its place
    ok_came(&r, 1, 0, 0, 2);
    ok_store(&b, 0, 0, 3);
    bench_close(&b);
}

// A rejected row whose month cannot be read may be of any of its file, and of no other file.
static void test_cut_months(void **state)
{
    (void)state;
    static const char text[] = "[source]\nkey = town\nname = Town\n[identity]\nkind = slice\nkey = {id}\n"
                               "slice = {month}\n[when]\nfrom = {date}\nformat = %Y-%m-%d\n"
                               "[where]\nlon = {lon}\nlat = {lat}\nextent = 14 49 15 51\n"
                               "[what]\ncategory = {category}\ndomestic = none\n";
#define MONTH_ROW(id, month, day) id "," month "," month "-" day ",theft,14.42,50.08\n"
#define MONTHS "id,month,date,category,lon,lat\n"
    struct bench b;
    bench_open(&b);
    const struct profile *p = profile(&b, "months.profile", text);
    const char           *both = write_file(&b.sc, b.dir, "both.csv",
                                            S(MONTHS MONTH_ROW("1", "2026-01", "02") MONTH_ROW("2", "2026-01", "03")
                                                  MONTH_ROW("1", "2026-02", "02") MONTH_ROW("2", "2026-02", "03")
                                                      MONTH_ROW("1", "2026-03", "02") MONTH_ROW("2", "2026-03", "03")));
    const char           *january = write_file(
                  &b.sc, b.dir, "january.csv",
                  S(MONTHS MONTH_ROW("1", "2026-01",
                                     "02") "x,2026-01,2026-01-44,theft,14.42,50.08\n" MONTH_ROW("1", "2026-02", "02")));
    const char *blank =
        write_file(&b.sc, b.dir, "blank.csv",
                   S(MONTHS MONTH_ROW("1", "2026-01", "02") ",,,,,\n" MONTH_ROW("1", "2026-02",
                                                                                "02") "x,,x,x,,\n"));
    const char *march = write_file(&b.sc, b.dir, "march.csv", S(MONTHS MONTH_ROW("1", "2026-03", "02")));
    struct import_report r = take(&b, p, both);
    ok_came(&r, 6, 0, 0, 0);
    r = take(&b, p, january); // of January it is known, and February is whole
    ok_came(&r, 0, 0, 1, 1);
    r = take(&b, p, both);
    ok_came(&r, 0, 1, 0, 0);
    const char *two[] = { blank, march };
    ok_err(&b.sc, import_all(&b.sc, b.st, p, false, two, 2, &r), OK);
    ok_came(&r, 0, 0, 2, 1);
    bench_close(&b);
}

// A key that a file tells twice in different ways is settled within the file, by its last row: the same file again changes nothing.
static void test_same_key_twice(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char *path = input(&b, "same-id-twice.csv",
                             "id,date,category,lon,lat\nA1,2026-01-05,theft,14.4210,50.0870\n"
                             "A1,2026-01-05,theft,14.4215,50.0872\n");
    for (int run = 0; run < 3; run++) {
        struct import_report r = take(&b, NULL, path);
        struct store_counts  n;
        ok_came(&r, run == 0, 0, 0, 0);
        ok_i64(r.totals.several, 1);
        ok_err(&b.sc, store_counts_get(&b.sc, b.st, &n), OK);
        ok(n.incidents == 1 && !n.revisions, "%llu incidents, %llu revisions",
           (unsigned long long)n.incidents, (unsigned long long)n.revisions);
    }
    bench_close(&b);
}

// Ids that a spreadsheet has rounded, that several incidents have, or that say that there is none.
static void test_no_keys(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const char          *rounded = input(&b, "key-scientific.csv",
                                         "id,date,category,lon,lat\n2.02601E+11,2026-01-05,theft,14.42,50.08\n"
                                                  "2.02601E+11,2026-01-06,fire,14.43,50.09\n"
                                                  "2.02601E+11,2026-01-07,robbery,14.45,50.09\n");
    struct import_report r = take(&b, NULL, rounded);
    ok_i64(reason_count(r.reason, r.n_reasons, "id-rounded"), 3);
    ok_i64(r.totals.rejected, 3);
    const char *none =
        write_file(&b.sc, b.dir, "none.csv",
                   S("id,date,category,lon,lat\nNULL,2026-01-05,theft,14.42,50.08\n"
                     "n/a,2026-01-06,fire,14.43,50.09\nNA,2026-01-06,fire,14.43,50.09\n"
                     "-,2026-01-06,fire,14.43,50.09\n\xE2\x80\x93,2026-01-06,fire,14.43,50.09\n"
                     "N-1,2026-01-06,fire,14.43,50.09\n1.5,2026-01-06,fire,14.43,50.09\n"));
    r = take(&b, NULL, none);
    ok_i64(reason_count(r.reason, r.n_reasons, "id-missing"), 5);
    ok_came(&r, 2, 0, 0, 0);
    const char *mixed = write_file(&b.sc, b.dir, "mixed.csv",
                                   S("id,date,category,lon,lat\n7,2026-01-05,theft,14.42,50.08\n"
                                     "7,2026-01-06,fire,14.43,50.09\n8,2026-01-05,theft,14.42,50.08\n"
                                     "8,2026-01-06,theft,14.42,50.08\n"));
    r = take(&b, NULL, mixed);
    ok(r.totals.several == 2 && r.totals.mixed == 1, "%llu several, %llu mixed",
       (unsigned long long)r.totals.several, (unsigned long long)r.totals.mixed);
    bench_close(&b);
}

#define AREAS(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}\n"
#define AREA_A(coordinates)                                                                                  \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"A\",\"name\":\"Old town\"},\"geometry\":{\"type\":"    \
    "\"Polygon\",\"coordinates\":[[" coordinates "]]}}"
#define OLD_TOWN AREA_A("[14.4,50.0],[14.5,50.0],[14.5,50.1],[14.4,50.1],[14.4,50.0]")

/// Of the set "q": its one area, or that there is none.
static bool old_town_has(struct bench *b, double lon, double lat)
{
    const struct area_set *set;
    const struct area     *area;
    size_t                 n;
    ok_err(&b->sc, store_area_sets(&b->sc, b->st, &set, &n), OK);
    ok(n == 1 && set[0].n == 1, "one set of one area");
    ok_err(&b->sc, store_areas(&b->sc, b->st, set[0].id, &area, &n), OK);
    struct ring_set rings = { area[0].point, area[0].n_points, area[0].ring_end, area[0].n_rings };
    return polygon_has(&rings, mercator_of(lon, lat));
}

// An area that stands twice is there once, and a file that cannot be of the town leaves the set as it was.
static void test_areas(void **state)
{
    (void)state;
    struct bench        b;
    struct areas_report r;
    bench_open(&b);
    struct areas_options o = { .set = S("q"), .id = S("code"), .name = S("name") };
    const char          *good = input(&b, "areas-good.geojson", AREAS(OLD_TOWN)),
               *twice = input(&b, "areas-twice.geojson", AREAS(OLD_TOWN "," OLD_TOWN)),
               *metres = input(&b, "areas-metres-nocrs.geojson",
                               AREAS(AREA_A("[331928.5,442595.9],[332291.2,442550.7],[332300.0,442900.0],"
                                            "[331928.5,442595.9]"))),
               *swapped = write_file(&b.sc, b.dir, "swapped.geojson",
                                     S(AREAS(AREA_A(
                                         "[50.0,14.4],[50.1,14.4],[50.1,14.5],[50.0,14.5],[50.0,14.4]"))));
    ok_err(&b.sc, areas_import(&b.sc, b.st, &o, twice, &r), OK);
    ok(r.joined == 1 && r.united == 1 && r.areas == 1, "two are one");
    ok(old_town_has(&b, 14.45, 50.05) && !old_town_has(&b, 14.55, 50.05), "the union of both");
    ok_err(&b.sc, areas_import(&b.sc, b.st, &o, good, &r), OK);
    ok(!r.united && old_town_has(&b, 14.45, 50.05), "nothing to unite");
    ok_err(&b.sc, areas_import(&b.sc, b.st, &o, metres, &r), ERR_INVALID);
    ok(str_has(str_of(b.sc.fault.text), S("EPSG:4326")), "%s", b.sc.fault.text);
    ok(old_town_has(&b, 14.45, 50.05), "as it was");
    struct import_report in =
        take(&b, NULL,
             write_file(&b.sc, b.dir, "one.csv",
                        S("id,date,category,lon,lat\n1,2026-01-05,theft,14.42,50.08\n")));
    ok_i64(in.totals.imported, 1);
    ok_err(&b.sc, areas_import(&b.sc, b.st, &o, swapped, &r), ERR_INVALID);
    ok(str_has(str_of(b.sc.fault.text), S("exchanged")), "%s", b.sc.fault.text);
    ok(old_town_has(&b, 14.45, 50.05), "as it was");
    o.elsewhere = true;
    ok_err(&b.sc, areas_import(&b.sc, b.st, &o, swapped, &r), OK);
    bench_close(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_nobody_asks),
    cmocka_unit_test(test_renamed),
    cmocka_unit_test(test_other_words),
    cmocka_unit_test(test_many_words),
    cmocka_unit_test(test_plain_form),
    cmocka_unit_test(test_formulas),
    cmocka_unit_test(test_swallowed_rows),
    cmocka_unit_test(test_cut),
    cmocka_unit_test(test_cut_without_keys),
    cmocka_unit_test(test_cut_months),
    cmocka_unit_test(test_same_key_twice),
    cmocka_unit_test(test_no_keys),
    cmocka_unit_test(test_areas),
};
TEST_MAIN(tests)
