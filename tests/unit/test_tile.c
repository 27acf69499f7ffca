// SPDX-License-Identifier: EUPL-1.2
// Tiles of a whole town, read back: sums that must add up, squares that must not be finer than an anchor's cell, and what
// is drawn from which zoom on.
#include "tile/tile.h"

#include "mvt_read.h"
#include "tile_town.h"

struct sight {
    struct scope sc;
    const char  *dir;
    struct buf   tile, again, text;
};

static void sight_open(struct sight *s)
{
    s->sc = test_scope();
    s->dir = test_dir(&s->sc);
    buf_init(&s->tile, TILE_MAX_BYTES);
    buf_init(&s->again, TILE_MAX_BYTES);
    buf_init(&s->text, (size_t)64 << 20);
}

static void sight_close(struct sight *s)
{
    buf_free(&s->tile);
    buf_free(&s->again);
    buf_free(&s->text);
    test_dir_end(&s->sc, s->dir);
    test_scope_end(&s->sc);
}

enum what { INCIDENTS, AREAS, BASE, CELLS };

static enum err draw(struct sight *s, const struct tile_town *t, enum what what, const struct filter *f,
                     unsigned z, uint32_t x, uint32_t y, struct buf *to)
{
    buf_reset(to);
    if (what == AREAS) return tile_areas(&s->sc, t->ix, 0, z, x, y, to);
    if (what == BASE) return tile_base(&s->sc, t->ix, z, x, y, to);
    if (what == CELLS) return tile_counts(&s->sc, t->ix, f, z, x, y, to);
    return tile_incidents(&s->sc, t->ix, f, z, x, y, to);
}

/// The tile as text; valid, and the same twice.
static str see(struct sight *s, const struct tile_town *t, enum what what, const struct filter *f, unsigned z,
               uint32_t x, uint32_t y)
{
    ok_err(&s->sc, draw(s, t, what, f, z, x, y, &s->tile), OK);
    ok_err(&s->sc, draw(s, t, what, f, z, x, y, &s->again), OK);
    ok(str_eq(buf_str(&s->tile), buf_str(&s->again)), "z%u/%u/%u: the same bytes", z, x, y);
    buf_reset(&s->text);
    const char *bad = mvt_read(&s->text, buf_str(&s->tile));
    ok(!bad, "z%u/%u/%u: %s", z, x, y, bad);
    return buf_str(&s->text);
}

static uint64_t count_with_point(struct sight *s, const struct tile_town *t, const struct filter *f)
{
    struct facets got;
    ok_err(&s->sc, index_facets(&s->sc, t->ix, f, 0, false, &got), OK);
    return got.total - got.without_point;
}

/// Over all tiles of a zoom that the town touches.
static uint64_t sum_cells(struct sight *s, const struct tile_town *t, const struct filter *f, unsigned z)
{
    struct box b = index_info(t->ix)->extent;
    uint64_t   sum = 0;
    for (uint32_t y = b.min_y >> (32 - z); y <= b.max_y >> (32 - z); y++)
        for (uint32_t x = b.min_x >> (32 - z); x <= b.max_x >> (32 - z); x++)
            sum += mvt_sum_n(see(s, t, INCIDENTS, f, z, x, y), S("cells"));
    return sum;
}

static void sums_add_up_at_every_zoom(void **state)
{
    (void)state;
    struct sight s;
    sight_open(&s);
    struct tile_town *t = tile_town_open(&s.sc, s.dir, 16, 8000);
    ok_i64(index_info(t->ix)->with_point, t->with_point);
    struct filter f[4];
    for (size_t i = 0; i < COUNT(f); i++) filter_all(&f[i]);
    f[1].any_category = false;
    f[1].category[0] = 2;
    f[2].hours = 0xF0000F;
    f[2].days = 0x60;
    f[3].from_day = 16100;
    f[3].to_day = 16200;
    for (size_t i = 0; i < COUNT(f); i++) {
        uint64_t want = count_with_point(&s, t, &f[i]);
        ok(i ? want > 100 && want < t->with_point : want == t->with_point, "filter %zu lets %llu pass", i,
           (unsigned long long)want);
        for (unsigned z = 1; z < TILE_PLACES_Z; z += i ? 4 : 1) ok_i64(sum_cells(&s, t, &f[i], z), want);
    }
    index_close(t->ix);
    sight_close(&s);
}

/// Width of the first square of the text, in tile units.
static int64_t first_width(str text)
{
    long long x0, y0, x1, y1;
    str       at = text;
    while (at.n && !str_starts(at, S(": M "))) at = str_slice(at, 1, at.n);
    char line[200] = { 0 };
    memcpy(line, at.p, at.n < 199 ? at.n : 199);
    ok(sscanf(line, ": M %lld,%lld L %lld,%lld", &x0, &y0, &x1, &y1) == 4, "%.80s", line);
    return x1 - x0;
}

