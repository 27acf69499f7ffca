// SPDX-License-Identifier: EUPL-1.2
// The map page and /embed: everything that the question's answer holds, as a form, a picture, charts and tables.
#include "web/page.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "web/chart.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/gaps.h"
#include "web/grid.h"
#include "web/rates.h"
#include "web/tpl.h"
#include "web/words.h"
#include <stdlib.h>

enum { PICTURE_WIDTH = 960, PICTURE_HEIGHT = 640, MAX_AREA_OPTIONS = 3000 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the map page");
}

// -- reading the form -----------------------------------------------------------------------------

/// The page's own parameters: where the map looks, and two that only the form without a script sends.
static const char *const also[] = { "z", "lon", "lat", "view", "hours_from", "hours_to", "lang", NULL };

static bool is_also(str name)
{
    for (size_t i = 0; also[i]; i++)
        if (str_eq(name, str_of(also[i]))) return true;
    return false;
}

static str value_of(const struct http_req *rq, str name)
{
    for (size_t i = 0; i < rq->n_params; i++)
        if (str_eq(rq->param[i].name, name)) return rq->param[i].value;
    return (str){ 0 };
}

/// Browsers send an empty field for each list that was left alone and one field for each box that was ticked. Empty ones
/// are dropped, cat, days and outcome joined. *plain: nothing of that was needed.
static enum err gather(struct scope *sc, struct call *c, struct param *p, size_t *n, bool *plain)
{
    *n = 0;
    *plain = true;
    for (size_t i = 0; i < c->rq->n_params; i++) {
        struct http_param q = c->rq->param[i];
        size_t            k = 0;
        if (is_also(q.name)) continue;
        if (!q.value.n) {
            *plain = false;
            continue;
        }
        while (k < *n && !str_eq(p[k].name, q.name)) k++;
        if (k == *n) {
            p[(*n)++] = (struct param){ q.name, q.value };
            continue;
        }
        bool list = str_eq(q.name, S("cat")) || str_eq(q.name, S("days")) || str_eq(q.name, S("outcome"));
        if (!list) {
            c->bad = q.name;
            return fail(&sc->fault, ERR_INVALID, "%.*s stands twice", STR(q.name));
        }
        p[k].value = arena_printf(sc->mem, "%.*s,%.*s", STR(p[k].value), STR(q.value));
        if (!p[k].value.p) return no_room(sc);
        *plain = false;
    }
    return OK;
}

/// hours_from and hours_to make hours=22-5; one of them alone reaches to the end of the day.
static enum err gather_hours(struct scope *sc, struct call *c, struct param *p, size_t *n, bool *plain)
{
    str from = value_of(c->rq, S("hours_from")), to = value_of(c->rq, S("hours_to"));
    for (size_t i = 0; i < c->rq->n_params; i++)
        if (str_starts(c->rq->param[i].name, S("hours_"))) *plain = false;
    if (!from.n && !to.n) return OK;
    str hours = arena_printf(sc->mem, "%.*s-%.*s", STR(from.n ? from : S("0")), STR(to.n ? to : S("23")));
    if (!hours.p) return no_room(sc);
    p[(*n)++] = (struct param){ S("hours"), hours };
    return OK;
}

/// The filter that the address says. *plain false: a form was sent, and its answer is the address it means.
static enum err read_form(struct scope *sc, struct call *c, struct filter *f, bool *plain)
{
    struct param *p = arena_array(sc->mem, struct param, c->rq->n_params + 2);
    size_t        n;
    double        number;
    if (!p) return no_room(sc);
    static const char *const numbers[] = { "z", "lon", "lat" };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        str v = value_of(c->rq, str_of(numbers[i]));
        if (!v.n || str_to_double(v, &number)) continue;
        c->bad = str_of(numbers[i]);
        return fail(&sc->fault, ERR_INVALID, "%s=%.*s: not a number", numbers[i], STR(str_slice(v, 0, 40)));
    }
    TRY(gather(sc, c, p, &n, plain));
    TRY(gather_hours(sc, c, p, &n, plain));
    TRY(filter_read(sc, c->in, p, n, NULL, f, &c->bad));
    return form_canonical(sc, c, NULL, 0, f);
}

