// SPDX-License-Identifier: EUPL-1.2
// Columns that nothing reads: which names and which values refuse a file, in four languages, and what the sentence says. That a
// value is never overlooked is held against the slow way, phrase by phrase.
#include "import.h"

#include "base/clock.h"
#include "import/values.h"
#include "import/words.h"

static void test_hits(void **state)
{
    (void)state;
    static const struct {
        const char      *value;
        enum sensitivity is; // 0: none
    } rows[] = {
        { "", 0 },
        { "41.9", 0 },
        { "HY194057", 0 },
        { "APARTMENT", 0 },
        { "Street lamp", 0 },
        { "victim was RAPED by an acquaintance", SENSITIVITY_SEXUAL },
        { "DOMESTIC BATTERY SIMPLE", SENSITIVITY_DOMESTIC },
        { "Znásilnění nezletilé", SENSITIVITY_CHILD },
        { "znásilnění", SENSITIVITY_SEXUAL },
        { "Домашнє насильство", SENSITIVITY_DOMESTIC },
        { "самогубство", SENSITIVITY_SELF_HARM },
        { "12,Vergewaltigung;3", SENSITIVITY_SEXUAL },
        { "to a minor", SENSITIVITY_CHILD },
        { "x-child2", SENSITIVITY_CHILD },
        { "forced (by threats) labour", SENSITIVITY_TRAFFICKING },
        { "Hate crime", SENSITIVITY_HATE },
        { "сімеи\u0306нии\u0306 конфлікт", SENSITIVITY_DOMESTIC }, // letters with their marks behind them
        { "семеи\u0306ныи\u0306", SENSITIVITY_DOMESTIC },
        { "ребёнок", SENSITIVITY_CHILD },
        { "ребе\u0308нок", SENSITIVITY_CHILD },
        { "do\u00ADmestic violence", SENSITIVITY_DOMESTIC },
        { "dome\u200Bstic violence", SENSITIVITY_DOMESTIC },
        { "theft\u200Brape", SENSITIVITY_SEXUAL },
        { "dome\u3164stic violence", SENSITIVITY_DOMESTIC }, // letters that look like blanks
        { "ra\u115Fpe", SENSITIVITY_SEXUAL },
        { "the\u00ADrapist", 0 }, // one word
        { "ＲＡＰＥ", SENSITIVITY_SEXUAL },
        { "zn&aacute;siln&ecaron;n&iacute;", SENSITIVITY_SEXUAL }, // letters that are spelled
        { "\\u0437\\u0491\\u0432\\u0430\\u043b\\u0442", SENSITIVITY_SEXUAL },
        { "kolo\\nznásilnění", SENSITIVITY_SEXUAL }, // what parts words
        { "kolo\\r\\ndomácí násilí", SENSITIVITY_DOMESTIC },
        { "велосипед\\tзґвалтування", SENSITIVITY_SEXUAL },
        { "theft\\rape", SENSITIVITY_SEXUAL },
        { "rape1", SENSITIVITY_SEXUAL }, // words that digits and capitals part
        { "1rape", SENSITIVITY_SEXUAL },
        { "RapeOfGirl", SENSITIVITY_CHILD },
        { "сімейнийКонфлікт2", SENSITIVITY_DOMESTIC },
        { "theft2rape", SENSITIVITY_SEXUAL },
        { "EscapeGrape, McDonald", 0 },
        { "DV123456, IPv6, HIV1, x7Girl9, aSexB3, AA1234DV", 0 }, // codes
        { "qKidRa1cBoyXsSexT", 0 },
        { "RapeAa1RapeAa1RapeAa1RapeAa1RapeAa1RapeAa1RapeAa1RapeAa1Rape", 0 },
        { "[\"bike\\\\nrape\"]", SENSITIVITY_SEXUAL },
        // Ages of children, in words that stand side by side.
        { "13 let", SENSITIVITY_CHILD },
        { "poškozená, 13letá", SENSITIVITY_CHILD },
        { "13-letá", SENSITIVITY_CHILD },
        { "ve věku 7 let", SENSITIVITY_CHILD },
        { "13 років", SENSITIVITY_CHILD },
        { "13-річна", SENSITIVITY_CHILD },
        { "aged 13", SENSITIVITY_CHILD },
        { "13 year old", SENSITIVITY_CHILD },
        { "a 9-year-old", SENSITIVITY_CHILD },
        { "17yo", SENSITIVITY_CHILD },
        { "13 лет", SENSITIVITY_CHILD },
        { "13-летняя", SENSITIVITY_CHILD },
        { "13-jährige", SENSITIVITY_CHILD },
        { "13jähriges", SENSITIVITY_CHILD },
        { "18 let", 0 },
        { "aged 45", 0 },
        { "113 let", 0 },
        { "3 letadla", 0 },
        { "25 years old", 0 },
        { "2 cars, 30 years old", 0 },
        { "12.03.2018 року", 0 },
        { "vzal si život", SENSITIVITY_SELF_HARM },
        { "took his own life", SENSITIVITY_SELF_HARM },
        { "наклав на себе руки", SENSITIVITY_SELF_HARM },
        { "наклала на себе руки", SENSITIVITY_SELF_HARM },
        { "покончил с собой", SENSITIVITY_SELF_HARM },
        { "nahm sich das Leben", SENSITIVITY_SELF_HARM },
        { "hanged", SENSITIVITY_SELF_HARM },
        { "hanging basket", 0 },
        { "expartnerka", SENSITIVITY_DOMESTIC },
        { "exwife", SENSITIVITY_DOMESTIC },
        { "VAWG", SENSITIVITY_DOMESTIC },
        { "HBV", SENSITIVITY_DOMESTIC },
        // Articles with their sign, in the list of its language.
        { "§ 187", SENSITIVITY_CHILD },
        { "§187/1", SENSITIVITY_CHILD },
        { "podle § 185 odst. 1 TZ", SENSITIVITY_SEXUAL },
        { "§\u00A0"
          "199",
          SENSITIVITY_DOMESTIC },
        { "čl. 187", SENSITIVITY_CHILD },
        { "Paragraf 187", SENSITIVITY_CHILD },
        { "ст. 152", SENSITIVITY_SEXUAL },
        { "СТ.152 ч. 2", SENSITIVITY_SEXUAL },
        { "ч. 1 ст. 126-1 КК", SENSITIVITY_DOMESTIC },
        { "стаття 390 прим. 1", SENSITIVITY_DOMESTIC },
        { "ст. １５２", SENSITIVITY_SEXUAL },
        { "§ 205, § 187", SENSITIVITY_CHILD },
        { "TZ 205, 187", SENSITIVITY_CHILD },
        { "§ 205 TZ, 187", SENSITIVITY_CHILD },
        { "§ 205 tr. zák.", 0 },
        { "zák. č. 361/2000 Sb.", 0 },
        { "žák č. 361", SENSITIVITY_CHILD },
        { "size 9 UK trainers 152", 0 },
        { "§ 205", 0 },
        { "ст. 185 ч. 3", 0 },
        { "152 N STATE ST", 0 },
        { "MAIN ST 152", 0 },
        { "ст. Лісова 152", 0 },
        { "187", 0 },
        { "§ 9", 0 },
        // A street with its type and nothing else, up to a comma, is one.
        { "вул. Дитяча, 5", 0 },
        { "Дитяча вулиця 12-А, Київ", 0 },
        { "Kinderstraße 12", 0 },
        { "KINDERSTRASSE 12a", 0 },
        { "Dětská ul. 7, Brno", 0 },
        { "On or near Young Street", 0 },
        { "5 YOUNG RD", 0 },
        { "Дитяча вулиця, побили дитину", SENSITIVITY_CHILD },
        { "Дитина вулиця", SENSITIVITY_CHILD },
        { "Děti ulice", SENSITIVITY_CHILD },
        { "Дитяча", SENSITIVITY_CHILD },
        { "Young Road User", SENSITIVITY_CHILD },
        { "Young", SENSITIVITY_CHILD },
        { "child street", SENSITIVITY_CHILD },
        { "Kinderstraße Kind", SENSITIVITY_CHILD },
        { "rape, Young Street", SENSITIVITY_SEXUAL },
        { "Young Street rape", SENSITIVITY_CHILD },
        { "Дитяча ст. 152", SENSITIVITY_SEXUAL },
        { "Dětská ul. § 187", SENSITIVITY_CHILD },
    };
    struct scope                       sc = test_scope();
    AUTO(values_closep) struct values *v = NULL;
    ok_err(&sc, values_open(&sc, &v), OK);
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            const struct phrase *hit;
            bool                 damaged;
            ok_err(&sc, values_hit(v, &sc, str_of(rows[i].value), &hit, &damaged), OK);
            ok(!hit == !rows[i].is && (!hit || sensitivity_strictest(hit->classes) == rows[i].is),
               "\"%s\": %.*s", rows[i].value, STR(hit ? hit->written : S("nothing")));
        }
    values_closep(&v);
    test_scope_end(&sc);
}

