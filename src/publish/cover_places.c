// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover_places.h"

#include "base/err.h"
#include "seal/random.h"
#include <stdlib.h>

enum {
    PART = 64,   // places, at first
    CHOICE = 10, // of those that are alike, among whom four are drawn
};

struct place {
    struct cover_row *row; // [n] by half-year, time and line
    size_t            n;
    size_t            turned;
    bool              taken; // it loses rows to cover another
};
struct few { // rows of one line and time that turn at a place
    uint32_t line;
    int32_t  half;
    int64_t  moment;
    size_t   n;
};
/// When a place must have had what it loses: at as many times of the same half-years as the one it covers, or at as many times, or
/// whenever.
enum times { SAME_HALF, ANY_HALF, ANY_TIME };
/// How much a place must have in common with the one it covers, the most first.
static const struct likeness {
    bool       before; // as many have left there before
    enum times times;
} likenesses[] = { { true, SAME_HALF }, { true, ANY_HALF }, { false, SAME_HALF },
                   { false, ANY_HALF }, { true, ANY_TIME }, { false, ANY_TIME } };

struct search {
    struct place *place; // [n] in their order
    size_t        n;
    struct few   *few; // [n_few] what the place to be covered loses, by half-year, time and line
    size_t        n_few;
    size_t       *from;  // [n_few] where a place has what is taken from it for them
    size_t       *alike; // [n_alike] places
    size_t        n_alike;
};

// -- the places -----------------------------------------------------------------------------------------------------------

static int by_place(const void *a, const void *b)
{
    const struct cover_row *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    if (cover_half_of(x) != cover_half_of(y)) return cover_half_of(x) < cover_half_of(y) ? -1 : 1;
    if (x->moment != y->moment) return x->moment < y->moment ? -1 : 1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return (x->chance > y->chance) - (x->chance < y->chance);
}

static int by_size(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->row->before != y->row->before) return x->row->before < y->row->before ? -1 : 1;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return (x->row->chance > y->row->chance) - (x->row->chance < y->row->chance);
}

static size_t end_of_place(const struct cover_row *row, size_t n, size_t from)
{
    size_t to = from + 1;
    while (to < n && row[to].place == row[from].place) to++;
    return to;
}

static void find_places(struct cover_row *row, size_t n, struct search *s)
{
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_place(row, n, from);
        if (!row[from].place) continue;
        struct place p = { .row = row + from, .n = to - from };
        for (size_t i = from; i < to; i++) p.turned += row[i].turned;
        s->place[s->n++] = p;
    }
    if (s->n) qsort(s->place, s->n, sizeof *s->place, by_size);
}

// -- which are alike -------------------------------------------------------------------------------------------------------

static void read_few(struct search *s, const struct place *p)
{
    s->n_few = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct cover_row *r = &p->row[i];
        if (!r->turned) continue;
        struct few  is = { r->line, cover_half_of(r), r->moment, 1 };
        struct few *last = s->n_few ? &s->few[s->n_few - 1] : NULL;
        if (last && last->line == is.line && last->moment == is.moment && last->half == is.half) last->n++;
        else s->few[s->n_few++] = is;
    }
}

static bool is_one_time(const struct cover_row *a, const struct cover_row *b, enum times l)
{
    return l == ANY_TIME || (a->moment == b->moment && cover_half_of(a) == cover_half_of(b));
}

/// The end of the rows of one time that begin here.
static size_t end_of_time(const struct place *p, size_t from, enum times l)
{
    size_t to = from + 1;
    while (to < p->n && is_one_time(&p->row[to], &p->row[from], l)) to++;
    return to;
}

static size_t rows_of_line(const struct place *p, size_t from, size_t to, uint32_t line)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) n += p->row[i].line == line;
    return n;
}

/// Those of one line among what is lost at once, counted from here: any time counts all of the line as one.
static size_t lost_of_line(const struct search *s, size_t from, size_t to, uint32_t line)
{
    size_t n = 0;
    for (size_t k = from; k < to; k++) n += s->few[k].line == line ? s->few[k].n : 0;
    return n;
}

static bool has_room(const struct search *s, size_t few, size_t few_end, const struct place *p, size_t from,
                     size_t to)
{
    for (size_t k = few; k < few_end; k++)
        if (rows_of_line(p, from, to, s->few[k].line) < lost_of_line(s, few, few_end, s->few[k].line))
            return false;
    return true;
}

static bool is_used(const struct search *s, size_t few, size_t from)
{
    for (size_t k = 0; k < few; k++)
        if (s->from[k] == from) return true;
    return false;
}

/// The end of what is lost at one time, from here.
static size_t end_of_few(const struct search *s, size_t from, enum times l)
{
    size_t to = from + 1;
    while (to < s->n_few && (l == ANY_TIME || (s->few[to].moment == s->few[from].moment &&
                                               s->few[to].half == s->few[from].half)))
        to++;
    return to;
}

/// Finds the rows for what is lost at one time; the search begins anywhere in the place, but always there.
static bool find_time(struct search *s, size_t few, size_t few_end, const struct place *p, enum times l)
{
    size_t first = (size_t)(p->row->chance % p->n);
    while (first && is_one_time(&p->row[first - 1], &p->row[first], l)) first--;
    size_t from = first;
    do {
        size_t to = end_of_time(p, from, l);
        bool   when = l != SAME_HALF || cover_half_of(&p->row[from]) == s->few[few].half;
        if (when && !is_used(s, few, from) && has_room(s, few, few_end, p, from, to)) {
            for (size_t k = few; k < few_end; k++) s->from[k] = from;
            return true;
        }
        from = to < p->n ? to : 0;
    } while (from != first);
    return false;
}

