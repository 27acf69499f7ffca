// SPDX-License-Identifier: EUPL-1.2
#include "web/chart.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "web/words.h"
#include <math.h>
#include <stdlib.h>

// Widths are the drawing's own units, which are stretched to the width of its place; heights are pixels.
enum { WIDTH = 2000, HEIGHT = 220, TOP = 12, BOTTOM = 28 };
enum { SPARK_HEIGHT = 60 };
enum { FUNNEL_HEIGHT = 460, FUNNEL_BOTTOM = 36 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a chart");
}

uint64_t chart_step(uint64_t top, unsigned steps)
{
    static const uint64_t marks[] = { 1, 2, 5 };
    for (uint64_t unit = 1; unit <= UINT64_MAX / 100; unit *= 10)
        for (size_t i = 0; i < COUNT(marks); i++)
            if (unit * marks[i] * steps >= top) return unit * marks[i];
    return top;
}

static uint64_t largest(const uint64_t *v, size_t n)
{
    uint64_t top = 0;
    for (size_t i = 0; v && i < n; i++)
        if (v[i] > top) top = v[i];
    return top;
}

struct frame {
    int      top, height; // of the plot inside the drawing
    uint64_t scale;       // value at the top edge
};

/// A place across the drawing, for what is not stretched with it.
static str percent_at(struct scope *sc, int x)
{
    return arena_printf(sc->mem, "%d.%02d%%", x * 100 / WIDTH, x * 10000 / WIDTH % 100);
}

static int up(const struct frame *f, double value)
{
    return f->top + f->height - (int)lround(value / (double)f->scale * f->height);
}

static bool is_chosen(const struct month_series *s, size_t i)
{
    int32_t month = s->first_month + (int32_t)i;
    return s->chosen.from <= civil_day_of_month(month + 1) - 1 && s->chosen.to >= civil_day_of_month(month);
}

static str month_title(struct scope *sc, enum language l, const struct month_series *s, size_t i)
{
    str month = word_month(sc, l, s->first_month + (int32_t)i), count = word_count(sc, l, s->count[i]);
    return arena_printf(sc->mem, "%.*s: %.*s", STR(month), STR(count));
}

/// Bars of all months within the frame; x goes from edge to edge so that rounding leaves no gaps.
static enum err bars(struct scope *sc, enum language l, const struct month_series *s, const struct frame *f,
                     struct chart_view *v)
{
    struct rect_view *r = arena_array(sc->mem, struct rect_view, s->n + 1);
    struct line_view *mark = arena_array(sc->mem, struct line_view, s->n + 16);
    if (!r || !mark) return no_room(sc);
    size_t n_marks = 0;
    for (size_t i = 0; i < s->n; i++) {
        int x1 = (int)(i * WIDTH / s->n), x2 = (int)((i + 1) * WIDTH / s->n);
        int gap = (x2 - x1) / 12, y = up(f, (double)s->count[i]);
        if (s->count[i] && y >= f->top + f->height) y = f->top + f->height - 1; // something is not nothing
        r[i] = (struct rect_view){ x1,
                                   y,
                                   x2 - x1 - gap,
                                   f->top + f->height - y,
                                   is_chosen(s, i) ? S("bar") : S("bar off"),
                                   month_title(sc, l, s, i) };
        if (!s->before || !s->before[i]) continue;
        int yb = up(f, (double)s->before[i]);
        mark[n_marks++] = (struct line_view){ x1, yb, x2 - gap, yb, S("axis before") };
    }
    v->rects = r;
    v->n_rects = s->n;
    v->lines = mark;
    v->n_lines = n_marks;
    return OK;
}

/// Every other label is left out where the page is narrow.
static bool is_spare(size_t n_months, size_t every, struct civil c)
{
    if (every == 12) return n_months > 96 && c.year % 2;
    return every == 3 ? (c.month - 1) % 6 != 0 : n_months > 9 && c.month % 2 == 0;
}

