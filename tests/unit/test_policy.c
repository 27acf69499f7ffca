// SPDX-License-Identifier: EUPL-1.2
#include "publish/policy.h"

#include "check.h"
#include "model/incident.h"

static enum showing shows(const struct policy *p, enum tier t, const char *key, int iccs)
{
    struct category c = { .key = str_of(key), .iccs = iccs };
    return policy_shows(&p->tier[t], &c);
}

static void the_default_is_what_it_says(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    ok_str(p.text, policy_default());
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    ok(t->given && t->anchor_grid_m == 250 && !t->exact && !t->anchor_file.n, "grid %u", t->anchor_grid_m);
    ok(t->finest == PRECISION_HOUR && t->delay_days == 7 && !t->flags && t->outcome, "public");
    ok(!t->place_text && !t->domestic, "public");
    ok(p.tier[TIER_PARTNER].delay_days == 1 && p.tier[TIER_PARTNER].anchor_grid_m == 100, "partner");
    ok(p.tier[TIER_POLICE].exact && p.tier[TIER_POLICE].delay_days == DELAY_NONE, "police");
    ok_i64(p.tier[TIER_POLICE].flags, FLAG_ARREST | FLAG_DOMESTIC | FLAG_ATTEMPTED);

    static const struct {
        const char  *key;
        int          iccs;
        enum showing by[TIERS];
    } rows[] = {
        { "theft", 5, { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS } },
        { "homicide", 1, { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS } },
        { "prostitution", 8, { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS } },
        { "1234", 3, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "violence-and-sexual-offences", 2, { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS } },
        { "criminal-sexual-assault", 0, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "sex-offense", 0, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "offense-involving-children", 2, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "attempted-suicide", 12, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "znasilneni", 0, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "zgvaltuvannia", 0, { SHOW_WITHHELD, SHOW_POINTS, SHOW_POINTS } },
        { "human-trafficking", 2, { SHOW_WITHHELD, SHOW_WITHHELD, SHOW_WITHHELD } },
        { "obchodovani-s-lidmi", 2, { SHOW_WITHHELD, SHOW_WITHHELD, SHOW_WITHHELD } },
        { "torhivlia-liudmy", 2, { SHOW_WITHHELD, SHOW_WITHHELD, SHOW_WITHHELD } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int t_ = 0; t_ < TIERS; t_++)
            ok(shows(&p, (enum tier)t_, rows[i].key, rows[i].iccs) == rows[i].by[t_], "%s in tier %d",
               rows[i].key, t_);
    test_scope_end(&sc);
}

static void silence_is_strict(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc, policy_read(&sc, S("tier public"), &p), OK);
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    ok(t->anchor_grid_m == 1000 && !t->exact && t->finest == PRECISION_MONTH && t->delay_days == 31,
       "numbers");
    ok(!t->flags && !t->outcome && !t->place_text && !t->domestic, "words");
    ok(shows(&p, TIER_PUBLIC, "theft", 5) == SHOW_WITHHELD, "category");
    ok(!p.tier[TIER_PARTNER].given && shows(&p, TIER_PARTNER, "theft", 5) == SHOW_WITHHELD, "tier");
    test_scope_end(&sc);
}

static void every_statement_is_read(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc,
           policy_read(
               &sc,
               S("\xEF\xBB\xBF# head\r\n\r\ntier public # all\r\n anchors file points.csv\r\n\ttime\tday\r\n"
                 "delay 1 day\nflags attempted arrest\noutcome told\nplace source\ndomestic points\n"
                 "category *: points\ncategory iccs-3 : withheld\ncategory a*b-*c withheld\n"
                 "category theft withheld\ncategory theft points"),
               &p),
           OK);
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    ok_str(t->anchor_file, S("points.csv"));
    ok(!t->anchor_grid_m && t->finest == PRECISION_DAY && t->delay_days == 1, "numbers");
    ok(t->flags == (FLAG_ARREST | FLAG_ATTEMPTED) && t->outcome && t->place_text && t->domestic, "words");
    ok_i64(t->n_rules, 5);
    ok_i64(t->rules[1].line, 12);
    static const struct {
        const char  *key;
        enum showing show;
    } rows[] = {
        { "theft", SHOW_POINTS },     { "ab-c", SHOW_WITHHELD },     { "axxb-yyc", SHOW_WITHHELD },
        { "ab-cc", SHOW_WITHHELD },   { "ab-cb-c", SHOW_WITHHELD },  { "ab-cd", SHOW_POINTS },
        { "xab-c", SHOW_POINTS },     { "abc", SHOW_POINTS },        { "a", SHOW_POINTS },
        { "aab-b-c", SHOW_WITHHELD }, { "a-b--c-c", SHOW_WITHHELD }, { "theft-x", SHOW_POINTS },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(shows(&p, TIER_PUBLIC, rows[i].key, 5) == rows[i].show, "%s", rows[i].key);
    test_scope_end(&sc);
}

