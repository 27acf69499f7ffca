// SPDX-License-Identifier: EUPL-1.2
// Formulas: IOGP Guidance Note 7-2 (2022): transverse Mercator 3.5.3 (Krueger's series to the fourth order in n), Krovak 3.6,
// Lambert conic conformal 3.2.1, position vector transformation 4.3. The shifts to WGS84 of S-JTSK, OSGB36, TM75 and UCS-2000
// are those of EPSG operations without grid files, good to 1 to 5 m; the projections themselves agree with PROJ 9.1 within
// a centimetre. Both are held by tests/case/test_crs.c.
#include "geo/crs.h"

#include <math.h>

enum method { DEGREES, MERCATOR, TRANSVERSE, KROVAK, CONIC };

struct ellipsoid {
    double a, f_inverse;
};
struct shift {
    double x, y, z, rx, ry, rz, ppm;
}; // metres, arc seconds (position vector), parts per million

struct crs {
    int              epsg;
    const char      *name;
    enum method      method;
    struct ellipsoid on;
    struct shift     shift;
    double           unit_m, lat0, lon0, k, x0, y0; // degrees; x0, y0 in metres
    double           lat1, lat2;                    // of a conic
    double           reach_m;                       // how far from (x0, y0) a coordinate can lie
};

// clang-format off
#define WGS84 { 6378137.0, 298.257223563 }
#define GRS80 { 6378137.0, 298.257222101 }
#define US_FOOT (1200.0 / 3937)
#define UTM(base, number, label, ellipsoid, north) \
    { (base) + (number), label, TRANSVERSE, ellipsoid, .unit_m = 1, .lon0 = 6 * (number) - 183, .k = 0.9996, .x0 = 500000, .y0 = north, .reach_m = 1e7 }
#define NORTH(z) UTM(32600, z, "UTM north on WGS84", WGS84, 0)
#define SOUTH(z) UTM(32700, z, "UTM south on WGS84", WGS84, 1e7)
#define EUROPE(z) UTM(25800, z, "UTM on ETRS89", GRS80, 0)
#define TEN(row, t) row((t) + 1), row((t) + 2), row((t) + 3), row((t) + 4), row((t) + 5), row((t) + 6), row((t) + 7), row((t) + 8), row((t) + 9), row((t) + 10)
#define UCS(code, meridian, east) \
    { code, "UCS-2000 / 6-degree Gauss-Kruger", TRANSVERSE, { 6378245.0, 298.3 }, { .x = 24, .y = -121, .z = -76 }, .unit_m = 1, .lon0 = meridian, .k = 1, .x0 = east, .reach_m = 1e7 }

