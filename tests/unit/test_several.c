// SPDX-License-Identifier: EUPL-1.2
// What a file tells more than once: several kinds of one record, several columns for one thing, one file under two names; and what
// stands where nobody looks, beside the properties of a feature. What protects in any of them holds, or the file is refused.
#include "import.h"
#include "store/repeated.h"
#include "store_check.h"
#include <unistd.h>
#include <zlib.h>

struct bench {
    struct scope  sc;
    const char   *dir;
    struct store *st;
};

static struct bench bench_open(void)
{
    struct bench b = { .sc = test_scope() };
    const char  *data;
    b.dir = test_dir(&b.sc);
    ok_err(&b.sc, path_join(&b.sc, b.dir, "data", &data), OK);
    b.st = import_store(&b.sc, data, S("Europe/Prague"));
    return b;
}

static void bench_close(struct bench *b)
{
    store_close(b->st);
    test_dir_end(&b->sc, b->dir);
    test_scope_end(&b->sc);
}

/// A profile with this [identity], this date and, behind [what], these lines.
static const struct profile *profile_dated(struct bench *b, const char *identity, const char *from,
                                           const char *what)
{
    const struct profile *p;
    str                   text = arena_printf(
                          b->sc.mem,
                          "[source]\nkey = town\nname = T\n[identity]\n%s\n[when]\nfrom = %s\nformat = "
                                            "%%Y-%%m-%%d | %%Y-%%m-%%d %%H:%%M\n[where]\nlon = {x | @lon : optional}\nlat = {y | @lat : "
                                            "optional}\nelsewhere = none\n[what]\n%s",
                          identity, from, what);
    ok_err(&b->sc, profile_read_file(&b->sc, write_file(&b->sc, b->dir, "t.profile", text), &p), OK);
    return p;
}

static const struct profile *profile_of(struct bench *b, const char *identity, const char *what)
{
    return profile_dated(b, identity, "{d}", what);
}

static str key_of(struct bench *b, int32_t category, enum sensitivity *is)
{
    const struct category *c;
    size_t                 n;
    ok_err(&b->sc, store_categories(&b->sc, b->st, &c, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (c[i].id == category) return *is = c[i].sensitivity, c[i].key;
    return S("none");
}

/// Each live incident as "kind class[ flags]", where flags are those that protect; in the order of their numbers.
static str incidents(struct bench *b)
{
    struct incident_cursor   *c;
    AUTO(buf_free) struct buf text;
    struct incident           i;
    enum sensitivity          is = SENSITIVITY_UNCLASSIFIED;
    buf_init(&text, 1 << 16);
    ok_err(&b->sc, store_incidents_open(&b->sc, b->st, &c), OK);
    while (store_incidents_next(c, &i)) {
        str             key = key_of(b, i.category, &is);
        sensitivity_set all = i.classes | sensitivity_bit(is);
        buf_printf(&text, "%s%.*s %.*s", text.n ? ", " : "", STR(key),
                   STR(sensitivity_word(sensitivity_strictest(all))));
        if (i.flags & FLAG_DOMESTIC) buf_add(&text, S(" domestic"));
        if (i.flags & FLAG_PLACE_OTHER) buf_add(&text, S(" elsewhere"));
    }
    ok_err(&b->sc, store_incidents_end(&b->sc, c), OK);
    return arena_str(b->sc.mem, buf_str(&text));
}

static struct import_report take(struct bench *b, const struct profile *p, const char *name, const char *text)
{
    struct import_report r;
    ok_err(&b->sc, import_one(&b->sc, b->st, p, write_file(&b->sc, b->dir, name, str_of(text)), &r), OK);
    check_sums(&r);
    return r;
}

#define FEATURE(id, kinds)                                                                                   \
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[14.4,50.1]},\"properties\":{"   \
    "\"id\":" id ",\"m\":1,\"d\":\"2024-01-01\",\"k\":" kinds "}}\n"

/// A list of kinds is one incident, as hidden as the strictest of them, whatever tells incidents apart.
static void test_kinds_of_one_incident(void **state)
{
    (void)state;
    static const char kinds[] =
        "domestic = none\ncategory = {k}\n[categories]\ntheft = theft | 5 ordinary | Theft\nrape = rape | 3 "
        "sexual | Rape\nchild = child | 3 child | Child\nlamp = lamp | 5 street | Lamp\n";
    static const struct {
        const char *identity;
        uint64_t    read; // of the first file below
    } identities[] = { { "kind = slice\nkey = {id}\nslice = {m}", 3 },
                       { "kind = slice\nslice = {m}", 3 },
                       { "kind = none\nslice = {m}", 3 },
                       { "kind = stable\nkey = {id}", 6 } };
    for (size_t i = 0; i < COUNT(identities); i++) {
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, identities[i].identity, kinds);
        const char           *file = FEATURE("1", "[\"theft\",\"rape\"]") FEATURE("2", "[\"theft\"]")
            FEATURE("3", "[\"lamp\",\"theft\",\"lamp\"]");
        for (int again = 0; again < 2; again++) {
            struct import_report r = take(&b, p, "1.geojson", file);
            ok_i64(r.totals.read, identities[i].read);
            ok_i64(again ? r.totals.unchanged : r.totals.imported,
                   again ? identities[i].read : r.totals.imported);
            ok_str(incidents(&b), S("rape sexual, theft ordinary, theft ordinary"));
        }
        bench_close(&b);
    }
    // The classes of the others hold where they hide; a kind that nobody has classified is the strictest; a person's word counts.
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, "kind = none\nslice = {m}", kinds);
    struct import_report  r = take(&b, p, "2.geojson",
                                   FEATURE("1", "[\"rape\",\"child\"]") FEATURE("2", "[\"rape\",\"odd\"]")
                                       FEATURE("3", "[\"odd\",\"even\"]"));
    ok_str(incidents(&b), S("child child, odd unclassified, odd unclassified"));
    ok_i64(reason_count(r.note, r.n_notes, "category-unknown"), 3);
    const struct category *c;
    size_t                 n;
    ok_err(&b.sc, store_categories(&b.sc, b.st, &c, &n), OK);
    for (size_t i = 0; i < n; i++) {
        struct category is = c[i];
        is.confirmed_by = S("person Eva");
        is.sensitivity = str_eq(is.key, S("lamp")) ? SENSITIVITY_HATE : SENSITIVITY_ORDINARY;
        bool odd = str_eq(is.key, S("odd"));
        if (odd || str_eq(is.key, S("lamp"))) ok_err(&b.sc, store_category_confirm(&b.sc, b.st, &is), OK);
    }
    ok_str(incidents(&b), S("child child, odd sexual, odd unclassified"));
    bench_close(&b);
    b = bench_open();
    p = profile_of(&b, "kind = none\nslice = {m}", kinds);
    take(&b, p, "3.geojson", FEATURE("1", "[\"lamp\"]"));
    ok_err(&b.sc, store_categories(&b.sc, b.st, &c, &n), OK);
    struct category lamp = c[0];
    lamp.sensitivity = SENSITIVITY_HATE, lamp.confirmed_by = S("person Eva");
    ok_err(&b.sc, store_category_confirm(&b.sc, b.st, &lamp), OK);
    take(&b, p, "3.geojson", FEATURE("1", "[\"theft\",\"lamp\"]"));
    ok_str(incidents(&b), S("lamp hate"));
    bench_close(&b);
}

