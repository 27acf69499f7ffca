// SPDX-License-Identifier: EUPL-1.2
// The head of a request byte by byte. The wire is in tests/web/test_gate.c.
#include "http/head.h"

#include "check.h"

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: lab\r\n"

static int judged(str bytes, struct head *h)
{
    const char *why = NULL;
    int         status = head_read(bytes, h, &why);
    ok((status > 0) == (why != NULL), "a refusal has a sentence, and nothing else has: %d %s", status, why);
    return status;
}

static void heads(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int         wanted;
    } rows[] = {
        { GET HOST "\r\n", HEAD_OK },
        { "\r\n" GET HOST "\r\n", HEAD_OK },
        { "\r\n\r\n" GET HOST "\r\n", 400 },
        { "\n" GET HOST "\r\n", 400 },
        { "", HEAD_MORE },
        { "G", HEAD_MORE },
        { "GET ", HEAD_MORE },
        { "GET / HTTP/1.1\r", HEAD_MORE },
        { GET, HEAD_MORE },
        { GET HOST, HEAD_MORE },
        { GET HOST "\r", HEAD_MORE },
        { GET "\r\n", 400 },                   // no Host
        { GET HOST HOST "\r\n", 400 },         // two
        { "GET / HTTP/1.0\r\n\r\n", HEAD_OK }, // none is needed
        { "GET / HTTP/1.0\r\n" HOST HOST, 400 },
        { "get / HTTP/1.1\r\n" HOST "\r\n", HEAD_OK }, // another method, for the handler to refuse
        { "G(T / HTTP/1.1\r\n", 400 },
        { " / HTTP/1.1\r\n", 400 },
        { "GET  HTTP/1.1\r\n", 400 },
        { "GET /\r\n", 400 },
        { "GET / http/1.1\r\n", 400 },
        { "GET / HTTP/1.10\r\n", 400 },
        { "GET / HTTP/1.1 \r\n", 400 },
        { "GET / HTTP/1.1 and what goes on for ever", 400 },
        { "GET / HTTP/2.0\r\n", 505 },
        { GET HOST "X: \xc5\xbe\r\n\r\n", HEAD_OK },
        { GET HOST "X\xc5: 1\r\n\r\n", 400 },
        { GET HOST "X : 1\r\n", 400 },
        { GET HOST " X: 1\r\n", 400 },
        { GET HOST "\tX: 1\r\n", 400 },
        { GET HOST "X:\r\n\r\n", HEAD_OK },
        { GET HOST "X\r\n", 400 },
        { GET HOST ":\r\n", 400 },
        { GET HOST "Content-Length: 0\r\n\r\n", HEAD_OK },
        { GET HOST "Content-Length: 5\r\nContent-Length: 5\r\n", 400 },
        { GET HOST "content-length: 5,5\r\n", 400 },
        { GET HOST "Content-Length: +5\r\n", 400 },
        { GET HOST "Content-Length:\r\n", 400 },
        { GET HOST "Transfer-Encoding: chunked\r\n\r\n", 411 },
        { GET HOST "Transfer-Encoding: Chunked\r\n\r\n", 411 },
        { GET HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400 },
        { GET HOST "Transfer-Encoding: gzip\r\n\r\n", 400 },
        { GET HOST "Transfer-Encoding:\r\n\r\n", 400 },
        { GET HOST "Expect: 100-continue\r\n\r\n", HEAD_OK },
        { GET HOST "Expect: a cake\r\n\r\n", 417 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct head h;
        int         got = judged(str_of(rows[i].bytes), &h);
        ok(got == rows[i].wanted, "%s: got %d, want %d", rows[i].bytes, got, rows[i].wanted);
    }
    struct head h;
    str all = S("\r\nPOST http://a/b?c HTTP/1.1\r\nHOST: a\r\nX-Y:  \t v w \t \r\nConnection: TE , Close\r\n"
                "Content-Length: 003\r\nExpect: 100-continue\r\n\r\nabcGET");
    ok_i64(judged(all, &h), HEAD_OK);
    ok_str(h.method, S("POST"));
    ok_str(h.target, S("http://a/b?c"));
    ok(h.kind == HTTP_POST && h.eleven && h.close && h.expects && h.length == 3, "what it says about itself");
    ok_str(str_slice(all, h.bytes, all.n), S("abcGET"));
    ok_str(head_field(&h, "x-y"), S("v w"));
    ok(!head_field(&h, "x").p, "what is not there");
}

