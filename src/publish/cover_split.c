// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover_split.h"

#include <stdlib.h>
#include <string.h>

enum { CHANGES = 1 << 8 };

/// Of one part of rows: each of the same key.
struct part {
    uint64_t key;
    size_t   from, rows;
    size_t   free, want; // that may go along; that must still
    bool     joined;     // with others, as the last
};
struct split {
    struct cover_row   *row;
    struct part        *part; // [room]
    size_t              room;
    struct cover_parts *out;
    uint32_t            line; // that is parted
    bool                no_room;
};

static int by_line(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->incident > y->incident) - (x->incident < y->incident);
}

static int by_month(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    return (x->month > y->month) - (x->month < y->month);
}

static int by_key(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

// -- parting --------------------------------------------------------------------------------------------------------------

static bool any_turned(const struct cover_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (row[i].turned) return true;
    return false;
}

static struct part *part_room(struct split *s, size_t n)
{
    if (n <= s->room) return s->part;
    struct part *more = reallocarray(s->part, n, sizeof *more);
    if (!more) return s->no_room = true, NULL;
    s->room = n;
    return s->part = more;
}

static size_t wants(const struct cover_row *row)
{
    return row->turned ? COVER_EACH - row->has : 0;
}

/// Rows by their keys; how many keys. Those of the key 0 stand for the rest in any case.
static size_t parts_of(struct split *s, struct cover_row *row, size_t n)
{
    size_t parts = 0;
    qsort(row, n, sizeof *row, by_key);
    for (size_t i = 0; i < n; i++) {
        if (!i || row[i].key != row[i - 1].key) {
            if (!part_room(s, parts + 1)) return 0;
            s->part[parts++] = (struct part){ .key = row[i].key, .from = i };
        }
        s->part[parts - 1].rows++;
        s->part[parts - 1].free += !row[i].turned && !row[i].along;
        s->part[parts - 1].want += wants(&row[i]);
    }
    return parts;
}

/// All of a part that has too few go along; so that what it still wants comes from others, and can be told from it.
static void take_all(struct cover_row *row, struct part *p)
{
    size_t to = 0;
    for (size_t i = 0; i < p->rows; i++) {
        row[i].unlike |= row[i].turned;
        if (row[i].turned || row[i].along) continue;
        while (!wants(&row[to])) to = (to + 1) % p->rows;
        row[i].along = true, row[to].has++;
        to = (to + 1) % p->rows;
    }
    p->want -= p->free;
    p->free = 0;
}

/// With all others that are joined. What is wanted there, and what is free.
static void join(struct part *p, struct part *rest)
{
    p->joined = true;
    rest->free += p->free, rest->want += p->want;
}

/// Parts that lose none, or have too few others, are one; where that has too few, the largest of the others joins it. Gives all rows of what
/// is joined the key 0, and orders the rows by key.
static void part_by_key(struct split *s, struct cover_row *row, size_t n)
{
    size_t      parts = parts_of(s, row, n);
    struct part rest = { 0 };
    for (size_t i = 0; i < parts; i++) {
        struct part *p = &s->part[i];
        if (p->key && p->want > p->free) take_all(row + p->from, p);
        if (!p->key || !p->want || p->want > p->free) join(p, &rest);
    }
    while (rest.want > rest.free) {
        struct part *largest = NULL;
        for (size_t i = 0; i < parts; i++)
            if (!s->part[i].joined && (!largest || s->part[i].rows > largest->rows)) largest = &s->part[i];
        if (!largest) break;
        join(largest, &rest);
    }
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < s->part[i].rows && s->part[i].joined; k++) row[s->part[i].from + k].key = 0;
    qsort(row, n, sizeof *row, by_key);
}

/// Goes through the parts of rows that stand by their keys. How many rows the one at `from` has.
static size_t part_rows(const struct cover_row *row, size_t n, size_t from)
{
    size_t to = from + 1;
    while (to < n && row[to].key == row[from].key) to++;
    return to - from;
}

// -- by what ----------------------------------------------------------------------------------------------------------------

/// The part is done: a line of its own.
static void settle(struct split *s, struct cover_row *row, size_t n)
{
    struct cover_parts *o = s->out;
    uint32_t           *more = reallocarray(o->of, o->n + 1, sizeof *more);
    if (!more) {
        s->no_room = true;
        return;
    }
    o->of = more;
    o->of[o->n] = s->line;
    for (size_t i = 0; i < n; i++) row[i].line = o->first + (uint32_t)o->n;
    o->n++;
}

