// SPDX-License-Identifier: EUPL-1.2
// A growing buffer with a ceiling and a sticky failure: after the first failure every buf_add does nothing,
// and buf_end tells. So a page or a tile is written straight down, with one check at the end.
// Invariants: n <= cap <= ceiling; p is malloc'ed; a buffer of all zeroes is empty and has no ceiling to grow
// into, so start with buf_init.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct buf {
    char  *p;
    size_t n, cap, ceiling;
    bool   failed;
};

void buf_init(struct buf *b, size_t ceiling);
void buf_free(struct buf *b);  // accepts a zeroed buffer
void buf_reset(struct buf *b); // empty again, failure forgotten, memory kept
void buf_add(struct buf *b, str s);
void buf_add_c(struct buf *b, char c);
void buf_add_bytes(struct buf *b, const void *p, size_t n);
PRINTF(2, 3) void buf_printf(struct buf *b, const char *format, ...);
void     buf_add_u64(struct buf *b, uint64_t v);
void     buf_add_i64(struct buf *b, int64_t v);
/// Shortest decimal form that reads back as the same double, at most `digits` after the point; 0 <= digits
/// <= 17.
void     buf_add_fixed(struct buf *b, double v, int digits);
/// 7 bits a byte, the lowest first; the highest bit of a byte says that more follow (LEB128, a varint of protobuf).
void     buf_add_varint(struct buf *b, uint64_t v);
/// Little-endian, as all our files are.
void     buf_add_le16(struct buf *b, uint16_t v);
void     buf_add_le32(struct buf *b, uint32_t v);
void     buf_add_le64(struct buf *b, uint64_t v);
/// Room for n more bytes, to be written by the caller at the returned place; NULL when there is none.
void    *buf_room(struct buf *b, size_t n);
str      buf_str(const struct buf *b);
/// OK, or ERR_NOMEM when any addition failed (ceiling or memory).
enum err buf_end(struct scope *sc, const struct buf *b);
