// SPDX-License-Identifier: EUPL-1.2
// What is told by half-year and area of the whole town: one class in one half-year, its groups shaded and in a table.
// Several rows may stand for an area, since what came in later is counted by itself. The picture has one shade for each area:
// of groups that lie over each other it takes those that say more, and the table lists the others as having come in later.
#include "web/page.h"

#include "model/half.h"
#include "analysis/classes.h"
#include "base/arena.h"
#include "web/by_area.h"
#include "web/drawing.h"
#include "web/frame.h"
#include "web/gaps.h"
#include "web/grid.h"
#include "web/tpl.h"
#include "web/words.h"
#include <math.h>
#include <stdlib.h>

enum {
    HALVES_IN_VIEW = 8,
    WIDTH = 720,
    MAX_HEIGHT = 760,
    MARGIN = 4, // for the lines around the outermost areas
    MAX_PATH_BYTES = 600 * 1024,
    COUNTS_ON_MAP = 60, // more would hide it
    COUNTS_ON_PHONE = 20,
    NAMES_IN_TITLE = 12,
    UNOWNED = 0xFFFF
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a page of counts by area");
}

// -- which groups are shaded ----------------------------------------------------------------------

struct group {
    const uint16_t *area; // [n]; 0: somewhere in the town
    size_t          n;
    uint64_t        count;
    bool            later;
    size_t          inside; // how many of its areas lie in the group that is looked at
};
struct groups {
    struct group *of; // [n] smallest first
    size_t        n;
    uint16_t     *owner; // [areas of the set] number of the group that shades it, or UNOWNED
};

static int by_size(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    for (size_t i = 0; i < x->n; i++)
        if (x->area[i] != y->area[i]) return x->area[i] < y->area[i] ? -1 : 1;
    return (x->count < y->count) - (x->count > y->count);
}

/// What came in later for the very same areas is of the same group.
static void merge_same(struct groups *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        struct group *last = n ? &g->of[n - 1] : NULL;
        bool          same = last && last->n == g->of[i].n;
        for (size_t k = 0; same && k < last->n; k++) same = last->area[k] == g->of[i].area[k];
        if (same) last->count += g->of[i].count;
        else g->of[n++] = g->of[i];
    }
    g->n = n;
}

/// Does all that shades the areas of this group lie inside of it? *count: of that; *areas: how many areas it has.
static bool holds(const struct groups *g, const struct group *of, uint64_t *count, size_t *areas)
{
    *count = *areas = 0;
    for (size_t i = 0; i < of->n; i++)
        if (g->owner[of->area[i]] != UNOWNED) g->of[g->owner[of->area[i]]].inside = 0;
    for (size_t i = 0; i < of->n; i++) {
        if (g->owner[of->area[i]] == UNOWNED) continue;
        g->of[g->owner[of->area[i]]].inside++;
        ++*areas;
    }
    for (size_t i = 0; i < of->n; i++) {
        if (g->owner[of->area[i]] == UNOWNED) continue;
        struct group *k = &g->of[g->owner[of->area[i]]];
        if (k->inside && k->inside != k->n) return false;
        if (k->inside) *count += k->count;
        k->inside = 0;
    }
    return true;
}

/// One more group: it shades its areas when it says more than what lies inside of it.
static void shade(struct groups *g, size_t number)
{
    struct group *of = &g->of[number];
    uint64_t      inside;
    size_t        areas;
    bool          all = holds(g, of, &inside, &areas);
    of->later = !all || (areas && of->count <= inside);
    if (of->later) return;
    for (size_t i = 0; i < of->n; i++) {
        uint16_t *owner = &g->owner[of->area[i]];
        if (*owner != UNOWNED) g->of[*owner].later = true;
        *owner = (uint16_t)number;
    }
}

static enum err groups_of(struct scope *sc, const struct call *c, int32_t half, int class, struct groups *out)
{
    const struct release_info *in = c->in;
    size_t                     n = 0, areas = by_area_set(in) ? by_area_set(in)->n : 0;
    for (size_t i = 0; i < in->n_counts; i++)
        n += in->counts[i].half == half && in->counts[i].class == class && by_area_sound(in, &in->counts[i]);
    struct groups g = { arena_array(sc->mem, struct group, n + 1), 0,
                        arena_array(sc->mem, uint16_t, areas + 1) };
    if (!g.of || !g.owner) return no_room(sc);
    for (size_t i = 0; i < areas; i++) g.owner[i] = UNOWNED;
    for (size_t i = 0; i < in->n_counts && g.n < UNOWNED; i++) {
        const struct release_count *k = &in->counts[i];
        if (k->half == half && k->class == class && by_area_sound(in, k))
            g.of[g.n++] = (struct group){ .area = k->area, .n = k->n, .count = k->count };
    }
    qsort(g.of, g.n, sizeof *g.of, by_size);
    merge_same(&g);
    for (size_t i = 0; i < g.n; i++) shade(&g, i);
    *out = g;
    return OK;
}