/// As incidents, with what hides others of their key.
static str hidden(struct bench *b)
{
    struct incident_cursor   *c;
    AUTO(buf_free) struct buf text;
    struct incident           i;
    enum sensitivity          is = SENSITIVITY_UNCLASSIFIED;
    const struct kin         *kin;
    size_t                    n;
    buf_init(&text, 1 << 16);
    ok_err(&b->sc, store_kin(&b->sc, b->st, &kin, &n), OK);
    ok_err(&b->sc, store_incidents_open(&b->sc, b->st, &c), OK);
    while (store_incidents_next(c, &i)) {
        str             key = key_of(b, i.category, &is);
        sensitivity_set all = i.classes | sensitivity_bit(is);
        bool            elsewhere = i.flags & FLAG_PLACE_OTHER;
        if (i.flags & FLAG_DOMESTIC) all |= sensitivity_bit(SENSITIVITY_DOMESTIC);
        for (size_t k = 0; k < n; k++)
            if (kin[k].incident == i.id) all |= kin[k].classes, elsewhere |= kin[k].elsewhere;
        buf_printf(&text, "%s%.*s %.*s%s", text.n ? ", " : "", STR(key),
                   STR(sensitivity_word(sensitivity_strictest(all))), elsewhere ? " elsewhere" : "");
    }
    ok_err(&b->sc, store_incidents_end(&b->sc, c), OK);
    return arena_str(b->sc.mem, buf_str(&text));
}

static void classify(struct bench *b, const char *key, enum sensitivity is)
{
    const struct category *c;
    size_t                 n;
    ok_err(&b->sc, store_categories(&b->sc, b->st, &c, &n), OK);
    for (size_t i = 0; i < n; i++) {
        struct category said = c[i];
        said.confirmed_by = S("person Eva");
        said.sensitivity = is;
        if (str_eq(said.key, str_of(key))) ok_err(&b->sc, store_category_confirm(&b->sc, b->st, &said), OK);
    }
}

#define KEYED "kind = slice\nkey = {id}\nslice = {m}"
#define KINDS                                                                                                \
    "domestic = {dom} is 1 not 0\ncategory = {k}\n[categories]\ntheft = theft | 5 ordinary | Theft\n"        \
    "rape = rape | 3 sexual | Rape\nlamp = lamp | 5 street | Lamp\n"

/// A key that several rows of a slice have, which may be one incident: what hides any of them hides all, in a slice that is new as in
/// one that is told again. In another slice the key is another incident.
static void test_keys_within_a_slice(void **state)
{
    (void)state;
    static const char *const rows[] = { "1,2024-01-01,theft,0,A\n", "1,2024-01-01,theft,1,A\n",
                                        "2,2024-01-02,theft,0,A\n", "2,2024-01-02,rape,0,A\n",
                                        "1,2024-01-01,lamp,0,B\n" };
    static const struct {
        int         order[5];
        const char *told;
    } cases[] = {
        { { 0, 1, 2, 3, 4 }, "theft domestic, theft domestic, theft sexual, rape sexual, lamp street" },
        { { 1, 0, 3, 2, 4 }, "theft domestic, theft domestic, rape sexual, theft sexual, lamp street" },
        { { 4, 3, 1, 2, 0 }, "lamp street, rape sexual, theft domestic, theft sexual, theft domestic" },
    };
    for (size_t o = 0; o < COUNT(cases); o++) {
        struct bench              b = bench_open();
        const struct profile     *p = profile_of(&b, KEYED, KINDS);
        AUTO(buf_free) struct buf text;
        buf_init(&text, 4096);
        buf_add(&text, S("id,d,k,dom,m\n"));
        for (size_t i = 0; i < COUNT(rows); i++) buf_add(&text, str_of(rows[cases[o].order[i]]));
        for (int again = 0; again < 3; again++) {
            struct import_report r =
                take(&b, p, again ? "2.csv" : "1.csv", arena_cstr(b.sc.mem, buf_str(&text)));
            ok_i64(again ? r.totals.unchanged : r.totals.imported, 5);
            ok_str(hidden(&b), str_of(cases[o].told));
        }
        bench_close(&b);
    }
}

/// Kinds that a record names besides that under which it is counted, in a list or in a column that is not taken: classified more
/// strictly behind the import they hide it, whatever tells incidents apart, and whichever row named them.
static void test_mentions_classified_later(void **state)
{
    (void)state;
    static const char kinds[] =
        "domestic = none\ncategory = {k | l}\n[categories]\ntheft = theft | 5 ordinary | "
        "Theft\nrape = rape | 3 sexual | Rape\nlamp = lamp | 5 street | Lamp\n";
    static const char *const identities[] = { KEYED, "kind = slice\nslice = {m}", "kind = none\nslice = {m}",
                                              "kind = stable\nkey = {id}", "kind = types\nkey = {id}" };
    for (size_t i = 0; i < COUNT(identities); i++) {
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, identities[i], kinds);
        bool                  types = i == 4;
        const char           *csv =
                       "id,d,k,l,m\n1,2024-01-01,theft,lamp,A\n2,2024-01-02,theft,,A\n3,2024-01-03,,lamp,A\n",
                   *list = FEATURE("4", "[\"theft\",\"lamp\"]") FEATURE("5", "[\"theft\"]");
        for (int again = 0; again < 3; again++) {
            take(&b, p, "1.csv", csv);
            if (!types) take(&b, p, "2.geojson", list); // where kinds add up each is told
            classify(&b, "lamp", SENSITIVITY_STREET);
            ok_str(hidden(&b),
                   types ? S("theft ordinary, theft ordinary, lamp street")
                         : S("theft ordinary, theft ordinary, lamp street, theft ordinary, theft ordinary"));
            classify(&b, "lamp", SENSITIVITY_HATE);
            ok_str(hidden(&b), types
                                   ? S("theft hate, theft ordinary, lamp hate")
                                   : S("theft hate, theft ordinary, lamp hate, theft hate, theft ordinary"));
            classify(&b, "lamp", SENSITIVITY_STREET);
        }
        bench_close(&b);
    }
    // A file that the store holds from before tells them when it is imported once more.
    for (size_t i = 0; i < COUNT(identities); i++) {
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, identities[i], kinds);
        take(&b, p, "1.csv", "id,d,k,l,m\n1,2024-01-01,theft,,A\n");
        ok_i64(take(&b, p, "1.csv", "id,d,k,l,m\n1,2024-01-01,theft,lamp,A\n").totals.unchanged, 1);
        classify(&b, "lamp", SENSITIVITY_HATE);
        ok_str(hidden(&b), S("theft hate"));
        bench_close(&b);
    }
    // An incident that is told to be of another day and kind takes them along.
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, "kind = stable\nkey = {id}", kinds);
    take(&b, p, "1.csv", "id,d,k,l,m\n1,2024-01-01,theft,lamp,A\n");
    take(&b, p, "1.csv", "id,d,k,l,m\n1,2024-01-02,rape,,A\n");
    classify(&b, "rape", SENSITIVITY_STREET);
    classify(&b, "lamp", SENSITIVITY_HATE);
    ok_str(hidden(&b), S("rape hate"));
    bench_close(&b);
    // Of a key that several rows have, what one of them names hides the others.
    b = bench_open();
    p = profile_of(&b, KEYED, kinds);
    take(&b, p, "1.csv", "id,d,k,l,m\n1,2024-01-01,theft,lamp,A\n1,2024-01-01,theft,,A\n");
    classify(&b, "lamp", SENSITIVITY_HATE);
    ok_str(hidden(&b), S("theft hate, theft hate"));
    bench_close(&b);
    // A second kind of a list that nobody has classified is asked for, too, and hides until then.
    b = bench_open();
    p = profile_of(&b, "kind = none\nslice = {m}", kinds);
    take(&b, p, "1.geojson", FEATURE("1", "[\"odd\",\"even\"]"));
    classify(&b, "odd", SENSITIVITY_STREET);
    ok_str(hidden(&b), S("odd unclassified"));
    const struct category_count *count;
    size_t                       n;
    ok_err(&b.sc, store_category_counts(&b.sc, b.st, &count, &n), OK);
    ok(n == 2 && count[0].incidents == 1 && count[1].incidents == 1,
       "both are counted where they are asked for");
    bench_close(&b);
}

