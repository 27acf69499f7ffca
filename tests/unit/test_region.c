// SPDX-License-Identifier: EUPL-1.2
// What a row gives away of its place - its anchor and its areas in all sets - judged by looking at very many places of a
// town and adding up, for each thing that can be told, from how many of them it is told.
#include "publish/region.h"

#include "check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL = 16,
    SHIFT = 32 - LEVEL,
    REACH = 12,
    FINE = 64
}; // a town of 12 x 12 cells, each looked at in 64 x 64 places

struct set {
    struct point          of[400][5];
    uint32_t              end;
    struct ring_set       rings[400];
    struct release_area   area[400];
    struct release_figure figure[400];
};

static struct point corner_of_town(void)
{
    struct point p = mercator_of(22.29, 48.62);
    return (struct point){ p.x >> SHIFT << SHIFT, p.y >> SHIFT << SHIFT };
}

static double edge(size_t number, size_t of, double jitter, uint64_t *seed)
{
    double at = (double)REACH * (double)number / (double)of;
    return number && number < of ? at + jitter * ((double)(test_random(seed) % 1000) / 1000 - 0.5) : at;
}

/// Between these edges, in units of the map.
static void add_rectangles(struct scope *sc, struct atlas *a, const char *key, const double *x,
                           size_t columns, const double *y, size_t rows)
{
    struct set *s = arena_new(sc->mem, struct set);
    size_t      n = 0;
    s->end = 5;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++, n++) {
            struct point *p = s->of[n], north_west = { (uint32_t)x[k], (uint32_t)y[i] },
                         south_east = { (uint32_t)x[k + 1], (uint32_t)y[i + 1] };
            p[0] = p[4] = north_west;
            p[1] = (struct point){ south_east.x, north_west.y };
            p[2] = south_east;
            p[3] = (struct point){ north_west.x, south_east.y };
            s->rings[n] = (struct ring_set){ p, 5, &s->end, 1 };
            s->figure[n] = (struct release_figure){ 2020, 1000 + (int64_t)n, -1 };
            s->area[n] = (struct release_area){ .code = arena_printf(sc->mem, "%zu", n),
                                                .point = p,
                                                .ring_end = &s->end,
                                                .n_points = 5,
                                                .n_rings = 1,
                                                .figures = &s->figure[n],
                                                .n_figures = 1,
                                                .label = { north_west.x / 2 + south_east.x / 2,
                                                           north_west.y / 2 + south_east.y / 2 } };
        }
    ok_err(sc, polygon_index_build(sc, s->rings, n, &a->find[a->n_sets]), OK);
    a->rings[a->n_sets] = s->rings;
    a->set[a->n_sets++] = (struct release_set){ str_of(key), str_of(key), S(""), s->area, n };
}

/// Rectangles of w x h cells with edges that are moved a little, so that they cut cells anywhere.
static void add_set(struct scope *sc, struct atlas *a, const char *key, double w, double h, double jitter,
                    uint64_t *seed)
{
    struct point at = corner_of_town();
    size_t       columns = (size_t)(REACH / w + 0.5), rows = (size_t)(REACH / h + 0.5);
    double       side = 1u << SHIFT, x[402], y[402];
    ok(columns * rows <= 400, "a set of %zu areas", columns * rows);
    for (size_t k = 0; k <= columns; k++) x[k] = at.x + side * edge(k, columns, jitter, seed);
    for (size_t i = 0; i <= rows; i++) y[i] = at.y + side * edge(i, rows, jitter, seed);
    add_rectangles(sc, a, key, x, columns, y, rows);
}

/// What is told of a place, and of how many of the places that were looked at.
struct told {
    struct region is;
    uint16_t      area[MAX_AREA_SETS];
    size_t        places, addresses;
};
struct town {
    struct atlas    atlas;
    struct regions *regions;
    struct told    *told;
    size_t          n, nowhere, dropped, looked;
};

