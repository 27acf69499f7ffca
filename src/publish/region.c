// SPDX-License-Identifier: EUPL-1.2
#include "publish/region.h"

#include "base/arena.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    // A cell is looked at in so many places, those of a Fibonacci lattice: neighbouring numbers of the sequence, so that a
    // strip along a border holds its share of them, which rows and columns would miss by half.
    SAMPLES = 377,
    LATTICE = 233,
    UNSURE = 6,        // so many too many may fall into a part of a cell
    HOST_RINGS = 4,    // a part that is too small joins a cell so many away at the most
    ROUNDS = 3,        // in which cells are found that others can join
    ANCHOR_RINGS = 64, // and one that is enough stands at a middle so far away
    DROPPED = 0xFFFE,  // in place of an area: the set is not told
};

/// The areas that are told of a row, set by set.
struct areas {
    uint16_t of[MAX_AREA_SETS];
};
struct part {
    struct areas in;
    uint32_t     samples, addresses;
};
struct cell {
    uint32_t     x, y;
    bool         used;
    struct areas middle;
    struct part *part; // [n] with all sets
    size_t       n;
    int8_t       good[MAX_AREA_SETS + 1][ROUNDS + 1]; // by sets that are told; -1: not looked at
};
struct found { // what a cell and areas were told as
    uint32_t      x, y;
    struct areas  in;
    bool          used, beside; // no part of the cell has these areas
    struct region is;
};
struct regions {
    struct scope       *sc;
    const struct atlas *atlas;
    struct region_rule  rule;
    unsigned            shift;   // 32 - level
    size_t              people;  // set that tells the population
    double             *density; // [areas of it] inhabitants a hectare
    struct point       *address; // sorted by cell
    size_t              n_addresses;
    struct cell       **cell; // open addressing
    size_t              n_cells, cell_slots;
    struct found       *found;
    size_t              n_found, found_slots;
    double              smallest;
};

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for the regions of the map");
}

static struct areas told(const struct regions *r, const struct areas *in, size_t kept)
{
    struct areas out;
    for (size_t i = 0; i < MAX_AREA_SETS; i++) out.of[i] = i + kept < r->atlas->n_sets ? DROPPED : in->of[i];
    return out;
}

static bool same(const struct areas *a, const struct areas *b)
{
    return !memcmp(a, b, sizeof *a);
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

// -- how much a part stands for ---------------------------------------------------------------------------------------

static double hectares_of_sample(const struct regions *r, uint32_t y)
{
    double side_m = ldexp(mercator_unit_m(y << r->shift), (int)r->shift);
    return side_m * side_m / 10000 / SAMPLES;
}

static double measure(const struct regions *r, const struct cell *c, const struct part *p)
{
    double hectares = p->samples * hectares_of_sample(r, c->y);
    switch (r->rule.by) {
    case REGION_ADDRESSES:
        return p->addresses;
    case REGION_INHABITANTS:
        return p->in.of[r->people] < r->atlas->set[r->people].n ? hectares * r->density[p->in.of[r->people]]
                                                                : 0;
    case REGION_HECTARES:
        break;
    }
    return hectares;
}

/// No address at all is a public place, as data.police.uk has it, if it is large enough for one: the list of addresses may
/// lack some. No inhabitant may be one who is not counted.
static bool is_enough(const struct regions *r, const struct cell *c, double of, uint32_t samples)
{
    if (of >= r->rule.least) return true;
    return r->rule.by == REGION_ADDRESSES && of == 0 &&
           samples * hectares_of_sample(r, c->y) >= FLOOR_HECTARES;
}

/// What the part of these areas has of the cell, when so many sets are told; of less than the cell what it has for certain.
static double measure_of(const struct regions *r, const struct cell *c, const struct areas *in, size_t kept,
                         uint32_t *samples)
{
    double sum = 0;
    *samples = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct areas here = told(r, &c->part[i].in, kept);
        if (!same(&here, in)) continue;
        sum += measure(r, c, &c->part[i]);
        *samples += c->part[i].samples;
    }
    uint32_t all = *samples, least = all > UNSURE ? all - UNSURE : all > 0;
    if (!all || all >= SAMPLES) return sum;
    *samples = least;
    return r->rule.by == REGION_ADDRESSES ? sum : sum * least / all;
}

