// SPDX-License-Identifier: EUPL-1.2
#include "base/shown.h"

// Without width, or turning the direction: Unicode 15, "Format" characters that occur outside of scripts of their own.
static const struct range {
    uint32_t first, last;
} hidden[] = {
    { 0x00, 0x08 },     { 0x0A, 0x1F },     { 0x7F, 0x9F },     { 0xAD, 0xAD },     { 0x61C, 0x61C },
    { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB },
};

size_t shown_hidden(str s, uint32_t *c)
{
    unsigned char b = (unsigned char)s.p[0];
    size_t        n = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
    *c = n == 1 ? b : b & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) *c = *c << 6 | ((unsigned char)s.p[i] & 0x3F);
    for (size_t i = 0; i < COUNT(hidden) && *c >= hidden[i].first; i++)
        if (*c <= hidden[i].last) return n;
    return 0;
}

static void add_part(struct buf *to, str s)
{
    size_t done = 0, at = 0;
    while (at < s.n) {
        unsigned char b = (unsigned char)s.p[at];
        uint32_t      c;
        size_t        n = b >= ' ' && b < 0x7F ? 0 : shown_hidden(str_slice(s, at, s.n), &c);
        if (n) {
            buf_add(to, str_slice(s, done, at));
            buf_printf(to, "\\u{%x}", (unsigned)c);
            done = at += n;
        } else at++;
        while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80) at++;
    }
    buf_add(to, str_slice(s, done, s.n));
}

void shown_add(struct buf *to, str s)
{
    for (size_t bad; !str_is_utf8(s, &bad); s = str_slice(s, bad + 1, s.n)) {
        add_part(to, str_slice(s, 0, bad));
        buf_printf(to, s.p[bad] ? "\\x{%x}" : "\\u{%x}", (unsigned)(unsigned char)s.p[bad]);
    }
    add_part(to, s);
}

void shown_add_exact(struct buf *to, str s)
{
    for (size_t at; at = str_find(s, '\\'), at < s.n; s = str_slice(s, at + 1, s.n)) {
        shown_add(to, str_slice(s, 0, at));
        buf_add(to, S("\\\\"));
    }
    shown_add(to, s);
}

static void add_character(struct buf *to, uint32_t c)
{
    static const unsigned char lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    unsigned                   more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    buf_add_c(to, (char)(lead[more] | c >> 6 * more));
    while (more--) buf_add_c(to, (char)(0x80 | (c >> 6 * more & 0x3F)));
}

/// "\u{1b}", "\x{9b}" at the beginning: how long it is; 0: it is neither.
static size_t read_escape(str s, bool *byte, uint32_t *c)
{
    enum { DIGITS = 6 };
    size_t n = 3;
    *byte = str_starts(s, S("\\x{"));
    *c = 0;
    if (!*byte && !str_starts(s, S("\\u{"))) return 0;
    for (; n < s.n && n < 3 + DIGITS && s.p[n] != '}'; n++) {
        char d = s.p[n];
        if (!((d >= '0' && d <= '9') || (d >= 'a' && d <= 'f'))) return 0;
        *c = *c << 4 | (uint32_t)(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    bool is = n > 3 && n < s.n && s.p[n] == '}' && *c <= (*byte ? 0xFFu : 0x10FFFFu) &&
              (*byte || *c < 0xD800 || *c > 0xDFFF);
    return is ? n + 1 : 0;
}

void shown_read(struct buf *to, str s)
{
    for (size_t at; at = str_find(s, '\\'), at < s.n;) {
        uint32_t c;
        bool     byte;
        str      rest = str_slice(s, at, s.n);
        size_t   n = read_escape(rest, &byte, &c);
        buf_add(to, str_slice(s, 0, at));
        if (n && !byte) add_character(to, c);
        else buf_add_c(to, n ? (char)c : '\\');
        if (!n) n = str_starts(rest, S("\\\\")) ? 2 : 1;
        s = str_slice(rest, n, rest.n);
    }
    buf_add(to, s);
}
