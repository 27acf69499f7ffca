// SPDX-License-Identifier: EUPL-1.2
#include "base/clock.h"

#include <time.h>

static int64_t now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec;
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t monotonic_ms(void)
{
    return monotonic_ns() / 1000000;
}

const struct clock clock_system = { now_s, monotonic_ms, monotonic_ns };