// -- cells ------------------------------------------------------------------------------------------------------------

static void areas_at(const struct regions *r, struct point p, struct areas *out)
{
    atlas_at(r->atlas, p, out->of);
}

static struct point middle_of(const struct regions *r, uint32_t x, uint32_t y)
{
    uint32_t half = (uint32_t)1 << (r->shift - 1);
    return (struct point){ x << r->shift | half, y << r->shift | half };
}

/// Sets whose borders may cut the cell; of the others its middle tells for all of it. False: there is none.
static bool find_cut(const struct regions *r, const struct cell *c, bool cut[MAX_AREA_SETS])
{
    uint32_t   x = c->x << r->shift, y = c->y << r->shift, more = ((uint32_t)1 << r->shift) - 1;
    struct box b = { x, y, x + more, y + more };
    bool       any = false;
    for (size_t s = 0; s < r->atlas->n_sets; s++) {
        uint16_t a = c->middle.of[s];
        cut[s] = a >= r->atlas->set[s].n || polygon_cover(&r->atlas->rings[s][a], b) != COVER_FULL;
        any = any || cut[s];
    }
    return any;
}

static struct part *part_of(struct cell *c, const struct areas *in)
{
    for (size_t i = 0; i < c->n; i++)
        if (same(&c->part[i].in, in)) return &c->part[i];
    c->part[c->n] = (struct part){ .in = *in };
    return &c->part[c->n++];
}

static int by_cell(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

/// Addresses of the cell: its rows of points are found one after the other.
static void count_addresses(const struct regions *r, struct cell *c, bool whole)
{
    uint32_t x0 = c->x << r->shift, y0 = c->y << r->shift, more = ((uint32_t)1 << r->shift) - 1;
    size_t   from = 0, to = r->n_addresses;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (r->address[middle].y < y0) from = middle + 1;
        else to = middle;
    }
    for (; from < r->n_addresses && r->address[from].y <= y0 + more; from++) {
        struct point p = r->address[from];
        struct areas in = c->middle;
        if (p.x < x0 || p.x > x0 + more) continue;
        if (!whole) areas_at(r, p, &in);
        if (c->n < SAMPLES || whole) part_of(c, &in)->addresses++;
    }
}

static struct point sample_of(const struct regions *r, const struct cell *c, uint32_t i)
{
    uint64_t side = (uint64_t)1 << r->shift;
    return (struct point){ (c->x << r->shift) + (uint32_t)((2 * i + 1) * side / (2 * SAMPLES)),
                           (c->y << r->shift) +
                               (uint32_t)((2 * (i * LATTICE % SAMPLES) + 1) * side / (2 * SAMPLES)) };
}

static enum err look_at(struct regions *r, struct cell *c)
{
    bool cut[MAX_AREA_SETS], whole = !find_cut(r, c, cut);
    c->part = arena_array(r->sc->mem, struct part, whole ? 1 : SAMPLES + 1);
    if (!c->part) return no_room(r->sc);
    if (whole) part_of(c, &c->middle)->samples = SAMPLES;
    for (uint32_t i = 0; !whole && i < SAMPLES; i++) {
        struct point p = sample_of(r, c, i);
        struct areas in = c->middle;
        for (size_t s = 0; s < r->atlas->n_sets; s++)
            if (cut[s]) in.of[s] = polygon_index_find(r->atlas->find[s], p);
        part_of(c, &in)->samples++;
    }
    if (r->n_addresses) count_addresses(r, c, whole);
    return OK;
}

static size_t cell_slot(const struct regions *r, uint32_t x, uint32_t y)
{
    size_t at = mix(x, y) & (r->cell_slots - 1);
    while (r->cell[at] && (r->cell[at]->x != x || r->cell[at]->y != y)) at = (at + 1) & (r->cell_slots - 1);
    return at;
}

static enum err cells_grow(struct regions *r)
{
    struct regions old = *r;
    r->cell_slots = old.cell_slots ? 2 * old.cell_slots : 1024;
    r->cell = arena_array(r->sc->mem, struct cell *, r->cell_slots);
    if (!r->cell) return no_room(r->sc);
    for (size_t i = 0; i < old.cell_slots; i++)
        if (old.cell[i]) r->cell[cell_slot(r, old.cell[i]->x, old.cell[i]->y)] = old.cell[i];
    return OK;
}

