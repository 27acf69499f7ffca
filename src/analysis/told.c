// SPDX-License-Identifier: EUPL-1.2
#include "analysis/told.h"

#include "base/arena.h"

static void add(struct told_figures *to, const struct told_figures *f)
{
    for (int i = 0; i < TOLD_COLUMNS; i++) to->n[i] += f->n[i];
}

static bool is_zero(const struct told_figures *f)
{
    for (int i = 0; i < TOLD_COLUMNS; i++)
        if (f->n[i]) return false;
    return true;
}

enum err told_of(struct scope *sc, const struct told_figures *by_kind, size_t kinds, uint64_t least,
                 struct told *out)
{
    struct told t = { .any = true };
    size_t      m = 0;
    if (least < TOLD_LEAST) least = TOLD_LEAST;
    for (size_t i = 0; i < kinds; i++) add(&t.total, &by_kind[i]);
    if (!told_fine(&t.total, least)) {
        *out = (struct told){ 0 };
        return OK;
    }
    while (m < kinds && m < TOLD_KINDS && told_fine(&by_kind[m], least)) m++;
    for (size_t i = m; i < kinds; i++) add(&t.other, &by_kind[i]);
    while (m && !told_fine(&t.other, least)) add(&t.other, &by_kind[--m]);
    struct told_row *row = arena_array(sc->mem, struct told_row, m + 1);
    if (!row) return fail(&sc->fault, ERR_NOMEM, "no room for a table of %zu kinds", m);
    for (size_t i = 0; i < m; i++)
        if (!is_zero(&by_kind[i])) row[t.n++] = (struct told_row){ i, by_kind[i] };
    t.rows = row;
    *out = t;
    return OK;
}
