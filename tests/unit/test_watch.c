// SPDX-License-Identifier: EUPL-1.2
// Files that are cut while they are read.
#include "base/file.h"
#include "base/watch.h"
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { PAGE = 4096, PAGES = 5 };

static void make_map(struct scope *sc, const char *path, struct map *m)
{
    char *bytes = arena_alloc(sc->mem, PAGES * PAGE);
    memset(bytes, 7, PAGES * PAGE);
    ok_err(sc, file_replace(sc, path, (str){ bytes, PAGES * PAGE }), OK);
    ok_err(sc, map_open(sc, path, m), OK);
}

static void what_is_cut_off_reads_as_zeros(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/a", dir).p;
    struct map   cut = { 0 }, whole = { 0 };
    ok(watch_start(), "watch");
    make_map(&sc, path, &cut);
    make_map(&sc, arena_printf(sc.mem, "%s/b", dir).p, &whole);
    ok(!truncate(path, 2 * PAGE), "truncate");
    ok(cut.p[2 * PAGE - 1] == 7 && !map_lost(&cut), "what is left can be read");
    ok(cut.p[3 * PAGE] == 0 && map_lost(&cut), "zeros, and it is told");
    ok(cut.p[PAGES * PAGE - 1] == 0 && cut.p[2 * PAGE] == 0, "everywhere behind the end");
    ok(whole.p[3 * PAGE] == 7 && !map_lost(&whole), "the other file is as it was");
    map_close(&cut);
    make_map(&sc, path, &cut);
    ok(!map_lost(&cut) && cut.p[4 * PAGE] == 7, "a new mapping begins anew");
    map_close(&cut);
    map_close(&whole);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

struct reader {
    const volatile unsigned char *at;
    atomic_bool                   done; // relaxed: only the kernel orders what the two threads do
    unsigned char                 got;
};
static void *read_one(void *arg)
{
    struct reader *r = arg;
    r->got = *r->at;
    atomic_store_explicit(&r->done, true, memory_order_relaxed);
    return NULL;
}

/// Zeros that one thread was given are read by another, which waits for nobody: no race, as the thread sanitizer sees it.
static void two_threads_read_what_was_cut(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/a", dir).p;
    struct map   m = { 0 };
    pthread_t    other;
    ok(watch_start(), "watch");
    make_map(&sc, path, &m);
    ok(!truncate(path, PAGE), "truncate");
    struct reader r = { .at = m.p + 3 * PAGE, .got = 1 };
    ok(!pthread_create(&other, NULL, read_one, &r), "thread");
    while (!atomic_load_explicit(&r.done, memory_order_relaxed)) usleep(1000);
    ok(!*r.at && map_lost(&m), "zeros, and it is told");
    pthread_join(other, NULL);
    ok(!r.got, "for both");
    map_close(&m);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void others_are_stopped(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc), *path = arena_printf(sc.mem, "%s/a", dir).p;
    struct map   m = { 0 };
    make_map(&sc, path, &m);
    pid_t child = fork();
    ok(child >= 0, "fork");
    if (!child) {
        if (!freopen("/dev/null", "w", stderr)) _exit(1);
        watch_start();
        watch_end(m.watch); // nobody watches it any more
        if (truncate(path, PAGE)) _exit(1);
        _exit(((volatile const unsigned char *)m.p)[3 * PAGE]);
    }
    int status;
    ok(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS, "status %x",
       status);
    map_close(&m);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void too_many(void **state)
{
    (void)state;
    unsigned watch[300], n = 0;
    for (size_t i = 0; i < COUNT(watch); i++) n += (watch[i] = watch_add(&watch, sizeof watch)) != 0;
    ok(n == 256, "%u watches", n);
    for (size_t i = 0; i < COUNT(watch); i++) watch_end(watch[i]);
    ok((watch[0] = watch_add(&watch, sizeof watch)) != 0, "there is room again");
    watch_end(watch[0]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_cut_off_reads_as_zeros),
    cmocka_unit_test(two_threads_read_what_was_cut),
    cmocka_unit_test(others_are_stopped),
    cmocka_unit_test(too_many),
};
TEST_MAIN(tests)
