// SPDX-License-Identifier: EUPL-1.2
// What makes a publication unlikely to be meant: a clock that is wrong (publication is decided by it: what has waited long
// enough; and a key's date says until when the one before it may have signed), or a total that is far from the one before (a file imported into the wrong town, a policy that lets through what it
// held back). Then nothing is published until a person has repeated the date or the total. Tests: tests/unit/test_bounds.c.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

struct store;
enum bounds_act { BOUNDS_PUBLISH, BOUNDS_KEY }; // what is not done
enum {
    BOUNDS_AHEAD_DAYS =
        7, // after the newest trace: less than the shortest delay that the built-in policy has
    BOUNDS_FALL_PERCENT = 5,
    BOUNDS_RISE_PERCENT = 50,
};
/// The traces that a right clock has left: the last release, the newest import and, for a new key, the key before it, seconds
/// UTC; 0: there is none. A town that
/// publishes once a month imports just before, so it is not asked. A clock that was wrong at that import already is not noticed.
struct bounds_traces {
    int64_t release, release_s, run_s, key_s;
};
/// Those of the store; *out has no key.
enum err bounds_traces_of(struct scope *sc, struct store *st, struct bounds_traces *out);
/// date: as a person gave it, 2026-11-28; empty: nobody has. The clock may then stand anywhere, if it is that day somewhere on
/// Earth. ERR_INVALID: the clock is before a trace, or too long after the newest, or the date is not today's.
enum err bounds_clock(struct scope *sc, const struct bounds_traces *t, enum bounds_act act, int64_t now_s,
                      str date);
/// Is the new total within bounds? before 0: there was none, or it was empty.
bool     bounds_total(uint64_t before, uint64_t now);