/// By what is told besides, where one leaves since that changed: of what was still open it is the likelier one.
static void part_by_said(struct split *s, struct cover_row *row, size_t n)
{
    bool by_said = false;
    for (size_t i = 0; i < n; i++) by_said = by_said || (row[i].turned && row[i].by_said);
    if (!by_said) {
        settle(s, row, n);
        return;
    }
    for (size_t i = 0; i < n; i++) row[i].key = row[i].said + 1;
    part_by_key(s, row, n);
    for (size_t from = 0, rows; from < n && !s->no_room; from += rows)
        settle(s, row + from, rows = part_rows(row, n, from));
}

/// What of the others of a month has changed, so many of each, and what of most.
struct changes {
    uint32_t others[CHANGES];
    unsigned most;
    bool     any; // of some of them something has
};

static void changes_of(const struct cover_row *row, size_t n, struct changes *out)
{
    *out = (struct changes){ 0 };
    for (size_t i = 0; i < n; i++)
        if (!row[i].turned) out->others[row[i].changed]++, out->any = out->any || row[i].changed;
    for (unsigned c = 0; c < CHANGES; c++)
        if (out->others[c] > out->others[out->most]) out->most = c;
}

/// As what of its month would it be seen to be revised, if it had not turned? What hides it may have changed its kind and place beside what
/// the file changed of others; where nothing like it was changed, as most of the month.
static uint8_t seen_as(const struct cover_row *row, const struct changes *of)
{
    unsigned best = 0;
    for (unsigned own = 0; own < CHANGES; own++) {
        if (own & ~(unsigned)row->own) continue; // not among what may be its own alone
        unsigned c = row->changed & ~own;
        if (c && of->others[c] && (!best || of->others[c] > of->others[best])) best = c;
    }
    return (uint8_t)(best ? best : of->most);
}

/// By month, where the file revised one that turned or others of its month, and by what was revised of these.
static void part_by_change(struct split *s, struct cover_row *row, size_t n)
{
    struct changes of;
    qsort(row, n, sizeof *row, by_month);
    for (size_t from = 0, to; from < n; from = to) {
        bool revised = false;
        for (to = from + 1; to < n && row[to].month == row[from].month; to++) continue;
        if (any_turned(row + from, to - from)) changes_of(row + from, to - from, &of);
        for (size_t i = from; i < to; i++)
            if (row[i].turned)
                row[i].changed = seen_as(&row[i], &of), revised = revised || of.any || row[i].of_month;
        for (size_t i = from; i < to; i++)
            row[i].key = revised ? (uint64_t)(row[i].month + INT64_C(0x80000001)) : 0;
    }
    part_by_key(s, row, n);
    for (size_t from = 0, rows; from < n && !s->no_room; from += rows) {
        rows = part_rows(row, n, from);
        if (!row[from].key) {
            part_by_said(s, row + from, rows);
            continue;
        }
        for (size_t i = from; i < from + rows; i++) row[i].key = (uint64_t)row[i].changed + 1;
        part_by_key(s, row + from, rows);
        for (size_t at = from, some; at < from + rows && !s->no_room; at += some)
            part_by_said(s, row + at, some = part_rows(row, from + rows, at));
    }
}

/// Such as are told of the time and place of one that left before, as two that tell of one act are.
static void part_by_again(struct split *s, struct cover_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++) row[i].key = row[i].again;
    part_by_key(s, row, n);
    for (size_t from = 0, rows; from < n && !s->no_room; from += rows) {
        rows = part_rows(row, n, from);
        part_by_change(s, row + from, rows);
    }
}

bool cover_split(struct cover_row *row, size_t n, uint32_t first, struct cover_parts *out)
{
    struct split s = { .out = out };
    *out = (struct cover_parts){ .first = first };
    if (n) qsort(row, n, sizeof *row, by_line);
    for (size_t from = 0, to; from < n && !s.no_room; from = to) {
        for (to = from + 1; to < n && row[to].line == row[from].line; to++) continue;
        s.line = row[from].line;
        if (any_turned(row + from, to - from)) part_by_again(&s, row + from, to - from);
    }
    for (size_t i = 0; i < n; i++) out->unlike += row[i].unlike;
    free(s.part);
    if (s.no_room) free(out->of);
    return !s.no_room;
}
