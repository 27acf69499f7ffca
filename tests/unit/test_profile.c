// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "geo/crs.h"
#include "import/profile.h"

static const char good[] = "[source]\nkey = town\nname = A town\n"
                           "[identity]\nkind = stable\nkey = {id}\n"
                           "[when]\nfrom = {date} {hour}\nformat = %Y-%m-%d %H | %Y-%m-%d\n"
                           "[what]\ncategory = {kind}\n";

static enum err parse(struct scope *sc, const char *before, const char *after, struct profile *p)
{
    str text = arena_printf(sc->mem, "%s%s%s", before, good, after);
    return profile_parse(sc, "test", text, NULL, 0, p);
}

static void test_settings(void **state)
{
    (void)state;
    struct scope   sc = test_scope();
    struct profile p;
    ok_err(&sc,
           parse(&sc, "# a comment\r\n\n",
                 ""
                 "arrest = {a | b} is yes | 1\n"
                 "domestic = {d} is not no\n"
                 "attempted = {e : optional}\n"
                 "outcome = {a: b : unpad  optional }\n"
                 "code = {law} by ua-criminal-code\n"
                 "detail = {what} {how}\n"
                 "[format]\nseparator = tab\ndecimal = ,\nencoding = windows-1250\nfield-count = any\nquote "
                 "= none\n"
                 "[where]\nlon = {x}\nlat = {y}\nx = {x}\ny = {y}\ncrs = EPSG:3435\nextent = -1.5 2 3 4\n"
                 "blank = NA | 0\npoint = snapped\n"
                 "[categories]\n"
                 "A = aa | 5 | First\n"
                 "D = dd | 5 | drugs\n"
                 "E = ee | 3 child sexual | Fifth\n"
                 "\"b = c\" = bb-2 | 12 street | Second | Druhý | Другий\n"
                 "a = cc | 1 | Third\n"
                 "[outcomes]\n1 = done | cleared | Done\n",
                 &p),
           OK);
    ok_str(p.source.key, S("town"));
    ok_i64(p.csv.separator, '\t');
    ok_i64(p.csv.quote, -1);
    ok_i64(p.csv.encoding, TEXT_WINDOWS_1250);
    ok_i64(p.decimal, ',');
    ok(p.any_field_count && p.header, "field count and header");
    ok_i64(p.n_patterns, 2);
    ok_i64(p.identity, IDENTITY_STABLE);
    ok_i64(p.epsg, 3435);
    ok_i64(p.point, POINT_SNAPPED);
    ok(p.extent.west == -1.5 && p.extent.south == 2 && p.extent.east == 3 && p.extent.north == 4, "extent");
    ok_i64(p.n_blank, 2);
    ok_i64(p.arrest.n, 2);
    ok(!p.arrest.negated && p.domestic.negated, "is and is not");
    ok(p.attempted.n > 5 && p.attempted.n_no > 5 && p.attempted.of.part[0].optional, "words of our own");
    ok(p.outcome.part[0].optional && p.outcome.part[0].change == CHANGE_UNPAD, "two words");
    ok_str(p.columns.name[p.outcome.part[0].column[0]], S("a: b"));
    ok_i64(p.n_categories, 4); // "a" is "A" again, and the last word counts
    ok_str(p.categories[0].is.key, S("cc"));
    ok_i64(p.categories[0].is.sensitivity, SENSITIVITY_UNCLASSIFIED); // as mapping files were written before
    ok_i64(p.categories[1].is.sensitivity, SENSITIVITY_UNCLASSIFIED); // a label that is a class is a label
    ok_str(p.categories[1].is.label[LANG_EN], S("drugs"));
    ok_i64(p.categories[2].is.sensitivity, SENSITIVITY_CHILD); // of several the strictest
    ok_i64(p.categories[2].is.iccs, 3);
    ok_str(p.categories[3].code, S("b = c"));
    ok_i64(p.categories[3].is.iccs, 12);
    ok_i64(p.categories[3].is.sensitivity, SENSITIVITY_STREET);
    ok_str(p.categories[3].is.label[LANG_UK], S("Другий"));
    ok_str(p.code_list->key, S("ua-criminal-code"));
    ok(p.code.n == 1 && p.detail.n == 3 && p.words, "code and detail");
    ok_i64(p.outcomes[0].is.is, OUTCOME_CLEARED);
    test_scope_end(&sc);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *says;
    } cases[] = {
        { "[nowhere]\n", "", "test, line 1: there is no section" },
        { "key = x\n", "", "line 1" },
        { "[source\n", "", "no section" },
        { "", "colour = red\n", "the section [what] has no \"colour\"" },
        { "", "just words\n", "name = value" },
        { "", "category = {b}\n", "stands twice" },
        { "", "unread = b\nunread = c\n", "\"unread\" stands twice; its values stand in one line, with |" },
        { "", "outcome = {b\n", "does not close it" },
        { "", "[categories]\nX = k | 3 sexual | X\nY = k | 5 ordinary | Y\n", "not the same class" },
        { "", "[outcomes]\nX = other | open | X\n", "stands for what no profile names" },
        { "", "[outcomes]\nX = none | open | X\n", "stands for what no source tells" },
        { "", "outcome = {}\n", "names no column" },
        { "", "outcome = { | b}\n", "names no column" },
        { "", "outcome = {a|b|c|d|e}\n", "at most 4" },
        { "", "outcome = {a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}\n", "more than 12 parts" },
        { "", "arrest = {a} is\n", "a condition is written" },
        { "", "arrest = {a} = 1\n", "a condition is written" },
        { "", "arrest = a is b\n", "a condition is written" },
        { "", "[format]\nseparator = ;;\n", "one character" },
        { "", "[format]\nencoding = klingon\n", "not known" },
        { "", "[format]\nheader = maybe\n", "not one of: no, yes" },
        { "", "[format]\nheader = no\n", "\"columns\" in [format]" },
        { "", "[where]\nlon = {x}\n", "both \"lon\" and \"lat\"" },
        { "", "[where]\nx = {x}\ny = {y}\n", "\"crs\" together" },
        { "", "[where]\ncrs = 99999\n", "not known" },
        { "", "[where]\nextent = 1 2 3\n", "west south east north" },
        { "", "[where]\nextent = 3 2 1 4\n", "west < east" },
        { "", "[where]\nextent = 1 2 3 4 5\n", "west south east north" },
        { "", "[where]\nextent = 1 2 3 nan\n", "west south east north" },
        { "", "[where]\ngeocode = f.csv\n", "geocode-address" },
        { "", "[categories]\nA = b | 13 | C\n", "ICCS section: 1 to 11" },
        { "", "[categories]\nA = b | 5 homes | C\n", "A: \"homes\" is no class" },
        { "", "[categories]\nA = b | 5 unclassified | C\n", "is no class" },
        { "", "code = {a}\n", "a code is written" },
        { "", "code = by chicago-iucr\n", "a code is written" },
        { "", "code = {a} by nobody\n", "there is no list of codes \"nobody\"; there are: chicago-iucr" },
        { "", "code = {a} by words\n", "detail = {Column}" },
        { "", "detail = {a\n", "does not close it" },
        { "", "harmless = kids bike\n", "lacks \"harmless-by\"" },
        { "", "harmless = kids bike\nharmless-by =\n", "lacks \"harmless-by\"" },
        { "", "harmless = *\nharmless-by = A\n", "is no phrase" },
        { "", "harmless = kids bike |\nharmless-by = A\n", "an empty phrase" },
        { "", "harmless = kids bike | rape\nharmless-by = A\n", "\"rape\" alone says what protects" },
        { "", "harmless = rap*\nharmless-by = A\n", "\"rap*\" alone says what protects" },
        { "", "harmless = a b c d e f g\nharmless-by = A\n", "at most 6 words" },
        { "", "[categories]\nA = b | 5\n", "labels are wanted" },
        { "", "[categories]\nA = B! | 5 | C\n", "is no key" },
        { "", "[categories]\nA\n", "a table line is" },
        { "", "[outcomes]\nA = b | solved | C\n", "not one of: open, cleared, closed" },
        { "[source]\nlike = nobody\n", "", "no profile \"nobody\"" },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct profile p;
        enum err       e = parse(&sc, cases[i].before, cases[i].after, &p);
        ok(e == ERR_INVALID || e == ERR_LIMIT || e == ERR_NOTFOUND, "case %zu (%s) is taken: %s", i,
           cases[i].says, err_name(e));
        ok(str_has(str_of(sc.fault.text), str_of(cases[i].says)), "case %zu wants \"%s\": %s", i,
           cases[i].says, sc.fault.text);
    }
    test_scope_end(&sc);
}

