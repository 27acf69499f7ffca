// SPDX-License-Identifier: EUPL-1.2
// A zip is read by its central directory (APPNOTE 6.3.3, sections 4.3 to 4.5, with zip64), as its writers
// mean it to be: sizes and positions stand there, and what only a local header says is not believed.
#include "wire/stream.h"

#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { IN_BYTES = 128 * 1024, NAME_MAX_BYTES = 512, FREE_BYTES = 64 << 20 };
enum packing { PLAIN, GZIP, ZSTD, ZIP };

struct member {
    uint64_t at, packed, size; // at: of the local header
    int      method;           // 0 stored, 8 deflated
    uint32_t crc;
    char    *name;
};

struct stream {
    int            fd;
    enum packing   packing;
    char          *path, *name;
    uint64_t       size, at; // of the packed file: at is the next byte to read from it
    unsigned char  in[IN_BYTES];
    size_t         in_at, in_n;
    bool           in_end;
    z_stream       z;
    bool           z_open, z_done;
    ZSTD_DStream  *zstd;
    bool           zstd_open_frame;
    struct member *member; // of a zip
    size_t         n_members, next_member;
    uint64_t       left;           // packed bytes of the member not yet read
    uint64_t       consumed, made; // packed and unpacked bytes of this part
    uint32_t       crc;
};

void stream_close(struct stream *s)
{
    if (!s) return;
    if (s->fd >= 0) close(s->fd);
    if (s->z_open) inflateEnd(&s->z);
    ZSTD_freeDStream(s->zstd);
    for (size_t i = 0; i < s->n_members; i++) free(s->member[i].name);
    free(s->member);
    free(s->path);
    free(s->name);
    free(s);
}

void stream_closep(struct stream **s)
{
    stream_close(*s);
    *s = NULL;
}

// -- the packed file
// -------------------------------------------------------------------------------------------------

static enum err fill(struct scope *sc, struct stream *s)
{
    if (s->in_at < s->in_n || s->in_end) return OK;
    size_t want = sizeof s->in;
    if (s->packing == ZIP && s->left < want) want = (size_t)s->left;
    s->in_at = s->in_n = 0;
    ssize_t got;
    do got = want ? pread(s->fd, s->in, want, (off_t)s->at) : 0;
    while (got < 0 && errno == EINTR);
    if (got < 0) return fail_errno(&sc->fault, "cannot read %s", s->path);
    if (got == 0) s->in_end = true;
    if (got == 0 && s->packing == ZIP && s->left)
        return fail(&sc->fault, ERR_PARSE, "%s ends inside its member %s", s->path, s->name);
    s->at += (uint64_t)got;
    s->in_n = (size_t)got;
    if (s->packing == ZIP) s->left -= (uint64_t)got;
    return OK;
}

static enum err read_at(struct scope *sc, const struct stream *s, uint64_t at, void *to, size_t n)
{
    if (at > s->size || n > s->size - at)
        return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: it ends too early", s->path);
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return fail_errno(&sc->fault, "cannot read %s", s->path);
        done += (size_t)got;
    }
    return OK;
}

// -- zip
// -------------------------------------------------------------------------------------------------------------

static uint64_t le(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = bytes; i-- > 0;) v = v << 8 | p[i];
    return v;
}

/// Finds the end-of-directory record (4.3.16), and its zip64 form (4.3.14) when a field says so.
static enum err find_directory(struct scope *sc, const struct stream *s, uint64_t *at, uint64_t *bytes,
                               uint64_t *entries)
{
    enum { END = 22, COMMENT_MAX = 65535, LOCATOR = 20, END64 = 56 };
    size_t         n = s->size < END + COMMENT_MAX ? (size_t)s->size : END + COMMENT_MAX;
    unsigned char *tail = arena_alloc(sc->mem, n);
    if (!tail) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", s->path);
    TRY(read_at(sc, s, s->size - n, tail, n));
    for (size_t i = n >= END ? n - END + 1 : 0; i-- > 0;) {
        const unsigned char *p = tail + i;
        if (memcmp(p, "PK\5\6", 4) || le(p + 20, 2) != n - i - END) continue;
        *entries = le(p + 10, 2);
        *bytes = le(p + 12, 4);
        *at = le(p + 16, 4);
        if (*entries != 0xFFFF && *bytes != 0xFFFFFFFF && *at != 0xFFFFFFFF) return OK;
        unsigned char big[END64];
        if (i < LOCATOR || memcmp(p - LOCATOR, "PK\6\7", 4)) break;
        TRY(read_at(sc, s, le(p - LOCATOR + 8, 8), big, END64));
        if (memcmp(big, "PK\6\6", 4)) break;
        *entries = le(big + 32, 8);
        *bytes = le(big + 40, 8);
        *at = le(big + 48, 8);
        return OK;
    }
    return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: it has no directory", s->path);
}