static void errors_name_line_and_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says[3];
    } rows[] = {
        { "", { "no \"tier\" line" } },
        { "# only\n", { "no \"tier\" line" } },
        { "time day\ntier public", { "line 1", "before the first \"tier\"" } },
        { "tier\n", { "line 1", "public, partner or police" } },
        { "tier town\n", { "line 1", "\"town\"", "public, partner or police" } },
        { "tier public now\n", { "line 1", "\"now\" is one word too many" } },
        { "tier public\n\ntier public\n", { "line 3", "line 1" } },
        { "tier public\ntime tomorrow", { "line 2", "\"tomorrow\"", "month, day, hour or minute" } },
        { "tier public\ntime", { "line 2", "\"time\" wants", "month, day, hour or minute" } },
        { "tier public\ntime day\ntime month", { "line 3", "line 2" } },
        { "tier public\ntime day x", { "line 2", "\"x\"" } },
        { "tier public\nanchors", { "line 2", "grid 250 m" } },
        { "tier public\nanchors hex", { "line 2", "\"hex\"" } },
        { "tier public\nanchors grid 49 m", { "line 2", "from 50 to 5000" } },
        { "tier public\nanchors grid 5001 m", { "line 2", "from 50 to 5000" } },
        { "tier public\nanchors grid 250 ft", { "line 2", "grid 250 m" } },
        { "tier public\nanchors grid 250", { "line 2", "grid 250 m" } },
        { "tier public\nanchors exact", { "line 2", "public never sees exact" } },
        { "tier public\nanchors file", { "line 2", "data folder" } },
        { "tier public\nanchors file /etc/passwd", { "line 2", "data folder" } },
        { "tier public\nanchors file ../x.csv", { "line 2", "data folder" } },
        { "tier public\ndelay", { "line 2", "0 to 366" } },
        { "tier public\ndelay -1 days", { "line 2", "0 to 366" } },
        { "tier public\ndelay 367 days", { "line 2", "0 to 366" } },
        { "tier public\ndelay 7", { "line 2", "0 to 366" } },
        { "tier public\ndelay none", { "line 2", "not for the public" } },
        { "tier public\nflags", { "line 2", "\"flags\" wants" } },
        { "tier public\nflags none arrest", { "line 2", "\"none\"" } },
        { "tier public\nflags arrest gun", { "line 2", "\"gun\"" } },
        { "tier public\nplace here", { "line 2", "\"here\"" } },
        { "tier public\noutcome maybe", { "line 2", "\"maybe\"" } },
        { "tier public\ndomestic told", { "line 2", "\"told\"" } },
        { "tier public\ncategory", { "line 2", "not a category" } },
        { "tier public\ncategory theft", { "line 2", "points" } },
        { "tier public\ncategory theft areas", { "line 2", "\"areas\"" } },
        { "tier public\ncategory Theft points", { "line 2", "\"Theft\"" } },
        { "tier public\ncategory iccs-13 points", { "line 2", "iccs-0 to iccs-12" } },
        { "tier public\ncategory iccs-x points", { "line 2", "iccs-0 to iccs-12" } },
        { "tier public\ncategory a points points", { "line 2", "one word too many" } },
        { "tier public\ncolour red", { "line 2", "\"colour\"", "anchors, time" } },
        { "tier public\nflags a b c d e f g h", { "line 2", "more than 8 words" } },
        { "tier public\n\xFF", { "line 2", "UTF-8" } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope  sc = test_scope();
        struct policy p = { 0 };
        ok_err(&sc, policy_read(&sc, str_of(rows[i].text), &p), ERR_INVALID);
        for (size_t k = 0; k < COUNT(rows[i].says) && rows[i].says[k]; k++)
            ok(strstr(sc.fault.text, rows[i].says[k]), "\"%s\": \"%s\" lacks \"%s\"", rows[i].text,
               sc.fault.text, rows[i].says[k]);
        ok(!p.tier[TIER_PUBLIC].given, "nothing is handed out");
        test_scope_end(&sc);
    }
}

