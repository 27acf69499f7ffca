// SPDX-License-Identifier: EUPL-1.2
#include "http/loop.h"

#include "base/clock.h"
#include "http/conn.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 64,
    MOST_AT_ONCE = 8, // let in, before those inside have their turn
    UNEVEN = 2,       // so many more than another loop has, and that one takes the next
    TICK_MS = 250,
    WATCH_MS = 2,
    WATCH_ROUNDS = 100, // without a question, and the watchman sleeps until there is one
    CROWD_PATIENCE_MS = 2000,
    OVER_PATIENCE_MS = 500,    // while there are more connections than may be, and others wait at the door
    MIN_RATE = 1024,           // bytes a second that a reader must take,
    UNREAD_RATE = 32 * 1024,   // and while too much waits for its readers
    UNSENT_BYTES = 128 * 1024, // in the kernel, of one connection: the rest waits here, where it is counted
};

struct loop {                     // of the one thread that runs it at the moment
    struct job           job;     // to run it, where the thread before has stopped
    atomic_bool          offered; // to another thread
    atomic_uint_fast64_t turn;    // odd: its thread answers a question; grows with each
    uint64_t             watched; // the turn that was seen before, of the watchman
    struct http_server  *server;
    int                  epoll;
    struct mailbox       mail;
    struct conn         *conns;
    atomic_int           n;         // connections; also read by other loops
    bool                 door_open; // is the door among what is waited for?
    atomic_bool          door_done; // and never again
    int64_t              ticked_ms;
    struct epoll_event   event[EVENTS];
    int                  events, at; // those from `at` on are still to be looked at
    bool                 ringing;    // there are letters
    struct letter       *letters;    // still to be looked at
    struct head          room;
};

struct loops {
    struct loop        *loop;
    struct http_server *server;
    pthread_t           watchman;
    bool                watching;
    pthread_mutex_t     lock;
    pthread_cond_t      wake;
    atomic_bool         asleep;
};

// -- whose the loop is -------------------------------------------------------------------------------------------------

// A question is answered by the loop's own thread, since to wake another one takes longer than most answers do (measured: 50
// to 100 us in 300). A watchman looks every few milliseconds, and passes a loop whose thread is held to another thread.

/// The turn, to be given to is_still_mine behind the question.
static uint64_t begin_question(struct loop *l)
{
    struct loops *all = l->server->loops;
    uint64_t      turn = atomic_load(&l->turn) + 1;
    atomic_store(&l->turn, turn);
    if (atomic_load(&all->asleep)) {
        pthread_mutex_lock(&all->lock);
        pthread_cond_signal(&all->wake);
        pthread_mutex_unlock(&all->lock);
    }
    return turn;
}

static bool is_still_mine(struct loop *l, uint64_t turn)
{
    uint64_t expected = turn;
    return atomic_compare_exchange_strong(&l->turn, &expected, turn + 1);
}

static bool take_over(struct loop *l)
{
    uint64_t held = l->watched;
    bool     mine = atomic_compare_exchange_strong(&l->turn, &held, held + 1);
    atomic_store(&l->offered, false);
    return mine;
}

static void offer(struct loop *l)
{
    atomic_store(&l->offered, true);
    pool_pass(l->server->pool, &l->job);
}

/// Is any loop's thread answering a question? One that does so for a whole round loses its loop.
static bool look_round(struct loops *all)
{
    bool busy = false;
    for (int i = 0; i < all->server->n_loops; i++) {
        struct loop *l = &all->loop[i];
        if (atomic_load(&l->offered)) continue;
        uint64_t turn = atomic_load(&l->turn);
        busy = busy || turn & 1;
        bool held = turn & 1 && turn == l->watched;
        l->watched = turn;
        if (held) offer(l);
    }
    return busy;
}

static void *watch(void *arg)
{
    struct loops *all = arg;
    for (int quiet = 0; !atomic_load(&all->server->ending);) {
        usleep(WATCH_MS * 1000);
        quiet = look_round(all) ? 0 : quiet + 1;
        if (quiet < WATCH_ROUNDS) continue;
        pthread_mutex_lock(&all->lock);
        atomic_store(&all->asleep, true);
        while (!look_round(all) && !atomic_load(&all->server->ending))
            pthread_cond_wait(&all->wake, &all->lock);
        atomic_store(&all->asleep, false);
        pthread_mutex_unlock(&all->lock);
        quiet = 0;
    }
    return NULL;
}

// -- connections -------------------------------------------------------------------------------------------------------

static void list(struct loop *l, struct conn *c)
{
    struct conn_place *p = conn_place(c);
    p->next = l->conns;
    p->link = &l->conns;
    if (p->next) conn_place(p->next)->link = &p->next;
    l->conns = c;
}

static void watch_door(struct loop *l, bool open)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = NULL };
    if (l->door_open == open) return;
    if (!epoll_ctl(l->epoll, open ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, l->server->door, &e)) l->door_open = open;
}

