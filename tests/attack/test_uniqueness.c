// SPDX-License-Identifier: EUPL-1.2
// U, uniqueness and background knowledge, under the policy that holds when nobody has written one: how many public rows are
// the only one of their place, told time and kind; and of how many is a single candidate left to somebody who knows a home
// and a day. What is unique is not thereby a person: so no row of a class that names a person, a home or a child may be
// public as a point at all, and none may carry a finer time than its class allows.
#include "import.h"
#include "property/slow_reader.h"
#include "verdict.h"

#include "base/civil.h"
#include "import/areas.h"
#include "index/index.h"
#include "main/release.h"
#include "store/store.h"

struct told_row { // what tells rows apart
    uint32_t x, y;
    int32_t  day;
    unsigned how, precision, kind, area[MAX_AREA_SETS];
};
struct found {
    size_t n, unique, alone, personal, fine; // rows; the only one; one candidate; of such a class; too fine
};

static int by_place(const struct told_row *a, const struct told_row *b)
{
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    if (a->y != b->y) return a->y < b->y ? -1 : 1;
    return memcmp(a->area, b->area, sizeof a->area);
}

static int by_all(const void *one, const void *other)
{
    const struct told_row *a = one, *b = other;
    int                    place = by_place(a, b);
    if (place) return place;
    int32_t month_a = civil_month_of_day(a->day), month_b = civil_month_of_day(b->day);
    if (month_a != month_b) return month_a < month_b ? -1 : 1;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->precision != b->precision) return a->precision < b->precision ? -1 : 1;
    if (a->how != b->how) return a->how < b->how ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

/// Rows of one place and month: to who knows the day, candidates are those of that day and those that tell the month alone.
static void look_at_month(const struct told_row *row, size_t n, struct found *out)
{
    size_t by_month = 0;
    for (size_t i = 0; i < n; i++) by_month += row[i].precision == PRECISION_MONTH;
    for (size_t i = 0; i < n; i++) {
        size_t same = 0, candidates = by_month;
        for (size_t k = 0; k < n; k++) {
            same += !by_all(&row[i], &row[k]);
            candidates += row[i].precision != PRECISION_MONTH && row[k].precision != PRECISION_MONTH &&
                          row[k].day == row[i].day;
        }
        out->unique += same == 1;
        out->alone += candidates == 1;
    }
}

static enum sensitivity class_of(const struct category *c, size_t n, str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(c[i].key, key)) return c[i].sensitivity;
    return SENSITIVITY_UNCLASSIFIED;
}

static void look_at(struct scope *sc, const char *dir, struct found *out)
{
    AUTO(index_closep) struct index *ix = NULL;
    AUTO(store_closep) struct store *st = NULL;
    struct slow_index                slow;
    const struct category           *categories;
    const char                      *path;
    size_t                           n, points = 0;
    ok_err(sc, release_index_path(sc, dir, 1, TIER_PUBLIC, &path), OK);
    slow_read(sc, path, &slow);
    ok_err(sc, index_open(sc, path, &ix), OK);
    ok_err(sc, store_open(sc, dir, STORE_READ, &st), OK);
    ok_err(sc, store_categories(sc, st, &categories, &n), OK);
    struct told_row *row = arena_array(sc->mem, struct told_row, slow.n + 1);
    for (size_t i = 0; i < slow.n; i++) {
        const struct slow_row *r = &slow.row[i];
        bool                   street = true, personal = false;
        for (size_t k = 0; k < slow.kind[r->kind].n; k++) {
            enum sensitivity is =
                class_of(categories, n, index_info(ix)->categories[slow.kind[r->kind].category[k]].key);
            street = street && is == SENSITIVITY_STREET;
            personal = personal || (is != SENSITIVITY_STREET && is != SENSITIVITY_ORDINARY);
        }
        out->personal += personal;
        out->fine += r->precision < (street ? PRECISION_HOUR : PRECISION_MONTH);
        if (r->has_point)
            row[points] = (struct told_row){ r->x, r->y, r->day, r->how, r->precision, r->kind, { 0 } };
        for (size_t k = 0; r->has_point && k < slow.n_sets; k++) row[points].area[k] = r->area[k];
        points += r->has_point;
    }
    out->n = points;
    qsort(row, points, sizeof *row, by_all);
    for (size_t from = 0, to; from < points; from = to) {
        for (to = from + 1; to < points && !by_place(&row[from], &row[to]) &&
                            civil_month_of_day(row[from].day) == civil_month_of_day(row[to].day);)
            to++;
        look_at_month(row + from, to - from, out);
    }
}

static void tell(const char *what, const struct found *f)
{
    ok(f->n > 1000, "%zu rows", f->n);
    attack_verdict("U", !f->personal && !f->fine,
                   "%s, default policy: %zu public points, %zu of persons, homes or children, %zu told too "
                   "finely; unique in "
                   "place, told time and kind %.3f; one candidate for who knows a home and a day %.3f",
                   what, f->n, f->personal, f->fine, (double)f->unique / (double)f->n,
                   (double)f->alone / (double)f->n);
}

static void an_invented_town(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    struct found f = { 0 };
    char         rows[] = "20000", option[] = "--incidents", *words[] = { option, rows };
    struct cli   cli = { .sc = &sc, .dir = arena_printf(sc.mem, "%s/town", dir).p, .json = true };
    fputs("# ", stdout); // what the command prints is no line of a test
    ok_i64(cmd_demo.run(&cli, 2, words), EXIT_DONE);
    look_at(&sc, cli.dir, &f);
    tell("an invented town of 20,000 rows", &f);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void import_set(struct scope *sc, struct store *st, const char *file, const char *set, const char *id,
                       const char *name)
{
    struct areas_options o = { .set = str_of(set), .id = str_of(id), .name = str_of(name) };
    struct areas_report  r;
    ok_err(sc, areas_import(sc, st, &o, arena_printf(sc->mem, "%s/boundaries/%s", test_shared(), file).p, &r),
           OK);
}

/// A quarter in the short form.
static void chicago(void **state)
{
    (void)state;
    bool        all = attack_is_long();
    const char *name = all ? "chicago-2015.csv.zst" : "chicago-2013-12-06_2014-02-27-portal22col.csv.zst";
    if (!test_shared()) test_skip("no shared data: Chicago's incidents are not looked at");
    struct scope          sc = test_scope();
    const char           *dir = test_dir(&sc);
    struct store         *st = import_store(&sc, dir, S("America/Chicago"));
    struct cli            cli = { .sc = &sc, .dir = dir, .json = true };
    struct import_report  r;
    struct policy         policy;
    struct release_result made;
    struct found          f = { 0 };
    ok_err(&sc, import_one(&sc, st, NULL, arena_printf(sc.mem, "%s/incidents/%s", test_shared(), name).p, &r),
           OK);
    import_set(&sc, st, "chicago_community_areas.geojson.gz", "community", "AREA_NUMBE", "COMMUNITY");
    import_set(&sc, st, "chicago_police_beats.geojson.gz", "beats", "BEAT_NUM", "BEAT_NUM");
    ok_err(&sc, release_policy(&sc, dir, NULL, &policy), OK);
    ok_err(&sc, release_make(&cli, st, &policy, &(struct release_consent){ 0 }, &made), OK);
    store_close(st);
    look_at(&sc, dir, &f);
    tell(all ? "Chicago 2015" : "a quarter of Chicago 2013/14", &f);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(an_invented_town), cmocka_unit_test(chicago) };
TEST_MAIN(tests)
