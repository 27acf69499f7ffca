// SPDX-License-Identifier: EUPL-1.2
// What the parts of the server share. Threads: the configuration does not change; all else is atomic or has a lock of its own.
#pragma once
#include "http/cache.h"
#include "http/http.h"
#include "http/work.h"
#include <stdatomic.h>

enum {
    CROWD_RETRY_S = 5,
    BODIES_MAX_BYTES = 32 << 20,   // of request bodies in flight, all in all
    ANSWERS_MAX_BYTES = 128 << 20, // of answers in memory beyond those that may be kept, without downloads
    FLOWS_MAX_BYTES =
        128 << 20, // of downloads that run: some 320. Apart, so that the map has room beside them
};

struct counters {
    atomic_uint_fast64_t requests, by_class[6], refused, bytes_out, open, ms_sum, le_ms[8], running;
};

struct http_server {
    struct http_config config;
    http_handler       handler;
    void              *app;
    int                port;
    int                door; // where it listens
    char              *unix_path;
    atomic_bool        stopping, ending; // stopping: nobody new is let in; ending: the loops end
    struct cache      *kept;             // NULL: nothing is kept
    struct pool       *pool;
    struct addresses  *addresses; // NULL: not counted
    int                room;      // connections above the limit, to say 503 on
    struct counters    count;
    atomic_size_t      bodies, answers, flows; // bytes; answers: from when they are made until they are freed
    atomic_uint        cuts;                   // how often http_cut was called
    struct loops      *loops;
    int                n_loops;
};

/// More are connected than is good: who owes a request, or reads slowly, is borne with for a shorter time.
static inline bool server_is_crowded(struct http_server *s)
{
    return atomic_load(&s->count.open) > (uint64_t)s->config.max_connections * 3 / 4;
}

/// Bytes of answers in memory that are not kept, or that are kept no longer and still held: at least so many.
static inline size_t server_unsent(struct http_server *s)
{
    size_t all = atomic_load(&s->answers), kept = s->kept ? s->config.keep_bytes : 0;
    return all > kept ? all - kept : 0;
}

/// For one more answer? The last quarter is for small ones, so that who reads no large ones leaves room for the map.
static inline bool server_has_room(struct http_server *s, bool large)
{
    return server_unsent(s) <= (size_t)ANSWERS_MAX_BYTES / 4 * (large ? 3 : 4);
}

/// Much waits for its readers: who reads slowly is borne with for a shorter time.
static inline bool server_is_unread(struct http_server *s)
{
    return server_unsent(s) > (size_t)ANSWERS_MAX_BYTES / 2 ||
           atomic_load(&s->flows) > (size_t)FLOWS_MAX_BYTES / 4 * 3;
}
