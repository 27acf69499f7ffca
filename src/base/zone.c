// SPDX-License-Identifier: EUPL-1.2
// RFC 8536: a header, then 32-bit data, then (version 2 and later) the same again with 64-bit times and a
// footer with a POSIX rule ("EET-2EEST,M3.5.0/3,M10.5.0/4") for all time after the table.
#include "base/zone.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/file.h"
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 256 * 1024, MAX_TIMES = 4096, NAME_MAX_BYTES = 64 };

struct rule { // of POSIX: when one of the two changes of a year comes
    enum { DAY_OF_YEAR, DAY_OF_YEAR_NO_LEAP, MONTH_WEEK_DAY } kind;
    int     day, month, week;
    int32_t time_s;
};

struct zone {
    int64_t    *at;     // [n] UTC seconds at which an offset begins
    int32_t    *offset; // [n + 1]; offset[i] holds before at[i]
    size_t      n;
    bool        has_rule, has_summer;
    int32_t     standard_s, summer_s;
    struct rule begin, end;
};

void zone_close(struct zone *z)
{
    if (!z) return;
    free(z->at);
    free(z->offset);
    free(z);
}

void zone_closep(struct zone **z)
{
    zone_close(*z);
    *z = NULL;
}

// -- the footer ---------------------------------------------------------------------------------------------

static bool read_int(const char **p, int *out)
{
    int v = 0, n = 0;
    for (; **p >= '0' && **p <= '9' && n < 6; (*p)++, n++) v = v * 10 + (**p - '0');
    *out = v;
    return n > 0;
}

/// [+-]hh[:mm[:ss]]
static bool read_hms(const char **p, int32_t *out)
{
    int sign = **p == '-' ? -1 : 1, part[3] = { 0 };
    if (**p == '-' || **p == '+') (*p)++;
    for (int i = 0; i < 3; i++) {
        if (i && **p != ':') break;
        if (i) (*p)++;
        if (!read_int(p, &part[i]) || part[i] > (i ? 59 : 167)) return false; // RFC 8536, 3.3.1
    }
    *out = sign * (part[0] * HOUR_S + part[1] * 60 + part[2]);
    return true;
}

