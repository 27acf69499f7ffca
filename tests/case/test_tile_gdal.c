// SPDX-License-Identifier: EUPL-1.2
// Our tiles as GDAL's MVT driver reads them: the same features in the same order with the same counts, standing where the
// anchors stand, in metres of EPSG:3857.
#include "tile/tile.h"

#include "tile_town.h"
#include <math.h>

enum { MAX_TEXT = 16 << 20 };
#define HALF_WORLD_M 20037508.342789244

/// What ogr2ogr prints for one layer of the tile, as CSV with WKT.
static str gdal_reads(struct scope *sc, const char *path, const char *layer, unsigned z, uint32_t x,
                      uint32_t y)
{
    str command =
        arena_printf(sc->mem,
                     "ogr2ogr -f CSV /vsistdout/ 'MVT:%s' %s -lco GEOMETRY=AS_WKT -oo Z=%u -oo X=%u -oo Y=%u "
                     "-oo CLIP=NO 2>/dev/null",
                     path, layer, z, x, y);
    FILE *from = popen(command.p, "r");
    char *text = arena_alloc(sc->mem, MAX_TEXT);
    ok(from && text, "%s", command.p);
    size_t n = fread(text, 1, MAX_TEXT - 1, from);
    ok(!pclose(from), "%s", command.p);
    return (str){ text, n };
}

/// Box of all pairs of numbers of a WKT geometry.
static size_t wkt_box(str wkt, double box[4])
{
    size_t n = 0;
    box[0] = box[1] = INFINITY;
    box[2] = box[3] = -INFINITY;
    while (wkt.n && wkt.p[wkt.n - 1] != ')') wkt.n--;
    for (const char *p = wkt.p, *end = wkt.p + wkt.n; p < end;) {
        char  *after;
        double x = strtod(p, &after);
        if (after == p || after > end) {
            p++;
            continue;
        }
        double y = strtod(after, &after);
        box[0] = fmin(box[0], x);
        box[1] = fmin(box[1], y);
        box[2] = fmax(box[2], x);
        box[3] = fmax(box[3], y);
        p = after;
        n++;
    }
    return n;
}

static double east_m(uint32_t x)
{
    return ldexp(x, -31) * HALF_WORLD_M - HALF_WORLD_M;
}
static double north_m(uint32_t y)
{
    return HALF_WORLD_M - ldexp(y, -31) * HALF_WORLD_M;
}

static void put_tile(struct scope *sc, const char *path, const struct buf *tile)
{
    ok(tile->n > 100, "%s has %zu bytes", path, tile->n);
    ok_err(sc, file_replace(sc, path, buf_str(tile)), OK);
}

/// A field behind the geometry, without its quotes; none of ours holds a comma.
static str behind_geometry(str line, size_t field)
{
    size_t end = line.n;
    while (end && line.p[end - 1] != ')') end--;
    str rest = str_slice(line, end, line.n), part = { 0 };
    for (size_t i = 0; i <= field; i++) str_cut(&rest, ',', &part);
    part = str_trim(part);
    return part.n > 1 && part.p[0] == '"' ? str_slice(part, 1, part.n - 1) : part;
}

