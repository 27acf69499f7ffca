// SPDX-License-Identifier: EUPL-1.2
// SQLite's two doors for this: its allocator can be replaced, and a VFS can stand in front of another. Ours is the
// default VFS with another xOpen, and gives each file it opens a copy of that file's methods in which some are ours.
#include "fault.h"

#include <sqlite3.h>
#include <string.h>

static sqlite3_mem_methods memory; // SQLite's own
static sqlite3_vfs        *below;  // the default VFS
static sqlite3_vfs         vfs;

static void *mem_alloc(int n)
{
    return fault_now(FAULT_MEMORY, "sqlite malloc") ? NULL : memory.xMalloc(n);
}

static void *mem_resize(void *p, int n)
{
    return fault_now(FAULT_MEMORY, "sqlite realloc") ? NULL : memory.xRealloc(p, n);
}

// The files of one VFS have few kinds of methods (with locks, without): one copy of each.
enum { KINDS = 8 };
static struct kind {
    sqlite3_io_methods        ours; // first, so that a file's methods lead to the original ones
    const sqlite3_io_methods *original;
} kinds[KINDS];

static const sqlite3_io_methods *original_of(const sqlite3_file *f)
{
    return ((const struct kind *)f->pMethods)->original;
}

static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return fault_now(FAULT_READ, "sqlite read") ? SQLITE_IOERR_READ : original_of(f)->xRead(f, p, n, at);
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    return fault_now(FAULT_WRITE, "sqlite write") ? SQLITE_FULL : original_of(f)->xWrite(f, p, n, at);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fault_now(FAULT_WRITE, "sqlite truncate") ? SQLITE_IOERR_TRUNCATE
                                                     : original_of(f)->xTruncate(f, n);
}

static int file_sync(sqlite3_file *f, int flags)
{
    fault_trace_line("sync database");
    return fault_now(FAULT_SYNC, "sqlite sync") ? SQLITE_IOERR_FSYNC : original_of(f)->xSync(f, flags);
}

static int file_shm_map(sqlite3_file *f, int page, int bytes, int extend, void volatile **out)
{
    if (fault_now(FAULT_OPEN, "sqlite shared memory")) return SQLITE_IOERR_SHMMAP;
    return original_of(f)->xShmMap(f, page, bytes, extend, out);
}

static void take_over(sqlite3_file *f)
{
    for (int i = 0; f->pMethods && i < KINDS; i++) {
        if (kinds[i].original && kinds[i].original != f->pMethods) continue;
        if (!kinds[i].original) {
            kinds[i].original = f->pMethods;
            kinds[i].ours = *f->pMethods;
            kinds[i].ours.xRead = file_read;
            kinds[i].ours.xWrite = file_write;
            kinds[i].ours.xTruncate = file_truncate;
            kinds[i].ours.xSync = file_sync;
            if (kinds[i].ours.iVersion >= 2 && kinds[i].ours.xShmMap) kinds[i].ours.xShmMap = file_shm_map;
        }
        f->pMethods = &kinds[i].ours;
        return;
    }
}

static int vfs_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
    (void)v;
    f->pMethods = NULL; // so SQLite knows that there is nothing to close
    if (fault_now(FAULT_OPEN, "sqlite open")) return SQLITE_CANTOPEN;
    int code = below->xOpen(below, name, f, flags, out_flags);
    take_over(f);
    return code;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    return fault_now(FAULT_RENAME, "sqlite delete") ? SQLITE_IOERR_DELETE : below->xDelete(below, name, sync);
}

bool fault_sqlite(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory)) return false;
    sqlite3_mem_methods ours = memory;
    ours.xMalloc = mem_alloc;
    ours.xRealloc = mem_resize;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) || sqlite3_initialize()) return false;
    below = sqlite3_vfs_find(NULL);
    if (!below) return false;
    vfs = *below;
    vfs.pNext = NULL;
    vfs.zName = "fault";
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}
