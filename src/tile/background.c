// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "geo/polygon.h"
#include "store/store.h"
#include "tile/clip.h"
#include "tile/tile.h"

enum { PIXEL = TILE_EXTENT / 512, ALL_Z = 14 }; // from ALL_Z on nothing is too small to draw

/// What draws one tile.
struct pen {
    struct scope  *sc;
    struct view    v;
    struct mvt     m;
    struct clipper c;
};

static enum err pen_take(struct scope *sc, unsigned z, uint32_t x, uint32_t y, struct buf *out, struct pen *p)
{
    mvt_init(&p->m, sc, out);
    p->sc = sc;
    return view_of(sc, z, x, y, &p->v);
}

static void pen_drop(struct pen *p)
{
    mvt_free(&p->m);
    clipper_free(&p->c);
}

static enum err pen_end(struct pen *p)
{
    if (p->c.nomem) return fail(&p->sc->fault, ERR_NOMEM, "no room for a tile");
    return mvt_end(&p->m);
}

// -- polygons: rings by the even-odd rule become outer rings, each with its holes behind it -----------------

struct ring {
    const struct point *p;
    size_t              n;
    struct box          box;
    size_t              depth, parent; // number of rings round it; the innermost of them
    bool                seen;          // reaches into the tile
};

/// Do most of three vertices of `in` lie inside `out`? One alone may stand on the border, where two rings
/// touch.
static bool ring_holds(const struct ring *out, const struct ring *in)
{
    if (in->box.min_x < out->box.min_x || in->box.max_x > out->box.max_x || in->box.min_y < out->box.min_y ||
        in->box.max_y > out->box.max_y)
        return false;
    uint32_t        end = (uint32_t)out->n;
    struct ring_set one = { out->p, out->n, &end, 1 };
    int             votes = 0;
    for (size_t i = 0; i < 3; i++) votes += polygon_has(&one, in->p[i * in->n / 3]);
    return votes > 1;
}

static void nest(struct ring *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!r[i].seen) continue;
        for (size_t k = 0; k < n; k++) {
            // Two rings that are the same one hold each other: the earlier counts as the outer.
            if (k == i || !ring_holds(&r[k], &r[i]) || (i < k && ring_holds(&r[i], &r[k]))) continue;
            r[i].depth++;
            bool inner = r[i].parent == SIZE_MAX || ring_holds(&r[r[i].parent], &r[k]);
            if (inner) r[i].parent = k;
        }
    }
}

static bool draw_ring(struct pen *pen, const struct ring *r, bool hole)
{
    clip_ring(&pen->c, &pen->v, r->p, r->n);
    return pen->c.n_out && mvt_ring(&pen->m, pen->c.out, pen->c.n_out, hole);
}

static enum err draw_polygon(struct pen *pen, const struct point *p, const uint32_t *part_end, size_t n_parts)
{
    struct arena_mark mark = arena_mark(pen->sc->mem);
    struct ring      *r = arena_array(pen->sc->mem, struct ring, n_parts);
    if (!r) return fail(&pen->sc->fault, ERR_NOMEM, "no room for a polygon of %zu rings", n_parts);
    for (size_t i = 0, from = 0; i < n_parts; from = part_end[i++]) {
        uint32_t        n = part_end[i] - (uint32_t)from;
        struct ring_set one = { p + from, n, &n, 1 };
        r[i] = (struct ring){ .p = p + from, .n = n, .parent = SIZE_MAX, .box = polygon_box(&one) };
        r[i].seen = n > 2 && box_meets(r[i].box, pen->v.reach);
    }
    if (n_parts > 1) nest(r, n_parts);
    for (size_t i = 0; i < n_parts; i++) {
        if (!r[i].seen || r[i].depth % 2 || !draw_ring(pen, &r[i], false)) continue;
        for (size_t k = 0; k < n_parts; k++)
            if (r[k].seen && r[k].depth == r[i].depth + 1 && r[k].parent == i) draw_ring(pen, &r[k], true);
    }
    arena_back(pen->sc->mem, mark);
    return OK;
}

// -- areas --------------------------------------------------------------------------------------------------

static void tag_area(struct mvt *m, const struct release_area *a, size_t number)
{
    mvt_id(m, number + 1);
    mvt_tag_str(m, S("code"), a->code);
    mvt_tag_str(m, S("name"), a->name);
}

static enum err draw_areas(struct pen *pen, const struct release_set *set, str areas, str names)
{
    mvt_layer_begin(&pen->m, areas);
    for (size_t i = 0; i < set->n; i++) {
        const struct release_area *a = &set->areas[i];
        if (!box_meets(a->box, pen->v.reach)) continue;
        mvt_feature_begin(&pen->m);
        TRY(draw_polygon(pen, a->point, a->ring_end, a->n_rings));
        if (pen->m.type) tag_area(&pen->m, a, i);
        mvt_feature_end(&pen->m);
    }
    mvt_layer_end(&pen->m);
    mvt_layer_begin(&pen->m, names);
    for (size_t i = 0; i < set->n; i++) {
        const struct release_area *a = &set->areas[i];
        if (!a->n_points || !box_has(pen->v.tile, a->label)) continue;
        mvt_feature_begin(&pen->m);
        tag_area(&pen->m, a, i);
        mvt_point(&pen->m, view_point(&pen->v, a->label));
        mvt_feature_end(&pen->m);
    }
    mvt_layer_end(&pen->m);
    return OK;
}

