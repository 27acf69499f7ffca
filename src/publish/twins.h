// SPDX-License-Identifier: EUPL-1.2
// Two sources may tell of the same incident, or one under two keys, and one of the two records protects it while the other does not.
// Nothing says that they are the same, so both are told as they say; but where the very time and point are equal, the town is told
// how many these are.
// Threads: twins_protect one at a time; then any number. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/facts.h"

struct twins {
    struct twin_act *of; // [slots], free where there is no source
    size_t           slots, n;
};
/// Notes what may not be shown. Told by month or day, or without a point, it is not looked for: many are alike then. ERR_NOMEM.
enum err twins_protect(struct scope *sc, struct twins *t, const struct fact *i);
/// The source that protects what this fact, which is shown, may be, too; its own, to the minute, only if no other does. 0: none.
int32_t  twins_of(const struct twins *t, const struct fact *i);
void     twins_free(struct twins *t);
