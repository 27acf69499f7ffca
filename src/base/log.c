// SPDX-License-Identifier: EUPL-1.2
#include "base/log.h"

#include "base/buf.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/shown.h"
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

static bool is_plain(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 0x7F) return false;
    }
    return s.n > 0;
}

static void add_value(struct buf *b, str s)
{
    if (is_plain(s)) {
        buf_add(b, s);
        return;
    }
    buf_add_c(b, '"');
    for (size_t i = 0, n; i < s.n && b->n < LINE_MAX_BYTES - 16; i += n) {
        unsigned char c = (unsigned char)s.p[i];
        for (n = 1; c >= 0xC0 && n < 4 && i + n < s.n && ((unsigned char)s.p[i + n] & 0xC0) == 0x80;) n++;
        if (c == '"' || c == '\\') buf_add_c(b, '\\');
        if (c < ' ' || c == 0x7F) buf_printf(b, "\\x%02x", c);
        else shown_add(b, str_slice(s, i, i + n));
    }
    buf_add_c(b, '"');
}

void log_write(enum log_level level, const char *name, const struct log_field *fields)
{
    static const char *const  levels[] = { "debug", "info", "warn", "error" };
    AUTO(buf_free) struct buf b;
    buf_init(&b, 2 * LINE_MAX_BYTES);
    civil_add_time(&b, clock_system.now_s());
    buf_printf(&b, "Z %s %s", levels[level], name);
    for (const struct log_field *f = fields; f->kind != LOG_END; f++) {
        buf_printf(&b, " %s=", f->key);
        if (f->kind == LOG_I64) buf_add_i64(&b, f->i);
        else add_value(&b, f->s);
    }
    buf_add_c(&b, '\n');
    ssize_t ignored = write(STDERR_FILENO, b.p, b.n);
    (void)ignored;
}