static struct told *told_at(struct scope *sc, struct town *t, struct point p)
{
    uint16_t    area[MAX_AREA_SETS];
    struct told now = { .places = 0 };
    atlas_at(&t->atlas, p, area);
    ok_err(sc, region_of(sc, t->regions, p, area, &now.is), OK);
    ok(now.is.beside || !memcmp(now.is.area, area, sizeof area), "told of another area");
    memcpy(area, now.is.area, sizeof area);
    for (size_t s = 0; s < MAX_AREA_SETS; s++)
        now.area[s] = s + now.is.kept < t->atlas.n_sets ? AREA_NOWHERE : area[s];
    if (now.is.found) { // the anchor stands in every area that is told
        uint16_t there[MAX_AREA_SETS];
        atlas_at(&t->atlas, now.is.at, there);
        for (size_t s = t->atlas.n_sets - now.is.kept; s < t->atlas.n_sets; s++)
            ok(there[s] == area[s], "an anchor in area %u for one in %u", there[s], area[s]);
    }
    for (size_t i = 0; i < t->n; i++)
        if (t->told[i].is.found == now.is.found && t->told[i].is.at.x == now.is.at.x &&
            t->told[i].is.at.y == now.is.at.y && t->told[i].is.kept == now.is.kept &&
            !memcmp(t->told[i].area, now.area, sizeof now.area))
            return &t->told[i];
    t->told[t->n] = now;
    return &t->told[t->n++];
}

static void look_everywhere(struct scope *sc, struct town *t)
{
    struct point at = corner_of_town();
    uint32_t     step = (1u << SHIFT) / FINE;
    t->told = arena_array(sc->mem, struct told, 100000);
    for (uint32_t y = 0; y < REACH * FINE; y++)
        for (uint32_t x = 0; x < REACH * FINE; x++) {
            struct told *is =
                told_at(sc, t, (struct point){ at.x + x * step + step / 2, at.y + y * step + step / 2 });
            is->places++;
            t->looked++;
            t->nowhere += !is->is.found && !is->is.kept;
            t->dropped += is->is.kept < t->atlas.n_sets;
        }
}

static bool is_outside(const struct town *t, const struct told *is)
{
    for (size_t s = t->atlas.n_sets - is->is.kept; s < t->atlas.n_sets; s++)
        if (is->area[s] != AREA_NOWHERE) return false;
    return true;
}

static double hectares_of_place(void)
{
    double side_m = ldexp(mercator_unit_m(corner_of_town().y), SHIFT) / FINE;
    return side_m * side_m / 10000;
}

