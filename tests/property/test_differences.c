// SPDX-License-Identifier: EUPL-1.2
// What differs between two random releases is what a slow and obvious comparison finds: each row of the one looks for its like
// among all rows of the other, one wish after the other. Dictionaries stand in another order in each.
#include "analysis/difference.h"
#include "differing.h"

enum { ROUNDS = 150, PLACES = 3 };

struct slow {
    struct told_figures count[DIFFERENCE_PARTS][DIFFERING_KINDS];
    uint64_t            size[DIFFERING_KINDS]; // rows of the new release
};

static str kind_key(const struct release_info *in, const struct release_row *r)
{
    return in->categories[r->kind].key;
}

static uint64_t outcome_id(const struct release_info *in, const struct release_row *r)
{
    return r->outcome ? str_hash(in->outcomes[r->outcome].key) : 0;
}

static size_t kind_number(str key)
{
    size_t i = 0;
    while (!str_eq(differing_kinds[i].key, key)) i++;
    return i;
}

static bool same_month(const struct release_row *a, const struct release_row *b)
{
    return civil_month_of_day(a->day) == civil_month_of_day(b->day);
}

static bool same_spot(const struct differing *d, const struct release_row *a, const struct release_row *b)
{
    return str_eq(d->in[0].sources[a->source].key, d->in[1].sources[b->source].key) && a->day == b->day &&
           a->has_point == b->has_point && (!a->has_point || (a->at.x == b->at.x && a->at.y == b->at.y)) &&
           (a->has_point || a->area[0] == b->area[0]);
}

static int by_rank_in(const struct release_info *in, const struct release_row *a, const struct release_row *b)
{
    uint64_t x = str_hash(kind_key(in, a)), y = str_hash(kind_key(in, b));
    if (x != y) return x < y ? -1 : 1;
    x = outcome_id(in, a), y = outcome_id(in, b);
    return (x > y) - (x < y);
}

/// In the order in which equals are taken: by the hash of their kind's key, then of their outcome's.
static void sort_rows(struct differing *d, int side)
{
    for (size_t i = 0; i < d->n[side]; i++)
        for (size_t k = i + 1; k < d->n[side]; k++)
            if (by_rank_in(&d->in[side], &d->row[side][i], &d->row[side][k]) > 0) {
                struct release_row r = d->row[side][i];
                d->row[side][i] = d->row[side][k];
                d->row[side][k] = r;
            }
}

static bool is_cleared(const struct release_info *in, const struct release_row *r)
{
    return r->outcome && in->outcomes[r->outcome].is == OUTCOME_CLEARED;
}

/// What a pair of rows at the same spot has to share, wish by wish.
static bool fits(const struct differing *d, int wish, const struct release_row *a,
                 const struct release_row *b)
{
    bool kind = str_eq(kind_key(&d->in[0], a), kind_key(&d->in[1], b));
    return same_spot(d, a, b) && (wish > 1 || kind) &&
           (wish > 0 || outcome_id(&d->in[0], a) == outcome_id(&d->in[1], b));
}

static void count_pair(const struct differing *d, int wish, const struct release_row *a,
                       const struct release_row *b, struct slow *s)
{
    size_t old = kind_number(kind_key(&d->in[0], a)), new = kind_number(kind_key(&d->in[1], b));
    bool   solved = is_cleared(&d->in[1], b) && !is_cleared(&d->in[0], a);
    if (wish == 1) s->count[solved ? DIFFERENCE_SOLVED : DIFFERENCE_OUTCOMES][new].n[0]++;
    if (wish < 2) return;
    s->count[DIFFERENCE_KINDS][old].n[0]++;
    s->count[DIFFERENCE_KINDS][new].n[1]++;
}

static void count_slowly(struct differing *d, struct slow *s)
{
    bool taken[2][400] = { 0 };
    for (size_t i = 0; i < d->n[1]; i++) {
        size_t kind = kind_number(kind_key(&d->in[1], &d->row[1][i]));
        bool   known = false;
        s->size[kind]++;
        for (size_t k = 0; k < d->n[0]; k++) known = known || same_month(&d->row[0][k], &d->row[1][i]);
        if (!known) taken[1][i] = true, s->count[DIFFERENCE_MONTHS][kind].n[0]++;
    }
    for (int wish = 0; wish < 3; wish++)
        for (size_t i = 0; i < d->n[0]; i++)
            for (size_t k = 0; k < d->n[1] && !taken[0][i]; k++) {
                if (taken[1][k] || !fits(d, wish, &d->row[0][i], &d->row[1][k])) continue;
                taken[0][i] = taken[1][k] = true;
                count_pair(d, wish, &d->row[0][i], &d->row[1][k], s);
            }
    for (size_t i = 0; i < d->n[1]; i++)
        if (!taken[1][i]) s->count[DIFFERENCE_ROWS][kind_number(kind_key(&d->in[1], &d->row[1][i]))].n[0]++;
    for (size_t i = 0; i < d->n[0]; i++)
        if (!taken[0][i]) s->count[DIFFERENCE_ROWS][kind_number(kind_key(&d->in[0], &d->row[0][i]))].n[1]++;
}

