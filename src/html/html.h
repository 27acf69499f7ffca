// SPDX-License-Identifier: EUPL-1.2
// What compiled templates call: escaping for the place a value stands in, and messages in the page's language.
// Templates (web/pages/*.html) are compiled by tools/pack into functions tpl_NAME(struct buf *, enum language,
// const struct NAME_view *); the syntax is in doc/templates.md. There is no way to write a value unescaped.
#pragma once
#include "base/buf.h"
#include "base/lang.h"

enum html_place { HTML_TEXT, HTML_ATTRIBUTE, HTML_URL /* attribute that holds a link: only http(s), mailto and paths pass */ };
void html_put_str(struct buf *to, enum html_place where, str s);
void html_put_cstr(struct buf *to, enum html_place where, const char *s);
void html_put_i64(struct buf *to, enum html_place where, int64_t v); // plain digits; group with message formats
void html_put_u64(struct buf *to, enum html_place where, uint64_t v);