static bool skip_name(const char **p)
{
    const char *from = *p;
    if (**p == '<') {
        while (**p && **p != '>') (*p)++;
        if (**p != '>') return false;
        (*p)++;
        return true;
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z')) (*p)++;
    return *p - from >= 3;
}

static bool read_rule(const char **p, struct rule *out)
{
    struct rule r = { .time_s = 2 * HOUR_S };
    if (**p != ',') return false;
    (*p)++;
    if (**p == 'M') {
        (*p)++;
        r.kind = MONTH_WEEK_DAY;
        if (!read_int(p, &r.month) || *(*p)++ != '.' || !read_int(p, &r.week) || *(*p)++ != '.' ||
            !read_int(p, &r.day))
            return false;
        if (r.month < 1 || r.month > 12 || r.week < 1 || r.week > 5 || r.day > 6) return false;
    } else {
        r.kind = **p == 'J' ? DAY_OF_YEAR_NO_LEAP : DAY_OF_YEAR;
        if (**p == 'J') (*p)++;
        if (!read_int(p, &r.day) || r.day > 366) return false;
    }
    if (**p == '/') {
        (*p)++;
        if (!read_hms(p, &r.time_s)) return false;
    }
    *out = r;
    return true;
}

static bool read_footer(const char *p, struct zone *z)
{
    int32_t west;
    if (!*p) return true; // no rule: the last offset holds for ever
    if (!skip_name(&p) || !read_hms(&p, &west)) return false;
    z->has_rule = true;
    z->standard_s = -west;
    if (!*p) return true;
    if (!skip_name(&p)) return false;
    z->has_summer = true;
    z->summer_s = z->standard_s + HOUR_S;
    if (*p != ',') {
        if (!read_hms(&p, &west)) return false;
        z->summer_s = -west;
    }
    return read_rule(&p, &z->begin) && read_rule(&p, &z->end) && !*p;
}

/// Wall seconds, on the wall clock before the change, at which the rule comes in a year.
static int64_t rule_wall_s(const struct rule *r, int year)
{
    int32_t day;
    if (r->kind == MONTH_WEEK_DAY) {
        int32_t first = civil_day(year, r->month, 1);
        int     sunday_first = (civil_weekday(first) + 1) % 7; // POSIX counts weekdays from Sunday
        day = first + (r->day - sunday_first + 7) % 7 + (r->week - 1) * 7;
        if (day >= first + civil_month_days(year, r->month)) day -= 7;
    } else {
        day = civil_day(year, 1, 1) + r->day - (r->kind == DAY_OF_YEAR_NO_LEAP);
        if (r->kind == DAY_OF_YEAR_NO_LEAP && r->day >= 60 && civil_month_days(year, 2) == 29) day++;
    }
    return (int64_t)day * DAY_S + r->time_s;
}

static int32_t offset_by_rule(const struct zone *z, int64_t utc_s)
{
    if (!z->has_summer) return z->standard_s;
    int     year = civil_of_s(utc_s + z->standard_s).year;
    int64_t begin = rule_wall_s(&z->begin, year) - z->standard_s,
            end = rule_wall_s(&z->end, year) - z->summer_s;
    bool summer = begin < end ? utc_s >= begin && utc_s < end : utc_s >= begin || utc_s < end;
    return summer ? z->summer_s : z->standard_s;
}

// -- the table ----------------------------------------------------------------------------------------------

static int64_t be(const unsigned char *p, int bytes)
{
    uint64_t v = p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | p[i];
    return (int64_t)v;
}

struct head {
    size_t isut, isstd, leap, times, types, chars;
};
enum { HEAD_BYTES = 44 };

static bool read_head(str s, struct head *h)
{
    if (s.n < HEAD_BYTES || memcmp(s.p, "TZif", 4)) return false;
    const unsigned char *p = (const unsigned char *)s.p + 20;
    size_t              *field[] = { &h->isut, &h->isstd, &h->leap, &h->times, &h->types, &h->chars };
    for (size_t i = 0; i < COUNT(field); i++) {
        int64_t v = be(p + 4 * i, 4);
        if (v < 0 || v > FILE_MAX_BYTES) return false;
        *field[i] = (size_t)v;
    }
    return h->types > 0 && h->types <= 256 && h->times <= MAX_TIMES;
}

static size_t body_bytes(const struct head *h, size_t time_bytes)
{
    return h->times * (time_bytes + 1) + h->types * 6 + h->chars + h->leap * (time_bytes + 4) + h->isstd +
           h->isut;
}

static enum err no_zone(struct scope *sc, const char *what)
{
    return fail(&sc->fault, ERR_CORRUPT, "the time zone file is broken: %s", what);
}

static enum err read_table(struct scope *sc, const unsigned char *p, const struct head *h, int time_bytes,
                           struct zone *z)
{
    const unsigned char *index = p + h->times * (size_t)time_bytes, *type = index + h->times;
    z->n = h->times;
    z->at = calloc(h->times + 1, sizeof *z->at);
    z->offset = calloc(h->times + 1, sizeof *z->offset);
    if (!z->at || !z->offset) return fail(&sc->fault, ERR_NOMEM, "no room for a time zone");
    z->offset[0] = (int32_t)be(type, 4); // RFC 8536, 3.2: the first type holds before the first transition
    for (size_t i = 0; i < h->times; i++) {
        z->at[i] = be(p + i * (size_t)time_bytes, time_bytes);
        if (index[i] >= h->types || (i && z->at[i] <= z->at[i - 1])) return no_zone(sc, "its table");
        z->offset[i + 1] = (int32_t)be(type + 6 * (size_t)index[i], 4);
    }
    for (size_t i = 0; i <= h->times; i++)
        if (z->offset[i] < -26 * HOUR_S || z->offset[i] > 26 * HOUR_S) return no_zone(sc, "an offset");
    return OK;
}

static enum err parse(struct scope *sc, str s, struct zone *z)
{
    enum { FOOTER_MAX_BYTES = 200 };
    struct head h;
    if (!read_head(s, &h)) return no_zone(sc, "its head");
    size_t bytes = HEAD_BYTES + body_bytes(&h, 4);
    if (s.n < bytes) return no_zone(sc, "it is cut off");
    if (s.p[4] == 0) return read_table(sc, (const unsigned char *)s.p + HEAD_BYTES, &h, 4, z); // version 1
    s = str_slice(s, bytes, s.n);
    if (!read_head(s, &h)) return no_zone(sc, "its second head");
    bytes = HEAD_BYTES + body_bytes(&h, 8);
    if (s.n < bytes) return no_zone(sc, "it is cut off");
    TRY(read_table(sc, (const unsigned char *)s.p + HEAD_BYTES, &h, 8, z));
    str  footer = str_slice(s, bytes, s.n);
    char text[FOOTER_MAX_BYTES] = "";
    if (footer.n < 2 || footer.n > sizeof text || footer.p[0] != '\n' || footer.p[footer.n - 1] != '\n')
        return no_zone(sc, "its footer");
    memcpy(text, footer.p + 1, footer.n - 2);
    return read_footer(text, z) ? OK : no_zone(sc, "its footer");
}

enum err zone_read(struct scope *sc, str bytes, struct zone **out)
{
    AUTO(zone_closep) struct zone *z = calloc(1, sizeof *z);
    if (!z) return fail(&sc->fault, ERR_NOMEM, "no room for a time zone");
    TRY(parse(sc, bytes, z));
    *out = z;
    z = NULL;
    return OK;
}

static bool is_name(str name)
{
    if (!name.n || name.n > NAME_MAX_BYTES || name.p[0] == '/') return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
                     c == '_' || c == '-' || c == '+';
        if (!plain) return false;
    }
    return true;
}

