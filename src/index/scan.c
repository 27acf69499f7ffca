// SPDX-License-Identifier: EUPL-1.2
// The only place that walks the columns. A scan goes over the cells that the plan leaves over, narrows each to the days
// asked for (rows of a cell ascend by day), and gives the rows in batches with a byte each: the dimensions in which the
// row fails, 0 when it passes. Each restriction is one loop over one column of the batch; without it there is no loop.
#include "base/arena.h"
#include "base/civil.h"
#include "index/plan_int.h"
#include "index/query.h"
#include "model/time.h"
#include <string.h>

enum { BATCH_ROWS = 4096, MAX_GRID_BITS = 12 };

struct scan {
    const struct index *ix;
    const struct plan  *plan;
    struct cells       *runs;
    size_t              n_runs, run;
    bool                keep_days;  // rows of other days are given, too, and marked
    bool                whole_runs; // cells side by side may be one unit
    bool                rest;       // the rows without a point are still to come
    // the unit at hand: a cell, several, or the rows without a point
    uint32_t            cell, cell_end, row, end; // cell: also the next one of the run
    bool                cut;
    uint8_t *outside; // [most_anchors] for a cell that is cut: FAIL_PLACE or 0 for each of its points
    // what scan_next gives
    uint32_t first, n, at_cell;
    uint8_t *failed; // [n]
};

static enum err scan_open(struct scope *sc, const struct plan *p, bool with_rest, struct scan *out)
{
    struct scan s = { .ix = p->ix, .plan = p };
    TRY(plan_cells(sc, p, &s.runs, &s.n_runs));
    s.rest = with_rest && !p->nothing && !p->has_box;
    s.failed = arena_array(sc->mem, uint8_t, BATCH_ROWS);
    s.outside = arena_array(sc->mem, uint8_t, (size_t)p->ix->most_anchors + 1);
    if (!s.failed || !s.outside) return fail(&sc->fault, ERR_NOMEM, "no room to scan an index");
    *out = s;
    return OK;
}

// First row in from..end whose day is not before `day` (since the file's epoch).
static uint32_t row_from(const struct index *ix, uint32_t from, uint32_t end, int64_t day)
{
    const struct column_of *c = &ix->column[SECTION_DAY];
    while (from < end) {
        uint32_t middle = from + (end - from) / 2;
        if (column_get(c, middle) < day) from = middle + 1;
        else end = middle;
    }
    return from;
}

static void set_rows(struct scan *s, uint32_t from, uint32_t end)
{
    const struct plan *p = s->plan;
    if (!p->any_day && !s->keep_days) {
        from = row_from(s->ix, from, end, (int64_t)p->from - s->ix->epoch_day);
        end = row_from(s->ix, from, end, (int64_t)p->to + 1 - s->ix->epoch_day);
    }
    s->row = from;
    s->end = end;
}

static void look_at_points(struct scan *s)
{
    const struct format_cell *c = &s->ix->cell[s->at_cell];
    for (uint32_t i = c->first_anchor; i < c[1].first_anchor; i++)
        s->outside[i - c->first_anchor] = plan_has(s->plan, s->ix->anchor[i]) ? 0 : FAIL_PLACE;
}

static bool next_unit(struct scan *s)
{
    const struct format_cell *cell = s->ix->cell;
    if (s->cell == s->cell_end) {
        if (s->run == s->n_runs) {
            if (!s->rest) return false;
            s->rest = s->cut = false;
            s->at_cell = s->ix->n_cells;
            set_rows(s, s->ix->with_point, s->ix->rows);
            return true;
        }
        s->cell = s->runs[s->run].first;
        s->cell_end = s->runs[s->run].end;
        s->cut = s->runs[s->run++].cut;
    }
    bool whole = s->whole_runs && !s->cut && (s->plan->any_day || s->keep_days);
    s->at_cell = s->cell;
    s->cell = whole ? s->cell_end : s->cell + 1;
    set_rows(s, cell[s->at_cell].first_row, cell[s->cell].first_row);
    if (s->cut && s->row < s->end) look_at_points(s);
    return true;
}

