// SPDX-License-Identifier: EUPL-1.2
// Reads the file of a report. It was written by this program and has its hash in a manifest, and is believed nothing all the
// same: whoever can change it must not make a page tell a figure that may not be told.
#include "analysis/difference.h"

#include "base/arena.h"
#include "base/civil.h"
#include <jansson.h>
#include <string.h>

enum {
    FORMAT = 1,
    MAX_HALF = 2 * (CIVIL_MAX_YEAR - 1970) + 1,
    MAX_KEY_BYTES = 300,
    MAX_LINE_BYTES = 256 * 1024
};

/// The first thing that is not as it should be ends all: *good stays false, and what was read is of no use.
struct reading {
    struct scope *sc;
    bool          good, room;
};

static void *room_for(struct reading *r, size_t n, size_t size)
{
    void *p = arena_alloc_array(r->sc->mem, n + 1, size);
    if (!p) r->good = r->room = false;
    return p;
}

static uint64_t number_in(struct reading *r, const json_t *v, uint64_t most)
{
    json_int_t n = json_integer_value(v);
    if (json_is_integer(v) && n >= 0 && (uint64_t)n <= most) return (uint64_t)n;
    r->good = false;
    return 0;
}

static bool bool_in(struct reading *r, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_boolean(v)) r->good = false;
    return json_is_true(v);
}

static str text_in(struct reading *r, const json_t *v, size_t most)
{
    const char *p = json_string_value(v);
    size_t      n = json_string_length(v);
    str         s = { 0 };
    if (!p || n > most) r->good = false;
    else s = arena_str(r->sc->mem, (str){ p, n });
    if (r->good && !s.p) r->good = r->room = false;
    return s;
}

/// An array of at most so many; else of none.
static size_t length_in(struct reading *r, const json_t *v, size_t most)
{
    size_t n = json_array_size(v);
    if (json_is_array(v) && n <= most) return n;
    r->good = false;
    return 0;
}

static int32_t month_in(struct reading *r, const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    int32_t     first, last;
    str         s = str_of(text ? text : "");
    if (s.n == strlen("2018-10") && civil_read_span(s, &first, &last)) return civil_month_of_day(first);
    r->good = false;
    return 0;
}

static void read_months(struct reading *r, const json_t *o, struct difference *d)
{
    const json_t             *list = json_object_get(o, "new_months");
    size_t                    n = length_in(r, list, DIFFERENCE_RUNS);
    struct difference_months *run = room_for(r, n, sizeof *run);
    for (size_t i = 0; r->good && i < n; i++) {
        const json_t *of = json_array_get(list, i);
        run[i] = (struct difference_months){ month_in(r, of, "from"), month_in(r, of, "to") };
        if (run[i].from > run[i].to || (i && run[i - 1].to >= run[i].from)) r->good = false;
    }
    d->months = run;
    d->n_months = n;
}

static void read_halves(struct reading *r, const json_t *o, struct difference *d)
{
    const json_t *list = json_object_get(o, "new_half_years");
    size_t        n = length_in(r, list, DIFFERENCE_HALVES);
    int32_t      *half = room_for(r, n, sizeof *half);
    for (size_t i = 0; r->good && i < n; i++) {
        half[i] = (int32_t)number_in(r, json_array_get(list, i), MAX_HALF);
        if (i && half[i] <= half[i - 1]) r->good = false;
    }
    d->halves = half;
    d->n_halves = n;
}

static void read_lines(struct reading *r, const json_t *o, const char *key, struct difference_lines *out)
{
    const json_t *of = json_object_get(o, key), *list = json_object_get(of, "lines");
    size_t        n = length_in(r, list, DIFFERENCE_LINES);
    str          *line = room_for(r, n, sizeof *line);
    for (size_t i = 0; r->good && i < n; i++) line[i] = text_in(r, json_array_get(list, i), MAX_LINE_BYTES);
    *out = (struct difference_lines){ line, n, bool_in(r, of, "more") };
}

static void read_kinds(struct reading *r, const json_t *o, struct difference *d)
{
    const json_t           *list = json_object_get(o, "kinds");
    size_t                  n = length_in(r, list, TOLD_KINDS);
    struct difference_kind *kind = room_for(r, n, sizeof *kind);
    for (size_t i = 0; r->good && i < n; i++) {
        const json_t *of = json_array_get(list, i);
        if (length_in(r, of, 1 + LANGUAGES) != 1 + LANGUAGES) r->good = false;
        kind[i].key = text_in(r, json_array_get(of, 0), MAX_KEY_BYTES);
        for (size_t l = 0; l < LANGUAGES; l++)
            kind[i].label[l] = text_in(r, json_array_get(of, 1 + l), MAX_LINE_BYTES);
    }
    d->kinds = kind;
    d->n_kinds = n;
}

