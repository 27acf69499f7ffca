// SPDX-License-Identifier: EUPL-1.2
#include "index/kernel_int.h"
#include <string.h>

void byte_set_make(struct byte_set *s, const bool has[256], uint8_t fail)
{
    *s = (struct byte_set){ .fail = fail };
    for (unsigned v = 0; v < 256; v++) {
        s->table[v] = has[v] ? 0 : fail;
        if (!has[v]) continue;
        uint8_t bit = (uint8_t)(1 << (v >> 4 & 7));
        if (v < 128) s->low[v & 15] |= bit;
        else s->high[v & 15] |= bit;
    }
}

// -- plain C --------------------------------------------------------------------------------------------------

// Without a branch on what is read. Stops when at most `enough` numbers are left to look at: *left of them from *v on.
static inline void narrow(const uint16_t **v, uint32_t *left, uint32_t enough, uint16_t wanted)
{
    const uint16_t *at = *v;
    uint32_t        n = *left;
    while (n > enough) {
        uint32_t half = n / 2;
        at += half & -(uint32_t)(at[half - 1] < wanted);
        n -= half;
    }
    *v = at;
    *left = n;
}

static uint32_t below_portable(const uint16_t *v, uint32_t n, size_t room, uint16_t wanted)
{
    const uint16_t *at = v;
    (void)room;
    narrow(&at, &n, 1, wanted);
    return (uint32_t)(at - v) + (n && *at < wanted);
}

static void mark_portable(uint8_t *failed, const struct kernel_test *t, unsigned n_tests, uint32_t first,
                          uint32_t n)
{
    if (!n_tests) memset(failed, 0, n);
    for (unsigned k = 0; k < n_tests; k++) {
        const uint8_t *v = t[k].column + first, *table = t[k].set->table;
        if (!k)
            for (uint32_t i = 0; i < n; i++) failed[i] = table[v[i]];
        else
            for (uint32_t i = 0; i < n; i++) failed[i] |= table[v[i]];
    }
}

static uint32_t passing_portable(const uint8_t *failed, uint8_t obey, uint32_t n)
{
    uint32_t passing = 0;
    for (uint32_t i = 0; i < n; i++) passing += !(failed[i] & obey);
    return passing;
}

// Without a branch on the row; the number of tests is known to the compiler in each of the four.
static inline uint32_t count_tests(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n)
{
    uint32_t passing = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t failed = 0;
        for (unsigned k = 0; k < n_tests; k++) failed |= t[k].set->table[t[k].column[first + i]];
        passing += !failed;
    }
    return passing;
}

static uint32_t count_portable(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n)
{
    switch (n_tests) {
    case 1:
        return count_tests(t, 1, first, n);
    case 2:
        return count_tests(t, 2, first, n);
    case 3:
        return count_tests(t, 3, first, n);
    default:
        return count_tests(t, n_tests, first, n);
    }
}

static void split_portable(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n,
                           const uint8_t *part, const uint16_t *at, unsigned parts, uint32_t *out)
{
    uint8_t  of[256]; // which part a number is in
    uint16_t from = 0;
    for (unsigned k = 0; k < parts; k++) {
        uint16_t end = k + 1 < parts ? at[k] : 256;
        memset(of + from, (int)k, (size_t)(end - from));
        from = end;
        out[k] = 0;
    }
    for (uint32_t i = first; i < first + n; i++) {
        uint8_t failed = 0;
        for (unsigned k = 0; k < n_tests; k++) failed |= t[k].set->table[t[k].column[i]];
        out[of[part[i]]] += !failed;
    }
}

static uint32_t gather_portable(const uint8_t *failed, uint8_t obey, uint32_t n, uint16_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[found] = (uint16_t)i;
        found += !(failed[i] & obey);
    }
    return found;
}

const struct kernel kernel_portable = { "portable",    below_portable,   count_portable, split_portable,
                                        mark_portable, passing_portable, gather_portable };

// -- AVX2 -----------------------------------------------------------------------------------------------------

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define ALWAYS __attribute__((always_inline))
enum { STEP = 32 };

// A bit for each of 32 numbers: is it below?
AVX2 ALWAYS static inline uint64_t below_bits(const uint16_t *v, __m256i wanted)
{
    __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)v);
    __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(v + 16));
    a = _mm256_cmpeq_epi16(_mm256_max_epu16(a, wanted), a); // not below
    b = _mm256_cmpeq_epi16(_mm256_max_epu16(b, wanted), b);
    __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8); // the halves of packs are mixed
    return ~(uint32_t)_mm256_movemask_epi8(both);
}

// The last 64 at once: how many steps a search takes differs from cell to cell, and no processor guesses it.
AVX2 static uint32_t below_avx2(const uint16_t *v, uint32_t n, size_t room, uint16_t wanted)
{
    enum { LAST = 64 };
    const uint16_t *at = v;
    narrow(&at, &n, LAST, wanted);
    if (room - (size_t)(at - v) < LAST) return (uint32_t)(at - v) + below_portable(at, n, n, wanted);
    __m256i  all = _mm256_set1_epi16((short)wanted);
    uint64_t bits = below_bits(at, all) | below_bits(at + 32, all) << 32;
    if (n < LAST) bits &= ((uint64_t)1 << n) - 1;
    return (uint32_t)(at - v) + (uint32_t)__builtin_popcountll(bits);
}

