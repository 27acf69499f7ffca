// SPDX-License-Identifier: EUPL-1.2
#include "publish/policy.h"

#include "check.h"
#include "model/incident.h"

static enum showing shows(const struct policy *p, enum tier t, const char *key, int iccs,
                          enum sensitivity class)
{
    struct category c = { .key = str_of(key), .iccs = iccs, .sensitivity = class };
    return policy_shows(&p->tier[t], 0, &c);
}

static void the_default_is_what_it_says(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    ok_err(&sc, policy_floors(&sc, &p, false, 0), OK);
    ok_str(p.text, policy_default());
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    ok(p.least == 10 && !p.area_set.n, "areas");
    ok(t->given && t->anchor_grid_m == 250 && !t->exact && !t->anchor_file.n, "grid %u", t->anchor_grid_m);
    ok(t->finest == PRECISION_MONTH && t->delay_days == 31 && !t->flags && t->outcome && !t->place_text,
       "public");
    ok(p.tier[TIER_PARTNER].delay_days == 1 && p.tier[TIER_PARTNER].anchor_grid_m == 100, "partner");
    ok(p.tier[TIER_POLICE].exact && p.tier[TIER_POLICE].delay_days == DELAY_NONE, "police");
    ok_i64(p.tier[TIER_POLICE].flags, FLAG_ARREST | FLAG_DOMESTIC | FLAG_ATTEMPTED);

    static const struct {
        enum sensitivity class;
        enum showing   by[TIERS];
        enum precision finest[TIERS]; // of what is shown as points
    } rows[SENSITIVITIES] = {
        { SENSITIVITY_UNCLASSIFIED, { SHOW_WITHHELD, SHOW_WITHHELD, SHOW_WITHHELD }, { 0 } },
        { SENSITIVITY_TRAFFICKING, { SHOW_WITHHELD, SHOW_WITHHELD, SHOW_WITHHELD }, { 0 } },
        { SENSITIVITY_CHILD, { SHOW_AREAS, SHOW_AREAS, SHOW_POINTS }, { 0 } },
        { SENSITIVITY_SEXUAL, { SHOW_AREAS, SHOW_AREAS, SHOW_POINTS }, { 0 } },
        { SENSITIVITY_DOMESTIC, { SHOW_AREAS, SHOW_AREAS, SHOW_POINTS }, { 0 } },
        { SENSITIVITY_SELF_HARM, { SHOW_AREAS, SHOW_AREAS, SHOW_POINTS }, { 0 } },
        { SENSITIVITY_HATE, { SHOW_AREAS, SHOW_AREAS, SHOW_POINTS }, { 0 } },
        { SENSITIVITY_PERSON,
          { SHOW_AREAS, SHOW_POINTS, SHOW_POINTS },
          { 0, PRECISION_DAY, PRECISION_MINUTE } },
        { SENSITIVITY_HOME,
          { SHOW_AREAS, SHOW_POINTS, SHOW_POINTS },
          { 0, PRECISION_DAY, PRECISION_MINUTE } },
        { SENSITIVITY_DRUGS,
          { SHOW_AREAS, SHOW_POINTS, SHOW_POINTS },
          { 0, PRECISION_DAY, PRECISION_MINUTE } },
        { SENSITIVITY_ORDINARY,
          { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS },
          { PRECISION_MONTH, PRECISION_DAY, PRECISION_MINUTE } },
        { SENSITIVITY_STREET,
          { SHOW_POINTS, SHOW_POINTS, SHOW_POINTS },
          { PRECISION_HOUR, PRECISION_HOUR, PRECISION_MINUTE } },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int k = 0; k < TIERS; k++) {
            ok(shows(&p, (enum tier)k, "a-kind", 5, rows[i].class) == rows[i].by[k], "class %zu in tier %d",
               i, k);
            if (rows[i].by[k] == SHOW_POINTS)
                ok(policy_finest(&p.tier[k], sensitivity_bit(rows[i].class)) == rows[i].finest[k],
                   "%zu in %d", i, k);
        }
    test_scope_end(&sc);
}

