// SPDX-License-Identifier: EUPL-1.2
// Web Mercator (EPSG:3857) as the whole numbers our files use: the world is a square of 2^32 units a side, x
// to the east from 180 degrees west, y to the south from 85.0511 degrees north. One unit is 9.3 mm at the
// equator. Judged by PROJ in tests/case.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define MERCATOR_MAX_LAT 85.05112877980659
#define EARTH_RADIUS_M 6378137.0

struct point {
    uint32_t x, y;
}; // mercator units
struct box {
    uint32_t min_x, min_y, max_x, max_y;
}; // inclusive on all sides
struct lon_lat {
    double lon, lat;
};

/// The unit that holds the place; longitude and latitude are clamped to the square (NaN to a corner).
struct point   mercator_of(double lon, double lat);
struct point   mercator_of_e7(int32_t lon_e7, int32_t lat_e7);
/// The middle of the unit, so that mercator_of gives the same point back.
struct lon_lat mercator_to(struct point p);
/// Metres on the ground per unit at this y.
double         mercator_unit_m(uint32_t y);
/// Units that span these metres on the ground at this y (at least 1).
uint32_t       mercator_units(double metres, uint32_t y);
/// Great-circle distance on the sphere of EARTH_RADIUS_M, metres.
double         sphere_distance_m(struct lon_lat a, struct lon_lat b);
/// The square of tile z/x/y; 0 <= z <= 22.
struct box     tile_box(unsigned z, uint32_t x, uint32_t y);
bool           box_has(struct box b, struct point p);
bool           box_meets(struct box a, struct box b);
bool           box_within(struct box inner, struct box outer);
/// Grows *b to hold p; begin with BOX_EMPTY, which holds nothing.
void           box_add(struct box *b, struct point p);
#define BOX_EMPTY ((struct box){ UINT32_MAX, UINT32_MAX, 0, 0 })
/// Interleaves the upper `bits` bits of x and y, y in the odd places (Morton 1966).
/// bits: 0..32. All codes of a tile of level z <= bits are one run of 4^(bits - z) numbers.
uint64_t     morton(struct point p, unsigned bits);
/// The north-west corner of the square that a code of so many bits names.
struct point morton_point(uint64_t code, unsigned bits);