static void no_region_is_smaller_than_the_rule(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double      w[3], h[3], jitter; // of three sets, the finest first; 0: no such set
        double      least;              // hectares; a cell has about 16
        double      dropped[2];         // share of places whose finest sets are not told, from .. to
    } rows[] = {
        { "one set", { 3.7 }, { 2.9 }, 0.9, 2, { 0, 0.03 } },
        { "two sets, nested badly", { 1.7, 5.1 }, { 1.9, 5.7 }, 0.3, 2, { 0, 0.4 } },
        { "three sets", { 1.4, 3.3, 6.2 }, { 1.6, 2.9, 6.1 }, 0.9, 2, { 0.1, 0.7 } },
        { "areas smaller than a cell", { 0.7 }, { 0.8 }, 0.2, 2, { 0.2, 1 } },
        { "strips of 8 metres", { 0.02, 4 }, { 12, 4 }, 0, 2, { 0.99, 1 } },
        { "a wide rule", { 1.7, 5.1 }, { 1.9, 5.7 }, 0.9, 10, { 0.1, 1 } },
        { "strips without a rule", { 0.02, 4 }, { 12, 4 }, 0, 0, { 0, 0 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope       sc = test_scope();
        uint64_t           seed = test_seed();
        struct town        t = { 0 };
        struct region_rule rule = { .least = rows[i].least };
        size_t             small = 0;
        for (int s = 0; s < 3 && rows[i].w[s] > 0; s++)
            add_set(&sc, &t.atlas, s ? "coarse" : "fine", rows[i].w[s] < 0.03 ? 12.0 / 400 : rows[i].w[s],
                    rows[i].h[s], rows[i].jitter, &seed);
        ok_err(&sc, regions_open(&sc, &t.atlas, &rule, LEVEL, NULL, 0, &t.regions), OK);
        look_everywhere(&sc, &t);
        for (size_t k = 0; k < t.n; k++) {
            double hectares = (double)t.told[k].places * hectares_of_place();
            bool   few = hectares < rows[i].least;
            if (is_outside(&t, &t.told[k])) continue; // reaches beyond what was looked at
            small += hectares < 2;
            ok(!few || (!t.told[k].is.found && !t.told[k].is.kept), "%s: a region of %g ha", rows[i].what,
               hectares);
        }
        double dropped = (double)t.dropped / (double)t.looked, nowhere = (double)t.nowhere / (double)t.looked;
        print_message("# %s: %.3f told without their finest areas\n", rows[i].what, dropped);
        ok(dropped >= rows[i].dropped[0] && dropped <= rows[i].dropped[1], "%s: %g dropped", rows[i].what,
           dropped);
        ok(nowhere < 0.01, "%s: %g told of the town alone", rows[i].what, nowhere);
        // What the rule is for: without it there are regions that are too small.
        ok(rows[i].least > 0 || small > 10, "%s: %zu small regions", rows[i].what, small);
        ok(rows[i].least <= 0 || regions_smallest(t.regions) >= rows[i].least, "%s: %g", rows[i].what,
           regions_smallest(t.regions));
        test_scope_end(&sc);
    }
}

static void addresses_and_inhabitants(void **state)
{
    (void)state;
    enum { ADDRESSES = 3000 };
    struct scope  sc = test_scope();
    uint64_t      seed = test_seed();
    struct point *address = arena_array(sc.mem, struct point, ADDRESSES), at = corner_of_town();
    for (int i = 0; i < ADDRESSES; i++) { // dense in one corner, houses far apart elsewhere
        double u = (double)(test_random(&seed) % 10000) / 10000,
               v = (double)(test_random(&seed) % 10000) / 10000;
        address[i] = (struct point){ at.x + (uint32_t)(u * u * REACH * (1u << SHIFT)),
                                     at.y + (uint32_t)(v * v * REACH * (1u << SHIFT)) };
    }
    struct town        t = { 0 };
    struct region_rule rule = { .by = REGION_ADDRESSES, .least = 8 };
    add_set(&sc, &t.atlas, "fine", 1.7, 1.9, 0.9, &seed);
    add_set(&sc, &t.atlas, "coarse", 5.1, 5.7, 0.9, &seed);
    ok_err(&sc, regions_open(&sc, &t.atlas, &rule, LEVEL, address, ADDRESSES, &t.regions), OK);
    look_everywhere(&sc, &t);
    for (int i = 0; i < ADDRESSES; i++) told_at(&sc, &t, address[i])->addresses++;
    size_t with = 0, few = 0;
    for (size_t i = 0; i < t.n; i++) {
        with += t.told[i].addresses >= 8;
        few += t.told[i].addresses && t.told[i].addresses < 8 && (t.told[i].is.found || t.told[i].is.kept);
    }
    ok(with > 40 && !few, "%zu regions of 8 addresses or more, %zu of fewer", with, few);

    // A house alone in a wood, and another: a cell where nobody lives is enough for itself, and hides none of them.
    struct town lone = { 0 };
    for (int i = 0; i < ADDRESSES; i++) {
        double u = (double)(test_random(&seed) % 10000) / 10000,
               v = (double)(test_random(&seed) % 10000) / 10000;
        address[i] = (struct point){ at.x + (uint32_t)(u * REACH / 4 * (1u << SHIFT)),
                                     at.y + (uint32_t)(v * REACH * (1u << SHIFT)) };
    }
    address[0].x = at.x + (uint32_t)(0.8 * REACH * (1u << SHIFT));
    address[1] = (struct point){ address[0].x + (1u << SHIFT), address[0].y };
    ok_err(&sc, regions_open(&sc, &lone.atlas, &rule, LEVEL, address, ADDRESSES, &lone.regions), OK);
    look_everywhere(&sc, &lone);
    for (int i = 0; i < ADDRESSES; i++) told_at(&sc, &lone, address[i])->addresses++;
    for (size_t i = 0; i < lone.n; i++)
        ok(!lone.told[i].is.found || !lone.told[i].addresses || lone.told[i].addresses >= 8,
           "%zu addresses are told at one anchor", lone.told[i].addresses);

    // Nobody's address: a public place, if it is as large as one.
    struct town empty = { 0 };
    add_set(&sc, &empty.atlas, "fine", 0.6, 0.6, 0.5, &seed);
    ok_err(&sc, regions_open(&sc, &empty.atlas, &rule, LEVEL, NULL, 0, &empty.regions), OK);
    look_everywhere(&sc, &empty);
    for (size_t i = 0; i < empty.n; i++) {
        double hectares = (double)empty.told[i].places * hectares_of_place();
        ok(is_outside(&empty, &empty.told[i]) || hectares >= 0.85 * FLOOR_HECTARES ||
               (!empty.told[i].is.found && !empty.told[i].is.kept),
           "a public place of %g ha", hectares);
    }

    struct town people = { .atlas = t.atlas };
    rule = (struct region_rule){ .by = REGION_INHABITANTS, .least = 20, .set = S("coarse") };
    ok_err(&sc, regions_open(&sc, &people.atlas, &rule, LEVEL, NULL, 0, &people.regions), OK);
    look_everywhere(&sc, &people);
    ok(regions_smallest(people.regions) >= 20, "%g inhabitants", regions_smallest(people.regions));
    rule.set = S("parishes");
    ok_err(&sc, regions_open(&sc, &people.atlas, &rule, LEVEL, NULL, 0, &people.regions), ERR_INVALID);
    ok(strstr(sc.fault.text, "parishes"), "%s", sc.fault.text);
    struct release_area *silent = arena_array(sc.mem, struct release_area, people.atlas.set[1].n);
    memcpy(silent, people.atlas.set[1].areas, people.atlas.set[1].n * sizeof *silent);
    for (size_t i = 0; i < people.atlas.set[1].n; i++) silent[i].n_figures = 0;
    people.atlas.set[1].areas = silent;
    rule.set = S("coarse");
    ok_err(&sc, regions_open(&sc, &people.atlas, &rule, LEVEL, NULL, 0, &people.regions), ERR_INVALID);
    ok(strstr(sc.fault.text, "which tells none"), "%s", sc.fault.text);
    test_scope_end(&sc);
}

/// Three large areas and a small one; of one nobody knows how many live there.
static void a_whole_area_is_measured_as_the_rule_says(void **state)
{
    (void)state;
    enum { AREAS = 4 };
    static const struct {
        struct region_rule rule;
        bool               small[AREAS];
    } rows[] = {
        { { .by = REGION_HECTARES, .least = 2 }, { false, false, false, true } },
        { { .by = REGION_HECTARES, .least = 0.5 }, { false, false, false, false } },
        { { .by = REGION_HECTARES, .least = 1e6 }, { true, true, true, true } },
        { { .by = REGION_INHABITANTS, .least = 20 }, { true, false, true, true } },
        { { .by = REGION_ADDRESSES, .least = 8 }, { true, false, false, true } },
    };
    static const int64_t people[AREAS] = { 19, 20, -1, 5000 };
    static const int     addresses[AREAS] = { 7, 8, 0, 50 };
    struct scope         sc = test_scope();
    uint64_t             seed = test_seed();
    struct town          t = { 0 };
    add_set(&sc, &t.atlas, "fine", 2, 2, 0, &seed);
    struct release_area *a = arena_array(sc.mem, struct release_area, t.atlas.set[0].n);
    struct point        *at = arena_array(sc.mem, struct point, 100);
    bool                *small[MAX_AREA_SETS];
    size_t               n = 0;
    memcpy(a, t.atlas.set[0].areas, t.atlas.set[0].n * sizeof *a);
    t.atlas.set[0].areas = a;
    double shrink = sqrt(1.0 / area_hectares(&a[3])); // to one hectare
    for (size_t i = 0; i < AREAS; i++) {
        struct release_figure *f = arena_new(sc.mem, struct release_figure);
        *f = (struct release_figure){ 2025, people[i], -1 };
        a[i].figures = f;
        a[i].n_figures = 1;
        for (int k = 0; k < addresses[i]; k++) at[n++] = a[i].label;
    }
    struct point *ring = arena_array(sc.mem, struct point, a[3].n_points);
    for (size_t i = 0; i < a[3].n_points; i++)
        ring[i] = (struct point){
            (uint32_t)(a[3].label.x + shrink * ((double)a[3].point[i].x - a[3].label.x)),
            (uint32_t)(a[3].label.y + shrink * ((double)a[3].point[i].y - a[3].label.y)),
        };
    a[3].point = ring;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ok_err(&sc, areas_too_small(&sc, &t.atlas, &rows[i].rule, at, n, small), OK);
        for (size_t k = 0; k < AREAS; k++)
            ok(small[0][k] == rows[i].small[k], "rule %zu, area %zu: %g ha", i, k, area_hectares(&a[k]));
    }
    test_scope_end(&sc);
}

