// SPDX-License-Identifier: EUPL-1.2
// Which figures of a table by kind may be told, so that none of 1 to least-1 is told or can be computed from the others.
//
// The kinds stand in an order that everybody knows (how many incidents of each the release holds), which the figures do not
// change. Told are the first kinds of it, up to the first with a figure of 1 to least-1; all that follow are told as one sum,
// and while that sum is such a figure, one kind more is put to it. When a total is such a figure, nothing of the table is told.
//
// Why nobody can compute a figure x of 1 to least-1 that is part of the sum s, although he knows this rule: s is at least
// `least`, and belongs to two kinds or more. Put any of 1 to least-1 at the first kind of the sum and the remainder of s, in any
// way, at the kinds behind it: the rule stops at the same kind and tells the same. So the first kind has least-1 possible
// values, each other one has at least two, and least is 5 or more. An order by the figures themselves would break this: that
// the smallest were put together bounds them, and a sum of a few bounded figures can be their only solution.
// Threads: no shared state. Tests: tests/unit/test_told.c, which tries all small tables.
#pragma once
#include "base/err.h"
#include <stdbool.h>

enum {
    TOLD_LEAST = 5,   // whatever a release says, no figure below is told (publish/policy.h, FLOOR_LEAST_N)
    TOLD_COLUMNS = 2, // a table with one column leaves the second 0
    TOLD_KINDS = 100, // told one by one
};

struct told_figures {
    uint64_t n[TOLD_COLUMNS];
};
struct told_row {
    size_t              kind;
    struct told_figures is;
};
struct told {
    bool                any; // false: nothing of this table is told
    struct told_figures total, other;
    const struct told_row
          *rows; // those with a figure above 0; a kind that is not here has none, or is among the others
    size_t n;
};

static inline bool told_fine(const struct told_figures *f, uint64_t least)
{
    for (int i = 0; i < TOLD_COLUMNS; i++)
        if (f->n[i] && f->n[i] < least) return false;
    return true;
}
/// by_kind: [kinds], in the order that everybody knows. A least below TOLD_LEAST counts as that. ERR_NOMEM.
enum err told_of(struct scope *sc, const struct told_figures *by_kind, size_t kinds, uint64_t least,
                 struct told *out);
