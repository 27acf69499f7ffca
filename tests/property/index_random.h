// SPDX-License-Identifier: EUPL-1.2
// Random dictionaries, rows and filters for the tests of the index, with ties on every edge.
#pragma once
#include "base/civil.h"
#include "check.h"
#include "index/query.h"

static inline uint32_t pick(uint64_t *seed, uint64_t n) // 0 .. n - 1
{
    return (uint32_t)(test_random(seed) % n);
}
static inline bool chance(uint64_t *seed, unsigned percent)
{
    return pick(seed, 100) < percent;
}
static inline str random_word(struct scope *sc, uint64_t *seed, const char *prefix, size_t n)
{
    static const char *const tails[] = { "", "-x", " & co", "/\xC5\xBE", "%", "=+", "\xD0\xB6" };
    return arena_printf(sc->mem, "%s%zu%s", prefix, n, tails[pick(seed, COUNT(tails))]);
}

// Sets of two to five categories, as incidents may carry them together; sometimes so many that a kind needs two bytes.
static inline void random_mixes(struct scope *sc, uint64_t *seed, struct release_info *in)
{
    size_t n = in->n_categories < 2 || chance(seed, 40) ? 0 : pick(seed, chance(seed, 20) ? 300 : 8);
    struct release_mix *mix = arena_array(sc->mem, struct release_mix, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t    most = in->n_categories < 5 ? in->n_categories : 5, want = 2 + pick(seed, most - 1), k = 0;
        uint16_t *c = arena_array(sc->mem, uint16_t, want), from = 0;
        for (; k < want; k++) {
            size_t left = in->n_categories - from - (want - k - 1);
            c[k] = (uint16_t)(from + pick(seed, left < 3 ? left : 3));
            from = (uint16_t)(c[k] + 1);
        }
        mix[i] = (struct release_mix){ c, want };
    }
    in->mixes = mix;
    in->n_mixes = n;
}

static inline void random_counts(struct scope *sc, uint64_t *seed, struct release_info *in,
                                 const struct release_set *sets)
{
    size_t                n = chance(seed, 40) ? 0 : pick(seed, 60), of_set;
    struct release_count *c = arena_array(sc->mem, struct release_count, n + 1);
    for (int i = 0; i < SENSITIVITIES; i++)
        in->rules[i] = (struct release_rule){ (uint8_t)pick(seed, 3), (uint8_t)pick(seed, PRECISIONS) };
    in->count_set = in->n_sets && chance(seed, 80) ? (uint16_t)pick(seed, in->n_sets) : AREA_NOWHERE;
    of_set = in->count_set < in->n_sets ? sets[in->count_set].n : 0;
    in->delay_days = (uint16_t)pick(seed, 367);
    in->least = (uint16_t)(1 + pick(seed, 20));
    in->first_half = (int32_t)pick(seed, 90);
    in->last_half = in->first_half + (int32_t)pick(seed, 9);
    for (size_t i = 0; i < n; i++) {
        size_t    areas = of_set ? pick(seed, of_set < 5 ? of_set : 5) : 0;
        uint16_t *area = arena_array(sc->mem, uint16_t, areas + 1);
        for (size_t k = 0; k < areas; k++) area[k] = (uint16_t)pick(seed, of_set);
        c[i] = (struct release_count){
            .half = in->first_half + (int32_t)pick(seed, (unsigned)(in->last_half - in->first_half + 1)),
            .class = (uint8_t)pick(seed, RELEASE_CLASSES),
            .count = pick(seed, 1000),
            .area = area,
            .n = areas
        };
    }
    in->counts = c;
    in->n_counts = n;
}