static void mark_by_table(uint8_t *failed, const struct column_of *c, uint32_t first, uint32_t n,
                          const uint8_t *table)
{
    if (c->width == 2) {
        const uint16_t *v = (const uint16_t *)(const void *)c->p + first;
        for (uint32_t i = 0; i < n; i++) failed[i] |= table[v[i]];
    } else {
        const uint8_t *v = c->p + first;
        for (uint32_t i = 0; i < n; i++) failed[i] |= table[v[i]];
    }
}

static void mark_areas(uint8_t *failed, const struct column_of *c, uint32_t first, uint32_t n,
                       uint32_t wanted)
{
    if (c->width == 2) {
        const uint16_t *v = (const uint16_t *)(const void *)c->p + first;
        for (uint32_t i = 0; i < n; i++) failed[i] |= v[i] == wanted ? 0 : FAIL_AREA;
    } else {
        const uint8_t *v = c->p + first;
        for (uint32_t i = 0; i < n; i++) failed[i] |= v[i] == wanted ? 0 : FAIL_AREA;
    }
}

static void mark_days(uint8_t *failed, const struct index *ix, uint32_t first, uint32_t n, int64_t from,
                      int64_t to)
{
    const uint16_t *v = (const uint16_t *)(const void *)ix->column[SECTION_DAY].p + first;
    for (uint32_t i = 0; i < n; i++) failed[i] |= v[i] < from || v[i] > to ? FAIL_DATE : 0;
}

// A point's number that its cell does not have fails: only a damaged file has one.
static void mark_points(uint8_t *failed, const struct scan *s, uint32_t first, uint32_t n)
{
    uint32_t anchors = s->ix->cell[s->at_cell + 1].first_anchor - s->ix->cell[s->at_cell].first_anchor;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = column_get(&s->ix->column[SECTION_ANCHOR], first + i);
        failed[i] |= k < anchors ? s->outside[k] : FAIL_PLACE;
    }
}

static bool scan_next(struct scan *s)
{
    while (s->row == s->end)
        if (!next_unit(s)) return false;
    const struct plan  *p = s->plan;
    const struct index *ix = s->ix;
    s->first = s->row;
    s->n = s->end - s->row < BATCH_ROWS ? s->end - s->row : BATCH_ROWS;
    s->row += s->n;
    memset(s->failed, 0, s->n);
    if (p->category) mark_by_table(s->failed, &ix->column[SECTION_CATEGORY], s->first, s->n, p->category);
    if (p->time) mark_by_table(s->failed, &ix->column[SECTION_HOW], s->first, s->n, p->time);
    if (p->outcome) mark_by_table(s->failed, &ix->column[SECTION_OUTCOME], s->first, s->n, p->outcome);
    if (p->area) mark_areas(s->failed, p->area, s->first, s->n, p->area_number);
    if (!p->any_day && s->keep_days)
        mark_days(s->failed, ix, s->first, s->n, (int64_t)p->from - ix->epoch_day,
                  (int64_t)p->to - ix->epoch_day);
    if (s->cut) mark_points(s->failed, s, s->first, s->n);
    return true;
}

static uint32_t passing(const struct scan *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) n += !s->failed[i];
    return n;
}

// -- facets -------------------------------------------------------------------------------------------------

// Counts the values of a column among the rows that fail in nothing but `ignore`.
static void tally(uint32_t *count, const struct column_of *c, const struct scan *s, uint8_t ignore)
{
    const uint8_t *failed = s->failed, obey = (uint8_t)~ignore;
    if (c->width == 2) {
        const uint16_t *v = (const uint16_t *)(const void *)c->p + s->first;
        for (uint32_t i = 0; i < s->n; i++) count[v[i]] += !(failed[i] & obey);
    } else {
        const uint8_t *v = c->p + s->first;
        for (uint32_t i = 0; i < s->n; i++) count[v[i]] += !(failed[i] & obey);
    }
}

// A column that is tallied: where the counts go, one for every value of its width.
struct tally {
    enum section section;
    uint8_t      ignore;
    uint32_t    *count;
};

