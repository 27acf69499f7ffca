// SPDX-License-Identifier: EUPL-1.2
// Characters of a text: how they are cut off, which of them words are made of, and what one that a table does not know is composed
// of. Source: Unicode's general categories and normalization forms, by libunistring. Tests: tests/unit/test_category.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

/// Cuts one character off the front of a text that is not empty. Bytes that are no UTF-8 count as characters of their own, and
/// mean nothing.
uint32_t letters_next(str *s);
/// Is it a letter, a digit, or a mark that stands on one?
bool     letters_make_words(uint32_t c);
bool     letters_apostrophe(uint32_t c);
/// The value of a decimal digit of any script; -1: it is none.
int      letters_digit(uint32_t c);
/// Is it a number that is no decimal digit: a Roman one, one half, one in a circle, a raised or lowered digit?
bool     letters_number(uint32_t c);
/// Is it a dash or a stroke of any kind? As '-' or '/'; 0: neither.
char     letters_dash(uint32_t c);
bool     letters_capital(uint32_t c);
bool     letters_small(uint32_t c);
/// Is it one of those that stand in a word and are not read: a mark on a letter, a soft hyphen, a joiner, the sign of a direction, a
/// letter that is a blank (U+3164)?
bool     letters_silent(uint32_t c);
/// Is it a space of any width, or a sign that takes up none?
bool     letters_blank(uint32_t c);
/// The letter that a letter and the mark behind it make: U+0438 and U+0306 are U+0439. 0: there is none.
uint32_t letters_compose(uint32_t c, uint32_t mark);

enum { LETTERS_PARTS = 32 };
/// What a letter or digit is made of, one step down: a letter and its mark, the letters of a ligature, the plain form of a wide one.
/// 0: of nothing else. Superscripts and what stands in a circle are left alone: they are notes at a word, not letters of it.
size_t letters_parts(uint32_t c, uint32_t part[LETTERS_PARTS]);

/// May a mark stand behind a letter in it? Cheap, and false for nearly every text.
static inline bool letters_marked(str s)
{
    bool any = false;
    for (size_t i = 0; i < s.n; i++) any |= ((unsigned char)s.p[i] & 0xFE) == 0xCC; // U+0300..U+037F
    return any;
}
/// As letters_trim, for texts that begin or end with a byte beyond ASCII.
str               letters_trim_beyond(str s);
/// The text without blanks at both ends: str_trim's and letters_blank's.
static inline str letters_trim(str s)
{
    s = str_trim(s);
    bool beyond = s.n && ((s.p[0] | s.p[s.n - 1]) & 0x80);
    return beyond ? letters_trim_beyond(s) : s;
}
/// The text with its marks put into their letters (normalization form C): itself when it has none, or is no UTF-8, else of the
/// scope. ERR_NOMEM.
enum err letters_composed(struct scope *sc, str s, str *out);
