// SPDX-License-Identifier: EUPL-1.2
// Level 1 of libdeflate and zstd: measured on tiles, higher levels cost more time than the query and save one byte in
// twenty. Constant files come packed by brotli at build time.
#include "http/body.h"

#include "http/target.h"
#include <libdeflate.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

enum { PACK_MIN_BYTES = 600, PACK_LEVEL = 1 };

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

/// The tag of the representation without a coding, for the audience; empty: none.
static void make_tag(const struct http_res *rs, str identity, struct body *out)
{
    unsigned char hash[16];
    char          text[2 * sizeof hash + 1];
    str           tag = rs->etag;
    if (!tag.n && rs->cache == HTTP_REVALIDATE && rs->status != 304 && rs->fd <= 0) {
        crypto_generichash(hash, sizeof hash, (const unsigned char *)(identity.n ? identity.p : ""),
                           identity.n, NULL, 0);
        sodium_bin2hex(text, sizeof text, hash, sizeof hash);
        tag = str_of(text);
    }
    audience_tag(rs->audience, tag, out->tag);
}

/// The reader has it already, in the coding that is named again: a cache would not know another tag (RFC 9111, 4.3.4).
static bool is_known(struct body *out, str if_none_match, int status)
{
    str listed;
    if (!out->tag[0] || (status != 200 && status != 304) ||
        !etag_matches(if_none_match, str_of(out->tag), &listed))
        return false;
    body_name_tag(listed, out->etag);
    out->status = 304;
    return true;
}

void body_name_tag(str listed, char etag[static BODY_ETAG_BYTES])
{
    snprintf(etag, BODY_ETAG_BYTES, "\"%.*s\"", STR(str_slice(listed, 0, BODY_ETAG_BYTES - 3)));
}

unsigned body_coding(str accepted)
{
    return accept_encoding(accepted, CODING_ZSTD | CODING_GZIP);
}

static void make_whole(struct http_res *rs, str accepted, str if_none_match, struct body *out)
{
    static const char *const names[] = { [CODING_GZIP] = "gzip", [CODING_ZSTD] = "zstd", [CODING_BR] = "br" };
    static const char *const suffix[] = {
        [0] = "", [CODING_GZIP] = "-gz", [CODING_ZSTD] = "-zs", [CODING_BR] = "-br"
    };
    bool     fixed = rs->fixed.p != NULL;
    str      s = fixed ? rs->fixed : buf_str(&rs->body);
    unsigned coding = 0;
    make_tag(rs, s, out);
    out->varies =
        fixed ? rs->fixed_gzip.p || rs->fixed_br.p : rs->status == 304 || is_packable(rs->content_type);
    if (is_known(out, if_none_match, rs->status)) return;
    if (fixed) {
        coding = accept_encoding(accepted,
                                 (rs->fixed_br.p ? CODING_BR : 0u) | (rs->fixed_gzip.p ? CODING_GZIP : 0u));
        if (coding) s = coding == CODING_BR ? rs->fixed_br : rs->fixed_gzip;
    } else if (out->varies && s.n >= PACK_MIN_BYTES) {
        size_t n = 0;
        coding = body_coding(accepted);
        if (coding) out->owned = coding == CODING_ZSTD ? pack_zstd(s, &n) : pack_gzip(s, &n);
        if (out->owned) s = (str){ out->owned, n };
        else coding = 0;
    }
    if (!fixed && !out->owned) {
        out->owned = rs->body.p; // the memory is the body's now
        rs->body = (struct buf){ 0 };
    }
    // What it grew beyond its bytes, or was not needed when it was packed, is given back: an answer may wait for its reader.
    void *fit = out->owned && s.n ? realloc(out->owned, s.n) : NULL;
    if (fit) s.p = out->owned = fit;
    if (out->tag[0]) snprintf(out->etag, sizeof out->etag, "\"%s%s\"", out->tag, suffix[coding]);
    out->status = rs->status;
    out->coding_name = coding ? names[coding] : NULL;
    out->memory = s;
    out->bytes = s.n;
}

// -- a file ------------------------------------------------------------------------------------------------------------

static void make_file(struct http_res *rs, str range, str if_range, str if_none_match, struct body *out)
{
    uint64_t all = (uint64_t)rs->fd_is.bytes, first = 0, last = all ? all - 1 : 0;
    out->fd = rs->fd;
    out->fd_is = rs->fd_is;
    out->status = rs->status;
    make_tag(rs, S(""), out);
    if (is_known(out, if_none_match, rs->status)) return;
    if (out->tag[0]) snprintf(out->etag, sizeof out->etag, "\"%s\"", out->tag);
    // If-Range names one tag, and it must be the very same one (RFC 9110, 13.1.5).
    enum range r = RANGE_NONE;
    if (!if_range.p || (out->tag[0] && str_eq(if_range, str_of(out->etag))))
        r = range_read(range, all, &first, &last);
    if (r == RANGE_BAD) {
        out->status = 416;
        snprintf(out->range, sizeof out->range, "bytes */%llu", (unsigned long long)all);
        return;
    }
    out->at = first;
    out->bytes = all ? last - first + 1 : 0;
    if (r != RANGE_OK) return;
    out->status = 206;
    snprintf(out->range, sizeof out->range, "bytes %llu-%llu/%llu", (unsigned long long)first,
             (unsigned long long)last, (unsigned long long)all);
}

// -- a body that is made while it is sent --------------------------------------------------------------------------------

static enum err make_flow(struct scope *sc, struct http_res *rs, str accepted, struct body *out)
{
    out->varies = is_packable(rs->content_type);
    out->flow = flow_open(rs, out->varies && accept_encoding(accepted, CODING_GZIP));
    if (!out->flow) return fail(&sc->fault, ERR_NOMEM, "no room for a response");
    out->status = rs->status;
    out->coding_name = flow_packs(out->flow) ? "gzip" : NULL;
    audience_tag(rs->audience, rs->etag, out->tag);
    if (out->tag[0])
        snprintf(out->etag, sizeof out->etag, "\"%s%s\"", out->tag, flow_packs(out->flow) ? "-gz" : "");
    return OK;
}

enum err body_make(struct scope *sc, const struct head *h, struct http_res *rs, struct body *out)
{
    *out = (struct body){ .fd = -1 };
    str accepted = head_field(h, "Accept-Encoding"), known = head_field(h, "If-None-Match");
    if (rs->fd > 0) { // RFC 9110, 14.2: a range is a matter of GET alone
        str range = h->kind == HTTP_GET ? head_field(h, "Range") : (str){ 0 };
        make_file(rs, range, head_field(h, "If-Range"), known, out);
        return OK;
    }
    if (rs->more) return make_flow(sc, rs, accepted, out);
    if (rs->body.failed)
        return fail(&sc->fault, ERR_NOMEM, "a response is larger than %d bytes", HTTP_MAX_RESPONSE_BYTES);
    make_whole(rs, accepted, known, out);
    return OK;
}

void body_free(struct body *b)
{
    free(b->owned);
    if (b->fd > 0) close(b->fd);
    flow_close(b->flow);
    *b = (struct body){ .fd = -1 };
}
