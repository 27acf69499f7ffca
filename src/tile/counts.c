// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "tile/clip.h"
#include "tile/tile.h"

unsigned tile_cell_bits(const struct release_info *info, unsigned z, unsigned most)
{
    if (!info->anchor_level) return most; // no grid to be finer than
    if (info->anchor_level <= z) return 0;
    unsigned bits = info->anchor_level - z;
    return bits < most ? bits : most;
}

static void add(struct buf *out, uint32_t n, bool empty)
{
    buf_add_varint(out, (uint64_t)(n - 1) << 1 | empty);
}

enum err tile_counts(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x,
                     uint32_t y, struct buf *out)
{
    struct arena_mark mark = arena_mark(sc->mem);
    unsigned          bits = tile_cell_bits(index_info(ix), z, TILE_COUNTS_BITS);
    uint32_t          cells = 1u << 2 * bits, empty = 0;
    struct view       tile;
    TRY(view_of(sc, z, x, y, &tile));
    uint32_t *count = arena_array(sc->mem, uint32_t, cells);
    if (!count) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a tile");
    TRY(index_grid(sc, ix, f, z, x, y, bits, count));
    buf_add_c(out, (char)bits);
    for (uint32_t i = 0; i < cells; i++) {
        if (!count[i]) {
            empty++;
            continue;
        }
        if (empty) add(out, empty, true);
        add(out, count[i], false);
        empty = 0;
    }
    arena_back(sc->mem, mark);
    return buf_end(sc, out);
}
