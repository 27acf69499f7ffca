// SPDX-License-Identifier: EUPL-1.2
#include "tile/clip.h"

#include "tile/tile.h"
#include <stdlib.h>

enum { LOW = -TILE_BUFFER, HIGH = TILE_EXTENT + TILE_BUFFER, FINE_Z = 14, COARSE = 4 };

// -- the tile -----------------------------------------------------------------------------------------------

static uint32_t clamp_u32(int64_t v)
{
    return v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

enum err view_of(struct scope *sc, unsigned z, uint32_t x, uint32_t y, struct view *out)
{
    if (z > TILE_MAX_Z || x >> z || y >> z)
        return fail(&sc->fault, ERR_INVALID,
                    "there is no tile %u/%u/%u; zooms go from 0 to %d, and x and y to 2^z - 1", z, x, y,
                    TILE_MAX_Z);
    struct view v = { .z = z, .shift = 32 - 12 - z, .tile = tile_box(z, x, y) };
    v.x0 = v.tile.min_x;
    v.y0 = v.tile.min_y;
    v.reach = box_widened(v.tile, (uint32_t)TILE_BUFFER << v.shift);
    *out = v;
    return OK;
}

struct box box_widened(struct box b, uint32_t by)
{
    return (struct box){ clamp_u32((int64_t)b.min_x - by), clamp_u32((int64_t)b.min_y - by),
                         clamp_u32((int64_t)b.max_x + by), clamp_u32((int64_t)b.max_y + by) };
}

uint32_t anchor_half(const struct release_info *info)
{
    return info->anchor_level ? (uint32_t)1 << (31 - info->anchor_level) : 0;
}

static int64_t unit_of(const struct view *v, int64_t d)
{
    return v->shift ? (d + ((int64_t)1 << (v->shift - 1))) >> v->shift : d;
}

struct mvt_point view_point(const struct view *v, struct point p)
{
    return (struct mvt_point){ (int32_t)unit_of(v, p.x - v->x0), (int32_t)unit_of(v, p.y - v->y0) };
}

/// Up to z13 to a grid of half a pixel: that thins out a border to what can be seen, and each vertex by
/// itself, so that the neighbour's border stays the same. From z14 on clients enlarge the tile, and every
/// unit counts.
static struct xy vertex(const struct view *v, struct point p)
{
    struct xy q = { unit_of(v, p.x - v->x0), unit_of(v, p.y - v->y0) };
    if (v->z >= FINE_Z) return q;
    return (struct xy){ (q.x + COARSE / 2) & -COARSE, (q.y + COARSE / 2) & -COARSE };
}

// -- lists of vertices --------------------------------------------------------------------------------------

static bool list_room(struct xy_list *l)
{
    if (l->n < l->cap) return true;
    size_t     cap = l->cap ? 2 * l->cap : 256;
    struct xy *p = realloc(l->p, cap * sizeof *p);
    if (!p) {
        l->failed = true;
        return false;
    }
    l->p = p;
    l->cap = cap;
    return true;
}

void clipper_free(struct clipper *c)
{
    free(c->a.p);
    free(c->b.p);
    free(c->out);
    *c = (struct clipper){ 0 };
}

static bool same(struct xy a, struct xy b)
{
    return a.x == b.x && a.y == b.y;
}

/// Is b on the line through a and c? With `ahead`, between them as well. At z20 the products need more than
/// 64 bits.
static bool on_line(struct xy a, struct xy b, struct xy c, bool ahead)
{
    __int128 ux = b.x - a.x, uy = b.y - a.y, vx = c.x - b.x, vy = c.y - b.y;
    return ux * vy == uy * vx && (!ahead || ux * vx + uy * vy > 0);
}

/// Leaves out repeated points and those in the middle of a straight stretch; of a ring the tips of spikes
/// without area as well. None of that changes what is covered, so neighbours need not agree on it.
static void push(struct xy_list *l, struct xy p, bool line)
{
    while (l->n > 1 && on_line(l->p[l->n - 2], l->p[l->n - 1], p, line)) l->n--;
    if ((l->n && same(l->p[l->n - 1], p)) || !list_room(l)) return;
    l->p[l->n++] = p;
}

/// The same where the end of a ring meets its beginning.
static void close_ring(struct xy_list *l)
{
    size_t from = 0;
    while (l->n - from > 2) {
        struct xy *p = l->p + from;
        size_t     n = l->n - from;
        if (same(p[n - 1], p[0]) || on_line(p[n - 2], p[n - 1], p[0], false)) l->n--;
        else if (on_line(p[n - 1], p[0], p[1], false)) from++;
        else break;
    }
    l->n -= from;
    if (l->n < 3) l->n = 0;
    for (size_t i = 0; from && i < l->n; i++) l->p[i] = l->p[i + from];
}

static void give(struct clipper *c, const struct xy_list *l)
{
    c->n_out = 0;
    c->nomem = c->nomem || c->a.failed || c->b.failed;
    if (l->n > c->out_cap) {
        struct mvt_point *more = realloc(c->out, l->n * sizeof *more);
        if (!more) {
            c->nomem = true;
            return;
        }
        c->out = more;
        c->out_cap = l->n;
    }
    for (size_t i = 0; i < l->n; i++)
        c->out[i] = (struct mvt_point){ (int32_t)l->p[i].x, (int32_t)l->p[i].y };
    c->n_out = l->n;
}

// -- rings: Sutherland and Hodgman (1974) -------------------------------------------------------------------

struct side {
    bool    vertical; // x == at, else y == at
    bool    below;    // inside is <= at, else >= at
    int64_t at;
};
static const struct side sides[] = {
    { true, false, LOW },
    { true, true, HIGH },
    { false, false, LOW },
    { false, true, HIGH },
};

static bool inside(const struct side *s, struct xy p)
{
    int64_t v = s->vertical ? p.x : p.y;
    return s->below ? v <= s->at : v >= s->at;
}

/// b + (d - b) * (at - a) / (c - a), rounded to the nearest. The ends come in one order whichever way the
/// ring goes, so that both neighbours of a border cut it at the same unit.
static int64_t cross(int64_t a, int64_t b, int64_t c, int64_t d, int64_t at)
{
    if (a > c) return cross(c, d, a, b, at);
    __int128 num = (__int128)(d - b) * (at - a) * 2 + (c - a), den = (__int128)(c - a) * 2;
    __int128 q = num / den;
    return b + (int64_t)(q - (num % den < 0));
}

static struct xy cut(const struct side *s, struct xy p, struct xy q)
{
    if (s->vertical) return (struct xy){ s->at, cross(p.x, p.y, q.x, q.y, s->at) };
    return (struct xy){ cross(p.y, p.x, q.y, q.x, s->at), s->at };
}

static void cut_ring(const struct side *s, const struct xy_list *from, struct xy_list *to)
{
    to->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        struct xy p = from->p[i ? i - 1 : from->n - 1], q = from->p[i];
        bool      p_in = inside(s, p), q_in = inside(s, q);
        if (p_in != q_in) push(to, cut(s, p, q), false);
        if (q_in) push(to, q, false);
    }
    close_ring(to);
}

