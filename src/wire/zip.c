// SPDX-License-Identifier: EUPL-1.2
#include "wire/zip_int.h"

#include "wire/stream.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOCAL_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR_BYTES = 20,
    COMMENT_MAX_BYTES = 0xFFFF,
};
enum { FLAG_ENCRYPTED = 0x0001, FLAG_STRONG = 0x0040, FLAG_MASKED = 0x2000 };
enum { MADE_BY_UNIX = 3, MODE_KIND = 0xF000, MODE_FOLDER = 0x4000, MODE_LINK = 0xA000 };
enum { EXTRA_ZIP64 = 1 };
static const uint32_t SAID_IN_64 = 0xFFFFFFFF;

static void freep(char **p)
{
    free(*p);
}

static uint16_t le16(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint16_t)(u[0] | u[1] << 8);
}

static uint32_t le32(const char *p)
{
    return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const char *p)
{
    return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static enum err broken(struct scope *sc, const struct source *src, const char *what)
{
    return fail(&sc->fault, ERR_PARSE, "%s: the zip archive is broken: %s; it may not have been copied whole",
                src->path, what);
}

// -- the end of the archive ---------------------------------------------------------------------------------

struct end {
    uint64_t at; // of the record that says the following
    uint64_t entries, bytes, offset;
};

// The record that stands nearest to the end of the file and whose comment fits.
static enum err find_end(struct scope *sc, const struct source *src, struct end *out)
{
    static const size_t max = END_BYTES + COMMENT_MAX_BYTES;
    size_t              n = src->size < max ? (size_t)src->size : max;
    AUTO(freep) char   *tail = malloc(n);
    if (!tail) return fail(&sc->fault, ERR_NOMEM, "no room for the directory of %s", src->path);
    TRY(source_read(sc, src, src->size - n, tail, n));
    for (size_t i = n < END_BYTES ? 0 : n - END_BYTES + 1; i-- > 0;) {
        const char *p = tail + i;
        if (memcmp(p, "PK\5\6", 4) || le16(p + 20) > n - i - END_BYTES) continue;
        if (le16(p + 4) != le16(p + 6) || (le16(p + 4) != 0 && le16(p + 4) != 0xFFFF))
            return fail(&sc->fault, ERR_UNSUPPORTED,
                        "%s is one of several volumes of a zip archive; join them first", src->path);
        *out = (struct end){ src->size - n + i, le16(p + 10), le32(p + 12), le32(p + 16) };
        return OK;
    }
    return broken(sc, src, "it has no directory at its end");
}

// With more than 65,535 members or 4 GiB, the true numbers stand in another record in front of the end.
static enum err find_end64(struct scope *sc, const struct source *src, struct end *e)
{
    char p[END64_BYTES];
    if (e->at < LOCATOR_BYTES) return OK;
    TRY(source_read(sc, src, e->at - LOCATOR_BYTES, p, LOCATOR_BYTES));
    if (memcmp(p, "PK\6\7", 4)) return OK;
    if (e->at < LOCATOR_BYTES + END64_BYTES) return broken(sc, src, "its zip64 record is missing");
    // The stated offset is wrong when something was put in front of the archive; then the usual place is
    // right.
    uint64_t usual = e->at - LOCATOR_BYTES - END64_BYTES, said = le64(p + 8);
    uint64_t places[] = { said <= usual ? said : usual, usual };
    for (size_t i = 0; i < COUNT(places); i++) {
        TRY(source_read(sc, src, places[i], p, END64_BYTES));
        if (memcmp(p, "PK\6\6", 4)) continue;
        *e = (struct end){ places[i], le64(p + 32), le64(p + 40), le64(p + 48) };
        return OK;
    }
    return broken(sc, src, "its zip64 record is missing");
}

// -- the directory ------------------------------------------------------------------------------------------

struct entry {
    struct zip_part part;
    uint16_t        flags;
    bool            is_file;
    size_t          bytes; // of the entry itself
};

// Sizes and offset that do not fit in 32 bits stand in the extra field, in this order, each only if needed.
static bool read_zip64(struct zip_part *part, str extra)
{
    uint64_t *const wide[] = { &part->size, &part->packed, &part->at };
    bool            needed = false;
    for (size_t i = 0; i < COUNT(wide); i++) needed = needed || *wide[i] == SAID_IN_64;
    while (needed && extra.n >= 4) {
        size_t n = le16(extra.p + 2);
        if (n > extra.n - 4) return false;
        str field = str_slice(extra, 4, 4 + n);
        if (le16(extra.p) != EXTRA_ZIP64) {
            extra = str_slice(extra, 4 + n, extra.n);
            continue;
        }
        for (size_t i = 0; i < COUNT(wide); i++) {
            if (*wide[i] != SAID_IN_64) continue;
            if (field.n < 8) return false;
            *wide[i] = le64(field.p);
            field = str_slice(field, 8, field.n);
        }
        return true;
    }
    return !needed;
}

static bool is_hidden(str name)
{
    for (str part; str_cut(&name, '/', &part);) {
        if (str_eq(part, S("__MACOSX"))) return true;
        if (str_starts(part, S(".")) && !str_eq(part, S(".")) && !str_eq(part, S(".."))) return true;
    }
    return false;
}

static bool is_file(const char *p, str name)
{
    unsigned mode = le32(p + 38) >> 16 & MODE_KIND;
    bool     by_unix = le16(p + 4) >> 8 == MADE_BY_UNIX;
    if (by_unix && (mode == MODE_FOLDER || mode == MODE_LINK)) return false;
    return !str_ends(name, S("/")) && !str_ends(name, S("\\")) && !is_hidden(name);
}

static bool read_entry(str directory, struct entry *out)
{
    const char *p = directory.p;
    if (directory.n < ENTRY_BYTES || memcmp(p, "PK\1\2", 4)) return false;
    size_t name_n = le16(p + 28), extra_n = le16(p + 30), comment_n = le16(p + 32);
    size_t bytes = ENTRY_BYTES + name_n + extra_n + comment_n;
    if (bytes > directory.n) return false;
    struct entry e = {
        .part = { .at = le32(p + 42),
                  .packed = le32(p + 20),
                  .size = le32(p + 24),
                  .crc = le32(p + 16),
                  .method = le16(p + 10),
                  .name = { p + ENTRY_BYTES, name_n } },
        .flags = le16(p + 8),
        .bytes = bytes,
    };
    e.is_file = is_file(p, e.part.name);
    if (!read_zip64(&e.part, (str){ p + ENTRY_BYTES + name_n, extra_n })) return false;
    *out = e;
    return true;
}

static const char *method_name(unsigned method)
{
    static const struct {
        unsigned    method;
        const char *name;
    } names[] = { { 1, "shrink" }, { 6, "implode" }, { 9, "Deflate64" }, { 12, "bzip2" },     { 14, "LZMA" },
                  { 93, "zstd" },  { 95, "xz" },     { 98, "PPMd" },     { 99, "encryption" } };
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].method == method) return names[i].name;
    return "an unknown method";
}

