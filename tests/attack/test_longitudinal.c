// SPDX-License-Identifier: EUPL-1.2
// T3, releases that follow each other. The attacker keeps all of them and subtracts what one tells of some areas from what
// the same or another one tells of more: no difference of what is told by area is an incident or a few. Calibration: counts
// that are grouped anew for each release leave single incidents between two of them.
#include "attack.h"

#include "publish/partition.h"

enum {
    HALVES = 6,
    FIRST_YEAR = 2010,
    FIRST_HALF = 2 * (FIRST_YEAR - 1970),
    MAX_RELEASES = 36,
    MAX_GROUPS = 400,
    LEAST = 10
};
#define WHOLE_TOWN (~(uint64_t)0)

/// What one release tells of a half-year.
struct said {
    size_t   n;
    uint64_t areas[MAX_GROUPS], count[MAX_GROUPS];
};
struct history {
    size_t      releases;
    struct said of[MAX_RELEASES][HALVES];
};

static void say(struct said *s, uint64_t areas, uint64_t count)
{
    ok(s->n < MAX_GROUPS, "%zu groups", s->n);
    s->areas[s->n] = areas ? areas : WHOLE_TOWN;
    s->count[s->n++] = count;
}

/// What a release tells of everything within these areas.
static uint64_t within(const struct said *s, uint64_t areas)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++)
        if (!(s->areas[i] & ~areas)) sum += s->count[i];
    return sum;
}

/// All differences of two releases, of which the later tells of the same areas or of more: how many are 1 to LEAST - 1, and
/// how many are one.
struct remainders {
    size_t compared, few, one;
};

static void subtract(const struct said *a, const struct said *b, struct remainders *out)
{
    uint64_t had[MAX_GROUPS], has[MAX_GROUPS];
    for (size_t i = 0; i < a->n; i++) had[i] = within(a, a->areas[i]);
    for (size_t k = 0; k < b->n; k++) has[k] = within(b, b->areas[k]);
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            if (a->areas[i] & ~b->areas[k]) continue;
            uint64_t more = has[k] > had[i] ? has[k] - had[i] : had[i] - has[k];
            out->compared++;
            out->few += more && more < LEAST;
            out->one += more == 1;
        }
}

static struct remainders subtract_all(const struct history *h)
{
    struct remainders all = { 0 };
    for (size_t r = 0; r < h->releases; r++)
        for (size_t s = r; s < h->releases; s++)
            for (int half = 0; half < HALVES; half++) subtract(&h->of[r][half], &h->of[s][half], &all);
    return all;
}

// -- a town that grows ------------------------------------------------------------------------------------------------

struct growing {
    struct town  t;
    uint64_t     seed, count[HALVES][TOWN_BEATS]; // the truth
    struct point label[TOWN_BEATS];
    size_t       thefts;
};

static void add(struct scope *sc, struct growing *g, int category, int half, unsigned beat)
{
    double          x = beat % TOWN_SIDE + 0.5, y = beat / TOWN_SIDE + 0.5;
    struct incident in = town_incident(
        &g->t, arena_printf(sc->mem, "%zu-%llu", g->thefts, (unsigned long long)test_random(&g->seed)).p,
        town_point(&g->t, x, y));
    in.category = g->t.category[category];
    in.from_s = attack_wall(FIRST_YEAR + half / 2, half % 2 ? 8 : 2, 1 + (int)attack_below(&g->seed, 28)) +
                3 * HOUR_S;
    in.to_s = in.from_s + 59;
    town_add(sc, &g->t, &in);
    if (category == CAT_RAPE) g->count[half][beat]++;
    else g->thefts++;
}

/// A month's import: most of it of a half-year that grows old, some of all that were before.
static void grow(struct scope *sc, struct growing *g, size_t release, size_t releases)
{
    int newest = (int)(release * HALVES / releases);
    for (int k = 0; k < 40; k++) {
        int half = attack_below(&g->seed, 3) ? newest : (int)attack_below(&g->seed, (uint64_t)newest + 1);
        add(sc, g, attack_below(&g->seed, 4) ? CAT_RAPE : CAT_THEFT, half,
            (unsigned)attack_below(&g->seed, TOWN_BEATS));
    }
    attack_import(sc, &g->t);
}

