// SPDX-License-Identifier: EUPL-1.2
// A second reader of the index file, and the plain answers to every question. Written from src/index/format.h alone,
// byte by byte, with arrays and loops only; it knows nothing of the reader that it judges.
#pragma once
#include "base/err.h"
#include "index/query.h"

struct slow_row {
    bool     has_point;
    uint32_t x, y;
    int32_t  day;
    unsigned how, kind, outcome, precision, flags, minute, place, source, area[MAX_AREA_SETS];
};
struct slow_kind { // the categories of a row
    size_t   n;
    unsigned category[16];
};
struct slow_index {
    size_t            n, with_point;
    struct slow_row  *row; // [n] in the order of the file
    int32_t           first_day, last_day;
    size_t            n_categories, n_kinds, n_outcomes, n_sets, n_areas[MAX_AREA_SETS];
    struct slow_kind *kind; // [n_kinds]
    unsigned         *iccs; // [n_categories]
    unsigned          leaf;
};
/// Fails the running test at the first byte that is not as format.h says.
void slow_read(struct scope *sc, const char *path, struct slow_index *out);

/// Does the row pass? `ignore` names a dimension that is left out.
enum slow_dimension { SLOW_NONE, SLOW_CATEGORY, SLOW_DATE, SLOW_TIME, SLOW_OUTCOME, SLOW_AREA };
bool slow_has(const struct slow_index *ix, const struct slow_row *r, unsigned category);
bool slow_passes(const struct slow_index *ix, const struct slow_row *r, const struct filter *f,
                 enum slow_dimension ignore);
