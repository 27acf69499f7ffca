// SPDX-License-Identifier: EUPL-1.2
// Messages in the page's language. po/*.LANG.po hold them; tools/pack_text makes enum msg (MSG_MAP_TITLE for
// "map.title") and the table behind these functions, and refuses a message, a plural form or an argument that one of
// the languages lacks. The language is an argument, never the process locale.
// Arguments are named, {n} or {town} in the text; {n} also chooses the plural form.
// Threads: no shared state but constant tables. Tests: tests/unit/test_text.c.
#pragma once
#include "base/buf.h"
#include "base/lang.h"
#include "html/text_ids.h" // generated: enum msg

struct text_arg {
    const char *name;
    enum { TEXT_END, TEXT_INT, TEXT_STR } kind;
    int64_t i;
    str     s;
};
struct text_arg text_arg_int(const char *name, int64_t v); // grouped in the language: 12,345
struct text_arg text_arg_uint(const char *name, uint64_t v);
struct text_arg text_arg_str(const char *name, str v);
struct text_arg text_arg_cstr(const char *name, const char *v);

/// The message with its arguments; args end with TEXT_END. Not escaped: into HTML with html_put_text.
void text_add(struct buf *to, enum language l, enum msg m, const struct text_arg *args);
#define TEXT_ARGS(...) ((const struct text_arg[]){ __VA_ARGS__ __VA_OPT__(, ){ .kind = TEXT_END } })
/// A message without arguments.
str  text_of(enum language l, enum msg m);
/// The message of an id that is only known at run time ("iccs.5"). False: there is none.
bool text_find(str id, enum msg *out);
/// 12,345 in English; a no-break space instead of the comma in Czech and Ukrainian; a true minus.
void text_number(struct buf *to, enum language l, int64_t v);
/// The plural form of a count: 0 one, 1 few (Czech, Ukrainian) or other (English), 2 many. Sources: CLDR 44, gettext.
int  text_plural(enum language l, uint64_t n);
