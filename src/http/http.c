// SPDX-License-Identifier: EUPL-1.2
// libmicrohttpd reads and writes the wire, with epoll and a pool of threads. What it does not do is done here:
//   gate     requests that a proxy may read otherwise than we do are refused (gate.h).
//   patience its time-out begins anew with each byte; a watchman closes connections that have not finished a request in time.
//   files    a connection is an open file: the limit of open files is raised as far as it goes, and what does not fit under it
//            is not let in, or no file would be left to open the next release with.
//   crowds   above the limit of connections the few that still come in get 503 at once, but for the health check, and those
//            that owe us a request lose their patience sooner; its own limit would leave all of them waiting unanswered.
//   kept     tiles of a release never change: an answer is kept as libmicrohttpd's own response, headers and all, so that the
//            second who asks costs a look into a table.
//   HEAD     an answer of unknown length would leave the end mark of its chunks behind, which the client would read as the
//            beginning of the next answer: such an answer to HEAD ends its connection.
//   answer   a response queued on the first call of the handler would close the connection, so good requests are answered on
//            the last call, and refused ones on the first.
#include "http/http.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/body.h"
#include "http/cache.h"
#include "http/gate.h"
#include "http/listen.h"
#include "http/target.h"
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REQUEST_MAX_BYTES = 256 << 20, // of memory, for one request
    REQUEST_DEADLINE_MS = 20000,
    CONNECTION_MEMORY = HTTP_MAX_TARGET_BYTES + HTTP_MAX_HEADER_BYTES + 16 * 1024,
    WATCH_MS = 250,
    CROWD_PATIENCE_MS =
        2000,        // for a request, while there are more connections than three quarters of the limit
    CROWD_ROOM = 64, // connections above the limit, to say 503 on
    FILES_KEPT = 32, // open files that are not connections: releases, logs, what threads wait on
    FEW_FILES = 16,  // connections below which a server is of no use
    CROWD_RETRY_S = 5,
    KEEP_WAIT_MS = 5000, // for an answer that another thread makes
    QUIET_MS = 100, // so long nothing may run before a stop: a client between two requests has one on its way
};

struct conn { // one open connection, for the watchman
    struct conn *next, **link;
    int          fd;
    int64_t      since_ms; // it has owed us a request since then; 0: we owe it an answer
};

struct counters {
    atomic_uint_fast64_t requests, by_class[6], refused, bytes_out, open, ms_sum, le_ms[8], running;
};

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_config config;
    http_handler       handler;
    void              *app;
    int                port;
    int                door; // where it listens
    char              *unix_path;
    atomic_bool        stopping;
    struct cache      *kept; // NULL: nothing is kept
    struct counters    count;
    pthread_t          watchman;
    bool               watching;
    pthread_mutex_t    lock; // of conns
    struct conn       *conns;
};

struct request { // from the request line to the last byte of the answer
    struct http_server *server;
    struct arena       *mem;
    struct scope        sc;
    char               *target;
    const char         *target_at; // where libmicrohttpd has it
    struct buf          body;
    bool                begun, last; // last: of its connection
    int64_t             began_ms;
    const char         *method;
    int                 status;
    uint64_t            bytes;
};

// -- answering ---------------------------------------------------------------------------------------------------------

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

static void add_security(struct MHD_Response *r, bool frameable)
{
    add_header(
        r, "Content-Security-Policy",
        frameable
            ? "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
              "'self'; "
              "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors *"
            : "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
              "'self'; "
              "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "
              "'none'");
    add_header(r, "X-Content-Type-Options", "nosniff");
    add_header(r, "Referrer-Policy", "no-referrer");
    add_header(r, "Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()");
    if (!frameable) add_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    add_header(r, "Cross-Origin-Resource-Policy", "cross-origin");
}

static enum MHD_Result send_off(struct request *q, struct MHD_Connection *conn, struct MHD_Response *r,
                                int status)
{
    if (!r) return MHD_NO;
    if (q->last || atomic_load(&q->server->stopping)) add_header(r, "Connection", "close");
    q->status = status;
    enum MHD_Result done = MHD_queue_response(conn, (unsigned)status, r);
    MHD_destroy_response(r);
    return done;
}

