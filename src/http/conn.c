// SPDX-License-Identifier: EUPL-1.2
// The three states of a connection: it reads a request, it answers one, or it is drained: the answer that ends it was sent,
// and what the client still sends is thrown away for a moment, since closing at once would reset the connection, and the
// client might never see why.
#include "http/conn.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/ask.h"
#include "http/out.h"
#include "http/server_int.h"
#include "http/target.h"
#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    IN_MIN_BYTES = 4096,
    JUDGE_BYTES = 4096, // so many without a line's end are looked at all the same: the line may be too long
    MOST_READS = 16,    // of one connection, before others have their turn
    DRAIN_MS = 1000,
    DRAIN_MAX_BYTES = 16 << 20,
};

struct conn {
    struct letter       letter;
    struct job          job;
    struct conn_place   place;
    struct http_server *server;
    struct mailbox     *home;
    int                 fd;
    struct address      from;
    enum { READING, ANSWERING, DRAINING } state;
    bool           away, gone;         // of the loop: with another thread; to be closed when it comes back
    bool           readable, writable; // of the loop: since epoll said so, nothing to the contrary was seen
    bool           hurried, eof;       // the client has ended its side; and all it sent is read
    int64_t        since_ms;           // since then it owes us a request, or has been drained
    int64_t        window_ms;          // since then it must read at least...
    uint64_t       window_at;          // ...from this byte on
    uint64_t       sent, drained;      // bytes of whole answers; thrown away
    // What has come and is not answered: of a request that is answered, head and body stay until the end.
    char          *in;
    size_t         from_at, n, cap; // the next request begins at from_at
    size_t         judged;          // bytes of it that were looked at
    size_t         need;            // bytes of head and body together, once the head was good; 0 before
    size_t         body_bytes;      // reserved
    // The request that is answered.
    bool           begun, head_only, eleven, last, unread;
    int64_t        began_ms;
    str            method, target; // in `in`
    struct head   *head;           // a copy, for the thread that answers
    struct reply   reply;
    struct out     out;
    unsigned       cuts;   // of the server, when the handler was asked
    enum out_state pushed; // how far that thread came
};

struct conn *conn_open(struct http_server *s, struct mailbox *home, int fd, const struct address *from)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (struct conn){ .server = s, .home = home, .fd = fd, .from = *from, .readable = true };
    c->since_ms = clock_system.monotonic_ms();
    return c;
}

struct conn_place *conn_place(struct conn *c)
{
    return &c->place;
}

struct letter *conn_letter(struct conn *c)
{
    return &c->letter;
}

struct job *conn_job(struct conn *c)
{
    return &c->job;
}

int conn_fd(const struct conn *c)
{
    return c->fd;
}

struct conn *conn_of_letter(struct letter *l)
{
    return (struct conn *)(void *)((char *)l - offsetof(struct conn, letter));
}

// -- a request's end ---------------------------------------------------------------------------------------------------

static void count_request(const struct conn *c)
{
    static const int64_t limits[] = { 1, 5, 10, 50, 100, 500, 1000 };
    struct http_server  *s = c->server;
    int64_t              ms = clock_system.monotonic_ms() - c->began_ms;
    int                  status = c->reply.known.p ? 304 : c->reply.answer->status;
    size_t class = (size_t)status / 100;
    atomic_fetch_add(&s->count.requests, 1);
    if (class < COUNT(s->count.by_class)) atomic_fetch_add(&s->count.by_class[class], 1);
    atomic_fetch_add(&s->count.bytes_out, c->out.body);
    atomic_fetch_add(&s->count.ms_sum, (uint64_t)ms);
    for (size_t i = 0; i < COUNT(limits); i++)
        if (ms <= limits[i]) atomic_fetch_add(&s->count.le_ms[i], 1);
    atomic_fetch_add(&s->count.le_ms[COUNT(limits)], 1);
    if (!s->config.access_log) return;
    log_info("http.request", log_str("method", c->method.n ? c->method : S("-")),
             log_str("path", c->target.n ? target_path(c->target) : S("-")), log_i64("status", status),
             log_i64("bytes", c->out.body), log_i64("ms", ms));
}

