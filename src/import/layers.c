// SPDX-License-Identifier: EUPL-1.2
#include "import/layers.h"

#include "base/arena.h"
#include "import/shape.h"
#include "wire/geojson.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_FEATURES = 4000000 };

struct job {
    const struct layers_options *o;
    struct layer_feature        *feature;
    size_t                       n, cap;
    struct layers_report         report;
};

static void job_free(struct job *j)
{
    free(j->feature);
}

static enum err keep(struct scope *sc, struct job *j, const struct geojson_feature *f,
                     const struct shape_parts *s)
{
    static const enum shape shapes[] = {
        [GEOM_POINT] = SHAPE_POINT,    [GEOM_MULTIPOINT] = SHAPE_POINT, [GEOM_LINE] = SHAPE_LINE,
        [GEOM_MULTILINE] = SHAPE_LINE, [GEOM_POLYGON] = SHAPE_POLYGON,  [GEOM_MULTIPOLYGON] = SHAPE_POLYGON,
    };
    if (j->n == MAX_FEATURES)
        return fail(&sc->fault, ERR_LIMIT,
                    "a layer can have %d features; draw the background with a PMTiles file", MAX_FEATURES);
    if (j->n == j->cap) {
        size_t                cap = j->cap ? j->cap * 2 : 1024;
        struct layer_feature *grown = realloc(j->feature, cap * sizeof *grown);
        if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for a layer of %zu features", cap);
        j->feature = grown;
        j->cap = cap;
    }
    struct point         *point = arena_array(sc->mem, struct point, s->n_points);
    uint32_t             *end = arena_array(sc->mem, uint32_t, s->n_parts);
    struct layer_feature *to = &j->feature[j->n++];
    *to = (struct layer_feature){
        .name = arena_str(sc->mem, geojson_text(f, j->o->name.n ? j->o->name : S("name"), NULL)),
        .class = arena_str(sc->mem, geojson_text(f, j->o->class.n ? j->o->class : S("class"), NULL)),
        .shape = shapes[f->geometry.kind],
        .point = point,
        .part_end = end,
        .n_points = s->n_points,
        .n_parts = s->n_parts
    };
    if (!point || !end || !to->name.p || !to->class.p)
        return fail(&sc->fault, ERR_NOMEM, "no room for a layer of %zu features", j->n);
    memcpy(point, s->point, s->n_points * sizeof *point);
    memcpy(end, s->part_end, s->n_parts * sizeof *end);
    return OK;
}

static enum err take_feature(struct scope *sc, struct job *j, const struct geojson_feature *f,
                             struct shape_parts *s)
{
    enum shape_problem problem;
    j->report.features++;
    if (!f->geometry.n_points) return j->report.no_shape++, OK;
    s->n_points = s->n_parts = 0;
    TRY(shape_add(sc, s, &f->geometry, &problem));
    j->report.off_earth += problem == SHAPE_OFF_EARTH;
    j->report.parts_left_out += problem == SHAPE_TOO_SHORT;
    return s->n_parts ? keep(sc, j, f, s) : OK;
}

enum err layers_import(struct scope *sc, struct store *st, const struct layers_options *o, const char *path,
                       struct layers_report *out)
{
    static const char *const             kinds[] = { "street", "water", "green", "building", "place" };
    AUTO(job_free) struct job            j = { .o = o };
    AUTO(shape_free) struct shape_parts  s = { 0 };
    AUTO(stream_closep) struct stream   *stream = NULL;
    AUTO(geojson_closep) struct geojson *g = NULL;
    struct geojson_feature               f;
    bool                                 known = false;
    for (size_t i = 0; i < COUNT(kinds); i++) known |= str_eq(o->kind, str_of(kinds[i]));
    if (!known)
        return fail(&sc->fault, ERR_INVALID,
                    "a layer is a street, water, green, building or place, not \"%.*s\"",
                    STR(str_slice(o->kind, 0, 60)));
    TRY(stream_open(sc, path, &stream));
    TRY(geojson_open(sc, stream, &g));
    while (geojson_next(g, &f)) TRY(take_feature(sc, &j, &f, &s));
    TRY(geojson_end(sc, g));
    if (!j.n) return fail(&sc->fault, ERR_INVALID, "%s holds nothing that can be drawn", path);
    j.report.drawn = j.n;
    struct layer layer = { .key = o->key.n ? o->key : o->kind, .kind = o->kind, .licence = o->licence };
    TRY(store_layer_replace(sc, st, &layer, j.feature, j.n));
    *out = j.report;
    return OK;
}