// -- random releases ---------------------------------------------------------------------------------------------------

static uint32_t pick(uint64_t *seed, uint32_t n)
{
    return (uint32_t)(test_random(seed) % n);
}

static void random_rows(struct differing *d, int side, uint64_t *seed)
{
    size_t n = pick(seed, 300);
    for (size_t i = 0; i < n; i++) {
        struct release_row r =
            differing_row((uint16_t)pick(seed, DIFFERING_KINDS), (uint8_t)pick(seed, 4),
                          1 + (int)pick(seed, side ? 4 : 3), 1 + (int)pick(seed, 2), pick(seed, PLACES));
        r.source = (uint16_t)pick(seed, 10) / 9;
        if (!pick(seed, 5)) {
            r.has_point = false;
            r.at = (struct point){ 0, 0 };
            r.area[0] = (uint16_t)pick(seed, DIFFERING_AREAS);
        }
        differing_add(d, side, r, 1);
    }
}

/// A dictionary in another order; [0] of the outcomes stays.
static void shuffle(struct differing *d, uint64_t *seed)
{
    struct release_category *c = arena_array(d->sc.mem, struct release_category, DIFFERING_KINDS);
    struct release_outcome  *o = arena_array(d->sc.mem, struct release_outcome, COUNT(differing_outcomes));
    size_t turn = pick(seed, DIFFERING_KINDS), n = COUNT(differing_outcomes), by = pick(seed, 3);
    for (size_t i = 0; i < DIFFERING_KINDS; i++) c[i] = differing_kinds[(i + turn) % DIFFERING_KINDS];
    o[0] = differing_outcomes[0];
    for (size_t i = 1; i < n; i++) o[i] = differing_outcomes[1 + (i - 1 + by) % (n - 1)];
    d->in[1].categories = c;
    d->in[1].outcomes = o;
}

static bool comes_before(const struct slow *s, size_t a, size_t b)
{
    return s->size[a] != s->size[b] ? s->size[a] > s->size[b]
                                    : str_cmp(differing_kinds[a].key, differing_kinds[b].key) < 0;
}

static void check(struct differing *d, const struct slow *s, const struct difference *x)
{
    size_t order[DIFFERING_KINDS];
    for (size_t i = 0; i < DIFFERING_KINDS; i++) {
        size_t at = 0;
        for (size_t k = 0; k < DIFFERING_KINDS; k++) at += comes_before(s, k, i);
        order[at] = i;
    }
    // The row of incidents with several kinds is empty here, and of an unknown place: kinds of no row come behind it or not.
    for (int p = 0; p < DIFFERENCE_PARTS; p++) {
        struct told_figures f[DIFFERING_KINDS];
        struct told         t;
        for (size_t i = 0; i < DIFFERING_KINDS; i++) f[i] = s->count[p][order[i]];
        ok_err(&d->sc, told_of(&d->sc, f, DIFFERING_KINDS, x->least, &t), OK);
        if (p == DIFFERENCE_ROWS && !x->part[DIFFERENCE_MONTHS].any) t = (struct told){ 0 };
        ok(t.any == x->part[p].any && !memcmp(&t.total, &x->part[p].total, sizeof t.total) &&
               !memcmp(&t.other, &x->part[p].other, sizeof t.other) && t.n == x->part[p].n,
           "part %d: %llu %llu, slowly %llu %llu", p, (unsigned long long)x->part[p].total.n[0],
           (unsigned long long)x->part[p].total.n[1], (unsigned long long)t.total.n[0],
           (unsigned long long)t.total.n[1]);
        for (size_t i = 0; i < t.n; i++) {
            str key = differing_kinds[order[t.rows[i].kind]].key;
            for (int c = 0; c < TOLD_COLUMNS; c++)
                ok_i64(differing_of(x, (enum difference_part)p, c, key), t.rows[i].is.n[c]);
        }
    }
}

static void fast_is_slow(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        struct differing d;
        struct slow      s = { 0 };
        differing_open(&d);
        shuffle(&d, &seed);
        d.held = pick(&seed, 2) ? DIFFERENCE_HELD : 1 + pick(&seed, 100);
        d.in[0].least = d.in[1].least = TOLD_LEAST;
        for (int side = 0; side < 2; side++) {
            random_rows(&d, side, &seed);
            sort_rows(&d, side);
        }
        struct difference x = differing_compare(&d);
        count_slowly(&d, &s);
        check(&d, &s, &x);
        differing_close(&d);
    }
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(fast_is_slow) };
TEST_MAIN(tests)
