// SPDX-License-Identifier: EUPL-1.2
// The few words that cmocka lacks. Every test program is: static void functions that call ok() and its kin, a
// table, and TEST_MAIN(table). Each entry counts as one test.
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail // ours is a function (base/err.h)

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Fails the running test with a printf sentence unless the condition holds.
#define ok(condition, ...)                                                                                   \
    do {                                                                                                     \
        if (condition) break;                                                                                \
        print_error("%s:%d: not %s: ", __FILE__, __LINE__, #condition);                                      \
        print_error(__VA_ARGS__);                                                                            \
        print_error("\n");                                                                                   \
        fail_();                                                                                             \
    } while (0)
#define fail_() _fail(__FILE__, __LINE__)
/// The call must give this code; on another one its sentence is shown.
#define ok_err(sc, call, wanted)                                                                             \
    do {                                                                                                     \
        enum err got_ = (call);                                                                              \
        ok(got_ == (enum err)(wanted), "got %s, want %s: %s", err_name(got_), err_name(wanted),              \
           (sc)->fault.text);                                                                                \
    } while (0)
#define ok_str(got, wanted)                                                                                  \
    do {                                                                                                     \
        str got_ = (got), want_ = (wanted);                                                                  \
        ok(str_eq(got_, want_), "got \"%.*s\", want \"%.*s\"", STR(got_), STR(want_));                       \
    } while (0)
#define ok_i64(got, wanted)                                                                                  \
    do {                                                                                                     \
        int64_t got_ = (int64_t)(got), want_ = (int64_t)(wanted);                                            \
        ok(got_ == want_, "got %lld, want %lld", (long long)got_, (long long)want_);                         \
    } while (0)

/// A scope for a test: struct scope sc = test_scope(); ... test_scope_end(&sc);
static inline struct scope test_scope(void)
{
    return (struct scope){ .mem = arena_open((size_t)1 << 30) };
}
static inline void test_scope_end(struct scope *sc)
{
    arena_close(sc->mem);
}

/// A new empty folder that goes with the machine's temporary files; removed by test_dir_end.
static inline const char *test_dir(struct scope *sc)
{
    const char *tmp = getenv("TMPDIR");
    char       *p = arena_cstr(sc->mem, arena_printf(sc->mem, "%s/hromada-test-XXXXXX", tmp ? tmp : "/tmp"));
    return p ? mkdtemp(p) : NULL;
}
static inline void test_dir_end(struct scope *sc, const char *dir)
{
    str command = arena_printf(sc->mem, "rm -rf '%s'", dir);
    if (system(command.p)) print_error("could not remove %s\n", dir);
}

/// The folder of shared real data (environment HROMADA_SHARED, set by meson); NULL when it is not there: then the test
/// says so with test_skip and returns. A file that asks runs twice, with the data and without (NAME_alone).
static inline const char *test_shared(void)
{
    const char *dir = getenv("HROMADA_SHARED");
    return dir && !access(dir, R_OK) ? dir : NULL;
}
/// Leaves the test at once, so before it opens anything or after it has closed all: what is lost is a failure.
#define test_skip(why)                                                                                       \
    do {                                                                                                     \
        print_message("# SKIPPED %s: %s\n", __func__, why);                                                  \
        return;                                                                                              \
    } while (0)

/// A seed for random tests: printed, and taken from HROMADA_SEED when it is set.
static inline uint64_t test_seed(void)
{
    const char *given = getenv("HROMADA_SEED");
    uint64_t    seed = given ? strtoull(given, NULL, 10) : 20161124;
    print_message("# seed %llu\n", (unsigned long long)seed);
    return seed;
}
/// splitmix64 (Steele, Lea, Flood 2014).
static inline uint64_t test_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#ifdef __SANITIZE_THREAD__
/// The thread sanitizer takes an mmap over what is mapped for a write, and so for a race with whoever reads there. Two
/// functions of base/watch.c put zeros over a mapping while others read it, on purpose: the kernel exchanges pages as a whole,
/// the mapping is marked as lost before that, and whoever answers from it asks for the mark after the last read.
const char *__tsan_default_suppressions(void);

__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void)
{
    return "race:^give_zeros$\nrace:^prove$\n";
}
#endif

/// HROMADA_ONLY is a pattern of the names of the wanted tests, with * and ?.
#define TEST_MAIN(table)                                                                                     \
    int main(void)                                                                                           \
    {                                                                                                        \
        cmocka_set_message_output(CM_OUTPUT_TAP);                                                            \
        cmocka_set_test_filter(getenv("HROMADA_ONLY"));                                                      \
        return cmocka_run_group_tests(table, NULL, NULL);                                                    \
    }
