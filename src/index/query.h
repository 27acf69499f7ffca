// SPDX-License-Identifier: EUPL-1.2
// The answers. Each is one scan (index/scan.c, the only place that walks the columns), or the file's cube with a scan of
// what is cut off its ends; the slow obvious reader in
// tests/property is the judge. Rows without a point count everywhere but in tiles, boxes and polygons.
#pragma once
#include "index/filter.h"

/// Counts under one filter, by everything at once. With `linked`, each facet ignores the restriction on its own
/// dimension and obeys all others, so that a chart that is also a control shows what could be chosen.
enum facet {
    FACET_CATEGORY = 1,
    FACET_MONTH = 2,
    FACET_HOURWEEK = 4,
    FACET_OUTCOME = 8,
    FACET_AREAS = 16,
    FACET_DAY = 32,
    FACET_ALL = 63
};
struct facets {
    uint64_t  total, without_point;
    int32_t   first_month, n_months; // months since 1970-01, covering the release
    int32_t   first_day, n_days;
    uint64_t *category;            // [n_categories]; a row counts under each of its categories
    uint64_t *section;             // [ICCS_SECTIONS], with category; a row counts once under each section
    uint64_t *month;               // [n_months]
    uint64_t *day;                 // [n_days]; rows of a month's precision stand on its first day
    uint64_t *hourweek;            // [HOW_VALUES], model/time.h
    uint64_t *outcome;             // [n_outcomes]
    uint64_t *area[MAX_AREA_SETS]; // [sets[i].n + 1]; the last one: in none of the set's areas
};
/// The own dimension of FACET_MONTH and FACET_DAY is from and to, of FACET_HOURWEEK hours and days, of FACET_AREAS the
/// area (of whichever set). Boxes and polygons are no facet's own. A facet that is not wanted stays NULL.
/// total and without_point obey everything. ERR_NOMEM.
enum err index_facets(struct scope *sc, const struct index *ix, const struct filter *f, unsigned want,
                      bool linked, struct facets *out);

/// Counts on a grid of 2^bits x 2^bits cells over tile z/x/y, row by row from the north west. count: [1 << 2 * bits],
/// filled whole. A point on a border belongs to the cell, and to the tile, south east of it.
/// ERR_INVALID: no such tile, or z + bits beyond 32, or bits beyond 12. ERR_NOMEM.
enum err index_grid(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x,
                    uint32_t y, unsigned bits, uint32_t *count);

/// Distinct published points inside a box with how many rows stand at each, in the order of the file.
/// *more is true when there were more than max. place: the text of the first row counted; top_category: the one with
/// most rows, the first of the list among equals.
struct place {
    struct point at;
    uint32_t     count, place;
    uint16_t     top_category;
    uint32_t     top_count;
};
enum err index_places(struct scope *sc, const struct index *ix, const struct filter *f, struct box in,
                      size_t max, struct place **out, size_t *n, bool *more);

/// The newest rows of one published point that pass, newest first; *total says how many there are in all.
enum err index_place_rows(struct scope *sc, const struct index *ix, const struct filter *f, struct point at,
                          size_t max, struct release_row **out, size_t *n, uint64_t *total);

/// Does a published point stand in the box, whatever its rows? Reads no row. Time O(log cells + points of the cells that the
/// box cuts).
bool index_has_points(const struct index *ix, struct box in);

/// The published points at which rows stand that pass, with how many, cell by cell in the order of the file: Morton order.
/// A further box, or NULL. The filter must outlive the cursor, which lives as long as the scope. ERR_NOMEM.
struct index_point {
    struct point at;
    uint32_t     count;
};
struct index_points;
enum err index_points_open(struct scope *sc, const struct index *ix, const struct filter *f,
                           const struct box *in, struct index_points **out);
/// The points of one more cell, good until asked again; false: there are no more.
bool     index_points_next(struct index_points *c, const struct index_point **p, size_t *n);

/// The ground, in km2, of the quadtree squares of a level that hold a published point with any row in the area, box and
/// polygon of the filter; nothing else of the filter counts. ERR_NOMEM.
enum err index_ground(struct scope *sc, const struct index *ix, const struct filter *f, unsigned level,
                      double *km2);

/// Rows one by one in the order of the file: cell by cell from the north west, within a cell the oldest first, rows
/// without a point last. For downloads.
struct index_cursor {
    const struct index *ix;
    struct filter       f;
    uint64_t            next;
    uint64_t            end;
    uint32_t            cell;
    bool                cut; // the cell at hand, where its rows end, whether its points must be asked
};
void index_rows(const struct index *ix, const struct filter *f, struct index_cursor *out);
bool index_rows_next(struct index_cursor *c, struct release_row *row);
