// SPDX-License-Identifier: EUPL-1.2
// Index rows to Mapbox Vector Tiles 2.1, extent 4096, uncompressed, deterministic: the same release and filter give
// the same bytes.
//   incidents, z < TILE_PLACES_Z  layer "cells": one square per non-empty cell of a grid of at most 64 x 64, never
//                                 finer than the anchors; properties n (count)
//   incidents, z >= TILE_PLACES_Z layer "places": one square or, with a list of anchors, one point per anchor;
//                                 properties n, name, cat (key of the most frequent category), id (place id for the API)
//   areas of a set                layer "areas": polygons, feature id = number in the set + 1; code, name; and layer
//                                 "area_names": one point each
//   base                          one layer per kind of background layer ("street", "water", "green", ...): name, class;
//                                 simplified and thinned out for the zoom, clipped with a buffer of 64 units
#pragma once
#include "base/buf.h"
#include "index/query.h"

enum { TILE_PLACES_Z = 14, TILE_MAX_Z = 20, TILE_EXTENT = 4096, TILE_MAX_BYTES = 4 << 20 };

/// ERR_INVALID: z/x/y outside the pyramid. An empty tile is OK with no bytes.
enum err tile_incidents(struct scope *sc, const struct index *ix, const struct filter *f, unsigned z, uint32_t x, uint32_t y, struct buf *out);
enum err tile_areas(struct scope *sc, const struct index *ix, size_t set, unsigned z, uint32_t x, uint32_t y, struct buf *out);
enum err tile_base(struct scope *sc, const struct index *ix, unsigned z, uint32_t x, uint32_t y, struct buf *out);
