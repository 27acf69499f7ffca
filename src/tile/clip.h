// SPDX-License-Identifier: EUPL-1.2
// Geometry of the world into the units of one tile: rounded, thinned out, cut to the tile and its buffer.
#pragma once
#include "geo/mercator.h"
#include "model/release.h"
#include "tile/mvt.h"

struct view {
    unsigned   z, shift;    // one tile unit is 2^shift mercator units
    int64_t    x0, y0;      // mercator units of the tile's north west corner
    struct box tile, reach; // without and with the buffer, mercator units
};
/// ERR_INVALID: no such tile.
enum err         view_of(struct scope *sc, unsigned z, uint32_t x, uint32_t y, struct view *out);
/// Of a point inside the reach.
struct mvt_point view_point(const struct view *v, struct point p);

/// The box with so many mercator units more on each side, within the world.
struct box box_widened(struct box b, uint32_t by);
/// Half the side of the anchors' cells, mercator units; 0: anchors are points.
uint32_t   anchor_half(const struct release_info *info);

struct xy {
    int64_t x, y;
};
struct xy_list { // grows; a lack of memory shows in `failed`
    struct xy *p;
    size_t     n, cap;
    bool       failed;
};
struct clipper {
    struct xy_list    a, b;
    struct mvt_point *out; // what the last call left, n_out of it
    size_t            n_out, out_cap;
    bool              nomem;
};
void clipper_free(struct clipper *c);

/// The ring's part within the reach. n_out is 0 when nothing of it is left.
void clip_ring(struct clipper *c, const struct view *v, const struct point *p, size_t n);
/// The line's parts within the reach, each as a line of the feature that m is writing.
void clip_line(struct clipper *c, const struct view *v, const struct point *p, size_t n, struct mvt *m);
