// SPDX-License-Identifier: EUPL-1.2
// A release as one archive, against every tile there could be, drawn one by one: what is in the archive is what the tile
// functions give, and what is not is empty.
#include "tile/archive.h"

#include "pmtiles_read.h"
#include "tile_town.h"

struct hall {
    struct scope      sc;
    const char       *dir;
    struct tile_town *t;
    struct buf        tile;
};

static void hall_open(struct hall *h, unsigned level, size_t rows)
{
    h->sc = test_scope();
    h->dir = test_dir(&h->sc);
    h->t = tile_town_open(&h->sc, h->dir, level, rows);
    buf_init(&h->tile, (size_t)64 << 20);
}

static void hall_close(struct hall *h)
{
    index_close(h->t->ix);
    buf_free(&h->tile);
    test_dir_end(&h->sc, h->dir);
    test_scope_end(&h->sc);
}

static struct archive_wish wish_all(unsigned max_zoom)
{
    struct archive_wish w = { .incidents = true, .base = true, .set = { true }, .max_zoom = max_zoom };
    filter_all(&w.filter);
    return w;
}

static str archive_of(struct hall *h, const struct archive_wish *w, struct pmtiles_totals *t)
{
    AUTO(archive_closep) struct archive *a = NULL;
    const char                          *path;
    struct archive_progress              p = { 0 };
    str                                  file;
    ok_err(&h->sc, path_join(&h->sc, h->dir, "a.pmtiles", &path), OK);
    ok_err(&h->sc, archive_open(&h->sc, h->t->ix, w, path, &a), OK);
    for (bool more = true; more;) ok_err(&h->sc, archive_step(&h->sc, a, &p, &more), OK);
    ok(p.tried == p.all, "%llu tiles of %llu", (unsigned long long)p.tried, (unsigned long long)p.all);
    ok_err(&h->sc, archive_commit(&h->sc, a, t), OK);
    ok_err(&h->sc, file_read(&h->sc, path, (size_t)1 << 28, &file), OK);
    return file;
}

/// The layers of the wish behind each other.
static str drawn(struct hall *h, const struct archive_wish *w, unsigned z, uint32_t x, uint32_t y)
{
    buf_reset(&h->tile);
    if (w->incidents) ok_err(&h->sc, tile_incidents(&h->sc, h->t->ix, &w->filter, z, x, y, &h->tile), OK);
    if (w->base) ok_err(&h->sc, tile_base(&h->sc, h->t->ix, z, x, y, &h->tile), OK);
    if (w->set[0] && w->plain) ok_err(&h->sc, tile_areas(&h->sc, h->t->ix, 0, z, x, y, &h->tile), OK);
    if (w->set[0] && !w->plain)
        ok_err(&h->sc,
               tile_areas_named(&h->sc, h->t->ix, 0, S("areas-beat"), S("area_names-beat"), z, x, y,
                                &h->tile),
               OK);
    return buf_str(&h->tile);
}

/// Every tile of the zoom that is at most two tiles, and an anchor's cell, away from the town; the whole world where
/// that is small.
static size_t check_zoom(struct hall *h, const struct archive_wish *w, const struct pmtiles_read *r,
                         unsigned z)
{
    uint32_t   end = ((uint32_t)1 << z) - 1, shift = 32 - z;
    struct box b = { 0, 0, end, end };
    size_t     n = 0;
    if (z > 5) {
        uint32_t level = index_info(h->t->ix)->anchor_level, side = level ? (uint32_t)1 << (32 - level) : 0;
        uint32_t x = h->t->corner.x >> shift, y = h->t->corner.y >> shift, around = (side >> shift) + 2,
                 wide = ((uint32_t)(TILE_TOWN_SIDE * TILE_TOWN_STEP) >> shift) + 1 + around;
        b = (struct box){ x - around, y - around, x + wide, y + wide };
    }
    for (uint32_t y = b.min_y; y <= b.max_y; y++)
        for (uint32_t x = b.min_x; x <= b.max_x; x++) {
            struct arena_mark               mark = arena_mark(h->sc.mem);
            const struct pmtiles_tile_read *got = pmtiles_find(r, z, x, y);
            str                             want = drawn(h, w, z, x, y);
            ok(!got == !want.n, "%u/%u/%u: in the archive %d, %zu bytes drawn", z, x, y, got != NULL, want.n);
            if (got)
                ok(str_eq(pmtiles_unpack(&h->sc, got->packed), want), "%u/%u/%u: the same bytes", z, x, y);
            n += got != NULL;
            arena_back(h->sc.mem, mark);
        }
    return n;
}

static void check_archive(struct hall *h, const struct archive_wish *w)
{
    struct pmtiles_totals t;
    struct pmtiles_read   r = pmtiles_read(&h->sc, archive_of(h, w, &t));
    size_t                n = 0;
    unsigned              first_z = w->max_zoom;
    ok(!r.bad, "%s", r.bad);
    for (unsigned z = w->max_zoom + 1; z-- > 0;) {
        size_t here = check_zoom(h, w, &r, z);
        if (here) first_z = z;
        n += here;
    }
    ok(n == r.n && n > w->max_zoom - first_z, "%zu tiles found, %zu in the archive", n, r.n);
    ok(r.min_z == first_z && r.max_z == w->max_zoom, "zooms %u to %u", r.min_z, r.max_z);
}

