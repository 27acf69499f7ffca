// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover.h"

#include "publish/cover_places.h"
#include "seal/random.h"
#include <stdlib.h>

// -- which kinds share a line -------------------------------------------------------------------------------------------

static int cmp_kinds(const void *a, const void *b)
{
    const struct cover_kind *x = a, *y = b;
    if (x->until != y->until) return x->until < y->until ? -1 : 1;
    if (x->class != y->class) return x->class - y->class;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
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
        bool is_short = k[i].in_line < COVER_LINE;
        if (is_short) rows += k[i].rows;
        if (is_short && !first) first = &k[i];
        if (!is_short && (!longest || k[i].in_line > longest->in_line)) longest = &k[i];
    }
    if (!first) return;
    bool     joins = longest && rows < COVER_LINE;
    uint32_t line = joins ? longest->line : first->line;
    if (joins) rows += longest->in_line;
    for (size_t i = 0; i < n; i++)
        if (k[i].in_line < COVER_LINE || k[i].line == line) k[i].line = line, k[i].in_line = rows;
}

/// How much two kinds have in common.
enum likeness { LIKE_END, LIKE_CLASS, LIKE_SOURCE, LIKE_SECTION };

static bool is_like(const struct cover_kind *a, const struct cover_kind *b, enum likeness l)
{
    return a->until == b->until && (l < LIKE_CLASS || a->class == b->class) &&
           (l < LIKE_SOURCE || a->source == b->source) && (l < LIKE_SECTION || a->section == b->section);
}

static void join_alike(struct cover_kind *k, size_t n, enum likeness l)
{
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && is_like(&k[to], &k[from], l); to++) continue;
        // Of what comes back there may be few of a class, and who is left out alone is named.
        if (l > LIKE_END || k[from].until) join_short(k + from, to - from);
    }
}

void cover_lines(struct cover_kind *k, size_t n)
{
    if (n) qsort(k, n, sizeof *k, cmp_kinds);
    for (size_t i = 0; i < n; i++) k[i].line = (uint32_t)i, k[i].in_line = k[i].rows;
    for (int l = LIKE_SECTION; l >= LIKE_END; l--) join_alike(k, n, (enum likeness)l);
}

// -- who goes along -----------------------------------------------------------------------------------------------------

static int cmp_rows(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (cover_half_of(x) != cover_half_of(y)) return cover_half_of(x) < cover_half_of(y) ? -1 : 1;
    if (x->before != y->before) return x->before < y->before ? -1 : 1;
    if (x->month != y->month) return x->month < y->month ? -1 : 1;
    if (x->near != y->near) return x->near < y->near ? -1 : 1;
    return (x->chance > y->chance) - (x->chance < y->chance);
}

struct tally {
    size_t rows, turned, along, want;
};

static void count(struct tally *t, const struct cover_row *row)
{
    t->rows++;
    t->turned += row->turned;
    t->along += row->along;
    t->want += row->want;
}

static struct tally less(struct tally all, const struct tally *t)
{
    all.rows -= t->rows;
    all.turned -= t->turned;
    all.along -= t->along;
    all.want -= t->want;
    return all;
}

static size_t others(const struct tally *t)
{
    return t->rows - t->turned - t->along;
}

static bool is_enough(const struct tally *t)
{
    return t->rows >= COVER_RUN && others(t) >= t->want;
}

/// Draws from one run; each that did not turn is as likely. How many are lacking.
static uint64_t draw(struct cover_row *row, const struct tally *t)
{
    size_t rest = others(t), left = t->want < rest ? t->want : rest, lacking = t->want - left;
    for (size_t i = 0; left && i < t->rows; i++) {
        if (row[i].turned || row[i].along) continue;
        row[i].along = random_below((uint32_t)rest--) < left;
        left -= row[i].along;
    }
    return lacking;
}

static struct tally tally_of(const struct cover_row *row, size_t n)
{
    struct tally t = { 0 };
    for (size_t i = 0; i < n; i++) count(&t, &row[i]);
    return t;
}

/// A run ends where it and all that is behind it can do without each other.
static uint64_t choose_in_part(struct cover_row *row, size_t n)
{
    const struct tally all = tally_of(row, n);
    struct tally       seen = { 0 }, run = { 0 };
    uint64_t           lacking = 0;
    for (size_t i = 0; i < n; i++) {
        count(&run, &row[i]);
        count(&seen, &row[i]);
        struct tally behind = less(all, &seen);
        if (i + 1 < n && !(is_enough(&run) && is_enough(&behind))) continue;
        lacking += draw(row + i + 1 - run.rows, &run);
        run = (struct tally){ 0 };
    }
    return lacking;
}

static bool can_part(const struct cover_row *row, size_t n, size_t at)
{
    struct tally first = tally_of(row, at), second = tally_of(row + at, n - at);
    return is_enough(&first) && is_enough(&second);
}

static bool is_alike(const struct cover_row *a, const struct cover_row *b)
{
    return cover_half_of(a) == cover_half_of(b) && !a->before == !b->before;
}

/// Who turned is counted by half-year: cover from another would tell more of those who left this one. And where none has left
/// before, none of the cover has. So a line is cut there first, wherever both sides can do without each other.
static uint64_t choose_in_line(struct cover_row *row, size_t n)
{
    uint64_t lacking = 0;
    size_t   from = 0;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && (is_alike(&row[i], &row[i - 1]) || !can_part(row + from, n - from, i - from))) continue;
        lacking += choose_in_part(row + from, i - from);
        from = i;
    }
    return lacking;
}

bool cover_choose(struct cover_row *row, size_t n, struct cover_short *out)
{
    *out = (struct cover_short){ 0 };
    for (size_t i = 0; i < n; i++) {
        row[i].chance = random_u64();
        row[i].want = row[i].turned ? COVER_EACH - row[i].has : 0;
    }
    if (!cover_places(row, n, &out->together)) return false;
    if (n) qsort(row, n, sizeof *row, cmp_rows);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && row[to].line == row[from].line; to++) continue;
        out->rows += choose_in_line(row + from, to - from);
    }
    return true;
}
