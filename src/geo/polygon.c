// SPDX-License-Identifier: EUPL-1.2
// A ray runs east from the point; the number of edges it crosses says whether the point is inside. An edge
// counts for the rows from its northern end up to, and without, its southern end, and for the points strictly
// west of it. The rule does not look at the direction of an edge, so the two areas that share one agree about
// every point.
//
// The grid: square cells over the box of all areas, in strips of cells from west to east. A cell that no edge
// of an area touches lies wholly in or out of it. In the others the ray is followed, but only through the
// edges of that area in that strip, which are kept side by side.
#include "geo/polygon.h"
#include "base/arena.h"
#include <assert.h>
#include <string.h>

struct edge {
    uint32_t x0, y0, x1, y1; // y0 <= y1
};

static struct edge edge_of(struct point a, struct point b)
{
    return a.y <= b.y ? (struct edge){ a.x, a.y, b.x, b.y } : (struct edge){ b.x, b.y, a.x, a.y };
}

// Does the ray from p cross the edge? Differences have 33 bits, so their products need more than 64.
static inline bool edge_right_of(const struct edge *e, struct point p)
{
    if (p.y < e->y0 || p.y >= e->y1) return false;
    int64_t px = p.x, x0 = e->x0, x1 = e->x1;
    if (px >= x0 && px >= x1) return false;
    if (px < x0 && px < x1) return true;
    int64_t dy = (int64_t)e->y1 - e->y0, ey = (int64_t)p.y - e->y0;
    return (__int128)(px - x0) * dy < (__int128)(x1 - x0) * ey;
}

// Walks the edges of all rings. Rings shorter than two points have none.
struct edge_walk {
    const struct ring_set *rings;
    size_t                 ring, at;
};

static bool edge_next(struct edge_walk *w, struct edge *out)
{
    for (; w->ring < w->rings->n_rings; w->ring++) {
        if (w->at + 1 < w->rings->ring_end[w->ring]) {
            *out = edge_of(w->rings->point[w->at], w->rings->point[w->at + 1]);
            w->at++;
            return true;
        }
        w->at = w->rings->ring_end[w->ring];
    }
    return false;
}

bool polygon_has(const struct ring_set *rings, struct point p)
{
    bool             in = false;
    struct edge_walk w = { rings };
    for (struct edge e; edge_next(&w, &e);) in ^= edge_right_of(&e, p);
    return in;
}

struct box polygon_box(const struct ring_set *rings)
{
    struct box b = BOX_EMPTY;
    for (size_t i = 0; i < rings->n_points; i++) box_add(&b, rings->point[i]);
    return b;
}

// Where the edge runs within the rows north..south: a span of x that is never too narrow. One unit of slack
// covers the rounding of double, whose 53 bits hold every product of a 32-bit slope to well below one unit.
static void edge_span(const struct edge *e, uint32_t north, uint32_t south, uint32_t *west, uint32_t *east)
{
    uint32_t min_x = e->x0 < e->x1 ? e->x0 : e->x1, max_x = e->x0 < e->x1 ? e->x1 : e->x0;
    *west = min_x;
    *east = max_x;
    if (e->y0 == e->y1) return;
    double slope = ((double)e->x1 - e->x0) / ((double)e->y1 - e->y0);
    double top = e->y0 < north ? e->x0 + slope * ((double)north - e->y0) : e->x0;
    double end = e->y1 > south ? e->x0 + slope * ((double)south + 1 - e->y0) : e->x1;
    double lo = (top < end ? top : end) - 1, hi = (top < end ? end : top) + 1;
    if (lo > min_x) *west = lo < max_x ? (uint32_t)lo : max_x;
    if (hi < max_x) *east = hi > min_x ? (uint32_t)hi : min_x;
}

static bool edge_meets(const struct edge *e, struct box b)
{
    if (e->y1 < b.min_y || e->y0 > b.max_y) return false;
    uint32_t west, east;
    edge_span(e, b.min_y, b.max_y, &west, &east);
    return west <= b.max_x && east >= b.min_x;
}

enum cover polygon_cover(const struct ring_set *rings, struct box b)
{
    bool             in = false;
    struct edge_walk w = { rings };
    for (struct edge e; edge_next(&w, &e);) {
        if (edge_meets(&e, b)) return COVER_CUT;
        in ^= edge_right_of(&e, (struct point){ b.min_x, b.min_y });
    }
    return in ? COVER_FULL : COVER_NONE;
}

// -- the grid over many -------------------------------------------------------------------------------------

enum { MAX_AREAS = 65534, MIN_CELLS = 1024, CELLS_PER_EDGE = 4, MAX_CELLS = 1 << 22 };

// What stands in a cell's list. WHOLE: the cell lies wholly in the area, and the list ends here.
struct candidate {
    uint16_t area;
    bool     whole;
};

// The strips of one area: edge[first[i]] up to edge[first[i + 1]] belong to strip row + i of the grid.
struct strips {
    uint32_t row, n;
    uint64_t first; // place in polygon_index.strip_first
};

