// SPDX-License-Identifier: EUPL-1.2
// Background drawing of the map out of GeoJSON: streets, water, green, buildings, names of places.
#pragma once
#include "base/err.h"
#include "store/store.h"

struct layers_options {
    str key;  // of the layer; empty: the kind
    str kind; // "street", "water", "green", "building", "place"
    str licence;
    str name, class; // properties; empty: "name", "class"
};
struct layers_report {
    uint64_t features, drawn, no_shape, off_earth, parts_left_out;
};

/// Replaces the layer. ERR_INVALID: another kind than those, nothing in the file that can be drawn.
enum err layers_import(struct scope *sc, struct store *st, const struct layers_options *o, const char *path,
                       struct layers_report *out);
