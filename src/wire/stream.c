// SPDX-License-Identifier: EUPL-1.2
#include "wire/stream.h"

#include "base/clock.h"
#include "wire/text.h"
#include "wire/zip_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

// ZSTD_WINDOW_LOG: 128 MiB, the most that zstd --long writes when it is not told otherwise.
enum { IN_BYTES = 128 * 1024, ZSTD_WINDOW_LOG = 27, NAME_MAX_BYTES = 3 * 0xFFFF };

enum packing { PLAIN, GZIP, ZSTANDARD, ZIP };

struct stream {
    char         *path;
    struct source src;
    enum packing  packing;
    struct fault  fault; // the failure that ended reading

    struct zip zip;
    size_t     next_part;
    struct buf name;

    // The present part. Its packed bytes are [next, end) of the source, those before next being in `in`.
    uint64_t next, end;
    size_t   in_at, in_n;
    uint64_t packed, unpacked;   // bytes so far
    uint64_t packed_before;      // bytes of earlier parts
    uint32_t crc;                // of a zip member so far
    bool     deflated, part_end; // part_end: nothing more comes
    bool     mid_frame;          // Zstandard: the frame is not complete

    bool              summing;
    struct stream_sum sum;

    z_stream       z;
    bool           z_open;
    ZSTD_DStream  *zd;
    unsigned char *in; // [IN_BYTES]

    int64_t spent_ns;
};

static const struct zip_part *zip_part(const struct stream *s)
{
    return &s->zip.part[s->next_part - 1];
}

// -- life ---------------------------------------------------------------------------------------------------

static enum packing packing_of(const unsigned char *p, size_t n)
{
    if (n >= 4 && !memcmp(p, "PK", 2) && (!memcmp(p + 2, "\3\4", 2) || !memcmp(p + 2, "\5\6", 2))) return ZIP;
    if (n >= 3 && p[0] == 0x1F && p[1] == 0x8B && p[2] == 8) return GZIP;
    if (n >= 4 && !memcmp(p, "\x28\xB5\x2F\xFD", 4)) return ZSTANDARD;
    // A Zstandard file may begin with a frame to be skipped; pzstd writes such ones.
    if (n >= 4 && p[0] >> 4 == 5 && !memcmp(p + 1, "\x2A\x4D\x18", 3)) return ZSTANDARD;
    return PLAIN;
}

static enum err set_name(struct scope *sc, struct stream *s, str name)
{
    buf_reset(&s->name);
    text_to_utf8(&s->name, TEXT_UTF8, name);
    for (size_t i = 0; i < s->name.n; i++)
        if ((unsigned char)s->name.p[i] < 0x20 || s->name.p[i] == 0x7F) s->name.p[i] = '?';
    return s->name.failed ? fail(&sc->fault, ERR_NOMEM, "no room to read %s", s->path) : OK;
}

static str base_name(str path, enum packing packing)
{
    for (size_t i = path.n; i-- > 0;) {
        if (path.p[i] != '/') continue;
        path = str_slice(path, i + 1, path.n);
        break;
    }
    str ending = packing == GZIP ? S(".gz") : packing == ZSTANDARD ? S(".zst") : S("");
    if (path.n > ending.n && str_ends(path, ending)) path.n -= ending.n;
    return path;
}

