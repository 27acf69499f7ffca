// SPDX-License-Identifier: EUPL-1.2
// Failing on purpose: the n-th allocation, read, write, fsync or rename of the code under test fails, once.
//
//     for (unsigned n = 1;; n++) {
//         ... a fresh state ...
//         fault_after(n);
//         enum err e = file_replace(&sc, path, bytes);
//         bool     hit = fault_fired();                         // and no more faults from here on
//         ok(hit == (e != OK), "failure %u is reported", n);
//         ... all or nothing? nothing leaked? (the sanitizer tells) ...
//         if (!hit) break;                                      // n operations were not reached: all have failed once
//     }
//
// What counts is what libhromada and the test call themselves: the linker replaces those calls (--wrap, in
// meson.build). What libc and other libraries call within themselves does not count, but for SQLite after
// fault_sqlite(), and for jansson after json_set_alloc_funcs(malloc, free) in the test.
// A failure that the code may pass over (a cache that it can do without) shows as hit and e == OK; such a test says so.
// A failing n can be run again alone with HROMADA_FAULT=n, when the loop begins with fault_first().
#pragma once
#include <stdbool.h>

enum fault_kind {
    FAULT_MEMORY =
        1, // malloc, calloc, realloc, strdup, strndup, aligned_alloc, mmap, zlib's and zstd's own: ENOMEM
    FAULT_READ = 2,    // read, pread, fread: EIO
    FAULT_WRITE = 4,   // write, pwrite, fwrite, fflush, fclose, ftruncate, posix_fallocate: ENOSPC
    FAULT_SYNC = 8,    // fsync, fdatasync: EIO
    FAULT_OPEN = 16,   // open, fopen, fdopen: EMFILE
    FAULT_RENAME = 32, // rename, link, mkdir: EIO
    FAULT_ALL = 63,
};

/// From now on the n-th operation fails, n >= 1; with n = 0 none does. Forgets what was set before.
void        fault_after(unsigned n);
/// The same for some kinds of operations only.
void        fault_after_kind(unsigned n, unsigned kinds);
/// Has it failed? From here on nothing fails.
bool        fault_fired(void);
/// What failed last, for messages: "fsync"; "nothing" before.
const char *fault_name(void);
/// The n to begin with: 1, or what HROMADA_FAULT says.
unsigned    fault_first(void);

/// What is synced and renamed from now on is written down, a line each: "sync PATH", "rename FROM TO", and "sync database"
/// for SQLite's own. NULL: no more.
struct buf;
void fault_trace(struct buf *to);
/// For shims of other libraries.
void fault_trace_line(const char *line);

/// Makes SQLite's allocations and files take part; once, before the first call of SQLite. False: SQLite refused.
/// Its failures are FAULT_MEMORY, FAULT_OPEN (open, shared memory), FAULT_READ, FAULT_WRITE (SQLITE_FULL),
/// FAULT_SYNC and FAULT_RENAME (delete).
bool fault_sqlite(void);
/// Counts one operation and tells whether it shall fail. For shims of other libraries.
bool fault_now(enum fault_kind kind, const char *name);
