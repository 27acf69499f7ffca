// SPDX-License-Identifier: EUPL-1.2
// The rows of a run that are in doubt, become incidents, revisions and withdrawals: by the statements of
// store/sql/run.sql, each of which works on all staged rows at once. Tests: tests/property/test_store_merge.c.
#pragma once
#include "store/store_int.h"

struct merge {
    int64_t       last; // the highest id of an incident before this run
    int64_t       run;  // its id
    enum identity by;
    bool          blind;   // there was no room to remember which keys the run told of
    bool          keyless; // a row without a key was staged, though the source has keys
    bool          classed; // a row of the run has classes
    bool          untold;  // a staged row says nothing of what protects
    bool          parts;   // the run has several
    bool          keeps;   // rows of it were rejected: slices that these may be of keep what no row tells of
    bool          may_lift, may_move; // struct run
    struct run   *told;               // whose lift counts, and which is told what is lost
    str           source;             // its key, for people
};

/// Does a run replace the slices that it touches?
static inline bool identity_keeps_slices(enum identity i)
{
    return i == IDENTITY_SLICE || i == IDENTITY_NONE;
}

/// Merges what is staged, adds to the totals, and leaves the tables of a run empty. What a row does not tell (incident.untold)
/// stays as its incident has it; what protects in any row of a key holds in all of them. ERR_INVALID: rows that have no key do
/// not tell it, and incidents that may be theirs have it; the run takes away what protects (SQL_LOST_FIND) and must not.
/// *untold: what some new incident's rows leave untold.
enum err merge_staged(struct scope *sc, struct store *st, const struct merge *m, struct run_totals *t,
                      uint32_t *untold);
/// Behind the merge: do new incidents, those of the table suspect or all of them, stand under other keys beside incidents of the source
/// that have what protects them? Leaves the table empty. ERR_INVALID: they do, and neither m->may_lift nor the list says so.
enum err merge_alike(struct scope *sc, struct store *st, const struct merge *m, bool all);