static void cells_stand_where_the_index_counts_them(void **state)
{
    (void)state;
    if (system("ogr2ogr --version >/dev/null 2>&1")) test_skip("ogr2ogr is not installed (package gdal-bin)");
    struct scope  sc = test_scope();
    const char   *dir = test_dir(&sc), *path;
    struct buf    tile;
    struct filter f;
    enum { Z = 10, BITS = 6 };
    buf_init(&tile, TILE_MAX_BYTES);
    struct tile_town *t = tile_town_open(&sc, dir, 16, 20000);
    uint32_t          tx = t->corner.x >> (32 - Z), ty = t->corner.y >> (32 - Z);
    filter_all(&f);
    ok_err(&sc, path_join(&sc, dir, "tile.pbf", &path), OK);
    ok_err(&sc, tile_incidents(&sc, t->ix, &f, Z, tx, ty, &tile), OK);
    put_tile(&sc, path, &tile);
    uint32_t *count = arena_array(sc.mem, uint32_t, 1 << (2 * BITS));
    ok_err(&sc, index_grid(&sc, t->ix, &f, Z, tx, ty, BITS, count), OK);
    str    text = gdal_reads(&sc, path, "cells", Z, tx, ty), line;
    size_t cell = 0, features = 0;
    double side = 2 * HALF_WORLD_M / (1 << (Z + BITS)), box[4];
    str_cut(&text, '\n', &line); // header: WKT,mvt_id,n
    while (str_cut(&text, '\n', &line) && line.n) {
        while (cell < (size_t)1 << (2 * BITS) && !count[cell]) cell++;
        ok(cell < (size_t)1 << (2 * BITS), "GDAL sees more cells than there are");
        uint32_t column = (tx << BITS) + (uint32_t)(cell & 63), row = (ty << BITS) + (uint32_t)(cell >> 6);
        uint64_t n = 0, id = 0;
        ok(str_to_u64(behind_geometry(line, 2), &n) && n == count[cell], "%.*s: want n %u", STR(line),
           count[cell]);
        ok(str_to_u64(behind_geometry(line, 1), &id) && id == ((uint64_t)row << (Z + BITS) | column),
           "%.*s: id", STR(line));
        ok_i64(wkt_box(line, box) > 4, 1);
        double west = east_m(column << (32 - Z - BITS)), north = north_m(row << (32 - Z - BITS));
        ok(fabs(box[0] - west) < 0.01 && fabs(box[3] - north) < 0.01 && fabs(box[2] - west - side) < 0.01 &&
               fabs(box[1] - north + side) < 0.01,
           "%.*s: want %.3f %.3f and %.3f m more", STR(line), west, north, side);
        features++;
        cell++;
    }
    ok(features > 100, "%zu cells", features);
    index_close(t->ix);
    buf_free(&tile);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void areas_are_the_areas(void **state)
{
    (void)state;
    if (system("ogr2ogr --version >/dev/null 2>&1")) test_skip("ogr2ogr is not installed (package gdal-bin)");
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path;
    struct buf   tile;
    enum { Z = 9 };
    buf_init(&tile, TILE_MAX_BYTES);
    struct tile_town *t = tile_town_open(&sc, dir, 16, 100);
    uint32_t          tx = t->corner.x >> (32 - Z), ty = t->corner.y >> (32 - Z);
    ok_err(&sc, path_join(&sc, dir, "tile.pbf", &path), OK);
    ok_err(&sc, tile_areas(&sc, t->ix, 0, Z, tx, ty, &tile), OK);
    put_tile(&sc, path, &tile);
    str    text = gdal_reads(&sc, path, "areas", Z, tx, ty), line;
    size_t features = 0;
    double unit = 2 * HALF_WORLD_M / (1 << Z) / 4096, box[4];
    str_cut(&text, '\n', &line);
    while (str_cut(&text, '\n', &line) && line.n) {
        uint64_t id = 0;
        ok(str_to_u64(behind_geometry(line, 1), &id) && id >= 1 && id <= t->set.n, "%.*s", STR(line));
        const struct release_area *a = &t->area[id - 1];
        ok(str_has(line, a->name), "%.*s is %.*s", STR(line), STR(a->name));
        wkt_box(line, box);
        double want[] = { east_m(a->box.min_x), north_m(a->box.max_y), east_m(a->box.max_x),
                          north_m(a->box.min_y) };
        // Rounded to half a pixel (4 units, so 2 either way); the town lies inside this tile but for its edges.
        for (int i = 0; i < 4; i++) {
            bool cut = fabs(box[i] - want[i]) > 3 * unit;
            ok(!cut || id > 1, "%.*s: %.1f, want %.1f", STR(line), box[i], want[i]);
        }
        // The first has a hole and an island in it: two polygons.
        ok(id > 1 || str_has(line, S("MULTIPOLYGON")), "%.*s", STR(line));
        features++;
    }
    ok(features >= TILE_TOWN_SIDE, "%zu areas", features);
    text = gdal_reads(&sc, path, "area_names", Z, tx, ty);
    ok(str_has(text, S("POINT")) && str_has(text, S("Area 0")), "%.*s", STR(str_slice(text, 0, 200)));
    index_close(t->ix);
    buf_free(&tile);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(cells_stand_where_the_index_counts_them),
    cmocka_unit_test(areas_are_the_areas),
};
TEST_MAIN(tests)
