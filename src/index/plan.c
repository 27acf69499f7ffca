// SPDX-License-Identifier: EUPL-1.2
#include "index/plan_int.h"
#include "base/arena.h"
#include "model/time.h"
#include <string.h>

enum { ALL_HOURS = 0xFFFFFF, ALL_DAYS = 0x7F };

bool filter_time(const struct filter *f, unsigned how)
{
    bool any_hour = (f->hours & ALL_HOURS) == ALL_HOURS, any_day = (f->days & ALL_DAYS) == ALL_DAYS;
    if (how < HOURS_OF_WEEK) return f->days >> how / 24 & 1 && f->hours >> how % 24 & 1;
    if (how < HOW_NONE) return any_hour && f->days >> (how - HOW_DAY) & 1;
    return any_hour && any_day;
}

static enum err add_test(struct scope *sc, struct plan *p, enum section section, uint8_t fail_bit,
                         const bool has[256])
{
    struct byte_set *set = arena_new(sc->mem, struct byte_set);
    if (!set) return fail(&sc->fault, ERR_NOMEM, "no room for the tables of a filter");
    byte_set_make(set, has, fail_bit);
    p->test[p->n_tests++] = (struct kernel_test){ p->ix->column[section].p, set };
    p->asked |= fail_bit;
    return OK;
}

static bool bit_of(const uint64_t *set, unsigned i)
{
    return set[i / 64] >> i % 64 & 1;
}

bool filter_kind(const struct filter *f, const struct release_info *in, uint32_t kind)
{
    if (f->any_category) return true;
    if (kind >= release_n_kinds(in)) return false; // only in a damaged file
    uint16_t           number = (uint16_t)kind;
    struct release_mix of = release_kind(in, &number);
    for (size_t i = 0; i < of.n; i++)
        if (bit_of(f->category, of.category[i])) return true;
    return false;
}

static enum err ask_category(struct scope *sc, const struct filter *f, struct plan *p)
{
    if (f->any_category) return OK;
    if (p->ix->column[SECTION_CATEGORY].width == 1) {
        bool has[256];
        for (unsigned i = 0; i < COUNT(has); i++) has[i] = filter_kind(f, &p->ix->info, i);
        return add_test(sc, p, SECTION_CATEGORY, FAIL_CATEGORY, has);
    }
    uint8_t *table = arena_array(sc->mem, uint8_t, 65536);
    if (!table) return fail(&sc->fault, ERR_NOMEM, "no room for the tables of a filter");
    for (unsigned i = 0; i < 65536; i++) table[i] = filter_kind(f, &p->ix->info, i) ? 0 : FAIL_CATEGORY;
    p->category = table;
    p->asked |= FAIL_CATEGORY;
    return OK;
}

static enum err ask_time(struct scope *sc, const struct filter *f, struct plan *p)
{
    bool has[256];
    if ((f->hours & ALL_HOURS) == ALL_HOURS && (f->days & ALL_DAYS) == ALL_DAYS) return OK;
    for (unsigned i = 0; i < COUNT(has); i++) has[i] = filter_time(f, i);
    return add_test(sc, p, SECTION_HOW, FAIL_TIME, has);
}

static enum err ask_outcome(struct scope *sc, const struct filter *f, struct plan *p)
{
    bool has[256];
    if (f->any_outcome) return OK;
    for (unsigned i = 0; i < COUNT(has); i++) has[i] = bit_of(f->outcome, i);
    return add_test(sc, p, SECTION_OUTCOME, FAIL_OUTCOME, has);
}

static enum err ask_area(struct scope *sc, const struct filter *f, struct plan *p)
{
    const struct release_info *in = &p->ix->info;
    bool                       has[256] = { false };
    if (f->set < 0) return OK;
    size_t n = (size_t)f->set < in->n_sets ? in->sets[f->set].n : 0;
    p->area_number = f->area == AREA_NOWHERE ? (uint32_t)n : f->area;
    p->nothing = p->nothing || (size_t)f->set >= in->n_sets || p->area_number > n;
    if (p->nothing) return OK;
    const struct column_of *c = &p->ix->column[SECTION_AREA + f->set];
    if (c->width == 1) {
        has[p->area_number] = true;
        return add_test(sc, p, SECTION_AREA + (unsigned)f->set, FAIL_AREA, has);
    }
    p->area = (const uint16_t *)(const void *)c->p;
    p->asked |= FAIL_AREA;
    return OK;
}

static void cut_box(struct plan *p, struct box b)
{
    if (!p->has_box) p->box = b;
    p->has_box = true;
    if (b.min_x > p->box.min_x) p->box.min_x = b.min_x;
    if (b.min_y > p->box.min_y) p->box.min_y = b.min_y;
    if (b.max_x < p->box.max_x) p->box.max_x = b.max_x;
    if (b.max_y < p->box.max_y) p->box.max_y = b.max_y;
    if (p->box.min_x > p->box.max_x || p->box.min_y > p->box.max_y) p->nothing = true;
}

enum err plan_make(struct scope *sc, const struct index *ix, const struct filter *f, const struct box *within,
                   struct plan *out)
{
    struct plan p = { .ix = ix, .from = ix->info.first_day, .to = ix->info.last_day };
    p.any_day = f->from_day <= p.from && f->to_day >= p.to;
    if (f->from_day > p.from) p.from = f->from_day;
    if (f->to_day < p.to) p.to = f->to_day;
    TRY(ask_category(sc, f, &p));
    TRY(ask_time(sc, f, &p));
    TRY(ask_outcome(sc, f, &p));
    TRY(ask_area(sc, f, &p));
    if (within) cut_box(&p, *within);
    if (f->has_box || f->has_poly) cut_box(&p, f->box);
    if (f->has_poly) {
        p.has_poly = true;
        p.ring_end = (uint32_t)f->n_poly;
        p.rings = (struct ring_set){ f->poly, f->n_poly, NULL, 1 }; // ring_end: the plan may yet be moved
    }
    *out = p;
    out->rings.ring_end = &out->ring_end;
    return OK;
}

