// SPDX-License-Identifier: EUPL-1.2
#include "http/work.h"

#include <pthread.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct queue {
    struct job *first, **last;
    size_t      n;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t  more;
    struct queue    loops, questions, pieces;
    size_t          most_waiting;
    pthread_cond_t  more_pieces;
    int             most, now; // questions that run
    bool            ending;
    int             threads;
    pthread_t       thread[];
};

enum { PIECE_NICE = 5 };

static void put(struct queue *q, struct job *j)
{
    j->next = NULL;
    *q->last = j;
    q->last = &j->next;
    q->n++;
}

static struct job *take(struct queue *q)
{
    struct job *j = q->first;
    q->first = j->next;
    if (!q->first) q->last = &q->first;
    q->n--;
    return j;
}

/// Loops first: everybody waits for them.
static struct job *next_job(struct pool *p, bool *question)
{
    *question = !p->loops.n;
    if (p->loops.n) return take(&p->loops);
    return p->questions.n && p->now < p->most ? take(&p->questions) : NULL;
}

static void *labour(void *arg)
{
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        bool        question;
        struct job *j = next_job(p, &question);
        if (!j) {
            pthread_cond_wait(&p->more, &p->lock);
            continue;
        }
        p->now += question;
        pthread_mutex_unlock(&p->lock);
        j->run(j);
        pthread_mutex_lock(&p->lock);
        p->now -= question;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void *make_pieces(void *arg)
{
    struct pool *p = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), PIECE_NICE); // of this thread alone, on Linux
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        if (!p->pieces.n) {
            pthread_cond_wait(&p->more_pieces, &p->lock);
            continue;
        }
        struct job *j = take(&p->pieces);
        pthread_mutex_unlock(&p->lock);
        j->run(j);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pool *pool_open(int loops, int most, int pieces, size_t most_waiting)
{
    int          askers = loops + most, threads = askers + pieces;
    struct pool *p = calloc(1, sizeof *p + (size_t)threads * sizeof p->thread[0]);
    if (!p) return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    pthread_cond_init(&p->more_pieces, NULL);
    p->loops.last = &p->loops.first;
    p->questions.last = &p->questions.first;
    p->pieces.last = &p->pieces.first;
    p->most_waiting = most_waiting;
    p->most = most;
    while (p->threads < threads &&
           !pthread_create(&p->thread[p->threads], NULL, p->threads < askers ? labour : make_pieces, p))
        p->threads++;
    if (p->threads == threads) return p;
    pool_end(p);
    pool_close(p);
    return NULL;
}

static bool add(struct pool *p, struct queue *q, struct job *j, size_t most)
{
    pthread_mutex_lock(&p->lock);
    bool room = q->n < most;
    if (room) {
        put(q, j);
        pthread_cond_signal(q == &p->pieces ? &p->more_pieces : &p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_pass(struct pool *p, struct job *j)
{
    (void)add(p, &p->loops, j, SIZE_MAX);
}

bool pool_ask(struct pool *p, struct job *j)
{
    return add(p, &p->questions, j, p->most_waiting);
}

void pool_piece(struct pool *p, struct job *j)
{
    (void)add(p, &p->pieces, j, SIZE_MAX); // a connection has one at most
}

bool pool_begin(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->now < p->most && !p->questions.n; // those that wait come first
    p->now += room;
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_done(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->now--;
    if (p->questions.n) pthread_cond_signal(&p->more);
    pthread_mutex_unlock(&p->lock);
}

void pool_end(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->more);
    pthread_cond_broadcast(&p->more_pieces);
    pthread_mutex_unlock(&p->lock);
    for (; p->threads; p->threads--) pthread_join(p->thread[p->threads - 1], NULL);
}

void pool_close(struct pool *p)
{
    if (!p) return;
    pthread_cond_destroy(&p->more);
    pthread_cond_destroy(&p->more_pieces);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
