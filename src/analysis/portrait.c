// SPDX-License-Identifier: EUPL-1.2
#include "analysis/portrait.h"

#include "base/arena.h"
#include "base/civil.h"

// A grid of 2 x 2 tiles of 64 x 64 cells over the box, finer in each round: the cells at the sides that together hold no
// more than the strays' share are cut off, until there is nothing to cut or the cells are small.
enum { BITS = 6, ROUNDS = 12, MAX_ZOOM = 14, STRAYS_IN = 400, USUAL_AREAS = 120 };

struct cutting {
    struct box box;
    uint64_t   spare[4]; // points that may still be cut off: west, east, north, south
    unsigned   z;
    uint32_t  *count, *column, *row; // [1 << 2 * BITS], [2 << BITS], [2 << BITS]
};

static unsigned zoom_of(struct box b)
{
    uint64_t wide = (uint64_t)b.max_x - b.min_x, high = (uint64_t)b.max_y - b.min_y;
    uint64_t side = wide > high ? wide : high;
    unsigned z = 0;
    while (z < MAX_ZOOM && (UINT64_C(1) << (31 - z)) >= side) z++;
    return z;
}

/// Sums of the cells by column and by row over the (at most) two by two tiles that the box touches.
static enum err sums(struct scope *sc, const struct index *ix, const struct filter *all, struct cutting *k)
{
    enum { SIDE = 1 << BITS };
    unsigned shift = 32 - k->z;
    uint32_t x0 = (uint32_t)((uint64_t)k->box.min_x >> shift),
             y0 = (uint32_t)((uint64_t)k->box.min_y >> shift);
    for (size_t i = 0; i < 2 * SIDE; i++) k->column[i] = k->row[i] = 0;
    for (uint32_t y = y0; y <= (uint64_t)k->box.max_y >> shift; y++)
        for (uint32_t x = x0; x <= (uint64_t)k->box.max_x >> shift; x++) {
            TRY(index_grid(sc, ix, all, k->z, x, y, BITS, k->count));
            for (uint32_t i = 0; i < SIDE * SIDE; i++) {
                k->column[(x - x0) * SIDE + i % SIDE] += k->count[i];
                k->row[(y - y0) * SIDE + i / SIDE] += k->count[i];
            }
        }
    return OK;
}

/// Narrows *low and *high, units along one axis, by whole cells as long as the spare points allow it.
static void cut(const uint32_t *sum, unsigned z, uint32_t *low, uint32_t *high, uint64_t *spare_low,
                uint64_t *spare_high)
{
    unsigned shift = 32 - z - BITS;
    uint64_t origin = ((uint64_t)*low >> (32 - z)) << BITS;
    size_t   a = (size_t)((*low >> shift) - origin), b = (size_t)((*high >> shift) - origin);
    size_t   first = a, last = b;
    while (a < b && sum[a] <= *spare_low) *spare_low -= sum[a++];
    while (b > a && sum[b] <= *spare_high) *spare_high -= sum[b--];
    if (a != first) *low = (uint32_t)((origin + a) << shift);
    if (b != last) *high = (uint32_t)(((origin + b + 1) << shift) - 1);
}

static enum err home_of(struct scope *sc, const struct index *ix, struct box *out)
{
    const struct release_info *in = index_info(ix);
    uint64_t                   spare = in->with_point / STRAYS_IN;
    struct cutting             k = { in->extent, { spare, spare, spare, spare }, 0, NULL, NULL, NULL };
    struct filter             *all = arena_new(sc->mem, struct filter);
    k.count = arena_array(sc->mem, uint32_t, (size_t)1 << (2 * BITS));
    k.column = arena_array(sc->mem, uint32_t, (size_t)4 << BITS);
    if (!all || !k.count || !k.column) return fail(&sc->fault, ERR_NOMEM, "no room to look at a release");
    k.row = k.column + ((size_t)2 << BITS);
    filter_all(all);
    *out = in->extent;
    if (!spare) return OK;
    for (int i = 0; i < ROUNDS; i++) {
        k.z = zoom_of(k.box);
        TRY(sums(sc, ix, all, &k));
        struct box was = k.box;
        cut(k.column, k.z, &k.box.min_x, &k.box.max_x, &k.spare[0], &k.spare[1]);
        cut(k.row, k.z, &k.box.min_y, &k.box.max_y, &k.spare[2], &k.spare[3]);
        if (box_within(was, k.box)) break; // nothing was cut, and the next grid would be the same
    }
    uint32_t w = in->extent.max_x - in->extent.min_x, h = in->extent.max_y - in->extent.min_y;
    if (k.box.max_x - k.box.min_x < w / 2 || k.box.max_y - k.box.min_y < h / 2) *out = k.box;
    return OK;
}

static bool has_any(const uint64_t *how, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (how[i]) return true;
    return false;
}

static enum precision finest_of(const struct release_info *in, const uint64_t *how)
{
    enum precision p = has_any(how, 0, HOW_DAY)          ? PRECISION_MINUTE
                       : has_any(how, HOW_DAY, HOW_NONE) ? PRECISION_DAY
                                                         : PRECISION_MONTH;
    return !in->rows || (enum precision)in->finest > p ? (enum precision)in->finest : p;
}

enum err portrait_of(struct scope *sc, const struct index *ix, struct portrait *out)
{
    struct facets   k;
    struct portrait p = { .in = *index_info(ix) };
    struct filter  *all = arena_new(sc->mem, struct filter);
    if (!all) return fail(&sc->fault, ERR_NOMEM, "no room to look at a release");
    filter_all(all);
    TRY(index_facets(sc, ix, all, FACET_MONTH | FACET_HOURWEEK, false, &k));
    p.in.finest = (uint8_t)finest_of(&p.in, k.hourweek);
    p.first_month = k.first_month;
    p.n_months = k.n_months;
    p.month = k.month;
    TRY(home_of(sc, ix, &p.home));
    *out = p;
    return OK;
}

bool portrait_covers(const struct portrait *p, struct period when)
{
    if (!period_covered(&p->in, when)) return false;
    // period_covered lets a period begin or end three days outside the rows: such a month is not asked.
    struct period all = period_of_release(&p->in);
    int32_t from = when.from > all.from ? when.from : all.from, to = when.to < all.to ? when.to : all.to;
    for (int32_t m = civil_month_of_day(from); m <= civil_month_of_day(to); m++)
        if (!p->month[m - p->first_month]) return false;
    return true;
}

size_t portrait_usual_set(const struct portrait *p)
{
    size_t i = 0; // the finest comes first
    while (i + 1 < p->in.n_sets && p->in.sets[i].n > USUAL_AREAS) i++;
    return i;
}
