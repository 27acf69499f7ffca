// SPDX-License-Identifier: EUPL-1.2
// What differs between two small releases, case by case; and the file of it: what is written is read again, and nothing else is.
#include "analysis/difference.h"
#include "differing.h"

enum { MANY = 20 };

/// A kind in an outcome on the 5th of a month of 2018, old and new times.
#define ROW(kind, outcome, month, old, new)                                                                  \
    {                                                                                                        \
        kind, outcome, month, 1, old, new                                                                    \
    }
struct lines {
    uint16_t kind;
    uint8_t  outcome;
    int      month;
    uint32_t place;
    size_t   old, new;
};

static const struct {
    const char  *name;
    struct lines row[6];
    int64_t      months, came, gone, were, solved, outcomes; // -1: not told
} cases[] = {
    { "the same rows differ in nothing", { ROW(0, 1, 5, MANY, MANY) }, 0, 0, 0, 0, 0, 0 },
    { "more of the same came in", { ROW(0, 1, 5, MANY, 2 * MANY) }, 0, MANY, 0, 0, 0, 0 },
    { "fewer of the same are gone", { ROW(0, 1, 5, 2 * MANY, MANY) }, 0, 0, MANY, 0, 0, 0 },
    { "a month that was not there is new",
      { ROW(0, 1, 5, MANY, MANY), ROW(0, 1, 6, 0, MANY) },
      MANY,
      0,
      0,
      0,
      0,
      0 },
    { "a month before and one between, too",
      { ROW(0, 1, 5, MANY, MANY), ROW(0, 1, 8, MANY, MANY), ROW(0, 1, 4, 0, MANY), ROW(0, 1, 6, 0, MANY) },
      2 * MANY,
      0,
      0,
      0,
      0,
      0 },
    { "a month that is gone is no new one",
      { ROW(0, 1, 5, MANY, MANY), ROW(0, 1, 6, MANY, 0) },
      0,
      0,
      MANY,
      0,
      0,
      0 },
    { "charged is solved", { ROW(0, 1, 5, MANY, 0), ROW(0, 2, 5, 0, MANY) }, 0, 0, 0, 0, MANY, 0 },
    { "nothing said, then charged, is solved",
      { ROW(0, 0, 5, MANY, 0), ROW(0, 2, 5, 0, MANY) },
      0,
      0,
      0,
      0,
      MANY,
      0 },
    { "closed without a suspect is not",
      { ROW(0, 1, 5, MANY, 0), ROW(0, 3, 5, 0, MANY) },
      0,
      0,
      0,
      0,
      0,
      MANY },
    { "nor is what was solved before",
      { ROW(0, 2, 5, MANY, 0), ROW(0, 1, 5, 0, MANY) },
      0,
      0,
      0,
      0,
      0,
      MANY },
    { "another kind at the place is another kind",
      { ROW(0, 1, 5, MANY, 0), ROW(1, 1, 5, 0, MANY) },
      0,
      0,
      0,
      MANY,
      0,
      0 },
    { "also with another outcome", { ROW(0, 1, 5, MANY, 0), ROW(1, 2, 5, 0, MANY) }, 0, 0, 0, MANY, 0, 0 },
    { "at another place it is gone and came in",
      { { 0, 1, 5, 1, MANY, 0 }, { 1, 1, 5, 2, 0, MANY } },
      0,
      MANY,
      MANY,
      0,
      0,
      0 },
    { "its own kind is found before another one",
      { ROW(0, 1, 5, MANY, MANY), ROW(1, 1, 5, MANY, 2 * MANY) },
      0,
      MANY,
      0,
      0,
      0,
      0 },
    { "a mix became one of its kinds",
      { ROW(DIFFERING_MIX, 1, 5, MANY, 0), ROW(0, 1, 5, 0, MANY) },
      0,
      0,
      0,
      MANY,
      0,
      0 },
    { "few are not told", { ROW(0, 1, 5, MANY, MANY + 3), ROW(1, 1, 5, MANY, MANY) }, 0, -1, -1, 0, 0, 0 },
    { "nor what they could be computed from",
      { { 0, 1, 5, 1, MANY, 2 * MANY }, { 1, 1, 5, 2, MANY, MANY - 1 } },
      0,
      -1,
      -1,
      0,
      0,
      0 },
    { "few in a new month hide what came in",
      { ROW(0, 1, 5, MANY, 2 * MANY), ROW(0, 1, 6, 0, 3) },
      -1,
      -1,
      -1,
      0,
      0,
      0 },
    { "few that are solved hide nothing else",
      { ROW(0, 1, 5, MANY, MANY - 4), ROW(0, 2, 5, 0, 4), { 1, 1, 5, 2, 0, MANY } },
      0,
      MANY,
      0,
      0,
      -1,
      0 },
};

