// SPDX-License-Identifier: EUPL-1.2
#include "publish/partition.h"

#include "base/arena.h"
#include <stdlib.h>

struct atom {
    uint32_t along; // the coordinate that it is sorted by
    uint16_t area;
};
struct work {
    struct scope       *sc;
    const struct point *label;
    const uint64_t     *count;
    uint64_t            least;
    const double       *size;
    double              least_size;
    struct atom        *atom;
    uint16_t           *area; // of the groups, one behind the other
    struct group       *out;
    size_t              n_area, n_out;
};

static int by_along(const void *a, const void *b)
{
    const struct atom *x = a, *y = b;
    if (x->along != y->along) return x->along < y->along ? -1 : 1;
    return (x->area > y->area) - (x->area < y->area);
}

static int by_number(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static uint64_t sum(const struct work *w, const struct atom *a, size_t n)
{
    uint64_t s = 0;
    for (size_t i = 0; i < n; i++) s += w->count[a[i].area];
    return s;
}

static bool can_be_told(const struct work *w, uint64_t count)
{
    return !count || count >= w->least;
}

static bool is_group(const struct work *w, const struct atom *a, size_t n)
{
    double size = 0;
    for (size_t i = 0; i < n; i++) size += w->size[a[i].area];
    return size >= w->least_size && can_be_told(w, sum(w, a, n));
}

static void emit(struct work *w, const struct atom *a, size_t n)
{
    struct group *g = &w->out[w->n_out++];
    uint16_t     *area = w->area + w->n_area;
    for (size_t i = 0; i < n; i++) area[i] = a[i].area;
    qsort(area, n, sizeof *area, by_number);
    *g = (struct group){ area, n, sum(w, a, n) };
    w->n_area += n;
}

/// Across the longer side of the box of the labels, half of the areas here, half there.
static void sort_along(struct work *w, struct atom *a, size_t n)
{
    struct box b = BOX_EMPTY;
    for (size_t i = 0; i < n; i++) box_add(&b, w->label[a[i].area]);
    bool wide = b.max_x - b.min_x >= b.max_y - b.min_y;
    for (size_t i = 0; i < n; i++) a[i].along = wide ? w->label[a[i].area].x : w->label[a[i].area].y;
    qsort(a, n, sizeof *a, by_along);
}

/// A group of fewer than twice the least is left whole whatever its halves hold. Were a half with none cut off it, a group
/// of ten that was not cut would say of both its halves that they hold 1 to 9; this way it says nothing, and of a larger
/// one each half can hold 1 or nearly all.
static bool may_be_cut(const struct work *w, const struct atom *a, size_t n)
{
    uint64_t all = sum(w, a, n);
    return n > 1 && (!all || all >= 2 * w->least);
}

static void split(struct work *w, struct atom *a, size_t n)
{
    if (may_be_cut(w, a, n)) {
        sort_along(w, a, n);
        size_t half = n / 2;
        if (is_group(w, a, half) && is_group(w, a + half, n - half)) {
            split(w, a, half);
            split(w, a + half, n - half);
            return;
        }
    }
    emit(w, a, n);
}

enum err partition(struct scope *sc, const struct point *label, const uint64_t *count, const double *size,
                   size_t n, uint64_t least, double least_size, struct group **out, size_t *n_out)
{
    struct work w = {
        .sc = sc, .label = label, .count = count, .least = least, .size = size, .least_size = least_size
    };
    w.atom = arena_array(sc->mem, struct atom, n);
    w.area = arena_array(sc->mem, uint16_t, n);
    w.out = arena_array(sc->mem, struct group, n);
    if (!w.atom || !w.area || !w.out) return fail(&sc->fault, ERR_NOMEM, "no room to group %zu areas", n);
    for (size_t i = 0; i < n; i++) w.atom[i].area = (uint16_t)i;
    if (!n || !can_be_told(&w, sum(&w, w.atom, n)))
        return fail(&sc->fault, ERR_INVALID, "%zu areas with fewer incidents than may be told, together", n);
    split(&w, w.atom, n);
    *out = w.out;
    *n_out = w.n_out;
    return OK;
}
