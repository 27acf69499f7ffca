// SPDX-License-Identifier: EUPL-1.2
#include "store/sqlite_pages.h"

#include <libdeflate.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

enum { CRC_AT = PAGES_BYTES - PAGES_RESERVED, NUMBER_AT = CRC_AT + 4 };

// The database file; what the default VFS knows of it stands behind. Logs and temporary files are that VFS's alone.
struct pages_file {
    sqlite3_file of_sqlite;
    bool         sealed, strict;
    uint32_t     refused;
};
static struct pages_file *own(sqlite3_file *f)
{
    return (struct pages_file *)f;
}
static sqlite3_file *below(sqlite3_file *f)
{
    return (sqlite3_file *)(own(f) + 1);
}

// -- pages -------------------------------------------------------------------------------------------------------------

static void put32(unsigned char *to, uint32_t n)
{
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(n >> (8 * i));
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void seal(unsigned char *page, uint32_t number)
{
    put32(page + NUMBER_AT, number);
    uint32_t crc = libdeflate_crc32(0, page, CRC_AT);
    put32(page + CRC_AT, libdeflate_crc32(crc, page + NUMBER_AT, 4));
}

static bool agrees(const unsigned char *page, uint32_t number)
{
    uint32_t crc = libdeflate_crc32(0, page, CRC_AT);
    return get32(page + NUMBER_AT) == number &&
           get32(page + CRC_AT) == libdeflate_crc32(crc, page + NUMBER_AT, 4);
}

static bool is_zero(const unsigned char *page)
{
    return !page[0] && !memcmp(page, page + 1, PAGES_BYTES - 1);
}

/// All but a few bytes of the header are read and written as pages.
static bool is_page(int n, sqlite3_int64 at)
{
    return n == PAGES_BYTES && at % PAGES_BYTES == 0;
}

static uint32_t number_of(sqlite3_int64 at)
{
    return (uint32_t)(at / PAGES_BYTES) + 1;
}

// -- the file ----------------------------------------------------------------------------------------------------------

static int refuse(sqlite3_file *f, sqlite3_int64 at)
{
    own(f)->refused = number_of(at);
    return SQLITE_CORRUPT;
}

// Where the file ends inside a page, the VFS below fills the rest with zeros, and SQLite takes that for the page.
static int read_short(sqlite3_file *f, int n, sqlite3_int64 at)
{
    sqlite3_int64 bytes;
    if (!is_page(n, at)) return SQLITE_IOERR_SHORT_READ;
    int code = below(f)->pMethods->xFileSize(below(f), &bytes);
    if (code) return code;
    return bytes > at || own(f)->strict ? refuse(f, at) : SQLITE_IOERR_SHORT_READ;
}

static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    int code = below(f)->pMethods->xRead(below(f), p, n, at);
    if (code == SQLITE_IOERR_SHORT_READ) return read_short(f, n, at);
    if (code || !own(f)->sealed || !is_page(n, at) || agrees(p, number_of(at))) return code;
    return !own(f)->strict && is_zero(p) ? SQLITE_OK : refuse(f, at);
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    unsigned char page[PAGES_BYTES];
    if (!own(f)->sealed || !is_page(n, at)) return below(f)->pMethods->xWrite(below(f), p, n, at);
    memcpy(page, p, CRC_AT);
    seal(page, number_of(at));
    return below(f)->pMethods->xWrite(below(f), page, n, at);
}

enum { OP_FILE = 0x68726D64 }; // asks for the struct pages_file itself

static int file_control(sqlite3_file *f, int op, void *arg)
{
    if (op != OP_FILE) return below(f)->pMethods->xFileControl(below(f), op, arg);
    *(struct pages_file **)arg = own(f);
    return SQLITE_OK;
}

static int file_close(sqlite3_file *f)
{
    return below(f)->pMethods->xClose(below(f));
}
static int file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return below(f)->pMethods->xTruncate(below(f), n);
}
static int file_sync(sqlite3_file *f, int flags)
{
    return below(f)->pMethods->xSync(below(f), flags);
}
static int file_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return below(f)->pMethods->xFileSize(below(f), n);
}
static int file_lock(sqlite3_file *f, int level)
{
    return below(f)->pMethods->xLock(below(f), level);
}
static int file_unlock(sqlite3_file *f, int level)
{
    return below(f)->pMethods->xUnlock(below(f), level);
}
static int file_reserved(sqlite3_file *f, int *out)
{
    return below(f)->pMethods->xCheckReservedLock(below(f), out);
}
static int file_sector(sqlite3_file *f)
{
    return below(f)->pMethods->xSectorSize(below(f));
}
static int file_traits(sqlite3_file *f)
{
    return below(f)->pMethods->xDeviceCharacteristics(below(f));
}
static int shm_map(sqlite3_file *f, int page, int bytes, int extend, void volatile **out)
{
    return below(f)->pMethods->xShmMap(below(f), page, bytes, extend, out);
}
static int shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return below(f)->pMethods->xShmLock(below(f), at, n, flags);
}
static void shm_barrier(sqlite3_file *f)
{
    below(f)->pMethods->xShmBarrier(below(f));
}
static int shm_unmap(sqlite3_file *f, int delete_it)
{
    return below(f)->pMethods->xShmUnmap(below(f), delete_it);
}

