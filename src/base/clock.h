// SPDX-License-Identifier: EUPL-1.2
// The clock, as a value that a test can replace.
#pragma once
#include <stdint.h>

struct clock {
    int64_t (*now_s)(void);        // seconds since 1970-01-01 UTC
    int64_t (*monotonic_ms)(void); // for durations and deadlines
    int64_t (*monotonic_ns)(void); // for measuring
};
extern const struct clock clock_system;
