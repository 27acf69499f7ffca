// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/civil.h"
#include "index/query.h"
#include "index/scan_int.h"
#include "model/time.h"
#include <stdlib.h>

// A column that is tallied: where the counts go, one for every value of its width.
struct tally {
    enum section section;
    uint8_t      obey; // the failures that keep a row from it, among those that are possible
    uint32_t    *count;
};

static enum err tally_make(struct scope *sc, const struct index *ix, enum section section, uint8_t obey,
                           struct tally *out)
{
    uint32_t *count = arena_array(sc->mem, uint32_t, ix->column[section].width == 2 ? 65536 : 256);
    if (!count) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    *out = (struct tally){ section, obey, count };
    return OK;
}

// Counts the values of a column among the picked rows of the batch.
static void tally(const struct tally *t, const struct scan *s, const uint16_t *picked, uint32_t n)
{
    const struct column_of *c = &s->ix->column[t->section];
    uint32_t               *count = t->count;
    if (c->width == 2) {
        const uint16_t *v = (const uint16_t *)(const void *)c->p + s->first;
        if (picked)
            for (uint32_t i = 0; i < n; i++) count[v[picked[i]]]++;
        else
            for (uint32_t i = 0; i < n; i++) count[v[i]]++;
    } else {
        const uint8_t *v = c->p + s->first;
        if (picked)
            for (uint32_t i = 0; i < n; i++) count[v[picked[i]]]++;
        else
            for (uint32_t i = 0; i < n; i++) count[v[i]]++;
    }
}

// Facets that obey the same failures stand side by side and share what was picked.
static void tally_batch(const struct tally *from, const struct tally *end, const struct scan *s)
{
    const uint16_t *picked = NULL;
    uint32_t        n = 0;
    for (const struct tally *t = from; t < end; t++) {
        if (t == from || t->obey != t[-1].obey) picked = scan_pick(s, t->obey, &n);
        if (n) tally(t, s, picked, n);
    }
}

static int by_obey(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    return x->obey != y->obey ? x->obey - y->obey : (int)x->section - (int)y->section;
}

static enum err take(struct scope *sc, const uint32_t *count, size_t n, uint64_t **out)
{
    *out = arena_array(sc->mem, uint64_t, n ? n : 1);
    if (!*out) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (size_t i = 0; i < n; i++) (*out)[i] = count[i];
    return OK;
}

/// Counts of kinds as counts of categories and of sections.
static enum err take_kinds(struct scope *sc, const struct index *ix, const uint32_t *count,
                           struct facets *out)
{
    const struct release_info *in = &ix->info;
    out->category = arena_array(sc->mem, uint64_t, in->n_categories + 1);
    out->section = arena_array(sc->mem, uint64_t, ICCS_SECTIONS);
    if (!out->category || !out->section)
        return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (uint32_t v = 0; v < release_n_kinds(in); v++) {
        uint16_t           kind = (uint16_t)v;
        struct release_mix of = release_kind(in, &kind);
        unsigned           sections = 0;
        for (size_t i = 0; i < of.n; i++) {
            out->category[of.category[i]] += count[v];
            sections |= 1u << in->categories[of.category[i]].iccs;
        }
        for (int s = 0; s < ICCS_SECTIONS; s++) out->section[s] += sections >> s & 1 ? count[v] : 0;
    }
    return OK;
}

static enum err take_days(struct scope *sc, const uint32_t *count, unsigned want, struct facets *out)
{
    if (want & FACET_DAY) TRY(take(sc, count, (size_t)out->n_days, &out->day));
    if (!(want & FACET_MONTH)) return OK;
    out->month = arena_array(sc->mem, uint64_t, (size_t)out->n_months + 1);
    if (!out->month) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (int32_t m = 0, day = 0; m < out->n_months; m++)
        for (int32_t end = civil_day_of_month(out->first_month + m + 1) - out->first_day;
             day < end && day < out->n_days; day++)
            out->month[m] += count[day];
    return OK;
}

static enum err take_tally(struct scope *sc, const struct index *ix, const struct tally *t, unsigned want,
                           struct facets *out)
{
    const struct release_info *in = &ix->info;
    if (t->section == SECTION_CATEGORY) return take_kinds(sc, ix, t->count, out);
    if (t->section == SECTION_HOW) return take(sc, t->count, HOW_VALUES, &out->hourweek);
    if (t->section == SECTION_OUTCOME) return take(sc, t->count, in->n_outcomes, &out->outcome);
    if (t->section == SECTION_DAY) return take_days(sc, t->count, want, out);
    unsigned set = t->section - SECTION_AREA;
    return take(sc, t->count, in->sets[set].n + 1, &out->area[set]);
}

static void cover_period(const struct index *ix, struct facets *f)
{
    const struct release_info *in = &ix->info;
    f->first_day = in->first_day;
    f->first_month = civil_month_of_day(in->first_day);
    if (!in->rows) return;
    f->n_days = in->last_day - in->first_day + 1;
    f->n_months = civil_month_of_day(in->last_day) - f->first_month + 1;
}

