// SPDX-License-Identifier: EUPL-1.2
#include "publish/spot.h"

#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

/// 0: nothing is told of where it was.
static uint64_t place_of(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS])
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

enum err spots_open(struct scope *sc, const struct atlas *atlas, unsigned level,
                    const struct leave_left *left, size_t n, struct spots *out)
{
    *out = (struct spots){ .atlas = atlas,
                           .level = level,
                           .left = arena_array(sc->mem, struct spot_left, n + 1) };
    if (!out->left) return fail(&sc->fault, ERR_NOMEM, "no room for what left the public tier");
    for (size_t i = 0; i < n; i++) {
        const struct point *at = left[i].has_point ? &left[i].at : NULL;
        out->left[out->n_left++] = (struct spot_left){ place_of(out, at, left[i].area), left[i].release };
    }
    if (n) qsort(out->left, n, sizeof *out->left, cmp_left);
    return OK;
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

struct leave_spot spot_of(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS])
{
    struct leave_spot spot = { .place = place_of(s, at, area) };
    if (!spot.place) return spot;
    for (size_t k = first_left(s, spot.place); k < s->n_left && s->left[k].place == spot.place; k++) {
        spot.batches += !spot.before || s->left[k].release != s->left[k - 1].release;
        spot.before++;
    }
    return spot;
}
