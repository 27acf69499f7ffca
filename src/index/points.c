// SPDX-License-Identifier: EUPL-1.2
// Answers about the published points themselves.
#include "base/arena.h"
#include "index/query.h"
#include "index/scan_int.h"

static bool cell_has_points(const struct index *ix, uint32_t cell, struct box in)
{
    for (uint32_t i = ix->cell[cell].first_anchor; i < ix->cell[cell + 1].first_anchor; i++)
        if (box_has(in, ix->anchor[i])) return true;
    return false;
}

// The square of so many levels down whose cells are first..end. A square within the box needs no look at its points: a
// cell stands in the file because it has some. Goes at most INDEX_MAX_LEAF deep.
static bool square_has_points(const struct index *ix, struct box in, unsigned level, uint64_t code,
                              uint32_t first, uint32_t end)
{
    struct point at = morton_point(code, level);
    uint32_t     more = (uint32_t)(((uint64_t)1 << (32 - level)) - 1);
    struct box   square = { at.x, at.y, at.x + more, at.y + more };
    if (first == end || !box_meets(square, in)) return false;
    if (box_within(square, in)) return true;
    if (level == ix->leaf) return cell_has_points(ix, first, in);
    unsigned below = 2 * (ix->leaf - level - 1);
    for (uint64_t k = 0; k < 4; k++) {
        uint32_t next = k < 3 ? cell_from(ix, first, end, (code * 4 + k + 1) << below) : end;
        if (square_has_points(ix, in, level + 1, code * 4 + k, first, next)) return true;
        first = next;
    }
    return false;
}

bool index_has_points(const struct index *ix, struct box in)
{
    return square_has_points(ix, in, 0, 0, 0, ix->n_cells);
}

// -- with their rows counted ------------------------------------------------------------------------------------------------

struct index_points {
    struct plan         plan;
    struct scan         scan;
    uint32_t           *count; // [most_anchors] zero between cells
    struct index_point *point; // [most_anchors]
};

enum err index_points_open(struct scope *sc, const struct index *ix, const struct filter *f,
                           const struct box *in, struct index_points **out)
{
    struct index_points *c = arena_new(sc->mem, struct index_points);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no room to count at points");
    c->count = arena_array(sc->mem, uint32_t, (size_t)ix->most_anchors + 1);
    c->point = arena_array(sc->mem, struct index_point, (size_t)ix->most_anchors + 1);
    if (!c->count || !c->point)
        return fail(&sc->fault, ERR_NOMEM, "no room for the %u points of a cell", ix->most_anchors);
    TRY(plan_make(sc, ix, f, in, &c->plan));
    TRY(scan_open(sc, &c->plan, false, false, &c->scan));
    *out = c;
    return OK;
}

static void count_batch(struct index_points *c, uint32_t anchors)
{
    const struct column_of *anchor = &c->scan.ix->column[SECTION_ANCHOR];
    uint32_t                n;
    const uint16_t         *picked = scan_pick(&c->scan, SCAN_OBEY_ALL, &n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = column_get(anchor, c->scan.first + (picked ? picked[i] : i));
        if (k < anchors) c->count[k]++; // else a damaged file
    }
}

bool index_points_next(struct index_points *c, const struct index_point **p, size_t *n)
{
    while (scan_unit(&c->scan)) {
        const struct format_cell *cell = &c->scan.ix->cell[c->scan.at_cell];
        uint32_t                  anchors = cell[1].first_anchor - cell->first_anchor;
        size_t                    k = 0;
        if (c->scan.row == c->scan.end) continue;
        while (scan_batch(&c->scan)) count_batch(c, anchors);
        for (uint32_t i = 0; i < anchors; i++) {
            if (c->count[i])
                c->point[k++] =
                    (struct index_point){ c->scan.ix->anchor[cell->first_anchor + i], c->count[i] };
            c->count[i] = 0;
        }
        if (!k) continue;
        *p = c->point;
        *n = k;
        return true;
    }
    return false;
}

// -- the ground they stand on -----------------------------------------------------------------------------------------------

// Points come in Morton order, so those of one square follow each other.
struct ground {
    unsigned level;
    uint64_t last;
    bool     any;
    double   m2;
};

static void ground_add(struct ground *g, struct point p)
{
    uint64_t code = morton(p, g->level);
    if (g->any && code == g->last) return;
    uint32_t half = (uint32_t)(((uint64_t)1 << (32 - g->level)) / 2);
    double   side = 2.0 * half * mercator_unit_m(morton_point(code, g->level).y + half);
    g->any = true;
    g->last = code;
    g->m2 += side * side;
}

static void open_all_but_place(struct filter *f)
{
    f->from_day = INT32_MIN;
    f->to_day = INT32_MAX;
    f->any_category = f->any_outcome = true;
    f->hours = 0xFFFFFF;
    f->days = 0x7F;
}

enum err index_ground(struct scope *sc, const struct index *ix, const struct filter *f, unsigned level,
                      double *km2)
{
    struct ground g = { .level = level };
    if (level < 1 || level > 31)
        return fail(&sc->fault, ERR_INVALID, "there are no squares of level %u", level);
    if (f->set < 0 && !f->has_box && !f->has_poly) { // every point has a row: none need be read
        for (uint32_t i = 0; i < ix->n_anchors; i++) ground_add(&g, ix->anchor[i]);
    } else {
        struct filter *place = arena_new(sc->mem, struct filter);
        if (!place) return fail(&sc->fault, ERR_NOMEM, "no room for a filter");
        *place = *f;
        open_all_but_place(place);
        struct index_points      *c;
        const struct index_point *p;
        size_t                    n;
        TRY(index_points_open(sc, ix, place, NULL, &c));
        while (index_points_next(c, &p, &n))
            for (size_t i = 0; i < n; i++) ground_add(&g, p[i].at);
    }
    *km2 = g.m2 / 1e6;
    return OK;
}
