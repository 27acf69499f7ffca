// SPDX-License-Identifier: EUPL-1.2
// What a public release showed, what has left and what stands in a count by area, and its source withdrew since. A source without
// stable ids tells it anew under another number: who comes at the same time and place is it, once. That number may be one that was
// withdrawn before and is revived, so "came" is asked of numbers and of history. Used by publish/leave.c.
// Threads: no shared state. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/facts.h"
#include "store/area_count.h"
#include "store/shown.h"

struct lost {
    struct withdrawn       is;
    const struct departed *left; // it had left; NULL: it had not
    bool     counted;            // it stands in a count; of those that did not leave, what was never public
    bool     stays; // it turned earlier, was told as before, and its source withdrew it then or later
    uint16_t stand; // it was hidden before; 0: the last release showed it, or it left
    bool     taken; // something stands in its place
};
struct lost_set {
    struct lost          *of; // [n] by time and place
    size_t                n;
    const struct revived *revived; // [n_revived] by incident, since the oldest stand; of the scope
    size_t                n_revived;
};
struct lost_sources { // all borrowed; left is by incident
    const struct shown    *before;
    const struct departed *left;
    size_t                 n_left;
    const struct counted  *counted;
};
/// out must be zero; release it with lost_free, also behind an error. ERR_NOMEM.
enum err lost_read(struct scope *sc, struct store *st, const struct lost_sources *from, struct lost_set *out);
void     lost_free(struct lost_set *s);

/// Has it come since the newest public release, or come back? False when nothing is lost.
bool         lost_came(const struct lost_set *s, const struct shown *before, int64_t incident);
/// Is there anything of its time and place?
bool         lost_any(const struct lost_set *s, const struct fact *i);
/// What a fact that may be shown was: first of the same category, else what has left. NULL: nothing.
struct lost *lost_again(const struct lost_set *s, const struct fact *i);
/// What was hidden already and is of the same category: it left, or stands in a count.
struct lost *lost_same(const struct lost_set *s, const struct fact *i);
/// What has left; of the same category first.
struct lost *lost_left(const struct lost_set *s, const struct fact *i);
/// In whose place it would stand in a count without having been public; of the same category first.
struct lost *lost_counted(const struct lost_set *s, const struct fact *i);
/// What was public of this time and place, and went before this one came.
struct lost *lost_as(const struct lost_set *s, const struct shown *before, int64_t incident,
                     const struct fact *i);
