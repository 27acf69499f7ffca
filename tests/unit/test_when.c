// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "base/civil.h"
#include "import/when.h"

struct date_case {
    const char      *text, *pattern;
    enum when_result want;
    const char      *first, *last; // wall times
    enum precision   precision;
    int              offset_min; // 999: none told
};
// clang-format off
static const struct date_case cases[] = {
    { "2018-10", "%Y-%m", WHEN_READ, "2018-10-01T00:00:00", "2018-10-31T23:59:59", PRECISION_MONTH, 999 },
    { "2020-02", "%Y-%m", WHEN_READ, "2020-02-01T00:00:00", "2020-02-29T23:59:59", PRECISION_MONTH, 999 },
    { "Mar 2019", "%b %Y", WHEN_READ, "2019-03-01T00:00:00", "2019-03-31T23:59:59", PRECISION_MONTH, 999 },
    { "31.12.2023", "%d.%m.%Y", WHEN_READ, "2023-12-31T00:00:00", "2023-12-31T23:59:59", PRECISION_DAY, 999 },
    { "20231231", "%Y%m%d", WHEN_READ, "2023-12-31T00:00:00", "2023-12-31T23:59:59", PRECISION_DAY, 999 },
    { "11.05.2023 17", "%d.%m.%Y %H", WHEN_READ, "2023-05-11T17:00:00", "2023-05-11T17:59:59", PRECISION_HOUR, 999 },
    { "1/1/06 0:00", "%m/%d/%y %H:%M", WHEN_READ, "2006-01-01T00:00:00", "2006-01-01T00:00:59", PRECISION_MINUTE, 999 },
    { "1/1/69 0:00", "%m/%d/%y %H:%M", WHEN_READ, "1969-01-01T00:00:00", "1969-01-01T00:00:59", PRECISION_MINUTE, 999 },
    { "12/06/2013 06:25:00 PM", "%m/%d/%Y %I:%M:%S %p", WHEN_READ, "2013-12-06T18:25:00", "2013-12-06T18:25:00", PRECISION_MINUTE, 999 },
    { "12/06/2013 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", WHEN_READ, "2013-12-06T00:00:00", "2013-12-06T00:00:00", PRECISION_MINUTE, 999 },
    { "12/06/2013 12:00:00 pm", "%m/%d/%Y %I:%M:%S %p", WHEN_READ, "2013-12-06T12:00:00", "2013-12-06T12:00:00", PRECISION_MINUTE, 999 },
    { "12/06/2013 1:05:00p.m.", "%m/%d/%Y %I:%M:%S %p", WHEN_READ, "2013-12-06T13:05:00", "2013-12-06T13:05:00", PRECISION_MINUTE, 999 },
    { "12/06/2013 13:00:00 PM", "%m/%d/%Y %I:%M:%S %p", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "12/06/2013 00:10:00 AM", "%m/%d/%Y %I:%M:%S %p", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2020/01/01 02:00:00+00", "%Y/%m/%d %H:%M:%S%z", WHEN_READ, "2020-01-01T02:00:00", "2020-01-01T02:00:00", PRECISION_MINUTE, 0 },
    { "2020-01-01T02:00:00.250-05:30", "%Y-%m-%dT%H:%M:%S%z", WHEN_READ, "2020-01-01T02:00:00", "2020-01-01T02:00:00", PRECISION_MINUTE, -330 },
    { "2020-01-01T02:00Z", "%Y-%m-%dT%H:%M%z", WHEN_READ, "2020-01-01T02:00:00", "2020-01-01T02:00:59", PRECISION_MINUTE, 0 },
    { "2020-01-01T02:00+0200", "%Y-%m-%dT%H:%M%z", WHEN_READ, "2020-01-01T02:00:00", "2020-01-01T02:00:59", PRECISION_MINUTE, 120 },
    { "2020-01-01T02:00+15", "%Y-%m-%dT%H:%M%z", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "2016-12-31 23:59:60", "%Y-%m-%d %H:%M:%S", WHEN_READ, "2016-12-31T23:59:59", "2016-12-31T23:59:59", PRECISION_MINUTE, 999 },
    { "2016-12-31 23:59:61", "%Y-%m-%d %H:%M:%S", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "  2016-12-31   23:59 ", "%Y-%m-%d %H:%M", WHEN_READ, "2016-12-31T23:59:00", "2016-12-31T23:59:59", PRECISION_MINUTE, 999 },
    { "2018-13", "%Y-%m", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2018-00", "%Y-%m", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2019-02-29", "%Y-%m-%d", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2000-02-29", "%Y-%m-%d", WHEN_READ, "2000-02-29T00:00:00", "2000-02-29T23:59:59", PRECISION_DAY, 999 },
    { "1900-02-29", "%Y-%m-%d", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "1899-12-31", "%Y-%m-%d", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2150-01-01", "%Y-%m-%d", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2018-10-31 24:00", "%Y-%m-%d %H:%M", WHEN_NO_DAY, NULL, NULL, 0, 0 },
    { "2018-10-31", "%Y-%m", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "2018-10", "%Y-%m-%d", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "05.13.24", "%Y-%m-%d", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "", "%Y-%m-%d", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "-018-10", "%Y-%m", WHEN_OTHER, NULL, NULL, 0, 0 },
    { "100% 2018-10", "100%% %Y-%m", WHEN_READ, "2018-10-01T00:00:00", "2018-10-31T23:59:59", PRECISION_MONTH, 999 },
};
// clang-format on

static str time_text(struct scope *sc, int64_t wall_s)
{
    struct buf b;
    buf_init(&b, 64);
    civil_add_time(&b, wall_s);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void test_dates(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct date_case *c = &cases[i];
        struct when             w;
        ok_err(&sc, when_pattern_check(&sc, str_of(c->pattern)), OK);
        enum when_result got = when_read(str_of(c->text), str_of(c->pattern), &w);
        ok(got == c->want, "\"%s\" by \"%s\": result %d", c->text, c->pattern, got);
        if (got != WHEN_READ) continue;
        ok_str(time_text(&sc, w.wall_s), str_of(c->first));
        ok_str(time_text(&sc, w.last_s), str_of(c->last));
        ok_i64(w.precision, c->precision);
        ok_i64(w.has_offset ? w.offset_s / 60 : 999, c->offset_min);
    }
    test_scope_end(&sc);
}

static void test_bad_patterns(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       "%m-%d",
                                       "%Y",
                                       "%Y-%d",
                                       "%Y-%m %H",
                                       "%Y-%m-%d %M",
                                       "%Y-%m-%d %H:%S",
                                       "%Y-%y-%m",
                                       "%Y-%m-%m",
                                       "%Y-%m-%b",
                                       "%Y-%m-%d %I",
                                       "%Y-%m-%d %p",
                                       "%Y-%m-%d%z",
                                       "%Y-%m-%d %H %I %p",
                                       "%Y-%m-%q",
                                       "%Y-%m-%d %H%" };
    struct scope             sc = test_scope();
    for (size_t i = 0; i < COUNT(bad); i++) {
        enum err e = when_pattern_check(&sc, str_of(bad[i]));
        ok(e == ERR_INVALID, "\"%s\" is taken for a pattern", bad[i]);
    }
    test_scope_end(&sc);
}

// Every second of some days around leap days, written by one pattern and read by it again.
static void test_there_and_back(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    for (int i = 0; i < 20000; i++) {
        int64_t span = (int64_t)(civil_day(2150, 1, 1) - civil_day(1900, 1, 1)) * DAY_S;
        int64_t s = (int64_t)civil_day(1900, 1, 1) * DAY_S + (int64_t)(test_random(&seed) % (uint64_t)span);
        struct civil c = civil_of_s(s);
        char         text[64];
        struct when  w;
        snprintf(text, sizeof text, "%d/%d/%04d %d:%02d:%02d %s", c.month, c.day, c.year,
                 c.hour % 12 ? c.hour % 12 : 12, c.minute, c.second, c.hour < 12 ? "AM" : "PM");
        ok(when_read(str_of(text), S("%m/%d/%Y %I:%M:%S %p"), &w) == WHEN_READ, "%s", text);
        ok(w.wall_s == s, "%s gives another second", text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_dates),
    cmocka_unit_test(test_bad_patterns),
    cmocka_unit_test(test_there_and_back),
};
TEST_MAIN(tests)
