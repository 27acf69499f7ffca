// SPDX-License-Identifier: EUPL-1.2
// A small town in a store, for tests of what is published of it: two sets of areas (6 x 6 beats in 2 districts, about
// 9 km wide), a few categories, and incidents that the test writes down one by one. And the whole way from the store to
// a release folder, as main/ goes it.
#pragma once
#include "base/civil.h"
#include "base/file.h"
#include "check.h"
#include "keys.h"
#include "index/index.h"
#include "publish/release.h"

enum { TOWN_SIDE = 6, TOWN_BEATS = TOWN_SIDE * TOWN_SIDE, TOWN_STEP = 160000 };
static const struct lon_lat town_corner = { 22.25, 48.66 };

struct town {
    struct store       *st;
    struct publication *publication; // the last one that a test asked to be kept
    const char         *dir;
    int32_t             source, category[8], outcome[3];
    struct run          run;
    uint64_t            staged;
    struct point        corner[TOWN_SIDE + 1][TOWN_SIDE + 1];
    uint32_t            shift;     // of all borders to the east, units
    bool                leave_now; // what turned sensitive leaves, whatever the date
};

enum { CAT_THEFT, CAT_BURGLARY, CAT_DRUGS, CAT_RAPE, CAT_TRAFFICKING, CAT_CHILD, CAT_UNUSED };
static const struct {
    const char *key;
    int         iccs;
    enum sensitivity class;
} town_categories[] = { { "theft", 5, SENSITIVITY_STREET },
                        { "burglary", 5, SENSITIVITY_ORDINARY },
                        { "drugs", 6, SENSITIVITY_ORDINARY },
                        { "assault-4711", 3, SENSITIVITY_SEXUAL },
                        { "human-trafficking", 2, SENSITIVITY_TRAFFICKING },
                        { "child-neglect", 2, SENSITIVITY_CHILD },
                        { "never-used", 5, SENSITIVITY_STREET } };

static inline struct point town_point(const struct town *t, double x, double y)
{
    struct point c = t->corner[0][0];
    return (struct point){ (uint32_t)((double)c.x + x * TOWN_STEP), (uint32_t)((double)c.y + y * TOWN_STEP) };
}

static inline void town_areas(struct scope *sc, struct town *t)
{
    static const uint32_t end5 = 5;
    struct point          at = mercator_of(town_corner.lon, town_corner.lat);
    uint64_t              seed = 7;
    for (int i = 0; i <= TOWN_SIDE; i++)
        for (int k = 0; k <= TOWN_SIDE; k++)
            t->corner[i][k] =
                (struct point){ at.x + t->shift + (uint32_t)k * TOWN_STEP +
                                    (uint32_t)(test_random(&seed) % 30000),
                                at.y + (uint32_t)i * TOWN_STEP + (uint32_t)(test_random(&seed) % 30000) };
    struct area  *beats = arena_array(sc->mem, struct area, TOWN_BEATS), districts[2] = { 0 };
    struct point *ring = arena_array(sc->mem, struct point, 5 * TOWN_BEATS + 32), *d = ring + 5 * TOWN_BEATS;
    for (int a = 0; a < TOWN_BEATS; a++) {
        int           i = a / TOWN_SIDE, k = a % TOWN_SIDE;
        struct point *q = ring + 5 * a;
        q[0] = q[4] = t->corner[i][k];
        q[1] = t->corner[i][k + 1];
        q[2] = t->corner[i + 1][k + 1];
        q[3] = t->corner[i + 1][k];
        beats[a] = (struct area){ .code = arena_printf(sc->mem, "%03d", a),
                                  .name = arena_printf(sc->mem, "Beat %d", a),
                                  .parent = i < 3 ? S("district:N") : S("district:S"),
                                  .point = q,
                                  .ring_end = &end5,
                                  .n_points = 5,
                                  .n_rings = 1 };
    }
    uint32_t *ends = arena_array(sc->mem, uint32_t, 2);
    for (int h = 0; h < 2; h++) {
        size_t n = 0;
        for (int k = 0; k <= TOWN_SIDE; k++) d[n++] = t->corner[3 * h][k];
        for (int k = TOWN_SIDE; k >= 0; k--) d[n++] = t->corner[3 * h + 3][k];
        d[n] = d[0];
        // The outer beats' corners between: the border is the same one.
        ends[h] = (uint32_t)n + 1;
        districts[h] = (struct area){ .code = h ? S("S") : S("N"),
                                      .name = h ? S("South") : S("North"),
                                      .point = d,
                                      .ring_end = &ends[h],
                                      .n_points = ends[h],
                                      .n_rings = 1 };
        d += n + 1;
    }
    struct area_set set = { .key = S("district"), .name = S("Districts"), .licence = S("CC0") };
    ok_err(sc, store_areas_replace(sc, t->st, &set, districts, 2), OK);
    set = (struct area_set){ .key = S("beat"), .name = S("Beats"), .licence = S("CC0") };
    ok_err(sc, store_areas_replace(sc, t->st, &set, beats, TOWN_BEATS), OK);
}