/// Words of all phrases, put together at random with what may stand between them: the fast way and the slow one agree.
static void test_none_is_overlooked(void **state)
{
    (void)state;
    static const char *const between[] = { " ", "-",   ", ",       "/", " x ",    "'",     "1",
                                           "’", " – ", "\xC2\xA0", "`", "\u00AD", "\u200B" };
    enum { ROUNDS = 3000, MAX = 400 };
    struct scope                       sc = test_scope();
    const struct code_list            *l;
    AUTO(values_closep) struct values *v = NULL;
    uint64_t                           seed = test_seed();
    size_t                             hits = 0;
    ok_err(&sc, values_open(&sc, &v), OK);
    ok_err(&sc, codes_find(&sc, S("words"), &l), OK);
    for (int round = 0; round < ROUNDS; round++) {
        struct arena_mark    before = arena_mark(sc.mem);
        const struct phrase *hit;
        struct words_told    told;
        bool                 damaged;
        char                 text[MAX];
        size_t               n = 0;
        for (int w = 0; w < 3; w++) {
            const struct phrase *p = &l->phrase[test_random(&seed) % l->n_phrases];
            str                  s = p->written;
            for (size_t i = 0; i < s.n && n < MAX - 40; i++)
                if (s.p[i] == '*') text[n++] = (char)('a' + test_random(&seed) % 26);
                else text[n++] = s.p[i];
            const char *gap = between[test_random(&seed) % COUNT(between)];
            memcpy(text + n, gap, strlen(gap));
            n += strlen(gap);
        }
        ok_err(&sc, values_hit(v, &sc, (str){ text, n }, &hit, &damaged), OK);
        ok_err(&sc, words_tell(&sc, l, (str){ text, n }, &told), OK);
        ok(!hit == !(told.classes & VALUES_CLASSES), "\"%.*s\": the slow way says %#x", (int)n, text,
           told.classes);
        hits += hit != NULL;
        arena_back(sc.mem, before);
    }
    ok(hits > ROUNDS / 4, "%zu hits", hits);
    values_closep(&v);
    test_scope_end(&sc);
}

