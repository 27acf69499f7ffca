// SPDX-License-Identifier: EUPL-1.2
// Sets of areas, one set, one area, and areas compared.
#include "web/page.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "web/by_area.h"
#include "web/chart.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/gaps.h"
#include "web/rates.h"
#include "web/tpl.h"
#include "web/words.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

enum { FOUND_MAX = 30, MULTIPLES_MAX = 24 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a page of areas");
}

// -- all sets, and the search ---------------------------------------------------------------------

struct areas_query {
    str q;
};
static const struct field areas_fields[] = {
    { "q", IN_QUERY, F_TEXT, offsetof(struct areas_query, q), .max = SEARCH_MAX_QUERY_BYTES },
};

static enum err found_of(struct scope *sc, struct call *c, str q, struct areas_view *v)
{
    struct search_result *r;
    const struct search  *names;
    size_t                n;
    TRY(edition_names(sc, c->ed, &names));
    TRY(search_ask(sc, names, q, FOUND_MAX, &r, &n));
    struct found_view *f = arena_array(sc->mem, struct found_view, n + 1);
    if (!f) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        struct lon_lat at = mercator_to(r[i].center);
        bool           area = r[i].kind == SEARCH_AREA;
        f[i] = (struct found_view){ .name = r[i].name,
                                    .url = area ? url_area(&c->links, r[i].set, r[i].area, NULL)
                                                : url_map_at(&c->links, at.lon, at.lat, 16),
                                    .where = area ? c->in->sets[r[i].set].name : (str){ 0 },
                                    .is_area = area,
                                    .is_street = r[i].kind == SEARCH_STREET };
    }
    v->found = f;
    v->n_found = n;
    return OK;
}

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct link_view *)a)->label, ((const struct link_view *)b)->label);
}

static enum err sets_of(struct scope *sc, struct call *c, struct areas_view *v)
{
    struct set_view *s = arena_array(sc->mem, struct set_view, c->in->n_sets + 1);
    if (!s) return no_room(sc);
    for (size_t k = 0; k < c->in->n_sets; k++) {
        const struct release_set *set = &c->in->sets[k];
        struct link_view         *a = arena_array(sc->mem, struct link_view, set->n + 1);
        if (!a) return no_room(sc);
        for (size_t i = 0; i < set->n; i++)
            a[i] = (struct link_view){ .label = set->areas[i].name, .url = url_area(&c->links, k, i, NULL) };
        qsort(a, set->n, sizeof *a, by_label);
        s[k] = (struct set_view){ .name = set->name,
                                  .url = url_set(&c->links, k),
                                  .count = word_count(sc, c->lang, set->n),
                                  .licence = set->licence,
                                  .geojson_url = url_areas_geojson(&c->links, k),
                                  .areas = a,
                                  .n_areas = set->n };
    }
    v->sets = s;
    v->n_sets = c->in->n_sets;
    return OK;
}

