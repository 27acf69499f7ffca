// SPDX-License-Identifier: EUPL-1.2
#include "web/changes_view.h"

#include "base/arena.h"
#include "base/civil.h"
#include "web/by_area.h"
#include "web/words.h"

enum { COLUMNS = 7 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a report of differences");
}

// -- sentences ---------------------------------------------------------------------------------------------------------

static str about_before(struct scope *sc, enum language l, enum msg m, const struct difference *d)
{
    return word_said(sc, l, m, TEXT_ARGS(text_arg_str("number", word_count(sc, l, d->before))));
}

static str none_sentence(struct scope *sc, enum language l, const struct release_change *c)
{
    static const enum msg none[DIFFERENCE_NONES] = { [DIFFERENCE_FIRST] = MSG_PAGE_CHANGES_FIRST,
                                                     [DIFFERENCE_WITHDRAWN] = MSG_PAGE_CHANGES_WITHDRAWN,
                                                     [DIFFERENCE_LOST] = MSG_PAGE_CHANGES_LOST,
                                                     [DIFFERENCE_UNREADABLE] = MSG_PAGE_CHANGES_UNREADABLE };
    switch (c->is) {
    case CHANGE_MISSING:
        return text_of(l, MSG_PAGE_CHANGES_MISSING);
    case CHANGE_BROKEN:
        return text_of(l, MSG_PAGE_CHANGES_BROKEN);
    case CHANGE_TAKEN_BACK:
        return about_before(sc, l, MSG_PAGE_CHANGES_TAKEN_BACK, &c->report);
    case CHANGE_WITHDRAWN:
        return (str){ 0 };
    case CHANGE_TOLD:
        break;
    }
    if (c->report.none == DIFFERENCE_FIRST) return text_of(l, MSG_PAGE_CHANGES_FIRST);
    return c->report.none ? about_before(sc, l, none[c->report.none], &c->report) : (str){ 0 };
}

static str left_out(struct scope *sc, enum language l, const struct difference *d)
{
    str a = d->places ? S("") : text_of(l, MSG_PAGE_CHANGES_NO_PLACES),
        b = d->times ? S("") : text_of(l, MSG_PAGE_CHANGES_NO_TIMES),
        c = d->outcomes ? S("") : text_of(l, MSG_PAGE_CHANGES_NO_OUTCOMES);
    return arena_printf(sc->mem, "%.*s%s%.*s%s%.*s", STR(a), a.n ? " " : "", STR(b), b.n ? " " : "", STR(c));
}

static enum err periods_fill(struct scope *sc, enum language l, const struct difference *d,
                             struct change_view *v)
{
    str *run = arena_array(sc->mem, str, d->n_months + 1), *half = arena_array(sc->mem, str, d->n_halves + 1);
    if (!run || !half) return no_room(sc);
    for (size_t i = 0; i < d->n_months; i++)
        run[i] = word_period(sc, l,
                             (struct period){ civil_day_of_month(d->months[i].from),
                                              civil_day_of_month(d->months[i].to + 1) - 1 });
    v->months = word_list(sc, l, run, d->n_months);
    for (size_t i = 0; i < d->n_halves; i++) half[i] = word_half_short(sc, l, d->halves[i]);
    v->halves = word_list(sc, l, half, d->n_halves);
    return OK;
}

// -- figures -----------------------------------------------------------------------------------------------------------

/// Of a single figure it is known why it is not told: it is too small. Of came in and gone one alone may be, or neither.
static str figure_of(struct scope *sc, enum language l, const struct difference *d, enum difference_part p,
                     int column)
{
    const struct told *t = &d->part[p];
    if (t->any && t->total.n[column]) return word_count(sc, l, t->total.n[column]);
    if (t->any) return text_of(l, MSG_PAGE_CHANGES_NONE);
    if (!d->outcomes && (p == DIFFERENCE_SOLVED || p == DIFFERENCE_OUTCOMES))
        return text_of(l, MSG_PAGE_CHANGES_NOT_COMPARED);
    if (p == DIFFERENCE_ROWS) return text_of(l, MSG_PAGE_CHANGES_NOT_TOLD);
    return word_said(sc, l, MSG_PAGE_CHANGES_FEW, TEXT_ARGS(text_arg_uint("n", d->least)));
}

static enum err sums_fill(struct scope *sc, enum language l, const struct difference *d,
                          struct change_view *v)
{
    static const struct {
        enum difference_part part;
        int                  column;
        enum msg             label;
    } sums[] = { { DIFFERENCE_MONTHS, 0, MSG_PAGE_CHANGES_MONTHS },
                 { DIFFERENCE_ROWS, 0, MSG_PAGE_CHANGES_CAME },
                 { DIFFERENCE_ROWS, 1, MSG_PAGE_CHANGES_GONE },
                 { DIFFERENCE_KINDS, 0, MSG_PAGE_CHANGES_RECLASSIFIED },
                 { DIFFERENCE_SOLVED, 0, MSG_PAGE_CHANGES_SOLVED },
                 { DIFFERENCE_OUTCOMES, 0, MSG_PAGE_CHANGES_OUTCOMES } };
    struct change_sum_view *sum = arena_array(sc->mem, struct change_sum_view, COUNT(sums));
    if (!sum) return no_room(sc);
    for (size_t i = 0; i < COUNT(sums); i++) {
        if (sums[i].part == DIFFERENCE_MONTHS && !d->n_months) continue;
        sum[v->n_sums++] = (struct change_sum_view){ text_of(l, sums[i].label),
                                                     figure_of(sc, l, d, sums[i].part, sums[i].column) };
    }
    v->sums = sum;
    return OK;
}

