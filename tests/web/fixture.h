// SPDX-License-Identifier: EUPL-1.2
// An invented release of a few thousand random rows for the tests of web/, published in a data folder of its own, and
// its rows, so that a slow reader can count them one by one. Names hold what breaks careless pages: quotes, angle
// brackets, ampersands, commas, three alphabets.
#pragma once
#include "base/civil.h"
#include "base/file.h"
#include "check.h"
#include "index/query.h"
#include "keys.h"
#include "model/incident.h"
#include "publish/release.h"
#include <math.h>

enum {
    FIXTURE_ROWS = 4000,
    FIXTURE_LEVEL = 17,
    FIXTURE_AREAS = 12,
    FIXTURE_FIRST_YEAR = 2022,
    FIXTURE_YEARS = 3
};

struct fixture {
    const char         *dir;
    struct release_info info;
    struct release_row *row;
    size_t              n;
};

static const struct release_category fixture_categories[] = {
    { .key = S("burglary"), .label = { S("Burglary"), S("Vloupání"), S("Крадіжка зі зломом") }, .iccs = 5 },
    { .key = S("theft-bicycle"),
      .label = { S("Theft of a bicycle"), S("Krádež kola"), S("Крадіжка велосипеда") },
      .iccs = 5 },
    { .key = S("robbery"), .label = { S("Robbery <b>&\"'") }, .iccs = 4 },
    { .key = S("assault"), .label = { S("Assault"), S("Napadení"), S("Тілесні ушкодження") }, .iccs = 2 },
    { .key = S("nuisance"),
      .label = { S("Nuisance, noise"), S("Rušení nočního klidu"), S("Порушення спокою") },
      .iccs = 12 },
};
static const uint16_t               fixture_both[] = { 0, 3 }; // burglary and assault
static const struct release_mix     fixture_mixes[] = { { fixture_both, COUNT(fixture_both) } };
static const struct release_outcome fixture_outcomes[] = {
    { .key = S("none"), .label = { S("Nothing said"), S("Neuvedeno"), S("Не зазначено") } },
    { .key = S("open"),
      .label = { S("Under investigation"), S("V šetření"), S("Розслідується") },
      .is = OUTCOME_OPEN },
    { .key = S("charged"),
      .label = { S("Charged"), S("Obviněn"), S("Пред’явлено підозру") },
      .is = OUTCOME_CLEARED },
    { .key = S("closed"), .label = { S("No suspect"), S("Odloženo"), S("Закрито") }, .is = OUTCOME_CLOSED },
};
static const struct release_source fixture_sources[] = {
    { .key = S("town"),
      .name = S("Town police <i>\"&"),
      .licence = S("CC BY 4.0"),
      .licence_url = S("https://creativecommons.org/licenses/by/4.0/"),
      .homepage = S("javascript:alert(1)"), // must come out as "#"
      .attribution = S("Invented for tests."),
      .caveat = S("Nothing here happened.") },
};
static const str fixture_places[] = { S(""), S("On or near Žižkov street"), S("Вулиця Корзо"),
                                      S("Market, \"Old\" <square>") };
static const char *const fixture_names[FIXTURE_AREAS] = {
    "Žižkov",  "Нове місто", "Radvanka", "Old Town & Castle", "<Boženy>",     "Дравці", "Park \"A\"",
    "Horyany", "Шахта",      "Minai",    "Bozdosh",           "Small Corner",
};

/// The whole fixture town in mercator units: 4 x 3 rectangles.
static inline struct box fixture_extent(void)
{
    struct point nw = mercator_of(22.24, 48.66), se = mercator_of(22.34, 48.58);
    uint32_t     mask = ~((1u << (32 - FIXTURE_LEVEL)) - 1);
    return (struct box){ nw.x & mask, nw.y & mask, (se.x & mask) - 1, (se.y & mask) - 1 };
}

