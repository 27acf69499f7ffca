// SPDX-License-Identifier: EUPL-1.2
// Level 1 of libdeflate and zstd: measured on tiles, higher levels cost more time than the query and save one byte in
// twenty. Constant files come packed by brotli at build time.
#include "http/body.h"

#include "base/arena.h"
#include "http/target.h"
#include <libdeflate.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
    PACK_MIN_BYTES = 600,
    PACK_LEVEL = 1,
    BLOCK_BYTES = 64 * 1024,
    PIECE_MAX_BYTES = 8 << 20,
    STREAM_ARENA_BYTES = 64 << 20
};

static bool is_packable(const char *type)
{
    static const char *const kinds[] = { "text/",
                                         "application/json",
                                         "application/problem+json",
                                         "application/geo+json",
                                         "image/svg+xml",
                                         "application/vnd.mapbox-vector-tile",
                                         "application/vnd.hromada.counts",
                                         "application/javascript",
                                         "application/manifest+json" };
    for (size_t i = 0; type && i < COUNT(kinds); i++)
        if (str_starts(str_of(type), str_of(kinds[i]))) return true;
    return false;
}

// -- a body that is all there ------------------------------------------------------------------------------------------

/// Packs into malloc'ed memory. NULL: no memory, or packing does not pay.
static void *pack_gzip(str s, size_t *n)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(PACK_LEVEL);
    void                         *to = c ? malloc(s.n) : NULL;
    *n = to ? libdeflate_gzip_compress(c, s.p, s.n, to, s.n) : 0;
    libdeflate_free_compressor(c);
    if (*n) return to;
    free(to);
    return NULL;
}

static void *pack_zstd(str s, size_t *n)
{
    void *to = malloc(s.n);
    *n = to ? ZSTD_compress(to, s.n, s.p, s.n, PACK_LEVEL) : 0;
    if (*n && !ZSTD_isError(*n)) return to;
    free(to);
    return NULL;
}

static void make_tag(struct http_res *rs, str identity, char tag[40])
{
    if (rs->etag.n) snprintf(tag, 40, "%.*s", STR(str_slice(rs->etag, 0, 39)));
    else if (rs->cache == HTTP_REVALIDATE) {
        unsigned char hash[16];
        crypto_generichash(hash, sizeof hash, (const unsigned char *)(identity.n ? identity.p : ""),
                           identity.n, NULL, 0);
        sodium_bin2hex(tag, 40, hash, sizeof hash);
    } else tag[0] = 0;
}

static enum err empty(struct scope *sc, struct body *out, int status)
{
    out->status = status;
    out->bytes = 0;
    out->coding_name = NULL;
    out->response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    return out->response ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a response");
}

/// The reader has it already, in the coding that is named again: a cache would not know another tag (RFC 9111, 4.3.4).
static bool is_known(struct body *out, const char *tag, str if_none_match, int status)
{
    str listed;
    if (!tag[0] || (status != 200 && status != 304) || !etag_matches(if_none_match, str_of(tag), &listed))
        return false;
    snprintf(out->etag, sizeof out->etag, "\"%.*s\"", STR(str_slice(listed, 0, sizeof out->etag - 3)));
    return true;
}

unsigned body_coding(str accepted)
{
    return accept_encoding(accepted, CODING_ZSTD | CODING_GZIP);
}