static const struct crs table[] = {
    { 4326, "longitude and latitude on WGS84", DEGREES, WGS84, .unit_m = 1 },
    { 4258, "longitude and latitude on ETRS89", DEGREES, GRS80, .unit_m = 1 },
    { 3857, "Web Mercator", MERCATOR, WGS84, .unit_m = 1, .reach_m = 20037508.35 },
    TEN(NORTH, 0), TEN(NORTH, 10), TEN(NORTH, 20), TEN(NORTH, 30), TEN(NORTH, 40), TEN(NORTH, 50),
    TEN(SOUTH, 0), TEN(SOUTH, 10), TEN(SOUTH, 20), TEN(SOUTH, 30), TEN(SOUTH, 40), TEN(SOUTH, 50),
    TEN(EUROPE, 27), EUROPE(38),
    { 5514, "S-JTSK / Krovak East North", KROVAK, { 6377397.155, 299.1528128 }, { 572.213, 85.334, 461.94, 4.9732, 1.529, 5.2484, 3.5378 }, .unit_m = 1, .reach_m = 2e6 },
    { 27700, "British National Grid", TRANSVERSE, { 6377563.396, 299.3249646 }, { 446.448, -125.157, 542.06, 0.15, 0.247, 0.842, -20.489 }, .unit_m = 1, .lat0 = 49, .lon0 = -2, .k = 0.9996012717, .x0 = 400000, .y0 = -100000, .reach_m = 2e6 },
    { 29903, "Irish Grid", TRANSVERSE, { 6377340.189, 299.3249646 }, { 482.5, -130.6, 564.6, -1.042, -0.214, -0.631, 8.15 }, .unit_m = 1, .lat0 = 53.5, .lon0 = -8, .k = 1.000035, .x0 = 200000, .y0 = 250000, .reach_m = 1e6 },
    { 2157, "Irish Transverse Mercator", TRANSVERSE, GRS80, .unit_m = 1, .lat0 = 53.5, .lon0 = -8, .k = 0.99982, .x0 = 600000, .y0 = 750000, .reach_m = 1e6 },
    UCS(5562, 21, 4500000), UCS(5563, 27, 5500000), UCS(5564, 33, 6500000), UCS(5565, 39, 7500000),
    { 3435, "Illinois East, US survey feet", TRANSVERSE, GRS80, .unit_m = US_FOOT, .lat0 = 36.0 + 2.0 / 3, .lon0 = -88.0 - 1.0 / 3, .k = 0.999975, .x0 = 300000, .reach_m = 2e6 },
    { 3436, "Illinois West, US survey feet", TRANSVERSE, GRS80, .unit_m = US_FOOT, .lat0 = 36.0 + 2.0 / 3, .lon0 = -90.0 - 1.0 / 6, .k = 0.999941177, .x0 = 700000, .reach_m = 2e6 },
    { 2263, "New York Long Island, US survey feet", CONIC, GRS80, .unit_m = US_FOOT, .lat0 = 40.0 + 1.0 / 6, .lon0 = -74, .x0 = 300000, .lat1 = 41.0 + 1.0 / 30, .lat2 = 40.0 + 2.0 / 3, .reach_m = 2e6 },
    { 2226, "California zone 2, US survey feet", CONIC, GRS80, .unit_m = US_FOOT, .lat0 = 37.0 + 2.0 / 3, .lon0 = -122, .x0 = 2000000.0001016, .y0 = 500000.0001016001, .lat1 = 39.0 + 5.0 / 6, .lat2 = 38.0 + 1.0 / 3, .reach_m = 3e6 },
};
// clang-format on

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

static double eccentricity2(const struct ellipsoid *e)
{
    double f = 1 / e->f_inverse;
    return f * (2 - f);
}

const struct crs *crs_by_epsg(int epsg)
{
    for (size_t i = 0; i < COUNT(table); i++)
        if (table[i].epsg == epsg) return &table[i];
    return NULL;
}

const char *crs_name(const struct crs *c)
{
    return c->name;
}

struct geodetic {
    double lat, lon;
}; // radians, on the system's own ellipsoid

// -- transverse Mercator -----------------------------------------------------------------------------------------------

struct krueger {
    double n, b, h[4], back[4];
};

static struct krueger krueger_of(const struct ellipsoid *e)
{
    double f = 1 / e->f_inverse, n = f / (2 - f), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
    return (struct krueger){
        .n = n,
        .b = e->a / (1 + n) * (1 + n2 / 4 + n4 / 64),
        .h = { n / 2 - n2 * 2 / 3 + n3 * 5 / 16 + n4 * 41 / 180, n2 * 13 / 48 - n3 * 3 / 5 + n4 * 557 / 1440,
               n3 * 61 / 240 - n4 * 103 / 140, n4 * 49561 / 161280 },
        .back = { n / 2 - n2 * 2 / 3 + n3 * 37 / 96 - n4 / 360, n2 / 48 + n3 / 15 - n4 * 437 / 1440,
                  n3 * 17 / 480 - n4 * 37 / 840, n4 * 4397 / 161280 },
    };
}

