// SPDX-License-Identifier: EUPL-1.2
// The only place that walks the columns; its loops over rows are in kernel.c. Only columns that the filter asks of are
// read: rows of a cell ascend by day, so dates cost a search instead of a column.
#include "index/scan_int.h"

#include "base/arena.h"

enum { LOOK_AHEAD = 8, LINE = 64 };

static void bound_make(const struct index *ix, int64_t day, struct bound *b)
{
    *b = (struct bound){ .day = day, .exact = day <= 0 };
    if (day <= 0 || !ix->n_months) return;
    int32_t month =
        day > UINT16_MAX ? ix->n_months : civil_month_of_day(ix->epoch_day + (int32_t)day) - ix->first_month;
    b->step = (uint32_t)month / ix->step.months;
    b->exact = b->step < ix->step.n && ix->epoch_day + day == index_step_day(ix, b->step);
}

enum err scan_open(struct scope *sc, const struct plan *p, bool with_rest, bool keep_days, struct scan *out)
{
    struct scan s = { .ix = p->ix, .plan = p, .keep_days = keep_days, .narrow = !p->any_day && !keep_days };
    bound_make(p->ix, (int64_t)p->from - p->ix->epoch_day, &s.from);
    bound_make(p->ix, (int64_t)p->to + 1 - p->ix->epoch_day, &s.to);
    TRY(plan_cells(sc, p, &s.runs, &s.n_runs));
    s.rest = with_rest && !p->nothing && !p->has_box;
    s.failed = arena_array(sc->mem, uint8_t, SCAN_BATCH_ROWS);
    s.picked = arena_array(sc->mem, uint16_t, SCAN_BATCH_ROWS);
    bool cut = false;
    for (size_t i = 0; i < s.n_runs; i++) cut = cut || s.runs[i].cut;
    if (cut) s.outside = arena_array(sc->mem, uint8_t, p->ix->most_anchors);
    if (!s.failed || !s.picked || (cut && !s.outside))
        return fail(&sc->fault, ERR_NOMEM, "no room to scan an index");
    *out = s;
    return OK;
}

static const uint16_t *days_of(const struct index *ix)
{
    return (const uint16_t *)(const void *)ix->column[SECTION_DAY].p;
}

// First row in from..end whose day is not before `day` (since the file's epoch).
uint32_t scan_row_from(const struct index *ix, uint32_t from, uint32_t end, int64_t day)
{
    if (day <= 0) return from;
    if (day > UINT16_MAX) return end;
    return from + ix->kernel->below(days_of(ix) + from, end - from, ix->rows - from, (uint16_t)day);
}

// Which rows of a cell to search for the first day from..: its steps tell, one line of the cache instead of the many
// that the search would begin with, and without a search where the day begins a step, as a month does. The steps may be
// damaged; the rows are the cell's all the same.
struct stretch {
    uint32_t from, end;
};
static struct stretch stretch_of(const struct index *ix, uint32_t cell, const struct bound *b)
{
    uint32_t        first = ix->cell[cell].first_row, n = ix->cell[cell + 1].first_row - first;
    const uint16_t *up_to = ix->steps + (size_t)cell * ix->step.n;
    if (b->step >= ix->step.n) return (struct stretch){ first + n, first + n };
    uint32_t low = b->step ? up_to[b->step - 1] : 0;
    uint32_t high = b->exact ? low : up_to[b->step];
    if (high == UINT16_MAX || high > n) high = n; // so many or more
    return (struct stretch){ first + (low < high ? low : high), first + high };
}

static uint32_t cell_row_from(const struct index *ix, uint32_t cell, const struct bound *b)
{
    struct stretch in = stretch_of(ix, cell, b);
    return in.from == in.end ? in.from : scan_row_from(ix, in.from, in.end, b->day);
}

// Asks for what the search in a later cell will read, so that it is there by then: measured, half of the time of a tile
// of a whole city went into waiting for it.
static void days_ahead(const struct index *ix, struct stretch in)
{
    if (in.from == in.end) return;
    __builtin_prefetch(days_of(ix) + in.from);
    __builtin_prefetch(days_of(ix) + in.end - 1);
}

static void look_ahead(const struct scan *s, uint32_t cell)
{
    struct stretch from = stretch_of(s->ix, cell, &s->from), to = stretch_of(s->ix, cell, &s->to);
    days_ahead(s->ix, from);
    days_ahead(s->ix, to);
    for (unsigned k = 0; k < s->plan->n_tests; k++) {
        __builtin_prefetch(s->plan->test[k].column + from.from);
        if (from.end - from.from > LINE) __builtin_prefetch(s->plan->test[k].column + from.end);
        __builtin_prefetch(s->plan->test[k].column + to.from);
    }
}

static void steps_ahead(const struct scan *s, uint32_t cell)
{
    const uint16_t *up_to = s->ix->steps + (size_t)cell * s->ix->step.n;
    __builtin_prefetch(up_to + s->from.step);
    __builtin_prefetch(up_to + s->to.step);
}

static void set_rows(struct scan *s)
{
    const struct index *ix = s->ix;
    bool                rest = s->at_cell == ix->n_cells;
    s->row = rest ? ix->with_point : ix->cell[s->at_cell].first_row;
    s->end = rest ? ix->rows : ix->cell[s->cell].first_row;
    if (s->narrow && rest) {
        s->row = scan_row_from(ix, s->row, s->end, s->from.day);
        s->end = scan_row_from(ix, s->row, s->end, s->to.day);
    } else if (s->narrow) {
        if (s->cell_end - s->cell > LOOK_AHEAD) look_ahead(s, s->cell + LOOK_AHEAD);
        if (s->cell_end - s->cell > 2 * LOOK_AHEAD) steps_ahead(s, s->cell + 2 * LOOK_AHEAD);
        s->row = cell_row_from(ix, s->at_cell, &s->from);
        s->end = cell_row_from(ix, s->at_cell, &s->to);
        if (s->end < s->row) s->end = s->row; // only in a damaged file
    }
    s->clean = !s->plan->asked && !s->cut && (s->plan->any_day || !s->keep_days);
}

