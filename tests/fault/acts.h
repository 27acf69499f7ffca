// SPDX-License-Identifier: EUPL-1.2
// Whole pieces of work on a data folder, for tests that interrupt them: each turns one whole state into another, and
// the state of a folder can be read as one text. What an interruption leaves must be one of the two.
#pragma once
#include "import.h"
#include "base/clock.h"
#include "import/areas.h"
#include "main/release.h"
#include "store_check.h"

struct act {
    const char *name;
    enum err (*run)(struct scope *sc,
                    const char   *base); // base/data is the data folder, base/*.csv what is imported
    enum err again;                    // what it says when it has been done already
    bool     small;                    // it asks for little, so few of its calls can fail
};

#define ACT_HEAD                                                                                             \
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime "         \
    "type,Last outcome category,Context\n"
#define ACT_ROW(id, x, type, outcome)                                                                        \
    id ",2018-10,F,F,-1." x ",52.0,On or near X Street,E01,A," type "," outcome ",\n"
#define ACT_AREA(code, name, x, y)                                                                           \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\",\"name\":\"" name                           \
    "\",\"population_2021\":900},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[-" x ",51],[-" y      \
    ",51],[-" y ",53],[-" x ",53],[-" x ",51]]]}}"

static inline void acts_write_files(struct scope *sc, const char *base)
{
    write_file(sc, base, "first.csv",
               S(ACT_HEAD ACT_ROW("aa", "10", "Burglary", "Under investigation")
                     ACT_ROW("bb", "11", "Drugs", "Under investigation") ACT_ROW("", "12", "Drugs", "")
                         ACT_ROW("", "12", "Drugs", "") "short,row\n"));
    // One outcome is new, one of two equal rows is gone, one row is new, and two cannot be taken.
    write_file(sc, base, "later.csv",
               S(ACT_HEAD ACT_ROW("aa", "10", "Burglary", "Offender sent to prison")
                     ACT_ROW("bb", "11", "Drugs", "Under investigation") ACT_ROW("", "12", "Drugs", "")
                         ACT_ROW("cc", "13", "Robbery", "") "short,row\nagain,short\n"));
    write_file(sc, base, "areas.geojson",
               S("{\"type\":\"FeatureCollection\",\"features\":[" ACT_AREA(
                   "1", "West", "1.5", "1.12") "," ACT_AREA("2", "East", "1.12", "0.5") "]}"));
}

static inline enum err act_create(struct scope *sc, const char *base)
{
    const char           *dir;
    struct store_settings town = { .name = S("Test"), .timezone = S("Europe/London") };
    TRY(path_join(sc, base, "data", &dir));
    return store_create(sc, dir, &town);
}

static inline enum err act_open(struct scope *sc, const char *base, enum store_mode mode, struct store **out)
{
    const char *dir;
    TRY(path_join(sc, base, "data", &dir));
    return store_open(sc, dir, mode, out);
}

static inline enum err act_import_file(struct scope *sc, const char *base, const char *name)
{
    AUTO(store_closep) struct store *st = NULL;
    struct import                   *job;
    struct import_report             r;
    const char                      *path;
    TRY(path_join(sc, base, name, &path));
    TRY(act_open(sc, base, STORE_WRITE, &st));
    TRY(import_begin(sc, st, &(struct import_options){ 0 }, &path, 1, &job));
    while (import_step(job, 3)) {
    }
    return import_finish(sc, job, &r);
}

static inline enum err act_import_first(struct scope *sc, const char *base)
{
    return act_import_file(sc, base, "first.csv");
}

static inline enum err act_import_later(struct scope *sc, const char *base)
{
    return act_import_file(sc, base, "later.csv");
}

