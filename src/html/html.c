// SPDX-License-Identifier: EUPL-1.2
#include "html/html.h"

#include "html/text_int.h"

/// The bytes of one well-formed UTF-8 character at the front of s; 0 when there is none.
static size_t character(str s)
{
    static const unsigned char lead[] = { 0x80, 0xC2, 0xE0, 0xF0, 0xF5 }; // 1, -, 2, 3, 4 bytes, none
    unsigned char              c = (unsigned char)s.p[0];
    size_t n = c < lead[0] ? 1 : c < lead[1] ? 0 : c < lead[2] ? 2 : c < lead[3] ? 3 : c < lead[4] ? 4 : 0;
    return n && n <= s.n && (n == 1 ? c != 0 : str_is_utf8(str_slice(s, 0, n), NULL)) ? n : 0;
}

static str escape_of(char c)
{
    switch (c) {
    case '&':
        return S("&amp;");
    case '<':
        return S("&lt;");
    case '>':
        return S("&gt;");
    case '"':
        return S("&quot;");
    case '\'':
        return S("&#39;");
    }
    return (str){ 0 };
}

/// Text and quoted attributes take the same five escapes, so a piece that is moved from one to the other stays safe.
static void put_escaped(struct buf *to, str s)
{
    size_t done = 0, i = 0;
    while (i < s.n) {
        str    escape = escape_of(s.p[i]);
        size_t n = escape.p ? 1 : character(str_slice(s, i, s.n));
        if (n && !escape.p) {
            i += n;
            continue;
        }
        buf_add(to, str_slice(s, done, i));
        buf_add(to, escape.p ? escape : S("\uFFFD"));
        done = ++i;
    }
    buf_add(to, str_slice(s, done, s.n));
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void put_url_part(struct buf *to, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(s.p[i])) buf_add_c(to, s.p[i]);
        else buf_add_bytes(to, (char[]){ '%', hex[c >> 4], hex[c & 15] }, 3);
    }
}

/// Browsers skip blanks and controls in front of and inside a scheme, so a link with any of them is refused whole.
static bool is_link(str s)
{
    static const char *const schemes[] = { "http", "https", "mailto", "tel" };
    size_t                   end = 0;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F || s.p[i] == '\\') return false;
    while (end < s.n && s.p[end] != ':' && s.p[end] != '/' && s.p[end] != '?' && s.p[end] != '#') end++;
    if (end == s.n || s.p[end] != ':') return true;
    for (size_t i = 0; i < COUNT(schemes); i++)
        if (str_eq_nocase(str_slice(s, 0, end), str_of(schemes[i]))) return true;
    return false;
}

void html_put_str(struct buf *to, enum html_place where, str s)
{
    switch (where) {
    case HTML_URL_PART:
        put_url_part(to, s);
        return;
    case HTML_URL:
        put_escaped(to, is_link(s) ? s : S("#"));
        return;
    case HTML_TEXT:
    case HTML_ATTRIBUTE:
        break;
    }
    put_escaped(to, s);
}

void html_put_cstr(struct buf *to, enum html_place where, const char *s)
{
    html_put_str(to, where, str_of(s));
}

void html_put_i64(struct buf *to, enum html_place where, int64_t v)
{
    (void)where; // digits and a minus need no escaping anywhere
    buf_add_i64(to, v);
}

void html_put_u64(struct buf *to, enum html_place where, uint64_t v)
{
    (void)where;
    buf_add_u64(to, v);
}

static void put_piece(struct buf *to, int place, str piece)
{
    html_put_str(to, (enum html_place)place, piece);
}

void html_put_text(struct buf *to, enum html_place where, enum language l, enum msg m,
                   const struct text_arg *args)
{
    text_pieces(to, l, m, args, put_piece, (int)where);
}

bool html_is_str(str s)
{
    return s.n > 0;
}

bool html_is_cstr(const char *s)
{
    return s && *s;
}

bool html_is_i64(int64_t v)
{
    return v != 0;
}

bool html_is_u64(uint64_t v)
{
    return v != 0;
}

bool html_is_pointer(const void *p)
{
    return p != NULL;
}
