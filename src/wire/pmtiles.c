// SPDX-License-Identifier: EUPL-1.2
#include "wire/pmtiles.h"

#include "base/buf.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PACK_LEVEL = 9,          // of directories and metadata, which are small and read often
    LEAF_ENTRIES = 4096,     // to begin with; more when the root does not fit
    DIRECTORY_MAX = 1 << 30, // bytes, not packed
    COPY_BYTES = 1 << 20,
    ROOT_MAX = PMTILES_ROOT_BYTES - PMTILES_HEADER_BYTES,
};
static const char first_zoom_empty[] = { 0x1F, (char)0x8B, 8, 0, 0, 0, 0, 0, 0, 3,
                                         3,    0,          0, 0, 0, 0, 0, 0, 0, 0 };

// -- whether a file is one ----------------------------------------------------------------------------------------------

static uint64_t get64(const unsigned char *p)
{
    uint64_t n = 0;
    for (int i = 8; i-- > 0;) n = n << 8 | p[i];
    return n;
}

enum err pmtiles_check(struct scope *sc, const char *path)
{
    unsigned char       head[PMTILES_HEADER_BYTES];
    AUTO(fd_closep) int fd = -1;
    size_t              bytes;
    TRY(file_open(sc, path, &fd, &bytes));
    ssize_t got = pread(fd, head, sizeof head, 0);
    if (got < 0) return fail_errno(&sc->fault, "cannot read %s", path);
    if ((size_t)got < sizeof head || memcmp(head, "PMTiles\3", 8) != 0)
        return fail(&sc->fault, ERR_CORRUPT, "%s is not a PMTiles file of version 3", path);
    for (int at = 8; at < 72; at += 16) { // offset and length: root, metadata, leaves, tiles
        uint64_t from = get64(head + at), n = get64(head + at + 8);
        if (from > bytes || n > bytes - from)
            return fail(&sc->fault, ERR_CORRUPT, "%s has %zu bytes, fewer than it says: it was cut off", path,
                        bytes);
    }
    return OK;
}

// -- where a tile stands ------------------------------------------------------------------------------------------------

uint64_t pmtiles_first(unsigned z)
{
    return (((uint64_t)1 << 2 * z) - 1) / 3;
}

// Of a square whose curve is turned: the same for all bits of x and y at once, of which only those below matter.
static void turn(uint32_t *x, uint32_t *y, uint32_t mask, bool right, bool down)
{
    if (down) return;
    if (right) {
        *x ^= mask;
        *y ^= mask;
    }
    uint32_t swap = *x;
    *x = *y;
    *y = swap;
}

uint64_t pmtiles_id(unsigned z, uint32_t x, uint32_t y)
{
    uint64_t at = 0;
    for (unsigned bit = z; bit-- > 0;) {
        bool right = x >> bit & 1, down = y >> bit & 1;
        at = at << 2 | ((right ? 3u : 0u) ^ (down ? 1u : 0u));
        turn(&x, &y, ((uint32_t)1 << bit) - 1, right, down);
    }
    return pmtiles_first(z) + at;
}

void pmtiles_tile(unsigned z, uint64_t at, uint32_t *x, uint32_t *y)
{
    *x = *y = 0;
    for (unsigned bit = 0; bit < z; bit++, at >>= 2) {
        bool right = at >> 1 & 1, down = (at ^ at >> 1) & 1;
        turn(x, y, ((uint32_t)1 << bit) - 1, right, down);
        *x |= (uint32_t)right << bit;
        *y |= (uint32_t)down << bit;
    }
}

// -- collecting tiles -----------------------------------------------------------------------------------------------------

struct entry {
    uint64_t id, offset;
    uint32_t length, run;
};
struct content {
    uint64_t hash, offset;
    uint32_t length; // 0: an empty slot
};
struct pmtiles {
    char            path[4096];
    int             tiles; // the collected contents, one behind the other
    uint64_t        n_bytes, addressed;
    struct entry   *entry;
    size_t          n, cap;
    struct content *slot; // open addressing
    size_t          n_contents, n_slots;
    char           *same; // [cap_same] what is compared
    size_t          cap_same;
};

