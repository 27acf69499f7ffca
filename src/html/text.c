// SPDX-License-Identifier: EUPL-1.2
#include "html/text.h"

#include "html/text_int.h"
#include <assert.h>

#define NO_BREAK_SPACE "\u00A0" // as browsers do (CLDR), whose scripts rewrite some of our numbers
#define MINUS "\u2212"

struct text_arg text_arg_int(const char *name, int64_t v)
{
    return (struct text_arg){ .name = name, .kind = TEXT_INT, .i = v };
}

struct text_arg text_arg_uint(const char *name, uint64_t v)
{
    return text_arg_int(name, v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

struct text_arg text_arg_str(const char *name, str v)
{
    return (struct text_arg){ .name = name, .kind = TEXT_STR, .s = v };
}

struct text_arg text_arg_cstr(const char *name, const char *v)
{
    return text_arg_str(name, str_of(v));
}

int text_plural(enum language l, uint64_t n)
{
    bool few_digit = n % 10 >= 2 && n % 10 <= 4, teen = n % 100 >= 11 && n % 100 <= 14;
    switch (l) {
    case LANG_CS:
        return n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 2;
    case LANG_UK:
        return n % 10 == 1 && n % 100 != 11 ? 0 : few_digit && !teen ? 1 : 2;
    case LANG_EN:
    case LANGUAGES:
        break;
    }
    return n != 1;
}

void text_number(struct buf *to, enum language l, int64_t v)
{
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, unit = 1;
    str      group = l == LANG_EN ? S(",") : S(NO_BREAK_SPACE);
    if (v < 0) buf_add(to, S(MINUS));
    while (rest / unit >= 1000) unit *= 1000;
    buf_add_u64(to, rest / unit);
    for (rest %= unit, unit /= 1000; unit; rest %= unit, unit /= 1000) {
        char digits[3] = { (char)('0' + rest / unit / 100), (char)('0' + rest / unit / 10 % 10),
                           (char)('0' + rest / unit % 10) };
        buf_add(to, group);
        buf_add_bytes(to, digits, sizeof digits);
    }
}

static const struct text_arg *arg_of(const struct text_arg *args, str name)
{
    for (; args->kind != TEXT_END; args++)
        if (str_eq(str_of(args->name), name)) return args;
    return NULL;
}

static const char *form_of(enum language l, enum msg m, const struct text_arg *args)
{
    const struct text_entry *e = &text_table[m];
    if (!e->plural) return e->form[l][0];
    const struct text_arg *n = arg_of(args, S("n"));
    assert(n && n->kind == TEXT_INT);
    return e->form[l][text_plural(l, n->i < 0 ? 0 - (uint64_t)n->i : (uint64_t)n->i)];
}

void text_pieces(struct buf *to, enum language l, enum msg m, const struct text_arg *args,
                 void (*put)(struct buf *to, int place, str piece), int place)
{
    assert((size_t)m < text_table_n && l < LANGUAGES);
    str rest = str_of(form_of(l, m, args)), literal, name;
    while (str_cut(&rest, '{', &literal)) {
        put(to, place, literal);
        if (!rest.p || !str_cut(&rest, '}', &name)) break;
        const struct text_arg *a = arg_of(args, name);
        assert(a); // the template compiler has seen to it; a caller in C has read the message
        if (!a) continue;
        if (a->kind == TEXT_INT) text_number(to, l, a->i); // digits, commas, spaces: nothing to escape
        else put(to, place, a->s);
        if (!rest.p) break;
    }
}

static void put_plain(struct buf *to, int place, str piece)
{
    (void)place;
    buf_add(to, piece);
}

void text_add(struct buf *to, enum language l, enum msg m, const struct text_arg *args)
{
    text_pieces(to, l, m, args, put_plain, 0);
}

str text_of(enum language l, enum msg m)
{
    assert((size_t)m < text_table_n && l < LANGUAGES && !text_table[m].plural);
    return str_of(text_table[m].form[l][0]);
}

bool text_find(str id, enum msg *out)
{
    size_t from = 0, to = text_table_n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int    c = str_cmp(str_of(text_table[mid].id), id);
        if (c == 0) {
            *out = (enum msg)mid;
            return true;
        }
        if (c < 0) from = mid + 1;
        else to = mid;
    }
    return false;
}
