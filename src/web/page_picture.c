// SPDX-License-Identifier: EUPL-1.2
// The map as a drawing. Lines are thinned out to what the drawing can show, so it stays small whatever the release has.
#include "web/page.h"

#include "base/arena.h"
#include "html/text.h"
#include "web/drawing.h"
#include "web/form.h"
#include "web/gaps.h"
#include "web/grid.h"
#include "web/shades.h"
#include "web/tpl.h"
#include "web/words.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
    LEGEND_HEIGHT = 76,
    LINE_HEIGHT = 16,
    NOTE_LINES = 3,   // of a note below the map; a longer one would leave no room for the map
    LETTER_WIDTH = 7, // of the wider letters that there are many of
    MAX_NOTES = 2 * NOTE_LINES
};
enum { MAX_PATH_BYTES = 600 * 1024, MIN_SIDE = 200, MAX_SIDE = 2000 };

// The colours of web/front/site.css; a picture carries its own.
static const struct palette {
    const char        *paper, *land, *ink, *water, *green, *street, *minor, *border;
    const char *const *shade; // [CLASSES_MAX]
} palettes[] = {
    [THEME_LIGHT] = { "#fffefb", "#f4f2ec", "#1b1a17", "#d3e0e8", "#e5ebdb", "#c9c3b6", "#dedad1", "#4b4842",
                      theme_shades[THEME_LIGHT] },
    [THEME_DARK] = { "#16181a", "#1b1e20", "#ece9e2", "#10232c", "#1e2620", "#454a4d", "#33383b", "#a7a49c",
                     theme_shades[THEME_DARK] },
};

struct picture {
    struct grid           grid;
    const struct palette *colour;
    struct drawing        on;
    str                   note[MAX_NOTES]; // lines of text below the legend
    int                   n_notes;
};

static str finish(struct scope *sc, struct buf *b)
{
    str s = arena_str(sc->mem, buf_str(b));
    buf_free(b);
    return s;
}

// -- the parts, bottom to top ---------------------------------------------------------------------

static void add_feature(struct buf *b, const struct picture *d, const struct release_feature *f, bool ring)
{
    for (size_t k = 0, from = 0; k < f->n_parts; from = f->part_end[k++])
        drawing_line(b, &d->on, f->point + from, f->part_end[k] - from, ring);
}

/// Wide streets of a feed; everything else is drawn thin, or not at all when the view is wide.
static bool is_main(str class)
{
    static const char *const words[] = { "motorway", "trunk", "primary", "secondary", "main" };
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_starts(class, str_of(words[i]))) return true;
    return false;
}

/// All features of one kind as one path; full: what does not fit is left out (the smallest things come last in feeds).
static str layer_path(struct scope *sc, const struct release_info *in, const struct picture *d, str kind,
                      bool ring, int only_main)
{
    struct buf b;
    buf_init(&b, MAX_PATH_BYTES + 65536);
    for (size_t l = 0; l < in->n_layers; l++) {
        if (!str_eq(in->layers[l].kind, kind)) continue;
        for (size_t i = 0; i < in->layers[l].n && b.n < MAX_PATH_BYTES; i++) {
            const struct release_feature *f = &in->layers[l].features[i];
            if (f->shape == 0 || (f->shape == 2) != ring || !drawing_sees(&d->on, f->box) ||
                drawing_loses(&d->on, f->box))
                continue;
            if (only_main >= 0 && is_main(f->class) != only_main) continue;
            size_t before = b.n;
            add_feature(&b, d, f, ring);
            if (b.failed) {
                b.failed = false;
                b.n = before;
            }
        }
    }
    return finish(sc, &b);
}

static enum err base_fill(struct scope *sc, const struct release_info *in, const struct picture *d,
                          struct picture_view *v)
{
    struct path_view   *p = arena_array(sc->mem, struct path_view, 2);
    struct stroke_view *s = arena_array(sc->mem, struct stroke_view, 3);
    if (!p || !s) return fail(&sc->fault, ERR_NOMEM, "no room for a picture");
    p[0] = (struct path_view){ layer_path(sc, in, d, S("green"), true, -1), str_of(d->colour->green) };
    p[1] = (struct path_view){ layer_path(sc, in, d, S("water"), true, -1), str_of(d->colour->water) };
    s[0] = (struct stroke_view){ layer_path(sc, in, d, S("water"), false, -1), str_of(d->colour->water),
                                 S("2") };
    s[1] = (struct stroke_view){ layer_path(sc, in, d, S("street"), false, 0), str_of(d->colour->minor),
                                 S("0.6") };
    s[2] = (struct stroke_view){ layer_path(sc, in, d, S("street"), false, 1), str_of(d->colour->street),
                                 S("1.4") };
    v->fills = p;
    v->n_fills = 2;
    v->streets = s;
    v->n_streets = 3;
    return OK;
}