static inline struct release_area *fixture_areas(struct scope *sc)
{
    struct release_area *a = arena_array(sc->mem, struct release_area, FIXTURE_AREAS);
    struct box           e = fixture_extent();
    uint32_t             w = (e.max_x - e.min_x) / 4 + 1, h = (e.max_y - e.min_y) / 3 + 1;
    for (uint32_t i = 0; i < FIXTURE_AREAS; i++) {
        struct point          *p = arena_array(sc->mem, struct point, 5);
        uint32_t              *end = arena_array(sc->mem, uint32_t, 1);
        struct release_figure *g = arena_array(sc->mem, struct release_figure, 2);
        uint32_t               x = e.min_x + i % 4 * w, y = e.min_y + i / 4 * h;
        p[0] = p[4] = (struct point){ x, y };
        p[1] = (struct point){ x + w - 1, y };
        p[2] = (struct point){ x + w - 1, y + h - 1 };
        p[3] = (struct point){ x, y + h - 1 };
        end[0] = 5;
        g[0] = (struct release_figure){ 2022, 4000 + 1500 * i, 3 + i };
        g[1] = (struct release_figure){ 2024, i == 11 ? 300 : (int64_t)(4100 + 1500 * i),
                                        i == 5 ? -1 : (int64_t)(4 + i) };
        a[i] = (struct release_area){ .code = arena_printf(sc->mem, "%02u", i + 1),
                                      .name = str_of(fixture_names[i]),
                                      .box = { x, y, x + w - 1, y + h - 1 },
                                      .label = { x + w / 2, y + h / 2 },
                                      .figures = g,
                                      .n_figures = i == 7 ? 0 : 2,
                                      .point = p,
                                      .ring_end = end,
                                      .n_points = 5,
                                      .n_rings = 1 };
    }
    return a;
}

static inline struct release_layer *fixture_layers(struct scope *sc, size_t *n)
{
    struct box               e = fixture_extent();
    struct release_layer    *l = arena_array(sc->mem, struct release_layer, 2);
    struct release_feature  *street = arena_array(sc->mem, struct release_feature, 2);
    struct release_feature  *water = arena_array(sc->mem, struct release_feature, 1);
    static const char *const names[] = { "Korzo", "Shopping street \"Ring\"" };
    for (uint32_t i = 0; i < 2; i++) {
        struct point *p = arena_array(sc->mem, struct point, 3);
        uint32_t     *end = arena_array(sc->mem, uint32_t, 1);
        for (uint32_t k = 0; k < 3; k++)
            p[k] = (struct point){ e.min_x + (e.max_x - e.min_x) / 2 * k,
                                   e.min_y + (e.max_y - e.min_y) / 3 * (i + 1) };
        end[0] = 3;
        street[i] = (struct release_feature){ .name = str_of(names[i]),
                                              .class = i ? S("minor") : S("primary"),
                                              .shape = 1,
                                              .box = { p[0].x, p[0].y, p[2].x, p[2].y },
                                              .point = p,
                                              .part_end = end,
                                              .n_points = 3,
                                              .n_parts = 1 };
    }
    struct point *p = arena_array(sc->mem, struct point, 4);
    uint32_t     *end = arena_array(sc->mem, uint32_t, 1);
    p[0] = p[3] = (struct point){ e.min_x, e.max_y };
    p[1] = (struct point){ e.min_x + (e.max_x - e.min_x) / 3, e.max_y };
    p[2] = (struct point){ e.min_x, e.max_y - (e.max_y - e.min_y) / 4 };
    end[0] = 4;
    water[0] = (struct release_feature){ .name = S("Uzh"),
                                         .class = S("river"),
                                         .shape = 2,
                                         .box = { e.min_x, p[2].y, p[1].x, e.max_y },
                                         .point = p,
                                         .part_end = end,
                                         .n_points = 4,
                                         .n_parts = 1 };
    l[0] = (struct release_layer){
        .key = S("streets"), .kind = S("street"), .licence = S("ODbL"), .features = street, .n = 2
    };
    l[1] = (struct release_layer){ .key = S("water"), .kind = S("water"), .features = water, .n = 1 };
    *n = 2;
    return l;
}