static void add_json_text(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') buf_add_c(b, '\\');
        buf_add_c(b, *s);
    }
}

/// A refusal of the gate's own: a small problem document (RFC 9457), and the connection ends.
static enum MHD_Result refuse(struct request *q, struct MHD_Connection *conn, int status, const char *why)
{
    AUTO(buf_free) struct buf text;
    char                      seconds[16];
    buf_init(&text, 4096);
    buf_printf(&text, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"",
               MHD_get_reason_phrase_for((unsigned)status), status);
    add_json_text(&text, why); // sentences of our own, in which a quotation mark is the worst
    buf_add(&text, S("\"}\n"));
    if (text.failed) return MHD_NO;
    struct MHD_Response *r = MHD_create_response_from_buffer(text.n, text.p, MHD_RESPMEM_MUST_COPY);
    if (!r) return MHD_NO;
    q->last = true;
    add_header(r, "Content-Type", "application/problem+json");
    add_header(r, "Cache-Control", "no-store");
    if (status == 503) {
        snprintf(seconds, sizeof seconds, "%d", CROWD_RETRY_S);
        add_header(r, "Retry-After", seconds);
    }
    add_security(r, false);
    atomic_fetch_add(&q->server->count.refused, 1);
    q->bytes = text.n;
    return send_off(q, conn, r, status);
}

static const char *const cache_words[] = {
    [HTTP_NO_STORE] = "no-store",
    [HTTP_REVALIDATE] = "no-cache",
    [HTTP_FOREVER] = "public, max-age=31536000, immutable",
};

static void add_common(struct MHD_Response *r, const struct http_res *rs, const struct body *b)
{
    char text[64];
    if (rs->content_type) add_header(r, "Content-Type", rs->content_type);
    add_header(r, "Cache-Control", cache_words[rs->cache]);
    if (b->coding_name) add_header(r, "Content-Encoding", b->coding_name);
    if (b->varies) add_header(r, "Vary", "Accept-Encoding");
    if (b->etag[0]) add_header(r, "ETag", b->etag);
    if (rs->fd > 0) add_header(r, "Accept-Ranges", "bytes");
    if (rs->cors) {
        add_header(r, "Access-Control-Allow-Origin", "*");
        add_header(r, "Access-Control-Expose-Headers", "ETag, Content-Range, Retry-After");
    }
    if (rs->retry_after_s) {
        snprintf(text, sizeof text, "%d", rs->retry_after_s);
        add_header(r, "Retry-After", text);
    }
    add_security(r, rs->frameable);
}

static void add_own(struct request *q, struct MHD_Response *r, const struct http_res *rs)
{
    for (size_t i = 0; i < rs->n_headers; i++) {
        char *name = arena_cstr(q->mem, rs->header[i].name), *value = arena_cstr(q->mem, rs->header[i].value);
        if (name && value) add_header(r, name, value); // libmicrohttpd refuses line ends in either
    }
}

static bool is_head(const struct request *q)
{
    return !strcmp(q->method, "HEAD");
}

