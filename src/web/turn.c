// SPDX-License-Identifier: EUPL-1.2
#include "web/turn.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct turns {
    pthread_mutex_t     lock;
    pthread_cond_t      ended;
    unsigned            at_once;
    struct turn_numbers now;
};

struct turns *turns_open(unsigned at_once)
{
    struct turns      *t = calloc(1, sizeof *t);
    pthread_condattr_t clock;
    if (!t) return NULL;
    t->at_once = at_once;
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&t->ended, &clock);
    pthread_condattr_destroy(&clock);
    return t;
}

void turns_close(struct turns *t)
{
    if (!t) return;
    pthread_cond_destroy(&t->ended);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static bool wait_locked(struct turns *t)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TURN_WAIT_S;
    int late = 0;
    t->now.waiting++;
    while (t->now.running >= t->at_once && !late) late = pthread_cond_timedwait(&t->ended, &t->lock, &until);
    t->now.waiting--;
    return t->now.running < t->at_once;
}

enum err turn_begin(struct scope *sc, struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    bool mine = t->now.running < t->at_once || wait_locked(t);
    if (mine) t->now.running++;
    else t->now.refused++;
    pthread_mutex_unlock(&t->lock);
    return mine ? OK
                : fail(&sc->fault, ERR_BUSY,
                       "too many questions are asked at this moment; try again in a moment");
}

void turn_end(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    t->now.running--;
    pthread_cond_signal(&t->ended);
    pthread_mutex_unlock(&t->lock);
}

struct turn_numbers turn_numbers(struct turns *t)
{
    pthread_mutex_lock(&t->lock);
    struct turn_numbers n = t->now;
    pthread_mutex_unlock(&t->lock);
    return n;
}
