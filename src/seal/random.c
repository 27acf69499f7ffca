// SPDX-License-Identifier: EUPL-1.2
#include "seal/random.h"

#include <sodium.h>

enum { POOL = 512 };
/// Asked of the system in one go: a call for each number was two thirds of a publication with thousands that turned.
static _Thread_local struct {
    uint64_t number[POOL];
    uint32_t left;
} pool;

uint64_t random_u64(void)
{
    if (!pool.left) {
        randombytes_buf(pool.number, sizeof pool.number);
        pool.left = POOL;
    }
    uint64_t n = pool.number[--pool.left];
    pool.number[pool.left] = 0;
    return n;
}

uint32_t random_below(uint32_t n)
{
    uint64_t drawn,
        rest = -(uint64_t)n % n; // 2^64 mod n: so many of the lowest are left out, or some would be likelier
    do drawn = random_u64();
    while (drawn < rest);
    return (uint32_t)(drawn % n);
}

double random_part(void)
{
    return (double)(random_u64() >> 11) / 9007199254740992.0;
}
