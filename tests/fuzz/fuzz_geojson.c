// SPDX-License-Identifier: EUPL-1.2
// What the reader hands out must be what it promises; raw values must be JSON for jansson, too.
#include "fuzz.h"

#include "wire/geojson.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

static void check_property(const struct geojson_property *p)
{
    must(str_is_utf8(p->key, NULL));
    must(str_is_utf8(p->text, NULL));
    if (p->kind == PROPERTY_NULL) must(!p->text.n);
    if (p->kind != PROPERTY_ARRAY && p->kind != PROPERTY_OBJECT) return;
    json_t *value = json_loadb(p->text.p, p->text.n, JSON_DECODE_INT_AS_REAL, NULL);
    must(value && json_is_array(value) == (p->kind == PROPERTY_ARRAY));
    json_decref(value);
}

static void check_geometry(const struct geometry *g)
{
    must(g->kind || !g->n_points);
    must(!g->n_points == !g->n_parts);
    for (size_t i = 0; i < 2 * g->n_points; i++) must(isfinite(g->lon_lat[i]));
    for (size_t i = 0; i < g->n_parts; i++) {
        must(g->part_end[i] > (i ? g->part_end[i - 1] : 0));
        must(g->part_polygon[i] <= i && (!i || g->part_polygon[i] - g->part_polygon[i - 1] <= 1));
    }
    if (g->n_parts) must(g->part_end[g->n_parts - 1] == g->n_points);
    if (g->kind == GEOM_POINT) must(g->n_points <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope           sc = { 0 };
    struct stream         *from = NULL;
    struct geojson        *g = NULL;
    struct geojson_feature f;
    uint64_t               number = 0, line = 1;
    must_tell(&sc, stream_open_bytes(&sc, (str){ (const char *)data, n }, "fuzz", &from));
    if (!from) return 0;
    must(geojson_open(&sc, from, &g) == OK);
    while (geojson_next(g, &f)) {
        must(f.number == ++number && f.line >= line);
        line = f.line;
        must(str_is_utf8(f.id, NULL));
        for (size_t i = 0; i < f.n_properties; i++) check_property(&f.property[i]);
        check_geometry(&f.geometry);
        if (f.problem) must(f.geometry.kind == GEOM_NONE);
    }
    must_tell(&sc, geojson_end(&sc, g));
    must(!geojson_next(g, &f));
    geojson_close(g);
    stream_close(from);
    return 0;
}