static inline enum err act_areas(struct scope *sc, const char *base)
{
    AUTO(store_closep) struct store *st = NULL;
    struct areas_options             o = { .set = S("halves"), .id = S("code"), .name = S("name") };
    struct areas_report              r;
    const char                      *path;
    o.population[o.n_population++] = areas_field_of(S("population_2021"));
    TRY(path_join(sc, base, "areas.geojson", &path));
    TRY(act_open(sc, base, STORE_WRITE, &st));
    return areas_import(sc, st, &o, path, &r);
}

static inline enum err act_publish(struct scope *sc, const char *base)
{
    AUTO(store_closep) struct store *st = NULL;
    struct policy                    p;
    struct release_result            r;
    TRY(act_open(sc, base, STORE_WRITE, &st));
    struct cli cli = { .sc = sc, .dir = store_dir(st), .json = true };
    TRY(release_policy(sc, cli.dir, NULL, &p));
    return release_make(&cli, st, &p, &(struct release_consent){ 0 }, &r);
}

static inline enum err act_backup(struct scope *sc, const char *base)
{
    AUTO(store_closep) struct store *st = NULL;
    const char                      *dir, *to;
    TRY(path_join(sc, base, "copy", &dir));
    TRY(path_join(sc, dir, "hromada.db", &to));
    TRY(dir_make(sc, dir));
    TRY(act_open(sc, base, STORE_READ, &st));
    return store_backup(sc, st, to);
}

static inline enum err act_rotate(struct scope *sc, const char *base)
{
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    const char                         *dir;
    TRY(path_join(sc, base, "data", &dir));
    return keys_rotate(sc, dir, NULL, clock_system.now_s(), &r);
}

static const struct act acts[] = {
    { "init", act_create, ERR_EXISTS },
    { "the first import", act_import_first, OK },
    { "the import of areas", act_areas, OK },
    { "the first release", act_publish, OK },
    { "an import that revises", act_import_later, OK },
    { "a second release", act_publish, OK },
    { "a backup", act_backup, OK },
    { "a new key", act_rotate, OK, true },
};

/// A new folder in which the acts before this one in the table have been done; removed by test_dir_end.
static inline const char *act_base(struct scope *sc, const struct act *a)
{
    const char *base = test_dir(sc);
    acts_write_files(sc, base);
    for (const struct act *b = acts; b < a; b++) ok_err(sc, b->run(sc, base), OK);
    return base;
}

/// A copy of it, file by file.
static inline const char *act_copy(struct scope *sc, const char *base)
{
    const char *to = test_dir(sc);
    str         command = arena_printf(sc->mem, "cp -a %s/. %s", base, to);
    ok(!system(command.p), "%s", command.p);
    return to;
}

// -- the state of a folder ---------------------------------------------------------------------------------------------

static inline void state_of_runs(struct scope *sc, struct store *st, struct buf *b)
{
    const struct run_record *r;
    size_t                   n;
    ok_err(sc, store_runs(sc, st, 0, &r, &n), OK);
    for (size_t i = 0; i < n; i++) {
        buf_printf(b, "run %lld: %llu read, %llu rejected\n", (long long)r[i].run.id,
                   (unsigned long long)r[i].totals.read, (unsigned long long)r[i].totals.rejected);
        str path = arena_printf(sc->mem, "%s/rejects-%lld.csv", store_dir(st), (long long)r[i].run.id), text;
        uint64_t lines = 0;
        ok_err(sc, file_read(sc, path.p, 1 << 16, &text), OK);
        for (size_t k = 0; k < text.n; k++) lines += text.p[k] == '\n';
        ok(lines == r[i].totals.rejected + 1, "%s has %llu lines", path.p, (unsigned long long)lines);
    }
}

static inline void state_of_areas(struct scope *sc, struct store *st, struct buf *b)
{
    const struct area_set *set;
    const struct area     *a;
    size_t                 n, n_areas;
    ok_err(sc, store_area_sets(sc, st, &set, &n), OK);
    for (size_t i = 0; i < n; i++) {
        ok_err(sc, store_areas(sc, st, set[i].id, &a, &n_areas), OK);
        for (size_t k = 0; k < n_areas; k++)
            buf_printf(b, "area %.*s:%.*s %.*s, %zu points, %lld people\n", STR(set[i].key), STR(a[k].code),
                       STR(a[k].name), a[k].n_points, (long long)a[k].figures[0].population);
    }
}

