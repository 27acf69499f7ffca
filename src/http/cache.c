// SPDX-License-Identifier: EUPL-1.2
#include "http/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 4096, ENTRY_BYTES = 256, LARGEST_SHARE = 8 };

enum state { MAKING, READY, GONE }; // GONE: not in the table any more

struct cached {
    struct cached *next;          // of the slot
    struct cached *newer, *older; // in the order of use; READY only
    uint64_t       hash;
    enum state     state;
    bool           forgone; // there will be no value
    unsigned       holders; // those who use it, and those who wait for it
    void          *value;
    size_t         bytes;
    size_t         n_key;
    char           key[];
};

struct cache {
    pthread_mutex_t lock;
    pthread_cond_t  done;
    void (*drop)(void *value);
    size_t               max_bytes;
    struct cached       *slot[SLOTS], *newest, *oldest;
    struct cache_numbers count;
};

struct cache *cache_open(size_t max_bytes, void (*drop)(void *value))
{
    struct cache      *c = calloc(1, sizeof *c);
    pthread_condattr_t clock;
    if (!c) return NULL;
    c->drop = drop;
    c->max_bytes = max_bytes;
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&c->done, &clock);
    pthread_condattr_destroy(&clock);
    return c;
}

static struct cached **find(struct cache *c, str key, uint64_t hash)
{
    struct cached **at = &c->slot[hash % SLOTS];
    while (*at && !((*at)->hash == hash && (*at)->n_key == key.n && !memcmp((*at)->key, key.p, key.n)))
        at = &(*at)->next;
    return at;
}

static void unlist(struct cache *c, struct cached *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void list_first(struct cache *c, struct cached *e)
{
    e->older = c->newest;
    *(e->older ? &e->older->newer : &c->oldest) = e;
    c->newest = e;
}

// Without a place in the table: freed when the last holder lets go.
static void take_out(struct cache *c, struct cached *e)
{
    struct cached **at = &c->slot[e->hash % SLOTS];
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    if (e->state == READY) {
        unlist(c, e);
        c->count.bytes -= e->bytes;
        c->count.answers--;
    }
    e->state = GONE;
}

static void let_go(struct cache *c, struct cached *e)
{
    if (--e->holders || e->state != GONE) return;
    if (e->value) c->drop(e->value);
    free(e);
}

// Those in use are taken out, too: their memory goes when their last holder lets go.
static void make_room(struct cache *c)
{
    while (c->count.bytes > c->max_bytes && c->oldest) {
        struct cached *e = c->oldest;
        e->holders++;
        take_out(c, e);
        let_go(c, e);
    }
}

void cache_close(struct cache *c)
{
    if (!c) return;
    c->max_bytes = 0;
    make_room(c);
    pthread_cond_destroy(&c->done);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct timespec after_ms(int ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000L;
    if (t.tv_nsec >= 1000000000L) t.tv_sec++, t.tv_nsec -= 1000000000L;
    return t;
}

static struct cached *begin_making(struct cache *c, struct cached **at, str key, uint64_t hash)
{
    struct cached *e = calloc(1, sizeof *e + key.n);
    if (!e) return NULL;
    e->hash = hash;
    e->n_key = key.n;
    e->holders = 1; // the one who makes it
    memcpy(e->key, key.p, key.n);
    *at = e;
    c->count.misses++;
    return e;
}

// The entry is held while it is waited for. NULL: it was not ready in time, or will not be.
static struct cached *wait_for(struct cache *c, struct cached *e, int wait_ms)
{
    struct timespec until = after_ms(wait_ms);
    c->count.waits++;
    e->holders++;
    while (!e->value && !e->forgone && !pthread_cond_timedwait(&c->done, &c->lock, &until)) {
    }
    if (e->value) return e;
    let_go(c, e);
    return NULL;
}

static struct cached *take_ready(struct cache *c, struct cached *e)
{
    e->holders++;
    unlist(c, e);
    list_first(c, e);
    return e;
}

struct cached *cache_look(struct cache *c, str key)
{
    uint64_t       hash = str_hash(key);
    struct cached *found = NULL;
    pthread_mutex_lock(&c->lock);
    struct cached *at = *find(c, key, hash);
    if (at && at->state == READY) {
        found = take_ready(c, at);
        c->count.hits++;
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

struct cached *cache_get(struct cache *c, str key, int wait_ms, bool *make)
{
    uint64_t       hash = str_hash(key);
    struct cached *found;
    *make = false;
    pthread_mutex_lock(&c->lock);
    struct cached **at = find(c, key, hash);
    if (!*at) {
        found = begin_making(c, at, key, hash);
        *make = found != NULL;
    } else if ((*at)->state == MAKING) {
        found = wait_for(c, *at, wait_ms);
    } else {
        found = take_ready(c, *at);
    }
    if (found && !*make) c->count.hits++;
    pthread_mutex_unlock(&c->lock);
    return found;
}

void *cached_value(const struct cached *e)
{
    return e->value;
}

// One that was forgotten meanwhile is out of the table: those who waited for it get it, and nobody after them.
bool cache_put(struct cache *c, struct cached *e, void *value, size_t bytes)
{
    size_t all = bytes + e->n_key + ENTRY_BYTES;
    if (all > c->max_bytes / LARGEST_SHARE) {
        cache_forgo(c, e);
        return false;
    }
    pthread_mutex_lock(&c->lock);
    e->value = value;
    e->bytes = all;
    if (e->state == MAKING) {
        e->state = READY;
        list_first(c, e);
        c->count.bytes += all;
        c->count.answers++;
        make_room(c);
    }
    pthread_cond_broadcast(&c->done);
    pthread_mutex_unlock(&c->lock);
    return true;
}

void cache_forgo(struct cache *c, struct cached *e)
{
    pthread_mutex_lock(&c->lock);
    if (e->state == MAKING) take_out(c, e);
    e->forgone = true;
    pthread_cond_broadcast(&c->done);
    let_go(c, e);
    pthread_mutex_unlock(&c->lock);
}

void cache_forget(struct cache *c)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < SLOTS; i++)
        while (c->slot[i]) {
            struct cached *e = c->slot[i];
            e->holders++;
            take_out(c, e);
            let_go(c, e);
        }
    pthread_cond_broadcast(&c->done);
    pthread_mutex_unlock(&c->lock);
}

void cache_release(struct cache *c, struct cached *e)
{
    pthread_mutex_lock(&c->lock);
    let_go(c, e);
    pthread_mutex_unlock(&c->lock);
}

struct cache_numbers cache_numbers(struct cache *c)
{
    pthread_mutex_lock(&c->lock);
    struct cache_numbers n = c->count;
    pthread_mutex_unlock(&c->lock);
    return n;
}
