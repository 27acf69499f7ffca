// SPDX-License-Identifier: EUPL-1.2
// Many areas beside each other: which of them differ from the whole by more than chance, and what a rate out
// of few inhabitants is worth. Sources: Spiegelhalter (2005), "Funnel plots for comparing institutional
// performance", Statistics in Medicine 24, 1185-1202, appendix A.1.1 (interpolated exact Poisson limits)
// and 3.2 (over-dispersion); Marshall (1991), "Mapping disease and mortality rates using empirical Bayes
// estimators", Applied Statistics 40, 283-294 (global estimator). Threads: no shared state.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The count that a Poisson variable with this mean stays below with probability p, interpolated between
/// whole numbers so that curves are smooth. mean > 0, 0 < p < 1. Below the smallest whole number: 0.
double funnel_limit(double mean, double p);

enum funnel {
    FUNNEL_WITHIN,
    FUNNEL_ABOVE_95,
    FUNNEL_ABOVE_998,
    FUNNEL_BELOW_95,
    FUNNEL_BELOW_998,
    FUNNEL_UNKNOWN
};
/// Where a count stands between the limits of its expectation. expected not > 0: FUNNEL_UNKNOWN.
enum funnel funnel_place(double count, double expected);

/// How many times wider than chance alone the areas scatter: the mean of squared Pearson residuals, those
/// beyond the tenth and ninetieth percentile drawn in to them. 1 is what chance gives. Needs scratch[n];
/// fewer than 3: 1.
double funnel_dispersion(const double *count, const double *expected, size_t n, double *scratch);

/// Shrinks rates towards the common one, the more the smaller the population. rate[i] may overlap nothing
/// else. Populations <= 0 get NaN. Returns the common rate (NaN without any population).
double rate_smooth(const double *count, const double *population, size_t n, double *rate);