enum err page_areas(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct areas_query q = { 0 };
    struct areas_view  v = { 0 };
    TRY(form_read(sc, c, areas_fields, COUNT(areas_fields), NULL, &q));
    v.q = str_trim(q.q);
    v.searched = v.q.n != 0;
    if (v.searched) TRY(found_of(sc, c, v.q, &v));
    TRY(sets_of(sc, c, &v));
    TRY(frame_fill(sc, c, PAGE_AREAS, text_of(c->lang, MSG_PAGE_AREAS_TITLE), &v.frame));
    tpl_areas(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

// -- the period of a page -------------------------------------------------------------------------

/// Without dates in the address, pages about areas speak of the last twelve complete months.
static void period_default(const struct release_info *in, struct filter *f)
{
    if (f->from_day != INT32_MIN || f->to_day != INT32_MAX) return;
    struct period p = period_last_year(in);
    if (p.from > p.to) return;
    f->from_day = p.from;
    f->to_day = p.to;
}

/// Where a link about another period goes.
struct target {
    enum page page; // PAGE_AREAS: a set or one of its areas; PAGE_COMPARE
    size_t    set, area;
    bool      one;
};

static str target_url(const struct links *l, const struct target *t, const struct filter *f)
{
    if (t->page == PAGE_COMPARE) return url_compare(l, t->set, f);
    return t->one ? url_area(l, t->set, t->area, f) : url_set_period(l, t->set, f);
}

/// The last twelve months, each whole year of the release (newest first), everything.
static enum err periods_of(struct scope *sc, struct call *c, const struct filter *f, const struct target *t,
                           struct periods_view *out)
{
    const struct release_info *in = c->in;
    struct period              all = period_of_release(in), last = period_last_year(in);
    if (all.from > all.to) return OK;
    int               first = civil_of_day(all.from).year, newest = civil_of_day(all.to).year;
    struct link_view *l = arena_array(sc->mem, struct link_view, (size_t)(newest - first) + 3);
    struct filter    *q = arena_new(sc->mem, struct filter);
    if (!l || !q) return no_room(sc);
    *q = *f;
    size_t n = 0;
    bool   any = false;
    for (int year = newest + 1; year >= first - 1; year--) {
        struct period p = { civil_day(year, 1, 1), civil_day(year, 12, 31) };
        if (year == newest + 1) p = last;
        if (year == first - 1) p = all;
        bool whole_year = year >= first && year <= newest;
        if (whole_year && (!portrait_covers(&c->ed->portrait, p) || (p.from == last.from && p.to == last.to)))
            continue;
        if (year == first - 1 && last.from == all.from && last.to == all.to) continue;
        q->from_day = p.from;
        q->to_day = p.to;
        l[n].on = !any && f->from_day == p.from && f->to_day == p.to;
        any = any || l[n].on;
        l[n].label = word_period(sc, c->lang, p);
        l[n++].url = target_url(&c->links, t, q);
    }
    *out = (struct periods_view){ l, n };
    return OK;
}

// -- one set, and areas compared ------------------------------------------------------------------

struct set_query {
    size_t set;
    str    code;
};
static const struct field set_fields[] = {
    { "set", IN_PATH, F_SET, offsetof(struct set_query, set) },
    { "code", IN_PATH, F_TEXT, offsetof(struct set_query, code), .max = 200 },
};
static const struct field compare_fields[] = { { "set", IN_QUERY, F_SET, offsetof(struct set_query, set) } };

enum err page_set(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct set_query     q = { 0 };
    struct filter        f;
    struct comparison    k;
    struct area_set_view v = { 0 };
    TRY(form_read(sc, c, set_fields, COUNT(set_fields), &f, &q));
    period_default(c->in, &f);
    TRY(comparison_ask(sc, c->ix, &c->ed->portrait, &f, q.set, &k));
    const struct release_set *s = &c->in->sets[q.set];
    v.name = s->name;
    v.licence = s->licence;
    v.period = word_period(sc, c->lang, k.period);
    v.compare_url = url_compare(&c->links, q.set, &f);
    v.geojson_url = url_areas_geojson(&c->links, q.set);
    v.map_url = url_map(&c->links, &f);
    TRY(periods_of(sc, c, &f, &(struct target){ .page = PAGE_AREAS, .set = q.set }, &v.periods));
    TRY(area_rows_of(sc, c, q.set, &f, &k, &v.rows));
    TRY(frame_fill(sc, c, PAGE_AREAS, v.name, &v.frame));
    tpl_area_set(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

static enum err compare_sets(struct scope *sc, struct call *c, size_t set, const struct filter *f,
                             struct compare_view *v)
{
    struct link_view *l = arena_array(sc->mem, struct link_view, c->in->n_sets + 1);
    if (!l) return no_room(sc);
    for (size_t i = 0; i < c->in->n_sets; i++)
        l[i] = (struct link_view){ .label = c->in->sets[i].name,
                                   .url = url_compare(&c->links, i, f),
                                   .on = i == set };
    v->sets = l;
    v->n_sets = c->in->n_sets;
    return OK;
}

static enum err compare_fill(struct scope *sc, struct call *c, size_t set, const struct filter *f,
                             struct compare_view *v)
{
    struct comparison k;
    TRY(comparison_ask(sc, c->ix, &c->ed->portrait, f, set, &k));
    v->set_name = c->in->sets[set].name;
    v->period = word_period(sc, c->lang, k.period);
    v->has_rates = k.n_limits > 0;
    v->mean_rate = word_fixed(sc, c->lang, k.mean_rate, 1);
    v->scattered = k.dispersion >= 2;
    v->dispersion = word_fixed(sc, c->lang, sqrt(k.dispersion), 1);
    v->json_url = url_api_compare(&c->links, set, f);
    if (v->has_rates) TRY(chart_funnel(sc, c->lang, &c->links, &c->in->sets[set], set, f, &k, &v->funnel));
    v->funnel.id = S("funnel-svg");
    v->funnel.title = text_of(c->lang, MSG_PAGE_FUNNEL);
    v->funnel.desc = text_of(c->lang, MSG_PAGE_FUNNEL_DESC);
    TRY(area_rows_of(sc, c, set, f, &k, &v->rows));
    v->rows.compared = v->has_rates;
    TRY(compare_sets(sc, c, set, f, v));
    return periods_of(sc, c, f, &(struct target){ .page = PAGE_COMPARE, .set = set }, &v->periods);
}

enum err page_compare(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct set_query    q = { .set = portrait_usual_set(&c->ed->portrait) };
    struct filter       f;
    struct compare_view v = { 0 };
    TRY(form_read(sc, c, compare_fields, COUNT(compare_fields), &f, &q));
    period_default(c->in, &f);
    v.period = word_period(sc, c->lang, period_of_filter(c->in, &f));
    if (c->in->n_sets) TRY(compare_fill(sc, c, q.set, &f, &v));
    TRY(frame_fill(sc, c, PAGE_COMPARE, text_of(c->lang, MSG_PAGE_COMPARE_TITLE), &v.frame));
    tpl_compare(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

// -- one area -------------------------------------------------------------------------------------

static void figures_fill(struct scope *sc, enum language l, const struct area_summary *a, struct area_view *v)
{
    v->n = a->now.total;
    v->count = word_count(sc, l, a->now.total);
    v->small = a->small;
    v->has_rate = a->rate.known;
    v->rate = word_fixed(sc, l, a->rate.value, 1);
    v->rate_range = word_range(sc, l, a->rate.limits, 1);
    v->has_before = a->change.covered;
    v->has_change = a->change.known;
    v->period_before = word_period(sc, l, a->change.period);
    v->before = word_count(sc, l, a->change.count);
    v->change = word_change(sc, l, a->change.percent);
    str low = word_change(sc, l, a->change.limits.low), high = word_change(sc, l, a->change.limits.high);
    v->change_range = arena_printf(sc->mem, "%.*s\u00A0– %.*s", STR(low), STR(high));
    v->has_clearance = a->clearance.known > 0;
    v->cleared = word_count(sc, l, a->clearance.cleared);
    v->known = word_count(sc, l, a->clearance.known);
    v->clearance = word_percent(sc, l, a->clearance.percent, 0);
    str from = word_fixed(sc, l, a->clearance.limits.low, 0),
        to = word_percent(sc, l, a->clearance.limits.high, 0);
    v->clearance_range = arena_printf(sc->mem, "%.*s–%.*s", STR(from), STR(to));
    if (!a->figure) return;
    v->has_population = a->figure->population >= 0;
    v->has_officers = a->figure->officers >= 0;
    v->population = word_count(sc, l, v->has_population ? (uint64_t)a->figure->population : 0);
    v->officers = word_count(sc, l, v->has_officers ? (uint64_t)a->figure->officers : 0);
    v->population_year = arena_printf(sc->mem, "%d", a->figure->year);
}

static enum err months_fill(struct scope *sc, enum language l, const struct area_summary *a,
                            struct area_view *v)
{
    size_t                  n = (size_t)a->now.n_months, k = 0;
    struct series_row_view *r = arena_array(sc->mem, struct series_row_view, n + 1);
    if (!r) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        int32_t month = a->now.first_month + (int32_t)i;
        if (civil_day_of_month(month + 1) <= a->period.from || civil_day_of_month(month) > a->period.to)
            continue;
        r[k++] = (struct series_row_view){ word_month(sc, l, month), word_count(sc, l, a->now.month[i]),
                                           a->before_month ? word_count(sc, l, a->before_month[i]) : S("–") };
    }
    v->months = r;
    v->n_months = k;
    return OK;
}

/// Categories with anything in them, most first.
struct ranked {
    size_t   category;
    uint64_t count;
};
static int by_count(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return x->category < y->category ? -1 : 1;
}

static enum err ranked_of(struct scope *sc, const struct call *c, const struct area_summary *a,
                          struct ranked **out, size_t *n)
{
    struct ranked *r = arena_array(sc->mem, struct ranked, c->in->n_categories + 1);
    if (!r) return no_room(sc);
    *n = 0;
    for (size_t i = 0; i < c->in->n_categories; i++)
        if (a->now.category[i] || (a->before_category && a->before_category[i]))
            r[(*n)++] = (struct ranked){ i, a->now.category[i] };
    qsort(r, *n, sizeof *r, by_count);
    *out = r;
    return OK;
}

/// One scan for each of the largest categories: months of the whole release, the period strong.
static enum err multiples_fill(struct scope *sc, struct call *c, const struct filter *f, size_t set,
                               uint16_t area, const struct area_summary *a, struct area_view *v)
{
    struct ranked *r;
    size_t         n;
    TRY(ranked_of(sc, c, a, &r, &n));
    struct series_row_view *row = arena_array(sc->mem, struct series_row_view, n + 1);
    size_t                  shown = n < MULTIPLES_MAX ? n : MULTIPLES_MAX;
    struct multiple_view   *m = arena_array(sc->mem, struct multiple_view, shown + 1);
    struct filter          *q = arena_new(sc->mem, struct filter);
    if (!row || !m || !q) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        const struct release_category *cat = &c->in->categories[r[i].category];
        uint64_t                       before = a->before_category ? a->before_category[r[i].category] : 0;
        row[i] = (struct series_row_view){ label_in(cat->label, c->lang, cat->key),
                                           word_count(sc, c->lang, r[i].count),
                                           a->before_category ? word_count(sc, c->lang, before) : S("–") };
    }
    for (size_t i = 0; i < shown; i++) {
        struct facets k;
        *q = *f;
        q->set = (int)set;
        q->area = area;
        q->has_box = q->has_poly = q->any_category = false;
        q->from_day = INT32_MIN;
        q->to_day = INT32_MAX;
        for (size_t w = 0; w < FILTER_CAT_WORDS; w++) q->category[w] = 0;
        q->category[r[i].category / 64] = (uint64_t)1 << (r[i].category % 64);
        TRY(index_facets(sc, c->ix, q, FACET_MONTH, false, &k));
        struct month_series s = { k.first_month, (size_t)k.n_months, k.month, NULL, a->period };
        uint64_t            top = 1;
        for (size_t t = 0; t < s.n; t++)
            if (k.month[t] > top) top = k.month[t];
        TRY(chart_spark(sc, c->lang, &s, top, &m[i].chart));
        q->from_day = a->period.from;
        q->to_day = a->period.to;
        m[i].label = row[i].label;
        m[i].count = row[i].count;
        m[i].before = a->before_category ? row[i].before : (str){ 0 };
        m[i].url = url_map(&c->links, q);
        m[i].chart.id = arena_printf(sc->mem, "kind-%zu", i);
        m[i].chart.title = row[i].label;
        m[i].chart.desc = text_of(c->lang, MSG_PAGE_MULTIPLES_NOTE);
    }
    v->categories = m;
    v->n_categories = shown;
    v->category_rows = row;
    v->n_category_rows = n;
    return OK;
}

/// Months of the whole release for the area, so that the period is seen among the others.
static enum err long_series(struct scope *sc, struct call *c, const struct filter *f, size_t set,
                            uint16_t area, const struct area_summary *a, struct area_view *v)
{
    struct filter *q = arena_new(sc->mem, struct filter);
    struct facets  k;
    if (!q) return no_room(sc);
    *q = *f;
    q->set = (int)set;
    q->area = area;
    q->has_box = q->has_poly = false;
    q->from_day = INT32_MIN;
    q->to_day = INT32_MAX;
    TRY(index_facets(sc, c->ix, q, FACET_MONTH, false, &k));
    struct month_series s = { k.first_month, (size_t)k.n_months, k.month, NULL, a->period };
    TRY(chart_months(sc, c->lang, &s, &v->months_chart));
    v->months_chart.id = S("months-svg");
    v->months_chart.title = text_of(c->lang, MSG_PAGE_BY_MONTH);
    v->months_chart.desc = text_of(c->lang, MSG_PAGE_MONTHS_NOTE);
    return OK;
}

enum err page_area(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct set_query    q = { 0 };
    struct filter       f;
    uint16_t            area;
    struct area_summary a;
    struct area_view    v = { 0 };
    TRY(form_read(sc, c, set_fields, COUNT(set_fields), &f, &q));
    TRY(form_area(sc, c, q.set, q.code, &area));
    period_default(c->in, &f);
    TRY(area_summary_ask(sc, c->ix, &c->ed->portrait, &f, q.set, area, &a));
    figures_fill(sc, c->lang, &a, &v);
    TRY(months_fill(sc, c->lang, &a, &v));
    TRY(long_series(sc, c, &f, q.set, area, &a, &v));
    TRY(multiples_fill(sc, c, &f, q.set, area, &a, &v));
    v.has_heat = c->in->finest <= PRECISION_DAY;
    if (v.has_heat) {
        TRY(heat_of(sc, c->lang, a.now.hourweek, c->in->finest <= PRECISION_HOUR, &v.heat));
        v.heat.caption = text_of(c->lang, MSG_PAGE_HEAT);
        v.hours.sentence = hours_sentence(sc, c->lang, a.now.hourweek);
    }
    v.hours.none = c->in->finest > PRECISION_HOUR;
    TRY(halves_of(sc, c, q.set, area, &v.halves));
    struct filter *here = arena_new(sc->mem, struct filter);
    if (!here) return no_room(sc);
    *here = f;
    here->set = (int)q.set;
    here->area = area;
    v.name = a.area->name;
    v.set_name = c->in->sets[q.set].name;
    v.period = word_period(sc, c->lang, a.period);
    v.set_url = url_set(&c->links, q.set);
    v.map_url = url_map(&c->links, here);
    v.csv_url = url_csv(&c->links, here);
    v.compare_url = url_compare(&c->links, q.set, &f);
    v.json_url = url_api_area(&c->links, q.set, area, &f);
    struct target t = { .page = PAGE_AREAS, .set = q.set, .area = area, .one = true };
    TRY(periods_of(sc, c, &f, &t, &v.periods));
    TRY(frame_fill(sc, c, PAGE_AREAS, v.name, &v.frame));
    tpl_area(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}
