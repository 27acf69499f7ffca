// SPDX-License-Identifier: EUPL-1.2
// When a publication is asked about: a clock that is wrong, a total that is far from the one before.
#include "main/bounds.h"

#include "base/civil.h"
#include "check.h"
#include <string.h>

static int64_t at(str day)
{
    int32_t first = 0, last;
    ok(civil_read_span(day, &first, &last), "%.*s", STR(day));
    return (int64_t)first * DAY_S + 12 * HOUR_S;
}

static void clocks(void **state)
{
    (void)state;
    static const struct {
        const char *release, *run, *now, *date, *error; // error NULL: it passes
    } rows[] = {
        { "", "", "1999-01-01", "", NULL }, // nothing was imported, so nothing can be public
        { "2026-11-01", "2026-11-28", "2026-11-28", "", NULL },
        { "2026-10-28", "2026-11-28", "2026-12-05", "", NULL },
        { "2026-11-28", "2026-10-01", "2026-12-05", "", NULL }, // published daily, imported seldom
        { "2026-10-28", "2026-11-28", "2026-12-06", "", "8 days after the newest import ran (2026-11-28)" },
        { "2026-11-28", "2026-11-27", "2026-12-28", "", "30 days after release 7 was made (2026-11-28)" },
        { "", "2026-11-28", "1999-01-01", "",
          "says 1999-01-01, and the newest import ran on 2026-11-28, 10193 days later" },
        { "2026-11-28", "2026-11-28", "2026-11-27", "", "release 7 was made on 2026-11-28" },
        { "2026-11-28", "2026-11-28", "2026-11-27", "2026-11-27", NULL },
        { "2026-10-28", "2026-10-28", "2026-12-28", "2026-12-28", NULL },
        { "2026-10-28", "2026-10-28", "2026-12-28", "2026-12-29", NULL }, // of the day after, east of here
        { "2026-10-28", "2026-10-28", "2026-12-28", "2026-12-30",
          "says that today is 2026-12-28, not 2026-12-30" },
        { "2026-10-28", "2026-10-28", "2026-12-28", "2026-11-28", "says that today is 2026-12-28" },
        { "2026-11-28", "2026-11-28", "2026-11-28", "2026-11", "is not a date" },
        { "2026-11-28", "2026-11-28", "2026-11-28", "today", "is not a date" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope         sc = test_scope();
        struct bounds_traces t = { .release = 7,
                                   .release_s = *rows[i].release ? at(str_of(rows[i].release)) : 0,
                                   .run_s = *rows[i].run ? at(str_of(rows[i].run)) : 0 };
        enum err e = bounds_clock(&sc, &t, BOUNDS_PUBLISH, at(str_of(rows[i].now)), str_of(rows[i].date));
        ok((e == OK) == !rows[i].error, "row %zu: %s", i, sc.fault.text);
        if (rows[i].error)
            ok(e == ERR_INVALID && strstr(sc.fault.text, rows[i].error), "row %zu: %s", i, sc.fault.text);
        if (rows[i].error && !*rows[i].date)
            ok(strstr(sc.fault.text, "nothing was published") && strstr(sc.fault.text, "--at-this-date"),
               "%s", sc.fault.text);
        test_scope_end(&sc);
    }
}

static void totals(void **state)
{
    (void)state;
    static const struct {
        uint64_t before, now;
        bool     good;
    } rows[] = {
        { 0, 0, true },       { 0, 1000000, true }, { 1000, 1000, true },  { 1000, 950, true },
        { 1000, 949, false }, { 1000, 1500, true }, { 1000, 1501, false }, { 1000, 0, false },
        { 3, 60003, false },  { 1, 1, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(bounds_total(rows[i].before, rows[i].now) == rows[i].good, "%llu to %llu",
           (unsigned long long)rows[i].before, (unsigned long long)rows[i].now);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(clocks),
    cmocka_unit_test(totals),
};
TEST_MAIN(tests)