struct polygon_index {
    struct box        box;
    unsigned          shift; // a cell is 2^shift units a side
    uint32_t          cols, rows;
    uint32_t         *cell_first; // [cols * rows + 1] in candidate
    struct candidate *candidate;
    struct strips    *strips; // [n] per area
    uint64_t         *strip_first;
    struct edge      *edge;
};

struct builder {
    struct polygon_index  *ix;
    const struct ring_set *areas;
    size_t                 n;
    struct box            *boxes;   // [n]
    uint8_t               *touched; // [cols] cells of the strip that an edge of the area touches
    uint8_t               *closed;  // [cols * rows] cells whose list has ended
    uint32_t              *fill;    // [cols * rows] first pass: how many; second pass: where the next goes
    bool                   counting;
};

static uint32_t row_of(const struct polygon_index *ix, uint32_t y)
{
    return (y - ix->box.min_y) >> ix->shift;
}
static uint32_t col_of(const struct polygon_index *ix, uint32_t x)
{
    return (x - ix->box.min_x) >> ix->shift;
}
static uint32_t row_north(const struct polygon_index *ix, uint32_t row)
{
    return ix->box.min_y + (row << ix->shift);
}
static uint32_t row_south(const struct polygon_index *ix, uint32_t row)
{
    uint64_t south = (uint64_t)ix->box.min_y + (((uint64_t)row + 1) << ix->shift) - 1;
    return south > ix->box.max_y ? ix->box.max_y : (uint32_t)south;
}

static void choose_cells(struct polygon_index *ix, uint64_t edges)
{
    uint64_t wanted = edges * CELLS_PER_EDGE;
    if (wanted < MIN_CELLS) wanted = MIN_CELLS;
    if (wanted > MAX_CELLS) wanted = MAX_CELLS;
    for (ix->shift = 0;; ix->shift++) {
        ix->cols = ((ix->box.max_x - ix->box.min_x) >> ix->shift) + 1;
        ix->rows = ((ix->box.max_y - ix->box.min_y) >> ix->shift) + 1;
        if (ix->cols && ix->rows && (uint64_t)ix->cols * ix->rows <= wanted) return;
    }
}

static bool strip_has(const struct polygon_index *ix, const struct strips *s, uint32_t row, struct point p)
{
    bool            in = false;
    const uint64_t *first = ix->strip_first + s->first + (row - s->row);
    for (const struct edge *e = ix->edge + first[0], *end = ix->edge + first[1]; e < end; e++)
        in ^= edge_right_of(e, p);
    return in;
}

// Sorts the edges of every area into its strips: count, sum up, place.
static enum err build_strips(struct scope *sc, struct builder *b)
{
    struct polygon_index *ix = b->ix;
    uint64_t              n_strips = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct strips *s = &ix->strips[i];
        s->first = n_strips;
        if (b->boxes[i].min_x > b->boxes[i].max_x) continue; // no points, no strips
        s->row = row_of(ix, b->boxes[i].min_y);
        s->n = row_of(ix, b->boxes[i].max_y) - s->row + 1;
        n_strips += s->n;
    }
    ix->strip_first = arena_array(sc->mem, uint64_t, n_strips + 1);
    if (!ix->strip_first) return fail(&sc->fault, ERR_NOMEM, "no room for the strips of %zu areas", b->n);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < b->n; i++) {
            const struct strips *s = &ix->strips[i];
            struct edge_walk     w = { &b->areas[i] };
            for (struct edge e; edge_next(&w, &e);) {
                for (uint32_t row = row_of(ix, e.y0), last = row_of(ix, e.y1); row <= last; row++) {
                    uint64_t *at = &ix->strip_first[s->first + (row - s->row)];
                    if (pass) ix->edge[*at] = e;
                    ++*at;
                }
            }
        }
        // Counts to ends on the first pass, ends (each strip's place has run to its end) to beginnings on the
        // second.
        uint64_t sum = 0;
        for (uint64_t i = 0; i <= n_strips; i++) {
            uint64_t next = pass ? ix->strip_first[i] : sum + ix->strip_first[i];
            ix->strip_first[i] = sum;
            sum = next;
        }
        if (pass) continue;
        ix->edge = arena_array(sc->mem, struct edge, sum ? sum : 1);
        if (!ix->edge)
            return fail(&sc->fault, ERR_NOMEM, "no room for the %llu edges of %zu areas",
                        (unsigned long long)sum, b->n);
    }
    return OK;
}

static void put_candidate(struct builder *b, uint32_t cell, uint16_t area, bool whole)
{
    if (b->closed[cell]) return;
    b->closed[cell] = whole;
    if (!b->counting) b->ix->candidate[b->fill[cell]] = (struct candidate){ area, whole };
    b->fill[cell]++;
}

