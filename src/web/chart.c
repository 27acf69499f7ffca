// SPDX-License-Identifier: EUPL-1.2
#include "web/chart.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "web/words.h"
#include <math.h>

// The drawing's own units; it is scaled to the width of its place.
enum { WIDTH = 720, HEIGHT = 220, LEFT = 48, RIGHT = 8, TOP = 12, BOTTOM = 28 };
enum { SPARK_WIDTH = 240, SPARK_HEIGHT = 60 };
enum { FUNNEL_WIDTH = 720, FUNNEL_HEIGHT = 440, FUNNEL_BOTTOM = 48 };

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
    int      left, top, width, height; // of the plot inside the drawing
    uint64_t scale;                    // value at the top edge
};

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
        int x1 = f->left + (int)(i * (size_t)f->width / s->n),
            x2 = f->left + (int)((i + 1) * (size_t)f->width / s->n);
        int gap = x2 - x1 > 3 ? 1 : 0, y = up(f, (double)s->count[i]);
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

/// Horizontal lines with numbers on the left, and the years (or months, when there are few) below.
static enum err axes(struct scope *sc, enum language l, const struct month_series *s, const struct frame *f,
                     uint64_t step, struct chart_view *v)
{
    size_t            max = (size_t)(f->scale / step) + 2, n_lines = v->n_lines, n_texts = 0;
    struct line_view *line = arena_array(sc->mem, struct line_view, n_lines + max);
    struct text_view *text = arena_array(sc->mem, struct text_view, max + s->n + 1);
    if (!line || !text) return no_room(sc);
    for (size_t i = 0; i < n_lines; i++) line[i] = v->lines[i];
    for (uint64_t value = 0; value <= f->scale; value += step) {
        int y = up(f, (double)value);
        line[n_lines++] =
            (struct line_view){ f->left, y, f->left + f->width, y, value ? S("grid") : S("axis") };
        text[n_texts++] = (struct text_view){ f->left - 6, y + 4, S("end"), word_count(sc, l, value) };
    }
    size_t every = s->n > 40 ? 12 : s->n > 18 ? 3 : 1;
    for (size_t i = 0; i < s->n; i++) {
        struct civil c = civil_of_day(civil_day_of_month(s->first_month + (int32_t)i));
        if (every == 12 ? c.month != 1 : (c.month - 1) % (int)every != 0) continue;
        int x1 = f->left + (int)(i * (size_t)f->width / s->n),
            x2 = f->left + (int)((i + 1) * (size_t)f->width / s->n);
        str label = every == 12 ? arena_printf(sc->mem, "%d", c.year) : word_month_short(l, c.month);
        if (every != 12 && c.month == 1) label = arena_printf(sc->mem, "%d", c.year);
        text[n_texts++] = (struct text_view){ every == 12 ? x1 : (x1 + x2) / 2, f->top + f->height + 18,
                                              every == 12 ? S("start") : S("middle"), label };
    }
    v->lines = line;
    v->n_lines = n_lines;
    v->texts = text;
    v->n_texts = n_texts;
    return OK;
}

enum err chart_months(struct scope *sc, enum language l, const struct month_series *s, struct chart_view *out)
{
    uint64_t top = largest(s->count, s->n), before = largest(s->before, s->n);
    if (before > top) top = before;
    uint64_t     step = chart_step(top ? top : 1, 4), steps = top ? (top + step - 1) / step : 1;
    struct frame f = { LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM, step * steps };
    out->width = WIDTH;
    out->height = HEIGHT;
    TRY(bars(sc, l, s, &f, out));
    return axes(sc, l, s, &f, step, out);
}

enum err chart_spark(struct scope *sc, enum language l, const struct month_series *s, uint64_t top,
                     struct chart_view *out)
{
    struct frame f = { 0, 2, SPARK_WIDTH, SPARK_HEIGHT - 3, top ? top : 1 };
    out->width = SPARK_WIDTH;
    out->height = SPARK_HEIGHT;
    TRY(bars(sc, l, s, &f, out));
    struct line_view *line = arena_array(sc->mem, struct line_view, out->n_lines + 1);
    if (!line) return no_room(sc);
    for (size_t i = 0; i < out->n_lines; i++) line[i] = out->lines[i];
    line[out->n_lines++] =
        (struct line_view){ 0, SPARK_HEIGHT - 1, SPARK_WIDTH, SPARK_HEIGHT - 1, S("axis") };
    out->lines = line;
    return OK;
}

// -- the funnel -----------------------------------------------------------------------------------

/// Population on a logarithmic axis: districts differ tenfold, and their names must not pile up.
struct plane {
    struct frame f;
    double       least, most; // log of population
};

