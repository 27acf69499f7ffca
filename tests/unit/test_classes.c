// SPDX-License-Identifier: EUPL-1.2
#include "analysis/classes.h"

#include "check.h"

static void examples(void **state)
{
    (void)state;
    struct scope   sc = test_scope();
    struct classes c;
    ok_err(&sc, classes_of(&sc, NULL, 0, &c), OK);
    ok(c.n == 0, "nothing to grade");
    static const uint32_t ones[] = { 1, 0, 1, 1 };
    ok_err(&sc, classes_of(&sc, ones, COUNT(ones), &c), OK);
    ok(c.n == 1 && c.from[0] == 1 && c.max == 1, "one class");
    static const uint32_t small[] = { 1, 2, 3, 4, 5, 6 };
    ok_err(&sc, classes_of(&sc, small, COUNT(small), &c), OK);
    ok(c.n >= 4 && c.from[0] == 1 && c.from[1] == 3, "small numbers: %zu classes", c.n);
    uint32_t big[1000];
    for (uint32_t i = 0; i < COUNT(big); i++) big[i] = i < 970 ? 1000 + i * 7 : 100000;
    ok_err(&sc, classes_of(&sc, big, COUNT(big), &c), OK);
    ok(c.from[0] == 1000 && c.from[c.n - 1] == 100000 && c.max == 100000,
       "the hot places have a class of their own");
    test_scope_end(&sc);
}

static void random_counts(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    uint64_t     seed = test_seed();
    for (int round = 0; round < 2000; round++) {
        uint32_t count[64];
        size_t   n = test_random(&seed) % COUNT(count), shift = test_random(&seed) % 32;
        for (size_t i = 0; i < n; i++) count[i] = (uint32_t)test_random(&seed) >> shift;
        struct classes c;
        ok_err(&sc, classes_of(&sc, count, n, &c), OK);
        ok(c.n <= CLASSES_MAX, "%zu classes", c.n);
        for (size_t i = 1; i < c.n; i++) ok(c.from[i] > c.from[i - 1], "classes rise");
        for (size_t i = 0; i < n; i++) {
            if (!count[i]) continue;
            size_t k = classes_find(&c, count[i]);
            ok(c.n && c.from[k] <= count[i] && (k + 1 == c.n || count[i] < c.from[k + 1]),
               "%u is in class %zu", count[i], k);
        }
    }
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(examples),
    cmocka_unit_test(random_counts),
};
TEST_MAIN(tests)