void clip_ring(struct clipper *c, const struct view *v, const struct point *p, size_t n)
{
    c->a.n = c->n_out = 0;
    for (size_t i = 0; i < n; i++) push(&c->a, vertex(v, p[i]), false);
    close_ring(&c->a);
    struct xy_list *from = &c->a, *to = &c->b;
    for (size_t s = 0; s < COUNT(sides) && from->n; s++) {
        bool all = true;
        for (size_t i = 0; i < from->n && all; i++) all = inside(&sides[s], from->p[i]);
        if (all) continue;
        cut_ring(&sides[s], from, to);
        struct xy_list *swap = from;
        from = to;
        to = swap;
    }
    give(c, from);
}

// -- lines --------------------------------------------------------------------------------------------------

/// Cuts the segment to the reach; false when nothing is left.
static bool cut_segment(struct xy *p, struct xy *q)
{
    for (size_t s = 0; s < COUNT(sides); s++) {
        bool p_in = inside(&sides[s], *p), q_in = inside(&sides[s], *q);
        if (!p_in && !q_in) return false;
        if (!p_in) *p = cut(&sides[s], *p, *q);
        else if (!q_in) *q = cut(&sides[s], *p, *q);
    }
    return true;
}

static void part_end(struct clipper *c, struct mvt *m)
{
    give(c, &c->b);
    if (c->n_out > 1) mvt_line(m, c->out, c->n_out);
    c->b.n = 0;
}

void clip_line(struct clipper *c, const struct view *v, const struct point *p, size_t n, struct mvt *m)
{
    c->a.n = c->b.n = 0;
    for (size_t i = 0; i < n; i++) push(&c->a, vertex(v, p[i]), true);
    for (size_t i = 1; i < c->a.n; i++) {
        struct xy from = c->a.p[i - 1], to = c->a.p[i];
        if (!cut_segment(&from, &to)) continue;
        if (c->b.n && !same(c->b.p[c->b.n - 1], from)) part_end(c, m);
        push(&c->b, from, true);
        push(&c->b, to, true);
    }
    part_end(c, m);
}