static int64_t total(const struct difference *d, enum difference_part p, int column)
{
    return d->part[p].any ? (int64_t)d->part[p].total.n[column] : -1;
}

static void what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct differing d;
        differing_open(&d);
        for (const struct lines *l = cases[i].row; l < cases[i].row + COUNT(cases[i].row) && l->month; l++) {
            struct release_row r = differing_row(l->kind, l->outcome, l->month, 5, l->place);
            differing_add(&d, 0, r, l->old);
            differing_add(&d, 1, r, l->new);
        }
        struct difference x = differing_compare(&d);
        const int64_t     got[] = { total(&x, DIFFERENCE_MONTHS, 0), total(&x, DIFFERENCE_ROWS, 0),
                                    total(&x, DIFFERENCE_ROWS, 1),   total(&x, DIFFERENCE_KINDS, 0),
                                    total(&x, DIFFERENCE_SOLVED, 0), total(&x, DIFFERENCE_OUTCOMES, 0) };
        const int64_t     want[] = { cases[i].months, cases[i].came,   cases[i].gone,
                                     cases[i].were,   cases[i].solved, cases[i].outcomes };
        for (size_t k = 0; k < COUNT(got); k++)
            ok(got[k] == want[k], "%s: figure %zu is %lld, not %lld", cases[i].name, k, (long long)got[k],
               (long long)want[k]);
        ok_i64(total(&x, DIFFERENCE_KINDS, 1), cases[i].were);
        differing_close(&d);
    }
}

static void by_kind(void **state)
{
    (void)state;
    struct differing d;
    differing_open(&d);
    for (int s = 0; s < 2; s++) differing_add(&d, s, differing_row(0, 1, 5, 5, 1), 100);
    differing_add(&d, 1, differing_row(0, 1, 6, 5, 1), 30);
    differing_add(&d, 1, differing_row(DIFFERING_MIX, 1, 6, 5, 1), 12);
    differing_add(&d, 0, differing_row(1, 1, 5, 6, 2), 15);
    differing_add(&d, 1, differing_row(2, 1, 5, 6, 2), 15);
    struct difference x = differing_compare(&d);
    ok_i64(differing_of(&x, DIFFERENCE_MONTHS, 0, S("theft")), 30);
    ok_i64(differing_of(&x, DIFFERENCE_MONTHS, 0, DIFFERENCE_SEVERAL), 12);
    ok_i64(differing_of(&x, DIFFERENCE_MONTHS, 0, S("drugs")), -1);
    ok_i64(differing_of(&x, DIFFERENCE_KINDS, 0, S("burglary")), 15);
    ok_i64(differing_of(&x, DIFFERENCE_KINDS, 1, S("drugs")), 15);
    ok_str(x.kinds[0].key, S("theft")); // in the order that everybody knows
    ok_i64(x.n_months, 1);
    ok_i64(x.months[0].from, civil_month_of_day(civil_day(2018, 6, 1)));
    ok_i64(x.release, 2);
    ok_i64(x.before, 1);
    differing_close(&d);
}