/// Horizontal lines with numbers on the left, and the years (or months, when there are few) below.
static enum err axes(struct scope *sc, enum language l, const struct month_series *s, const struct frame *f,
                     uint64_t step, struct chart_view *v)
{
    size_t            max = (size_t)(f->scale / step) + 2, n_lines = v->n_lines, n = 0;
    struct line_view *line = arena_array(sc->mem, struct line_view, n_lines + max);
    struct mark_view *mark = arena_array(sc->mem, struct mark_view, max + s->n + 1);
    if (!line || !mark) return no_room(sc);
    for (size_t i = 0; i < n_lines; i++) line[i] = v->lines[i];
    for (uint64_t value = 0; value <= f->scale; value += step) {
        int y = up(f, (double)value);
        line[n_lines++] = (struct line_view){ 0, y, WIDTH, y, value ? S("grid") : S("axis") };
        mark[n++] = (struct mark_view){ S("0"), -8, y + 4, S("end"), S(""), word_count(sc, l, value) };
    }
    size_t every = s->n > 40 ? 12 : s->n > 18 ? 3 : 1;
    for (size_t i = 0; i < s->n; i++) {
        struct civil c = civil_of_day(civil_day_of_month(s->first_month + (int32_t)i));
        if (every == 12 ? c.month != 1 : (c.month - 1) % (int)every != 0) continue;
        int x1 = (int)(i * WIDTH / s->n), x2 = (int)((i + 1) * WIDTH / s->n);
        str label =
            every == 12 || c.month == 1 ? arena_printf(sc->mem, "%d", c.year) : word_month_short(l, c.month);
        mark[n++] = (struct mark_view){ percent_at(sc, every == 12 ? x1 : (x1 + x2) / 2),
                                        0,
                                        f->top + f->height + 18,
                                        every == 12 ? S("start") : S("middle"),
                                        is_spare(s->n, every, c) ? S("wide") : S(""),
                                        label };
    }
    v->lines = line;
    v->n_lines = n_lines;
    v->marks = mark;
    v->n_marks = n;
    v->axes = true;
    return OK;
}

enum err chart_months(struct scope *sc, enum language l, const struct month_series *s, struct chart_view *out)
{
    uint64_t top = largest(s->count, s->n), before = largest(s->before, s->n);
    if (before > top) top = before;
    uint64_t     step = chart_step(top ? top : 1, 4), steps = top ? (top + step - 1) / step : 1;
    struct frame f = { TOP, HEIGHT - TOP - BOTTOM, step * steps };
    out->width = WIDTH;
    out->height = HEIGHT;
    TRY(bars(sc, l, s, &f, out));
    return axes(sc, l, s, &f, step, out);
}

enum err chart_spark(struct scope *sc, enum language l, const struct month_series *s, uint64_t top,
                     struct chart_view *out)
{
    struct frame f = { 2, SPARK_HEIGHT - 3, top ? top : 1 };
    out->width = WIDTH;
    out->height = SPARK_HEIGHT;
    TRY(bars(sc, l, s, &f, out));
    struct line_view *line = arena_array(sc->mem, struct line_view, out->n_lines + 1);
    if (!line) return no_room(sc);
    for (size_t i = 0; i < out->n_lines; i++) line[i] = out->lines[i];
    line[out->n_lines++] = (struct line_view){ 0, SPARK_HEIGHT - 1, WIDTH, SPARK_HEIGHT - 1, S("axis") };
    out->lines = line;
    return OK;
}

// -- the funnel -----------------------------------------------------------------------------------

// Names of outliers stand once for a narrow page and once for a wide one; the style sheet shows those that fit.
enum { TENTHS_OF_LETTER = 65, LINE = 15 }; // pixels: letters are 6.5 wide on average
static const struct page_of_names {
    const char *css;
    int         width; // pixels
    size_t      max, letters;
} name_pages[] = { { "label narrow", 270, 5, 20 }, { "label wide", 1000, 18, 30 } };
enum { MAX_NAMES = 5 + 18 };

/// Population on a logarithmic axis: districts differ tenfold, and their names must not pile up.
struct plane {
    struct frame f;
    double       least, most; // log of population
};

static int across(const struct plane *p, double population)
{
    double t = p->most > p->least ? (log(population) - p->least) / (p->most - p->least) : 0.5;
    return (int)lround(t * WIDTH);
}

