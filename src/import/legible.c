// SPDX-License-Identifier: EUPL-1.2
#include "import/legible.h"

#include "base/arena.h"
#include "base/buf.h"
#include "import/scrambled.h"
#include "model/letters.h"
#include <string.h>

enum { PASSES = 3, NAME_MAX_BYTES = 10, LOST = 0xFFFD };

/// Bytes without which no text is spelled or damaged: those signs, and the first bytes of what is looked for below and in
/// scrambled.c.
static const bool suspect[256] = {
    ['&'] = true,  ['\\'] = true, ['%'] = true,  ['='] = true,           ['?'] = true,
    [0xC2] = true, [0xE2] = true, [0xEF] = true, [0xC3 ... 0xC9] = true, [0xD0 ... 0xD4] = true
};

// -- letters that are spelled ------------------------------------------------------------------------------------------

static void add_letter(struct buf *b, uint32_t c)
{
    if (c < 0x80) buf_add_c(b, c < ' ' ? ' ' : (char)c);
    else if (c < 0x800) buf_add_c(b, (char)(0xC0 | c >> 6)), buf_add_c(b, (char)(0x80 | (c & 0x3F)));
    else if (c < 0x10000 && (c < 0xD800 || c > 0xDFFF)) {
        buf_add_c(b, (char)(0xE0 | c >> 12));
        buf_add_c(b, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_add_c(b, (char)(0x80 | (c & 0x3F)));
    } else buf_add_c(b, ' '); // no letter that a list has
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/// How many bytes at the front are digits of this base, at most `most` of them.
static size_t read_number(str s, int base, size_t most, uint32_t *out)
{
    size_t n = 0;
    for (*out = 0; n < s.n && n < most && digit_of(s.p[n]) < base; n++)
        *out = *out * (uint32_t)base + (uint32_t)digit_of(s.p[n]);
    return n;
}

/// A letter and the name of its mark, as HTML puts them together: "ecaron". Cyrillic ones end in "cy", and count as lost.
static bool add_named(struct buf *b, str name)
{
    static const struct {
        const char *name;
        uint32_t    c;
    } marks[] = { { "acute", 0x301 }, { "grave", 0x300 }, { "circ", 0x302 },  { "tilde", 0x303 },
                  { "uml", 0x308 },   { "ring", 0x30A },  { "caron", 0x30C }, { "cedil", 0x327 },
                  { "ogon", 0x328 },  { "dblac", 0x30B }, { "macr", 0x304 },  { "breve", 0x306 },
                  { "dot", 0x307 } },
      whole[] = { { "amp", '&' },   { "lt", '<' },       { "gt", '>' },       { "quot", '"' },
                  { "apos", '\'' }, { "nbsp", ' ' },     { "sect", 0xA7 },    { "szlig", 0xDF },
                  { "shy", 0xAD },  { "rsquo", 0x2019 }, { "lstrok", 0x142 }, { "Lstrok", 0x141 } };
    for (size_t i = 0; i < COUNT(whole); i++)
        if (str_eq(name, str_of(whole[i].name))) return add_letter(b, whole[i].c), true;
    for (size_t i = 0; i < COUNT(marks) && name.n > 1; i++)
        if (str_eq(str_slice(name, 1, name.n), str_of(marks[i].name)))
            return buf_add_c(b, name.p[0]), add_letter(b, marks[i].c), true;
    if (name.n > 2 && str_ends(name, S("cy"))) return add_letter(b, LOST), true;
    return false;
}

/// "&#1079;", "&#x437;", "&aacute;". The number of bytes that are read; 0: it is none.
static size_t read_entity(struct buf *b, str s)
{
    uint32_t c;
    str near = str_slice(s, 0, NAME_MAX_BYTES + 1); // a text of '&' alone is not searched to its end at each
    size_t end = str_find(near, ';');
    if (str_starts(s, S("&#"))) {
        bool   hex = s.n > 2 && (s.p[2] | 0x20) == 'x';
        size_t at = hex ? 3 : 2, n = read_number(str_slice(s, at, s.n), hex ? 16 : 10, 7, &c);
        if (!n) return 0;
        // Browsers take these numbers for Windows-1252's.
        if (c >= 0x80 && c < 0xA0)
            c = (uint32_t)(c == 0x8A ? 'S' : c == 0x8E ? 'Z' : c == 0x9A ? 's' : c == 0x9E ? 'z' : ' ');
        add_letter(b, c);
        return at + n + (at + n < s.n && s.p[at + n] == ';');
    }
    return end < near.n && add_named(b, str_slice(s, 1, end)) ? end + 1 : 0;
}

static const struct bytes_form {
    const char *begins;
    int         base;
    size_t      digits;
    bool        plain; // such of ASCII alone are read, too
} bytes_forms[] = {
    { "%", 16, 2, true }, { "=", 16, 2, false }, { "\\x", 16, 2, true }, { "\\", 8, 3, false }
};

/// Bytes that are spelled one by one: "%D0%B7", "\xD0\xB7", "=D0=B7", "\320\267". Such as are no UTF-8 are letters lost. *plain: so
/// many are left as they are, and need no second look.
static size_t read_bytes(struct buf *b, str s, const struct bytes_form *f, size_t *plain)
{
    const str    begins = str_of(f->begins);
    const size_t from = b->n, one = begins.n + f->digits;
    size_t       at = 0;
    uint32_t     c;
    bool         beyond = false;
    while (str_starts(str_slice(s, at, s.n), begins) &&
           read_number(str_slice(s, at + begins.n, s.n), f->base, f->digits, &c) == f->digits && c <= 0xFF) {
        beyond = beyond || c >= 0x80 || c < ' ';
        buf_add_c(b, c < ' ' ? ' ' : (char)c);
        at += one;
    }
    if (b->failed) return at;
    bool reads = str_is_utf8(str_slice(buf_str(b), from, b->n), NULL);
    if (at && reads && (beyond || f->plain)) return at;
    b->n = from;
    if (reads || at < 2 * one) { // one alone may be a part of "100%AB"
        *plain = at > *plain ? at : *plain;
        return 0;
    }
    add_letter(b, LOST);
    return at;
}

/// "\u0437", "\U00000437", "\u{437}", "\x{437}".
static size_t read_number_of_letter(struct buf *b, str s)
{
    uint32_t c;
    size_t   n;
    char     kind = s.n > 2 ? s.p[1] : 0;
    if ((kind == 'u' || kind == 'x') && s.p[2] == '{') {
        n = read_number(str_slice(s, 3, s.n), 16, 6, &c);
        return n && 3 + n < s.n && s.p[3 + n] == '}' ? (add_letter(b, c), n + 4) : 0;
    }
    size_t digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    if (!digits || read_number(str_slice(s, 2, s.n), 16, digits, &c) != digits) return 0;
    return add_letter(b, c), 2 + digits;
}

static size_t read_spelled(struct buf *b, str s, size_t *plain)
{
    size_t n = 0;
    if (s.p[0] == '&') return read_entity(b, s);
    if (s.p[0] == '\\') n = read_number_of_letter(b, s);
    for (size_t i = 0; i < COUNT(bytes_forms) && !n; i++)
        if (s.p[0] == bytes_forms[i].begins[0]) n = read_bytes(b, s, &bytes_forms[i], plain);
    return n;
}

static enum err read_once(struct scope *sc, str text, str *out, bool *any)
{
    AUTO(buf_free) struct buf b;
    *any = false;
    for (size_t i = 0; i < text.n && !*any; i++)
        *any = text.p[i] == '&' || text.p[i] == '\\' || text.p[i] == '%' || text.p[i] == '=';
    if (!*any) return OK;
    *any = false;
    buf_init(&b, 3 * text.n + 8);
    for (size_t at = 0, n, plain; at < text.n; at += n ? n : plain) {
        plain = 1;
        n = read_spelled(&b, str_slice(text, at, text.n), &plain);
        if (!n) buf_add(&b, str_slice(text, at, at + plain));
        *any = *any || n;
    }
    if (*any) *out = arena_str(sc->mem, buf_str(&b));
    return !b.failed && out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
}

static bool in_word(char c)
{
    return (unsigned char)c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/// "\n" and "\t" as C, JSON and MySQL write them part two words. Where a path is meant ("theft\rape") the letter is one of the word:
/// both are read.
static enum err part_words(struct scope *sc, str text, str *out)
{
    AUTO(buf_free) struct buf b = { 0 };
    bool                      any = false;
    for (size_t i = 0; i + 1 < text.n && !any; i++)
        any = text.p[i] == '\\' && strchr("abefnrtv0", text.p[i + 1]);
    if (!any) return OK;
    buf_init(&b, 3 * text.n + 8);
    for (size_t at = 0; at < text.n;) {
        bool parts =
            text.p[at] == '\\' && at + 1 < text.n && text.p[at + 1] && strchr("abefnrtv0", text.p[at + 1]);
        if (!parts) {
            buf_add_c(&b, text.p[at++]);
            continue;
        }
        size_t to = at + 2;
        while (to < text.n && in_word(text.p[to])) to++;
        buf_add_c(&b, ' ');
        if (to > at + 2) buf_add(&b, str_slice(text, at + 1, to));
        buf_add_c(&b, ' ');
        buf_add(&b, str_slice(text, at + 2, to));
        at = to;
    }
    *out = arena_str(sc->mem, buf_str(&b));
    return !b.failed && out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
}

// -- letters that are lost ---------------------------------------------------------------------------------------------

static bool is_letter(uint32_t c)
{
    return letters_make_words(c) && letters_digit(c) < 0;
}

/// "C3" to "C5" and "D0" to "D2", the first bytes of Czech, Ukrainian and Russian letters, as Windows-1252 and -1250 have them.
static bool begins_latin(uint32_t c)
{
    static const uint16_t first[] = { 0xC3, 0xC4, 0xC5, 0xD0, 0xD1, 0xD2, 0x102, 0x139, 0x110, 0x143, 0x147 };
    for (size_t i = 0; i < COUNT(first); i++)
        if (c == first[i]) return true;
    return false;
}

/// May it be a byte from 80 to BF of Windows-1252 or -1250?
static bool follows_latin(uint32_t c)
{
    return c >= 0x80 && !(c >= 0xC0 && c <= 0xFF);
}

/// D0 to D2 as Windows-1251 has them, and behind it 80 to BF: not the letters of a word in capitals.
static bool is_cyrillic_pair(uint32_t c, uint32_t next)
{
    static const uint16_t capitals[] = { 0x401, 0x404, 0x406, 0x407, 0x40E, 0x490 }; // Ё Є І Ї Ў Ґ
    if (c < 0x420 || c > 0x422 || next < 0x80 || (next >= 0x410 && next <= 0x44F)) return false;
    for (size_t i = 0; i < COUNT(capitals); i++)
        if (next == capitals[i]) return false;
    return true;
}

/// UTF-8 that was taken for another encoding: behind the first byte of a letter stands one that no word has there.
static bool is_twice_encoded(uint32_t before, const uint32_t c[4])
{
    if (c[0] >= 0x2500 && c[0] <= 0x259F)
        return is_letter(before) || is_letter(c[1]); // boxes of DOS and KOI8
    if (is_cyrillic_pair(c[0], c[1])) return is_cyrillic_pair(c[2], c[3]);
    if (!begins_latin(c[0]) || !follows_latin(c[1])) return false;
    return letters_small(before) || (!is_letter(c[1]) && is_letter(c[2])) ||
           (begins_latin(c[2]) && follows_latin(c[3]));
}

struct word { // of a text, between blanks: the one that a question mark was in last
    size_t to;
    bool   address; // of a page
};

static void find_word(str text, size_t at, struct word *w)
{
    size_t from = at, to = at;
    while (from > w->to && text.p[from - 1] != ' ') from--;
    while (to < text.n && text.p[to] != ' ') to++;
    str word = str_slice(text, from, to);
    *w = (struct word){ to, str_has(word, S("://")) || str_has(word, S("www.")) || str_has(word, S("=")) };
}

/// Question marks in place of letters: three, or such as stand within a word that is no address of a page.
static bool is_question(str text, size_t at, uint32_t before, struct word *w)
{
    size_t to = at;
    while (to < text.n && text.p[to] == '?') to++;
    str rest = str_slice(text, to, text.n);
    if (to - at >= 3) return true;
    if (!rest.n || !is_letter(before) || !is_letter(letters_next(&rest))) return false;
    if (at >= w->to) find_word(text, at, w); // once a word, or the longest would be read at each of its marks
    return !w->address;
}

/// Nearly every letter of a text is none of those that is_twice_encoded looks for.
static bool may_begin_pair(uint32_t c)
{
    return c >= 0xC3 && (c <= 0x147 || (c >= 0x420 && c <= 0x422) || (c >= 0x2500 && c <= 0x259F));
}

static bool is_damaged(str text)
{
    uint32_t    before = ' ';
    struct word word = { 0 };
    for (str rest = text; rest.n;) {
        uint32_t c[4] = { letters_next(&rest) };
        if (c[0] == '?' && before != '?' && is_question(text, text.n - rest.n - 1, before, &word))
            return true;
        if (c[0] == LOST || (c[0] >= 0x80 && c[0] < 0xA0)) return true;
        if (may_begin_pair(c[0])) {
            str look = rest;
            for (int i = 1; i < 4 && look.n; i++) c[i] = letters_next(&look);
            if (is_twice_encoded(before, c)) return true;
        }
        before = c[0];
    }
    return false;
}

enum err legible_read(struct scope *sc, str text, str *out, bool *damaged)
{
    bool any = false;
    *damaged = false;
    *out = text;
    for (size_t i = 0; i < text.n && !any; i++) any = suspect[(unsigned char)text.p[i]];
    for (int i = 0; any && i < PASSES; i++) TRY(read_once(sc, *out, out, &any));
    if (any) *damaged = true; // there is no end to it
    TRY(part_words(sc, *out, out));
    for (size_t i = 0; i < text.n && !*damaged; i++)
        if (suspect[(unsigned char)text.p[i]]) {
            *damaged = is_damaged(*out) || scrambled_any(*out);
            break;
        }
    return OK;
}
