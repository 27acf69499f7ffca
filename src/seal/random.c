// SPDX-License-Identifier: EUPL-1.2
#include "seal/random.h"

#include <sodium.h>

uint64_t random_u64(void)
{
    uint64_t n;
    randombytes_buf(&n, sizeof n);
    return n;
}

uint32_t random_below(uint32_t n)
{
    return randombytes_uniform(n);
}
