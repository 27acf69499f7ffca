// SPDX-License-Identifier: EUPL-1.2
// What the packers share: reading whole files, and dying with the place in the input that is at fault.
// Their memory is one scope's; it goes when the program ends.
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACK_MAX_FILE = 64 << 20, PACK_MAX_OUT = 256 << 20 };

static inline void pack_check(struct scope *sc, enum err e)
{
    if (!e) return;
    fprintf(stderr, "%s\n", sc->fault.text);
    exit(1);
}

static inline str pack_read(struct scope *sc, const char *path)
{
    str s = { 0 };
    pack_check(sc, file_read(sc, path, PACK_MAX_FILE, &s));
    return s;
}

/// Writes a file unless it holds these bytes already, so that what depends on it is not built again.
static inline void pack_write(struct scope *sc, const char *path, struct buf *b)
{
    str old = { 0 };
    pack_check(sc, buf_end(sc, b));
    if (file_read(sc, path, PACK_MAX_OUT, &old) == OK && str_eq(old, buf_str(b))) {
        buf_free(b);
        return;
    }
    pack_check(sc, file_replace(sc, path, buf_str(b)));
    buf_free(b);
}

/// A C string literal, any byte. An octal escape has three digits, so a digit behind it stays its own.
static inline void pack_literal(struct buf *to, str s)
{
    buf_add_c(to, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') buf_printf(to, "\\%c", c);
        else if (c == '?' || c < ' ' || c >= 0x7F) buf_printf(to, "\\%03o", c);
        else buf_add_c(to, (char)c);
    }
    buf_add_c(to, '"');
}

/// "map.app.all_hours" to MAP_APP_ALL_HOURS.
static inline void pack_name(struct buf *to, str id)
{
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_add_c(to, !word ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
}
