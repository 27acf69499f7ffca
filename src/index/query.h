// SPDX-License-Identifier: EUPL-1.2
// The answers. Each is one scan (index/scan.c, the only place that walks the columns); the slow obvious reader in
// tests/property is the judge. Rows without a point count everywhere but in tiles, boxes and polygons.
#pragma once
#include "index/filter.h"

/// Counts under one filter, by everything at once. With `linked`, each facet ignores the restriction on its own
/// dimension and obeys all others, so that a chart that is also a control shows what could be chosen.
enum facet { FACET_CATEGORY = 1, FACET_MONTH = 2, FACET_HOURWEEK = 4, FACET_OUTCOME = 8, FACET_AREAS = 16, FACET_DAY = 32, FACET_ALL = 63 };
struct facets {
    uint64_t  total, without_point;
    int32_t   first_month, n_months;       // months since 1970-01, covering the release
    int32_t   first_day, n_days;
    uint64_t *category;                    // [n_categories]
    uint64_t *month;                       // [n_months]
    uint64_t *day;                         // [n_days]; rows of a month's precision stand on its first day
    uint64_t *hourweek;                    // [HOW_VALUES], model/time.h
    uint64_t *outcome;                     // [n_outcomes]
    uint64_t *area[MAX_AREA_SETS];         // [sets[i].n + 1]; the last one: in none of the set's areas
};
enum err index_facets(struct scope *sc, const struct index *ix, const struct filter *f, unsigned want, bool linked, struct facets *out);

/// Counts on a grid of 2^bits x 2^bits cells over tile z/x/y, row by row from the north west. count: [1 << 2 * bits].
enum err index_grid(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x, uint32_t y, unsigned bits, uint32_t *count);

/// Distinct published points inside a box with how many rows stand at each, in the order of the file.
/// *more is true when there were more than max.
struct place { struct point at; uint32_t count, place; uint16_t top_category; uint32_t top_count; };
enum err index_places(struct scope *sc, const struct index *ix, const struct filter *f, struct box in, size_t max, struct place **out, size_t *n, bool *more);

/// Rows one by one, newest cells last: order is the file's. For downloads and for the list of one place.
struct index_cursor { const struct index *ix; struct filter f; uint64_t next; };
void index_rows(const struct index *ix, const struct filter *f, struct index_cursor *out);
bool index_rows_next(struct index_cursor *c, struct release_row *row);