static enum err redirect(struct scope *sc, const struct call *c, const struct filter *f, bool embed,
                         struct http_res *rs)
{
    str url = embed ? url_embed(&c->links, f) : url_map(&c->links, f);
    if (!url.p) return no_room(sc);
    rs->status = 303;
    rs->header[rs->n_headers++] = (struct http_param){ S("Location"), url };
    rs->etag = (str){ 0 };
    return OK;
}

// -- the form's choices ---------------------------------------------------------------------------

static str month_key(struct scope *sc, int32_t month)
{
    struct buf b;
    buf_init(&b, 32);
    civil_add_month(&b, month);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static enum err months_choice(struct scope *sc, struct call *c, const struct filter *f, struct map_view *v)
{
    struct period all = period_of_release(c->in);
    if (all.from > all.to) return OK;
    int32_t             first = civil_month_of_day(all.from), n = civil_month_of_day(all.to) - first + 1;
    struct option_view *from = arena_array(sc->mem, struct option_view, (size_t)n);
    struct option_view *to = arena_array(sc->mem, struct option_view, (size_t)n);
    if (!from || !to) return no_room(sc);
    for (int32_t i = 0; i < n; i++) {
        int32_t month = first + i;
        from[i] = to[i] =
            (struct option_view){ .value = month_key(sc, month), .label = word_month(sc, c->lang, month) };
        from[i].on = f->from_day != INT32_MIN && civil_month_of_day(f->from_day) == month;
        to[i].on = f->to_day != INT32_MAX && civil_month_of_day(f->to_day) == month;
    }
    v->from = from;
    v->to = to;
    v->n_from = v->n_to = (size_t)n;
    v->first_month = from[0].value;
    v->last_month = from[n - 1].value;
    return OK;
}

static bool has_bit(const uint64_t *set, size_t i)
{
    return set[i / 64] >> (i % 64) & 1;
}

/// The same question about one category alone.
static str only_category(const struct links *l, const struct filter *f, struct filter *q, size_t category)
{
    *q = *f;
    q->any_category = false;
    for (size_t w = 0; w < FILTER_CAT_WORDS; w++) q->category[w] = 0;
    q->category[category / 64] = (uint64_t)1 << (category % 64);
    return url_map(l, q);
}

static int by_count(const void *a, const void *b)
{
    const struct choice_view *x = a, *y = b;
    return x->n != y->n ? (x->n > y->n ? -1 : 1) : str_cmp(x->label, y->label);
}

/// Categories by section of the ICCS, each section's most frequent first.
static enum err sections_choice(struct scope *sc, struct call *c, const struct filter *f,
                                const struct facets *linked, struct map_view *v)
{
    const struct release_info *in = c->in;
    struct section_view       *s = arena_array(sc->mem, struct section_view, ICCS_SECTIONS);
    struct choice_view        *all = arena_array(sc->mem, struct choice_view, in->n_categories + 1);
    struct filter             *q = arena_new(sc->mem, struct filter);
    if (!s || !all || !q) return no_room(sc);
    size_t n = 0, used = 0;
    for (int iccs = 0; iccs < ICCS_SECTIONS; iccs++) {
        struct choice_view *mine = all + used;
        size_t              k = 0, on = 0;
        for (size_t i = 0; i < in->n_categories; i++) {
            if (in->categories[i].iccs != iccs) continue;
            bool ticked = !f->any_category && has_bit(f->category, i);
            on += ticked;
            mine[k++] = (struct choice_view){ .key = in->categories[i].key,
                                              .label = label_in(in->categories[i].label, c->lang,
                                                                in->categories[i].key),
                                              .count = word_count(sc, c->lang, linked->category[i]),
                                              .url = only_category(&c->links, f, q, i),
                                              .n = linked->category[i],
                                              .on = ticked };
        }
        if (!k) continue;
        qsort(mine, k, sizeof *mine, by_count);
        used += k;
        s[n++] = (struct section_view){ .iccs = iccs,
                                        .label = iccs_label(iccs, c->lang),
                                        .count = word_count(sc, c->lang, linked->section[iccs]),
                                        .on = on == k,
                                        .open = on > 0,
                                        .categories = mine,
                                        .n_categories = k };
        if (on == k) // the section's box says it; its members would send the same again
            for (size_t i = 0; i < k; i++) mine[i].on = false;
    }
    v->sections = s;
    v->n_sections = n;
    return OK;
}

static enum err hours_choice(struct scope *sc, struct call *c, const struct filter *f, struct map_view *v)
{
    v->has_hours = c->in->finest <= PRECISION_HOUR;
    v->has_days = c->in->finest <= PRECISION_DAY;
    struct option_view *from = arena_array(sc->mem, struct option_view, 24);
    struct option_view *to = arena_array(sc->mem, struct option_view, 24);
    struct option_view *days = arena_array(sc->mem, struct option_view, 7);
    if (!from || !to || !days) return no_room(sc);
    bool all = f->hours == 0xFFFFFF;
    for (unsigned h = 0; h < 24; h++) {
        bool on = f->hours >> h & 1, before = f->hours >> ((h + 23) % 24) & 1,
             after = f->hours >> ((h + 1) % 24) & 1;
        str value = arena_printf(sc->mem, "%u", h);
        from[h] =
            (struct option_view){ value, arena_printf(sc->mem, "%u:00", h), S(""), !all && on && !before };
        to[h] = (struct option_view){ value, arena_printf(sc->mem, "%u:59", h), S(""), !all && on && !after };
    }
    for (int d = 0; d < 7; d++)
        days[d] =
            (struct option_view){ weekday_key(d), word_weekday(c->lang, d), word_weekday_short(c->lang, d),
                                  f->days != 0x7F && (f->days >> d & 1) };
    v->hours_from = from;
    v->hours_to = to;
    v->days = days;
    v->n_hours_from = v->n_hours_to = 24;
    v->n_days = 7;
    return OK;
}

static enum err outcomes_choice(struct scope *sc, struct call *c, const struct filter *f,
                                const struct facets *linked, struct map_view *v)
{
    const struct release_info *in = c->in;
    struct choice_view        *o = arena_array(sc->mem, struct choice_view, in->n_outcomes + 1);
    if (!o) return no_room(sc);
    for (size_t i = 0; i < in->n_outcomes; i++) {
        bool on = !f->any_outcome && has_bit(f->outcome, i);
        str  key = i ? in->outcomes[i].key : S("none");
        o[i] = (struct choice_view){ .key = key,
                                     .label = label_in(in->outcomes[i].label, c->lang, key),
                                     .count = word_count(sc, c->lang, linked->outcome[i]),
                                     .on = on };
        v->outcomes_open = v->outcomes_open || on;
    }
    v->outcomes = o;
    v->n_outcomes = in->n_outcomes;
    v->has_outcomes = in->n_outcomes > 1;
    return OK;
}

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct option_view *)a)->label, ((const struct option_view *)b)->label);
}