/// The whole response. NULL: it could not be made; the log says why.
static struct MHD_Response *make_answer(struct request *q, struct MHD_Connection *conn, struct http_res *rs,
                                        struct body *b)
{
    q->bytes = 0;
    if (body_make(&q->sc, conn, is_head(q), rs, &q->bytes, b)) {
        log_error("http.answer_failed", log_cstr("why", q->sc.fault.text));
        return NULL;
    }
    if (rs->more && is_head(q))
        (void)MHD_set_response_options(b->response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    add_common(b->response, rs, b);
    add_own(q, b->response, rs);
    return b->response;
}

static enum http_method method_of(const char *m)
{
    if (!strcmp(m, "GET") || !strcmp(m, "HEAD")) return HTTP_GET;
    if (!strcmp(m, "POST")) return HTTP_POST;
    return strcmp(m, "OPTIONS") ? HTTP_OTHER : HTTP_OPTIONS;
}

/// What the handler says, or the refusal of the address. keep: NULL, or the entry that waits for the answer; NULL again when it
/// got none.
static enum MHD_Result ask_handler(struct request *q, struct MHD_Connection *conn, struct cached **keep)
{
    struct http_server  *s = q->server;
    struct http_req      rq = { .method = method_of(q->method), .conn = conn, .body = buf_str(&q->body) };
    struct http_res      rs = { .fd = -1 };
    struct body          b;
    struct MHD_Response *r;
    enum err             e = target_read(&q->sc, str_of(q->target), &rq);
    if (e == ERR_NOMEM) return refuse(q, conn, 503, "there is no memory for this request now");
    if (e) return refuse(q, conn, 400, q->sc.fault.text);
    buf_init(&rs.body, HTTP_MAX_RESPONSE_BYTES);
    s->handler(&q->sc, s->app, &rq, &rs);
    if (!rs.status) rs.status = 200;
    r = make_answer(q, conn, &rs, &b);
    buf_free(&rs.body);
    if (!r) return refuse(q, conn, 500, "the answer could not be made");
    if (!is_head(q)) q->bytes = b.bytes;
    bool lasts = b.status == 200 && rs.lasting && !rs.more && rs.fd < 0;
    if (keep && lasts && cache_put(s->kept, *keep, r, b.bytes)) { // the response is the cache's now
        q->status = b.status;
        return MHD_queue_response(conn, (unsigned)b.status, r);
    }
    if (keep && lasts) *keep = NULL; // too large: the hold has ended
    return send_off(q, conn, r, b.status);
}

/// For whom the answer may be kept (http.h); 0: for nobody. Only whole answers are: who wants a part of one asks the handler.
static char keep_for(const struct request *q, struct MHD_Connection *conn)
{
    static const char *const  partial[] = { "If-Modified-Since", "Range", "If-Range" };
    const struct http_server *s = q->server;
    if (!s->kept || strcmp(q->method, "GET") != 0 || atomic_load(&s->stopping)) return 0;
    for (size_t i = 0; i < COUNT(partial); i++)
        if (MHD_lookup_connection_value(conn, MHD_HEADER_KIND, partial[i])) return 0;
    return s->config.keep_for(s->app, &(struct http_req){ .conn = conn }, str_of(q->target));
}

/// Has the reader this answer, in any coding? The handler says so then, and in few bytes.
static bool is_there(struct MHD_Connection *conn, const struct cached *e)
{
    enum { QUOTE = 1, CODING = 3 };
    struct MHD_Response *r = cached_value(e);
    const char          *known = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, "If-None-Match");
    str                  tag = str_of(known ? MHD_get_response_header(r, "ETag") : NULL), listed;
    if (!tag.n) return false;
    size_t behind = QUOTE + (MHD_get_response_header(r, "Content-Encoding") ? CODING : 0); // "...-gz"
    return etag_matches(str_of(known), str_slice(tag, QUOTE, tag.n - behind), &listed);
}

static enum MHD_Result handle(struct request *q, struct MHD_Connection *conn)
{
    struct http_server *s = q->server;
    char                whom = keep_for(q, conn);
    if (!whom) return ask_handler(q, conn, NULL);
    const char *accepted = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, "Accept-Encoding");
    unsigned    coding = body_coding(str_of(accepted ? accepted : ""));
    str         key = arena_printf(q->mem, "%u%c%s", coding, whom, q->target);
    bool        make;
    if (!key.p) return refuse(q, conn, 503, "there is no memory for this request now");
    struct cached *e = cache_get(s->kept, key, KEEP_WAIT_MS, &make);
    if (!e) return ask_handler(q, conn, NULL);
    enum MHD_Result done;
    if (!make && is_there(conn, e)) {
        done = ask_handler(q, conn, NULL);
    } else if (make) {
        done = ask_handler(q, conn, &e);
        if (e && !cached_value(e)) cache_forgo(s->kept, e), e = NULL;
    } else {
        q->status = 200;
        q->bytes = cached_bytes(e);
        done = MHD_queue_response(conn, 200, cached_value(e));
    }
    if (e) cache_release(s->kept, e);
    return done;
}

