// SPDX-License-Identifier: EUPL-1.2
#include "analysis/counts.h"

#include "analysis/period.h"
#include "base/arena.h"
#include "base/civil.h"
#include "html/text.h"
#include "wire/csv.h"
#include "wire/json.h"

static const struct {
    const char *name;
    enum facet  facet;
} ways[] = {
    [BY_TOTAL] = { "total", 0 },
    [BY_CATEGORY] = { "category", FACET_CATEGORY },
    [BY_MONTH] = { "month", FACET_MONTH },
    [BY_DAY] = { "day", FACET_DAY },
    [BY_HOURWEEK] = { "hourweek", FACET_HOURWEEK },
    [BY_OUTCOME] = { "outcome", FACET_OUTCOME },
    [BY_AREA] = { "area", FACET_AREAS },
};

enum err counts_by_read(struct scope *sc, const struct release_info *in, str text, enum count_by *by,
                        size_t *set)
{
    for (size_t i = 0; i < BY_AREA; i++) {
        if (!str_eq(text, str_of(ways[i].name))) continue;
        *by = (enum count_by)i;
        *set = 0;
        return OK;
    }
    if (!str_starts(text, S("area:")))
        return fail(&sc->fault, ERR_INVALID,
                    "by=%.*s: take one of total, category, month, day, hourweek, outcome, area:SET",
                    STR(text));
    str key = str_slice(text, 5, text.n);
    for (size_t i = 0; i < in->n_sets; i++) {
        if (!str_eq(in->sets[i].key, key)) continue;
        *by = BY_AREA;
        *set = i;
        return OK;
    }
    struct buf names;
    buf_init(&names, 300);
    for (size_t i = 0; i < in->n_sets; i++) buf_printf(&names, "%s%.*s", i ? ", " : "", STR(in->sets[i].key));
    (void)fail(&sc->fault, ERR_INVALID, "by=area:%.*s: there is no such area set; there %s %.*s", STR(key),
               in->n_sets ? "are" : "is", STR(names.n ? buf_str(&names) : S("none")));
    buf_free(&names);
    return ERR_INVALID;
}

str label_in(const str label[LANGUAGES], enum language l, str key)
{
    if (label[l].n) return label[l];
    return label[LANG_EN].n ? label[LANG_EN] : key;
}

str weekday_key(int weekday)
{
    static const char names[7][4] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    return (str){ names[weekday], 3 };
}

void how_key(struct buf *to, unsigned how)
{
    if (how >= HOW_NONE) buf_add(to, S("none"));
    else if (how >= HOW_DAY) buf_add(to, weekday_key((int)how - HOW_DAY));
    else buf_printf(to, "%.3s-%02u", weekday_key((int)how / 24).p, how % 24);
}

// -- rows -----------------------------------------------------------------------------------------

/// Rows with keys of at most 10 bytes are written into the arena through a small buffer of their own.
struct list {
    struct scope     *sc;
    struct count_row *row;
    size_t            n;
    struct buf        text;
};

static enum err list_for(struct list *l, struct scope *sc, size_t max)
{
    *l = (struct list){ .sc = sc, .row = arena_array(sc->mem, struct count_row, max) };
    buf_init(&l->text, 64);
    return l->row ? OK : fail(&sc->fault, ERR_NOMEM, "no room for %zu rows of counts", max);
}

static void list_add(struct list *l, str key, str label, uint64_t count)
{
    l->row[l->n++] = (struct count_row){ key, label, count };
}

/// With the key that stands in l->text, which is also its label. No room shows as a key without bytes:
/// list_end.
static void list_add_text(struct list *l, uint64_t count)
{
    str key = arena_str(l->sc->mem, buf_str(&l->text));
    if (!key.p) l->text.failed = true;
    list_add(l, key, key, count);
    if (!l->text.failed) buf_reset(&l->text);
}

static enum err list_end(struct list *l, struct counts *out)
{
    enum err e = buf_end(l->sc, &l->text);
    buf_free(&l->text);
    out->rows = l->row;
    out->n = l->n;
    return e;
}

