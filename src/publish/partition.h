// SPDX-License-Identifier: EUPL-1.2
// Areas grouped so that each group holds no incident or at least so many: what is told of the sensitive. The whole is cut
// in two halves of its areas across its longer side, and each half again, as long as both parts have none or enough and the
// whole is none or twice as much; so whoever adds or subtracts groups learns sums of groups, and who asks himself why a
// group was not cut learns of no area that it holds a few. It is done once for a period and then frozen: counts of one period that were grouped twice, differently, would
// leave single incidents between them (18 of 49 nested differences in an attack on a town that did).
// Threads: no shared state. Tests: tests/unit/test_by_area.c.
#pragma once
#include "base/err.h"
#include "geo/mercator.h"

struct group {
    const uint16_t *area; // [n] ascending numbers
    size_t          n;
    uint64_t        count; // 0 or at least `least`
};
/// label: a point inside each area [n]; count: incidents of each; size: of each, in the unit of least_size, which no group is
/// below unless all areas together are. The sum must be 0 or at least `least`, and n at least 1.
/// Groups are of the scope, and hold each area once. ERR_INVALID: the sum is neither. ERR_NOMEM. Time O(n log^2 n).
enum err partition(struct scope *sc, const struct point *label, const uint64_t *count, const double *size,
                   size_t n, uint64_t least, double least_size, struct group **out, size_t *n_out);
