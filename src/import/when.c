// SPDX-License-Identifier: EUPL-1.2
#include "import/when.h"

#include "base/civil.h"
#include <ctype.h>
#include <string.h>

enum { UNTOLD = -1, OFFSET_MAX_S = 14 * HOUR_S };

enum err when_pattern_check(struct scope *sc, str pattern)
{
    static const char known[] = "YymbdHIMSpz%";
    char              seen[sizeof known] = { 0 };
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '%') continue;
        char        c = ++i < pattern.n ? pattern.p[i] : 0;
        const char *k = c ? strchr(known, c) : NULL;
        if (!k)
            return fail(&sc->fault, ERR_INVALID,
                        "the date pattern \"%.*s\" has a %% with nothing known behind it", STR(pattern));
        if (c != '%' && seen[k - known]++)
            return fail(&sc->fault, ERR_INVALID, "the date pattern \"%.*s\" has %%%c twice", STR(pattern), c);
    }
#define HAS(letter) (seen[strchr(known, letter) - known] > 0)
    const char *wrong = NULL;
    if (HAS('Y') == HAS('y')) wrong = "needs one year, %Y or %y";
    else if (HAS('m') == HAS('b')) wrong = "needs one month, %m or %b: a year alone is no time on a map";
    else if (HAS('H') && HAS('I')) wrong = "has two hours, %H and %I";
    else if (HAS('I') != HAS('p')) wrong = "needs both %I and %p, or neither";
    else if ((HAS('H') || HAS('I')) && !HAS('d')) wrong = "has an hour without a day";
    else if (HAS('M') && !HAS('H') && !HAS('I')) wrong = "has minutes without an hour";
    else if (HAS('S') && !HAS('M')) wrong = "has seconds without minutes";
    else if (HAS('z') && !HAS('H') && !HAS('I')) wrong = "has an offset without an hour";
    if (wrong) return fail(&sc->fault, ERR_INVALID, "the date pattern \"%.*s\" %s", STR(pattern), wrong);
    return OK;
}

struct parts {
    int  year, month, day, hour, minute, second; // UNTOLD: the pattern does not ask
    bool twelve, afternoon, has_offset;
    int  offset_s;
};

/// A number of min to max digits off the front; UNTOLD when there is none.
static int cut_number(str *s, size_t min, size_t max)
{
    int    v = 0;
    size_t n = 0;
    for (; n < max && n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) v = v * 10 + (s->p[n] - '0');
    *s = str_slice(*s, n, s->n);
    return n < min ? UNTOLD : v;
}

static int cut_month_name(str *s)
{
    static const char *const names[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"
    };
    size_t n = 0;
    while (n < s->n && isalpha((unsigned char)s->p[n])) n++;
    str word = str_slice(*s, 0, n);
    *s = str_slice(*s, n, s->n);
    for (int i = 0; i < 12; i++)
        if (str_eq_nocase(word, str_of(names[i])) || str_eq_nocase(word, str_slice(str_of(names[i]), 0, 3)))
            return i + 1;
    return UNTOLD;
}

static bool cut_half(str *s, bool *afternoon)
{
    char c = s->n ? (char)(s->p[0] | 0x20) : 0;
    if (c != 'a' && c != 'p') return false;
    *afternoon = c == 'p';
    *s = str_slice(*s, 1, s->n);
    if (s->n && s->p[0] == '.') *s = str_slice(*s, 1, s->n);
    if (!s->n || (s->p[0] | 0x20) != 'm') return false;
    *s = str_slice(*s, 1, s->n);
    if (s->n && s->p[0] == '.') *s = str_slice(*s, 1, s->n);
    return true;
}

static bool cut_offset(str *s, struct parts *p)
{
    char sign = s->n ? s->p[0] : 0;
    p->has_offset = true;
    p->offset_s = 0;
    if (sign != '+' && sign != '-' && sign != 'Z' && sign != 'z') return false;
    *s = str_slice(*s, 1, s->n);
    if (sign == 'Z' || sign == 'z') return true;
    int hours = cut_number(s, 2, 2), minutes = 0;
    if (s->n && s->p[0] == ':') *s = str_slice(*s, 1, s->n), minutes = cut_number(s, 2, 2);
    else if (s->n && isdigit((unsigned char)s->p[0])) minutes = cut_number(s, 2, 2);
    if (hours == UNTOLD || minutes == UNTOLD || minutes > 59) return false;
    p->offset_s = hours * HOUR_S + minutes * 60;
    if (p->offset_s > OFFSET_MAX_S) return false;
    if (sign == '-') p->offset_s = -p->offset_s;
    return true;
}