static inline struct release_row fixture_row(const struct release_info *in, uint64_t *seed)
{
    struct box         e = fixture_extent();
    uint32_t           side = 1u << (32 - FIXTURE_LEVEL);
    struct release_row r = { .kind = (uint16_t)(test_random(seed) % 5 * (test_random(seed) % 3 ? 1 : 0)) };
    if (test_random(seed) % 12 == 0) r.kind = COUNT(fixture_categories); // the mix
    // Crowded in the north west, as towns are in their middles.
    double u = (double)(test_random(seed) >> 11) / 9007199254740992.0,
           v = (double)(test_random(seed) >> 11) / 9007199254740992.0;
    uint32_t x = e.min_x + (uint32_t)((e.max_x - e.min_x) * u * u),
             y = e.min_y + (uint32_t)((e.max_y - e.min_y) * v * sqrt(v));
    r.at = (struct point){ (x & ~(side - 1)) + side / 2, (y & ~(side - 1)) + side / 2 };
    r.has_point = test_random(seed) % 20 != 0;
    uint32_t w = (e.max_x - e.min_x) / 4 + 1, h = (e.max_y - e.min_y) / 3 + 1;
    r.area[0] = AREA_NOWHERE;
    if (r.has_point) r.area[0] = (uint16_t)((r.at.y - e.min_y) / h * 4 + (r.at.x - e.min_x) / w);
    if (!r.has_point && test_random(seed) % 2) r.area[0] = (uint16_t)(test_random(seed) % FIXTURE_AREAS);
    r.area[1] = AREA_NOWHERE;
    if (r.area[0] != AREA_NOWHERE) r.area[1] = r.area[0] >= 6;
    for (size_t s = 2; s < MAX_AREA_SETS; s++) r.area[s] = AREA_NOWHERE;
    if (!r.has_point) r.at = (struct point){ 0, 0 };
    r.outcome = (uint8_t)(test_random(seed) % 4);
    r.place = r.has_point ? (uint32_t)(test_random(seed) % in->n_places) : 0;
    int32_t first = civil_day(FIXTURE_FIRST_YEAR, 1, 1),
            days = civil_day(FIXTURE_FIRST_YEAR + FIXTURE_YEARS, 1, 1) - first;
    int64_t wall = (int64_t)(first + (int32_t)(test_random(seed) % (uint64_t)days)) * DAY_S +
                   (int64_t)(test_random(seed) % 24) * HOUR_S;
    r.precision = (uint8_t)(test_random(seed) % 10  ? PRECISION_HOUR
                            : test_random(seed) % 2 ? PRECISION_DAY
                                                    : PRECISION_MONTH);
    r.how = how_of(wall, (enum precision)r.precision);
    r.day = civil_floor_day(wall);
    if (r.precision == PRECISION_MONTH) r.day = civil_day_of_month(civil_month_of_day(r.day));
    if (r.precision == PRECISION_HOUR) r.minute = (uint16_t)((wall - (int64_t)r.day * DAY_S) / 60);
    return r;
}

enum {
    FIXTURE_LEAST = 10,
    FIXTURE_FIRST_HALF = 2 * (FIXTURE_FIRST_YEAR - 1970),
    FIXTURE_HALVES = 2 * FIXTURE_YEARS
};

/// What the rules of the built-in policy show, and that nobody shows what is withheld for ever.
static const struct release_rule fixture_rules[SENSITIVITIES] = {
    [SENSITIVITY_UNCLASSIFIED] = { SHOW_POINTS, PRECISION_MINUTE }, // damage: no page believes it
    [SENSITIVITY_TRAFFICKING] = { SHOW_AREAS, PRECISION_MONTH },    // the same
    [SENSITIVITY_CHILD] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_SEXUAL] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_DOMESTIC] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_SELF_HARM] = { SHOW_WITHHELD, PRECISION_MONTH },
    [SENSITIVITY_HATE] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_PERSON] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_HOME] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_DRUGS] = { SHOW_AREAS, PRECISION_MONTH },
    [SENSITIVITY_ORDINARY] = { SHOW_POINTS, PRECISION_MONTH },
    [SENSITIVITY_STREET] = { SHOW_POINTS, PRECISION_HOUR },
};

