// SPDX-License-Identifier: EUPL-1.2
// A filter compiled against one index: what is asked of each column, and the cells that its box and polygon leave over.
// A row gets a bit for each dimension in which it fails: so the failures of a row are joined without a branch, and a
// facet that ignores its own dimension masks one bit away.
#pragma once
#include "geo/polygon.h"
#include "index/filter.h"
#include "index/index_int.h"
#include "index/kernel_int.h"

enum {
    FAIL_CATEGORY = 1 << 0,
    FAIL_DATE = 1 << 1,
    FAIL_TIME = 1 << 2, // hours and weekdays
    FAIL_OUTCOME = 1 << 3,
    FAIL_AREA = 1 << 4,
    FAIL_PLACE = 1 << 5, // box or polygon
};

struct plan {
    const struct index *ix;
    bool                nothing; // no row can pass, whatever dimension is ignored
    bool                any_day;
    int32_t             from, to; // days since the epoch, within the release, from <= to unless no day passes
    uint8_t             asked;    // the FAIL bits that a row can get at all, but for FAIL_DATE and FAIL_PLACE
    struct kernel_test  test[KERNEL_MAX_TESTS]; // of columns of one byte
    unsigned            n_tests;
    const uint8_t  *category; // of a column of two: FAIL_CATEGORY or 0 for each value; NULL: nothing is asked
    const uint16_t *area;     // likewise: rows of area_number pass
    uint32_t        area_number;
    bool            has_box, has_poly;
    struct box      box; // with has_box, also that of the polygon
    struct ring_set rings;
    uint32_t        ring_end;
};
/// Also refers to the filter's polygon, which must outlive the plan. within: a further box, or NULL. ERR_NOMEM.
enum err plan_make(struct scope *sc, const struct index *ix, const struct filter *f, const struct box *within,
                   struct plan *out);

/// Does the point lie in the plan's box and polygon?
bool plan_has(const struct plan *p, struct point at);

/// A run of cells that lie wholly inside the box and polygon, or one cell that is cut by them.
struct cells {
    uint32_t first, end;
    bool     cut;
};
/// All runs in ascending order. Time O(runs * log cells). ERR_NOMEM.
enum err plan_cells(struct scope *sc, const struct plan *p, struct cells **out, size_t *n);

// -- without tables, for a walk that has no scope to keep them in --
/// How a cell lies to the filter's box and polygon.
enum cover filter_cover(const struct filter *f, struct box cell);
/// Does the point lie in both?
bool       filter_point(const struct filter *f, struct point at);
/// Do its hours and weekdays take this hour of the week (model/time.h)?
bool       filter_time(const struct filter *f, unsigned how);
/// Does it take a row of this kind: one of its categories at least?
bool       filter_kind(const struct filter *f, const struct release_info *in, uint32_t kind);
/// Does the row pass in everything but date and place?
bool       filter_row(const struct filter *f, const struct index *ix, uint32_t row);
