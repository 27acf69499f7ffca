// SPDX-License-Identifier: EUPL-1.2
#include "web/edition.h"

#include "base/arena.h"
#include "base/log.h"
#include "publish/release.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EDITION_MEMORY = 256 << 20, LOOK_MEMORY = 1 << 20, RETRY_MS = 30000 };

struct editions {
    char               *data_dir;
    const struct clock *clock;
    int                 watch_ms;
    pthread_t           watcher;
    bool                watching;
    pthread_mutex_t     lock; // all below
    pthread_cond_t      stop_now;
    bool                stop;
    struct edition     *current;
    struct edition     *old[EDITIONS_OLD]; // newest use first
    int64_t             broken;            // a release that could not be opened, and when to try again
    int64_t             broken_until_ms;
};

static void edition_free(struct edition *ed)
{
    if (!ed) return;
    index_close(ed->ix);
    arena_close(ed->mem);
    free(ed);
}

static enum err edition_open(struct scope *sc, const struct editions *es, int64_t number,
                             struct edition **out)
{
    const char *path;
    TRY(release_index_path(sc, es->data_dir, number, TIER_PUBLIC, &path));
    struct edition *ed = calloc(1, sizeof *ed);
    if (!ed || !(ed->mem = arena_open(EDITION_MEMORY))) {
        edition_free(ed);
        return fail(&sc->fault, ERR_NOMEM, "no memory to open release %lld", (long long)number);
    }
    ed->number = number;
    ed->holders = 1;
    struct scope own = { .mem = ed->mem };
    enum err     e = index_open(&own, path, &ed->ix);
    if (!e) e = search_build(&own, ed->ix, &ed->search);
    if (e) {
        sc->fault = own.fault;
        edition_free(ed);
        return e;
    }
    *out = ed;
    return OK;
}

static struct edition *hold(struct edition *ed)
{
    if (ed) ed->holders++;
    return ed;
}

struct edition *edition_hold(struct editions *es)
{
    pthread_mutex_lock(&es->lock);
    struct edition *ed = hold(es->current);
    pthread_mutex_unlock(&es->lock);
    return ed;
}

void edition_again(struct editions *es, struct edition *ed)
{
    pthread_mutex_lock(&es->lock);
    hold(ed);
    pthread_mutex_unlock(&es->lock);
}

void edition_release(struct editions *es, struct edition *ed)
{
    if (!ed) return;
    pthread_mutex_lock(&es->lock);
    bool last = --ed->holders == 0;
    pthread_mutex_unlock(&es->lock);
    if (last) edition_free(ed); // munmap of a large file takes its time: not under the lock
}

/// The held edition of this number among those that are open, moved to the front of the old ones; or NULL.
static struct edition *find_locked(struct editions *es, int64_t number)
{
    if (es->current && es->current->number == number) return hold(es->current);
    for (size_t i = 0; i < EDITIONS_OLD; i++) {
        struct edition *ed = es->old[i];
        if (!ed || ed->number != number) continue;
        memmove(&es->old[1], &es->old[0], i * sizeof es->old[0]);
        es->old[0] = ed;
        return hold(ed);
    }
    return NULL;
}

/// Puts one in front of the old ones; returns what fell off the end, to be released without the lock.
static struct edition *keep_locked(struct editions *es, struct edition *ed)
{
    struct edition *last = es->old[EDITIONS_OLD - 1];
    memmove(&es->old[1], &es->old[0], (EDITIONS_OLD - 1) * sizeof es->old[0]);
    es->old[0] = ed;
    return last;
}

enum err edition_hold_number(struct scope *sc, struct editions *es, int64_t number, struct edition **out)
{
    pthread_mutex_lock(&es->lock);
    struct edition *ed = find_locked(es, number);
    int64_t         newest = es->current ? es->current->number : 0;
    pthread_mutex_unlock(&es->lock);
    if (!ed) {
        // A number from the future may be a release in the making: it has no business here before it is current.
        if (number > newest)
            return fail(&sc->fault, ERR_NOTFOUND, "there is no release %lld", (long long)number);
        TRY(edition_open(sc, es, number, &ed));
        pthread_mutex_lock(&es->lock);
        struct edition *other = find_locked(es, number); // another request was quicker
        struct edition *spare = other ? ed : keep_locked(es, hold(ed));
        if (other) ed = other;
        pthread_mutex_unlock(&es->lock);
        edition_release(es, spare);
    }
    *out = ed;
    return OK;
}