// Groups as they are told: a class in every half-year from `first` to `last`, the areas from..to of the districts.
static const struct fixture_group {
    int class;
    int      first, last, from, to; // from > to: somewhere in the town
    uint32_t count;
} fixture_groups[] = {
    { SENSITIVITY_TRAFFICKING, 0, 5, 0, 11, 40 }, // damage: nobody is told
    { SENSITIVITY_PERSON, 0, 5, 0, 2, 31 },
    { SENSITIVITY_PERSON, 0, 5, 3, 3, 10 },
    { SENSITIVITY_PERSON, 0, 5, 4, 7, 17 },
    { SENSITIVITY_PERSON, 0, 5, 8, 11, 0 },
    { SENSITIVITY_PERSON, 0, 5, 1, 0, 12 },
    { SENSITIVITY_SEXUAL, 1, 5, 0, 5, 14 },
    { SENSITIVITY_SEXUAL, 1, 5, 6, 11, 11 },
    { SENSITIVITY_SEXUAL, 0, 0, 0, 5, 9 }, // damage: below the least
    { SENSITIVITY_CHILD, 2, 2, 1, 0, 14 },
    { SENSITIVITY_DOMESTIC, 0, 5, 0, 11, 23 },
    { SENSITIVITY_HOME, 3, 5, 0, 0, 44 },
    { SENSITIVITY_HOME, 3, 5, 1, 1, 12 },
    { SENSITIVITY_HOME, 3, 5, 2, 5, 10 },
    { SENSITIVITY_HOME, 3, 5, 6, 11, 13 },
    { SENSITIVITY_DRUGS, 5, 5, 0, 5, 20 },
    { SENSITIVITY_DRUGS, 5, 5, 6, 11, 11 },
    { SENSITIVITY_DRUGS, 5, 5, 0, 11, 10 }, // came in later
    { RELEASE_CLASS_OTHER, 4, 4, 0, 11, 16 },
};

static inline int fixture_by_count(const void *a, const void *b)
{
    const struct release_count *x = a, *y = b;
    if (x->half != y->half) return x->half < y->half ? -1 : 1;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return x->n && x->area[0] != y->area[0] ? (x->area[0] < y->area[0] ? -1 : 1) : 0;
}

static inline void fixture_counts(struct scope *sc, struct release_info *in)
{
    struct release_count *c =
        arena_array(sc->mem, struct release_count, COUNT(fixture_groups) * FIXTURE_HALVES);
    size_t n = 0;
    for (size_t i = 0; i < COUNT(fixture_groups); i++) {
        const struct fixture_group *g = &fixture_groups[i];
        uint16_t                   *area = arena_array(sc->mem, uint16_t, FIXTURE_AREAS);
        size_t                      areas = g->from > g->to ? 0 : (size_t)(g->to - g->from) + 1;
        for (size_t k = 0; k < areas; k++) area[k] = (uint16_t)(g->from + (int)k);
        for (int half = g->first; half <= g->last; half++)
            c[n++] = (struct release_count){ FIXTURE_FIRST_HALF + half, (uint8_t)g->class,
                                             g->count ? g->count + (uint32_t)half : 0, area, areas };
    }
    qsort(c, n, sizeof *c, fixture_by_count);
    memcpy(in->rules, fixture_rules, sizeof fixture_rules);
    in->delay_days = 31;
    in->least = FIXTURE_LEAST;
    in->first_half = FIXTURE_FIRST_HALF;
    in->last_half = FIXTURE_FIRST_HALF + FIXTURE_HALVES - 1;
    in->count_set = 0;
    in->counts = c;
    in->n_counts = n;
}

