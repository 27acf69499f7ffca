// SPDX-License-Identifier: EUPL-1.2
// What the rows of a release are really like, found out once when it is opened: how finely their times are told, which
// months have any, and where nearly all of them lie.
#pragma once
#include "analysis/period.h"
#include "index/query.h"

struct portrait {
    // The dictionary of the index. Its `finest` is what a row really has: a policy that allows hours gives none to a
    // source that tells only months.
    struct release_info in;
    struct box          home; // where a map begins, see portrait_of
    int32_t             first_month, n_months;
    const uint64_t     *month; // [n_months] rows of each
};
/// home is the extent, unless a few strays stretch it: with up to 0.25 % of the points left out on each side the box
/// must be less than half as wide or high. Two kinds of scan, a few of them. Lives as long as the scope and the index.
enum err portrait_of(struct scope *sc, const struct index *ix, struct portrait *out);
/// The set of areas that a page begins with: the finest that a person can still take in, else the coarsest.
size_t   portrait_usual_set(const struct portrait *p);
/// period_covered, and no month of it is without any row: a year that nobody imported is not a year without crime.
bool     portrait_covers(const struct portrait *p, struct period when);
