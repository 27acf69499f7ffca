// SPDX-License-Identifier: EUPL-1.2
// A server of http/ in this process with a handler made for tests, and a client that sends any bytes it likes.
#pragma once
#include "check.h"

#include "base/clock.h"
#include "http/http.h"
#include <arpa/inet.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>

enum { LAB_BIG = 20000, LAB_FLOW_LINES = 200000, LAB_LONG_FILE = 8 << 20, LAB_WIDE = 1 << 20 };

struct lab {
    struct scope        sc;
    struct http_server *server;
    int                 port;     // of the server, also when that is gone
    char                file[64]; // a file of LAB_BIG bytes, the byte at i being i % 251
    char               *big;
    atomic_int          asked; // how often the handler was asked for /kept/...
};

/// Lines "0000000\n", "0000001\n", ...: LAB_FLOW_LINES of them, or for ever.
struct lab_flow {
    size_t at, end;
};
static enum err lab_more(struct scope *sc, void *ctx, struct buf *to)
{
    struct lab_flow *f = ctx;
    for (int i = 0; i < 5000 && f->at < f->end; i++) buf_printf(to, "%07zu\n", f->at++ % 10000000);
    return buf_end(sc, to);
}
static void lab_flow_free(void *ctx)
{
    free(ctx);
}

/// A number, in a header: nobody who visits a server of ours says so by themselves.
static inline enum http_audience lab_who(const struct http_req *rq)
{
    str who = http_header(rq, "X-Who");
    return who.n ? (enum http_audience)(who.p[0] - '0') : HTTP_PUBLIC;
}

/// Below /kept/, for each language that is asked for, and each circle.
static inline struct http_kept lab_keep_for(void *app, const struct http_req *rq, str target)
{
    (void)app;
    str language = http_header(rq, "Accept-Language");
    if (!str_starts(target, S("/kept/"))) return (struct http_kept){ 0 };
    return (struct http_kept){ lab_who(rq), language.n ? language.p[0] : '-' };
}

/// /echo takes a body of any size; what is not GET, HEAD or POST is answered without one.
static inline size_t lab_admit(void *app, enum http_method method, str path)
{
    (void)app;
    if (str_eq(path, S("/echo"))) return 2 * (size_t)HTTP_MAX_BODY_BYTES; // more than the server reads
    return method == HTTP_OTHER ? HTTP_NOT_READ : 0;
}