/// Rows and dictionary; the same seed gives the same town.
static inline void fixture_make(struct scope *sc, uint64_t seed, struct fixture *fx)
{
    struct release_set  *sets = arena_array(sc->mem, struct release_set, 2);
    struct release_area *halves = fixture_areas(sc);
    sets[0] = (struct release_set){ .key = S("districts"),
                                    .name = S("Districts"),
                                    .licence = S("ODbL 1.0"),
                                    .areas = fixture_areas(sc),
                                    .n = FIXTURE_AREAS };
    sets[1] =
        (struct release_set){ .key = S("halves"), .name = S("Halves of the town"), .areas = halves, .n = 2 };
    fx->info = (struct release_info){
        .created_s = 1763956800,
        .tier = S("public"),
        .town = S("Fixture & Sons"),
        .timezone = S("Europe/Uzhgorod"),
        .lang = LANG_EN,
        .demo = true,
        .anchor_m = 200,
        .anchor_level = FIXTURE_LEVEL,
        .finest = PRECISION_HOUR,
        .categories = fixture_categories,
        .n_categories = COUNT(fixture_categories),
        .mixes = fixture_mixes,
        .n_mixes = COUNT(fixture_mixes),
        .outcomes = fixture_outcomes,
        .n_outcomes = COUNT(fixture_outcomes),
        .sources = fixture_sources,
        .n_sources = COUNT(fixture_sources),
        .sets = sets,
        .n_sets = 2,
        .places = fixture_places,
        .n_places = COUNT(fixture_places),
    };
    fixture_counts(sc, &fx->info);
    fx->info.layers = fixture_layers(sc, &fx->info.n_layers);
    fx->n = FIXTURE_ROWS;
    fx->row = arena_array(sc->mem, struct release_row, fx->n);
    for (size_t i = 0; i < fx->n; i++) fx->row[i] = fixture_row(&fx->info, &seed);
}

/// Publishes the rows as release `number` of the data folder.
static inline void fixture_publish(struct scope *sc, struct fixture *fx, int64_t number)
{
    struct release_new    r;
    struct policy         policy;
    struct publish_totals totals[TIERS] = { 0 };
    str                   sha256;
    struct index_writer  *w = NULL;
    const char           *path;
    fx->info.release = (uint64_t)number;
    ok_err(sc,
           policy_read(sc,
                       S("exception delay \"Thefts > 7 days\" by \"O. Hnatiuk\" until 2027-06-30\n"
                         "tier public\ndelay 1 day\nclass street ordinary points\n"),
                       &policy),
           OK);
    ok_err(sc, release_begin(sc, fx->dir, number, fx->info.created_s, &r), OK);
    ok_err(sc, path_join(sc, r.public_dir, "public.index", &path), OK);
    ok_err(sc, index_writer_open(sc, path, &fx->info, &w), OK);
    for (size_t i = 0; i < fx->n; i++) ok_err(sc, index_writer_add(sc, w, &fx->row[i]), OK);
    ok_err(sc, index_writer_commit(sc, w), OK);
    index_writer_closep(&w);
    totals[TIER_PUBLIC] = (struct publish_totals){ .incidents = fx->n,
                                                   .anchor_m = 200,
                                                   .moved_median_m = 70,
                                                   .moved_p95_m = 131,
                                                   .smallest_region = 2.26,
                                                   .sources = fixture_sources,
                                                   .n_sources = COUNT(fixture_sources) };
    struct key_ring keys = test_keys(sc, fx->dir);
    ok_err(sc, release_commit(sc, fx->dir, &r, &keys, &policy, totals, NULL, 0, &sha256), OK);
}

/// The categories of a row.
static inline struct release_mix fixture_kinds(const struct release_row *r)
{
    return r->kind < COUNT(fixture_categories) ? (struct release_mix){ &r->kind, 1 } : fixture_mixes[0];
}

/// The obvious reader: does this row pass? Written apart from the index, after filter.h.
static inline bool fixture_passes(const struct filter *f, const struct release_row *r)
{
    if (r->day < f->from_day || r->day > f->to_day) return false;
    bool               of_kind = f->any_category;
    struct release_mix kinds = fixture_kinds(r);
    for (size_t i = 0; i < kinds.n; i++)
        of_kind = of_kind || (f->category[kinds.category[i] / 64] >> (kinds.category[i] % 64) & 1);
    if (!of_kind) return false;
    if (!f->any_outcome && !(f->outcome[r->outcome / 64] >> (r->outcome % 64) & 1)) return false;
    if (f->hours != 0xFFFFFF && (r->how >= HOW_DAY || !(f->hours >> (r->how % 24) & 1))) return false;
    if (f->days != 0x7F) {
        if (r->how == HOW_NONE) return false;
        int day = r->how < HOW_DAY ? r->how / 24 : r->how - HOW_DAY;
        if (!(f->days >> day & 1)) return false;
    }
    if (f->set >= 0 && r->area[f->set] != f->area) return false;
    if (f->has_box && (!r->has_point || !box_has(f->box, r->at))) return false;
    return true;
}