static void the_strictest_decides(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(
        &sc,
        policy_read(&sc,
                    S("tier public\nclass street points time hour\nclass ordinary points\nclass home areas\n"
                      "category graf* areas\ncategory iccs-7 withheld\n"),
                    &p),
        OK);
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    const sensitivity_set     street = sensitivity_bit(SENSITIVITY_STREET),
                          home = sensitivity_bit(SENSITIVITY_HOME),
                          ordinary = sensitivity_bit(SENSITIVITY_ORDINARY),
                          child = sensitivity_bit(SENSITIVITY_CHILD);
    struct category theft = { .key = S("theft"), .iccs = 5, .sensitivity = SENSITIVITY_STREET };
    struct category fraud = { .key = S("fraud"), .iccs = 7, .sensitivity = SENSITIVITY_STREET };
    struct category paint = { .key = S("graffiti"), .iccs = 5, .sensitivity = SENSITIVITY_STREET };
    ok(policy_shows(t, 0, &theft) == SHOW_POINTS, "its own class");
    ok(policy_shows(t, street | home, &theft) == SHOW_AREAS, "a further class is stricter");
    ok(policy_shows(t, home | child, &theft) == SHOW_WITHHELD, "a class that is not named is withheld");
    ok(policy_shows(t, sensitivity_bit(SENSITIVITY_TRAFFICKING), &theft) == SHOW_WITHHELD, "trafficking");
    ok(policy_shows(t, 0, &fraud) == SHOW_WITHHELD, "its section");
    ok(policy_shows(t, 0, &paint) == SHOW_AREAS && policy_shows(t, child, &paint) == SHOW_WITHHELD,
       "its key");
    for (int own = 0; own < 2; own++) { // of another source, or of another spelling, that have the name
        struct category spelt = { .key = S("vandal-4b1ea2ac"),
                                  .sensitivity = SENSITIVITY_STREET,
                                  .source = own };
        struct policy   q;
        ok_err(&sc, policy_read(&sc, S("tier public\nclass street points\ncategory vandal withheld\n"), &q),
               OK);
        ok(policy_shows(&q.tier[TIER_PUBLIC], 0, &spelt) == (own ? SHOW_WITHHELD : SHOW_POINTS), "own %d",
           own);
    }
    ok(policy_shows_classes(t, 0) == SHOW_WITHHELD, "of no class nothing is known");
    ok(policy_finest(t, 0) == PRECISION_MONTH, "nor when");
    ok(policy_finest(t, street) == PRECISION_HOUR && policy_finest(t, street | ordinary) == PRECISION_MONTH,
       "time");
    test_scope_end(&sc);
}

/// A line of a class that says no time does not take back that of a line above, nor what the tier says.
static void a_later_line_is_no_finer(void **state)
{
    (void)state;
    static const struct {
        const char    *text;
        enum precision finest;
    } rows[] = {
        { "time hour\nclass street points\n", PRECISION_HOUR },
        { "time hour\nclass street points time month\nclass street points\n", PRECISION_MONTH },
        { "time hour\nclass street points time day\nclass street points\nclass * points\n", PRECISION_DAY },
        { "class street points time hour\nclass street points\n", PRECISION_MONTH },
        { "class street points time month\nclass street points\ntime hour\n", PRECISION_MONTH },
    };
    struct scope sc = test_scope();
    for (int tier = 0; tier < 2; tier++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct policy p;
            str text = arena_printf(sc.mem, "tier %s\n%s", tier ? "police" : "partner", rows[i].text);
            ok_err(&sc, policy_read(&sc, text, &p), OK);
            ok(policy_finest(&p.tier[tier ? TIER_POLICE : TIER_PARTNER],
                             sensitivity_bit(SENSITIVITY_STREET)) == rows[i].finest,
               "%s", rows[i].text);
        }
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
    ok(!t->flags && !t->outcome && !t->place_text && p.least == POLICY_LEAST, "words");
    for (int class = 0; class < SENSITIVITIES; class ++)
        for (int k = 0; k < TIERS; k++)
            ok(shows(&p, (enum tier)k, "theft", 5, (enum sensitivity) class) == SHOW_WITHHELD, "class %d",
               class);
    ok(!p.tier[TIER_PARTNER].given, "tier");
    test_scope_end(&sc);
}

