// SPDX-License-Identifier: EUPL-1.2
// An index file for tests of tiles, written without a store: anchors of a grid (or a list, or exact points) round
// Uzhhorod, a partition of areas with a hole and an island, and background of every kind.
#pragma once
#include "base/civil.h"
#include "base/file.h"
#include "check.h"
#include "index/filter.h"
#include "index/query.h"
#include "store/store.h"

enum { TILE_TOWN_SIDE = 8, TILE_TOWN_STEP = 400000 };

struct tile_town {
    const char            *path;
    struct index          *ix;
    struct release_info    info;
    struct release_area    area[TILE_TOWN_SIDE * TILE_TOWN_SIDE + 1];
    struct point           ring[TILE_TOWN_SIDE * TILE_TOWN_SIDE + 1][16];
    uint32_t               ends[TILE_TOWN_SIDE * TILE_TOWN_SIDE + 1][3];
    struct release_set     set;
    struct release_layer   layer[4];
    struct release_feature feature[4][4];
    uint64_t               with_point;
    struct point           corner;
};

static inline struct box tile_town_box(const struct point *p, size_t n)
{
    struct box b = { UINT32_MAX, UINT32_MAX, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        b.min_x = p[i].x < b.min_x ? p[i].x : b.min_x;
        b.min_y = p[i].y < b.min_y ? p[i].y : b.min_y;
        b.max_x = p[i].x > b.max_x ? p[i].x : b.max_x;
        b.max_y = p[i].y > b.max_y ? p[i].y : b.max_y;
    }
    return b;
}

static inline void tile_town_square(struct point *q, struct point at, uint32_t w, bool back)
{
    struct point r[] = { at, { at.x + w, at.y }, { at.x + w, at.y + w }, { at.x, at.y + w }, at };
    for (int i = 0; i < 5; i++) q[i] = r[back ? 4 - i : i];
}

/// Squares; the first has a hole with an island in it, and its rings stand in the wrong order.
static inline void tile_town_areas(struct tile_town *t, struct scope *sc)
{
    for (uint32_t a = 0; a < TILE_TOWN_SIDE * TILE_TOWN_SIDE; a++) {
        struct point         at = { t->corner.x + a % TILE_TOWN_SIDE * TILE_TOWN_STEP,
                                    t->corner.y + a / TILE_TOWN_SIDE * TILE_TOWN_STEP };
        struct release_area *r = &t->area[a];
        size_t               rings = 0;
        if (!a) {
            struct point island = { at.x + 150000, at.y + 150000 }, hole = { at.x + 100000, at.y + 100000 };
            tile_town_square(&t->ring[a][0], island, 100000, true);
            tile_town_square(&t->ring[a][5], hole, 200000, false);
            rings = 2;
        }
        tile_town_square(&t->ring[a][5 * rings], at, TILE_TOWN_STEP, a % 2);
        for (uint32_t i = 0; i <= rings; i++) t->ends[a][i] = 5 * (i + 1);
        *r = (struct release_area){ .code = arena_printf(sc->mem, "%03u", a),
                                    .name = arena_printf(sc->mem, "Area %u", a),
                                    .point = t->ring[a],
                                    .ring_end = t->ends[a],
                                    .n_points = 5 * (rings + 1),
                                    .n_rings = rings + 1,
                                    .label = { at.x + 20000, at.y + 20000 } };
        r->box = tile_town_box(r->point, r->n_points);
    }
    t->set =
        (struct release_set){ S("beat"), S("Beats"), S("CC0"), t->area, TILE_TOWN_SIDE * TILE_TOWN_SIDE };
    t->info.sets = &t->set;
    t->info.n_sets = 1;
}

static inline void tile_town_feature(struct scope *sc, struct tile_town *t, size_t layer, size_t at,
                                     const char *name, const char *class, enum shape shape, uint32_t w)
{
    struct point *p = arena_array(sc->mem, struct point, 5);
    uint32_t     *end = arena_array(sc->mem, uint32_t, 1);
    tile_town_square(p, (struct point){ t->corner.x + 50000, t->corner.y + 50000 }, w, false);
    end[0] = shape == SHAPE_POINT ? 1 : shape == SHAPE_LINE ? 3 : 5;
    t->feature[layer][at] =
        (struct release_feature){ str_of(name), str_of(class), (int)shape, tile_town_box(p, end[0]), p,
                                  end,          end[0],        1 };
}

