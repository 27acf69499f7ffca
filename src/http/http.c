// SPDX-License-Identifier: EUPL-1.2
// The server's life: what it needs is made, its threads begin and end. A request goes loop.c -> conn.c -> head.c -> ask.c ->
// answer.c -> out.c; the handler is called in ask.c, on a thread of work.c.
#include "http/http.h"

#include "base/log.h"
#include "http/addresses.h"
#include "http/ask.h"
#include "http/head.h"
#include "http/listen.h"
#include "http/loop.h"
#include "http/target.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    THREADS_PER_CORE =
        4, // one of them asks the index, the others wait for their turn or answer what costs nothing
    PIECES_PER_THREADS = 4, // for so many threads there is one that makes pieces of downloads
    CROWD_ROOM = 64,        // connections above the limit, to say 503 on
    FILES_KEPT = 32,        // open files that are not connections: releases, logs, what threads wait on
    FILES_EACH = 2,         // a connection, and the file that its answer is read from
    FILES_PER_THREAD = 3,   // a loop waits on two, a handler reads one
    FEW_FILES = 16,         // connections below which a server is of no use
    QUIET_MS = 100, // so long nothing may run before a stop: a client between two requests has one on its way
};

static void server_free(struct http_server *s)
{
    cache_close(s->kept);
    addresses_close(s->addresses);
    if (s->door >= 0) close(s->door);
    if (s->unix_path) unlink(s->unix_path);
    free(s->unix_path);
    free(s);
}

/// Raises the limit of open files to what this takes, and takes no more connections than it allows.
static enum err fit_files(struct scope *sc, struct http_server *s)
{
    struct http_config *c = &s->config;
    struct rlimit       files;
    int kept = FILES_KEPT + FILES_PER_THREAD * (c->threads > s->n_loops ? c->threads : s->n_loops);
    s->room = c->max_connections / 4 < CROWD_ROOM ? c->max_connections / 4 + 1 : CROWD_ROOM;
    if (getrlimit(RLIMIT_NOFILE, &files))
        return fail_errno(&sc->fault, "cannot read the limit of open files");
    rlim_t wanted = (rlim_t)(kept + FILES_EACH * (c->max_connections + s->room));
    if (files.rlim_cur >= wanted) return OK;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &files))
        return fail_errno(&sc->fault, "cannot raise the limit of open files");
    if (files.rlim_cur == wanted) return OK;
    int fit = ((int)files.rlim_cur - kept) / FILES_EACH;
    if (fit < FEW_FILES)
        return fail(&sc->fault, ERR_LIMIT,
                    "a server needs at least %d open files and may have %d; raise it with ulimit -n",
                    kept + FILES_EACH * FEW_FILES, (int)files.rlim_cur);
    log_warn("http.few_files", log_i64("files", (int64_t)files.rlim_cur), log_i64("wanted", (int64_t)wanted),
             log_i64("connections", fit - fit / 5));
    s->room = fit / 5;
    c->max_connections = fit - s->room;
    return OK;
}

static void end_threads(struct http_server *s)
{
    loops_end(s);
    if (s->pool) pool_end(s->pool);
    loops_free(s);
    pool_close(s->pool);
}

/// Threads inherit the mask: a reader of the log, too, who is gone shows in what a write gives back.
static enum err start_threads(struct scope *sc, struct http_server *s)
{
    sigset_t pipe, before;
    int      pieces = s->config.threads / PIECES_PER_THREADS;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    s->pool =
        pool_open(s->n_loops, s->config.threads, pieces > 0 ? pieces : 1, (size_t)s->config.max_waiting);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!s->pool) return fail(&sc->fault, ERR_NOMEM, "no room for the threads of a server");
    return loops_start(sc, s);
}

static enum err prepare(struct scope *sc, struct http_server *s)
{
    struct http_config *c = &s->config;
    s->n_loops = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!c->max_connections) c->max_connections = 8000;
    if (!c->idle_timeout_s) c->idle_timeout_s = 30;
    if (!c->max_waiting) c->max_waiting = 2048;
    if (!c->deadline_ms) c->deadline_ms = 20000;
    if (!c->threads) c->threads = s->n_loops * THREADS_PER_CORE;
    if (c->keep_for && c->keep_bytes) s->kept = cache_open(c->keep_bytes, ask_drop); // without memory: none
    if (c->max_per_address > 0) {
        s->addresses = addresses_open((unsigned)c->max_per_address);
        if (!s->addresses) return fail(&sc->fault, ERR_NOMEM, "no room for a server");
    }
    TRY(fit_files(sc, s));
    TRY(listen_on(sc, c->listen, &s->door, &s->port, &s->unix_path));
    return start_threads(sc, s);
}

enum err http_start(struct scope *sc, const struct http_config *c, http_handler h, void *app,
                    struct http_server **out)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room for a server");
    s->config = *c;
    s->handler = h;
    s->app = app;
    s->door = -1;
    enum err e = prepare(sc, s);
    if (e) {
        end_threads(s);
        server_free(s);
        return e;
    }
    *out = s;
    return OK;
}

int http_port(const struct http_server *s)
{
    return s->port;
}

/// Who was let in by the kernel and waits to be let in by us is still served; who comes later is refused.
void http_stop(struct http_server *s, int grace_ms)
{
    if (!s) return;
    enum { STEP_MS = 10 };
    atomic_store(&s->stopping, true);
    loops_close_door(s);
    for (int waited = 0, quiet = 0; quiet < QUIET_MS && waited < grace_ms; waited += STEP_MS) {
        usleep(STEP_MS * 1000);
        quiet = atomic_load(&s->count.running) ? 0 : quiet + STEP_MS;
    }
    end_threads(s);
    server_free(s);
}

void http_forget(struct http_server *s)
{
    if (s->kept) cache_forget(s->kept);
}

void http_cut(struct http_server *s)
{
    atomic_fetch_add(&s->cuts, 1);
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
    return rq->head ? head_field(rq->head, name) : (str){ 0 };
}

bool http_knows(const struct http_req *rq, enum http_audience a, str etag)
{
    char tag[AUDIENCE_TAG_BYTES];
    str  list = http_header(rq, "If-None-Match");
    audience_tag(a, etag, tag);
    return tag[0] && !str_eq(str_trim(list), S("*")) && etag_matches(list, str_of(tag), &(str){ 0 });
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
