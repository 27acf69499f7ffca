// SPDX-License-Identifier: EUPL-1.2
// gen ROWS [SEED]: the invented city of town.h as CSV in the 22 columns of the Chicago Data Portal, on standard output.
#include "base/civil.h"
#include "base/str.h"
#include "town.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A row is written straight down at p, which moves on. ROW_MAX_BYTES are always free; a row has less than 300.
enum { CHUNK_BYTES = 1 << 20, ROW_MAX_BYTES = 512 };

static char *put(char *p, str s)
{
    memcpy(p, s.p, s.n);
    return p + s.n;
}

/// The last `width` digits of v, with zeros in front.
static char *put_digits(char *p, uint32_t v, unsigned width)
{
    for (char *digit = p + width; digit > p; v /= 10) *--digit = (char)('0' + v % 10);
    return p + width;
}

static char *put_number(char *p, uint64_t v)
{
    unsigned width = 1;
    for (uint64_t rest = v; rest >= 10; rest /= 10) width++;
    for (char *digit = p + width; digit > p; v /= 10) *--digit = (char)('0' + v % 10);
    return p + width;
}

static char *put_degrees(char *p, int32_t e7)
{
    uint32_t size = (uint32_t)(e7 < 0 ? -(int64_t)e7 : e7);
    if (e7 < 0) *p++ = '-';
    p = put_number(p, size / 10000000);
    *p++ = '.';
    return put_digits(p, size % 10000000, 7);
}

static char *put_time(char *p, int32_t day, unsigned minute, unsigned second)
{
    struct civil   c = civil_of_day(day);
    const unsigned hour = minute / 60;
    const struct {
        unsigned v, width;
        char     behind;
    } parts[] = { { (unsigned)c.month, 2, '/' }, { (unsigned)c.day, 2, '/' },
                  { (unsigned)c.year, 4, ' ' },  { hour % 12 ? hour % 12 : 12, 2, ':' },
                  { minute % 60, 2, ':' },       { second, 2, ' ' } };
    for (size_t i = 0; i < COUNT(parts); i++) {
        p = put_digits(p, parts[i].v, parts[i].width);
        *p++ = parts[i].behind;
    }
    return put(p, hour < 12 ? S("AM,") : S("PM,"));
}

/// A street's number in its block, its direction and its name.
static char *put_block(char *p, uint64_t i, uint16_t street)
{
    static const char *const ends[] = { "ST", "AVE", "PL", "BLVD" };
    const bool               east_west = street >= 256;
    p = put_digits(p, (uint32_t)(town_random(7, i) % 130), 3);
    p = put(p, S("XX "));
    *p++ = "NSEW"[(i & 1) + (east_west ? 2 : 0)];
    p = put(p, S(" STREET NO "));
    p = put_number(p, street & 255u);
    *p++ = ' ';
    p = put(p, str_of(ends[street & 3]));
    *p++ = ',';
    return p;
}

/// Of each kind, as in profiles/codes/chicago-iucr.codes: what the list does not know is withheld from everybody.
static const char *const codes[TOWN_KINDS][4] = {
    { "0810", "0841", "0850", "0870" }, // THEFT
    { "041A", "0452", "0479", "0486" }, // BATTERY
    { "1265", "1310", "1340", "1370" }, // CRIMINAL DAMAGE
    { "1811", "2015", "2027", "2080" }, // NARCOTICS
    { "051A", "0530", "0552", "0556" }, // ASSAULT
    { "1682", "4420", "5001", "502P" }, // OTHER OFFENSE
    { "0610", "0620", "0630", "0650" }, // BURGLARY
    { "0910", "0918", "0927", "0935" }, // MOTOR VEHICLE THEFT
    { "1110", "1151", "1185", "1235" }, // DECEPTIVE PRACTICE
    { "0312", "031B", "0330", "0337" }, // ROBBERY
    { "1330", "1335", "1350", "1360" }, // CRIMINAL TRESPASS
    { "141A", "142B", "143C", "1475" }, // WEAPONS VIOLATION
    { "1505", "1510", "1515", "1526" }, // PROSTITUTION
    { "0470", "2851", "2890", "3100" }, // PUBLIC PEACE VIOLATION
    { "1537", "1720", "1752", "1775" }, // OFFENSE INVOLVING CHILDREN
    { "0261", "0264", "0271", "0274" }, // CRIM SEXUAL ASSAULT
    { "1544", "1564", "1572", "1580" }, // SEX OFFENSE
    { "3710", "3731", "3751", "3800" }, // INTERFERENCE WITH PUBLIC OFFICER
    { "1610", "1625", "1640", "1690" }, // GAMBLING
    { "2210", "2220", "2240", "2250" }, // LIQUOR LAW VIOLATION
    { "1010", "1020", "1030", "1035" }, // ARSON
    { "0110", "0130", "0141", "0142" }, // HOMICIDE
    { "1792", "4210", "4230", "4240" }, // KIDNAPPING
    { "3960", "3961", "3970", "3975" }, // INTIMIDATION
    { "0580", "0581", "0583", "0584" }, // STALKING
    { "1535", "1540", "1541", "1542" }, // OBSCENITY
    { "1478", "1479", "1480", "1478" }, // CONCEALED CARRY LICENSE VIOLATION
    { "0585", "1481", "5094", "5113" }, // NON-CRIMINAL
    { "1536", "1536", "1536", "1536" }, // PUBLIC INDECENCY
    { "1900", "1900", "1900", "1900" }, // OTHER NARCOTIC VIOLATION
    { "1050", "1055", "1050", "1055" }, // HUMAN TRAFFICKING
    { "0490", "0491", "0493", "0494" }, // RITUALISM
};