static bool is_full(struct http_server *s)
{
    return atomic_load(&s->count.open) >= (uint64_t)s->config.max_connections + (uint64_t)s->room;
}

static void end(struct loop *l, struct conn *c)
{
    struct conn_place *p = conn_place(c);
    if (p->link) {
        *p->link = p->next;
        if (p->next) conn_place(p->next)->link = p->link;
    }
    atomic_fetch_sub(&l->n, 1);
    atomic_fetch_sub(&l->server->count.open, 1);
    // Closing alone ends no watch while anybody holds the socket, be it for the blink in which ss or lsof reads /proc/PID/fd:
    // an event of a connection that is gone would come (epoll(7), questions and answers, 6).
    (void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, conn_fd(c), NULL);
    conn_close(c);
    if (!l->door_open && !atomic_load(&l->door_done)) watch_door(l, true); // there is room for one more
}

static void adopt(struct loop *l, struct conn *c)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c };
    list(l, c);
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, conn_fd(c), &e)) end(l, c);
}

/// The loop that has the fewest connections; `near`, when it is nearly the same.
static struct loop *least(struct http_server *s, struct loop *near)
{
    struct loop *best = near;
    for (int i = 0; i < s->n_loops; i++)
        if (atomic_load(&s->loops->loop[i].n) + UNEVEN < atomic_load(&best->n)) best = &s->loops->loop[i];
    return best;
}

/// l: the loop that this is called on; NULL: none.
static void let_in(struct http_server *s, struct loop *l, int fd, const struct sockaddr_storage *who)
{
    struct loop   *home = least(s, l ? l : &s->loops->loop[0]);
    struct address from = { 0 };
    const int      yes = 1, unsent = UNSENT_BYTES;
    bool           welcome = !s->addresses || addresses_enter(s->addresses, who, &from);
    struct conn   *c = welcome ? conn_open(s, &home->mail, fd, &from) : NULL;
    if (!c) {
        if (welcome && s->addresses) addresses_leave(s->addresses, &from);
        close(fd);
        return;
    }
    if (who->ss_family != AF_UNIX) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    }
    atomic_fetch_add(&home->n, 1);
    atomic_fetch_add(&s->count.open, 1);
    if (home == l) adopt(l, c);
    else mail_post(&home->mail, conn_letter(c));
}

// -- the door ----------------------------------------------------------------------------------------------------------

/// Who waits at the door; -1: nobody, or there is no file left for one more.
static int take_one(struct http_server *s, struct sockaddr_storage *who)
{
    for (;;) {
        socklen_t n = sizeof *who;
        int       fd = accept4(s->door, (struct sockaddr *)who, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0 || (errno != EINTR && errno != ECONNABORTED)) return fd;
    }
}

static void let_in_some(struct loop *l)
{
    for (int i = 0; i < MOST_AT_ONCE; i++) {
        struct sockaddr_storage who = { 0 };
        int                     fd = is_full(l->server) ? -1 : take_one(l->server, &who);
        if (fd >= 0) {
            let_in(l->server, l, fd, &who);
            continue;
        }
        if (is_full(l->server) || errno != EAGAIN) watch_door(l, false); // until the next tick
        return;
    }
}

// -- the loop ----------------------------------------------------------------------------------------------------------

static struct conn_patience patience_of(struct http_server *s)
{
    bool    crowd = server_is_crowded(s), unread = server_is_unread(s);
    bool    over = atomic_load(&s->count.open) > (uint64_t)s->config.max_connections;
    int64_t usual_ms = (int64_t)s->config.idle_timeout_s * 1000,
            short_ms = over ? OVER_PATIENCE_MS : CROWD_PATIENCE_MS;
    if (short_ms > usual_ms) short_ms = usual_ms;
    return (struct conn_patience){ .request_ms = crowd ? short_ms : usual_ms,
                                   .reader_ms = crowd || unread ? short_ms : usual_ms,
                                   .reader_rate = unread ? UNREAD_RATE : MIN_RATE };
}

static void tick(struct loop *l, int64_t now_ms)
{
    struct http_server        *s = l->server;
    const struct conn_patience p = patience_of(s);
    l->ticked_ms = now_ms;
    for (struct conn *c = l->conns, *next; c; c = next) {
        next = conn_place(c)->next;
        if (conn_tick(c, now_ms, &p) == CONN_ENDS) end(l, c);
    }
    if (!atomic_load(&l->door_done) && !is_full(s)) watch_door(l, true);
}

/// False: the loop is another thread's now.
static bool deal_with(struct loop *l, struct conn *c, enum conn_fate fate)
{
    struct pool *pool = l->server->pool;
    while (fate == CONN_ASKS) {
        if (pool_begin(pool)) {
            uint64_t turn = begin_question(l);
            conn_answer(c);
            pool_done(pool);
            if (!is_still_mine(l, turn)) return mail_post(&l->mail, conn_letter(c)), false;
            fate = conn_resume(c, &l->room);
        } else if (pool_ask(pool, conn_job(c))) return true;
        else fate = conn_turn_away(c, &l->room);
    }
    if (fate == CONN_ENDS) end(l, c);
    return true;
}

