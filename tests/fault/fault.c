// SPDX-License-Identifier: EUPL-1.2
#include "fault.h"

#include "base/buf.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

// Test programs may use threads; the count is one for all of them.
static atomic_uint           left, wanted_kinds;
static atomic_bool           fired;
static _Atomic(const char *) last = "nothing";

void fault_after_kind(unsigned n, unsigned kinds)
{
    atomic_store(&fired, false);
    atomic_store(&wanted_kinds, kinds);
    atomic_store(&left, n);
}

void fault_after(unsigned n)
{
    fault_after_kind(n, FAULT_ALL);
}

bool fault_fired(void)
{
    atomic_store(&left, 0);
    return atomic_load(&fired);
}

const char *fault_name(void)
{
    return atomic_load(&last);
}

unsigned fault_first(void)
{
    const char *given = getenv("HROMADA_FAULT");
    return given ? (unsigned)strtoul(given, NULL, 10) : 1;
}

bool fault_now(enum fault_kind kind, const char *name)
{
    if (!(atomic_load(&wanted_kinds) & kind)) return false;
    unsigned n = atomic_load(&left);
    do
        if (!n) return false;
    while (!atomic_compare_exchange_weak(&left, &n, n - 1));
    if (n > 1) return false;
    atomic_store(&last, name);
    atomic_store(&fired, true);
    return true;
}

// -- the calls that the linker brings here ------------------------------------------------------------------
// meson.build holds the same list. Each name comes in the forms that the compiler may make of it: with large file
// offsets (open64), and with checked sizes (__read_chk).