static enum err check_entry(struct scope *sc, const struct source *src, const struct entry *e)
{
    int         n = e->part.name.n < 100 ? (int)e->part.name.n : 100;
    const char *name = e->part.name.p;
    if (e->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
        return fail(
            &sc->fault, ERR_UNSUPPORTED,
            "%s: the member %.*s is encrypted; unpack the archive with its password and give the files",
            src->path, n, name);
    if (e->part.method != ZIP_STORED && e->part.method != ZIP_DEFLATED)
        return fail(
            &sc->fault, ERR_UNSUPPORTED,
            "%s: the member %.*s is packed with %s, which is not read here; unpack the archive and give the "
            "files",
            src->path, n, name, method_name(e->part.method));
    if (e->part.method == ZIP_STORED && e->part.packed != e->part.size)
        return broken(sc, src, "a stored member has two sizes");
    return OK;
}

struct span {
    uint64_t from, to;
};

static int span_order(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

// Members that share bytes are how a small archive unpacks to petabytes (Fifield 2019, "A better zip bomb").
static bool is_overlapping(struct span *span, size_t n, uint64_t end)
{
    qsort(span, n, sizeof *span, span_order);
    for (size_t i = 0; i < n; i++)
        if (span[i].to > (i + 1 < n ? span[i + 1].from : end)) return true;
    return false;
}

// before: how many bytes stand in front of the archive, and are missing from its offsets.
static enum err read_directory(struct scope *sc, const struct source *src, str rest, size_t entries,
                               uint64_t before, struct span *span, struct zip *z)
{
    for (size_t i = 0; i < entries; i++) {
        struct entry e;
        if (!read_entry(rest, &e)) return broken(sc, src, "an entry of its directory is cut off");
        rest = str_slice(rest, e.bytes, rest.n);
        uint64_t to;
        if (__builtin_add_overflow(e.part.at, before, &e.part.at) ||
            __builtin_add_overflow(e.part.at, e.part.packed, &to) ||
            __builtin_add_overflow(to, LOCAL_BYTES + e.part.name.n, &to) || to > z->directory_at)
            return broken(sc, src, "a member lies outside the file");
        span[i] = (struct span){ e.part.at, to };
        if (!e.is_file) continue;
        TRY(check_entry(sc, src, &e));
        z->part[z->n_parts++] = e.part;
    }
    if (rest.n) return broken(sc, src, "its directory is longer than it says");
    if (is_overlapping(span, entries, z->directory_at))
        return broken(sc, src, "members share the same bytes, as in an archive made to fill the disk");
    return OK;
}

static enum err open_directory(struct scope *sc, const struct source *src, struct zip *z)
{
    struct end e = { 0 };
    TRY(find_end(sc, src, &e));
    TRY(find_end64(sc, src, &e));
    uint64_t known;
    if (__builtin_add_overflow(e.bytes, e.offset, &known) || known > e.at)
        return broken(sc, src, "its directory lies outside the file");
    if (e.bytes > ZIP_MAX_DIRECTORY_BYTES || e.entries > STREAM_MAX_PARTS)
        return fail(&sc->fault, ERR_LIMIT, "%s holds %llu members; at most %d are read from one archive",
                    src->path, (unsigned long long)e.entries, STREAM_MAX_PARTS);
    z->directory_at = e.at - e.bytes;
    z->directory = malloc(e.bytes ? e.bytes : 1);
    z->part = calloc(e.entries ? e.entries : 1, sizeof *z->part);
    struct span *span = calloc(e.entries ? e.entries : 1, sizeof *span);
    enum err     r = OK;
    if (!z->directory || !z->part || !span)
        r = fail(&sc->fault, ERR_NOMEM, "no room for the directory of %s", src->path);
    if (!r) r = source_read(sc, src, z->directory_at, z->directory, e.bytes);
    if (!r) r = read_directory(sc, src, (str){ z->directory, e.bytes }, e.entries, e.at - known, span, z);
    free(span);
    return r;
}

enum err zip_open(struct scope *sc, const struct source *src, struct zip *out)
{
    struct zip z = { 0 };
    enum err   r = open_directory(sc, src, &z);
    if (r) zip_close(&z);
    else *out = z;
    return r;
}

void zip_close(struct zip *z)
{
    free(z->part);
    free(z->directory);
    *z = (struct zip){ 0 };
}

enum err zip_part_data(struct scope *sc, const struct source *src, const struct zip *z,
                       const struct zip_part *part, uint64_t *at)
{
    char p[LOCAL_BYTES];
    TRY(source_read(sc, src, part->at, p, sizeof p));
    if (memcmp(p, "PK\3\4", 4)) return broken(sc, src, "a member does not begin where the directory says");
    uint64_t data = part->at + LOCAL_BYTES + le16(p + 26) + le16(p + 28);
    if (data + part->packed > z->directory_at) return broken(sc, src, "a member lies outside the file");
    *at = data;
    return OK;
}