/// Kinds that nobody has classified yet, and such as are classified anew: what they hide is asked when it is needed.
static void test_keys_of_kinds_classified_later(void **state)
{
    (void)state;
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, KEYED, KINDS);
    const char *file = "id,d,k,dom,m\n1,2024-01-01,row,0,A\n1,2024-01-01,act,0,A\n2,2024-01-02,theft,0,A\n2,"
                       "2024-01-02,lamp,0,A\n";
    take(&b, p, "1.csv", file);
    ok_str(hidden(&b), S("row unclassified, act unclassified, theft ordinary, lamp street"));
    classify(&b, "row", SENSITIVITY_STREET);
    ok_str(hidden(&b), S("row unclassified, act unclassified, theft ordinary, lamp street"));
    classify(&b, "act", SENSITIVITY_SEXUAL);
    classify(&b, "lamp", SENSITIVITY_HATE);
    ok_str(hidden(&b), S("row sexual, act sexual, theft hate, lamp hate"));
    ok_i64(take(&b, p, "1.csv", file).totals.unchanged, 4);
    classify(&b, "act", SENSITIVITY_STREET);
    classify(&b, "lamp", SENSITIVITY_STREET);
    ok_str(hidden(&b), S("row street, act street, theft ordinary, lamp street"));
    ok_i64(take(&b, p, "1.csv", file).totals.unchanged, 4);
    bench_close(&b);
    // Of a stable key the other kinds are not lost, either.
    b = bench_open();
    p = profile_of(&b, "kind = stable\nkey = {id}", KINDS);
    take(&b, p, "1.csv",
         "id,d,k,dom,m\n1,2024-01-01,lamp,0,A\n1,2024-01-01,theft,0,A\n2,2024-01-01,lamp,0,A\n");
    ok_str(hidden(&b), S("theft ordinary, lamp street"));
    classify(&b, "lamp", SENSITIVITY_SEXUAL);
    ok_str(hidden(&b), S("theft sexual, lamp sexual"));
    bench_close(&b);
    // The first row tells what is known, and the other is of another kind; whichever of them was known.
    for (int which = 0; which < 2; which++) {
        b = bench_open();
        p = profile_of(&b, "kind = stable\nkey = {id}", KINDS);
        const char *known = which ? "lamp" : "theft", *other = which ? "theft" : "lamp";
        take(&b, p, "1.csv", arena_printf(b.sc.mem, "id,d,k,dom,m\n1,2024-01-01,%s,0,A\n", known).p);
        take(&b, p, "2.csv",
             arena_printf(b.sc.mem, "id,d,k,dom,m\n1,2024-01-01,%s,0,A\n1,2024-01-01,%s,0,A\n", known, other)
                 .p);
        classify(&b, "lamp", SENSITIVITY_SEXUAL);
        ok(str_has(hidden(&b), S(" sexual")), "the lamp is known: %d", which);
        bench_close(&b);
    }
    // Of two that nobody had classified nothing sticks.
    b = bench_open();
    p = profile_of(&b, "kind = stable\nkey = {id}", KINDS);
    take(&b, p, "1.csv", "id,d,k,dom,m\n1,2024-01-01,row,0,A\n1,2024-01-01,act,0,A\n");
    ok_str(hidden(&b), S("act unclassified"));
    classify(&b, "row", SENSITIVITY_STREET);
    classify(&b, "act", SENSITIVITY_STREET);
    ok_str(hidden(&b), S("act street"));
    bench_close(&b);
}

/// One of two rows of a key was told as something sensitive, and half of an older file brings the other back.
static void test_keys_that_come_back(void **state)
{
    (void)state;
    static const char     head[] = "id,d,k,dom,m\n";
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, KEYED, KINDS);
    take(&b, p, "1.csv",
         arena_printf(b.sc.mem, "%s1,2024-01-01,theft,0,A\n1,2024-01-01,theft,0,A\n", head).p);
    take(&b, p, "2.csv", arena_printf(b.sc.mem, "%s1,2024-01-01,rape,0,A\n", head).p);
    take(&b, p, "3.csv", arena_printf(b.sc.mem, "%s1,2024-01-01,theft,0,A\n", head).p);
    ok_str(hidden(&b), S("theft sexual"));
    bench_close(&b);
}

/// Of {a | b} the first that is not blank is read; what the other says of what protects holds, or the file is refused.
static void test_choices(void **state)
{
    (void)state;
    static const char kinds[] =
        "[categories]\nT = theft | 5 ordinary | Theft\nR = rape | 3 sexual | Rape\n"
        "[outcomes]\nover = closed | closed | Closed\nover, child = child | closed | Child\n";
    static const struct {
        const char *what, *a, *b, *want; // a, b: columns; want: of the incident, or a part of the refusal
        bool        refused;
    } cases[] = {
        // Words: each choice is judged, and each for itself.
        { "domestic = none\ndetail = {a | b}", "routine", "wife beaten by husband", "theft domestic", false },
        { "domestic = none\ndetail = {a | b}", "wife beaten by husband", "routine", "theft domestic", false },
        { "domestic = none\ndetail = {a | b}", "", "wife beaten by husband", "theft domestic", false },
        { "domestic = none\ndetail = {a | b}", "bag", "bike", "theft ordinary", false },
        { "domestic = none\ndetail = {a | b}\nharmless = kids bike\nharmless-by = E", "kids", "bike",
          "theft child", false },
        { "domestic = none\ndetail = {a | b}\nharmless = kids bike\nharmless-by = E", "x", "kids bike",
          "theft ordinary", false },
        { "domestic = none\noutcome = {a | b}", "over", "wife beaten by husband", "theft domestic", false },
        { "domestic = none\noutcome = {a | b}", "over", "over, child", "theft ordinary", false },
        { "domestic = none\noutcome = {a | b}", "over", "under, child", "theft child", false },
        // Codes.
        { "domestic = none\ncode = {a | b} by cz-criminal-code", "205", "187", "theft child", false },
        { "domestic = none\ncode = {a | b} by cz-criminal-code", "187", "205", "theft child", false },
        { "domestic = none\ncode = {a | b} by cz-criminal-code", "205", "999", "theft unclassified", false },
        { "domestic = none\ncode = {a | b} by cz-criminal-code", "0205", "", "theft ordinary", false },
        // Marks.
        { "domestic = {a | b} is y not n", "n", "y", "theft ordinary domestic", false },
        { "domestic = {a | b} is y not n", "y", "n", "theft ordinary domestic", false },
        { "domestic = {a | b} is y not n", "n", "perhaps", "theft ordinary domestic", false },
        { "domestic = {a | b} is y not n", "n", "", "theft ordinary", false },
        { "domestic = {a | b} is y not n | blank", "", "n", "theft ordinary", false },
        { "domestic = {a | b} is not n", "n", "y", "theft ordinary domestic", false },
        { "domestic = none\n[where]\nelsewhere = {a | b} is y not n", "n", "y", "theft ordinary elsewhere",
          false },
        { "domestic = none\n[where]\nelsewhere = {a | b} is y not n", "n", "n", "theft ordinary", false },
        // Texts that nothing judges.
        { "domestic = none\n[where]\nplace = {a | b}", "Main St", "wife beaten by husband", "\"b\"", true },
        { "domestic = none\n[where]\nplace = {a | b}", "Main St", "Main Street", "theft ordinary", false },
        { "domestic = none\n[where]\nplace = {a | b}", "", "wife beaten by husband", "theft ordinary",
          false },
        { "domestic = none\nunread = b\n[where]\nplace = {a | b}", "Main St", "wife beaten by husband",
          "theft ordinary", false },
        { "domestic = none\ndetail = {b}\n[where]\nplace = {a | b}", "Main St", "wife beaten by husband",
          "theft domestic", false },
        { "domestic = none\n[when]\nto = {a | b}", "2024-01-01", "rape", "\"b\"", true },
    };
    for (size_t f = 0; f < 2; f++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct bench b = bench_open();
            // Settings of [where] stand behind those of [what], so "elsewhere" is not asked twice.
            str          text =
                arena_printf(b.sc.mem,
                             "[source]\nkey = town\nname = T\n[identity]\nkind = stable\nkey = {id}\n"
                             "[when]\nfrom = {d}\nformat = %%Y-%%m-%%d\n[what]\ncategory = {k}\n%s\n%s",
                             cases[i].what, kinds);
            const struct profile *p;
            struct import_report  r;
            ok_err(&b.sc, profile_read_file(&b.sc, write_file(&b.sc, b.dir, "t.profile", text), &p), OK);
            str rows =
                f ? arena_printf(b.sc.mem,
                                 "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":1,\"d\":"
                                 "\"2024-01-01\",\"k\":\"T\",\"a\":\"%s\",\"b\":\"%s\"}}",
                                 cases[i].a, cases[i].b)
                  : arena_printf(b.sc.mem, "id,d,k,a,b\n1,2024-01-01,T,\"%s\",\"%s\"\n", cases[i].a,
                                 cases[i].b);
            enum err e =
                import_one(&b.sc, b.st, p, write_file(&b.sc, b.dir, f ? "1.geojson" : "1.csv", rows), &r);
            if (cases[i].refused)
                ok(e == ERR_INVALID && strstr(b.sc.fault.text, cases[i].want), "case %zu: %s", i,
                   e ? b.sc.fault.text : "taken");
            else {
                ok(!e, "case %zu: %s", i, b.sc.fault.text);
                str got = incidents(&b);
                ok(str_eq(got, str_of(cases[i].want)), "case %zu, %zu: got %.*s, want %s", i, f, STR(got),
                   cases[i].want);
            }
            bench_close(&b);
        }
}

