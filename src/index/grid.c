// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "index/kernel_int.h"
#include "index/query.h"
#include "index/scan_int.h"
#include <string.h>

enum { MAX_GRID_BITS = 12, MOST_UP = 2 };
static_assert(KERNEL_MAX_PARTS == 1 << 2 * MOST_UP, "squares of a cell");

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

// The grid's cells are as large as the index's or larger: all rows of a unit fall into one.
static void grid_coarse(struct grid *g, struct scan *s)
{
    while (scan_unit(s))
        if (s->row < s->end)
            g->count[grid_place(g, morton_point(s->ix->cell[s->at_cell].code, s->ix->leaf))] += scan_count(s);
}

// Where the points of each square but the first of the index cell at hand begin: points are sorted as squares are.
static void borders_of(const struct grid *g, const struct format_cell *c, const struct point *point,
                       unsigned parts, uint16_t *at)
{
    uint32_t n = c[1].first_anchor - c[0].first_anchor, from = 0;
    for (unsigned q = 1; q < parts; q++) {
        uint32_t end = n;
        while (from < end) {
            uint32_t middle = (from + end) / 2;
            if ((morton(point[middle], g->level) & (parts - 1)) < q) from = middle + 1;
            else end = middle;
        }
        at[q - 1] = (uint16_t)from;
    }
}

// An index cell holds a few squares of the grid, side by side: the kernel tells them apart.
static void grid_split(struct grid *g, struct scan *s)
{
    const struct format_cell *c = &s->ix->cell[s->at_cell];
    unsigned                  up = g->level - s->ix->leaf, parts = 1u << 2 * up;
    uint32_t                  count[KERNEL_MAX_PARTS];
    uint16_t                  at[KERNEL_MAX_PARTS - 1];
    borders_of(g, c, s->ix->anchor + c->first_anchor, parts, at);
    scan_split(s, at, parts, count);
    uint32_t corner = grid_place(g, morton_point(c->code, s->ix->leaf));
    for (unsigned q = 0; q < parts; q++) {
        uint32_t row = (q >> 1 & 1) | (q >> 2 & 2), column = (q & 1) | (q >> 1 & 2);
        g->count[corner + (row << g->bits) + column] += count[q];
    }
}

// A table of the cell's points pays when there are more rows than points; for fewer each row's point is looked at.
static void grid_rows(struct grid *g, struct scan *s)
{
    const struct column_of   *anchor = &s->ix->column[SECTION_ANCHOR];
    const struct format_cell *c = &s->ix->cell[s->at_cell];
    const struct point       *point = s->ix->anchor + c->first_anchor;
    uint32_t                  anchors = c[1].first_anchor - c->first_anchor, n;
    const uint16_t           *picked = scan_pick(s, SCAN_OBEY_ALL, &n);
    if (g->cell != s->at_cell && n >= anchors) {
        for (uint32_t i = 0; i < anchors; i++) g->place[i] = grid_place(g, point[i]);
        g->cell = s->at_cell;
    }
    bool table = g->cell == s->at_cell;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = column_get(anchor, s->first + (picked ? picked[i] : i));
        if (k < anchors) g->count[table ? g->place[k] : grid_place(g, point[k])]++;
    }
}

static void grid_fine(struct grid *g, struct scan *s)
{
    static const uint32_t enough[MOST_UP + 1] = { 0, 24, 384 }; // rows that pay for the borders
    unsigned              up = g->level - s->ix->leaf;
    bool                  few = up <= MOST_UP && up <= g->bits;
    while (scan_unit(s)) {
        if (few && s->end - s->row >= enough[up] && scan_splits(s)) grid_split(g, s);
        while (scan_batch(s)) grid_rows(g, s);
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
    struct grid g = { .level = z + bits, .bits = bits, .count = count, .cell = UINT32_MAX };
    struct box  tile = tile_box(z, x, y);
    struct plan p;
    struct scan s;
    memset(count, 0, sizeof *count << 2 * bits);
    TRY(plan_make(sc, ix, f, &tile, &p));
    TRY(scan_open(sc, &p, false, false, &s));
    if (g.level <= ix->leaf) {
        grid_coarse(&g, &s);
        return OK;
    }
    g.place = arena_array(sc->mem, uint32_t, ix->most_anchors);
    if (!g.place && ix->most_anchors) return fail(&sc->fault, ERR_NOMEM, "no room for a grid");
    grid_fine(&g, &s);
    return OK;
}
