// SPDX-License-Identifier: EUPL-1.2
// Answers that are rows themselves, or the places they stand at.
#include "base/arena.h"
#include "index/query.h"
#include "index/scan_int.h"
#include <string.h>

// -- places -------------------------------------------------------------------------------------------------

// The rows of one cell that pass, and the same sorted by point (and, within one, still in the order of the file).
struct bag {
    uint32_t *row, *sorted; // [cap]
    uint32_t *point;        // [cap] of each row, read once
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
        b->point = arena_array(sc->mem, uint32_t, cap);
        if (!row || !b->sorted || !b->point)
            return fail(&sc->fault, ERR_NOMEM, "no room for the %zu rows of a cell", cap);
        if (b->n) memcpy(row, b->row, b->n * sizeof *row);
        b->row = row;
        b->cap = cap;
    }
    uint32_t        n;
    const uint16_t *picked = scan_pick(s, SCAN_OBEY_ALL, &n);
    for (uint32_t i = 0; i < n; i++) b->row[b->n++] = s->first + (picked ? picked[i] : i);
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
        b->point[n] = k;
        b->row[n++] = b->row[i];
        b->first[k + 2]++;
    }
    for (uint32_t k = 0; k < anchors; k++) b->first[k + 2] += b->first[k + 1];
    for (size_t i = 0; i < n; i++) b->sorted[b->first[b->point[i] + 1]++] = b->row[i];
    b->n = 0;
}

// A place's text number, or none in a damaged file.
static uint32_t place_of(const struct index *ix, uint32_t row)
{
    uint32_t place = column_get(&ix->column[SECTION_PLACE], row);
    return place < ix->info.n_places ? place : 0;
}

/// A row's kind, or the first one in a damaged file.
static uint16_t kind_of(const struct index *ix, uint32_t row)
{
    uint32_t kind = column_get(&ix->column[SECTION_CATEGORY], row);
    return kind < release_n_kinds(&ix->info) ? (uint16_t)kind : 0;
}

static struct place place_at(const struct index *ix, const struct bag *b, uint32_t anchor, uint32_t from,
                             uint32_t end)
{
    struct place p = { .at = ix->anchor[anchor],
                       .count = end - from,
                       .place = place_of(ix, b->sorted[from]) };
    for (uint32_t i = from; i < end; i++) {
        uint16_t           kind = kind_of(ix, b->sorted[i]);
        struct release_mix of = release_kind(&ix->info, &kind);
        for (size_t k = 0; k < of.n; k++) {
            uint32_t n = ++b->category[of.category[k]];
            if (n < p.top_count || (n == p.top_count && of.category[k] >= p.top_category)) continue;
            p.top_count = n;
            p.top_category = of.category[k];
        }
    }
    for (uint32_t i = from; i < end; i++) {
        uint16_t           kind = kind_of(ix, b->sorted[i]);
        struct release_mix of = release_kind(&ix->info, &kind);
        for (size_t k = 0; k < of.n; k++) b->category[of.category[k]] = 0;
    }
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
    TRY(scan_open(sc, &p, false, false, &s));
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
             .kind = kind_of(ix, row),
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
    if (r.outcome >= ix->info.n_outcomes) r.outcome = 0;
    if (r.how >= HOW_VALUES) r.how = HOW_NONE;
    if (r.source >= ix->info.n_sources) r.source = 0;
    for (unsigned i = 0; i < MAX_AREA_SETS; i++) {
        uint32_t area = i < ix->info.n_sets ? column_get(&c[SECTION_AREA + i], row) : AREA_NOWHERE;
        r.area[i] = i < ix->info.n_sets && area < ix->info.sets[i].n ? (uint16_t)area : AREA_NOWHERE;
    }
    return r;
}

enum err index_place_rows(struct scope *sc, const struct index *ix, const struct filter *f, struct point at,
                          size_t max, struct release_row **out, size_t *n, uint64_t *total)
{
    struct box  only = { at.x, at.y, at.x, at.y };
    struct plan p;
    struct scan s;
    struct bag  b;
    TRY(plan_make(sc, ix, f, &only, &p));
    TRY(scan_open(sc, &p, false, false, &s));
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
        from = scan_row_from(ix, from, end, (int64_t)c->f.from_day - ix->epoch_day);
        end = scan_row_from(ix, from, end, (int64_t)c->f.to_day + 1 - ix->epoch_day);
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
        const struct point *p = scan_point(c->ix, cell, at);
        if (!filter_row(&c->f, c->ix, at) || (c->cut && !(p && filter_point(&c->f, *p)))) continue;
        *row = row_at(c->ix, at, p);
        return true;
    }
    return false;
}
