// SPDX-License-Identifier: EUPL-1.2
#include "publish/atlas.h"

#include "base/arena.h"
#include <stdlib.h>

enum { MAX_PARENTS = 8 }; // a chain of parents that goes round in a circle ends here

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the areas and layers of the map");
}

// -- sets ---------------------------------------------------------------------------------------------------

static int cmp_code(const void *a, const void *b)
{
    const struct code *x = a, *y = b;
    int                c = str_cmp(x->code, y->code);
    return c ? c : (x->area > y->area) - (x->area < y->area); // of a repeated code the first area counts
}

static enum err convert_figures(struct scope *sc, const struct area *from, struct release_area *to)
{
    struct release_figure *f = arena_array(sc->mem, struct release_figure, from->n_figures);
    if (!f) return no_room(sc);
    for (size_t i = 0; i < from->n_figures; i++)
        f[i] = (struct release_figure){ (int16_t)from->figures[i].year, from->figures[i].population,
                                        from->figures[i].officers };
    to->figures = f;
    to->n_figures = from->n_figures;
    return OK;
}

static enum err convert_area(struct scope *sc, const struct area *from, struct ring_set *rings,
                             struct release_area *to)
{
    *rings = (struct ring_set){ from->point, from->n_points, from->ring_end, from->n_rings };
    *to = (struct release_area){ .code = from->code,
                                 .name = from->name,
                                 .parent = from->parent,
                                 .point = from->point,
                                 .ring_end = from->ring_end,
                                 .n_points = from->n_points,
                                 .n_rings = from->n_rings };
    to->box = polygon_box(rings);
    TRY(label_point(sc, rings, &to->label));
    return convert_figures(sc, from, to);
}

static enum err read_set(struct scope *sc, struct store *st, const struct area_set *from, struct atlas *a,
                         size_t at)
{
    const struct area *areas;
    size_t             n;
    TRY(store_areas(sc, st, from->id, &areas, &n));
    struct release_area *to = arena_array(sc->mem, struct release_area, n);
    struct ring_set     *rings = arena_array(sc->mem, struct ring_set, n);
    struct code         *codes = arena_array(sc->mem, struct code, n);
    if (!to || !rings || !codes) return no_room(sc);
    for (size_t i = 0; i < n; i++) {
        TRY(convert_area(sc, &areas[i], &rings[i], &to[i]));
        codes[i] = (struct code){ to[i].code, (uint16_t)i };
    }
    TRY(polygon_index_build(sc, rings, n, &a->find[at])); // refuses more areas than a number can name
    qsort(codes, n, sizeof *codes, cmp_code);
    a->set[at] = (struct release_set){ from->key, from->name, from->licence, to, n };
    a->rings[at] = rings;
    a->code[at] = codes;
    return OK;
}

static int cmp_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static enum err median_size(struct scope *sc, const struct release_set *s, double *out)
{
    struct arena_mark mark = arena_mark(sc->mem);
    double           *size = arena_array(sc->mem, double, s->n + 1);
    if (!size) return no_room(sc);
    for (size_t i = 0; i < s->n; i++) {
        struct box b = s->areas[i].box;
        size[i] = ((double)b.max_x - b.min_x) * ((double)b.max_y - b.min_y);
    }
    qsort(size, s->n, sizeof *size, cmp_double);
    *out = s->n ? size[s->n / 2] : 1e30; // a set without areas binds nothing, so it comes last
    arena_back(sc->mem, mark);
    return OK;
}

/// Insertion sort; there are at most eight.
static enum err finest_first(struct scope *sc, struct atlas *a)
{
    double size[MAX_AREA_SETS];
    for (size_t i = 0; i < a->n_sets; i++) TRY(median_size(sc, &a->set[i], &size[i]));
    for (size_t i = 1; i < a->n_sets; i++)
        for (size_t k = i; k > 0 && size[k] < size[k - 1]; k--) {
            double                mine = size[k];
            struct release_set    set = a->set[k];
            struct ring_set      *rings = a->rings[k];
            struct polygon_index *find = a->find[k];
            struct code          *code = a->code[k];
            size[k] = size[k - 1];
            a->set[k] = a->set[k - 1];
            a->rings[k] = a->rings[k - 1];
            a->find[k] = a->find[k - 1];
            a->code[k] = a->code[k - 1];
            size[k - 1] = mine;
            a->set[k - 1] = set;
            a->rings[k - 1] = rings;
            a->find[k - 1] = find;
            a->code[k - 1] = code;
        }
    return OK;
}