/// Kinds in columns that are read where others are blank: what the profile says of them holds.
static void test_choices_of_kinds(void **state)
{
    (void)state;
    struct bench          b = bench_open();
    const struct profile *p =
        profile_of(&b, "kind = stable\nkey = {id}",
                   "domestic = none\ncategory = {k | l}\n[categories]\nT = theft | 5 "
                   "ordinary | Theft\nR = q | 3 sexual | Q\nL = lamp | 5 street | Lamp\n");
    take(&b, p, "1.csv",
         "id,d,k,l,x,y\n1,2024-01-01,T,R,14,50\n2,2024-01-01,T,L,14,50\n3,2024-01-01,,R,14,50\n"
         "4,2024-01-01,R,T,14,50\n5,2024-01-01,T,else,14,50\n");
    ok_str(incidents(&b), S("theft sexual, theft ordinary, q sexual, q sexual, else unclassified"));
    take(&b, p, "1.geojson",
         "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":6,\"d\":\"2024-01-01\",\"k\":\"T\","
         "\"l\":[\"L\",\"R\"]}}");
    ok(str_ends(incidents(&b), S(", theft sexual")), "%.*s", STR(incidents(&b)));
    bench_close(&b);
}

/// Such kinds as the store knows them, before and after somebody has classified them, whatever tells incidents apart.
static void test_choices_of_kinds_classified(void **state)
{
    (void)state;
    static const char kinds[] = "domestic = none\ncategory = {k | l}\n[categories]\nT = theft | 5 ordinary | "
                                "Theft\nR = rape | 3 sexual | Rape\n";
    static const char file[] = "id,d,k,l,m\n1,2024-01-01,T,z17,A\n2,2024-01-02,R,z17,A\n3,2024-01-03,T,h4,A\n"
                               "4,2024-01-04,T,,A\n";
    static const struct {
        const char *is,
            *again; // again: in the end; without keys they are new, and with types all kinds add up
    } identities[] = {
        { KEYED, "theft hate, rape sexual, theft ordinary, theft ordinary" },
        { "kind = none\nslice = {m}", "theft ordinary, theft hate, rape sexual, theft ordinary" },
        { "kind = stable\nkey = {id}", "theft hate, rape sexual, theft ordinary, theft ordinary" },
        { "kind = types\nkey = {id}", "z17 hate, z17 sexual, h4 street, theft ordinary" },
    };
    for (size_t i = 0; i < COUNT(identities); i++) {
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, identities[i].is, kinds);
        struct import_report  r = take(&b, p, "1.csv", file);
        ok_str(hidden(&b), S("z17 unclassified, z17 unclassified, h4 unclassified, theft ordinary"));
        ok_i64(reason_count(r.note, r.n_notes, "category-unknown"), 3);
        ok_i64(take(&b, p, "1.csv", file).totals.unchanged, 4);
        // Said behind the import, it holds at once; when the file is imported again, the kind that is taken is told.
        classify(&b, "z17", SENSITIVITY_HATE);
        classify(&b, "h4", SENSITIVITY_STREET);
        ok_str(hidden(&b), S("z17 hate, z17 sexual, h4 street, theft ordinary"));
        take(&b, p, "1.csv", file);
        ok_str(hidden(&b), str_of(identities[i].again));
        bench_close(&b);
    }
}

/// Whether a text is an outcome that the profile names hangs on the text, not on how its cells are cut for words.
static void test_named_outcomes(void **state)
{
    (void)state;
    struct bench          b = bench_open();
    const struct profile *p = profile_of(
        &b, "kind = stable\nkey = {id}",
        "domestic = none\ncategory = {k}\noutcome = {a}{b}\n[categories]\nT = theft | 5 ordinary | "
        "Theft\n[outcomes]\nnamedkids = closed | closed | Closed\n");
    take(&b, p, "1.csv",
         "id,d,k,a,b,x,y\n1,2024-01-01,T,named,kids,14,50\n2,2024-01-01,T,\"named\nkids\",,14,50\n"
         "3,2024-01-01,T,named,kids,14,50\n");
    ok_str(incidents(&b), S("theft ordinary, theft child, theft ordinary"));
    bench_close(&b);
}

/// A copy of a file counts its rows twice where no key holds them together: with --parts, and without, as whatever it is packed.
static void test_copies(void **state)
{
    (void)state;
    static const char rows[] = "id,m,d,k,x,y\n1,a,2024-01-01,T,14,50\n2,a,2024-01-01,T,14,50\n",
                      more[] = "id,m,d,k,x,y\n3,a,2024-01-01,T,14,50\n4,a,2024-01-01,T,14,50\n",
                      kinds[] =
                          "domestic = none\ncategory = {k}\n[categories]\nT = theft | 5 ordinary | Theft\n";
    static const char *const identities[] = { "kind = none\nslice = {m}",
                                              "kind = slice\nslice = {m}\nkey = {id}",
                                              "kind = none\nslice = {@file}", "kind = stable\nkey = {id}" };
    for (size_t i = 0; i < 2 * COUNT(identities); i++) {
        struct bench                b = bench_open();
        const struct profile       *p = profile_of(&b, identities[i / 2], kinds);
        const struct import_options o = { .profile = p, .parts = i % 2 };
        bool                        apart = i / 2 == 2, stable = i / 2 == 3;
        const char                 *first = write_file(&b.sc, b.dir, "a.csv", str_of(rows)), *packed, *link;
        const char *other = write_file(&b.sc, b.dir, "b.csv", str_of(more)), *head = "id,m,d,k,x,y\n";
        ok_err(&b.sc, path_join(&b.sc, b.dir, "c.csv.gz", &packed), OK);
        ok_err(&b.sc, path_join(&b.sc, b.dir, "l.csv", &link), OK);
        gzFile gz = gzopen(packed, "wb");
        ok(gz && gzputs(gz, rows) > 0 && gzclose(gz) == Z_OK, "no packed file");
        ok(!symlink("a.csv", link), "no link");
        const char *const    lists[][3] = { { first, other, packed },
                                            { first, other, link },
                                            { packed, link, other } };
        struct import_report r;
        for (size_t k = 0; k < COUNT(lists); k++) {
            enum err    e = import_by(&b.sc, b.st, &o, lists[k], 3, &r);
            const char *said = b.sc.fault.text;
            if (stable) {
                ok(!e, "%s", said);
                check_sums(&r);
                ok_i64(r.totals.read, 6);
                continue;
            }
            ok_err(&b.sc, e, ERR_INVALID);
            ok_str(incidents(&b), S(""));
            // Two files of a slice that differ are refused before the copy is met, as always.
            bool met = o.parts || apart || k == 2;
            ok(!strstr(said, "copy") == !met && !strstr(said, "--parts") == met, "%zu, %zu: %s", i, k, said);
            if (met) ok(strstr(said, lists[k][0]) && strstr(said, lists[k][k == 2 ? 1 : 2]), "%s", said);
        }
        // Files without rows are alike, and so may parts of a download be in length.
        const char *const empty[] = { write_file(&b.sc, b.dir, "e.csv", str_of(head)),
                                      write_file(&b.sc, b.dir, "f.csv", str_of(head)), first };
        ok_err(&b.sc, import_by(&b.sc, b.st, &o, empty, 3, &r), OK);
        const char *const parts[] = { first, other };
        if (o.parts) ok_err(&b.sc, import_by(&b.sc, b.st, &o, parts, 2, &r), OK);
        bench_close(&b);
    }
}