static str curve(struct scope *sc, const struct plane *p, const struct comparison *c, size_t offset)
{
    struct buf b;
    buf_init(&b, 64 * 1024);
    for (size_t i = 0; i < c->n_limits; i++) {
        double v = *(const double *)((const char *)&c->limits[i] + offset);
        double top = fmin(fmax(v, 0), (double)p->f.scale);
        buf_printf(&b, "%c%d %d", i ? 'L' : 'M', across(p, c->limits[i].population), up(&p->f, top));
    }
    str d = !b.failed ? arena_str(sc->mem, buf_str(&b)) : (str){ 0 };
    buf_free(&b);
    return d;
}

static enum err funnel_axes(struct scope *sc, enum language l, const struct plane *p, uint64_t step,
                            double mean, struct mark_view **marks, struct chart_view *v)
{
    size_t            max = (size_t)(p->f.scale / step) + 80;
    struct line_view *line = arena_array(sc->mem, struct line_view, max);
    struct mark_view *mark = arena_array(sc->mem, struct mark_view, max + MAX_NAMES);
    if (!line || !mark) return no_room(sc);
    for (uint64_t value = 0; value <= p->f.scale; value += step) {
        int y = up(&p->f, (double)value);
        line[v->n_lines++] = (struct line_view){ 0, y, WIDTH, y, value ? S("grid") : S("axis") };
        mark[v->n_marks++] =
            (struct mark_view){ S("0"), -8, y + 4, S("end"), S(""), word_count(sc, l, value) };
    }
    static const double people_at[] = { 1, 1.5, 2, 2.5, 3, 4, 5, 7 };
    int                 last = -WIDTH, last_wide = -WIDTH, y = p->f.top + p->f.height;
    for (double unit = 10; unit < 1e9; unit *= 10)
        for (size_t i = 0; i < COUNT(people_at); i++) {
            double people = unit * people_at[i];
            if (log(people) < p->least || log(people) > p->most) continue;
            int  x = across(p, people);
            bool spare = x - last < WIDTH / 6;
            if (x - last_wide < WIDTH / 16) continue;
            last_wide = x;
            if (!spare) last = x;
            mark[v->n_marks++] = (struct mark_view){ percent_at(sc, x),
                                                     0,
                                                     y + 18,
                                                     S("middle"),
                                                     spare ? S("wide") : S(""),
                                                     word_count(sc, l, (uint64_t)people) };
        }
    y = up(&p->f, mean);
    line[v->n_lines++] = (struct line_view){ 0, y, WIDTH, y, S("axis mean") };
    v->lines = line;
    v->marks = *marks = mark;
    return OK;
}

// Names of those that lie farthest outside, where there is room for them.

struct outlier {
    size_t area; // number in the comparison
    double far;  // in standard deviations
    int    x, y; // of the dot
    size_t letters;
    bool   end, named;
};
struct naming {
    const struct dot_view *dots;
    const int             *x; // [n_dots], units
    size_t                 n_dots, n;
    struct outlier        *o;
};

static int by_far(const void *a, const void *b)
{
    const struct outlier *x = a, *y = b;
    if (x->far != y->far) return x->far > y->far ? -1 : 1;
    return x->area < y->area ? -1 : 1;
}

struct strip {
    int left, right, y; // pixels on a page of some width
};

static struct strip strip_of(const struct outlier *o, const struct page_of_names *page)
{
    size_t letters = o->letters < page->letters ? o->letters : page->letters;
    int    x = o->x * page->width / WIDTH, w = (int)letters * TENTHS_OF_LETTER / 10;
    return o->end ? (struct strip){ x - 9 - w, x - 9, o->y } : (struct strip){ x + 9, x + 9 + w, o->y };
}

static bool has_room(const struct naming *k, const struct outlier *o, const struct page_of_names *page)
{
    struct strip s = strip_of(o, page);
    if (s.left < 0 || s.right > page->width) return false;
    for (size_t i = 0; i < k->n; i++) {
        struct strip t = strip_of(&k->o[i], page);
        if (k->o[i].named && abs(s.y - t.y) < LINE && s.left < t.right && t.left < s.right) return false;
    }
    for (size_t i = 0; i < k->n_dots; i++) {
        int x = k->x[i] * page->width / WIDTH;
        if (abs(k->dots[i].y - s.y) < LINE - 4 && x > s.left - 5 && x < s.right + 5) return false;
    }
    return true;
}

