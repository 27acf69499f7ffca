// SPDX-License-Identifier: EUPL-1.2
// Even-odd rings (geo/polygon.h) as GeoJSON wants them: each outer ring with its holes, outer rings
// counterclockwise.
#pragma once
#include "model/release.h"
#include "wire/json.h"

/// The "geometry" of an area: a MultiPolygon. Rings inside an odd number of others are holes of the smallest
/// ring around them. ERR_NOMEM. Time O(rings^2 * points): areas have few rings.
enum err rings_geojson(struct scope *sc, struct json *j, const struct release_area *a);