/// Lets go of the request, answered or not.
static void end_request(struct conn *c)
{
    if (c->begun) {
        if (c->out.answer) count_request(c);
        atomic_fetch_sub(&c->server->count.running, 1);
    }
    c->sent += c->out.sent;
    out_end(&c->out);
    c->out = (struct out){ 0 };
    reply_end(c->server, &c->reply);
    ask_body_done(c->server, c->body_bytes);
    free(c->head);
    c->head = NULL;
    c->body_bytes = 0;
    c->begun = c->unread = false;
    c->method = c->target = (str){ 0 };
}

void conn_close(struct conn *c)
{
    end_request(c);
    if (c->server->addresses) addresses_leave(c->server->addresses, &c->from);
    close(c->fd);
    free(c->in);
    free(c);
}

// -- the end of the connection -----------------------------------------------------------------------------------------

enum next {
    GO_ON, // with the next request
    WAIT,  // for bytes, or for a thread that has it
    ASK,   // a thread is needed
    END,   // of the connection
};

static enum next others_first(struct conn *c)
{
    c->away = true;
    mail_post(c->home, &c->letter);
    return WAIT;
}

static enum next drain(struct conn *c)
{
    char bin[8192];
    for (int reads = 0; reads < MOST_READS; reads++) {
        ssize_t n = recv(c->fd, bin, sizeof bin, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN ? WAIT : END;
        c->drained += (size_t)n;
        if (!n || c->drained > DRAIN_MAX_BYTES) return END;
    }
    return others_first(c);
}

/// Everything is said. Without `linger` nothing more can come that would take it away from the client again.
static enum next say_goodbye(struct conn *c, bool linger)
{
    if (c->eof || shutdown(c->fd, SHUT_WR)) return END;
    free(c->in);
    c->in = NULL;
    c->n = c->from_at = c->cap = 0;
    c->state = DRAINING;
    c->since_ms = clock_system.monotonic_ms();
    return linger ? drain(c) : END;
}

// -- answering ---------------------------------------------------------------------------------------------------------

static void take_piece(struct job *j);

static void send_away(struct conn *c, void (*run)(struct job *j))
{
    c->away = true;
    c->writable = false;
    c->job.run = run;
}

static enum next finish(struct conn *c)
{
    bool linger = c->unread || c->out.answer->status >= 400, last = c->last;
    end_request(c);
    c->from_at += c->need;
    c->need = c->judged = 0;
    c->since_ms = clock_system.monotonic_ms();
    c->state = READING;
    if (!last) return GO_ON;
    return say_goodbye(c, linger || c->from_at < c->n);
}

static enum next step(struct conn *c, enum out_state s)
{
    switch (s) {
    case OUT_DONE:
        return finish(c);
    case OUT_BLOCKED:
        return WAIT;
    case OUT_HUNGRY:
        send_away(c, take_piece);
        pool_piece(c->server->pool, &c->job);
        return WAIT;
    case OUT_BROKEN:
        return END;
    }
    return END;
}

static uint64_t delivered(const struct conn *c)
{
    int waiting = 0;
    if (ioctl(c->fd, SIOCOUTQ, &waiting)) waiting = 0;
    uint64_t all = c->sent + c->out.sent;
    return all > (uint64_t)waiting ? all - (uint64_t)waiting : 0;
}

static void begin_window(struct conn *c, int64_t now_ms)
{
    c->window_ms = now_ms;
    c->window_at = delivered(c);
}

/// What the answer is made from was taken back meanwhile. The connection is to be reset, so that what the system holds for the
/// reader does not come either.
static bool is_cut(const struct conn *c)
{
    if (c->cuts == atomic_load(&c->server->cuts)) return false;
    const struct linger none = { .l_onoff = 1 };
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    return true;
}

static bool is_cut_in_memory(const struct conn *c)
{
    return c->reply.answer && c->reply.answer->cuttable && is_cut(c);
}

static enum out_state begin_answer(struct conn *c)
{
    if (!c->reply.answer) return OUT_BROKEN;
    c->last = c->last || c->reply.last || atomic_load(&c->server->stopping);
    out_begin(&c->out, c->reply.answer,
              &(struct out_how){
                  .head_only = c->head_only, .eleven = c->eleven, .last = c->last, .known = c->reply.known });
    return out_write(&c->out, c->fd);
}

static enum next answer_now(struct conn *c)
{
    enum out_state s = begin_answer(c);
    if (s == OUT_BLOCKED) begin_window(c, clock_system.monotonic_ms());
    return step(c, s);
}

static enum next refuse(struct conn *c, int status, const char *why)
{
    ask_refuse(c->server, status, why, &c->reply);
    c->unread = true;
    return answer_now(c);
}

// -- on another thread ---------------------------------------------------------------------------------------------------

static struct conn *conn_of_job(struct job *j)
{
    return (struct conn *)(void *)((char *)j - offsetof(struct conn, job));
}

static struct question question_of(const struct conn *c, const struct head *h)
{
    return (struct question){ .server = c->server,
                              .head = h,
                              .body = { c->in + c->from_at + h->bytes, c->body_bytes },
                              .began_ms = c->began_ms };
}

static void take_piece(struct job *j)
{
    struct conn *c = conn_of_job(j);
    c->pushed = is_cut(c) ? OUT_BROKEN : out_feed(&c->out, c->fd);
    mail_post(c->home, &c->letter);
}

/// The answer is begun here, so that the client waits for nobody else.
void conn_answer(struct conn *c)
{
    struct question q = question_of(c, c->head);
    c->cuts = atomic_load(&c->server->cuts);
    ask_handler(&q, &c->reply);
    c->pushed = begin_answer(c);
    // A file may be small. A flow waits for its turn among the pieces, or a thousand downloads would be a thousand pieces.
    if (c->pushed == OUT_HUNGRY && c->out.left) c->pushed = out_feed(&c->out, c->fd);
}

static void take_question(struct job *j)
{
    struct conn *c = conn_of_job(j);
    conn_answer(c);
    mail_post(c->home, &c->letter);
}

// -- reading -----------------------------------------------------------------------------------------------------------

static bool make_room(struct conn *c, size_t wanted)
{
    if (c->from_at) {
        memmove(c->in, c->in + c->from_at, c->n - c->from_at);
        c->n -= c->from_at;
        c->from_at = 0;
    }
    if (wanted < IN_MIN_BYTES) wanted = IN_MIN_BYTES;
    if (c->cap >= wanted) return c->cap > c->n;
    char *in = realloc(c->in, wanted);
    if (!in) return false;
    c->in = in;
    c->cap = wanted;
    return true;
}

/// How much may stand in the buffer now: it grows as the request does, and no further than that may.
static size_t room_wanted(const struct conn *c)
{
    size_t have = c->n - c->from_at;
    if (c->need) return c->need;
    size_t twice = have < c->cap ? c->cap : 2 * c->cap;
    return twice < HEAD_MAX_BYTES ? twice : HEAD_MAX_BYTES;
}

/// What has come of the next request.
static str pending(const struct conn *c)
{
    return (str){ c->in + c->from_at, c->n - c->from_at };
}

/// False: the connection broke.
static bool fill(struct conn *c)
{
    if (!make_room(c, room_wanted(c))) return false;
    ssize_t n = recv(c->fd, c->in + c->n, c->cap - c->n, MSG_DONTWAIT);
    if (n < 0) {
        if (errno == EINTR) return true;
        c->readable = false;
        return errno == EAGAIN;
    }
    c->eof = !n;
    if (c->eof || (!c->hurried && (size_t)n < c->cap - c->n)) c->readable = false; // it was all there is
    c->n += (size_t)n;
    return true;
}

/// What the head says about the request as a whole. 0, or the status of the refusal.
static int admit(struct conn *c, const struct head *h, const char **why)
{
    struct http_server *s = c->server;
    struct question     q = question_of(c, h);
    bool                crowd = atomic_load(&s->count.open) > (uint64_t)s->config.max_connections;
    if (crowd && !str_eq(h->target, S(HTTP_HEALTH)))
        return *why = "too many are connected at this moment", 503;
    return ask_admit(&q, &c->body_bytes, &c->unread, why);
}

static void begin_request(struct conn *c)
{
    c->begun = true;
    c->began_ms = clock_system.monotonic_ms();
    c->state = ANSWERING;
    c->last = c->head_only = false;
    c->eleven = true;
    atomic_fetch_add(&c->server->count.running, 1);
}

static enum next ask_thread(struct conn *c, const struct head *h)
{
    size_t bytes = offsetof(struct head, field) + h->n_fields * sizeof h->field[0];
    c->head = malloc(bytes);
    if (!c->head) return refuse(c, 503, "there is no memory for this request now");
    memcpy(c->head, h, bytes);
    send_away(c, take_question);
    return ASK;
}

/// A whole request is there.
static enum next answer_request(struct conn *c, const struct head *h)
{
    begin_request(c);
    c->method = h->method;
    c->target = h->target;
    c->head_only = h->kind == HTTP_HEAD;
    c->eleven = h->eleven;
    c->last = h->close || !h->eleven || c->unread;
    struct question q = question_of(c, h);
    c->cuts = atomic_load(&c->server->cuts);
    if (ask_kept(&q, &c->reply)) return answer_now(c);
    if (!str_eq(h->target, S(HTTP_HEALTH))) return ask_thread(c, h);
    ask_handler(&q, &c->reply);
    return answer_now(c);
}

static enum next refuse_head(struct conn *c, const struct head *h, int status, const char *why)
{
    begin_request(c);
    c->method = h->method;
    c->target = h->target;
    c->head_only = h->kind == HTTP_HEAD;
    return refuse(c, status, why);
}

static void invite_body(struct conn *c)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    ssize_t           n = send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)n; // who does not get it sends its body after a while all the same (RFC 9110, 10.1.1)
}

