// SPDX-License-Identifier: EUPL-1.2
#include "publish/handed.h"

#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

struct act {
    int64_t from_s;
    int32_t source, lon_e7, lat_e7, category;
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for what sources tell in several slices");
}

void handed_free(struct handed *h)
{
    free(h->head);
    free(h->next);
    free(h->key_of);
    free(h->from);
    free(h->all);
    *h = (struct handed){ 0 };
}

static uint64_t mix(uint64_t h, uint64_t with)
{
    h = (h ^ with) * 0x9E3779B97F4A7C15u; // as str_hash
    return h ^ h >> 32;
}

static uint64_t hash_of(const struct act *a)
{
    uint64_t place = (uint64_t)(uint32_t)a->lon_e7 << 32 | (uint32_t)a->lat_e7;
    uint64_t kind = (uint64_t)(uint32_t)a->source << 32 | (uint32_t)a->category;
    return mix(mix(mix(0, (uint64_t)a->from_s), place), kind);
}

static struct act act_of(const struct newcomer *n)
{
    return (struct act){ n->from_s, n->source, n->lon_e7, n->lat_e7, n->category };
}

static uint32_t *head_of(const struct handed *h, uint64_t hash)
{
    return &h->head[(hash ^ hash >> 32) & h->mask];
}

static bool is_same(const struct newcomer *n, const struct act *a, bool keyed)
{
    int same = (n->from_s == a->from_s) + (n->lon_e7 == a->lon_e7 && n->lat_e7 == a->lat_e7) +
               (n->category == a->category);
    return n->source == a->source && same >= (keyed ? 2 : 3);
}

// -- what is public -----------------------------------------------------------------------------------------------------

static enum err add(struct handed *h, uint32_t to, const struct handed_from *from)
{
    if (h->n_all == h->room) {
        size_t              room = h->room ? 2 * h->room : 64;
        struct handed_from *more = reallocarray(h->all, room, sizeof *more);
        if (!more) return no_room(h->sc);
        h->all = more;
        h->room = room;
    }
    h->all[h->n_all] = *from;
    h->all[h->n_all].next = h->from[to];
    h->from[to] = (uint32_t)++h->n_all;
    return OK;
}

/// To all newcomers from this one on that tell the same act in another slice. The slice is asked last: few come so far.
static enum err offer(struct handed *h, uint32_t k, uint64_t key, const struct act *a,
                      const struct handed_from *from)
{
    int64_t slice = 0;
    for (; k; k = h->next[k - 1]) {
        const struct newcomer *n = &h->new[k - 1];
        if (n->key != key || n->id == from->incident || !is_same(n, a, key)) continue;
        if (!slice) TRY(store_incident_slice(h->sc, h->st, from->incident, &slice));
        if (n->slice != slice) TRY(add(h, k - 1, from));
    }
    return OK;
}

/// The first newcomer from this one on that is of the key and tells the same act; 0: none does.
static uint32_t first_same(const struct handed *h, uint32_t k, uint64_t key, const struct act *a)
{
    while (k && (h->new[k - 1].key != key || !is_same(&h->new[k - 1], a, key))) k = h->next[k - 1];
    return k;
}

void handed_meet(struct handed *h, int64_t incident, uint64_t at, const struct fact *i)
{
    const struct act a = { i->from_s, i->source, i->lon_e7, i->lat_e7, i->category };
    if (h->e || incident > h->last) return;
    uint32_t k = h->key_of ? h->key_of[incident] : 0;
    uint64_t key = k ? h->new[k - 1].key : 0;
    if (!k && h->keyless) k = *head_of(h, hash_of(&a));
    if (k) k = first_same(h, k, key, &a);
    if (!k) return;
    const struct handed_from from = { .incident = incident, .at = at, .fact = *i };
    h->e = offer(h, k, key, &a, &from);
}

// -- what came ------------------------------------------------------------------------------------------------------------

static enum err index_newcomers(struct handed *h)
{
    size_t slots = 1024;
    while (slots < 8 * h->n) slots *= 2; // nearly all public ones find their slot empty
    h->head = calloc(slots, sizeof *h->head);
    h->next = calloc(h->n, sizeof *h->next);
    h->from = calloc(h->n, sizeof *h->from);
    if (!h->head || !h->next || !h->from || h->n >= UINT32_MAX) return no_room(h->sc);
    h->mask = slots - 1;
    for (size_t i = 0; i < h->n; i++) {
        struct act a = act_of(&h->new[i]);
        uint32_t  *head = head_of(h, h->new[i].key ? h->new[i].key : hash_of(&a));
        h->keyless = h->keyless || !h->new[i].key;
        h->next[i] = *head;
        *head = (uint32_t)i + 1;
    }
    return OK;
}

