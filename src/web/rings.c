// SPDX-License-Identifier: EUPL-1.2
#include "web/rings.h"

#include "base/arena.h"
#include "geo/polygon.h"
#include <math.h>

struct ring {
    const struct point *p;
    size_t              n;
    double area2; // twice the signed area; y grows to the south, so clockwise on the map is positive
    size_t depth; // rings around it
    size_t outer; // for a hole: the ring it is cut from
};

static double area2_of(const struct point *p, size_t n)
{
    double a = 0;
    for (size_t i = 0; i + 1 < n; i++) // from the first point, so that the products stay small
        a += ((double)p[i].x - p[0].x) * ((double)p[i + 1].y - p[0].y) -
             ((double)p[i + 1].x - p[0].x) * ((double)p[i].y - p[0].y);
    return a;
}

/// Rings of one area touch but do not cross, so most of the inner one's corners decide; one alone may lie on the border.
static bool is_inside(const struct ring *in, const struct ring *around)
{
    if (fabs(in->area2) >= fabs(around->area2)) return false;
    uint32_t        end = (uint32_t)around->n;
    struct ring_set one = { around->p, around->n, &end, 1 };
    size_t          hits = 0, step = in->n / 9 + 1, tried = 0;
    for (size_t i = 0; i < in->n; i += step, tried++) hits += polygon_has(&one, in->p[i]);
    return 2 * hits > tried;
}

static void nest(struct ring *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double smallest = INFINITY;
        for (size_t k = 0; k < n; k++) {
            if (k == i || !is_inside(&r[i], &r[k])) continue;
            r[i].depth++;
            if (fabs(r[k].area2) < smallest) smallest = fabs(r[k].area2), r[i].outer = k;
        }
    }
}

static void put_ring(struct json *j, const struct ring *r, bool outer)
{
    bool counterclockwise = r->area2 < 0; // on the map, north up
    json_open(j, '[');
    for (size_t i = 0; i < r->n; i++) {
        struct point   p = r->p[counterclockwise == outer ? i : r->n - 1 - i];
        struct lon_lat at = mercator_to(p);
        json_open(j, '[');
        json_fixed(j, at.lon, 7);
        json_fixed(j, at.lat, 7);
        json_close(j, ']');
    }
    json_close(j, ']');
}

enum err rings_geojson(struct scope *sc, struct json *j, const struct release_area *a)
{
    struct ring *r = arena_array(sc->mem, struct ring, a->n_rings + 1);
    if (!r) return fail(&sc->fault, ERR_NOMEM, "no room for %zu rings", a->n_rings);
    size_t n = 0;
    for (size_t i = 0, from = 0; i < a->n_rings; from = a->ring_end[i++]) {
        struct ring ring = { .p = a->point + from, .n = a->ring_end[i] - from };
        ring.area2 = area2_of(ring.p, ring.n);
        if (ring.n >= 4 && ring.area2 != 0) r[n++] = ring;
    }
    nest(r, n);
    json_open(j, '{');
    json_key(j, "type");
    json_cstr(j, "MultiPolygon");
    json_key(j, "coordinates");
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        if (r[i].depth % 2) continue;
        json_open(j, '[');
        put_ring(j, &r[i], true);
        for (size_t k = 0; k < n; k++)
            if (r[k].depth % 2 && r[k].outer == i) put_ring(j, &r[k], false);
        json_close(j, ']');
    }
    json_close(j, ']');
    json_close(j, '}');
    return OK;
}