/// A hit is spelled once, however often it stands there. Once each, this took minutes.
static void test_long_value(void **state)
{
    (void)state;
    enum { TIMES = 40000, SECONDS = 20 };
    struct scope                       sc = test_scope();
    AUTO(values_closep) struct values *v = NULL;
    AUTO(buf_free) struct buf          b;
    const struct phrase               *hit;
    bool                               damaged;
    buf_init(&b, 5 * TIMES + 8);
    for (int i = 0; i < TIMES; i++) buf_add(&b, S("rape "));
    ok_err(&sc, values_open(&sc, &v), OK);
    int64_t began = clock_system.monotonic_ns();
    ok_err(&sc, values_hit(v, &sc, buf_str(&b), &hit, &damaged), OK);
    int64_t s = (clock_system.monotonic_ns() - began) / 1000000000;
    ok(hit && s < SECONDS, "it took %lld s", (long long)s);
    test_scope_end(&sc);
}

#define HEAD                                                                                                 \
    "[source]\nkey = town\nname = T\n[identity]\nkind = stable\nkey = {id}\n[when]\nfrom = {d}\nformat = "   \
    "%%Y-%%m-%%d\n"

/// Whole imports: a header, two values of its last column, and the sentence.
static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char *profile, *column, *a, *b, *says; // says NULL: taken
    } files[] = {
        { "", "Info 2", "Rape of a girl", "broken window",
          "nothing reads the column \"Info 2\", and 1 of its values has words or articles of sensitive "
          "kinds" },
        { "", "Info 2", "broken window", "torn fence", NULL },
        { "", "Info 2", "§ 187", "§ 205",
          "1 of its values has words or articles of sensitive kinds, as \"cz-criminal-code 187\" (child)" },
        { "", "Info 2", "ст. 126 прим. 1", "ст. 185", "as \"ua-criminal-code 126-1\" (domestic)" },
        { "", "Info 2", "§ 205", "ст. 185", NULL },
        { "unread = Info 2\n", "Info 2", "Rape of a girl", "", NULL },
        { "detail = {Info 2}\n", "Info 2", "Rape of a girl", "", NULL },
        { "unread = Info 3\n", "Info 2", "стосовно дитини", "щодо дитини", "2 of its values" },
        { "", "Victim Age", "seventeen years", "thirty", "who the victim is" },
        { "", "Pohlaví oběti", "", "", "who the victim is" },
        { "", "Alter des Opfers", "", "", "who the victim is" },
        { "", "Вік потерпілого", "", "", "who the victim is" },
        { "", "Hate Motivation", "", "", "out of hatred" },
        { "", "Bias", "", "", "out of hatred" },
        { "", "Sebevražda", "", "", "against oneself" },
        { "", "Торгівля людьми", "", "", "trafficking" },
        { "", "Menschenhandel", "", "", "trafficking" },
        { "", "Relationship", "", "", "how victim and offender are related" },
        { "", "Vztah", "", "", "how victim and offender are related" },
        { "", "Родинні зв'язки", "", "", "how victim and offender are related" },
        { "", "Narrative", "", "", "in free text what happened" },
        { "", "Modus operandi", "", "", "in free text what happened" },
        { "", "Poznámka", "", "", "in free text what happened" },
        { "", "Фабула", "", "", "in free text what happened" },
        { "", "Sachverhalt", "", "", "in free text what happened" },
        { "", "Religion", "", "", "faith, origin" },
        { "", "Národnost", "", "", "faith, origin" },
        { "", "Häusliche Gewalt", "", "", "which incidents are domestic" },
        { "", "Minderjährig", "", "", "whether the victim is a child" },
        { "", "Info 2", "zn?siln?n?", "kr?de?", "2 of its values have lost letters" },
        { "unread = Info 2\n", "Info 2", "zn?siln?n?", "", NULL },
        { "", "Info 2", "why?", "a? b", NULL },
        { "", "Weapon", "knife", "none", NULL },
        { "", "Beat", "12", "13", NULL },
        { "unread = Narrative\n", "Narrative", "Rape", "", NULL },
        // Names that say too little, with yes and no below them, and without.
        { "", "flag", "так", "ні",
          "nothing reads the column \"flag\", all values of which are yes or no, and which may tell "
          "which incidents are not to be told" },
        { "", "dom", "ano", "", "which may tell which incidents are domestic" },
        { "", "dom.", "ano", "ne", "which incidents are domestic" },
        { "", "Příznak", "true", "false", "not to be told" },
        { "", "section", "ja", "nein", "which law was broken" },
        { "", "act", "", "X", "which law was broken" },
        { "", "обмеження", "так", "", "which incidents are not to be told" },
        { "unread = flag\n", "flag", "так", "ні", NULL },
        { "", "flag", "red", "так", NULL },
        { "", "dom", "31", "1", NULL },
        { "", "flag", "", "", NULL },
        // A surname is a word; what is no name of a person is looked at there, too.
        { "", "Surname", "Young", "Syn", NULL },
        { "", "Příjmení", "Syn", "Young", NULL },
        { "", "Прізвище", "Дитина", "", NULL },
        { "", "Surname", "Young child", "", "as \"" },
        { "", "Surname", "Rape", "", "as \"" },
        { "", "Officer", "Young", "", "as \"" },
        { "", "Surname of child", "", "", "whether the victim is a child" },
        // Words of names that say nothing there.
        { "", "Kind of weapon", "knife", "", NULL },
        { "", "KindOfPlace", "", "", NULL },
        { "", "Způsob vyřízení", "", "", NULL },
        { "", "zpusob_oznameni", "", "", NULL },
        { "", "Způsob spáchání", "", "", "in free text what happened" },
        { "", "Kind of victim", "", "", "who the victim is" },
        { "", "Kind of child", "", "", "whether the victim is a child" },
        { "", "Kind", "", "", "whether the victim is a child" },
        { "", "Partner agency", "", "", "how victim and offender are related" },
        { "", "lit", "так", "ні", NULL },
    };
    for (size_t i = 0; i < COUNT(files); i++)
        for (int json = 0; json < 2; json++) {
            struct scope          sc = test_scope();
            const char           *dir = test_dir(&sc), *data;
            const struct profile *p;
            struct import_report  r;
            ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
            struct store *st = import_store(&sc, data, S("Europe/Prague"));
            str           text = arena_printf(sc.mem, HEAD "[what]\ncategory = {k}\n%s", files[i].profile);
            ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "p.profile", text), &p), OK);
            str rows =
                json
                    ? arena_printf(
                          sc.mem,
                          "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":"
                          "null,"
                          "\"properties\":{\"id\":1,\"d\":\"2024-01-01\",\"k\":\"A\"}},{\"type\":\"Feature\","
                          "\"geometry\":null,\"properties\":{\"%s\":\"%s\",\"id\":2,\"d\":\"2024-01-01\","
                          "\"k\":\"A\"}},"
                          "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":3,\"d\":\"2024-01-"
                          "01\","
                          "\"%s\":\"%s\",\"k\":\"A\"}}]}",
                          files[i].column, files[i].a, files[i].column, files[i].b)
                    : arena_printf(sc.mem, "id,d,k,%s\n1,2024-01-01,A,\"%s\"\n2,2024-01-01,A,\"%s\"\n",
                                   files[i].column, files[i].a, files[i].b);
            if (json && str_starts(str_of(files[i].profile),
                                   S("detail"))) // a later property that tells is another test's
                rows = S("{\"type\":\"FeatureCollection\",\"features\":[]}");
            const char *file = write_file(&sc, dir, json ? "1.geojson" : "1.csv", rows);
            enum err    e = import_one(&sc, st, p, file, &r);
            ok(e == (files[i].says ? ERR_INVALID : OK), "%s: %s", files[i].column,
               e ? sc.fault.text : "taken");
            if (files[i].says) {
                const char *says = sc.fault.text;
                ok(json || strstr(says, files[i].says), "%s: %s", files[i].column, says);
                bool named = str_starts(str_of(files[i].profile), S("unread")); // and stays so
                ok(strstr(says,
                          arena_printf(sc.mem, "\"unread = %s%s\"", named ? "Info 3 | " : "", files[i].column)
                              .p) &&
                       strstr(says, "; the profile is ") && strstr(says, "/p.profile"),
                   "%s: %s", files[i].column, says);
                ok(!*files[i].a || !strstr(says, files[i].a), "a value is told: %s", says);
                struct store_counts n;
                ok_err(&sc, store_counts_get(&sc, st, &n), OK);
                ok_i64(n.incidents, 0);
            }
            store_close(st);
            test_dir_end(&sc, dir);
            test_scope_end(&sc);
        }
}

