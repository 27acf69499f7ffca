// SPDX-License-Identifier: EUPL-1.2
// Strings are slices: a pointer and a length, passed by value, borrowed from whoever holds the bytes.
// Nothing here allocates. Numbers are read and written without a locale.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *p;
    size_t      n;
} str;

#define S(literal) ((str){ "" literal, sizeof(literal) - 1 })
/// For printf: printf("%.*s", STR(s))
#define STR(s) (int)(s).n, (s).p

str    str_of(const char *c); // NULL gives the empty slice
bool   str_eq(str a, str b);
bool   str_eq_nocase(str a, str b); // ASCII letters only
int    str_cmp(str a, str b);       // byte order, shorter first
bool   str_starts(str s, str with);
bool   str_ends(str s, str with);
/// Position of c, or s.n when it is not there.
size_t str_find(str s, char c);
bool   str_has(str s, str part);
str    str_slice(str s, size_t from, size_t to); // clamped
str    str_trim(str s);                          // blanks, tabs, line ends
/// Edit distance (Levenshtein 1965) in bytes, to find the word that was meant; SIZE_MAX when b is longer than 100.
size_t str_distance(str a, str b);
/// Cuts the part before the first sep off the front of *rest. False when *rest is used up (p == NULL).
/// "a,,b" gives a, empty, b; "" gives one empty part.
bool   str_cut(str *rest, char sep, str *part);

/// Whole-slice number readers: false when the slice is empty, has anything else in it, or does not fit.
bool str_to_i64(str s, int64_t *out);
bool str_to_u64(str s, uint64_t *out);
/// Decimal number with optional sign, point and exponent; no hex, no inf, no nan; at most 64 bytes.
bool str_to_double(str s, double *out);
/// As str_to_double with another decimal mark, such as ','.
bool str_to_double_mark(str s, char mark, double *out);

/// For hash tables in memory only: it may be another in the next version.
uint64_t str_hash(str s);
/// FNV-1a of 64 bits: the same for ever, for what is written down.
uint64_t str_fnv(str s);
/// Is the slice well-formed UTF-8 without NUL? Otherwise *at (may be NULL) is the first bad byte.
bool     str_is_utf8(str s, size_t *at);

/// The English word that stands beside the number n: plural(n, "row", "rows"), plural(n, "is", "are").
static inline const char *plural(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}
