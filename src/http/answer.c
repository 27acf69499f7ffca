// SPDX-License-Identifier: EUPL-1.2
#include "http/answer.h"

#include "base/arena.h"
#include <stdlib.h>

enum { HEAD_MAX = 16 * 1024, REFUSAL_MAX = 4096 };

static const char *reason_of(int status)
{
    static const struct {
        int         status;
        const char *reason;
    } reasons[] = {
        { 200, "OK" },
        { 204, "No Content" },
        { 206, "Partial Content" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 303, "See Other" },
        { 304, "Not Modified" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 411, "Length Required" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 416, "Range Not Satisfiable" },
        { 417, "Expectation Failed" },
        { 422, "Unprocessable Content" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "Other";
}

static void put_status(struct buf *b, int status)
{
    buf_printf(b, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
}

static void put_security(struct buf *b, bool frameable, bool foreign)
{
    buf_printf(
        b,
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors %s\r\n",
        frameable ? "*" : "'none'");
    buf_add(b, S("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                 "Permissions-Policy: geolocation=(self), camera=(), microphone=(), payment=(), usb=()\r\n"));
    if (!frameable) buf_add(b, S("Cross-Origin-Opener-Policy: same-origin\r\n"));
    buf_printf(b, "Cross-Origin-Resource-Policy: %s\r\n", foreign ? "cross-origin" : "same-origin");
}

/// A handler's own header. One that would end its line is left out, whatever else it says.
static bool is_line(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7F) return false;
    return true;
}

static void put_cors(struct buf *b)
{
    buf_add(b, S("Access-Control-Allow-Origin: *\r\n"
                 "Access-Control-Expose-Headers: ETag, Content-Range, Retry-After\r\n"));
}

/// What a 200 and the 304 in its place have in common.
static void put_common(struct buf *b, const struct http_res *rs, const struct body *body)
{
    bool everybody = rs->audience == HTTP_PUBLIC, cors = rs->cors && everybody;
    buf_printf(b, "Cache-Control: %s\r\n", audience_cache_words(rs->audience, rs->cache));
    if (body->varies) buf_add(b, S("Vary: Accept-Encoding\r\n"));
    if (rs->fd > 0) buf_add(b, S("Accept-Ranges: bytes\r\n"));
    if (cors) put_cors(b);
    if (rs->retry_after_s) buf_printf(b, "Retry-After: %d\r\n", rs->retry_after_s);
    put_security(b, rs->frameable, cors || (rs->frameable && everybody));
    for (size_t i = 0; i < rs->n_headers; i++)
        if (rs->header[i].name.n && is_line(rs->header[i].name) && is_line(rs->header[i].value))
            buf_printf(b, "%.*s: %.*s\r\n", STR(rs->header[i].name), STR(rs->header[i].value));
}

static void put_head(struct answer *a, const struct http_res *rs, bool eleven)
{
    struct buf        *b = &a->head;
    const struct body *body = &a->body;
    put_status(b, a->status);
    if (rs->content_type && a->status != 304) buf_printf(b, "Content-Type: %s\r\n", rs->content_type);
    if (body->coding_name) buf_printf(b, "Content-Encoding: %s\r\n", body->coding_name);
    if (body->etag[0]) buf_printf(b, "ETag: %s\r\n", body->etag);
    if (body->range[0]) buf_printf(b, "Content-Range: %s\r\n", body->range);
    put_common(b, rs, body);
    if (body->flow) buf_add(b, eleven ? S("Transfer-Encoding: chunked\r\n") : S(""));
    else if (a->status != 204 && a->status != 304)
        buf_printf(b, "Content-Length: %llu\r\n", (unsigned long long)body->bytes);
}

static struct answer *answer_new(void)
{
    struct answer *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->body.fd = -1;
    buf_init(&a->head, HEAD_MAX);
    buf_init(&a->known, HEAD_MAX);
    return a;
}

void answer_count(struct answer *a, atomic_size_t *budget)
{
    a->bytes = sizeof *a + a->head.cap + a->known.cap + (a->body.owned ? a->body.memory.n : 0) +
               (a->body.flow ? FLOW_BYTES : 0);
    a->budget = budget;
    atomic_fetch_add(budget, a->bytes);
}

void answer_free(struct answer *a)
{
    if (!a) return;
    if (a->budget) atomic_fetch_sub(a->budget, a->bytes);
    body_free(&a->body);
    buf_free(&a->head);
    buf_free(&a->known);
    arena_close(a->mem);
    free(a);
}

static void add_json_text(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') buf_add_c(b, '\\');
        buf_add_c(b, *s);
    }
}

/// range: what there is to ask for; NULL: nothing is said of it. cors: also to scripts of other sites.
static struct answer *refusal(int status, const char *why, int retry_s, const char *range, bool cors)
{
    struct answer *a = answer_new();
    struct buf     text;
    if (!a) return NULL;
    buf_init(&text, REFUSAL_MAX);
    buf_printf(&text, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"",
               reason_of(status), status);
    add_json_text(&text, why); // sentences of our own, in which a quotation mark is the worst
    buf_add(&text, S("\"}\n"));
    a->status = status;
    a->body.memory = buf_str(&text);
    a->body.owned = text.p;
    a->body.bytes = text.n;
    put_status(&a->head, status);
    buf_add(&a->head, S("Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"));
    if (retry_s) buf_printf(&a->head, "Retry-After: %d\r\n", retry_s);
    if (range) buf_printf(&a->head, "Accept-Ranges: bytes\r\nContent-Range: %s\r\n", range);
    if (cors) put_cors(&a->head);
    put_security(&a->head, false, cors);
    buf_printf(&a->head, "Content-Length: %zu\r\n", text.n);
    if (!text.failed && !a->head.failed) return a;
    answer_free(a);
    return NULL;
}

struct answer *answer_refusal(int status, const char *why, int retry_s)
{
    return refusal(status, why, retry_s, NULL, false);
}

/// In place of a file of which no such part is there. False: no memory.
static bool refuse_range(struct answer **a, const struct http_res *rs)
{
    struct answer *r = refusal(416, "the file has no such part", 0, (*a)->body.range,
                               rs->cors && rs->audience == HTTP_PUBLIC);
    answer_free(*a);
    *a = r;
    return r != NULL;
}

enum err answer_make(struct scope *sc, const struct head *h, struct http_res *rs, bool keep,
                     struct answer **out)
{
    struct answer *a = answer_new();
    struct body    spare;
    bool           unchanged = rs->status == 304;
    enum err       e = body_make(sc, h, rs, a ? &a->body : &spare);
    if (!a) {
        if (!e) body_free(&spare);
        return fail(&sc->fault, ERR_NOMEM, "no room for a response");
    }
    a->status = a->body.status;
    a->cuttable = rs->cuttable;
    if (!e && a->status == 416) {
        if (!refuse_range(&a, rs)) return fail(&sc->fault, ERR_NOMEM, "no room for a response");
        *out = a;
        return OK;
    }
    if (!e && unchanged && !a->body.etag[0])
        e = fail(&sc->fault, ERR_INVALID, "a response without a tag cannot be unchanged");
    if (!e) put_head(a, rs, h->eleven);
    if (!e && keep) {
        put_status(&a->known, 304);
        put_common(&a->known, rs, &a->body);
    }
    if (!e && (a->head.failed || a->known.failed))
        e = fail(&sc->fault, ERR_NOMEM, "the headers of a response are longer than %d bytes", HEAD_MAX);
    if (e) {
        answer_free(a);
        return e;
    }
    *out = a;
    return OK;
}