/// Members of a feature beside its properties are columns, too: "@feature.NAME".
static void test_beside_properties(void **state)
{
    (void)state;
    static const struct {
        const char *members, *what, *want; // want: of the incident, or a part of the refusal
        bool        refused;
    } cases[] = {
        { "\"is_domestic\":true,", "domestic = none", "\"@feature.is_domestic\"", true },
        { "\"notes\":null,", "domestic = none", "\"@feature.notes\"", true },
        { "\"n\":\"wife beaten by husband\",", "domestic = none", "\"@feature.n\"", true },
        { "\"n\":{\"o\":[\"wife beaten by husband\"]},", "domestic = none", "\"@feature.n\"", true },
        // A property that is read does not stand for a member of the same name.
        { "\"k\":\"wife beaten by husband\",", "domestic = none", "\"@feature.k\"", true },
        { "\"is_domestic\":true,", "domestic = {@feature.is_domestic}", "theft ordinary domestic", false },
        { "\"is_domestic\":false,", "domestic = {@feature.is_domestic}", "theft ordinary", false },
        { "\"is_domestic\":true,", "domestic = none\nunread = @feature.is_domestic", "theft ordinary",
          false },
        { "\"n\":\"wife beaten by husband\",", "domestic = none\nunread = @feature.n", "theft ordinary",
          false },
        { "\"n\":\"wife beaten by husband\",", "domestic = none\ndetail = {@feature.n}", "theft domestic",
          false },
        { "\"bbox\":[1,2,3,4],\"id\":7,\"n\":1,\"n\":2,\"features\":3,", "domestic = none", "theft ordinary",
          false },
    };
#define REST "\"geometry\":null,\"properties\":{\"id\":1,\"d\":\"2024-01-01\",\"k\":\"T\"}"
    static const char *const files[] = {
        // %s: the members
        "{\"type\":\"Feature\",%s" REST "}",
        "{%s" REST ",\"type\":\"Feature\"}",
        "{\"name\":\"rape\",\"type\":\"FeatureCollection\",\"x\":\"rape\",\"features\":[{\"type\":"
        "\"Feature\",%s" REST "}]}",
        "{\"type\":\"Feature\"," REST "}\n{\"type\":\"Feature\",%s" REST "}\n",
    };
    for (size_t i = 0; i < COUNT(files) * COUNT(cases); i++) {
        size_t c = i / COUNT(files), f = i % COUNT(files);
        bool   lists = strstr(cases[c].members, "\"features\"");
        // A list of features before the type is a collection's; a condition asks each feature, the first, too.
        if ((f == 1 && lists) || (f == 3 && strstr(cases[c].what, "{@feature"))) continue;
        struct bench b = bench_open();
        str          what =
            arena_printf(b.sc.mem, "%s\ncategory = {k}\n[categories]\nT = theft | 5 ordinary | Theft\n",
                         cases[c].what);
        const struct profile     *p = profile_of(&b, "kind = stable\nkey = {id}", what.p);
        AUTO(buf_free) struct buf text;
        struct import_report      r;
        const char               *cut = strstr(files[f], "%s");
        buf_init(&text, 1 << 16);
        buf_add(&text, (str){ files[f], (size_t)(cut - files[f]) });
        buf_add(&text, str_of(cases[c].members));
        buf_add(&text, str_of(cut + 2));
        enum err e = import_one(&b.sc, b.st, p, write_file(&b.sc, b.dir, "1.geojson", buf_str(&text)), &r);
        if (cases[c].refused)
            ok(e == ERR_INVALID && strstr(b.sc.fault.text, cases[c].want), "case %zu, %zu: %s", c, f,
               e ? b.sc.fault.text : "taken");
        else {
            ok(!e, "case %zu, %zu: %s", c, f, b.sc.fault.text);
            ok_str(incidents(&b), str_of(cases[c].want));
        }
        if (lists) { // what nothing reads, and looks harmless, is listed
            ok_i64(r.file[0].unread.n, 2);
            ok_str(r.file[0].unread.column[0], S("@feature.n"));
        }
        bench_close(&b);
    }
}

