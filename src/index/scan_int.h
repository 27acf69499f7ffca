// SPDX-License-Identifier: EUPL-1.2
// The walk over the columns, for the answers above it (facets.c, grid.c, places.c). A scan goes over the cells that the
// plan leaves over and narrows each to the days asked for. What is left is a unit: its rows are counted as they stand in
// the columns, or, where more is wanted than their number, come in batches with a byte each: the dimensions in which the
// row fails, 0 when it passes.
#pragma once
#include "index/plan_int.h"

enum { SCAN_BATCH_ROWS = 4096, SCAN_OBEY_ALL = 0xFF };

// A day since the file's epoch, the step of the file (format.h, STEPS) that it lies in, and whether it begins it.
struct bound {
    int64_t  day;
    uint32_t step;
    bool     exact;
};

struct scan {
    const struct index *ix;
    const struct plan  *plan;
    struct cells       *runs;
    size_t              n_runs, run;
    bool                keep_days; // rows of other days are given, too, and marked
    bool                narrow; // rows of other days are cut off: those from `from` on and before `to` stay
    struct bound        from, to;
    bool                whole_runs; // cells side by side may be one unit
    bool                rest;       // the rows without a point are still to come
    // the unit at hand: a cell, several, or the rows without a point
    uint32_t            cell, cell_end, row, end; // cell: also the next one of the run
    uint32_t            at_cell;
    bool                cut;
    bool                clean; // none of its rows can fail
    // a batch of it
    uint32_t            first, n;
    uint8_t            *failed; // [n] unless the unit is clean
    uint16_t           *picked; // [SCAN_BATCH_ROWS] room for the numbers of those that pass
    uint8_t *outside; // [most_anchors] for a cell that is cut: FAIL_PLACE or 0 for each of its points
};

/// with_rest: rows without a point come last, as the unit of cell ix->n_cells, unless a box or polygon is asked for.
/// keep_days: rows of other days are given, too, with FAIL_DATE. whole_runs may be set before the first unit. The plan
/// is borrowed. ERR_NOMEM.
enum err scan_open(struct scope *sc, const struct plan *p, bool with_rest, bool keep_days, struct scan *out);
/// The next unit, which may have no rows; what was left of the one before is passed over.
bool     scan_unit(struct scan *s);
/// How many rows of the unit pass; uses it up.
uint32_t scan_count(struct scan *s);
/// The same, told apart by the number of the row's point within its cell: at and parts as in kernel_int.h. Only where
/// scan_splits says so; else rows must be looked at one by one.
bool     scan_splits(const struct scan *s);
void     scan_split(struct scan *s, const uint16_t *at, unsigned parts, uint32_t *count);
/// The next batch of the unit.
bool     scan_batch(struct scan *s);
/// The next batch of this unit or of those that follow.
bool     scan_next(struct scan *s);
/// How many rows of the batch pass.
uint32_t scan_passing(const struct scan *s);
/// The rows of the batch that fail in nothing of `obey`: their numbers in it, in order; good until asked again. NULL: all
/// of them.
const uint16_t *scan_pick(const struct scan *s, uint8_t obey, uint32_t *n);

/// First row in from..end, ascending by day, whose day is not before `day` (since the file's epoch).
uint32_t            scan_row_from(const struct index *ix, uint32_t from, uint32_t end, int64_t day);
/// The point of a row of a cell; NULL for rows without one, and for a number that the cell does not have.
const struct point *scan_point(const struct index *ix, uint32_t cell, uint32_t row);