enum taken { TAKEN, NEED_MORE };

/// The next request out of what has come. NEED_MORE: it is not whole.
static enum taken take_request(struct conn *c, struct head *room, enum next *then)
{
    str         have = pending(c);
    const char *why = NULL;
    if (!have.n || have.n < c->need) return NEED_MORE;
    bool line = memchr(have.p + c->judged, '\n', have.n - c->judged) != NULL;
    if (!c->need && !line && have.n - c->judged < JUDGE_BYTES && have.n < HEAD_MAX_BYTES) return NEED_MORE;
    c->judged = have.n;
    int status = head_read(have, room, &why);
    if (status == HEAD_MORE && have.n >= HEAD_MAX_BYTES) status = 431, why = "the headers are too long";
    if (status == HEAD_MORE) return NEED_MORE;
    if (!status && !c->need) status = admit(c, room, &why);
    if (status) return *then = refuse_head(c, room, status, why), TAKEN;
    c->need = room->bytes + c->body_bytes;
    if (have.n < c->need) {
        if (room->expects) invite_body(c);
        return NEED_MORE;
    }
    return *then = answer_request(c, room), TAKEN;
}

static void drop_empty_buffer(struct conn *c)
{
    if (c->from_at < c->n) return;
    free(c->in);
    c->in = NULL;
    c->n = c->from_at = c->cap = 0;
}

