// SPDX-License-Identifier: EUPL-1.2
#include "publish/cover_pattern.h"

#include "seal/random.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool pattern_room(struct pattern *t, size_t most)
{
    t->few = calloc(most, sizeof *t->few);
    t->centre = calloc(most, sizeof *t->centre);
    t->aim = calloc(most, sizeof *t->aim);
    t->from = calloc(most, sizeof *t->from);
    t->best = calloc(most, sizeof *t->best);
    return t->few && t->centre && t->aim && t->from && t->best;
}

void pattern_free(struct pattern *t)
{
    free(t->few);
    free(t->centre);
    free(t->aim);
    free(t->from);
    free(t->best);
}

static void read_few(struct pattern *t, const struct place *p)
{
    t->n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct cover_row *r = &p->row[i];
        if (!r->turned) continue;
        struct few  is = { r->line, cover_half_of(r), r->moment, 1 };
        struct few *last = t->n ? &t->few[t->n - 1] : NULL;
        if (last && last->line == is.line && last->moment == is.moment && last->half == is.half) last->n++;
        else t->few[t->n++] = is;
    }
}

static bool is_one_time(const struct cover_row *a, const struct cover_row *b, enum times l)
{
    return l == ANY_TIME || (a->moment == b->moment && cover_half_of(a) == cover_half_of(b));
}

size_t pattern_end(const struct place *p, size_t from, enum times l)
{
    size_t to = from + 1;
    while (to < p->n && is_one_time(&p->row[to], &p->row[from], l)) to++;
    return to;
}

/// Those that could go along.
static size_t rows_of_line(const struct place *p, size_t from, size_t to, uint32_t line)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) n += p->row[i].line == line && !p->row[i].turned && !p->row[i].along;
    return n;
}

/// Those of one line among what is lost at once, counted from here: any time counts all of the line as one.
static size_t lost_of_line(const struct pattern *t, size_t from, size_t to, uint32_t line)
{
    size_t n = 0;
    for (size_t k = from; k < to; k++) n += t->few[k].line == line ? t->few[k].n : 0;
    return n;
}

static bool has_room(const struct pattern *t, size_t few, size_t few_end, const struct place *p, size_t from,
                     size_t to)
{
    for (size_t k = few; k < few_end; k++)
        if (rows_of_line(p, from, to, t->few[k].line) < lost_of_line(t, few, few_end, t->few[k].line))
            return false;
    return true;
}

static bool is_used(const struct pattern *t, size_t few, size_t from)
{
    for (size_t k = 0; k < few; k++)
        if (t->from[k] == from) return true;
    return false;
}

/// The end of what is lost at one time, from here.
static size_t end_of_few(const struct pattern *t, size_t from, enum times l)
{
    size_t to = from + 1;
    while (to < t->n && (l == ANY_TIME ||
                         (t->few[to].moment == t->few[from].moment && t->few[to].half == t->few[from].half)))
        to++;
    return to;
}

/// Any number from a half to two, each as likely on the scale of ratios.
static double random_ratio(void)
{
    return exp2(2 * random_part() - 1);
}

/// The rows for what is lost at one time: of those that are left, at the time that lies nearest to what is aimed at. False: there are
/// none.
static bool find_time(struct pattern *t, size_t few, size_t few_end, const struct place *p, enum times l,
                      double *apart)
{
    bool   found = false;
    double least = 0;
    for (size_t from = 0, to; from < p->n; from = to) {
        to = pattern_end(p, from, l);
        bool when = l != SAME_HALF || cover_half_of(&p->row[from]) == t->few[few].half;
        if (!when || is_used(t, few, from) || !has_room(t, few, few_end, p, from, to)) continue;
        double off = fabs((double)(p->row[from].moment - p->row[t->from[0]].moment) - t->aim[few]);
        if (found && off >= least) continue;
        found = true, least = off;
        for (size_t k = few; k < few_end; k++) t->from[k] = from;
    }
    *apart += least;
    return found;
}

/// With its first time here: can it lose the rest?
static bool fits_from(struct pattern *t, const struct place *p, enum times l, size_t first, double *apart)
{
    size_t to = end_of_few(t, 0, l);
    *apart = 0;
    if (l == SAME_HALF && cover_half_of(&p->row[first]) != t->few[0].half) return false;
    if (!has_room(t, 0, to, p, first, pattern_end(p, first, l))) return false;
    for (size_t k = 0; k < to; k++) t->from[k] = first;
    for (size_t k = to; k < t->n; k = to) {
        to = end_of_few(t, k, l);
        if (!find_time(t, k, to, p, l, apart)) return false;
    }
    return true;
}

bool pattern_fits(struct pattern *t, const struct place *p, enum times l, double *apart)
{
    size_t begin = (size_t)(p->row->chance % p->n), from;
    double off;
    bool   found = false;
    *apart = 0;
    while (begin && is_one_time(&p->row[begin - 1], &p->row[begin], l)) begin--;
    from = begin;
    do {
        if (fits_from(t, p, l, from, &off) && (!found || off < *apart)) {
            found = true, *apart = off;
            memcpy(t->best, t->from, t->n * sizeof *t->best);
        }
        from = pattern_end(p, from, l);
        if (from == p->n) from = 0;
    } while (from != begin && !(found && *apart <= t->apart_most));
    return found;
}

/// How long behind the first of them each is lost. Cover that aimed at the very times of the one it covers would have it in its
/// middle: all five lie by a ratio of their own from a centre that none of them is.
static void choose_centre(struct pattern *t)
{
    t->apart_most = 0;
    for (size_t k = 0; k < t->n; k++) {
        t->centre[k] = (double)(t->few[k].moment - t->few[0].moment) * random_ratio();
        t->apart_most += t->centre[k] / 2;
    }
}

void pattern_aim(struct pattern *t)
{
    for (size_t k = 0; k < t->n; k++) t->aim[k] = t->centre[k] * random_ratio();
}

void pattern_read(struct pattern *t, const struct place *p)
{
    read_few(t, p);
    choose_centre(t);
}
