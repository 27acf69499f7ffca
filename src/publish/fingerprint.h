// SPDX-License-Identifier: EUPL-1.2
// What the regions of a public release hang on (publish/region.h), as three hashes: equal ones mean equal regions, whatever the
// files are called and wherever they are by now. main/overlay.h compares them with those of the release before, from the database
// (store/region_print.h). The trap: a change of the program that cuts regions otherwise must raise REGION_PRINT_FORM, or
// it is not noticed. Tests: tests/unit/test_overlay.c.
#pragma once
#include "publish/atlas.h"
#include "publish/policy.h"
#include "store/region_print.h"

enum { REGION_PRINT_FORM = 1 };

struct region_basis {
    const struct policy *policy;
    const struct atlas  *atlas;
    unsigned             level; // of the grid's cells; 0: there is a list
    const struct named_point
          *list; // [n_list] the public's anchors; in their order, which decides between equally near ones
    size_t n_list;
    const struct point *addresses; // [n_addresses] in any order
    size_t              n_addresses;
};
/// Fills all but the release. anchors: the grid's level, or where the points of the list stand. rule: what regions stand for,
/// and the addresses. sets: keys, codes, parents and borders of all areas, and their inhabitants where the rule counts
/// these. Names of points, areas and files change nothing. ERR_NOMEM. Time: one hash of all borders and points.
enum err fingerprint_of(struct scope *sc, const struct region_basis *b, struct region_print *out);