static enum err by_scan(struct scope *sc, const struct index *ix, const struct filter *f, unsigned want,
                        bool linked, struct facets *out)
{
    struct facets    r = { 0 };
    struct plan      p;
    struct scan      s;
    struct tally     tallies[4 + MAX_AREA_SETS], *t = tallies;
    const enum facet dates = FACET_MONTH | FACET_DAY;
    cover_period(ix, &r);
    TRY(plan_make(sc, ix, f, NULL, &p));
    TRY(scan_open(sc, &p, true, linked && want & dates, &s));
    s.whole_runs = true;
    uint8_t all = p.asked | (s.keep_days && !p.any_day ? FAIL_DATE : 0) | (p.has_box ? FAIL_PLACE : 0);
    const struct {
        unsigned     facet;
        enum section section;
        uint8_t      own;
    } simple[] = { { FACET_CATEGORY, SECTION_CATEGORY, FAIL_CATEGORY },
                   { FACET_HOURWEEK, SECTION_HOW, FAIL_TIME },
                   { FACET_OUTCOME, SECTION_OUTCOME, FAIL_OUTCOME },
                   { dates, SECTION_DAY, FAIL_DATE } };
    for (size_t i = 0; i < COUNT(simple); i++)
        if (want & simple[i].facet)
            TRY(tally_make(sc, ix, simple[i].section, all & (linked ? ~simple[i].own : SCAN_OBEY_ALL), t++));
    for (unsigned i = 0; want & FACET_AREAS && i < ix->info.n_sets; i++)
        TRY(tally_make(sc, ix, SECTION_AREA + i, all & (linked ? (uint8_t)~FAIL_AREA : SCAN_OBEY_ALL), t++));
    qsort(tallies, (size_t)(t - tallies), sizeof *t, by_obey);
    while (scan_unit(&s)) {
        uint64_t n = 0;
        if (t == tallies) n = scan_count(&s);
        while (scan_batch(&s)) {
            n += scan_passing(&s);
            tally_batch(tallies, t, &s);
        }
        r.total += n;
        if (s.at_cell == ix->n_cells) r.without_point += n;
    }
    for (const struct tally *k = tallies; k < t; k++) TRY(take_tally(sc, ix, k, want, &r));
    *out = r;
    return OK;
}

// -- by the cube ---------------------------------------------------------------------------------------------
// The cube knows how many rows each month, category and hour of the week has, so it answers for the whole release
// without a row being read; only days cut off the first and last month are scanned.

enum { CUBE_FACETS = FACET_CATEGORY | FACET_MONTH | FACET_HOURWEEK };

struct cube_sums {
    const struct index *ix;
    bool                linked;
    int32_t             from, end;        // months of the release, from 0, that lie wholly within the dates
    uint32_t            pass[HOW_VALUES]; // all ones: the filter takes this hour of the week
    bool               *kind_in;          // [release_n_kinds]
    uint32_t           *kind, *month;     // counts of whole months
    uint64_t           *category;         // [n_categories] counts of what is cut off them ...
    uint64_t            section[ICCS_SECTIONS];
    uint32_t            hourweek[HOW_VALUES];
    uint64_t            total;
};

static void sum_row(struct cube_sums *c, int32_t month, size_t kind, const uint32_t *row)
{
    bool     dated = month >= c->from && month < c->end, wanted = c->kind_in[kind];
    uint32_t n = 0;
    if (!(dated && (wanted || c->linked)) && !(wanted && c->linked)) return;
    for (unsigned h = 0; h < HOW_VALUES; h++) n += row[h] & c->pass[h];
    if (dated) c->kind[kind] += n;
    if (!wanted) return;
    c->month[month] += n;
    if (!dated) return;
    c->total += n;
    for (unsigned h = 0; h < HOW_VALUES; h++) c->hourweek[h] += row[h];
}

static enum err cube_open(struct scope *sc, const struct index *ix, const struct filter *f, bool linked,
                          struct cube_sums *c)
{
    size_t n = release_n_kinds(&ix->info);
    *c = (struct cube_sums){ .ix = ix,
                             .linked = linked,
                             .kind_in = arena_array(sc->mem, bool, n),
                             .kind = arena_array(sc->mem, uint32_t, n),
                             .category = arena_array(sc->mem, uint64_t, ix->info.n_categories),
                             .month = arena_array(sc->mem, uint32_t, (size_t)ix->n_months) };
    if (!c->kind_in || !c->kind || !c->category || !c->month)
        return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (uint32_t i = 0; i < n; i++) c->kind_in[i] = filter_kind(f, &ix->info, i);
    for (unsigned h = 0; h < HOW_VALUES; h++) c->pass[h] = filter_time(f, h) ? UINT32_MAX : 0;
    return OK;
}

