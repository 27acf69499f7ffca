// SPDX-License-Identifier: EUPL-1.2
// The index cuts the ground into strips of equal height. A strip knows, area by area in their order, the
// edges that touch its rows; a point is judged by the few edges of its strip, and by the areas whose box
// holds it.
#include "geo/polygon.h"

#include "base/arena.h"
#include <string.h>

/// Does the edge cross the ray that runs from p to the west? Half-open in y, so that a vertex counts once and
/// a point on a border belongs to one side only.
static bool crosses(struct point a, struct point b, struct point p)
{
    if ((a.y > p.y) == (b.y > p.y)) return false;
    // x of the edge at p.y, compared exactly: (b.x - a.x) * (p.y - a.y) against (p.x - a.x) * (b.y - a.y)
    __int128 left = (__int128)((int64_t)b.x - a.x) * ((int64_t)p.y - a.y);
    __int128 right = (__int128)((int64_t)p.x - a.x) * ((int64_t)b.y - a.y);
    return b.y > a.y ? left <= right : left >= right;
}

bool polygon_has(const struct ring_set *r, struct point p)
{
    bool     in = false;
    uint32_t from = 0;
    for (size_t i = 0; i < r->n_rings; from = r->ring_end[i++])
        for (uint32_t k = from; k + 1 < r->ring_end[i]; k++)
            if (crosses(r->point[k], r->point[k + 1], p)) in = !in;
    return in;
}

struct box polygon_box(const struct ring_set *r)
{
    struct box b = { UINT32_MAX, UINT32_MAX, 0, 0 };
    for (size_t i = 0; i < r->n_points; i++) {
        struct point p = r->point[i];
        if (p.x < b.min_x) b.min_x = p.x;
        if (p.y < b.min_y) b.min_y = p.y;
        if (p.x > b.max_x) b.max_x = p.x;
        if (p.y > b.max_y) b.max_y = p.y;
    }
    return b;
}

struct edge {
    struct point a, b;
};
/// Edges of one area that touch the rows of one strip.
struct span {
    uint16_t area;
    uint32_t from, n; // edges
};
struct strip { // all y with the same (y - min_y) >> shift
    const struct span *span;
    uint32_t           n_spans;
};

struct polygon_index {
    const struct ring_set *area;
    struct box             box;
    unsigned               shift; // of y to a strip
    uint32_t               n_strips;
    struct strip          *strip;
    struct edge           *edge;
    struct box            *area_box;
};

static uint32_t strip_of(const struct polygon_index *ix, uint32_t y)
{
    return (y - ix->box.min_y) >> ix->shift;
}

static void choose_strips(struct polygon_index *ix, size_t n_edges)
{
    uint32_t high = ix->box.max_y - ix->box.min_y;
    size_t   wanted = n_edges < 64 ? 64 : n_edges > 16384 ? 16384 : n_edges;
    while (((uint64_t)high >> ix->shift) >= wanted) ix->shift++;
    ix->n_strips = (high >> ix->shift) + 1;
}

/// Walks all edges; with edge == NULL only counts what each strip will hold.
static size_t spread_edges(const struct polygon_index *ix, size_t n, uint32_t *count, uint32_t *area_of,
                           struct edge *edge)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ring_set *r = &ix->area[i];
        uint32_t               from = 0;
        for (size_t k = 0; k < r->n_rings; from = r->ring_end[k++])
            for (uint32_t e = from; e + 1 < r->ring_end[k]; e++) {
                struct point a = r->point[e], b = r->point[e + 1];
                if (a.y == b.y) continue; // never crosses a ray along y
                uint32_t low = strip_of(ix, a.y < b.y ? a.y : b.y),
                         high = strip_of(ix, a.y < b.y ? b.y : a.y);
                for (uint32_t s = low; s <= high; s++, total++) {
                    if (edge) {
                        edge[count[s]] = (struct edge){ a, b };
                        area_of[count[s]] = (uint32_t)i;
                    }
                    count[s]++;
                }
            }
    }
    return total;
}