// The sets of a call in registers.
struct lanes {
    __m256i low[KERNEL_MAX_TESTS], high[KERNEL_MAX_TESTS], fail[KERNEL_MAX_TESTS];
};

AVX2 ALWAYS static inline __m256i twice(const uint8_t *sixteen)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)sixteen));
}

AVX2 ALWAYS static inline void lanes_load(struct lanes *s, const struct kernel_test *t, unsigned n_tests)
{
    for (unsigned k = 0; k < n_tests; k++) {
        s->low[k] = twice(t[k].set->low);
        s->high[k] = twice(t[k].set->high);
        s->fail[k] = _mm256_set1_epi8((char)t[k].set->fail);
    }
}

// All ones in the bytes whose value is in the set.
AVX2 ALWAYS static inline __m256i is_in(__m256i v, __m256i low, __m256i high)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i power = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1, 2,
                                           4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    __m256i       below = _mm256_and_si256(v, nibble);
    __m256i       above = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
    __m256i parts = _mm256_blendv_epi8(_mm256_shuffle_epi8(low, below), _mm256_shuffle_epi8(high, below), v);
    __m256i bit = _mm256_shuffle_epi8(power, above);
    return _mm256_cmpeq_epi8(_mm256_and_si256(parts, bit), bit);
}

AVX2 ALWAYS static inline __m256i load(const struct kernel_test *t, uint32_t row)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)(t->column + row));
}

AVX2 ALWAYS static inline uint32_t passing_bits(const struct kernel_test *t, const struct lanes *s,
                                                unsigned n_tests, uint32_t row)
{
    __m256i in = is_in(load(&t[0], row), s->low[0], s->high[0]);
    for (unsigned k = 1; k < n_tests; k++)
        in = _mm256_and_si256(in, is_in(load(&t[k], row), s->low[k], s->high[k]));
    return (uint32_t)_mm256_movemask_epi8(in);
}

// The last rows, fewer than a step, are read as the end of a step that begins before them.
AVX2 ALWAYS static inline uint32_t count_lanes(const struct kernel_test *t, unsigned n_tests, uint32_t first,
                                               uint32_t n)
{
    struct lanes s;
    uint32_t     passing = 0, end = first + n;
    if (end < STEP) return count_portable(t, n_tests, first, n);
    lanes_load(&s, t, n_tests);
    for (; end - first >= STEP; first += STEP)
        passing += (uint32_t)__builtin_popcount(passing_bits(t, &s, n_tests, first));
    if (end > first)
        passing +=
            (uint32_t)__builtin_popcount(passing_bits(t, &s, n_tests, end - STEP) >> (STEP - (end - first)));
    return passing;
}

AVX2 static uint32_t count_avx2(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n)
{
    switch (n_tests) {
    case 1:
        return count_lanes(t, 1, first, n);
    case 2:
        return count_lanes(t, 2, first, n);
    case 3:
        return count_lanes(t, 3, first, n);
    default:
        return count_lanes(t, n_tests, first, n);
    }
}

// The borders of a call in registers, as far as there are registers; `none` for a border that no byte reaches.
struct borders {
    __m256i  at[KERNEL_MAX_PARTS - 1];
    uint32_t none[KERNEL_MAX_PARTS - 1];
};

AVX2 ALWAYS static inline void split_step(const struct kernel_test *t, const struct lanes *s,
                                          unsigned n_tests, uint32_t row, uint32_t wanted,
                                          const uint8_t *part, const struct borders *b, unsigned parts,
                                          uint32_t *from)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(part + row));
    if (n_tests) wanted &= passing_bits(t, s, n_tests, row);
    from[0] += (uint32_t)__builtin_popcount(wanted);
    for (unsigned k = 0; k + 1 < parts; k++) {
        __m256i not_below = _mm256_cmpeq_epi8(_mm256_max_epu8(v, b->at[k]), v);
        from[k + 1] +=
            (uint32_t)__builtin_popcount(wanted & b->none[k] & (uint32_t)_mm256_movemask_epi8(not_below));
    }
}

AVX2 ALWAYS static inline void split_lanes(const struct kernel_test *t, unsigned n_tests, uint32_t first,
                                           uint32_t n, const uint8_t *part, const uint16_t *at,
                                           unsigned parts, uint32_t *out)
{
    struct lanes   s;
    struct borders b;
    uint32_t       end = first + n, from[KERNEL_MAX_PARTS + 1] = { 0 };
    lanes_load(&s, t, n_tests);
    for (unsigned k = 0; k + 1 < parts; k++) {
        b.at[k] = _mm256_set1_epi8((char)at[k]);
        b.none[k] = at[k] > UINT8_MAX ? 0 : UINT32_MAX;
    }
    for (; end - first >= STEP; first += STEP)
        split_step(t, &s, n_tests, first, UINT32_MAX, part, &b, parts, from);
    if (end > first)
        split_step(t, &s, n_tests, end - STEP, UINT32_MAX << (STEP - (end - first)), part, &b, parts, from);
    for (unsigned k = 0; k < parts; k++) out[k] = from[k] - from[k + 1];
}

