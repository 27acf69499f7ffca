// SPDX-License-Identifier: EUPL-1.2
// The ground of the invented town, in metres east and north of its market square.
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

enum { TOWN_DISTRICTS = 14, TOWN_QUARTERS = 4, SHAPE_MAX = 40, TOWN_PARKS = 9 };

struct spot {
    double x, y;
};
struct shape {
    struct spot at[SHAPE_MAX];
    int         n;
}; // convex, counter-clockwise, not closed
struct street {
    struct spot from, to;
    const char *class; // "primary", "secondary", "minor"
    int name;          // number; town_street_name
    int district;
};
struct address {
    struct spot at;
    int         street, district, quarter; // quarter 0..3 within the district
    double      centre;                    // metres from the market square
};
struct town {
    struct shape    border;
    struct shape    district[TOWN_DISTRICTS];
    struct shape    quarter[TOWN_DISTRICTS][TOWN_QUARTERS];
    struct shape    park[TOWN_PARKS];
    struct street  *street;
    uint32_t        n_streets;
    struct address *address;
    uint32_t        n_addresses;
    uint32_t        homes[TOWN_DISTRICTS][TOWN_QUARTERS]; // addresses in each
};

enum err            town_build(struct scope *sc, uint64_t seed, struct town *out);
double              town_river_y(double x);
extern const double town_river_half_m;
void                town_lon_lat(struct spot s, double *lon, double *lat);
const char         *town_district_name(int district);
/// "вулиця Вишнева" and the like.
void                town_street_name(int name, char *to, size_t size);
const char *town_quarter_side(const struct town *t, int district, int quarter); // "північ", "південь", ...
