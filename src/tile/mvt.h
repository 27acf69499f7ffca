// SPDX-License-Identifier: EUPL-1.2
// Writes Mapbox Vector Tiles, version 2.1 of the specification (github.com/mapbox/vector-tile-spec): layers
// behind each other, each with features, a table of keys and a table of values in which nothing stands twice.
// Coordinates are whole tile units, x to the east and y to the south, 0..TILE_EXTENT inside the tile.
// The same calls give the same bytes. Memory: two buffers and a table per tile, none per feature.
// Threads: no shared state. Tests: tests/unit/test_mvt.c (with a slow reader), tests/golden/test_tile.c (with
// GDAL).
#pragma once
#include "base/buf.h"

enum { MVT_MAX_KEYS = 16 };
struct mvt_point {
    int32_t x, y;
};

struct mvt {
    struct scope *sc;
    struct buf   *out;
    struct buf    features, values, one; // of the layer; `one` is the feature that is being written
    str           layer, key[MVT_MAX_KEYS];
    uint32_t     *slot; // open addressing: number of the value + 1; 0: empty
    struct mvt_value {
        uint64_t hash;
        uint32_t at, n; // bytes in `values`
    } * value;
    size_t   n_slots, n_values, n_keys, n_features;
    uint32_t tag[2 * MVT_MAX_KEYS];
    size_t   n_tags;
    uint64_t id;
    bool     has_id;
    int      type;
    int32_t  x, y; // the cursor of the geometry commands
    bool     nomem;
};

/// Layers go to `out`, which the caller initialised and whose ceiling bounds the tile. Release with mvt_free.
void     mvt_init(struct mvt *m, struct scope *sc, struct buf *out);
void     mvt_free(struct mvt *m);
/// OK, or ERR_NOMEM when anything did not fit.
enum err mvt_end(struct mvt *m);

/// A layer without features is not written at all.
void mvt_layer_begin(struct mvt *m, str name);
void mvt_layer_end(struct mvt *m);

/// A feature whose geometry comes out empty is not written.
void mvt_feature_begin(struct mvt *m);
void mvt_feature_end(struct mvt *m);
void mvt_id(struct mvt *m, uint64_t id);
void mvt_tag_str(struct mvt *m, str key, str value); // an empty value is left out
void mvt_tag_u64(struct mvt *m, str key, uint64_t value);

/// A layer of the cells of a grid of 2^bits x 2^bits over the tile (bits <= 6) that have a count: for each of them, row by
/// row, the bytes that mvt_id(((tile_y << bits | row) << world_bits) | tile_x << bits | column), mvt_tag_u64("n", count) and
/// mvt_ring of its square write, without going through them. count: [1 << 2 * bits].
void mvt_squares(struct mvt *m, str layer, const uint32_t *count, unsigned bits, unsigned world_bits,
                 uint32_t tile_x, uint32_t tile_y);

/// One kind of geometry in a feature. Points that repeat their predecessor are left out; a line of fewer than
/// 2 and a ring of fewer than 3 different points, or without area, is left out.
void    mvt_point(struct mvt *m, struct mvt_point p);                 // once per feature
void    mvt_line(struct mvt *m, const struct mvt_point *p, size_t n); // may be called again: a multi-line
/// Not closed by the caller. Turned so that an outer ring has positive area and a hole negative
/// (clause 4.3.3.3); a hole comes after the outer ring it belongs to. False: left out.
bool    mvt_ring(struct mvt *m, const struct mvt_point *p, size_t n, bool hole);
/// Twice the signed area by the surveyor's formula; positive when clockwise on the screen.
int64_t mvt_area2(const struct mvt_point *p, size_t n);
