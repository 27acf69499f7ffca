// SPDX-License-Identifier: EUPL-1.2
// What http/ makes of a handler's answer: headers, HEAD, conditions, ranges, codings, answers of any size.
#include "lab.h"

#include "base/file.h"
#include "base/log.h"
#include <fcntl.h>
#include <jansson.h>
#include <libdeflate.h>
#include <pthread.h>
#include <zlib.h>
#include <zstd.h>

static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                             "connect-src 'self'; font-src 'self'; "
                             "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ";

static void ok_header(struct answer a, const char *name, const char *wanted)
{
    str got = lab_header(a, name);
    ok(str_eq(got, str_of(wanted)), "%s: got \"%.*s\", want \"%s\"", name, STR(got), wanted);
}

static void secured(struct answer a, const char *ancestors)
{
    char csp[400];
    snprintf(csp, sizeof csp, "%s%s", policy, ancestors);
    ok_header(a, "Content-Security-Policy", csp);
    ok_header(a, "X-Content-Type-Options", "nosniff");
    ok_header(a, "Referrer-Policy", "no-referrer");
    ok(str_has(lab_header(a, "Permissions-Policy"), S("geolocation=(self)")),
       "the map may ask where the reader is");
    ok(!lab_header(a, "Server").n, "no word about the program");
}

static void headers(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    struct answer a = lab_ask(&lab, "GET", "/hello", "");
    ok_i64(a.status, 200);
    ok_str(a.body, S("hello\n"));
    ok_header(a, "Content-Type", "text/plain; charset=utf-8");
    ok_header(a, "Content-Length", "6");
    ok_header(a, "Cache-Control", "no-cache");
    ok_header(a, "Connection", "close");
    ok(lab_header(a, "ETag").n == 34, "a tag made of the content: %.*s", STR(lab_header(a, "ETag")));
    ok_header(a, "Cross-Origin-Opener-Policy", "same-origin");
    ok_header(a, "Cross-Origin-Resource-Policy", "same-origin");
    ok(lab_header(a, "Date").n == 29, "a date: %.*s", STR(lab_header(a, "Date")));
    secured(a, "'none'");
    ok(!lab_header(a, "Access-Control-Allow-Origin").n, "not for other sites unless the handler says so");
    a = lab_ask(&lab, "GET", "/nowhere", "");
    ok_i64(a.status, 404);
    ok_header(a, "Cache-Control", "no-store");
    secured(a, "'none'");
    a = lab_ask(&lab, "GET", "/big", "");
    ok_header(a, "Access-Control-Allow-Origin", "*");
    ok_header(a, "Cross-Origin-Resource-Policy", "cross-origin");
    ok_header(a, "ETag", "\"big-1\"");
    a = lab_ask(&lab, "GET", "/fixed", "");
    ok_header(a, "Cache-Control", "public, max-age=31536000, immutable");
    a = lab_ask(&lab, "GET", "/embed", "");
    secured(a, "*");
    ok_header(a, "Set-Cookie", "a=b");
    ok(!lab_header(a, "X-Evil").n, "a line end in a header's value makes no second header");
    a = lab_ask(&lab, "GET", "/%zz", "");
    ok_i64(a.status, 400);
    ok_header(a, "Content-Type", "application/problem+json");
    ok(str_starts(a.body, S("{\"type\":\"about:blank\"")), "a problem document: %.*s", STR(a.body));
    secured(a, "'none'");
    a = lab_ask(&lab, "GET", "/cookie", "Cookie: other=x; lang=uk; langs=y\r\n");
    ok_str(a.body, S("[uk]\n"));
    lab_end(&lab);
}

static void head(void **state)
{
    (void)state;
    static const char *const paths[] = { "/hello", "/big", "/fixed", "/file", "/nowhere" };
    struct lab               lab;
    lab_start(&lab, (struct http_config){ 0 });
    for (size_t i = 0; i < COUNT(paths); i++) {
        static const char *const same[] = { "Content-Length", "Content-Type", "ETag", "Cache-Control",
                                            "Vary" };
        struct answer get = lab_ask(&lab, "GET", paths[i], ""), only = lab_ask(&lab, "HEAD", paths[i], "");
        ok_i64(only.status, get.status);
        for (size_t k = 0; k < COUNT(same); k++)
            ok(str_eq(lab_header(get, same[k]), lab_header(only, same[k])), "%s: %s is the same for HEAD",
               paths[i], same[k]);
    }
    ok_i64(lab_ask(&lab, "HEAD", "/flow", "").status, 200);
    lab_end(&lab);
}