enum err pmtiles_open(struct scope *sc, const char *path, struct pmtiles **out)
{
    AUTO(pmtiles_closep) struct pmtiles *w = calloc(1, sizeof *w);
    char                                 name[sizeof w->path + 8];
    if (!w) return fail(&sc->fault, ERR_NOMEM, "no memory for %s", path);
    w->tiles = -1;
    if (strlen(path) >= sizeof w->path)
        return fail(&sc->fault, ERR_LIMIT, "the path %.60s... is longer than %zu bytes", path,
                    sizeof w->path);
    strcpy(w->path, path);
    snprintf(name, sizeof name, "%s.XXXXXX", path);
    w->tiles = mkostemp(name, O_CLOEXEC);
    if (w->tiles < 0) return fail_errno(&sc->fault, "cannot create %s", name);
    unlink(name);
    *out = w;
    w = NULL;
    return OK;
}

void pmtiles_closep(struct pmtiles **w)
{
    if (!*w) return;
    fd_closep(&(*w)->tiles);
    free((*w)->entry);
    free((*w)->slot);
    free((*w)->same);
    free(*w);
    *w = NULL;
}

static enum err write_all(struct scope *sc, const struct pmtiles *w, str s)
{
    while (s.n) {
        ssize_t n = write(w->tiles, s.p, s.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail_errno(&sc->fault, "cannot write the tiles of %s", w->path);
        s = str_slice(s, (size_t)n, s.n);
    }
    return OK;
}

static enum err read_all(struct scope *sc, const struct pmtiles *w, uint64_t at, char *to, size_t n)
{
    while (n) {
        ssize_t got = pread(w->tiles, to, n, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(&sc->fault, "cannot read the tiles of %s", w->path);
        if (!got) return fail(&sc->fault, ERR_CORRUPT, "the tiles of %s were cut while written", w->path);
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return OK;
}

static enum err slots_room(struct scope *sc, struct pmtiles *w)
{
    if (2 * (w->n_contents + 1) <= w->n_slots) return OK;
    size_t          n = w->n_slots ? 2 * w->n_slots : 1024;
    struct content *slot = calloc(n, sizeof *slot);
    if (!slot) return fail(&sc->fault, ERR_NOMEM, "no memory for the tiles of %s", w->path);
    for (size_t i = 0; i < w->n_slots; i++) {
        if (!w->slot[i].length) continue;
        size_t k = w->slot[i].hash & (n - 1);
        while (slot[k].length) k = (k + 1) & (n - 1);
        slot[k] = w->slot[i];
    }
    free(w->slot);
    w->slot = slot;
    w->n_slots = n;
    return OK;
}

static enum err is_same(struct scope *sc, struct pmtiles *w, const struct content *c, str packed, bool *out)
{
    if (packed.n > w->cap_same) {
        char *more = realloc(w->same, packed.n);
        if (!more) return fail(&sc->fault, ERR_NOMEM, "no memory for a tile of %zu bytes", packed.n);
        w->same = more;
        w->cap_same = packed.n;
    }
    TRY(read_all(sc, w, c->offset, w->same, packed.n));
    *out = !memcmp(w->same, packed.p, packed.n);
    return OK;
}

/// Where these bytes stand among the contents; they are written when they are new.
static enum err content_of(struct scope *sc, struct pmtiles *w, str packed, uint64_t *offset)
{
    TRY(slots_room(sc, w));
    uint64_t hash = str_hash(packed);
    size_t   k = hash & (w->n_slots - 1);
    for (; w->slot[k].length; k = (k + 1) & (w->n_slots - 1)) {
        bool same = false;
        if (w->slot[k].hash == hash && w->slot[k].length == packed.n)
            TRY(is_same(sc, w, &w->slot[k], packed, &same));
        if (!same) continue;
        *offset = w->slot[k].offset;
        return OK;
    }
    TRY(write_all(sc, w, packed));
    w->slot[k] = (struct content){ hash, w->n_bytes, (uint32_t)packed.n };
    w->n_contents++;
    *offset = w->n_bytes;
    w->n_bytes += packed.n;
    return OK;
}

enum err pmtiles_add(struct scope *sc, struct pmtiles *w, uint64_t id, str packed)
{
    struct entry *last = w->n ? &w->entry[w->n - 1] : NULL;
    uint64_t      offset;
    if (!packed.n || packed.n > UINT32_MAX || (last && id < last->id + last->run))
        return fail(&sc->fault, ERR_INVALID, "tile %llu of %zu bytes does not follow the one before it",
                    (unsigned long long)id, packed.n);
    if (w->n == w->cap) {
        size_t        cap = w->cap ? 2 * w->cap : 1024;
        struct entry *more = realloc(w->entry, cap * sizeof *more);
        if (!more) return fail(&sc->fault, ERR_NOMEM, "no memory for the %zu tiles of %s", cap, w->path);
        w->entry = more;
        w->cap = cap;
        last = w->n ? &w->entry[w->n - 1] : NULL;
    }
    TRY(content_of(sc, w, packed, &offset));
    w->addressed++;
    if (last && last->offset == offset && last->id + last->run == id && last->run < UINT32_MAX) last->run++;
    else w->entry[w->n++] = (struct entry){ id, offset, (uint32_t)packed.n, 1 };
    return OK;
}

// -- directories ----------------------------------------------------------------------------------------------------------

static void add_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) buf_add_c(b, (char)(v | 0x80));
    buf_add_c(b, (char)v);
}

static enum err add_packed(struct scope *sc, struct buf *to, str s)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(PACK_LEVEL);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no memory to pack %zu bytes", s.n);
    size_t max = libdeflate_gzip_compress_bound(c, s.n);
    void  *room = buf_room(to, max);
    if (room) to->n -= max - libdeflate_gzip_compress(c, s.p, s.n, room, max);
    libdeflate_free_compressor(c);
    return buf_end(sc, to);
}

