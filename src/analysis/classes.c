// SPDX-License-Identifier: EUPL-1.2
#include "analysis/classes.h"

#include "base/arena.h"
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/// The largest readable number that is not above v.
static uint32_t readable_below(uint32_t v)
{
    static const uint32_t steps[] = { 10, 12, 15, 20, 25, 30, 40, 50, 60, 80 }; // tenths
    if (v < 4) return v;
    uint64_t unit = 1, best = 1;
    for (; unit <= v; unit *= 10)
        for (size_t i = 0; i < COUNT(steps); i++) {
            uint64_t r = unit * steps[i] / 10;
            if (unit * steps[i] % 10 == 0 && r <= v && r > best) best = r;
        }
    return (uint32_t)best;
}

enum err classes_of(struct scope *sc, const uint32_t *count, size_t n, struct classes *out)
{
    struct arena_mark mark = arena_mark(sc->mem);
    uint32_t         *sorted = arena_array(sc->mem, uint32_t, n ? n : 1);
    if (!sorted) return fail(&sc->fault, ERR_NOMEM, "no room to sort %zu cells", n);
    static const double shares[CLASSES_MAX - 1] = { 0.36, 0.6, 0.78, 0.91,
                                                    0.975 }; // of the cells below each limit
    size_t              k = 0;
    for (size_t i = 0; i < n; i++)
        if (count[i]) sorted[k++] = count[i];
    struct classes c = { 0 };
    if (k) {
        qsort(sorted, k, sizeof *sorted, by_size);
        c.max = sorted[k - 1];
        c.from[c.n++] = readable_below(sorted[0]);
        for (size_t i = 0; i < COUNT(shares); i++) {
            size_t   at = (size_t)(shares[i] * (double)k);
            uint32_t from = readable_below(sorted[at < k ? at : k - 1]);
            if (from > c.from[c.n - 1]) c.from[c.n++] = from;
        }
    }
    arena_back(sc->mem, mark);
    *out = c;
    return OK;
}

size_t classes_find(const struct classes *c, uint32_t count)
{
    size_t i = 0;
    while (i + 1 < c->n && count >= c->from[i + 1]) i++;
    return i;
}
