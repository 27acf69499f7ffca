// SPDX-License-Identifier: EUPL-1.2
#include "tile/archive.h"

#include "base/arena.h"
#include "html/html.h"
#include "tile/clip.h"
#include "wire/json.h"
#include <libdeflate.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    BATCH = 512, // tiles between two looks at the disk
    MAX_THREADS = 64,
    PACK_LEVEL = 9, // packed once, read for years
    DRAW_BYTES = 256 << 20,
    ARCHIVE_TILE_BYTES = 64 << 20,
    METADATA_BYTES = 4 << 20,
};

/// A walk over the tiles of all zooms in the order of their ids: within a zoom along its Hilbert curve, down from the one
/// tile of zoom 0 into those quarters only that may hold something.
struct walk {
    unsigned z, level; // of the tiles wanted; of the one at hand
    uint64_t at;       // along the curve of its level
};
struct job {
    uint64_t id;
    unsigned z;
    uint32_t x, y;
    char    *packed; // malloc'ed; n == 0: the tile is empty
    size_t   n;
};
struct archive {
    const struct index *ix;
    struct archive_wish wish;
    struct box      areas[MAX_AREA_SETS], base; // of all that a set, the background draw; BOX_EMPTY: nothing
    str             area_layer[MAX_AREA_SETS], name_layer[MAX_AREA_SETS];
    struct walk     walk;
    uint64_t        tried, all;
    struct pmtiles *to;
    struct job      job[BATCH];
    struct box      drawn; // tiles of the deepest zoom that has any
    unsigned        first_z, last_z;
    bool            any;
};

// -- which tiles ------------------------------------------------------------------------------------------------------------

static void add_box(struct box *to, struct box b)
{
    box_add(to, (struct point){ b.min_x, b.min_y });
    box_add(to, (struct point){ b.max_x, b.max_y });
}

static bool areas_meet(const struct release_set *set, struct box b)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->areas[i].n_points && box_meets(set->areas[i].box, b)) return true;
    return false;
}

/// May the tile, or one of zoom z below it, hold something?
static bool may_hold(const struct archive *a, unsigned z, unsigned level, uint32_t x, uint32_t y)
{
    const struct release_info *info = index_info(a->ix);
    const struct filter       *f = &a->wish.filter;
    struct box                 tile = tile_box(level, x, y), around = box_widened(tile, anchor_half(info));
    struct box                 reach = box_widened(tile, (uint32_t)TILE_BUFFER << (32 - 12 - z));
    bool                       asked = !(f->has_box || f->has_poly) || box_meets(f->box, around);
    if (a->wish.incidents && asked && index_has_points(a->ix, around)) return true;
    if (a->wish.base && box_meets(a->base, reach)) return true;
    for (size_t s = 0; s < info->n_sets; s++)
        if (a->wish.set[s] && box_meets(a->areas[s], reach) && areas_meet(&info->sets[s], reach)) return true;
    return false;
}

static bool walk_next(const struct archive *a, struct walk *w, struct job *out)
{
    while (w->z <= a->wish.max_zoom) {
        struct job j = { .z = w->level };
        pmtiles_tile(w->level, w->at, &j.x, &j.y);
        bool     holds = may_hold(a, w->z, w->level, j.x, j.y), found = holds && w->level == w->z;
        uint64_t at = w->at;
        if (holds && !found) {
            w->level++;
            w->at *= 4;
            continue;
        }
        w->at++;
        while (w->level && !(w->at & 3)) {
            w->level--;
            w->at >>= 2;
        }
        if (!w->level) *w = (struct walk){ .z = w->z + 1 };
        if (!found) continue;
        j.id = pmtiles_first(j.z) + at;
        *out = j;
        return true;
    }
    return false;
}

// -- opening ----------------------------------------------------------------------------------------------------------------

static enum err name_layers(struct scope *sc, struct archive *a)
{
    const struct release_info *info = index_info(a->ix);
    a->base = BOX_EMPTY;
    for (size_t i = 0; i < info->n_layers; i++)
        for (size_t k = 0; k < info->layers[i].n; k++)
            if (info->layers[i].features[k].n_points) add_box(&a->base, info->layers[i].features[k].box);
    for (size_t s = 0; s < info->n_sets; s++) {
        const struct release_set *set = &info->sets[s];
        a->areas[s] = BOX_EMPTY;
        for (size_t i = 0; i < set->n; i++)
            if (set->areas[i].n_points) add_box(&a->areas[s], set->areas[i].box);
        bool plain = a->wish.plain;
        a->area_layer[s] = plain ? S("areas") : arena_printf(sc->mem, "areas-%.*s", STR(set->key));
        a->name_layer[s] = plain ? S("area_names") : arena_printf(sc->mem, "area_names-%.*s", STR(set->key));
        if (!a->area_layer[s].p || !a->name_layer[s].p)
            return fail(&sc->fault, ERR_NOMEM, "no room for the names of layers");
    }
    return OK;
}