static void every_statement_is_read(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct policy p;
    ok_err(&sc,
           policy_read(&sc,
                       S("\xEF\xBB\xBF# head\r\n\r\nareas set wards least 12\ntier public # all\r\n anchors "
                         "file points.csv\r\n"
                         "\ttime\tday\r\ndelay 1 day\nflags attempted arrest\noutcome told\nplace source\n"
                         "class * points\nclass child sexual withheld\nclass person points time month\n"
                         "category theft areas\ncategory iccs-3 : withheld\ncategory a*b-*c: withheld\n"
                         "category theft withheld"),
                       &p),
           OK);
    const struct tier_policy *t = &p.tier[TIER_PUBLIC];
    ok_str(p.area_set, S("wards"));
    ok_i64(p.least, 12);
    ok_str(t->anchor_file, S("points.csv"));
    ok(!t->anchor_grid_m && t->finest == PRECISION_DAY && t->delay_days == 1, "numbers");
    ok(t->flags == (FLAG_ARREST | FLAG_ATTEMPTED) && t->outcome && t->place_text, "words");
    ok(t->of[SENSITIVITY_CHILD].show == SHOW_WITHHELD && t->of[SENSITIVITY_HATE].show == SHOW_POINTS,
       "classes");
    ok(t->of[SENSITIVITY_HATE].finest == PRECISION_DAY && t->of[SENSITIVITY_PERSON].finest == PRECISION_MONTH,
       "time");
    ok(t->of[SENSITIVITY_TRAFFICKING].show == SHOW_WITHHELD, "* is not trafficking");
    ok_i64(t->n_rules, 4);
    ok_i64(t->rules[1].line, 15);
    static const struct {
        const char  *key;
        enum showing show;
    } rows[] = {
        { "theft", SHOW_WITHHELD },   { "ab-c", SHOW_WITHHELD },     { "axxb-yyc", SHOW_WITHHELD },
        { "ab-cc", SHOW_WITHHELD },   { "ab-cb-c", SHOW_WITHHELD },  { "ab-cd", SHOW_POINTS },
        { "xab-c", SHOW_POINTS },     { "abc", SHOW_POINTS },        { "a", SHOW_POINTS },
        { "aab-b-c", SHOW_WITHHELD }, { "a-b--c-c", SHOW_WITHHELD }, { "theft-x", SHOW_POINTS },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(shows(&p, TIER_PUBLIC, rows[i].key, 5, SENSITIVITY_ORDINARY) == rows[i].show, "%s", rows[i].key);
    test_scope_end(&sc);
}

/// What the public is never told: each named by the line that would, and by its floor.
static void floors(void **state)
{
    (void)state;
    static const char *const names[FLOORS] = { "points", "time",  "grid",  "delay",
                                               "flags",  "place", "least", "regions" };
    static const struct {
        const char *text;
        int         floor, line; // floor -1: none
    } rows[] = {
        { "tier public\nclass street ordinary points\n", -1, 0 },
        { "tier public\nclass street points time hour\n", -1, 0 },
        { "tier public\nclass street points time minute\n", FLOOR_TIME, 2 },
        { "tier public\ntime hour\nclass street points\n", -1, 0 },
        { "tier public\ntime minute\nclass street points\n", FLOOR_TIME, 2 },
        { "tier public\ntime day\nclass ordinary points\n", FLOOR_TIME, 2 },
        { "tier public\nclass ordinary points time day\n", FLOOR_TIME, 2 },
        { "tier public\ntime minute\nclass child sexual home areas\n", -1, 0 },
        { "tier public\nclass person points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass street points\nclass home points\n", FLOOR_POINTS, 3 },
        { "tier public\nclass child points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass sexual points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass domestic points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass self-harm points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass hate points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass drugs points\n", FLOOR_POINTS, 2 },
        { "tier public\nclass * points\n", FLOOR_POINTS, 2 },
        { "tier public\nanchors grid 199 m\n", FLOOR_GRID, 2 },
        { "tier public\nanchors grid 200 m\n", -1, 0 },
        { "tier public\ndelay 6 days\n", FLOOR_DELAY, 2 },
        { "tier public\ndelay 7 days\n", -1, 0 },
        { "tier public\nflags arrest attempted\n", -1, 0 },
        { "tier public\nflags domestic\n", FLOOR_FLAGS, 2 },
        { "tier public\nplace source\n", FLOOR_PLACE, 2 },
        { "areas least 4\ntier public\n", FLOOR_LEAST, 1 },
        { "areas least 5\ntier public\n", -1, 0 },
        { "regions least 1.9 ha\ntier public\n", FLOOR_REGION, 1 },
        { "regions least 2 ha\ntier public\n", -1, 0 },
        { "regions least 7 addresses file a.csv\ntier public\n", FLOOR_REGION, 1 },
        { "regions least 8 addresses file a.csv\ntier public\n", -1, 0 },
        { "regions least 19 inhabitants set wards\ntier public\n", FLOOR_REGION, 1 },
        { "tier police\nanchors grid 50 m\ntime minute\ndelay none\nplace source\nclass * points\n", -1, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope  sc = test_scope();
        struct policy p;
        ok_err(&sc, policy_read(&sc, str_of(rows[i].text), &p), OK);
        ok_err(&sc, policy_floors(&sc, &p, true, 0), rows[i].floor < 0 ? OK : ERR_INVALID);
        if (rows[i].floor >= 0) {
            str says = arena_printf(sc.mem, "line %d falls below the floor \"%.*s\"", rows[i].line,
                                    STR(str_of(names[rows[i].floor])));
            ok(strstr(sc.fault.text, arena_cstr(sc.mem, says)), "row %zu: %s", i, sc.fault.text);
        }
        test_scope_end(&sc);
    }
}

#define UNTIL "exception delay \"The # of thefts rose\" by \"O. Hnatiuk, mayor\" until 2027-06-30\n"

#define POINTS "exception points \"why\" by \"who\" until 2027-06-30\n"
#define GRAVE "no exception allows that"

/// Signed, in its time, and of the very floor: else an exception is none.
static void exceptions(void **state)
{
    (void)state;
    enum { DAY = 20998 /* 2027-06-29 */ };
    static const struct {
        const char *text;
        bool        is_signed;
        int32_t     today;
        const char *says; // NULL: it passes
    } rows[] = {
        { UNTIL "tier public\ndelay 1 day\n", true, DAY, NULL },
        { UNTIL "tier public\ndelay 1 day\n", true, DAY + 1, NULL },
        { UNTIL "tier public\ndelay 1 day\n", true, DAY + 2,
          "line 1: the exception of the floor \"delay\" has expired" },
        { UNTIL "tier public\ndelay 1 day\n", false, DAY,
          "line 3 falls below the floor \"delay\", and the exception in line 1" },
        { UNTIL "tier public\ndelay 7 days\n", true, DAY,
          "line 1 makes an exception of the floor \"delay\", which this policy keeps" },
        { UNTIL "tier public\ndelay 1 day\nplace source\n", true, DAY,
          "line 4 falls below the floor \"place\"" },
        { UNTIL "areas least 4\ntier public\ndelay 1 day\n", true, DAY,
          "line 2 falls below the floor \"least\"" },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass person home drugs points\n", true, DAY, NULL },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass child points\n", true, DAY, GRAVE },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass sexual points\n", true, DAY, GRAVE },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass domestic points\n", true, DAY, GRAVE },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass self-harm points\n", true, DAY, GRAVE },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass hate points\n", true, DAY, GRAVE },
        { UNTIL POINTS "tier public\ndelay 1 day\nclass * points\n", true, DAY, GRAVE },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope  sc = test_scope();
        struct policy p;
        ok_err(&sc, policy_read(&sc, str_of(rows[i].text), &p), OK);
        ok(policy_has_exceptions(&p), "row %zu", i);
        ok_str(p.exception[FLOOR_DELAY].reason, S("The # of thefts rose"));
        ok_str(p.exception[FLOOR_DELAY].by, S("O. Hnatiuk, mayor"));
        ok_i64(p.exception[FLOOR_DELAY].until, DAY + 1);
        ok_err(&sc, policy_floors(&sc, &p, rows[i].is_signed, rows[i].today),
               rows[i].says ? ERR_INVALID : OK);
        ok(!rows[i].says || strstr(sc.fault.text, rows[i].says), "row %zu: %s", i, sc.fault.text);
        test_scope_end(&sc);
    }
}

