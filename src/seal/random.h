// SPDX-License-Identifier: EUPL-1.2
// Numbers that nobody can guess, by libsodium. Threads: each has some in advance of its own. Cost: a few nanoseconds.
#pragma once
#include <stdint.h>

uint64_t random_u64(void);
/// 0 to n - 1, each as likely; n at least 1.
uint32_t random_below(uint32_t n);
/// Any number from 0 to less than 1.
double   random_part(void);