AVX2 ALWAYS static inline void split_tests(const struct kernel_test *t, unsigned n_tests, uint32_t first,
                                           uint32_t n, const uint8_t *part, const uint16_t *at,
                                           unsigned parts, uint32_t *out)
{
    switch (n_tests) {
    case 0:
        split_lanes(t, 0, first, n, part, at, parts, out);
        return;
    case 1:
        split_lanes(t, 1, first, n, part, at, parts, out);
        return;
    case 2:
        split_lanes(t, 2, first, n, part, at, parts, out);
        return;
    default:
        split_lanes(t, n_tests, first, n, part, at, parts, out);
        return;
    }
}

AVX2 static void split_avx2(const struct kernel_test *t, unsigned n_tests, uint32_t first, uint32_t n,
                            const uint8_t *part, const uint16_t *at, unsigned parts, uint32_t *out)
{
    if (first + n < STEP) split_portable(t, n_tests, first, n, part, at, parts, out);
    else if (parts == 4) split_tests(t, n_tests, first, n, part, at, 4, out);
    else split_tests(t, n_tests, first, n, part, at, parts, out);
}

AVX2 ALWAYS static inline __m256i failed_bytes(const struct kernel_test *t, const struct lanes *s,
                                               unsigned n_tests, uint32_t row)
{
    __m256i failed = _mm256_setzero_si256();
    for (unsigned k = 0; k < n_tests; k++)
        failed = _mm256_or_si256(failed, _mm256_andnot_si256(is_in(load(&t[k], row), s->low[k], s->high[k]),
                                                             s->fail[k]));
    return failed;
}

AVX2 ALWAYS static inline void mark_lanes(uint8_t *failed, const struct kernel_test *t, unsigned n_tests,
                                          uint32_t first, uint32_t n)
{
    struct lanes s;
    uint32_t     i = 0;
    if (n < STEP) {
        mark_portable(failed, t, n_tests, first, n);
        return;
    }
    lanes_load(&s, t, n_tests);
    for (; n - i >= STEP; i += STEP)
        _mm256_storeu_si256((__m256i *)(void *)(failed + i), failed_bytes(t, &s, n_tests, first + i));
    if (i < n)
        _mm256_storeu_si256((__m256i *)(void *)(failed + n - STEP),
                            failed_bytes(t, &s, n_tests, first + n - STEP));
}

AVX2 static void mark_avx2(uint8_t *failed, const struct kernel_test *t, unsigned n_tests, uint32_t first,
                           uint32_t n)
{
    switch (n_tests) {
    case 0:
        memset(failed, 0, n);
        return;
    case 1:
        mark_lanes(failed, t, 1, first, n);
        return;
    case 2:
        mark_lanes(failed, t, 2, first, n);
        return;
    case 3:
        mark_lanes(failed, t, 3, first, n);
        return;
    default:
        mark_lanes(failed, t, n_tests, first, n);
        return;
    }
}

AVX2 ALWAYS static inline uint32_t obeying_bits(const uint8_t *failed, __m256i obey)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)failed);
    return (uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_and_si256(v, obey), _mm256_setzero_si256()));
}

AVX2 static uint32_t passing_avx2(const uint8_t *failed, uint8_t obey, uint32_t n)
{
    __m256i  bits = _mm256_set1_epi8((char)obey);
    uint32_t passing = 0, i = 0;
    for (; n - i >= STEP; i += STEP) passing += (uint32_t)__builtin_popcount(obeying_bits(failed + i, bits));
    return passing + passing_portable(failed + i, obey, n - i);
}

AVX2 static uint32_t gather_avx2(const uint8_t *failed, uint8_t obey, uint32_t n, uint16_t *out)
{
    __m256i  bits = _mm256_set1_epi8((char)obey);
    uint32_t found = 0, i = 0;
    for (; n - i >= STEP; i += STEP)
        for (uint32_t mask = obeying_bits(failed + i, bits); mask; mask &= mask - 1)
            out[found++] = (uint16_t)(i + (uint32_t)__builtin_ctz(mask));
    for (; i < n; i++) {
        out[found] = (uint16_t)i;
        found += !(failed[i] & obey);
    }
    return found;
}

const struct kernel kernel_avx2 = { "avx2",    below_avx2,   count_avx2, split_avx2,
                                    mark_avx2, passing_avx2, gather_avx2 };
#endif

const struct kernel *kernel_best(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        return &kernel_avx2;
#endif
    return &kernel_portable;
}