// Version 2 of 3: the third maps the file into memory, past the comparison.
#define METHODS(version)                                                                                     \
    {                                                                                                        \
        .iVersion = (version), .xClose = file_close, .xRead = file_read, .xWrite = file_write,               \
        .xTruncate = file_truncate, .xSync = file_sync, .xFileSize = file_size, .xLock = file_lock,          \
        .xUnlock = file_unlock, .xCheckReservedLock = file_reserved, .xFileControl = file_control,           \
        .xSectorSize = file_sector, .xDeviceCharacteristics = file_traits, .xShmMap = shm_map,               \
        .xShmLock = shm_lock, .xShmBarrier = shm_barrier, .xShmUnmap = shm_unmap,                            \
    }
static const sqlite3_io_methods methods = METHODS(2), methods_without_log = METHODS(1);

// -- the VFS -----------------------------------------------------------------------------------------------------------

// A header that says nothing of reserved space (byte 20) while the page's end is that of a first page is a damaged one: in
// a file of an earlier version there stand the last letters of a statement.
static int look(sqlite3_file *f, bool *sealed)
{
    unsigned char page[PAGES_BYTES];
    sqlite3_int64 bytes;
    *sealed = true;
    int code = file_size(f, &bytes);
    if (code || !bytes) return code;
    code = below(f)->pMethods->xRead(below(f), page, sizeof page, 0);
    if (code && code != SQLITE_IOERR_SHORT_READ) return code;
    *sealed = (page[20] == PAGES_RESERVED && page[16] << 8 == PAGES_BYTES && !page[17]) ||
              get32(page + NUMBER_AT) == 1;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
    sqlite3_vfs *base = v->pAppData;
    if (!(flags & SQLITE_OPEN_MAIN_DB)) return base->xOpen(base, name, f, flags, out_flags);
    *own(f) = (struct pages_file){ 0 };
    below(f)->pMethods = NULL;
    int code = base->xOpen(base, name, below(f), flags, out_flags);
    if (!code) code = look(f, &own(f)->sealed);
    const sqlite3_io_methods *m = below(f)->pMethods;
    if (code && m) m->xClose(below(f));
    if (!code) f->pMethods = m->iVersion >= 2 && m->xShmMap ? &methods : &methods_without_log;
    return code;
}

// SQLite keeps a list of its VFSs, so ours lives as long as the program.
static sqlite3_vfs    vfs;
static pthread_once_t vfs_once = PTHREAD_ONCE_INIT;

static void vfs_register(void)
{
    sqlite3_vfs *base = sqlite3_vfs_find(NULL);
    if (!base) return;
    vfs = *base;
    vfs.pNext = NULL;
    vfs.zName = "hromada";
    vfs.pAppData = base;
    vfs.szOsFile += (int)sizeof(struct pages_file);
    vfs.xOpen = vfs_open;
    if (sqlite3_vfs_register(&vfs, 0)) vfs.zName = NULL;
}

const char *pages_vfs(void)
{
    pthread_once(&vfs_once, vfs_register);
    return vfs.zName;
}

// -- what the engine asks ----------------------------------------------------------------------------------------------

static struct pages_file *file_of(struct sqlite3 *file)
{
    struct pages_file *p = NULL;
    return sqlite3_file_control(file, "main", OP_FILE, (void *)&p) ? NULL : p;
}

bool pages_sealed(struct sqlite3 *file)
{
    const struct pages_file *p = file_of(file);
    return p && p->sealed;
}

void pages_strict(struct sqlite3 *file, bool strict)
{
    struct pages_file *p = file_of(file);
    if (p) p->strict = strict;
}

uint32_t pages_refused(struct sqlite3 *file)
{
    const struct pages_file *p = file_of(file);
    return p ? p->refused : 0;
}
