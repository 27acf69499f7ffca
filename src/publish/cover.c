// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover.h"

#include "seal/random.h"
#include <stdlib.h>

static int cmp_rows(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->month != y->month) return x->month < y->month ? -1 : 1;
    if (x->near != y->near) return x->near < y->near ? -1 : 1;
    return (x->chance > y->chance) - (x->chance < y->chance);
}

struct tally {
    size_t rows, turned;
};

static bool is_enough(struct tally t)
{
    return t.rows >= COVER_RUN && t.rows >= (1 + COVER_EACH) * t.turned;
}

/// Draws from one run; each that did not turn is as likely. How many are lacking.
static uint64_t draw(struct cover_row *row, struct tally t)
{
    size_t others = t.rows - t.turned, want = COVER_EACH * t.turned, left = want < others ? want : others;
    for (size_t i = 0, rest = others; left && i < t.rows; i++) {
        if (row[i].turned) continue;
        row[i].along = random_below((uint32_t)rest--) < left;
        left -= row[i].along;
    }
    return want > others ? want - others : 0;
}

/// A run ends where it and all that is behind it can do without each other.
static uint64_t choose_in_kind(struct cover_row *row, size_t n)
{
    struct tally behind = { .rows = n }, run = { 0 };
    uint64_t     lacking = 0;
    for (size_t i = 0; i < n; i++) behind.turned += row[i].turned;
    for (size_t i = 0; i < n; i++) {
        run.rows++, behind.rows--;
        run.turned += row[i].turned, behind.turned -= row[i].turned;
        if (i + 1 < n && !(is_enough(run) && is_enough(behind))) continue;
        lacking += draw(row + i + 1 - run.rows, run);
        run = (struct tally){ 0 };
    }
    return lacking;
}

uint64_t cover_choose(struct cover_row *row, size_t n)
{
    uint64_t lacking = 0;
    for (size_t i = 0; i < n; i++) row[i].chance = random_u64();
    if (n) qsort(row, n, sizeof *row, cmp_rows);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && row[to].kind == row[from].kind; to++) continue;
        lacking += choose_in_kind(row + from, to - from);
    }
    return lacking;
}