static bool read_letter(struct loop *l)
{
    struct conn *c = conn_of_letter(l->letters);
    l->letters = l->letters->next;
    if (conn_place(c)->link) return deal_with(l, c, conn_resume(c, &l->room));
    adopt(l, c);
    return true;
}

static bool look_at(struct loop *l, const struct epoll_event *e)
{
    struct conn *c = e->data.ptr;
    if (!c) let_in_some(l);
    else if (e->data.ptr == l) l->ringing = true;
    else return deal_with(l, c, conn_event(c, e->events, &l->room));
    return true;
}

/// Events before letters: a letter may end a connection that still has an event.
static bool look_at_all(struct loop *l)
{
    while (l->at < l->events)
        if (!look_at(l, &l->event[l->at++])) return false;
    if (l->ringing) l->letters = mail_take(&l->mail);
    l->ringing = false;
    while (l->letters)
        if (!read_letter(l)) return false;
    return true;
}

static void await(struct loop *l)
{
    struct http_server *s = l->server;
    int64_t             now_ms = clock_system.monotonic_ms();
    if (now_ms - l->ticked_ms >= TICK_MS) tick(l, now_ms);
    if (atomic_load(&s->stopping) && !atomic_load(&l->door_done)) {
        watch_door(l, false);
        atomic_store(&l->door_done, true);
    }
    int n = epoll_wait(l->epoll, l->event, EVENTS, !l->conns && l->door_open ? -1 : TICK_MS);
    l->at = 0;
    l->events = n > 0 ? n : 0;
}

static void run(struct job *j)
{
    struct loop *l = (struct loop *)(void *)((char *)j - offsetof(struct loop, job));
    if (!take_over(l)) return; // the question was answered meanwhile
    while (!atomic_load(&l->server->ending)) {
        if (!look_at_all(l)) return;
        await(l);
    }
}

// -- life --------------------------------------------------------------------------------------------------------------

static bool loop_open(struct loop *l, struct http_server *s)
{
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = l };
    l->server = s;
    l->job.run = run;
    l->watched = 1; // as if a thread that is gone held it, so that the watchman passes it to the first one
    atomic_store(&l->turn, 1);
    bool mailbox = mailbox_init(&l->mail);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!mailbox || l->epoll < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->mail.fd, &e)) return false;
    watch_door(l, true);
    return l->door_open;
}

static void loop_free(struct loop *l)
{
    for (struct letter *m = mail_take(&l->mail), *next; m; m = next) {
        next = m->next;
        struct conn *c = conn_of_letter(m);
        if (!conn_place(c)->link) end(l, c); // let in, and never arrived
    }
    while (l->conns) end(l, l->conns);
    if (l->epoll >= 0) close(l->epoll);
    mailbox_free(&l->mail);
}

void loops_free(struct http_server *s)
{
    struct loops *all = s->loops;
    if (!all) return;
    for (int i = 0; i < s->n_loops && all->loop; i++) loop_free(&all->loop[i]);
    pthread_cond_destroy(&all->wake);
    pthread_mutex_destroy(&all->lock);
    free(all->loop);
    free(all);
    s->loops = NULL;
}

enum err loops_start(struct scope *sc, struct http_server *s)
{
    struct loops *all = s->loops = calloc(1, sizeof *all);
    if (!all) return fail(&sc->fault, ERR_NOMEM, "no room for a server");
    all->server = s;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->wake, NULL);
    all->loop = calloc((size_t)s->n_loops, sizeof *all->loop);
    bool good = all->loop != NULL;
    for (int i = 0; all->loop && i < s->n_loops; i++) good = loop_open(&all->loop[i], s) && good;
    all->watching = good && !pthread_create(&all->watchman, NULL, watch, all);
    if (!all->watching)
        return fail(&sc->fault, ERR_IO,
                    "no server could be started: the system has no threads or open files left");
    return OK;
}

static void ring_all(struct http_server *s)
{
    for (int i = 0; i < s->n_loops && s->loops->loop; i++) mail_ring(&s->loops->loop[i].mail);
}

void loops_close_door(struct http_server *s)
{
    ring_all(s);
    for (int i = 0; i < s->n_loops; i++)
        while (!atomic_load(&s->loops->loop[i].door_done)) usleep(1000);
    struct sockaddr_storage who = { 0 };
    for (int fd; (fd = take_one(s, &who)) >= 0;) let_in(s, NULL, fd, &who);
    close(s->door);
    s->door = -1;
}

void loops_end(struct http_server *s)
{
    struct loops *all = s->loops;
    if (!all) return;
    atomic_store(&s->ending, true);
    ring_all(s);
    pthread_mutex_lock(&all->lock);
    pthread_cond_signal(&all->wake);
    pthread_mutex_unlock(&all->lock);
    if (all->watching) pthread_join(all->watchman, NULL);
    all->watching = false;
}