struct column {
    enum difference_part part;
    int                  column;
    enum msg             label;
};

/// Columns that have anything in them.
static size_t columns_of(const struct difference *d, struct column out[COLUMNS])
{
    static const struct column all[COLUMNS] = { { DIFFERENCE_MONTHS, 0, MSG_PAGE_CHANGES_MONTHS },
                                                { DIFFERENCE_ROWS, 0, MSG_PAGE_CHANGES_CAME },
                                                { DIFFERENCE_ROWS, 1, MSG_PAGE_CHANGES_GONE },
                                                { DIFFERENCE_KINDS, 0, MSG_PAGE_CHANGES_WERE },
                                                { DIFFERENCE_KINDS, 1, MSG_PAGE_CHANGES_ARE },
                                                { DIFFERENCE_SOLVED, 0, MSG_PAGE_CHANGES_SOLVED },
                                                { DIFFERENCE_OUTCOMES, 0, MSG_PAGE_CHANGES_OUTCOMES } };
    size_t                     n = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        if (d->part[all[i].part].any && d->part[all[i].part].total.n[all[i].column]) out[n++] = all[i];
    return n;
}

static const struct told_figures *row_of(const struct told *t, size_t kind)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].kind == kind) return &t->rows[i].is;
    return NULL;
}

/// kind n_kinds: the other kinds together. False: there is nothing in this row.
static bool cells_of(struct scope *sc, enum language l, const struct difference *d,
                     const struct column *column, size_t n, size_t kind, str *cell)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        const struct told         *t = &d->part[column[i].part];
        const struct told_figures *f = kind < d->n_kinds ? row_of(t, kind) : &t->other;
        uint64_t                   count = f ? f->n[column[i].column] : 0;
        bool                       told = f && (count || kind < d->n_kinds);
        cell[i] = told ? word_count(sc, l, count) : S("–");
        any = any || count;
    }
    return any;
}

static enum err rows_fill(struct scope *sc, enum language l, const struct difference *d,
                          struct change_view *v)
{
    struct column           column[COLUMNS];
    size_t                  n = columns_of(d, column);
    struct change_row_view *row = arena_array(sc->mem, struct change_row_view, d->n_kinds + 1);
    str                    *label = arena_array(sc->mem, str, COLUMNS),
        *cell = arena_array(sc->mem, str, COLUMNS * (d->n_kinds + 1));
    if (!row || !label || !cell) return no_room(sc);
    for (size_t i = 0; i < n; i++) label[i] = text_of(l, column[i].label);
    for (size_t k = 0; k <= d->n_kinds; k++) {
        str *own = cell + COLUMNS * k;
        if (!cells_of(sc, l, d, column, n, k, own)) continue;
        str name = k < d->n_kinds ? change_kind_label(l, &d->kinds[k]) : text_of(l, MSG_PAGE_CHANGES_OTHERS);
        row[v->n_rows++] = (struct change_row_view){ name, own, n };
    }
    v->columns = label;
    v->n_columns = n;
    v->rows = row;
    return OK;
}

// -- all of it ---------------------------------------------------------------------------------------------------------

static enum err report_fill(struct scope *sc, enum language l, const struct difference *d,
                            struct change_view *v)
{
    v->before = about_before(sc, l, MSG_PAGE_CHANGES_BEFORE, d);
    v->left_out = left_out(sc, l, d);
    v->policy_same = !d->added.n && !d->removed.n;
    v->policy_more = d->added.more || d->removed.more;
    v->added = d->added.line;
    v->n_added = d->added.n;
    v->removed = d->removed.line;
    v->n_removed = d->removed.n;
    TRY(periods_fill(sc, l, d, v));
    TRY(sums_fill(sc, l, d, v));
    return rows_fill(sc, l, d, v);
}

enum err change_view_of(struct scope *sc, enum language l, const struct release_change *c,
                        struct change_view *out)
{
    const struct release_note *r = &c->note;
    struct change_view         v = { .id = arena_printf(sc->mem, "release-%lld", (long long)r->number),
                                     .number = word_count(sc, l, (uint64_t)r->number) };
    if (r->withdrawn) {
        str since = r->since_s ? word_time(sc, l, r->since_s) : S("");
        v.withdrawal =
            word_capital(sc, l,
                         word_said(sc, l, MSG_PAGE_DATA_WITHDRAWN, TEXT_ARGS(text_arg_str("since", since))));
        v.reason = r->reason;
    } else {
        v.created = r->created_s ? word_time(sc, l, r->created_s) : r->created;
        v.incidents =
            word_said(sc, l, MSG_PAGE_CHANGES_INCIDENTS, TEXT_ARGS(text_arg_uint("n", r->incidents)));
        v.none = none_sentence(sc, l, c);
    }
    if (c->is == CHANGE_TOLD && !c->report.none) TRY(report_fill(sc, l, &c->report, &v));
    *out = v;
    return OK;
}
