// SPDX-License-Identifier: EUPL-1.2
#include "stats/compare.h"

#include "stats/special.h"
#include <math.h>
#include <stdlib.h>

/// P(R <= r) for R ~ Poisson(mean); r may be -1.
static double poisson_below(double r, double mean)
{
    return r < 0 ? 0 : gamma_q(r + 1, mean);
}

double funnel_limit(double mean, double p)
{
    // Start at the normal approximation and walk; it is a few steps off at most.
    double r = floor(fmax(0, mean + normal_quantile(p) * sqrt(mean)));
    while (r > 0 && poisson_below(r - 1, mean) >= p) r--;
    while (poisson_below(r, mean) < p) r++;
    double at = poisson_below(r, mean), under = poisson_below(r - 1, mean);
    return fmax(0, r - (at - p) / (at - under));
}

enum funnel funnel_place(double count, double expected)
{
    if (!(expected > 0)) return FUNNEL_UNKNOWN;
    if (count > funnel_limit(expected, 0.999)) return FUNNEL_ABOVE_998;
    if (count > funnel_limit(expected, 0.975)) return FUNNEL_ABOVE_95;
    if (count < funnel_limit(expected, 0.001)) return FUNNEL_BELOW_998;
    if (count < funnel_limit(expected, 0.025)) return FUNNEL_BELOW_95;
    return FUNNEL_WITHIN;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double funnel_dispersion(const double *count, const double *expected, size_t n, double *scratch)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (expected[i] > 0) scratch[k++] = (count[i] - expected[i]) / sqrt(expected[i]);
    if (k < 3) return 1;
    qsort(scratch, k, sizeof *scratch, by_value);
    double low = scratch[k / 10], high = scratch[k - 1 - k / 10], sum = 0;
    for (size_t i = 0; i < k; i++) {
        double z = fmin(fmax(scratch[i], low), high);
        sum += z * z;
    }
    return sum / (double)k;
}

double rate_smooth(const double *count, const double *population, size_t n, double *rate)
{
    double events = 0, people = 0, areas = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(population[i] > 0)) continue;
        events += count[i];
        people += population[i];
        areas++;
    }
    double mean = people > 0 ? events / people : (double)NAN, spread = 0;
    for (size_t i = 0; i < n; i++)
        if (population[i] > 0) spread += population[i] * pow(count[i] / population[i] - mean, 2);
    double between =
        fmax(0, spread / people - mean / (people / areas)); // variance that chance does not explain
    for (size_t i = 0; i < n; i++) {
        rate[i] = NAN;
        if (!(population[i] > 0)) continue;
        double chance = mean / population[i], weight = between > 0 ? between / (between + chance) : 0;
        rate[i] = mean + weight * (count[i] / population[i] - mean);
    }
    return mean;
}
