// SPDX-License-Identifier: EUPL-1.2
#include "web/grid.h"

#include "base/arena.h"
#include "tile/tile.h"
#include "web/words.h"
#include <math.h>

enum { GRID_BITS = 6, MAX_ZOOM = 20, RANGE_FITS = 8 };

static struct box focus_of(const struct release_info *in, struct box home, const struct filter *f)
{
    if (f->has_box || f->has_poly) return f->box;
    bool area = f->set >= 0 && f->area < in->sets[f->set].n;
    return area ? in->sets[f->set].areas[f->area].box : home;
}

/// The box with a margin, widened to the drawing's proportions, kept in the world.
static struct box view_of(struct box b, int width, int height)
{
    double w = ((double)b.max_x - b.min_x) * 1.06, h = ((double)b.max_y - b.min_y) * 1.06;
    double x = ((double)b.min_x + b.max_x) / 2, y = ((double)b.min_y + b.max_y) / 2,
           least = mercator_units(400, b.min_y);
    w = fmax(fmax(w, h * width / height), least);
    h = w * height / width;
    struct box v = { (uint32_t)fmax(0, x - w / 2), (uint32_t)fmax(0, y - h / 2),
                     (uint32_t)fmin(UINT32_MAX, x + w / 2), (uint32_t)fmin(UINT32_MAX, y + h / 2) };
    return v;
}

/// The deepest zoom at which one tile is as large as the view: two by two of them hold it wherever it lies.
static unsigned zoom_of(struct box v)
{
    uint64_t side = (uint64_t)v.max_x - v.min_x, high = (uint64_t)v.max_y - v.min_y;
    unsigned z = 0;
    if (high > side) side = high;
    while (z < MAX_ZOOM && (UINT64_C(1) << (32 - (z + 1))) >= side) z++;
    return z;
}

static bool overlap(struct box a, struct box b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

struct making {
    const struct index  *ix;
    const struct filter *f;
    unsigned             z, bits;
    uint32_t            *count; // [1 << 2 * bits]
    struct grid_cell    *cell;
    size_t               n;
};

static enum err add_tile(struct scope *sc, struct making *m, uint32_t x, uint32_t y, struct box view)
{
    uint32_t   side = 1u << m->bits, cell = 1u << (32 - m->z - m->bits);
    struct box tile = tile_box(m->z, x, y);
    if (!overlap(tile, view)) return OK;
    TRY(index_grid(sc, m->ix, m->f, m->z, x, y, m->bits, m->count));
    for (uint32_t r = 0; r < side; r++)
        for (uint32_t c = 0; c < side; c++) {
            uint32_t n = m->count[r * side + c];
            if (!n) continue;
            uint32_t west = tile.min_x + c * cell, north = tile.min_y + r * cell;
            m->cell[m->n++] = (struct grid_cell){ { west, north, west + cell - 1, north + cell - 1 }, n };
        }
    return OK;
}

enum err grid_of(struct scope *sc, const struct index *ix, struct box home, const struct filter *f, int width,
                 int height, struct grid *out)
{
    const struct release_info *in = index_info(ix);
    struct grid                g = { .view = view_of(focus_of(in, home, f), width, height) };
    struct making              m = { .ix = ix, .f = f, .z = zoom_of(g.view) };
    m.bits = tile_cell_bits(in, m.z, GRID_BITS);
    size_t per_tile = (size_t)1 << (2 * m.bits);
    m.count = arena_array(sc->mem, uint32_t, per_tile);
    m.cell = arena_array(sc->mem, struct grid_cell, 4 * per_tile);
    uint32_t *all = arena_array(sc->mem, uint32_t, 4 * per_tile);
    if (!m.count || !m.cell || !all) return fail(&sc->fault, ERR_NOMEM, "no room for a grid");
    uint64_t tile_side = UINT64_C(1) << (32 - m.z);
    uint32_t x1 = (uint32_t)(g.view.min_x / tile_side), x2 = (uint32_t)(g.view.max_x / tile_side);
    uint32_t y1 = (uint32_t)(g.view.min_y / tile_side), y2 = (uint32_t)(g.view.max_y / tile_side);
    for (uint32_t y = y1; y <= y2 && y <= y1 + 1; y++)
        for (uint32_t x = x1; x <= x2 && x <= x1 + 1; x++) TRY(add_tile(sc, &m, x, y, g.view));
    for (size_t i = 0; i < m.n; i++) all[i] = overlap(m.cell[i].box, g.view) ? m.cell[i].count : 0;
    TRY(classes_of(sc, all, m.n, &g.classes));
    g.cells = m.cell;
    g.n = m.n;
    g.side_m = (double)(tile_side >> m.bits) * mercator_unit_m(g.view.min_y / 2 + g.view.max_y / 2);
    *out = g;
    return OK;
}

int grid_shade(const struct classes *c, size_t i)
{
    if (c->n < 2) return 3;
    return (int)lround(1 + (double)i * (CLASSES_MAX - 1) / (double)(c->n - 1));
}

static str range_of(struct scope *sc, enum language l, const struct classes *c, size_t i)
{
    str low = word_count(sc, l, c->from[i]);
    if (i + 1 == c->n) return c->from[i] == c->max ? low : arena_printf(sc->mem, "%.*s+", STR(low));
    if (c->from[i + 1] == c->from[i] + 1) return low;
    str high = word_count(sc, l, c->from[i + 1] - 1);
    return arena_printf(sc->mem, "%.*s–%.*s", STR(low), STR(high));
}

static size_t characters(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

// As in front/legend.js: where ranges would run into each other, each class is told by where it begins.
str grid_range(struct scope *sc, enum language l, const struct classes *c, size_t i)
{
    bool fits = true;
    for (size_t k = 0; k + 1 < c->n; k++) fits = fits && characters(range_of(sc, l, c, k)) <= RANGE_FITS;
    return fits || i + 1 == c->n ? range_of(sc, l, c, i) : word_count(sc, l, c->from[i]);
}
