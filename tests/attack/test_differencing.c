// SPDX-License-Identifier: EUPL-1.2
// T2, differencing and averaging. The attacker knows a home and a half-year, and asks himself whether a sensitive act
// happened there. He asks for the surroundings with and without the home, in windows of any size, as often as he likes, and
// compares what is told by area with what was told of other half-years; he guesses, and is right by luck half of the time.
// What the server answers of points is a function of the index, which anybody may download: so he counts in that, and a
// sample is asked of the server. Calibration: the same attacker against exact counts of which those of 1 to 4 are left out.
#include "attack.h"

enum {
    HALVES = 4,
    FIRST_YEAR = 2013,
    FIRST_HALF = 2 * (FIRST_YEAR - 1970),
    CLASSES = 3,
    NAIVE_LEAST = 5,
    NOTCH_M = 30
};

static const struct {
    enum sensitivity class;
    int      category, iccs; // of which the public sees, or not
    double   mean;           // in a beat and half-year
    unsigned classes;        // that the record adds
} kinds[CLASSES] = {
    { SENSITIVITY_SEXUAL, CAT_RAPE, 3, 2.2, 0 },
    { SENSITIVITY_CHILD, CAT_CHILD, 2, 0.7, 0 },
    { SENSITIVITY_HOME, CAT_THEFT, 5, 5, 1u << SENSITIVITY_HOME },
};

struct target {
    int          kind, half;
    unsigned     beat;
    struct point home;
    bool         present; // the truth
};
/// Something that counts: the public index, or the truth with few left out.
struct counter {
    const struct slow_row *row; // [n]
    size_t                 n;
    unsigned               few; // counts from 1 to this are not told
};

static struct point home_in(struct town *t, uint64_t *seed, unsigned beat)
{
    // Borders are crooked by a fifth: the middle of a beat is in it.
    double x = beat % TOWN_SIDE + 0.35 + (double)attack_below(seed, 400) / 1000,
           y = beat / TOWN_SIDE + 0.35 + (double)attack_below(seed, 400) / 1000;
    return town_point(t, x, y);
}

static int64_t moment_in(uint64_t *seed, int half)
{
    return attack_wall(FIRST_YEAR + half / 2, half % 2 ? 7 : 1, 1) +
           (int64_t)attack_below(seed, 180 * 24) * HOUR_S;
}

// -- a world ----------------------------------------------------------------------------------------------------------

struct world {
    struct town        t;
    struct slow_index  index;
    struct told_groups told;
    struct slow_row   *truth; // [n_truth] of all kinds; kind is the number in kinds
    size_t             n_truth, n_target;
    struct target     *target;
};

static void add(struct scope *sc, struct world *w, uint64_t *seed, int kind, int half, struct point home)
{
    struct incident in =
        town_incident(&w->t, arena_printf(sc->mem, "%llu", (unsigned long long)w->t.staged).p, home);
    in.category = w->t.category[kinds[kind].category];
    in.classes = (sensitivity_set)kinds[kind].classes;
    in.from_s = moment_in(seed, half);
    in.to_s = in.from_s + 59;
    town_add(sc, &w->t, &in);
    w->truth[w->n_truth++] = (struct slow_row){
        .has_point = true, .x = home.x, .y = home.y, .day = civil_floor_day(in.from_s), .kind = (unsigned)kind
    };
}