static void a_cell_is_never_finer_than_an_anchors(void **state)
{
    (void)state;
    static const unsigned levels[] = { 11, 13, 16, 18 };
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct sight  s;
        struct filter f;
        unsigned      level = levels[i];
        sight_open(&s);
        struct tile_town *t = tile_town_open(&s.sc, s.dir, level, 500);
        filter_all(&f);
        // Of the places, one that is on the grid: the file's order puts them where it likes.
        struct place *p;
        size_t        n, on = 0;
        bool          more;
        uint32_t      mask = ((uint32_t)1 << (32 - level)) - 1;
        ok_err(&s.sc, index_places(&s.sc, t->ix, &f, index_info(t->ix)->extent, 10000, &p, &n, &more), OK);
        while (on < n && ((p[on].at.x & mask) != (mask + 1) / 2 || (p[on].at.y & mask) != (mask + 1) / 2))
            on++;
        ok(on < n, "level %u has a grid", level);
        for (unsigned z = 0; z <= TILE_MAX_Z; z++) {
            uint32_t x = p[on].at.x, y = p[on].at.y;
            uint32_t tx = z ? x >> (32 - z) : 0, ty = z ? y >> (32 - z) : 0;
            str      text = see(&s, t, INCIDENTS, &f, z, tx, ty);
            bool     places = z >= TILE_PLACES_Z || z >= level;
            ok(text.n && str_starts(text, places ? S("layer places ") : S("layer cells ")),
               "z%u, level %u: %.*s", z, level, STR(str_slice(text, 0, 40)));
            int64_t width = first_width(text), anchor = ((int64_t)4096 << z) >> level;
            if (anchor > 4096 + 2 * TILE_BUFFER) anchor = 4096 + 2 * TILE_BUFFER; // cut at the buffer
            if (!places) ok_i64(width, anchor > 64 ? anchor : 64);
            else
                ok(width == anchor || width >= 4096, "z%u, level %u: %lld of %lld units", z, level,
                   (long long)width, (long long)anchor);
        }
        index_close(t->ix);
        sight_close(&s);
    }
}

static void a_place_says_what_is_there(void **state)
{
    (void)state;
    struct sight  s;
    struct filter f;
    sight_open(&s);
    struct tile_town *t = tile_town_open(&s.sc, s.dir, 16, 3000);
    filter_all(&f);
    struct place *p;
    size_t        n, seen = 0, off_grid = 0;
    bool          more;
    ok_err(&s.sc, index_places(&s.sc, t->ix, &f, index_info(t->ix)->extent, 100000, &p, &n, &more), OK);
    ok(n > 100 && !more, "%zu places", n);
    for (size_t i = 0; i < n; i += 7, seen++) {
        char id[TILE_PLACE_ID + 1];
        tile_place_id(p[i].at, id);
        struct point back;
        ok(tile_place_read(str_of(id), &back) && back.x == p[i].at.x && back.y == p[i].at.y, "%s", id);
        str text = see(&s, t, INCIDENTS, &f, 15, p[i].at.x >> 17, p[i].at.y >> 17);
        str want = arena_printf(s.sc.mem, "polygon n=%u cat=\"%.*s\" id=\"%s\" : M ", p[i].count,
                                STR(tile_town_categories[p[i].top_category].key), id);
        ok(str_has(text, want), "%.*s in %.*s", STR(want), STR(str_slice(text, 0, 400)));
        off_grid += (p[i].at.x & 0xFFFF) != 0x8000;
    }
    ok(seen > 20 && off_grid > 0, "%zu seen, %zu of them off the grid", seen, off_grid);
    struct point none;
    ok(!tile_place_read(S("0123456789abcdeg"), &none) && !tile_place_read(S("0123"), &none) &&
           !tile_place_read(S(""), &none),
       "ids");
    index_close(t->ix);
    // Without a grid: points with names; and where they are too many for a tile, cells.
    t = tile_town_open(&s.sc, s.dir, 0, 60000);
    str text = see(&s, t, INCIDENTS, &f, 15, t->corner.x >> 17, t->corner.y >> 17);
    ok(str_starts(text, S("layer places ")) && str_has(text, S("  point n=1 name=\"Main square\" cat=")),
       "%.*s", STR(str_slice(text, 0, 200)));
    uint64_t sum = 0;
    for (uint32_t y = index_info(t->ix)->extent.min_y >> 18; y <= index_info(t->ix)->extent.max_y >> 18; y++)
        for (uint32_t x = index_info(t->ix)->extent.min_x >> 18; x <= index_info(t->ix)->extent.max_x >> 18;
             x++) {
            text = see(&s, t, INCIDENTS, &f, 14, x, y);
            sum += mvt_sum_n(text, S("cells")) + mvt_sum_n(text, S("places"));
        }
    ok_i64(sum, t->with_point);
    ok_i64(sum_cells(&s, t, &f, 10), t->with_point);
    index_close(t->ix);
    sight_close(&s);
}