// The dates cut into whole months and what is left over at both ends, each perhaps empty (from > to).
struct span {
    int32_t from, to;
};
struct cut {
    struct span ends[2];
    int32_t     first_month, end_month; // since 1970-01
};

static struct cut cut_dates(const struct release_info *in, struct span d)
{
    struct cut c = { .ends = { { 0, -1 }, { 0, -1 } } };
    int32_t    first = civil_month_of_day(d.from), end = civil_month_of_day(d.to) + 1;
    if (d.from > d.to) return c;
    if (d.from > in->first_day && d.from > civil_day_of_month(first)) {
        int32_t last_of_it = civil_day_of_month(++first) - 1;
        c.ends[0] = (struct span){ d.from, d.to < last_of_it ? d.to : last_of_it };
    }
    if (first < end && d.to < in->last_day && d.to + 1 < civil_day_of_month(end))
        c.ends[1] = (struct span){ civil_day_of_month(--end), d.to };
    if (first < end) c.first_month = first, c.end_month = end;
    return c;
}

static enum err add_end(struct scope *sc, const struct filter *f, struct span d, struct cube_sums *c)
{
    struct filter at_end = *f;
    struct facets part;
    if (d.from > d.to) return OK;
    at_end.from_day = d.from;
    at_end.to_day = d.to;
    TRY(by_scan(sc, c->ix, &at_end, FACET_CATEGORY | FACET_HOURWEEK, c->linked, &part));
    for (size_t i = 0; i < c->ix->info.n_categories; i++) c->category[i] += part.category[i];
    for (size_t i = 0; i < ICCS_SECTIONS; i++) c->section[i] += part.section[i];
    for (unsigned h = 0; h < HOW_VALUES; h++) c->hourweek[h] += (uint32_t)part.hourweek[h];
    if (!c->linked) c->month[civil_month_of_day(d.from) - c->ix->first_month] += (uint32_t)part.total;
    c->total += part.total;
    return OK;
}

static enum err count_without_point(struct scope *sc, const struct plan *p, uint64_t *n)
{
    struct scan s;
    TRY(scan_open(sc, p, true, false, &s));
    s.run = s.n_runs; // none of the cells
    *n = scan_unit(&s) ? scan_count(&s) : 0;
    return OK;
}

static enum err by_cube(struct scope *sc, const struct plan *p, const struct filter *f, unsigned want,
                        bool linked, struct facets *out)
{
    const struct index *ix = p->ix;
    struct facets       r = { 0 };
    struct cube_sums    c;
    struct cut          dates = cut_dates(&ix->info, (struct span){ p->from, p->to });
    cover_period(ix, &r);
    TRY(cube_open(sc, ix, f, linked, &c));
    c.from = dates.first_month - ix->first_month;
    c.end = dates.end_month - ix->first_month;
    const uint32_t *row = ix->cube;
    for (int32_t m = 0; m < ix->n_months; m++)
        for (size_t k = 0; k < release_n_kinds(&ix->info); k++, row += HOW_VALUES) sum_row(&c, m, k, row);
    if (!linked)
        for (unsigned h = 0; h < HOW_VALUES; h++) c.hourweek[h] &= c.pass[h];
    for (size_t i = 0; i < COUNT(dates.ends); i++) TRY(add_end(sc, f, dates.ends[i], &c));
    r.total = c.total;
    TRY(count_without_point(sc, p, &r.without_point));
    if (want & FACET_CATEGORY) {
        TRY(take_kinds(sc, ix, c.kind, &r));
        for (size_t i = 0; i < ix->info.n_categories; i++) r.category[i] += c.category[i];
        for (size_t i = 0; i < ICCS_SECTIONS; i++) r.section[i] += c.section[i];
    }
    if (want & FACET_MONTH) TRY(take(sc, c.month, (size_t)ix->n_months, &r.month));
    if (want & FACET_HOURWEEK) TRY(take(sc, c.hourweek, HOW_VALUES, &r.hourweek));
    *out = r;
    return OK;
}

static void put_cube(struct facets *r, const struct facets *cube)
{
    r->category = cube->category;
    r->section = cube->section;
    r->month = cube->month;
    r->hourweek = cube->hourweek;
}

enum err index_facets(struct scope *sc, const struct index *ix, const struct filter *f, unsigned want,
                      bool linked, struct facets *out)
{
    struct facets cube, r;
    struct plan   p;
    TRY(plan_make(sc, ix, f, NULL, &p));
    bool whole = ix->cube && !p.nothing && !p.has_box && !(p.asked & (FAIL_OUTCOME | FAIL_AREA));
    if (!whole) return by_scan(sc, ix, f, want, linked, out);
    TRY(by_cube(sc, &p, f, want, linked, &cube));
    r = cube;
    if (want & ~(unsigned)CUBE_FACETS) {
        TRY(by_scan(sc, ix, f, want & ~(unsigned)CUBE_FACETS, linked, &r));
        put_cube(&r, &cube);
    }
    *out = r;
    return OK;
}