/// Can it lose what the covered one loses? Then s->from tells where.
static bool is_alike(struct search *s, const struct place *p, enum times l)
{
    if (p->turned || p->taken) return false;
    for (size_t k = 0, to; k < s->n_few; k = to) {
        to = end_of_few(s, k, l);
        if (!find_time(s, k, to, p, l)) return false;
    }
    return true;
}

static void find_alike(struct search *s, size_t at, const struct likeness *l)
{
    const struct place *p = &s->place[at];
    for (size_t part = PART;; part *= 2) {
        size_t from = at / part * part, to = s->n - from > part ? from + part : s->n;
        s->n_alike = 0;
        for (size_t i = from; i < to; i++)
            if (s->place[i].n >= p->turned && (!l->before || s->place[i].row->before == p->row->before) &&
                is_alike(s, &s->place[i], l->times))
                s->alike[s->n_alike++] = i;
        if (s->n_alike >= CHOICE || (!from && to == s->n)) return;
    }
}

// -- what goes along -------------------------------------------------------------------------------------------------------

static void take_rows(const struct place *p, size_t from, size_t to, uint32_t line, size_t n)
{
    for (size_t i = from; n && i < to; i++) {
        if (p->row[i].line != line || p->row[i].along || p->row[i].turned) continue;
        p->row[i].along = true;
        n--;
    }
}

static void take_place(struct search *s, struct place *p, enum times l)
{
    (void)is_alike(s, p, l);
    for (size_t k = 0; k < s->n_few; k++)
        take_rows(p, s->from[k], end_of_time(p, s->from[k], l), s->few[k].line, s->few[k].n);
    p->taken = true;
}

/// How many of so many places are found and lose the same.
static size_t take_alike(struct search *s, size_t at, size_t want, const struct likeness *l)
{
    size_t taken = 0;
    find_alike(s, at, l);
    for (; taken < want && s->n_alike; taken++) {
        size_t k = random_below((uint32_t)s->n_alike), i = s->alike[k];
        s->alike[k] = s->alike[--s->n_alike];
        take_place(s, &s->place[i], l->times);
    }
    return taken;
}

/// From the place itself, of the lines that lose some. How many.
static size_t take_own(const struct search *s, const struct place *p, size_t want)
{
    size_t taken = 0;
    for (size_t k = 0; k < s->n_few; k++) {
        size_t each = want * s->few[k].n / p->turned, free_rows = 0;
        for (size_t i = 0; i < p->n; i++)
            free_rows += p->row[i].line == s->few[k].line && !p->row[i].along && !p->row[i].turned;
        if (each > free_rows) each = free_rows;
        take_rows(p, 0, p->n, s->few[k].line, each);
        taken += each;
    }
    return taken;
}

/// What is still wanted, in parts as equal as can be.
static void set_want(const struct place *p, size_t want)
{
    size_t turned = p->turned;
    for (size_t i = 0; i < p->n; i++) {
        if (!p->row[i].turned) continue;
        p->row[i].want = (uint8_t)(want / turned);
        want -= p->row[i].want;
        turned--;
    }
}

/// How many stand together all the same.
static size_t cover_place(struct search *s, size_t at)
{
    struct place *p = &s->place[at];
    size_t        places = COVER_EACH;
    read_few(s, p);
    for (size_t l = 0; l < COUNT(likenesses) && places; l++)
        places -= take_alike(s, at, places, &likenesses[l]);
    size_t want = places * p->turned, own = take_own(s, p, want);
    set_want(p, want - own);
    return own < want ? p->turned : 0;
}

static size_t most_turned(const struct search *s)
{
    size_t most = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->place[i].turned > most) most = s->place[i].turned;
    return most;
}

static int cmp_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool is_covered(size_t turned, uint32_t before)
{
    return turned > 1 || (turned && before);
}

/// Is there any such place?
static bool any_covered(const struct cover_row *row, size_t n, uint64_t *scratch)
{
    size_t turned = 0;
    for (size_t i = 0; i < n; i++) {
        if (!row[i].turned || !row[i].place) continue;
        if (row[i].before) return true;
        scratch[turned++] = row[i].place;
    }
    if (turned) qsort(scratch, turned, sizeof *scratch, cmp_numbers);
    for (size_t i = 1; i < turned; i++)
        if (scratch[i] == scratch[i - 1]) return true;
    return false;
}

static bool cover_all(struct search *s, struct cover_row *row, size_t n, uint64_t *together)
{
    size_t places = 0;
    qsort(row, n, sizeof *row, by_place);
    for (size_t from = 0; from < n; from = end_of_place(row, n, from)) places++;
    s->place = calloc(places, sizeof *s->place);
    s->alike = calloc(places, sizeof *s->alike);
    if (!s->place || !s->alike) return false;
    find_places(row, n, s);
    size_t most = most_turned(s);
    s->few = calloc(most, sizeof *s->few);
    s->from = calloc(most, sizeof *s->from);
    if (!s->few || !s->from) return false;
    for (size_t i = 0; i < s->n; i++)
        if (is_covered(s->place[i].turned, s->place[i].row->before)) *together += cover_place(s, i);
    return true;
}

bool cover_places(struct cover_row *row, size_t n, uint64_t *together)
{
    struct search s = { 0 };
    uint64_t     *turned = calloc(n + 1, sizeof *turned);
    bool          is = turned && any_covered(row, n, turned), done = turned;
    free(turned);
    *together = 0;
    if (is) done = cover_all(&s, row, n, together);
    free(s.place);
    free(s.alike);
    free(s.few);
    free(s.from);
    return done;
}