static size_t count_text(str text, const char *part)
{
    size_t n = 0, len = strlen(part);
    for (const char *p = text.p; p && (p = memmem(p, (size_t)(text.p + text.n - p), part, len)); p += len)
        n++;
    return n;
}

/// What tile.h says of the bytes of tile_counts, number by number. NULL: they do not hold to it.
static uint32_t *read_counts(struct scope *sc, str bytes, unsigned *bits)
{
    size_t at = 1, cell = 0, cells;
    if (!bytes.n || (*bits = (unsigned char)bytes.p[0]) > TILE_COUNTS_BITS) return NULL;
    cells = (size_t)1 << 2 * *bits;
    uint32_t *count = arena_array(sc->mem, uint32_t, cells);
    for (bool empty = false, was = false; at < bytes.n; was = empty) {
        uint64_t v = 0;
        for (unsigned shift = 0;; shift += 7) {
            if (at == bytes.n || shift > 28) return NULL;
            v |= (uint64_t)(bytes.p[at] & 127) << shift;
            if (!(bytes.p[at++] & 128)) break;
        }
        empty = v % 2 == 1;
        if ((empty && (was || at == bytes.n)) || cell + (empty ? v / 2 + 1 : 1) > cells) return NULL;
        if (empty) cell += v / 2 + 1;
        else count[cell++] = (uint32_t)(v / 2 + 1);
    }
    return count;
}

static void counts_are_the_grid_of_the_index(void **state)
{
    (void)state;
    static const unsigned levels[] = { 0, 12, 16, 18 };
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct sight  s;
        struct filter f[2];
        sight_open(&s);
        struct tile_town *t = tile_town_open(&s.sc, s.dir, levels[i], 20000);
        filter_all(&f[0]);
        filter_all(&f[1]);
        f[1].hours = 0xF0000F;
        struct box b = index_info(t->ix)->extent;
        for (unsigned k = 0; k < COUNT(f); k++)
            for (unsigned z = 0; z <= TILE_MAX_Z; z++) {
                uint64_t sum = 0;
                unsigned shift = 32 - z;
                uint32_t x0 = z ? b.min_x >> shift : 0, x1 = z && z < 15 ? b.max_x >> shift : x0;
                uint32_t y0 = z ? b.min_y >> shift : 0, y1 = z && z < 15 ? b.max_y >> shift : y0;
                for (uint32_t y = y0; y <= y1; y++)
                    for (uint32_t x = x0; x <= x1; x++) {
                        unsigned bits, finest = levels[i] && levels[i] < z + 7 ? levels[i] : z + 7;
                        ok_err(&s.sc, draw(&s, t, CELLS, &f[k], z, x, y, &s.tile), OK);
                        uint32_t *got = read_counts(&s.sc, buf_str(&s.tile), &bits);
                        ok(got, "z%u/%u/%u of level %u is no grid", z, x, y, levels[i]);
                        ok_i64(bits, finest > z ? finest - z : 0);
                        uint32_t *want = arena_array(s.sc.mem, uint32_t, (size_t)1 << 2 * bits);
                        ok_err(&s.sc, index_grid(&s.sc, t->ix, &f[k], z, x, y, bits, want), OK);
                        ok(!memcmp(got, want, sizeof *want << 2 * bits), "z%u/%u/%u of level %u", z, x, y,
                           levels[i]);
                        for (size_t c = 0; c < (size_t)1 << 2 * bits; c++) sum += got[c];
                    }
                if (z < 15) ok_i64(sum, count_with_point(&s, t, &f[k]));
            }
        index_close(t->ix);
        sight_close(&s);
    }
}