/// What is only told in another way is no difference, and what is not compared is not zero.
static void told_in_another_way(void **state)
{
    (void)state;
    static const struct release_category turned[] = { { .key = S("noise") },
                                                      { .key = S("drugs") },
                                                      { .key = S("theft") } };
    static const uint16_t                both[] = { 1, 2 };
    static const struct release_mix      mix[] = { { both, 2 } };
    struct differing                     d;
    struct difference                    x;
    differing_open(&d);
    differing_add(&d, 0, differing_row(0, 1, 5, 5, 1), MANY);
    differing_add(&d, 0, differing_row(DIFFERING_MIX, 1, 5, 5, 1), MANY);
    d.in[1].categories = turned;
    d.in[1].n_categories = COUNT(turned);
    d.in[1].mixes = mix;
    differing_add(&d, 1, differing_row(2, 1, 5, 5, 1), MANY);
    differing_add(&d, 1, differing_row(3, 1, 5, 5, 1), MANY);
    x = differing_compare(&d);
    for (int p = 0; p < DIFFERENCE_PARTS; p++)
        ok(x.part[p].any && !x.part[p].total.n[0] && !x.part[p].total.n[1],
           "a dictionary in another order: %d", p);
    for (size_t i = 0; i < d.n[1]; i++) d.row[1][i].at.x += 5000;
    ok_i64(total((x = differing_compare(&d), &x), DIFFERENCE_ROWS, 1), 2 * MANY);
    d.in[1].anchor_m = 500;
    x = differing_compare(&d);
    ok(!x.places && x.times && !total(&x, DIFFERENCE_ROWS, 1), "other anchors");
    for (size_t i = 0; i < d.n[1]; i++)
        d.row[1][i].precision = PRECISION_MONTH, d.row[1][i].how = HOW_NONE, d.row[1][i].day -= 4;
    d.in[1].rules[SENSITIVITY_STREET].finest = PRECISION_MONTH;
    x = differing_compare(&d);
    ok(!x.times && !total(&x, DIFFERENCE_ROWS, 1), "by month only");
    d.in[1].n_outcomes = 1;
    for (size_t i = 0; i < d.n[1]; i++) d.row[1][i].outcome = 0;
    x = differing_compare(&d);
    ok(!x.outcomes && !x.part[DIFFERENCE_SOLVED].any && !x.part[DIFFERENCE_OUTCOMES].any, "no outcomes");
    ok_i64(total(&x, DIFFERENCE_ROWS, 0), 0);
    differing_close(&d);
}

/// Without a point the areas are the place, by their codes; when a set has other areas it is no place to compare by.
static void rows_without_a_point(void **state)
{
    (void)state;
    static const struct release_area other[] = { { .code = S("9") }, { .code = S("2") }, { .code = S("3") } };
    static const struct release_set  sets[] = { { .key = S("beat"), .areas = other, .n = 3 } };
    struct differing                 d;
    struct release_row               r = differing_row(0, 1, 5, 5, 1);
    differing_open(&d);
    r.has_point = false;
    r.at = (struct point){ 0, 0 };
    r.area[0] = 1;
    differing_add(&d, 0, r, MANY);
    r.area[0] = 2;
    differing_add(&d, 1, r, MANY);
    struct difference x = differing_compare(&d);
    ok_i64(total(&x, DIFFERENCE_ROWS, 0), MANY);
    ok_i64(total(&x, DIFFERENCE_ROWS, 1), MANY);
    d.in[1].sets = sets;
    x = differing_compare(&d);
    ok_i64(total(&x, DIFFERENCE_ROWS, 0), 0);
    differing_close(&d);
}

