// SPDX-License-Identifier: EUPL-1.2
// Graded classes of counts for a legend: at most six, many pale cells and few dark ones, with limits that a person
// can read (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, ...). The shares are those of web/front/legend.js, so that the
// server's picture and the map in the browser look alike.
#pragma once
#include "base/err.h"

enum { CLASSES_MAX = 6 };
struct classes {
    uint32_t from[CLASSES_MAX]; // smallest count of each class, rising; from[0] is the smallest count that
                                // occurs or less
    size_t   n;                 // 0: nothing to grade
    uint32_t max;               // the largest count
};
/// count[n]; zeroes do not take part.
enum err classes_of(struct scope *sc, const uint32_t *count, size_t n, struct classes *out);
/// Number of the class, 0.., of a count > 0; counts below the first class are in it.
size_t   classes_find(const struct classes *c, uint32_t count);
