// SPDX-License-Identifier: EUPL-1.2
// Two small public releases in index files, for tests of what differs between them: a dictionary of a few names, which a test may
// reorder or change, and the rows that it lists.
#pragma once
#include "analysis/difference.h"
#include "base/civil.h"
#include "base/file.h"
#include "check.h"

enum { DIFFERING_KINDS = 4, DIFFERING_AREAS = 3, DIFFERING_MIX = DIFFERING_KINDS };

static const struct release_category differing_kinds[DIFFERING_KINDS] = {
    { .key = S("theft"), .label = { S("Theft"), S("Krádež"), S("Крадіжка") }, .iccs = 5 },
    { .key = S("burglary"), .label = { S("Burglary"), S("Vloupání"), S("Крадіжка зі зломом") }, .iccs = 5 },
    { .key = S("drugs"), .label = { S("Drugs"), S("Drogy"), S("Наркотики") }, .iccs = 6 },
    { .key = S("noise"), .label = { S("Noise"), S("Hluk"), S("Шум") }, .iccs = 12 },
};
static const uint16_t               differing_both[] = { 0, 2 };
static const struct release_mix     differing_mixes[] = { { differing_both, 2 } };
static const struct release_outcome differing_outcomes[] = {
    { .key = S("none") },
    { .key = S("open"), .is = OUTCOME_OPEN },
    { .key = S("charged"), .is = OUTCOME_CLEARED },
    { .key = S("closed"), .is = OUTCOME_CLOSED },
};
static const struct release_source differing_sources[] = { { .key = S("a"), .name = S("A") },
                                                           { .key = S("b"), .name = S("B") } };
static const struct release_area   differing_areas[DIFFERING_AREAS] = { { .code = S("1"), .name = S("One") },
                                                                        { .code = S("2"), .name = S("Two") },
                                                                        { .code = S("3"),
                                                                          .name = S("Three") } };
static const struct release_set    differing_sets[] = {
       { .key = S("beat"), .areas = differing_areas, .n = DIFFERING_AREAS }
};

static inline struct release_info differing_info(uint64_t number)
{
    struct release_info in = { .release = number,
                               .tier = S("public"),
                               .town = S("Town"),
                               .timezone = S("UTC"),
                               .anchor_m = 286,
                               .anchor_level = 17,
                               .finest = PRECISION_HOUR,
                               .categories = differing_kinds,
                               .n_categories = DIFFERING_KINDS,
                               .mixes = differing_mixes,
                               .n_mixes = 1,
                               .outcomes = differing_outcomes,
                               .n_outcomes = COUNT(differing_outcomes),
                               .sources = differing_sources,
                               .n_sources = COUNT(differing_sources),
                               .sets = differing_sets,
                               .n_sets = 1,
                               .least = 10,
                               .first_half = 0,
                               .last_half = -1,
                               .count_set = AREA_NOWHERE };
    return in;
}

/// A row of such a kind and outcome on a day of a month of 2018, at the place-th of some points.
static inline struct release_row differing_row(uint16_t kind, uint8_t outcome, int month, int day,
                                               uint32_t place)
{
    struct release_row r = { .kind = kind,
                             .outcome = outcome,
                             .precision = PRECISION_DAY,
                             .how = HOW_DAY,
                             .has_point = true,
                             .day = civil_day(2018, month, day),
                             .at = { 2410000000u + place * 32768 + 16384, 1480000000u } };
    r.how = (uint8_t)(HOW_DAY + civil_weekday(r.day));
    for (size_t i = 0; i < MAX_AREA_SETS; i++) r.area[i] = AREA_NOWHERE;
    return r;
}

struct differing {
    struct scope        sc;
    const char         *dir;
    struct release_info in[2];
    struct release_row *row[2];
    size_t              n[2];
    struct index       *ix[2];
    size_t              held; // as difference_of wants it
};

static inline void differing_open(struct differing *d)
{
    *d = (struct differing){ .sc = test_scope(),
                             .in = { differing_info(1), differing_info(2) },
                             .held = DIFFERENCE_HELD };
    d->dir = test_dir(&d->sc);
    for (int s = 0; s < 2; s++) d->row[s] = arena_array(d->sc.mem, struct release_row, 100000);
}

static inline void differing_add(struct differing *d, int side, struct release_row r, size_t times)
{
    while (times--) d->row[side][d->n[side]++] = r;
}

static inline void differing_close_files(struct differing *d)
{
    for (int s = 0; s < 2; s++) index_closep(&d->ix[s]);
}

/// Writes both files and compares them.
static inline struct difference differing_compare(struct differing *d)
{
    struct difference out;
    differing_close_files(d);
    for (int s = 0; s < 2; s++) {
        AUTO(index_writer_closep) struct index_writer *w = NULL;
        str path = arena_printf(d->sc.mem, "%s/%d.index", d->dir, s);
        ok_err(&d->sc, index_writer_open(&d->sc, path.p, &d->in[s], &w), OK);
        for (size_t i = 0; i < d->n[s]; i++) ok_err(&d->sc, index_writer_add(&d->sc, w, &d->row[s][i]), OK);
        ok_err(&d->sc, index_writer_commit(&d->sc, w), OK);
        ok_err(&d->sc, index_open(&d->sc, path.p, &d->ix[s]), OK);
    }
    ok_err(&d->sc, difference_of(&d->sc, d->ix[0], d->ix[1], d->held, &out), OK);
    return out;
}

static inline void differing_close(struct differing *d)
{
    differing_close_files(d);
    test_dir_end(&d->sc, d->dir);
    test_scope_end(&d->sc);
}

/// The figure of a kind in a table; -1: the table is not told, or the kind is not in it.
static inline int64_t differing_of(const struct difference *d, enum difference_part p, int column, str key)
{
    const struct told *t = &d->part[p];
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(d->kinds[t->rows[i].kind].key, key)) return (int64_t)t->rows[i].is.n[column];
    return -1;
}
