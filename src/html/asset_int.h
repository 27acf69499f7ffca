// SPDX-License-Identifier: EUPL-1.2
// The tables that tools/pack_assets writes.
#pragma once
#include "html/asset.h"

struct asset_id {
    int file; // in asset_table; -1: not in this build
    str url;
};
extern const struct asset_file asset_table[]; // sorted by name
extern const size_t            asset_table_n;
extern const struct asset_id   asset_ids[]; // [enum asset]