/// A name has no blanks around it, wherever it is asked for, and two of one name are told.
static void test_names_of_properties(void **state)
{
    (void)state;
    static const struct {
        const char *members, *properties, *what, *want; // want: of the incident, or a part of the refusal
        bool        refused;
    } cases[] = {
        { "", ",\"dn \":\"ano\"", "domestic = {dn} is ano not ne", "theft ordinary domestic", false },
        { "", ",\"\\tdn\":\"ne\"", "domestic = {dn} is ano not ne", "theft ordinary", false },
        { "", ",\"info \":\"rape of a girl\"", "detail = {info}\ndomestic = none", "theft child", false },
        { "", ",\"'=info\":\"rape of a girl\"", "detail = {=info}\ndomestic = none", "theft child", false },
        { "", ",\"info \":\"rape of a girl\"", "domestic = none\nunread = info", "theft ordinary", false },
        { "\"dn \":\"ano\",", "", "domestic = {@feature.dn} is ano not ne", "theft ordinary domestic",
          false },
        { "", ",\"@feature.dn\":\"ano\"", "domestic = {@feature.dn} is ano not ne", "theft ordinary domestic",
          false },
        // Two of one name.
        { "", ",\"dn\":\"ne\",\"dn \":\"ano\"", "domestic = {dn} is ano not ne", "\"dn\" stands twice",
          true },
        { "", ",\"dn\":null,\"dn \":\"ano\"", "domestic = {dn} is ano not ne", "\"dn\" stands twice", true },
        { "", ",\"info\":\"bike\",\" info\":\"rape\"", "outcome = {info}\ndomestic = none",
          "\"info\" stands twice", true },
        { "", ",\" id\":\"7\"", "domestic = none", "\"id\" stands twice", true },
        { "\"dn\":\"ne\",\"dn\":\"ano\",", "", "domestic = {@feature.dn} is ano not ne",
          "\"@feature.dn\" stands twice", true },
        { "\"dn\":\"ano\",", ",\"@feature.dn\":\"ne\"", "domestic = {@feature.dn} is ano not ne",
          "\"@feature.dn\" stands twice", true },
        { "", ",\"info\":\"bike\",\"info \":\"rape\"", "domestic = none",
          "nothing reads the property \"info\"", true },
        { "", ",\"info\":\"bike\",\"info \":\"torn\"", "domestic = none", "theft ordinary", false },
        // What is not in the file has such names; a property of one is not that.
        { "", ",\"@lon\":\"rape of a girl\"", "domestic = none", "nothing reads the property \"@lon\"",
          true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench         b = bench_open();
        struct import_report r;
        str                  what =
            arena_printf(b.sc.mem, "category = {k}\n%s\n[categories]\nT = theft | 5 ordinary | Theft\n",
                         cases[i].what);
        const struct profile *p = profile_of(&b, "kind = stable\nkey = {id}", what.p);
        str                   text = arena_printf(b.sc.mem,
                                                  "{\"type\":\"Feature\",%s\"geometry\":null,\"properties\":{\"id\":1,\"d\":"
                                                                    "\"2024-01-01\",\"k\":\"T\"%s}}",
                                                  cases[i].members, cases[i].properties);
        enum err              e = import_one(&b.sc, b.st, p, write_file(&b.sc, b.dir, "1.geojson", text), &r);
        ok(e == (cases[i].refused ? ERR_INVALID : OK), "case %zu: %s", i, e ? b.sc.fault.text : "taken");
        if (e) ok(strstr(b.sc.fault.text, cases[i].want), "case %zu: %s", i, b.sc.fault.text);
        else ok_str(incidents(&b), str_of(cases[i].want));
        bench_close(&b);
    }
}

/// A key that comes back written otherwise, or an act that comes back under another key, is not told without what protects it.
static void test_keys_written_otherwise(void **state)
{
    (void)state;
    static const struct {
        const char *first, *then;         // rows of two runs; NULL: of one
        bool        refused, apart_taken; // the latter: not where the second file tells another slice
    } cases[] = {
        { "007,2024-01-01 10:00,theft,1,A,1,2\n", "7,2024-01-01 10:00,theft,0,B,1,2\n", true },
        { "7,2024-01-01 10:00,theft,0,A,1,2\n", "007,2024-01-01 10:00,theft,1,B,1,2\n", true, true },
        { "7,2024-01-01 10:00,theft,1,A,1,2\n", "7.0,2024-01-01 10:00,theft,0,B,1,2\n", true },
        { "'7,2024-01-01 10:00,theft,1,A,1,2\n", "007.00,2024-01-01 10:00,theft,0,B,1,2\n", true },
        { "hx7,2024-01-01 10:00,rape,0,A,1,2\n", "HX7,2024-01-01 10:00,theft,0,B,1,2\n", true },
        { "007,2024-01-01,rape,0,A,1,2\n", "7,2024-01-01,theft,0,B,1,2\n", true },
        { "007,2024-01-01 10:00,theft,1,A,1,2\n", "7,2024-01-01 10:00,theft,0,B,1,3\n", true },
        { "007,2024-01-01 10:00,theft,1,A,1,2\n7,2024-01-01 10:00,theft,0,A,1,2\n", NULL, true },
        { "7,2024-01-01 10:00,theft,1,A,1,2\n007,2024-01-01 10:00,theft,0,A,1,2\n", NULL, true },
        { "07,2024-01-01 10:00,theft,1,A,1,2\n007,2024-01-01 10:00,theft,0,A,1,2\n", NULL, true },
        { "5,2024-01-01 10:00,theft,0,A,1,1\n",
          "007,2024-01-01 10:00,theft,1,A,1,2\n7,2024-01-01 10:00,theft,0,A,1,2\n", true },
        { "5,2024-01-01 10:00,theft,0,A,1,1\n",
          "7,2024-01-01 10:00,theft,1,A,1,2\n007,2024-01-01 10:00,theft,0,A,1,2\n", true },
        // Another key, the same act.
        { "a,2024-01-01 10:00,theft,1,A,1,2\n", "b,2024-01-01 10:00,theft,0,B,1,2\n", true },
        // As protected, or with two of time, place and kind otherwise, or days and places that many have.
        { "007,2024-01-01 10:00,theft,1,A,1,2\n", "7,2024-01-01 10:00,theft,1,B,1,2\n", false },
        { "007,2024-01-01 10:00,theft,0,A,1,2\n", "7,2024-01-01 10:00,theft,0,B,1,2\n", false },
        { "007,2024-01-01 10:00,theft,1,A,1,2\n", "7,2024-01-02 10:00,theft,0,B,1,3\n", false },
        { "7,2024-01-01 10:00,theft,1,A,1,2\n", "70,2024-01-01 11:00,theft,0,B,1,2\n", false },
        { "a,2024-01-01,theft,1,A,1,2\n", "b,2024-01-01,theft,0,B,1,2\n", false },
        { "a,2024-01-01 10:00,theft,1,A,1,2\n", "b,2024-01-01 10:00,lamp,0,B,1,2\n", false },
        { "a,2024-01-01 10:00,theft,1,A,1,2\nb,2024-01-01 10:00,theft,0,A,1,2\n", NULL, false },
    };
    static const char *const identities[] = { "kind = stable\nkey = {id}", "kind = types\nkey = {id}",
                                              KEYED };
    for (size_t i = 0; i < COUNT(cases) * COUNT(identities); i++) {
        size_t                c = i / COUNT(identities), by = i % COUNT(identities);
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, identities[by], KINDS);
        str                   first = arena_printf(b.sc.mem, "id,d,k,dom,m,x,y\n%s", cases[c].first),
            then = arena_printf(b.sc.mem, "id,d,k,dom,m,x,y\n%s", cases[c].then ? cases[c].then : "");
        if (cases[c].then) take(&b, p, "1.csv", first.p);
        struct hash128 before, after;
        ok_err(&b.sc, store_digest(&b.sc, b.st, &before), OK);
        const char           *path = write_file(&b.sc, b.dir, "2.csv", cases[c].then ? then : first);
        struct import_options o = { .profile = p };
        struct import_report  r;
        enum err              e = import_by(&b.sc, b.st, &o, &path, 1, &r);
        bool                  refused = cases[c].refused && !(by == 2 && cases[c].apart_taken);
        ok(e == (refused ? ERR_INVALID : OK), "case %zu, %zu: %s", c, by, e ? b.sc.fault.text : "taken");
        if (e) {
            ok(strstr(b.sc.fault.text, "under another key") && strstr(b.sc.fault.text, "lift-"), "%s",
               b.sc.fault.text);
            ok_err(&b.sc, store_digest(&b.sc, b.st, &after), OK);
            ok(!memcmp(&before, &after, sizeof before), "nothing was changed");
            o.lift_protection = true;
            ok_err(&b.sc, import_by(&b.sc, b.st, &o, &path, 1, &r), OK);
        }
        o.lift_protection = false; // the file again changes nothing, and is not refused
        ok_err(&b.sc, import_by(&b.sc, b.st, &o, &path, 1, &r), OK);
        bench_close(&b);
    }
    // By a list of keys: of that which protects.
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, identities[0], KINDS);
    struct import_options o = { .profile = p };
    struct import_report  r;
    take(&b, p, "1.csv", "id,d,k,dom,m\n007,2024-01-01,theft,1,A\n008,2024-01-02,theft,1,A\n");
    const char *path = write_file(&b.sc, b.dir, "2.csv",
                                  S("id,d,k,dom,m\n7,2024-01-01,theft,0,A\n8,2024-01-02,theft,0,A\n"));
    o.lift_only = write_file(&b.sc, b.dir, "l.csv", S("source,key\ntown,007\n"));
    ok_err(&b.sc, import_by(&b.sc, b.st, &o, &path, 1, &r), ERR_INVALID);
    ok(strstr(b.sc.fault.text, "1 incidents of town") && strstr(b.sc.fault.text, "\"008\""), "%s",
       b.sc.fault.text);
    o.lift_only = write_file(&b.sc, b.dir, "l.csv", S("source,key\ntown,007\ntown,008\n"));
    ok_err(&b.sc, import_by(&b.sc, b.st, &o, &path, 1, &r), OK);
    bench_close(&b);
}

