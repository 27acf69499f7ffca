// SPDX-License-Identifier: EUPL-1.2
// Kernel density of weighted points on a square raster of pixels, exact: the sum of w (1 - d^2 / r^2)^2 over the points less
// than their radius r away from the pixel's middle (the quartic or biweight kernel, without its constant).
//
// Along a row of pixels a point's share is a polynomial of degree 4 in the pixel's x, on one interval. Its five coefficients
// are added where the interval begins and taken away where it ends; a running sum over the row then is the polynomial of all
// points at once. So a point costs time in proportion to its rows, not its pixels: Chan, U, Choi and Xu (2022), "SLAM:
// Efficient Sweep Line Algorithms for Kernel Density Visualization", SIGMOD.
//
// Coefficients are those of x counted from the middle of the raster in halves of its side, and points with less than
// DENSITY_SWEEP_PX are summed pixel by pixel, so that no coefficient is larger than (side / 2 / DENSITY_SWEEP_PX + 1)^4: what
// is left of their differences is below DENSITY_ERROR of the sum of all weights (at most 2e-12 in tests/property/
// test_density.c). Where no interval is open the result is 0 exactly.
//
// A radius below one pixel could lie between the middles of pixels and be missed; such a point's whole mass, pi w r^2 / 3, is
// put evenly over the pixel it stands in. Threads: no shared state.
#pragma once
#include "base/err.h"

#define DENSITY_SWEEP_PX 8.0
#define DENSITY_ERROR 1e-11

struct density {
    size_t  side;
    double *direct; // [side * side]
    struct density_event {
        double  c[5]; // of 1, t, t^2, t^3, t^4
        int64_t open; // intervals that begin here, less those that end
    } * event;        // [side * (side + 1)]
};

/// An empty raster of side * side pixels, at most 4096 a side. Memory: 56 bytes a pixel of sc->mem. ERR_INVALID, ERR_NOMEM.
enum err density_open(struct scope *sc, size_t side, struct density *out);
/// x, y: pixels from the north west corner; radius > 0 in pixels; what is not finite is passed over.
/// Time O(rows of the point within the raster), for small radii O(pixels).
void     density_add(struct density *d, double x, double y, double radius, double weight);
/// Sums at the middles of the pixels, row by row; not below 0. out: [side * side].
void     density_sum(const struct density *d, double *out);