/// Figures that stand in an array from `from` on. One that may not be told is refused.
static struct told_figures figures_in(struct reading *r, const json_t *v, size_t from, enum difference_part p,
                                      uint64_t least)
{
    struct told_figures f = { 0 };
    size_t              n = difference_words[p].column[1] ? 2 : 1;
    if (length_in(r, v, from + n) != from + n) r->good = false;
    for (size_t i = 0; i < n; i++) f.n[i] = number_in(r, json_array_get(v, from + i), UINT32_MAX);
    if (!told_fine(&f, least)) r->good = false;
    return f;
}

static void read_part(struct reading *r, const json_t *all, enum difference_part p, struct difference *d)
{
    const json_t *of = json_object_get(all, difference_words[p].part), *list = json_object_get(of, "rows");
    struct told  *t = &d->part[p];
    if (json_is_null(of)) return;
    size_t              n = length_in(r, list, d->n_kinds);
    struct told_row    *row = room_for(r, n, sizeof *row);
    struct told_figures sum = { 0 };
    t->any = true;
    t->total = figures_in(r, json_object_get(of, "total"), 0, p, d->least);
    t->other = sum = figures_in(r, json_object_get(of, "other"), 0, p, d->least);
    for (size_t i = 0; r->good && i < n; i++) {
        const json_t *v = json_array_get(list, i);
        row[i].kind = (size_t)number_in(r, json_array_get(v, 0), d->n_kinds - 1);
        row[i].is = figures_in(r, v, 1, p, d->least);
        for (int k = 0; k < TOLD_COLUMNS; k++) sum.n[k] += row[i].is.n[k];
        if (i && row[i].kind <= row[i - 1].kind) r->good = false;
    }
    t->rows = row;
    t->n = n;
    for (int k = 0; k < TOLD_COLUMNS; k++) r->good = r->good && sum.n[k] == t->total.n[k];
}

static void read_report(struct reading *r, const json_t *o, struct difference *d)
{
    const json_t *compared = json_object_get(o, "compared"), *figures = json_object_get(o, "figures");
    d->least = number_in(r, json_object_get(o, "least"), UINT32_MAX);
    if (d->least < TOLD_LEAST) r->good = false;
    d->places = bool_in(r, compared, "places");
    d->times = bool_in(r, compared, "times");
    d->outcomes = bool_in(r, compared, "outcomes");
    read_months(r, o, d);
    read_halves(r, o, d);
    read_lines(r, o, "policy_added", &d->added);
    read_lines(r, o, "policy_removed", &d->removed);
    read_kinds(r, o, d);
    for (int p = 0; r->good && p < DIFFERENCE_PARTS; p++) read_part(r, figures, (enum difference_part)p, d);
}

static enum difference_none none_in(struct reading *r, const json_t *v)
{
    const char *word = json_string_value(v);
    if (json_is_null(v)) return DIFFERENCE_THERE;
    for (int i = DIFFERENCE_FIRST; word && i < DIFFERENCE_NONES; i++)
        if (!strcmp(word, difference_none_words[i])) return (enum difference_none)i;
    r->good = false;
    return DIFFERENCE_UNREADABLE;
}

enum err difference_read(struct scope *sc, str text, struct difference *out)
{
    struct reading    r = { sc, true, true };
    struct difference d = { 0 };
    json_error_t      why;
    json_auto_t      *o =
        text.n <= DIFFERENCE_MAX_BYTES ? json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why) : NULL;
    if (!json_is_object(o))
        return fail(&sc->fault, ERR_CORRUPT, "the report of differences is not a JSON object");
    if (number_in(&r, json_object_get(o, "format"), FORMAT) != FORMAT) r.good = false;
    d.release = number_in(&r, json_object_get(o, "release"), INT64_MAX);
    d.before = number_in(&r, json_object_get(o, "before"), INT64_MAX);
    d.none = none_in(&r, json_object_get(o, "none"));
    if (!d.none && (!d.before || d.before >= d.release)) r.good = false;
    if (!d.none) read_report(&r, o, &d);
    if (!r.room) return fail(&sc->fault, ERR_NOMEM, "no room for a report of differences");
    if (!r.good)
        return fail(&sc->fault, ERR_CORRUPT, "the report of differences does not hold what it should");
    *out = d;
    return OK;
}
