// SPDX-License-Identifier: EUPL-1.2
// A small seeded generator: splitmix64 (Steele, Lea, Flood 2014). Its whole state is one number.
#pragma once
#include <math.h>
#include <stdint.h>

static inline uint64_t random_u64(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Even in [0, 1).
static inline double random_unit(uint64_t *state)
{
    return (double)(random_u64(state) >> 11) * 0x1p-53;
}

static inline double random_between(uint64_t *state, double low, double high)
{
    return low + (high - low) * random_unit(state);
}

/// Even in 0 .. n - 1; n > 0.
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(((random_u64(state) >> 32) * n) >> 32);
}

static inline double random_normal(uint64_t *state) // Box and Muller 1958
{
    double u = 1 - random_unit(state), v = random_unit(state);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/// Number of the first running total that lies above a random share of the last one. total: [n], growing.
static inline uint32_t random_pick(uint64_t *state, const double *total, uint32_t n)
{
    double   at = random_unit(state) * total[n - 1];
    uint32_t low = 0, high = n - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (total[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}
