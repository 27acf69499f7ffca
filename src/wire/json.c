// SPDX-License-Identifier: EUPL-1.2
#include "wire/json.h"

#include "base/shown.h"
#include <math.h>

struct json json_on(struct buf *to)
{
    return (struct json){ .to = to };
}

static void value(struct json *j)
{
    if (j->comma) buf_add_c(j->to, ',');
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    value(j);
    buf_add_c(j->to, bracket);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    buf_add_c(j->to, bracket);
    j->comma = true;
}

void json_key(struct json *j, const char *key)
{
    value(j);
    json_escape(j->to, str_of(key));
    buf_add_c(j->to, ':');
    j->comma = false;
}

void json_str(struct json *j, str s)
{
    value(j);
    json_escape(j->to, s);
}

void json_cstr(struct json *j, const char *s)
{
    if (s) json_str(j, str_of(s));
    else json_null(j);
}

void json_i64(struct json *j, int64_t v)
{
    value(j);
    buf_add_i64(j->to, v);
}

void json_u64(struct json *j, uint64_t v)
{
    value(j);
    buf_add_u64(j->to, v);
}

void json_fixed(struct json *j, double v, int digits)
{
    if (!isfinite(v)) {
        json_null(j);
        return;
    }
    value(j);
    buf_add_fixed(j->to, v, digits);
}

void json_bool(struct json *j, bool v)
{
    value(j);
    buf_add(j->to, v ? S("true") : S("false"));
}

void json_null(struct json *j)
{
    value(j);
    buf_add(j->to, S("null"));
}

static void escape_part(struct buf *to, str s)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        uint32_t      hidden;
        size_t        n;
        if (c == '"' || c == '\\') {
            buf_add_c(to, '\\');
            buf_add_c(to, (char)c);
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7F) {
            char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
            buf_add_bytes(to, text, sizeof text);
        } else if (c >= 0xC2 && c < 0xF0 && (n = shown_hidden(str_slice(s, i, s.n), &hidden))) {
            buf_printf(to, "\\u%04x", (unsigned)hidden); // a terminal would obey it
            i += n - 1;
        } else buf_add_c(to, (char)c);
    }
}

void json_escape(struct buf *to, str s)
{
    buf_add_c(to, '"');
    for (size_t bad; !str_is_utf8(s, &bad); s = str_slice(s, bad + 1, s.n)) {
        escape_part(to, str_slice(s, 0, bad));
        buf_add(to, s.p[bad] ? S("\xEF\xBF\xBD") : S("\\u0000"));
    }
    escape_part(to, s);
    buf_add_c(to, '"');
}
