// SPDX-License-Identifier: EUPL-1.2
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t ceiling)
{
    *b = (struct buf){ .ceiling = ceiling };
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){ 0 };
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

static bool grow(struct buf *b, size_t n)
{
    if (b->failed) return false;
    if (n <= b->cap - b->n) return true;
    size_t want;
    if (__builtin_add_overflow(b->n, n, &want) || want > b->ceiling) goto no;
    size_t cap = b->cap < 256 ? 256 : b->cap + b->cap / 2;
    if (cap < want) cap = want;
    if (cap > b->ceiling) cap = b->ceiling;
    char *p = realloc(b->p, cap);
    if (!p) goto no;
    b->p = p;
    b->cap = cap;
    return true;
no:
    b->failed = true;
    return false;
}

void *buf_room(struct buf *b, size_t n)
{
    if (!grow(b, n)) return NULL;
    void *p = b->p + b->n;
    b->n += n;
    return p;
}

void buf_add_bytes(struct buf *b, const void *p, size_t n)
{
    if (!n || !grow(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_add(struct buf *b, str s)
{
    buf_add_bytes(b, s.p, s.n);
}

void buf_add_c(struct buf *b, char c)
{
    if (b->n < b->cap && !b->failed) b->p[b->n++] = c;
    else buf_add_bytes(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !grow(b, (size_t)n + 1)) { // vsnprintf writes a NUL behind; it is not counted
        b->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

void buf_add_u64(struct buf *b, uint64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    do *--p = (char)('0' + v % 10);
    while (v /= 10);
    buf_add_bytes(b, p, (size_t)(digits + sizeof digits - p));
}

void buf_add_i64(struct buf *b, int64_t v)
{
    if (v < 0) buf_add_c(b, '-');
    buf_add_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_add_fixed(struct buf *b, double v, int digits)
{
    char text[400];
    int  n = snprintf(text, sizeof text, "%.*f", digits, v);
    if (n < 0 || (size_t)n >= sizeof text) {
        b->failed = true;
        return;
    }
    if (digits > 0) {
        while (text[n - 1] == '0') n--;
        if (text[n - 1] == '.') n--;
    }
    if (n == 2 && !memcmp(text, "-0", 2)) buf_add_c(b, '0');
    else buf_add_bytes(b, text, (size_t)n);
}

void buf_add_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) buf_add_c(b, (char)(v | 0x80));
    buf_add_c(b, (char)v);
}

static void add_le(struct buf *b, uint64_t v, size_t bytes)
{
    unsigned char le[8];
    for (size_t i = 0; i < bytes; i++) le[i] = (unsigned char)(v >> (8 * i));
    buf_add_bytes(b, le, bytes);
}

void buf_add_le16(struct buf *b, uint16_t v)
{
    add_le(b, v, 2);
}

void buf_add_le32(struct buf *b, uint32_t v)
{
    add_le(b, v, 4);
}

void buf_add_le64(struct buf *b, uint64_t v)
{
    add_le(b, v, 8);
}

str buf_str(const struct buf *b)
{
    return (str){ b->p, b->n };
}

enum err buf_end(struct scope *sc, const struct buf *b)
{
    if (b->failed)
        return fail(&sc->fault, ERR_NOMEM, "no room for more than %zu bytes of output", b->ceiling);
    return OK;
}
