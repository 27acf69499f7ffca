// SPDX-License-Identifier: EUPL-1.2
// How far a count, a rate or a share can be trusted. All intervals are two-sided at the given level (0.95).
// Sources: counts: Garwood (1936), Biometrika 28, 437-442, exact through the gamma quantile. Shares: Wilson
// (1927), J. Am. Stat. Assoc. 22, 209-212. Ratio of two counts: exact given their sum, with the binomial
// limits of Clopper & Pearson (1934), Biometrika 26, 404-413. Held to R's poisson.test, prop.test and
// binom.test in tests/case/test_stats.c. Threads: no shared state.
#pragma once
#include <stdint.h>

struct interval {
    double low, high;
};

/// Of the mean of a Poisson count. 0 gives 0 .. 3.689.
struct interval poisson_limits(uint64_t count, double level);
/// Of a share, hits of n. n = 0 gives 0 .. 1. Never outside 0..1, and sensible for 0 and for n hits.
struct interval wilson_limits(uint64_t hits, uint64_t n, double level);
/// Of a share, exact: covers at least as often as it says.
struct interval binomial_limits(uint64_t hits, uint64_t n, double level);
/// Of (now / exposure_now) / (before / exposure_before), both exposures > 0 (days, inhabitants). before = 0:
/// high is infinite; both 0: 0 .. infinite.
struct interval ratio_limits(uint64_t now, double exposure_now, uint64_t before, double exposure_before,
                             double level);