static int across(const struct plane *p, double population)
{
    double t = p->most > p->least ? (log(population) - p->least) / (p->most - p->least) : 0.5;
    return p->f.left + (int)lround(t * p->f.width);
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
    str d = b.failed ? (str){ 0 } : arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return d;
}

static enum err funnel_axes(struct scope *sc, enum language l, const struct plane *p, uint64_t step,
                            double mean, struct chart_view *v)
{
    size_t            max = (size_t)(p->f.scale / step) + 40;
    struct line_view *line = arena_array(sc->mem, struct line_view, max);
    struct text_view *text = arena_array(sc->mem, struct text_view, max);
    if (!line || !text) return no_room(sc);
    for (uint64_t value = 0; value <= p->f.scale; value += step) {
        int y = up(&p->f, (double)value);
        line[v->n_lines++] =
            (struct line_view){ p->f.left, y, p->f.left + p->f.width, y, value ? S("grid") : S("axis") };
        text[v->n_texts++] = (struct text_view){ p->f.left - 6, y + 4, S("end"), word_count(sc, l, value) };
    }
    static const double marks[] = { 1, 1.5, 2, 2.5, 3, 4, 5, 7 };
    int                 last_x = -100;
    for (double unit = 10; unit < 1e9; unit *= 10)
        for (size_t i = 0; i < COUNT(marks); i++) {
            double people = unit * marks[i];
            if (log(people) < p->least || log(people) > p->most) continue;
            int x = across(p, people);
            if (x - last_x < 56) continue;
            last_x = x;
            int y = p->f.top + p->f.height;
            line[v->n_lines++] = (struct line_view){ x, y, x, y + 4, S("axis") };
            text[v->n_texts++] =
                (struct text_view){ x, y + 18, S("middle"), word_count(sc, l, (uint64_t)people) };
        }
    int y = up(&p->f, mean);
    line[v->n_lines++] = (struct line_view){ p->f.left, y, p->f.left + p->f.width, y, S("axis mean") };
    v->lines = line;
    v->texts = text;
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

enum err chart_funnel(struct scope *sc, enum language l, const struct links *links,
                      const struct release_set *set, size_t set_number, const struct filter *f,
                      const struct comparison *c, struct chart_view *out)
{
    double top = 1, least = INFINITY, most = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!c->areas[i].rate.known) continue;
        top = fmax(top, c->areas[i].rate.value);
        least = fmin(least, (double)c->areas[i].population);
        most = fmax(most, (double)c->areas[i].population);
    }
    uint64_t     step = chart_step((uint64_t)ceil(top), 6), scale = step * ((uint64_t)ceil(top) / step + 1);
    struct plane p = { { LEFT + 12, TOP, FUNNEL_WIDTH - LEFT - 12 - RIGHT - 8,
                         FUNNEL_HEIGHT - TOP - FUNNEL_BOTTOM, scale },
                       log(least) - 0.05,
                       log(most) + 0.05 };
    struct dot_view  *dot = arena_array(sc->mem, struct dot_view, c->n + 1);
    struct path_view *path = arena_array(sc->mem, struct path_view, 4);
    if (!dot || !path) return no_room(sc);
    TRY(funnel_axes(sc, l, &p, step, c->mean_rate, out));
    static const struct {
        size_t      offset;
        const char *css;
    } curves[] = {
        { offsetof(struct funnel_limits, low998), "limit" },
        { offsetof(struct funnel_limits, high998), "limit" },
        { offsetof(struct funnel_limits, low95), "limit" },
        { offsetof(struct funnel_limits, high95), "limit" },
    };
    for (size_t i = 0; i < COUNT(curves); i++)
        path[i] = (struct path_view){ curve(sc, &p, c, curves[i].offset), str_of(curves[i].css) };
    for (size_t i = 0; i < c->n; i++) {
        const struct compared *a = &c->areas[i];
        if (!a->rate.known) continue;
        str rate = word_fixed(sc, l, a->rate.value, 1), people = word_count(sc, l, (uint64_t)a->population);
        dot[out->n_dots++] = (struct dot_view){ across(&p, (double)a->population),
                                                up(&p.f, a->rate.value),
                                                a->small ? 4 : 6,
                                                dot_css(a),
                                                arena_printf(sc->mem, "%.*s: %.*s (%.*s)",
                                                             STR(set->areas[i].name), STR(rate), STR(people)),
                                                url_area(links, set_number, i, f) };
    }
    out->width = FUNNEL_WIDTH;
    out->height = FUNNEL_HEIGHT;
    out->dots = dot;
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
