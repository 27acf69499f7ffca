// SPDX-License-Identifier: EUPL-1.2
// gen ROWS [SEED]: the invented city of town.h as CSV in the 22 columns of the Chicago Data Portal, on standard output.
#include "base/buf.h"
#include "base/civil.h"
#include "town.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void add_degrees(struct buf *b, int32_t e7)
{
    uint32_t size = (uint32_t)(e7 < 0 ? -(int64_t)e7 : e7);
    buf_printf(b, "%s%" PRIu32 ".%07" PRIu32, e7 < 0 ? "-" : "", size / 10000000, size % 10000000);
}

static void add_time(struct buf *b, int32_t day, unsigned minute, unsigned second)
{
    struct civil c = civil_of_day(day);
    unsigned     hour = minute / 60;
    buf_printf(b, "%02d/%02d/%04d %02u:%02u:%02u %s", c.month, c.day, c.year, hour % 12 ? hour % 12 : 12,
               minute % 60, second, hour < 12 ? "AM" : "PM");
}

/// A street's number in its block, its direction and its name.
static void add_block(struct buf *b, uint64_t i, uint16_t street)
{
    static const char *const ends[] = { "ST", "AVE", "PL", "BLVD" };
    bool                     east_west = street >= 256;
    buf_printf(b, "%03uXX %c STREET NO %u %s", (unsigned)(town_random(7, i) % 130),
               "NSEW"[(i & 1) + (east_west ? 2 : 0)], street & 255u, ends[street & 3]);
}

static void add_row(struct buf *b, const struct town *t, uint64_t i)
{
    static const char *const places[] = { "STREET",
                                          "RESIDENCE",
                                          "APARTMENT",
                                          "SIDEWALK",
                                          "\"HOTEL, MOTEL\"",
                                          "\"SCHOOL, PUBLIC, BUILDING\"",
                                          "PARKING LOT/GARAGE(NON.RESID.)" };
    struct town_row          r = town_row(t, i);
    uint64_t                 more = town_random(t->seed ^ 0xC57, i);
    unsigned                 district = 1 + (unsigned)(more % 25), year = (unsigned)civil_of_day(r.day).year;
    buf_printf(b, "%" PRIu64 ",H%c%06u,", i + 1000000, 'A' + (char)(more % 26), (unsigned)(i % 1000000));
    add_time(b, r.day, r.minute, r.second_of_minute);
    buf_add_c(b, ',');
    add_block(b, i, r.street);
    buf_printf(b, ",%04u,%s,DESCRIPTION OF KIND %u,%s,%s,%s,%02u%02u,%03u,%u,%u,%02u,",
               r.kind * 50u + (unsigned)(more >> 8) % 20, town_kind(r.kind),
               r.kind * 8u + (unsigned)(more >> 16) % 8, places[(more >> 24) % 7],
               r.arrest ? "true" : "false", r.domestic ? "true" : "false", district,
               (unsigned)(more >> 32) % 30, district, 1 + (unsigned)(more >> 40) % 50,
               1 + (unsigned)(more >> 48) % 77, r.kind);
    if (r.placed)
        buf_printf(b, "%d,%d,", 1130000 + (r.lon_e7 + 879200000) / 340,
                   1810000 + (r.lat_e7 - 416700000) / 270);
    else buf_add(b, S(",,"));
    buf_printf(b, "%u,", year);
    add_time(b, r.day + 7, (unsigned)(more >> 16) % 1440, 0);
    buf_add_c(b, ',');
    if (r.placed) {
        add_degrees(b, r.lat_e7), buf_add_c(b, ','), add_degrees(b, r.lon_e7);
        buf_add(b, S(",\"(")), add_degrees(b, r.lat_e7), buf_add(b, S(", ")), add_degrees(b, r.lon_e7),
            buf_add(b, S(")\""));
    } else buf_add(b, S(",,"));
    buf_add_c(b, '\n');
}

int main(int argc, char **argv)
{
    enum { CHUNK_BYTES = 1 << 20 };
    static struct town t;
    uint64_t           rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    struct buf         b;
    if (!rows) {
        fputs("usage: gen ROWS [SEED]\n", stderr);
        return 2;
    }
    town_make(&t, argc > 2 ? strtoull(argv[2], NULL, 10) : 42);
    buf_init(&b, 2 * CHUNK_BYTES);
    puts("ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location "
         "Description,Arrest,Domestic,Beat,District,Ward,"
         "Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location");
    for (uint64_t i = 0; i < rows; i++) {
        add_row(&b, &t, i);
        if (b.n < CHUNK_BYTES && i + 1 < rows) continue;
        if (b.failed || fwrite(b.p, 1, b.n, stdout) != b.n) {
            perror("gen");
            return 1;
        }
        buf_reset(&b);
    }
    buf_free(&b);
    return fclose(stdout) ? 1 : 0;
}