static void drop_response(void *value)
{
    MHD_destroy_response(value);
}

// -- what libmicrohttpd calls ------------------------------------------------------------------------------------------

static void conn_owes(struct http_server *s, struct MHD_Connection *conn, bool owes)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn                    *c = info ? *(struct conn *const *)&info->socket_context : NULL;
    if (!c) return;
    pthread_mutex_lock(&s->lock);
    c->since_ms = owes ? clock_system.monotonic_ms() : 0;
    pthread_mutex_unlock(&s->lock);
}

static void on_connection(void *cls, struct MHD_Connection *conn, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *s = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        struct conn *c = *context;
        atomic_fetch_sub(&s->count.open, 1);
        if (!c) return;
        pthread_mutex_lock(&s->lock);
        *c->link = c->next;
        if (c->next) c->next->link = c->link;
        pthread_mutex_unlock(&s->lock);
        free(c);
        return;
    }
    atomic_fetch_add(&s->count.open, 1);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct conn                    *c = calloc(1, sizeof *c);
    if (!c) return; // without a watchman's entry; the idle time-out still holds
    c->fd = info ? info->connect_fd : -1;
    c->since_ms = clock_system.monotonic_ms();
    pthread_mutex_lock(&s->lock);
    c->next = s->conns;
    c->link = &s->conns;
    if (c->next) c->next->link = &c->next;
    s->conns = c;
    pthread_mutex_unlock(&s->lock);
    *context = c;
}