static void no_circle_learns_more_than_a_narrower_one(void **state)
{
    (void)state;
    static const struct {
        const char *wide, *narrow, *says; // NULL: fine
    } rows[] = {
        { "anchors grid 250 m", "anchors grid 250 m", NULL },
        { "anchors grid 250 m", "anchors exact", NULL },
        { "anchors file a.csv", "anchors file a.csv", NULL },
        { "anchors file a.csv", "anchors exact", NULL },
        { "anchors file a.csv", "anchors file b.csv", "anchors" },
        { "anchors file a.csv", "anchors grid 50 m", "anchors" },
        { "anchors grid 5000 m", "anchors file a.csv", "anchors" },
        { "anchors grid 250 m", "anchors grid 251 m", "anchors" },
        { "time hour", "time day", "time" },
        { "time day", "time hour", NULL },
        { "delay 2 days", "delay 3 days", "delay" },
        { "delay 0 days", "delay none", NULL },
        { "flags arrest", "flags attempted", "flags" },
        { "flags arrest", "flags attempted arrest", NULL },
        { "outcome told", "outcome withheld", "outcome" },
        { "place source", "", "place" },
        { "domestic points", "", "domestic" },
        { "category theft points", "category theft points", NULL },
        { "category theft points", "category * points", NULL },
        { "category theft points", "category iccs-5 points", "\"theft\" (ICCS section 0)" },
        { "category iccs-5 points", "category * points\ncategory theft withheld",
          "\"theft\" (ICCS section 5)" },
        { "category * points", "category * points\ncategory iccs-3 withheld", "ICCS section 3" },
        { "category * points\ncategory iccs-3 withheld", "category * points\ncategory iccs-3 withheld",
          NULL },
        { "category *a* points", "category b* points", "\"a\"" },
        { "category * points", "category * points\ncategory *x* withheld", "\"x\"" },
    };
    static const char *const pairs[][2] = { { "public", "partner" },
                                            { "public", "police" },
                                            { "partner", "police" } };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(pairs); k++) {
            struct scope  sc = test_scope();
            struct policy p;
            // Both orders in the file: what counts is the tier and not who speaks first.
            str text = i % 2 ? arena_printf(sc.mem, "tier %s\n%s\ntier %s\n%s\n", pairs[k][0], rows[i].wide,
                                            pairs[k][1], rows[i].narrow)
                             : arena_printf(sc.mem, "tier %s\n%s\ntier %s\n%s\n", pairs[k][1], rows[i].narrow,
                                            pairs[k][0], rows[i].wide);
            ok_err(&sc, policy_read(&sc, text, &p), rows[i].says ? ERR_INVALID : OK);
            ok(!rows[i].says || strstr(sc.fault.text, rows[i].says), "%.*s: %s", STR(text), sc.fault.text);
            ok(!rows[i].says || strstr(sc.fault.text, pairs[k][0]), "%s is named", pairs[k][0]);
            test_scope_end(&sc);
        }
}

static void stars_are_checked_against_the_real_list(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc,
           policy_read(
               &sc,
               S("tier public\ncategory * points\ncategory *ab* withheld\ntier police\ncategory * points\n"
                 "category *ab* withheld\ncategory *a*b* withheld\ncategory ab points\n"),
               &p),
           OK);
    const struct category list[] = { { .key = S("theft") }, { .key = S("axb") } };
    ok_err(&sc, policy_check(&sc, &p, list, 1), OK);
    ok_err(&sc, policy_check(&sc, &p, list, 2), ERR_INVALID);
    ok(strstr(sc.fault.text, "axb"), "%s", sc.fault.text);
    test_scope_end(&sc);
}

static void limits(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    struct buf    b;
    buf_init(&b, 1 << 20);
    buf_add(&b, S("tier public\n"));
    for (int i = 0; i < POLICY_MAX_RULES; i++) buf_printf(&b, "category c%d points\n", i);
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), OK);
    buf_add(&b, S("category last points\n"));
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), ERR_LIMIT);
    buf_reset(&b);
    buf_add(&b, S("tier public\n#"));
    while (b.n < POLICY_MAX_BYTES) buf_add_c(&b, 'x');
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), OK);
    buf_add_c(&b, 'x');
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), ERR_LIMIT);
    buf_free(&b);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_default_is_what_it_says),
    cmocka_unit_test(silence_is_strict),
    cmocka_unit_test(every_statement_is_read),
    cmocka_unit_test(errors_name_line_and_word),
    cmocka_unit_test(no_circle_learns_more_than_a_narrower_one),
    cmocka_unit_test(stars_are_checked_against_the_real_list),
    cmocka_unit_test(limits),
};
TEST_MAIN(tests)