static void name_them(struct scope *sc, struct naming *k, const struct release_set *set,
                      const struct page_of_names *page, struct mark_view *mark, size_t *n)
{
    size_t named = 0;
    for (size_t i = 0; i < k->n; i++) k->o[i].named = false;
    for (size_t i = 0; i < k->n && named < page->max; i++) {
        struct outlier *o = &k->o[i];
        o->end = o->x > WIDTH / 2;
        if (!has_room(k, o, page)) {
            o->end = !o->end; // on its other side, then
            if (!has_room(k, o, page)) continue;
        }
        o->named = true;
        named++;
        mark[(*n)++] = (struct mark_view){ percent_at(sc, o->x),
                                           o->end ? -9 : 9,
                                           o->y + 4,
                                           o->end ? S("end") : S("start"),
                                           str_of(page->css),
                                           word_short(sc, set->areas[o->area].name, page->letters) };
    }
}

static enum err outliers_name(struct scope *sc, const struct release_set *set, const struct comparison *c,
                              const int *x, struct mark_view *mark, struct chart_view *v)
{
    struct naming k = { .dots = v->dots, .x = x, .n_dots = v->n_dots };
    k.o = arena_array(sc->mem, struct outlier, v->n_dots + 1);
    if (!k.o) return no_room(sc);
    for (size_t i = 0, d = 0; i < c->n; i++) {
        const struct compared *a = &c->areas[i];
        if (!a->rate.known) continue;
        size_t dot = d++;
        if (a->small || (a->funnel != FUNNEL_ABOVE_998 && a->funnel != FUNNEL_BELOW_998)) continue;
        double expected = c->mean_rate / RATE_PER * (double)a->population;
        k.o[k.n++] = (struct outlier){ .area = i,
                                       .far = fabs((double)a->count - expected) / sqrt(expected),
                                       .x = x[dot],
                                       .y = v->dots[dot].y,
                                       .letters = word_letters(set->areas[i].name) };
    }
    qsort(k.o, k.n, sizeof *k.o, by_far);
    for (size_t i = 0; i < COUNT(name_pages); i++) name_them(sc, &k, set, &name_pages[i], mark, &v->n_marks);
    return OK;
}

static str dot_css(const struct compared *a)
{
    if (a->small) return S("dot off");
    switch (a->funnel) {
    case FUNNEL_ABOVE_998:
    case FUNNEL_ABOVE_95:
        return S("dot-above");
    case FUNNEL_BELOW_998:
    case FUNNEL_BELOW_95:
        return S("dot-below");
    case FUNNEL_WITHIN:
    case FUNNEL_UNKNOWN:
        break;
    }
    return S("dot");
}

/// The scale holds all but areas so small that chance alone may carry them anywhere; those lie on its upper edge.
static struct plane plane_of(const struct comparison *c, uint64_t *step)
{
    double top = 1, most_of_all = 1, least = INFINITY, most = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct compared *a = &c->areas[i];
        if (!a->rate.known) continue;
        most_of_all = fmax(most_of_all, a->rate.value);
        if (!a->small) top = fmax(top, a->rate.value);
        least = fmin(least, (double)a->population);
        most = fmax(most, (double)a->population);
    }
    if (top < 2 || top * 1.5 > most_of_all) top = most_of_all;
    *step = chart_step((uint64_t)ceil(top), 6);
    struct frame f = { TOP, FUNNEL_HEIGHT - TOP - FUNNEL_BOTTOM, *step * ((uint64_t)ceil(top) / *step + 1) };
    return (struct plane){ f, log(least) - 0.05, log(most) + 0.05 };
}