static enum err cell_at(struct regions *r, uint32_t x, uint32_t y, struct cell **out)
{
    if (r->n_cells >= r->cell_slots / 2) TRY(cells_grow(r));
    size_t slot = cell_slot(r, x, y);
    if (!r->cell[slot]) {
        struct cell *c = arena_new(r->sc->mem, struct cell);
        if (!c) return no_room(r->sc);
        *c = (struct cell){ .x = x, .y = y };
        memset(c->good, -1, sizeof c->good);
        areas_at(r, middle_of(r, x, y), &c->middle);
        TRY(look_at(r, c));
        r->cell[slot] = c;
        r->n_cells++;
    }
    *out = r->cell[slot];
    return OK;
}

// -- what a cell may tell ---------------------------------------------------------------------------------------------

/// Is every part enough by itself?
static bool is_solid(const struct regions *r, const struct cell *c, size_t kept)
{
    bool     solid = true;
    uint32_t samples;
    for (size_t i = 0; i < c->n && solid; i++) {
        struct areas in = told(r, &c->part[i].in, kept);
        double       of = measure_of(r, c, &in, kept, &samples);
        solid = is_enough(r, c, of, samples);
    }
    return solid;
}

static enum err is_good(struct regions *r, struct cell *c, size_t kept, int rounds, bool *out);

/// Does the cell tell exactly so many sets, found in so many rounds?
static enum err tells(struct regions *r, struct cell *c, size_t kept, int rounds, bool *out)
{
    bool more = false;
    for (size_t k = r->atlas->n_sets; k > kept && !more; k--) TRY(is_good(r, c, k, ROUNDS, &more));
    if (!more) return is_good(r, c, kept, rounds, out);
    *out = false;
    return OK;
}

/// Can a part in these areas, which has so much, join it: does its middle lie in them, is what it has of them enough, also with the
/// part (where nobody lives, a lone house would stand alone), and is that told?
static enum err is_host(struct regions *r, struct cell *c, const struct areas *in, double joins, size_t kept,
                        int rounds, bool *out)
{
    struct areas middle = told(r, &c->middle, kept);
    uint32_t     samples;
    double       of = measure_of(r, c, in, kept, &samples);
    bool         alone = joins > 0 && of + joins < r->rule.least;
    *out = same(&middle, in) && samples && is_enough(r, c, of, samples) && !alone;
    return *out ? tells(r, c, kept, rounds, out) : OK;
}

/// The nearest cell that a part in these areas can join; NULL in *out: there is none near enough. Of equally near ones the
/// northern, then the western.
static enum err find_host(struct regions *r, const struct cell *c, const struct areas *in, double joins,
                          size_t kept, int rounds, struct cell **out)
{
    int64_t best = INT64_MAX, end = (int64_t)1 << (32 - r->shift);
    *out = NULL;
    for (int64_t dy = -HOST_RINGS; dy <= HOST_RINGS; dy++)
        for (int64_t dx = -HOST_RINGS; dx <= HOST_RINGS; dx++) {
            int64_t      x = c->x + dx, y = c->y + dy, d2 = dx * dx + dy * dy;
            struct cell *near;
            bool         host;
            if (!d2 || d2 >= best || x < 0 || y < 0 || x >= end || y >= end) continue;
            TRY(cell_at(r, (uint32_t)x, (uint32_t)y, &near));
            TRY(is_host(r, near, in, joins, kept, rounds, &host));
            if (!host) continue;
            best = d2;
            *out = near;
        }
    return OK;
}

/// Can all its parts be told with so many sets: is each enough, or can it join a cell that was found good a round before?
static enum err is_good(struct regions *r, struct cell *c, size_t kept, int rounds, bool *out)
{
    int8_t  *known = &c->good[kept][rounds];
    bool     good = *known < 0 && is_solid(r, c, kept);
    uint32_t samples;
    if (*known < 0 && !good && rounds) {
        good = true;
        for (size_t i = 0; i < c->n && good; i++) {
            struct areas in = told(r, &c->part[i].in, kept);
            struct cell *host;
            double       of = measure_of(r, c, &in, kept, &samples);
            if (is_enough(r, c, of, samples)) continue;
            TRY(find_host(r, c, &in, of, kept, rounds - 1, &host));
            good = host != NULL;
        }
    }
    if (*known < 0) *known = good;
    *out = *known;
    return OK;
}

