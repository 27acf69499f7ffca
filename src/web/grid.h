// SPDX-License-Identifier: EUPL-1.2
// The answer to a question as squares on a drawing of given size, with the classes of its legend.
// The squares are those of the tiles' quadtree and never finer than the anchors', as on the map in the browser.
#pragma once
#include "analysis/classes.h"
#include "base/lang.h"
#include "index/query.h"

struct grid_cell {
    struct box box;
    uint32_t   count;
};
struct grid {
    struct box              view;  // what the drawing shows, in mercator units; of the drawing's proportions
    const struct grid_cell *cells; // those that are not empty
    size_t                  n;
    double                  side_m; // of a square, on the ground, in the middle
    struct classes          classes;
};
/// Shows the chosen area, box or polygon, else `home` (analysis/portrait.h). At most four scans.
enum err grid_of(struct scope *sc, const struct index *ix, struct box home, const struct filter *f, int width,
                 int height, struct grid *out);
/// Colour 1..6 of a class: few classes are spread over the scale.
int      grid_shade(const struct classes *c, size_t i);
/// "5–9", "100+", "1"
str      grid_range(struct scope *sc, enum language l, const struct classes *c, size_t i);
