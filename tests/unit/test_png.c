// SPDX-License-Identifier: EUPL-1.2
// Pictures read back: their chunks by the table of the standard, with zlib; their pixels by GDAL, which we did not write.
#include "wire/png.h"

#include "base/file.h"
#include "check.h"
#include <zlib.h>

static const struct png_color colors[] = {
    { 0, 0, 0, 0 },
    { 0xAA, 0xD7, 0xCD, 255 },
    { 0x6C, 0xB7, 0xBE, 255 },
    { 0x20, 0x35, 0x6A, 128 },
};

static uint8_t *picture(struct scope *sc, uint32_t width, uint32_t height, uint64_t seed)
{
    uint8_t *p = arena_array(sc->mem, uint8_t, (size_t)width * height);
    for (size_t i = 0; i < (size_t)width * height; i++) p[i] = (uint8_t)(test_random(&seed) % COUNT(colors));
    return p;
}

static uint32_t be32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/// The next chunk, whose name and checksum must be right.
static str chunk(str *rest, const char *name)
{
    ok(rest->n >= 12, "%zu bytes are no chunk", rest->n);
    uint32_t n = be32(rest->p);
    ok(n + 12 <= rest->n && !memcmp(rest->p + 4, name, 4), "%.4s of %u bytes instead of %s", rest->p + 4, n,
       name);
    str bytes = str_slice(*rest, 8, 8 + n);
    ok(crc32(0, (const unsigned char *)rest->p + 4, n + 4) == be32(rest->p + 8 + n), "checksum of %s", name);
    *rest = str_slice(*rest, 12 + n, rest->n);
    return bytes;
}

static void chunks_are_those_of_the_standard(void **state)
{
    (void)state;
    static const uint32_t sides[][2] = { { 1, 1 }, { 3, 7 }, { 256, 256 }, { 300, 2 } };
    for (size_t i = 0; i < COUNT(sides); i++) {
        struct scope sc = test_scope();
        uint32_t     w = sides[i][0], h = sides[i][1];
        uint8_t     *p = picture(&sc, w, h, test_seed());
        struct buf   b, again;
        buf_init(&b, 1 << 20);
        buf_init(&again, 1 << 20);
        ok_err(&sc, png_write(&sc, p, w, h, colors, COUNT(colors), &b), OK);
        ok_err(&sc, png_write(&sc, p, w, h, colors, COUNT(colors), &again), OK);
        ok(str_eq(buf_str(&b), buf_str(&again)), "the same bytes twice");
        str rest = buf_str(&b);
        ok(str_starts(rest, S("\x89PNG\r\n\x1A\n")), "signature");
        rest = str_slice(rest, 8, rest.n);
        str head = chunk(&rest, "IHDR");
        ok(head.n == 13 && be32(head.p) == w && be32(head.p + 4) == h &&
               !memcmp(head.p + 8, "\x08\x03\0\0\0", 5),
           "header");
        ok_i64(chunk(&rest, "PLTE").n, 3 * COUNT(colors));
        ok_i64(chunk(&rest, "tRNS").n, COUNT(colors));
        str            data = chunk(&rest, "IDAT");
        uLongf         n = (w + 1) * h;
        unsigned char *rows = arena_alloc(sc.mem, n + 1);
        ok(uncompress(rows, &n, (const unsigned char *)data.p, data.n) == Z_OK && n == (w + 1) * h, "pixels");
        for (uint32_t y = 0; y < h; y++)
            ok(!rows[y * (w + 1)] && !memcmp(rows + y * (w + 1) + 1, p + y * w, w), "row %u", y);
        ok(!chunk(&rest, "IEND").n && !rest.n, "end");
        buf_free(&b);
        buf_free(&again);
        test_scope_end(&sc);
    }
}

static void gdal_sees_the_same_colours(void **state)
{
    (void)state;
    if (system("gdal_translate --version >/dev/null 2>&1"))
        test_skip("gdal_translate is not installed (package gdal-bin)");
    enum { W = 40, H = 30 };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    uint8_t     *p = picture(&sc, W, H, test_seed());
    struct buf   b;
    str          path = arena_printf(sc.mem, "%s/a.png", dir), raw;
    buf_init(&b, 1 << 20);
    ok_err(&sc, png_write(&sc, p, W, H, colors, COUNT(colors), &b), OK);
    ok_err(&sc, file_replace(&sc, path.p, buf_str(&b)), OK);
    str command =
        arena_printf(sc.mem, "gdal_translate -q -of ENVI -expand rgba %s %s/a.raw >/dev/null", path.p, dir);
    ok(!system(command.p), "%s", command.p);
    ok_err(&sc, file_read(&sc, arena_printf(sc.mem, "%s/a.raw", dir).p, 1 << 20, &raw), OK);
    ok_i64(raw.n, 4 * W * H); // one band behind the other
    for (size_t i = 0; i < W * H; i++) {
        const struct png_color c = colors[p[i]];
        const uint8_t          want[] = { c.red, c.green, c.blue, c.alpha };
        for (size_t k = 0; k < 4; k++)
            ok((uint8_t)raw.p[k * W * H + i] == want[k], "pixel %zu, band %zu: %u instead of %u", i, k,
               (uint8_t)raw.p[k * W * H + i], want[k]);
    }
    buf_free(&b);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct buf    b;
    const uint8_t p[] = { 0, 4 };
    buf_init(&b, 1 << 20);
    ok_err(&sc, png_write(&sc, p, 0, 1, colors, 4, &b), ERR_INVALID);
    ok_err(&sc, png_write(&sc, p, 1, 1, colors, 0, &b), ERR_INVALID);
    ok_err(&sc, png_write(&sc, p, 1, 1, colors, 257, &b), ERR_INVALID);
    ok_err(&sc, png_write(&sc, p, 2, 1, colors, 4, &b), ERR_INVALID);
    ok_err(&sc, png_write(&sc, p, 1u << 31, 1u << 31, colors, 4, &b), ERR_INVALID);
    struct buf small;
    buf_init(&small, 40);
    ok_err(&sc, png_write(&sc, p, 1, 1, colors, 4, &small), ERR_NOMEM);
    buf_free(&b);
    buf_free(&small);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(chunks_are_those_of_the_standard),
    cmocka_unit_test(gdal_sees_the_same_colours),
    cmocka_unit_test(what_is_no_picture_is_refused),
};

TEST_MAIN(tests)
