// SPDX-License-Identifier: EUPL-1.2
// Lines and areas of a release as the `d` of SVG paths: Mercator units to the units of a drawing, thinned out to what it can
// show.
#pragma once
#include "base/buf.h"
#include "geo/mercator.h"
#include <stdbool.h>

struct drawing {
    struct box view;
    int        width, height; // of the map's part
    double     scale;         // drawing units per mercator unit
};

double drawing_x(const struct drawing *d, uint32_t x);
double drawing_y(const struct drawing *d, uint32_t y);
bool   drawing_sees(const struct drawing *d, struct box b);
/// Too small to be seen.
bool   drawing_loses(const struct drawing *d, struct box b);
/// One line or ring, corners nearer than a unit to the one before left out. Far outside the view it is cut to a frame
/// around it, which keeps numbers short and hides the cut.
void   drawing_line(struct buf *b, const struct drawing *d, const struct point *p, size_t n, bool ring);