/// Which public ones have the key of a newcomer in another slice.
static enum err read_keys(struct handed *h, const struct shown *before, int32_t source)
{
    struct key_cursor *c;
    bool               back = h->new[0].id <= h->after; // some came back, whose keys are among all
    TRY(store_keys_open(h->sc, h->st, source, back ? 0 : h->after, &c));
    while (store_keys_next(c)) {
        int64_t id = store_keys_id(c);
        if (id > h->last || !shown_was(before, id)) continue;
        uint64_t key = store_keys_key(c);
        uint32_t k = *head_of(h, key);
        while (k && (h->new[k - 1].key != key || h->new[k - 1].slice == store_keys_slice(c)))
            k = h->next[k - 1];
        h->key_of[id] = k;
    }
    return store_keys_close(c);
}

static enum err read_all_keys(struct handed *h, const struct shown *before)
{
    int32_t most = 0;
    for (size_t i = 0; i < h->n; i++)
        if (h->new[i].key && h->new[i].source > most) most = h->new[i].source;
    if (!most) return OK;
    bool *done = arena_array(h->sc->mem, bool, (size_t)most + 1);
    h->key_of = calloc((size_t)h->last + 1, sizeof *h->key_of); // what is not written stays no memory
    if (!done || !h->key_of) return no_room(h->sc);
    for (size_t i = 0; i < h->n; i++) {
        int32_t source = h->new[i].source;
        if (!h->new[i].key || done[source]) continue;
        done[source] = true;
        TRY(read_keys(h, before, source));
    }
    return OK;
}

/// Without a key its own time and place find it (lost_as).
static enum err offer_lost(struct handed *h, const struct lost_set *lost)
{
    for (size_t i = 0; i < lost->n && h->key_of; i++) {
        struct lost *o = &lost->of[i];
        uint32_t     k = o->is.id <= h->last ? h->key_of[o->is.id] : 0;
        if (!k || o->left || o->counted) continue;
        const struct newcomer   *n = &h->new[k - 1];
        const struct act         a = { o->is.from_s, n->source, o->is.lon_e7, o->is.lat_e7, o->is.category };
        const struct handed_from from = { .incident = o->is.id, .lost = o };
        TRY(offer(h, k, n->key, &a, &from));
    }
    return OK;
}

enum err handed_open(struct scope *sc, struct store *st, const struct shown *before, int64_t last,
                     const struct lost_set *lost, struct handed *out)
{
    const struct revived *revived;
    size_t                n;
    int64_t               run = before->run;
    if (!before->release) return OK;
    for (size_t i = 0; i < before->n_staying; i++)
        if (before->staying[i].run < run) run = before->staying[i].run;
    out->sc = sc;
    out->st = st;
    out->last = last;
    TRY(store_revived(sc, st, run, &revived, &n));
    TRY(store_newcomers(sc, st, run, revived, n, &out->new, &out->n, &out->after));
    if (!out->n) return OK;
    TRY(index_newcomers(out));
    TRY(read_all_keys(out, before));
    return offer_lost(out, lost);
}

/// Its number among the newcomers, from 1; 0: it is none.
static size_t number_of(const struct handed *h, int64_t incident)
{
    size_t from = 0, to = h->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (h->new[middle].id < incident) from = middle + 1;
        else to = middle;
    }
    return from < h->n && h->new[from].id == incident ? from + 1 : 0;
}

bool handed_may(struct handed *h, int64_t incident)
{
    while (h->seen < h->n && h->new[h->seen].id < incident) h->seen++;
    if (h->seen == h->n || h->new[h->seen].id != incident) return false;
    return h->from[h->seen] || incident <= h->after; // what came back may be below what is public
}

enum err handed_find(struct handed *h, int64_t incident, const struct fact *i, struct handed_from **out)
{
    size_t k = number_of(h, incident);
    *out = NULL;
    if (h->e || !k) return h->e;
    for (uint32_t f = h->from[k - 1]; f && !*out; f = h->all[f - 1].next) {
        struct handed_from *is = &h->all[f - 1];
        bool                gone = is->taken || (is->lost && is->lost->taken);
        if (!gone && (h->new[k - 1].key || !memcmp(is->fact.area, i->area, sizeof i->area))) *out = is;
    }
    return OK;
}