static void look_at_points(struct scan *s)
{
    const struct format_cell *c = &s->ix->cell[s->at_cell];
    for (uint32_t i = c->first_anchor; i < c[1].first_anchor; i++)
        s->outside[i - c->first_anchor] = plan_has(s->plan, s->ix->anchor[i]) ? 0 : FAIL_PLACE;
}

// What was left of the unit before is passed over.
bool scan_unit(struct scan *s)
{
    if (s->cell == s->cell_end) {
        if (s->run == s->n_runs) {
            if (!s->rest) return false;
            s->rest = s->cut = false;
            s->at_cell = s->ix->n_cells;
            set_rows(s);
            return true;
        }
        s->cell = s->runs[s->run].first;
        s->cell_end = s->runs[s->run].end;
        s->cut = s->runs[s->run++].cut;
    }
    bool whole = s->whole_runs && !s->cut && (s->plan->any_day || s->keep_days);
    s->at_cell = s->cell;
    s->cell = whole ? s->cell_end : s->cell + 1;
    set_rows(s);
    if (s->cut && s->row < s->end) look_at_points(s);
    return true;
}

// A point's number that its cell does not have fails: only a damaged file has one.
static void mark_points(struct scan *s)
{
    uint32_t anchors = s->ix->cell[s->at_cell + 1].first_anchor - s->ix->cell[s->at_cell].first_anchor;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t k = column_get(&s->ix->column[SECTION_ANCHOR], s->first + i);
        s->failed[i] |= k < anchors ? s->outside[k] : FAIL_PLACE;
    }
}

// What the kernel does not know: columns of two bytes, days that are not cut off, points.
static void mark_more(struct scan *s)
{
    const struct plan *p = s->plan;
    uint8_t           *failed = s->failed;
    if (p->category) {
        const uint16_t *v = (const uint16_t *)(const void *)s->ix->column[SECTION_CATEGORY].p + s->first;
        for (uint32_t i = 0; i < s->n; i++) failed[i] |= p->category[v[i]];
    }
    if (p->area)
        for (uint32_t i = 0; i < s->n; i++)
            failed[i] |= p->area[s->first + i] == p->area_number ? 0 : FAIL_AREA;
    if (!p->any_day && s->keep_days) {
        const uint16_t *v = days_of(s->ix) + s->first;
        int64_t         from = (int64_t)p->from - s->ix->epoch_day, to = (int64_t)p->to - s->ix->epoch_day;
        for (uint32_t i = 0; i < s->n; i++) failed[i] |= v[i] < from || v[i] > to ? FAIL_DATE : 0;
    }
    if (s->cut) mark_points(s);
}

// The next batch of the unit at hand.
bool scan_batch(struct scan *s)
{
    if (s->row == s->end) return false;
    s->first = s->row;
    s->n = s->end - s->row < SCAN_BATCH_ROWS ? s->end - s->row : SCAN_BATCH_ROWS;
    s->row += s->n;
    if (s->clean) return true;
    s->ix->kernel->mark(s->failed, s->plan->test, s->plan->n_tests, s->first, s->n);
    mark_more(s);
    return true;
}

bool scan_next(struct scan *s)
{
    while (!scan_batch(s))
        if (!scan_unit(s)) return false;
    return true;
}

uint32_t scan_passing(const struct scan *s)
{
    return s->clean ? s->n : s->ix->kernel->passing(s->failed, SCAN_OBEY_ALL, s->n);
}

// The rows of the batch that fail in nothing of `obey`: their numbers in it, in order. NULL: all of them.
const uint16_t *scan_pick(const struct scan *s, uint8_t obey, uint32_t *n)
{
    *n = s->n;
    if (s->clean || !obey) return NULL;
    *n = s->ix->kernel->gather(s->failed, obey, s->n, s->picked);
    return *n == s->n ? NULL : s->picked;
}

// Can the kernel tell of a row of the unit at hand whether it passes?
static bool in_kernel(const struct scan *s)
{
    const struct plan *p = s->plan;
    return !s->cut && !p->category && !p->area && (p->any_day || !s->keep_days);
}

bool scan_splits(const struct scan *s)
{
    return in_kernel(s) && s->ix->column[SECTION_ANCHOR].width == 1;
}

void scan_split(struct scan *s, const uint16_t *at, unsigned parts, uint32_t *count)
{
    s->ix->kernel->split(s->plan->test, s->plan->n_tests, s->row, s->end - s->row,
                         s->ix->column[SECTION_ANCHOR].p, at, parts, count);
    s->row = s->end;
}

// How many rows of the unit pass; uses it up.
uint32_t scan_count(struct scan *s)
{
    const struct plan *p = s->plan;
    uint32_t           n = s->end - s->row;
    if (s->clean || !n) {
        s->row = s->end;
        return n;
    }
    if (in_kernel(s)) {
        n = s->ix->kernel->count(p->test, p->n_tests, s->row, n);
        s->row = s->end;
        return n;
    }
    for (n = 0; scan_batch(s);) n += scan_passing(s);
    return n;
}

const struct point *scan_point(const struct index *ix, uint32_t cell, uint32_t row)
{
    if (cell >= ix->n_cells) return NULL;
    uint64_t k = (uint64_t)ix->cell[cell].first_anchor + column_get(&ix->column[SECTION_ANCHOR], row);
    return k < ix->cell[cell + 1].first_anchor ? &ix->anchor[k] : NULL;
}
