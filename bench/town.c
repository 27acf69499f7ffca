// SPDX-License-Identifier: EUPL-1.2
#include "town.h"

#include "base/civil.h"
#include <math.h>
#include <stddef.h>

// 40 km in degrees times 10^7 at Chicago's latitude, and the step of the street grid.
enum {
    WEST_E7 = -879200000,
    SOUTH_E7 = 416700000,
    WIDE_E7 = 4820000,
    HIGH_E7 = 3600000,
    STREET_LON_E7 = 24100,
    STREET_LAT_E7 = 18000
};

static const char *const kinds[TOWN_KINDS] = {
    "THEFT",
    "BATTERY",
    "CRIMINAL DAMAGE",
    "NARCOTICS",
    "ASSAULT",
    "OTHER OFFENSE",
    "BURGLARY",
    "MOTOR VEHICLE THEFT",
    "DECEPTIVE PRACTICE",
    "ROBBERY",
    "CRIMINAL TRESPASS",
    "WEAPONS VIOLATION",
    "PROSTITUTION",
    "PUBLIC PEACE VIOLATION",
    "OFFENSE INVOLVING CHILDREN",
    "CRIM SEXUAL ASSAULT",
    "SEX OFFENSE",
    "INTERFERENCE WITH PUBLIC OFFICER",
    "GAMBLING",
    "LIQUOR LAW VIOLATION",
    "ARSON",
    "HOMICIDE",
    "KIDNAPPING",
    "INTIMIDATION",
    "STALKING",
    "OBSCENITY",
    "CONCEALED CARRY LICENSE VIOLATION",
    "NON-CRIMINAL",
    "PUBLIC INDECENCY",
    "OTHER NARCOTIC VIOLATION",
    "HUMAN TRAFFICKING",
    "RITUALISM",
};

const char *town_kind(uint8_t kind)
{
    return kinds[kind % TOWN_KINDS];
}

uint64_t town_random(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Weights to cumulative shares of 2^32, the last of them all of it.
static void shares(const double *weight, size_t n, uint32_t *up_to)
{
    double sum = 0, so_far = 0;
    for (size_t i = 0; i < n; i++) sum += weight[i];
    for (size_t i = 0; i < n; i++) {
        so_far += weight[i];
        up_to[i] = i + 1 == n ? UINT32_MAX : (uint32_t)(so_far / sum * 4294967295.0);
    }
}

static uint32_t choose(const uint32_t *up_to, uint32_t n, uint32_t random)
{
    uint32_t from = 0, end = n - 1;
    while (from < end) {
        uint32_t middle = from + (end - from) / 2;
        if (up_to[middle] < random) from = middle + 1;
        else end = middle;
    }
    return from;
}

void town_make(struct town *t, uint64_t seed)
{
    double weight[TOWN_DAYS];
    t->seed = seed;
    for (unsigned i = 0; i < TOWN_KINDS; i++) weight[i] = 1.0 / (i + 1);
    shares(weight, TOWN_KINDS, t->kind_up_to);
    for (unsigned i = 0; i < TOWN_SPOTS; i++) weight[i] = 1.0 / (i + 1);
    shares(weight, TOWN_SPOTS, t->spot_up_to);
    for (unsigned h = 0; h < 24; h++) weight[h] = 1.2 - cos((h - 4) * 2 * M_PI / 24) * 0.8;
    shares(weight, 24, t->hour_up_to);
    int32_t first = civil_day(TOWN_FIRST_YEAR, 1, 1);
    for (int32_t d = 0; d < TOWN_DAYS;
         d++) { // fewer from year to year, more in summer and on Fridays and Saturdays
        int weekday = (int)((d + first + 3) % 7);
        weight[d] = (1.6 - (double)d / TOWN_DAYS) * (1 - 0.25 * cos((d - 15) * 2 * M_PI / 365.25)) *
                    (weekday == 4 || weekday == 5 ? 1.2 : 1);
    }
    shares(weight, TOWN_DAYS, t->day_up_to);
    for (uint64_t i = 0; i < TOWN_SPOTS; i++) {
        uint64_t r = town_random(seed ^ 0x5707, i);
        t->spot_lon_e7[i] = WEST_E7 + (int32_t)((r >> 32) % WIDE_E7);
        t->spot_lat_e7[i] = SOUTH_E7 + (int32_t)((r & UINT32_MAX) % HIGH_E7);
    }
}

/// Roughly normal, -3..3 times the scale: the sum of four uniform numbers.
static int32_t spread(uint64_t r, int32_t scale)
{
    int32_t sum = (int32_t)(r & 1023) + (int32_t)(r >> 10 & 1023) + (int32_t)(r >> 20 & 1023) +
                  (int32_t)(r >> 30 & 1023) - 2046;
    return (int32_t)((int64_t)sum * scale / 590);
}

/// Onto the nearest street of the grid, at one of 16 numbers of the block: as feeds do that name blocks, not doors.
static void to_street(struct town_row *row, uint64_t r)
{
    int32_t x = row->lon_e7 - WEST_E7, y = row->lat_e7 - SOUTH_E7;
    bool    north_south = r & 1;
    int32_t number = (int32_t)(r >> 1 & 15);
    x = (x < 0 ? 0 : x >= WIDE_E7 ? WIDE_E7 - 1 : x) / STREET_LON_E7;
    y = (y < 0 ? 0 : y >= HIGH_E7 ? HIGH_E7 - 1 : y) / STREET_LAT_E7;
    row->street = (uint16_t)(north_south ? x : 256 + y);
    row->lon_e7 = WEST_E7 + x * STREET_LON_E7 + (north_south ? 0 : number * STREET_LON_E7 / 16);
    row->lat_e7 = SOUTH_E7 + y * STREET_LAT_E7 + (north_south ? number * STREET_LAT_E7 / 16 : 0);
}

struct town_row town_row(const struct town *t, uint64_t i)
{
    uint64_t        a = town_random(t->seed, 4 * i), b = town_random(t->seed, 4 * i + 1);
    uint64_t        c = town_random(t->seed, 4 * i + 2), d = town_random(t->seed, 4 * i + 3);
    struct town_row row = { .placed = a % 100 != 0 };
    row.kind = (uint8_t)choose(t->kind_up_to, TOWN_KINDS, (uint32_t)(a >> 32));
    row.day = civil_day(TOWN_FIRST_YEAR, 1, 1) + (int32_t)choose(t->day_up_to, TOWN_DAYS, (uint32_t)b);
    row.minute = (uint16_t)(choose(t->hour_up_to, 24, (uint32_t)(b >> 32)) * 60 + d % 60);
    row.second_of_minute = d >> 8 & 3 ? 0 : (uint16_t)((d >> 10) % 60);
    row.arrest = (d >> 20) % 4 == 0;
    row.domestic = (d >> 24) % 7 == 0;
    if ((d >> 32) % 10 < 6) {
        uint32_t spot = choose(t->spot_up_to, TOWN_SPOTS, (uint32_t)c);
        row.lon_e7 = t->spot_lon_e7[spot] + spread(d >> 16, 40000);
        row.lat_e7 = t->spot_lat_e7[spot] + spread(c >> 20, 30000);
    } else {
        row.lon_e7 = WEST_E7 + (int32_t)((c >> 32) % WIDE_E7);
        row.lat_e7 = SOUTH_E7 + (int32_t)((c & UINT32_MAX) % HIGH_E7);
    }
    to_street(&row, town_random(t->seed ^ 0xB10C, i));
    if (!row.placed) row.lon_e7 = row.lat_e7 = 0;
    return row;
}
