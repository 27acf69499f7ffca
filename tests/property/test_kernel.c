// SPDX-License-Identifier: EUPL-1.2
// The loops with 32 rows a step do what the plain ones do, and those do what an obvious loop does: at every length and
// beginning around a step, with sets of none, some and all values, and without a byte read behind the column.
#include "check.h"
#include "index/kernel_int.h"
#include <sys/mman.h>

enum { PAGE = 4096, ROWS = 700 };

static uint32_t pick(uint64_t *seed, uint32_t n)
{
    return (uint32_t)(test_random(seed) % n);
}

static const struct kernel *kernel_number(unsigned i)
{
    return i ? kernel_best() : &kernel_portable;
}

/// `bytes` bytes that end where memory ends: whoever reads behind them is stopped.
static void *at_the_end(size_t bytes, void **map)
{
    size_t pages = (bytes + PAGE - 1) / PAGE * PAGE;
    char  *p = mmap(NULL, pages + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ok(p != MAP_FAILED && !mprotect(p + pages, PAGE, PROT_NONE), "memory");
    *map = p;
    return p + pages - bytes;
}

static void random_set(uint64_t *seed, struct byte_set *set, uint8_t fail)
{
    bool     has[256];
    unsigned share = pick(seed, 5) * 25;
    for (unsigned v = 0; v < 256; v++) has[v] = pick(seed, 100) < share;
    byte_set_make(set, has, fail);
    for (unsigned v = 0; v < 256; v++) ok(!set->table[v] == has[v], "value %u", v);
}

static int ascending(const void *a, const void *b)
{
    return *(const uint16_t *)a - *(const uint16_t *)b;
}

static void stretch(const struct kernel *k, const struct kernel_test *t, unsigned n_tests, uint32_t first,
                    uint32_t n)
{
    uint8_t  got[ROWS], obey = (uint8_t)(first * 7 + n);
    uint16_t picked[ROWS];
    uint32_t passing = 0, obeying = 0, found;
    k->mark(got, t, n_tests, first, n);
    found = k->gather(got, obey, n, picked);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t want = 0;
        for (unsigned m = 0; m < n_tests; m++) want |= t[m].set->table[t[m].column[first + i]];
        ok(got[i] == want, "%s: row %u of %u from %u: %u, not %u", k->name, i, n, first, got[i], want);
        passing += !want;
        if (want & obey) continue;
        ok(obeying < found && picked[obeying] == i, "%s: row %u is picked", k->name, i);
        obeying++;
    }
    ok_i64(found, obeying);
    ok_i64(k->passing(got, 0xFF, n), passing);
    ok_i64(k->passing(got, obey, n), obeying);
    if (n_tests) ok_i64(k->count(t, n_tests, first, n), passing);
    // Told apart by the last column, at borders that may stand together, at nothing and behind all.
    unsigned       parts = 1 + (first + 3 * n) % KERNEL_MAX_PARTS;
    uint16_t       at[KERNEL_MAX_PARTS - 1];
    uint32_t       out[KERNEL_MAX_PARTS], want[KERNEL_MAX_PARTS] = { 0 };
    const uint8_t *part = t[KERNEL_MAX_TESTS - 1].column;
    for (unsigned q = 0; q < COUNT(at); q++) at[q] = (uint16_t)((first + n * (q + 1)) * 97 % 257);
    qsort(at, parts - 1, sizeof *at, ascending);
    k->split(t, n_tests, first, n, part, at, parts, out);
    for (uint32_t i = 0; i < n; i++) {
        unsigned q = 0;
        while (q + 1 < parts && part[first + i] >= at[q]) q++;
        want[q] += !got[i];
    }
    for (unsigned q = 0; q < parts; q++) ok_i64(out[q], want[q]);
}

static void rows(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int round = 0; round < 400; round++) {
        struct byte_set    set[KERNEL_MAX_TESTS];
        struct kernel_test t[KERNEL_MAX_TESTS];
        void              *map[KERNEL_MAX_TESTS];
        uint32_t           rows = 1 + pick(&seed, ROWS);
        size_t             pages = ((size_t)rows + PAGE - 1) / PAGE * PAGE + PAGE;
        for (unsigned k = 0; k < KERNEL_MAX_TESTS; k++) {
            uint8_t *column = at_the_end(rows, &map[k]);
            for (uint32_t i = 0; i < rows; i++) column[i] = (uint8_t)test_random(&seed);
            random_set(&seed, &set[k], (uint8_t)(1 << pick(&seed, 8)));
            t[k] = (struct kernel_test){ column, &set[k] };
        }
        for (int i = 0; i < 40; i++) {
            uint32_t first = pick(&seed, rows), n = pick(&seed, i % 2 ? 70 : ROWS);
            if (n > rows - first || !pick(&seed, 4)) n = rows - first;
            for (unsigned k = 0; k < 2; k++)
                stretch(kernel_number(k), t, pick(&seed, KERNEL_MAX_TESTS + 1), first, n);
        }
        for (unsigned k = 0; k < KERNEL_MAX_TESTS; k++) munmap(map[k], pages);
    }
}

static void searches(void **state)
{
    (void)state;
    uint64_t seed = test_seed() + 1;
    for (int round = 0; round < 2000; round++) {
        uint32_t n = pick(&seed, 300), room = n + pick(&seed, 2) * pick(&seed, 100),
                 wide = 1u << pick(&seed, 17);
        void     *map;
        uint16_t *v = at_the_end(room * sizeof *v, &map), wanted = (uint16_t)pick(&seed, wide);
        for (uint32_t i = 0; i < room; i++) v[i] = (uint16_t)pick(&seed, wide);
        qsort(v, n, sizeof *v, ascending);
        uint32_t want = 0;
        while (want < n && v[want] < wanted) want++;
        for (unsigned k = 0; k < 2; k++) ok_i64(kernel_number(k)->below(v, n, room, wanted), want);
        munmap(map, (room * sizeof *v + PAGE - 1) / PAGE * PAGE + PAGE);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows),
    cmocka_unit_test(searches),
};
TEST_MAIN(tests)