static void read_release(struct scope *sc, const struct growing *g, size_t release, struct said out[HALVES])
{
    struct told_groups told;
    struct slow_index  ix;
    size_t             sensitive = 0;
    attack_groups(sc, g->t.dir, (int64_t)release + 1, &told);
    for (size_t i = 0; i < told.n; i++) {
        int half = told.of[i].half - FIRST_HALF;
        ok(half >= 0 && half < HALVES && told.of[i].class == SENSITIVITY_SEXUAL, "what nobody did");
        say(&out[half], told.of[i].areas, told.of[i].count);
    }
    attack_read(sc, g->t.dir, (int64_t)release + 1, &ix);
    for (size_t i = 0; i < ix.n; i++) sensitive += ix.iccs[ix.row[i].kind] == 3;
    ok(!sensitive && ix.n == g->thefts, "%zu points, %zu of them sensitive", ix.n, sensitive);
}

/// What the naive town tells: all that it knows, grouped anew.
static void group_anew(struct scope *sc, const struct growing *g, struct said out[HALVES])
{
    double size[TOWN_BEATS];
    for (int a = 0; a < TOWN_BEATS; a++) size[a] = 1;
    for (int half = 0; half < HALVES; half++) {
        struct group *group;
        size_t        n;
        if (partition(sc, g->label, g->count[half], size, TOWN_BEATS, LEAST, 1, &group, &n))
            continue; // too few
        for (size_t i = 0; i < n; i++) {
            uint64_t areas = 0;
            for (size_t k = 0; k < group[i].n; k++) areas |= (uint64_t)1 << group[i].area[k];
            say(&out[half], areas, group[i].count);
        }
    }
}

static void no_difference_of_two_releases_is_a_few(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    struct history *own = calloc(1, sizeof *own), *naive = calloc(1, sizeof *naive);
    struct growing  g = { .t = town_open(&sc, test_dir(&sc)), .seed = test_seed() };
    ok(own && naive, "memory");
    own->releases = naive->releases = attack_is_long() ? MAX_RELEASES : 10;
    for (int a = 0; a < TOWN_BEATS; a++)
        g.label[a] = town_point(&g.t, a % TOWN_SIDE + 0.5, a / TOWN_SIDE + 0.5);
    for (size_t r = 0; r < own->releases; r++) {
        struct arena_mark before = arena_mark(sc.mem);
        grow(&sc, &g, r, own->releases);
        attack_publish(&sc, &g.t,
                       "areas set beat least 10\ntier public\nclass street points\nclass sexual areas\n",
                       attack_wall(2016, 1, 1), (int64_t)r + 1);
        read_release(&sc, &g, r, own->of[r]);
        group_anew(&sc, &g, naive->of[r]);
        arena_back(sc.mem, before);
    }
    struct remainders ours = subtract_all(own), theirs = subtract_all(naive);
    uint64_t          told = 0, all = 0;
    for (int half = 0; half < HALVES; half++) {
        told += within(&own->of[own->releases - 1][half], WHOLE_TOWN);
        for (int a = 0; a < TOWN_BEATS; a++) all += g.count[half][a];
    }
    ok(told > all / 2 && told <= all, "most are told in the end: %llu of %llu", (unsigned long long)told,
       (unsigned long long)all);
    ok(theirs.few > 20 && theirs.one > 0, "counts made anew leave %zu few", theirs.few);
    attack_verdict("T3", !ours.few,
                   "%zu releases, %zu differences: %zu of 1 to %d; counts grouped anew: %zu of %zu, %zu of "
                   "them one incident",
                   own->releases, ours.compared, ours.few, LEAST - 1, theirs.few, theirs.compared,
                   theirs.one);
    free(own);
    free(naive);
    town_close(&g.t);
    test_dir_end(&sc, g.t.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(no_difference_of_two_releases_is_a_few) };
TEST_MAIN(tests)
