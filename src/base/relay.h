// SPDX-License-Identifier: EUPL-1.2
// Pieces of work that some threads make and one takes, in the order of their numbers, whoever made them:
//     TRY(relay_open(sc, &work, 2, slots, &relay));
//     while (relay_next(relay, &slot)) ... what piece[slot] of the caller's holds ...
//     relay_close(relay);
// A piece is made in one of a few slots, which belong to the caller, so that memory is bounded: makers wait for a free one.
// Threads: relay_next and relay_close are called by one thread.
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RELAY_MAX_MAKERS = 8, RELAY_MAX_SLOTS = 16 };

struct relay_work {
    void *of;
    /// On a thread of its own: makes the piece of that number, from 0, in that slot. False: it is the last.
    bool (*make)(void *of, unsigned maker, uint64_t number, size_t slot);
};

struct relay;
/// Begins at once. slots: more than makers, since one is always the caller's. ERR_NOMEM: no memory or no thread.
enum err relay_open(struct scope *sc, const struct relay_work *work, unsigned makers, size_t slots,
                    struct relay **out);
/// The slot of the next piece, which stays as it is until the next call; waits for it. False behind the last one.
bool     relay_next(struct relay *r, size_t *slot);
/// Waits for pieces under way, and begins no other.
void     relay_close(struct relay *r); // accepts NULL
void     relay_closep(struct relay **r);
