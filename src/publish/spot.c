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

static int cmp_places(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

enum err spots_open(struct scope *sc, const struct atlas *atlas, unsigned level,
                    const struct leave_left *left, size_t n, struct spots *out)
{
    *out = (struct spots){ .atlas = atlas, .level = level, .left = arena_array(sc->mem, uint64_t, n + 1) };
    if (!out->left) return fail(&sc->fault, ERR_NOMEM, "no room for what left the public tier");
    for (size_t i = 0; i < n; i++) {
        uint16_t area[MAX_AREA_SETS];
        memcpy(area, left[i].area, sizeof area);
        if (!left[i].has_areas) atlas_at(atlas, left[i].at, area);
        out->left[out->n_left++] = place_of(out, left[i].has_point ? &left[i].at : NULL, area);
    }
    if (n) qsort(out->left, n, sizeof *out->left, cmp_places);
    return OK;
}

/// How many are below a number.
static size_t below(const struct spots *s, uint64_t place)
{
    size_t low = 0, high = s->n_left;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->left[middle] < place) low = middle + 1;
        else high = middle;
    }
    return low;
}

struct leave_spot spot_of(const struct spots *s, const struct point *at, const uint16_t area[MAX_AREA_SETS],
                          int64_t moment)
{
    struct leave_spot spot = { .place = place_of(s, at, area), .moment = moment };
    if (spot.place) spot.before = (uint32_t)(below(s, spot.place + 1) - below(s, spot.place));
    return spot;
}