static enum err add_directory(struct scope *sc, struct buf *to, const struct entry *e, size_t n)
{
    AUTO(buf_free) struct buf b = { 0 };
    buf_init(&b, DIRECTORY_MAX);
    add_varint(&b, n);
    for (size_t i = 0; i < n; i++) add_varint(&b, e[i].id - (i ? e[i - 1].id : 0));
    for (size_t i = 0; i < n; i++) add_varint(&b, e[i].run);
    for (size_t i = 0; i < n; i++) add_varint(&b, e[i].length);
    for (size_t i = 0; i < n; i++) {
        bool behind = i && e[i].offset == e[i - 1].offset + e[i - 1].length;
        add_varint(&b, behind ? 0 : e[i].offset + 1);
    }
    TRY(buf_end(sc, &b));
    return add_packed(sc, to, buf_str(&b));
}

struct directories {
    struct buf root, leaves;
};

static void directories_free(struct directories *d)
{
    buf_free(&d->root);
    buf_free(&d->leaves);
}

/// Leaves of so many entries each, and a root that names them.
static enum err split(struct scope *sc, const struct pmtiles *w, size_t per_leaf, struct directories *d)
{
    size_t        n = (w->n + per_leaf - 1) / per_leaf;
    struct entry *leaf = calloc(n, sizeof *leaf);
    enum err      e = leaf ? OK : fail(&sc->fault, ERR_NOMEM, "no memory for %zu directories", n);
    buf_reset(&d->leaves);
    for (size_t i = 0; i < n && !e; i++) {
        size_t from = i * per_leaf, end = from + per_leaf < w->n ? from + per_leaf : w->n, at = d->leaves.n;
        e = add_directory(sc, &d->leaves, w->entry + from, end - from);
        leaf[i] = (struct entry){ w->entry[from].id, at, (uint32_t)(d->leaves.n - at), 0 };
    }
    buf_reset(&d->root);
    if (!e) e = add_directory(sc, &d->root, leaf, n);
    free(leaf);
    return e;
}

static enum err directories_make(struct scope *sc, const struct pmtiles *w, struct directories *d)
{
    buf_init(&d->root, DIRECTORY_MAX);
    buf_init(&d->leaves, DIRECTORY_MAX);
    TRY(add_directory(sc, &d->root, w->entry, w->n));
    for (size_t per_leaf = LEAF_ENTRIES; d->root.n > ROOT_MAX; per_leaf += per_leaf / 4)
        TRY(split(sc, w, per_leaf, d));
    return OK;
}

// -- the archive ------------------------------------------------------------------------------------------------------------

static unsigned zoom_of(uint64_t id)
{
    unsigned z = 0;
    while (pmtiles_first(z + 1) <= id) z++;
    return z;
}