/// Distance along the meridian from the equator, metres.
static double meridian_m(const struct ellipsoid *on, const struct krueger *k, double lat)
{
    double e = sqrt(eccentricity2(on)), q = asinh(tan(lat)) - e * atanh(e * sin(lat)), beta = atan(sinh(q)),
           xi = beta;
    for (int i = 0; i < 4; i++) xi += k->h[i] * sin(2 * (i + 1) * beta);
    return k->b * xi;
}

static double latitude_of_q(double e, double q0)
{
    double q = q0; // isometric latitude to latitude, by iteration; five rounds reach the last digit
    for (int i = 0; i < 6; i++) q = q0 + e * atanh(e * tanh(q));
    return atan(sinh(q));
}

static void transverse(const struct crs *c, double x, double y, struct geodetic *out)
{
    struct krueger k = krueger_of(&c->on);
    double         eta1 = (x - c->x0) / (k.b * c->k),
           xi1 = (y - c->y0 + c->k * meridian_m(&c->on, &k, radians(c->lat0))) / (k.b * c->k);
    double xi = xi1, eta = eta1;
    for (int i = 0; i < 4; i++) {
        double m = 2 * (i + 1);
        xi -= k.back[i] * sin(m * xi1) * cosh(m * eta1);
        eta -= k.back[i] * cos(m * xi1) * sinh(m * eta1);
    }
    double beta = asin(sin(xi) / cosh(eta)), e = sqrt(eccentricity2(&c->on));
    out->lat = latitude_of_q(e, asinh(tan(beta)));
    out->lon = radians(c->lon0) + asin(tanh(eta) / cos(beta));
}

// -- Krovak ------------------------------------------------------------------------------------------------------------

static bool krovak(const struct crs *c, double x, double y, struct geodetic *out)
{
    const double lat_c = radians(49.5), lon_0 = radians(24.0 + 50.0 / 60),
                 azimuth = radians(30.0 + 17.0 / 60 + 17.30311 / 3600);
    const double lat_p = radians(78.5), k_p = 0.9999;
    double       e2 = eccentricity2(&c->on), e = sqrt(e2);
    double       a = c->on.a * sqrt(1 - e2) / (1 - e2 * sin(lat_c) * sin(lat_c));
    double       b = sqrt(1 + e2 * pow(cos(lat_c), 4) / (1 - e2)), gamma0 = asin(sin(lat_c) / b);
    double       t0 = tan(M_PI_4 + gamma0 / 2) * pow((1 + e * sin(lat_c)) / (1 - e * sin(lat_c)), e * b / 2) /
                pow(tan(M_PI_4 + lat_c / 2), b);
    double n = sin(lat_p), r0 = k_p * a / tan(lat_p), xp = -y,
           yp = -x; // East North has both axes turned round
    double r = hypot(xp, yp), theta = atan2(yp, xp), d = theta / sin(lat_p);
    double t = 2 * (atan(pow(r0 / r, 1 / n) * tan(M_PI_4 + lat_p / 2)) - M_PI_4);
    double u = asin(cos(azimuth) * sin(t) - sin(azimuth) * cos(t) * cos(d)),
           v = asin(cos(t) * sin(d) / cos(u));
    double lat = u;
    if (!(r > 0)) return false;
    for (int i = 0; i < 8; i++)
        lat = 2 * (atan(pow(t0, -1 / b) * pow(tan(u / 2 + M_PI_4), 1 / b) *
                        pow((1 + e * sin(lat)) / (1 - e * sin(lat)), e / 2)) -
                   M_PI_4);
    out->lat = lat;
    out->lon = lon_0 - v / b;
    return true;
}

// -- Lambert conic, two standard parallels -------------------------------------------------------------------------------

static double conic_m(double e2, double lat)
{
    return cos(lat) / sqrt(1 - e2 * sin(lat) * sin(lat));
}

static double conic_t(double e, double lat)
{
    return tan(M_PI_4 - lat / 2) / pow((1 - e * sin(lat)) / (1 + e * sin(lat)), e / 2);
}

