// SPDX-License-Identifier: EUPL-1.2
// An open index. What index_open has checked and the scan may rely on: every column has a number for each of its rows;
// cells ascend, their rows and points lie in the file and follow each other without a gap. What it has not: the
// numbers in the columns. Whoever uses one to reach into memory has a table for every value that its width can hold,
// or looks first, and at the very value that is used: the columns are the file, and whoever writes into it changes
// what a second column_get gives.
#pragma once
#include "base/civil.h"
#include "base/file.h"
#include "index/format.h"
#include "index/index.h"

struct kernel;

struct column_of {
    const uint8_t *p;
    unsigned       width; // 1, 2, 4; 0: there is none
};

struct index {
    struct map                map;
    struct arena             *mem;
    struct release_info       info;
    struct format_entry       table[SECTIONS];
    uint32_t                  rows, with_point;
    int32_t                   epoch_day;
    unsigned                  leaf;
    const struct format_cell *cell;                                        // [n_cells + 1]
    uint32_t                  n_cells, n_anchors, most_anchors, most_rows; // most: of one cell
    const struct point       *anchor;
    struct column_of          column[SECTIONS];
    const uint16_t           *steps; // [n_cells][step.n]; their numbers are not checked
    struct format_steps       step;
    const uint32_t           *cube; // [n_months][release_n_kinds][HOW_VALUES]; NULL: there is none
    int32_t                   first_month, n_months;
    const struct kernel      *kernel; // the best that this machine can run
};

static inline uint32_t column_get(const struct column_of *c, uint32_t row)
{
    switch (c->width) {
    case 1:
        return __atomic_load_n(&c->p[row], __ATOMIC_RELAXED); // read once, also by the compiler
    case 2:
        return __atomic_load_n(&((const uint16_t *)(const void *)c->p)[row], __ATOMIC_RELAXED);
    case 4:
        return __atomic_load_n(&((const uint32_t *)(const void *)c->p)[row], __ATOMIC_RELAXED);
    default:
        return 0;
    }
}

/// The first day of a step of STEPS, since 1970-01-01.
static inline int32_t index_step_day(const struct index *ix, uint32_t step)
{
    return civil_day_of_month(ix->first_month + (int32_t)(step * ix->step.months));
}

/// The square of a leaf cell.
static inline struct box cell_box(const struct index *ix, uint32_t cell)
{
    struct point at = morton_point(ix->cell[cell].code, ix->leaf);
    uint32_t     more = (uint32_t)(((uint64_t)1 << (32 - ix->leaf)) - 1);
    return (struct box){ at.x, at.y, at.x + more, at.y + more };
}

/// First cell in from..end whose code is not below `code`.
static inline uint32_t cell_from(const struct index *ix, uint32_t from, uint32_t end, uint64_t code)
{
    while (from < end) {
        uint32_t middle = from + (end - from) / 2;
        if (ix->cell[middle].code < code) from = middle + 1;
        else end = middle;
    }
    return from;
}
