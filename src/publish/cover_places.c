// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover_places.h"

#include "base/err.h"
#include "publish/cover_pattern.h"
#include "seal/random.h"
#include <math.h>
#include <stdlib.h>

enum {
    AIMS = 8,        // tries to lose at times that are near enough
    LOOKED_AT = 512, // places, at the most, for each likeness
    CHOICE = 12,     // among at least so many four are drawn, if there are so many
};

/// What must have left there before: as many, but for a factor of two, with as many releases; as many with any; or whatever. Of a
/// household of which one leaves with each release the number of these is what stands out.
enum past { SAME_PAST, SIMILAR_PAST, ANY_PAST };
/// How much a place must have in common with the one it covers, the most first. Behind ALIKE of them it can be told apart.
static const struct likeness {
    enum times times;
    bool       size;   // as many rows, but for a factor of two, and all of them lost, or not; see of_any_size
    enum past  past;   // what has left there before
    bool       single; // or one turned there, too
} likenesses[] = {
    { SAME_HALF, true, SAME_PAST, false },     { ANY_HALF, true, SAME_PAST, false },
    { SAME_HALF, true, SAME_PAST, true },      { ANY_HALF, true, SAME_PAST, true },
    { SAME_HALF, true, SIMILAR_PAST, false },  { ANY_HALF, true, SIMILAR_PAST, false },
    { SAME_HALF, false, SIMILAR_PAST, false }, { ANY_HALF, false, SIMILAR_PAST, false },
    { SAME_HALF, false, ANY_PAST, true },      { ANY_HALF, false, ANY_PAST, true },
    { ANY_TIME, false, SIMILAR_PAST, true },   { ANY_TIME, false, ANY_PAST, true },
};
enum { ALIKE = 4 };

struct alike {
    struct place *place;
    double        apart;  // how much its times are others than were aimed at
    uint64_t      draw;   // by it they stand in any order
    double        weight; // of_any_size
};
struct search {
    struct place  *place; // [n] in their order
    size_t         n;
    struct pattern lost;  // by the one that is covered
    struct alike  *alike; // [n_alike]
    size_t         n_alike;
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
}

// -- which are alike -------------------------------------------------------------------------------------------------------

static unsigned power_of(size_t n)
{
    return n ? 64 - (unsigned)__builtin_clzll(n) : 0;
}

/// Where others have left, a single one that turned may have been any row: its cover has any number of them, and is drawn by it. (If
/// it is of a household that turns again, any place is as likely, and who guesses the smallest finds it in one of four; no cover
/// serves both.)
static bool of_any_size(const struct place *covered)
{
    return covered->turned == 1;
}

static bool has_past(const struct cover_row *p, const struct cover_row *of, enum past as)
{
    return as == ANY_PAST ||
           (power_of(p->before) == power_of(of->before) && (as == SIMILAR_PAST || p->batches == of->batches));
}

static bool may_cover(const struct place *p, const struct place *of, const struct likeness *l)
{
    return !p->taken && p != of && p->n >= of->turned &&
           (!p->turned || (l->single && p->turned == 1 && !p->row->before && p->n > of->turned)) &&
           has_past(p->row, of->row, l->past) &&
           (!l->size || of_any_size(of) ||
            (power_of(p->n) == power_of(of->n) && (p->n == of->turned) == (of->n == of->turned)));
}

static int by_times(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    if (x->apart != y->apart) return x->apart < y->apart ? -1 : 1;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

static int by_draw(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    return (x->draw > y->draw) - (x->draw < y->draw);
}

/// The rows among which a single one that turned could be, were it here.
static double weight_of(const struct search *s, const struct place *p, enum times l)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->row[i].line == s->lost.few[0].line &&
             (l != SAME_HALF || cover_half_of(&p->row[i]) == s->lost.few[0].half);
    return (double)n;
}

/// Those that are alike and lose at the most similar times, as they are drawn; looked for from anywhere on.
static void find_alike(struct search *s, const struct place *of, const struct likeness *l)
{
    size_t start = random_below((uint32_t)s->n), looked_at = 0, most = CHOICE;
    s->n_alike = 0;
    for (size_t k = 0; k < s->n && looked_at < LOOKED_AT; k++) {
        struct place *p = &s->place[(start + k) % s->n];
        struct alike  is = { .place = p, .draw = random_u64() };
        if (!may_cover(p, of, l)) continue;
        looked_at++;
        pattern_aim(&s->lost);
        if (!pattern_fits(&s->lost, p, l->times, &is.apart)) continue;
        if (is.apart <= s->lost.apart_most)
            is.apart = 0; // larger places come nearer, and would be chosen for it
        is.weight = weight_of(s, p, l->times);
        s->alike[s->n_alike++] = is;
    }
    if (!s->n_alike) return;
    qsort(s->alike, s->n_alike, sizeof *s->alike, by_times);
    while (most < s->n_alike && s->alike[most].apart == s->alike[CHOICE - 1].apart) most++;
    if (s->n_alike > most) s->n_alike = most;
    qsort(s->alike, s->n_alike, sizeof *s->alike, by_draw);
}

