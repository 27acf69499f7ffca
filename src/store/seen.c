// SPDX-License-Identifier: EUPL-1.2
#include "store/seen.h"

#include <stdlib.h>
#include <string.h>

// Keys that somebody made to meet in one place cost the slower way of a row (seen_add says no), never a long search. A
// table of millions that is filled to three quarters has runs of some hundred slots of itself.
enum { PROBES_MAX = 1024, ROWS_FIRST = 1 << 16, SLOTS_FIRST = 1 << 16 };

void seen_free(struct seen *s)
{
    free(s->hash);
    free(s->slot);
    *s = (struct seen){ 0 };
}

// Keys that are like each other have hashes that are like each other; the finish of MurmurHash3 (Austin Appleby, public
// domain) spreads them over all bits.
uint64_t seen_hash(str key)
{
    uint64_t h = str_hash(key);
    h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
    h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
    return h ^ h >> 33;
}

_Static_assert(SEEN_MAX_ROWS < 1 << 24, "a slot holds 24 bits of a row");

// Those upper bits of the hash that its slot holds, in their place. A slot of another key is told without a look at that
// key's hash, which is far away in memory.
static uint32_t mark_of(uint64_t hash)
{
    return (uint32_t)(hash >> 57) << 25;
}

// The slot of the hash, or the free one where it belongs; NULL: neither within reach.
static uint32_t *probe(const struct seen *s, uint64_t hash)
{
    for (size_t i = 0; s->slots && i < PROBES_MAX; i++) {
        uint32_t *at = &s->slot[(hash + i) & (s->slots - 1)];
        if (!*at) return at;
        if (*at >> 25 << 25 == mark_of(hash) && s->hash[seen_row(*at) - 1] == hash) return at;
    }
    return NULL;
}

uint32_t *seen_find(const struct seen *s, uint64_t hash)
{
    uint32_t *at = probe(s, hash);
    return at && *at ? at : NULL;
}

static bool grow_rows(struct seen *s, size_t least)
{
    size_t rows = s->rows ? s->rows + s->rows / 2 : ROWS_FIRST;
    if (rows < least) rows = least;
    if (rows > SEEN_MAX_ROWS) rows = SEEN_MAX_ROWS;
    uint64_t *grown = realloc(s->hash, rows * sizeof *grown);
    if (!grown) return false;
    s->hash = grown;
    s->rows = rows;
    return true;
}

static bool grow_slots(struct seen *s)
{
    struct seen larger = { .hash = s->hash, .slots = s->slots ? 2 * s->slots : SLOTS_FIRST };
    larger.slot = calloc(larger.slots, sizeof *larger.slot);
    if (!larger.slot) return false;
    for (size_t i = 0; i < s->slots; i++) {
        if (!s->slot[i]) continue;
        uint32_t *at = probe(&larger, s->hash[seen_row(s->slot[i]) - 1]);
        if (!at) {
            free(larger.slot);
            return false;
        }
        *at = s->slot[i];
    }
    free(s->slot);
    s->slot = larger.slot;
    s->slots = larger.slots;
    return true;
}

bool seen_add(struct seen *s, uint64_t hash, int64_t row, bool doubt)
{
    if (row > SEEN_MAX_ROWS) return false;
    if ((size_t)row > s->rows && !grow_rows(s, (size_t)row)) return false;
    if (4 * (s->n + 1) > 3 * s->slots && !grow_slots(s)) return false;
    uint32_t *at = probe(s, hash);
    if (!at) return false;
    s->hash[row - 1] = hash;
    *at = mark_of(hash) | (uint32_t)row << 1 | doubt;
    s->n++;
    return true;
}
