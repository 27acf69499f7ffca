// SPDX-License-Identifier: EUPL-1.2
#include "base/watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WATCHES = 256 };

// from is set last and taken back first: the handler, which cannot wait for a lock, sees whole entries only.
static struct {
    atomic_uintptr_t             from, end;
    atomic_bool                  lost;
    _Atomic(const struct sums *) sums; // NULL: it is not proved
    const unsigned char         *twin;
} watched[WATCHES];
static pthread_mutex_t  adding = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool      started;
static struct sigaction before_us; // for SIGSEGV that is not ours: a sanitizer's, or the end of the process

unsigned watch_add(const void *p, size_t n)
{
    unsigned found = 0;
    pthread_mutex_lock(&adding);
    for (unsigned i = 0; i < WATCHES && !found; i++) {
        if (atomic_load(&watched[i].from)) continue;
        atomic_store(&watched[i].lost, false);
        atomic_store(&watched[i].sums, NULL);
        atomic_store(&watched[i].end, (uintptr_t)p + n);
        atomic_store(&watched[i].from, (uintptr_t)p);
        found = i + 1;
    }
    pthread_mutex_unlock(&adding);
    return found;
}

void watch_end(unsigned watch)
{
    if (watch) atomic_store(&watched[watch - 1].from, 0);
}

bool watch_lost(unsigned watch)
{
    return watch && atomic_load(&watched[watch - 1].lost);
}

// Zeros from the page that failed to the end of the mapping; the read that failed is then tried again. mmap is not on
// POSIX's list of what a handler may call; on Linux it is a system call and nothing else.
static bool give_zeros(uintptr_t at)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (unsigned i = 0; i < WATCHES; i++) {
        uintptr_t from = atomic_load(&watched[i].from), end = atomic_load(&watched[i].end);
        if (!from || at < from || at >= end) continue;
        uintptr_t first = at & ~(page - 1);
        atomic_store(&watched[i].lost, true);
        return mmap((void *)first, end - first, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
               MAP_FAILED;
    }
    return false;
}

bool watch_prove(unsigned watch, const void *twin, const struct sums *sums)
{
    if (!watch || !atomic_load(&started)) return false;
    uintptr_t from = atomic_load(&watched[watch - 1].from), end = atomic_load(&watched[watch - 1].end);
    watched[watch - 1].twin = twin;
    atomic_store(&watched[watch - 1].sums, sums);
    if (!mprotect((void *)from, end - from, PROT_NONE)) return true;
    atomic_store(&watched[watch - 1].sums, NULL);
    return false;
}

// Two threads may do this for one block at once, with the same result.
static bool prove(uintptr_t at)
{
    for (unsigned i = 0; i < WATCHES; i++) {
        uintptr_t          from = atomic_load(&watched[i].from), end = atomic_load(&watched[i].end);
        const struct sums *s = atomic_load(&watched[i].sums);
        if (!from || at < from || at >= end || !s) continue;
        size_t block = (at - from) / s->block_bytes, first = block * s->block_bytes, n = end - from - first;
        if (n > s->block_bytes) n = s->block_bytes;
        void *p = (void *)(from + first);
        if (sum_bytes(watched[i].twin + first, n) == s->sum[block]) return !mprotect(p, n, PROT_READ);
        atomic_store(&watched[i].lost, true);
        return mmap(p, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
    }
    return false;
}

static void on_sigbus(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_code == BUS_ADRERR && give_zeros((uintptr_t)info->si_addr)) return;
    signal(number, SIG_DFL); // not ours: the read is tried again and stops the process
}

static void on_sigsegv(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_code == SEGV_ACCERR && prove((uintptr_t)info->si_addr)) return;
    sigaction(number, &before_us, NULL);
}

bool watch_start(void)
{
    struct sigaction bus = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
    struct sigaction segv = { .sa_sigaction = on_sigsegv, .sa_flags = SA_SIGINFO }, was;
    sigemptyset(&bus.sa_mask);
    sigemptyset(&segv.sa_mask);
    if (sigaction(SIGBUS, &bus, NULL) || sigaction(SIGSEGV, &segv, &was)) return false;
    if (was.sa_sigaction != on_sigsegv) before_us = was;
    atomic_store(&started, true);
    return true;
}

bool watch_started(void)
{
    return atomic_load(&started);
}
