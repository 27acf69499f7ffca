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

/// The answer for the key, held; give it back with cache_release. Or NULL: then *make tells whether the caller is the one
/// to make it, who must call cache_put or cache_forgo. NULL without *make: the one who makes it was not done within wait_ms,
/// or there is no memory; the caller answers without the cache.
struct cached *cache_get(struct cache *c, str key, int wait_ms, bool *make);
void          *cached_value(const struct cached *e);
/// Keeps the value, whose `bytes` count together with those of the key, and gives it back held. NULL: it is not kept (too
/// large, or no memory) and remains the caller's.
struct cached *cache_put(struct cache *c, str key, void *value, size_t bytes);
/// There will be no answer that can be kept: those who wait make their own.
void           cache_forgo(struct cache *c, str key);
void           cache_release(struct cache *c, struct cached *e);

struct cache_numbers {
    uint64_t hits, misses, waits, bytes, answers;
};
struct cache_numbers cache_numbers(struct cache *c);