#define WRAP(kind, why, on_failure, type, name, parameters, arguments)                                       \
    type __real_##name parameters;                                                                           \
    type __wrap_##name parameters;                                                                           \
    type __wrap_##name parameters                                                                            \
    {                                                                                                        \
        if (!fault_now(kind, #name)) return __real_##name arguments;                                         \
        errno = why;                                                                                         \
        return on_failure;                                                                                   \
    }

// A stream remembers that it failed, until it is closed.
static _Atomic(FILE *) failed_stream;
static size_t          broken(FILE *f)
{
    atomic_store(&failed_stream, f);
    return 0;
}
int __real_ferror(FILE *f);
int __wrap_ferror(FILE *f);
int __wrap_ferror(FILE *f)
{
    return f == atomic_load(&failed_stream) || __real_ferror(f);
}

static struct buf     *trace;
static pthread_mutex_t trace_lock = PTHREAD_MUTEX_INITIALIZER;

void fault_trace(struct buf *to)
{
    trace = to;
}

void fault_trace_line(const char *line)
{
    pthread_mutex_lock(&trace_lock);
    if (trace) buf_printf(trace, "%s\n", line);
    pthread_mutex_unlock(&trace_lock);
}

static int trace_sync(int fd)
{
    char link[64], line[4096] = "sync ";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (trace && readlink(link, line + 5, sizeof line - 6) > 0) fault_trace_line(line);
    return fd;
}

static const char *trace_rename(const char *from, const char *to)
{
    char line[8192];
    snprintf(line, sizeof line, "rename %s %s", from, to);
    fault_trace_line(line);
    return from;
}

// clang-format off
WRAP(FAULT_MEMORY, ENOMEM, NULL, void *, malloc, (size_t n), (n))
WRAP(FAULT_MEMORY, ENOMEM, NULL, void *, calloc, (size_t n, size_t size), (n, size))
WRAP(FAULT_MEMORY, ENOMEM, NULL, void *, realloc, (void *p, size_t n), (p, n))
WRAP(FAULT_MEMORY, ENOMEM, NULL, void *, aligned_alloc, (size_t align, size_t n), (align, n))
WRAP(FAULT_MEMORY, ENOMEM, NULL, char *, strdup, (const char *s), (s))
WRAP(FAULT_MEMORY, ENOMEM, NULL, char *, strndup, (const char *s, size_t n), (s, n))
WRAP(FAULT_MEMORY, ENOMEM, MAP_FAILED, void *, mmap, (void *p, size_t n, int prot, int flags, int fd, off_t at), (p, n, prot, flags, fd, at))
WRAP(FAULT_MEMORY, ENOMEM, MAP_FAILED, void *, mmap64, (void *p, size_t n, int prot, int flags, int fd, off_t at), (p, n, prot, flags, fd, at))
WRAP(FAULT_MEMORY, ENOMEM, Z_MEM_ERROR, int, inflateInit2_, (z_streamp z, int window, const char *version, int size), (z, window, version, size))
WRAP(FAULT_MEMORY, ENOMEM, Z_MEM_ERROR, int, deflateInit2_, (z_streamp z, int level, int method, int window, int memory, int strategy, const char *version, int size), (z, level, method, window, memory, strategy, version, size))
WRAP(FAULT_MEMORY, ENOMEM, NULL, ZSTD_DStream *, ZSTD_createDStream, (void), ())
WRAP(FAULT_MEMORY, ENOMEM, NULL, ZSTD_CStream *, ZSTD_createCStream, (void), ())

WRAP(FAULT_READ, EIO, -1, ssize_t, read, (int fd, void *p, size_t n), (fd, p, n))
WRAP(FAULT_READ, EIO, -1, ssize_t, __read_chk, (int fd, void *p, size_t n, size_t room), (fd, p, n, room))
WRAP(FAULT_READ, EIO, -1, ssize_t, pread, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(FAULT_READ, EIO, -1, ssize_t, pread64, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(FAULT_READ, EIO, -1, ssize_t, __pread64_chk, (int fd, void *p, size_t n, off_t at, size_t room), (fd, p, n, at, room))
WRAP(FAULT_READ, EIO, broken(f), size_t, fread, (void *p, size_t size, size_t n, FILE *f), (p, size, n, f))
WRAP(FAULT_READ, EIO, broken(f), size_t, __fread_chk, (void *p, size_t room, size_t size, size_t n, FILE *f), (p, room, size, n, f))

WRAP(FAULT_WRITE, ENOSPC, -1, ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
WRAP(FAULT_WRITE, ENOSPC, -1, ssize_t, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(FAULT_WRITE, ENOSPC, -1, ssize_t, pwrite64, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(FAULT_WRITE, ENOSPC, broken(f), size_t, fwrite, (const void *p, size_t size, size_t n, FILE *f), (p, size, n, f))
WRAP(FAULT_WRITE, ENOSPC, EOF, int, fflush, (FILE *f), (f))
WRAP(FAULT_WRITE, ENOSPC, -1, int, ftruncate, (int fd, off_t n), (fd, n))
WRAP(FAULT_WRITE, ENOSPC, -1, int, ftruncate64, (int fd, off_t n), (fd, n))
WRAP(FAULT_WRITE, ENOSPC, ENOSPC, int, posix_fallocate, (int fd, off_t at, off_t n), (fd, at, n))
WRAP(FAULT_WRITE, ENOSPC, ENOSPC, int, posix_fallocate64, (int fd, off_t at, off_t n), (fd, at, n))

WRAP(FAULT_SYNC, EIO, -1, int, fsync, (int fd), (trace_sync(fd)))
WRAP(FAULT_SYNC, EIO, -1, int, fdatasync, (int fd), (fd))

WRAP(FAULT_OPEN, EMFILE, NULL, FILE *, fopen, (const char *path, const char *mode), (path, mode))
WRAP(FAULT_OPEN, EMFILE, NULL, FILE *, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(FAULT_OPEN, EMFILE, NULL, FILE *, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(FAULT_OPEN, EMFILE, -1, int, __open_2, (const char *path, int flags), (path, flags))
WRAP(FAULT_OPEN, EMFILE, -1, int, __open64_2, (const char *path, int flags), (path, flags))

WRAP(FAULT_RENAME, EIO, -1, int, rename, (const char *from, const char *to), (trace_rename(from, to), to))
WRAP(FAULT_RENAME, EIO, -1, int, link, (const char *from, const char *to), (from, to))
WRAP(FAULT_RENAME, EIO, -1, int, mkdir, (const char *path, mode_t mode), (path, mode))
// clang-format on

// open has a third parameter when it creates; the callee may always be given one.
#define WRAP_OPEN(name)                                                                                      \
    int __real_##name(const char *path, int flags, ...);                                                     \
    int __wrap_##name(const char *path, int flags, ...);                                                     \
    int __wrap_##name(const char *path, int flags, ...)                                                      \
    {                                                                                                        \
        mode_t mode = 0;                                                                                     \
        if (flags & (O_CREAT | __O_TMPFILE)) {                                                               \
            va_list args;                                                                                    \
            va_start(args, flags);                                                                           \
            mode = va_arg(args, mode_t);                                                                     \
            va_end(args);                                                                                    \
        }                                                                                                    \
        if (!fault_now(FAULT_OPEN, #name)) return __real_##name(path, flags, mode);                          \
        errno = EMFILE;                                                                                      \
        return -1;                                                                                           \
    }
WRAP_OPEN(open)
WRAP_OPEN(open64)

// A file that could not be closed in order is closed nevertheless.
int __real_fclose(FILE *f);
int __wrap_fclose(FILE *f);
int __wrap_fclose(FILE *f)
{
    bool fails = fault_now(FAULT_WRITE, "fclose");
    if (f == atomic_load(&failed_stream)) atomic_store(&failed_stream, NULL);
    int r = __real_fclose(f);
    if (!fails) return r;
    errno = ENOSPC;
    return EOF;
}
