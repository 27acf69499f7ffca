// SPDX-License-Identifier: EUPL-1.2
#include "publish/dictionary.h"

#include "base/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_IDS = 1 << 20 /* ids of categories, outcomes and sources are counted up from 1 by the store */ };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the dictionary of the release");
}

enum err dictionary_index(struct scope *sc, const void *list, size_t n, size_t size, size_t id_at,
                          struct entry **out, size_t *n_out)
{
    int32_t max = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t id = *(const int32_t *)((const char *)list + i * size + id_at);
        if (id < 1 || id >= MAX_IDS)
            return fail(&sc->fault, ERR_LIMIT, "a store id of %d is out of bounds", id);
        if (id > max) max = id;
    }
    struct entry *e = arena_array(sc->mem, struct entry, (size_t)max + 1);
    if (!e) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        int32_t id = *(const int32_t *)((const char *)list + i * size + id_at);
        e[id] = (struct entry){ .at = (uint32_t)i, .known = true };
    }
    *out = e;
    *n_out = (size_t)max + 1;
    return OK;
}

struct sorted { // by what the release's order goes by, and not by store ids: those depend on withheld rows,
                // too
    int           iccs;
    str           key;
    struct entry *entry;
};

static int cmp_sorted(const void *a, const void *b)
{
    const struct sorted *x = a, *y = b;
    return x->iccs != y->iccs ? x->iccs - y->iccs : str_cmp(x->key, y->key);
}

static size_t count_used(const struct entry *e, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) used += e[i].used;
    return used;
}

static enum err number_sources(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                 n = count_used(v->source, p->n_source), k = 0;
    struct sorted         *s = arena_array(sc->mem, struct sorted, n);
    struct release_source *out = arena_array(sc->mem, struct release_source, n);
    if (!s || !out) return no_room(sc);
    if (n > UINT16_MAX)
        return fail(&sc->fault, ERR_LIMIT, "%zu sources; a release holds at most %d", n, UINT16_MAX);
    for (size_t i = 0; i < p->n_source; i++)
        if (v->source[i].used) s[k++] = (struct sorted){ 0, p->sources[v->source[i].at].key, &v->source[i] };
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct source *from = &p->sources[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_source){ from->key,      from->name,        from->licence, from->licence_url,
                                          from->homepage, from->attribution, from->caveat };
    }
    v->info.sources = out;
    v->info.n_sources = n;
    return OK;
}

static enum err number_categories(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                   n = count_used(v->category, p->n_category), k = 0;
    struct sorted           *s = arena_array(sc->mem, struct sorted, n);
    struct release_category *out = arena_array(sc->mem, struct release_category, n);
    if (!s || !out) return no_room(sc);
    if (n > MAX_CATEGORIES)
        return fail(&sc->fault, ERR_LIMIT, "%zu categories; a release holds at most %d", n, MAX_CATEGORIES);
    for (size_t i = 0; i < p->n_category; i++) {
        const struct category *c = &p->categories[v->category[i].at];
        if (v->category[i].used) s[k++] = (struct sorted){ c->iccs, c->key, &v->category[i] };
    }
    qsort(s, n, sizeof *s, cmp_sorted);
    for (size_t i = 0; i < n; i++) {
        const struct category *from = &p->categories[s[i].entry->at];
        s[i].entry->number = (uint16_t)i;
        out[i] = (struct release_category){ .key = from->key,
                                            .iccs = from->iccs,
                                            .source = v->source[s[i].entry->source].number };
        for (int l = 0; l < LANGUAGES; l++) out[i].label[l] = from->label[l];
    }
    v->info.categories = out;
    v->info.n_categories = n;
    return OK;
}