/// Nothing but the cell and the areas decides: no two places of one cell in the same areas are told apart.
static void only_cell_and_areas_decide(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    uint64_t           seed = test_seed();
    struct town        t = { 0 };
    struct region_rule rule = { .least = 2 };
    struct point       at = corner_of_town();
    size_t             compared = 0;
    add_set(&sc, &t.atlas, "fine", 1.3, 1.1, 0.9, &seed);
    add_set(&sc, &t.atlas, "coarse", 5.1, 5.7, 0.9, &seed);
    ok_err(&sc, regions_open(&sc, &t.atlas, &rule, LEVEL, NULL, 0, &t.regions), OK);
    for (int i = 0; i < 20000; i++) {
        struct point a = { at.x + (uint32_t)(test_random(&seed) % (REACH << SHIFT)),
                           at.y + (uint32_t)(test_random(&seed) % (REACH << SHIFT)) },
                     b = { (a.x >> SHIFT << SHIFT) + (uint32_t)(test_random(&seed) % (1u << SHIFT)),
                           (a.y >> SHIFT << SHIFT) + (uint32_t)(test_random(&seed) % (1u << SHIFT)) };
        uint16_t      of_a[MAX_AREA_SETS], of_b[MAX_AREA_SETS];
        struct region ra, rb;
        atlas_at(&t.atlas, a, of_a);
        atlas_at(&t.atlas, b, of_b);
        if (memcmp(of_a, of_b, sizeof of_a)) continue;
        ok_err(&sc, region_of(&sc, t.regions, a, of_a, &ra), OK);
        ok_err(&sc, region_of(&sc, t.regions, b, of_b, &rb), OK);
        ok(ra.found == rb.found && ra.at.x == rb.at.x && ra.at.y == rb.at.y && ra.kept == rb.kept &&
               !memcmp(ra.area, rb.area, sizeof ra.area),
           "told alike");
        compared++;
    }
    ok(compared > 5000, "%zu pairs", compared);
    test_scope_end(&sc);
}