static void half_years_and_least(void **state)
{
    (void)state;
    static const struct release_count counts[] = { { .half = 90, .count = 10 },
                                                   { .half = 90, .count = 11 },
                                                   { .half = 93, .count = 10 },
                                                   { .half = 94, .count = 0 } };
    static const struct {
        size_t  was[2], is[2]; // from, to of the list
        int32_t want[2];
        size_t  n;
    } rows[] = { { { 0, 0 }, { 0, 3 }, { 90, 93 }, 2 },
                 { { 0, 2 }, { 0, 4 }, { 93, 94 }, 2 },
                 { { 1, 4 }, { 0, 4 }, { 0, 0 }, 0 },
                 { { 0, 4 }, { 0, 0 }, { 0, 0 }, 0 },
                 { { 2, 3 }, { 0, 3 }, { 90, 0 }, 1 } };
    struct differing  d;
    struct difference x;
    differing_open(&d);
    for (int s = 0; s < 2; s++) differing_add(&d, s, differing_row(0, 1, 5, 5, 1), MANY);
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int s = 0; s < 2; s++) {
            const size_t *of = s ? rows[i].is : rows[i].was;
            d.in[s].first_half = 90, d.in[s].last_half = 94;
            d.in[s].counts = counts + of[0];
            d.in[s].n_counts = of[1] - of[0];
        }
        x = differing_compare(&d);
        ok_i64(x.n_halves, rows[i].n);
        for (size_t k = 0; k < x.n_halves; k++) ok_i64(x.halves[k], rows[i].want[k]);
    }
    d.in[0].least = 30;
    ok_i64(differing_compare(&d).least, 30); // the stricter of the two
    d.in[0].least = d.in[1].least = 1;
    ok_i64(differing_compare(&d).least, TOLD_LEAST);
    differing_close(&d);
}

static void policies(void **state)
{
    (void)state;
    struct scope      sc = test_scope();
    struct difference d = { 0 };
    struct buf        long_one;
    ok_err(&sc,
           difference_of_policies(&sc, S("areas least 10\n\ntier public\n  time month\n  time month\n"),
                                  S("tier public\r\n    time month\n    delay 31 days\nareas least 10"), &d),
           OK);
    ok_i64(d.removed.n, 1);
    ok_str(d.removed.line[0], S("time month"));
    ok_i64(d.added.n, 1);
    ok_str(d.added.line[0], S("delay 31 days"));
    buf_init(&long_one, 1 << 20);
    for (int i = 0; i < DIFFERENCE_LINES + 1; i++) buf_printf(&long_one, "line %d\n", i);
    ok_err(&sc, difference_of_policies(&sc, S(""), buf_str(&long_one), &d), OK);
    ok(d.added.n == DIFFERENCE_LINES && d.added.more && !d.removed.n && !d.removed.more, "%zu", d.added.n);
    buf_free(&long_one);
    test_scope_end(&sc);
}

// -- the file ----------------------------------------------------------------------------------------------------------

