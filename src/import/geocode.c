// SPDX-License-Identifier: EUPL-1.2
#include "import/geocode.h"

#include "base/arena.h"
#include "import/reader.h"
#include <stdlib.h>
#include <string.h>

struct place {
    str            address; // as written; p NULL: a free slot
    struct lon_lat at;
};
struct geocode {
    struct arena *mem;
    struct place *slot; // open addressing, a power of two, at most half full
    size_t        n, slots;
};

void geocode_close(struct geocode *g)
{
    if (!g) return;
    arena_close(g->mem);
    free(g->slot);
    free(g);
}

void geocode_closep(struct geocode **g)
{
    geocode_close(*g);
    *g = NULL;
}

/// The next letter that counts: capitals made small, blanks made one, none at the ends. 0 at the end.
static char next_letter(str s, size_t *at)
{
    bool blank = false;
    while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\t')) blank = true, ++*at;
    if (*at >= s.n) return 0;
    if (blank) return ' ';
    char c = s.p[(*at)++];
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static uint64_t hash(str s)
{
    uint64_t h = 0xCBF29CE484222325u;
    size_t   at = 0;
    for (char c; (c = next_letter(s, &at));) h = (h ^ (unsigned char)c) * 0x100000001B3u;
    return h ^ h >> 32;
}

static bool same(str a, str b)
{
    size_t i = 0, k = 0;
    char   c;
    do {
        c = next_letter(a, &i);
        if (c != next_letter(b, &k)) return false;
    } while (c);
    return true;
}

static struct place *slot_of(const struct geocode *g, str address)
{
    size_t i = (size_t)hash(address) & (g->slots - 1);
    while (g->slot[i].address.p && !same(g->slot[i].address, address)) i = (i + 1) & (g->slots - 1);
    return &g->slot[i];
}

static enum err grow(struct scope *sc, struct geocode *g)
{
    if (g->n * 2 < g->slots) return OK;
    struct geocode bigger = { .slots = g->slots ? g->slots * 2 : 1024 };
    bigger.slot = calloc(bigger.slots, sizeof *bigger.slot);
    if (!bigger.slot) return fail(&sc->fault, ERR_NOMEM, "no room for %zu addresses", g->n);
    for (size_t i = 0; i < g->slots; i++)
        if (g->slot[i].address.p) *slot_of(&bigger, g->slot[i].address) = g->slot[i];
    free(g->slot);
    g->slot = bigger.slot;
    g->slots = bigger.slots;
    return OK;
}

static enum err add(struct scope *sc, struct geocode *g, str address, struct lon_lat at)
{
    TRY(grow(sc, g));
    struct place *p = slot_of(g, str_trim(address));
    if (p->address.p) return OK; // the first of two that are the same
    p->address = arena_str(g->mem, str_trim(address));
    if (!p->address.p || g->slots * sizeof *g->slot > GEOCODE_MAX_BYTES)
        return fail(&sc->fault, ERR_LIMIT, "the file of addresses holds more than fits into %d MiB",
                    GEOCODE_MAX_BYTES >> 20);
    p->at = at;
    g->n++;
    return OK;
}

static enum err path_of(struct scope *sc, const struct profile *p, const char **out)
{
    size_t folder = p->path.n;
    while (folder && p->path.p[folder - 1] != '/') folder--;
    bool whole = p->geocode.p[0] == '/';
    str  path = arena_printf(sc->mem, "%.*s%.*s", whole ? 0 : (int)folder, p->path.p ? p->path.p : "",
                             STR(p->geocode));
    *out = path.p;
    return path.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a path");
}

enum err geocode_open(struct scope *sc, const struct profile *p, struct geocode **out)
{
    AUTO(geocode_closep) struct geocode *g = calloc(1, sizeof *g);
    AUTO(stream_closep) struct stream   *from = NULL;
    AUTO(reader_closep) struct reader   *reader = NULL;
    const char                          *path;
    if (g) g->mem = arena_open(GEOCODE_MAX_BYTES);
    if (!g || !g->mem) return fail(&sc->fault, ERR_NOMEM, "no room for addresses");
    // Its own small profile: the table is read as any other CSV file is.
    struct profile *table = arena_new(sc->mem, struct profile);
    if (!table) return fail(&sc->fault, ERR_NOMEM, "no room for addresses");
    *table = (struct profile){ .source = p->source,
                               .columns = p->geocode_columns,
                               .header = true,
                               .from = p->geocode_address,
                               .csv.encoding = TEXT_UTF8 };
    TRY(path_of(sc, p, &path));
    TRY(stream_open(sc, path, &from));
    TRY(reader_open(sc, from, table, &reader));
    TRY(grow(sc, g));
    struct record r;
    while (reader_next(reader, &r)) {
        struct arena_mark mark = arena_mark(sc->mem);
        struct lon_lat    at;
        str               address, lon, lat;
        if (r.problem) continue;
        TRY(template_fill(sc, &p->geocode_address, r.value, &address));
        TRY(template_fill(sc, &p->geocode_lon, r.value, &lon));
        TRY(template_fill(sc, &p->geocode_lat, r.value, &lat));
        if (address.n && str_to_double(lon, &at.lon) && str_to_double(lat, &at.lat))
            TRY(add(sc, g, address, at));
        arena_back(sc->mem, mark);
    }
    TRY(reader_end(sc, reader));
    *out = g;
    g = NULL;
    return OK;
}

bool geocode_find(const struct geocode *g, str address, struct lon_lat *out)
{
    const struct place *p = slot_of(g, str_trim(address));
    if (!p->address.p) return false;
    *out = p->at;
    return true;
}