static enum err funnel_dots(struct scope *sc, enum language l, const struct links *links,
                            const struct release_set *set, size_t set_number, const struct filter *f,
                            const struct comparison *c, const struct plane *p, int *x, struct chart_view *out)
{
    struct dot_view *dot = arena_array(sc->mem, struct dot_view, c->n + 1);
    int              r = c->n > 150 ? 4 : 6;
    if (!dot) return no_room(sc);
    for (size_t i = 0; i < c->n; i++) {
        const struct compared *a = &c->areas[i];
        if (!a->rate.known) continue;
        double top = (double)p->f.scale;
        bool   beyond = a->rate.value > top;
        str rate = word_fixed(sc, l, a->rate.value, 1), people = word_count(sc, l, (uint64_t)a->population);
        x[out->n_dots] = across(p, (double)a->population);
        out->beyond = out->beyond || beyond;
        dot[out->n_dots] = (struct dot_view){ percent_at(sc, x[out->n_dots]),
                                              up(&p->f, beyond ? top : a->rate.value),
                                              a->small ? r - 1 : r,
                                              dot_css(a),
                                              arena_printf(sc->mem, "%.*s: %.*s (%.*s)",
                                                           STR(set->areas[i].name), STR(rate), STR(people)),
                                              url_area(links, set_number, i, f) };
        out->n_dots++;
    }
    out->dots = dot;
    out->linked = true;
    return OK;
}

enum err chart_funnel(struct scope *sc, enum language l, const struct links *links,
                      const struct release_set *set, size_t set_number, const struct filter *f,
                      const struct comparison *c, struct chart_view *out)
{
    static const size_t curves[] = { offsetof(struct funnel_limits, low998),
                                     offsetof(struct funnel_limits, high998),
                                     offsetof(struct funnel_limits, low95),
                                     offsetof(struct funnel_limits, high95) };
    uint64_t            step;
    struct plane        p = plane_of(c, &step);
    struct path_view   *path = arena_array(sc->mem, struct path_view, COUNT(curves));
    int                *x = arena_array(sc->mem, int, c->n + 1);
    struct mark_view   *mark;
    if (!path || !x) return no_room(sc);
    TRY(funnel_axes(sc, l, &p, step, c->mean_rate, &mark, out));
    for (size_t i = 0; i < COUNT(curves); i++)
        path[i] = (struct path_view){ curve(sc, &p, c, curves[i]), S("limit") };
    TRY(funnel_dots(sc, l, links, set, set_number, f, c, &p, x, out));
    TRY(outliers_name(sc, set, c, x, mark, out));
    out->width = WIDTH;
    out->height = FUNNEL_HEIGHT;
    out->axes = true;
    out->paths = path;
    out->n_paths = COUNT(curves);
    return OK;
}

// -- the week -------------------------------------------------------------------------------------

enum err heat_of(struct scope *sc, enum language l, const uint64_t *hourweek, bool hours,
                 struct heat_view *out)
{
    static const char *const shades[] = { "h0", "h1", "h2", "h3", "h4", "h5", "h6" };
    struct heat_row_view    *row = arena_array(sc->mem, struct heat_row_view, 7);
    struct heat_cell_view   *cell = arena_array(sc->mem, struct heat_cell_view, HOURS_OF_WEEK);
    struct option_view      *hour = arena_array(sc->mem, struct option_view, 24);
    if (!row || !cell || !hour) return no_room(sc);
    uint64_t top = largest(hourweek, HOURS_OF_WEEK);
    for (int h = 0; h < 24; h++) hour[h].value = hour[h].label = arena_printf(sc->mem, "%d", h);
    for (int d = 0; d < 7; d++) {
        uint64_t total = hourweek[HOW_DAY + d];
        for (int h = 0; h < 24; h++) {
            int      how = d * 24 + h;
            uint64_t n = hourweek[how];
            str      count = word_count(sc, l, n), day = word_weekday(l, d);
            size_t   shade = n && top ? 1 + (size_t)((n * 6 - 1) / top) : 0; // 0: none; 6: near the largest
            cell[how] = (struct heat_cell_view){ how, str_of(shades[shade > 6 ? 6 : shade]), count,
                                                 arena_printf(sc->mem, "%.*s %d:00\u2013%d:59: %.*s",
                                                              STR(day), h, h, STR(count)) };
            total += n;
        }
        row[d] = (struct heat_row_view){ .key = weekday_key(d),
                                         .label = word_weekday(l, d),
                                         .short_label = word_weekday_short(l, d),
                                         .total = word_count(sc, l, total),
                                         .cells = cell + d * 24,
                                         .n_cells = hours ? 24 : 0 };
    }
    *out = (struct heat_view){ .hours = hour, .n_hours = hours ? 24 : 0, .rows = row, .n_rows = 7 };
    return OK;
}
