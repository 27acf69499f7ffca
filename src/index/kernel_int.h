// SPDX-License-Identifier: EUPL-1.2
// The innermost loops of the scan: which rows of a stretch of one-byte columns pass, and how many. Two builds, equal bit
// for bit (tests/property/test_kernel.c): plain C, and AVX2 with 32 rows a step, which index_open takes where the
// machine has it. A set of the 256 values is tested as Mula and Lemire test characters: a row's low four bits choose,
// by byte shuffle, the eight high parts that are in the set, and its high four bits choose one of them.
// Threads: no state. Both read columns only within first .. first + n of what the caller names, or before it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KERNEL_MAX_TESTS = 4, KERNEL_MAX_PARTS = 16 };

/// A set of byte values, in the forms that the two builds want.
struct byte_set {
    uint8_t table[256];        // 0: in the set; else `fail`
    uint8_t low[16], high[16]; // bit h of low[l]: 16 h + l is in the set; of high[l]: 16 (h + 8) + l is
    uint8_t fail;              // the bit that a row gets which is not in it
};
/// has[v]: is v in it?
void byte_set_make(struct byte_set *s, const bool has[256], uint8_t fail);

/// One column and the set that its value must be in. column is that of the whole file: row r stands at column[r].
struct kernel_test {
    const uint8_t         *column;
    const struct byte_set *set;
};

struct kernel {
    const char *name;
    /// How many of the ascending numbers v[0 .. n) are below `wanted`. May read `room` numbers from v on, n <= room.
    uint32_t (*below)(const uint16_t *v, uint32_t n, size_t room, uint16_t wanted);
    /// Rows of first .. first + n that pass all tests (n_tests: 1..KERNEL_MAX_TESTS).
    uint32_t (*count)(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n);
    /// The same, told apart by where their number in column `part` lies: out[0] below at[0], out[1] from there on below
    /// at[1], ..., out[parts - 1] the rest. at [parts - 1] ascends, 0..256; parts: 1..KERNEL_MAX_PARTS; n_tests may be 0.
    void (*split)(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n,
                  const uint8_t *part, const uint16_t *at, unsigned parts, uint32_t *out);
    /// failed[i] = the bits of the tests that row first + i does not pass (n_tests: 0..KERNEL_MAX_TESTS).
    void (*mark)(uint8_t *failed, const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n);
    /// How many of failed[0 .. n) have none of the bits `obey`.
    uint32_t (*passing)(const uint8_t *failed, uint8_t obey, uint32_t n);
    /// The numbers i of those, in order, into out [n]; returns how many.
    uint32_t (*gather)(const uint8_t *failed, uint8_t obey, uint32_t n, uint16_t *out);
};
extern const struct kernel kernel_portable;
#ifdef __x86_64__
extern const struct kernel kernel_avx2; // only where kernel_best returns it
#endif
const struct kernel *kernel_best(void);
