// SPDX-License-Identifier: EUPL-1.2
// Every question gives what the slow reader gives by loops over all rows.
#include "index/kernel_int.h"
#include "index/index_int.h"
#include "index_random.h"
#include "slow_reader.h"

struct both {
    struct scope       *sc;
    const struct index *ix;
    struct slow_index   slow;
    struct release_info in;
};

static void same_counts(const char *what, const uint64_t *got, const uint64_t *want, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ok(got[i] == want[i], "%s %zu: got %llu, want %llu", what, i, (unsigned long long)got[i],
           (unsigned long long)want[i]);
}

static uint64_t *zeroes(struct both *b, size_t n)
{
    return arena_array(b->sc->mem, uint64_t, n + 1);
}

static void facets(struct both *b, const struct filter *f, unsigned want, bool linked)
{
    const struct slow_index *s = &b->slow;
    struct facets            got;
    ok_err(b->sc, index_facets(b->sc, b->ix, f, want, linked, &got), OK);
    int32_t first_month = civil_month_of_day(s->first_day),
            months = s->n ? civil_month_of_day(s->last_day) - first_month + 1 : 0;
    int32_t   days = s->n ? s->last_day - s->first_day + 1 : 0;
    uint64_t *category = zeroes(b, s->n_categories), *section = zeroes(b, ICCS_SECTIONS),
             *month = zeroes(b, (size_t)months), *day = zeroes(b, (size_t)days);
    uint64_t *hourweek = zeroes(b, HOW_VALUES), *outcome = zeroes(b, s->n_outcomes), *area[MAX_AREA_SETS],
             total = 0, without = 0;
    for (size_t k = 0; k < s->n_sets; k++) area[k] = zeroes(b, s->n_areas[k] + 1);
    for (size_t i = 0; i < s->n; i++) {
        const struct slow_row *r = &s->row[i];
        bool                   passes = slow_passes(s, r, f, SLOW_NONE);
        total += passes;
        without += passes && !r->has_point;
        bool counts = slow_passes(s, r, f, linked ? SLOW_CATEGORY : SLOW_NONE),
             seen[ICCS_SECTIONS] = { false };
        for (unsigned c = 0; c < s->n_categories && counts; c++) {
            if (!slow_has(s, r, c)) continue;
            category[c]++;
            section[s->iccs[c]] += !seen[s->iccs[c]];
            seen[s->iccs[c]] = true;
        }
        month[civil_month_of_day(r->day) - first_month] +=
            slow_passes(s, r, f, linked ? SLOW_DATE : SLOW_NONE);
        day[r->day - s->first_day] += slow_passes(s, r, f, linked ? SLOW_DATE : SLOW_NONE);
        hourweek[r->how] += slow_passes(s, r, f, linked ? SLOW_TIME : SLOW_NONE);
        outcome[r->outcome] += slow_passes(s, r, f, linked ? SLOW_OUTCOME : SLOW_NONE);
        for (size_t k = 0; k < s->n_sets; k++)
            area[k][r->area[k]] += slow_passes(s, r, f, linked ? SLOW_AREA : SLOW_NONE);
    }
    ok_i64(got.total, total);
    ok_i64(got.without_point, without);
    ok_i64(got.n_days, days);
    ok_i64(got.n_months, months);
    ok(!days || (got.first_day == s->first_day && got.first_month == first_month), "beginning");
    ok(!!got.category == !!(want & FACET_CATEGORY) && !!got.month == !!(want & FACET_MONTH) &&
           !!got.day == !!(want & FACET_DAY) && !!got.hourweek == !!(want & FACET_HOURWEEK) &&
           !!got.outcome == !!(want & FACET_OUTCOME),
       "what is wanted is there and nothing else");
    if (got.category) same_counts("category", got.category, category, s->n_categories);
    if (got.category) same_counts("section", got.section, section, ICCS_SECTIONS);
    if (got.month) same_counts("month", got.month, month, (size_t)months);
    if (got.day) same_counts("day", got.day, day, (size_t)days);
    if (got.hourweek) same_counts("hour of the week", got.hourweek, hourweek, HOW_VALUES);
    if (got.outcome) same_counts("outcome", got.outcome, outcome, s->n_outcomes);
    for (size_t k = 0; k < s->n_sets; k++) {
        ok(!!got.area[k] == !!(want & FACET_AREAS), "areas of set %zu", k);
        if (got.area[k]) same_counts("area", got.area[k], area[k], s->n_areas[k] + 1);
    }
}

