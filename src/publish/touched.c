// SPDX-License-Identifier: EUPL-1.2
#include "publish/touched.h"

#include <stdlib.h>

enum { NO_MONTH = INT32_MIN, ROOM_FIRST = 64 };

/// Never 0: that says that a place is free. Slices have numbers from 1 on.
static uint64_t key_of(uint32_t slice, int32_t month)
{
    return (uint64_t)slice << 32 | (uint32_t)month;
}

/// Where it stands, or would.
static size_t place_of(const struct touched *t, uint64_t key)
{
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 20) & (t->room - 1);
    while (t->key[at] && t->key[at] != key) at = (at + 1) & (t->room - 1);
    return at;
}

static bool grow(struct touched *t)
{
    struct touched more = { .room = t->room ? 2 * t->room : ROOM_FIRST, .n = t->n };
    more.key = calloc(more.room, sizeof *more.key);
    if (!more.key) return false;
    for (size_t i = 0; i < t->room; i++)
        if (t->key[i]) more.key[place_of(&more, t->key[i])] = t->key[i];
    free(t->key);
    *t = more;
    return true;
}

static bool add(struct touched *t, uint64_t key)
{
    if (2 * t->n >= t->room && !grow(t)) return false;
    uint64_t *at = &t->key[place_of(t, key)];
    t->n += !*at;
    *at = key;
    return true;
}

static bool has(const struct touched *t, uint64_t key)
{
    return t->n && t->key[place_of(t, key)];
}

bool touched_add(struct touched *t, uint32_t slice, int32_t month)
{
    return add(t, key_of(slice, NO_MONTH)) && add(t, key_of(slice, month));
}

bool touched_slice(const struct touched *t, uint32_t slice)
{
    return has(t, key_of(slice, NO_MONTH));
}

bool touched_month(const struct touched *t, uint32_t slice, int32_t month)
{
    return has(t, key_of(slice, month));
}

void touched_free(struct touched *t)
{
    free(t->key);
    *t = (struct touched){ 0 };
}