static inline struct release_info random_info(struct scope *sc, uint64_t *seed)
{
    static const size_t category_counts[] = { 1, 2, 14, 256, 257, 4096 },
                        area_counts[] = { 0, 1, 2, 40, 255, 256, 300 };
    struct release_info in = { .release = pick(seed, 1000),
                               .created_s = 1e9,
                               .tier = S("public"),
                               .town = S("Town"),
                               .timezone = S("UTC"),
                               .lang = pick(seed, LANGUAGES),
                               .demo = chance(seed, 50),
                               .anchor_m = pick(seed, 500),
                               .anchor_level = (uint8_t)pick(seed, 32),
                               .finest = (uint8_t)pick(seed, PRECISIONS) };
    in.n_categories = category_counts[pick(seed, COUNT(category_counts))];
    in.n_outcomes = 1 + pick(seed, chance(seed, 20) ? MAX_OUTCOMES : 6);
    in.n_sources = 1 + pick(seed, chance(seed, 20) ? 400 : 3);
    in.n_sets = pick(seed, MAX_AREA_SETS + 1);
    in.n_places = chance(seed, 30) ? pick(seed, 2) : 1 + pick(seed, 400);
    in.n_layers = pick(seed, 3);
    struct release_category *c = arena_array(sc->mem, struct release_category, in.n_categories);
    for (size_t i = 0; i < in.n_categories; i++)
        c[i] = (struct release_category){ .key = arena_printf(sc->mem, "crime-%zu", i),
                                          .label = { random_word(sc, seed, "Crime ", i), S(""),
                                                     random_word(sc, seed, "z", i) },
                                          .iccs = (int)pick(seed, ICCS_SECTIONS),
                                          .source = (uint16_t)pick(seed, in.n_sources),
                                          .areas_only = chance(seed, 10) };
    struct release_outcome *o = arena_array(sc->mem, struct release_outcome, in.n_outcomes);
    for (size_t i = 0; i < in.n_outcomes; i++)
        o[i] = (struct release_outcome){ i ? arena_printf(sc->mem, "end-%zu", i) : S("none"),
                                         { random_word(sc, seed, "End ", i) },
                                         (enum outcome_class)pick(seed, 3) };
    struct release_source *s = arena_array(sc->mem, struct release_source, in.n_sources);
    for (size_t i = 0; i < in.n_sources; i++)
        s[i] = (struct release_source){ .key = random_word(sc, seed, "s", i),
                                        .name = S("Police"),
                                        .caveat = random_word(sc, seed, "c", i) };
    struct release_set *sets = arena_array(sc->mem, struct release_set, in.n_sets + 1);
    for (size_t i = 0; i < in.n_sets; i++) {
        size_t               n = area_counts[pick(seed, COUNT(area_counts))];
        struct release_area *a = arena_array(sc->mem, struct release_area, n + 1);
        for (size_t k = 0; k < n; k++) {
            size_t                 n_figures = pick(seed, 3), n_rings = pick(seed, 3);
            struct release_figure *g = arena_array(sc->mem, struct release_figure, n_figures + 1);
            struct point          *p = arena_array(sc->mem, struct point, 5 * n_rings + 1);
            uint32_t              *end = arena_array(sc->mem, uint32_t, n_rings + 1);
            for (size_t y = 0; y < n_figures; y++)
                g[y] = (struct release_figure){ (int16_t)(2000 + y), (int64_t)test_random(seed), -1 };
            for (size_t j = 0; j < n_rings; j++) end[j] = (uint32_t)(5 * j + 5);
            for (size_t j = 0; j < 5 * n_rings; j++)
                p[j] = (struct point){ (uint32_t)test_random(seed), (uint32_t)test_random(seed) };
            a[k] = (struct release_area){ .code = random_word(sc, seed, "a", k),
                                          .name = random_word(sc, seed, "Area ", k),
                                          .box = { 1, 2, 3, pick(seed, 99) },
                                          .label = { 7, 8 },
                                          .figures = g,
                                          .n_figures = n_figures,
                                          .point = p,
                                          .ring_end = end,
                                          .n_points = 5 * n_rings,
                                          .n_rings = n_rings };
        }
        sets[i] = (struct release_set){ arena_printf(sc->mem, "set%zu", i), S("A set"), S("CC0"), a, n };
    }
    struct release_layer *l = arena_array(sc->mem, struct release_layer, in.n_layers + 1);
    for (size_t i = 0; i < in.n_layers; i++) {
        size_t                  n = pick(seed, 4);
        struct release_feature *x = arena_array(sc->mem, struct release_feature, n + 1);
        for (size_t k = 0; k < n; k++) {
            size_t        points = pick(seed, 6);
            struct point *p = arena_array(sc->mem, struct point, points + 1);
            uint32_t     *end = arena_array(sc->mem, uint32_t, 1);
            for (size_t j = 0; j < points; j++) p[j] = (struct point){ (uint32_t)test_random(seed), 5 };
            *end = (uint32_t)points;
            x[k] = (struct release_feature){ random_word(sc, seed, "Way ", k),
                                             S("minor"),
                                             (int)pick(seed, 3),
                                             { 0, 0, 9, 9 },
                                             p,
                                             end,
                                             points,
                                             1 };
        }
        l[i] = (struct release_layer){ S("streets"), S("street"), S("ODbL"), x, n };
    }
    str *places = arena_array(sc->mem, str, in.n_places + 1);
    for (size_t i = 1; i < in.n_places; i++) places[i] = random_word(sc, seed, "Place ", i);
    in.categories = c;
    random_mixes(sc, seed, &in);
    random_counts(sc, seed, &in, sets);
    in.outcomes = o;
    in.sources = s;
    in.sets = sets;
    in.layers = l;
    in.places = places;
    return in;
}

