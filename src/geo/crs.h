// SPDX-License-Identifier: EUPL-1.2
// Projected coordinates of the feeds we read to longitude and latitude on WGS84. Known are EPSG 4326, 3857,
// UTM (32601..32660, 32701..32760, ETRS89 25828..25838), 5514 and 2065-style Krovak East North, 27700 British
// and 29903/2157 Irish grids, 5562..5565 UCS-2000, 3435 and other US State Plane transverse Mercator zones
// listed in crs.c. Formulas: IOGP Guidance Note 7-2. Accuracy against PROJ is stated per entry in crs.c and
// held by a test.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "geo/mercator.h"

struct crs;
/// NULL when the code is not known. The returned table entry is constant.
const struct crs *crs_by_epsg(int epsg);
const char       *crs_name(const struct crs *c);
/// x east, y north, in the system's own unit. False when the point is outside the system's domain.
bool              crs_to_wgs84(const struct crs *c, double x, double y, struct lon_lat *out);
