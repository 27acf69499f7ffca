// SPDX-License-Identifier: EUPL-1.2
#include "http/head.h"

#include "http/target.h"
#include <string.h>

struct reader {
    str          rest;
    struct head *head;
    size_t       header_bytes;
    int          hosts, lengths, codings;
    bool         chunked;
    const char  *why;
};

static int refuse(struct reader *r, int status, const char *why)
{
    r->why = why;
    return status;
}

/// tchar of RFC 9110, 5.6.2.
static bool is_token(str s)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], letter = c | 0x20;
        if ((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9')) continue;
        if (!c || !strchr(others, c)) return false;
    }
    return s.n > 0;
}

/// Bytes below ' ' but for tabs, and DEL: never in a line. A CR is one, so it can stand in front of the LF alone.
static bool has_control(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7F) return true;
    return false;
}

/// The next line without its CRLF. HEAD_MORE: it has not ended; *line is what there is of it, but for a last CR.
static int cut_line(struct reader *r, str *line)
{
    const char *end = r->rest.n ? memchr(r->rest.p, '\n', r->rest.n) : NULL;
    *line = (str){ r->rest.p, end ? (size_t)(end - r->rest.p) : r->rest.n };
    bool returned = line->n && line->p[line->n - 1] == '\r';
    if (returned) line->n--;
    if (has_control(*line)) return refuse(r, 400, "a control character stands in the head of the request");
    if (!end) return HEAD_MORE;
    if (!returned) return refuse(r, 400, "a line ends in LF without CR");
    r->rest = str_slice(r->rest, line->n + 2, r->rest.n);
    return HEAD_OK;
}

static enum http_method kind_of(str method)
{
    static const struct {
        str              name;
        enum http_method kind;
    } kinds[] = { { S("GET"), HTTP_GET },
                  { S("HEAD"), HTTP_HEAD },
                  { S("POST"), HTTP_POST },
                  { S("OPTIONS"), HTTP_OPTIONS } };
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(method, kinds[i].name)) return kinds[i].kind;
    return HTTP_OTHER;
}