/// Sizes of 0xFFFFFFFF stand in the zip64 extra field (4.5.3), in this order.
static bool read_zip64(const unsigned char *extra, size_t n, struct member *m)
{
    while (n >= 4) {
        size_t length = (size_t)le(extra + 2, 2);
        if (length > n - 4) return false;
        if (le(extra, 2) == 1) {
            const unsigned char *p = extra + 4, *end = p + length;
            uint64_t            *field[] = { &m->size, &m->packed, &m->at };
            for (size_t i = 0; i < COUNT(field); i++) {
                if (*field[i] != 0xFFFFFFFF) continue;
                if (end - p < 8) return false;
                *field[i] = le(p, 8);
                p += 8;
            }
            return true;
        }
        extra += 4 + length;
        n -= 4 + length;
    }
    return m->size != 0xFFFFFFFF && m->packed != 0xFFFFFFFF && m->at != 0xFFFFFFFF;
}

static bool is_wanted(str name)
{
    str base = name;
    for (size_t i = name.n; i-- > 0;)
        if (name.p[i] == '/') {
            base = str_slice(name, i + 1, name.n);
            break;
        }
    return base.n && base.p[0] != '.' && !str_starts(name, S("__MACOSX/"));
}

static enum err read_directory(struct scope *sc, struct stream *s)
{
    enum { ENTRY = 46, DIRECTORY_MAX_BYTES = 64 << 20 };
    uint64_t at = 0, bytes = 0, entries = 0;
    TRY(find_directory(sc, s, &at, &bytes, &entries));
    if (entries > STREAM_MAX_PARTS || bytes > DIRECTORY_MAX_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "%s holds %llu files; at most %d are read", s->path,
                    (unsigned long long)entries, STREAM_MAX_PARTS);
    unsigned char *p = arena_alloc(sc->mem, (size_t)bytes + 1);
    s->member = calloc((size_t)entries + 1, sizeof *s->member);
    if (!p || !s->member) return fail(&sc->fault, ERR_NOMEM, "no room for the directory of %s", s->path);
    TRY(read_at(sc, s, at, p, (size_t)bytes));
    for (size_t left = (size_t)bytes, i = 0; i < entries; i++) {
        if (left < ENTRY || memcmp(p, "PK\1\2", 4))
            return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: entry %zu", s->path, i + 1);
        size_t name = (size_t)le(p + 28, 2), extra = (size_t)le(p + 30, 2),
               all = ENTRY + name + extra + (size_t)le(p + 32, 2);
        if (all > left)
            return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: entry %zu", s->path, i + 1);
        struct member m = { .at = le(p + 42, 4),
                            .packed = le(p + 20, 4),
                            .size = le(p + 24, 4),
                            .method = (int)le(p + 10, 2),
                            .crc = (uint32_t)le(p + 16, 4) };
        str           label = { (const char *)p + ENTRY, name };
        if (!read_zip64(p + ENTRY + name, extra, &m))
            return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: entry %zu", s->path, i + 1);
        if (is_wanted(label)) {
            if (le(p + 8, 2) & 1)
                return fail(&sc->fault, ERR_UNSUPPORTED, "%s is encrypted; unpack it first", s->path);
            if (m.method != 0 && m.method != 8)
                return fail(&sc->fault, ERR_UNSUPPORTED,
                            "%s: %.*s is packed by method %d; pack it anew with \"deflate\"", s->path,
                            STR(str_slice(label, 0, NAME_MAX_BYTES / 4)), m.method);
            m.name = strndup(label.p, label.n < NAME_MAX_BYTES ? label.n : NAME_MAX_BYTES);
            if (!m.name) return fail(&sc->fault, ERR_NOMEM, "no room for the directory of %s", s->path);
            s->member[s->n_members++] = m;
        }
        p += all;
        left -= all;
    }
    return OK;
}

