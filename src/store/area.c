// SPDX-License-Identifier: EUPL-1.2
// Area sets, layers and the record of releases.
#include "store/store.h"

#include "base/arena.h"
#include "store/query.h"
#include <string.h>

// -- coordinates as bytes -----------------------------------------------------------------------------------
struct rings {
    struct buf points, ends;
};
static void rings_init(struct rings *r)
{
    buf_init(&r->points, (size_t)1 << 30);
    buf_init(&r->ends, (size_t)1 << 30);
}
static void rings_free(struct rings *r)
{
    buf_free(&r->points);
    buf_free(&r->ends);
}
static enum err rings_pack(struct scope *sc, struct rings *r, const struct point *p, size_t n,
                           const uint32_t *ends, size_t n_ends)
{
    buf_reset(&r->points);
    buf_reset(&r->ends);
    for (size_t i = 0; i < n; i++) {
        buf_add_le32(&r->points, p[i].x);
        buf_add_le32(&r->points, p[i].y);
    }
    for (size_t i = 0; i < n_ends; i++) buf_add_le32(&r->ends, ends[i]);
    TRY(buf_end(sc, &r->points));
    return buf_end(sc, &r->ends);
}

static uint32_t le32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static enum err points_keep(struct query *q, int column, const struct point **out, size_t *n)
{
    str           bytes = query_blob(q, column);
    struct point *p = arena_array(q->sc->mem, struct point, bytes.n / 8);
    if (!p)
        return q->e = fail(&q->sc->fault, ERR_NOMEM, "no room for the %zu points of a shape", bytes.n / 8);
    for (size_t i = 0; i < bytes.n / 8; i++)
        p[i] = (struct point){ le32(bytes.p + 8 * i), le32(bytes.p + 8 * i + 4) };
    *out = p;
    *n = bytes.n / 8;
    return OK;
}

// The ends rise to the number of points; a database that somebody touched may say otherwise.
static enum err ends_keep(struct query *q, int column, size_t n_points, const uint32_t **out, size_t *n)
{
    str       bytes = query_blob(q, column);
    uint32_t *p = arena_array(q->sc->mem, uint32_t, bytes.n / 4);
    if (!p) return q->e = fail(&q->sc->fault, ERR_NOMEM, "no room for the %zu rings of a shape", bytes.n / 4);
    uint32_t last = 0;
    for (size_t i = 0; i < bytes.n / 4; i++) {
        p[i] = le32(bytes.p + 4 * i);
        if (p[i] < last || p[i] > n_points)
            return q->e = fail(&q->sc->fault, ERR_CORRUPT,
                               "a ring of a shape in the store ends at %u of %zu points: "
                               "bring back a backup, or import the areas again",
                               p[i], n_points);
        last = p[i];
    }
    *out = p;
    *n = bytes.n / 4;
    return OK;
}

// -- areas --------------------------------------------------------------------------------------------------
static enum err put_id(struct query *q, int64_t *id)
{
    TRY(query_one(q));
    *id = query_i64(q, 0);
    return query_run(q);
}

static enum err figures_add(struct scope *sc, struct store *st, int64_t area, const struct area *a)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_FIGURE_ADD);
    for (size_t i = 0; i < a->n_figures; i++) {
        bind_i64(&q, ":area", area);
        bind_i64(&q, ":year", a->figures[i].year);
        bind_i64(&q, ":population", a->figures[i].population);
        bind_i64(&q, ":officers", a->figures[i].officers);
        if (query_run(&q) == ERR_INVALID)
            return fail(&sc->fault, ERR_INVALID, "the area %.*s has a figure below 0, or two for the year %d",
                        STR(a->code), a->figures[i].year);
        TRY(query_end(&q));
        query_again(&q);
    }
    return OK;
}

static enum err area_add(struct query *q, struct rings *r, int64_t set, const struct area *a, int64_t *id)
{
    TRY(rings_pack(q->sc, r, a->point, a->n_points, a->ring_end, a->n_rings));
    bind_i64(q, ":area_set", set);
    bind_str(q, ":code", a->code);
    bind_str(q, ":name", a->name);
    bind_str(q, ":parent", a->parent);
    bind_blob(q, ":points", buf_str(&r->points));
    bind_blob(q, ":ring_ends", buf_str(&r->ends));
    enum err e = put_id(q, id);
    query_again(q);
    if (e == ERR_INVALID)
        return fail(&q->sc->fault, e, "the area code %.*s occurs twice in the set: codes must be unique",
                    STR(a->code));
    return e;
}

