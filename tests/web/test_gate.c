// SPDX-License-Identifier: EUPL-1.2
// What the gate of http/ lets through and what it refuses, byte by byte on raw sockets. A request that a proxy in front
// could read in another way than we do must not pass: neither it nor what hides behind it.
#include "lab.h"

#include "http/head.h"
#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HOST "Host: lab\r\n"
#define GET "GET /hello HTTP/1.1\r\n" HOST
#define HIDDEN "GET /hello HTTP/1.1\r\n" HOST "\r\n"
#define POST "POST /echo HTTP/1.1\r\n" HOST

/// The statuses of all answers, and whether the server closed the connection behind them.
static bool statuses(struct lab *lab, str request, char *out, size_t max)
{
    struct buf got;
    int        fd = lab_connect(lab);
    buf_init(&got, 1 << 24);
    ok(fd >= 0, "a connection");
    (void)lab_send(fd, request);
    bool closed = lab_receive(fd, &got, 400);
    close(fd);
    str rest = buf_str(&got);
    *out = 0;
    for (struct answer a; (a = lab_cut(&lab->sc, &rest, false)).status;)
        snprintf(out + strlen(out), max - strlen(out), "%s%d", *out ? " " : "", a.status);
    buf_free(&got);
    return closed;
}

static void smuggling(void **state)
{
    (void)state;
    static const struct {
        const char *name, *request, *wanted;
        bool        closed;
    } rows[] = {
        { "a good one", GET "\r\n", "200", false },
        { "blanks around a value", GET "X-A:  \t a b \t \r\nX-B:\r\n\r\n", "200", false },
        { "an empty line in front", "\r\n" GET "\r\n", "200", false },
        { "two of them", GET "\r\n" GET "\r\n", "200 200", false },
        { "HTTP/1.0", "GET /hello HTTP/1.0\r\n\r\n", "200", true },
        { "absolute form", "GET http://lab/hello HTTP/1.1\r\n" HOST "\r\n", "200", false },
        { "a body and one behind it", POST "Content-Length: 3\r\n\r\nabc" HIDDEN, "200 200", false },
        { "a port, a name with a line", "GET /hello HTTP/1.1\r\nHost: a_b.example:8080\r\n\r\n", "200",
          false },
        { "an address of six", "GET /hello HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:80\r\n\r\n", "200", false },
        { "an empty Host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", "200", false },
        { "absolute form of another host", "GET HTTPS://[::1]:8/hello?a HTTP/1.1\r\n" HOST "\r\n", "200",
          false },
        { "a body that nobody asked for",
          "GET /hello HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc" HIDDEN, "413", true },
        { "a body of nothing", GET "Content-Length: 0\r\n\r\n" HIDDEN, "200 200", false },
        { "a body of a method nobody answers",
          "PUT /hello HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc" HIDDEN, "200", true },
        { "an offer to speak HTTP/2",
          GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n", "200",
          false },
        { "bytes that are no UTF-8 in a value", GET "X-A: \xff\xfe\r\n\r\n", "200", false },

        { "a chunked body", POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" HIDDEN, "411",
          true },
        { "a chunked body whose lines end in LF",
          POST "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" HIDDEN, "411", true },
        { "two different lengths", POST "Content-Length: 0\r\nContent-Length: 44\r\n\r\n" HIDDEN, "400",
          true },
        { "two equal lengths", POST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n" HIDDEN, "400", true },
        { "a list of lengths", POST "Content-Length: 3, 3\r\n\r\nabc" HIDDEN, "400", true },
        { "length and chunked",
          POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, "400", true },
        { "chunked and length",
          POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" HIDDEN, "400", true },
        { "a coding nobody knows", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" HIDDEN, "400", true },
        { "identity", POST "Transfer-Encoding: identity\r\n\r\n" HIDDEN, "400", true },
        { "two codings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" HIDDEN, "400", true },
        { "chunked twice",
          POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN, "400",
          true },
        { "chunked in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400",
          true },
        { "+5", POST "Content-Length: +5\r\n\r\nabcde" HIDDEN, "400", true },
        { "-1", POST "Content-Length: -1\r\n\r\n" HIDDEN, "400", true },
        { "0x5", POST "Content-Length: 0x5\r\n\r\nabcde" HIDDEN, "400", true },
        { "5 5", POST "Content-Length: 5 5\r\n\r\nabcde" HIDDEN, "400", true },
        { "no length", POST "Content-Length:\r\n\r\n" HIDDEN, "400", true },
        { "a length beyond 64 bits", POST "Content-Length: 18446744073709551621\r\n\r\nabcde" HIDDEN, "413",
          true },
        { "no Host", "GET /hello HTTP/1.1\r\n\r\n" HIDDEN, "400", true },
        { "two Hosts", GET HOST "\r\n" HIDDEN, "400", true },
        { "a path in Host", "GET /hello HTTP/1.1\r\nHost: lab/x\r\n\r\n" HIDDEN, "400", true },
        { "two names in Host", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n" HIDDEN, "400", true },
        { "a user in Host", "GET /hello HTTP/1.1\r\nHost: u@lab\r\n\r\n" HIDDEN, "400", true },
        { "a blank in Host", "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n" HIDDEN, "400", true },
        { "a port of letters", "GET /hello HTTP/1.1\r\nHost: lab:80x\r\n\r\n" HIDDEN, "400", true },
        { "an address that does not end", "GET /hello HTTP/1.1\r\nHost: [::1\r\n\r\n" HIDDEN, "400", true },
        { "a Host that is no ASCII", "GET /hello HTTP/1.1\r\nHost: \xc5\xbe\r\n\r\n" HIDDEN, "400", true },
        { "absolute form without a host", "GET http:///hello HTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "absolute form with a user", "GET http://u:p@lab/hello HTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400",
          true },
        { "a path in the query of an absolute form", "GET http://lab?x=/hello HTTP/1.1\r\n" HOST "\r\n",
          "404", false },
        { "a fragment", "GET /hello#/x HTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "a tunnel", "CONNECT lab:80 HTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "a chunk that is longer than its size",
          POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" HIDDEN, "411", true },
        { "a chunk size in the way of C",
          POST "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" HIDDEN, "411", true },
        { "HTTP/0.9", "GET /hello\r\n", "400", true },
        { "a version in small letters", "GET /hello http/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "tabs in the request line", "GET\t/hello\tHTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "a blank before the colon", POST "Content-Length : 5\r\n\r\nabcde" HIDDEN, "400", true },
        { "a blank in a name", GET "X Y: 1\r\n\r\n" HIDDEN, "400", true },
        { "a bare return in a value", GET "X-A: a\rContent-Length: 44\r\n\r\n" HIDDEN, "400", true },
        { "a control character in a value", GET "X-A: a\x01\r\n\r\n" HIDDEN, "400", true },
        { "a folded value", GET "X-A: a\r\n b\r\n\r\n" HIDDEN, "400", true },
        { "a length that is put together by folding",
          "POST /echo HTTP/1.1\r\n" HOST "Content-Lengt: 44\r\n h\r\n\r\n" HIDDEN, "400", true },
        { "a length behind a folded line", POST "X-A: a\r\n b\r\nContent-Length: 44\r\n\r\n" HIDDEN, "400",
          true },
        { "lines that end in LF", "GET /hello HTTP/1.1\nHost: lab\n\n" HIDDEN, "400", true },
        { "one line that ends in LF", GET "X-A: a\nX-B: b\r\n\r\n" HIDDEN, "400", true },
        { "an end in LF", GET "X-A: a\r\n\n" HIDDEN, "400", true },
        { "no colon", GET "Xabc\r\n\r\n" HIDDEN, "400", true },
        { "no name", GET ": value\r\n\r\n" HIDDEN, "400", true },
        { "two blanks in the request line", "GET  /hello HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "a bare return in the method", "GE\rT /hello HTTP/1.1\r\n" HOST "\r\n" HIDDEN, "400", true },
        { "a blank in the target", "GET /hello /x HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "HTTP/2 in clear text", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505", true },
        { "a version nobody speaks", "GET /hello HTTP/3.7\r\n" HOST "\r\n" HIDDEN, "505", true },
        { "an asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "up the tree", "GET /a/../../etc/passwd HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "up the tree in disguise", "GET /%2e%2e/etc HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "NUL in the path", "GET /%00 HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "not UTF-8", "GET /%ff HTTP/1.1\r\n" HOST "\r\n", "400", true },
        { "half an escape", "GET /%4 HTTP/1.1\r\n" HOST "\r\n", "400", true },
    };
    struct lab lab;
    int        wrong = 0;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[256];
        bool closed = statuses(&lab, str_of(rows[i].request), got, sizeof got);
        if (!strcmp(got, rows[i].wanted) && closed == rows[i].closed) continue;
        print_error("%s: got \"%s\"%s, want \"%s\"%s\n", rows[i].name, got, closed ? ", closed" : "",
                    rows[i].wanted, rows[i].closed ? ", closed" : "");
        wrong++;
    }
    ok(!wrong, "%d rows of the table", wrong);
    // What may be answered in one way or another, but never with what hides behind it, and never by an accident.
    static const struct {
        const char *name, *request;
    } never[] = {
        { "a body whose chunk size lies", POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n" HIDDEN },
        { "a chunk size with a sign",
          POST "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n" HIDDEN },
        { "a chunk size beyond 64 bits",
          POST "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n" HIDDEN },
        { "a folded length", POST "Content-Length:\r\n 5\r\n\r\nabcde" },
        { "no version", "GET /hello\r\n\r\n" },
        { "nonsense", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n" },
    };
    for (size_t i = 0; i < COUNT(never); i++) {
        char got[256];
        (void)statuses(&lab, str_of(never[i].request), got, sizeof got);
        ok(!strstr(got, "200 200") && strncmp(got, "5", 1) != 0, "%s: got \"%s\"", never[i].name, got);
    }
    // These cannot stand in a C string.
    str nuls[] = {
        S(GET "X-A: a\0b\r\n\r\n" HIDDEN), S(POST "Content-Length\0x: 3\r\n\r\nabc" HIDDEN),
        S(POST "Content-Length: 3\0004\r\n\r\nabc" HIDDEN), S("GET /hello\0/x HTTP/1.1\r\n" HOST "\r\n"),
        S(GET "X-A: a\0\0\0\r\n\r\n" HIDDEN),
        // One byte that some take for a line's end, in front of a length: a reader of LF sees a body.
        S(POST "X-A: a\0\nContent-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\0\rContent-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\n\0Content-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\r\0\nContent-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\n\rContent-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\r\rContent-Length: 44\r\n\r\n" HIDDEN),
        S(POST "X-A: a\n\nContent-Length: 44\r\n\r\n" HIDDEN), S("\0\r\n" GET "\r\n" HIDDEN),
        S("\0\n" GET "\r\n" HIDDEN), S("\n" GET "\r\n" HIDDEN), S(GET "\0\r\n\r\n" HIDDEN),
        S(GET "\r\0\n" HIDDEN), S(GET "\r\r\n" HIDDEN)
    };
    for (size_t i = 0; i < COUNT(nuls); i++) {
        char got[256];
        bool closed = statuses(&lab, nuls[i], got, sizeof got);
        ok(!strcmp(got, "400") && closed, "NUL %zu: got \"%s\"", i, got);
    }
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "and the server still serves");
    lab_end(&lab);
}

static void oversized(void **state)
{
    (void)state;
    struct lab lab;
    char       got[256];
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    char *a = arena_alloc(lab.sc.mem, 4 << 20);
    ok(a, "room");
    memset(a, 'a', 4 << 20);
    static const struct {
        const char *name, *before, *after;
        size_t      n;
        const char *wanted; // one of them
    } rows[] = {
        { "a target at its limit", "GET /", " HTTP/1.1\r\n" HOST "\r\n", HTTP_MAX_TARGET_BYTES - 1, "404" },
        { "a target above it", "GET /", " HTTP/1.1\r\n" HOST "\r\n", HTTP_MAX_TARGET_BYTES, "414" },
        { "a target far above it", "GET /", " HTTP/1.1\r\n" HOST "\r\n", 1 << 20, "414" },
        { "a long header", GET "X: ", "\r\n\r\n", HTTP_MAX_HEADER_BYTES - 200, "200" },
        { "a header above the limit", GET "X: ", "\r\n\r\n", HTTP_MAX_HEADER_BYTES, "431" },
        { "a header far above it", GET "X: ", "\r\n\r\n", 1 << 20, "431" },
        { "a header's name far above it", GET, ": 1\r\n\r\n", 1 << 20, "431" },
        { "a long method", "", " / HTTP/1.1\r\n" HOST "\r\n", 1 << 20, "501" },
        { "a body at its limit", POST "Content-Length: 1048576\r\n\r\n", "", HTTP_MAX_BODY_BYTES, "200" },
        { "a body above it", POST "Content-Length: 1048577\r\n\r\n", "", HTTP_MAX_BODY_BYTES + 1, "413" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 8 << 20);
        buf_add(&b, str_of(rows[i].before));
        buf_add_bytes(&b, a, rows[i].n);
        buf_add(&b, str_of(rows[i].after));
        bool closed = statuses(&lab, buf_str(&b), got, sizeof got);
        // Also where bytes of ours are still under way when the server has said all.
        ok(*got && strstr(rows[i].wanted, got) && (closed || *got < '4' || !strcmp(got, "404")),
           "%s: got \"%s\", want %s", rows[i].name, got, rows[i].wanted);
        buf_free(&b);
    }
    struct buf many;
    buf_init(&many, 1 << 20);
    buf_add(&many, S(GET));
    for (int i = 0; i < 98; i++) buf_printf(&many, "X-%d: 1\r\n", i);
    size_t fits = many.n;
    buf_add(&many, S("\r\n"));
    (void)statuses(&lab, buf_str(&many), got, sizeof got);
    ok(!strcmp(got, "200"), "99 headers: got \"%s\"", got);
    many.n = fits;
    for (int i = 98; i < 600; i++) buf_printf(&many, "X-%d: 1\r\n", i);
    buf_add(&many, S("\r\n"));
    (void)statuses(&lab, buf_str(&many), got, sizeof got);
    ok(!strcmp(got, "431"), "600 headers: got \"%s\"", got);
    buf_free(&many);
    buf_init(&many, 1 << 20);
    buf_add(&many, S("GET /hello?a"));
    for (int i = 1; i <= HTTP_MAX_PARAMS; i++) buf_add(&many, S("&a"));
    buf_add(&many, S(" HTTP/1.1\r\n" HOST "\r\n"));
    (void)statuses(&lab, buf_str(&many), got, sizeof got);
    ok(!strcmp(got, "400"), "too many parameters: got \"%s\"", got);
    buf_free(&many);
    struct http_stats st;
    http_stats_get(lab.server, &st);
    ok(st.refused >= 5, "refusals are counted: %llu", (unsigned long long)st.refused);
    lab_end(&lab);
}

/// A program that looks once is not enough: what is sent byte by byte must be read like what comes at once.
static void piece_by_piece(void **state)
{
    (void)state;
    struct lab lab;
    struct buf got;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    str request = S(POST "Content-Length: 3\r\n\r\nabc" HIDDEN POST "Content-Length: 2\r\n\r\nab");
    int fd = lab_connect(&lab), one = 1;
    setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof one);
    for (size_t i = 0; i < request.n; i++) ok(lab_send(fd, str_slice(request, i, i + 1)), "byte %zu", i);
    buf_init(&got, 1 << 20);
    (void)lab_receive(fd, &got, 400);
    close(fd);
    str           rest = buf_str(&got);
    struct answer a = lab_cut(&lab.sc, &rest, false), b = lab_cut(&lab.sc, &rest, false),
                  c = lab_cut(&lab.sc, &rest, false);
    ok(a.status == 200 && b.status == 200 && c.status == 200, "three answers: %d %d %d", a.status, b.status,
       c.status);
    ok_str(a.body, S("2 3 bytes\n"));
    ok_str(c.body, S("2 2 bytes\n"));
    buf_free(&got);
    lab_end(&lab);
}

// -- refusals ---------------------------------------------------------------------------------------------------------

/// All that comes until the server closes.
static struct answer take_all(struct lab *lab, int fd, str request, str *behind)
{
    struct buf got;
    buf_init(&got, 1 << 24);
    ok(fd >= 0 && lab_send(fd, request), "asked");
    ok(lab_receive(fd, &got, 5000), "the connection ends");
    close(fd);
    *behind = arena_str(lab->sc.mem, buf_str(&got));
    buf_free(&got);
    return lab_cut(&lab->sc, behind, false);
}

/// One whole answer of ours and nothing behind it: a problem document with all headers, each of them once.
static void ok_refusal(struct answer a, str behind, int status, const char *what)
{
    static const char *const once[] = { "Content-Type",
                                        "Content-Length",
                                        "Content-Security-Policy",
                                        "X-Content-Type-Options",
                                        "Referrer-Policy",
                                        "Permissions-Policy",
                                        "Cache-Control",
                                        "Date",
                                        "Cross-Origin-Opener-Policy",
                                        "Connection",
                                        "Cross-Origin-Resource-Policy" };
    ok(a.status == status && a.whole && !behind.n, "%s: got %d%s, and %zu bytes behind it, want %d", what,
       a.status, a.whole ? "" : " cut off", behind.n, status);
    for (size_t i = 0; i < COUNT(once); i++) {
        size_t n = 0;
        str    rest = a.head, line, name;
        while (str_cut(&rest, '\n', &line))
            n += str_cut(&line, ':', &name) && str_eq_nocase(name, str_of(once[i]));
        ok(n == 1, "%s: %zu times %s", what, n, once[i]);
    }
    ok(lab_is(a, "Content-Type", "application/problem+json") && lab_is(a, "Cache-Control", "no-store") &&
           lab_is(a, "Connection", "close") && lab_is(a, "Cross-Origin-Resource-Policy", "same-origin"),
       "%s: %.*s", what, STR(a.head));
    ok((status == 503) == (lab_header(a, "Retry-After").n > 0), "%s: when to come again", what);
    json_t     *j = json_loadb(a.body.p, a.body.n, JSON_REJECT_DUPLICATES, NULL);
    const char *title = json_string_value(json_object_get(j, "title"));
    ok(json_integer_value(json_object_get(j, "status")) == status && title &&
           str_has(a.head, str_of(title)) && *json_string_value(json_object_get(j, "detail")),
       "%s: a problem document: %.*s", what, STR(a.body));
    json_decref(j);
}

static str long_request(struct lab *lab, const char *before, size_t n, const char *after)
{
    char *a = arena_alloc(lab->sc.mem, n + 1);
    ok(a, "room");
    memset(a, 'a', n);
    return arena_printf(lab->sc.mem, "%s%s%s", before, a, after);
}

static str parameters(struct lab *lab, int n)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_add(&b, S("GET /hello?a=1"));
    for (int i = 1; i < n; i++) buf_printf(&b, "&p%d=%d", i, i);
    buf_add(&b, S(" HTTP/1.1\r\n" HOST "\r\n"));
    str s = arena_str(lab->sc.mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void refusals(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 1 });
    const struct {
        const char *name;
        str         request;
        int         status;
    } rows[] = {
        { "no Host", S("GET /hello HTTP/1.1\r\n\r\n" HIDDEN), 400 },
        { "a blank before the colon", S(GET "X : 1\r\n\r\n" HIDDEN), 400 },
        { "nonsense", S("\x16\x03\x01\x02\r\n\r\n"), 400 },
        { "a bad address", S("GET /%zz HTTP/1.1\r\n" HOST "\r\n"), 400 },
        { "one parameter too many", parameters(&lab, HTTP_MAX_PARAMS + 1), 400 },
        { "1,100 parameters", parameters(&lab, 1100), 400 },
        { "half a head", S(GET "X-A: "), 408 },
        { "half a body", S(POST "Content-Length: 9\r\n\r\nabc"), 408 },
        { "chunks", S(POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN), 411 },
        { "a body where none is taken", S(GET "Content-Length: 1000000\r\n\r\nabc"), 413 },
        { "a body of a byte too many", S(POST "Content-Length: 1048577\r\n\r\nabc"), 413 },
        { "a long address", long_request(&lab, "GET /", HTTP_MAX_TARGET_BYTES, " HTTP/1.1\r\n" HOST "\r\n"),
          414 },
        { "an address without an end", long_request(&lab, "GET /", 3 << 20, ""), 414 },
        { "an expectation", S(GET "Expect: a cake\r\n\r\n" HIDDEN), 417 },
        { "a long header", long_request(&lab, GET "X: ", HTTP_MAX_HEADER_BYTES, "\r\n\r\n" HIDDEN), 431 },
        { "a header without an end", long_request(&lab, GET "X: ", 3 << 20, ""), 431 },
        { "a long method", long_request(&lab, "", HEAD_MAX_METHOD_BYTES + 1, " / HTTP/1.1\r\n"), 501 },
        { "HTTP/2", S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        str           behind;
        struct answer a = take_all(&lab, lab_connect(&lab), rows[i].request, &behind);
        ok_refusal(a, behind, rows[i].status, rows[i].name);
    }
    char got[64];
    (void)statuses(&lab, parameters(&lab, HTTP_MAX_PARAMS), got, sizeof got);
    ok(!strcmp(got, "200"), "as many parameters as there may be: \"%s\"", got);
    struct buf cookie;
    buf_init(&cookie, 1 << 20);
    buf_add(&cookie, S(GET "Cookie: "));
    for (int i = 0; i < 30000; i++) buf_add_c(&cookie, ';');
    buf_add(&cookie, S("\r\n\r\n"));
    (void)statuses(&lab, buf_str(&cookie), got, sizeof got);
    ok(!strcmp(got, "200"), "a cookie of semicolons: \"%s\"", got);
    buf_free(&cookie);
    lab_end(&lab);
}

/// An answer to HEAD ends with its head, also where it is a refusal: what comes behind would be taken for the next answer.
static void refused_heads_have_no_body(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 1 });
    const struct {
        str request;
        int status;
    } rows[] = {
        { S("HEAD /hello HTTP/1.1\r\n\r\n"), 400 },
        { S("HEAD /hello HTTP/3.7\r\n\r\n"), 505 },
        { S("HEAD /hello nonsense\r\n\r\n"), 400 },
        { S("HEAD /he\x01llo HTTP/1.1\r\n\r\n"), 400 },
        { S("HEAD \r\n\r\n"), 400 },
        { S("HEAD /hello HTTP/1.1\n\n"), 400 },
        { S("HEAD /%zz HTTP/1.1\r\n" HOST "\r\n"), 400 },
        { S("HEAD /hello HTTP/1.1\r\n" HOST "Expect: a cake\r\n\r\n"), 417 },
        { S("HEAD /hello HTTP/1.1\r\n" HOST), 408 },
        { long_request(&lab, "HEAD /", HTTP_MAX_TARGET_BYTES, " HTTP/1.1\r\n" HOST "\r\n"), 414 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got;
        int        fd = lab_connect(&lab);
        buf_init(&got, 1 << 20);
        ok(fd >= 0 && lab_send(fd, rows[i].request) && lab_receive(fd, &got, 5000), "row %zu", i);
        close(fd);
        str           rest = buf_str(&got);
        struct answer a = lab_cut(&lab.sc, &rest, true);
        ok(a.status == rows[i].status && !rest.n, "row %zu: %d, %zu bytes behind it", i, a.status, rest.n);
        buf_free(&got);
    }
    lab_end(&lab);
}

/// Who has ended his side before his request was whole is told so at once, and what is wrong with it.
static void ended_before_it_is_whole(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 60 });
    const struct {
        str         request;
        const char *wanted;
    } rows[] = {
        { S("GET /hello"), "400" },
        { S("\x16\x03\x01"), "400" },
        { S("hello"), "400" },
        { S(GET "X-A: "), "400" },
        { S(GET "X A: "), "400" },
        { S(POST "Content-Length: 9\r\n\r\nabc"), "400" },
        { S(GET "\r\nGET /hello"), "200 400" },
        { long_request(&lab, "GET /", HTTP_MAX_TARGET_BYTES, ""), "414" },
        { S(""), "" },
        { S("\r\n"), "" },
        { S(GET "\r\n\r\n"), "200" }, // some send an empty line behind a request
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got;
        char       told[64] = "";
        int        fd = lab_connect(&lab);
        buf_init(&got, 1 << 20);
        ok(fd >= 0 && lab_send(fd, rows[i].request) && !shutdown(fd, SHUT_WR), "row %zu", i);
        ok(lab_receive(fd, &got, 5000), "row %zu: the connection ends", i);
        close(fd);
        str rest = buf_str(&got);
        for (struct answer a; (a = lab_cut(&lab.sc, &rest, false)).status;)
            snprintf(told + strlen(told), sizeof told - strlen(told), "%s%d", *told ? " " : "", a.status);
        ok(!strcmp(told, rows[i].wanted) && !rest.n, "row %zu: \"%s\"", i, told);
        buf_free(&got);
    }
    lab_end(&lab);
}

/// "Expect: 100-continue" invites a body only where there is one to be read.
static void invited(void **state)
{
    (void)state;
    struct lab lab;
    char       text[64] = "";
    str        behind;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    int fd = lab_connect(&lab);
    ok(lab_send(fd, S(POST "Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")),
       "announced");
    ok(recv(fd, text, sizeof text - 1, 0) == 25 && !strcmp(text, "HTTP/1.1 100 Continue\r\n\r\n"), "%s",
       text);
    struct answer a = take_all(&lab, fd, S("abc"), &behind);
    ok(a.status == 200 && str_eq(a.body, S("2 3 bytes\n")), "%d %.*s", a.status, STR(a.body));
    a = take_all(&lab, lab_connect(&lab), S(GET "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"),
                 &behind);
    ok_refusal(a, behind, 413, "uninvited");
    lab_end(&lab);
}

// -- more than there is room for -------------------------------------------------------------------------------------

struct asker {
    struct lab   *lab;
    str           request;
    pthread_t     thread;
    struct scope  sc;
    struct answer answer;
    str           behind;
};
static void *ask_alone(void *arg)
{
    struct asker *k = arg;
    struct lab    own = { .sc = test_scope(), .port = k->lab->port };
    k->answer = take_all(&own, lab_connect(&own), k->request, &k->behind);
    k->sc = own.sc;
    return NULL;
}

/// So many at once; how many were answered 200. All others got 503 as it should be.
static int ask_many(struct lab *lab, str request, int n)
{
    struct asker k[16];
    int          good = 0;
    ok(n <= (int)COUNT(k), "askers");
    for (int i = 0; i < n; i++) {
        k[i] = (struct asker){ .lab = lab, .request = request };
        ok(!pthread_create(&k[i].thread, NULL, ask_alone, &k[i]), "a thread");
    }
    for (int i = 0; i < n; i++) {
        pthread_join(k[i].thread, NULL);
        if (k[i].answer.status == 200) good++;
        else ok_refusal(k[i].answer, k[i].behind, 503, "in a crowd");
        test_scope_end(&k[i].sc);
    }
    return good;
}

static void no_room(void **state)
{
    (void)state;
    struct lab lab;
    const str  slow = S("GET /slow HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    lab_start(&lab, (struct http_config){ .threads = 1, .max_waiting = 2 });
    int good = ask_many(&lab, slow, 12); // one is answered, two wait
    ok(good >= 3 && good < 12, "%d were answered", good);
    ok_i64(lab_ask(&lab, "GET", "/hello", "").status, 200);
    lab_end(&lab);
    lab_start(&lab, (struct http_config){ .threads = 1, .deadline_ms = 200 });
    ok_str(lab_ask(&lab, "GET", "/time", "").body, S("200 ms"));
    good = ask_many(&lab, slow, 8); // at 0 and 150 ms; the others have waited longer than 200
    ok(good >= 1 && good < 8, "%d were answered", good);
    lab_end(&lab);
    // Bodies of 1 MiB that do not come: 32 of them may be waited for.
    enum { BODIES = 40, ROOM = 32 };
    int fd[BODIES], refused = 0;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    for (int i = 0; i < BODIES; i++) {
        fd[i] = lab_connect(&lab);
        ok(lab_send(fd[i], S(POST "Content-Length: 1048576\r\n\r\nabc")), "announced");
    }
    for (int i = 0; i < BODIES; i++) {
        char          text[16] = "";
        struct pollfd p = { .fd = fd[i], .events = POLLIN };
        if (poll(&p, 1, i ? 50 : 1000) != 1) continue;
        ok(recv(fd[i], text, 12, 0) == 12 && !strcmp(text, "HTTP/1.1 503"), "%s", text);
        refused++;
    }
    ok_i64(refused, BODIES - ROOM);
    for (int i = 0; i < BODIES; i++) close(fd[i]);
    good = 0;
    for (int i = 0; i < 200 && good != 200; i++) { // what was reserved comes back
        char got[64];
        usleep(10 * 1000);
        (void)statuses(&lab, S(POST "Content-Length: 3\r\n\r\nabc"), got, sizeof got);
        good = atoi(got);
        ok(good == 200 || i < 199, "room again: %s", got);
    }
    lab_end(&lab);
}

/// Bytes that this process holds, by its allocator.
static size_t held_bytes(void)
{
    extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
    if (__sanitizer_get_current_allocated_bytes) return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks;
}

/// What is refused, and what is long and odd, leaves nothing behind.
static void memory(void **state)
{
    (void)state;
    enum { ROUNDS = 600, LEFT_BYTES = 256 * 1024 };
    struct lab lab;
    lab_start(&lab, (struct http_config){ .idle_timeout_s = 5 });
    const str requests[] = {
        long_request(&lab, "GET /", 15000, " HTTP/1.1\r\n" HOST "Cookie: ;;;\r\nConnection: close\r\n\r\n"),
        parameters(&lab, 1100),
        S("GET /hello HTTP/1.1\r\n\r\n"),
        S(GET "X : 1\r\n\r\n"),
        S(GET "Content-Length: 1000000\r\n\r\nabc"),
        S("GET /%zz HTTP/1.1\r\n" HOST "\r\n"),
        long_request(&lab, "GET /", HTTP_MAX_TARGET_BYTES + 1, " HTTP/1.1\r\n"),
        S(POST "Transfer-Encoding: chunked\r\n\r\n"),
    };
    size_t before = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (i == ROUNDS / 4) before = held_bytes(); // warm by now
        for (size_t k = 0; k < COUNT(requests); k++) {
            char          bin[4096];
            int           fd = lab_connect(&lab);
            struct linger now = { .l_onoff = 1 };
            ok(fd >= 0 && lab_send(fd, requests[k]), "asked");
            ok(recv(fd, bin, sizeof bin, 0) > 12 && bin[9] == '4', "request %zu is refused", k);
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            close(fd);
        }
    }
    struct http_stats st = { .open_connections = 1 };
    for (int i = 0; i < 500 && st.open_connections; i++) {
        usleep(10 * 1000);
        http_stats_get(lab.server, &st);
    }
    size_t after = held_bytes();
    ok(after < before + LEFT_BYTES, "%zu bytes are held after %d rounds, %zu after a quarter of them", after,
       ROUNDS, before);
    lab_end(&lab);
}

/// A copy of the server's end of this connection, as another process has that reads /proc/PID/fd at that moment.
static int copy_of_peer(int client)
{
    struct sockaddr_in own = { 0 }, peer;
    socklen_t          n = sizeof own;
    ok(!getsockname(client, (struct sockaddr *)&own, &n), "the client's address");
    for (int fd = 3; fd < 1024; fd++) {
        n = sizeof peer;
        if (!getpeername(fd, (struct sockaddr *)&peer, &n) && n == sizeof peer &&
            peer.sin_port == own.sin_port)
            return (int)syscall(SYS_dup,
                                fd); // past the thread sanitizer, which takes it for a race with close
    }
    return -1;
}

/// What happens on a socket that somebody else still holds does not reach a connection that is gone.
static void a_socket_that_others_hold_has_no_events(void **state)
{
    (void)state;
    struct lab lab;
    struct buf got;
    lab_start(&lab, (struct http_config){ 0 });
    buf_init(&got, 1 << 20);
    for (int i = 0; i < 5; i++) {
        int fd = lab_connect(&lab);
        ok(fd >= 0 && lab_send(fd, S("GET /hello HTTP/1.1\r\nHost: lab\r\n\r\n")), "a request");
        (void)lab_receive(fd, &got, 200);
        int copy = copy_of_peer(fd);
        ok(copy >= 0, "the server's end");
        close(fd);
        usleep(200 * 1000); // the server lets go of it
        (void)shutdown(copy, SHUT_RDWR);
        usleep(100 * 1000);
        close(copy);
    }
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "the server goes on");
    buf_free(&got);
    lab_end(&lab);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(smuggling),
    cmocka_unit_test(oversized),
    cmocka_unit_test(refusals),
    cmocka_unit_test(refused_heads_have_no_body),
    cmocka_unit_test(ended_before_it_is_whole),
    cmocka_unit_test(invited),
    cmocka_unit_test(no_room),
    cmocka_unit_test(memory),
    cmocka_unit_test(piece_by_piece),
    cmocka_unit_test(a_socket_that_others_hold_has_no_events),
};
TEST_MAIN(tests)
