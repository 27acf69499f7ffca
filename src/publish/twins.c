// SPDX-License-Identifier: EUPL-1.2
#include "publish/twins.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 1 << 12 };

struct twin_act {
    int64_t  from_s;
    int32_t  lon_e7, lat_e7;
    uint32_t source, other : 31; // two of those that protect it; other is 0 when there is one
    uint32_t to_the_minute : 1;  // one of them is told so
};

static bool is_certain(const struct fact *i)
{
    return i->has_point && i->precision <= PRECISION_HOUR;
}

static bool is_to_the_minute(const struct fact *i)
{
    return i->precision == PRECISION_MINUTE;
}

/// Where it is, or the free slot where it belongs.
static struct twin_act *slot_of(const struct twins *t, int64_t from_s, int32_t lon_e7, int32_t lat_e7)
{
    uint64_t h = (uint64_t)from_s * 0x9E3779B97F4A7C15u ^ (uint64_t)(uint32_t)lon_e7 << 32 ^ (uint32_t)lat_e7;
    h *= 0x9E3779B97F4A7C15u;
    for (size_t at = (size_t)(h >> 32);; at++) {
        struct twin_act *a = &t->of[at & (t->slots - 1)];
        if (!a->source || (a->from_s == from_s && a->lon_e7 == lon_e7 && a->lat_e7 == lat_e7)) return a;
    }
}

static enum err grow(struct scope *sc, struct twins *t)
{
    struct twins more = { .slots = t->slots ? 2 * t->slots : SLOTS_FIRST, .n = t->n };
    more.of = calloc(more.slots, sizeof *more.of);
    if (!more.of) return fail(&sc->fault, ERR_NOMEM, "no room for what sources protect");
    for (size_t i = 0; i < t->slots; i++)
        if (t->of[i].source) *slot_of(&more, t->of[i].from_s, t->of[i].lon_e7, t->of[i].lat_e7) = t->of[i];
    free(t->of);
    *t = more;
    return OK;
}

enum err twins_protect(struct scope *sc, struct twins *t, const struct fact *i)
{
    if (!is_certain(i)) return OK;
    if (2 * (t->n + 1) > t->slots) TRY(grow(sc, t));
    struct twin_act *a = slot_of(t, i->from_s, i->lon_e7, i->lat_e7);
    if (a->source) {
        if (a->source != (uint32_t)i->source) a->other = (uint32_t)i->source & INT32_MAX;
        a->to_the_minute = a->to_the_minute || is_to_the_minute(i);
        return OK;
    }
    *a = (struct twin_act){ i->from_s, i->lon_e7, i->lat_e7, (uint32_t)i->source, 0, is_to_the_minute(i) };
    t->n++;
    return OK;
}

int32_t twins_of(const struct twins *t, const struct fact *i)
{
    if (!t->n || !is_certain(i)) return 0;
    const struct twin_act *a = slot_of(t, i->from_s, i->lon_e7, i->lat_e7);
    if (a->source && a->source != (uint32_t)i->source) return (int32_t)a->source;
    // In an hour and a street a source has many; what is told once is told to the minute once.
    if (a->other) return (int32_t)a->other;
    return a->to_the_minute && is_to_the_minute(i) ? (int32_t)a->source : 0;
}

void twins_free(struct twins *t)
{
    free(t->of);
    *t = (struct twins){ 0 };
}