static void holds_what_is_drawn_and_nothing_else(void **state)
{
    (void)state;
    static const unsigned levels[] = { 16, 12, 0 };
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct hall h;
        hall_open(&h, levels[i], 2000);
        struct archive_wish w = wish_all(14);
        check_archive(&h, &w);
        w = (struct archive_wish){ .incidents = true, .max_zoom = 15, .filter = w.filter };
        check_archive(&h, &w);
        w.filter.from_day = 16100;
        w.filter.to_day = 16200;
        check_archive(&h, &w);
        w.filter.has_box = true;
        w.filter.box = tile_box(12, h.t->corner.x >> 20, h.t->corner.y >> 20);
        check_archive(&h, &w);
        w = (struct archive_wish){ .set = { true }, .plain = true, .max_zoom = 14, .filter = w.filter };
        check_archive(&h, &w);
        w = (struct archive_wish){ .base = true, .max_zoom = 14, .filter = w.filter };
        check_archive(&h, &w);
        hall_close(&h);
    }
}

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    struct hall           h;
    struct pmtiles_totals t;
    hall_open(&h, 16, 3000);
    struct archive_wish w = wish_all(16);
    w.threads = 1;
    str one = archive_of(&h, &w, &t);
    w.threads = 5;
    ok(str_eq(one, archive_of(&h, &w, &t)), "the same bytes");
    ok(t.addressed > 512, "%llu tiles are more than a batch", (unsigned long long)t.addressed);
    w.max_zoom = TILE_MAX_Z + 1;
    AUTO(archive_closep) struct archive *a = NULL;
    ok_err(&h.sc, archive_open(&h.sc, h.t->ix, &w, "/nowhere/a", &a), ERR_INVALID);
    hall_close(&h);
}

static bool says(str json, const char *part)
{
    return str_has(json, str_of(part));
}

static void tells_what_it_is(void **state)
{
    (void)state;
    struct hall           h;
    struct pmtiles_totals t;
    hall_open(&h, 16, 2000);
    struct archive_wish w = wish_all(14);
    w.filter.from_day = 16071; // 2014-01-01
    struct pmtiles_read r = pmtiles_read(&h.sc, archive_of(&h, &w, &t));
    ok(!r.bad, "%s", r.bad);
    static const char *const parts[] = {
        "\"name\":\"Testhorod\"",
        "\"version\":\"3\"",
        "\"description\":\"Release 3, tier public\"",
        "\"filter\":\"from=2014-01\"",
        "Beats (CC0)",
        "Test, Beats",
        "{\"id\":\"cells\",",
        "\"minzoom\":14,\"maxzoom\":14,\"fields\":{\"n\":\"Number\",\"name\":\"String\",\"cat\":\"String\","
        "\"id\":"
        "\"String\"}}",
        "{\"id\":\"areas-beat\",",
        "{\"id\":\"area_names-beat\",",
        "{\"id\":\"street\",",
    };
    for (size_t i = 0; i < COUNT(parts); i++) ok(says(r.json, parts[i]), "%s in %.*s", parts[i], STR(r.json));
    // The squares of areas are all there is in the east and south; west and north begin half an anchor's cell further.
    struct lon_lat nw = mercator_to(h.t->corner),
                   se = mercator_to((struct point){ h.t->corner.x + TILE_TOWN_SIDE * TILE_TOWN_STEP,
                                                    h.t->corner.y + TILE_TOWN_SIDE * TILE_TOWN_STEP });
    double cell = 360.0 / (1 << 16);
    ok(r.west <= nw.lon && r.west > nw.lon - cell && r.north >= nw.lat && r.north < nw.lat + cell,
       "north west %f %f", r.west, r.north);
    ok(r.east >= se.lon && r.east < se.lon + cell && r.south <= se.lat && r.south > se.lat - cell,
       "south east %f %f", r.east, r.south);
    ok(r.center_lon > r.west && r.center_lon < r.east && r.center_lat > r.south && r.center_lat < r.north,
       "center");
    ok(360.0 / (1 << r.center_z) > r.east - r.west, "zoom %u shows it whole", r.center_z);
    hall_close(&h);
}

static void of_nothing_it_is_valid(void **state)
{
    (void)state;
    struct hall           h;
    struct pmtiles_totals t;
    hall_open(&h, 16, 0);
    struct archive_wish w = { .incidents = true, .max_zoom = 14 };
    filter_all(&w.filter);
    struct pmtiles_read r = pmtiles_read(&h.sc, archive_of(&h, &w, &t));
    ok(!r.bad, "%s", r.bad);
    ok(r.n == 1 && !pmtiles_unpack(&h.sc, r.tile[0].packed).n && !drawn(&h, &w, 0, 0, 0).n,
       "an empty tile 0/0/0");
    w = wish_all(14); // areas and background are there all the same
    check_archive(&h, &w);
    hall_close(&h);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(holds_what_is_drawn_and_nothing_else),
    cmocka_unit_test(any_number_of_threads_gives_the_same_bytes),
    cmocka_unit_test(tells_what_it_is),
    cmocka_unit_test(of_nothing_it_is_valid),
};

TEST_MAIN(tests)
