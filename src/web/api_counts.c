// SPDX-License-Identifier: EUPL-1.2
// How many: by one thing, or by everything at once for charts that are also controls.
#include "web/api.h"

#include "analysis/counts.h"
#include "web/form.h"
#include "web/shape.h"
#include <stddef.h>
#include <stdio.h>

enum err api_counts(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct {
        str by;
    } q = { 0 };
    const struct field fields[] = { { "by", IN_QUERY, F_TEXT, 0, .max = 100, .required = true } };
    struct filter      f;
    TRY(form_read(sc, c, fields, COUNT(fields), &f, &q));
    enum count_by by;
    size_t        set;
    c->bad = S("by");
    TRY(counts_by_read(sc, c->in, q.by, &by, &set));
    struct counts counts;
    TRY(counts_ask(sc, c->ix, &f, by, set, c->lang, &counts));
    json_answer(rs);
    counts_json(&rs->body, &counts);
    return OK;
}

static void put_list(struct json *j, const char *key, const uint64_t *v, size_t n)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) json_u64(j, v[i]);
    json_close(j, ']');
}

static void put_sections(struct json *j, const struct release_info *in, const uint64_t *section)
{
    bool occurs[ICCS_SECTIONS] = { false };
    for (size_t i = 0; i < in->n_categories; i++) occurs[in->categories[i].iccs] = true;
    json_key(j, "iccs");
    json_open(j, '{');
    for (int s = 0; s < ICCS_SECTIONS; s++) {
        if (!occurs[s]) continue;
        char key[8];
        snprintf(key, sizeof key, "%d", s);
        json_key(j, key);
        json_u64(j, section[s]);
    }
    json_close(j, '}');
}

/// Is the set's key in the comma list? An empty list holds every set.
static bool is_wanted(str list, str key)
{
    if (!list.n) return true;
    for (str part; str_cut(&list, ',', &part);)
        if (str_eq(part, key)) return true;
    return false;
}

static enum err check_sets(struct scope *sc, struct call *c, str list)
{
    for (str rest = list, part; list.n && str_cut(&rest, ',', &part);) {
        bool there = false;
        for (size_t i = 0; i < c->in->n_sets; i++) there = there || str_eq(part, c->in->sets[i].key);
        if (there) continue;
        c->bad = S("sets");
        return fail(&sc->fault, ERR_INVALID, "sets: there is no set of areas \"%.*s\"",
                    STR(str_slice(part, 0, 60)));
    }
    return OK;
}

/// The parts named in `by`, with commas: those of /v1/counts, but "area" is all sets. All of them when nothing is named.
static enum err read_parts(struct scope *sc, struct call *c, str list, unsigned *want)
{
    static const struct {
        const char *name;
        enum facet  facet;
    } parts[] = { { "category", FACET_CATEGORY },
                  { "month", FACET_MONTH },
                  { "hourweek", FACET_HOURWEEK },
                  { "outcome", FACET_OUTCOME },
                  { "area", FACET_AREAS } };
    unsigned all = 0, some = 0;
    for (size_t i = 0; i < COUNT(parts); i++) all |= parts[i].facet;
    for (str rest = list, part; list.n && str_cut(&rest, ',', &part);) {
        size_t i = 0;
        while (i < COUNT(parts) && !str_eq(part, str_of(parts[i].name))) i++;
        if (i == COUNT(parts)) {
            c->bad = S("by");
            return fail(&sc->fault, ERR_INVALID,
                        "by: \"%.*s\" is none of category, month, hourweek, outcome, area",
                        STR(str_slice(part, 0, 60)));
        }
        some |= parts[i].facet;
    }
    *want = some ? some : all;
    return OK;
}

static void put_months(struct json *j, const struct facets *k)
{
    json_key(j, "first_month");
    if (k->n_months) json_month(j, k->first_month);
    else json_null(j);
    put_list(j, "months", k->month, (size_t)k->n_months);
}

static void put_hours(struct json *j, const struct facets *k)
{
    put_list(j, "hourweek", k->hourweek, HOURS_OF_WEEK);
    put_list(j, "weekday_only", k->hourweek + HOW_DAY, 7);
    json_key(j, "no_time");
    json_u64(j, k->hourweek[HOW_NONE]);
}

static void put_areas(struct json *j, const struct release_info *in, const struct facets *k, str sets)
{
    json_key(j, "areas");
    json_open(j, '{');
    for (size_t s = 0; s < in->n_sets; s++) {
        if (!is_wanted(sets, in->sets[s].key)) continue;
        char key[128];
        snprintf(key, sizeof key, "%.*s", STR(in->sets[s].key));
        put_list(j, key, k->area[s], in->sets[s].n + 1);
    }
    json_close(j, '}');
}

enum err api_facets(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct {
        str by, sets;
    } q = { 0 };
    const struct field fields[] = { { "by", IN_QUERY, F_TEXT, offsetof(typeof(q), by), .max = 100 },
                                    { "sets", IN_QUERY, F_TEXT, offsetof(typeof(q), sets), .max = 1000 } };
    struct filter      f;
    unsigned           want;
    TRY(form_read(sc, c, fields, COUNT(fields), &f, &q));
    TRY(read_parts(sc, c, q.by, &want));
    TRY(check_sets(sc, c, q.sets));
    struct facets k;
    TRY(index_facets(sc, c->ix, &f, want, true, &k));
    const struct release_info *in = c->in;
    struct json                j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, in->release);
    json_key(&j, "total");
    json_u64(&j, k.total);
    json_key(&j, "without_point");
    json_u64(&j, k.without_point);
    if (want & FACET_CATEGORY) put_list(&j, "categories", k.category, in->n_categories);
    if (want & FACET_CATEGORY) put_sections(&j, in, k.section);
    if (want & FACET_MONTH) put_months(&j, &k);
    if (want & FACET_HOURWEEK) put_hours(&j, &k);
    if (want & FACET_OUTCOME) put_list(&j, "outcomes", k.outcome, in->n_outcomes);
    if (want & FACET_AREAS) put_areas(&j, in, &k, q.sets);
    json_close(&j, '}');
    return OK;
}