static void lab_handler(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs)
{
    struct lab *lab = app;
    rs->audience = HTTP_PUBLIC;
    rs->content_type = "text/plain; charset=utf-8";
    if (str_eq(rq->path, S("/hello"))) {
        rs->cache = HTTP_REVALIDATE;
        buf_add(&rs->body, S("hello\n"));
    } else if (str_eq(rq->path, S("/big"))) {
        rs->cache = HTTP_REVALIDATE;
        rs->etag = S("big-1");
        rs->cors = true;
        buf_add_bytes(&rs->body, lab->big, LAB_BIG);
    } else if (str_eq(rq->path, S("/fixed"))) {
        rs->cache = HTTP_FOREVER;
        rs->etag = S("fix");
        rs->fixed = S("the thing itself");
        rs->fixed_gzip = S("GZIP");
        rs->fixed_br = S("BR");
    } else if (str_eq(rq->path, S("/file"))) {
        FILE *f = fopen(lab->file, "rbe");
        rs->content_type = "application/octet-stream";
        rs->fd = f ? dup(fileno(f)) : -1;
        ok(file_mark_open(rs->fd, &rs->fd_is), "its mark");
        rs->etag = S("file-1");
        if (f) fclose(f);
    } else if (str_eq(rq->path, S("/long-file"))) { // zeros
        FILE *f = tmpfile();
        rs->content_type = "application/octet-stream";
        rs->fd = f && !ftruncate(fileno(f), LAB_LONG_FILE) ? dup(fileno(f)) : -1;
        ok(file_mark_open(rs->fd, &rs->fd_is), "its mark");
        if (f) fclose(f);
    } else if (str_eq(rq->path, S("/flow")) || str_eq(rq->path, S("/endless"))) {
        struct lab_flow *f = calloc(1, sizeof *f);
        if (!f) return;
        f->end = str_eq(rq->path, S("/flow")) ? LAB_FLOW_LINES : SIZE_MAX;
        rs->more = lab_more;
        rs->more_free = lab_flow_free;
        rs->more_ctx = f;
    } else if (str_eq(rq->path, S("/echo"))) {
        buf_printf(&rs->body, "%d %zu bytes\n", (int)rq->method, rq->body.n);
    } else if (str_starts(rq->path, S("/kept/for/"))) { // who it is for, as a number
        rs->audience = (enum http_audience)(rq->path.p[10] - '0');
        rs->lasting = rs->cors = true;
        rs->cache = HTTP_FOREVER;
        rs->etag = S("for-1");
        rs->status = http_knows(rq, rs->audience, rs->etag) ? 304 : 200;
        buf_printf(&rs->body, "asked %d", atomic_fetch_add(&lab->asked, 1) + 1);
    } else if (str_starts(rq->path, S("/kept/"))) { // what comes behind "?" is part of the answer
        int n = atomic_fetch_add(&lab->asked, 1) + 1;
        rs->audience = lab_who(rq);
        usleep(str_starts(rq->path, S("/kept/slow")) ? 300 * 1000 : 0);
        rs->lasting = !str_starts(rq->path, S("/kept/not"));
        rs->cache = rs->lasting ? HTTP_FOREVER : HTTP_REVALIDATE;
        rs->status = str_starts(rq->path, S("/kept/gone")) ? 404 : 200;
        rs->etag = S("kept-1");
        rs->cuttable = rs->lasting;
        buf_printf(&rs->body, "%.*s?%.*s asked %d", STR(rq->path), STR(rq->query), n);
        for (int i = 0; i < 100 && str_starts(rq->path, S("/kept/long")); i++)
            buf_add(&rs->body, S(" 0123456789"));
        while (str_ends(rq->path, S("wide")) && rs->body.n < LAB_WIDE)
            buf_add_bytes(&rs->body, lab->big, LAB_BIG);
    } else if (str_eq(rq->path, S("/time"))) { // that the handler has
        buf_printf(&rs->body, "%d ms", (int)(sc->deadline_ms - rq->arrived_ms));
    } else if (str_eq(rq->path, S("/slow"))) {
        usleep(150 * 1000);
        buf_add(&rs->body, S("slept\n"));
    } else if (str_eq(rq->path, S("/embed"))) {
        rs->frameable = true;
        rs->header[rs->n_headers++] = (struct http_param){ S("Set-Cookie"), S("a=b") };
        rs->header[rs->n_headers++] = (struct http_param){ S("X-Split"), S("a\r\nX-Evil: 1") };
    } else if (str_eq(rq->path, S("/cookie"))) {
        buf_printf(&rs->body, "[%.*s]\n", STR(http_cookie(rq, S("lang"))));
    } else if (str_eq(rq->path, S("/healthz"))) {
        buf_add(&rs->body, S("ok\n"));
    } else {
        rs->status = 404;
        buf_printf(&rs->body, "nothing at %.*s\n", STR(rq->path));
    }
    (void)sc;
}

static struct lab lab_open(struct http_config c)
{
    struct lab lab = { .sc = test_scope(), .file = "/tmp/hromada-lab-XXXXXX" };
    int        fd = mkstemp(lab.file);
    lab.big = malloc(LAB_BIG);
    ok(fd >= 0 && lab.big, "a file for the test");
    for (size_t i = 0; i < LAB_BIG; i++) lab.big[i] = (char)(i % 251);
    ok(write(fd, lab.big, LAB_BIG) == LAB_BIG, "the file is written");
    close(fd);
    for (size_t i = 0; i < LAB_BIG; i++) lab.big[i] = (char)('a' + i % 7);
    if (!c.listen) c.listen = "127.0.0.1:0";
    if (!c.threads) c.threads = 2;
    return lab;
}
static void lab_start(struct lab *lab, struct http_config c)
{
    *lab = lab_open(c);
    if (!c.listen) c.listen = "127.0.0.1:0";
    if (!c.threads) c.threads = 2;
    if (!c.admit) c.admit = lab_admit;
    ok_err(&lab->sc, http_start(&lab->sc, &c, lab_handler, lab, &lab->server), OK);
    lab->port = http_port(lab->server);
}
static void lab_end(struct lab *lab)
{
    http_stop(lab->server, 2000);
    unlink(lab->file);
    free(lab->big);
    test_scope_end(&lab->sc);
}

