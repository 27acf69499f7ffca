// SPDX-License-Identifier: EUPL-1.2
#include "stats/interval.h"

#include "stats/special.h"
#include <math.h>

struct interval poisson_limits(uint64_t count, double level)
{
    double n = (double)count, tail = (1 - level) / 2;
    return (struct interval){
        .low = count ? gamma_p_inverse(n, tail) : 0,
        .high = gamma_p_inverse(n + 1, 1 - tail),
    };
}

struct interval wilson_limits(uint64_t hits, uint64_t n, double level)
{
    if (!n) return (struct interval){ 0, 1 };
    double z = normal_quantile((1 + level) / 2), size = (double)n, p = (double)hits / size;
    double middle = p + z * z / (2 * size), half = z * sqrt(p * (1 - p) / size + z * z / (4 * size * size));
    double scale = 1 + z * z / size;
    return (struct interval){
        // At the ends the formula is exact on paper and an ulp off in double.
        .low = hits ? (middle - half) / scale : 0,
        .high = hits < n ? (middle + half) / scale : 1,
    };
}

struct interval binomial_limits(uint64_t hits, uint64_t n, double level)
{
    double k = (double)hits, rest = (double)(n - hits), tail = (1 - level) / 2;
    return (struct interval){
        .low = hits ? beta_i_inverse(k, rest + 1, tail) : 0,
        .high = hits < n ? beta_i_inverse(k + 1, rest, 1 - tail) : 1,
    };
}

struct interval ratio_limits(uint64_t now, double exposure_now, uint64_t before, double exposure_before,
                             double level)
{
    struct interval share = binomial_limits(now, now + before, level);
    double          k = exposure_before / exposure_now;
    return (struct interval){
        .low = now ? share.low / (1 - share.low) * k : 0,
        .high = before ? share.high / (1 - share.high) * k : (double)INFINITY,
    };
}
