// SPDX-License-Identifier: EUPL-1.2
// What is public, and a source tells in another of its slices, too, as something that may not be shown: a case that one district
// handed to another, which knows more of it. The first slice drops it later, or never; the second row takes its place from the
// start, or it would be counted by area while it is a point, and vanish alone.
//
// It is the same act if it has the same key and two of time, place and kind, or without keys all three and the same areas.
// Compared are hashes of keys. Looked for are only rows that came or came back since the public one was last told as it is, of
// sources with several slices; without any all of it does nothing.
// Used by publish/leave.c, in this order. Threads: no shared state. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/lost.h"

struct handed_from { // what is public
    int64_t      incident;
    struct lost *lost; // its source withdrew it; NULL: it is live
    uint64_t     at;   // live: number of the fact, and the fact
    struct fact  fact;
    bool         taken;
    uint32_t     next; // of the same newcomer, from 1
};
struct handed {
    struct scope *sc;
    struct store *st;
    const struct newcomer *new; // [n] by id
    size_t    n, seen;
    int64_t   after; // what is above came, what is not came back
    uint32_t *head;  // [mask + 1] newcomers by hash, from 1
    uint32_t *next;  // [n] of the same hash
    size_t    mask;
    bool      keyless; // some have no key
    uint32_t *key_of;  // [last + 1] by public incident: the first newcomer of its key. NULL: none has one
    int64_t   last;
    uint32_t *from;          // [n] what each may be, from 1
    struct handed_from *all; // [n_all]
    size_t              n_all, room;
    enum err            e; // the first failure, which handed_find tells
};
/// out must be zero; release it with handed_free, also behind an error. last: no incident has a higher id. lost must not move.
/// Time: what came since, and, where some of that has keys, those of its source from the first to the last of them. ERR_NOMEM.
enum err handed_open(struct scope *sc, struct store *st, const struct shown *before, int64_t last,
                     const struct lost_set *lost, struct handed *out);
void     handed_free(struct handed *h);
/// A live one that is public.
void     handed_meet(struct handed *h, int64_t incident, uint64_t at, const struct fact *i);
/// May this one, which may not be shown, be what was public? Asked of ascending incidents, each behind all that are below it.
bool     handed_may(struct handed *h, int64_t incident);
/// In whose place it stands; *out is NULL: in none.
enum err handed_find(struct handed *h, int64_t incident, const struct fact *i, struct handed_from **out);