static void test_lacks(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } cases[] = {
        { "key = town\n", "a key of small letters" }, { "name = A town\n", "a name in [source]" },
        { "from = {date} {hour}\n", "\"from\"" },     { "format = %Y-%m-%d %H | %Y-%m-%d\n", "\"format\"" },
        { "category = {kind}\n", "\"category\"" },    { "kind = stable\n", "\"slice\" in [identity]" },
        { "key = {id}\n", "\"key\" in [identity]" },  { "{id}", "every row would have the same key" },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char    *at = strstr(good, cases[i].line);
        struct profile p;
        ok(at != NULL, "case %zu is not in the good profile", i);
        str text = arena_printf(sc.mem, "%.*s%s", (int)(at - good), good, at + strlen(cases[i].line));
        if (cases[i].line[0] == '{') text = arena_printf(sc.mem, "%.*sone%s", (int)(at - good), good, at + 4);
        ok_err(&sc, profile_parse(&sc, "test", text, NULL, 0, &p), ERR_INVALID);
        ok(str_has(str_of(sc.fault.text), str_of(cases[i].says)), "without %s: %s", cases[i].line,
           sc.fault.text);
    }
    test_scope_end(&sc);
}

static void test_limits(void **state)
{
    (void)state;
    struct scope   sc = test_scope();
    struct profile p;
    struct buf     b;
    buf_init(&b, 1 << 22);
    for (int over = 0; over < 2; over++) { // columns: three stand in the good profile already
        buf_reset(&b);
        buf_add(&b, S("[where]\nblank = 0\n[what]\n"));
        for (int i = 0; i < COLUMNS_MAX - 4 + over;) {
            static const char *const names[] = {
                "[where]\nplace = ", "[where]\narea = ", "[where]\nlon = ", "lat = ", "pair = ", "x = "
            };
            buf_add(&b, str_of(names[i / 12]));
            for (int k = 0; k < 12 && i < COLUMNS_MAX - 4 + over; k++, i++) buf_printf(&b, "{c%d}", i);
            buf_add_c(&b, '\n');
        }
        str text = arena_printf(sc.mem, "%.*s", STR(buf_str(&b)));
        ok_err(&sc, parse(&sc, text.p, "", &p), over ? ERR_LIMIT : OK);
    }
    for (int over = 0; over < 2; over++) {
        buf_reset(&b);
        buf_add(&b, S("[categories]\n"));
        for (int i = 0; i < CODES_MAX + over; i++) buf_printf(&b, "c%d = k%d | 5 | Label\n", i, i);
        str text = arena_printf(sc.mem, "%.*s", STR(buf_str(&b)));
        ok_err(&sc, parse(&sc, text.p, "", &p), over ? ERR_LIMIT : OK);
    }
    char *large = arena_array(sc.mem, char, PROFILE_MAX_BYTES + 1);
    memset(large, '\n', PROFILE_MAX_BYTES + 1);
    ok_err(&sc, profile_parse(&sc, "test", (str){ large, PROFILE_MAX_BYTES + 1 }, NULL, 0, &p), ERR_LIMIT);
    ok_err(&sc, profile_parse(&sc, "test", S("[source]\nname = \xFF\n"), NULL, 0, &p), ERR_INVALID);
    buf_free(&b);
    test_scope_end(&sc);
}