static enum err tally_make(struct scope *sc, const struct index *ix, enum section section, uint8_t ignore,
                           struct tally *out)
{
    uint32_t *count = arena_array(sc->mem, uint32_t, ix->column[section].width == 2 ? 65536 : 256);
    if (!count) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    *out = (struct tally){ section, ignore, count };
    return OK;
}

static enum err take(struct scope *sc, const uint32_t *count, size_t n, uint64_t **out)
{
    *out = arena_array(sc->mem, uint64_t, n ? n : 1);
    if (!*out) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (size_t i = 0; i < n; i++) (*out)[i] = count[i];
    return OK;
}

static enum err take_days(struct scope *sc, const uint32_t *count, unsigned want, struct facets *out)
{
    if (want & FACET_DAY) TRY(take(sc, count, (size_t)out->n_days, &out->day));
    if (!(want & FACET_MONTH)) return OK;
    out->month = arena_array(sc->mem, uint64_t, (size_t)out->n_months + 1);
    if (!out->month) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a facet");
    for (int32_t m = 0, day = 0; m < out->n_months; m++)
        for (int32_t end = civil_day_of_month(out->first_month + m + 1) - out->first_day;
             day < end && day < out->n_days; day++)
            out->month[m] += count[day];
    return OK;
}

static void cover_period(const struct index *ix, struct facets *f)
{
    const struct release_info *in = &ix->info;
    f->first_day = in->first_day;
    f->first_month = civil_month_of_day(in->first_day);
    if (!in->rows) return;
    f->n_days = in->last_day - in->first_day + 1;
    f->n_months = civil_month_of_day(in->last_day) - f->first_month + 1;
}

enum err index_facets(struct scope *sc, const struct index *ix, const struct filter *f, unsigned want,
                      bool linked, struct facets *out)
{
    struct facets    r = { 0 };
    struct plan      p;
    struct scan      s;
    struct tally     tallies[5 + MAX_AREA_SETS], *t = tallies, *days = NULL;
    const enum facet dates = FACET_MONTH | FACET_DAY;
    cover_period(ix, &r);
    TRY(plan_make(sc, ix, f, NULL, &p));
    TRY(scan_open(sc, &p, true, &s));
    s.whole_runs = true;
    s.keep_days = linked && want & dates;
    if (want & FACET_CATEGORY) TRY(tally_make(sc, ix, SECTION_CATEGORY, linked ? FAIL_CATEGORY : 0, t++));
    if (want & FACET_HOURWEEK) TRY(tally_make(sc, ix, SECTION_HOW, linked ? FAIL_TIME : 0, t++));
    if (want & FACET_OUTCOME) TRY(tally_make(sc, ix, SECTION_OUTCOME, linked ? FAIL_OUTCOME : 0, t++));
    if (want & dates) TRY(tally_make(sc, ix, SECTION_DAY, linked ? FAIL_DATE : 0, days = t++));
    for (unsigned i = 0; want & FACET_AREAS && i < ix->info.n_sets; i++)
        TRY(tally_make(sc, ix, SECTION_AREA + i, linked ? FAIL_AREA : 0, t++));
    while (scan_next(&s)) {
        uint32_t n = passing(&s);
        r.total += n;
        if (s.at_cell == ix->n_cells) r.without_point += n;
        for (const struct tally *k = tallies; k < t; k++)
            tally(k->count, &ix->column[k->section], &s, k->ignore);
    }
    if (days) TRY(take_days(sc, days->count, want, &r));
    for (const struct tally *k = tallies; k < t; k++) {
        if (k->section == SECTION_CATEGORY) TRY(take(sc, k->count, ix->info.n_categories, &r.category));
        else if (k->section == SECTION_HOW) TRY(take(sc, k->count, HOW_VALUES, &r.hourweek));
        else if (k->section == SECTION_OUTCOME) TRY(take(sc, k->count, ix->info.n_outcomes, &r.outcome));
        else if (k->section >= SECTION_AREA)
            TRY(take(sc, k->count, ix->info.sets[k->section - SECTION_AREA].n + 1,
                     &r.area[k->section - SECTION_AREA]));
    }
    *out = r;
    return OK;
}

// -- grid ---------------------------------------------------------------------------------------------------

