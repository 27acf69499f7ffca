// SPDX-License-Identifier: EUPL-1.2
// An invented city for measuring: 40 x 40 km around Chicago's middle, 400 hot places whose share falls as 1/rank (Zipf),
// the rest along a street grid of 200 m; 32 kinds, their shares Zipf, too; the years 2001 to 2020 with rhythms of hour,
// weekday and season; one row in a hundred without a place. Row i of a seed is the same in every run and in every order
// of asking, so threads may make parts. Threads: no shared state but the constant tables of `struct town`.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { TOWN_KINDS = 32, TOWN_SPOTS = 400, TOWN_FIRST_YEAR = 2001, TOWN_YEARS = 20, TOWN_DAYS = 7305 };

struct town {
    uint64_t seed;
    uint32_t kind_up_to[TOWN_KINDS], spot_up_to[TOWN_SPOTS]; // cumulative shares of 2^32
    uint32_t hour_up_to[24], day_up_to[TOWN_DAYS];
    int32_t  spot_lon_e7[TOWN_SPOTS], spot_lat_e7[TOWN_SPOTS];
};
struct town_row {
    bool     placed;
    int32_t  lon_e7, lat_e7;
    int32_t  day;                      // since 1970-01-01
    uint16_t second_of_minute, minute; // minute of the day
    uint8_t  kind;                     // 0..31
    uint16_t street;                   // number of the block's street, for its text
    bool     arrest, domestic;
};
void            town_make(struct town *t, uint64_t seed);
struct town_row town_row(const struct town *t, uint64_t i);
/// The kind as the Chicago Data Portal spells it.
const char     *town_kind(uint8_t kind);
/// splitmix64 (Steele, Lea, Flood 2014): the i-th number of a seed.
uint64_t        town_random(uint64_t seed, uint64_t i);