/// Each floor has an exception that lifts it and no other, and only when it is signed.
static void each_floor_has_its_exception(void **state)
{
    (void)state;
    static const char *const below[FLOORS] = {
        [FLOOR_POINTS] = "tier public\nclass home points\n",
        [FLOOR_TIME] = "tier public\nclass ordinary points time day\n",
        [FLOOR_GRID] = "tier public\nanchors grid 50 m\n",
        [FLOOR_DELAY] = "tier public\ndelay 0 days\n",
        [FLOOR_FLAGS] = "tier public\nflags domestic\n",
        [FLOOR_PLACE] = "tier public\nplace source\n",
        [FLOOR_LEAST] = "areas least 1\ntier public\n",
        [FLOOR_REGION] = "regions least 1 ha\ntier public\n",
    };
    for (int f = 0; f < FLOORS; f++)
        for (int of = 0; of < FLOORS; of++) {
            struct scope  sc = test_scope();
            struct policy p;
            str           text = arena_printf(sc.mem, "exception %s \"why\" by \"who\" until 2027-06-30\n%s",
                                              policy_floor_name((enum floor)of), below[f]);
            ok_err(&sc, policy_read(&sc, text, &p), OK);
            ok_err(&sc, policy_floors(&sc, &p, true, 0), f == of ? OK : ERR_INVALID);
            ok_err(&sc, policy_floors(&sc, &p, false, 0), ERR_INVALID);
            test_scope_end(&sc);
        }
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
        { "exception\n", { "line 1", "a floor: points" } },
        { "exception trafficking \"a\" by \"b\" until 2027-01-01\n",
          { "line 1", "\"trafficking\"", "a floor" } },
        { "exception unclassified \"a\" by \"b\" until 2027-01-01\n", { "line 1", "a floor" } },
        { "exception delay \"a\" by \"b\"\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"a\" by \"b\" until 2027-02-30\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"a\" by \"b\" until 2027-01\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"\" by \"b\" until 2027-01-01\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \" \" by \"b\" until 2027-01-01\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"a\" by \"\" until 2027-01-01\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"a\x01\" by \"b\" until 2027-01-01\n", { "line 1", "U+0001" } },
        { "exception delay why by who until 2027-01-01\n", { "line 1", "until 2027-06-30" } },
        { "exception delay \"a\" by \"b\" until 2027-01-01 or so\n", { "line 1", "one word too many" } },
        { "exception delay \"a by b until 2027-01-01\n", { "line 1", "does not end" } },
        { "exception delay \"a\" by \"b\" until 2027-01-01\nexception delay \"a\" by \"b\" until "
          "2027-01-01\n",
          { "line 2", "line 1" } },
        { "tier public\nexception delay \"a\" by \"b\" until 2027-01-01\n",
          { "line 2", "before the first" } },
        { "tier \"public\"\n", { "line 1", "public, partner or police" } },
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
        { "tier public\ndomestic points", { "line 2", "\"domestic\"", "class or category" } },
        { "tier public\nareas least 10", { "line 2", "before the first \"tier\"" } },
        { "areas least 10\nareas least 11\ntier public", { "line 2", "line 1" } },
        { "areas least 0\ntier public", { "line 1", "1 to 1000" } },
        { "areas\ntier public", { "line 1", "areas least 10" } },
        { "areas set\ntier public", { "line 1", "areas least 10" } },
        { "areas set x least 5 now\ntier public", { "line 1", "\"now\"" } },
        { "regions\ntier public", { "line 1", "regions least 2 ha" } },
        { "regions least 2\ntier public", { "line 1", "regions least 2 ha" } },
        { "regions least -2 ha\ntier public", { "line 1", "regions least 2 ha" } },
        { "regions least nan ha\ntier public", { "line 1", "regions least 2 ha" } },
        { "regions least 8 addresses file ../a.csv\ntier public", { "line 1", "data folder" } },
        { "regions least 20 inhabitants\ntier public", { "line 1", "inhabitants set KEY" } },
        { "regions least 2 ha now\ntier public", { "line 1", "\"now\"" } },
        { "regions least 2 ha\nregions least 3 ha\ntier public", { "line 2", "line 1" } },
        { "tier public\nregions least 2 ha", { "line 2", "before the first \"tier\"" } },
        { "tier public\nclass", { "line 2", "\"class\" wants", "street" } },
        { "tier public\nclass points", { "line 2", "\"points\"", "self-harm" } },
        { "tier public\nclass robbery points", { "line 2", "\"robbery\"", "self-harm" } },
        { "tier public\nclass street", { "line 2", "points, areas, withheld" } },
        { "tier public\nclass street dots", { "line 2", "\"dots\"" } },
        { "tier public\nclass street points hour", { "line 2", "\"hour\"", "time hour" } },
        { "tier public\nclass street points time", { "line 2", "time hour" } },
        { "tier public\nclass street areas time hour", { "line 2", "\"time\" is one word too many" } },
        { "tier public\nclass street points time hour now", { "line 2", "\"now\"" } },
        { "tier public\nclass trafficking points", { "line 2", "told to no tier" } },
        { "tier police\nclass street trafficking areas", { "line 2", "told to no tier" } },
        { "tier police\nclass unclassified points", { "line 2", "told to no tier", "classify" } },
        { "tier public\nclass street areas\nclass * points", { "line 3", "street", "line 2" } },
        { "tier public\nclass street points\nclass street points time hour", { "line 3", "line 2" } },
        { "tier public\nclass street points\ncategory x withheld\nclass home areas", { "line 4", "line 3" } },
        { "tier public\ncategory", { "line 2", "not a category" } },
        { "tier public\ncategory theft", { "line 2", "withheld" } },
        { "tier public\ncategory theft points", { "line 2", "stricter than its class" } },
        { "tier public\ncategory Theft areas", { "line 2", "\"Theft\"" } },
        { "tier public\ncategory iccs-13 areas", { "line 2", "iccs-0 to iccs-12" } },
        { "tier public\ncategory iccs-x areas", { "line 2", "iccs-0 to iccs-12" } },
        { "tier public\ncategory a areas areas", { "line 2", "one word too many" } },
        { "tier public\ncategory iccs-3 withheld\ncategory rape areas", { "line 3", "line 2" } },
        { "tier public\ncategory a*c withheld\ncategory *bc areas", { "line 3", "line 2" } },
        { "tier public\ncolour red", { "line 2", "\"colour\"", "anchors, time" } },
        { "tier public\nflags a b c d e f g h i j k l m n o p q r s t", { "line 2", "more than 20 words" } },
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
        { "time hour\nclass street points", "time day\nclass street points", "time" },
        { "time day\nclass street points", "time hour\nclass street points", NULL },
        { "class street points time hour", "class street points time day", "time" },
        { "class street areas", "time day\nclass street points", NULL },
        { "delay 2 days", "delay 3 days", "delay" },
        { "delay 0 days", "delay none", NULL },
        { "flags arrest", "flags attempted", "flags" },
        { "flags arrest", "flags attempted arrest", NULL },
        { "outcome told", "outcome withheld", "outcome" },
        { "place source", "", "place" },
        { "class street points", "class street points", NULL },
        { "class street points", "class * points", NULL },
        { "class street areas", "class * points", NULL },
        { "class street points", "class street areas", "class street" },
        { "class street points", "", "class street" },
        { "class child areas", "class child withheld", "class child" },
        { "class street points", "class street points\ncategory theft withheld", "\"theft\"" },
        { "class street points", "class street points\ncategory theft areas", "\"theft\"" },
        { "class * points", "class * points\ncategory iccs-3 withheld", "ICCS section 3" },
        { "class * points\ncategory iccs-3 withheld", "class * points\ncategory iccs-3 withheld", NULL },
        { "class * points\ncategory iccs-3 areas", "class * points\ncategory iccs-3 withheld",
          "ICCS section 3" },
        { "class street points\ncategory *a* withheld", "class street points\ncategory b* withheld",
          "\"b\"" },
        { "class * points", "class * points\ncategory *x* withheld", "\"x\"" },
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
           policy_read(&sc,
                       S("tier public\nclass * points\ncategory *ab* withheld\ntier police\nclass * points\n"
                         "category *a*b* withheld\n"),
                       &p),
           OK);
    const struct category list[] = { { .key = S("theft"), .sensitivity = SENSITIVITY_STREET },
                                     { .key = S("axb"), .sensitivity = SENSITIVITY_STREET } };
    ok_i64(policy_idle_line(&p, list, 1, 0), 3); // theft is neither of them
    ok_i64(policy_idle_line(&p, list, 1, 3), 6);
    ok_i64(policy_idle_line(&p, list, 1, 6), 0);
    ok_i64(policy_idle_line(&p, list, 2, 3), 0); // axb is the second
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
    for (int i = 0; i < POLICY_MAX_RULES; i++) buf_printf(&b, "category c%d withheld\n", i);
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), OK);
    buf_add(&b, S("category last withheld\n"));
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), ERR_LIMIT);
    buf_reset(&b);
    buf_add(&b, S("tier public\ncategory "));
    for (int i = 0; i < POLICY_MAX_PATTERN; i++) buf_add_c(&b, 'x');
    size_t long_pattern = b.n;
    buf_add(&b, S(" withheld\n"));
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), OK);
    b.n = long_pattern;
    buf_add(&b, S("x withheld\n"));
    ok_err(&sc, policy_read(&sc, buf_str(&b), &p), ERR_INVALID);
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
    cmocka_unit_test(the_strictest_decides),
    cmocka_unit_test(silence_is_strict),
    cmocka_unit_test(a_later_line_is_no_finer),
    cmocka_unit_test(every_statement_is_read),
    cmocka_unit_test(floors),
    cmocka_unit_test(exceptions),
    cmocka_unit_test(each_floor_has_its_exception),
    cmocka_unit_test(errors_name_line_and_word),
    cmocka_unit_test(no_circle_learns_more_than_a_narrower_one),
    cmocka_unit_test(stars_are_checked_against_the_real_list),
    cmocka_unit_test(limits),
};
TEST_MAIN(tests)
