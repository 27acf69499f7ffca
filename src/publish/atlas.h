// SPDX-License-Identifier: EUPL-1.2
// The areas and background layers of the store as a release holds them, and which areas a place is in.
#pragma once
#include "geo/polygon.h"
#include "model/incident.h"
#include "model/release.h"
#include "publish/anchor.h"
#include "store/store.h"

struct code { // of an area, for bsearch
    str      code;
    uint16_t area;
};
struct atlas {
    struct release_set    set[MAX_AREA_SETS]; // the finest first
    struct ring_set      *rings[MAX_AREA_SETS];
    struct polygon_index *find[MAX_AREA_SETS];
    struct code          *code[MAX_AREA_SETS]; // sorted
    size_t                n_sets;
    struct anchor_areas   finest;
    struct release_layer *layer;
    size_t                n_layers;
};

/// ERR_LIMIT: more than MAX_AREA_SETS sets.
enum err atlas_read(struct scope *sc, struct store *st, struct atlas *out);
/// Fills area[] of every set for a point.
void     atlas_at(const struct atlas *a, struct point p, uint16_t area[MAX_AREA_SETS]);
/// The same for "set:code", with the areas of other sets that its chain of parents names.
void     atlas_of_code(const struct atlas *a, str code, uint16_t area[MAX_AREA_SETS]);