static inline void tile_town_layers(struct scope *sc, struct tile_town *t)
{
    tile_town_feature(sc, t, 0, 0, "D1", "primary", SHAPE_LINE, 900000);
    tile_town_feature(sc, t, 0, 1, "Quiet lane", "residential", SHAPE_LINE, 900000);
    tile_town_feature(sc, t, 0, 2, "", "footway", SHAPE_LINE, 900000);
    tile_town_feature(sc, t, 1, 0, "Uzh", "river", SHAPE_POLYGON, 700000);
    tile_town_feature(sc, t, 1, 1, "Pond", "pond", SHAPE_POLYGON, 300);
    tile_town_feature(sc, t, 2, 0, "Second streets layer", "trunk", SHAPE_LINE, 800000);
    tile_town_feature(sc, t, 3, 0, "Uzhhorod", "city", SHAPE_POINT, 100);
    static const struct {
        const char *kind;
        size_t      n;
    } layers[] = { { "street", 3 }, { "water", 2 }, { "street", 1 }, { "place", 1 } };
    for (size_t i = 0; i < COUNT(layers); i++)
        t->layer[i] = (struct release_layer){ arena_printf(sc->mem, "layer-%zu", i), str_of(layers[i].kind),
                                              S("ODbL"), t->feature[i], layers[i].n };
    t->info.layers = t->layer;
    t->info.n_layers = COUNT(layers);
}

static const struct release_category tile_town_categories[] = {
    { .key = S("burglary"), .label = { S("Burglary") }, .iccs = 5 },
    { .key = S("theft"), .label = { S("Theft") }, .iccs = 5 },
};
static const struct release_outcome tile_town_outcomes[] = { { .key = S("none"), .label = { S("None") } } };
static const struct release_source  tile_town_sources[] = { { .key = S("test"), .name = S("Test") } };
static const str                    tile_town_places[] = { S(""), S("Main square") };

/// level 0: points as they come. Every 50th stands off the grid, every 20th has no point.
static inline struct tile_town *tile_town_open(struct scope *sc, const char *dir, unsigned level, size_t rows)
{
    struct tile_town *t = arena_new(sc->mem, struct tile_town);
    uint64_t          seed = 99;
    t->corner = mercator_of(22.25, 48.66);
    t->info = (struct release_info){ .release = 3,
                                     .created_s = 1480000000,
                                     .tier = S("public"),
                                     .town = S("Testhorod"),
                                     .timezone = S("Europe/Kyiv"),
                                     .anchor_level = (uint8_t)level,
                                     .anchor_m = level ? 393 : 0,
                                     .finest = PRECISION_HOUR,
                                     .categories = tile_town_categories,
                                     .n_categories = 2,
                                     .outcomes = tile_town_outcomes,
                                     .n_outcomes = 1,
                                     .sources = tile_town_sources,
                                     .n_sources = 1,
                                     .places = tile_town_places,
                                     .n_places = 2 };
    tile_town_areas(t, sc);
    tile_town_layers(sc, t);
    ok_err(sc, path_join(sc, dir, "town.index", &t->path), OK);
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    ok_err(sc, index_writer_open(sc, t->path, &t->info, &w), OK);
    uint32_t mask = level ? ((uint32_t)1 << (32 - level)) - 1 : 0;
    for (size_t i = 0; i < rows; i++) {
        // Dense in the north west: the product of two uniform numbers.
        double u = (double)(test_random(&seed) >> 11) / 9007199254740992.0,
               v = (double)(test_random(&seed) >> 11) / 9007199254740992.0;
        double   reach = TILE_TOWN_SIDE * TILE_TOWN_STEP;
        uint32_t x = t->corner.x + (uint32_t)(reach * u * v), y = t->corner.y + (uint32_t)(reach * v);
        struct release_row r = { .kind = (uint16_t)(test_random(&seed) % 2),
                                 .precision = PRECISION_HOUR,
                                 .has_point = i % 20 != 0 };
        r.day = 16000 + (int32_t)(test_random(&seed) % 700);
        r.minute = (uint16_t)(test_random(&seed) % 24 * 60);
        r.how = how_of((int64_t)r.day * DAY_S + r.minute * 60, PRECISION_HOUR);
        if (mask && i % 50 != 1) {
            x = (x & ~mask) | (mask + 1) / 2;
            y = (y & ~mask) | (mask + 1) / 2;
        }
        r.at = r.has_point ? (struct point){ x, y } : (struct point){ 0 };
        r.place = r.has_point && !level ? 1 : 0;
        for (size_t s = 0; s < MAX_AREA_SETS; s++) r.area[s] = AREA_NOWHERE;
        t->with_point += r.has_point;
        ok_err(sc, index_writer_add(sc, w, &r), OK);
    }
    ok_err(sc, index_writer_commit(sc, w), OK);
    ok_err(sc, index_open(sc, t->path, &t->ix), OK);
    return t;
}