enum err tile_areas_named(struct scope *sc, const struct index *ix, size_t set, str areas, str names,
                          unsigned z, uint32_t x, uint32_t y, struct buf *out)
{
    const struct release_info *info = index_info(ix);
    AUTO(pen_drop) struct pen  pen = { 0 };
    if (set >= info->n_sets)
        return fail(&sc->fault, ERR_INVALID, "there is no area set number %zu; there are %zu", set,
                    info->n_sets);
    TRY(pen_take(sc, z, x, y, out, &pen));
    TRY(draw_areas(&pen, &info->sets[set], areas, names));
    return pen_end(&pen);
}

enum err tile_areas(struct scope *sc, const struct index *ix, size_t set, unsigned z, uint32_t x, uint32_t y,
                    struct buf *out)
{
    return tile_areas_named(sc, ix, set, S("areas"), S("area_names"), z, x, y, out);
}

// -- base ---------------------------------------------------------------------------------------------------

/// From which zoom on a class is drawn; the first row that fits. The names are OpenStreetMap's and the
/// demo's.
static const struct {
    const char *kind, *class; // NULL: any
    unsigned    from_z;
} thinning[] = {
    { "water", "stream", 13 },
    { "water", "ditch", 14 },
    { "water", "drain", 14 },
    { "water", "canal", 10 },
    { "water", NULL, 0 },
    { "green", NULL, 8 },
    { "building", NULL, 14 },
    { "street", "motorway", 5 },
    { "street", "trunk", 6 },
    { "street", "rail", 9 },
    { "street", "primary", 8 },
    { "street", "secondary", 10 },
    { "street", "tertiary", 11 },
    { "street", "unclassified", 12 },
    { "street", "residential", 13 },
    { "street", "minor", 13 },
    { "street", "living_street", 13 },
    { "street", "service", 14 },
    { "street", "track", 14 },
    { "street", "footway", 15 },
    { "street", "path", 15 },
    { "street", "cycleway", 15 },
    { "street", "steps", 15 },
    { "street", NULL, 12 },
    { "place", "country", 2 },
    { "place", "city", 4 },
    { "place", "town", 7 },
    { "place", "village", 10 },
    { "place", "suburb", 11 },
    { "place", NULL, 12 },
};
const char *const tile_base_kinds[] = { "water", "green", "building", "street", "place", NULL };

static unsigned from_z(str kind, str class)
{
    for (size_t i = 0; i < COUNT(thinning); i++)
        if (str_eq(kind, str_of(thinning[i].kind)) &&
            (!thinning[i].class || str_eq(class, str_of(thinning[i].class))))
            return thinning[i].from_z;
    return ALL_Z;
}

static bool too_small(const struct view *v, const struct release_feature *f)
{
    if (v->z >= ALL_Z || f->shape == SHAPE_POINT) return false;
    uint32_t w = f->box.max_x - f->box.min_x, h = f->box.max_y - f->box.min_y;
    return (w > h ? w : h) >> v->shift < PIXEL;
}

static enum err draw_shape(struct pen *pen, const struct release_feature *f)
{
    if (f->shape == SHAPE_POLYGON) return draw_polygon(pen, f->point, f->part_end, f->n_parts);
    if (f->shape == SHAPE_POINT) {
        if (f->n_points && box_has(pen->v.tile, f->point[0]))
            mvt_point(&pen->m, view_point(&pen->v, f->point[0]));
        return OK;
    }
    for (size_t i = 0, from = 0; i < f->n_parts; from = f->part_end[i++])
        clip_line(&pen->c, &pen->v, f->point + from, f->part_end[i] - from, &pen->m);
    return OK;
}

static enum err draw_layer(struct pen *pen, const struct release_layer *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct release_feature *f = &l->features[i];
        if (!box_meets(f->box, pen->v.reach) || pen->v.z < from_z(l->kind, f->class) || too_small(&pen->v, f))
            continue;
        mvt_feature_begin(&pen->m);
        TRY(draw_shape(pen, f));
        if (pen->m.type) {
            mvt_tag_str(&pen->m, S("name"), f->name);
            mvt_tag_str(&pen->m, S("class"), f->class);
        }
        mvt_feature_end(&pen->m);
    }
    return OK;
}

enum err tile_base(struct scope *sc, const struct index *ix, unsigned z, uint32_t x, uint32_t y,
                   struct buf *out)
{
    const struct release_info *info = index_info(ix);
    AUTO(pen_drop) struct pen  pen = { 0 };
    TRY(pen_take(sc, z, x, y, out, &pen));
    // Several layers of the store may be of one kind; in a tile a layer's name stands once.
    for (size_t k = 0; tile_base_kinds[k]; k++) {
        mvt_layer_begin(&pen.m, str_of(tile_base_kinds[k]));
        for (size_t i = 0; i < info->n_layers; i++)
            if (str_eq(info->layers[i].kind, str_of(tile_base_kinds[k])))
                TRY(draw_layer(&pen, &info->layers[i]));
        mvt_layer_end(&pen.m);
    }
    return pen_end(&pen);
}
