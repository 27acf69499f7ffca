// SPDX-License-Identifier: EUPL-1.2
#include "web/origin.h"

#include "base/arena.h"
#include <pthread.h>
#include <stdlib.h>

struct origin {
    pthread_mutex_t lock; // all below
    uint64_t        times;
    struct key_list own;
};

struct origin *origin_open(void)
{
    struct origin *o = calloc(1, sizeof *o);
    if (o) pthread_mutex_init(&o->lock, NULL);
    return o;
}

void origin_close(struct origin *o)
{
    if (!o) return;
    pthread_mutex_destroy(&o->lock);
    free(o);
}

void origin_set(struct origin *o, const struct key_list *own)
{
    pthread_mutex_lock(&o->lock);
    o->own = *own;
    o->times++;
    pthread_mutex_unlock(&o->lock);
}

uint64_t origin_times(struct origin *o)
{
    pthread_mutex_lock(&o->lock);
    uint64_t times = o->times;
    pthread_mutex_unlock(&o->lock);
    return times;
}

bool origin_is_known(struct origin *o)
{
    return origin_times(o) > 0;
}

enum err origin_papers(struct scope *sc, struct origin *o, const char *data_dir, int64_t number,
                       struct release_papers *out)
{
    TRY(release_papers(sc, data_dir, number, out));
    if (!origin_is_known(o)) return OK;
    struct key_list *own = arena_new(sc->mem, struct key_list);
    if (!own) return fail(&sc->fault, ERR_NOMEM, "no room for the town's keys");
    pthread_mutex_lock(&o->lock);
    *own = o->own;
    pthread_mutex_unlock(&o->lock);
    if (!own->n)
        return fail(&sc->fault, ERR_FOREIGN,
                    "the town's keys cannot be read, so nothing tells that release %lld is this town's",
                    (long long)number);
    enum err e = release_papers_origin(sc, out, own);
    return e ? fail_at(&sc->fault, "releases/%lld", (long long)number) : OK;
}
