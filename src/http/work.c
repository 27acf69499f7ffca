// SPDX-License-Identifier: EUPL-1.2
#include "http/work.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

struct queue {
    struct job *first, **last;
    size_t      n;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t  more;
    struct queue    loops, questions, pieces;
    size_t          most_waiting;
    int             most, now, most_pieces, pieces_now;
    bool            ending;
    int             threads;
    pthread_t       thread[];
};

enum kind { LOOP, QUESTION, PIECE };

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

/// Loops first: everybody waits for them. Then pieces, as long as few are made: otherwise a crowd of questions would stop all
/// downloads.
static struct job *next_job(struct pool *p, enum kind *kind)
{
    *kind = LOOP;
    if (p->loops.n) return take(&p->loops);
    if (p->now >= p->most) return NULL;
    *kind = PIECE;
    if (p->pieces.n && p->pieces_now < p->most_pieces) return take(&p->pieces);
    *kind = QUESTION;
    return p->questions.n ? take(&p->questions) : NULL;
}

static void *labour(void *arg)
{
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        enum kind   kind;
        struct job *j = next_job(p, &kind);
        if (!j) {
            pthread_cond_wait(&p->more, &p->lock);
            continue;
        }
        p->now += kind != LOOP;
        p->pieces_now += kind == PIECE;
        pthread_mutex_unlock(&p->lock);
        j->run(j);
        pthread_mutex_lock(&p->lock);
        p->now -= kind != LOOP;
        p->pieces_now -= kind == PIECE;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pool *pool_open(int loops, int most, int pieces, size_t most_waiting)
{
    int          threads = loops + most;
    struct pool *p = calloc(1, sizeof *p + (size_t)threads * sizeof p->thread[0]);
    if (!p) return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    p->loops.last = &p->loops.first;
    p->questions.last = &p->questions.first;
    p->pieces.last = &p->pieces.first;
    p->most_waiting = most_waiting;
    p->most = most;
    p->most_pieces = pieces;
    while (p->threads < threads && !pthread_create(&p->thread[p->threads], NULL, labour, p)) p->threads++;
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
        pthread_cond_signal(&p->more);
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
    bool room = p->now < p->most;
    p->now += room;
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_done(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->now--;
    if (p->questions.n || p->pieces.n) pthread_cond_signal(&p->more);
    pthread_mutex_unlock(&p->lock);
}

void pool_end(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (; p->threads; p->threads--) pthread_join(p->thread[p->threads - 1], NULL);
}

void pool_close(struct pool *p)
{
    if (!p) return;
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