static void make(struct scope *sc, struct world *w, const char *policy, uint64_t *seed, struct served *s)
{
    *w = (struct world){ .t = town_open(sc, test_dir(sc)) };
    w->truth = arena_array(sc->mem, struct slow_row, 10000);
    w->target = arena_array(sc->mem, struct target, CLASSES * HALVES * TOWN_BEATS);
    for (int kind = 0; kind < CLASSES; kind++)
        for (int half = 0; half < HALVES; half++)
            for (unsigned beat = 0; beat < TOWN_BEATS; beat++) {
                unsigned n = attack_poisson(seed, kinds[kind].mean);
                for (unsigned i = 0; i < n; i++) add(sc, w, seed, kind, half, home_in(&w->t, seed, beat));
                if (attack_below(seed, 2)) continue;
                struct target x = { kind, half, beat, home_in(&w->t, seed, beat), attack_below(seed, 2) };
                if (x.present) add(sc, w, seed, kind, half, x.home);
                w->target[w->n_target++] = x;
            }
    for (int i = 0; i < 600; i++) { // thefts in the street, which are public
        struct incident in = town_incident(&w->t, arena_printf(sc->mem, "p%d", i).p,
                                           home_in(&w->t, seed, (unsigned)attack_below(seed, TOWN_BEATS)));
        in.from_s = moment_in(seed, (int)attack_below(seed, HALVES));
        in.to_s = in.from_s + 59;
        town_add(sc, &w->t, &in);
    }
    attack_import(sc, &w->t);
    attack_publish(sc, &w->t, policy, attack_wall(2015, 6, 1), 1);
    attack_read(sc, w->t.dir, 1, &w->index);
    attack_serve(sc, w->t.dir, s);
    attack_groups(sc, w->t.dir, 1, &w->told);
}

// -- asking with and without the home ---------------------------------------------------------------------------------

static bool count(const struct counter *c, struct box around, struct box without, uint64_t *out)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct point p = { c->row[i].x, c->row[i].y };
        n += box_has(around, p) && !box_has(without, p);
    }
    *out = n;
    return !n || n > c->few;
}

struct evidence {
    bool   decided, present; // a pair of answers has told
    double sum;              // of all differences
};

static struct evidence difference(const struct counter *c, const struct target *x, size_t queries,
                                  uint64_t *seed)
{
    struct evidence e = { 0 };
    uint32_t        half_m = mercator_units(NOTCH_M, x->home.y);
    struct box notch = { x->home.x - half_m, x->home.y - half_m, x->home.x + half_m, x->home.y + half_m };
    struct box nothing = BOX_EMPTY;
    for (size_t q = 0; q < queries && !e.decided; q++) {
        uint32_t reach[4];
        uint64_t with, but;
        for (int i = 0; i < 4; i++) reach[i] = half_m + (uint32_t)attack_below(seed, 6 * TOWN_STEP);
        struct box around = { x->home.x - reach[0], x->home.y - reach[1], x->home.x + reach[2],
                              x->home.y + reach[3] };
        if (!count(c, around, nothing, &with) || !count(c, around, notch, &but)) continue;
        e.sum += (double)with - (double)but;
        e.decided = c->few; // exact counts: no need to ask again
        e.present = with > but;
    }
    return e;
}

// -- what is told by area ---------------------------------------------------------------------------------------------

static const struct told_group *group_of(const struct told_groups *t, const struct target *x, int half,
                                         bool districts)
{
    uint64_t area = (uint64_t)1 << (districts ? x->beat / TOWN_SIDE / 3 : x->beat);
    for (size_t i = 0; i < t->n; i++)
        if (t->of[i].half == FIRST_HALF + half && t->of[i].class == kinds[x->kind].class &&
            t->of[i].areas & area)
            return &t->of[i];
    return NULL;
}

/// Is the count of the group that holds the home above what the class has in so many areas in the other half-years?
static bool guess(const struct world *w, const struct target *x, bool districts, size_t *none)
{
    const struct told_group *own = group_of(&w->told, x, x->half, districts);
    double                   others = 0, areas = 0;
    for (size_t i = 0; i < w->told.n; i++) {
        const struct told_group *g = &w->told.of[i];
        if (g->class != kinds[x->kind].class || !g->areas || g == own) continue;
        others += (double)g->count;
        areas += attack_bits(g->areas);
    }
    if (!own || areas <= 0) return false; // fewer than are told: rather not
    if (!own->count) ++*none;
    return (double)own->count > others / areas * attack_bits(own->areas);
}