// -- a row ------------------------------------------------------------------------------------------------------------

/// Where a point can lie that is in the finest of these areas; everywhere when it is in none.
static struct box box_of(const struct regions *r, const struct areas *in, size_t kept)
{
    size_t finest = r->atlas->n_sets - kept;
    if (!kept || in->of[finest] >= r->atlas->set[finest].n)
        return (struct box){ 0, 0, UINT32_MAX, UINT32_MAX };
    return polygon_box(&r->atlas->rings[finest][in->of[finest]]);
}

/// The nearest middle that lies in the same areas; beyond those of the rings the label of the finest area that is told.
static struct region anchor_in(const struct regions *r, uint32_t cx, uint32_t cy, const struct areas *in,
                               size_t kept)
{
    int64_t       best = INT64_MAX, end = (int64_t)1 << (32 - r->shift);
    struct region out = { .kept = kept };
    struct box    box = box_of(r, in, kept);
    for (int64_t ring = 0; ring <= ANCHOR_RINGS && ring * ring < best; ring++)
        for (int64_t dy = -ring; dy <= ring; dy++)
            for (int64_t dx = -ring; dx <= ring; dx += !ring || dy == -ring || dy == ring ? 1 : 2 * ring) {
                int64_t      x = cx + dx, y = cy + dy, d2 = dx * dx + dy * dy;
                struct areas middle;
                if (d2 >= best || x < 0 || y < 0 || x >= end || y >= end) continue;
                struct point p = middle_of(r, (uint32_t)x, (uint32_t)y);
                if (!box_has(box, p)) continue;
                areas_at(r, p, &middle);
                middle = told(r, &middle, kept);
                if (!same(&middle, in)) continue;
                best = d2;
                out.found = true;
                out.at = p;
            }
    size_t       finest = r->atlas->n_sets - kept;
    struct areas there;
    if (out.found || !kept || in->of[finest] >= r->atlas->set[finest].n) return out;
    out.at = r->atlas->set[finest].areas[in->of[finest]].label;
    areas_at(r, out.at, &there);
    there = told(r, &there, kept);
    out.found = same(&there, in);
    return out;
}

static bool has_part(const struct cell *c, const struct areas *in)
{
    bool has = false;
    for (size_t i = 0; i < c->n && !has; i++) has = same(&c->part[i].in, in);
    return has;
}

static enum err decide(struct regions *r, uint32_t x, uint32_t y, const struct areas *areas,
                       struct found *out)
{
    struct cell *c, *join;
    size_t       kept = r->atlas->n_sets;
    bool         good = false;
    uint32_t     samples;
    if (!(r->rule.least > 0)) {
        out->is = anchor_in(r, x, y, areas, kept);
        return OK;
    }
    TRY(cell_at(r, x, y, &c));
    out->beside = !has_part(c, areas);
    if (out->beside) return OK;
    for (; kept; kept--) {
        TRY(is_good(r, c, kept, ROUNDS, &good));
        if (good) break;
    }
    struct areas in = told(r, areas, kept);
    double       of = measure_of(r, c, &in, kept, &samples);
    out->is = (struct region){ .kept = 0 };
    if (is_enough(r, c, of, samples)) {
        out->is = anchor_in(r, x, y, &in,
                            kept); // without an anchor it is counted in its areas, larger than the part
    } else {
        TRY(find_host(r, c, &in, of, kept, ROUNDS - 1, &join));
        if (!join) return OK; // told of the town alone
        out->is = (struct region){ .found = true, .at = middle_of(r, join->x, join->y), .kept = kept };
        of = measure_of(r, join, &in, kept, &samples);
    }
    if (of > 0 && (r->smallest <= 0 || of < r->smallest)) r->smallest = of;
    return OK;
}

