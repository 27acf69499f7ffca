// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover.h"

#include "seal/random.h"
#include <stdlib.h>

// -- which kinds share a line -------------------------------------------------------------------------------------------

static int cmp_kinds(const void *a, const void *b)
{
    const struct cover_kind *x = a, *y = b;
    if (x->until != y->until) return x->until < y->until ? -1 : 1;
    if (x->class != y->class) return x->class - y->class;
    if (x->section != y->section) return x->section - y->section;
    if (x->category != y->category) return x->category < y->category ? -1 : 1;
    return (int)x->kinds - (int)y->kinds;
}

/// Lines that are too short become one, and it joins the longest if it is too short itself.
static void join_short(struct cover_kind *k, size_t n)
{
    const struct cover_kind *first = NULL, *longest = NULL;
    uint64_t                 rows = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_short = k[i].in_line < COVER_RUN;
        if (is_short) rows += k[i].rows;
        if (is_short && !first) first = &k[i];
        if (!is_short && (!longest || k[i].in_line > longest->in_line)) longest = &k[i];
    }
    if (!first) return;
    bool     joins = longest && rows < COVER_RUN;
    uint32_t line = joins ? longest->line : first->line;
    if (joins) rows += longest->in_line;
    for (size_t i = 0; i < n; i++)
        if (k[i].in_line < COVER_RUN || k[i].line == line) k[i].line = line, k[i].in_line = rows;
}

static bool is_like(const struct cover_kind *a, const struct cover_kind *b)
{
    return a->until == b->until && a->class == b->class;
}

void cover_lines(struct cover_kind *k, size_t n)
{
    if (n) qsort(k, n, sizeof *k, cmp_kinds);
    for (size_t i = 0; i < n; i++) k[i].line = (uint32_t)i, k[i].in_line = k[i].rows;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && is_like(&k[to], &k[from]) && k[to].section == k[from].section; to++)
            continue;
        join_short(k + from, to - from);
    }
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && is_like(&k[to], &k[from]); to++) continue;
        join_short(k + from, to - from);
    }
    // Of what comes back there may be few of a class, and who is left out alone is named.
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && k[to].until == k[from].until; to++) continue;
        if (k[from].until) join_short(k + from, to - from);
    }
}

// -- who goes along -----------------------------------------------------------------------------------------------------

static int cmp_rows(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
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

static struct tally tally_of(const struct cover_row *row, size_t n)
{
    struct tally t = { .rows = n };
    for (size_t i = 0; i < n; i++) t.turned += row[i].turned;
    return t;
}

/// A run ends where it and all that is behind it can do without each other.
static uint64_t choose_in_part(struct cover_row *row, size_t n)
{
    struct tally behind = tally_of(row, n), run = { 0 };
    uint64_t     lacking = 0;
    for (size_t i = 0; i < n; i++) {
        run.rows++, behind.rows--;
        run.turned += row[i].turned, behind.turned -= row[i].turned;
        if (i + 1 < n && !(is_enough(run) && is_enough(behind))) continue;
        lacking += draw(row + i + 1 - run.rows, run);
        run = (struct tally){ 0 };
    }
    return lacking;
}

static int32_t half_of(const struct cover_row *row)
{
    return (row->month >= 0 ? row->month : row->month - 5) / 6;
}

/// Who turned is counted by half-year: cover from another would tell more of those who left this one. So a line is cut into
/// half-years first, wherever both sides can do without each other.
static uint64_t choose_in_line(struct cover_row *row, size_t n)
{
    uint64_t lacking = 0;
    size_t   from = 0;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && (half_of(&row[i]) == half_of(&row[i - 1]) ||
                      !is_enough(tally_of(row + from, i - from)) || !is_enough(tally_of(row + i, n - i))))
            continue;
        lacking += choose_in_part(row + from, i - from);
        from = i;
    }
    return lacking;
}

uint64_t cover_choose(struct cover_row *row, size_t n)
{
    uint64_t lacking = 0;
    for (size_t i = 0; i < n; i++) row[i].chance = random_u64();
    if (n) qsort(row, n, sizeof *row, cmp_rows);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && row[to].line == row[from].line; to++) continue;
        lacking += choose_in_line(row + from, to - from);
    }
    return lacking;
}