static enum err areas_replace(struct scope *sc, struct store *st, const struct area_set *set,
                              const struct area *areas, size_t n)
{
    AUTO(rings_free) struct rings r;
    rings_init(&r);
    AUTO(query_free) struct query put = query_open(sc, st, SQL_AREA_SET_PUT);
    bind_str(&put, ":key", set->key);
    bind_str(&put, ":name", set->name);
    bind_str(&put, ":licence", set->licence);
    int64_t set_id, id = 0;
    TRY(put_id(&put, &set_id));
    AUTO(query_free) struct query clear = query_open(sc, st, SQL_AREA_CLEAR);
    bind_i64(&clear, ":area_set", set_id);
    TRY(query_run(&clear));
    AUTO(query_free) struct query add = query_open(sc, st, SQL_AREA_ADD);
    for (size_t i = 0; i < n; i++) {
        TRY(area_add(&add, &r, set_id, &areas[i], &id));
        TRY(figures_add(sc, st, id, &areas[i]));
    }
    return OK;
}

enum err store_areas_replace(struct scope *sc, struct store *st, const struct area_set *set,
                             const struct area *areas, size_t n)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, areas_replace(sc, st, set, areas, n));
}

enum err store_area_points(struct scope *sc, struct store *st, struct area_box box, struct area_points *out)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_POINTS);
    bind_i64(&q, ":west", box.west);
    bind_i64(&q, ":south", box.south);
    bind_i64(&q, ":east", box.east);
    bind_i64(&q, ":north", box.north);
    TRY(query_one(&q));
    *out = (struct area_points){ (uint64_t)query_i64(&q, 0), (uint64_t)query_i64(&q, 1),
                                 (uint64_t)query_i64(&q, 2) };
    return query_run(&q);
}

enum err store_area_sets(struct scope *sc, struct store *st, const struct area_set **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_SET_LIST);
    while (query_next(&q))
        list_add(&l, &(struct area_set){ .id = (int32_t)query_i64(&q, 0),
                                         .key = query_keep(&q, 1),
                                         .name = query_keep(&q, 2),
                                         .licence = query_keep(&q, 3),
                                         .n = (size_t)query_i64(&q, 4) });
    return list_keep(&q, &l, (const void **)out, n);
}

// Gives each area its part of the figures, which come in the same order.
static enum err figures_share(struct scope *sc, struct store *st, int32_t set, struct area *areas, size_t n)
{
    AUTO(list_free) struct list   l = list_of(sizeof(struct area_figure)), of = list_of(sizeof(int64_t));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_FIGURE_LIST);
    const struct area_figure     *figures;
    const int64_t                *owner;
    size_t                        n_figures, n_owners, at = 0;
    bind_i64(&q, ":area_set", set);
    while (query_next(&q)) {
        list_add(&of, &(int64_t){ query_i64(&q, 0) });
        list_add(&l, &(struct area_figure){ .year = (int)query_i64(&q, 1),
                                            .population = query_i64(&q, 2),
                                            .officers = query_i64(&q, 3) });
    }
    TRY(list_keep(&q, &l, (const void **)&figures, &n_figures));
    TRY(list_keep(&q, &of, (const void **)&owner, &n_owners));
    for (size_t i = 0; i < n; i++) {
        while (at < n_figures && owner[at] < areas[i].id) at++;
        areas[i].figures = figures + at;
        for (; at < n_figures && owner[at] == areas[i].id; at++) areas[i].n_figures++;
    }
    return OK;
}