static void *watch(void *cls)
{
    struct http_server *s = cls;
    while (!atomic_load(&s->stopping)) {
        usleep(WATCH_MS * 1000);
        int64_t now = clock_system.monotonic_ms(), patience_ms = (int64_t)s->config.idle_timeout_s * 1000;
        bool    crowd = atomic_load(&s->count.open) > (uint64_t)s->config.max_connections * 3 / 4;
        if (crowd && patience_ms > CROWD_PATIENCE_MS) patience_ms = CROWD_PATIENCE_MS;
        pthread_mutex_lock(&s->lock);
        for (struct conn *c = s->conns; c; c = c->next)
            if (c->since_ms && now - c->since_ms > patience_ms) shutdown(c->fd, SHUT_RDWR);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *conn)
{
    (void)conn;
    struct http_server *s = cls;
    struct request     *q = calloc(1, sizeof *q);
    if (!q) return NULL;
    q->server = s;
    q->mem = arena_open(REQUEST_MAX_BYTES);
    q->target = strdup(target);
    q->target_at = target;
    if (!q->mem || !q->target) {
        arena_close(q->mem);
        free(q->target);
        free(q);
        return NULL;
    }
    q->sc.mem = q->mem;
    buf_init(&q->body, HTTP_MAX_BODY_BYTES);
    atomic_fetch_add(&s->count.running, 1);
    return q;
}

static enum MHD_Result begin(struct request *q, struct MHD_Connection *conn, const char *method,
                             const char *version)
{
    q->begun = true;
    q->began_ms = clock_system.monotonic_ms();
    q->sc.deadline_ms = q->began_ms + REQUEST_DEADLINE_MS;
    q->method = method;
    const char *why = NULL;
    int         status = gate_check(conn, &(struct head){ method, q->target, q->target_at, version }, &why);
    bool        crowd = atomic_load(&q->server->count.open) > (uint64_t)q->server->config.max_connections;
    if (!status && crowd && strcmp(q->target, HTTP_HEALTH) != 0)
        status = 503, why = "too many are connected at this moment";
    if (!status) return MHD_YES;
    conn_owes(q->server, conn, false);
    return refuse(q, conn, status, why);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **state)
{
    (void)cls, (void)url;
    struct request *q = *state;
    if (!q) return MHD_NO;
    if (!q->begun) return begin(q, conn, method, version);
    if (*n) { // nothing can be said in the middle of a body: one that is too large is read on and dropped
        buf_add_bytes(&q->body, data, *n);
        *n = 0;
        return MHD_YES;
    }
    conn_owes(q->server, conn, false);
    if (q->body.failed) return refuse(q, conn, 413, "the body is too large");
    return handle(q, conn);
}

static void count_request(struct http_server *s, const struct request *q)
{
    static const int64_t limits[] = { 1, 5, 10, 50, 100, 500, 1000 };
    int64_t              ms = clock_system.monotonic_ms() - q->began_ms;
    size_t class = (size_t)q->status / 100;
    atomic_fetch_add(&s->count.requests, 1);
    if (class < COUNT(s->count.by_class)) atomic_fetch_add(&s->count.by_class[class], 1);
    atomic_fetch_add(&s->count.bytes_out, q->bytes);
    atomic_fetch_add(&s->count.ms_sum, (uint64_t)ms);
    for (size_t i = 0; i < COUNT(limits); i++)
        if (ms <= limits[i]) atomic_fetch_add(&s->count.le_ms[i], 1);
    atomic_fetch_add(&s->count.le_ms[COUNT(limits)], 1);
    if (!s->config.access_log) return;
    log_info("http.request", log_cstr("method", q->method), log_str("path", target_path(str_of(q->target))),
             log_i64("status", q->status), log_i64("bytes", q->bytes), log_i64("ms", ms));
}

static void on_completed(void *cls, struct MHD_Connection *conn, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct http_server *s = cls;
    struct request     *q = *state;
    if (!q) return;
    if (q->begun && q->status) count_request(s, q);
    conn_owes(s, conn, true);
    atomic_fetch_sub(&s->count.running, 1);
    buf_free(&q->body);
    arena_close(q->mem);
    free(q->target);
    free(q);
    *state = NULL;
}

static size_t keep_escapes(void *cls, struct MHD_Connection *conn, char *s)
{
    (void)cls, (void)conn;
    return strlen(s); // the target is decoded by target_read, once
}

// -- life --------------------------------------------------------------------------------------------------------------

static void server_free(struct http_server *s)
{
    cache_close(s->kept);
    if (s->unix_path) unlink(s->unix_path);
    free(s->unix_path);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/// Raises the limit of open files to what this takes, and takes no more connections than it allows.
static enum err fit_files(struct scope *sc, struct http_config *c, int *room)
{
    struct rlimit files;
    int           kept = FILES_KEPT + 3 * c->threads; // each thread waits on an epoll and an event
    *room = c->max_connections / 4 < CROWD_ROOM ? c->max_connections / 4 + 1 : CROWD_ROOM;
    if (getrlimit(RLIMIT_NOFILE, &files))
        return fail_errno(&sc->fault, "cannot read the limit of open files");
    rlim_t wanted = (rlim_t)(kept + c->max_connections + *room);
    if (files.rlim_cur >= wanted) return OK;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &files))
        return fail_errno(&sc->fault, "cannot raise the limit of open files");
    if (files.rlim_cur == wanted) return OK;
    int fit = (int)files.rlim_cur - kept;
    if (fit < FEW_FILES)
        return fail(&sc->fault, ERR_LIMIT,
                    "a server needs at least %d open files and may have %d; raise it with ulimit -n",
                    kept + FEW_FILES, (int)files.rlim_cur);
    log_warn("http.few_files", log_i64("files", (int64_t)files.rlim_cur), log_i64("wanted", (int64_t)wanted),
             log_i64("connections", fit - fit / 5));
    *room = fit / 5;
    c->max_connections = fit - *room;
    return OK;
}