/// A house that is an area of its own, 8 m by 20 or the like: seen by no sample of its cell, its rows are told as those beside
/// it and never as the only ones of something; seen by some, the whole cell does not tell the set.
static void a_strip_that_no_sample_meets_is_told_as_what_is_beside(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    uint64_t           seed = test_seed();
    struct region_rule rule = { .least = 2 };
    struct point       at = corner_of_town();
    size_t             beside = 0, seen = 0;
    for (int round = 0; round < 200; round++) {
        struct town t = { 0 };
        double      side = 1u << SHIFT,
               west = at.x + side * (3.1 + 0.6 * (double)(test_random(&seed) % 1000) / 1000),
               north = at.y + side * (3.1 + 0.6 * (double)(test_random(&seed) % 1000) / 1000);
        double wide = round % 2 ? 0.15 : 0.02, x[] = { west, west + wide * side },
               y[] = { north, north + wide * side };
        struct point in = { (uint32_t)(west + wide * side / 2), (uint32_t)(north + wide * side / 2) },
                     out = { (uint32_t)(west - 0.01 * side), in.y };
        uint16_t      of_in[MAX_AREA_SETS], of_out[MAX_AREA_SETS];
        struct region told_in, told_out;
        add_rectangles(&sc, &t.atlas, "house", x, 1, y, 1);
        add_set(&sc, &t.atlas, "coarse", 12, 12, 0, &seed);
        ok_err(&sc, regions_open(&sc, &t.atlas, &rule, LEVEL, NULL, 0, &t.regions), OK);
        atlas_at(&t.atlas, in, of_in);
        atlas_at(&t.atlas, out, of_out);
        ok(of_in[0] == 0 && of_out[0] == AREA_NOWHERE, "in the house, and beside it");
        ok_err(&sc, region_of(&sc, t.regions, in, of_in, &told_in), OK);
        ok_err(&sc, region_of(&sc, t.regions, out, of_out, &told_out), OK);
        ok(told_in.found && told_in.kept == told_out.kept && told_in.at.x == told_out.at.x &&
               told_in.at.y == told_out.at.y,
           "round %d: at one anchor", round);
        ok(told_in.kept == 1 || (told_in.beside && told_in.area[0] == AREA_NOWHERE),
           "round %d: not the house", round);
        ok(regions_smallest(t.regions) >= 2, "%g", regions_smallest(t.regions));
        ok(!told_out.beside, "what is beside is told as it is");
        beside += told_in.beside;
        seen += told_in.kept == 1;
    }
    ok(beside > 50 && seen >= 100, "%zu were seen by no sample, %zu by some", beside, seen);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_region_is_smaller_than_the_rule),
    cmocka_unit_test(addresses_and_inhabitants),
    cmocka_unit_test(a_whole_area_is_measured_as_the_rule_says),
    cmocka_unit_test(only_cell_and_areas_decide),
    cmocka_unit_test(a_strip_that_no_sample_meets_is_told_as_what_is_beside),
};
TEST_MAIN(tests)