enum err archive_open(struct scope *sc, const struct index *ix, const struct archive_wish *w,
                      const char *path, struct archive **out)
{
    AUTO(archive_closep) struct archive *a = calloc(1, sizeof *a);
    if (!a) return fail(&sc->fault, ERR_NOMEM, "no memory for an archive");
    a->ix = ix;
    a->wish = *w;
    if (!w->threads) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);
        a->wish.threads = n > 0 ? (unsigned)n : 1;
    }
    if (a->wish.threads > MAX_THREADS) a->wish.threads = MAX_THREADS;
    if (w->max_zoom > TILE_MAX_Z)
        return fail(&sc->fault, ERR_INVALID, "tiles go to zoom %d, not to %u", TILE_MAX_Z, w->max_zoom);
    TRY(name_layers(sc, a));
    for (struct walk all = { 0 }; walk_next(a, &all, &a->job[0]);) a->all++;
    TRY(pmtiles_open(sc, path, &a->to));
    *out = a;
    a = NULL;
    return OK;
}

void archive_closep(struct archive **a)
{
    if (!*a) return;
    for (size_t i = 0; i < BATCH; i++) free((*a)->job[i].packed);
    pmtiles_closep(&(*a)->to);
    free(*a);
    *a = NULL;
}

// -- drawing ----------------------------------------------------------------------------------------------------------------

/// What the threads share: who draws the next tile, and whether it still makes sense.
struct team {
    const struct archive *a;
    struct job           *job;
    size_t                n;
    atomic_size_t         next;
    atomic_bool           failed;
};
struct worker {
    struct team *team;
    struct scope sc;
    enum err     e;
};

static enum err draw(struct scope *sc, const struct archive *a, const struct job *j, struct buf *to)
{
    if (a->wish.incidents) TRY(tile_incidents(sc, a->ix, &a->wish.filter, j->z, j->x, j->y, to));
    if (a->wish.base) TRY(tile_base(sc, a->ix, j->z, j->x, j->y, to));
    for (size_t s = 0; s < index_info(a->ix)->n_sets; s++)
        if (a->wish.set[s])
            TRY(tile_areas_named(sc, a->ix, s, a->area_layer[s], a->name_layer[s], j->z, j->x, j->y, to));
    return OK;
}

static enum err pack(struct scope *sc, struct libdeflate_compressor *c, str tile, struct job *j)
{
    size_t max = libdeflate_gzip_compress_bound(c, tile.n);
    j->packed = malloc(max);
    if (!j->packed) return fail(&sc->fault, ERR_NOMEM, "no memory to pack a tile of %zu bytes", tile.n);
    j->n = libdeflate_gzip_compress(c, tile.p, tile.n, j->packed, max);
    return OK;
}

static enum err work_all(struct scope *sc, struct team *t, struct libdeflate_compressor *c, struct buf *tile)
{
    size_t i;
    while (!atomic_load(&t->failed) && (i = atomic_fetch_add(&t->next, 1)) < t->n) {
        struct arena_mark mark = arena_mark(sc->mem);
        buf_reset(tile);
        TRY(draw(sc, t->a, &t->job[i], tile));
        if (tile->n) TRY(pack(sc, c, buf_str(tile), &t->job[i]));
        arena_back(sc->mem, mark);
    }
    return OK;
}

static void *work(void *arg)
{
    struct worker                *w = arg;
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(PACK_LEVEL);
    AUTO(buf_free) struct buf     tile = { 0 };
    buf_init(&tile, ARCHIVE_TILE_BYTES);
    w->sc = (struct scope){ .mem = arena_open(DRAW_BYTES) };
    w->e = c && w->sc.mem ? work_all(&w->sc, w->team, c, &tile)
                          : fail(&w->sc.fault, ERR_NOMEM, "no memory to draw tiles");
    if (w->e) atomic_store(&w->team->failed, true);
    libdeflate_free_compressor(c);
    arena_close(w->sc.mem);
    return NULL;
}

