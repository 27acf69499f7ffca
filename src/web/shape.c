// SPDX-License-Identifier: EUPL-1.2
#include "web/shape.h"

#include "base/civil.h"

struct json json_answer(struct http_res *rs)
{
    rs->content_type = "application/json";
    rs->cors = true;
    if (rs->cache == HTTP_NO_STORE) rs->cache = HTTP_REVALIDATE;
    return json_on(&rs->body);
}

void json_lon_lat(struct json *j, struct point p)
{
    struct lon_lat at = mercator_to(p);
    json_open(j, '[');
    json_fixed(j, at.lon, 6);
    json_fixed(j, at.lat, 6);
    json_close(j, ']');
}

void json_box(struct json *j, struct box b)
{
    struct lon_lat nw = mercator_to((struct point){ b.min_x, b.min_y });
    struct lon_lat se = mercator_to((struct point){ b.max_x, b.max_y });
    json_open(j, '[');
    json_fixed(j, nw.lon, 6);
    json_fixed(j, se.lat, 6);
    json_fixed(j, se.lon, 6);
    json_fixed(j, nw.lat, 6);
    json_close(j, ']');
}

/// Dates have no characters that JSON escapes, and at most 32 of them.
static void json_text(struct json *j, void (*add)(struct buf *, int32_t), int32_t v)
{
    struct buf b;
    buf_init(&b, 64);
    add(&b, v);
    json_str(j, buf_str(&b));
    buf_free(&b);
}

void json_day(struct json *j, int32_t day)
{
    json_text(j, civil_add_day, day);
}

void json_month(struct json *j, int32_t month)
{
    json_text(j, civil_add_month, month);
}

void json_time(struct json *j, int64_t utc_s)
{
    struct buf b;
    buf_init(&b, 64);
    civil_add_time(&b, utc_s);
    buf_add_c(&b, 'Z');
    json_str(j, buf_str(&b));
    buf_free(&b);
}

void json_interval(struct json *j, const char *low, const char *high, struct interval v, int digits)
{
    json_key(j, low);
    json_fixed(j, v.low, digits);
    json_key(j, high);
    json_fixed(j, v.high, digits);
}

void add_when(struct buf *to, const struct release_row *row)
{
    if (row->precision == PRECISION_MONTH) {
        civil_add_month(to, civil_month_of_day(row->day));
        return;
    }
    civil_add_day(to, row->day);
    if (row->precision == PRECISION_HOUR) buf_printf(to, "T%02d", row->minute / 60);
    if (row->precision == PRECISION_MINUTE) buf_printf(to, "T%02d:%02d", row->minute / 60, row->minute % 60);
}

const char *precision_name(uint8_t precision)
{
    static const char *const names[] = { "minute", "hour", "day", "month" };
    return precision < COUNT(names) ? names[precision] : "month";
}

const char *outcome_class_name(enum outcome_class is)
{
    static const char *const names[] = { "open", "cleared", "closed" };
    return names[is];
}

const char *funnel_name(enum funnel f)
{
    static const char *const names[] = { "within", "above95", "above998", "below95", "below998", NULL };
    return names[f];
}

str outcome_key(const struct release_info *in, uint8_t outcome)
{
    return outcome && outcome < in->n_outcomes ? in->outcomes[outcome].key : S("none");
}

double anchor_side_m(const struct release_info *in, struct point at)
{
    if (!in->anchor_level) return 0;
    return (double)(1u << (32 - in->anchor_level)) * mercator_unit_m(at.y);
}

struct box anchor_box(const struct release_info *in, struct point at)
{
    if (!in->anchor_level) return (struct box){ at.x, at.y, at.x, at.y };
    uint32_t inside = (1u << (32 - in->anchor_level)) - 1;
    return (struct box){ at.x & ~inside, at.y & ~inside, at.x | inside, at.y | inside };
}
