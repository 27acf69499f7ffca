// SPDX-License-Identifier: EUPL-1.2
// Counts by half-year and area: every row as it was told, and what is missing because it is too few.
#include "web/api.h"

#include "model/half.h"
#include "analysis/counts.h"
#include "base/arena.h"
#include "web/by_area.h"
#include "web/gaps.h"
#include "web/shape.h"
#include "wire/csv.h"

/// What is asked for: a half-year and a class, or all of them.
struct asked {
    int32_t first, last;
    int class; // -1: all
};

static enum err read_asked(struct scope *sc, struct call *c, struct asked *out)
{
    struct asked a = { c->in->first_half, c->in->last_half, -1 };
    int32_t      half = INT32_MIN;
    TRY(by_area_read(sc, c, &half, &a.class));
    if (half != INT32_MIN) a.first = a.last = half;
    if (!by_area_halves(c->in)) a = (struct asked){ 0, -1, a.class };
    *out = a;
    return OK;
}

static bool is_asked(const struct release_info *in, const struct asked *a, const struct release_count *k)
{
    return by_area_sound(in, k) && k->half >= a->first && k->half <= a->last &&
           (a->class < 0 || a->class == k->class);
}

static void put_row(struct json *j, const struct call *c, const struct release_count *k)
{
    const struct release_set *set = by_area_set(c->in);
    json_open(j, '{');
    json_key(j, "half");
    json_str(j, half_key(c->links.sc, k->half));
    json_key(j, "class");
    json_str(j, kind_word(k->class));
    json_key(j, "label");
    json_str(j, kind_label(c->lang, k->class));
    json_key(j, "count");
    json_u64(j, k->count);
    json_key(j, "areas");
    json_open(j, '[');
    for (size_t i = 0; i < k->n; i++) json_str(j, set->areas[k->area[i]].code);
    json_close(j, ']');
    json_close(j, '}');
}

/// Half-years and classes that are told by area and have no row.
static enum err put_missing(struct scope *sc, struct json *j, const struct call *c, const struct asked *a)
{
    const struct release_info *in = c->in;
    sensitivity_set            shown = kinds_shown(in, SHOW_AREAS);
    size_t                     n = a->last < a->first ? 0 : (size_t)(a->last - a->first) + 1;
    sensitivity_set           *there = arena_array(sc->mem, sensitivity_set, n + 1);
    if (!there) return fail(&sc->fault, ERR_NOMEM, "no room for half-years");
    for (size_t i = 0; i < in->n_counts; i++)
        if (is_asked(in, a, &in->counts[i]))
            there[in->counts[i].half - a->first] |= (sensitivity_set)(1u << in->counts[i].class);
    json_key(j, "missing");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        for (int class = 0; class < RELEASE_CLASSES; class ++) {
            if (!((shown & (sensitivity_set)~there[i]) >> class & 1) || (a->class >= 0 && class != a->class))
                continue;
            json_open(j, '{');
            json_key(j, "half");
            json_str(j, half_key(sc, a->first + (int32_t)i));
            json_key(j, "class");
            json_str(j, kind_word(class));
            json_close(j, '}');
        }
    json_close(j, ']');
    return OK;
}

enum err api_by_area(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct asked               a;
    const struct release_info *in = c->in;
    TRY(read_asked(sc, c, &a));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, in->release);
    json_key(&j, "set");
    if (by_area_set(in)) json_str(&j, by_area_set(in)->key);
    else json_null(&j);
    json_key(&j, "least");
    json_u64(&j, in->least);
    json_key(&j, "halves");
    json_open(&j, '[');
    for (int32_t half = a.first; half <= a.last; half++) json_str(&j, half_key(sc, half));
    json_close(&j, ']');
    json_key(&j, "rows");
    json_open(&j, '[');
    for (size_t i = 0; i < in->n_counts; i++)
        if (is_asked(in, &a, &in->counts[i])) put_row(&j, c, &in->counts[i]);
    json_close(&j, ']');
    json_key(&j, "fewer_than");
    json_u64(&j, in->least);
    TRY(put_missing(sc, &j, c, &a));
    json_close(&j, '}');
    return OK;
}

// -- CSV ------------------------------------------------------------------------------------------

static void add_row(struct scope *sc, struct buf *to, const struct call *c, const struct release_count *k)
{
    const struct release_set *set = by_area_set(c->in);
    struct buf                codes;
    buf_init(&codes, 1 << 20);
    for (size_t i = 0; i < k->n; i++)
        buf_printf(&codes, "%s%.*s", i ? "; " : "", STR(set->areas[k->area[i]].code));
    buf_printf(to, "%.*s,%.*s,", STR(half_key(sc, k->half)), STR(kind_word(k->class)));
    csv_add_public(to, kind_label(c->lang, k->class));
    buf_printf(to, ",%llu,", (unsigned long long)k->count);
    csv_add_public(to, !codes.failed ? buf_str(&codes) : (str){ 0 });
    buf_add_c(to, ',');
    if (k->n) csv_add_public(to, set->key);
    buf_printf(to, ",%u,%llu\r\n", (unsigned)c->in->least, (unsigned long long)c->in->release);
    buf_free(&codes);
}

enum err api_by_area_csv(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct asked               a;
    const struct release_info *in = c->in;
    TRY(read_asked(sc, c, &a));
    str name = arena_printf(sc->mem, "attachment; filename=\"by-area-release-%llu.csv\"",
                            (unsigned long long)in->release);
    if (!name.p) return fail(&sc->fault, ERR_NOMEM, "no room for a file name");
    rs->content_type = "text/csv; charset=utf-8; header=present";
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE;
    rs->header[rs->n_headers++] = (struct http_param){ S("Content-Disposition"), name };
    buf_add(&rs->body, S("half,class,label,count,areas,set,least,release\r\n"));
    for (size_t i = 0; i < in->n_counts; i++)
        if (is_asked(in, &a, &in->counts[i])) add_row(sc, &rs->body, c, &in->counts[i]);
    return buf_end(sc, &rs->body);
}
