// SPDX-License-Identifier: EUPL-1.2
// Writes JSON straight down onto a buffer. Commas and escapes are its business; nesting is the caller's.
// Small JSON is read with jansson where it is needed.
#pragma once
#include "base/buf.h"

struct json {
    struct buf *to;
    bool        comma; // a value stands before, on this level
};

struct json json_on(struct buf *to);
void        json_open(struct json *j, char bracket);   // '{' or '['
void        json_close(struct json *j, char bracket);  // '}' or ']'
void        json_key(struct json *j, const char *key); // "key":
void        json_str(struct json *j, str s);           // bytes that are not UTF-8 become U+FFFD
void        json_cstr(struct json *j, const char *s);  // NULL writes null
void        json_i64(struct json *j, int64_t v);
void        json_u64(struct json *j, uint64_t v);
void        json_fixed(struct json *j, double v, int digits); // not finite: null
void        json_bool(struct json *j, bool v);
void        json_null(struct json *j);
/// The string with its quotes, escaped so that it is also safe inside an HTML script element and on a terminal.
void        json_escape(struct buf *to, str s);
