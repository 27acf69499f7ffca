// SPDX-License-Identifier: EUPL-1.2
// Index rows to Mapbox Vector Tiles 2.1, extent 4096, uncompressed, deterministic: the same release and
// filter give the same bytes.
//   incidents, z < TILE_PLACES_Z  layer "cells": one square per non-empty cell of a grid of at most 64 x 64
//   that nests
//                                 in the grid of every other zoom and is never finer than the anchors';
//                                 property n (count); feature id: row << level | column in the grid of the
//                                 whole world
//   incidents, z >= TILE_PLACES_Z layer "places": one per anchor: its cell as a square (half as wide where it
//   is the and where an anchor's cell    point of a whole area, off the grid) or, with a list of anchors and
//   for exact points, is larger than the tile       a point; properties n, name, cat (key of the most
//   frequent category), id (place id for
//                                 the API, below). A square is in every tile that it reaches into. A tile
//                                 with more than TILE_MAX_PLACES of them has "cells" instead
//   counts                        cells as numbers, for our own page: tile_counts
//   areas of a set                layer "areas": polygons, feature id = number in the set + 1; code, name;
//   and layer
//                                 "area_names": one point each, in the tile that holds it
//   base                          one layer per kind of background layer ("street", "water", "green", ...):
//   name, class;
//                                 simplified and thinned out for the zoom, clipped with a buffer of 64 units
// Vertices are rounded to the tile's grid one by one and nothing else moves them, so areas that share a
// border in the store share it in the tile. Threads: no shared state; the index is immutable. Tests:
// tests/unit/test_tile.c, tests/golden/test_tile_gdal.c.
#pragma once
#include "base/buf.h"
#include "index/query.h"

enum {
    TILE_PLACES_Z = 14,
    TILE_MAX_Z = 20,
    TILE_EXTENT = 4096,
    TILE_BUFFER = 64,
    TILE_MAX_BYTES = 4 << 20,
    TILE_MAX_PLACES = 20000,
    TILE_PLACE_ID = 16, // hex digits
    TILE_COUNTS_BITS = 7,
};

/// ERR_INVALID: z/x/y outside the pyramid. ERR_NOMEM: the buffer's ceiling, too. An empty tile is OK with no
/// bytes.
enum err tile_incidents(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z,
                        uint32_t x, uint32_t y, struct buf *out);
/// The cells alone, for our own page: twice as fine, in half to a third of the bytes. The first byte is `bits`; then come the
/// 2^bits x 2^bits cells of the tile row by row from the north west, as numbers of 7 bits a byte, the lowest first, the
/// highest bit of a byte set when more follow (LEB128). Of such a number v, v / 2 + 1 is the count of one cell when v is
/// even, and so many cells without a count when it is odd. Cells that are not told any more have no count. Errors as above.
enum err tile_counts(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x,
                     uint32_t y, struct buf *out);
enum err tile_areas(struct scope *sc, const struct index *ix, size_t set, unsigned z, uint32_t x, uint32_t y,
                    struct buf *out);
enum err tile_base(struct scope *sc, const struct index *ix, unsigned z, uint32_t x, uint32_t y,
                   struct buf *out);

/// The same with other names of the layers, so that tiles of several sets can be put behind each other.
enum err tile_areas_named(struct scope *sc, const struct index *ix, size_t set, str areas, str names,
                          unsigned z, uint32_t x, uint32_t y, struct buf *out);
/// The side of a grid of counts over a tile of zoom z: at most 2^most cells, and these never finer than the anchors'.
unsigned tile_cell_bits(const struct release_info *info, unsigned z, unsigned most);
/// From this zoom on incidents are places.
unsigned tile_places_z(const struct release_info *info);
/// The kinds of background, in the order of their layers; NULL ends the list.
extern const char *const tile_base_kinds[];

/// The id of a place as tiles and API write it: x and y of its anchor in hex. Writes TILE_PLACE_ID digits and
/// a NUL.
void tile_place_id(struct point at, char to[TILE_PLACE_ID + 1]);
bool tile_place_read(str id, struct point *out);