/// A new store in dir, ready for town_add, whose incidents are known by such keys.
static inline struct town town_open_as(struct scope *sc, const char *dir, enum identity identity)
{
    struct town           t = { .dir = dir };
    struct store_settings s = { S("Testhorod"), S("Europe/Kyiv"), LANG_UK, false };
    struct source         src = {
                .key = S("test"), .name = S("Test police"), .licence = S("CC BY 4.0"), .timezone = S("Europe/Kyiv")
    };
    ok_err(sc, store_create(sc, dir, &s), OK);
    ok_err(sc, store_open(sc, dir, STORE_WRITE, &t.st), OK);
    ok_err(sc, store_begin(sc, t.st), OK);
    ok_err(sc, store_source_put(sc, t.st, &src), OK);
    t.source = src.id;
    for (size_t i = 0; i < COUNT(town_categories); i++) {
        str             key = str_of(town_categories[i].key);
        struct category c = { .key = key,
                              .code = key,
                              .label = { key },
                              .iccs = town_categories[i].iccs,
                              .sensitivity = town_categories[i].class };
        ok_err(sc, store_category_put(sc, t.st, &c), OK);
        t.category[i] = c.id;
    }
    static const char *const outcomes[] = { "under-investigation", "charged", "no-suspect" };
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        str            key = str_of(outcomes[i]);
        struct outcome o = {
            .key = key, .code = key, .label = { key }, .is = (enum outcome_class)i, .named = true
        };
        ok_err(sc, store_outcome_put(sc, t.st, &o), OK);
        t.outcome[i] = o.id;
    }
    town_areas(sc, &t);
    ok_err(sc, store_commit(sc, t.st), OK);
    t.run = (struct run){ .source = t.source,
                          .identity = identity,
                          .may_lift = true,
                          .profile = S("test"),
                          .files = S("test.csv"),
                          .started_s = 1000 };
    ok_err(sc, store_run_begin(sc, t.st, &t.run), OK);
    return t;
}

static inline struct town town_open(struct scope *sc, const char *dir)
{
    return town_open_as(sc, dir, IDENTITY_STABLE);
}

/// A theft at a point, at noon of 2016-03-15, that the test may change before it adds it.
static inline struct incident town_incident(const struct town *t, const char *key, struct point at)
{
    struct lon_lat ll = mercator_to(at);
    int64_t        s = (int64_t)civil_day(2016, 3, 15) * DAY_S + 12 * HOUR_S + 34 * 60;
    return (struct incident){ .source = t->source,
                              .key = str_of(key),
                              .category = t->category[CAT_THEFT],
                              .from_s = s,
                              .to_s = s + 59,
                              .offset_s = 7200,
                              .precision = PRECISION_MINUTE,
                              .point = POINT_EXACT,
                              .lon_e7 = (int32_t)(ll.lon * 1e7),
                              .lat_e7 = (int32_t)(ll.lat * 1e7) };
}

static inline void town_add(struct scope *sc, struct town *t, const struct incident *i)
{
    ok_err(sc, store_run_stage(sc, t->st, &t->run, i), OK);
    t->staged++;
}

static inline void town_done(struct scope *sc, struct town *t)
{
    struct run_totals totals = { .read = t->staged };
    ok_err(sc, store_run_finish(sc, t->st, &t->run, false, &totals), OK);
    ok_i64(totals.imported, t->staged);
}

/// Reads the store for a publication; the file of facts is made in the town's folder.
static inline enum err town_publication(struct scope *sc, struct town *t, const struct policy *p,
                                        int64_t number, int64_t now_s, struct publication **out)
{
    const char                                  *path;
    AUTO(publication_closep) struct publication *made = NULL;
    TRY(path_join(sc, t->dir, "facts", &path));
    struct leave_order order = { number, now_s, number - 1, t->leave_now };
    TRY(publication_open(sc, t->st, p, &order, path, &made));
    while (publication_read(made, 3)) continue;
    TRY(publication_end(sc, made));
    *out = made;
    made = NULL;
    return OK;
}

static inline void town_close(struct town *t)
{
    publication_closep(&t->publication);
    store_close(t->st);
}

/// One tier to one index file.
static inline enum err town_index(struct scope *sc, struct town *t, const struct policy *p, enum tier tier,
                                  int64_t number, int64_t now_s, const char *path,
                                  struct publish_totals *totals)
{
    AUTO(publication_closep) struct publication   *of = NULL;
    AUTO(publish_closep) struct publisher         *from = NULL;
    AUTO(index_writer_closep) struct index_writer *to = NULL;
    struct release_row                             row;
    TRY(town_publication(sc, t, p, number, now_s, &of));
    TRY(publish_open(sc, of, tier, &from));
    TRY(index_writer_open(sc, path, publish_info(from), &to));
    while (publish_next(from, &row)) TRY(index_writer_add(sc, to, &row));
    TRY(publish_end(sc, from, totals));
    return index_writer_commit(sc, to);
}

static inline enum err town_publish(struct scope *sc, struct town *t, str policy, int64_t number,
                                    int64_t now_s, struct publish_totals totals[TIERS], str *sha256)
{
    struct key_ring    keys = test_keys(sc, t->dir);
    struct policy      p;
    struct release_new r;
    TRY(policy_read(sc, policy, &p));
    TRY(release_begin(sc, t->dir, number, now_s, &r));
    for (int i = 0; i < TIERS; i++) {
        if (!p.tier[i].given) continue;
        const char *path;
        str         name = arena_printf(sc->mem, "%.*s.index", STR(tier_name((enum tier)i)));
        TRY(path_join(sc, i == TIER_PUBLIC ? r.public_dir : r.restricted_dir, name.p, &path));
        TRY(town_index(sc, t, &p, (enum tier)i, number, now_s, path, &totals[i]));
    }
    return release_commit(sc, t->dir, &r, &keys, &p, totals, &t->run, 1, sha256);
}