static void grid(struct both *b, const struct filter *f, struct point at, unsigned z, unsigned bits)
{
    uint32_t  x = z ? at.x >> (32 - z) : 0, y = z ? at.y >> (32 - z) : 0, side = 1u << bits;
    uint32_t *got = arena_array(b->sc->mem, uint32_t, (size_t)side * side),
             *want = arena_array(b->sc->mem, uint32_t, (size_t)side * side);
    memset(got, 0xAA, (size_t)side * side * sizeof *got);
    ok_err(b->sc, index_grid(b->sc, b->ix, f, z, x, y, bits, got), OK);
    uint64_t tile = (uint64_t)1 << (32 - z), west = x * tile, north = y * tile;
    for (size_t i = 0; i < b->slow.n; i++) {
        const struct slow_row *r = &b->slow.row[i];
        if (!r->has_point || r->x < west || r->x >= west + tile || r->y < north || r->y >= north + tile)
            continue;
        if (slow_passes(&b->slow, r, f, SLOW_NONE))
            want[(r->y - north) * side / tile * side + (r->x - west) * side / tile]++;
    }
    for (size_t i = 0; i < (size_t)side * side; i++)
        ok(got[i] == want[i], "tile %u/%u/%u, 2^%u, cell %zu: got %u, want %u", z, x, y, bits, i, got[i],
           want[i]);
}

static bool in_box(struct box b, const struct slow_row *r)
{
    return r->has_point && r->x >= b.min_x && r->x <= b.max_x && r->y >= b.min_y && r->y <= b.max_y;
}

static void places(struct both *b, const struct filter *f, struct box in, size_t max)
{
    const struct slow_index *s = &b->slow;
    struct place            *got = NULL;
    size_t                   n = 0, seen = 0, distinct = 0;
    bool                     more;
    ok_err(b->sc, index_places(b->sc, b->ix, f, in, max, &got, &n, &more), OK);
    ok(n <= max, "at most %zu", max);
    bool *counted = arena_array(b->sc->mem, bool, s->n + 1);
    for (size_t i = 0; i < s->n; i++) { // each point that the answer must hold, at its first row
        const struct slow_row *r = &s->row[i];
        if (counted[i] || !in_box(in, r) || !slow_passes(s, r, f, SLOW_NONE)) continue;
        uint32_t count = 0, *category = arena_array(b->sc->mem, uint32_t, s->n_categories), top = 0;
        for (size_t k = i; k < s->n; k++) {
            const struct slow_row *q = &s->row[k];
            if (!q->has_point || q->x != r->x || q->y != r->y || !slow_passes(s, q, f, SLOW_NONE)) continue;
            counted[k] = true;
            count++;
            for (unsigned c = 0; c < s->n_categories; c++) category[c] += slow_has(s, q, c);
        }
        for (uint32_t k = 0; k < s->n_categories; k++)
            if (category[k] > category[top]) top = k;
        distinct++;
        for (size_t k = 0; k < n; k++) {
            if (got[k].at.x != r->x || got[k].at.y != r->y) continue;
            seen++;
            ok(got[k].count == count && got[k].top_category == top && got[k].top_count == category[top] &&
                   got[k].place == r->place,
               "place %u %u: %u rows, want %u; top %u, want %u", r->x, r->y, got[k].count, count,
               got[k].top_category, top);
        }
    }
    ok(seen == n, "%zu of %zu places are right", seen, n);
    ok(n == (distinct < max ? distinct : max) && more == (distinct > max), "%zu of %zu places, at most %zu",
       n, distinct, max);
    for (size_t k = 1; k < n; k++)
        ok(morton(got[k - 1].at, 32) < morton(got[k].at, 32), "in the order of the file");
}

static void same_row(const struct slow_index *s, const struct release_row *got, const struct slow_row *want)
{
    ok(got->has_point == want->has_point &&
           (!want->has_point || (got->at.x == want->x && got->at.y == want->y)),
       "point");
    ok(got->day == want->day && got->how == want->how && got->minute == want->minute &&
           got->precision == want->precision,
       "time");
    ok(got->kind == want->kind && got->outcome == want->outcome && got->flags == want->flags,
       "category, outcome, flags");
    ok(got->place == want->place && got->source == want->source, "place, source");
    for (size_t k = 0; k < MAX_AREA_SETS; k++) {
        unsigned area = k < s->n_sets && want->area[k] < s->n_areas[k] ? want->area[k] : AREA_NOWHERE;
        ok(got->area[k] == area, "area of set %zu: got %u, want %u", k, got->area[k], area);
    }
}

static void rows(struct both *b, const struct filter *f)
{
    struct index_cursor c;
    struct release_row  got;
    index_rows(b->ix, f, &c);
    for (size_t i = 0; i < b->slow.n; i++) {
        if (!slow_passes(&b->slow, &b->slow.row[i], f, SLOW_NONE)) continue;
        ok(index_rows_next(&c, &got), "row %zu is given", i);
        same_row(&b->slow, &got, &b->slow.row[i]);
    }
    ok(!index_rows_next(&c, &got), "no row too many");
    ok(!index_rows_next(&c, &got), "and it stays so");
}

