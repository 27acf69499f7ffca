// SPDX-License-Identifier: EUPL-1.2
#include "wire/png.h"

#include <libdeflate.h>
#include <string.h>

enum { MAX_COLORS = 256, PACK_LEVEL = 6, MAX_BYTES = 64 << 20 };

static void add_be32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) buf_add_c(b, (char)(v >> shift));
}

static void add_chunk(struct buf *to, const char *name, str bytes)
{
    uint32_t crc = libdeflate_crc32(0, name, 4);
    add_be32(to, (uint32_t)bytes.n);
    buf_add_bytes(to, name, 4);
    buf_add(to, bytes);
    add_be32(to, libdeflate_crc32(crc, bytes.p, bytes.n));
}

static void add_head(struct buf *to, uint32_t width, uint32_t height, const struct png_color *color, size_t n)
{
    AUTO(buf_free) struct buf b = { 0 };
    buf_init(&b, 3 * MAX_COLORS);
    add_be32(&b, width);
    add_be32(&b, height);
    buf_add_bytes(&b, (const char[]){ 8, 3, 0, 0, 0 },
                  5); // 8 bits of a palette, packed, filtered, not interlaced
    add_chunk(to, "IHDR", buf_str(&b));
    buf_reset(&b);
    for (size_t i = 0; i < n; i++)
        buf_add_bytes(&b, (const uint8_t[]){ color[i].red, color[i].green, color[i].blue }, 3);
    add_chunk(to, "PLTE", buf_str(&b));
    buf_reset(&b);
    for (size_t i = 0; i < n; i++) buf_add_c(&b, (char)color[i].alpha);
    add_chunk(to, "tRNS", buf_str(&b));
    to->failed = to->failed || b.failed;
}

/// Rows with the number of their filter (0: none, the best for palettes) before them.
static enum err add_pixels(struct scope *sc, struct buf *to, const uint8_t *pixel, uint32_t width,
                           uint32_t height)
{
    AUTO(buf_free) struct buf     rows = { 0 }, packed = { 0 };
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(PACK_LEVEL);
    buf_init(&rows, MAX_BYTES);
    buf_init(&packed, MAX_BYTES);
    for (uint32_t y = 0; y < height; y++) {
        buf_add_c(&rows, 0);
        buf_add_bytes(&rows, pixel + (size_t)y * width, width);
    }
    size_t max = c ? libdeflate_zlib_compress_bound(c, rows.n) : 0;
    void  *room = max ? buf_room(&packed, max) : NULL;
    if (room) packed.n = libdeflate_zlib_compress(c, rows.p, rows.n, room, max);
    libdeflate_free_compressor(c);
    if (!room || rows.failed) return fail(&sc->fault, ERR_NOMEM, "no room for a picture");
    add_chunk(to, "IDAT", buf_str(&packed));
    return OK;
}

enum err png_write(struct scope *sc, const uint8_t *pixel, uint32_t width, uint32_t height,
                   const struct png_color *color, size_t n, struct buf *to)
{
    if (!width || !height || !n || n > MAX_COLORS || (uint64_t)(width + (uint64_t)1) * height > MAX_BYTES)
        return fail(&sc->fault, ERR_INVALID, "%u x %u pixels of %zu colours are no picture", width, height,
                    n);
    for (size_t i = 0; i < (size_t)width * height; i++)
        if (pixel[i] >= n)
            return fail(&sc->fault, ERR_INVALID, "pixel %zu has colour %u of %zu", i, pixel[i], n);
    buf_add(to, S("\x89PNG\r\n\x1A\n"));
    add_head(to, width, height, color, n);
    TRY(add_pixels(sc, to, pixel, width, height));
    add_chunk(to, "IEND", S(""));
    return buf_end(sc, to);
}