enum err editions_look(struct scope *sc, struct editions *es)
{
    int64_t  number, now_ms = es->clock->monotonic_ms();
    enum err e = release_current(sc, es->data_dir, &number);
    if (e == ERR_NOTFOUND) return OK; // nothing was published yet
    if (e) return e;
    pthread_mutex_lock(&es->lock);
    bool new = !es->current || es->current->number != number;
    bool wait = es->broken == number && now_ms < es->broken_until_ms;
    pthread_mutex_unlock(&es->lock);
    if (!new || wait) return OK;
    struct edition *ed;
    e = edition_open(sc, es, number, &ed);
    struct edition *gone = NULL;
    pthread_mutex_lock(&es->lock);
    if (e) {
        es->broken = number;
        es->broken_until_ms = now_ms + RETRY_MS;
    } else {
        es->broken = 0;
        if (es->current) gone = keep_locked(es, es->current);
        es->current = ed;
    }
    pthread_mutex_unlock(&es->lock);
    edition_release(es, gone);
    return e;
}

static void look_and_log(struct editions *es)
{
    struct scope sc = { .mem = arena_open(LOOK_MEMORY) };
    if (!sc.mem) return;
    struct edition *was = edition_hold(es);
    if (editions_look(&sc, es)) log_error("release.unreadable", log_cstr("why", sc.fault.text));
    struct edition *is = edition_hold(es);
    if (is != was) log_info("release.current", log_i64("release", is->number));
    edition_release(es, was);
    edition_release(es, is);
    arena_close(sc.mem);
}

static void *watch(void *arg)
{
    struct editions *es = arg;
    pthread_mutex_lock(&es->lock);
    while (!es->stop) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += es->watch_ms / 1000;
        until.tv_nsec += (long)(es->watch_ms % 1000) * 1000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        if (pthread_cond_timedwait(&es->stop_now, &es->lock, &until) != ETIMEDOUT) continue;
        pthread_mutex_unlock(&es->lock);
        look_and_log(es);
        pthread_mutex_lock(&es->lock);
    }
    pthread_mutex_unlock(&es->lock);
    return NULL;
}

enum err editions_open(struct scope *sc, const char *data_dir, const struct clock *clock, int watch_ms,
                       struct editions **out)
{
    struct editions *es = calloc(1, sizeof *es);
    if (!es || !(es->data_dir = strdup(data_dir))) {
        free(es);
        return fail(&sc->fault, ERR_NOMEM, "no memory for the list of releases");
    }
    es->clock = clock;
    es->watch_ms = watch_ms ? watch_ms : 1000;
    pthread_mutex_init(&es->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); // a clock set back must not stop the watch
    pthread_cond_init(&es->stop_now, &attr);
    pthread_condattr_destroy(&attr);
    enum err e = editions_look(sc, es);
    if (!e && es->watch_ms > 0) {
        es->watching = pthread_create(&es->watcher, NULL, watch, es) == 0;
        if (!es->watching)
            e = fail(&sc->fault, ERR_NOMEM, "cannot start the thread that watches for new releases");
    }
    if (e) {
        editions_close(es);
        return e;
    }
    *out = es;
    return OK;
}

void editions_close(struct editions *es)
{
    if (!es) return;
    pthread_mutex_lock(&es->lock);
    es->stop = true;
    pthread_cond_signal(&es->stop_now);
    pthread_mutex_unlock(&es->lock);
    if (es->watching) pthread_join(es->watcher, NULL);
    edition_release(es, es->current);
    for (size_t i = 0; i < EDITIONS_OLD; i++) edition_release(es, es->old[i]);
    pthread_cond_destroy(&es->stop_now);
    pthread_mutex_destroy(&es->lock);
    free(es->data_dir);
    free(es);
}
