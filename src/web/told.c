// SPDX-License-Identifier: EUPL-1.2
#include "web/told.h"

#include "seal/hash.h"
#include <pthread.h>
#include <stdlib.h>

enum { TOLD_AGAIN_MS = 3600 * 1000 };

struct told {
    const struct clock *clock;
    pthread_mutex_t     lock; // all below
    struct {
        uint64_t hash;
        int64_t  until_ms;
    } at[TOLD_MAX];
    size_t n;
};

struct told *told_open(const struct clock *clock)
{
    struct told *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->clock = clock;
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void told_close(struct told *t)
{
    if (!t) return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

bool told_first(struct told *t, str what)
{
    uint64_t hash = hash_content(what).lo;
    int64_t  now_ms = t->clock->monotonic_ms();
    bool     first = true;
    pthread_mutex_lock(&t->lock);
    size_t i = 0, kept = 0;
    for (; i < t->n; i++) { // those of the last hour, moved together
        if (t->at[i].until_ms <= now_ms) continue;
        first = first && t->at[i].hash != hash;
        t->at[kept++] = t->at[i];
    }
    t->n = kept;
    first = first && t->n < TOLD_MAX;
    if (first) t->at[t->n].hash = hash, t->at[t->n++].until_ms = now_ms + TOLD_AGAIN_MS;
    pthread_mutex_unlock(&t->lock);
    return first;
}