// The profiles in the program: complete in three languages, and each category with one meaning in all of them.
static void test_packed(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    const struct profile *all, *one;
    size_t                n;
    ok_err(&sc, profiles_read(&sc, &all, &n), OK);
    ok(n >= 6, "%zu profiles", n);
    for (size_t i = 0; i < n; i++) {
        const struct profile *p = &all[i];
        ok(str_eq(p->source.key, S("generic")) || p->n_categories > 10, "%.*s names its categories",
           STR(p->source.key));
        for (size_t k = 0; k < p->n_categories; k++)
            for (int l = 0; l < LANGUAGES; l++) {
                const struct category *c = &p->categories[k].is;
                ok(c->label[l].n > 0, "%.*s: %.*s lacks a label", STR(p->source.key), STR(c->key));
                for (size_t o = 0; o < i; o++)
                    for (size_t m = 0; m < all[o].n_categories; m++) {
                        const struct category *d = &all[o].categories[m].is;
                        ok(!str_eq(c->key, d->key) ||
                               (c->iccs == d->iccs && str_eq(c->label[l], d->label[l]) &&
                                (c->sensitivity == d->sensitivity || str_starts(p->source.key, S("demo-")))),
                           "%.*s means two things in %.*s and %.*s", STR(c->key), STR(p->source.key),
                           STR(all[o].source.key));
                    }
            }
        for (size_t k = 0; k < p->n_outcomes; k++)
            for (int l = 0; l < LANGUAGES; l++)
                ok(p->outcomes[k].is.label[l].n > 0, "%.*s: an outcome lacks a label", STR(p->source.key));
    }
    ok_err(&sc, profile_find(&sc, S("demo-police"), &one), OK);
    ok_str(one->source.timezone, S("Europe/Kyiv"));
    ok_i64(one->identity, IDENTITY_TYPES);
    ok_i64(one->n_required, 0);
    ok_err(&sc, profile_find(&sc, S("nobody"), &one), ERR_NOTFOUND);
    ok(str_has(str_of(sc.fault.text), S("uk-police, chicago")), "%s", sc.fault.text);
    test_scope_end(&sc);
}

