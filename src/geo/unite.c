// SPDX-License-Identifier: EUPL-1.2
#include "geo/unite.h"

#include "base/arena.h"
#include <geos_c.h>
#include <math.h>
#include <stdio.h>

struct overlay { // what is open in GEOS
    GEOSContextHandle_t geos;
    GEOSGeometry      **polygon; // [n] owned until they are put into a collection
    size_t              n;
    GEOSGeometry       *all, *result;
    char                why[200];
};

static void note_why(const char *message, void *to)
{
    struct overlay *o = to;
    snprintf(o->why, sizeof o->why, "%s", message);
}

static void overlay_close(struct overlay *o)
{
    for (size_t i = 0; i < o->n; i++) GEOSGeom_destroy_r(o->geos, o->polygon[i]);
    GEOSGeom_destroy_r(o->geos, o->all);
    GEOSGeom_destroy_r(o->geos, o->result);
    GEOS_finish_r(o->geos);
}

static enum err gives_up(struct scope *sc, const struct overlay *o)
{
    return fail(&sc->fault, ERR_INVALID, "the union of its polygons cannot be made: %s",
                o->why[0] ? o->why : "no memory");
}

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the union of polygons");
}

// -- in -------------------------------------------------------------------------------------------------------

static GEOSGeometry *ring_in(const struct overlay *o, const struct ring_set *rings, size_t ring)
{
    uint32_t           from = ring ? rings->ring_end[ring - 1] : 0, n = rings->ring_end[ring] - from;
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(o->geos, n, 2);
    bool               fine = s != NULL;
    for (uint32_t i = 0; fine && i < n; i++)
        fine = GEOSCoordSeq_setXY_r(o->geos, s, i, rings->point[from + i].x, rings->point[from + i].y) != 0;
    if (fine) return GEOSGeom_createLinearRing_r(o->geos, s); // which owns the sequence, whatever comes of it
    GEOSCoordSeq_destroy_r(o->geos, s);
    return NULL;
}

/// The polygon of the rings [from, to).
static GEOSGeometry *polygon_in(struct scope *sc, const struct overlay *o, const struct ring_set *rings,
                                size_t from, size_t to)
{
    GEOSGeometry **hole = arena_array(sc->mem, GEOSGeometry *, to - from);
    GEOSGeometry  *outer = hole ? ring_in(o, rings, from) : NULL;
    size_t         n = 0;
    while (outer && n + 1 < to - from && (hole[n] = ring_in(o, rings, from + 1 + n))) n++;
    if (outer && n + 1 == to - from) {
        GEOSGeometry *p = GEOSGeom_createPolygon_r(o->geos, outer, hole, (unsigned)n);
        if (p) return p; // which owns the rings
    }
    while (n) GEOSGeom_destroy_r(o->geos, hole[--n]);
    GEOSGeom_destroy_r(o->geos, outer);
    return NULL;
}

static enum err polygons_in(struct scope *sc, struct overlay *o, const struct ring_set *rings,
                            const uint32_t *polygon)
{
    o->polygon = arena_array(sc->mem, GEOSGeometry *, rings->n_rings);
    if (!o->polygon) return no_room(sc);
    for (size_t from = 0, to; from < rings->n_rings; from = to) {
        for (to = from + 1; to < rings->n_rings && polygon[to] == polygon[from];) to++;
        o->polygon[o->n] = polygon_in(sc, o, rings, from, to);
        if (!o->polygon[o->n]) return gives_up(sc, o);
        o->n++;
    }
    return OK;
}

static enum err collect(struct scope *sc, struct overlay *o, int kind)
{
    o->all = GEOSGeom_createCollection_r(o->geos, kind, o->polygon, (unsigned)o->n);
    if (!o->all) return gives_up(sc, o);
    o->n = 0; // it owns them now
    return OK;
}

// -- out ------------------------------------------------------------------------------------------------------

struct rings_out {
    struct point *point;
    uint32_t     *ring_end;
    size_t        n_points, n_rings;
};

static size_t count_rings(const struct overlay *o, const GEOSGeometry *polygon)
{
    int holes = GEOSGetNumInteriorRings_r(o->geos, polygon);
    return 1 + (holes > 0 ? (size_t)holes : 0);
}

static bool is_polygon(const struct overlay *o, const GEOSGeometry *g)
{
    return GEOSGeomTypeId_r(o->geos, g) == GEOS_POLYGON && GEOSisEmpty_r(o->geos, g) == 0;
}