static char *put_kind(char *p, const struct town_row *r, uint64_t more)
{
    static const char *const places[] = { "STREET",
                                          "RESIDENCE",
                                          "APARTMENT",
                                          "SIDEWALK",
                                          "\"HOTEL, MOTEL\"",
                                          "\"SCHOOL, PUBLIC, BUILDING\"",
                                          "PARKING LOT/GARAGE(NON.RESID.)" };
    p = put(p, str_of(codes[r->kind][(more >> 8) % 4]));
    *p++ = ',';
    p = put(p, str_of(town_kind(r->kind)));
    p = put(p, S(",DESCRIPTION NUMBER "));
    p = put_number(p, r->kind * 8u + (uint32_t)(more >> 16) % 8);
    *p++ = ',';
    p = put(p, str_of(places[(more >> 24) % 7]));
    p = put(p, r->arrest ? S(",true,") : S(",false,"));
    return put(p, r->domestic ? S("true,") : S("false,"));
}

/// Beat, district, ward, community area, FBI code.
static char *put_offices(char *p, const struct town_row *r, uint64_t more)
{
    uint32_t district = 1 + (uint32_t)(more % 25);
    p = put_digits(p, district, 2);
    p = put_digits(p, (uint32_t)(more >> 32) % 30, 2);
    *p++ = ',';
    p = put_digits(p, district, 3);
    *p++ = ',';
    p = put_number(p, 1 + (uint32_t)(more >> 40) % 50);
    *p++ = ',';
    p = put_number(p, 1 + (uint32_t)(more >> 48) % 77);
    *p++ = ',';
    p = put_digits(p, r->kind, 2);
    *p++ = ',';
    return p;
}

/// Feet east and north, not of any survey, but in its range.
static char *put_feet(char *p, const struct town_row *r)
{
    if (!r->placed) return put(p, S(",,"));
    p = put_number(p, (uint64_t)(1130000 + (r->lon_e7 + 879200000) / 340));
    *p++ = ',';
    p = put_number(p, (uint64_t)(1810000 + (r->lat_e7 - 416700000) / 270));
    *p++ = ',';
    return p;
}

static char *put_location(char *p, const struct town_row *r)
{
    if (!r->placed) return put(p, S(",,\n"));
    char *lat = p, *lon;
    p = put_degrees(p, r->lat_e7);
    str lat_text = { lat, (size_t)(p - lat) };
    *p++ = ',';
    lon = p;
    p = put_degrees(p, r->lon_e7);
    str lon_text = { lon, (size_t)(p - lon) };
    p = put(p, S(",\"("));
    p = put(p, lat_text);
    p = put(p, S(", "));
    p = put(p, lon_text);
    return put(p, S(")\"\n"));
}

static char *put_row(char *p, const struct town *t, uint64_t i)
{
    struct town_row r = town_row(t, i);
    uint64_t        more = town_random(t->seed ^ 0xC57, i);
    p = put_number(p, i + 1000000);
    p = put(p, S(",H"));
    *p++ = (char)('A' + more % 26);
    p = put_digits(p, (uint32_t)(i % 1000000), 6);
    *p++ = ',';
    p = put_time(p, r.day, r.minute, r.second_of_minute);
    p = put_block(p, i, r.street);
    p = put_kind(p, &r, more);
    p = put_offices(p, &r, more);
    p = put_feet(p, &r);
    p = put_number(p, (uint64_t)civil_of_day(r.day).year);
    *p++ = ',';
    p = put_time(p, r.day + 7, (unsigned)(more >> 16) % 1440, 0);
    return put_location(p, &r);
}

int main(int argc, char **argv)
{
    static struct town t;
    static char        chunk[CHUNK_BYTES + ROW_MAX_BYTES];
    char              *p = chunk;
    uint64_t           rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    if (!rows) {
        fputs("usage: gen ROWS [SEED]\n", stderr);
        return 2;
    }
    town_make(&t, argc > 2 ? strtoull(argv[2], NULL, 10) : 42);
    puts("ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location "
         "Description,Arrest,Domestic,Beat,District,Ward,"
         "Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location");
    for (uint64_t i = 0; i < rows; i++) {
        p = put_row(p, &t, i);
        if (p < chunk + CHUNK_BYTES && i + 1 < rows) continue;
        if (fwrite(chunk, 1, (size_t)(p - chunk), stdout) != (size_t)(p - chunk)) {
            perror("gen");
            return 1;
        }
        p = chunk;
    }
    return fclose(stdout) ? 1 : 0;
}
