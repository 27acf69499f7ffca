// SPDX-License-Identifier: EUPL-1.2
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { MAX_TERMS = 200000, MAX_STEPS = 200 };
static const double TINY = 1e-300;
static const double LN_SQRT_2PI = 0.918938533204672741780329736406;

/// ln n! minus Stirling's formula (n + 1/2) ln n - n + ln sqrt(2 pi).
static double stirling_error(double n)
{
    if (n < 16) {
        int sign;
        return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - LN_SQRT_2PI;
    }
    double nn = n * n;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / nn) / nn) / nn) / nn) / n;
}

/// x ln(x / np) + np - x, the deviance of x from np, without cancellation when they are close.
static double deviance(double x, double np)
{
    if (fabs(x - np) < 0.1 * (x + np)) {
        double v = (x - np) / (x + np), s = (x - np) * v, ej = 2 * x * v;
        v *= v;
        for (int j = 1; j < 1000; j++) {
            ej *= v;
            double next = s + ej / (2 * j + 1);
            if (next == s) return s;
            s = next;
        }
    }
    return x * log(x / np) + np - x;
}

/// x^a e^-x / Gamma(a + 1)
static double poisson_mass(double a, double x)
{
    if (a < 1e-6) {
        int sign;
        return exp(a * log(x) - x - lgamma_r(a + 1, &sign));
    }
    return exp(-stirling_error(a) - deviance(a, x)) / sqrt(2 * M_PI * a);
}

static double gamma_p_series(double a, double x)
{
    double term = 1, sum = 1;
    for (int n = 1; n < MAX_TERMS && term > sum * DBL_EPSILON / 4; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return poisson_mass(a, x) * sum;
}

static double gamma_q_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
    for (int i = 1; i < MAX_TERMS; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        if (fabs(d) < TINY) d = TINY;
        c = b + an / c;
        if (fabs(c) < TINY) c = TINY;
        d = 1 / d;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON) break;
    }
    return poisson_mass(a, x) * a * h; // x^a e^-x / Gamma(a)
}

double gamma_p(double a, double x)
{
    if (!(a > 0) || !(x >= 0)) return NAN;
    if (x == 0) return 0;
    if (isinf(x)) return 1;
    return x < a + 1 ? gamma_p_series(a, x) : 1 - gamma_q_fraction(a, x);
}

double gamma_q(double a, double x)
{
    if (!(a > 0) || !(x >= 0)) return NAN;
    if (x == 0) return 1;
    if (isinf(x)) return 0;
    return x < a + 1 ? 1 - gamma_p_series(a, x) : gamma_q_fraction(a, x);
}

/// Newton's method kept inside a bracket that only narrows; where a step leaves it, the bracket is halved.
/// With the upper tail asked for, so that p near 1 keeps its digits.
double gamma_p_inverse(double a, double p)
{
    if (!(a > 0) || !(p >= 0 && p <= 1)) return NAN;
    if (p == 0) return 0;
    if (p == 1) return INFINITY;
    double z = normal_quantile(p), w = 1 - 1 / (9 * a) + z / (3 * sqrt(a)); // Wilson & Hilferty (1931)
    int    sign;
    double x = w > 0.1 ? a * w * w * w : exp((log(p) + lgamma_r(a + 1, &sign)) / a);
    double lo = 0, hi = INFINITY;
    if (!(x > 0)) x = DBL_MIN;
    for (int i = 0; i < MAX_STEPS; i++) {
        double too_much = p > 0.5 ? (1 - p) - gamma_q(a, x) : gamma_p(a, x) - p;
        if (too_much == 0) return x;
        if (too_much > 0) hi = x;
        else lo = x;
        double slope = poisson_mass(a, x) * a / x, next = x - too_much / slope;
        if (!(next > lo && next < hi)) next = isinf(hi) ? 2 * x : (lo + hi) / 2;
        if (fabs(next - x) <= 2 * DBL_EPSILON * x) return next;
        x = next;
    }
    return x;
}

/// x^a (1-x)^b / (a B(a, b)) with 1-x given apart, so that it does not cancel.
static double beta_front(double a, double b, double x, double y)
{
    double n = a + b;
    // The binomial mass C(n, a) x^a y^b times what turns the factorials of a and b into Gamma(a + 1) and
    // Gamma(b).
    double mass =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    return exp(mass) * sqrt(n / (2 * M_PI * a * b)) * b / n;
}

static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    if (fabs(d) < TINY) d = TINY;
    d = 1 / d;
    double h = d;
    for (int m = 1; m < MAX_TERMS; m++) {
        double m2 = 2.0 * m;
        double even = m * (b - m) * x / ((a + m2 - 1) * (a + m2));
        d = 1 + even * d;
        if (fabs(d) < TINY) d = TINY;
        c = 1 + even / c;
        if (fabs(c) < TINY) c = TINY;
        d = 1 / d;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + m2 + 1));
        d = 1 + odd * d;
        if (fabs(d) < TINY) d = TINY;
        c = 1 + odd / c;
        if (fabs(c) < TINY) c = TINY;
        d = 1 / d;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON) break;
    }
    return h;
}

/// I_x(a, b), or 1 - I_x(a, b) when upper: the smaller of the two is what is summed.
static double beta_tail(double a, double b, double x, bool upper)
{
    double y = 1 - x;
    if (x < (a + 1) / (a + b + 2)) {
        double lower = beta_front(a, b, x, y) * beta_fraction(a, b, x);
        return upper ? 1 - lower : lower;
    }
    double above = beta_front(b, a, y, x) * beta_fraction(b, a, y);
    return upper ? above : 1 - above;
}

double beta_i(double a, double b, double x)
{
    if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return NAN;
    if (x == 0 || x == 1) return x;
    return beta_tail(a, b, x, false);
}

double beta_i_inverse(double a, double b, double p)
{
    if (!(a > 0) || !(b > 0) || !(p >= 0 && p <= 1)) return NAN;
    if (p == 0 || p == 1) return p;
    double lo = 0, hi = 1, x = a / (a + b);
    for (int i = 0; i < MAX_STEPS; i++) {
        double too_much = p > 0.5 ? (1 - p) - beta_tail(a, b, x, true) : beta_tail(a, b, x, false) - p;
        if (too_much == 0) return x;
        if (too_much > 0) hi = x;
        else lo = x;
        double slope = beta_front(a, b, x, 1 - x) * a / (x * (1 - x)), next = x - too_much / slope;
        if (!(next > lo && next < hi)) next = (lo + hi) / 2;
        if (fabs(next - x) <= 2 * DBL_EPSILON * x) return next;
        x = next;
    }
    return x;
}

static double polynomial(const double *c, int degree, double x)
{
    double v = c[degree];
    while (degree--) v = v * x + c[degree];
    return v;
}

// clang-format off
// The coefficients of AS 241, PPND16: numerator and denominator for the middle, the near and the far tail.
static const double MIDDLE[2][8] = {
    { 3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3 },
    { 1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
      2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3 },
};
static const double NEAR[2][8] = {
    { 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
      1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4 },
    { 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
      1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9 },
};
static const double FAR[2][8] = {
    { 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7 },
    { 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15 },
};
// clang-format on

double normal_quantile(double p)
{
    if (!(p > 0 && p < 1)) return NAN;
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(MIDDLE[0], 7, r) / polynomial(MIDDLE[1], 7, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1 - p));
    const double(*c)[8] = r <= 5 ? NEAR : FAR;
    r -= r <= 5 ? 1.6 : 5;
    double z = polynomial(c[0], 7, r) / polynomial(c[1], 7, r);
    return q < 0 ? -z : z;
}