static enum err write_header(struct scope *sc, const struct pmtiles *w, const struct pmtiles_about *a,
                             const size_t part[3], FILE *to)
{
    const struct entry       *last = &w->entry[w->n - 1];
    AUTO(buf_free) struct buf b = { 0 };
    uint64_t                  at = PMTILES_HEADER_BYTES;
    buf_init(&b, PMTILES_HEADER_BYTES);
    buf_add(&b, S("PMTiles\x03"));
    for (size_t i = 0; i < 3; at += part[i++]) { // root, metadata, leaves
        buf_add_le64(&b, at);
        buf_add_le64(&b, part[i]);
    }
    const uint64_t numbers[] = { at, w->n_bytes, w->addressed, w->n, w->n_contents };
    for (size_t i = 0; i < COUNT(numbers); i++) buf_add_le64(&b, numbers[i]);
    const char bytes[] = {
        1, 2, 2, 1, (char)zoom_of(w->entry[0].id), (char)zoom_of(last->id + last->run - 1)
    };
    buf_add_bytes(&b, bytes, sizeof bytes);
    const int32_t box[] = { a->west_e7, a->south_e7, a->east_e7, a->north_e7 };
    for (size_t i = 0; i < COUNT(box); i++) buf_add_le32(&b, (uint32_t)box[i]);
    buf_add_c(&b, (char)a->center_zoom);
    buf_add_le32(&b, (uint32_t)(int32_t)(((int64_t)a->west_e7 + a->east_e7) / 2));
    buf_add_le32(&b, (uint32_t)(int32_t)(((int64_t)a->south_e7 + a->north_e7) / 2));
    TRY(buf_end(sc, &b));
    if (fwrite(b.p, 1, b.n, to) != b.n) return fail_errno(&sc->fault, "cannot write %s", w->path);
    return OK;
}

static enum err copy_tiles(struct scope *sc, const struct pmtiles *w, FILE *to)
{
    char    *piece = malloc(COPY_BYTES);
    enum err e = piece ? OK : fail(&sc->fault, ERR_NOMEM, "no memory to write %s", w->path);
    for (uint64_t at = 0; at < w->n_bytes && !e;) {
        size_t n = w->n_bytes - at < COPY_BYTES ? (size_t)(w->n_bytes - at) : COPY_BYTES;
        e = read_all(sc, w, at, piece, n);
        if (!e && fwrite(piece, 1, n, to) != n) e = fail_errno(&sc->fault, "cannot write %s", w->path);
        at += n;
    }
    free(piece);
    return e;
}

static enum err write_archive(struct scope *sc, const struct pmtiles *w, const struct pmtiles_about *a,
                              FILE *to, uint64_t *bytes)
{
    AUTO(directories_free) struct directories d = { 0 };
    AUTO(buf_free) struct buf                 metadata = { 0 };
    buf_init(&metadata, DIRECTORY_MAX);
    TRY(directories_make(sc, w, &d));
    TRY(add_packed(sc, &metadata, a->metadata));
    const size_t part[] = { d.root.n, metadata.n, d.leaves.n };
    const str    text[] = { buf_str(&d.root), buf_str(&metadata), buf_str(&d.leaves) };
    TRY(write_header(sc, w, a, part, to));
    *bytes = PMTILES_HEADER_BYTES + w->n_bytes;
    for (size_t i = 0; i < COUNT(text); i++) {
        *bytes += text[i].n;
        if (text[i].n && fwrite(text[i].p, 1, text[i].n, to) != text[i].n)
            return fail_errno(&sc->fault, "cannot write %s", w->path);
    }
    return copy_tiles(sc, w, to);
}

enum err pmtiles_commit(struct scope *sc, struct pmtiles *w, const struct pmtiles_about *a,
                        struct pmtiles_totals *out)
{
    AUTO(file_new_abort) struct file_new nf = { 0 };
    struct pmtiles_totals                t = { 0 };
    if (!w->n) TRY(pmtiles_add(sc, w, 0, (str){ first_zoom_empty, sizeof first_zoom_empty }));
    TRY(file_new_open(sc, w->path, &nf));
    TRY(write_archive(sc, w, a, nf.f, &t.bytes));
    TRY(file_new_commit(sc, &nf));
    t.addressed = w->addressed;
    t.entries = w->n;
    t.contents = w->n_contents;
    *out = t;
    return OK;
}