static enum err make_spans(struct scope *sc, struct polygon_index *ix, const uint32_t *begin,
                           const uint32_t *area_of)
{
    for (uint32_t s = 0; s < ix->n_strips; s++) {
        uint32_t n = 0;
        for (uint32_t e = begin[s]; e < begin[s + 1]; e++) n += e == begin[s] || area_of[e] != area_of[e - 1];
        struct span *span = arena_array(sc->mem, struct span, n + 1);
        if (!span) return fail(&sc->fault, ERR_NOMEM, "no room for an index of areas");
        ix->strip[s] = (struct strip){ span, n };
        for (uint32_t e = begin[s]; e < begin[s + 1]; e++) {
            if (e == begin[s] || area_of[e] != area_of[e - 1])
                *span++ = (struct span){ (uint16_t)area_of[e], e, 0 };
            span[-1].n++;
        }
    }
    return OK;
}

enum err polygon_index_build(struct scope *sc, const struct ring_set *areas, size_t n,
                             struct polygon_index **out)
{
    if (n >= POLYGON_NOWHERE)
        return fail(&sc->fault, ERR_LIMIT, "%zu areas are more than the %d that fit", n, POLYGON_NOWHERE - 1);
    struct polygon_index *ix = arena_new(sc->mem, struct polygon_index);
    struct box           *box = arena_array(sc->mem, struct box, n + 1);
    if (!ix || !box) return fail(&sc->fault, ERR_NOMEM, "no room for an index of areas");
    *ix = (struct polygon_index){ .area = areas, .area_box = box, .box = { UINT32_MAX, UINT32_MAX, 0, 0 } };
    size_t n_edges = 0;
    for (size_t i = 0; i < n; i++) {
        box[i] = polygon_box(&areas[i]);
        n_edges += areas[i].n_points;
        if (!areas[i].n_points) continue;
        if (box[i].min_x < ix->box.min_x) ix->box.min_x = box[i].min_x;
        if (box[i].min_y < ix->box.min_y) ix->box.min_y = box[i].min_y;
        if (box[i].max_x > ix->box.max_x) ix->box.max_x = box[i].max_x;
        if (box[i].max_y > ix->box.max_y) ix->box.max_y = box[i].max_y;
    }
    if (!n_edges) {
        *out = ix;
        return OK;
    }
    choose_strips(ix, n_edges);
    uint32_t *begin = arena_array(sc->mem, uint32_t, (size_t)ix->n_strips + 1);
    uint32_t *next = arena_array(sc->mem, uint32_t, (size_t)ix->n_strips + 1);
    ix->strip = arena_array(sc->mem, struct strip, ix->n_strips);
    if (!begin || !next || !ix->strip) return fail(&sc->fault, ERR_NOMEM, "no room for an index of areas");
    size_t total = spread_edges(ix, n, next, NULL, NULL);
    ix->edge = arena_array(sc->mem, struct edge, total + 1);
    uint32_t *area_of = arena_array(sc->mem, uint32_t, total + 1);
    if (!ix->edge || !area_of) return fail(&sc->fault, ERR_NOMEM, "no room for an index of %zu edges", total);
    for (uint32_t s = 0; s < ix->n_strips; s++) begin[s + 1] = begin[s] + next[s];
    memcpy(next, begin, (size_t)ix->n_strips * sizeof *next);
    spread_edges(ix, n, next, area_of, ix->edge);
    TRY(make_spans(sc, ix, begin, area_of));
    *out = ix;
    return OK;
}

uint16_t polygon_index_find(const struct polygon_index *ix, struct point p)
{
    if (!ix->n_strips || !box_has(ix->box, p)) return POLYGON_NOWHERE;
    const struct strip *s = &ix->strip[strip_of(ix, p.y)];
    for (uint32_t i = 0; i < s->n_spans; i++) {
        const struct span *sp = &s->span[i];
        if (!box_has(ix->area_box[sp->area], p)) continue;
        bool in = false;
        for (uint32_t e = sp->from; e < sp->from + sp->n; e++)
            if (crosses(ix->edge[e].a, ix->edge[e].b, p)) in = !in;
        if (in) return sp->area;
    }
    return POLYGON_NOWHERE;
}