/// What the current release was made of, after every release on the disk was compared with its manifest. Its number says
/// nothing: of two publications that are killed in a row the first may be public.
static inline void state_of_releases(struct scope *sc, const char *dir, struct buf *b)
{
    int64_t *number, current;
    size_t   n;
    str      manifest;
    ok_err(sc, release_list(sc, dir, &number, &n), OK);
    for (size_t i = 0; i < n; i++) ok_err(sc, release_verify(sc, dir, number[i]), OK);
    enum err e = release_current(sc, dir, &current);
    ok(!e || e == ERR_NOTFOUND, "%s", sc->fault.text);
    if (e) return;
    str path = arena_printf(sc->mem, "%s/restricted/%lld/manifest.json", dir, (long long)current);
    ok_err(sc, file_read(sc, path.p, 1 << 20, &manifest), OK);
    buf_printf(b, "a release of%s%s\n", str_has(manifest, S("first.csv")) ? " the first file" : "",
               str_has(manifest, S("later.csv")) ? " and the later one" : "");
}

/// How many keys the town had. That of a first publication which was killed later on is kept, and says nothing.
static inline void state_of_keys(struct scope *sc, const char *dir, struct buf *b)
{
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    enum err                            e = keys_open(sc, dir, &r);
    ok(!e || e == ERR_NOTFOUND, "%s", sc->fault.text);
    if (!e && r.list.n > 1) buf_printf(b, "%zu keys\n", r.list.n);
}

static inline void state_of_store(struct scope *sc, const char *dir, struct buf *b)
{
    AUTO(store_closep) struct store *st = NULL;
    struct store_counts              n;
    struct hash128                   digest;
    str                              report;
    ok_err(sc, store_open(sc, dir, STORE_READ, &st), OK);
    ok_err(sc, store_check(sc, st, &report), OK);
    ok_err(sc, store_counts_get(sc, st, &n), OK);
    ok_err(sc, store_digest(sc, st, &digest), OK);
    buf_printf(b, "%llu incidents, %llu withdrawn, %llu revisions, digest %016llx%016llx\n",
               (unsigned long long)n.incidents, (unsigned long long)n.withdrawn,
               (unsigned long long)n.revisions, (unsigned long long)digest.hi, (unsigned long long)digest.lo);
    if (!str_ends(str_of(dir), S("/copy"))) state_of_runs(sc, st, b);
    state_of_areas(sc, st, b);
}

static inline const char *act_path(struct scope *sc, const char *base, const char *name)
{
    const char *path;
    ok_err(sc, path_join(sc, base, name, &path), OK);
    return path;
}

/// Everything that an act may change, checked on the way.
static inline str act_state(struct scope *sc, const char *base)
{
    static const char *const dirs[] = { "data", "copy" };
    struct buf               b;
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < COUNT(dirs); i++) {
        const char *dir = act_path(sc, base, dirs[i]);
        buf_printf(&b, "%s:\n", dirs[i]);
        if (access(act_path(sc, dir, "hromada.db"), F_OK)) buf_printf(&b, "no store\n");
        else state_of_store(sc, dir, &b);
    }
    state_of_releases(sc, act_path(sc, base, "data"), &b);
    state_of_keys(sc, act_path(sc, base, "data"), &b);
    str out = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return out;
}

/// Nothing half made lies about.
static inline void act_no_leftovers(struct scope *sc, const char *base, const char *when)
{
    str command = arena_printf(sc->mem, "test -z \"$(find %s -name '*.tmp' -o -name '*.new*')\"", base);
    ok(!system(command.p), "%s leaves something half made in %s", when, base);
}