static void areas_are_drawn_once_and_named_once(void **state)
{
    (void)state;
    struct sight s;
    sight_open(&s);
    struct tile_town *t = tile_town_open(&s.sc, s.dir, 16, 100);
    uint32_t          end_x = t->corner.x + TILE_TOWN_SIDE * TILE_TOWN_STEP,
             end_y = t->corner.y + TILE_TOWN_SIDE * TILE_TOWN_STEP;
    str text = see(&s, t, AREAS, NULL, 9, t->corner.x >> 23, t->corner.y >> 23);
    // Outer ring, its hole, and the island in it as another outer ring, in this order whatever stands in the file.
    ok(str_has(text, S("  id=1 polygon code=\"000\" name=\"Area 0\" : M ")), "%.*s",
       STR(str_slice(text, 0, 300)));
    str first = text;
    str_cut(&first, '\n', &text);
    str_cut(&first, '\n', &text);
    ok(count_text(text, "Z+") == 2 && count_text(text, "Z-") == 1, "%.*s", STR(text));
    for (unsigned z = 8; z <= 14; z++) {
        size_t names = 0;
        for (uint32_t y = t->corner.y >> (32 - z); y <= end_y >> (32 - z); y++)
            for (uint32_t x = t->corner.x >> (32 - z); x <= end_x >> (32 - z); x++) {
                text = see(&s, t, AREAS, NULL, z, x, y);
                names += count_text(text, " point code=");
            }
        ok_i64(names, TILE_TOWN_SIDE * TILE_TOWN_SIDE);
    }
    ok_err(&s.sc, tile_areas(&s.sc, t->ix, 1, 9, 0, 0, &s.tile), ERR_INVALID);
    ok_err(&s.sc, draw(&s, t, AREAS, NULL, 9, 0, 0, &s.tile), OK);
    ok_i64(s.tile.n, 0);
    index_close(t->ix);
    sight_close(&s);
}

static void the_background_thins_out(void **state)
{
    (void)state;
    static const struct {
        unsigned    z;
        const char *has[5], *lacks[4];
    } rows[] = {
        { 6, { "\"Uzhhorod\"", "Second streets layer" }, { "\"D1\"", "Quiet lane", "\"Pond\"" } },
        { 9, { "\"D1\"", "\"Uzh\"" }, { "Quiet lane", "\"Pond\"", "footway" } },
        { 12, { "\"D1\"", "\"Uzh\"", "Second streets layer" }, { "Quiet lane", "\"Pond\"", "footway" } },
        { 13, { "\"D1\"", "Quiet lane" }, { "\"Pond\"", "footway" } },
        { 14, { "Quiet lane", "\"Pond\"" }, { "footway" } },
        { 15, { "Quiet lane", "\"Pond\"", "footway" }, { NULL } },
    };
    struct sight s;
    sight_open(&s);
    struct tile_town *t = tile_town_open(&s.sc, s.dir, 16, 100);
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t shift = 32 - rows[i].z;
        str      text =
            see(&s, t, BASE, NULL, rows[i].z, (t->corner.x + 50000) >> shift, (t->corner.y + 50000) >> shift);
        for (size_t k = 0; k < 5 && rows[i].has[k]; k++)
            ok(str_has(text, str_of(rows[i].has[k])), "z%u has %s: %.*s", rows[i].z, rows[i].has[k],
               STR(text));
        for (size_t k = 0; k < 4 && rows[i].lacks[k]; k++)
            ok(!str_has(text, str_of(rows[i].lacks[k])), "z%u lacks %s", rows[i].z, rows[i].lacks[k]);
        ok(count_text(text, "layer street ") <= 1, "two layers of one kind are one");
    }
    index_close(t->ix);
    sight_close(&s);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct sight  s;
    struct filter f;
    sight_open(&s);
    struct tile_town *t = tile_town_open(&s.sc, s.dir, 16, 100);
    filter_all(&f);
    for (int what = INCIDENTS; what <= CELLS; what++) {
        ok_err(&s.sc, draw(&s, t, (enum what)what, &f, 3, 8, 0, &s.tile), ERR_INVALID);
        ok_err(&s.sc, draw(&s, t, (enum what)what, &f, TILE_MAX_Z + 1, 0, 0, &s.tile), ERR_INVALID);
        ok_i64(s.tile.n, 0);
        ok_err(&s.sc, draw(&s, t, (enum what)what, &f, 12, 1, 1, &s.tile), OK);
        ok_i64(s.tile.n, what == CELLS); // the sea
        struct buf small;
        buf_init(&small, what == CELLS ? 2 : 20);
        uint32_t x = t->corner.x + 50000, y = t->corner.y + 50000;
        ok_err(&s.sc, draw(&s, t, (enum what)what, &f, 12, x >> 20, y >> 20, &small), ERR_NOMEM);
        buf_free(&small);
    }
    index_close(t->ix);
    sight_close(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sums_add_up_at_every_zoom),
    cmocka_unit_test(a_cell_is_never_finer_than_an_anchors),
    cmocka_unit_test(counts_are_the_grid_of_the_index),
    cmocka_unit_test(a_place_says_what_is_there),
    cmocka_unit_test(areas_are_drawn_once_and_named_once),
    cmocka_unit_test(the_background_thins_out),
    cmocka_unit_test(what_cannot_be_is_refused),
};
TEST_MAIN(tests)
