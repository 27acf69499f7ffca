// SPDX-License-Identifier: EUPL-1.2
#include "analysis/period.h"

#include "base/civil.h"
#include "check.h"

static int32_t first(const char *text)
{
    int32_t a, b;
    ok(civil_read_span(str_of(text), &a, &b), "%s is a date", text);
    return a;
}
static int32_t last(const char *text)
{
    int32_t a, b;
    ok(civil_read_span(str_of(text), &a, &b), "%s is a date", text);
    return b;
}
static struct release_info release(const char *from, const char *to, enum precision finest)
{
    return (struct release_info){
        .rows = 1, .first_day = first(from), .last_day = first(to), .finest = (uint8_t)finest
    };
}

static void a_year_before(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *want_from, *want_to;
    } rows[] = {
        { "2024-01", "2024-12", "2023-01-01", "2023-12-31" },
        { "2024-02", "2024-02", "2023-02-01", "2023-02-28" },
        { "2025-02", "2025-02", "2024-02-01", "2024-02-29" },
        { "2024-02-29", "2024-03-10", "2023-02-28", "2023-03-10" },
        { "2023-03", "2024-02", "2022-03-01", "2023-02-28" },
        { "2025-03-05", "2025-03-05", "2024-03-05", "2024-03-05" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct period p = period_year_before((struct period){ first(rows[i].from), last(rows[i].to) });
        ok(p.from == first(rows[i].want_from) && p.to == last(rows[i].want_to), "a year before %s..%s",
           rows[i].from, rows[i].to);
    }
}

static void the_last_year_of_a_release(void **state)
{
    (void)state;
    static const struct {
        const char    *from, *to;
        enum precision finest;
        const char    *want_from, *want_to;
    } rows[] = {
        { "2021-01-01", "2025-12-31", PRECISION_HOUR, "2025-01", "2025-12" },
        { "2021-01-01", "2025-12-29", PRECISION_HOUR, "2025-01", "2025-12" }, // quiet last days
        { "2021-01-01", "2025-12-10", PRECISION_HOUR, "2024-12", "2025-11" }, // an unfinished month
        { "2018-10-01", "2019-12-01", PRECISION_MONTH, "2019-01",
          "2019-12" }, // rows stand on the first of a month
        { "2018-10-01", "2019-02-01", PRECISION_MONTH, "2018-10", "2019-02" }, // fewer than twelve
        { "2025-01-03", "2025-12-31", PRECISION_DAY, "2025-01", "2025-12" },
        { "2025-03-03", "2025-03-09", PRECISION_DAY, "2025-03-03", "2025-03-09" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct release_info in = release(rows[i].from, rows[i].to, rows[i].finest);
        struct period       p = period_last_year(&in);
        ok(p.from == first(rows[i].want_from) && p.to == last(rows[i].want_to), "the last year of %s..%s",
           rows[i].from, rows[i].to);
    }
    struct release_info empty = { .first_day = 1, .last_day = 0 };
    ok(period_days(period_last_year(&empty)) == 0 && !period_covered(&empty, period_of_release(&empty)),
       "nothing");
}

static void clipping_and_months(void **state)
{
    (void)state;
    struct release_info in = release("2018-10-01", "2019-02-01", PRECISION_MONTH);
    struct filter       f = { .from_day = INT32_MIN, .to_day = last("2018-12") };
    struct period       p = period_of_filter(&in, &f);
    int32_t             month, n;
    ok(p.from == first("2018-10") && p.to == last("2018-12"), "clipped to the release");
    ok(period_is_months(p, &month, &n) && n == 3 && month == 585, "three months from 2018-10");
    ok(period_days(p) == 92, "92 days");
    p.to--;
    ok(!period_is_months(p, &month, &n), "not whole months");
    ok(!period_covered(&in, period_year_before(p)), "the year before is not there");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_year_before),
    cmocka_unit_test(the_last_year_of_a_release),
    cmocka_unit_test(clipping_and_months),
};
TEST_MAIN(tests)