static enum err inflate_begin(struct scope *sc, struct stream *s, int window)
{
    if (s->z_open) inflateEnd(&s->z);
    s->z = (z_stream){ 0 };
    s->z_open = inflateInit2(&s->z, window) == Z_OK;
    s->z_done = false;
    return s->z_open ? OK : fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
}

static enum err open_member(struct scope *sc, struct stream *s)
{
    enum { LOCAL = 30, RAW_DEFLATE = -15 };
    const struct member *m = &s->member[s->next_member++];
    unsigned char        head[LOCAL];
    TRY(read_at(sc, s, m->at, head, LOCAL));
    if (memcmp(head, "PK\3\4", 4))
        return fail(&sc->fault, ERR_PARSE, "%s is a broken zip archive: %s is not where it should be",
                    s->path, m->name);
    free(s->name);
    s->name = strdup(m->name);
    if (!s->name) return fail(&sc->fault, ERR_NOMEM, "no room for a name");
    s->at = m->at + LOCAL + le(head + 26, 2) + le(head + 28, 2);
    s->left = m->packed;
    s->in_at = s->in_n = 0;
    s->in_end = false;
    s->consumed = s->made = 0;
    s->crc = 0;
    return m->method == 8 ? inflate_begin(sc, s, RAW_DEFLATE) : OK;
}

// -- opening
// ---------------------------------------------------------------------------------------------------------

static char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char       *name = strdup(slash ? slash + 1 : path);
    if (!name) return NULL;
    str s = str_of(name);
    if (str_ends(s, S(".gz"))) name[s.n - 3] = 0;
    else if (str_ends(s, S(".zst"))) name[s.n - 4] = 0;
    return name;
}

static enum err detect(struct scope *sc, struct stream *s)
{
    enum { MAX_WINDOW_LOG = 27, GZIP_WINDOW = 15 + 16 };
    TRY(fill(sc, s));
    const unsigned char *p = s->in;
    if (s->in_n >= 2 && p[0] == 0x1F && p[1] == 0x8B) {
        s->packing = GZIP;
        return inflate_begin(sc, s, GZIP_WINDOW);
    }
    if (s->in_n >= 4 && le(p, 4) == 0xFD2FB528) {
        s->packing = ZSTD;
        s->zstd = ZSTD_createDStream();
        if (!s->zstd) return fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
        ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
        return OK;
    }
    if (s->in_n >= 4 && (!memcmp(p, "PK\3\4", 4) || !memcmp(p, "PK\5\6", 4))) {
        s->packing = ZIP;
        TRY(read_directory(sc, s));
        if (!s->n_members) return fail(&sc->fault, ERR_PARSE, "%s holds no file", s->path);
        return open_member(sc, s);
    }
    return OK;
}

enum err stream_open(struct scope *sc, const char *path, struct stream **out)
{
    AUTO(stream_closep) struct stream *s = calloc(1, sizeof *s);
    if (!s) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", path);
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0) return fail_errno(&sc->fault, "cannot open %s", path);
    struct stat st;
    if (fstat(s->fd, &st)) return fail_errno(&sc->fault, "cannot read %s", path);
    if (!S_ISREG(st.st_mode)) return fail(&sc->fault, ERR_IO, "%s is not a regular file", path);
    s->size = (uint64_t)st.st_size;
    s->path = strdup(path);
    s->name = base_name(path);
    if (!s->path || !s->name) return fail(&sc->fault, ERR_NOMEM, "no room to read %s", path);
    TRY(detect(sc, s));
    *out = s;
    s = NULL;
    return OK;
}

enum err stream_next_part(struct scope *sc, struct stream *s, bool *more)
{
    *more = s->packing == ZIP && s->next_member < s->n_members;
    return *more ? open_member(sc, s) : OK;
}