/// Numbers that each file counts anew: as in two runs (test_import.c).
static void test_files_whose_numbers_collide(void **state)
{
    (void)state;
    enum { ROWS = 40 };
    static const struct {
        int  other;    // rows of the second file that tell of others
        bool refused;  // one in ten and at least ten
        bool one_kind; // of the same kind; two things differ
    } cases[] = { { ROWS, true, false },
                  { ROWS, true, true },
                  { 10, true, false },
                  { 9, false, false },
                  { 0, false, false } };
    static const char *const identities[] = { "kind = stable\nkey = {id}", "kind = types\nkey = {id}" };
    for (size_t i = 0; i < 2 * COUNT(cases) * COUNT(identities); i++) {
        struct bench              b = bench_open();
        size_t                    c = i / 2 % COUNT(cases);
        bool                      stored = i % 2; // the first file came before, too
        const struct profile     *p = profile_of(&b, identities[i / 2 / COUNT(cases)], KINDS);
        AUTO(buf_free) struct buf one, two;
        buf_init(&one, 1 << 16), buf_init(&two, 1 << 16);
        buf_add(&one, S("id,d,k,dom,m,x,y\n")), buf_add(&two, S("id,d,k,dom,m,x,y\n"));
        for (int k = 0; k < ROWS; k++) {
            bool other = k < cases[c].other;
            buf_printf(&one, "%d,2024-01-%02d,theft,0,A,1,2\n", k, k % 28 + 1);
            buf_printf(&two, "%d,2024-%02d-%02d,%s,0,A,1,%d\n", k, other ? 5 : 1, k % 28 + 1,
                       other && !cases[c].one_kind ? "lamp" : "theft", other ? 3 : 2);
        }
        const char *const     path[] = { write_file(&b.sc, b.dir, "1.csv", buf_str(&one)),
                                         write_file(&b.sc, b.dir, "2.csv", buf_str(&two)) };
        struct import_options o = { .profile = p };
        struct import_report  r;
        if (stored) ok_err(&b.sc, import_by(&b.sc, b.st, &o, path, 1, &r), OK);
        enum err e = import_by(&b.sc, b.st, &o, path, 2, &r);
        ok(e == (cases[c].refused ? ERR_INVALID : OK), "case %zu: %s", i, e ? b.sc.fault.text : "taken");
        if (e)
            ok(strstr(b.sc.fault.text, "--moved") && strstr(b.sc.fault.text, "without a key"), "%s",
               b.sc.fault.text);
        o.moved = true;
        ok_err(&b.sc, import_by(&b.sc, b.st, &o, path, 2, &r), OK);
        bench_close(&b);
    }
}

/// A row that is rejected may have been the one that protects: incidents of its key are told to nobody until a file has rows of the key
/// that can all be read.
static void test_rejected_rows_hide(void **state)
{
    (void)state;
    static const struct {
        const char *row;  // behind good ones of the keys 1 and 2
        const char *told; // of these
        uint64_t    unread, nameless;
    } cases[] = {
        { "1,,theft,1,A,1,2,x\n", "theft unclassified, theft ordinary", 1, 0 }, // no date
        { "2,2024-13-01,theft,1,A,1,2,x\n", "theft ordinary, theft unclassified", 1, 0 },
        { "1,2024-01-01,,1,A,1,2,x\n", "theft unclassified, theft ordinary", 1, 0 }, // no kind
        { "1,2024-01-01,theft,1,A,1,2,x, then y\n", "theft unclassified, theft ordinary", 1,
          0 }, // a field too many ...
        { "1,2024-01-01,theft, 1,1,A,1,2,x\n", "theft unclassified, theft ordinary", 1, 0 },
        { "1,2024-01-01\n", "theft unclassified, theft ordinary", 1, 0 },                   // ... or too few
        { "x,1,2024-01-01,theft,1,A,1,2,x\n", "theft unclassified, theft ordinary", 1, 0 }, // before the key
        { "1,\"2024-01-01,theft,1,A,1,2,x\n", "theft unclassified, theft ordinary", 1, 0 }, // a quote
        { "1,2024-01-01,theft,1,A,1,2,\"x\"y\n", "theft unclassified, theft ordinary", 1, 0 },
        { "1,2024-01-01,theft,1,A,1,2,\xff\n", "theft unclassified, theft ordinary", 1, 0 }, // bytes
        { "9,,theft,1,A,1,2,x\n", "theft ordinary, theft ordinary", 0, 0 },                  // of no incident
        { ",,theft,1,A,1,2,x\n", "theft ordinary, theft ordinary", 0, 1 }, // of nobody knows which
    };
    static const char *const identities[] = { "kind = stable\nkey = {id}", "kind = types\nkey = {id}",
                                              KEYED };
    static const char        head[] = "id,d,k,dom,m,x,y,t\n",
                      good[] = "1,2024-01-01,theft,0,A,1,2,a\n2,2024-01-02,theft,0,A,1,3,a\n";
    for (size_t i = 0; i < 3 * COUNT(cases) * COUNT(identities); i++) {
        struct bench b = bench_open();
        size_t c = i / 3 % COUNT(cases), order = i % 3; // before the good ones, behind them, in a second run
        const struct profile *p = profile_of(&b, identities[i / 3 / COUNT(cases)], "unread = t\n" KINDS);
        str                   one = arena_printf(b.sc.mem, "%s%s%s", head, order ? good : cases[c].row,
                               order == 1 ? cases[c].row
                                                 : order    ? ""
                                                            : good),
            all = arena_printf(b.sc.mem, "%s%s", head, good),
            two = arena_printf(b.sc.mem, "%s%s%s", head, cases[c].row, good);
        struct import_report r = take(&b, p, "1.csv", one.p);
        if (order == 2) r = take(&b, p, "2.csv", two.p);
        ok(str_eq(hidden(&b), str_of(cases[c].told)), "case %zu, %zu: %.*s", i, c, STR(hidden(&b)));
        ok(r.totals.unread == cases[c].unread && r.n_nameless == cases[c].nameless, "case %zu: %d, %d", i,
           (int)r.totals.unread, (int)r.n_nameless);
        ok_i64(r.totals.rejected, 1);
        r = take(&b, p, "1.csv", one.p); // the same again changes nothing
        if (order != 2) ok_str(hidden(&b), str_of(cases[c].told));
        // A file that has other keys alone settles nothing, in a source that keeps what it does not name.
        if (i / 3 / COUNT(cases) < 2) {
            take(&b, p, "3.csv", "id,d,k,dom,m,x,y,t\n3,2024-01-01,theft,0,A,1,9,a\n");
            if (order != 2) ok(str_has(hidden(&b), str_of(cases[c].told)), "case %zu", i);
        }
        take(&b, p, "1.csv", all.p);
        ok(!str_has(hidden(&b), S("unclassified")), "case %zu: %.*s", i, STR(hidden(&b)));
        bench_close(&b);
    }
}

