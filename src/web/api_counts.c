// SPDX-License-Identifier: EUPL-1.2
// How many: by one thing, or by everything at once for charts that are also controls.
#include "web/api.h"

#include "analysis/counts.h"
#include "web/form.h"
#include "web/shape.h"
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

static void put_sections(struct json *j, const struct release_info *in, const uint64_t *category)
{
    uint64_t section[ICCS_SECTIONS] = { 0 };
    bool     occurs[ICCS_SECTIONS] = { false };
    for (size_t i = 0; i < in->n_categories; i++) {
        int s = in->categories[i].iccs;
        section[s] += category[i];
        occurs[s] = true;
    }
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

enum err api_facets(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct {
        str sets;
    } q = { 0 };
    const struct field fields[] = { { "sets", IN_QUERY, F_TEXT, 0, .max = 1000 } };
    struct filter      f;
    TRY(form_read(sc, c, fields, COUNT(fields), &f, &q));
    TRY(check_sets(sc, c, q.sets));
    struct facets k;
    TRY(index_facets(sc, c->ix, &f, FACET_ALL & ~(unsigned)FACET_DAY, true, &k));
    const struct release_info *in = c->in;
    struct json                j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, in->release);
    json_key(&j, "total");
    json_u64(&j, k.total);
    json_key(&j, "without_point");
    json_u64(&j, k.without_point);
    put_list(&j, "categories", k.category, in->n_categories);
    put_sections(&j, in, k.category);
    json_key(&j, "first_month");
    if (k.n_months) json_month(&j, k.first_month);
    else json_null(&j);
    put_list(&j, "months", k.month, (size_t)k.n_months);
    put_list(&j, "hourweek", k.hourweek, HOURS_OF_WEEK);
    put_list(&j, "weekday_only", k.hourweek + HOW_DAY, 7);
    json_key(&j, "no_time");
    json_u64(&j, k.hourweek[HOW_NONE]);
    put_list(&j, "outcomes", k.outcome, in->n_outcomes);
    json_key(&j, "areas");
    json_open(&j, '{');
    for (size_t s = 0; s < in->n_sets; s++) {
        if (!is_wanted(q.sets, in->sets[s].key)) continue;
        char key[128];
        snprintf(key, sizeof key, "%.*s", STR(in->sets[s].key));
        put_list(&j, key, k.area[s], in->sets[s].n + 1);
    }
    json_close(&j, '}');
    json_close(&j, '}');
    return OK;
}
