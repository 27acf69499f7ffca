// SPDX-License-Identifier: EUPL-1.2
#include "publish/fingerprint.h"

#include "base/arena.h"
#include "seal/hash.h"
#include <stdlib.h>
#include <string.h>

/// A chain: each part is hashed with all before it, so no two lists of parts run into each other.
static void add(struct hash128 *h, str bytes)
{
    struct hash128 link[2] = { *h, hash_content(bytes) };
    *h = hash_content((str){ (const char *)link, sizeof link });
}

static void add_number(struct hash128 *h, int64_t v)
{
    add(h, (str){ (const char *)&v, sizeof v });
}

/// Points and ends of rings as they lie in memory: a database that is moved to another kind of machine is asked about.
static void add_array(struct hash128 *h, const void *p, size_t n, size_t size)
{
    add(h, n ? (str){ p, n * size } : S(""));
}

static enum err hex_of(struct scope *sc, const struct hash128 *h, str *out)
{
    *out = arena_printf(sc->mem, "%016llx%016llx", (unsigned long long)h->hi, (unsigned long long)h->lo);
    return out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the fingerprint of the regions");
}

static int by_place(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

static enum err anchors_of(struct scope *sc, const struct region_basis *b, str *out)
{
    struct hash128 h = { 0 };
    add_number(&h, REGION_PRINT_FORM);
    add_number(&h, b->level);
    for (size_t i = 0; i < b->n_list; i++) add_array(&h, &b->list[i].at, 1, sizeof b->list[i].at);
    return hex_of(sc, &h, out);
}

static enum err rule_of(struct scope *sc, const struct region_basis *b, str *out)
{
    const struct region_rule *rule = &b->policy->regions;
    struct hash128            h = { 0 };
    add_number(&h, rule->by);
    add_array(&h, &rule->least, 1, sizeof rule->least);
    add(&h, rule->by == REGION_INHABITANTS ? rule->set : S(""));
    if (rule->by == REGION_ADDRESSES && b->n_addresses) {
        struct point *p = malloc(b->n_addresses * sizeof *p);
        if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for %zu addresses", b->n_addresses);
        memcpy(p, b->addresses, b->n_addresses * sizeof *p);
        qsort(p, b->n_addresses, sizeof *p, by_place);
        add_array(&h, p, b->n_addresses, sizeof *p);
        free(p);
    }
    return hex_of(sc, &h, out);
}

static void add_area(struct hash128 *h, const struct release_area *a, bool people)
{
    add(h, a->code);
    add(h, a->parent);
    add_array(h, a->point, a->n_points, sizeof *a->point);
    add_array(h, a->ring_end, a->n_rings, sizeof *a->ring_end);
    if (people) add_number(h, (int64_t)a->n_figures);
    for (size_t i = 0; people && i < a->n_figures; i++) {
        add_number(h, a->figures[i].year);
        add_number(h, a->figures[i].population);
    }
}

static enum err sets_of(struct scope *sc, const struct region_basis *b, str *out)
{
    bool           people = b->policy->regions.by == REGION_INHABITANTS;
    struct hash128 h = { 0 };
    for (size_t k = 0; k < b->atlas->n_sets; k++) {
        const struct release_set *s = &b->atlas->set[k];
        add(&h, s->key);
        add_number(&h, (int64_t)s->n);
        for (size_t i = 0; i < s->n; i++) add_area(&h, &s->areas[i], people);
    }
    return hex_of(sc, &h, out);
}

enum err fingerprint_of(struct scope *sc, const struct region_basis *b, struct region_print *out)
{
    struct region_print p = { 0 };
    TRY(anchors_of(sc, b, &p.anchors));
    TRY(rule_of(sc, b, &p.rule));
    TRY(sets_of(sc, b, &p.sets));
    *out = p;
    return OK;
}