// A coordinate on or beside the border of a tile of some level.
static inline uint32_t border(uint64_t *seed, uint32_t near)
{
    unsigned z = pick(seed, 24);
    uint32_t at = (uint32_t)((uint64_t)near >> (32 - z) << (32 - z));
    return at + pick(seed, 3) - 1; // may go round the world, which is a good place for a test, too
}

static inline struct point random_point(uint64_t *seed, const struct point *anchor, size_t n_anchors,
                                        unsigned spread)
{
    struct point p = anchor[pick(seed, n_anchors)];
    switch (pick(seed, 6)) {
    case 0:
        return (struct point){ border(seed, p.x), border(seed, p.y) };
    case 1:
        return (struct point){ p.x + (pick(seed, 1u << spread)), p.y + (pick(seed, 1u << spread)) };
    case 2:
        return chance(seed, 5)
                   ? (struct point){ chance(seed, 50) ? 0 : UINT32_MAX, chance(seed, 50) ? 0 : UINT32_MAX }
                   : p;
    default:
        return p;
    }
}

static inline struct release_row *random_rows(struct scope *sc, uint64_t *seed, const struct release_info *in,
                                              size_t n)
{
    struct point anchor[40];
    size_t       n_anchors = 1 + pick(seed, COUNT(anchor));
    unsigned     spread = 1 + pick(seed, 30), no_point = chance(seed, 20) ? 100 : pick(seed, 40);
    uint32_t     days = 1 + pick(seed, chance(seed, 10) ? 65536 : 800);
    int32_t      first = civil_day(2018, 1, 1) - (days > 30000 ? 20000 : (int32_t)pick(seed, 3000));
    for (size_t i = 0; i < n_anchors; i++) {
        anchor[i] =
            (struct point){ 0x8A000000u + pick(seed, 1u << spread), 0x57000000u + pick(seed, 1u << spread) };
        if (chance(seed, 5))
            anchor[i] = (struct point){ (uint32_t)test_random(seed), (uint32_t)test_random(seed) };
    }
    struct release_row *row = arena_array(sc->mem, struct release_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct release_row *r = &row[i];
        *r = (struct release_row){
            .kind = (uint16_t)(in->n_mixes && chance(seed, 30)
                                   ? in->n_categories + pick(seed, in->n_mixes)
                                   : pick(seed,
                                          chance(seed, 50) ? in->n_categories : (in->n_categories + 9) / 10)),
            .outcome = (uint8_t)pick(seed, in->n_outcomes),
            .how = (uint8_t)(chance(seed, 20) ? 160 + pick(seed, 16) : pick(seed, HOW_VALUES)),
            .precision = (uint8_t)pick(seed, PRECISIONS),
            .flags = (uint8_t)pick(seed, 64),
            .has_point = !chance(seed, no_point),
            .day = first + (int32_t)pick(seed, days),
            .minute = (uint16_t)pick(seed, 1440),
            .place = in->n_places ? pick(seed, in->n_places) : 0,
            .source = (uint16_t)pick(seed, in->n_sources),
        };
        if (chance(seed, 20)) { // the first or last day of a month
            int32_t month = civil_month_of_day(r->day),
                    at = civil_day_of_month(month + 1) - (int32_t)pick(seed, 2);
            if (at >= first && at < first + (int32_t)days) r->day = at;
        }
        if (r->has_point) r->at = random_point(seed, anchor, n_anchors, spread);
        for (size_t k = 0; k < MAX_AREA_SETS; k++) {
            size_t areas = k < in->n_sets ? in->sets[k].n : 0;
            r->area[k] = !areas || chance(seed, 20) ? AREA_NOWHERE : (uint16_t)pick(seed, areas);
        }
        if (i && chance(seed, 10)) *r = row[pick(seed, i)]; // equal rows are kept as they are
    }
    return row;
}