// -- the table ------------------------------------------------------------------------------------

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const struct link_view *)a)->label, ((const struct link_view *)b)->label);
}

static int by_first(const void *a, const void *b)
{
    const struct group_row_view *x = a, *y = b;
    if (x->somewhere != y->somewhere) return x->somewhere ? 1 : -1;
    return x->n_areas && y->n_areas ? by_label(x->areas, y->areas) : 0;
}

struct names {
    struct link_view *of;
    size_t            n;
};

static enum err add_names(struct scope *sc, struct call *c, const struct group *of, struct names *to)
{
    const struct release_set *set = by_area_set(c->in);
    struct link_view         *all = arena_array(sc->mem, struct link_view, to->n + of->n + 1);
    if (!all) return no_room(sc);
    for (size_t i = 0; i < to->n; i++) all[i] = to->of[i];
    for (size_t i = 0; i < of->n; i++)
        all[to->n + i] =
            (struct link_view){ .label = set->areas[of->area[i]].name,
                                .url = url_area(&c->links, c->in->count_set, of->area[i], NULL) };
    *to = (struct names){ all, to->n + of->n };
    qsort(all, to->n, sizeof *all, by_label);
    return OK;
}

/// Groups with anything in them, one a row; then all areas in which there was nothing.
static enum err rows_of(struct scope *sc, struct call *c, const struct groups *g, bool later,
                        const struct group_row_view **out, size_t *n)
{
    struct group_row_view *row = arena_array(sc->mem, struct group_row_view, g->n + 1);
    struct names           none = { 0 };
    if (!row) return no_room(sc);
    *n = 0;
    for (size_t i = 0; i < g->n; i++) {
        const struct group *of = &g->of[i];
        struct names        names = { 0 };
        if (of->later != later || (later && !of->count)) continue;
        TRY(add_names(sc, c, of, of->count ? &names : &none));
        if (of->count)
            row[(*n)++] = (struct group_row_view){ .areas = names.of,
                                                   .n_areas = names.n,
                                                   .count = word_count(sc, c->lang, of->count),
                                                   .somewhere = !of->n };
    }
    qsort(row, *n, sizeof *row, by_first);
    if (none.n) row[(*n)++] = (struct group_row_view){ .areas = none.of, .n_areas = none.n, .none = true };
    *out = row;
    return OK;
}

// -- the picture ----------------------------------------------------------------------------------

static struct drawing drawing_of(const struct release_set *set)
{
    struct box b = set->areas[0].box;
    for (size_t i = 1; i < set->n; i++) {
        const struct box *a = &set->areas[i].box;
        if (a->min_x < b.min_x) b.min_x = a->min_x;
        if (a->min_y < b.min_y) b.min_y = a->min_y;
        if (a->max_x > b.max_x) b.max_x = a->max_x;
        if (a->max_y > b.max_y) b.max_y = a->max_y;
    }
    double wide = (double)b.max_x - b.min_x + 1, high = (double)b.max_y - b.min_y + 1, scale = WIDTH / wide;
    if (high * scale > MAX_HEIGHT) scale = MAX_HEIGHT / high;
    return (struct drawing){ b, (int)ceil(wide * scale), (int)ceil(high * scale), scale };
}

static void add_area(struct buf *b, const struct drawing *d, const struct release_area *a)
{
    for (size_t k = 0, from = 0; k < a->n_rings && b->n < MAX_PATH_BYTES; from = a->ring_end[k++])
        drawing_line(b, d, a->point + from, a->ring_end[k] - from, true);
}

static str path_end(struct scope *sc, struct buf *b)
{
    str s = !b->failed ? arena_str(sc->mem, buf_str(b)) : (str){ 0 };
    buf_free(b);
    return s;
}