// -- the attack -------------------------------------------------------------------------------------------------------

struct score {
    size_t n, right, averaged, naive, proven, none; // none: homes in groups that tell of nobody at all
    size_t seen;                                    // rows of sensitive kinds in the public index
    size_t homes, found;                            // of thefts, which are public as points
};

static int half_of(int32_t day)
{
    return civil_month_of_day(day) / 6 - FIRST_HALF;
}

/// Rows of a kind in a half-year. iccs: of the index, whose kinds are others.
static struct counter rows_of(struct scope *sc, const struct slow_row *row, size_t n, const struct target *x,
                              const unsigned *iccs)
{
    struct slow_row *out = arena_array(sc->mem, struct slow_row, n + 1);
    size_t           k = 0;
    for (size_t i = 0; i < n; i++)
        if (row[i].has_point && half_of(row[i].day) == x->half &&
            (iccs ? (int)iccs[row[i].kind] == kinds[x->kind].iccs : (int)row[i].kind == x->kind))
            out[k++] = row[i];
    return (struct counter){ out, k, iccs ? 0 : NAIVE_LEAST - 1 };
}

static void attack_world(struct scope *sc, const struct world *w, bool districts, size_t queries,
                         uint64_t *seed, struct score *s)
{
    for (size_t i = 0; i < w->index.n; i++) s->seen += w->index.iccs[w->index.row[i].kind] < 5;
    for (size_t i = 0; i < w->n_target; i++) {
        struct arena_mark    before = arena_mark(sc->mem);
        const struct target *x = &w->target[i];
        struct counter public = rows_of(sc, w->index.row, w->index.n, x, w->index.iccs),
                       naive = rows_of(sc, w->truth, w->n_truth, x, NULL);
        struct evidence e = difference(&public, x, queries, seed), n = difference(&naive, x, queries, seed);
        s->n++;
        s->naive += (n.decided && n.present) == x->present;
        s->averaged += (e.sum > 0) == x->present;
        s->right += guess(w, x, districts, &s->none) == x->present;
        const struct told_group *g = group_of(&w->told, x, x->half, districts);
        s->proven += g && g->count > 0 && g->count < w->told.least;
        arena_back(sc->mem, before);
    }
}

/// A sample of what was counted in the index is asked of the server.
static void same_answers(struct scope *sc, const struct world *w, int port, uint64_t *seed)
{
    for (int q = 0; q < 30; q++) {
        unsigned kind = (unsigned)attack_below(seed, CLASSES),
                 year = FIRST_YEAR + (unsigned)attack_below(seed, 2);
        uint64_t want = 0;
        for (size_t i = 0; i < w->index.n; i++) {
            const struct slow_row *r = &w->index.row[i];
            want += w->index.iccs[r->kind] == (unsigned)kinds[kind].iccs &&
                    civil_of_day(r->day).year == (int)year;
        }
        struct answer a = client_get(sc, port,
                                     arena_printf(sc->mem, "/v1/counts?by=category&cat=iccs-%d&from=%u&to=%u",
                                                  kinds[kind].iccs, year, year)
                                         .p);
        const char   *total = a.status == 200 ? strstr(a.body.p, "\"total\":") : NULL;
        uint64_t      got = total ? strtoull(total + strlen("\"total\":"), NULL, 10) : 0;
        ok(got == want && (a.status == 200 || a.status == 400), "the server counts %llu, the index %llu",
           (unsigned long long)got, (unsigned long long)want);
    }
}

