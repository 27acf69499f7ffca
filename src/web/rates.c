// SPDX-License-Identifier: EUPL-1.2
#include "web/rates.h"

#include "base/arena.h"
#include "web/words.h"
#include <stdlib.h>

static int by_row_label(const void *a, const void *b)
{
    return str_cmp(((const struct area_row_view *)a)->label, ((const struct area_row_view *)b)->label);
}

enum err area_rows_of(struct scope *sc, struct call *c, size_t set, const struct filter *f,
                      const struct comparison *k, struct area_rows_view *out)
{
    const struct release_set *s = &c->in->sets[set];
    struct area_row_view     *r = arena_array(sc->mem, struct area_row_view, k->n + 1);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for %zu areas", k->n);
    for (size_t i = 0; i < k->n; i++) {
        const struct compared *a = &k->areas[i];
        bool                   known = a->rate.known;
        r[i] = (struct area_row_view){
            .key = arena_printf(sc->mem, "%.*s:%.*s", STR(s->key), STR(s->areas[i].code)),
            .label = s->areas[i].name,
            .url = url_area(&c->links, set, i, f),
            .count = word_count(sc, c->lang, a->count),
            .population = a->population >= 0 ? word_count(sc, c->lang, (uint64_t)a->population) : S("–"),
            .rate = known ? word_fixed(sc, c->lang, a->rate.value, 1) : S("–"),
            .rate_range = known ? word_range(sc, c->lang, a->rate.limits, 1) : S("–"),
            .small = a->small,
            .above = !a->small && (a->funnel == FUNNEL_ABOVE_95 || a->funnel == FUNNEL_ABOVE_998),
            .below = !a->small && (a->funnel == FUNNEL_BELOW_95 || a->funnel == FUNNEL_BELOW_998),
            .far = a->funnel == FUNNEL_ABOVE_998 || a->funnel == FUNNEL_BELOW_998,
            .within = !a->small && a->funnel == FUNNEL_WITHIN,
        };
    }
    qsort(r, k->n, sizeof *r, by_row_label);
    *out = (struct area_rows_view){ .caption = s->name, .areas = r, .n_areas = k->n };
    return OK;
}
