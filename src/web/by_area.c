// SPDX-License-Identifier: EUPL-1.2
#include "web/by_area.h"

#include "base/arena.h"
#include "base/civil.h"
#include "model/half.h"
#include "web/form.h"
#include "web/gaps.h"
#include "web/words.h"
#include <stddef.h>

enum {
    FIRST_HALF = 2 * (CIVIL_MIN_YEAR - 1970), // since 1970
    LAST_HALF = 2 * (CIVIL_MAX_YEAR - 1970) + 1,
    HALVES_IN_VIEW = 6, // the others are folded away
    NAMES_IN_CELL = 2
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for counts by area");
}

// -- half-years -----------------------------------------------------------------------------------

struct period half_period(int32_t half)
{
    return (struct period){ civil_day_of_month(6 * half), civil_day_of_month(6 * half + 6) - 1 };
}

// -- what there is --------------------------------------------------------------------------------

const struct release_set *by_area_set(const struct release_info *in)
{
    return in->count_set < in->n_sets ? &in->sets[in->count_set] : NULL;
}

bool by_area_sound(const struct release_info *in, const struct release_count *c)
{
    return kind_by_area(in, c->class) && (!c->count || c->count >= in->least) && c->half >= in->first_half &&
           c->half <= in->last_half && (!c->n || by_area_set(in));
}

size_t by_area_halves(const struct release_info *in)
{
    if (!in->n_counts || in->first_half > in->last_half || in->first_half < FIRST_HALF ||
        in->last_half > LAST_HALF)
        return 0;
    return (size_t)(in->last_half - in->first_half) + 1;
}

sensitivity_set by_area_used(const struct release_info *in, int32_t first, int32_t last)
{
    sensitivity_set used = 0;
    for (size_t i = 0; i < in->n_counts; i++) {
        const struct release_count *c = &in->counts[i];
        if (c->half >= first && c->half <= last && by_area_sound(in, c))
            used |= (sensitivity_set)(1u << c->class);
    }
    return used;
}

str by_area_names(struct scope *sc, enum language l, const struct release_set *set, const uint16_t *area,
                  size_t n, uint16_t except, size_t most)
{
    str   *name = arena_array(sc->mem, str, (n < most ? n : most) + 1);
    size_t k = 0, more = 0;
    if (!name) return (str){ 0 };
    for (size_t i = 0; i < n; i++) {
        if (area[i] == except) continue;
        if (k < most) name[k++] = set->areas[area[i]].name;
        else more++;
    }
    if (!more) return word_list(sc, l, name, k);
    struct buf b;
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < k; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", STR(name[i]));
    str s = word_said(sc, l, MSG_PAGE_LIST_MORE,
                      TEXT_ARGS(text_arg_str("list", buf_str(&b)), text_arg_uint("n", more)));
    buf_free(&b);
    return s;
}

static enum err refuse(struct scope *sc, struct call *c, const char *name, str value, const char *why)
{
    c->bad = str_of(name);
    return fail(&sc->fault, ERR_INVALID, "%s=%.*s: %s", name, STR(str_slice(value, 0, 60)), why);
}

struct by_area_query {
    str half, kind;
};
static const struct field by_area_fields[] = {
    { "half", IN_QUERY, F_TEXT, offsetof(struct by_area_query, half), .max = 10 },
    { "class", IN_QUERY, F_TEXT, offsetof(struct by_area_query, kind), .max = 40 },
};

enum err by_area_read(struct scope *sc, struct call *c, int32_t *half, int *class)
{
    const struct release_info *in = c->in;
    struct by_area_query       q = { 0 };
    int32_t                    at;
    int                        kind = RELEASE_CLASS_OTHER;
    enum sensitivity           s;
    TRY(form_read(sc, c, by_area_fields, COUNT(by_area_fields), NULL, &q));
    if (q.half.n) {
        if (!half_read(q.half, &at)) return refuse(sc, c, "half", q.half, "not a half-year such as 2016-1");
        if (!by_area_halves(in) || at < in->first_half || at > in->last_half)
            return refuse(sc, c, "half", q.half, "this release tells nothing by area of that half-year");
        *half = at;
    }
    if (q.kind.n) {
        if (sensitivity_read(q.kind, &s)) kind = (int)s;
        else if (!str_eq(q.kind, S("other"))) return refuse(sc, c, "class", q.kind, "there is no such class");
        if (!(kinds_shown(in, SHOW_AREAS) >> kind & 1))
            return refuse(sc, c, "class", q.kind, "this release does not tell it by area");
        *class = kind;
    }
    return OK;
}

// -- the section of an area's page ----------------------------------------------------------------

struct grid_of_cells {
    sensitivity_set classes;
    int class[RELEASE_CLASSES];                  // of each column
    size_t                    n_columns, n_rows; // a row is a half-year, the newest first
    struct half_cell_view    *cell;              // [n_rows][n_columns]
    struct half_row_view     *row;
    const struct link_view   *head;
    const struct release_set *set;
    uint16_t                  area;
};

static bool has_area(const struct release_count *c, uint16_t area)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->area[i] == area) return true;
    return false;
}

