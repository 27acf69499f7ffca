// SPDX-License-Identifier: EUPL-1.2
#include "http/gate.h"

#include "http/http.h"
#include "http/target.h"
#include <microhttpd.h>
#include <string.h>

enum { MAX_HEADERS = 100 };

struct gate {
    int         hosts, lengths, encodings, headers;
    size_t      bytes;
    const char *why; // the request is refused; NULL: it is not
    const char *end; // of what was looked at, in libmicrohttpd's own buffer
    bool        whole;
    bool        chunked;
    uint64_t    length;
};

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

static enum MHD_Result look_at_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct gate *g = cls;
    str          n = str_of(name), v = str_of(value);
    g->whole = g->whole && name == g->end + 2;
    g->end = value + v.n;
    g->headers++;
    g->bytes += n.n + v.n;
    for (size_t i = 0; i < n.n; i++)
        if (is_control(n.p[i]) || n.p[i] == ' ' || n.p[i] == ':') g->why = "a header's name holds a blank";
    for (size_t i = 0; i < v.n; i++)
        if (is_control(v.p[i]) && v.p[i] != '\t') g->why = "a header holds a control character";
    if (!n.n) g->why = "a header has no name";
    if (str_eq_nocase(n, S("Host"))) {
        g->hosts++;
        if (!authority_is_good(v)) g->why = "Host is not a name or an address with a port or none";
    }
    if (str_eq_nocase(n, S("Content-Length"))) {
        g->lengths++;
        if (!str_to_u64(v, &g->length)) g->why = "Content-Length is not a number";
    }
    if (str_eq_nocase(n, S("Transfer-Encoding"))) {
        g->encodings++;
        g->chunked = true;
        if (!str_eq_nocase(v, S("chunked"))) g->why = "Transfer-Encoding is not \"chunked\"";
    }
    return MHD_YES;
}

/// Is the head of the request, as it was sent, byte for byte what we looked at? libmicrohttpd 0.9.75 reads it in place and
/// ends each piece by a NUL, so it must be "method SP target SP version CRLF" and "name: value CRLF" without a gap. There
/// is one where a NUL hides something, a line ends in LF or CR alone, a line has no name, or a line is folded: that version
/// adds what is folded to the header's name ("Content-Lengt: 5" and " h" make a Content-Length).
static bool is_all_seen(struct MHD_Connection *conn, const struct head *h, const struct gate *g)
{
    if (strcmp(MHD_get_version(), "0.9.75") != 0) return true; // another one keeps its bytes otherwise
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(conn, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info && g->whole && h->target_at == h->method + strlen(h->method) + 1 &&
           h->version == h->target_at + strlen(h->target) + 1 && g->end + 4 == h->method + info->header_size;
}

static int judge(struct MHD_Connection *conn, const struct head *h, struct gate *g)
{
    bool eleven = !strcmp(h->version, "HTTP/1.1");
    if (!eleven && strcmp(h->version, "HTTP/1.0") != 0)
        return g->why = "only HTTP/1.0 and HTTP/1.1 are spoken here", 505;
    for (const char *m = h->method; *m; m++) // it takes a CR alone for a part of the method
        if (is_control(*m)) g->why = "the method holds a control character";
    if (g->lengths > 1) g->why = "Content-Length stands twice";
    if (g->encodings > 1) g->why = "Transfer-Encoding stands twice";
    if (g->encodings && g->lengths) g->why = "Content-Length stands beside Transfer-Encoding";
    if (g->encodings && !eleven) g->why = "Transfer-Encoding does not belong to HTTP/1.0";
    if (g->hosts > 1) g->why = "Host stands twice";
    if (eleven && !g->hosts) g->why = "Host is missing";
    if (!g->why && !is_all_seen(conn, h, g)) g->why = "the head of the request is malformed";
    if (g->why) return 400;
    if (strlen(h->target) > HTTP_MAX_TARGET_BYTES) return g->why = "the address is too long", 414;
    if (g->headers > MAX_HEADERS || g->bytes > HTTP_MAX_HEADER_BYTES)
        return g->why = "the headers are too many or too long", 431;
    if (g->chunked) return g->why = "a body must come with its Content-Length", 411;
    if (g->length > HTTP_MAX_BODY_BYTES) return g->why = "the body is too large", 413;
    return 0;
}

int gate_check(struct MHD_Connection *conn, const struct head *h, const char **why)
{
    struct gate g = { .whole = true, .end = h->version + strlen(h->version) };
    MHD_get_connection_values(conn, MHD_HEADER_KIND, look_at_header, &g);
    int status = judge(conn, h, &g);
    *why = g.why;
    return status;
}
