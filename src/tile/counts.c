// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "tile/clip.h"
#include "tile/tile.h"

enum { VARINT_BITS = 7, VARINT_MORE = 0x80, VARINT_MAX = 5 };

unsigned tile_cell_bits(const struct release_info *info, unsigned z, unsigned most)
{
    if (!info->anchor_level) return most; // no grid to be finer than
    if (info->anchor_level <= z) return 0;
    unsigned bits = info->anchor_level - z;
    return bits < most ? bits : most;
}

static uint8_t *put(uint8_t *to, uint32_t n, bool empty)
{
    uint64_t v = (uint64_t)(n - 1) << 1 | empty;
    for (; v >= VARINT_MORE; v >>= VARINT_BITS) *to++ = (uint8_t)(v | VARINT_MORE);
    *to++ = (uint8_t)v;
    return to;
}

enum err tile_counts(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x,
                     uint32_t y, struct buf *out)
{
    struct view       tile;
    struct arena_mark mark = arena_mark(sc->mem);
    unsigned          bits = tile_cell_bits(index_info(ix), z, TILE_COUNTS_BITS);
    uint32_t          cells = 1u << 2 * bits, empty = 0;
    uint32_t         *count = arena_array(sc->mem, uint32_t, cells);
    uint8_t          *text = arena_array(sc->mem, uint8_t, 1 + (size_t)cells * VARINT_MAX), *to = text;
    TRY(view_of(sc, z, x, y, &tile));
    if (!count || !text) return fail(&sc->fault, ERR_NOMEM, "no room for the counts of a tile");
    TRY(index_grid(sc, ix, f, z, x, y, bits, count));
    *to++ = (uint8_t)bits;
    for (uint32_t i = 0; i < cells; i++) {
        if (!count[i]) {
            empty++;
            continue;
        }
        if (empty) to = put(to, empty, true);
        to = put(to, count[i], false);
        empty = 0;
    }
    buf_add_bytes(out, text, (size_t)(to - text));
    arena_back(sc->mem, mark);
    return buf_end(sc, out);
}