static enum err areas_choice(struct scope *sc, struct call *c, const struct filter *f, struct map_view *v)
{
    const struct release_info *in = c->in;
    struct area_group_view    *g = arena_array(sc->mem, struct area_group_view, in->n_sets + 1);
    if (!g) return no_room(sc);
    size_t left = MAX_AREA_OPTIONS; // a list of more helps nobody: the search finds them
    for (size_t s = 0; s < in->n_sets; s++) {
        const struct release_set *set = &in->sets[s];
        size_t                    n = set->n <= left ? set->n : 0;
        struct option_view       *o = arena_array(sc->mem, struct option_view, n + 1);
        if (!o) return no_room(sc);
        for (size_t i = 0; i < n; i++)
            o[i] = (struct option_view){ .value = arena_printf(sc->mem, "%.*s:%.*s", STR(set->key),
                                                               STR(set->areas[i].code)),
                                         .label = set->areas[i].name,
                                         .on = f->set == (int)s && f->area == i };
        qsort(o, n, sizeof *o, by_label);
        left -= n;
        g[s] = (struct area_group_view){ set->name, o, n };
    }
    v->area_groups = g;
    v->n_area_groups = in->n_sets;
    v->has_areas = in->n_sets > 0;
    return OK;
}

// -- the period, and links that move it -----------------------------------------------------------

