// SPDX-License-Identifier: EUPL-1.2
// Bytes on a connection to the real server, and the same bytes to the function that judges a head (http/head.h). The judge of
// both is a strict reader of HTTP/1.1 (RFC 9112), written here: what reaches the handler must be what the judge reads, request
// for request, or a proxy in front and we could be made to see different ones. The server may refuse more than the judge, and
// never accept more.
#include "fuzz.h"

#include "http/head.h"
#include "http/target.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
    SHORTEST = sizeof "GET / HTTP/1.0\r\n\r\n" - 1,
    INPUT = 4096,                // longer ones are cut: libFuzzer's own limit
    MOST = INPUT / SHORTEST + 4, // requests, and the last
    END_MS = 5000,               // the server closes after a second of silence
};

struct seen {
    str              path, query, body;
    enum http_method method;
};

static struct http_server *server;
static char                dir[] = "/tmp/hromada-fuzz-XXXXXX";
static struct sockaddr_un  where = { .sun_family = AF_UNIX };
static struct arena
                  *memory; // of what one input made the handler see; one connection, so one request at a time
static struct seen heard[MOST];
static size_t      n_heard;

static void handle(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs)
{
    (void)sc, (void)app;
    must(n_heard < MOST);
    heard[n_heard] = (struct seen){ arena_str(memory, rq->path), arena_str(memory, rq->query),
                                    arena_str(memory, rq->body), rq->method };
    n_heard++;
    rs->content_type = "text/plain";
    buf_add(&rs->body, S("heard\n"));
}

static size_t admit(void *app, enum http_method method, str path)
{
    (void)app, (void)method, (void)path;
    return HTTP_MAX_BODY_BYTES;
}

static void stop(void)
{
    char command[64];
    http_stop(server, 1000);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    must(!system(command));
}

static void start(void)
{
    struct scope sc = { .mem = arena_open(1 << 20) };
    char         listen[128];
    must(sc.mem && mkdtemp(dir));
    snprintf(where.sun_path, sizeof where.sun_path, "%s/http", dir);
    snprintf(listen, sizeof listen, "unix:%s/http", dir);
    must(http_start(&sc,
                    &(struct http_config){
                        .listen = listen, .threads = 1, .idle_timeout_s = 1, .admit = admit },
                    handle, NULL, &server) == OK);
    arena_close(sc.mem);
    atexit(stop);
}

// -- the judge ----------------------------------------------------------------------------------------------

/// A line that ends in CRLF and holds neither CR, LF nor NUL.
static bool cut_line(str *rest, str *line)
{
    size_t at = str_find(*rest, '\r');
    if (at + 1 >= rest->n || rest->p[at + 1] != '\n') return false;
    *line = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 2, rest->n);
    return str_find(*line, '\n') == line->n && str_find(*line, 0) == line->n;
}

static bool is_word(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F) return false;
    return s.n > 0;
}

/// One request off the front; false when there is none that everybody would read alike.
static bool cut_request(struct scope *sc, str *rest, struct seen *out)
{
    str             line, method, target, name;
    struct http_req rq = { 0 };
    bool            sized = false, whole;
    uint64_t        length = 0;
    int             hosts = 0;
    // Empty lines before a request are let through (RFC 9112, 2.2).
    while (str_starts(*rest, S("\r\n"))) *rest = str_slice(*rest, 2, rest->n);
    if (!cut_line(rest, &line)) return false;
    bool eleven = str_ends(line, S(" HTTP/1.1"));
    if (!str_cut(&line, ' ', &method) || !str_cut(&line, ' ', &target) || !is_word(method)) return false;
    if (!eleven && !str_eq(line, S("HTTP/1.0"))) return false;
    if (eleven && !str_eq(line, S("HTTP/1.1"))) return false;
    while ((whole = cut_line(rest, &line)) && line.n) {
        if (!str_cut(&line, ':', &name) || !line.p || !is_word(name)) return false;
        line = str_trim(line);
        hosts += str_eq_nocase(name, S("Host"));
        if (str_eq_nocase(name, S("Content-Length"))) {
            if (sized || !str_to_u64(line, &length)) return false;
            sized = true;
        }
        if (str_eq_nocase(name, S("Transfer-Encoding"))) return false; // not read alike everywhere
    }
    if (!whole || hosts > 1 || (eleven && !hosts)) return false;
    if (length > rest->n) return false;
    out->body = str_slice(*rest, 0, length);
    *rest = str_slice(*rest, length, rest->n);
    if (target_read(sc, target, &rq)) return false;
    out->path = rq.path;
    out->query = rq.query;
    out->method = str_eq(method, S("GET")) || str_eq(method, S("HEAD")) ? HTTP_GET
                  : str_eq(method, S("POST"))                           ? HTTP_POST
                  : str_eq(method, S("OPTIONS"))                        ? HTTP_OPTIONS
                                                                        : HTTP_OTHER;
    return true;
}

