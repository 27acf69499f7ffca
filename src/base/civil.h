// SPDX-License-Identifier: EUPL-1.2
// The proleptic Gregorian calendar without zones: days since 1970-01-01 and "wall seconds", which are the
// seconds since 1970-01-01 00:00 on the wall clock of the place, whatever its zone (base/zone.h turns them to
// UTC). Source of the day arithmetic: Hinnant (2013), "chrono-compatible low-level date algorithms".
#pragma once
#include "base/buf.h"
#include "base/str.h"

enum { DAY_S = 86400, HOUR_S = 3600, CIVIL_MIN_YEAR = 1900, CIVIL_MAX_YEAR = 2149 };

struct civil {
    int year, month, day;     // month 1..12, day 1..31
    int hour, minute, second; // 0..23, 0..59, 0..59
};

int32_t      civil_day(int year, int month, int day); // days since 1970-01-01; no check
bool         civil_is_date(int year, int month, int day);
int          civil_month_days(int year, int month);
struct civil civil_of_day(int32_t day);
struct civil civil_of_s(int64_t wall_s);
int64_t      civil_s(const struct civil *c);
int          civil_weekday(int32_t day); // 0 Monday .. 6 Sunday
int32_t      civil_floor_day(int64_t wall_s);
/// Months since 1970-01 of a day / first day of such a month.
int32_t      civil_month_of_day(int32_t day);
int32_t      civil_day_of_month(int32_t month);

/// Reads 2018, 2018-10 or 2018-10-31 and gives its first and last day. False: not such a date, or a year
/// outside CIVIL_MIN_YEAR..CIVIL_MAX_YEAR.
bool civil_read_span(str s, int32_t *first_day, int32_t *last_day);
/// 2018-10-31 / 2018-10 / 2018-10-31T04:05:06
void civil_add_day(struct buf *b, int32_t day);
void civil_add_month(struct buf *b, int32_t month);
void civil_add_time(struct buf *b, int64_t wall_s);
/// Reads what civil_add_time writes; false: anything else, or no such day or time.
bool civil_read_time(str s, int64_t *wall_s);
