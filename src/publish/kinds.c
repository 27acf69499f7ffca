// SPDX-License-Identifier: EUPL-1.2
#include "publish/kinds.h"

#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static size_t home_of(const struct kinds *k, const int32_t *category, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) h = (h ^ (uint32_t)category[i]) * 0x9E3779B97F4A7C15u;
    return (size_t)(h >> 32) & (k->slots - 1);
}

/// The slot in which the set stands or would stand.
static size_t find(const struct kinds *k, const int32_t *category, size_t n)
{
    size_t i = home_of(k, category, n);
    for (; k->slot[i]; i = (i + 1) & (k->slots - 1)) {
        const struct kind_set *s = &k->set[k->slot[i] - 1];
        if (s->n == n && !memcmp(s->category, category, n * sizeof *category)) break;
    }
    return i;
}

static enum err grow(struct scope *sc, struct kinds *k)
{
    size_t           room = k->room ? 2 * k->room : 64, slots = 4 * room;
    struct kind_set *set = reallocarray(k->set, room, sizeof *set);
    if (set) k->set = set;
    uint32_t *slot = set ? calloc(slots, sizeof *slot) : NULL;
    if (!slot) return fail(&sc->fault, ERR_NOMEM, "no room for the categories that incidents carry together");
    free(k->slot);
    k->slot = slot;
    k->slots = slots;
    k->room = room;
    for (size_t i = 0; i < k->n; i++) k->slot[find(k, k->set[i].category, k->set[i].n)] = (uint32_t)i + 1;
    return OK;
}

static enum err add(struct scope *sc, struct kinds *k, const int32_t *category, size_t n, uint16_t *number)
{
    if (k->n == k->room) TRY(grow(sc, k));
    size_t at = find(k, category, n);
    if (!k->slot[at]) {
        if (k->n == KINDS_MAX_SETS)
            return fail(&sc->fault, ERR_LIMIT, "incidents carry more than %d different sets of categories",
                        KINDS_MAX_SETS);
        int32_t *own = arena_array(sc->mem, int32_t, n);
        if (!own)
            return fail(&sc->fault, ERR_NOMEM, "no room for the categories that incidents carry together");
        memcpy(own, category, n * sizeof *own);
        k->set[k->n++] = (struct kind_set){ own, n };
        k->slot[at] = (uint32_t)k->n;
    }
    *number = (uint16_t)k->slot[at];
    return OK;
}

enum err kinds_put(struct scope *sc, struct kinds *k, int32_t category, const int32_t *further, size_t n,
                   uint16_t *number)
{
    int32_t all[KINDS_MAX_CATEGORIES];
    size_t  kept = 1;
    if (n >= KINDS_MAX_CATEGORIES)
        return fail(&sc->fault, ERR_LIMIT, "an incident carries %zu categories; publication takes %d", n + 1,
                    KINDS_MAX_CATEGORIES);
    all[0] = category;
    if (n) memcpy(all + 1, further, n * sizeof *all);
    qsort(all, n + 1, sizeof *all, by_id);
    for (size_t i = 1; i <= n; i++)
        if (all[i] != all[kept - 1]) all[kept++] = all[i];
    *number = 0;
    return kept == 1 ? OK : add(sc, k, all, kept, number);
}

void kinds_free(struct kinds *k)
{
    free(k->set);
    free(k->slot);
    *k = (struct kinds){ 0 };
}
