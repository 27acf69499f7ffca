// SPDX-License-Identifier: EUPL-1.2
#include "base/relay.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct maker {
    struct relay *relay;
    pthread_t     thread;
};

struct relay {
    struct relay_work work;
    struct maker      maker[RELAY_MAX_MAKERS];
    unsigned          n_makers; // that run
    size_t            slots;
    bool              lent; // the caller's own: it looks at piece `used`

    pthread_mutex_t lock; // for all below
    pthread_cond_t  moved;
    uint64_t        begun, used, last; // numbers of pieces; last: UINT64_MAX until it is known
    bool            made[RELAY_MAX_SLOTS], stop;
};

static bool take_number(struct relay *r, uint64_t *number)
{
    pthread_mutex_lock(&r->lock);
    while (!r->stop && r->begun <= r->last && r->begun - r->used == r->slots)
        pthread_cond_wait(&r->moved, &r->lock);
    bool go = !r->stop && r->begun <= r->last;
    if (go) *number = r->begun++;
    pthread_mutex_unlock(&r->lock);
    return go;
}

static void hand_over(struct relay *r, uint64_t number, bool more)
{
    pthread_mutex_lock(&r->lock);
    r->made[number % r->slots] = true;
    if (!more && number < r->last) r->last = number;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
}

static void *run(void *of)
{
    struct maker *m = of;
    struct relay *r = m->relay;
    for (uint64_t number; take_number(r, &number);)
        hand_over(r, number, r->work.make(r->work.of, (unsigned)(m - r->maker), number, number % r->slots));
    return NULL;
}

enum err relay_open(struct scope *sc, const struct relay_work *work, unsigned makers, size_t slots,
                    struct relay **out)
{
    assert(makers && makers <= RELAY_MAX_MAKERS && slots > makers && slots <= RELAY_MAX_SLOTS);
    AUTO(relay_closep) struct relay *r = calloc(1, sizeof *r);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no memory for threads");
    r->work = *work;
    r->slots = slots;
    r->last = UINT64_MAX;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->moved, NULL);
    for (; r->n_makers < makers; r->n_makers++) {
        struct maker *m = &r->maker[r->n_makers];
        m->relay = r;
        if (pthread_create(&m->thread, NULL, run, m))
            return fail(&sc->fault, ERR_NOMEM, "the system gives no thread to read with");
    }
    *out = r;
    r = NULL;
    return OK;
}

bool relay_next(struct relay *r, size_t *slot)
{
    pthread_mutex_lock(&r->lock);
    if (r->lent) {
        r->made[r->used % r->slots] = false;
        r->used++;
        pthread_cond_broadcast(&r->moved);
    }
    while (r->used <= r->last && !r->made[r->used % r->slots]) pthread_cond_wait(&r->moved, &r->lock);
    r->lent = r->used <= r->last;
    *slot = r->used % r->slots;
    pthread_mutex_unlock(&r->lock);
    return r->lent;
}

void relay_close(struct relay *r)
{
    if (!r) return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->moved);
    pthread_mutex_unlock(&r->lock);
    for (unsigned i = 0; i < r->n_makers; i++) pthread_join(r->maker[i].thread, NULL);
    pthread_cond_destroy(&r->moved);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

void relay_closep(struct relay **r)
{
    relay_close(*r);
    *r = NULL;
}