struct grid {
    unsigned  level, bits; // of its cells; of its side
    uint32_t *count;
    uint32_t *place; // [most_anchors] the grid cell of each point of index cell `cell`
    uint32_t  cell;
};

// The numbers are taken within the grid, so that a point that a damaged file puts elsewhere cannot write beside it.
static uint32_t grid_place(const struct grid *g, struct point p)
{
    uint32_t mask = ((uint32_t)1 << g->bits) - 1, shift = 32 - g->level;
    return ((uint32_t)((uint64_t)p.y >> shift) & mask) << g->bits |
           ((uint32_t)((uint64_t)p.x >> shift) & mask);
}

static void grid_add(struct grid *g, const struct scan *s)
{
    const struct format_cell *c = &s->ix->cell[s->at_cell];
    if (g->level <= s->ix->leaf) {
        g->count[grid_place(g, morton_point(c->code, s->ix->leaf))] += passing(s);
        return;
    }
    uint32_t anchors = c[1].first_anchor - c->first_anchor;
    if (g->cell != s->at_cell)
        for (uint32_t i = 0; i < anchors; i++)
            g->place[i] = grid_place(g, s->ix->anchor[c->first_anchor + i]);
    g->cell = s->at_cell;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t k = column_get(&s->ix->column[SECTION_ANCHOR], s->first + i);
        if (k < anchors) g->count[g->place[k]] += !s->failed[i];
    }
}

enum err index_grid(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x,
                    uint32_t y, unsigned bits, uint32_t *count)
{
    if (z > 31 || x >> z || y >> z)
        return fail(&sc->fault, ERR_INVALID, "there is no tile %u/%u/%u", z, x, y);
    if (bits > MAX_GRID_BITS || z + bits > 32)
        return fail(&sc->fault, ERR_INVALID, "a grid of 2^%u cells a side is too fine for a tile of level %u",
                    bits, z);
    struct grid g = { z + bits, bits, count, arena_array(sc->mem, uint32_t, (size_t)ix->most_anchors + 1),
                      UINT32_MAX };
    if (!g.place) return fail(&sc->fault, ERR_NOMEM, "no room for a grid");
    memset(count, 0, sizeof *count << 2 * bits);
    struct box  tile = tile_box(z, x, y);
    struct plan p;
    struct scan s;
    TRY(plan_make(sc, ix, f, &tile, &p));
    TRY(scan_open(sc, &p, false, &s));
    while (scan_next(&s)) grid_add(&g, &s);
    return OK;
}

// -- places -------------------------------------------------------------------------------------------------

// The rows of one cell that pass, and the same sorted by point (and, within one, still in the order of the file).
struct bag {
    uint32_t *row, *sorted; // [cap]
    size_t    n, cap;
    uint32_t *first;    // [most_anchors + 2] where the rows of each point begin in `sorted`
    uint32_t *category; // [MAX_CATEGORIES] zero between points
};

static enum err bag_make(struct scope *sc, const struct index *ix, struct bag *b)
{
    *b = (struct bag){ .first = arena_array(sc->mem, uint32_t, (size_t)ix->most_anchors + 2),
                       .category = arena_array(sc->mem, uint32_t, MAX_CATEGORIES) };
    return b->first && b->category ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the places of a cell");
}

static enum err bag_add(struct scope *sc, struct bag *b, const struct scan *s)
{
    if (b->cap - b->n < s->n) {
        size_t    cap = b->n + s->n > 2 * b->cap ? b->n + s->n : 2 * b->cap;
        uint32_t *row = arena_array(sc->mem, uint32_t, cap);
        b->sorted = arena_array(sc->mem, uint32_t, cap);
        if (!row || !b->sorted) return fail(&sc->fault, ERR_NOMEM, "no room for the %zu rows of a cell", cap);
        if (b->n) memcpy(row, b->row, b->n * sizeof *row);
        b->row = row;
        b->cap = cap;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        b->row[b->n] = s->first + i;
        b->n += !s->failed[i];
    }
    return OK;
}

