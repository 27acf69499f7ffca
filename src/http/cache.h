// SPDX-License-Identifier: EUPL-1.2
// Answers that are kept for the next one who asks the same, as many as fit into so many bytes; those not asked for longest
// go first. While one thread makes an answer, others that ask for it wait for that one: a thousand equal questions at once
// cost one scan. Threads: all calls from any thread.
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;
struct cached; // one answer, held; its value stays until it is given back

/// drop: called for a value that nobody holds any more, from whichever thread. NULL: no memory.
struct cache *cache_open(size_t max_bytes, void (*drop)(void *value));
void          cache_close(struct cache *c); // all answers must have been given back; accepts NULL

/// The answer for the key, held; give it back with cache_release. With *make it has no value yet and the caller is the one
/// to make it, who must call cache_put or cache_forgo. NULL: the one who makes it was not done within wait_ms or gave up, or
/// there is no memory; the caller answers without the cache.
struct cached *cache_get(struct cache *c, str key, int wait_ms, bool *make);
/// The answer for the key when it is there, held; never waits and never makes one. NULL: it is not there.
struct cached *cache_look(struct cache *c, str key);
void          *cached_value(const struct cached *e);
/// Keeps the value, whose `bytes` count together with those of the key; the caller goes on holding it. False: it is not kept
/// (too large): the value remains the caller's, the hold has ended.
bool           cache_put(struct cache *c, struct cached *e, void *value, size_t bytes);
/// There will be no answer that can be kept: those who wait make their own. Ends the hold.
void           cache_forgo(struct cache *c, struct cached *e);
void           cache_release(struct cache *c, struct cached *e);
/// No answer that was made, or begun to be made, before this call is given to anybody who asks after it.
void           cache_forget(struct cache *c);

struct cache_numbers {
    uint64_t hits, misses, waits, bytes, answers;
};
struct cache_numbers cache_numbers(struct cache *c);
