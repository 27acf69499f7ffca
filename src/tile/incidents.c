// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "tile/clip.h"
#include "tile/tile.h"

enum { MAX_CELL_BITS = 6 };

void tile_place_id(struct point at, char to[TILE_PLACE_ID + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t          v = (uint64_t)at.x << 32 | at.y;
    for (int i = TILE_PLACE_ID; i-- > 0; v >>= 4) to[i] = digits[v & 15];
    to[TILE_PLACE_ID] = 0;
}

bool tile_place_read(str id, struct point *out)
{
    uint64_t v = 0;
    if (id.n != TILE_PLACE_ID) return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        if (c >= '0' && c <= '9') v = v << 4 | (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f') v = v << 4 | (unsigned)(c - 'a' + 10);
        else return false;
    }
    *out = (struct point){ (uint32_t)(v >> 32), (uint32_t)v };
    return true;
}

unsigned tile_places_z(const struct release_info *info)
{
    bool wide = info->anchor_level && info->anchor_level < TILE_PLACES_Z;
    return wide ? info->anchor_level : TILE_PLACES_Z;
}

static void square(struct mvt *m, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
    mvt_ring(m, (struct mvt_point[]){ { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } }, 4, false);
}

// -- cells --------------------------------------------------------------------------------------------------

static enum err cells(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z,
                      uint32_t x, uint32_t y, struct mvt *m)
{
    struct arena_mark mark = arena_mark(sc->mem);
    unsigned          bits = tile_cell_bits(index_info(ix), z, MAX_CELL_BITS);
    uint32_t         *count = arena_array(sc->mem, uint32_t, (size_t)1 << (2 * bits));
    if (!count) return fail(&sc->fault, ERR_NOMEM, "no room for the cells of a tile");
    TRY(index_grid(sc, ix, f, z, x, y, bits, count));
    mvt_squares(m, S("cells"), count, bits, z + bits, x, y);
    arena_back(sc->mem, mark);
    return OK;
}

// -- places -------------------------------------------------------------------------------------------------

static bool on_grid(struct point p, uint32_t half)
{
    uint32_t mask = 2 * half - 1;
    return (p.x & mask) == half && (p.y & mask) == half;
}

static int32_t clamp_unit(int64_t v)
{
    int64_t low = -TILE_BUFFER, high = TILE_EXTENT + TILE_BUFFER;
    return (int32_t)(v < low ? low : v > high ? high : v);
}

/// Nothing when the square does not reach into the tile itself.
static void place_square(struct mvt *m, const struct view *v, struct point at, uint32_t half)
{
    int64_t x0 = (at.x - v->x0 - half) >> v->shift, x1 = (at.x - v->x0 + half) >> v->shift;
    int64_t y0 = (at.y - v->y0 - half) >> v->shift, y1 = (at.y - v->y0 + half) >> v->shift;
    if (x1 <= 0 || y1 <= 0 || x0 >= TILE_EXTENT || y0 >= TILE_EXTENT) return;
    square(m, clamp_unit(x0), clamp_unit(y0), clamp_unit(x1), clamp_unit(y1));
}

static void draw_place(struct mvt *m, const struct release_info *info, const struct view *v,
                       const struct place *p, uint32_t half)
{
    char id[TILE_PLACE_ID + 1];
    mvt_feature_begin(m);
    if (half) place_square(m, v, p->at, half);
    else mvt_point(m, view_point(v, p->at));
    if (m->type) {
        mvt_tag_u64(m, S("n"), p->count);
        mvt_tag_str(m, S("name"), p->place < info->n_places ? info->places[p->place] : (str){ 0 });
        if (p->top_category < info->n_categories)
            mvt_tag_str(m, S("cat"), info->categories[p->top_category].key);
        tile_place_id(p->at, id);
        mvt_tag_str(m, S("id"), (str){ id, TILE_PLACE_ID });
    }
    mvt_feature_end(m);
}

/// The points of whole areas, off the grid, come last: they lie over the cells beside them.
static void draw_places(struct mvt *m, const struct release_info *info, const struct view *v,
                        const struct place *p, size_t n)
{
    uint32_t half = anchor_half(info);
    mvt_layer_begin(m, S("places"));
    for (int off = 0; off < (half ? 2 : 1); off++)
        for (size_t i = 0; i < n; i++)
            if (!half || on_grid(p[i].at, half) == !off) draw_place(m, info, v, &p[i], off ? half / 2 : half);
    mvt_layer_end(m);
}

static enum err places(struct scope *sc, const struct index *ix, const struct filter *f, const struct view *v,
                       uint32_t x, uint32_t y, struct mvt *m)
{
    const struct release_info *info = index_info(ix);
    struct arena_mark          mark = arena_mark(sc->mem);
    struct place              *p;
    size_t                     n;
    bool                       more;
    TRY(index_places(sc, ix, f, box_widened(v->tile, anchor_half(info)), TILE_MAX_PLACES, &p, &n, &more));
    if (!more) draw_places(m, info, v, p, n);
    arena_back(sc->mem, mark);
    return more ? cells(sc, ix, f, v->z, x, y, m) : OK;
}

enum err tile_incidents(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z,
                        uint32_t x, uint32_t y, struct buf *out)
{
    const struct release_info *info = index_info(ix);
    AUTO(mvt_free) struct mvt  m;
    struct view                v;
    mvt_init(&m, sc, out);
    TRY(view_of(sc, z, x, y, &v));
    if (z >= tile_places_z(info)) TRY(places(sc, ix, f, &v, x, y, &m));
    else TRY(cells(sc, ix, f, z, x, y, &m));
    return mvt_end(&m);
}