// -- what goes along -------------------------------------------------------------------------------------------------------

static bool is_free(const struct cover_row *r, uint32_t line)
{
    return r->line == line && !r->along && !r->turned;
}

static size_t free_rows(const struct place *p, size_t from, size_t to, uint32_t line)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) n += is_free(&p->row[i], line);
    return n;
}

/// Each that is free as likely. How many there are, at most n.
static size_t take_rows(const struct place *p, size_t from, size_t to, uint32_t line, size_t n)
{
    size_t rest = free_rows(p, from, to, line), left = n < rest ? n : rest, taken = left;
    for (size_t i = from; left && i < to; i++) {
        if (!is_free(&p->row[i], line)) continue;
        p->row[i].along = random_below((uint32_t)rest--) < left;
        left -= p->row[i].along;
    }
    return taken;
}

/// Brings so many to the front of s->alike that each of the drawn and the covered one is there as likely as its weight says, whichever of
/// them is the covered one: on a line on which each place is as long as its weight, they stand at equal steps, and the covered one
/// at one of them. Were the four drawn one after another, the covered one would be the longest too often. How many; fewer where one
/// place is longer than a step. Source: Madow 1949, systematic sampling.
static size_t draw_by_weight(struct search *s, const struct place *of, size_t want, enum times l)
{
    double end = weight_of(s, of, l), all = end, step, next;
    size_t n = 0;
    for (size_t i = 0; i < s->n_alike; i++) all += s->alike[i].weight;
    step = all / (double)(want + 1);
    next = fmod(random_part() * end, step);
    while (next < end) next += step;
    for (size_t i = 0; i < s->n_alike && n < want; i++) {
        end += s->alike[i].weight;
        if (next < end) s->alike[n++] = s->alike[i];
        while (next < end) next += step;
    }
    return n;
}

/// False: with none of the times that were aimed at it can lose the same, and it loses nothing.
static bool take_place(struct search *s, struct place *p, enum times l)
{
    double apart = 0;
    bool   found = false;
    for (int i = 0; i < AIMS && !(found && apart <= s->lost.apart_most); i++) {
        pattern_aim(&s->lost);
        found |= pattern_fits(&s->lost, p, l, &apart);
    }
    for (size_t k = 0; k < s->lost.n && found; k++)
        take_rows(p, s->lost.best[k], pattern_end(p, s->lost.best[k], l), s->lost.few[k].line,
                  s->lost.few[k].n);
    p->taken |= found;
    return found;
}

/// How many of so many places are found and lose the same. *like: so many of them cannot be told from the one they cover.
static size_t take_alike(struct search *s, const struct place *of, size_t want, const struct likeness *l,
                         size_t *like)
{
    size_t n, taken = 0;
    find_alike(s, of, l);
    n = of_any_size(of) ? draw_by_weight(s, of, want, l->times) : s->n_alike;
    for (size_t i = 0; i < n && taken < want; i++) {
        if (!take_place(s, s->alike[i].place, l->times)) continue;
        *like += l < likenesses + ALIKE && s->alike[i].apart == 0;
        taken++;
    }
    return taken;
}

/// From the place itself, of the lines that lose some. How many.
static size_t take_own(const struct search *s, const struct place *p, size_t want)
{
    size_t taken = 0;
    for (size_t k = 0; k < s->lost.n; k++)
        taken += take_rows(p, 0, p->n, s->lost.few[k].line, want * s->lost.few[k].n / p->turned);
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

/// How many can be told by their place all the same.
static size_t cover_place(struct search *s, const struct place *p)
{
    size_t want = 0, like = 0;
    for (size_t i = 0; i < p->n; i++)
        want += p->row[i].want; // less than four for each, if some go along already
    size_t places = want / p->turned;
    pattern_read(&s->lost, p);
    for (size_t l = 0, taken; l < COUNT(likenesses) && places; l++) {
        taken = take_alike(s, p, places, &likenesses[l], &like);
        places -= taken, want -= taken * p->turned;
    }
    set_want(p, want - take_own(s, p, want));
    return like < COVER_EACH ? p->turned : 0;
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
    if (!pattern_room(&s->lost, most_turned(s))) return false;
    for (size_t i = 0; i < s->n; i++)
        if (is_covered(s->place[i].turned, s->place[i].row->before))
            *together += cover_place(s, &s->place[i]);
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
    pattern_free(&s.lost);
    return done;
}