static size_t found_slot(const struct regions *r, uint32_t x, uint32_t y, const struct areas *in)
{
    uint64_t h = mix(x, y);
    for (size_t i = 0; i < r->atlas->n_sets; i++) h = mix(h, in->of[i]);
    size_t at = h & (r->found_slots - 1);
    while (r->found[at].used && (r->found[at].x != x || r->found[at].y != y || !same(&r->found[at].in, in)))
        at = (at + 1) & (r->found_slots - 1);
    return at;
}

static enum err found_grow(struct regions *r)
{
    struct regions old = *r;
    r->found_slots = old.found_slots ? 2 * old.found_slots : 1024;
    r->found = arena_array(r->sc->mem, struct found, r->found_slots);
    if (!r->found) return no_room(r->sc);
    for (size_t i = 0; i < old.found_slots; i++)
        if (old.found[i].used)
            r->found[found_slot(r, old.found[i].x, old.found[i].y, &old.found[i].in)] = old.found[i];
    return OK;
}

/// What rows of these areas in this cell are told as; found once.
static enum err find_region(struct scope *sc, struct regions *r, uint32_t x, uint32_t y,
                            const struct areas *in, const struct found **out)
{
    if (r->n_found >= r->found_slots / 2) TRY(found_grow(r));
    struct found *f = &r->found[found_slot(r, x, y, in)];
    if (!f->used) {
        struct found is = { .x = x, .y = y, .in = *in, .used = true };
        enum err     e = decide(r, x, y, in, &is);
        if (e) return sc->fault = r->sc->fault, e;
        memcpy(is.is.area, in->of, sizeof is.is.area);
        *f = is;
        r->n_found++;
    }
    *out = f;
    return OK;
}

/// In how many sets is it the same area, the coarser ones telling more?
static unsigned likeness(const struct areas *a, const struct areas *b, size_t n_sets)
{
    unsigned sets = 0, coarse = 0;
    for (size_t s = 0; s < n_sets; s++)
        if (a->of[s] == b->of[s]) sets++, coarse |= 1u << s;
    return sets << MAX_AREA_SETS | coarse;
}

/// The areas of the part of the cell that is most like these, and of such the largest: where in the strip it lies decides nothing.
static enum err areas_beside(struct scope *sc, struct regions *r, uint32_t x, uint32_t y, struct areas *in)
{
    struct cell       *c;
    const struct part *best = NULL;
    unsigned           most = 0;
    enum err           e = cell_at(r, x, y, &c);
    if (e) return sc->fault = r->sc->fault, e;
    for (size_t i = 0; i < c->n; i++) {
        const struct part *p = &c->part[i];
        unsigned           like = likeness(&p->in, in, r->atlas->n_sets);
        if (!p->samples || (best && (like < most || (like == most && p->samples <= best->samples)))) continue;
        best = p;
        most = like;
    }
    if (best) *in = best->in; // there is one: each sample is of some part
    return OK;
}

enum err region_of(struct scope *sc, struct regions *r, struct point at, const uint16_t area[MAX_AREA_SETS],
                   struct region *out)
{
    const struct found *f;
    struct areas        in;
    uint32_t            x = at.x >> r->shift, y = at.y >> r->shift;
    for (size_t s = 0; s < MAX_AREA_SETS; s++) in.of[s] = s < r->atlas->n_sets ? area[s] : AREA_NOWHERE;
    TRY(find_region(sc, r, x, y, &in, &f));
    bool beside = f->beside;
    if (beside) {
        TRY(areas_beside(sc, r, x, y, &in));
        TRY(find_region(sc, r, x, y, &in, &f));
    }
    *out = f->is;
    out->beside = beside;
    return OK;
}

double regions_smallest(const struct regions *r)
{
    return r->smallest;
}

// -- life -------------------------------------------------------------------------------------------------------------

/// Of the newest figure; an area without one counts as nobody, so that it is never enough by itself.
static double inhabitants(const struct release_area *a)
{
    for (size_t i = a->n_figures; i-- > 0;)
        if (a->figures[i].population >= 0) return (double)a->figures[i].population;
    return 0;
}