/// The number stands in the area that lies nearest to the middle of its group.
static struct text_view label_of(struct scope *sc, enum language l, const struct drawing *d,
                                 const struct release_set *set, const struct group *of)
{
    double       x = 0, y = 0, best = -1;
    struct point at = set->areas[of->area[0]].label;
    for (size_t i = 0; i < of->n; i++) {
        x += (double)set->areas[of->area[i]].label.x / (double)of->n;
        y += (double)set->areas[of->area[i]].label.y / (double)of->n;
    }
    for (size_t i = 0; i < of->n; i++) {
        struct point p = set->areas[of->area[i]].label;
        double       far = ((double)p.x - x) * ((double)p.x - x) + ((double)p.y - y) * ((double)p.y - y);
        if (best >= 0 && far >= best) continue;
        best = far;
        at = p;
    }
    return (struct text_view){ (int)drawing_x(d, at.x), (int)drawing_y(d, at.y) + 5, S("middle"),
                               word_count(sc, l, of->count) };
}

static enum err classes_fill(struct scope *sc, struct call *c, const struct groups *g, struct classes *k,
                             struct by_area_view *v)
{
    uint32_t *count = arena_array(sc->mem, uint32_t, g->n + 1);
    struct class_view *class = arena_array(sc->mem, struct class_view, CLASSES_MAX);
    size_t n = 0;
    if (!count || !class) return no_room(sc);
    for (size_t i = 0; i < g->n; i++)
        if (!g->of[i].later && g->of[i].n && g->of[i].count) count[n++] = (uint32_t)g->of[i].count;
    TRY(classes_of(sc, count, n, k));
    for (size_t i = 0; i < k->n; i++)
        class[i] = (struct class_view){ grid_shade(k, i), grid_range(sc, c->lang, k, i) };
    v->classes = class;
    v->n_classes = k->n;
    return OK;
}

/// One path of some areas; the shade is a class of the style sheet.
static void add_shade(struct scope *sc, struct call *c, const struct drawing *d, const uint16_t *area,
                      size_t n, const char *css, str count, struct by_area_view *v, struct shade_view *to)
{
    const struct release_set *set = by_area_set(c->in);
    struct buf                b;
    buf_init(&b, 2 * MAX_PATH_BYTES);
    for (size_t i = 0; i < n; i++) add_area(&b, d, &set->areas[area[i]]);
    str names = by_area_names(sc, c->lang, set, area, n, AREA_NOWHERE, NAMES_IN_TITLE);
    to[v->picture.n_groups] = (struct shade_view){
        .id = arena_printf(sc->mem, "group-%zu", v->picture.n_groups),
        .css = str_of(css),
        .title = arena_printf(sc->mem, "%.*s%s%.*s", STR(names), count.n ? ": " : "", STR(count)),
        .d = path_end(sc, &b),
    };
    v->picture.n_groups++;
}

static enum err shades_fill(struct scope *sc, struct call *c, const struct drawing *d, const struct groups *g,
                            struct by_area_view *v)
{
    static const char *const  shades[] = { "h0", "h1", "h2", "h3", "h4", "h5", "h6" };
    const struct release_set *set = by_area_set(c->in);
    struct classes            k;
    struct shade_view        *group = arena_array(sc->mem, struct shade_view, g->n + 2);
    struct text_view         *label = arena_array(sc->mem, struct text_view, g->n + 1);
    uint16_t                 *rest = arena_array(sc->mem, uint16_t, set->n + 1);
    size_t                    n_rest = 0;
    if (!group || !label || !rest) return no_room(sc);
    TRY(classes_fill(sc, c, g, &k, v));
    for (size_t i = 0; i < g->n; i++) {
        const struct group *of = &g->of[i];
        if (of->later || !of->n) continue;
        int shade = of->count ? grid_shade(&k, classes_find(&k, (uint32_t)of->count)) : 0;
        str count = of->count ? word_count(sc, c->lang, of->count) : text_of(c->lang, MSG_PAGE_NONE_RECORDED);
        add_shade(sc, c, d, of->area, of->n, shades[shade], count, v, group);
        if (of->count) label[v->picture.n_counts++] = label_of(sc, c->lang, d, set, of);
    }
    for (size_t i = 0; i < set->n; i++)
        if (g->owner[i] == UNOWNED) rest[n_rest++] = (uint16_t)i;
    if (n_rest) add_shade(sc, c, d, rest, n_rest, "not-told", (str){ 0 }, v, group);
    v->picture.groups = group;
    v->picture.counts = label;
    return OK;
}

static enum err picture_fill(struct scope *sc, struct call *c, const struct groups *g, struct by_area_view *v)
{
    struct drawing d = drawing_of(by_area_set(c->in));
    TRY(shades_fill(sc, c, &d, g, v));
    v->picture.from = -MARGIN;
    v->picture.width = d.width + 2 * MARGIN;
    v->picture.height = d.height + 2 * MARGIN;
    v->picture.title = arena_printf(sc->mem, "%.*s, %.*s", STR(v->kind), STR(v->half));
    v->picture.desc = text_of(c->lang, MSG_PAGE_BY_AREA_DESC);
    v->picture.many = v->picture.n_counts > COUNTS_ON_PHONE;
    if (v->picture.n_counts > COUNTS_ON_MAP) v->picture.n_counts = 0;
    return OK;
}

