// SPDX-License-Identifier: EUPL-1.2
// A small HTTP client for tests: one request a connection, the whole answer in the scope's memory.
#pragma once
#include "check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct answer {
    int status;
    str head, body; // body without its chunks
};

/// Value of a header of the answer; empty when it is not there.
static inline str answer_header(const struct answer *a, const char *name)
{
    str rest = a->head, line;
    while (str_cut(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (str_eq_nocase(str_slice(line, 0, colon), str_of(name)))
            return str_trim(str_slice(line, colon + 1, line.n));
    }
    return (str){ 0 };
}

static inline str client_read(struct scope *sc, int fd)
{
    struct buf b;
    char       piece[16384];
    buf_init(&b, (size_t)256 << 20);
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;) buf_add_bytes(&b, piece, (size_t)n);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static inline str client_unchunk(struct scope *sc, str s)
{
    struct buf b;
    buf_init(&b, (size_t)256 << 20);
    while (s.n) {
        size_t        line = str_find(s, '\n');
        unsigned long n = strtoul(s.p, NULL, 16);
        if (!n || line + 1 + n > s.n) break;
        buf_add(&b, str_slice(s, line + 1, line + 1 + n));
        s = str_slice(s, line + 1 + n + 2, s.n);
    }
    str out = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return out;
}

/// method and target as they stand in the request line; headers: further lines, each ending in CRLF. status 0: no answer.
static inline struct answer client_ask(struct scope *sc, int port, const char *method, const char *target,
                                       const char *headers)
{
    struct answer      a = { 0 };
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    str request = arena_printf(sc->mem, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n",
                               method, target, headers);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) ||
        write(fd, request.p, request.n) != (ssize_t)request.n) {
        close(fd);
        return a;
    }
    str all = client_read(sc, fd);
    close(fd);
    const char *end = all.n ? memmem(all.p, all.n, "\r\n\r\n", 4) : NULL;
    if (!end) return a;
    a.head = str_slice(all, 0, (size_t)(end - all.p) + 2);
    a.body = str_slice(all, a.head.n + 2, all.n);
    if (str_eq_nocase(answer_header(&a, "Transfer-Encoding"), S("chunked")))
        a.body = client_unchunk(sc, a.body);
    uint64_t status = 0;
    if (a.head.n >= 12 && str_to_u64(str_slice(a.head, 9, 12), &status)) a.status = (int)status;
    return a;
}

static inline struct answer client_get(struct scope *sc, int port, const char *target)
{
    return client_ask(sc, port, "GET", target, "");
}

/// The other end of a connection. A server of this process has it among its own descriptors as soon as it is accepted.
static inline int client_accepted(int client)
{
    struct sockaddr_in a, b;
    socklen_t          n = sizeof a;
    ok(!getsockname(client, (struct sockaddr *)&a, &n), "its own address");
    for (int i = 0; i < 1000; i++, usleep(10000))
        for (int fd = 3; fd < 1024; fd++) {
            n = sizeof b;
            if (!getpeername(fd, (struct sockaddr *)&b, &n) && b.sin_family == AF_INET &&
                b.sin_port == a.sin_port)
                return fd;
        }
    return -1;
}

enum { CLIENT_BEGUN = 100 }; // bytes that client_begin takes

/// Asks for what does not fit between the two, and takes its first bytes: the system holds few at either end, since what it holds
/// comes, whatever the server finds behind them.
static inline int client_begin(struct scope *sc, int port, const char *target)
{
    const int          few = 4096;
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((uint16_t)port) };
    str                ask = arena_printf(sc->mem, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
    char               bytes[CLIENT_BEGUN];
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ok(!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few) &&
           !connect(fd, (struct sockaddr *)&to, sizeof to),
       "connected");
    ok(!setsockopt(client_accepted(fd), SOL_SOCKET, SO_SNDBUF, &few, sizeof few), "accepted");
    ok(write(fd, ask.p, ask.n) == (ssize_t)ask.n &&
           recv(fd, bytes, sizeof bytes, MSG_WAITALL) == CLIENT_BEGUN,
       "%s begins", target);
    return fd;
}

/// Reads what still comes of an answer that client_begin began, and closes. Returns its bytes in all.
static inline size_t client_to_end(int fd)
{
    char   bytes[4096];
    size_t all = CLIENT_BEGUN;
    for (ssize_t n; (n = recv(fd, bytes, sizeof bytes, 0)) > 0;) all += (size_t)n;
    close(fd);
    return all;
}