static enum err areas_list(struct scope *sc, struct store *st, int32_t set, const struct area **out,
                           size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_AREA_LIST);
    bind_i64(&q, ":area_set", set);
    while (query_next(&q)) {
        struct area a = { .id = (int32_t)query_i64(&q, 0),
                          .code = query_keep(&q, 1),
                          .name = query_keep(&q, 2),
                          .parent = query_keep(&q, 3) };
        TRY(points_keep(&q, 4, &a.point, &a.n_points));
        TRY(ends_keep(&q, 5, a.n_points, &a.ring_end, &a.n_rings));
        list_add(&l, &a);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_areas(struct scope *sc, struct store *st, int32_t set, const struct area **out, size_t *n)
{
    const struct area *all;
    size_t             count;
    TRY(areas_list(sc, st, set, &all, &count));
    struct area *mine = arena_array(sc->mem, struct area, count);
    if (!mine) return fail(&sc->fault, ERR_NOMEM, "no room for %zu areas", count);
    if (count) memcpy(mine, all, count * sizeof *mine);
    TRY(figures_share(sc, st, set, mine, count));
    *out = mine;
    *n = count;
    return OK;
}

// -- layers -------------------------------------------------------------------------------------------------
static enum err layer_replace(struct scope *sc, struct store *st, const struct layer *l,
                              const struct layer_feature *f, size_t n)
{
    AUTO(rings_free) struct rings r;
    rings_init(&r);
    AUTO(query_free) struct query put = query_open(sc, st, SQL_LAYER_PUT);
    bind_str(&put, ":key", l->key);
    bind_str(&put, ":kind", l->kind);
    bind_str(&put, ":licence", l->licence);
    int64_t id = 0;
    TRY(put_id(&put, &id));
    AUTO(query_free) struct query clear = query_open(sc, st, SQL_FEATURE_CLEAR);
    bind_i64(&clear, ":layer", id);
    TRY(query_run(&clear));
    AUTO(query_free) struct query q = query_open(sc, st, SQL_FEATURE_ADD);
    for (size_t i = 0; i < n; i++) {
        TRY(rings_pack(sc, &r, f[i].point, f[i].n_points, f[i].part_end, f[i].n_parts));
        bind_i64(&q, ":layer", id);
        bind_str(&q, ":name", f[i].name);
        bind_str(&q, ":class", f[i].class);
        bind_i64(&q, ":shape", (int64_t)f[i].shape);
        bind_blob(&q, ":points", buf_str(&r.points));
        bind_blob(&q, ":part_ends", buf_str(&r.ends));
        TRY(query_run(&q));
        query_again(&q);
    }
    return OK;
}

enum err store_layer_replace(struct scope *sc, struct store *st, const struct layer *l,
                             const struct layer_feature *f, size_t n)
{
    bool own;
    TRY(store_enter(sc, st, &own));
    return store_leave(sc, st, own, layer_replace(sc, st, l, f, n));
}

enum err store_layers(struct scope *sc, struct store *st, const struct layer **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_LAYER_LIST);
    while (query_next(&q))
        list_add(&l, &(struct layer){ .id = (int32_t)query_i64(&q, 0),
                                      .key = query_keep(&q, 1),
                                      .kind = query_keep(&q, 2),
                                      .licence = query_keep(&q, 3) });
    return list_keep(&q, &l, (const void **)out, n);
}

enum err store_layer_features(struct scope *sc, struct store *st, int32_t layer,
                              const struct layer_feature **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_FEATURE_LIST);
    bind_i64(&q, ":layer", layer);
    while (query_next(&q)) {
        struct layer_feature f = { .name = query_keep(&q, 0),
                                   .class = query_keep(&q, 1),
                                   .shape = (enum shape)query_i64(&q, 2) };
        TRY(points_keep(&q, 3, &f.point, &f.n_points));
        TRY(ends_keep(&q, 4, f.n_points, &f.part_end, &f.n_parts));
        list_add(&l, &f);
    }
    return list_keep(&q, &l, (const void **)out, n);
}

// -- releases -----------------------------------------------------------------------------------------------
enum err store_release_next(struct scope *sc, struct store *st, int64_t *number)
{
    return query_number(sc, st, SQL_RELEASE_NEXT, number);
}

enum err store_release_add(struct scope *sc, struct store *st, const struct release_record *r)
{
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RELEASE_ADD);
    bind_i64(&q, ":number", r->number);
    bind_i64(&q, ":created_s", r->created_s);
    bind_str(&q, ":sha256", r->sha256);
    bind_str(&q, ":policy", r->policy);
    bind_i64(&q, ":incidents", (int64_t)r->incidents);
    bind_i64(&q, ":withheld", (int64_t)r->withheld);
    if (query_run(&q) == ERR_INVALID)
        return fail(&sc->fault, ERR_EXISTS, "the release %lld stands in the store already",
                    (long long)r->number);
    return query_end(&q);
}

enum err store_releases(struct scope *sc, struct store *st, const struct release_record **out, size_t *n)
{
    AUTO(list_free) struct list   l = list_of(sizeof **out);
    AUTO(query_free) struct query q = query_open(sc, st, SQL_RELEASE_LIST);
    while (query_next(&q))
        list_add(&l, &(struct release_record){ .number = query_i64(&q, 0),
                                               .created_s = query_i64(&q, 1),
                                               .sha256 = query_keep(&q, 2),
                                               .policy = query_keep(&q, 3),
                                               .incidents = (uint64_t)query_i64(&q, 4),
                                               .withheld = (uint64_t)query_i64(&q, 5) });
    return list_keep(&q, &l, (const void **)out, n);
}
