// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover_split.h"

#include "store/shown.h"
#include <stdlib.h>

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

/// Rows by their keys, none of which is 0; how many keys.
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

/// What helps the rest first: of those that lose none the largest, then of the others. NULL: all are joined.
static struct part *next_to_join(struct part *part, size_t n)
{
    struct part *best = NULL;
    for (size_t i = 0; i < n; i++) {
        struct part *p = &part[i];
        if (p->joined) continue;
        if (!best || !p->want > !best->want || (!p->want == !best->want && p->rows > best->rows)) best = p;
    }
    return best;
}

/// Parts that have too few others are one, and others join it until it has enough. Gives all rows of what is joined the key 0, and orders the
/// rows by key.
static void part_by_key(struct split *s, struct cover_row *row, size_t n)
{
    size_t      parts = parts_of(s, row, n);
    struct part rest = { 0 };
    for (size_t i = 0; i < parts; i++) {
        struct part *p = &s->part[i];
        if (p->want <= p->free) continue;
        take_all(row + p->from, p);
        join(p, &rest);
    }
    for (struct part *p; rest.want > rest.free && (p = next_to_join(s->part, parts));) join(p, &rest);
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < s->part[i].rows && s->part[i].joined; k++) row[s->part[i].from + k].key = 0;
    qsort(row, n, sizeof *row, by_key);
}

// -- by what ----------------------------------------------------------------------------------------------------------------

/// What a part is parted by, the first first. Whoever compares the releases sees of those that stay which slices and months were told again,
/// and what of these changed, and of those that are gone what was told of them.
enum level {
    BY_AGAIN,  // told of the time and place of one that left before, as two that tell of one act are
    BY_SLICE,  // of one that was told again; all others are one
    BY_MONTH,  // likewise
    BY_SAID,   // what was told of it
    BY_CHANGE, // what of it changed, or would have
    LEVELS
};

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

/// What changed of the others of a part, so many of each, and what of most.
struct changes {
    uint32_t others[CHANGES];
    unsigned most, all;
};

static void changes_of(const struct cover_row *row, size_t n, struct changes *out)
{
    *out = (struct changes){ 0 };
    for (size_t i = 0; i < n; i++)
        if (!row[i].turned) out->others[row[i].changed]++, out->all |= row[i].changed;
    for (unsigned c = 0; c < CHANGES; c++)
        if (out->others[c] > out->others[out->most]) out->most = c;
}

static int by_place(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_moment(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    return (x->moment > y->moment) - (x->moment < y->moment);
}

/// Tells rows apart by whether of others of the same place, or the same time, that is another now: a file moves what stood at a station.
static void key_by_moved(struct cover_row *row, size_t n, int (*same)(const void *, const void *),
                         unsigned what)
{
    qsort(row, n, sizeof *row, same);
    for (size_t from = 0, to; from < n; from = to) {
        bool moved = false;
        for (to = from; to < n && !same(&row[to], &row[from]); to++)
            moved = moved || (!row[to].turned && row[to].changed & what);
        for (size_t i = from; i < to; i++) row[i].key = mix(row[i].key, moved);
    }
}

/// Where outcomes changed it matters what was told of them, for a file closes what was open; so it does for one that leaves since that
/// changed, of which what was open is the likelier one. And where kinds, places or times changed these do.
static void key_by_said(struct cover_row *row, size_t n)
{
    struct changes of;
    bool           by_said = false;
    changes_of(row, n, &of);
    for (size_t i = 0; i < n; i++) by_said = by_said || (row[i].turned && row[i].by_said);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = 1;
        if (by_said || of.all & (SAID_OUTCOME | SAID_MARK)) key = mix(key, row[i].said);
        if (of.all & SAID_KIND) key = mix(key, row[i].kind);
        row[i].key = key;
    }
    if (of.all & SAID_PLACE) key_by_moved(row, n, by_place, SAID_PLACE);
    if (of.all & SAID_TIME) key_by_moved(row, n, by_moment, SAID_TIME);
    for (size_t i = 0; i < n; i++) row[i].key |= 1; // none is 0
}

/// As what of those that are alike would it be seen to have changed, if it had not turned? What hides it may have changed its kind and its
/// place; where nothing else of it did, or of none of them the same, it is as most of them.
static void key_by_change(struct cover_row *row, size_t n)
{
    struct changes of;
    changes_of(row, n, &of);
    for (size_t i = 0; i < n; i++) {
        unsigned c = row[i].changed & ~(unsigned)row[i].own;
        if (row[i].turned) row[i].changed = (uint8_t)(c && of.others[c] ? c : of.most);
        row[i].key = (uint64_t)row[i].changed + 1;
    }
}

static void key_by(struct cover_row *row, size_t n, enum level l)
{
    if (l == BY_SAID) key_by_said(row, n);
    if (l == BY_CHANGE) key_by_change(row, n);
    for (size_t i = 0; i < n && l <= BY_MONTH; i++) {
        row[i].key = l == BY_AGAIN ? row[i].again : l == BY_SLICE ? row[i].slice : 0;
        if (l == BY_MONTH && row[i].touched) row[i].key = (uint64_t)(row[i].month + INT64_C(0x80000001));
        row[i].key++;
    }
}

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

static void part_from(struct split *s, struct cover_row *row, size_t n, enum level l)
{
    if (l == LEVELS || !any_turned(row, n)) {
        settle(s, row, n);
        return;
    }
    key_by(row, n, l);
    part_by_key(s, row, n);
    for (size_t from = 0, to; from < n && !s->no_room; from = to) {
        for (to = from + 1; to < n && row[to].key == row[from].key; to++) continue;
        part_from(s, row + from, to - from, l + 1);
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
        if (any_turned(row + from, to - from)) part_from(&s, row + from, to - from, BY_AGAIN);
    }
    for (size_t i = 0; i < n; i++) out->unlike += row[i].unlike;
    free(s.part);
    if (s.no_room) free(out->of);
    return !s.no_room;
}
