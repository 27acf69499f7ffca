// SPDX-License-Identifier: EUPL-1.2
#include "publish/text_set.h"

#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct text_set *t, str text)
{
    size_t at = str_hash(text) & (t->n_slots - 1);
    while (t->slot[at] && !str_eq(t->text[t->slot[at]], text)) at = (at + 1) & (t->n_slots - 1);
    return at;
}

static enum err grow(struct scope *sc, struct text_set *t)
{
    struct text_set bigger = { .n = t->n ? t->n : 1, .n_slots = t->n_slots ? 2 * t->n_slots : 256 };
    bigger.text = arena_array(sc->mem, str, bigger.n_slots / 2);
    bigger.slot = arena_array(sc->mem, uint32_t, bigger.n_slots);
    if (!bigger.text || !bigger.slot) return fail(&sc->fault, ERR_NOMEM, "no room for %zu texts", t->n);
    if (t->n) memcpy(bigger.text, t->text, t->n * sizeof *t->text);
    for (size_t i = 1; i < bigger.n; i++) bigger.slot[slot_of(&bigger, bigger.text[i])] = (uint32_t)i;
    *t = bigger;
    return OK;
}

enum err text_set_add(struct scope *sc, struct text_set *t, str text, uint32_t *number)
{
    if (t->n == t->n_slots / 2) TRY(grow(sc, t));
    if (!text.n) {
        *number = 0;
        return OK;
    }
    size_t slot = slot_of(t, text);
    if (!t->slot[slot]) {
        str copy = arena_str(sc->mem, text);
        if (!copy.p) return fail(&sc->fault, ERR_NOMEM, "no room for %zu texts", t->n);
        if (t->n >= UINT32_MAX) return fail(&sc->fault, ERR_LIMIT, "more than %zu texts", t->n);
        t->text[t->n] = copy;
        t->slot[slot] = (uint32_t)t->n++;
    }
    *number = t->slot[slot];
    return OK;
}

uint32_t text_set_find(const struct text_set *t, str text)
{
    return text.n && t->n_slots ? t->slot[slot_of(t, text)] : 0;
}

static int cmp_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

void text_set_sort(struct text_set *t)
{
    if (t->n < 2) return;
    qsort(t->text + 1, t->n - 1, sizeof *t->text, cmp_text);
    memset(t->slot, 0, t->n_slots * sizeof *t->slot);
    for (size_t i = 1; i < t->n; i++) t->slot[slot_of(t, t->text[i])] = (uint32_t)i;
}