enum err http_start(struct scope *sc, const struct http_config *c, http_handler h, void *app,
                    struct http_server **out)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room for a server");
    s->config = *c;
    if (!s->config.max_connections) s->config.max_connections = 2000;
    if (!s->config.idle_timeout_s) s->config.idle_timeout_s = 30;
    if (!s->config.threads) s->config.threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    s->handler = h;
    s->app = app;
    if (c->keep_for && c->keep_bytes)
        s->kept = cache_open(c->keep_bytes, drop_response); // without memory: none
    pthread_mutex_init(&s->lock, NULL);
    int      fd, room;
    enum err e = fit_files(sc, &s->config, &room);
    if (!e) e = listen_on(sc, c->listen, &fd, &s->port, &s->unix_path);
    if (e) {
        server_free(s);
        return e;
    }
    unsigned              flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, s->config.max_connections + room, NULL },
        { MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->config.max_per_address, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, s->config.idle_timeout_s, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
        { MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
        { s->config.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, s->config.threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_ARRAY, options,
                                 MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_UNESCAPE_CALLBACK,
                                 keep_escapes, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
                                 MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
    if (!s->daemon) {
        close(fd);
        server_free(s);
        return fail(&sc->fault, ERR_IO,
                    "no server could be started on %s: the system has no threads or memory left", c->listen);
    }
    s->door = fd;
    s->watching = !pthread_create(&s->watchman, NULL, watch, s);
    *out = s;
    return OK;
}

int http_port(const struct http_server *s)
{
    return s->port;
}

/// Who was let in by the kernel and waits to be let in by us is still served; who comes later is refused. The library is not
/// asked to (MHD_quiesce_daemon): it takes the socket out of the epoll of each thread, the thread may do the same at that
/// moment, and the second to do so ends the process. A socket that is shut down its threads pass over, without sleep until
/// the end.
static void close_door(struct http_server *s)
{
    struct sockaddr_storage a;
    socklen_t               n = sizeof a;
    for (int in; (in = accept4(s->door, (struct sockaddr *)&a, &n, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;
         n = sizeof a)
        (void)MHD_add_connection(s->daemon, in, (struct sockaddr *)&a, n); // closes it on failure
    (void)shutdown(s->door, SHUT_RDWR);
}

void http_stop(struct http_server *s, int grace_ms)
{
    if (!s) return;
    enum { STEP_MS = 10 };
    atomic_store(&s->stopping, true);
    close_door(s);
    for (int waited = 0, quiet = 0; quiet < QUIET_MS && waited < grace_ms; waited += STEP_MS) {
        usleep(STEP_MS * 1000);
        quiet = atomic_load(&s->count.running) ? 0 : quiet + STEP_MS;
    }
    MHD_stop_daemon(s->daemon); // closes the door's socket, too
    if (s->watching) pthread_join(s->watchman, NULL);
    server_free(s);
}

void http_forget(struct http_server *s)
{
    if (s->kept) cache_forget(s->kept);
}

void http_stats_get(const struct http_server *s, struct http_stats *out)
{
    const struct counters *c = &s->count;
    struct http_stats      r = { 0 };
    r.requests = atomic_load(&c->requests);
    r.refused = atomic_load(&c->refused);
    r.bytes_out = atomic_load(&c->bytes_out);
    r.open_connections = atomic_load(&c->open);
    r.ms_sum = atomic_load(&c->ms_sum);
    for (size_t i = 0; i < COUNT(r.by_class); i++) r.by_class[i] = atomic_load(&c->by_class[i]);
    for (size_t i = 0; i < COUNT(r.le_ms); i++) r.le_ms[i] = atomic_load(&c->le_ms[i]);
    if (s->kept) {
        struct cache_numbers n = cache_numbers(s->kept);
        r.kept_answers = n.answers;
        r.kept_bytes = n.bytes;
        r.kept_hits = n.hits;
        r.kept_misses = n.misses;
    }
    *out = r;
}

str http_header(const struct http_req *rq, const char *name)
{
    struct MHD_Connection *conn = (struct MHD_Connection *)(uintptr_t)rq->conn;
    return conn ? str_of(MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name)) : (str){ 0 };
}

bool http_knows(const struct http_req *rq, str etag)
{
    return etag_matches(http_header(rq, "If-None-Match"), etag, &(str){ 0 });
}

str http_cookie(const struct http_req *rq, str name)
{
    str rest = http_header(rq, "Cookie"), part, key;
    while (str_cut(&rest, ';', &part)) {
        part = str_trim(part);
        if (str_cut(&part, '=', &key) && str_eq(key, name)) return part;
    }
    return (str){ 0 };
}
