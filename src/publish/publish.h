// SPDX-License-Identifier: EUPL-1.2
// Store rows and a policy in, the rows of a release out: anchors, coarser time, delay, withholding. The gate
// of everything public: what does not come out of publish_next can be learned from no public file.
//
// Where. Anchors are described in publish/anchor.h. The level of a grid is the coarsest whose cells are at
// least as wide as the policy says at the latitude where most of what is published happened (taken from cells
// of 39 km, so that it tells nothing); its cells nest exactly in the cells of every tile. The areas of a row
// are those of the true place, or those its source names by code; the anchor stands in the same area of the
// finest set (smallest median area), so the share that left its area is 0, and a run in which it is not,
// fails. When. A time is told in the coarsest of: the source's precision, the policy's, and what the span
// from its earliest to its latest moment leaves certain. It is dated by its earliest moment. It is told when
// the hour, day or month of its latest moment, in that same precision, has been over for the policy's delay.
// What. A place that is not where it happened (FLAG_PLACE_OTHER) gives neither point nor area nor text. Categories,
// outcomes, sources and texts that no published row has do not occur in the dictionary. Not interfering: rows
// and dictionary depend on no withheld incident, on no place beyond its anchor and its areas, and not on the
// order in which incidents came.
#pragma once
#include "model/release.h"
#include "publish/policy.h"
#include "store/store.h"

struct publisher;
struct publish_totals {
    uint64_t incidents;                   // in the release
    uint64_t withheld, delayed, no_place; // not in it: by category or flag, by delay; in it without a point.
                                          // incidents + withheld + delayed = live incidents of the store
    double   moved_median_m, moved_p95_m; // how far anchors stand from the truth, to 0.1 m
    uint64_t left_area;                   // of all with a point; 0 or the run fails
    const struct release_source *sources; // of what is in it; of the scope that publish_open had
    size_t                       n_sources;
    uint32_t                     anchor_m; // side of a cell on the ground; 0: a list of points, or exact
};

/// Reads the store (which must not change while it runs: begin a transaction before, for all tiers together)
/// as tier sees it at now_s, seconds UTC. All memory is of the scope, which must outlive the publisher.
/// ERR_INVALID: the policy does not give this tier, fits the store's categories badly (policy_check), or has
/// no anchors where it needs them. ERR_LIMIT: more area sets, categories, outcomes than a release can hold.
enum err publish_open(struct scope *sc, struct store *st, const struct policy *p, enum tier tier,
                      int64_t number, int64_t now_s, struct publisher **out);
/// Dictionary of the release; rows, days and extent are left to the index writer. Lives as long as the scope.
const struct release_info *publish_info(const struct publisher *p);
/// True with the next row; false at the end or on failure.
bool                       publish_next(struct publisher *p, struct release_row *row);
enum err publish_end(struct scope *sc, struct publisher *p, struct publish_totals *out); // tells why it ended
void     publish_closep(struct publisher **p);