static bool conic(const struct crs *c, double x, double y, struct geodetic *out)
{
    double e2 = eccentricity2(&c->on), e = sqrt(e2), lat1 = radians(c->lat1), lat2 = radians(c->lat2);
    double m1 = conic_m(e2, lat1), m2 = conic_m(e2, lat2), t1 = conic_t(e, lat1), t2 = conic_t(e, lat2);
    double n = (log(m1) - log(m2)) / (log(t1) - log(t2)), f = m1 / (n * pow(t1, n));
    double r0 = c->on.a * f * pow(conic_t(e, radians(c->lat0)), n), dx = x - c->x0, dy = r0 - (y - c->y0);
    double r = hypot(dx, dy), t = pow(r / (c->on.a * f), 1 / n), lat = M_PI_2 - 2 * atan(t);
    if (!(r > 0)) return false;
    for (int i = 0; i < 8; i++)
        lat = M_PI_2 - 2 * atan(t * pow((1 - e * sin(lat)) / (1 + e * sin(lat)), e / 2));
    out->lat = lat;
    out->lon = radians(c->lon0) + atan2(dx, dy) / n;
    return true;
}

// -- to WGS84 ----------------------------------------------------------------------------------------------------------

static struct geodetic shifted(const struct crs *c, struct geodetic g)
{
    const struct ellipsoid wgs84 = WGS84;
    const struct shift    *s = &c->shift;
    if (s->x == 0 && s->y == 0 && s->z == 0) return g; // within a metre of WGS84, and kept as it is
    double e2 = eccentricity2(&c->on), nu = c->on.a / sqrt(1 - e2 * sin(g.lat) * sin(g.lat));
    double x = nu * cos(g.lat) * cos(g.lon), y = nu * cos(g.lat) * sin(g.lon), z = nu * (1 - e2) * sin(g.lat);
    double rx = radians(s->rx / 3600), ry = radians(s->ry / 3600), rz = radians(s->rz / 3600),
           m = 1 + s->ppm * 1e-6;
    double x2 = s->x + m * (x - rz * y + ry * z), y2 = s->y + m * (rz * x + y - rx * z),
           z2 = s->z + m * (-ry * x + rx * y + z);
    double e2w = eccentricity2(&wgs84), p = hypot(x2, y2), lat = atan2(z2, p * (1 - e2w));
    for (int i = 0; i < 8; i++) {
        double nw = wgs84.a / sqrt(1 - e2w * sin(lat) * sin(lat));
        lat = atan2(z2 + e2w * nw * sin(lat), p);
    }
    return (struct geodetic){ lat, atan2(y2, x2) };
}

bool crs_to_wgs84(const struct crs *c, double x, double y, struct lon_lat *out)
{
    struct geodetic g = { 0 };
    if (!isfinite(x) || !isfinite(y)) return false;
    x *= c->unit_m;
    y *= c->unit_m;
    if (c->method != DEGREES && !(fabs(x - c->x0) <= c->reach_m && fabs(y - c->y0) <= c->reach_m))
        return false;
    switch (c->method) {
    case DEGREES:
        g = (struct geodetic){ radians(y), radians(x) };
        break;
    case MERCATOR:
        g = (struct geodetic){ atan(sinh(y / c->on.a)), x / c->on.a };
        break;
    case TRANSVERSE:
        transverse(c, x, y, &g);
        break;
    case KROVAK:
        if (!krovak(c, x, y, &g)) return false;
        break;
    case CONIC:
        if (!conic(c, x, y, &g)) return false;
        break;
    }
    g = shifted(c, g);
    struct lon_lat at = { g.lon * 180 / M_PI, g.lat * 180 / M_PI };
    if (!(at.lon >= -180 && at.lon <= 180 && at.lat >= -90 && at.lat <= 90)) return false;
    *out = at;
    return true;
}