static void place_rows(struct both *b, const struct filter *f, struct point at, size_t max)
{
    struct release_row *got;
    size_t              n, k = 0;
    uint64_t            total, want = 0;
    ok_err(b->sc, index_place_rows(b->sc, b->ix, f, at, max, &got, &n, &total), OK);
    for (size_t i = b->slow.n; i-- > 0;) {
        const struct slow_row *r = &b->slow.row[i];
        if (!r->has_point || r->x != at.x || r->y != at.y || !slow_passes(&b->slow, r, f, SLOW_NONE))
            continue;
        if (want++ < max) same_row(&b->slow, &got[k++], r);
    }
    ok(n == k && total == want, "%zu rows of %llu, want %zu of %llu", n, (unsigned long long)total, k,
       (unsigned long long)want);
    for (size_t i = 1; i < n; i++) ok(got[i - 1].day >= got[i].day, "newest first");
}

static void ask(struct both *b, uint64_t *seed, const struct release_row *row, size_t n)
{
    struct filter f = random_filter(seed, &b->in, row, n);
    facets(b, &f, chance(seed, 50) ? FACET_ALL : pick(seed, 64), chance(seed, 60));
    for (int i = 0; i < 4; i++) {
        unsigned z = pick(seed, 32), bits = pick(seed, 7);
        if (z + bits > 32) bits = 32 - z;
        unsigned level = b->ix->leaf + 1 + pick(seed, 2); // quarters of cells, and quarters of these
        if (i < 2) bits = 1 + pick(seed, 7), z = level > bits ? level - bits : 0;
        grid(b, &f, some_point(seed, row, n), z, bits);
    }
    if (n <= 3000) places(b, &f, random_box(seed, row, n), pick(seed, chance(seed, 50) ? 10 : 100000));
    rows(b, &f);
    place_rows(b, &f, some_point(seed, row, n), pick(seed, 20));
}

// Rows as they were given, as bytes without gaps, so that they can be sorted and compared.
static struct slow_row plain(const struct slow_index *s, const struct release_row *r)
{
    struct slow_row p;
    memset(&p, 0, sizeof p);
    p.has_point = r->has_point;
    if (r->has_point) p.x = r->at.x, p.y = r->at.y;
    p.day = r->day;
    p.how = r->how, p.kind = r->kind, p.outcome = r->outcome, p.precision = r->precision, p.flags = r->flags;
    p.minute = r->minute, p.place = r->place, p.source = r->source;
    for (size_t k = 0; k < s->n_sets; k++)
        p.area[k] = r->area[k] == AREA_NOWHERE ? (unsigned)s->n_areas[k] : r->area[k];
    return p;
}

static int compare_plain(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct slow_row));
}

static void same_rows(struct both *b, const struct release_row *row, size_t n)
{
    ok_i64(b->slow.n, n);
    struct slow_row *want = arena_array(b->sc->mem, struct slow_row, n + 1),
                    *got = arena_array(b->sc->mem, struct slow_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        want[i] = plain(&b->slow, &row[i]);
        got[i] = b->slow.row[i];
    }
    qsort(want, n, sizeof *want, compare_plain);
    qsort(got, n, sizeof *got, compare_plain);
    for (size_t i = 0; i < n; i++)
        ok(!memcmp(&want[i], &got[i], sizeof *got), "row %zu of the sorted rows came back", i);
}

/// crowded: all rows stand in one cell, so that its counts go beyond 65,535.
static void one_release(uint64_t *seed, size_t n, int filters, bool crowded)
{
    struct scope                     sc = test_scope();
    const char                      *dir = test_dir(&sc);
    const char                      *path = arena_printf(sc.mem, "%s/x.index", dir).p;
    struct both                      b = { .sc = &sc, .in = random_info(&sc, seed) };
    struct release_row              *row = random_rows(&sc, seed, &b.in, n);
    AUTO(index_closep) struct index *ix = NULL;
    for (size_t i = 0; crowded && i < n; i++) {
        row[i].has_point = true;
        row[i].at = (struct point){ 0x8A000000u + pick(seed, 99), 0x57000000u + pick(seed, 99) };
    }
    ok_err(&sc, write_index(&sc, path, &b.in, row, n), OK);
    ok_err(&sc, index_open(&sc, path, &ix), OK);
    ok_err(&sc, index_verify(&sc, ix), OK);
    ok(!crowded || ix->most_rows == n, "one cell has %u of %zu rows", ix->most_rows, n);
    b.ix = ix;
    slow_read(&sc, path, &b.slow);
    same_rows(&b, row, n);
    for (int i = 0; i < filters; i++) {
        struct arena_mark before = arena_mark(sc.mem);
        ix->kernel = i % 2 ? &kernel_portable : kernel_best();
        ask(&b, seed, row, n);
        arena_back(sc.mem, before);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void many_small_releases(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 1, 2, 3, 10, 60, 300, 1100, 2100, 2600 };
    uint64_t            seed = test_seed();
    for (int i = 0; i < 60; i++) one_release(&seed, sizes[(size_t)i % COUNT(sizes)], 12, false);
}

static void large_releases(void **state)
{
    (void)state;
    uint64_t seed = test_seed() + 1;
    for (int i = 0; i < 2; i++) one_release(&seed, 70000, 4, false);
    one_release(&seed, 140000, 12, true);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(many_small_releases),
    cmocka_unit_test(large_releases),
};
TEST_MAIN(tests)