static void cut_fraction(str *s)
{
    if (s->n < 2 || (s->p[0] != '.' && s->p[0] != ',') || !isdigit((unsigned char)s->p[1])) return;
    size_t n = 1;
    while (n < s->n && isdigit((unsigned char)s->p[n])) n++;
    *s = str_slice(*s, n, s->n);
}

static bool cut_one(str *s, char letter, struct parts *p)
{
    switch (letter) {
    case 'Y':
        return (p->year = cut_number(s, 4, 4)) != UNTOLD;
    case 'y':
        p->year = cut_number(s, 2, 2);
        if (p->year == UNTOLD) return false;
        p->year += p->year >= 69 ? 1900 : 2000; // as POSIX has it
        return true;
    case 'm':
        return (p->month = cut_number(s, 1, 2)) != UNTOLD;
    case 'b':
        return (p->month = cut_month_name(s)) != UNTOLD;
    case 'd':
        return (p->day = cut_number(s, 1, 2)) != UNTOLD;
    case 'H':
        return (p->hour = cut_number(s, 1, 2)) != UNTOLD;
    case 'I':
        p->twelve = true;
        return (p->hour = cut_number(s, 1, 2)) != UNTOLD;
    case 'M':
        return (p->minute = cut_number(s, 1, 2)) != UNTOLD;
    case 'S':
        if ((p->second = cut_number(s, 1, 2)) == UNTOLD) return false;
        cut_fraction(s);
        return true;
    case 'p':
        return cut_half(s, &p->afternoon);
    case 'z':
        return cut_offset(s, p);
    default:
        return false;
    }
}

static void skip_blanks(str *s)
{
    size_t n = 0;
    while (n < s->n && (s->p[n] == ' ' || s->p[n] == '\t')) n++;
    *s = str_slice(*s, n, s->n);
}

static bool cut_all(str text, str pattern, struct parts *p)
{
    text = str_trim(text);
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (c == ' ') skip_blanks(&text);
        else if (c == '%' && i + 1 < pattern.n && pattern.p[i + 1] != '%') {
            if (!cut_one(&text, pattern.p[++i], p)) return false;
        } else {
            if (c == '%') i++;
            if (!text.n || text.p[0] != c) return false;
            text = str_slice(text, 1, text.n);
        }
    }
    return !text.n;
}

/// The half of the day into the hour; false when a number is not one of a clock or a calendar.
static bool check(struct parts *p)
{
    if (p->year < CIVIL_MIN_YEAR || p->year > CIVIL_MAX_YEAR || p->hour > 23 || p->minute > 59 ||
        p->second > 60)
        return false;
    if (p->twelve) {
        if (p->hour < 1 || p->hour > 12) return false;
        p->hour = p->hour % 12 + (p->afternoon ? 12 : 0);
    }
    if (p->second == 60) p->second = 59; // a leap second has no place in wall seconds
    return civil_is_date(p->year, p->month, p->day == UNTOLD ? 1 : p->day);
}

static int told_or(int v, int otherwise)
{
    return v == UNTOLD ? otherwise : v;
}

enum when_result when_read(str text, str pattern, struct when *out)
{
    struct parts p = { .month = UNTOLD, .day = UNTOLD, .hour = UNTOLD, .minute = UNTOLD, .second = UNTOLD };
    if (!cut_all(text, pattern, &p)) return WHEN_OTHER;
    if (!check(&p)) return WHEN_NO_DAY;
    struct civil c = {
        p.year, p.month, told_or(p.day, 1), told_or(p.hour, 0), told_or(p.minute, 0), told_or(p.second, 0)
    };
    struct when w = { .wall_s = civil_s(&c), .has_offset = p.has_offset, .offset_s = p.offset_s };
    int64_t     more;
    if (p.day == UNTOLD) {
        w.precision = PRECISION_MONTH;
        more = (int64_t)civil_month_days(p.year, p.month) * DAY_S - 1;
    } else if (p.hour == UNTOLD) {
        w.precision = PRECISION_DAY;
        more = DAY_S - 1;
    } else if (p.minute == UNTOLD) {
        w.precision = PRECISION_HOUR;
        more = HOUR_S - 1;
    } else {
        w.precision = PRECISION_MINUTE;
        more = p.second == UNTOLD ? 59 : 0;
    }
    w.last_s = w.wall_s + more;
    *out = w;
    return WHEN_READ;
}
