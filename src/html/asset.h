// SPDX-License-Identifier: EUPL-1.2
// Files of the browser side, packed into the program by tools/pack_assets: scripts, style sheets, fonts, icons. Their
// names carry a hash of their content, so a reader's browser keeps them for ever.
// enum asset names those of src/web/front/assets.list (ASSET_MAP_JS for "map.js"); all others are found by name.
#pragma once
#include "base/str.h"
#include "html/asset_ids.h" // generated: enum asset

struct asset_file {
    str         name;            // "map.1f6c0a9d.js"
    const char *type;            // "text/javascript; charset=utf-8"
    str         etag;            // without quotes
    str         bytes, gzip, br; // the last two may be empty: not smaller, or not made in this build
};
/// By the name behind /static/. NULL: no such file.
const struct asset_file *asset_find(str name);
/// NULL: this program was built without its browser side (meson's option "front").
const struct asset_file *asset_get(enum asset a);
/// "/static/map.1f6c0a9d.js"
str                      asset_url(enum asset a);
