// SPDX-License-Identifier: EUPL-1.2
#include "analysis/area.h"

#include "base/arena.h"
#include "base/civil.h"
#include <math.h>

static const double LEVEL = 0.95;

struct rate rate_of(uint64_t count, int64_t population)
{
    if (population <= 0) return (struct rate){ 0 };
    double          scale = (double)RATE_PER / (double)population;
    struct interval v = poisson_limits(count, LEVEL);
    return (struct rate){ true, (double)count * scale, { v.low * scale, v.high * scale } };
}

const struct release_figure *area_figure_for(const struct release_area *a, int32_t day)
{
    int                          year = civil_of_day(day).year;
    const struct release_figure *best = NULL, *first = NULL, *last = NULL;
    for (size_t i = 0; i < a->n_figures; i++) {
        const struct release_figure *g = &a->figures[i];
        if (!last || g->year > last->year) last = g;
        if (g->population <= 0) continue;
        if (!first || g->year < first->year) first = g;
        if (g->year <= year && (!best || g->year > best->year)) best = g;
    }
    return best ? best : first ? first : last;
}

struct clearance clearance_of(const struct release_info *in, const uint64_t *outcome)
{
    struct clearance c = { 0 };
    for (size_t i = 1; i < in->n_outcomes; i++) {                 // 0: nothing is said
        if (str_eq(in->outcomes[i].key, OUTCOME_OTHER)) continue; // nor is it known what is
        c.known += outcome[i];
        if (in->outcomes[i].is == OUTCOME_CLEARED) c.cleared += outcome[i];
    }
    struct interval v = wilson_limits(c.cleared, c.known, LEVEL);
    if (c.known) c.percent = 100 * (double)c.cleared / (double)c.known;
    c.limits = (struct interval){ 100 * v.low, 100 * v.high };
    return c;
}

static void change_fill(struct change *ch, uint64_t now, struct period p)
{
    double          days_now = period_days(p), days_before = period_days(ch->period);
    struct interval v = ratio_limits(now, days_now, ch->count, days_before, LEVEL);
    ch->known = ch->count >= CHANGE_MIN_COUNT;
    if (!ch->known) return;
    ch->percent = 100 * ((double)now / days_now / ((double)ch->count / days_before) - 1);
    ch->limits = (struct interval){ 100 * (v.low - 1), 100 * (v.high - 1) };
}

static bool is_small(uint64_t count, int64_t population)
{
    return count < SMALL_COUNT || (population >= 0 && population < SMALL_POPULATION);
}

/// Copies the months of the year before onto the months of now: before[i] is what month i - 12 had.
static void months_align(const struct facets *now, const struct facets *before, uint64_t *out)
{
    for (int32_t i = 0; i < now->n_months; i++) {
        int32_t k = now->first_month + i - 12 - before->first_month;
        if (k >= 0 && k < before->n_months) out[i] = before->month[k];
    }
}

enum err area_summary_ask(struct scope *sc, const struct index *ix, const struct portrait *p,
                          const struct filter *f, size_t set, uint16_t area, struct area_summary *out)
{
    const struct release_info *in = &p->in;
    struct filter             *q = arena_new(sc->mem, struct filter);
    if (!q) return fail(&sc->fault, ERR_NOMEM, "no room for a filter");
    *q = *f;
    q->set = (int)set;
    q->area = area;
    q->has_box = q->has_poly = false;
    struct area_summary a = { .area = &in->sets[set].areas[area], .period = period_of_filter(in, f) };
    TRY(index_facets(sc, ix, q, FACET_CATEGORY | FACET_MONTH | FACET_HOURWEEK | FACET_OUTCOME, false,
                     &a.now));
    a.figure = area_figure_for(a.area, a.period.to);
    int64_t people = a.figure ? a.figure->population : -1;
    a.rate = rate_of(a.now.total, people);
    a.clearance = clearance_of(in, a.now.outcome);
    a.small = is_small(a.now.total, people);
    a.change.period = period_year_before(a.period);
    a.change.covered = portrait_covers(p, a.change.period);
    if (a.change.covered) {
        struct facets before;
        q->from_day = a.change.period.from;
        q->to_day = a.change.period.to;
        TRY(index_facets(sc, ix, q, FACET_CATEGORY | FACET_MONTH, false, &before));
        a.before_category = before.category;
        a.before_month = arena_array(sc->mem, uint64_t, (size_t)a.now.n_months + 1);
        if (!a.before_month) return fail(&sc->fault, ERR_NOMEM, "no room for %d months", a.now.n_months);
        months_align(&a.now, &before, a.before_month);
        a.change.count = before.total;
        change_fill(&a.change, a.now.total, a.period);
    }
    *out = a;
    return OK;
}

// -- areas beside each other ----------------------------------------------------------------------

static void limits_fill(struct comparison *c, double fewest, double most)
{
    double mean = c->mean_rate / RATE_PER;
    for (size_t i = 0; i < COMPARE_LIMITS; i++) {
        double people = fewest * pow(most / fewest, (double)i / (COMPARE_LIMITS - 1));
        double expected = mean * people, scale = RATE_PER / people;
        c->limits[i] = (struct funnel_limits){ people, funnel_limit(expected, 0.025) * scale,
                                               funnel_limit(expected, 0.975) * scale,
                                               funnel_limit(expected, 0.001) * scale,
                                               funnel_limit(expected, 0.999) * scale };
    }
    c->n_limits = COMPARE_LIMITS;
}

enum err comparison_ask(struct scope *sc, const struct index *ix, const struct portrait *p,
                        const struct filter *f, size_t set, struct comparison *out)
{
    const struct release_info *in = &p->in;
    const struct release_set  *s = &in->sets[set];
    struct filter             *q = arena_new(sc->mem, struct filter);
    struct compared           *area = arena_array(sc->mem, struct compared, s->n + 1);
    double                    *work = arena_array(sc->mem, double, 4 * s->n + 4);
    struct comparison          c = { .n = s->n, .areas = area, .period = period_of_filter(in, f) };
    c.limits = arena_array(sc->mem, struct funnel_limits, COMPARE_LIMITS);
    if (!q || !area || !work || !c.limits)
        return fail(&sc->fault, ERR_NOMEM, "no room to compare %zu areas", s->n);
    *q = *f;
    q->set = -1;
    struct facets k;
    TRY(index_facets(sc, ix, q, FACET_AREAS, false, &k));
    double *count = work, *people = work + s->n, *expected = people + s->n, *rate = expected + s->n;
    double  fewest = INFINITY, most = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct release_figure *g = area_figure_for(&s->areas[i], c.period.to);
        area[i] = (struct compared){ .area = (uint16_t)i,
                                     .count = k.area[set][i],
                                     .population = g ? g->population : -1 };
        area[i].rate = rate_of(area[i].count, area[i].population);
        area[i].small = is_small(area[i].count, area[i].population);
        count[i] = (double)area[i].count;
        people[i] = (double)area[i].population;
        if (people[i] > 0) fewest = fmin(fewest, people[i]), most = fmax(most, people[i]);
    }
    c.mean_rate = rate_smooth(count, people, s->n, rate) * RATE_PER;
    for (size_t i = 0; i < s->n; i++) {
        expected[i] = people[i] > 0 ? c.mean_rate / RATE_PER * people[i] : 0;
        area[i].smoothed = rate[i] * RATE_PER;
        area[i].funnel = funnel_place(count[i], expected[i]);
    }
    c.dispersion = funnel_dispersion(count, expected, s->n, rate); // rate is done with
    if (c.mean_rate > 0) limits_fill(&c, fewest, most);
    *out = c;
    return OK;
}