// Each of the 28 outcomes of data.police.uk (the API's list: code, name) is in the profile under the API's code.
static void test_british_outcomes(void **state)
{
    (void)state;
    static const char *const names[] = {
        "awaiting-court-result|Awaiting court outcome",
        "court-result-unavailable|Court result unavailable",
        "unable-to-proceed|Court case unable to proceed",
        "local-resolution|Local resolution",
        "no-further-action|Investigation complete; no suspect identified",
        "deprived-of-property|Offender deprived of property",
        "fined|Offender fined",
        "absolute-discharge|Offender given absolute discharge",
        "cautioned|Offender given a caution",
        "drugs-possession-warning|Offender given a drugs possession warning",
        "penalty-notice-issued|Offender given a penalty notice",
        "community-penalty|Offender given community sentence",
        "conditional-discharge|Offender given conditional discharge",
        "suspended-sentence|Offender given suspended prison sentence",
        "imprisoned|Offender sent to prison",
        "other-court-disposal|Offender otherwise dealt with",
        "compensation|Offender ordered to pay compensation",
        "sentenced-in-another-case|Suspect charged as part of another case",
        "charged|Suspect charged",
        "not-guilty|Defendant found not guilty",
        "sent-to-crown-court|Defendant sent to Crown Court",
        "unable-to-prosecute|Unable to prosecute suspect",
        "formal-action-not-in-public-interest|Formal action is not in the public interest",
        "action-taken-by-another-organisation|Action to be taken by another organisation",
        "further-investigation-not-in-public-interest|Further investigation is not in the public interest",
        "further-action-not-in-public-interest|Further action is not in the public interest",
        "under-investigation|Under investigation",
        "status-update-unavailable|Status update unavailable",
    };
    struct scope          sc = test_scope();
    const struct profile *p;
    ok_err(&sc, profile_find(&sc, S("uk-police"), &p), OK);
    for (size_t i = 0; i < COUNT(names); i++) {
        str    name = str_of(names[i]), code;
        size_t k = 0;
        str_cut(&name, '|', &code);
        while (k < p->n_outcomes && !str_eq(p->outcomes[k].code, name)) k++;
        ok(k < p->n_outcomes && str_eq(p->outcomes[k].is.key, code), "%s", names[i]);
    }
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_settings), cmocka_unit_test(test_mistakes), cmocka_unit_test(test_lacks),
    cmocka_unit_test(test_limits),   cmocka_unit_test(test_packed),   cmocka_unit_test(test_british_outcomes),
};
TEST_MAIN(tests)