static void period_links(const struct call *c, const struct filter *f, struct filter *q, struct map_view *v)
{
    const struct links *l = &c->links;
    struct period       p = period_of_filter(l->in, f), all = period_of_release(l->in);
    int32_t             month, n;
    struct period       year = period_year_before(p);
    bool                restricted = f->from_day != INT32_MIN || f->to_day != INT32_MAX;
    *q = *f;
    if (restricted) {
        q->from_day = INT32_MIN;
        q->to_day = INT32_MAX;
        v->period_all = url_map(l, q);
    }
    if (restricted && portrait_covers(&c->ed->portrait, year)) {
        q->from_day = year.from;
        q->to_day = year.to;
        v->period_last_year = url_map(l, q);
    }
    if (!restricted || !period_is_months(p, &month, &n)) return;
    if (civil_day_of_month(month) > all.from) {
        q->from_day = civil_day_of_month(month - n);
        q->to_day = civil_day_of_month(month) - 1;
        v->period_before = url_map(l, q);
    }
    if (civil_day_of_month(month + n) <= all.to) {
        q->from_day = civil_day_of_month(month + n);
        q->to_day = civil_day_of_month(month + 2 * n) - 1;
        v->period_after = url_map(l, q);
    }
}

// -- charts and tables ----------------------------------------------------------------------------

static enum err months_fill(struct scope *sc, struct call *c, const struct filter *f,
                            const struct facets *linked, struct map_view *v)
{
    size_t              n = (size_t)linked->n_months;
    struct month_series s = { linked->first_month, n, linked->month, NULL, period_of_filter(c->in, f) };
    struct month_view  *m = arena_array(sc->mem, struct month_view, n + 1);
    struct filter      *q = arena_new(sc->mem, struct filter);
    if (!m || !q) return no_room(sc);
    *q = *f;
    for (size_t i = 0; i < n; i++) {
        int32_t month = linked->first_month + (int32_t)i;
        q->from_day = civil_day_of_month(month);
        q->to_day = civil_day_of_month(month + 1) - 1;
        m[i] = (struct month_view){ month_key(sc, month), word_month(sc, c->lang, month),
                                    word_count(sc, c->lang, linked->month[i]), url_map(&c->links, q) };
    }
    v->months = m;
    v->n_months = n;
    v->timeline.id = S("timeline-svg");
    v->timeline.title = text_of(c->lang, MSG_PAGE_TIMELINE);
    v->timeline.desc = text_of(c->lang, MSG_PAGE_TIMELINE_DESC);
    return n ? chart_months(sc, c->lang, &s, &v->timeline) : OK;
}

static enum err heat_fill(struct scope *sc, struct call *c, const struct facets *linked, struct map_view *v)
{
    TRY(heat_of(sc, c->lang, linked->hourweek, v->has_hours, &v->heat));
    v->heat.caption = text_of(c->lang, MSG_PAGE_HEAT);
    v->hours.sentence = hours_sentence(sc, c->lang, linked->hourweek);
    return OK;
}

/// Of what the filter lets through, unlike the form's counts, which say what could be chosen.
static enum err categories_fill(struct scope *sc, struct call *c, const struct filter *f,
                                const struct facets *k, struct map_view *v)
{
    const struct release_info *in = c->in;
    struct choice_view        *r = arena_array(sc->mem, struct choice_view, in->n_categories + 1);
    struct filter             *q = arena_new(sc->mem, struct filter);
    if (!r || !q) return no_room(sc);
    size_t n = 0;
    for (size_t i = 0; i < in->n_categories; i++) {
        if (!k->category[i]) continue;
        r[n++] =
            (struct choice_view){ .key = in->categories[i].key,
                                  .label = label_in(in->categories[i].label, c->lang, in->categories[i].key),
                                  .count = word_count(sc, c->lang, k->category[i]),
                                  .url = only_category(&c->links, f, q, i),
                                  .n = k->category[i] };
    }
    qsort(r, n, sizeof *r, by_count);
    v->by_category = r;
    v->n_by_category = n;
    return OK;
}

static enum err areas_fill(struct scope *sc, struct call *c, const struct filter *f, struct map_view *v)
{
    struct comparison     k;
    struct area_rows_view rows;
    size_t                set = f->set >= 0 ? (size_t)f->set : portrait_usual_set(&c->ed->portrait);
    TRY(comparison_ask(sc, c->ix, &c->ed->portrait, f, set, &k));
    TRY(area_rows_of(sc, c, set, f, &k, &rows));
    v->by_area = rows.areas;
    v->n_by_area = rows.n_areas;
    v->set_name = c->in->sets[set].name;
    v->compare_url = url_compare(&c->links, set, f);
    return OK;
}

