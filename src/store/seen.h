// SPDX-License-Identifier: EUPL-1.2
// Which keys a run has told of, by their hashes alone: a hash that is there may be another key's, one that is not there
// was never told. 8 bytes for each row, and 6 to 11 for each key, to at most SEEN_MAX_ROWS. Tests: tests/unit/test_seen.c.
//
//     slot[]  7 bits of the hash, 24 of the row, 1 doubt   open addressing by the hash; 0: free
//     hash[]  of row 1, row 2, ...                         what a slot is compared by, when the 7 bits are the same
#pragma once
#include "base/str.h"

enum { SEEN_MAX_ROWS = 12 << 20 };

struct seen {
    uint64_t *hash; // [rows], by row - 1
    uint32_t *slot; // [slots]
    size_t    rows, slots, n;
};

void               seen_free(struct seen *s); // accepts a zeroed one
uint64_t           seen_hash(str key);
/// Where the hash is noted; NULL: nowhere. Valid until the next seen_add.
uint32_t          *seen_find(const struct seen *s, uint64_t hash);
/// Fetches from memory what seen_find will look at; a hint.
static inline void seen_soon(const struct seen *s, uint64_t hash)
{
    if (s->slots) __builtin_prefetch(&s->slot[hash & (s->slots - 1)], 1);
}
/// Notes that row (from 1) tells a key of this hash, which is not there yet. False: no memory, or the limit is reached.
bool seen_add(struct seen *s, uint64_t hash, int64_t row, bool doubt);

/// The row that a slot notes, and whether its key is in doubt: then more than the store's table tells of it.
static inline int64_t seen_row(uint32_t slot)
{
    return slot >> 1 & 0xFFFFFF;
}
static inline bool seen_doubt(uint32_t slot)
{
    return slot & 1;
}