static void conditions(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    static const struct {
        const char *path, *header;
        int         wanted;
    } rows[] = {
        { "/big", "If-None-Match: \"big-1\"\r\n", 304 },
        { "/big", "If-None-Match: W/\"big-1\"\r\n", 304 },
        { "/big", "If-None-Match: \"a\", \"b\" , \"big-1\"\r\n", 304 },
        { "/big", "If-None-Match: *\r\n", 304 },
        { "/big", "If-None-Match: \"big-1-gz\"\r\n", 304 },
        { "/big", "If-None-Match: \"big-2\"\r\n", 200 },
        { "/big", "If-None-Match: big-1\r\n", 200 },
        { "/big", "If-None-Match: \"big\"\r\n", 200 },
        { "/big", "If-None-Match: \"\r\n", 200 },
        { "/big", "If-None-Match: ,,\r\n", 200 },
        { "/file", "If-None-Match: \"file-1\"\r\n", 304 },
        { "/file", "If-None-Match: \"file-1\"\r\nRange: bytes=0-1\r\n", 304 },
        { "/fixed", "If-None-Match: \"fix-br\"\r\nAccept-Encoding: br\r\n", 304 },
        { "/nowhere", "If-None-Match: *\r\n", 404 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = lab_ask(&lab, "GET", rows[i].path, rows[i].header);
        ok(a.status == rows[i].wanted, "%s %s: got %d, want %d", rows[i].path, rows[i].header, a.status,
           rows[i].wanted);
        if (a.status == 304) ok(lab_header(a, "ETag").n && !a.body.n, "304 names the tag and has no body");
    }
    // The tag of a 304 is that of what the reader has, and a cache is told once more what it hangs on.
    struct answer a =
        lab_ask(&lab, "GET", "/big", "Accept-Encoding: zstd\r\nIf-None-Match: \"x\", W/\"big-1-zs\"\r\n");
    ok_header(a, "ETag", "\"big-1-zs\"");
    ok_header(a, "Vary", "Accept-Encoding");
    ok_header(a, "Access-Control-Allow-Origin", "*");
    a = lab_ask(&lab, "GET", "/hello", "");
    str h = arena_printf(lab.sc.mem, "If-None-Match: %.*s\r\n", STR(lab_header(a, "ETag")));
    ok_i64(lab_ask(&lab, "GET", "/hello", h.p).status, 304);
    lab_end(&lab);
}

static void ranges(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    static const struct {
        const char *header;
        int         status;
        size_t      first, n;
        const char *range;
    } rows[] = {
        { "", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-0\r\n", 206, 0, 1, "bytes 0-0/20000" },
        { "Range: bytes=100-199\r\n", 206, 100, 100, "bytes 100-199/20000" },
        { "Range: bytes=19990-\r\n", 206, 19990, 10, "bytes 19990-19999/20000" },
        { "Range: bytes=-5\r\n", 206, 19995, 5, "bytes 19995-19999/20000" },
        { "Range: bytes=0-999999\r\n", 206, 0, LAB_BIG, "bytes 0-19999/20000" },
        { "Range: bytes=-999999\r\n", 206, 0, LAB_BIG, "bytes 0-19999/20000" },
        { "Range: bytes=20000-\r\n", 416, 0, 0, "bytes */20000" },
        { "Range: bytes=-0\r\n", 416, 0, 0, "bytes */20000" },
        { "Range: bytes=5-2\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1,5-6\r\n", 200, 0, LAB_BIG, "" },
        { "Range: rows=0-1\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range: \"file-1\"\r\n", 206, 0, 2, "bytes 0-1/20000" },
        { "Range: bytes=0-1\r\nIf-Range: \"file-0\"\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range: W/\"file-1\"\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range: \"file-1-gz\"\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range: *\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range:\r\n", 200, 0, LAB_BIG, "" },
        { "Range: bytes=0-1\r\nIf-Range: Fri, 27 Nov 2026 02:49:02 GMT\r\n", 200, 0, LAB_BIG, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = lab_ask(&lab, "GET", "/file", rows[i].header);
        bool          refused = rows[i].status == 416; // in words, as other refusals, and nothing of the file
        bool          same = a.status == rows[i].status && (refused || a.body.n == rows[i].n);
        for (size_t k = 0; same && !refused && k < a.body.n; k++)
            same = (unsigned char)a.body.p[k] == (rows[i].first + k) % 251;
        ok(same, "%s: got %d with %zu bytes", rows[i].header, a.status, a.body.n);
        ok_header(a, "Content-Range", rows[i].range);
        ok_header(a, "Accept-Ranges", "bytes");
        if (!refused) continue;
        ok_header(a, "Content-Type", "application/problem+json");
        ok_header(a, "Cache-Control", "no-store");
        ok_header(a, "ETag", "");
        ok(str_has(a.body, S("\"status\":416")), "%.*s", STR(a.body));
    }
    struct answer a = lab_ask(&lab, "HEAD", "/file", "Range: bytes=0-1\r\n");
    ok_i64(a.status, 200);
    ok_header(a, "Content-Length", "20000");
    ok_header(a, "Content-Range", "");
    lab_end(&lab);
}

static bool unpacks_to(struct answer a, str wanted)
{
    str    coding = lab_header(a, "Content-Encoding");
    char  *to = malloc(wanted.n + 1);
    size_t n = 0;
    if (!coding.n) n = a.body.n <= wanted.n ? a.body.n : 0;
    if (!coding.n && n) memcpy(to, a.body.p, n);
    if (str_eq(coding, S("zstd"))) n = ZSTD_decompress(to, wanted.n, a.body.p, a.body.n);
    if (str_eq(coding, S("gzip"))) {
        struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
        if (libdeflate_gzip_decompress(d, a.body.p, a.body.n, to, wanted.n, &n)) n = 0;
        libdeflate_free_decompressor(d);
    }
    bool same = n == wanted.n && !memcmp(to, wanted.p, n);
    free(to);
    return same;
}

static void codings(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    static const struct {
        const char *path, *accept, *coding, *etag;
    } rows[] = {
        { "/big", "", "", "\"big-1\"" },
        { "/big", "Accept-Encoding: gzip\r\n", "gzip", "\"big-1-gz\"" },
        { "/big", "Accept-Encoding: gzip, deflate, br, zstd\r\n", "zstd", "\"big-1-zs\"" },
        { "/big", "Accept-Encoding: br\r\n", "", "\"big-1\"" },
        { "/big", "Accept-Encoding: gzip;q=0\r\n", "", "\"big-1\"" },
        { "/big", "Accept-Encoding: *;q=0.1\r\n", "zstd", "\"big-1-zs\"" },
        { "/big", "Accept-Encoding: gzip;q=0.9, zstd;q=0.2\r\n", "gzip", "\"big-1-gz\"" },
        { "/big", "Accept-Encoding: identity, zstd;q=0, GZIP;q=0.3\r\n", "gzip", "\"big-1-gz\"" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = lab_ask(&lab, "GET", rows[i].path, rows[i].accept);
        ok_header(a, "Content-Encoding", rows[i].coding);
        ok_header(a, "ETag", rows[i].etag);
        ok(str_has(lab_header(a, "Vary"), S("Accept-Encoding")), "a cache keeps the forms apart");
        ok(unpacks_to(a, (str){ lab.big, LAB_BIG }), "%s: the same bytes once unpacked", rows[i].accept);
    }
    ok_header(lab_ask(&lab, "GET", "/hello", "Accept-Encoding: gzip\r\n"), "Content-Encoding",
              ""); // too small to pay
    ok_header(lab_ask(&lab, "GET", "/file", "Accept-Encoding: gzip\r\n"), "Content-Encoding", "");
    ok_str(lab_ask(&lab, "GET", "/fixed", "Accept-Encoding: gzip, br\r\n").body, S("BR"));
    ok_str(lab_ask(&lab, "GET", "/fixed", "Accept-Encoding: gzip, zstd\r\n").body, S("GZIP"));
    ok_str(lab_ask(&lab, "GET", "/fixed", "Accept-Encoding: zstd\r\n").body, S("the thing itself"));
    lab_end(&lab);
}

static void flows(void **state)
{
    (void)state;
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    struct buf wanted;
    buf_init(&wanted, 1 << 24);
    for (size_t i = 0; i < LAB_FLOW_LINES; i++) buf_printf(&wanted, "%07zu\n", i);
    struct answer a = lab_ask(&lab, "GET", "/flow", "");
    ok_header(a, "Transfer-Encoding", "chunked");
    ok(str_eq(a.body, buf_str(&wanted)), "all of it in order: %zu of %zu bytes", a.body.n, wanted.n);
    a = lab_ask(&lab, "GET", "/flow", "Accept-Encoding: gzip, zstd\r\n");
    ok_header(a, "Content-Encoding", "gzip");
    ok(a.body.n < wanted.n / 2 && unpacks_to(a, buf_str(&wanted)), "packed while it runs: %zu bytes",
       a.body.n);
    buf_free(&wanted);
    // A reader who stops reading stops the producer, and one who leaves frees it (the sanitizer looks on).
    int fd = lab_connect(&lab);
    ok(lab_send(fd, S("GET /endless HTTP/1.1\r\nHost: lab\r\n\r\n")), "asked");
    usleep(300 * 1000);
    ok(lab_ask(&lab, "GET", "/hello", "").status == 200, "others are served meanwhile");
    struct http_stats st;
    http_stats_get(lab.server, &st);
    close(fd);
    for (int i = 0; i < 200 && st.open_connections; i++) {
        usleep(20 * 1000);
        http_stats_get(lab.server, &st);
    }
    ok(!st.open_connections, "an endless answer ends with its reader");
    lab_end(&lab);
}

/// What the gate says when it refuses is a problem document that any parser of JSON takes.
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *target, *headers;
        int         status;
    } rows[] = {
        { "/a//b", "", 400 },
        { "/%zz", "", 400 },
        { "*", "", 400 },
        { "/hello", "Transfer-Encoding: gzip\r\n", 400 },
        { "/hello", "Host: b\r\n", 400 },
        { "/hello", "Content-Length: 9999999\r\n", 413 },
    };
    struct lab lab;
    lab_start(&lab, (struct http_config){ 0 });
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = lab_ask(&lab, "GET", rows[i].target, rows[i].headers);
        json_error_t  why;
        json_t       *j = json_loadb(a.body.p, a.body.n, JSON_REJECT_DUPLICATES, &why);
        ok_header(a, "Content-Type", "application/problem+json");
        ok(j, "%s in %.*s", why.text, STR(a.body));
        ok_i64(a.status, rows[i].status);
        ok_i64(json_integer_value(json_object_get(j, "status")), rows[i].status);
        const char *title = json_string_value(json_object_get(j, "title"));
        ok(title && str_has(a.head, str_of(title)), "the title of about:blank is that of the status: %s",
           title);
        ok(*json_string_value(json_object_get(j, "detail")), "and a sentence");
        secured(a, "'none'");
        json_decref(j);
    }
    lab_end(&lab);
}

/// A hundred questions sent ahead are one connection, answered in order.
static void one_connection(void **state)
{
    (void)state;
    static const char *const paths[] = { "/hello", "/big", "/fixed", "/file", "/nowhere", "/flow" };
    struct lab               lab;
    struct buf               got;
    lab_start(&lab, (struct http_config){ 0 });
    buf_init(&got, 1 << 30);
    int fd = lab_connect(&lab);
    for (size_t i = 0; i < 100; i++)
        ok(lab_send(fd, arena_printf(lab.sc.mem, "GET %s HTTP/1.1\r\nHost: lab\r\n\r\n",
                                     paths[i % COUNT(paths)])),
           "request %zu", i);
    ok(!lab_receive(fd, &got, 3000), "the connection stays open");
    str    rest = buf_str(&got);
    size_t n = 0;
    for (struct answer a; (a = lab_cut(&lab.sc, &rest, false)).whole; n++)
        ok(a.status == (n % COUNT(paths) == 4 ? 404 : 200), "answer %zu: %d", n, a.status);
    ok_i64(n, 100);
    struct http_stats st;
    http_stats_get(lab.server, &st);
    ok_i64(st.open_connections, 1);
    close(fd);
    buf_free(&got);
    lab_end(&lab);
}

/// Standard error of this process goes to a file until it is given back.
static int log_to(const char *path)
{
    int kept = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ok(kept >= 0 && fd >= 0 && dup2(fd, STDERR_FILENO) >= 0, "the log goes to %s", path);
    close(fd);
    return kept;
}

/// Whatever a name holds: one event is one line, a value ends where it ends, and a terminal obeys none of it.
static void a_log_line_is_one_line(void **state)
{
    (void)state;
    static const struct {
        str         value;
        const char *shown;
    } rows[] = {
        { S("plain"), " why=plain\n" },
        { S("a\nb status=200"), " why=\"a\\x0ab status=200\"\n" },
        { S("\x1B[31mred"), " why=\"\\x1b[31mred\"\n" },
        { S("a\" forged=\"1\\"), " why=\"a\\\" forged=\\\"1\\\\\"\n" },
        { S("x\u202Ey"), " why=\"x\\u{202e}y\"\n" },
        { S("\xC2\x85"), " why=\"\\u{85}\"\n" },
    };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path;
    str          log;
    ok_err(&sc, path_join(&sc, dir, "log", &path), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int kept = log_to(path);
        log_warn("test.event", log_str("why", rows[i].value));
        dup2(kept, STDERR_FILENO);
        close(kept);
        ok_err(&sc, file_read(&sc, path, 1 << 16, &log), OK);
        ok(str_ends(log, str_of(rows[i].shown)) && str_find(log, '\n') == log.n - 1, "row %zu: %.*s", i,
           STR(log));
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void the_log_tells_of_nobody(void **state)
{
    (void)state;
    struct lab  lab;
    const char *dir, *path;
    str         log;
    lab_start(&lab, (struct http_config){ .access_log = true });
    dir = test_dir(&lab.sc);
    ok_err(&lab.sc, path_join(&lab.sc, dir, "log", &path), OK);
    int kept = log_to(path);
    (void)lab_ask(&lab, "GET", "/hello?name=secret", "Cookie: secret=1\r\nReferer: http://secret/\r\n");
    (void)lab_ask(&lab, "GET", "http://me:secret@10.1.2.3/hello?secret", "User-Agent: secret\r\n");
    (void)lab_ask(&lab, "GET", "/nowhere#secret", "X-Forwarded-For: 10.1.2.3\r\n");
    (void)lab_ask(&lab, "GET", "/flow", "");
    http_stop(lab.server, 2000); // so that all is written
    lab.server = NULL;
    dup2(kept, STDERR_FILENO);
    close(kept);
    ok_err(&lab.sc, file_read(&lab.sc, path, 1 << 16, &log), OK);
    ok(str_has(log, S("info http.request method=GET path=/hello status=200 bytes=6 ms=")), "%.*s", STR(log));
    ok(str_has(log, S("path=/hello status=400")) && str_has(log, S("path=/nowhere status=400")), "%.*s",
       STR(log));
    ok(str_has(log, S("path=/flow status=200 bytes=1600000 ")),
       "what is made while it is sent is counted: %.*s", STR(log));
    ok(!str_has(log, S("secret")) && !str_has(log, S("10.1.2.3")) && !str_has(log, S("127.0.0.1")), "%.*s",
       STR(log));
    test_dir_end(&lab.sc, dir);
    lab_end(&lab);
}

// -- what is kept -----------------------------------------------------------------------------------------------------

static const struct http_config keeping = { .keep_for = lab_keep_for, .keep_bytes = 1 << 20 };

static void asked_is(struct lab *lab, int wanted, const char *what)
{
    ok(atomic_load(&lab->asked) == wanted, "%s: the handler was asked %d times, not %d", what,
       atomic_load(&lab->asked), wanted);
}

static void kept(void **state)
{
    (void)state;
    struct lab        lab;
    struct http_stats n;
    lab_start(&lab, keeping);
    struct answer a = lab_ask(&lab, "GET", "/kept/a?x=1", ""), b = lab_ask(&lab, "GET", "/kept/a?x=1", "");
    const str     a_first = S("/kept/a?x=1 asked 1");
    ok_str(a.body, a_first);
    ok(str_eq(a.head, b.head) && str_eq(a.body, b.body), "the second is the first: %.*s", STR(b.head));
    secured(b, "'none'");
    ok_header(b, "Cache-Control", "public, max-age=31536000, immutable");
    asked_is(&lab, 1, "twice the same");
    ok_str(lab_ask(&lab, "GET", "/kept/a?x=2", "").body, S("/kept/a?x=2 asked 2"));
    a = lab_ask(&lab, "GET", "/kept/long", "Accept-Encoding: gzip\r\n");
    b = lab_ask(&lab, "GET", "/kept/long", "Accept-Encoding: deflate, gzip;q=0.5\r\n");
    ok_header(a, "Content-Encoding", "gzip");
    ok(str_eq(a.body, b.body), "the same coding is the same answer");
    b = lab_ask(&lab, "GET", "/kept/long", "");
    ok(!lab_header(b, "Content-Encoding").n && str_starts(b.body, S("/kept/long? asked 4")),
       "each coding is its own");
    asked_is(&lab, 4, "codings");
    ok_i64(lab_ask(&lab, "GET", "/kept/a?x=1", "If-None-Match: \"kept-1\"\r\n").status, 304);
    ok_i64(lab_ask(&lab, "HEAD", "/kept/a?x=1", "").status, 200);
    asked_is(&lab, 4, "who has it, or wants its head alone, is told so from what is kept");
    ok_str(lab_ask(&lab, "GET", "/kept/a?x=1", "If-None-Match: \"kept-0\"\r\n").body, a_first);
    asked_is(&lab, 4, "who has an older one gets what is kept");
    ok_str(lab_ask(&lab, "GET", "/kept/a?x=1", "Accept-Language: uk\r\n").body, S("/kept/a?x=1 asked 5"));
    ok_i64(lab_ask(&lab, "GET", "/kept/a?x=1", "If-None-Match: *\r\n").status, 304);
    ok_i64(
        lab_ask(&lab, "GET", "/kept/long", "Accept-Encoding: gzip\r\nIf-None-Match: \"kept-1\"\r\n").status,
        304);
    asked_is(&lab, 5, "who has it in any coding is told so");
    for (int i = 0; i < 2; i++) {
        ok_i64(lab_ask(&lab, "GET", "/kept/not", "").status, 200);
        ok_i64(lab_ask(&lab, "GET", "/kept/gone", "").status, 404);
    }
    asked_is(&lab, 9, "what may change, and errors, are not kept");
    http_stats_get(lab.server, &n);
    ok(n.kept_answers == 5 && n.kept_hits == 7 && n.kept_bytes > 1000, "%llu answers, %llu hits",
       (unsigned long long)n.kept_answers, (unsigned long long)n.kept_hits);
    http_forget(lab.server);
    ok_str(lab_ask(&lab, "GET", "/kept/a?x=1", "").body, S("/kept/a?x=1 asked 10"));
    lab_end(&lab);
}

/// keep_for says that all below /kept/ is public: an answer that says otherwise is not kept, has no public tag and no public
/// directive, and is never taken for what everybody has.
static void audiences(void **state)
{
    (void)state;
    static const struct {
        const char *path, *cache, *etag, *corp;
        bool        kept;
    } rows[] = {
        { "/kept/for/0", "no-store", "", "same-origin", false },
        { "/kept/for/1", "public, max-age=31536000, immutable", "\"for-1\"", "cross-origin", true },
        { "/kept/for/2", "private, no-cache", "\"~partner~for-1\"", "same-origin", false },
        { "/kept/for/3", "private, no-cache", "\"~police~for-1\"", "same-origin", false },
    };
    struct lab lab;
    lab_start(&lab, keeping);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int before = atomic_load(&lab.asked);
        for (int k = 0; k < 2; k++) {
            struct answer a = lab_ask(&lab, "GET", rows[i].path, "");
            ok_i64(a.status, 200);
            ok_header(a, "Cache-Control", rows[i].cache);
            ok_header(a, "ETag", rows[i].etag);
            ok_header(a, "Cross-Origin-Resource-Policy", rows[i].corp);
            ok_header(a, "Access-Control-Allow-Origin", i == 1 ? "*" : "");
        }
        asked_is(&lab, before + (rows[i].kept ? 1 : 2), rows[i].path);
        str known = arena_printf(lab.sc.mem, "If-None-Match: \"for-1\", *\r\n");
        ok(lab_ask(&lab, "GET", rows[i].path, known.p).status == (i == 1 ? 304 : 200), "%s: the public tag",
           rows[i].path);
    }
    struct answer a = lab_ask(&lab, "GET", "/kept/for/1", "Authorization: Basic YTpi\r\n");
    ok(!str_eq(a.body, lab_ask(&lab, "GET", "/kept/for/1", "").body),
       "who shows a password is not given what is kept");
    a = lab_ask(&lab, "GET", "/kept/for/3", "If-None-Match: \"~police~for-1\"\r\n");
    ok_i64(a.status, 304);
    ok_header(a, "Cache-Control", "private, no-cache");
    lab_end(&lab);
}

/// What is kept for one circle is given to no other, at the same address.
static void each_circle_has_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *who;
        int         answer;
    } asks[] = {
        { "X-Who: 3\r\n", 1 }, { "X-Who: 3\r\n", 1 }, { "", 2 }, { "X-Who: 2\r\n", 3 }, { "X-Who: 0\r\n", 4 },
        { "X-Who: 0\r\n", 5 }, { "X-Who: 3\r\n", 1 }, { "", 2 }
    };
    struct lab lab;
    lab_start(&lab, keeping);
    for (size_t i = 0; i < COUNT(asks); i++)
        ok_str(lab_ask(&lab, "GET", "/kept/who", asks[i].who).body,
               arena_printf(lab.sc.mem, "/kept/who? asked %d", asks[i].answer));
    lab_end(&lab);
}