static enum err make_whole(struct scope *sc, struct http_res *rs, str accepted, str if_none_match,
                           struct body *out)
{
    static const char *const names[] = { [CODING_GZIP] = "gzip", [CODING_ZSTD] = "zstd", [CODING_BR] = "br" };
    static const char *const suffix[] = {
        [0] = "", [CODING_GZIP] = "-gz", [CODING_ZSTD] = "-zs", [CODING_BR] = "-br"
    };
    bool     fixed = rs->fixed.p != NULL;
    str      s = fixed ? rs->fixed : buf_str(&rs->body);
    char     tag[40];
    unsigned coding = 0;
    void    *packed = NULL;
    size_t   n = s.n;
    make_tag(rs, s, tag);
    out->varies =
        fixed ? rs->fixed_gzip.p || rs->fixed_br.p : rs->status == 304 || is_packable(rs->content_type);
    if (fixed) {
        coding = accept_encoding(accepted,
                                 (rs->fixed_br.p ? CODING_BR : 0u) | (rs->fixed_gzip.p ? CODING_GZIP : 0u));
        if (coding) s = coding == CODING_BR ? rs->fixed_br : rs->fixed_gzip;
        n = s.n;
    }
    if (is_known(out, tag, if_none_match, rs->status)) return empty(sc, out, 304);
    if (!fixed && out->varies && s.n >= PACK_MIN_BYTES) {
        coding = body_coding(accepted);
        if (coding) packed = coding == CODING_ZSTD ? pack_zstd(s, &n) : pack_gzip(s, &n);
        if (!packed) coding = 0, n = s.n;
    }
    if (tag[0]) snprintf(out->etag, sizeof out->etag, "\"%s%s\"", tag, suffix[coding]);
    out->status = rs->status;
    out->coding_name = coding ? names[coding] : NULL;
    out->bytes = n;
    if (packed) out->response = MHD_create_response_from_buffer(n, packed, MHD_RESPMEM_MUST_FREE);
    else if (fixed)
        out->response = MHD_create_response_from_buffer(n, (void *)(uintptr_t)s.p, MHD_RESPMEM_PERSISTENT);
    else {
        out->response = MHD_create_response_from_buffer(n, n ? rs->body.p : (void *)(uintptr_t) "",
                                                        n ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
        if (out->response && n) rs->body = (struct buf){ 0 }; // the memory is the response's now
    }
    if (out->response) return OK;
    free(packed);
    return fail(&sc->fault, ERR_NOMEM, "no room for a response of %zu bytes", n);
}

// -- a file ------------------------------------------------------------------------------------------------------------

static enum err make_file(struct scope *sc, struct http_res *rs, str range, str if_range, str if_none_match,
                          struct body *out)
{
    char     tag[40], text[80];
    uint64_t first = 0, last = rs->fd_bytes ? rs->fd_bytes - 1 : 0;
    make_tag(rs, S(""), tag);
    enum range r = RANGE_NONE;
    bool       fresh = is_known(out, tag, if_none_match, rs->status);
    if (!fresh && tag[0]) snprintf(out->etag, sizeof out->etag, "\"%s\"", tag);
    out->status = rs->status;
    // If-Range names one tag, and it must be the very same one (RFC 9110, 13.1.5).
    if (!fresh && (!if_range.p || (tag[0] && str_eq(if_range, str_of(out->etag)))))
        r = range_read(range, rs->fd_bytes, &first, &last);
    if (fresh || r == RANGE_BAD) {
        close(rs->fd);
        TRY(empty(sc, out, fresh ? 304 : 416));
        snprintf(text, sizeof text, "bytes */%llu", (unsigned long long)rs->fd_bytes);
        if (!fresh) MHD_add_response_header(out->response, "Content-Range", text);
        return OK;
    }
    out->bytes = rs->fd_bytes ? last - first + 1 : 0;
    out->response = MHD_create_response_from_fd_at_offset64(out->bytes, rs->fd, first);
    if (!out->response) {
        close(rs->fd);
        return fail(&sc->fault, ERR_NOMEM, "no room for a response");
    }
    if (r == RANGE_OK) {
        out->status = 206;
        snprintf(text, sizeof text, "bytes %llu-%llu/%llu", (unsigned long long)first,
                 (unsigned long long)last, (unsigned long long)rs->fd_bytes);
        MHD_add_response_header(out->response, "Content-Range", text);
    }
    return OK;
}

// -- a body that is made while it is sent --------------------------------------------------------------------------------

struct flow {
    enum err (*more)(struct scope *sc, void *ctx, struct buf *to);
    void (*more_free)(void *ctx);
    void        *ctx;
    struct scope sc;
    struct buf   piece; // made and not sent yet, from `at` on
    size_t       at;
    bool         end, packing, finished;
    z_stream     z;
    uint64_t    *sent;
};

static void flow_free(void *cls)
{
    struct flow *f = cls;
    if (f->more_free) f->more_free(f->ctx);
    if (f->packing) deflateEnd(&f->z);
    buf_free(&f->piece);
    arena_close(f->sc.mem);
    free(f);
}

/// Asks the producer for the next piece. False on failure.
static bool next_piece(struct flow *f)
{
    buf_reset(&f->piece);
    f->at = 0;
    if (f->more(&f->sc, f->ctx, &f->piece) || f->piece.failed) return false;
    f->end = !f->piece.n;
    return true;
}

static ssize_t flow_plain(struct flow *f, char *to, size_t max)
{
    if (f->at == f->piece.n && !f->end && !next_piece(f)) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (f->end) return MHD_CONTENT_READER_END_OF_STREAM;
    size_t n = f->piece.n - f->at < max ? f->piece.n - f->at : max;
    memcpy(to, f->piece.p + f->at, n);
    f->at += n;
    return (ssize_t)n;
}

static ssize_t flow_packed(struct flow *f, char *to, size_t max)
{
    if (f->finished) return MHD_CONTENT_READER_END_OF_STREAM;
    f->z.next_out = (Bytef *)to;
    f->z.avail_out = (uInt)max;
    while (f->z.avail_out == (uInt)max && !f->finished) {
        if (f->at == f->piece.n && !f->end && !next_piece(f)) return MHD_CONTENT_READER_END_WITH_ERROR;
        f->z.next_in = (Bytef *)f->piece.p + f->at;
        f->z.avail_in = (uInt)(f->piece.n - f->at);
        int code = deflate(&f->z, f->end ? Z_FINISH : Z_NO_FLUSH);
        f->at = f->piece.n - f->z.avail_in;
        if (code == Z_STREAM_END) f->finished = true;
        else if (code != Z_OK && code != Z_BUF_ERROR) return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    return (ssize_t)(max - f->z.avail_out);
}

static ssize_t flow_read(void *cls, uint64_t at, char *to, size_t max)
{
    (void)at;
    struct flow *f = cls;
    ssize_t      n = f->packing ? flow_packed(f, to, max) : flow_plain(f, to, max);
    if (n > 0) *f->sent += (uint64_t)n;
    return n;
}

static enum err make_flow(struct scope *sc, struct http_res *rs, str accepted, uint64_t *sent,
                          struct body *out)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY = 8 };
    struct flow *f = calloc(1, sizeof *f);
    if (f) f->sc.mem = arena_open(STREAM_ARENA_BYTES);
    if (!f || !f->sc.mem) {
        if (rs->more_free) rs->more_free(rs->more_ctx);
        free(f);
        return fail(&sc->fault, ERR_NOMEM, "no room for a response");
    }
    f->more = rs->more;
    f->more_free = rs->more_free;
    f->ctx = rs->more_ctx;
    f->sent = sent;
    buf_init(&f->piece, PIECE_MAX_BYTES);
    out->varies = is_packable(rs->content_type);
    if (out->varies && accept_encoding(accepted, CODING_GZIP))
        f->packing =
            deflateInit2(&f->z, PACK_LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
    out->status = rs->status;
    out->coding_name = f->packing ? "gzip" : NULL;
    if (rs->etag.n)
        snprintf(out->etag, sizeof out->etag, "\"%.*s%s\"", STR(str_slice(rs->etag, 0, 39)),
                 f->packing ? "-gz" : "");
    out->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, flow_read, f, flow_free);
    if (out->response) return OK;
    flow_free(f);
    return fail(&sc->fault, ERR_NOMEM, "no room for a response");
}

static str header(struct MHD_Connection *conn, const char *name)
{
    return str_of(MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name));
}

enum err body_make(struct scope *sc, struct MHD_Connection *conn, bool head, struct http_res *rs,
                   uint64_t *sent, struct body *out)
{
    *out = (struct body){ 0 };
    str accepted = header(conn, "Accept-Encoding"), known = header(conn, "If-None-Match");
    if (rs->fd > 0) { // RFC 9110, 14.2: a range is a matter of GET alone
        str range = !head ? header(conn, "Range") : (str){ 0 };
        return make_file(sc, rs, range, header(conn, "If-Range"), known, out);
    }
    if (rs->more) return make_flow(sc, rs, accepted, sent, out);
    if (rs->body.failed)
        return fail(&sc->fault, ERR_NOMEM, "a response is larger than %d bytes", HTTP_MAX_RESPONSE_BYTES);
    return make_whole(sc, rs, accepted, known, out);
}
