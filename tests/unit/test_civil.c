// SPDX-License-Identifier: EUPL-1.2
#include "base/civil.h"

#include "check.h"

static void every_day_goes_round(void **state)
{
    (void)state;
    int32_t day = civil_day(CIVIL_MIN_YEAR, 1, 1), month = civil_month_of_day(day);
    ok_i64(civil_day(1970, 1, 1), 0);
    ok_i64(civil_day(2000, 3, 1), 11017);
    for (int y = CIVIL_MIN_YEAR; y <= CIVIL_MAX_YEAR; y++)
        for (int m = 1; m <= 12; m++, month++) {
            ok_i64(civil_day_of_month(month), day);
            for (int d = 1; d <= civil_month_days(y, m); d++, day++) {
                struct civil c = civil_of_day(day);
                ok(c.year == y && c.month == m && c.day == d, "%d-%d-%d", y, m, d);
                ok_i64(civil_day(y, m, d), day);
                ok_i64(civil_month_of_day(day), month);
            }
        }
    ok_i64(civil_weekday(civil_day(2016, 11, 24)), 3);
    ok_i64(civil_weekday(civil_day(1969, 12, 28)), 6);
}

static void spans(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool        fine;
        int32_t     first, last;
    } rows[] = {
        { "1970", true, 0, 364 },      { "1970-02", true, 31, 58 }, { "1970-01-05", true, 4, 4 },
        { "1972-02", true, 761, 789 }, { "1970-13", false, 0, 0 },  { "1970-02-29", false, 0, 0 },
        { "70", false, 0, 0 },         { "1970-1-5", false, 0, 0 }, { "1970-01-05T", false, 0, 0 },
        { "", false, 0, 0 },           { "1899", false, 0, 0 },     { "2150", false, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int32_t first = 0, last = 0;
        ok(civil_read_span(str_of(rows[i].text), &first, &last) == rows[i].fine, "%s", rows[i].text);
        ok(first == rows[i].first && last == rows[i].last, "%s gives %d..%d", rows[i].text, first, last);
    }
}

static void times(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "1970-01-05",
                                       "1970-01-05T00:00",
                                       "1970-01-05 00:00:00",
                                       "1970-02-29T00:00:00",
                                       "1970-01-05T24:00:00",
                                       "1970-01-05T23:60:00",
                                       "1970-01-05T23:59:60",
                                       "1970-01-05T23:59:59Z",
                                       "1970-01-05T+1:59:59" };
    static const int64_t     good[] = { 0, 86399, 951782400, 1795915428, -1 };
    int64_t                  s = 7;
    for (size_t i = 0; i < COUNT(bad); i++) ok(!civil_read_time(str_of(bad[i]), &s) && s == 7, "%s", bad[i]);
    for (size_t i = 0; i < COUNT(good); i++) {
        struct buf b;
        buf_init(&b, 64);
        civil_add_time(&b, good[i]);
        ok(civil_read_time(buf_str(&b), &s) && s == good[i], "%.*s", STR(buf_str(&b)));
        buf_free(&b);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_day_goes_round),
    cmocka_unit_test(spans),
    cmocka_unit_test(times),
};
TEST_MAIN(tests)