static enum err bind_anchors(struct scope *sc, struct atlas *a)
{
    if (!a->n_sets || !a->set[0].n) return OK;
    struct point *label = arena_array(sc->mem, struct point, a->set[0].n);
    if (!label) return no_room(sc);
    for (size_t i = 0; i < a->set[0].n; i++) label[i] = a->set[0].areas[i].label;
    a->finest = (struct anchor_areas){ a->rings[0], label, a->find[0], a->set[0].n };
    return OK;
}

// -- layers -------------------------------------------------------------------------------------------------

static struct box points_box(const struct point *p, size_t n)
{
    struct box b = { UINT32_MAX, UINT32_MAX, 0, 0 };
    for (size_t i = 0; i < n; i++) {
        if (p[i].x < b.min_x) b.min_x = p[i].x;
        if (p[i].y < b.min_y) b.min_y = p[i].y;
        if (p[i].x > b.max_x) b.max_x = p[i].x;
        if (p[i].y > b.max_y) b.max_y = p[i].y;
    }
    return b;
}

static enum err read_layer(struct scope *sc, struct store *st, const struct layer *from,
                           struct release_layer *to)
{
    const struct layer_feature *f;
    size_t                      n;
    TRY(store_layer_features(sc, st, from->id, &f, &n));
    struct release_feature *features = arena_array(sc->mem, struct release_feature, n);
    if (!features) return no_room(sc);
    for (size_t i = 0; i < n; i++)
        features[i] = (struct release_feature){ .name = f[i].name,
                                                .class = f[i].class,
                                                .shape = (int)f[i].shape,
                                                .box = points_box(f[i].point, f[i].n_points),
                                                .point = f[i].point,
                                                .part_end = f[i].part_end,
                                                .n_points = f[i].n_points,
                                                .n_parts = f[i].n_parts };
    *to = (struct release_layer){ from->key, from->kind, from->licence, features, n };
    return OK;
}

// -- the whole ----------------------------------------------------------------------------------------------

enum err atlas_read(struct scope *sc, struct store *st, struct atlas *out)
{
    const struct area_set *sets;
    const struct layer    *layers;
    TRY(store_area_sets(sc, st, &sets, &out->n_sets));
    if (out->n_sets > MAX_AREA_SETS)
        return fail(&sc->fault, ERR_LIMIT,
                    "there are %zu area sets; a release holds at most %d, so remove some", out->n_sets,
                    MAX_AREA_SETS);
    for (size_t i = 0; i < out->n_sets; i++) TRY(read_set(sc, st, &sets[i], out, i));
    TRY(finest_first(sc, out));
    TRY(bind_anchors(sc, out));
    TRY(store_layers(sc, st, &layers, &out->n_layers));
    out->layer = arena_array(sc->mem, struct release_layer, out->n_layers);
    if (!out->layer) return no_room(sc);
    for (size_t i = 0; i < out->n_layers; i++) TRY(read_layer(sc, st, &layers[i], &out->layer[i]));
    return OK;
}

static void nowhere(uint16_t area[MAX_AREA_SETS])
{
    for (size_t i = 0; i < MAX_AREA_SETS; i++) area[i] = AREA_NOWHERE;
}

void atlas_at(const struct atlas *a, struct point p, uint16_t area[MAX_AREA_SETS])
{
    nowhere(area);
    for (size_t i = 0; i < a->n_sets; i++) area[i] = polygon_index_find(a->find[i], p);
}

static const struct code *find_code(const struct atlas *a, size_t set, str code)
{
    size_t from = 0, to = a->set[set].n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (str_cmp(a->code[set][mid].code, code) < 0) from = mid + 1;
        else to = mid;
    }
    return from < a->set[set].n && str_eq(a->code[set][from].code, code) ? &a->code[set][from] : NULL;
}

/// "set:code", or a code of the set it is said in. False when there is no such area.
static bool resolve(const struct atlas *a, str text, size_t *set, uint16_t *area)
{
    size_t colon = str_find(text, ':');
    str    key = str_slice(text, 0, colon), code = text;
    for (size_t i = 0; colon < text.n && i < a->n_sets; i++)
        if (str_eq(a->set[i].key, key)) {
            *set = i;
            code = str_slice(text, colon + 1, text.n);
        }
    const struct code *found = *set < a->n_sets ? find_code(a, *set, code) : NULL;
    if (found) *area = found->area;
    return found != NULL;
}

void atlas_of_code(const struct atlas *a, str code, uint16_t area[MAX_AREA_SETS])
{
    nowhere(area);
    size_t   set = SIZE_MAX; // a bare code means nothing without a set
    uint16_t number;
    for (int i = 0; i < MAX_PARENTS && code.n && resolve(a, code, &set, &number); i++) {
        if (area[set] == AREA_NOWHERE) area[set] = number;
        code = a->set[set].areas[number].parent;
    }
}
