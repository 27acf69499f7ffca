// SPDX-License-Identifier: EUPL-1.2
// Files that are proved block by block as they are read.
#include "base/file.h"
#include "base/watch.h"
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>

enum { BLOCK = 64 << 10, BYTES = 5 * BLOCK + 1234 };

static char *content(struct scope *sc)
{
    char    *p = arena_alloc(sc->mem, BYTES);
    uint64_t seed = test_seed();
    for (size_t i = 0; i < BYTES; i++) p[i] = (char)test_random(&seed);
    return p;
}

static void every_flipped_bit_changes_a_sum(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    char        *p = content(&sc);
    for (size_t n = 1; n < 200; n += 13)
        for (size_t bit = 0; bit < 8 * n; bit++) {
            uint64_t was = sum_bytes(p, n);
            p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
            ok(sum_bytes(p, n) != was, "bit %zu of %zu bytes", bit, n);
            p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
        }
    ok(sum_bytes(p, 32) != sum_bytes(p, 33) && sum_bytes("\0", 1) != sum_bytes("\0\0", 2),
       "the length counts");
    test_scope_end(&sc);
}

static void what_is_no_list_of_sums_is_refused(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct buf   b;
    struct sums  s = { 0 };
    char        *p = content(&sc);
    buf_init(&b, 1 << 20);
    sums_add(&b, p, BYTES);
    ok_i64(b.n, sums_size(BYTES));
    ok_err(&sc, sums_read(&sc, buf_str(&b), BYTES, &s), OK);
    ok_i64(s.n, 6);
    sums_free(&s);
    ok_err(&sc, sums_read(&sc, buf_str(&b), BYTES + 1, &s), ERR_CORRUPT);
    ok_err(&sc, sums_read(&sc, str_slice(buf_str(&b), 0, b.n - 1), BYTES, &s), ERR_CORRUPT);
    for (size_t i = 0; i < b.n; i++) {
        b.p[i] ^= 4;
        ok(sums_read(&sc, buf_str(&b), BYTES, &s) == ERR_CORRUPT, "byte %zu", i);
        b.p[i] ^= 4;
    }
    buf_free(&b);
    test_scope_end(&sc);
}

static void open_proved(struct scope *sc, const char *dir, const char *p, size_t flip, struct map *m)
{
    struct buf  b;
    const char *path, *sums;
    char       *bytes = arena_alloc(sc->mem, BYTES);
    memcpy(bytes, p, BYTES);
    buf_init(&b, 1 << 20);
    sums_add(&b, bytes, BYTES);
    if (flip < BYTES) bytes[flip] ^= 1;
    ok_err(sc, path_join(sc, dir, "a.index", &path), OK);
    ok_err(sc, path_join(sc, dir, "a.sums", &sums), OK);
    ok_err(sc, file_replace(sc, path, (str){ bytes, BYTES }), OK);
    ok_err(sc, file_replace(sc, sums, buf_str(&b)), OK);
    buf_free(&b);
    ok_err(sc, map_open(sc, path, m), OK);
    ok_err(sc, map_prove(sc, m, sums), OK);
}

static void damage_is_never_read(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    char        *p = content(&sc);
    struct map   m = { 0 };
    ok(watch_start(), "watch");
    open_proved(&sc, dir, p, BYTES, &m);
    ok(!memcmp(m.p, p, BYTES) && !map_lost(&m), "a sound file is read as it is");
    map_close(&m);
    static const size_t flips[] = { 0, BLOCK - 1, 2 * BLOCK, 3 * BLOCK + 77, BYTES - 1 };
    for (size_t i = 0; i < COUNT(flips); i++) {
        size_t first = flips[i] / BLOCK * BLOCK, end = first + BLOCK < BYTES ? first + BLOCK : BYTES;
        open_proved(&sc, dir, p, flips[i], &m);
        if (first)
            ok(m.p[first - 1] == (unsigned char)p[first - 1] && !map_lost(&m), "before it all is well");
        for (size_t k = first; k < end; k++) ok(!m.p[k], "byte %zu of the damaged block is not seen", k);
        ok(map_lost(&m), "and it is told");
        if (end < BYTES) ok(!memcmp(m.p + end, p + end, BYTES - end), "behind it all is as it was");
        map_close(&m);
    }
#ifndef __SANITIZE_THREAD__ // which blocks all signals while a handler runs: SIGBUS within one of SIGSEGV ends the process
    // Cut while it is proved: zeros, which are no block of it.
    open_proved(&sc, dir, p, BYTES, &m);
    ok(!truncate(arena_printf(sc.mem, "%s/a.index", dir).p, BLOCK), "cut");
    ok(m.p[0] == (unsigned char)p[0] && !map_lost(&m) && !m.p[2 * BLOCK] && map_lost(&m), "cut");
    map_close(&m);
#endif
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

struct look {
    const volatile unsigned char *at;
    atomic_bool                   done; // relaxed: only the kernel orders what the two threads do
    unsigned char                 got;
};
static void *look_there(void *arg)
{
    struct look *l = arg;
    l->got = *l->at;
    atomic_store_explicit(&l->done, true, memory_order_relaxed);
    return NULL;
}

/// Zeros in place of a damaged block that one thread was given are read by another: no race for the thread sanitizer.
static void two_threads_read_a_damaged_block(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    struct map   m = { 0 };
    pthread_t    other;
    ok(watch_start(), "watch");
    open_proved(&sc, dir, content(&sc), BLOCK + 5, &m);
    struct look l = { .at = m.p + BLOCK + 5, .got = 1 };
    ok(!pthread_create(&other, NULL, look_there, &l), "thread");
    while (!atomic_load_explicit(&l.done, memory_order_relaxed)) usleep(1000);
    ok(!*l.at && map_lost(&m), "zeros, and it is told");
    pthread_join(other, NULL);
    ok(!l.got, "for both");
    map_close(&m);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

struct reader {
    const struct map *m;
    const char       *p;
    bool              same;
};
static void *read_all(void *arg)
{
    struct reader *r = arg;
    r->same = !memcmp(r->m->p, r->p, BYTES);
    return NULL;
}

static void threads_prove_together(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    const char   *dir = test_dir(&sc);
    char         *p = content(&sc);
    struct map    m = { 0 };
    struct reader r[8];
    pthread_t     t[COUNT(r)];
    ok(watch_start(), "watch");
    for (int round = 0; round < 20; round++) {
        struct arena_mark mark = arena_mark(sc.mem);
        open_proved(&sc, dir, p, BYTES, &m);
        for (size_t i = 0; i < COUNT(r); i++) {
            r[i] = (struct reader){ &m, p, false };
            ok(!pthread_create(&t[i], NULL, read_all, &r[i]), "thread");
        }
        for (size_t i = 0; i < COUNT(r); i++) {
            pthread_join(t[i], NULL);
            ok(r[i].same, "thread %zu", i);
        }
        ok(!map_lost(&m), "nothing is lost");
        map_close(&m);
        arena_back(sc.mem, mark);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_flipped_bit_changes_a_sum),
    cmocka_unit_test(what_is_no_list_of_sums_is_refused),
    cmocka_unit_test(damage_is_never_read),
    cmocka_unit_test(two_threads_read_a_damaged_block),
    cmocka_unit_test(threads_prove_together),
};
TEST_MAIN(tests)