str stream_part_name(const struct stream *s)
{
    return str_of(s->name);
}

void stream_progress(const struct stream *s, uint64_t *at, uint64_t *size)
{
    *at = s->at - (s->in_n - s->in_at);
    *size = s->size;
}

// -- reading
// ---------------------------------------------------------------------------------------------------------

static enum err inflate_some(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got)
{
    s->z.next_out = to;
    s->z.avail_out = (uInt)(n > 1 << 30 ? 1 << 30 : n);
    uInt room = s->z.avail_out;
    while (s->z.avail_out == room) {
        TRY(fill(sc, s));
        if (s->z_done) {
            // Another gzip member may follow; what else follows is padding, which gzip(1) passes over, too.
            if (s->packing == ZIP || s->in_end || s->in[s->in_at] != 0x1F) break;
            if (inflateReset(&s->z) != Z_OK)
                return fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
            s->z_done = false;
        }
        s->z.next_in = s->in + s->in_at;
        s->z.avail_in = (uInt)(s->in_n - s->in_at);
        int code = inflate(&s->z, Z_NO_FLUSH);
        s->consumed += s->in_n - s->in_at - s->z.avail_in;
        s->in_at = s->in_n - s->z.avail_in;
        if (code == Z_STREAM_END) s->z_done = true;
        else if (code == Z_BUF_ERROR && s->in_end)
            return fail(&sc->fault, ERR_PARSE, "%s is cut off: its packed data end too early", s->path);
        else if (code == Z_MEM_ERROR) return fail(&sc->fault, ERR_NOMEM, "no room to unpack %s", s->path);
        else if (code != Z_OK && code != Z_BUF_ERROR)
            return fail(&sc->fault, ERR_PARSE, "%s is damaged: its packed data do not unpack (%s)", s->path,
                        s->z.msg ? s->z.msg : "check");
    }
    *got = room - s->z.avail_out;
    return OK;
}

static enum err zstd_some(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got)
{
    ZSTD_outBuffer out = { to, n, 0 };
    while (!out.pos) {
        TRY(fill(sc, s));
        if (s->in_end && !s->zstd_open_frame) break;
        ZSTD_inBuffer in = { s->in + s->in_at, s->in_n - s->in_at, 0 };
        size_t        code = ZSTD_decompressStream(s->zstd, &out, &in);
        if (ZSTD_isError(code))
            return fail(&sc->fault, ERR_PARSE, "%s is damaged: %s", s->path, ZSTD_getErrorName(code));
        s->in_at += in.pos;
        s->consumed += in.pos;
        s->zstd_open_frame = code != 0;
        if (s->in_end && !out.pos)
            return fail(&sc->fault, ERR_PARSE, "%s is cut off: its packed data end too early", s->path);
    }
    *got = out.pos;
    return OK;
}

static enum err copy_some(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got)
{
    TRY(fill(sc, s));
    size_t have = s->in_n - s->in_at;
    *got = have < n ? have : n;
    memcpy(to, s->in + s->in_at, *got);
    s->in_at += *got;
    s->consumed += *got;
    return OK;
}

enum err stream_read(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got)
{
    size_t               some = 0;
    const struct member *m = s->packing == ZIP ? &s->member[s->next_member - 1] : NULL;
    if (s->packing == ZSTD) TRY(zstd_some(sc, s, to, n, &some));
    else if (s->packing == GZIP || (m && m->method == 8)) TRY(inflate_some(sc, s, to, n, &some));
    else TRY(copy_some(sc, s, to, n, &some));
    s->made += some;
    if (s->made > FREE_BYTES && s->made / STREAM_MAX_RATIO > s->consumed)
        return fail(&sc->fault, ERR_LIMIT, "%s unpacks to more than %d times its size; that is no data file",
                    s->path, STREAM_MAX_RATIO);
    if (m) {
        s->crc = (uint32_t)crc32(s->crc, to, (uInt)some);
        if (!some && n && (s->made != m->size || s->crc != m->crc))
            return fail(&sc->fault, ERR_PARSE, "%s is damaged: the checksum of %s is wrong", s->path,
                        s->name);
    }
    *got = some;
    return OK;
}