static void bag_sort(struct bag *b, const struct index *ix, uint32_t anchors)
{
    const struct column_of *c = &ix->column[SECTION_ANCHOR];
    memset(b->first, 0, ((size_t)anchors + 2) * sizeof *b->first);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        uint32_t k = column_get(c, b->row[i]);
        if (k >= anchors) continue; // a damaged file
        b->row[n++] = b->row[i];
        b->first[k + 2]++;
    }
    for (uint32_t k = 0; k < anchors; k++) b->first[k + 2] += b->first[k + 1];
    for (size_t i = 0; i < n; i++) b->sorted[b->first[column_get(c, b->row[i]) + 1]++] = b->row[i];
    b->n = 0;
}

// A place's text number, or none in a damaged file.
static uint32_t place_of(const struct index *ix, uint32_t row)
{
    uint32_t place = column_get(&ix->column[SECTION_PLACE], row);
    return place < ix->info.n_places ? place : 0;
}

static struct place place_at(const struct index *ix, const struct bag *b, uint32_t anchor, uint32_t from,
                             uint32_t end)
{
    const struct column_of *c = &ix->column[SECTION_CATEGORY];
    struct place            p = { .at = ix->anchor[anchor],
                                  .count = end - from,
                                  .place = place_of(ix, b->sorted[from]) };
    for (uint32_t i = from; i < end; i++) {
        uint32_t k = column_get(c, b->sorted[i]) % MAX_CATEGORIES, n = ++b->category[k];
        if (n > p.top_count || (n == p.top_count && k < p.top_category)) {
            p.top_count = n;
            p.top_category = (uint16_t)k;
        }
    }
    for (uint32_t i = from; i < end; i++) b->category[column_get(c, b->sorted[i]) % MAX_CATEGORIES] = 0;
    return p;
}

// False when there are more than max.
static bool end_cell(const struct index *ix, struct bag *b, uint32_t cell, size_t max, struct place *out,
                     size_t *n)
{
    if (!b->n) return true;
    uint32_t first = ix->cell[cell].first_anchor, anchors = ix->cell[cell + 1].first_anchor - first;
    bag_sort(b, ix, anchors);
    for (uint32_t k = 0; k < anchors; k++) {
        if (b->first[k] == b->first[k + 1]) continue;
        if (*n == max) return false;
        out[(*n)++] = place_at(ix, b, first + k, b->first[k], b->first[k + 1]);
    }
    return true;
}

enum err index_places(struct scope *sc, const struct index *ix, const struct filter *f, struct box in,
                      size_t max, struct place **out, size_t *n, bool *more)
{
    struct plan   p;
    struct scan   s;
    struct bag    b;
    size_t        found = 0;
    struct place *list =
        arena_array(sc->mem, struct place, max < ix->n_anchors ? max + 1 : (size_t)ix->n_anchors + 1);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for %zu places", max);
    TRY(plan_make(sc, ix, f, &in, &p));
    TRY(scan_open(sc, &p, false, &s));
    TRY(bag_make(sc, ix, &b));
    bool     all = true;
    uint32_t cell = 0;
    while (all && scan_next(&s)) {
        if (s.at_cell != cell) all = end_cell(ix, &b, cell, max, list, &found);
        cell = s.at_cell;
        if (all) TRY(bag_add(sc, &b, &s));
    }
    if (all) all = end_cell(ix, &b, cell, max, list, &found);
    *out = list;
    *n = found;
    *more = !all;
    return OK;
}

// -- rows ---------------------------------------------------------------------------------------------------