/// One path for each class, of all its squares.
static enum err cells_fill(struct scope *sc, const struct picture *d, struct picture_view *v)
{
    const struct grid *g = &d->grid;
    struct path_view  *p = arena_array(sc->mem, struct path_view, CLASSES_MAX);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for a picture");
    for (size_t k = 0; k < g->classes.n; k++) {
        struct buf b;
        buf_init(&b, 4 << 20);
        for (size_t i = 0; i < g->n; i++) {
            const struct grid_cell *c = &g->cells[i];
            if (!drawing_sees(&d->on, c->box) || classes_find(&g->classes, c->count) != k) continue;
            double side = ((double)c->box.max_x - c->box.min_x + 1) * d->on.scale;
            buf_add_c(&b, 'M');
            buf_add_fixed(&b, drawing_x(&d->on, c->box.min_x), 1);
            buf_add_c(&b, ' ');
            buf_add_fixed(&b, drawing_y(&d->on, c->box.min_y), 1);
            buf_add_c(&b, 'h');
            buf_add_fixed(&b, side, 1);
            buf_add_c(&b, 'v');
            buf_add_fixed(&b, side, 1);
            buf_add_c(&b, 'h');
            buf_add_fixed(&b, -side, 1);
            buf_add_c(&b, 'z');
        }
        int shade = grid_shade(&g->classes, k);
        p[k] = (struct path_view){ finish(sc, &b), str_of(d->colour->shade[shade - 1]) };
    }
    v->cells = p;
    v->n_cells = g->classes.n;
    return OK;
}