/// The calling thread is one of the team; where the system gives no more, it works alone.
static enum err draw_batch(struct scope *sc, struct archive *a, size_t n)
{
    struct team   t = { .a = a, .job = a->job, .n = n };
    struct worker w[MAX_THREADS];
    pthread_t     thread[MAX_THREADS];
    unsigned      started = 0;
    for (; started + 1 < a->wish.threads; started++) {
        w[started] = (struct worker){ .team = &t };
        if (pthread_create(&thread[started], NULL, work, &w[started])) break;
    }
    w[started] = (struct worker){ .team = &t };
    work(&w[started]);
    for (unsigned i = 0; i < started; i++) pthread_join(thread[i], NULL);
    for (unsigned i = 0; i <= started; i++) {
        if (!w[i].e) continue;
        sc->fault = w[i].sc.fault;
        return w[i].e;
    }
    return OK;
}

static enum err keep(struct scope *sc, struct archive *a, struct job *j)
{
    if (!j->n) return OK;
    TRY(pmtiles_add(sc, a->to, j->id, (str){ j->packed, j->n }));
    if (!a->any || j->z > a->last_z) a->drawn = BOX_EMPTY;
    if (!a->any) a->first_z = j->z;
    a->any = true;
    a->last_z = j->z;
    add_box(&a->drawn, tile_box(j->z, j->x, j->y));
    return OK;
}

enum err archive_step(struct scope *sc, struct archive *a, struct archive_progress *p, bool *more)
{
    size_t   n = 0;
    enum err e = OK;
    while (n < BATCH && walk_next(a, &a->walk, &a->job[n])) n++;
    if (n) e = draw_batch(sc, a, n);
    for (size_t i = 0; i < n; i++) {
        if (!e) e = keep(sc, a, &a->job[i]);
        free(a->job[i].packed);
        a->job[i] = (struct job){ 0 };
    }
    if (e) return e;
    a->tried += n;
    *p = (struct archive_progress){ a->tried, a->all };
    *more = n == BATCH;
    return OK;
}

// -- about it ---------------------------------------------------------------------------------------------------------------

static void json_layer(struct json *j, str id, const char *what, unsigned from, unsigned to,
                       const char *const *field)
{
    json_open(j, '{');
    json_key(j, "id");
    json_str(j, id);
    json_key(j, "description");
    json_cstr(j, what);
    json_key(j, "minzoom");
    json_u64(j, from);
    json_key(j, "maxzoom");
    json_u64(j, to);
    json_key(j, "fields");
    json_open(j, '{');
    for (; *field; field += 2) {
        json_key(j, field[0]);
        json_cstr(j, field[1]);
    }
    json_close(j, '}');
    json_close(j, '}');
}

static void json_layers(struct json *j, const struct archive *a)
{
    static const char *const   cells[] = { "n", "Number", NULL };
    static const char *const   places[] = { "n",      "Number", "name",   "String", "cat",
                                            "String", "id",     "String", NULL };
    static const char *const   areas[] = { "code", "String", "name", "String", NULL };
    static const char *const   base[] = { "name", "String", "class", "String", NULL };
    const struct release_info *info = index_info(a->ix);
    unsigned                   max = a->wish.max_zoom, from = tile_places_z(info);
    if (a->wish.incidents) json_layer(j, S("cells"), "Incidents in each square that has some", 0, max, cells);
    if (a->wish.incidents && from <= max)
        json_layer(j, S("places"), "Incidents at each place that has some", from, max, places);
    for (size_t k = 0; a->wish.base && tile_base_kinds[k]; k++)
        json_layer(j, str_of(tile_base_kinds[k]), "Background", 0, max, base);
    for (size_t s = 0; s < info->n_sets; s++) {
        if (!a->wish.set[s]) continue;
        json_layer(j, a->area_layer[s], "Areas", 0, max, areas);
        json_layer(j, a->name_layer[s], "A point for the name of each area", 0, max, areas);
    }
}

/// "name (licence)", as text for HTML: viewers show it as such.
static void credit(struct buf *b, str name, str licence)
{
    if (!licence.n) return;
    if (b->n) buf_add(b, S(", "));
    html_put_str(b, HTML_TEXT, name);
    buf_add(b, S(" ("));
    html_put_str(b, HTML_TEXT, licence);
    buf_add_c(b, ')');
}