static str text_of(struct scope *sc, const struct difference *d)
{
    struct buf b;
    buf_init(&b, DIFFERENCE_MAX_BYTES);
    difference_write(&b, d);
    ok_err(sc, buf_end(sc, &b), OK);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static struct difference busy(struct differing *d)
{
    differing_open(d);
    for (int s = 0; s < 2; s++) differing_add(d, s, differing_row(0, 1, 5, 5, 1), 100);
    differing_add(d, 1, differing_row(1, 1, 6, 5, 1), 30);
    differing_add(d, 1, differing_row(0, 1, 5, 5, 2), 40);
    differing_add(d, 0, differing_row(3, 1, 5, 5, 3), 25);
    differing_add(d, 0, differing_row(1, 1, 5, 6, 2), 15);
    differing_add(d, 1, differing_row(2, 1, 5, 6, 2), 15);
    static const struct release_count counts[] = { { .half = 96, .count = 10 }, { .half = 97, .count = 10 } };
    d->in[1].first_half = 96, d->in[1].last_half = 97;
    d->in[1].counts = counts;
    d->in[1].n_counts = COUNT(counts);
    struct difference x = differing_compare(d);
    ok_err(&d->sc, difference_of_policies(&d->sc, S("a \"quoted\" line"), S("one more\nand one"), &x), OK);
    return x;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct differing  d;
    struct difference x = busy(&d), y;
    str               text = text_of(&d.sc, &x);
    ok_err(&d.sc, difference_read(&d.sc, text, &y), OK);
    ok_str(text_of(&d.sc, &y), text);
    ok_i64(differing_of(&y, DIFFERENCE_ROWS, 0, S("theft")), 40);
    ok_str(y.kinds[0].label[LANG_CS], S("Krádež"));
    for (int none = DIFFERENCE_FIRST; none < DIFFERENCE_NONES; none++) {
        x = (struct difference){ .release = 7,
                                 .before = none == DIFFERENCE_FIRST ? 0 : 6,
                                 .none = (enum difference_none)none };
        text = text_of(&d.sc, &x);
        ok_err(&d.sc, difference_read(&d.sc, text, &y), OK);
        ok(y.none == x.none && y.release == 7 && y.before == x.before, "%.*s", STR(text));
    }
    differing_close(&d);
}

static str replaced(struct scope *sc, str text, const char *what, const char *by)
{
    const char *all = arena_cstr(sc->mem, text), *at = all ? strstr(all, what) : NULL;
    if (!at) print_error("%s does not stand in %.*s\n", what, STR(text));
    assert_non_null(at);
    return arena_printf(sc->mem, "%.*s%s%s", (int)(at - all), all, by, at + strlen(what));
}

static void nothing_else_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *what, *by;
    } rows[] = {
        { "\"format\":1", "\"format\":2" },
        { "\"before\":1", "\"before\":2" },
        { "\"before\":1", "\"before\":0" },
        { "\"none\":null", "\"none\":\"why\"" },
        { "\"least\":10", "\"least\":4" },
        { "\"least\":10", "\"least\":60" }, // figures that would have been fine with a smaller one
        { "\"places\":true", "\"places\":1" },
        { "\"from\":\"2018-06\"", "\"from\":\"2018-6\"" },
        { "\"to\":\"2018-06\"", "\"to\":\"2018-05\"" },
        { "[96,97]", "[97,96]" },
        { "[96,97]", "[96,96]" },
        { "\"more\":false", "\"more\":0" },
        { "[\"theft\",\"Theft\",", "[\"theft\"," },
        { "\"total\":[40,25]", "\"total\":[41,25]" }, // the parts do not make it
        { "\"total\":[40,25]", "\"total\":[40]" },
        { "\"total\":[40,25]", "\"total\":[40,-25]" },
        { "\"total\":[30]", "\"total\":[30,0]" },
        { "[0,40,0]", "[0,40,9]" }, // a figure that may not be told
        { "[0,40,0]", "[90,40,0]" },
        { "{\"format\"", "[{\"format\"" },
    };
    struct differing  d;
    struct difference x = busy(&d), y;
    str               text = text_of(&d.sc, &x);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str bad = replaced(&d.sc, text, rows[i].what, rows[i].by);
        ok_err(&d.sc, difference_read(&d.sc, bad, &y), ERR_CORRUPT);
    }
    for (size_t n = 0; n + 2 < text.n; n += 7)
        ok_err(&d.sc, difference_read(&d.sc, str_slice(text, 0, n), &y), ERR_CORRUPT);
    differing_close(&d);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_differs),
    cmocka_unit_test(by_kind),
    cmocka_unit_test(told_in_another_way),
    cmocka_unit_test(rows_without_a_point),
    cmocka_unit_test(half_years_and_least),
    cmocka_unit_test(policies),
    cmocka_unit_test(what_is_written_is_read),
    cmocka_unit_test(nothing_else_is_read),
};
TEST_MAIN(tests)