static void *ask_slow(void *arg)
{
    struct lab   *lab = arg;
    struct lab    own = { .sc = test_scope(), .port = lab->port };
    struct answer a = lab_ask(&own, "GET", "/kept/slow", "");
    bool          good = a.status == 200 && str_eq(a.body, S("/kept/slow? asked 1"));
    test_scope_end(&own.sc);
    return good ? arg : NULL;
}

static void a_crowd_asks_once(void **state)
{
    (void)state;
    pthread_t  thread[30];
    struct lab lab;
    lab_start(&lab, keeping);
    for (size_t i = 0; i < COUNT(thread); i++)
        ok(!pthread_create(&thread[i], NULL, ask_slow, &lab), "thread");
    for (size_t i = 0; i < COUNT(thread); i++) {
        void *good;
        pthread_join(thread[i], &good);
        ok(good, "visitor %zu has the answer", i);
    }
    asked_is(&lab, 1, "thirty at once");
    lab_end(&lab);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(headers),
    cmocka_unit_test(head),
    cmocka_unit_test(conditions),
    cmocka_unit_test(ranges),
    cmocka_unit_test(codings),
    cmocka_unit_test(flows),
    cmocka_unit_test(kept),
    cmocka_unit_test(audiences),
    cmocka_unit_test(each_circle_has_its_own),
    cmocka_unit_test(a_crowd_asks_once),
    cmocka_unit_test(refusals),
    cmocka_unit_test(one_connection),
    cmocka_unit_test(a_log_line_is_one_line),
    cmocka_unit_test(the_log_tells_of_nobody),
};
TEST_MAIN(tests)
