// SPDX-License-Identifier: EUPL-1.2
#include "geo/mercator.h"

#include <math.h>

#define WORLD 4294967296.0 // units round the globe

static uint32_t to_unit(double share)
{
    double v = floor(share * WORLD);
    if (!(v > 0)) return 0;
    return v >= WORLD - 1 ? UINT32_MAX : (uint32_t)v;
}

struct point mercator_of(double lon, double lat)
{
    if (lat > MERCATOR_MAX_LAT) lat = MERCATOR_MAX_LAT;
    if (lat < -MERCATOR_MAX_LAT) lat = -MERCATOR_MAX_LAT;
    double s = sin(lat * M_PI / 180);
    return (struct point){ to_unit(lon / 360 + 0.5), to_unit(0.5 - log((1 + s) / (1 - s)) / (4 * M_PI)) };
}

struct point mercator_of_e7(int32_t lon_e7, int32_t lat_e7)
{
    return mercator_of(lon_e7 / 1e7, lat_e7 / 1e7);
}

struct lon_lat mercator_to(struct point p)
{
    // The middle of the unit, so that the way there and back is the same point.
    double x = (p.x + 0.5) / WORLD, y = (p.y + 0.5) / WORLD;
    return (struct lon_lat){ x * 360 - 180, atan(sinh(M_PI * (1 - 2 * y))) * 180 / M_PI };
}

double mercator_unit_m(uint32_t y)
{
    double lat = mercator_to((struct point){ 0, y }).lat * M_PI / 180;
    return 2 * M_PI * EARTH_RADIUS_M * cos(lat) / WORLD;
}

uint32_t mercator_units(double metres, uint32_t y)
{
    double units = ceil(metres / mercator_unit_m(y));
    if (!(units > 1)) return 1;
    return units >= WORLD - 1 ? UINT32_MAX : (uint32_t)units;
}

double sphere_distance_m(struct lon_lat a, struct lon_lat b)
{
    double to_rad = M_PI / 180, lat = sin((b.lat - a.lat) * to_rad / 2),
           lon = sin((b.lon - a.lon) * to_rad / 2);
    double h = lat * lat + cos(a.lat * to_rad) * cos(b.lat * to_rad) * lon * lon; // haversine
    return 2 * EARTH_RADIUS_M * asin(sqrt(h < 1 ? h : 1));
}

struct box tile_box(unsigned z, uint32_t x, uint32_t y)
{
    if (!z) return (struct box){ 0, 0, UINT32_MAX, UINT32_MAX };
    uint32_t side = (uint32_t)1 << (32 - z);
    return (struct box){ x * side, y * side, x * side + (side - 1), y * side + (side - 1) };
}

bool box_has(struct box b, struct point p)
{
    return p.x >= b.min_x && p.x <= b.max_x && p.y >= b.min_y && p.y <= b.max_y;
}

static uint64_t spread(uint64_t v)
{
    v = (v | v << 16) & 0x0000FFFF0000FFFF;
    v = (v | v << 8) & 0x00FF00FF00FF00FF;
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F;
    v = (v | v << 2) & 0x3333333333333333;
    return (v | v << 1) & 0x5555555555555555;
}

uint64_t morton(struct point p, unsigned bits)
{
    if (!bits) return 0;
    return spread(p.x >> (32 - bits)) | spread(p.y >> (32 - bits)) << 1;
}