/// Of a good head every beginning is good so far, however it is cut.
static void beginnings(void **state)
{
    (void)state;
    struct head h;
    str         all = S("\r\nGET /a?b=c HTTP/1.1\r\nHost: lab:80\r\nX-A: b\r\nContent-Length: 7\r\n\r\n");
    for (size_t n = 0; n < all.n; n++) ok_i64(judged(str_slice(all, 0, n), &h), HEAD_MORE);
    ok_i64(judged(all, &h), HEAD_OK);
}

/// Does a byte stand there that somebody may take for the end of a line and another one not?
static bool is_twofold(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (i >= 3 && !memcmp(s.p + i - 3, "\r\n\r\n", 4)) return false; // the head ends here
        bool cr = s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n');
        bool lf = s.p[i] == '\n' && (!i || s.p[i - 1] != '\r');
        if (!s.p[i] || cr || lf) return true;
    }
    return false;
}

/// NUL, LF, CR and all pairs of them, at each place of a head.
static void twofold(void **state)
{
    (void)state;
    static const char bytes[] = { 0, '\n', '\r', '\t', ' ' };
    str    all = S("POST /hello?a HTTP/1.1\r\nHost: lab\r\nX-A: a b\r\nContent-Length: 44\r\nX-B:\r\n\r\n");
    char   got[256];
    size_t refused = 0, passed = 0;
    for (size_t at = 0; at <= all.n - 4; at++)
        for (size_t a = 0; a < COUNT(bytes); a++)
            for (size_t b = 0; b <= COUNT(bytes); b++) {
                size_t n = at;
                memcpy(got, all.p, at);
                got[n++] = bytes[a];
                if (b < COUNT(bytes)) got[n++] = bytes[b];
                memcpy(got + n, all.p + at, all.n - at);
                n += all.n - at;
                struct head h;
                str         s = { got, n };
                int         status = judged(s, &h);
                if (!is_twofold(s)) {
                    passed++;
                    continue;
                }
                ok(status == 400 || status == 505, "at %zu, %d and %d: got %d", at, bytes[a],
                   b < COUNT(bytes) ? bytes[b] : -1, status);
                refused++;
            }
    ok(refused > 1000 && passed > 100, "%zu refused, %zu others", refused, passed);
}

/// `n` bytes between two strings: the last n that is taken, and what comes behind it.
static void limit(const char *before, const char *after, size_t n, int wanted, bool end)
{
    struct head               h;
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 20);
    buf_add(&b, str_of(before));
    size_t from = b.n;
    for (size_t i = 0; i < n; i++) buf_add_c(&b, 'a');
    buf_add(&b, str_of(after));
    int got = judged(buf_str(&b), &h);
    ok(got == HEAD_OK, "%s and %zu more: got %d", before, n, got);
    ok(h.bytes <= HEAD_MAX_BYTES, "%zu bytes are no more than there is room for", h.bytes);
    memmove(b.p + from + 1, b.p + from, b.n - from - 1);
    b.p[from] = 'a';
    buf_add_c(&b, '\n');
    got = judged(buf_str(&b), &h);
    ok(got == wanted, "%s and %zu more: got %d, want %d", before, n + 1, got, wanted);
    if (!end) return;
    b.n = from + n + 1; // and without waiting for the line's end
    memset(b.p + from, 'a', n + 1);
    got = judged(buf_str(&b), &h);
    ok(got == wanted, "%s, not ended: got %d, want %d", before, got, wanted);
}

static void limits(void **state)
{
    (void)state;
    const size_t host = strlen(HOST), frame = strlen("X: ") + 2;
    limit("", " / HTTP/1.1\r\n" HOST "\r\n", HEAD_MAX_METHOD_BYTES, 501, true);
    limit("GET /", " HTTP/1.1\r\n" HOST "\r\n", HTTP_MAX_TARGET_BYTES - 1, 414, true);
    limit(GET HOST "X: ", "\r\n\r\n", HTTP_MAX_HEADER_BYTES - host - frame, 431, false);
    for (int n = HEAD_MAX_FIELDS; n <= HEAD_MAX_FIELDS + 1; n++) {
        AUTO(buf_free) struct buf b;
        struct head               h;
        buf_init(&b, 1 << 20);
        buf_add(&b, S(GET HOST));
        for (int i = 1; i < n; i++) buf_printf(&b, "X-%d: 1\r\n", i);
        buf_add(&b, S("\r\n"));
        ok_i64(judged(buf_str(&b), &h), n <= HEAD_MAX_FIELDS ? HEAD_OK : 431);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(heads),
    cmocka_unit_test(beginnings),
    cmocka_unit_test(twofold),
    cmocka_unit_test(limits),
};
TEST_MAIN(tests)
