// SPDX-License-Identifier: EUPL-1.2
#include "web/words.h"

#include "base/arena.h"
#include "base/civil.h"
#include <math.h>
#include <stdlib.h>
#include <unicase.h>
#include <unistr.h>

// clang-format off
static const char *const months[LANGUAGES][12] = { // standing alone
    { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December" },
    { "leden", "únor", "březen", "duben", "květen", "červen", "červenec", "srpen", "září", "říjen", "listopad",
      "prosinec" },
    { "січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень", "вересень", "жовтень",
      "листопад", "грудень" },
};
static const char *const months_of[LANGUAGES][12] = { // after a day
    { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December" },
    { "ledna", "února", "března", "dubna", "května", "června", "července", "srpna", "září", "října", "listopadu",
      "prosince" },
    { "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня",
      "листопада", "грудня" },
};
static const char *const months_short[LANGUAGES][12] = {
    { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
    { "led", "úno", "bře", "dub", "kvě", "čvn", "čvc", "srp", "zář", "říj", "lis", "pro" },
    { "січ", "лют", "бер", "кві", "тра", "чер", "лип", "сер", "вер", "жов", "лис", "гру" },
};
static const char *const weekdays[LANGUAGES][7] = {
    { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
    { "pondělí", "úterý", "středa", "čtvrtek", "pátek", "sobota", "neděle" },
    { "понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя" },
};
static const char *const weekdays_short[LANGUAGES][7] = {
    { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
    { "po", "út", "st", "čt", "pá", "so", "ne" },
    { "пн", "вт", "ср", "чт", "пт", "сб", "нд" },
};
static const struct {
    const char *group, *point, *percent, *day_dot;
} marks[LANGUAGES] = {
    { ",", ".", "%", "" },
    { "\u00A0", ",", "\u00A0%", "." },
    { "\u00A0", ",", "\u00A0%", "" },
};
// clang-format on
#define DASH "\u2013"
#define MINUS "\u2212"

enum { WORD_MAX = 256 };

/// A short text is put together in a buffer and copied; what went wrong shows as an empty text.
struct word {
    struct scope *sc;
    struct buf    b;
};
static struct word word_begin(struct scope *sc)
{
    struct word w = { .sc = sc };
    buf_init(&w.b, WORD_MAX);
    return w;
}
static str word_end(struct word *w)
{
    str s = !w->b.failed ? arena_str(w->sc->mem, buf_str(&w->b)) : (str){ 0 };
    buf_free(&w->b);
    return s;
}

static void add_grouped(struct buf *b, enum language l, uint64_t v)
{
    uint64_t unit = 1;
    while (v / unit >= 1000) unit *= 1000;
    buf_add_u64(b, v / unit);
    for (v %= unit, unit /= 1000; unit; v %= unit, unit /= 1000)
        buf_printf(b, "%s%03u", marks[l].group, (unsigned)(v / unit));
}

static void add_fixed(struct buf *b, enum language l, double v, int digits)
{
    if (!isfinite(v) || fabs(v) > 1e15) {
        buf_add(b, S(DASH));
        return;
    }
    double scale = pow(10, digits), n = round(fabs(v) * scale);
    if (v < 0 && n > 0) buf_add(b, S(MINUS));
    add_grouped(b, l, (uint64_t)(n / scale));
    if (digits > 0) buf_printf(b, "%s%0*u", marks[l].point, digits, (unsigned)fmod(n, scale));
}

static void add_day(struct buf *b, enum language l, struct civil c, bool month, bool year)
{
    buf_printf(b, "%d%s", c.day, marks[l].day_dot);
    if (month) buf_printf(b, "\u00A0%s", months_of[l][c.month - 1]);
    if (year) buf_printf(b, " %d", c.year);
}

static void add_month(struct buf *b, enum language l, int32_t month, bool year)
{
    struct civil c = civil_of_day(civil_day_of_month(month));
    buf_printf(b, "%s", months[l][c.month - 1]);
    if (year) buf_printf(b, " %d", c.year);
}

str word_count(struct scope *sc, enum language l, uint64_t v)
{
    struct word w = word_begin(sc);
    add_grouped(&w.b, l, v);
    return word_end(&w);
}

str word_fixed(struct scope *sc, enum language l, double v, int digits)
{
    struct word w = word_begin(sc);
    add_fixed(&w.b, l, v, digits);
    return word_end(&w);
}

str word_percent(struct scope *sc, enum language l, double v, int digits)
{
    struct word w = word_begin(sc);
    add_fixed(&w.b, l, v, digits);
    buf_add(&w.b, str_of(marks[l].percent));
    return word_end(&w);
}

str word_change(struct scope *sc, enum language l, double percent)
{
    struct word w = word_begin(sc);
    if (percent > 0 && round(percent) > 0) buf_add_c(&w.b, '+');
    add_fixed(&w.b, l, percent, 0);
    buf_add(&w.b, str_of(marks[l].percent));
    return word_end(&w);
}

str word_month(struct scope *sc, enum language l, int32_t month)
{
    struct word w = word_begin(sc);
    add_month(&w.b, l, month, true);
    return word_end(&w);
}

str word_month_short(enum language l, int month)
{
    return str_of(months_short[l][month - 1]);
}

str word_day(struct scope *sc, enum language l, int32_t day)
{
    struct word w = word_begin(sc);
    add_day(&w.b, l, civil_of_day(day), true, true);
    return word_end(&w);
}

str word_time(struct scope *sc, enum language l, int64_t utc_s)
{
    struct word  w = word_begin(sc);
    struct civil c = civil_of_s(utc_s);
    add_day(&w.b, l, c, true, true);
    buf_printf(&w.b, ", %02d:%02d UTC", c.hour, c.minute);
    return word_end(&w);
}

str word_weekday(enum language l, int weekday)
{
    return str_of(weekdays[l][weekday]);
}

str word_weekday_short(enum language l, int weekday)
{
    return str_of(weekdays_short[l][weekday]);
}

static void add_months(struct buf *b, enum language l, int32_t first, int32_t n)
{
    int y1 = civil_of_day(civil_day_of_month(first)).year,
        y2 = civil_of_day(civil_day_of_month(first + n - 1)).year;
    bool whole_years = n % 12 == 0 && civil_of_day(civil_day_of_month(first)).month == 1;
    if (whole_years) {
        buf_printf(b, "%d", y1);
        if (y2 != y1) buf_printf(b, DASH "%d", y2);
        return;
    }
    if (n > 1) {
        add_month(b, l, first, y1 != y2);
        buf_add(b, S(" " DASH " "));
    }
    add_month(b, l, first + n - 1, true);
}

str word_period(struct scope *sc, enum language l, struct period p)
{
    struct word w = word_begin(sc);
    int32_t     month, n;
    if (p.from > p.to) {
        buf_add(&w.b, S(DASH));
    } else if (period_is_months(p, &month, &n)) {
        add_months(&w.b, l, month, n);
    } else {
        struct civil a = civil_of_day(p.from), b = civil_of_day(p.to);
        if (p.from != p.to) {
            bool same_year = a.year == b.year, same_month = same_year && a.month == b.month;
            add_day(&w.b, l, a, !same_month, !same_year);
            buf_add(&w.b, S(" " DASH " "));
        }
        add_day(&w.b, l, b, true, true);
    }
    return word_end(&w);
}

str word_half_short(struct scope *sc, enum language l, int32_t half)
{
    struct civil first = civil_of_day(civil_day_of_month(6 * half));
    return arena_printf(sc->mem, "%s" DASH "%s %d", months_short[l][first.month - 1],
                        months_short[l][first.month + 4], first.year);
}

str word_range(struct scope *sc, enum language l, struct interval v, int digits)
{
    struct word w = word_begin(sc);
    add_fixed(&w.b, l, v.low, digits);
    buf_add(&w.b, S("\u00A0" DASH " "));
    if (isfinite(v.high)) add_fixed(&w.b, l, v.high, digits);
    else buf_add(&w.b, S("\u221E"));
    return word_end(&w);
}

str word_when(struct scope *sc, enum language l, const struct release_row *row)
{
    if (row->precision == PRECISION_MONTH) return word_month(sc, l, civil_month_of_day(row->day));
    struct word w = word_begin(sc);
    int         hour = row->minute / 60;
    add_day(&w.b, l, civil_of_day(row->day), true, true);
    if (row->precision == PRECISION_HOUR) buf_printf(&w.b, ", %d:00" DASH "%d:59", hour, hour);
    if (row->precision == PRECISION_MINUTE) buf_printf(&w.b, ", %d:%02d", hour, row->minute % 60);
    return word_end(&w);
}

str word_metres(struct scope *sc, enum language l, double m)
{
    struct word              w = word_begin(sc);
    static const char *const units[LANGUAGES][2] = { { "m", "km" }, { "m", "km" }, { "м", "км" } };
    bool                     far = m >= 1000;
    bool                     tenths = far && m < 10000 && lround(m / 100) % 10 != 0;
    add_fixed(&w.b, l, far ? m / 1000 : m, tenths);
    buf_printf(&w.b, "\u00A0%s", units[l][far]);
    return word_end(&w);
}

size_t word_letters(str name)
{
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) n += ((unsigned char)name.p[i] & 0xC0) != 0x80;
    return n;
}

str word_short(struct scope *sc, str name, size_t letters)
{
    if (word_letters(name) <= letters) return name;
    size_t end = 0;
    for (size_t n = 0; end < name.n; end++) {
        if (((unsigned char)name.p[end] & 0xC0) == 0x80) continue;
        if (n++ == letters - 1) break;
    }
    return arena_printf(sc->mem, "%.*s…", STR(str_slice(name, 0, end)));
}

// -- sentences ------------------------------------------------------------------------------------

enum { SENTENCE_MAX = 64 * 1024 };

str word_said(struct scope *sc, enum language l, enum msg m, const struct text_arg *args)
{
    struct buf b;
    buf_init(&b, SENTENCE_MAX);
    text_add(&b, l, m, args);
    str s = !b.failed ? arena_str(sc->mem, buf_str(&b)) : (str){ 0 };
    buf_free(&b);
    return s;
}

str word_capital(struct scope *sc, enum language l, str text)
{
    ucs4_t letter;
    int    used = text.n ? u8_mbtouc(&letter, (const uint8_t *)text.p, text.n) : 0;
    size_t n = 0;
    if (used < 1) return text;
    uint8_t *upper = u8_toupper((const uint8_t *)text.p, (size_t)used, language_code(l).p, NULL, NULL, &n);
    if (!upper) return text;
    str rest = str_slice(text, (size_t)used, text.n);
    str s = arena_printf(sc->mem, "%.*s%.*s", (int)n, (const char *)upper, STR(rest));
    free(upper);
    return s;
}

str word_list(struct scope *sc, enum language l, const str *part, size_t n)
{
    if (n < 2) return n ? part[0] : (str){ 0 };
    struct buf b;
    buf_init(&b, SENTENCE_MAX);
    for (size_t i = 0; i + 1 < n; i++) {
        if (i) buf_add(&b, S(", "));
        buf_add(&b, part[i]);
    }
    str s = word_said(sc, l, MSG_PAGE_LIST_AND,
                      TEXT_ARGS(text_arg_str("list", buf_str(&b)), text_arg_str("last", part[n - 1])));
    buf_free(&b);
    return s;
}