static enum err rows_of(struct scope *sc, const struct release_info *in, const struct facets *k,
                        const struct filter *f, enum count_by by, size_t set, enum language l,
                        struct counts *out)
{
    struct list   list;
    struct period p = period_of_filter(in, f);
    switch (by) {
    case BY_TOTAL:
        TRY(list_for(&list, sc, 1));
        list_add(&list, S("total"), S("total"), k->total);
        break;
    case BY_CATEGORY:
        TRY(list_for(&list, sc, in->n_categories));
        for (size_t i = 0; i < in->n_categories; i++) {
            const struct release_category *c = &in->categories[i];
            list_add(&list, c->key, label_in(c->label, l, c->key), k->category[i]);
        }
        break;
    case BY_OUTCOME:
        TRY(list_for(&list, sc, in->n_outcomes));
        for (size_t i = 0; i < in->n_outcomes; i++) {
            const struct release_outcome *o = &in->outcomes[i];
            list_add(&list, o->key.n ? o->key : S("none"), label_in(o->label, l, o->key), k->outcome[i]);
        }
        break;
    case BY_MONTH:
        TRY(list_for(&list, sc, (size_t)k->n_months));
        for (int32_t i = 0; i < k->n_months; i++) {
            int32_t month = k->first_month + i;
            if (civil_day_of_month(month + 1) <= p.from || civil_day_of_month(month) > p.to) continue;
            civil_add_month(&list.text, month);
            list_add_text(&list, k->month[i]);
        }
        break;
    case BY_DAY:
        TRY(list_for(&list, sc, (size_t)k->n_days));
        for (int32_t i = 0; i < k->n_days; i++) {
            if (k->first_day + i < p.from || k->first_day + i > p.to) continue;
            civil_add_day(&list.text, k->first_day + i);
            list_add_text(&list, k->day[i]);
        }
        break;
    case BY_HOURWEEK:
        TRY(list_for(&list, sc, HOW_VALUES));
        for (unsigned how = 0; how < HOW_VALUES; how++) {
            bool possible = in->finest <= (how < HOW_DAY    ? PRECISION_HOUR
                                           : how < HOW_NONE ? PRECISION_DAY
                                                            : PRECISIONS);
            if (!k->hourweek[how] && (!possible || how >= HOW_DAY)) continue;
            how_key(&list.text, how);
            list_add_text(&list, k->hourweek[how]);
        }
        break;
    case BY_AREA: {
        const struct release_set *s = &in->sets[set];
        TRY(list_for(&list, sc, s->n + 1));
        for (size_t i = 0; i < s->n; i++)
            list_add(&list, s->areas[i].code, s->areas[i].name, k->area[set][i]);
        list_add(&list, S("none"), text_of(l, MSG_PAGE_NOWHERE), k->area[set][s->n]);
        break;
    }
    }
    return list_end(&list, out);
}

enum err counts_ask(struct scope *sc, const struct index *ix, const struct filter *f, enum count_by by,
                    size_t set, enum language l, struct counts *out)
{
    const struct release_info *in = index_info(ix);
    struct facets              k = { 0 };
    TRY(index_facets(sc, ix, f, ways[by].facet, false, &k));
    struct counts c = { .release = in->release, .total = k.total, .without_point = k.without_point };
    c.by = by == BY_AREA ? arena_printf(sc->mem, "area:%.*s", STR(in->sets[set].key)) : str_of(ways[by].name);
    TRY(rows_of(sc, in, &k, f, by, set, l, &c));
    *out = c;
    return OK;
}

void counts_json(struct buf *to, const struct counts *c)
{
    struct json j = json_on(to);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->release);
    json_key(&j, "by");
    json_str(&j, c->by);
    json_key(&j, "total");
    json_u64(&j, c->total);
    json_key(&j, "without_point");
    json_u64(&j, c->without_point);
    json_key(&j, "rows");
    json_open(&j, '[');
    for (size_t i = 0; i < c->n; i++) {
        json_open(&j, '{');
        json_key(&j, "key");
        json_str(&j, c->rows[i].key);
        json_key(&j, "label");
        json_str(&j, c->rows[i].label);
        json_key(&j, "count");
        json_u64(&j, c->rows[i].count);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

void counts_csv(struct buf *to, const struct counts *c)
{
    buf_add(to, S("key,label,count\r\n"));
    for (size_t i = 0; i < c->n; i++) {
        csv_add_public(to, c->rows[i].key);
        buf_add_c(to, ',');
        csv_add_public(to, c->rows[i].label);
        buf_add_c(to, ',');
        buf_add_u64(to, c->rows[i].count);
        buf_add(to, S("\r\n"));
    }
}