// -- the choices ----------------------------------------------------------------------------------

static enum err choices_fill(struct scope *sc, struct call *c, int32_t half, int class,
                             struct by_area_view *v)
{
    size_t            n = by_area_halves(c->in), k = 0;
    struct link_view *kind = arena_array(sc->mem, struct link_view, RELEASE_CLASSES);
    struct link_view *halves = arena_array(sc->mem, struct link_view, n + 1);
    sensitivity_set   shown = kinds_shown(c->in, SHOW_AREAS);
    if (!kind || !halves) return no_room(sc);
    for (int i = 0; i < RELEASE_CLASSES; i++)
        if (shown >> i & 1)
            kind[k++] = (struct link_view){ .label = word_capital(sc, c->lang, kind_label(c->lang, i)),
                                            .url = url_by_area(&c->links, kind_word(i), half_key(sc, half)),
                                            .on = i == class };
    for (size_t i = 0; i < n; i++) {
        int32_t at = c->in->last_half - (int32_t)i;
        halves[i] = (struct link_view){ .label = word_half_short(sc, c->lang, at),
                                        .url = url_by_area(&c->links, kind_word(class), half_key(sc, at)),
                                        .on = at == half };
    }
    v->kinds = kind;
    v->n_kinds = k;
    v->halves = halves;
    v->n_halves = n < HALVES_IN_VIEW ? n : HALVES_IN_VIEW;
    v->older = halves + v->n_halves;
    v->n_older = n - v->n_halves;
    return OK;
}

/// A page that tells something, when nothing is asked: the newest half-year with a figure of one of these, or the newest.
static int32_t newest_half(const struct release_info *in, sensitivity_set kinds)
{
    for (size_t i = 0; i < by_area_halves(in); i++)
        if (by_area_used(in, in->last_half - (int32_t)i, in->last_half - (int32_t)i) & kinds)
            return in->last_half - (int32_t)i;
    return in->last_half;
}

static int first_of(sensitivity_set kinds)
{
    int class = 0;
    while (class < RELEASE_CLASS_OTHER && !(kinds >> class & 1)) class ++;
    return class;
}

static enum err fill(struct scope *sc, struct call *c, int32_t half, int class, struct by_area_view *v)
{
    struct groups g;
    TRY(choices_fill(sc, c, half, class, v));
    v->kind = word_capital(sc, c->lang, kind_label(c->lang, class));
    v->half = word_period(sc, c->lang, half_period(half));
    TRY(groups_of(sc, c, half, class, &g));
    v->any = true;
    v->few = !g.n;
    TRY(rows_of(sc, c, &g, false, &v->groups, &v->n_groups));
    TRY(rows_of(sc, c, &g, true, &v->later, &v->n_later));
    for (size_t i = 0; i < g.n; i++) {
        v->has_areas = v->has_areas || g.of[i].n;
        v->has_none = v->has_none || (g.of[i].n && !g.of[i].later && !g.of[i].count);
    }
    return v->has_areas ? picture_fill(sc, c, &g, v) : OK;
}

enum err page_by_area(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct by_area_view        v = { 0 };
    const struct release_info *in = c->in;
    int32_t                    half = in->last_half + 1; // not asked
    sensitivity_set            shown = kinds_shown(in, SHOW_AREAS);
    int class = -1;
    TRY(by_area_read(sc, c, &half, &class));
    sensitivity_set asked = class < 0 ? shown : sensitivity_bit((enum sensitivity) class);
    if (half > in->last_half) half = newest_half(in, asked);
    sensitivity_set used = by_area_used(in, half, half);
    if (class < 0) class = first_of(used ? used : shown);
    v.least = in->least;
    if (by_area_set(in)) v.set_name = by_area_set(in)->name;
    if (by_area_set(in)) v.set_url = url_set(&c->links, in->count_set);
    v.csv_url = url_by_area_csv(&c->links);
    v.json_url = S("/v1/by-area");
    if (shown && by_area_halves(in)) TRY(fill(sc, c, half, class, &v));
    TRY(frame_fill(sc, c, PAGE_BY_AREA, text_of(c->lang, MSG_PAGE_BY_AREA_TITLE), &v.frame));
    tpl_by_area(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}