/// The key of a rejected row may be written otherwise than that of its incident, and what is wrong with the row may be what tells
/// its slice: then it may be of any.
static void test_rejected_rows_of_uncertain_key(void **state)
{
    (void)state;
#define BY_MONTH "kind = slice\nkey = {id}\nslice = {d}"
    static const struct {
        const char *identity, *good, *row, *told;
        uint64_t    unread;
        const char *from;
    } cases[] = {
        { "kind = stable\nkey = {id}", "7,2024-01-01,theft,0,A\n8,2024-01-01,theft,0,A\n", "007,,theft,1,A\n",
          "theft unclassified, theft ordinary", 1 },
        { "kind = types\nkey = {id}", "A1,2024-01-01,theft,0,A\nA2,2024-01-01,theft,0,A\n",
          "a1 ,,theft,1,A\n", "theft unclassified, theft ordinary", 1 },
        { "kind = stable\nkey = {id}", "007.0,2024-01-01,theft,0,A\nhX7,2024-01-01,theft,0,A\n",
          "7,,theft,1,A\nHx7,,theft,1,A\n", "theft unclassified, theft unclassified", 2 },
        { KEYED, "07,2024-01-01,theft,0,A\n7,2024-01-02,lamp,0,B\n", "7,,theft,1,A\n",
          "theft unclassified, lamp street", 1 },
        // A slice that is blank, that the source does not have, or that is read from the date that is wrong.
        { KEYED, "7,2024-01-01,theft,0,A\n7,2024-01-02,theft,0,B\n", "7,2024-01-01,,1,\n",
          "theft unclassified, theft unclassified", 2 },
        { KEYED, "7,2024-01-01,theft,0,A\n7,2024-01-02,theft,0,B\n8,2024-01-02,theft,0,B\n",
          "7,2024-01-01,,1,C\n", "theft unclassified, theft unclassified, theft ordinary", 2 },
        { BY_MONTH, "7,2024-01-01,theft,0,A\n7,2024-01-02,theft,0,B\n", "7,2024-01-32,theft,1,A\n",
          "theft unclassified, theft unclassified", 2 },
        { BY_MONTH, "7,2024-01-01,theft,0,A\n7,2024-01-02,theft,0,B\n", "7,,theft,1,A\n",
          "theft unclassified, theft unclassified", 2 },
        { BY_MONTH, "7,2024-01-01,theft,0,A\n7,2024-01-02,theft,0,B\n", "7,2024-01-01,,1,A\n",
          "theft unclassified, theft ordinary", 1 },
        // The part of the date that is wrong is not that which names the slice, and one row has a blank slice.
        { KEYED, "7,01,theft,0,2024-01\n7,02,theft,0,2024-02\n", "7,32,theft,1,2024-01\n",
          "theft unclassified, theft unclassified", 2, "{m}-{d}" },
        { KEYED, "7,2024-01-01,theft,0,A\n8,2024-01-02,theft,0,\n", "7,2024-01-01,,1,\n",
          "theft unclassified, theft ordinary", 1 },
    };
    for (size_t i = 0; i < 2 * COUNT(cases); i++) {
        struct bench          b = bench_open();
        size_t                c = i / 2;
        const struct profile *p =
            profile_dated(&b, cases[c].identity, cases[c].from ? cases[c].from : "{d}", "unread = m\n" KINDS);
        str good = arena_printf(b.sc.mem, "id,d,k,dom,m\n%s", cases[c].good),
            two = arena_printf(b.sc.mem, "%.*s%s", STR(good), cases[c].row);
        if (i % 2) take(&b, p, "1.csv", good.p); // in a later run
        struct import_report r = take(&b, p, "2.csv", two.p);
        ok(str_eq(hidden(&b), str_of(cases[c].told)), "case %zu: %.*s", i, STR(hidden(&b)));
        ok_i64(r.totals.unread, cases[c].unread);
        take(&b, p, "2.csv", two.p);
        ok_str(hidden(&b), str_of(cases[c].told));
        take(&b, p, "1.csv", good.p);
        ok(!str_has(hidden(&b), S("unclassified")), "case %zu: %.*s", i, STR(hidden(&b)));
        bench_close(&b);
    }
}

/// Incidents of alike keys that have two of time, place and kind are hidden by what hides any of them, asked when they are published.
static void test_alike_keys_hide(void **state)
{
    (void)state;
    static const struct {
        const char *identity, *rows, *told;
    } cases[] = {
        { "kind = stable\nkey = {id}",
          "007,2024-01-01 10:00,theft,1,A,1,2\n7,2024-01-01 10:00,theft,0,A,1,2\n",
          "theft domestic, theft domestic" },
        { "kind = stable\nkey = {id}", "7,2024-01-01,theft,0,A,1,2\n7.0,2024-01-02,theft,1,A,1,2\n",
          "theft domestic, theft domestic" },
        { "kind = types\nkey = {id}", "A1,2024-01-01,rape,0,A,1,2\na1,2024-01-01,theft,0,A,1,2\n",
          "rape sexual, theft sexual" },
        { "kind = stable\nkey = {id}",
          "aB,2024-01-01,theft,0,A,1,2\nAb,2024-01-01,theft,1,A,1,3\nAB,2024-01-01,theft,0,A,1,3\n",
          "theft domestic, theft domestic, theft domestic" },
        // Another key, or only one of time, place and kind.
        { "kind = stable\nkey = {id}", "70,2024-01-01,theft,1,A,1,2\n7,2024-01-01,theft,0,A,1,2\n",
          "theft domestic, theft ordinary" },
        { "kind = stable\nkey = {id}", "07,2024-01-01,theft,1,A,1,2\n7,2024-01-02,theft,0,A,1,3\n",
          "theft domestic, theft ordinary" },
        { "kind = stable\nkey = {id}", "07,2024-01-01,rape,0,A,1,2\n7,2024-01-02,theft,0,A,1,2\n",
          "rape sexual, theft ordinary" },
        { "kind = stable\nkey = {id}", "07,2024-01-01,theft,0,A,1,2\n7,2024-01-01,theft,0,A,1,2\n",
          "theft ordinary, theft ordinary" },
        // Of slices, and of what is hidden by another of its key. A key as it is in another slice is another incident's.
        { KEYED, "07,2024-01-01,theft,1,A,1,2\n7,2024-01-01,theft,0,B,1,2\n",
          "theft domestic, theft domestic" },
        { KEYED, "7,2024-01-01,theft,1,A,1,2\n7,2024-01-05,lamp,0,A,1,9\n07,2024-01-05,lamp,0,A,1,9\n",
          "theft domestic, lamp domestic, lamp domestic" },
        { KEYED, "7,2024-01-01,theft,1,A,1,2\n7,2024-01-01,theft,0,B,1,2\n",
          "theft domestic, theft ordinary" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench          b = bench_open();
        const struct profile *p = profile_of(&b, cases[i].identity, KINDS);
        str                   text = arena_printf(b.sc.mem, "id,d,k,dom,m,x,y\n%s", cases[i].rows);
        const char           *path = write_file(&b.sc, b.dir, "1.csv", text);
        struct import_options o = { .profile = p, .lift_protection = true }; // "these are others"
        struct import_report  r;
        ok_err(&b.sc, import_by(&b.sc, b.st, &o, &path, 1, &r), OK);
        ok(str_eq(hidden(&b), str_of(cases[i].told)), "case %zu: %.*s", i, STR(hidden(&b)));
        bench_close(&b);
    }
    // Another source has keys of its own.
    struct bench          b = bench_open();
    const struct profile *p = profile_of(&b, "kind = stable\nkey = {id}", KINDS);
    take(&b, p, "1.csv", "id,d,k,dom,m,x,y\n7,2024-01-01,theft,0,A,1,2\n");
    str            other = arena_printf(b.sc.mem, "%s", "id,d,k,dom,m,x,y\n07,2024-01-01,theft,1,A,1,2\n");
    struct profile elsewhere = *p;
    elsewhere.source.key = S("other");
    take(&b, &elsewhere, "2.csv", other.p);
    ok_str(hidden(&b), S("theft ordinary, theft domestic"));
    bench_close(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_kinds_of_one_incident),
    cmocka_unit_test(test_keys_within_a_slice),
    cmocka_unit_test(test_mentions_classified_later),
    cmocka_unit_test(test_keys_of_kinds_classified_later),
    cmocka_unit_test(test_keys_that_come_back),
    cmocka_unit_test(test_choices),
    cmocka_unit_test(test_choices_of_kinds),
    cmocka_unit_test(test_choices_of_kinds_classified),
    cmocka_unit_test(test_named_outcomes),
    cmocka_unit_test(test_copies),
    cmocka_unit_test(test_beside_properties),
    cmocka_unit_test(test_names_of_properties),
    cmocka_unit_test(test_keys_written_otherwise),
    cmocka_unit_test(test_files_whose_numbers_collide),
    cmocka_unit_test(test_alike_keys_hide),
    cmocka_unit_test(test_rejected_rows_hide),
    cmocka_unit_test(test_rejected_rows_of_uncertain_key),
};
TEST_MAIN(tests)
