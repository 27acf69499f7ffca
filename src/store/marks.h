// SPDX-License-Identifier: EUPL-1.2
// A small number for each incident that has one, kept by number in blocks of 65,536 incidents: a bit for each, the lowest of
// a byte first, or, where fewer than 4,096 have it, their places in the block, 16 bits each, little-endian.
// Threads: no shared state. Tests: tests/unit/test_marks.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { MARKS_BLOCK_IDS = 65536, MARKS_BLOCK_BYTES = MARKS_BLOCK_IDS / 8, MARKS_MOST = UINT16_MAX };

struct marks {
    uint16_t *of; // [n] by id; 0: it has none. NULL: no incident has one
    size_t    n;
};
static inline uint16_t mark_of(const struct marks *m, int64_t id)
{
    return (uint64_t)id < m->n ? m->of[id] : 0;
}

/// Room for incidents up to last; does nothing when there is some. Of the scope.
enum err         marks_room(struct scope *sc, int64_t last, struct marks *m);
/// Gives the incidents of a block this number. False: the bytes are no block, or of incidents beyond the room.
bool             marks_read(struct marks *m, uint16_t mark, int64_t block, str ids);
/// Each block of each number, to be written down. ids are valid during the call.
typedef enum err marks_put(void *to, uint16_t mark, int64_t block, str ids);
enum err         marks_each(struct scope *sc, const struct marks *m, marks_put *put, void *to);
