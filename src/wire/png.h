// SPDX-License-Identifier: EUPL-1.2
// Writes PNG pictures (ISO/IEC 15948, RFC 2083) of up to 256 colours with transparency: one byte a pixel, no interlace.
//     signature | IHDR | PLTE | tRNS | IDAT | IEND, each chunk: length, name, bytes, CRC-32, numbers big-endian
// The same calls give the same bytes. Threads: no shared state. Tests: tests/unit/test_png.c (with zlib and GDAL).
#pragma once
#include "base/buf.h"

struct png_color {
    uint8_t red, green, blue, alpha; // alpha 0: not to be seen
};
/// pixel: [width * height], row by row from the top, each below n. ERR_INVALID: no pixels, n not 1..256, or a pixel that has
/// no colour. ERR_NOMEM: the buffer's ceiling, too.
enum err png_write(struct scope *sc, const uint8_t *pixel, uint32_t width, uint32_t height,
                   const struct png_color *color, size_t n, struct buf *to);