static enum err open_unpacker(struct scope *sc, struct stream *s)
{
    bool ok = true;
    if (s->packing == GZIP || s->packing == ZIP) {
        // zlib's sign language: 15 is the window, + 16 asks for gzip's frame, minus for no frame.
        ok = s->z_open = inflateInit2(&s->z, s->packing == GZIP ? 15 + 16 : -15) == Z_OK;
    } else if (s->packing == ZSTANDARD) {
        s->zd = ZSTD_createDStream();
        ok = s->zd && !ZSTD_isError(ZSTD_DCtx_setParameter(s->zd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
    }
    return ok ? OK : fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
}

static enum err start(struct scope *sc, struct stream *s)
{
    size_t n = s->src.size < 4 ? (size_t)s->src.size : 4;
    s->in = malloc(IN_BYTES);
    if (!s->in) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", s->path);
    TRY(source_read(sc, &s->src, 0, s->in, n));
    s->packing = packing_of(s->in, n);
    s->end = s->src.size;
    TRY(set_name(sc, s, base_name(str_of(s->path), s->packing)));
    TRY(open_unpacker(sc, s));
    if (s->packing != ZIP) return OK;
    bool more;
    TRY(zip_open(sc, &s->src, &s->zip));
    TRY(stream_next_part(sc, s, &more));
    return more ? OK : fail(&sc->fault, ERR_PARSE, "%s is a zip archive with no files in it", s->path);
}

static enum err open_source(struct scope *sc, struct source *src)
{
    struct stat st;
    src->fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe is refused, not waited for
    if (src->fd < 0 || fstat(src->fd, &st)) return fail_errno(&sc->fault, "cannot open %s", src->path);
    if (S_ISDIR(st.st_mode)) return fail(&sc->fault, ERR_IO, "%s is a folder, not a file", src->path);
    if (!S_ISREG(st.st_mode))
        return fail(&sc->fault, ERR_IO, "%s is not a regular file; save what it gives to a file first",
                    src->path);
    src->size = (uint64_t)st.st_size;
    return OK;
}

static enum err open_any(struct scope *sc, const char *path, const str *bytes, struct stream **out)
{
    AUTO(stream_closep) struct stream *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", path);
    s->src.fd = -1;
    buf_init(&s->name, NAME_MAX_BYTES);
    s->src.path = s->path = strdup(path);
    if (!s->path) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", path);
    if (bytes) {
        s->src.bytes = bytes->p ? bytes->p : "";
        s->src.size = bytes->n;
    } else TRY(open_source(sc, &s->src));
    TRY(start(sc, s));
    *out = s;
    s = NULL;
    return OK;
}

enum err stream_open(struct scope *sc, const char *path, struct stream **out)
{
    return open_any(sc, path, NULL, out);
}

enum err stream_open_bytes(struct scope *sc, str bytes, const char *name, struct stream **out)
{
    return open_any(sc, name, &bytes, out);
}

void stream_close(struct stream *s)
{
    if (!s) return;
    if (s->z_open) inflateEnd(&s->z);
    ZSTD_freeDStream(s->zd);
    zip_close(&s->zip);
    buf_free(&s->name);
    if (s->src.fd >= 0) close(s->src.fd);
    free(s->in);
    free(s->path);
    free(s);
}

void stream_closep(struct stream **s)
{
    stream_close(*s);
    *s = NULL;
}

str stream_part_name(const struct stream *s)
{
    return buf_str(&s->name);
}

void stream_progress(const struct stream *s, uint64_t *at, uint64_t *size)
{
    *at = s->packed_before + s->packed;
    *size = s->src.size;
}

// -- unpacking ----------------------------------------------------------------------------------------------

static enum err broken(struct scope *sc, const struct stream *s, const char *what)
{
    str name = str_slice(stream_part_name(s), 0, 200);
    if (s->packing == ZIP)
        return fail(&sc->fault, ERR_PARSE, "%s: the member %.*s is broken: %s", s->path, STR(name), what);
    return fail(&sc->fault, ERR_PARSE, "%s is broken at byte %llu: %s", s->path,
                (unsigned long long)s->packed, what);
}

// Makes sure that there are packed bytes at in_at, unless the part has no more.
static enum err refill(struct scope *sc, struct stream *s)
{
    if (s->in_at < s->in_n || s->next == s->end) return OK;
    size_t n = s->end - s->next < IN_BYTES ? (size_t)(s->end - s->next) : IN_BYTES;
    TRY(source_read(sc, &s->src, s->next, s->in, n));
    s->next += n;
    s->in_at = 0;
    s->in_n = n;
    return OK;
}

static void consume(struct stream *s, size_t n)
{
    s->in_at += n;
    s->packed += n;
}

static bool is_used_up(const struct stream *s)
{
    return s->in_at == s->in_n && s->next == s->end;
}

static enum err read_plain(struct scope *sc, struct stream *s, char *to, size_t n, size_t *got)
{
    if (n > s->end - s->next) n = (size_t)(s->end - s->next);
    TRY(source_read(sc, &s->src, s->next, to, n));
    s->next += n;
    s->packed += n;
    s->part_end = s->next == s->end;
    *got = n;
    return OK;
}

// Behind a gzip member: another one, or zeroes up to the end, as tape archives leave them.
static enum err after_member(struct scope *sc, struct stream *s)
{
    TRY(refill(sc, s));
    if (!is_used_up(s) && s->in[s->in_at]) {
        if (s->in[s->in_at] != 0x1F) return broken(sc, s, "something else follows the packed text");
        return inflateReset(&s->z) == Z_OK ? OK : broken(sc, s, "it cannot be unpacked further");
    }
    for (; !is_used_up(s); consume(s, 1)) {
        TRY(refill(sc, s));
        if (s->in[s->in_at]) return broken(sc, s, "something else follows the packed text");
    }
    s->part_end = true;
    return OK;
}

static enum err inflate_some(struct scope *sc, struct stream *s, char *to, size_t n, size_t *got)
{
    unsigned in = (unsigned)(s->in_n - s->in_at), out = n < UINT_MAX ? (unsigned)n : UINT_MAX;
    s->z.next_in = s->in + s->in_at;
    s->z.avail_in = in;
    s->z.next_out = (unsigned char *)to;
    s->z.avail_out = out;
    int r = inflate(&s->z, Z_NO_FLUSH);
    consume(s, in - s->z.avail_in);
    *got = out - s->z.avail_out;
    if (r == Z_MEM_ERROR) return fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
    if (r == Z_STREAM_END && s->packing == GZIP) return after_member(sc, s);
    if (r == Z_STREAM_END) s->part_end = true;
    else if (r == Z_BUF_ERROR || (r == Z_OK && !*got && is_used_up(s) && in == s->z.avail_in))
        return is_used_up(s) ? broken(sc, s, "it ends too early; it may not have been copied whole") : OK;
    else if (r != Z_OK) return broken(sc, s, s->z.msg ? s->z.msg : "it asks for a dictionary");
    return OK;
}

static enum err unzstd_some(struct scope *sc, struct stream *s, char *to, size_t n, size_t *got)
{
    ZSTD_inBuffer  in = { s->in + s->in_at, s->in_n - s->in_at, 0 };
    ZSTD_outBuffer out = { to, n, 0 };
    size_t         r = ZSTD_decompressStream(s->zd, &out, &in);
    consume(s, in.pos);
    *got = out.pos;
    if (ZSTD_isError(r)) {
        ZSTD_ErrorCode code = ZSTD_getErrorCode(r);
        if (code == ZSTD_error_memory_allocation)
            return fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
        if (code == ZSTD_error_frameParameter_windowTooLarge)
            return fail(
                &sc->fault, ERR_LIMIT,
                "%s needs more than %d MiB of memory to unpack; unpack it with zstd -d --memory=2GB first",
                s->path, 1 << (ZSTD_WINDOW_LOG - 20));
        return broken(sc, s, ZSTD_getErrorName(r));
    }
    s->mid_frame = r != 0;
    if (is_used_up(s) && !s->mid_frame) s->part_end = true;
    else if (is_used_up(s) && !in.pos && !out.pos)
        return broken(sc, s, "it ends too early; it may not have been copied whole");
    return OK;
}

static enum err check_ratio(struct scope *sc, const struct stream *s)
{
    if (s->unpacked <= STREAM_FREE_BYTES || (s->unpacked - STREAM_FREE_BYTES) / STREAM_MAX_RATIO <= s->packed)
        return OK;
    return fail(&sc->fault, ERR_LIMIT,
                "%s unpacks to more than %d times its size, as a file made to fill the memory does; if it is "
                "genuine, unpack it first",
                s->path, STREAM_MAX_RATIO);
}

static enum err check_member(struct scope *sc, struct stream *s, const char *to, size_t got)
{
    const struct zip_part *part = zip_part(s);
    s->crc = (uint32_t)crc32_z(s->crc, (const unsigned char *)to, got);
    if (s->unpacked > part->size || (s->part_end && s->unpacked < part->size))
        return broken(sc, s, "it has not the size that the directory says");
    if (s->part_end && s->crc != part->crc) return broken(sc, s, "its checksum is wrong");
    return OK;
}

static enum err failed_before(struct scope *sc, const struct stream *s)
{
    if (s->fault.code) sc->fault = s->fault;
    return s->fault.code;
}

static enum err read_some(struct scope *sc, struct stream *s, char *to, size_t n, size_t *got)
{
    *got = 0;
    while (!*got && !s->part_end) {
        if (s->packing == PLAIN || (s->packing == ZIP && !s->deflated)) TRY(read_plain(sc, s, to, n, got));
        else {
            TRY(refill(sc, s));
            TRY(s->packing == ZSTANDARD ? unzstd_some(sc, s, to, n, got) : inflate_some(sc, s, to, n, got));
        }
        s->unpacked += *got;
        TRY(check_ratio(sc, s));
        if (s->packing == ZIP) TRY(check_member(sc, s, to, *got));
    }
    return OK;
}

static void add_sum(struct stream *s, const unsigned char *p, size_t n)
{
    s->sum.bytes += n;
    s->sum.crc = (uint32_t)crc32_z(s->sum.crc, p, n);
    s->sum.adler = (uint32_t)adler32_z(s->sum.adler, p, n);
}

void stream_sum_up(struct stream *s)
{
    s->summing = true;
    s->sum = (struct stream_sum){ 0 };
}

struct stream_sum stream_sum(const struct stream *s)
{
    return s->sum;
}

enum err stream_read(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got)
{
    TRY(failed_before(sc, s));
    size_t   some = 0;
    int64_t  began = clock_system.monotonic_ns();
    enum err e = n ? read_some(sc, s, to, n, &some) : OK;
    s->spent_ns += clock_system.monotonic_ns() - began;
    if (e) s->fault = sc->fault;
    else *got = some;
    if (!e && s->summing) add_sum(s, to, some);
    return e;
}

int64_t stream_spent_ns(const struct stream *s)
{
    return s->spent_ns;
}

static enum err open_part(struct scope *sc, struct stream *s, const struct zip_part *part)
{
    uint64_t at;
    TRY(zip_part_data(sc, &s->src, &s->zip, part, &at));
    s->next = at;
    s->end = at + part->packed;
    s->deflated = part->method == ZIP_DEFLATED;
    return set_name(sc, s, part->name);
}

/// Back to the beginning of what [next, end) holds, with a fresh unpacker.
static enum err begin_part(struct scope *sc, struct stream *s)
{
    s->in_at = s->in_n = 0;
    s->packed = s->unpacked = 0;
    s->crc = 0;
    s->sum = (struct stream_sum){ 0 };
    s->part_end = s->mid_frame = false;
    if (s->z_open && inflateReset(&s->z) != Z_OK) return broken(sc, s, "it cannot be unpacked further");
    if (s->zd) ZSTD_DCtx_reset(s->zd, ZSTD_reset_session_only);
    return OK;
}

enum err stream_next_part(struct scope *sc, struct stream *s, bool *more)
{
    TRY(failed_before(sc, s));
    *more = s->packing == ZIP && s->next_part < s->zip.n_parts;
    if (!*more) return OK;
    TRY(open_part(sc, s, &s->zip.part[s->next_part]));
    if (s->next_part) s->packed_before += zip_part(s)->packed;
    s->next_part++;
    return begin_part(sc, s);
}

bool stream_is_archive(const struct stream *s)
{
    return s->packing == ZIP;
}

enum err stream_rewind(struct scope *sc, struct stream *s)
{
    TRY(failed_before(sc, s));
    if (s->packing == ZIP) TRY(open_part(sc, s, zip_part(s)));
    else s->next = 0;
    return begin_part(sc, s);
}
