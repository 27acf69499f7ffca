// SPDX-License-Identifier: EUPL-1.2
#include "store/content.h"

#include "seal/hash.h"

static void add_text(struct buf *b, str s)
{
    buf_add_le32(b, (uint32_t)s.n);
    buf_add(b, s);
}

enum err content_of(struct scope *sc, struct buf *room, const struct incident *i, str key, bool category,
                    unsigned char out[CONTENT_BYTES])
{
    buf_reset(room);
    buf_add_le32(room, category ? (uint32_t)i->category : 0);
    buf_add_le32(room, (uint32_t)i->outcome);
    buf_add_le64(room, (uint64_t)i->from_s);
    buf_add_le64(room, (uint64_t)i->to_s);
    buf_add_le32(room, (uint32_t)i->offset_s);
    buf_add_c(room, (char)i->precision);
    buf_add_c(room, (char)i->point);
    buf_add_le32(room, (uint32_t)i->lon_e7);
    buf_add_le32(room, (uint32_t)i->lat_e7);
    buf_add_le32(room, i->flags);
    add_text(room, key);
    add_text(room, i->area);
    add_text(room, i->place);
    if (category && i->classes) buf_add_le16(room, i->classes);
    TRY(buf_end(sc, room));
    struct hash128 h = hash_content(buf_str(room));
    for (int at = 0; at < 8; at++) {
        out[at] = (unsigned char)(h.hi >> (8 * at));
        out[8 + at] = (unsigned char)(h.lo >> (8 * at));
    }
    return OK;
}
