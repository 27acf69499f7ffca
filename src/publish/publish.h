// SPDX-License-Identifier: EUPL-1.2
// Store rows and a policy in, the rows of a release out: anchors, coarser time, delay, withholding. The gate
// of everything public: what does not come out of published_next can be learned from no public file.
//
// Anchors of a grid are the centres of the quadtree cells of Web Mercator whose side on the ground is the
// smallest that is at least the given metres at the middle of the data: so they nest exactly in the cells of
// every tile, and the picture has no moire. An anchor in another area (of the first area set, the smallest
// first) than the incident is not used: the nearest anchor in the incident's own area is; the share that left
// its area is 0 by construction.
#pragma once
#include "model/release.h"
#include "publish/policy.h"
#include "store/store.h"

struct publisher;
struct publish_totals {
    uint64_t incidents;                   // in the release
    uint64_t withheld, delayed, no_place; // not in it: by category, by delay; in it without a point
    double   moved_median_m, moved_p95_m; // how far anchors stand from the truth
    uint64_t left_area;                   // of all with a point; 0 or the run fails
};

/// Reads the store (which must not change while it runs: one read transaction) as tier sees it on the day of
/// now_s. ERR_INVALID: no anchors where the policy needs them.
enum err publish_open(struct scope *sc, struct store *st, const struct policy *p, enum tier tier,
                      int64_t number, int64_t now_s, struct publisher **out);
/// Dictionary of the release; only categories, outcomes, places and sources that occur in it.
const struct release_info *publish_info(const struct publisher *p);
/// True with the next row; false at the end or on failure.
bool                       publish_next(struct publisher *p, struct release_row *row);
enum err publish_end(struct scope *sc, struct publisher *p, struct publish_totals *out); // tells why it ended
void     publish_closep(struct publisher **p);