/// The client has ended its side, and no whole request is left. What there is of one is judged: no more will come.
static enum next judge_end(struct conn *c, struct head *room)
{
    str         have = pending(c);
    const char *why;
    if (!have.n || str_eq(have, S("\r")) || str_eq(have, S("\r\n"))) return END;
    int status = head_read(have, room, &why);
    return status > 0 ? refuse_head(c, room, status, why)
                      : refuse_head(c, room, 400, "the request ends before it is whole");
}

/// Requests, as long as there are any.
static enum next read_on(struct conn *c, struct head *room)
{
    for (int reads = 0;;) {
        enum next then = GO_ON;
        if (c->n > c->from_at && take_request(c, room, &then) == TAKEN) {
            if (then == GO_ON) continue;
            return then;
        }
        if (c->eof) return judge_end(c, room);
        if (!c->readable) return drop_empty_buffer(c), WAIT;
        if (reads++ == MOST_READS) return others_first(c);
        if (!fill(c)) return END;
    }
}

// -- what the loop calls -----------------------------------------------------------------------------------------------

static enum conn_fate after(struct conn *c, enum next then, struct head *room)
{
    if (then == GO_ON) then = read_on(c, room);
    return then == WAIT ? CONN_STAYS : then == ASK ? CONN_ASKS : CONN_ENDS;
}