double area_hectares(const struct release_area *a)
{
    double   twice = 0;
    uint32_t from = 0;
    for (size_t k = 0; k < a->n_rings; from = a->ring_end[k++]) {
        double ring = 0;
        for (uint32_t i = from; i + 1 < a->ring_end[k]; i++)
            ring += ((double)a->point[i].x - a->label.x) * ((double)a->point[i + 1].y - a->label.y) -
                    ((double)a->point[i + 1].x - a->label.x) * ((double)a->point[i].y - a->label.y);
        twice += ring; // holes go round the other way, or are taken for more land: fewer people a hectare
    }
    double unit_m = mercator_unit_m(a->label.y);
    return fabs(twice) / 2 * unit_m * unit_m / 10000;
}

static double measure_area(const struct release_area *a, const struct region_rule *rule, uint32_t addresses)
{
    if (rule->by == REGION_ADDRESSES) return addresses ? addresses : rule->least; // none: a public place
    return rule->by == REGION_INHABITANTS ? inhabitants(a) : area_hectares(a);
}

enum err areas_too_small(struct scope *sc, const struct atlas *atlas, const struct region_rule *rule,
                         const struct point *addresses, size_t n, bool *small[MAX_AREA_SETS])
{
    uint32_t *count[MAX_AREA_SETS];
    uint16_t  in[MAX_AREA_SETS];
    double    floor = rule->by == REGION_HECTARES ? rule->least : FLOOR_HECTARES;
    for (size_t k = 0; k < atlas->n_sets; k++) {
        small[k] = arena_array(sc->mem, bool, atlas->set[k].n + 1);
        count[k] = arena_array(sc->mem, uint32_t, atlas->set[k].n + 1);
        if (!small[k] || !count[k]) return no_room(sc);
    }
    for (size_t i = 0; i < n; i++) {
        atlas_at(atlas, addresses[i], in);
        for (size_t k = 0; k < atlas->n_sets; k++)
            if (in[k] < atlas->set[k].n) count[k][in[k]]++;
    }
    for (size_t k = 0; k < atlas->n_sets; k++)
        for (size_t i = 0; i < atlas->set[k].n; i++) {
            const struct release_area *a = &atlas->set[k].areas[i];
            small[k][i] =
                !(area_hectares(a) >= floor) || !(measure_area(a, rule, count[k][i]) >= rule->least);
        }
    return OK;
}

static enum err read_people(struct scope *sc, struct regions *r)
{
    r->people = SIZE_MAX;
    for (size_t i = 0; i < r->atlas->n_sets; i++)
        if (str_eq(r->atlas->set[i].key, r->rule.set)) r->people = i;
    if (r->people == SIZE_MAX)
        return fail(&sc->fault, ERR_INVALID,
                    "the policy counts inhabitants by the set \"%.*s\", and there is no such set; hromada "
                    "areas lists "
                    "those there are",
                    STR(r->rule.set));
    const struct release_set *s = &r->atlas->set[r->people];
    double                    all = 0;
    r->density = arena_array(sc->mem, double, s->n + 1);
    if (!r->density) return no_room(sc);
    for (size_t i = 0; i < s->n; i++) {
        double people = inhabitants(&s->areas[i]), hectares = area_hectares(&s->areas[i]);
        r->density[i] = hectares > 0 ? people / hectares : 0;
        all += people;
    }
    if (all > 0) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "the policy counts inhabitants by the set \"%.*s\", which tells none; import it with --population",
        STR(r->rule.set));
}

enum err regions_open(struct scope *sc, const struct atlas *atlas, const struct region_rule *rule,
                      unsigned level, const struct point *addresses, size_t n, struct regions **out)
{
    struct regions *r = arena_new(sc->mem, struct regions);
    if (!r) return no_room(sc);
    *r = (struct regions){ .sc = sc, .atlas = atlas, .rule = *rule, .shift = 32 - level };
    if (rule->by == REGION_INHABITANTS) TRY(read_people(sc, r));
    if (rule->by == REGION_ADDRESSES) {
        r->address = arena_array(sc->mem, struct point, n + 1);
        if (!r->address) return no_room(sc);
        if (n) memcpy(r->address, addresses, n * sizeof *addresses);
        r->n_addresses = n;
        if (n) qsort(r->address, n, sizeof *r->address, by_cell);
    }
    *out = r;
    return OK;
}
