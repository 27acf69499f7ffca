// SPDX-License-Identifier: EUPL-1.2
#include "publish/spot.h"

#include <stdlib.h>

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

uint64_t spot_place(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS])
{
    unsigned drop = s->level ? 32 - s->level : 0;
    uint64_t hash = at ? mix(1, (uint64_t)(at->x >> drop) << 32 | at->y >> drop) : 1;
    bool     told = at;
    for (size_t k = 0; k < s->atlas->n_sets; k++) {
        hash = mix(hash, area[k]);
        told = told || area[k] != AREA_NOWHERE;
    }
    return told ? hash | 1 : 0;
}

static int cmp_left(const void *a, const void *b)
{
    const struct spot_left *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return (x->release > y->release) - (x->release < y->release);
}

void spots_take(struct spots *s, struct spot_left *left, size_t n)
{
    s->left = left, s->n_left = n;
    if (n) qsort(left, n, sizeof *left, cmp_left);
}

/// The first that left at a place.
static size_t first_left(const struct spots *s, uint64_t place)
{
    size_t low = 0, high = s->n_left;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->left[middle].place < place) low = middle + 1;
        else high = middle;
    }
    return low;
}

struct leave_spot spot_of(const struct spots *s, uint64_t place, int64_t moment)
{
    struct leave_spot spot = { .place = place, .moment = moment };
    for (size_t k = place ? first_left(s, place) : s->n_left; k < s->n_left && s->left[k].place == place;
         k++) {
        spot.batches += !spot.before || s->left[k].release != s->left[k - 1].release;
        spot.again |= s->left[k].moment == moment;
        spot.before++;
    }
    return spot;
}
