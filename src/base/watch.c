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
    atomic_uintptr_t from, end;
    atomic_bool      lost;
} watched[WATCHES];
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

unsigned watch_add(const void *p, size_t n)
{
    unsigned found = 0;
    pthread_mutex_lock(&adding);
    for (unsigned i = 0; i < WATCHES && !found; i++) {
        if (atomic_load(&watched[i].from)) continue;
        atomic_store(&watched[i].lost, false);
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

static void on_sigbus(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_code == BUS_ADRERR && give_zeros((uintptr_t)info->si_addr)) return;
    signal(number, SIG_DFL); // not ours: the read is tried again and stops the process
}

bool watch_start(void)
{
    struct sigaction act = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
    sigemptyset(&act.sa_mask);
    return !sigaction(SIGBUS, &act, NULL);
}
