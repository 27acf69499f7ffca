// SPDX-License-Identifier: EUPL-1.2
// Keys that several rows had at once (enum identity): of kind "slice" they are separate incidents, or one that is told several times,
// and nothing says which; of kind "stable" one incident, of which rows told several kinds. What hides one of them hides all, and
// it is asked when they are published, since kinds are classified later, too. So are kinds that a record names besides its own; and
// incidents of whose key a row was rejected are as hidden as what nobody has classified. So it is with live incidents of a source whose
// keys are alike (store/alike.h), written otherwise, where two of time, place and kind are the same: what hides one hides the other.
// Threads: one at a time. Tests: tests/unit/test_several.c.
#pragma once
#include "store/store.h"

struct kin { // what hides a live incident besides its own record
    int64_t         incident;
    sensitivity_set classes;
    bool            elsewhere; // FLAG_PLACE_OTHER
};
/// Of those whose key was repeated or is of a rejected row, or whose rows name kinds besides, and that have any, by incident; of the scope. Incidents that are withdrawn count, for which of them
/// is which nobody knows. Time: those keys and kinds, and two scans of all incidents. Memory: 64 bytes for each that is hidden.
enum err store_kin(struct scope *sc, struct store *st, const struct kin **out, size_t *n);
