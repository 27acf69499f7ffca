// SPDX-License-Identifier: EUPL-1.2
#include "geo/mercator.h"
#include <math.h>

#define WORLD 4294967296.0 // units a side
#define DEGREE (M_PI / 180)

static uint32_t unit_of(double share)
{
    double u = floor(share * WORLD);
    if (!(u > 0)) return 0; // NaN, too
    return u >= WORLD ? UINT32_MAX : (uint32_t)u;
}

struct point mercator_of(double lon, double lat)
{
    lat = fmin(fmax(lat, -MERCATOR_MAX_LAT), MERCATOR_MAX_LAT);
    // asinh(tan) keeps its digits near the equator, where log(tan(pi/4 + lat/2)) loses them.
    return (struct point){ unit_of(lon / 360 + 0.5), unit_of(0.5 - asinh(tan(lat * DEGREE)) / (2 * M_PI)) };
}

struct point mercator_of_e7(int32_t lon_e7, int32_t lat_e7)
{
    return mercator_of(lon_e7 / 1e7, lat_e7 / 1e7);
}

static double y_radians(double y)
{
    return M_PI * (1 - 2 * y / WORLD);
}

struct lon_lat mercator_to(struct point p)
{
    return (struct lon_lat){ (p.x + 0.5) / WORLD * 360 - 180, atan(sinh(y_radians(p.y + 0.5))) / DEGREE };
}

double mercator_unit_m(uint32_t y)
{
    return 2 * M_PI * EARTH_RADIUS_M / WORLD / cosh(y_radians(y + 0.5));
}

uint32_t mercator_units(double metres, uint32_t y)
{
    double u = ceil(metres / mercator_unit_m(y));
    if (!(u >= 1)) return 1;
    return u >= WORLD ? UINT32_MAX : (uint32_t)u;
}

double sphere_distance_m(struct lon_lat a, struct lon_lat b)
{
    // The haversine keeps its digits for the short distances of a town.
    double dy = sin((b.lat - a.lat) * DEGREE / 2), dx = sin((b.lon - a.lon) * DEGREE / 2);
    double h = dy * dy + cos(a.lat * DEGREE) * cos(b.lat * DEGREE) * dx * dx;
    return 2 * EARTH_RADIUS_M * asin(fmin(1, sqrt(h)));
}

struct box tile_box(unsigned z, uint32_t x, uint32_t y)
{
    uint64_t side = (uint64_t)1 << (32 - z);
    uint64_t west = x * side, north = y * side;
    return (struct box){ (uint32_t)west, (uint32_t)north, (uint32_t)(west + side - 1),
                         (uint32_t)(north + side - 1) };
}

bool box_has(struct box b, struct point p)
{
    return p.x >= b.min_x && p.x <= b.max_x && p.y >= b.min_y && p.y <= b.max_y;
}

bool box_meets(struct box a, struct box b)
{
    return a.min_x <= b.max_x && b.min_x <= a.max_x && a.min_y <= b.max_y && b.min_y <= a.max_y;
}

bool box_within(struct box inner, struct box outer)
{
    return inner.min_x >= outer.min_x && inner.max_x <= outer.max_x && inner.min_y >= outer.min_y &&
           inner.max_y <= outer.max_y;
}

void box_add(struct box *b, struct point p)
{
    if (p.x < b->min_x) b->min_x = p.x;
    if (p.y < b->min_y) b->min_y = p.y;
    if (p.x > b->max_x) b->max_x = p.x;
    if (p.y > b->max_y) b->max_y = p.y;
}

// Moves bit i to bit 2 i, by halves ("magic masks"), and back.
static uint64_t spread(uint32_t v)
{
    uint64_t w = v;
    w = (w | w << 16) & 0x0000FFFF0000FFFFu;
    w = (w | w << 8) & 0x00FF00FF00FF00FFu;
    w = (w | w << 4) & 0x0F0F0F0F0F0F0F0Fu;
    w = (w | w << 2) & 0x3333333333333333u;
    return (w | w << 1) & 0x5555555555555555u;
}

static uint32_t gather(uint64_t w)
{
    w &= 0x5555555555555555u;
    w = (w | w >> 1) & 0x3333333333333333u;
    w = (w | w >> 2) & 0x0F0F0F0F0F0F0F0Fu;
    w = (w | w >> 4) & 0x00FF00FF00FF00FFu;
    w = (w | w >> 8) & 0x0000FFFF0000FFFFu;
    return (uint32_t)(w | w >> 16);
}

uint64_t morton(struct point p, unsigned bits)
{
    if (!bits) return 0;
    return spread(p.x >> (32 - bits)) | spread(p.y >> (32 - bits)) << 1;
}

struct point morton_point(uint64_t code, unsigned bits)
{
    if (!bits) return (struct point){ 0, 0 };
    return (struct point){ gather(code) << (32 - bits), gather(code >> 1) << (32 - bits) };
}