static inline struct point some_point(uint64_t *seed, const struct release_row *row, size_t n)
{
    struct point p = { (uint32_t)test_random(seed), (uint32_t)test_random(seed) };
    for (int i = 0; n && i < 5; i++) {
        const struct release_row *r = &row[pick(seed, n)];
        if (r->has_point) return r->at;
    }
    return p;
}

static inline struct box random_box(uint64_t *seed, const struct release_row *row, size_t n)
{
    struct box b = BOX_EMPTY;
    box_add(&b, some_point(seed, row, n));
    if (chance(seed, 80)) box_add(&b, some_point(seed, row, n));
    return b;
}

static inline struct filter random_filter(uint64_t *seed, const struct release_info *in,
                                          const struct release_row *row, size_t n)
{
    struct filter f;
    filter_all(&f);
    unsigned often = pick(seed, 4) * 25;
    if (n && chance(seed, often)) f.from_day = row[pick(seed, n)].day + (int32_t)pick(seed, 3) - 1;
    if (n && chance(seed, often)) f.to_day = row[pick(seed, n)].day + (int32_t)pick(seed, 3) - 1;
    if (f.from_day > f.to_day) {
        int32_t swap = f.from_day;
        f.from_day = f.to_day;
        f.to_day = swap;
    }
    // Whole months, as the map asks for: the index answers these without a search.
    if (f.from_day > -100000 && chance(seed, 50))
        f.from_day = civil_day_of_month(civil_month_of_day(f.from_day));
    if (f.to_day < 100000 && chance(seed, 50))
        f.to_day = civil_day_of_month(civil_month_of_day(f.to_day) + 1) - 1;
    if (chance(seed, often)) {
        f.any_category = false;
        for (uint32_t k = pick(seed, 2 * in->n_categories); k-- > 0;) {
            uint32_t i = pick(seed, in->n_categories);
            f.category[i / 64] |= (uint64_t)1 << i % 64;
        }
    }
    if (chance(seed, often)) {
        f.any_outcome = false;
        for (uint32_t k = 1 + pick(seed, in->n_outcomes); k-- > 0;) {
            uint32_t i = pick(seed, in->n_outcomes);
            f.outcome[i / 64] |= (uint64_t)1 << i % 64;
        }
    }
    if (chance(seed, often)) f.hours = chance(seed, 30) ? 0x800001 : (uint32_t)test_random(seed) & 0xFFFFFF;
    if (chance(seed, often)) f.days = (uint8_t)(test_random(seed) & 0x7F);
    if (in->n_sets && chance(seed, often)) {
        f.set = (int)pick(seed, in->n_sets);
        f.area =
            in->sets[f.set].n && chance(seed, 80) ? (uint16_t)pick(seed, in->sets[f.set].n) : AREA_NOWHERE;
    }
    f.has_box = chance(seed, often / 2);
    if (f.has_box) f.box = random_box(seed, row, n);
    if (chance(seed, often / 2)) {
        struct box b = BOX_EMPTY;
        f.has_poly = true;
        for (uint32_t k = 3 + pick(seed, 8); k-- > 0;) {
            struct point p = some_point(seed, row, n);
            f.poly[f.n_poly++] =
                chance(seed, 70) ? p : (struct point){ p.x + pick(seed, 50), p.y + pick(seed, 50) };
        }
        f.poly[f.n_poly] = f.poly[0];
        f.n_poly++;
        for (size_t i = 0; i < f.n_poly; i++) box_add(&b, f.poly[i]);
        if (f.has_box) {
            if (f.box.min_x > b.min_x) b.min_x = f.box.min_x;
            if (f.box.min_y > b.min_y) b.min_y = f.box.min_y;
            if (f.box.max_x < b.max_x) b.max_x = f.box.max_x;
            if (f.box.max_y < b.max_y) b.max_y = f.box.max_y;
        }
        f.box = b;
    }
    return f;
}

static inline enum err write_index(struct scope *sc, const char *path, const struct release_info *in,
                                   const struct release_row *row, size_t n)
{
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    TRY(index_writer_open(sc, path, in, &w));
    for (size_t i = 0; i < n; i++) TRY(index_writer_add(sc, w, &row[i]));
    return index_writer_commit(sc, w);
}