static int cmp_mixes(const void *a, const void *b)
{
    const struct release_mix *x = a, *y = b;
    for (size_t i = 0; i < x->n && i < y->n; i++)
        if (x->category[i] != y->category[i]) return x->category[i] < y->category[i] ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static int cmp_numbers(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/// The store's set of categories in the release's numbers.
static enum err mix_of(struct scope *sc, const struct survey *v, struct kind_set set, struct release_mix *out)
{
    uint16_t *number = arena_array(sc->mem, uint16_t, set.n);
    if (!number) return no_room(sc);
    for (size_t i = 0; i < set.n; i++) number[i] = v->category[set.category[i]].number;
    qsort(number, set.n, sizeof *number, cmp_numbers);
    *out = (struct release_mix){ number, set.n };
    return OK;
}

/// In an order that hangs on nothing but what they hold.
static enum err number_mixes(struct scope *sc, const struct publication *p, struct survey *v)
{
    const struct kinds *all = facts_kinds(p->facts);
    size_t              n = 0;
    for (size_t k = 1; k <= all->n; k++) n += v->mix_used[k];
    struct release_mix *mix = arena_array(sc->mem, struct release_mix, n), one;
    v->mix = arena_array(sc->mem, uint16_t, all->n + 1);
    if (!mix || !v->mix) return no_room(sc);
    if (n > MAX_MIXES)
        return fail(&sc->fault, ERR_LIMIT, "%zu mixes of categories; a release holds at most %d", n,
                    MAX_MIXES);
    n = 0;
    for (size_t k = 1; k <= all->n; k++)
        if (v->mix_used[k]) TRY(mix_of(sc, v, kinds_get(all, (uint16_t)k), &mix[n++]));
    qsort(mix, n, sizeof *mix, cmp_mixes);
    for (size_t k = 1; k <= all->n; k++) {
        if (!v->mix_used[k]) continue;
        TRY(mix_of(sc, v, kinds_get(all, (uint16_t)k), &one));
        const struct release_mix *at = bsearch(&one, mix, n, sizeof *mix, cmp_mixes);
        v->mix[k] = (uint16_t)(v->info.n_categories + (size_t)(at - mix));
    }
    v->info.mixes = mix;
    v->info.n_mixes = n;
    return OK;
}

static const struct release_outcome outcome_other = {
    .key = { "other", 5 },
    .label = { { "Other", 5 }, { "Jiné", sizeof "Jiné" - 1 }, { "Інше", sizeof "Інше" - 1 } },
    .is = OUTCOME_OPEN
};

void dictionary_hide_words(const struct publication *p, struct survey *v)
{
    for (size_t i = 0; i < p->n_outcome; i++)
        v->outcome[i].other =
            v->outcome[i].known && (!p->outcomes[v->outcome[i].at].named ||
                                    str_eq(p->outcomes[v->outcome[i].at].key, outcome_other.key));
}

static enum err number_outcomes(struct scope *sc, const struct publication *p, struct survey *v)
{
    size_t                  n = count_used(v->outcome, p->n_outcome), k = 0, at = 1, other = 0;
    struct sorted          *s = arena_array(sc->mem, struct sorted, n);
    struct release_outcome *out = arena_array(sc->mem, struct release_outcome, n + 1);
    if (!s || !out) return no_room(sc);
    for (size_t i = 0; i < p->n_outcome; i++) {
        struct entry *e = &v->outcome[i];
        if (e->used) s[k++] = (struct sorted){ 0, e->other ? outcome_other.key : p->outcomes[e->at].key, e };
    }
    qsort(s, n, sizeof *s, cmp_sorted);
    out[0] = (struct release_outcome){ .key = S("none"),
                                       .label = { S("Not recorded"), S("Neuvedeno"), S("Не зазначено") },
                                       .is = OUTCOME_OPEN };
    for (size_t i = 0; i < n; i++) {
        const struct outcome *from = &p->outcomes[s[i].entry->at];
        s[i].entry->number = (uint16_t)(s[i].entry->other && other ? other : at);
        if (s[i].entry->number < at) continue;
        if (s[i].entry->other) {
            other = at;
            out[at++] = outcome_other;
            continue;
        }
        out[at] = (struct release_outcome){ .key = from->key, .is = from->is };
        for (int l = 0; l < LANGUAGES; l++) out[at].label[l] = from->label[l];
        at++;
    }
    if (at > MAX_OUTCOMES)
        return fail(&sc->fault, ERR_LIMIT, "%zu outcomes; a release holds at most %d", at - 1,
                    MAX_OUTCOMES - 1);
    v->info.outcomes = out;
    v->info.n_outcomes = at;
    return OK;
}

/// Each text that a tier tells is looked up once, though a million incidents may have it.
static enum err number_texts(struct scope *sc, const struct publication *p, struct survey *v)
{
    AUTO(buf_free) struct buf text;
    buf_init(&text, STORE_MAX_TEXT + 1);
    for (size_t i = 1; v->number && i < p->n_texts; i++) {
        if (!v->number[i]) continue;
        TRY(store_text(sc, p->st, (int64_t)i, &text));
        TRY(text_set_add(sc, &v->texts, buf_str(&text), &v->number[i]));
    }
    struct arena_mark mark = arena_mark(sc->mem);
    str              *before = arena_array(sc->mem, str, v->texts.n);
    if (!before) return no_room(sc);
    memcpy(before, v->texts.text, v->texts.n * sizeof *before);
    text_set_sort(&v->texts);
    for (size_t i = 1; v->number && i < p->n_texts; i++)
        if (v->number[i]) v->number[i] = text_set_find(&v->texts, before[v->number[i]]);
    arena_back(sc->mem, mark);
    v->info.places = v->texts.text;
    v->info.n_places = v->texts.n;
    return OK;
}

static enum err choose_grid(struct scope *sc, const struct publication *p, struct survey *v)
{
    uint32_t y = survey_row(p, v->census);
    unsigned level = anchor_level(v->policy->anchor_grid_m, y);
    v->info.anchor_level = (uint8_t)level;
    double side_m = ldexp(mercator_unit_m(y), (int)(32 - level)), hectares = side_m * side_m / 10000;
    v->info.anchor_m = (uint32_t)lround(side_m);
    if (v != &p->tier[TIER_PUBLIC] || p->policy->regions.by != REGION_HECTARES ||
        hectares >= p->policy->regions.least)
        return OK;
    return fail(&sc->fault, ERR_INVALID,
                "the policy wants regions of at least %g ha, and a cell of its grid of %u m has %.1f; choose "
                "a wider grid",
                p->policy->regions.least, v->policy->anchor_grid_m, hectares);
}

enum err dictionary_number(struct scope *sc, const struct publication *p, struct survey *v)
{
    TRY(number_sources(sc, p, v));
    TRY(number_categories(sc, p, v));
    TRY(number_mixes(sc, p, v));
    TRY(number_outcomes(sc, p, v));
    TRY(number_texts(sc, p, v));
    return v->policy->anchor_grid_m ? choose_grid(sc, p, v) : OK;
}