static struct half_cell_view *cell_of(const struct release_info *in, const struct grid_of_cells *g,
                                      const struct release_count *c)
{
    for (size_t k = 0; k < g->n_columns; k++)
        if (g->class[k] == c->class) return &g->cell[(size_t)(in->last_half - c->half) * g->n_columns + k];
    return NULL;
}

/// A row that holds the area, or one of somewhere in the town. Those that count none say so only where no other says more.
static enum err add_part(struct scope *sc, enum language l, const struct grid_of_cells *g,
                         const struct release_count *c, struct half_cell_view *cell)
{
    cell->few = false;
    cell->none = cell->none || !c->count;
    if (!c->count) return OK;
    struct count_part_view *part = arena_array(sc->mem, struct count_part_view, cell->n_parts + 1);
    if (!part) return no_room(sc);
    for (size_t i = 0; i < cell->n_parts; i++) part[i] = cell->parts[i];
    bool whole = c->n > 1 && c->n == g->set->n;
    part[cell->n_parts++] = (struct count_part_view){
        .count = word_count(sc, l, c->count),
        .with = c->n > 1 && !whole ? by_area_names(sc, l, g->set, c->area, c->n, g->area, NAMES_IN_CELL)
                                   : (str){ 0 },
        .whole = whole,
        .somewhere = !c->n,
    };
    cell->parts = part;
    return OK;
}

static enum err cells_make(struct scope *sc, const struct call *c, struct grid_of_cells *g)
{
    struct link_view *head = arena_array(sc->mem, struct link_view, RELEASE_CLASSES);
    if (!head) return no_room(sc);
    for (int class = 0; class < RELEASE_CLASSES; class ++) {
        if (!(g->classes >> class & 1)) continue;
        str label = word_capital(sc, c->lang, kind_label(c->lang, class));
        head[g->n_columns] =
            (struct link_view){ .label = label, .url = url_by_area(&c->links, kind_word(class), (str){ 0 }) };
        g->class[g->n_columns++] = class;
    }
    g->head = head;
    g->n_rows = g->n_columns ? by_area_halves(c->in) : 0;
    g->cell = arena_array(sc->mem, struct half_cell_view, g->n_rows * g->n_columns + 1);
    g->row = arena_array(sc->mem, struct half_row_view, g->n_rows + 1);
    if (!g->cell || !g->row) return no_room(sc);
    for (size_t i = 0; i < g->n_rows; i++) {
        struct half_cell_view *cell = g->cell + i * g->n_columns;
        for (size_t k = 0; k < g->n_columns; k++)
            cell[k] = (struct half_cell_view){ .label = head[k].label, .few = true };
        g->row[i] = (struct half_row_view){
            .label = word_period(sc, c->lang, half_period(c->in->last_half - (int32_t)i)),
            .cells = cell,
            .n_cells = g->n_columns,
        };
    }
    return OK;
}

static void few_fill(struct scope *sc, enum language l, const struct grid_of_cells *g)
{
    for (size_t i = 0; i < g->n_rows; i++) {
        sensitivity_set few = 0;
        for (size_t k = 0; k < g->n_columns; k++)
            if (g->cell[i * g->n_columns + k].few) few |= (sensitivity_set)(1u << g->class[k]);
        g->row[i].few = kinds_list(sc, l, few);
    }
}

enum err halves_of(struct scope *sc, struct call *c, size_t set, uint16_t area, struct halves_view *out)
{
    const struct release_info *in = c->in;
    struct grid_of_cells       g = { .classes = by_area_used(in, in->first_half, in->last_half),
                                     .set = by_area_set(in),
                                     .area = area };
    sensitivity_set            shown = kinds_shown(in, SHOW_AREAS);
    if (!shown) return OK;
    out->shown = true;
    out->least = in->least;
    out->url = url_by_area(&c->links, (str){ 0 }, (str){ 0 });
    if (g.set) out->set_name = g.set->name;
    if (g.set) out->set_url = url_set(&c->links, in->count_set);
    out->here = g.set && set == in->count_set;
    if (!out->here) return OK;
    TRY(cells_make(sc, c, &g));
    for (int town = 0; town < 2; town++) // what is known more exactly comes first
        for (size_t i = 0; g.n_rows && i < in->n_counts; i++) {
            const struct release_count *k = &in->counts[i];
            if ((k->n ? 0 : 1) != town || !by_area_sound(in, k) || (k->n && !has_area(k, area))) continue;
            struct half_cell_view *cell = cell_of(in, &g, k);
            if (cell) TRY(add_part(sc, c->lang, &g, k, cell));
        }
    few_fill(sc, c->lang, &g);
    size_t                 view = g.n_rows < HALVES_IN_VIEW ? g.n_rows : HALVES_IN_VIEW;
    struct half_table_view table = { .least = in->least, .classes = g.head, .n_classes = g.n_columns };
    out->any = g.n_rows > 0;
    out->newest = out->older = table;
    out->newest.rows = g.row;
    out->newest.n_rows = view;
    out->older.rows = g.row + view;
    out->older.n_rows = g.n_rows - view;
    out->never = kinds_list(sc, c->lang, (sensitivity_set)(shown & ~(unsigned)g.classes));
    return OK;
}