// -- the function alone -------------------------------------------------------------------------------------

/// What head_read says of the first head, against the judge; and a head must not look different when it comes in pieces.
static void check_head(struct scope *sc, str all, size_t cut)
{
    static struct head h, part;
    struct seen        judged;
    const char        *why, *why_part;
    str                rest = all;
    int got = head_read(all, &h, &why), before = head_read(str_slice(all, 0, cut), &part, &why_part);
    must((got > 0) == (why != NULL) && got >= HEAD_MORE && got < 600);
    must(before == got || before == HEAD_MORE || (before > 0 && got > 0));
    if (got) return;
    must(h.bytes <= all.n && h.n_fields <= HEAD_MAX_FIELDS && h.method.n <= HEAD_MAX_METHOD_BYTES);
    must(str_ends(str_slice(all, 0, h.bytes), S("\r\n\r\n")));
    if (h.length > all.n - h.bytes) return; // the judge wants the body, too
    bool good = cut_request(sc, &rest, &judged);
    must(good || target_read(sc, h.target, &(struct http_req){ 0 }));
    if (good) must(rest.p == all.p + h.bytes + h.length && judged.body.n == h.length);
}

// -- the conversation ---------------------------------------------------------------------------------------

/// Sends all, and reads until the server closes; `more` leaves our own side open, because the last request asks for that.
static void converse(str bytes, bool more)
{
    char bin[4096];
    int  fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && !connect(fd, (struct sockaddr *)&where, sizeof where));
    // libFuzzer's timer interrupts each of these calls: who left early would leave requests to be heard by the next input.
    for (ssize_t sent; bytes.n; bytes = str_slice(bytes, (size_t)sent, bytes.n))
        if ((sent = TEMP_FAILURE_RETRY(send(fd, bytes.p, bytes.n, MSG_NOSIGNAL))) <= 0)
            break; // refused, and closed already
    if (!more) shutdown(fd, SHUT_WR);
    for (struct pollfd p = { fd, POLLIN, 0 };
         TEMP_FAILURE_RETRY(poll(&p, 1, END_MS)) > 0 && TEMP_FAILURE_RETRY(recv(fd, bin, sizeof bin, 0)) > 0;)
        continue;
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const str last = S("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    struct scope     sc = { .mem = arena_open((size_t)64 << 20) };
    struct seen      judged[MOST];
    size_t           n_judged = 0;
    if (n > INPUT) n = INPUT;
    if (!server) start();
    memory = arena_open((size_t)64 << 20);
    must(sc.mem && memory);
    n_heard = 0;
    str   all = arena_str(sc.mem, (str){ (const char *)data, n });
    char *bytes = arena_alloc(sc.mem, n + last.n);
    memcpy(bytes, all.p, n);
    memcpy(bytes + n, last.p, last.n);
    str rest = all = (str){ bytes, n + last.n };
    check_head(&sc, all, n ? data[n - 1] % all.n : 0);
    while (n_judged < MOST && rest.n && cut_request(&sc, &rest, &judged[n_judged])) n_judged++;
    converse(all, !rest.n);
    must(n_heard <= n_judged);
    for (size_t i = 0; i < n_heard; i++) {
        must(heard[i].method == judged[i].method && str_eq(heard[i].body, judged[i].body));
        must(str_eq(heard[i].path, judged[i].path) && str_eq(heard[i].query, judged[i].query));
    }
    arena_close(sc.mem);
    arena_close(memory);
    return 0;
}