static int read_version(struct reader *r, str version)
{
    r->head->eleven = str_eq(version, S("HTTP/1.1"));
    if (r->head->eleven || str_eq(version, S("HTTP/1.0"))) return HEAD_OK;
    bool named = version.n == 8 && str_starts(version, S("HTTP/")) && version.p[6] == '.';
    return named ? refuse(r, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
                 : refuse(r, 400, "the request line is not \"METHOD /address HTTP/1.1\"");
}

/// Also of what has come so far, so that a line without an end is refused as soon as it is too long.
static int read_request_line(struct reader *r)
{
    struct head *h = r->head;
    str          line, word = str_slice(r->rest, 0, HEAD_MAX_METHOD_BYTES);
    h->kind = kind_of(
        str_slice(word, 0, str_find(word, ' '))); // also of what is refused: HEAD is answered without a body
    int cut = cut_line(r, &line);
    if (cut > 0) return cut;
    size_t blank = str_find(line, ' ');
    if (blank > HEAD_MAX_METHOD_BYTES) return refuse(r, 501, "no method is that long");
    h->method = str_slice(line, 0, blank);
    if (blank == line.n && cut) return HEAD_MORE;
    if (!is_token(h->method)) return refuse(r, 400, "the method is no word");
    line = str_slice(line, blank + 1, line.n);
    blank = str_find(line, ' ');
    h->target = str_slice(line, 0, blank);
    if (h->target.n > HTTP_MAX_TARGET_BYTES) return refuse(r, 414, "the address is too long");
    if (cut && line.n - h->target.n <= 16) return HEAD_MORE;
    int status = read_version(r, str_slice(line, blank + 1, line.n));
    if (status) return status;
    if (!h->target.n || str_find(h->target, '\t') < h->target.n)
        return refuse(r, 400, "there is no good address in the request line");
    return HEAD_OK;
}

/// A list of words: is this one among them? In any case of letters.
static bool lists(str list, str word)
{
    str part;
    while (str_cut(&list, ',', &part))
        if (str_eq_nocase(str_trim(part), word)) return true;
    return false;
}

static bool is_digits(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

/// What of the fields decides where the request ends.
static int weigh_field(struct reader *r, str name, str value)
{
    struct head *h = r->head;
    if (str_eq_nocase(name, S("Host"))) {
        if (r->hosts++) return refuse(r, 400, "Host stands twice");
        if (!authority_is_good(value))
            return refuse(r, 400, "Host is not a name or an address with a port or none");
    } else if (str_eq_nocase(name, S("Content-Length"))) {
        if (r->lengths++) return refuse(r, 400, "Content-Length stands twice");
        if (!is_digits(value)) return refuse(r, 400, "Content-Length is not a number");
        if (!str_to_u64(value, &h->length)) h->length = UINT64_MAX;
    } else if (str_eq_nocase(name, S("Transfer-Encoding"))) {
        if (r->codings++) return refuse(r, 400, "Transfer-Encoding stands twice");
        r->chunked = str_eq_nocase(value, S("chunked"));
    } else if (str_eq_nocase(name, S("Connection"))) {
        h->close = h->close || lists(value, S("close"));
    } else if (str_eq_nocase(name, S("Expect"))) {
        if (!str_eq_nocase(value, S("100-continue")))
            return refuse(r, 417, "only \"100-continue\" is expected here");
        h->expects = h->eleven;
    }
    return HEAD_OK;
}

static int read_field(struct reader *r, str line)
{
    str value = line, name;
    str_cut(&value, ':', &name);
    if (!value.p) return refuse(r, 400, "a line of the head has no colon");
    if (!is_token(name)) return refuse(r, 400, "a header has no name, or a blank stands in or behind it");
    value = str_trim(value);
    if (r->head->n_fields == HEAD_MAX_FIELDS) return refuse(r, 431, "there are too many headers");
    r->head->field[r->head->n_fields++] = (struct http_param){ name, value };
    return weigh_field(r, name, value);
}

static int judge_whole(struct reader *r)
{
    const struct head *h = r->head;
    if (h->eleven && !r->hosts) return refuse(r, 400, "Host is missing");
    if (!r->codings) return HEAD_OK;
    if (r->lengths) return refuse(r, 400, "Content-Length stands beside Transfer-Encoding");
    if (!h->eleven) return refuse(r, 400, "Transfer-Encoding does not belong to HTTP/1.0");
    if (!r->chunked) return refuse(r, 400, "Transfer-Encoding is not \"chunked\"");
    return refuse(r, 411, "a body must come with its Content-Length");
}

static int read_head(struct reader *r)
{
    if (str_starts(r->rest, S("\r\n"))) r->rest = str_slice(r->rest, 2, r->rest.n);
    int status = read_request_line(r);
    if (status) return status;
    for (;;) {
        str line;
        status = cut_line(r, &line);
        if (status > 0) return status;
        r->header_bytes += line.n + 2;
        if (r->header_bytes > HTTP_MAX_HEADER_BYTES + 2) return refuse(r, 431, "the headers are too long");
        if (status) return status;
        if (!line.n) return judge_whole(r);
        status = read_field(r, line);
        if (status) return status;
    }
}

int head_read(str bytes, struct head *out, const char **why)
{
    struct reader r = { .rest = bytes, .head = out };
    memset(out, 0, offsetof(struct head, field));
    int status = read_head(&r);
    *why = r.why;
    out->bytes = bytes.n - r.rest.n;
    return status;
}

str head_field(const struct head *h, const char *name)
{
    str wanted = str_of(name);
    for (size_t i = 0; i < h->n_fields; i++)
        if (str_eq_nocase(h->field[i].name, wanted)) return h->field[i].value;
    return (str){ 0 };
}
