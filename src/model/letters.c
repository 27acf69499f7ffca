// SPDX-License-Identifier: EUPL-1.2
#include "model/letters.h"

#include "base/arena.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <uninorm.h>
#include <unictype.h>

uint32_t letters_next(str *s)
{
    unsigned char b = (unsigned char)s->p[0];
    size_t        n = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
    uint32_t      c = n == 1 ? b : b & (0xFFu >> (n + 1));
    if (n > s->n) n = s->n;
    for (size_t i = 1; i < n; i++) c = c << 6 | ((unsigned char)s->p[i] & 0x3F);
    *s = str_slice(*s, n, s->n);
    return c;
}

static bool is_mark(uint32_t c) // U+0300..U+036F, that stand behind their letter
{
    return c >= 0x300 && c <= 0x36F;
}

bool letters_make_words(uint32_t c)
{
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return uc_is_general_category(c, UC_LETTER) || uc_is_general_category(c, UC_MARK) ||
           uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER);
}

bool letters_capital(uint32_t c)
{
    return c < 0x80 ? c >= 'A' && c <= 'Z' : uc_is_general_category(c, UC_UPPERCASE_LETTER);
}

bool letters_small(uint32_t c)
{
    return c < 0x80 ? c >= 'a' && c <= 'z' : uc_is_general_category(c, UC_LOWERCASE_LETTER);
}

int letters_digit(uint32_t c)
{
    if (c < 0x80) return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
    return uc_decimal_value(c);
}

bool letters_number(uint32_t c)
{
    return c >= 0x80 && uc_is_general_category(c, UC_NUMBER) && uc_decimal_value(c) < 0;
}

char letters_dash(uint32_t c)
{
    if (c == '/' || c == 0x2044 || c == 0x2215 || c == 0xFF0F) return '/';
    return c == '-' || c == 0x2212 || (c >= 0x80 && uc_is_general_category(c, UC_DASH_PUNCTUATION)) ? '-' : 0;
}

bool letters_apostrophe(uint32_t c)
{
    return c == '\'' || c == '`' || c == 0xB4 || c == 0x2B9 || c == 0x2BC ||
           (c >= 0x2018 && c <= 0x201B && c != 0x201A) || c == 0x2032 || c == 0xFF07;
}

bool letters_silent(uint32_t c)
{
    return is_mark(c) ||
           (c > 0x80 && (uc_is_general_category(c, UC_MARK) || uc_is_general_category(c, UC_FORMAT) ||
                         uc_is_property_default_ignorable_code_point(c)));
}

bool letters_blank(uint32_t c)
{
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    return uc_is_property_white_space(c) || uc_is_general_category(c, UC_FORMAT) || c == 0x2800 ||
           c == 0x3164;
}

str letters_trim_beyond(str s)
{
    for (str rest = s; s.n && letters_blank(letters_next(&rest)); s = rest) {
    }
    while (s.n) {
        size_t last = s.n - 1;
        while (last && ((unsigned char)s.p[last] & 0xC0) == 0x80) last--;
        str rest = str_slice(s, last, s.n);
        if (!letters_blank(letters_next(&rest))) break;
        s.n = last;
    }
    return s;
}

uint32_t letters_compose(uint32_t c, uint32_t mark)
{
    return is_mark(mark) ? uc_composition(c, mark) : 0;
}

size_t letters_parts(uint32_t c, uint32_t part[LETTERS_PARTS])
{
    static_assert(LETTERS_PARTS >= UC_DECOMPOSITION_MAX_LENGTH, "room");
    int tag;
    if (c < 0xC0 ||
        !(uc_is_general_category(c, UC_LETTER) || uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER)))
        return 0;
    int n = uc_decomposition(c, &tag, part);
    return n < 0 || tag == UC_DECOMP_SUPER || tag == UC_DECOMP_SUB || tag == UC_DECOMP_CIRCLE ? 0 : (size_t)n;
}

enum err letters_composed(struct scope *sc, str s, str *out)
{
    size_t n;
    *out = s;
    if (!letters_marked(s)) return OK;
    uint8_t *made = u8_normalize(UNINORM_NFC, (const uint8_t *)s.p, s.n, NULL, &n);
    if (!made && errno == EILSEQ) return OK;
    if (made) *out = arena_str(sc->mem, (str){ (char *)made, n });
    free(made);
    return made && out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", s.n);
}