/// A connection; -1: refused.
static int lab_connect(const struct lab *lab)
{
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)lab->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a)) return fd;
    if (fd >= 0) close(fd);
    return -1;
}
static bool lab_send(int fd, str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0) return false;
        s = str_slice(s, (size_t)n, s.n);
    }
    return true;
}
/// Adds what arrives until the peer closes (true) or is silent for so long (false).
static bool lab_receive(int fd, struct buf *to, int silence_ms)
{
    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        char          piece[65536];
        if (poll(&p, 1, silence_ms) <= 0) return false;
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0) return true;
        buf_add_bytes(to, piece, (size_t)n);
    }
}

/// One answer cut off the front of what arrived.
struct answer {
    int  status;
    str  head, body;
    bool whole;
};
static str lab_header(struct answer a, const char *name)
{
    str line, rest = a.head;
    while (str_cut(&rest, '\n', &line)) {
        str key;
        if (str_cut(&line, ':', &key) && str_eq_nocase(key, str_of(name))) return str_trim(line);
    }
    return (str){ 0 };
}
static bool lab_is(struct answer a, const char *name, const char *value)
{
    return str_eq(lab_header(a, name), str_of(value));
}
static struct answer lab_cut(struct scope *sc, str *rest, bool head_only)
{
    struct answer a = { 0 };
    size_t        end = 0;
    uint64_t      n = 0;
    while (end + 4 <= rest->n && memcmp(rest->p + end, "\r\n\r\n", 4) != 0) end++;
    if (end + 4 > rest->n || !str_starts(*rest, S("HTTP/1."))) return a;
    a.head = str_slice(*rest, 0, end + 2);
    uint64_t status = 0;
    if (a.head.n >= 12 && str_to_u64(str_slice(a.head, 9, 12), &status)) a.status = (int)status;
    *rest = str_slice(*rest, end + 4, rest->n);
    a.whole = true;
    if (head_only || a.status == 304 || a.status == 204) return a;
    if (lab_is(a, "Transfer-Encoding", "chunked")) {
        struct buf body;
        buf_init(&body, (size_t)1 << 30);
        for (;;) {
            str line;
            a.whole = false;
            if (!str_cut(rest, '\n', &line) || !rest->p) break;
            n = strtoull(line.p, NULL, 16);
            if (n + 2 > rest->n) break;
            buf_add(&body, str_slice(*rest, 0, n));
            *rest = str_slice(*rest, n + 2, rest->n);
            a.whole = true;
            if (!n) break;
        }
        a.body = arena_str(sc->mem, buf_str(&body));
        buf_free(&body);
    } else {
        (void)str_to_u64(lab_header(a, "Content-Length"), &n);
        a.whole = n <= rest->n;
        a.body = str_slice(*rest, 0, n);
        *rest = str_slice(*rest, n, rest->n);
    }
    return a;
}
/// Sends a request on a connection of its own and takes the one answer; more headers end in \r\n each.
static struct answer lab_ask(struct lab *lab, const char *method, const char *target, const char *headers)
{
    struct buf got;
    int        fd = lab_connect(lab);
    str request = arena_printf(lab->sc.mem, "%s %s HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n%s\r\n",
                               method, target, headers);
    buf_init(&got, (size_t)1 << 30);
    ok(fd >= 0 && lab_send(fd, request), "the request is sent");
    ok(lab_receive(fd, &got, 5000), "%s %s: the connection ends", method, target);
    close(fd);
    str           rest = arena_str(lab->sc.mem, buf_str(&got));
    struct answer a = lab_cut(&lab->sc, &rest, !strcmp(method, "HEAD"));
    ok(a.whole && !rest.n, "%s %s: one whole answer, then nothing (%zu bytes more)", method, target, rest.n);
    buf_free(&got);
    return a;
}
