// SPDX-License-Identifier: EUPL-1.2
#include "analysis/period.h"

#include "base/civil.h"

static int32_t month_end(int32_t day)
{
    return civil_day_of_month(civil_month_of_day(day) + 1) - 1;
}

struct period period_of_release(const struct release_info *in)
{
    if (in->first_day > in->last_day || !in->rows) return (struct period){ 0, -1 };
    if (in->finest != PRECISION_MONTH) return (struct period){ in->first_day, in->last_day };
    return (struct period){ civil_day_of_month(civil_month_of_day(in->first_day)), month_end(in->last_day) };
}

struct period period_of_filter(const struct release_info *in, const struct filter *f)
{
    struct period p = period_of_release(in);
    if (f->from_day > p.from) p.from = f->from_day;
    if (f->to_day < p.to) p.to = f->to_day;
    return p;
}

static int32_t year_earlier(int32_t day)
{
    struct civil c = civil_of_day(day);
    int          last = civil_month_days(c.year - 1, c.month);
    bool         at_end = c.day == civil_month_days(c.year, c.month);
    return civil_day(c.year - 1, c.month, at_end || c.day > last ? last : c.day);
}

struct period period_year_before(struct period p)
{
    if (p.from > p.to) return p;
    // The first day must not jump to the month's end: 29 February stands for 1 March's eve only as a last
    // day.
    struct civil c = civil_of_day(p.from);
    int          last = civil_month_days(c.year - 1, c.month);
    return (struct period){ civil_day(c.year - 1, c.month, c.day > last ? last : c.day), year_earlier(p.to) };
}

struct period period_last_year(const struct release_info *in)
{
    struct period all = period_of_release(in);
    if (all.from > all.to) return all;
    int32_t to = month_end(all.to);
    if (to - all.to >= 3) to = civil_day_of_month(civil_month_of_day(all.to)) - 1;
    int32_t from = civil_day_of_month(civil_month_of_day(to) - 11);
    if (from < all.from - 3) return all;
    return (struct period){ from, to };
}

bool period_covered(const struct release_info *in, struct period p)
{
    // The release's first row may be a day or two into the period that its source covers.
    struct period all = period_of_release(in);
    return p.from <= p.to && p.from >= all.from - 3 && p.to <= all.to + 3;
}

int32_t period_days(struct period p)
{
    return p.from <= p.to ? p.to - p.from + 1 : 0;
}

bool period_is_months(struct period p, int32_t *first_month, int32_t *n_months)
{
    if (p.from > p.to || p.to != month_end(p.to)) return false;
    int32_t first = civil_month_of_day(p.from);
    if (p.from != civil_day_of_month(first)) return false;
    *first_month = first;
    *n_months = civil_month_of_day(p.to) - first + 1;
    return true;
}