static enum conn_fate go_on(struct conn *c, struct head *room)
{
    switch (c->state) {
    case READING:
        return after(c, GO_ON, room);
    case ANSWERING:
        return is_cut_in_memory(c) ? CONN_ENDS : after(c, step(c, out_write(&c->out, c->fd)), room);
    case DRAINING:
        return after(c, drain(c), room);
    }
    return CONN_ENDS;
}

enum conn_fate conn_event(struct conn *c, uint32_t events, struct head *room)
{
    bool broken = events & (EPOLLERR | EPOLLHUP);
    if (events & (EPOLLIN | EPOLLRDHUP)) c->readable = true;
    if (events & EPOLLRDHUP) c->hurried = true;
    if (events & EPOLLOUT) c->writable = true;
    if (c->away) {
        c->gone = c->gone || broken;
        return CONN_STAYS;
    }
    if (broken) return CONN_ENDS;
    return c->state == ANSWERING && !(events & EPOLLOUT) ? CONN_STAYS : go_on(c, room);
}

enum conn_fate conn_resume(struct conn *c, struct head *room)
{
    c->away = false;
    if (c->gone) return CONN_ENDS;
    if (c->state != ANSWERING) return go_on(c, room);
    if (c->pushed != OUT_BLOCKED) return after(c, step(c, c->pushed), room);
    begin_window(c, clock_system.monotonic_ms());
    return c->writable ? go_on(c, room) : CONN_STAYS; // the news may have come while it was away
}

enum conn_fate conn_turn_away(struct conn *c, struct head *room)
{
    c->away = false;
    return after(c, refuse(c, 503, "too many questions are asked at this moment"), room);
}

static bool reads_enough(struct conn *c, int64_t now_ms, const struct conn_patience *p)
{
    int64_t took = now_ms - c->window_ms;
    if (took < p->reader_ms) return true;
    if (delivered(c) - c->window_at < (uint64_t)(took * p->reader_rate / 1000)) return false;
    begin_window(c, now_ms);
    return true;
}

static enum next look_after(struct conn *c, int64_t now_ms, const struct conn_patience *p)
{
    switch (c->state) {
    case READING:
        if (now_ms - c->since_ms <= p->request_ms) return WAIT;
        if (c->n == c->from_at) return END;
        begin_request(c);
        c->head_only = str_starts(pending(c), S("HEAD "));
        return refuse(c, 408, "the request did not come in time");
    case ANSWERING:
        return !is_cut_in_memory(c) && reads_enough(c, now_ms, p) ? WAIT : END;
    case DRAINING:
        return now_ms - c->since_ms <= DRAIN_MS ? WAIT : END;
    }
    return END;
}

enum conn_fate conn_tick(struct conn *c, int64_t now_ms, const struct conn_patience *p)
{
    return c->away || look_after(c, now_ms, p) == WAIT ? CONN_STAYS : CONN_ENDS;
}