static void credits(struct buf *b, const struct archive *a)
{
    const struct release_info *info = index_info(a->ix);
    for (size_t i = 0; a->wish.incidents && i < info->n_sources; i++) {
        const struct release_source *s = &info->sources[i];
        if (s->licence.n) credit(b, s->name, s->licence);
        else {
            if (b->n) buf_add(b, S(", "));
            html_put_str(b, HTML_TEXT, s->name);
        }
    }
    for (size_t s = 0; s < info->n_sets; s++)
        if (a->wish.set[s]) credit(b, info->sets[s].name, info->sets[s].licence);
    for (size_t i = 0; a->wish.base && i < info->n_layers; i++)
        credit(b, info->layers[i].key, info->layers[i].licence);
}

static void json_text(struct json *j, const char *key, str value)
{
    json_key(j, key);
    json_str(j, value);
}

static enum err metadata(struct scope *sc, const struct archive *a, struct buf *to)
{
    const struct release_info *info = index_info(a->ix);
    struct json                j = json_on(to);
    AUTO(buf_free) struct buf  b = { 0 };
    buf_init(&b, METADATA_BYTES);
    json_open(&j, '{');
    json_text(&j, "name", info->town);
    json_text(&j, "description",
              arena_printf(sc->mem, "Release %llu, tier %.*s", (unsigned long long)info->release,
                           STR(info->tier)));
    credits(&b, a);
    TRY(buf_end(sc, &b));
    json_text(&j, "attribution", buf_str(&b));
    json_text(&j, "version", arena_printf(sc->mem, "%llu", (unsigned long long)info->release));
    json_text(&j, "type", S("overlay"));
    buf_reset(&b);
    filter_write(&b, info, &a->wish.filter);
    TRY(buf_end(sc, &b));
    json_text(&j, "filter", buf_str(&b));
    json_key(&j, "vector_layers");
    json_open(&j, '[');
    json_layers(&j, a);
    json_close(&j, ']');
    json_close(&j, '}');
    return buf_end(sc, to);
}

/// What the release could draw, within the tiles that hold something.
static struct box bounds(const struct archive *a)
{
    const struct release_info *info = index_info(a->ix);
    struct box                 b = BOX_EMPTY, d = a->drawn;
    if (!a->any) return (struct box){ 0, 0, UINT32_MAX, UINT32_MAX };
    if (a->wish.incidents && info->with_point) add_box(&b, box_widened(info->extent, anchor_half(info)));
    if (a->wish.base && a->base.min_x <= a->base.max_x) add_box(&b, a->base);
    for (size_t s = 0; s < info->n_sets; s++)
        if (a->wish.set[s] && a->areas[s].min_x <= a->areas[s].max_x) add_box(&b, a->areas[s]);
    return (struct box){ b.min_x > d.min_x ? b.min_x : d.min_x, b.min_y > d.min_y ? b.min_y : d.min_y,
                         b.max_x < d.max_x ? b.max_x : d.max_x, b.max_y < d.max_y ? b.max_y : d.max_y };
}

/// The deepest zoom at which one tile is as large as the box.
static unsigned zoom_of(const struct archive *a, struct box b)
{
    uint32_t wide = b.max_x - b.min_x, high = b.max_y - b.min_y, side = wide > high ? wide : high;
    unsigned z = a->first_z;
    while (z < a->last_z && (uint64_t)1 << (32 - (z + 1)) > side) z++;
    return z;
}

static struct pmtiles_about about(const struct archive *a, str metadata)
{
    struct box     b = bounds(a);
    struct lon_lat nw = mercator_to((struct point){ b.min_x, b.min_y }),
                   se = mercator_to((struct point){ b.max_x, b.max_y });
    return (struct pmtiles_about){ .center_zoom = zoom_of(a, b),
                                   .west_e7 = (int32_t)floor(nw.lon * 1e7),
                                   .south_e7 = (int32_t)floor(se.lat * 1e7),
                                   .east_e7 = (int32_t)ceil(se.lon * 1e7),
                                   .north_e7 = (int32_t)ceil(nw.lat * 1e7),
                                   .metadata = metadata };
}

enum err archive_commit(struct scope *sc, struct archive *a, struct pmtiles_totals *out)
{
    AUTO(buf_free) struct buf text = { 0 };
    buf_init(&text, METADATA_BYTES);
    TRY(metadata(sc, a, &text));
    struct pmtiles_about about_it = about(a, buf_str(&text));
    if (index_lost(a->ix))
        return fail(&sc->fault, ERR_IO,
                    "the index was cut or its disk failed while tiles were drawn from it");
    return pmtiles_commit(sc, a->to, &about_it, out);
}