static void visit_strip(struct builder *b, uint16_t area, uint32_t row)
{
    struct polygon_index *ix = b->ix;
    const struct strips  *s = &ix->strips[area];
    const uint64_t       *first = ix->strip_first + s->first + (row - s->row);
    uint32_t              from = col_of(ix, b->boxes[area].min_x), to = col_of(ix, b->boxes[area].max_x);
    memset(b->touched + from, 0, to - from + 1);
    for (uint64_t k = first[0]; k < first[1]; k++) {
        uint32_t west, east;
        edge_span(&ix->edge[k], row_north(ix, row), row_south(ix, row), &west, &east);
        uint32_t c = col_of(ix, west);
        memset(b->touched + c, 1, col_of(ix, east) - c + 1);
    }
    bool known = false, in = false; // cells side by side that no edge touches are all in or all out
    for (uint32_t col = from; col <= to; col++) {
        uint32_t cell = row * ix->cols + col;
        if (b->touched[col]) {
            put_candidate(b, cell, area, false);
            known = false;
            continue;
        }
        if (!known)
            in = strip_has(ix, s, row,
                           (struct point){ ix->box.min_x + (col << ix->shift), row_north(ix, row) });
        known = true;
        if (in) put_candidate(b, cell, area, true);
    }
}

static void visit_areas(struct builder *b)
{
    for (size_t i = 0; i < b->n; i++)
        for (uint32_t k = 0; k < b->ix->strips[i].n; k++)
            visit_strip(b, (uint16_t)i, b->ix->strips[i].row + k);
}

static enum err build_cells(struct scope *sc, struct builder *b)
{
    struct polygon_index *ix = b->ix;
    size_t                n_cells = (size_t)ix->cols * ix->rows;
    ix->cell_first = arena_array(sc->mem, uint32_t, n_cells + 1);
    b->fill = arena_array(sc->mem, uint32_t, n_cells);
    b->closed = arena_array(sc->mem, uint8_t, n_cells);
    b->touched = arena_array(sc->mem, uint8_t, ix->cols);
    if (!ix->cell_first || !b->fill || !b->closed || !b->touched)
        return fail(&sc->fault, ERR_NOMEM, "no room for a grid of %zu cells", n_cells);
    b->counting = true;
    visit_areas(b);
    uint64_t sum = 0;
    for (size_t i = 0; i < n_cells; i++) {
        uint64_t next = sum + b->fill[i];
        if (next > UINT32_MAX)
            return fail(&sc->fault, ERR_LIMIT, "%zu areas lie too deep over each other", b->n);
        b->fill[i] = ix->cell_first[i] = (uint32_t)sum;
        sum = next;
    }
    ix->cell_first[n_cells] = (uint32_t)sum;
    ix->candidate = arena_array(sc->mem, struct candidate, sum ? sum : 1);
    if (!ix->candidate) return fail(&sc->fault, ERR_NOMEM, "no room for the cells of %zu areas", b->n);
    memset(b->closed, 0, n_cells);
    b->counting = false;
    visit_areas(b);
    return OK;
}

enum err polygon_index_build(struct scope *sc, const struct ring_set *areas, size_t n,
                             struct polygon_index **out)
{
    if (n > MAX_AREAS)
        return fail(&sc->fault, ERR_LIMIT, "%zu areas in one set; at most %d are possible", n, MAX_AREAS);
    struct polygon_index *ix = arena_new(sc->mem, struct polygon_index);
    struct box           *boxes = arena_array(sc->mem, struct box, n ? n : 1);
    if (!ix || !boxes) return fail(&sc->fault, ERR_NOMEM, "no room for a grid over %zu areas", n);
    ix->strips = arena_array(sc->mem, struct strips, n ? n : 1);
    if (!ix->strips) return fail(&sc->fault, ERR_NOMEM, "no room for a grid over %zu areas", n);
    ix->box = BOX_EMPTY;
    uint64_t edges = 0;
    for (size_t i = 0; i < n; i++) {
        boxes[i] = polygon_box(&areas[i]);
        edges += areas[i].n_points;
        if (!areas[i].n_points) continue;
        box_add(&ix->box, (struct point){ boxes[i].min_x, boxes[i].min_y });
        box_add(&ix->box, (struct point){ boxes[i].max_x, boxes[i].max_y });
    }
    if (edges) {
        struct builder b = { .ix = ix, .areas = areas, .n = n, .boxes = boxes };
        choose_cells(ix, edges);
        TRY(build_strips(sc, &b));
        TRY(build_cells(sc, &b));
    }
    *out = ix;
    return OK;
}

uint16_t polygon_index_find(const struct polygon_index *ix, struct point p)
{
    if (!box_has(ix->box, p)) return POLYGON_NOWHERE;
    uint32_t row = row_of(ix, p.y);
    size_t   cell = (size_t)row * ix->cols + col_of(ix, p.x);
    for (uint32_t i = ix->cell_first[cell]; i < ix->cell_first[cell + 1]; i++) {
        const struct candidate *c = &ix->candidate[i];
        if (c->whole || strip_has(ix, &ix->strips[c->area], row, p)) return c->area;
    }
    return POLYGON_NOWHERE;
}
