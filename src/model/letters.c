// SPDX-License-Identifier: EUPL-1.2
#include "model/letters.h"

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

bool letters_make_words(uint32_t c)
{
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return uc_is_general_category(c, UC_LETTER) || uc_is_general_category(c, UC_MARK) ||
           uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER);
}

bool letters_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2BC || c == 0x2018 || c == 0x2019;
}
