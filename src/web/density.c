// SPDX-License-Identifier: EUPL-1.2
#include "web/density.h"

#include "base/arena.h"
#include "tile/density.h"
#include "web/form.h"
#include "web/shades.h"
#include "web/shape.h"
#include "wire/png.h"
#include <assert.h>
#include <stddef.h>

enum { CANONICAL_BYTES = 32 * 1024, PALEST = 1 }; // the palest shade of the scale is left to the ground

struct density_query {
    int64_t z, x, y, bandwidth_m;
    int     theme;
};
static const struct field fields[] = {
    { "z", IN_PATH, F_INT, offsetof(struct density_query, z), .min = 0, .max = DENSITY_MAX_Z },
    { "x", IN_PATH, F_INT, offsetof(struct density_query, x), .min = 0, .max = (1 << DENSITY_MAX_Z) - 1 },
    { "y", IN_PATH, F_INT, offsetof(struct density_query, y), .min = 0, .max = (1 << DENSITY_MAX_Z) - 1 },
    { "bandwidth", IN_QUERY, F_INT, offsetof(struct density_query, bandwidth_m), .min = DENSITY_MIN_M,
      .max = DENSITY_MAX_M },
    { "theme", IN_QUERY, F_CHOICE, offsetof(struct density_query, theme), .choices = theme_names },
};
static_assert(DENSITY_CLASSES + PALEST == CLASSES_MAX, "a shade for each class");

/// The question in its one spelling: the filter's, then the bandwidth and the theme unless they are the usual ones.
static void put_question(struct buf *b, const struct call *c, const struct filter *f,
                         const struct density_query *q)
{
    filter_write(b, c->in, f);
    if (q->bandwidth_m != DENSITY_USUAL_M)
        buf_printf(b, "%sbandwidth=%lld", b->n ? "&" : "", (long long)q->bandwidth_m);
    if (q->theme) buf_printf(b, "%stheme=%s", b->n ? "&" : "", theme_names[q->theme]);
}

static enum err is_canonical(struct scope *sc, const struct call *c, const struct filter *f,
                             const struct density_query *q, bool *out)
{
    AUTO(buf_free) struct buf b = { 0 };
    buf_init(&b, CANONICAL_BYTES);
    put_question(&b, c, f, q);
    TRY(buf_end(sc, &b));
    *out = str_eq(buf_str(&b), c->rq->query);
    return OK;
}

static unsigned hex(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

static struct png_color color_of(const char *s)
{
    uint8_t v[3];
    for (size_t i = 0; i < COUNT(v); i++) v[i] = (uint8_t)(hex(s[1 + 2 * i]) << 4 | hex(s[2 + 2 * i]));
    return (struct png_color){ v[0], v[1], v[2], 255 };
}

static enum err paint(struct scope *sc, const struct density_scale *s, const double *km2, int theme,
                      struct buf *to)
{
    struct png_color color[1 + DENSITY_CLASSES] = { 0 };
    size_t           n = (size_t)DENSITY_SIDE * DENSITY_SIDE;
    uint8_t         *pixel = arena_array(sc->mem, uint8_t, n);
    if (!pixel) return fail(&sc->fault, ERR_NOMEM, "no room for a picture");
    for (size_t k = 0; k < DENSITY_CLASSES; k++) color[1 + k] = color_of(theme_shades[theme][PALEST + k]);
    for (size_t i = 0; i < n; i++) pixel[i] = (uint8_t)density_class(s, km2[i]);
    return png_write(sc, pixel, DENSITY_SIDE, DENSITY_SIDE, color, COUNT(color), to);
}

enum err file_density(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct density_query q = { .bandwidth_m = DENSITY_USUAL_M };
    struct density_scale s;
    struct filter        f;
    TRY(form_read(sc, c, fields, COUNT(fields), &f, &q));
    unsigned z = (unsigned)q.z;
    uint32_t x = (uint32_t)q.x, y = (uint32_t)q.y;
    if (x >> z || y >> z)
        return fail(&sc->fault, ERR_NOTFOUND, "there is no tile %u/%u/%u", z, (unsigned)x, (unsigned)y);
    double *km2 = arena_array(sc->mem, double, (size_t)DENSITY_SIDE *DENSITY_SIDE);
    if (!km2) return fail(&sc->fault, ERR_NOMEM, "no room for a tile");
    TRY(is_canonical(sc, c, &f, &q, &c->canonical));
    TRY(density_scale_of(sc, c->ix, &f, &s));
    TRY(tile_density(sc, c->ix, &f, (unsigned)q.bandwidth_m, z, x, y, km2));
    TRY(paint(sc, &s, km2, q.theme, &rs->body));
    rs->content_type = "image/png";
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE;
    return OK;
}

// -- the legend -----------------------------------------------------------------------------------

static void put_classes(struct json *j, const struct density_scale *s)
{
    json_key(j, "classes");
    json_open(j, '[');
    for (size_t k = 0; k < DENSITY_CLASSES; k++) {
        json_open(j, '{');
        json_key(j, "from");
        json_fixed(j, density_from[k], 1);
        json_key(j, "from_km2");
        json_fixed(j, density_from[k] * s->mean_km2, 6);
        for (int t = 0; t < THEMES; t++) {
            json_key(j, theme_names[t]);
            json_cstr(j, theme_shades[t][PALEST + k]);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

enum err api_density(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct density_query q = { .bandwidth_m = DENSITY_USUAL_M };
    struct density_scale s;
    struct filter        f;
    TRY(form_read(sc, c, fields, COUNT(fields), &f, &q));
    TRY(density_scale_of(sc, c->ix, &f, &s));
    AUTO(buf_free) struct buf query = { 0 };
    buf_init(&query, CANONICAL_BYTES);
    put_question(&query, c, &f, &q);
    TRY(buf_end(sc, &query));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "kernel");
    json_cstr(&j, "quartic");
    json_key(&j, "bandwidth_m");
    json_i64(&j, q.bandwidth_m);
    json_key(&j, "incidents");
    json_u64(&j, s.incidents);
    json_key(&j, "ground_km2");
    json_fixed(&j, s.ground_km2, 6);
    json_key(&j, "mean_km2");
    json_fixed(&j, s.mean_km2, 6);
    put_classes(&j, &s);
    json_key(&j, "max_zoom");
    json_i64(&j, DENSITY_MAX_Z);
    json_key(&j, "tiles");
    json_str(&j, arena_printf(sc->mem, "/tiles/%llu/density/{z}/{x}/{y}.png%s%.*s",
                              (unsigned long long)c->in->release, query.n ? "?" : "", STR(buf_str(&query))));
    json_close(&j, '}');
    return OK;
}