static struct release_row row_at(const struct index *ix, uint32_t row, const struct point *at)
{
    const struct column_of *c = ix->column;
    uint32_t                flags = column_get(&c[SECTION_FLAGS], row);
    struct release_row      r = {
             .category = (uint16_t)column_get(&c[SECTION_CATEGORY], row),
             .outcome = (uint8_t)column_get(&c[SECTION_OUTCOME], row),
             .how = (uint8_t)column_get(&c[SECTION_HOW], row),
             .precision = flags & 3,
             .flags = (uint8_t)(flags >> 2),
             .has_point = at != NULL,
             .day = ix->epoch_day + (int32_t)column_get(&c[SECTION_DAY], row),
             .minute = (uint16_t)column_get(&c[SECTION_MINUTE], row),
             .place = place_of(ix, row),
             .source = (uint16_t)column_get(&c[SECTION_SOURCE], row),
    };
    if (at) r.at = *at;
    // The caller uses these numbers to look up names: in a damaged file they are put right.
    if (r.category >= ix->info.n_categories) r.category = 0;
    if (r.outcome >= ix->info.n_outcomes) r.outcome = 0;
    if (r.how >= HOW_VALUES) r.how = HOW_NONE;
    if (r.source >= ix->info.n_sources) r.source = 0;
    for (unsigned i = 0; i < MAX_AREA_SETS; i++) {
        uint32_t area = i < ix->info.n_sets ? column_get(&c[SECTION_AREA + i], row) : AREA_NOWHERE;
        r.area[i] = i < ix->info.n_sets && area < ix->info.sets[i].n ? (uint16_t)area : AREA_NOWHERE;
    }
    return r;
}

// The point of a row of a cell; NULL for rows without one, and for a number that the cell does not have.
static const struct point *point_of(const struct index *ix, uint32_t cell, uint32_t row)
{
    if (cell >= ix->n_cells) return NULL;
    uint64_t k = (uint64_t)ix->cell[cell].first_anchor + column_get(&ix->column[SECTION_ANCHOR], row);
    return k < ix->cell[cell + 1].first_anchor ? &ix->anchor[k] : NULL;
}

enum err index_place_rows(struct scope *sc, const struct index *ix, const struct filter *f, struct point at,
                          size_t max, struct release_row **out, size_t *n, uint64_t *total)
{
    struct box  only = { at.x, at.y, at.x, at.y };
    struct plan p;
    struct scan s;
    struct bag  b;
    TRY(plan_make(sc, ix, f, &only, &p));
    TRY(scan_open(sc, &p, false, &s));
    TRY(bag_make(sc, ix, &b));
    while (scan_next(&s)) TRY(bag_add(sc, &b, &s));
    size_t              want = b.n < max ? b.n : max;
    struct release_row *rows = arena_array(sc->mem, struct release_row, want + 1);
    if (!rows) return fail(&sc->fault, ERR_NOMEM, "no room for %zu rows", want);
    for (size_t i = 0; i < want; i++) rows[i] = row_at(ix, b.row[b.n - 1 - i], &at);
    *out = rows;
    *n = want;
    *total = b.n;
    return OK;
}

void index_rows(const struct index *ix, const struct filter *f, struct index_cursor *out)
{
    *out = (struct index_cursor){ .ix = ix, .f = *f };
}

// Goes on to the next cell that the filter may leave something of; behind the last one come the rows without a point.
static bool cursor_next_cell(struct index_cursor *c)
{
    const struct index *ix = c->ix;
    bool                by_place = c->f.has_box || c->f.has_poly;
    for (; c->cell <= ix->n_cells; c->cell++) {
        bool       rest = c->cell == ix->n_cells;
        enum cover cover = !by_place ? COVER_FULL
                           : rest    ? COVER_NONE
                                     : filter_cover(&c->f, cell_box(ix, c->cell));
        if (cover == COVER_NONE) continue;
        uint32_t from = ix->cell[c->cell].first_row, end = rest ? ix->rows : ix->cell[c->cell + 1].first_row;
        from = row_from(ix, from, end, (int64_t)c->f.from_day - ix->epoch_day);
        end = row_from(ix, from, end, (int64_t)c->f.to_day + 1 - ix->epoch_day);
        if (from == end) continue;
        c->cut = cover == COVER_CUT;
        c->next = from;
        c->end = end;
        c->cell++;
        return true;
    }
    return false;
}

bool index_rows_next(struct index_cursor *c, struct release_row *row)
{
    while (c->next < c->end || cursor_next_cell(c)) {
        uint32_t            at = (uint32_t)c->next++, cell = c->cell - 1; // the next cell is one ahead
        const struct point *p = point_of(c->ix, cell, at);
        if (!filter_row(&c->f, c->ix, at) || (c->cut && !(p && filter_point(&c->f, *p)))) continue;
        *row = row_at(c->ix, at, p);
        return true;
    }
    return false;
}