/// Values of several columns, in one refusal, each with what was found.
static void test_columns_at_once(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc), *data;
    const struct profile *p;
    struct import_report  r;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    struct store *st = import_store(&sc, data, S("Europe/Prague"));
    str           text = arena_printf(sc.mem, HEAD "[what]\ncategory = {k}\n");
    ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "p.profile", text), &p), OK);
    const char *file =
        write_file(&sc, dir, "1.csv",
                   S("id,d,k,Info 2,Beat,Info 3,flag\n1,2024-01-01,A,Rape of a girl,12,zn?siln?n?,yes\n"
                     "2,2024-01-01,A,child hit,13,,no\n"));
    ok_err(&sc, import_one(&sc, st, p, file, &r), ERR_INVALID);
    static const char *const says[] = {
        "nothing reads 3 columns that may protect: \"Info 2\" (2 of its values have words or articles of "
        "sensitive "
        "kinds, as ",
        ": detail); \"Info 3\" (1 of its values has lost letters: have the file made anew); \"flag\" (which "
        "incidents are not to be told: domestic). Read",
        "\"unread = Info 2 | Info 3 | flag\" into the profile's [what]; the profile is ",
    };
    for (size_t i = 0; i < COUNT(says); i++)
        ok(strstr(sc.fault.text, says[i]), "%s: %s", says[i], sc.fault.text);
    store_close(st);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_hits),
    cmocka_unit_test(test_none_is_overlooked),
    cmocka_unit_test(test_long_value),
    cmocka_unit_test(test_files),
    cmocka_unit_test(test_columns_at_once),
};
TEST_MAIN(tests)
