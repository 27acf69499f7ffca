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
// Whether. An incident is shown as the strictest of its categories and classes says, whatever run told them: as a point, by
// area, or not at all; as a point it counts under each of its categories, and once in all. Its time is that of the coarsest.
// What. A place that is not where it happened (FLAG_PLACE_OTHER) gives neither point nor area nor text. Categories,
// outcomes, sources and texts that no published row has do not occur in the dictionary. Not interfering: rows
// and dictionary depend on no withheld incident, on no place beyond its anchor and its areas, and not on the
// order in which incidents came, but for what was public and turned sensitive: that and its cover (publish/leave.h).
//
// The store is read once, for all tiers together: publication_open and publication_read note what each tier will tell and
// put the facts aside (publish/facts.h). Then every tier is told from them, on a thread of its own if so wanted.
#pragma once
#include "model/release.h"
#include "publish/leave.h"
#include "publish/policy.h"
#include "publish/by_area.h"
#include "publish/fingerprint.h"
#include "store/store.h"

struct publication;
struct publisher;
struct
    publish_twin { // a point at the very time and place of what another source, or another record of its own, protects
    int64_t from_s; // wall
    str     source, protects;
};
enum { PUBLISH_TWINS = 3 };
struct publish_totals {
    uint64_t incidents; // in the release
    uint64_t withheld, by_area,
        delayed; // not among them: by class or category, or since they left; told by area alone; by delay.
    // incidents + withheld + by_area + delayed = live incidents of the store, and those of `leave`
    // that stay though their source withdrew them
    struct leave_totals leave;                       // of the public tier
    uint64_t            no_place;                    // among them without a point
    double              moved_median_m, moved_p95_m; // how far anchors stand from the truth, to 0.1 m
    uint64_t finest_dropped; // for which the finest sets of areas are not told, lest a region be too small
    uint64_t beside; // told of the areas beside the strip they lie in, narrower than regions are looked at
    double
        smallest_region; // that a row of a grid can be told apart by, in the unit of the policy's rule; 0: no rule
    uint64_t                     own_twins; // among twins: which the source itself protects
    uint64_t                     twins;     // of the public tier; the first of them:
    struct publish_twin          twin[PUBLISH_TWINS];
    uint64_t                     left_area; // of all with a point; 0 or the run fails
    const struct release_source *sources;   // of what is in it; of the scope that publication_open had
    size_t                       n_sources;
    uint32_t                     anchor_m; // side of a cell on the ground; 0: a list of points, or exact
};

/// Prepares to read the store (which must not change until publication_end: begin a transaction before) for every tier
/// that the policy gives, as of o->now_s, seconds UTC. path: where a file without a name is made, 56 to 72 bytes an incident.
/// Policy and store are borrowed; memory is of the scope, but for what publication_closep gives back.
/// ERR_INVALID: the policy fits the store's categories badly (policy_check), or there are no anchors where it needs them.
enum err            publication_open(struct scope *sc, struct store *st, const struct policy *p,
                                     const struct leave_order *o, const char *path, struct publication **out);
/// Reads so many incidents more; false when there are none, or on failure.
bool                publication_read(struct publication *p, uint64_t incidents);
/// Tells why reading ended, decides what leaves, numbers what occurs, and groups what is told by area. ERR_LIMIT: more categories, outcomes, sources than a release can hold.
enum err            publication_end(struct scope *sc, struct publication *p);
/// What a person should hear before the next (publish/by_area.h).
struct by_area_news publication_news(const struct publication *p);
/// The fingerprint of the public tier's regions; behind publication_end. Its texts are empty without that tier.
enum err publication_regions(struct scope *sc, const struct publication *p, struct region_print *out);
/// Writes down in the store what is told by area for the first time (publish/by_area.h), what is shown and what has left
/// (publish/leave.h). It must be committed before the release is public.
enum err publication_keep(struct scope *sc, struct publication *p);
void     publication_closep(struct publication **p);

/// One tier of it, which is not changed by this: each may have its thread. All memory is of the scope, which must outlive
/// the publisher, as must the publication. ERR_INVALID: the policy does not give this tier.
enum err publish_open(struct scope *sc, const struct publication *of, enum tier tier, struct publisher **out);
/// Dictionary of the release; rows, days and extent are left to the index writer. Lives as long as the publication.
const struct release_info *publish_info(const struct publisher *p);
/// True with the next row; false at the end or on failure.
bool                       publish_next(struct publisher *p, struct release_row *row);
enum err publish_end(struct scope *sc, struct publisher *p, struct publish_totals *out); // tells why it ended
void     publish_closep(struct publisher **p);
