// SPDX-License-Identifier: EUPL-1.2
// Areas: the list of a set, one of them, all of them beside each other.
#include "web/api.h"

#include "analysis/counts.h"
#include "base/civil.h"
#include "web/form.h"
#include "web/shape.h"
#include <math.h>
#include <stddef.h>

static void put_figure_numbers(struct json *j, int64_t population, int64_t officers)
{
    json_key(j, "population");
    if (population >= 0) json_i64(j, population);
    else json_null(j);
    json_key(j, "officers");
    if (officers >= 0) json_i64(j, officers);
    else json_null(j);
}

static void put_area(struct json *j, const struct release_area *a, int32_t day)
{
    const struct release_figure *g = area_figure_for(a, day);
    json_open(j, '{');
    json_key(j, "code");
    json_str(j, a->code);
    json_key(j, "name");
    json_str(j, a->name);
    json_key(j, "parent");
    if (a->parent.n) json_str(j, a->parent);
    else json_null(j);
    json_key(j, "center");
    json_lon_lat(j, a->label);
    json_key(j, "bbox");
    json_box(j, a->box);
    put_figure_numbers(j, g ? g->population : -1, g ? g->officers : -1);
    json_key(j, "figures");
    json_open(j, '[');
    for (size_t i = 0; i < a->n_figures; i++) {
        json_open(j, '{');
        json_key(j, "year");
        json_i64(j, a->figures[i].year);
        put_figure_numbers(j, a->figures[i].population, a->figures[i].officers);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

struct area_query {
    size_t set;
    str    code;
};
static const struct field area_fields[] = {
    { "set", IN_PATH, F_SET, offsetof(struct area_query, set) },
    { "code", IN_PATH, F_TEXT, offsetof(struct area_query, code), .max = 200 },
};

enum err api_areas(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct area_query q = { 0 };
    TRY(form_read(sc, c, area_fields, COUNT(area_fields), NULL, &q));
    const struct release_set *s = &c->in->sets[q.set];
    struct json               j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "set");
    json_str(&j, s->key);
    json_key(&j, "name");
    json_str(&j, s->name);
    json_key(&j, "licence");
    json_str(&j, s->licence);
    json_key(&j, "areas");
    json_open(&j, '[');
    for (size_t i = 0; i < s->n; i++) put_area(&j, &s->areas[i], c->in->last_day);
    json_close(&j, ']');
    json_close(&j, '}');
    return OK;
}

// -- one area -------------------------------------------------------------------------------------

static void put_rate(struct json *j, const struct rate *r)
{
    json_key(j, "rate");
    json_open(j, '{');
    json_key(j, "per");
    json_i64(j, RATE_PER);
    json_key(j, "value");
    json_fixed(j, r->known ? r->value : (double)NAN, 2);
    struct interval none = { (double)NAN, (double)NAN };
    json_interval(j, "low", "high", r->known ? r->limits : none, 2);
    json_close(j, '}');
}

static void put_change(struct json *j, const struct change *ch)
{
    struct interval none = { (double)NAN, (double)NAN };
    json_key(j, "year_before");
    json_open(j, '{');
    json_key(j, "covered");
    json_bool(j, ch->covered);
    json_key(j, "from");
    json_day(j, ch->period.from);
    json_key(j, "to");
    json_day(j, ch->period.to);
    json_key(j, "count");
    if (ch->covered) json_u64(j, ch->count);
    else json_null(j);
    json_key(j, "change_percent");
    json_fixed(j, ch->known ? ch->percent : (double)NAN, 1);
    json_interval(j, "change_low", "change_high", ch->known ? ch->limits : none, 1);
    json_close(j, '}');
}

static void put_clearance(struct json *j, const struct clearance *cl)
{
    struct interval none = { (double)NAN, (double)NAN };
    json_key(j, "clearance");
    json_open(j, '{');
    json_key(j, "cleared");
    json_u64(j, cl->cleared);
    json_key(j, "known");
    json_u64(j, cl->known);
    json_key(j, "percent");
    json_fixed(j, cl->known ? cl->percent : (double)NAN, 1);
    json_interval(j, "low", "high", cl->known ? cl->limits : none, 1);
    json_close(j, '}');
}

static void put_series(struct json *j, const struct call *c, const struct area_summary *a)
{
    json_key(j, "categories");
    json_open(j, '[');
    for (size_t i = 0; i < c->in->n_categories; i++) {
        uint64_t before = a->before_category ? a->before_category[i] : 0;
        if (!a->now.category[i] && !before) continue;
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, c->in->categories[i].key);
        json_key(j, "label");
        json_str(j, label_in(c->in->categories[i].label, c->lang, c->in->categories[i].key));
        json_key(j, "count");
        json_u64(j, a->now.category[i]);
        json_key(j, "year_before");
        if (a->before_category) json_u64(j, before);
        else json_null(j);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "months");
    json_open(j, '[');
    for (int32_t i = 0; i < a->now.n_months; i++) {
        int32_t month = a->now.first_month + i;
        if (civil_day_of_month(month + 1) <= a->period.from || civil_day_of_month(month) > a->period.to)
            continue;
        json_open(j, '{');
        json_key(j, "key");
        json_month(j, month);
        json_key(j, "count");
        json_u64(j, a->now.month[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

enum err api_area(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct area_query q = { 0 };
    struct filter     f;
    uint16_t          area;
    TRY(form_read(sc, c, area_fields, COUNT(area_fields), &f, &q));
    TRY(form_area(sc, c, q.set, q.code, &area));
    struct area_summary a;
    TRY(area_summary_ask(sc, c->ix, &c->ed->portrait, &f, q.set, area, &a));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "set");
    json_str(&j, c->in->sets[q.set].key);
    json_key(&j, "code");
    json_str(&j, a.area->code);
    json_key(&j, "name");
    json_str(&j, a.area->name);
    json_key(&j, "from");
    json_day(&j, a.period.from);
    json_key(&j, "to");
    json_day(&j, a.period.to);
    json_key(&j, "count");
    json_u64(&j, a.now.total);
    put_rate(&j, &a.rate);
    put_figure_numbers(&j, a.figure ? a.figure->population : -1, a.figure ? a.figure->officers : -1);
    json_key(&j, "population_year");
    if (a.figure) json_i64(&j, a.figure->year);
    else json_null(&j);
    put_change(&j, &a.change);
    put_clearance(&j, &a.clearance);
    put_series(&j, c, &a);
    json_key(&j, "small");
    json_bool(&j, a.small);
    json_key(&j, "url");
    json_str(&j, url_area(&c->links, q.set, area, NULL));
    json_close(&j, '}');
    return OK;
}

// -- areas beside each other ----------------------------------------------------------------------

enum err api_compare(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct area_query q = { 0 };
    struct filter     f;
    TRY(form_read(sc, c, area_fields, COUNT(area_fields), &f, &q));
    struct comparison k;
    TRY(comparison_ask(sc, c->ix, &c->ed->portrait, &f, q.set, &k));
    const struct release_set *s = &c->in->sets[q.set];
    struct json               j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "set");
    json_str(&j, s->key);
    json_key(&j, "per");
    json_i64(&j, RATE_PER);
    json_key(&j, "mean_rate");
    json_fixed(&j, k.mean_rate, 2);
    json_key(&j, "dispersion");
    json_fixed(&j, k.dispersion, 2);
    json_key(&j, "areas");
    json_open(&j, '[');
    for (size_t i = 0; i < k.n; i++) {
        const struct compared *a = &k.areas[i];
        struct interval        none = { (double)NAN, (double)NAN };
        json_open(&j, '{');
        json_key(&j, "code");
        json_str(&j, s->areas[i].code);
        json_key(&j, "name");
        json_str(&j, s->areas[i].name);
        json_key(&j, "count");
        json_u64(&j, a->count);
        json_key(&j, "population");
        if (a->population >= 0) json_i64(&j, a->population);
        else json_null(&j);
        json_key(&j, "rate");
        json_fixed(&j, a->rate.known ? a->rate.value : (double)NAN, 2);
        json_interval(&j, "low", "high", a->rate.known ? a->rate.limits : none, 2);
        json_key(&j, "smoothed");
        json_fixed(&j, a->smoothed, 2);
        json_key(&j, "funnel");
        json_cstr(&j, funnel_name(a->funnel));
        json_key(&j, "small");
        json_bool(&j, a->small);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "limits");
    json_open(&j, '[');
    for (size_t i = 0; i < k.n_limits; i++) {
        json_open(&j, '{');
        json_key(&j, "population");
        json_fixed(&j, k.limits[i].population, 0);
        json_interval(&j, "low95", "high95", (struct interval){ k.limits[i].low95, k.limits[i].high95 }, 2);
        json_interval(&j, "low998", "high998", (struct interval){ k.limits[i].low998, k.limits[i].high998 },
                      2);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return OK;
}
