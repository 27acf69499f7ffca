// SPDX-License-Identifier: EUPL-1.2
// Numbers that nobody can guess: each as likely, none twice, none in two threads.
#include "seal/random.h"
#include "check.h"

#include <pthread.h>
#include <stdlib.h>

enum { DRAWN = 2000, SIDES = 6, THROWS = 60000 };

static void each_is_as_likely(void **state)
{
    (void)state;
    size_t of[SIDES] = { 0 };
    for (int i = 0; i < THROWS; i++) of[random_below(SIDES)]++;
    // Eight times the standard deviation of 91: once in 10^14 runs.
    for (int i = 0; i < SIDES; i++)
        ok(of[i] > 9270 && of[i] < 10730, "%d came %zu times of %d", i, of[i], THROWS);
    ok_i64(random_below(1), 0);
    size_t upper = 0; // as likely as the others, also where the bound is no power of two
    for (int i = 0; i < THROWS; i++) upper += random_below(0xC0000000u) >= 0x80000000u;
    double sum = 0; // of a standard deviation of 71
    for (int i = 0; i < THROWS; i++) {
        double part = random_part();
        ok(part >= 0 && part < 1, "%g", part);
        sum += part;
    }
    ok(sum > 29430 && sum < 30570, "%g in all", sum);
    ok(upper > 19076 && upper < 20924, "%zu of %d in the upper third", upper, THROWS);
}

static void *draw(void *to)
{
    uint64_t *n = to;
    for (int i = 0; i < DRAWN; i++) n[i] = random_u64();
    return NULL;
}

static int cmp_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void none_comes_twice(void **state)
{
    (void)state;
    static uint64_t n[3 * DRAWN];
    pthread_t       thread[2];
    for (int i = 0; i < 2; i++) ok_i64(pthread_create(&thread[i], NULL, draw, n + i * DRAWN), 0);
    draw(n + 2 * DRAWN);
    for (int i = 0; i < 2; i++) ok_i64(pthread_join(thread[i], NULL), 0);
    qsort(n, COUNT(n), sizeof *n, cmp_numbers);
    for (size_t i = 1; i < COUNT(n); i++) ok(n[i] != n[i - 1], "one number was drawn twice");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_is_as_likely),
    cmocka_unit_test(none_comes_twice),
};
TEST_MAIN(tests)