bool plan_has(const struct plan *p, struct point at)
{
    return (!p->has_box || box_has(p->box, at)) && (!p->has_poly || polygon_has(&p->rings, at));
}

static enum cover cover_of(bool has_box, struct box box, const struct ring_set *rings, struct box cell)
{
    bool cut = has_box && !box_within(cell, box);
    if (cut && !box_meets(cell, box)) return COVER_NONE;
    enum cover c = rings ? polygon_cover(rings, cell) : COVER_FULL;
    return cut && c == COVER_FULL ? COVER_CUT : c;
}

enum cover filter_cover(const struct filter *f, struct box cell)
{
    uint32_t        end = (uint32_t)f->n_poly;
    struct ring_set rings = { f->poly, f->n_poly, &end, 1 };
    return cover_of(f->has_box || f->has_poly, f->box, f->has_poly ? &rings : NULL, cell);
}

bool filter_point(const struct filter *f, struct point at)
{
    uint32_t        end = (uint32_t)f->n_poly;
    struct ring_set rings = { f->poly, f->n_poly, &end, 1 };
    return box_has(f->box, at) && (!f->has_poly || polygon_has(&rings, at));
}

bool filter_row(const struct filter *f, const struct index *ix, uint32_t row)
{
    const struct column_of *c = ix->column;
    uint32_t                outcome = column_get(&c[SECTION_OUTCOME], row);
    if (!f->any_category && !filter_kind(f, &ix->info, column_get(&c[SECTION_CATEGORY], row))) return false;
    if (!f->any_outcome && !(f->outcome[outcome / 64] >> outcome % 64 & 1)) return false;
    if (!filter_time(f, column_get(&c[SECTION_HOW], row))) return false;
    if (f->set < 0) return true;
    if ((size_t)f->set >= ix->info.n_sets) return false;
    size_t n = ix->info.sets[f->set].n, area = f->area == AREA_NOWHERE ? n : f->area;
    return area <= n && column_get(&c[SECTION_AREA + f->set], row) == area;
}

// -- the cells of a box and polygon -------------------------------------------------------------------------

struct walk {
    struct scope      *sc;
    const struct plan *plan;
    struct cells      *out;
    size_t             n, cap;
};

static enum err emit(struct walk *w, uint32_t first, uint32_t end, bool cut)
{
    struct cells *last = w->n ? &w->out[w->n - 1] : NULL;
    if (last && !cut && !last->cut && last->end == first) {
        last->end = end;
        return OK;
    }
    if (w->n == w->cap) {
        size_t        cap = w->cap ? w->cap * 2 : 64;
        struct cells *more = arena_array(w->sc->mem, struct cells, cap);
        if (!more) return fail(&w->sc->fault, ERR_NOMEM, "no room for %zu runs of cells", cap);
        if (w->n) memcpy(more, w->out, w->n * sizeof *more);
        w->out = more;
        w->cap = cap;
    }
    w->out[w->n++] = (struct cells){ first, end, cut };
    return OK;
}

// The square of so many levels down whose cells with rows are first..end. Goes at most INDEX_MAX_LEAF deep.
static enum err visit(struct walk *w, unsigned level, uint64_t code, uint32_t first, uint32_t end)
{
    const struct plan  *p = w->plan;
    const struct index *ix = p->ix;
    if (first == end) return OK;
    if (end - first == 1) { // one cell: no need to go down to it by steps
        level = ix->leaf;
        code = ix->cell[first].code;
    }
    struct point at = morton_point(code, level);
    uint32_t     more = (uint32_t)(((uint64_t)1 << (32 - level)) - 1);
    struct box   b = { at.x, at.y, at.x + more, at.y + more };
    enum cover   c = cover_of(p->has_box, p->box, p->has_poly ? &p->rings : NULL, b);
    if (c == COVER_NONE) return OK;
    if (c == COVER_FULL || level == ix->leaf) return emit(w, first, end, c == COVER_CUT);
    unsigned below = 2 * (ix->leaf - level - 1);
    for (uint64_t k = 0; k < 4; k++) {
        uint32_t next = k < 3 ? cell_from(ix, first, end, (code * 4 + k + 1) << below) : end;
        TRY(visit(w, level + 1, code * 4 + k, first, next));
        first = next;
    }
    return OK;
}

// The walk begins at the smallest square of the quadtree that holds the box: for a tile that is the tile itself.
enum err plan_cells(struct scope *sc, const struct plan *p, struct cells **out, size_t *n)
{
    struct walk         w = { sc, p };
    const struct index *ix = p->ix;
    unsigned            level = 0;
    uint64_t            code = 0;
    uint32_t            first = 0, end = ix->n_cells;
    if (p->has_box) {
        uint64_t north_west = morton((struct point){ p->box.min_x, p->box.min_y }, 32);
        uint64_t differs = north_west ^ morton((struct point){ p->box.max_x, p->box.max_y }, 32);
        level = differs ? (unsigned)__builtin_clzll(differs) / 2 : 32;
        if (level > ix->leaf) level = ix->leaf;
        if (level) code = north_west >> (64 - 2 * level);
        first = cell_from(ix, first, end, code << 2 * (ix->leaf - level));
        end = cell_from(ix, first, end, (code + 1) << 2 * (ix->leaf - level));
    }
    if (!p->nothing) TRY(visit(&w, level, code, first, end));
    *out = w.out;
    *n = w.n;
    return OK;
}
