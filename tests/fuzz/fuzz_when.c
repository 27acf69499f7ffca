// SPDX-License-Identifier: EUPL-1.2
// The first line is a date pattern, the rest a date. What is read is a span of the precision that the pattern asks for,
// and its first day, written in plain ISO form, is read as the same day.
#include "fuzz.h"

#include "base/civil.h"
#include "import/when.h"

static void check_span(const struct when *w)
{
    static const int64_t most_s[PRECISIONS] = { 60, HOUR_S, DAY_S, 31 * DAY_S };
    must(w->last_s >= w->wall_s && w->last_s - w->wall_s < most_s[w->precision]);
    if (w->precision > PRECISION_MINUTE) must(w->wall_s % HOUR_S == 0);
    if (w->precision > PRECISION_HOUR) must(civil_floor_day(w->wall_s) * (int64_t)DAY_S == w->wall_s);
    struct civil first = civil_of_s(w->wall_s), last = civil_of_s(w->last_s);
    must(first.year >= CIVIL_MIN_YEAR && last.year <= CIVIL_MAX_YEAR);
    must(first.year == last.year && first.month == last.month);
    if (w->precision == PRECISION_MONTH) must(first.day == 1);
    else must(first.day == last.day);
    must(w->offset_s >= -14 * HOUR_S && w->offset_s <= 14 * HOUR_S);
    if (!w->has_offset) must(!w->offset_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { 0 };
    struct when  w = { 0 }, again;
    struct buf   iso;
    str          text = { (const char *)data, n }, pattern;
    if (!str_cut(&text, '\n', &pattern)) return 0;
    enum err e = when_pattern_check(&sc, pattern);
    must(!e || (sc.fault.code == e && sc.fault.text[0]));
    if (e || when_read(text, pattern, &w) != WHEN_READ) return 0;
    check_span(&w);
    buf_init(&iso, 64);
    civil_add_time(&iso, w.wall_s);
    must(when_read(buf_str(&iso), S("%Y-%m-%dT%H:%M:%S"), &again) == WHEN_READ);
    must(again.wall_s == w.wall_s && again.last_s == again.wall_s && again.precision == PRECISION_MINUTE);
    buf_free(&iso);
    return 0;
}