static enum err classes_fill(struct scope *sc, struct call *c, const struct filter *f, struct map_view *v)
{
    struct grid g;
    TRY(grid_of(sc, c->ix, c->ed->portrait.home, f, PICTURE_WIDTH, PICTURE_HEIGHT, &g));
    struct class_view *k = arena_array(sc->mem, struct class_view, CLASSES_MAX);
    if (!k) return no_room(sc);
    for (size_t i = 0; i < g.classes.n; i++)
        k[i] = (struct class_view){ grid_shade(&g.classes, i), grid_range(sc, c->lang, &g.classes, i) };
    v->classes = k;
    v->n_classes = g.classes.n;
    if (g.classes.n) v->cell_side = word_metres(sc, c->lang, g.side_m);
    return OK;
}

static str query_of(struct scope *sc, const struct call *c, const struct filter *f)
{
    struct buf b;
    buf_init(&b, 32 * 1024);
    filter_write(&b, c->in, f);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

// -- the page -------------------------------------------------------------------------------------

/// What the map page and /embed have in common.
static enum err story_fill(struct scope *sc, struct call *c, const struct filter *f, const struct facets *k,
                           struct map_view *v)
{
    v->n = k->total;
    v->count = word_count(sc, c->lang, k->total);
    v->n_missing = k->without_point;
    if (k->without_point) v->missing = word_count(sc, c->lang, k->without_point);
    v->where = form_area_name(c, f);
    if (!v->where.n) v->where = c->in->town;
    v->period = word_period(sc, c->lang, period_of_filter(c->in, f));
    v->query = query_of(sc, c, f);
    v->lang_param = c->links.lang;
    v->picture_url = url_picture(&c->links, f, PICTURE_WIDTH, PICTURE_HEIGHT);
    v->share_url = url_map(&c->links, f);
    return classes_fill(sc, c, f, v);
}

static enum err map_fill(struct scope *sc, struct call *c, const struct filter *f, const struct facets *k,
                         struct map_view *v)
{
    struct facets  linked;
    struct filter *q = arena_new(sc->mem, struct filter);
    if (!q) return no_room(sc);
    TRY(index_facets(sc, c->ix, f, FACET_CATEGORY | FACET_MONTH | FACET_HOURWEEK | FACET_OUTCOME, true,
                     &linked));
    TRY(months_choice(sc, c, f, v));
    TRY(sections_choice(sc, c, f, &linked, v));
    TRY(hours_choice(sc, c, f, v));
    TRY(outcomes_choice(sc, c, f, &linked, v));
    TRY(areas_choice(sc, c, f, v));
    period_links(c, f, q, v);
    TRY(months_fill(sc, c, f, &linked, v));
    if (v->has_days) TRY(heat_fill(sc, c, &linked, v));
    v->hours.none = !v->has_hours;
    TRY(categories_fill(sc, c, f, k, v));
    if (v->has_areas) TRY(areas_fill(sc, c, f, v));
    v->reset_url = url_page(&c->links, PAGE_MAP);
    v->csv_url = url_csv(&c->links, f);
    v->geojson_url = url_geojson(&c->links, f);
    v->embed_url = url_embed(&c->links, f);
    return OK;
}

static enum err answer(struct scope *sc, struct call *c, bool embed, struct http_res *rs)
{
    struct filter    f;
    bool             plain;
    struct facets    k;
    struct map_view *v = arena_new(sc->mem, struct map_view);
    if (!v) return no_room(sc);
    TRY(read_form(sc, c, &f, &plain));
    if (!plain) return redirect(sc, c, &f, embed, rs);
    TRY(index_facets(sc, c->ix, &f, FACET_CATEGORY, false, &k));
    TRY(story_fill(sc, c, &f, &k, v));
    if (!embed) TRY(map_fill(sc, c, &f, &k, v));
    TRY(frame_fill(sc, c, PAGE_MAP, S(""), &v->frame));
    frame_add_map(&v->frame, c->lang, embed);
    if (embed) tpl_embed(&rs->body, c->lang, v);
    else tpl_map(&rs->body, c->lang, v);
    rs->frameable = embed;
    frame_send(rs);
    return OK;
}

enum err page_map(struct scope *sc, struct call *c, struct http_res *rs)
{
    return answer(sc, c, false, rs);
}

enum err page_embed(struct scope *sc, struct call *c, struct http_res *rs)
{
    return answer(sc, c, true, rs);
}
