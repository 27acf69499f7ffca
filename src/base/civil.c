// SPDX-License-Identifier: EUPL-1.2
#include "base/civil.h"

int32_t civil_day(int year, int month, int day)
{
    // Years begin in March here, so that the leap day is the last of a year.
    int      y = month <= 2 ? year - 1 : year;
    int      era = (y >= 0 ? y : y - 399) / 400;
    unsigned yoe = (unsigned)(y - era * 400);
    unsigned doy = (153u * (unsigned)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (unsigned)day - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + (int32_t)doe - 719468;
}

struct civil civil_of_day(int32_t day)
{
    int32_t  z = day + 719468;
    int32_t  era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    int      month = (int)(mp < 10 ? mp + 3 : mp - 9);
    int      year = (int)yoe + era * 400 + (month <= 2);
    return (struct civil){ .year = year, .month = month, .day = (int)(doy - (153 * mp + 2) / 5 + 1) };
}

int civil_month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool             leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool civil_is_date(int year, int month, int day)
{
    return year >= CIVIL_MIN_YEAR && year <= CIVIL_MAX_YEAR && month >= 1 && month <= 12 && day >= 1 &&
           day <= civil_month_days(year, month);
}

int32_t civil_floor_day(int64_t wall_s)
{
    int64_t d = wall_s / DAY_S;
    return (int32_t)(wall_s % DAY_S < 0 ? d - 1 : d);
}

struct civil civil_of_s(int64_t wall_s)
{
    int32_t      day = civil_floor_day(wall_s);
    struct civil c = civil_of_day(day);
    int          s = (int)(wall_s - (int64_t)day * DAY_S);
    c.hour = s / HOUR_S;
    c.minute = s / 60 % 60;
    c.second = s % 60;
    return c;
}

int64_t civil_s(const struct civil *c)
{
    return (int64_t)civil_day(c->year, c->month, c->day) * DAY_S + c->hour * HOUR_S + c->minute * 60 +
           c->second;
}

int civil_weekday(int32_t day)
{
    int w = (day + 3) % 7; // 1970-01-01 was a Thursday
    return w < 0 ? w + 7 : w;
}

int32_t civil_month_of_day(int32_t day)
{
    struct civil c = civil_of_day(day);
    return (c.year - 1970) * 12 + c.month - 1;
}

int32_t civil_day_of_month(int32_t month)
{
    int years = month >= 0 ? month / 12 : -((11 - month) / 12);
    return civil_day(1970 + years, month - years * 12 + 1, 1);
}

static bool digits(str s, size_t from, size_t n, int *out)
{
    uint64_t v;
    if (s.n < from + n || !str_to_u64(str_slice(s, from, from + n), &v)) return false;
    *out = (int)v;
    return true;
}

bool civil_read_span(str s, int32_t *first_day, int32_t *last_day)
{
    int  year, month = 1, day = 1;
    bool ok = digits(s, 0, 4, &year);
    if (s.n >= 7) ok = ok && s.p[4] == '-' && digits(s, 5, 2, &month);
    if (s.n >= 10) ok = ok && s.p[7] == '-' && digits(s, 8, 2, &day);
    if (!ok || (s.n != 4 && s.n != 7 && s.n != 10) || !civil_is_date(year, month, day)) return false;
    *first_day = civil_day(year, month, day);
    if (s.n == 4) *last_day = civil_day(year, 12, 31);
    else if (s.n == 7) *last_day = civil_day(year, month, civil_month_days(year, month));
    else *last_day = *first_day;
    return true;
}

bool civil_read_time(str s, int64_t *wall_s)
{
    int32_t day, last;
    int     h, m, sec;
    if (s.n != 19 || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' ||
        !civil_read_span(str_slice(s, 0, 10), &day, &last) || !digits(s, 11, 2, &h) ||
        !digits(s, 14, 2, &m) || !digits(s, 17, 2, &sec) || h > 23 || m > 59 || sec > 59)
        return false;
    *wall_s = (int64_t)day * DAY_S + (int64_t)h * HOUR_S + m * 60 + sec;
    return true;
}

void civil_add_day(struct buf *b, int32_t day)
{
    struct civil c = civil_of_day(day);
    buf_printf(b, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void civil_add_month(struct buf *b, int32_t month)
{
    struct civil c = civil_of_day(civil_day_of_month(month));
    buf_printf(b, "%04d-%02d", c.year, c.month);
}

void civil_add_time(struct buf *b, int64_t wall_s)
{
    struct civil c = civil_of_s(wall_s);
    buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
}
