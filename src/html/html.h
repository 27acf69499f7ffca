// SPDX-License-Identifier: EUPL-1.2
// What compiled templates call: escaping for the place a value stands in. Templates (web/pages/*.html) are compiled by
// tools/pack_html into functions tpl_NAME(struct buf *, enum language, const struct NAME_view *); the syntax is in
// doc/templates.md. There is no way to write a value unescaped.
// Threads: no shared state. Tests: tests/unit/test_html.c, tests/golden/test_templates.c.
#pragma once
#include "base/buf.h"
#include "html/text.h"

enum html_place {
    HTML_TEXT,      // between tags
    HTML_ATTRIBUTE, // inside a quoted attribute
    HTML_URL, // a whole link in a quoted attribute: http, https, mailto, tel and what has no scheme pass;
              // anything else becomes "#"
    HTML_URL_PART, // one piece of a link behind a fixed beginning: all but letters, digits and -._~ is %-encoded
};
/// Bytes that are not UTF-8 come out as U+FFFD, so that no value can break the page around it.
void html_put_str(struct buf *to, enum html_place where, str s);
void html_put_cstr(struct buf *to, enum html_place where, const char *s);
void html_put_i64(struct buf *to, enum html_place where, int64_t v); // plain digits
void html_put_u64(struct buf *to, enum html_place where, uint64_t v);
/// A message with its arguments, all of it escaped; args end with TEXT_END.
void html_put_text(struct buf *to, enum html_place where, enum language l, enum msg m,
                   const struct text_arg *args);

bool html_is_str(str s);
bool html_is_cstr(const char *s);
bool html_is_i64(int64_t v);
bool html_is_u64(uint64_t v);
bool html_is_pointer(const void *p);

// Which of the above a field's type asks for. A type that is not listed (a double, a struct) is a compile error.
#define html_put(to, where, v)                                                                               \
    _Generic((v),                                                                                            \
        str: html_put_str,                                                                                   \
        char *: html_put_cstr,                                                                               \
        const char *: html_put_cstr,                                                                         \
        signed char: html_put_i64,                                                                           \
        short: html_put_i64,                                                                                 \
        int: html_put_i64,                                                                                   \
        long: html_put_i64,                                                                                  \
        long long: html_put_i64,                                                                             \
        unsigned char: html_put_u64,                                                                         \
        unsigned short: html_put_u64,                                                                        \
        unsigned: html_put_u64,                                                                              \
        unsigned long: html_put_u64,                                                                         \
        unsigned long long: html_put_u64)(to, where, v)
/// Is there anything: a text that is not empty, a number that is not 0, true, a pointer that is not NULL.
#define html_is(v)                                                                                           \
    _Generic((v),                                                                                            \
        str: html_is_str,                                                                                    \
        char *: html_is_cstr,                                                                                \
        const char *: html_is_cstr,                                                                          \
        bool: html_is_u64,                                                                                   \
        signed char: html_is_i64,                                                                            \
        short: html_is_i64,                                                                                  \
        int: html_is_i64,                                                                                    \
        long: html_is_i64,                                                                                   \
        long long: html_is_i64,                                                                              \
        unsigned char: html_is_u64,                                                                          \
        unsigned short: html_is_u64,                                                                         \
        unsigned: html_is_u64,                                                                               \
        unsigned long: html_is_u64,                                                                          \
        unsigned long long: html_is_u64,                                                                     \
        default: html_is_pointer)(v)
/// The view of a part, whether the field holds it or points to it.
#define html_view(type, v) _Generic((v), struct type : &(v), struct type * : (v), const struct type * : (v))
/// An argument of a message; a whole number is grouped in the page's language.
#define html_arg(name, v)                                                                                    \
    _Generic((v),                                                                                            \
        str: text_arg_str,                                                                                   \
        char *: text_arg_cstr,                                                                               \
        const char *: text_arg_cstr,                                                                         \
        signed char: text_arg_int,                                                                           \
        short: text_arg_int,                                                                                 \
        int: text_arg_int,                                                                                   \
        long: text_arg_int,                                                                                  \
        long long: text_arg_int,                                                                             \
        unsigned char: text_arg_int,                                                                         \
        unsigned short: text_arg_int,                                                                        \
        unsigned: text_arg_int,                                                                              \
        unsigned long: text_arg_uint,                                                                        \
        unsigned long long: text_arg_uint)(name, v)