enum err zone_open(struct scope *sc, str name, struct zone **out)
{
    if (!is_name(name))
        return fail(&sc->fault, ERR_NOTFOUND, "\"%.*s\" is no time zone; write one as Europe/Kyiv",
                    STR(str_slice(name, 0, 64)));
    str path = arena_printf(sc->mem, "/usr/share/zoneinfo/%.*s", STR(name)), bytes;
    if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    enum err e = file_read(sc, path.p, FILE_MAX_BYTES, &bytes);
    if (e == ERR_NOTFOUND || e == ERR_IO)
        return fail(&sc->fault, ERR_NOTFOUND,
                    "there is no time zone \"%.*s\" (in /usr/share/zoneinfo); write one as Europe/Kyiv",
                    STR(name));
    if (e) return e;
    return zone_read(sc, bytes, out) ? fail_at(&sc->fault, "%s", path.p) : OK;
}

int32_t zone_offset_utc(const struct zone *z, int64_t utc_s)
{
    if (z->n == 0 || utc_s >= z->at[z->n - 1])
        return z->has_rule ? offset_by_rule(z, utc_s) : z->offset[z->n];
    size_t low = 0, high = z->n - 1; // the first transition after utc_s
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] > utc_s) high = middle;
        else low = middle + 1;
    }
    return z->offset[low];
}

int32_t zone_offset_wall(const struct zone *z, int64_t wall_s, enum zone_kind *kind)
{
    // No zone is a day away from UTC: the offsets of a day before and after are the two that can be meant.
    int32_t before = zone_offset_utc(z, wall_s - DAY_S), after = zone_offset_utc(z, wall_s + DAY_S);
    bool    as_before = zone_offset_utc(z, wall_s - before) == before;
    bool    as_after = zone_offset_utc(z, wall_s - after) == after;
    if (kind)
        *kind = before == after || as_before != as_after ? ZONE_ONCE : as_before ? ZONE_REPEAT : ZONE_GAP;
    if (as_before || !as_after) return before; // the first of two; and in a gap the offset before it
    return after;
}
