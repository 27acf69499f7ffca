// SPDX-License-Identifier: EUPL-1.2
#include "stats/density.h"

#include "base/arena.h"
#include <math.h>

enum { MAX_SIDE = 4096 };

enum err density_open(struct scope *sc, size_t side, struct density *out)
{
    if (!side || side > MAX_SIDE)
        return fail(&sc->fault, ERR_INVALID, "a raster has 1 to %d pixels a side, not %zu", MAX_SIDE, side);
    struct density d = { .side = side };
    d.direct = arena_array(sc->mem, double, side *side);
    d.event = arena_array(sc->mem, struct density_event, side * (side + 1));
    if (!d.direct || !d.event) return fail(&sc->fault, ERR_NOMEM, "no room for %zu x %zu pixels", side, side);
    *out = d;
    return OK;
}

/// Pixels whose middles lie from `from` to `to`, as first and one behind the last.
struct span {
    size_t from, end;
};
static struct span pixels(const struct density *d, double from, double to)
{
    double side = (double)d->side, first = ceil(from - 0.5), last = floor(to - 0.5);
    if (!(last >= 0 && first < side && first <= last)) return (struct span){ 0, 0 };
    return (struct span){ first > 0 ? (size_t)first : 0, last < side ? (size_t)last + 1 : d->side };
}

static void add_mass(struct density *d, double x, double y, double mass)
{
    if (!(x >= 0 && y >= 0 && x < (double)d->side && y < (double)d->side)) return;
    d->direct[(size_t)y * d->side + (size_t)x] += mass;
}

static void add_pixels(struct density *d, double x, double y, double r, double w)
{
    struct span rows = pixels(d, y - r, y + r), columns = pixels(d, x - r, x + r);
    for (size_t j = rows.from; j < rows.end; j++) {
        double dy = ((double)j + 0.5 - y) / r, a = 1 - dy * dy;
        for (size_t i = columns.from; i < columns.end; i++) {
            double dx = ((double)i + 0.5 - x) / r, k = a - dx * dx;
            if (k > 0) d->direct[j * d->side + i] += w * k * k;
        }
    }
}

/// With t = (x - middle) / half: 1 - d^2 / r^2 = A + B t + C t^2, of which only A changes from row to row.
static void add_intervals(struct density *d, double x, double y, double r, double w)
{
    double      half = (double)d->side / 2, m = (x - half) / r, k = half / r, b = 2 * k * m, c = -k * k;
    struct span rows = pixels(d, y - r, y + r);
    for (size_t j = rows.from; j < rows.end; j++) {
        double      dy = ((double)j + 0.5 - y) / r, a = (1 - dy) * (1 + dy), reach = r * sqrt(fmax(a, 0));
        struct span on = pixels(d, x - reach, x + reach);
        if (on.from == on.end) continue;
        a -= m * m;
        double of[5] = { w * a * a, w * 2 * a * b, w * (b * b + 2 * a * c), w * 2 * b * c, w * c * c };
        struct density_event *row = d->event + j * (d->side + 1), *begin = row + on.from, *end = row + on.end;
        for (size_t p = 0; p < COUNT(of); p++) {
            begin->c[p] += of[p];
            end->c[p] -= of[p];
        }
        begin->open++;
        end->open--;
    }
}

void density_add(struct density *d, double x, double y, double radius, double weight)
{
    if (!isfinite(x) || !isfinite(y) || !isfinite(weight) || !(radius > 0) || isinf(radius)) return;
    if (radius < 1) add_mass(d, x, y, weight * M_PI * radius * radius / 3);
    else if (radius < DENSITY_SWEEP_PX) add_pixels(d, x, y, radius, weight);
    else add_intervals(d, x, y, radius, weight);
}

static void sum_row(const struct density *d, size_t j, double *out)
{
    const struct density_event *e = d->event + j * (d->side + 1);
    const double               *direct = d->direct + j * d->side;
    double                      half = (double)d->side / 2, c[5] = { 0 };
    int64_t                     open = 0;
    for (size_t i = 0; i < d->side; i++, e++) {
        open += e->open;
        for (size_t p = 0; p < COUNT(c); p++) c[p] = open ? c[p] + e->c[p] : 0;
        double t = ((double)i + 0.5 - half) / half;
        double v = (((c[4] * t + c[3]) * t + c[2]) * t + c[1]) * t + c[0];
        out[i] = fmax(direct[i] + v, 0);
    }
}

void density_sum(const struct density *d, double *out)
{
    for (size_t j = 0; j < d->side; j++) sum_row(d, j, out + j * d->side);
}