/// Homes stand 20 m apart: the one that is nearest to where a theft is drawn is taken for the scene. Towns of one theft, which
/// is public, and the attacker knows what was stolen.
static void find_homes(struct scope *sc, uint64_t *seed, size_t n, struct score *s)
{
    uint32_t          step = 0;
    struct town       t = town_open(sc, test_dir(sc));
    struct slow_index ix;
    struct point     *home = arena_array(sc->mem, struct point, n);
    step = mercator_units(20, t.corner[0][0].y);
    for (size_t i = 0; i < n; i++) { // each in a month of its own beat: the attacker knows which row it is
        struct point p = home_in(&t, seed, (unsigned)(i % TOWN_BEATS));
        home[i] = (struct point){ p.x / step * step + step / 2, p.y / step * step + step / 2 };
        struct incident in = town_incident(&t, arena_printf(sc->mem, "%zu", i).p, home[i]);
        in.from_s = attack_wall(2005 + (int)(i / TOWN_BEATS / 12), 1 + (int)(i / TOWN_BEATS % 12), 10);
        in.to_s = in.from_s + 59;
        town_add(sc, &t, &in);
    }
    attack_import(sc, &t);
    attack_publish(sc, &t, NULL, attack_wall(2015, 6, 1), 1);
    attack_read(sc, t.dir, 1, &ix);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < ix.n; k++) {
            const struct slow_row *r = &ix.row[k];
            int                    month = (int)(i / TOWN_BEATS);
            if (!r->has_point || civil_month_of_day(r->day) != 12 * 35 + month ||
                r->area[0] != i % TOWN_BEATS)
                continue;
            s->homes++;
            s->found += r->x / step == home[i].x / step && r->y / step == home[i].y / step;
        }
    town_close(&t);
    test_dir_end(sc, t.dir);
}

static double error_of(double share, size_t n)
{
    return 1.645 * sqrt(share * (1 - share) / (double)n);
}

static void attack(const char *policy, bool districts, const char *what, size_t targets, size_t queries)
{
    uint64_t     seed = test_seed();
    struct score s = { 0 };
    while (s.n < targets) {
        struct scope  sc = test_scope();
        struct served served;
        struct world  w;
        make(&sc, &w, policy, &seed, &served);
        same_answers(&sc, &w, served.port, &seed);
        attack_world(&sc, &w, districts, queries, &seed, &s);
        attack_unserve(&served);
        town_close(&w.t);
        test_dir_end(&sc, w.t.dir);
        test_scope_end(&sc);
    }
    struct scope sc = test_scope();
    find_homes(&sc, &seed, 800, &s);
    test_scope_end(&sc);
    double n = (double)s.n, right = (double)s.right / n, averaged = (double)s.averaged / n,
           naive = (double)s.naive / n, best = right > averaged ? right : averaged,
           found = (double)s.found / (double)s.homes;
    ok(naive >= 0.95, "the attacker is right of naive suppression: %.3f", naive);
    ok(s.homes > 400, "%zu thefts of known homes are public", s.homes);
    // In the short form there are too few targets to show that it is below; so it must not be shown to be above.
    double bound = attack_is_long() ? best + error_of(best, s.n) : best - error_of(best, s.n);
    attack_verdict("T2", bound <= 0.55 && !s.proven && !s.seen && found < 0.04,
                   "%s, %zu homes, %zu questions each: right %.3f by counts by area, %.3f by differences (%s "
                   "bound %.3f), %zu "
                   "proven, %zu in groups of none, %zu rows of sensitive kinds; naive suppression %.3f; of "
                   "%zu thefts the "
                   "home is found of %.4f",
                   what, s.n, queries, right, averaged, attack_is_long() ? "upper" : "lower", bound, s.proven,
                   s.none, s.seen, naive, s.homes, found);
}

static void the_default_policy(void **state)
{
    (void)state;
    attack(NULL, true, "districts", attack_is_long() ? 8000 : 400, attack_is_long() ? 10000 : 300);
}

static void areas_as_small_as_beats(void **state)
{
    (void)state;
    attack("areas set beat least 10\ntier public\nanchors grid 250 m\nclass street points time hour\nclass "
           "ordinary "
           "points\nclass person home sexual child areas\n",
           false, "beats", attack_is_long() ? 8000 : 400, attack_is_long() ? 10000 : 300);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_default_policy),
    cmocka_unit_test(areas_as_small_as_beats),
};
TEST_MAIN(tests)