static bool ring_out(const struct overlay *o, const GEOSGeometry *ring, struct rings_out *to)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(o->geos, ring);
    unsigned                 n = 0;
    bool                     fine = s && GEOSCoordSeq_getSize_r(o->geos, s, &n);
    for (unsigned i = 0; fine && i < n; i++) {
        double x, y;
        fine = GEOSCoordSeq_getXY_r(o->geos, s, i, &x, &y) && x >= 0 && x <= UINT32_MAX && y >= 0 &&
               y <= UINT32_MAX;
        if (fine) to->point[to->n_points++] = (struct point){ (uint32_t)lround(x), (uint32_t)lround(y) };
    }
    to->ring_end[to->n_rings++] = (uint32_t)to->n_points;
    return fine;
}

static bool polygon_out(const struct overlay *o, const GEOSGeometry *polygon, struct rings_out *to)
{
    size_t n = count_rings(o, polygon);
    bool   fine = ring_out(o, GEOSGetExteriorRing_r(o->geos, polygon), to);
    for (size_t i = 0; fine && i + 1 < n; i++)
        fine = ring_out(o, GEOSGetInteriorRingN_r(o->geos, polygon, (int)i), to);
    return fine;
}

static enum err rings_out(struct scope *sc, const struct overlay *o, struct ring_set *out)
{
    int parts = GEOSGetNumGeometries_r(o->geos, o->result),
        points = GEOSGetNumCoordinates_r(o->geos, o->result);
    size_t rings = 0;
    if (parts < 0 || points < 0) return gives_up(sc, o);
    for (int i = 0; i < parts; i++) {
        const GEOSGeometry *g = GEOSGetGeometryN_r(o->geos, o->result, i);
        rings += is_polygon(o, g) ? count_rings(o, g) : 0;
    }
    struct rings_out to = { .point = arena_array(sc->mem, struct point, (size_t)points + 1),
                            .ring_end = arena_array(sc->mem, uint32_t, rings + 1) };
    if (!to.point || !to.ring_end) return no_room(sc);
    for (int i = 0; i < parts; i++) {
        const GEOSGeometry *g = GEOSGetGeometryN_r(o->geos, o->result, i);
        if (is_polygon(o, g) && !polygon_out(o, g, &to)) return gives_up(sc, o);
    }
    *out = (struct ring_set){ to.point, to.n_points, to.ring_end, to.n_rings };
    return OK;
}

// -- all of it ------------------------------------------------------------------------------------------------

/// Of polygons that cross themselves what the even-odd rule says of each.
static enum err make_valid(struct scope *sc, struct overlay *o, const struct ring_set *rings,
                           const uint32_t *polygon)
{
    GEOSGeom_destroy_r(o->geos, o->all);
    o->all = NULL;
    TRY(polygons_in(sc, o, rings, polygon));
    for (size_t i = 0; i < o->n; i++) {
        GEOSGeometry *valid = GEOSMakeValid_r(o->geos, o->polygon[i]);
        if (!valid) return gives_up(sc, o);
        GEOSGeom_destroy_r(o->geos, o->polygon[i]);
        o->polygon[i] = valid;
    }
    return collect(sc, o, GEOS_GEOMETRYCOLLECTION);
}

static enum err unite(struct scope *sc, struct overlay *o, const struct ring_set *rings,
                      const uint32_t *polygon, struct ring_set *out, bool *united)
{
    TRY(polygons_in(sc, o, rings, polygon));
    TRY(collect(sc, o, GEOS_MULTIPOLYGON));
    char valid = GEOSisValid_r(o->geos, o->all);
    if (valid == 2) return gives_up(sc, o);
    if (valid) return OK;
    TRY(make_valid(sc, o, rings, polygon));
    o->result = GEOSUnaryUnionPrec_r(o->geos, o->all, 1);
    if (!o->result) return gives_up(sc, o);
    *united = true;
    return rings_out(sc, o, out);
}

enum err polygons_unite(struct scope *sc, const struct ring_set *rings, const uint32_t *polygon,
                        struct ring_set *out, bool *united)
{
    struct overlay o = { .n = 0 };
    *out = *rings;
    *united = false;
    if (!rings->n_rings || polygon[0] == polygon[rings->n_rings - 1]) return OK;
    o.geos = GEOS_init_r();
    if (!o.geos) return no_room(sc);
    GEOSContext_setErrorMessageHandler_r(o.geos, note_why, &o);
    enum err e = unite(sc, &o, rings, polygon, out, united);
    overlay_close(&o);
    return e;
}
