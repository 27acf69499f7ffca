// SPDX-License-Identifier: EUPL-1.2
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX_BYTES = 64, WORD_MAX_BYTES = 100 };

str str_of(const char *c)
{
    return c ? (str){ c, strlen(c) } : (str){ 0 };
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i])) return false;
    return true;
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int    c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str with)
{
    return s.n >= with.n && str_eq((str){ s.p, with.n }, with);
}

bool str_ends(str s, str with)
{
    return s.n >= with.n && str_eq((str){ s.p + (s.n - with.n), with.n }, with);
}

size_t str_find(str s, char c)
{
    const char *p = s.n ? memchr(s.p, c, s.n) : NULL;
    return p ? (size_t)(p - s.p) : s.n;
}

bool str_has(str s, str part)
{
    return !part.n || (s.n && memmem(s.p, s.n, part.p, part.n));
}

str str_slice(str s, size_t from, size_t to)
{
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return (str){ s.p ? s.p + from : NULL, to - from };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    while (s.n && is_blank(s.p[0])) s = str_slice(s, 1, s.n);
    while (s.n && is_blank(s.p[s.n - 1])) s.n--;
    return s;
}

size_t str_distance(str a, str b)
{
    size_t row[WORD_MAX_BYTES + 1];
    if (b.n > WORD_MAX_BYTES) return SIZE_MAX;
    for (size_t i = 0; i <= b.n; i++) row[i] = i;
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t k = 1; k <= b.n; k++) {
            size_t best = corner + (a.p[i] != b.p[k - 1]);
            if (row[k] + 1 < best) best = row[k] + 1;
            if (row[k - 1] + 1 < best) best = row[k - 1] + 1;
            corner = row[k];
            row[k] = best;
        }
    }
    return row[b.n];
}

bool str_cut(str *rest, char sep, str *part)
{
    if (!rest->p) return false;
    size_t at = str_find(*rest, sep);
    *part = (str){ rest->p, at };
    *rest = at < rest->n ? (str){ rest->p + at + 1, rest->n - at - 1 } : (str){ 0 };
    return true;
}

bool str_to_u64(str s, uint64_t *out)
{
    if (!s.n) return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v)) return false;
        if (__builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v)) return false;
    }
    *out = v;
    return true;
}

bool str_to_i64(str s, int64_t *out)
{
    bool     minus = s.n && s.p[0] == '-';
    uint64_t v;
    if (!str_to_u64(minus ? str_slice(s, 1, s.n) : s, &v)) return false;
    if (v > (uint64_t)INT64_MAX + minus) return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool str_to_double_mark(str s, char mark, double *out)
{
    char digits[NUMBER_MAX_BYTES + 1];
    if (!s.n || s.n > NUMBER_MAX_BYTES) return false;
    bool any = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') any = true;
        else if (c == mark) c = '.';
        else if (c != '-' && c != '+' && c != 'e' && c != 'E') return false;
        digits[i] = c;
    }
    if (!any) return false;
    digits[s.n] = 0;
    char  *end;
    double v = strtod(digits, &end);
    if (end != digits + s.n || !isfinite(v)) return false;
    *out = v;
    return true;
}

bool str_to_double(str s, double *out)
{
    return str_to_double_mark(s, '.', out);
}

uint64_t str_fnv(str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

uint64_t str_hash(str s)
{
    uint64_t h = s.n, word;
    for (size_t i = 0; i < s.n; i += sizeof word) {
        size_t left = s.n - i;
        word = 0;
        memcpy(&word, s.p + i, left < sizeof word ? left : sizeof word);
        h = (h ^ word) * 0x9E3779B97F4A7C15u; // 2^64 divided by the golden ratio
        h ^= h >> 32;
    }
    return h;
}

bool str_is_utf8(str s, size_t *at)
{
    // The ranges of the Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above
    // U+10FFFF.
    const uint64_t ones = 0x0101010101010101, highs = ones << 7;
    size_t         i = 0;
    while (i < s.n) {
        // Most text is ASCII: of eight bytes none is 0 and none has the high bit.
        for (uint64_t eight; s.n - i >= sizeof eight; i += sizeof eight) {
            memcpy(&eight, s.p + i, sizeof eight);
            if (((eight - ones) | eight) & highs) break;
        }
        if (i == s.n) break;
        unsigned char c = (unsigned char)s.p[i], lo = 0x80, hi = 0xBF;
        size_t        more = 0;
        if (c && c < 0x80) more = 0;
        else if (c >= 0xC2 && c <= 0xDF) more = 1;
        else if (c >= 0xE0 && c <= 0xEF) more = 2;
        else if (c >= 0xF0 && c <= 0xF4) more = 3;
        else goto bad;
        if (c == 0xE0) lo = 0xA0;
        if (c == 0xED) hi = 0x9F;
        if (c == 0xF0) lo = 0x90;
        if (c == 0xF4) hi = 0x8F;
        if (more >= s.n - i) goto bad;
        for (size_t k = 1; k <= more; k++, lo = 0x80, hi = 0xBF) {
            unsigned char d = (unsigned char)s.p[i + k];
            if (d < lo || d > hi) goto bad;
        }
        i += more + 1;
    }
    return true;
bad:
    if (at) *at = i;
    return false;
}