/// Outlines of the chosen area's set, else of the first set; those of sets with very many areas would hide the map.
static enum err areas_fill(struct scope *sc, const struct release_info *in, const struct picture *d,
                           const struct filter *f, struct picture_view *v)
{
    if (!in->n_sets) return OK;
    const struct release_set *s = &in->sets[f->set >= 0 ? f->set : 0];
    struct path_view         *p = arena_array(sc->mem, struct path_view, 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for a picture");
    struct buf b;
    buf_init(&b, 2 * MAX_PATH_BYTES);
    for (size_t i = 0; i < s->n && b.n < MAX_PATH_BYTES; i++) {
        const struct release_area *a = &s->areas[i];
        if (!drawing_sees(&d->on, a->box) || drawing_loses(&d->on, a->box)) continue;
        for (size_t k = 0, from = 0; k < a->n_rings; from = a->ring_end[k++])
            drawing_line(&b, &d->on, a->point + from, a->ring_end[k] - from, true);
    }
    p[0] = (struct path_view){ finish(sc, &b), str_of(d->colour->border) };
    v->areas = p;
    v->n_areas = 1;
    return OK;
}

// -- what stands below the map --------------------------------------------------------------------

/// SVG does not break lines: so many letters fit. False, and no line: it would be too long.
static bool note_add(struct picture *d, str text)
{
    size_t fits = (size_t)(d->on.width - 24) / LETTER_WIDTH;
    int    n = d->n_notes;
    for (str rest = text, word, line = { 0 }; str_cut(&rest, ' ', &word);) {
        str  longer = line.n ? (str){ line.p, (size_t)(word.p + word.n - line.p) } : word;
        bool breaks = line.n && word_letters(longer) > fits;
        line = breaks ? word : longer;
        if (breaks || n == d->n_notes) {
            if (n == MAX_NOTES || n - d->n_notes == NOTE_LINES) return false;
            n++;
        }
        d->note[n - 1] = line;
    }
    d->n_notes = n;
    return true;
}

/// What the figures lack, and, when hours or days are asked for, of how many incidents they are known.
static enum err notes_fill(struct scope *sc, struct call *c, const struct filter *f, struct picture *d)
{
    struct facets k;
    if (!note_add(d, gaps_sentence(sc, c->lang, c->in))) (void)note_add(d, gaps_short(c->lang, c->in));
    if (f->hours == 0xFFFFFF && f->days == 0x7F) return OK;
    TRY(index_facets(sc, c->ix, f, FACET_HOURWEEK, true, &k));
    (void)note_add(d, hours_sentence(sc, c->lang, k.hourweek));
    return OK;
}

static enum err legend_fill(struct scope *sc, const struct call *c, const struct picture *d, str period,
                            struct picture_view *v)
{
    const struct classes *k = &d->grid.classes;
    struct rect_view     *r = arena_array(sc->mem, struct rect_view, CLASSES_MAX);
    struct text_view     *t = arena_array(sc->mem, struct text_view, CLASSES_MAX + 4 + MAX_NOTES);
    struct buf            names;
    if (!r || !t) return fail(&sc->fault, ERR_NOMEM, "no room for a legend");
    int y = d->on.height + 10, step = 72, n = 0;
    for (size_t i = 0; i < k->n; i++) {
        int x = 12 + (int)i * step;
        r[i] =
            (struct rect_view){ x, y, step - 4, 12, str_of(d->colour->shade[grid_shade(k, i) - 1]), S("") };
        t[n++] = (struct text_view){ x, y + 27, S("start"), grid_range(sc, c->lang, k, i) };
    }
    str side = word_metres(sc, c->lang, d->grid.side_m), cell = text_of(c->lang, MSG_PAGE_PICTURE_CELL);
    if (k->n)
        t[n++] = (struct text_view){ 12, y + 44, S("start"),
                                     arena_printf(sc->mem, "%.*s %.*s", STR(cell), STR(side)) };
    buf_init(&names, 2000);
    for (size_t i = 0; i < c->in->n_sources; i++)
        buf_printf(&names, "%s%.*s", i ? ", " : "", STR(c->in->sources[i].name));
    str source = finish(sc, &names);
    str head = text_of(c->lang, c->in->demo ? MSG_PAGE_INVENTED_SHORT : MSG_PAGE_SOURCE);
    t[n++] =
        (struct text_view){ 12, y + 60, S("start"),
                            arena_printf(sc->mem, "%.*s. %.*s %.*s", STR(period), STR(head), STR(source)) };
    for (int i = 0; i < d->n_notes; i++)
        t[n++] = (struct text_view){ 12, y + 60 + (i + 1) * LINE_HEIGHT, S("start"), d->note[i] };
    v->legend = r;
    v->n_legend = k->n;
    v->texts = t;
    v->n_texts = (size_t)n;
    return OK;
}

/// A bar of a round length, about a fifth of the width, in the lower right corner.
static void scale_fill(struct scope *sc, enum language l, const struct picture *d, struct picture_view *v)
{
    double unit_m = mercator_unit_m(d->on.view.min_y / 2 + d->on.view.max_y / 2) / d->on.scale,
           want = unit_m * d->on.width / 5;
    double round_m = pow(10, floor(log10(want)));
    if (round_m * 5 <= want) round_m *= 5;
    else if (round_m * 2 <= want) round_m *= 2;
    int long_units = (int)lround(round_m / unit_m), x = d->on.width - 12 - long_units, y = d->on.height - 12;
    v->scale = word_metres(sc, l, round_m);
    v->scale_x = x + 4;
    v->scale_y = y - 6;
    v->scale_path = arena_printf(sc->mem, "M%d %dv5h%dv-5", x, y - 5, long_units);
}

struct picture_query {
    int64_t width, height;
    int     theme;
};
static const struct field picture_fields[] = {
    { "w", IN_QUERY, F_INT, offsetof(struct picture_query, width), .min = MIN_SIDE, .max = MAX_SIDE },
    { "h", IN_QUERY, F_INT, offsetof(struct picture_query, height), .min = MIN_SIDE, .max = MAX_SIDE },
    { "theme", IN_QUERY, F_CHOICE, offsetof(struct picture_query, theme), .choices = theme_names },
};

enum err page_picture(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct picture_query q = { .width = 960, .height = 640 };
    struct filter        f;
    struct facets        k;
    struct picture       d = { 0 };
    struct picture_view  v = { 0 };
    TRY(form_read(sc, c, picture_fields, COUNT(picture_fields), &f, &q));
    TRY(index_facets(sc, c->ix, &f, 0, false, &k));
    d.colour = &palettes[q.theme];
    d.on.width = (int)q.width;
    TRY(notes_fill(sc, c, &f, &d));
    d.on.height = (int)q.height - LEGEND_HEIGHT - d.n_notes * LINE_HEIGHT;
    TRY(grid_of(sc, c->ix, c->ed->portrait.home, &f, d.on.width, d.on.height, &d.grid));
    d.on.view = d.grid.view;
    d.on.scale = d.on.width / ((double)d.grid.view.max_x - d.grid.view.min_x + 1);
    str where = form_area_name(c, &f);
    if (!where.n) where = c->in->town;
    str period = word_period(sc, c->lang, period_of_filter(c->in, &f)),
        count = word_count(sc, c->lang, k.total);
    str incidents = text_of(c->lang, MSG_PAGE_INCIDENTS);
    v.lang = language_code(c->lang);
    v.title = arena_printf(sc->mem, "%.*s, %.*s", STR(where), STR(period));
    str gaps = gaps_sentence(sc, c->lang, c->in);
    v.desc =
        arena_printf(sc->mem, "%.*s: %.*s%s%.*s", STR(incidents), STR(count), gaps.n ? ". " : "", STR(gaps));
    v.width = d.on.width;
    v.height = (int)q.height;
    v.map_height = d.on.height;
    v.paper = str_of(d.colour->paper);
    v.land = str_of(d.colour->land);
    v.ink = str_of(d.colour->ink);
    TRY(base_fill(sc, c->in, &d, &v));
    TRY(cells_fill(sc, &d, &v));
    TRY(areas_fill(sc, c->in, &d, &f, &v));
    TRY(legend_fill(sc, c, &d, v.title, &v));
    scale_fill(sc, c->lang, &d, &v);
    tpl_picture(&rs->body, c->lang, &v);
    rs->content_type = "image/svg+xml";
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE;
    return OK;
}
