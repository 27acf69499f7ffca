// SPDX-License-Identifier: EUPL-1.2
// Density as the server answers it: pictures unpacked with zlib, pixel by pixel against the rows of the release, by the
// definition that /v1/openapi.json gives, with the limits and colours that /v1/density tells.
#include "town.h"
#include <math.h>
#include <zlib.h>

enum { SIDE = 256, CLASSES = 5 };

static double real(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

static uint32_t be32(str s, size_t at)
{
    const unsigned char *u = (const unsigned char *)s.p + at;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

struct seen {
    str            palette, alpha;
    unsigned char *rows; // [SIDE][SIDE + 1]
};

static struct seen unpack(struct scope *sc, str png)
{
    struct seen s = { 0 };
    for (size_t at = 8; at + 12 <= png.n;) {
        uint32_t n = be32(png, at);
        str      name = str_slice(png, at + 4, at + 8), bytes = str_slice(png, at + 8, at + 8 + n);
        if (str_eq(name, S("IHDR"))) ok(be32(bytes, 0) == SIDE && be32(bytes, 4) == SIDE, "256 x 256 pixels");
        if (str_eq(name, S("PLTE"))) s.palette = bytes;
        if (str_eq(name, S("tRNS"))) s.alpha = bytes;
        if (str_eq(name, S("IDAT"))) {
            uLongf size = SIDE * (SIDE + 1);
            s.rows = arena_alloc(sc->mem, size);
            ok(uncompress(s.rows, &size, (const unsigned char *)bytes.p, bytes.n) == Z_OK &&
                   size == SIDE * (SIDE + 1),
               "pixels");
        }
        at += 12 + n;
    }
    ok(s.rows && s.palette.n == 3 * (CLASSES + 1) && s.alpha.n == CLASSES + 1 && !s.alpha.p[0], "palette");
    return s;
}

/// Incidents per km2 at the middle of a pixel; h in metres.
static double density(const struct town *t, const struct filter *f, double h, unsigned z, uint32_t px,
                      uint32_t py)
{
    double unit = ldexp(1, 24 - (int)z), x = (px + 0.5) * unit - 0.5, y = (py + 0.5) * unit - 0.5, sum = 0;
    for (size_t i = 0; i < t->fx.n; i++) {
        const struct release_row *r = &t->fx.row[i];
        if (!r->has_point || !fixture_passes(f, r)) continue;
        double d = hypot(x - r->at.x, y - r->at.y) * mercator_unit_m(r->at.y) / h;
        if (d < 1) sum += 3 / (M_PI * h * h / 1e6) * (1 - d * d) * (1 - d * d);
    }
    return sum;
}

struct question {
    const char   *query;
    struct filter f;
    double        h;
    const char   *theme;
    unsigned      z;
};

static void check_palette(const struct seen *s, const json_t *classes, const char *theme)
{
    ok_i64(json_array_size(classes), CLASSES);
    for (size_t k = 0; k < CLASSES; k++) {
        char                 hex[8];
        const char          *want = json_string_value(json_object_get(json_array_get(classes, k), theme));
        const unsigned char *c = (const unsigned char *)s->palette.p + 3 * (k + 1);
        snprintf(hex, sizeof hex, "#%02x%02x%02x", c[0], c[1], c[2]);
        ok(want && !strcmp(hex, want) && (unsigned char)s->alpha.p[k + 1] == 255, "class %zu is %s, not %s",
           k, hex, want);
    }
}

/// A tile in the middle of the town, some of its pixels; one so near a limit that rounding decides may be either.
static size_t check_tile(struct town *t, const struct question *q)
{
    struct box e = fixture_extent();
    uint32_t   x = (e.min_x / 2 + e.max_x / 2) >> (32 - q->z), y = (e.min_y / 2 + e.max_y / 2) >> (32 - q->z);
    json_t    *legend = get_json(t, arena_printf(t->sc.mem, "/v1/density?%s", q->query).p);
    json_t    *classes = json_object_get(legend, "classes");
    struct seen s =
        unpack(&t->sc,
               get(t, arena_printf(t->sc.mem, "/tiles/1/density/%u/%u/%u.png?%s", q->z, x, y, q->query).p));
    size_t coloured = 0;
    check_palette(&s, classes, q->theme);
    for (uint32_t j = 3; j < SIDE; j += 12)
        for (uint32_t i = 5; i < SIDE; i += 12) {
            double   d = density(t, &q->f, q->h, q->z, x * SIDE + i, y * SIDE + j);
            unsigned got = s.rows[j * (SIDE + 1) + 1 + i], low = 0, high = 0;
            for (size_t k = 0; k < CLASSES; k++) {
                double from = real(json_array_get(classes, k), "from_km2");
                low += d * (1 - 1e-6) >= from;
                high += d * (1 + 1e-6) >= from;
            }
            ok(got >= low && got <= high, "%s: pixel %u %u of %u/%u/%u is of class %u, with %g per km2 of %u",
               q->query, i, j, q->z, x, y, got, d, low);
            coloured += got > 0;
        }
    json_decref(legend);
    return coloured;
}

static void pixels_are_those_of_the_rows(void **state)
{
    (void)state;
    struct town t;
    town_open(&t);
    struct question q[] = {
        { .query = "", .h = 500, .theme = "light", .z = 12 },
        { .query = "bandwidth=5000", .h = 5000, .theme = "light", .z = 10 },
        { .query = "cat=burglary&bandwidth=200&theme=dark", .h = 200, .theme = "dark", .z = 14 },
        { .query = "from=2023-01&to=2023-12&hours=22-5", .h = 500, .theme = "light", .z = 11 },
    };
    size_t coloured = 0;
    for (size_t i = 0; i < COUNT(q); i++) filter_all(&q[i].f);
    q[2].f.any_category = false;
    q[2].f.category[0] = 1;
    q[3].f.from_day = civil_day(2023, 1, 1);
    q[3].f.to_day = civil_day(2023, 12, 31);
    q[3].f.hours = 0xC0003F;
    for (size_t i = 0; i < COUNT(q); i++) coloured += check_tile(&t, &q[i]);
    ok(coloured > 300, "%zu pixels had a colour", coloured);
    town_close(&t);
}

static void the_legend_tells_the_mean(void **state)
{
    (void)state;
    struct town   t;
    struct filter f;
    size_t        rows = 0;
    town_open(&t);
    filter_all(&f);
    json_t *all = get_json(&t, "/v1/density"), *some = get_json(&t, "/v1/density?cat=burglary&bandwidth=900");
    for (size_t i = 0; i < t.fx.n; i++) rows += t.fx.row[i].has_point;
    ok(real(all, "incidents") == (double)rows && real(all, "bandwidth_m") == 500 &&
           real(some, "bandwidth_m") == 900,
       "incidents and bandwidth");
    ok(fabs(real(all, "mean_km2") * real(all, "ground_km2") - (double)rows) < 0.01, "the mean");
    ok(real(all, "ground_km2") == real(some, "ground_km2") && real(some, "mean_km2") < real(all, "mean_km2"),
       "the ground is the release's, whatever is asked");
    static const double times[] = { 0.5, 1, 2, 4, 8 };
    for (size_t k = 0; k < CLASSES; k++) {
        json_t *c = json_array_get(json_object_get(all, "classes"), k);
        ok(real(c, "from") == times[k] && fabs(real(c, "from_km2") - times[k] * real(all, "mean_km2")) < 1e-5,
           "class %zu", k);
    }
    const char *tiles = json_string_value(json_object_get(some, "tiles"));
    ok(tiles && !strcmp(tiles, "/tiles/1/density/{z}/{x}/{y}.png?cat=burglary&bandwidth=900"), "%s", tiles);
    json_decref(all);
    json_decref(some);
    town_close(&t);
}

static void the_one_spelling_is_kept(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool        kept;
    } rows[] = { { "", true },
                 { "?cat=burglary&bandwidth=900&theme=dark", true },
                 { "?theme=dark", true },
                 { "?bandwidth=500", false },
                 { "?theme=light", false },
                 { "?bandwidth=900&cat=burglary", false } };
    struct town t;
    town_open(&t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        str               target = arena_printf(t.sc.mem, "/tiles/1/density/9/287/176.png%s", rows[i].query);
        struct answer     a = client_get(&t.sc, t.port, target.p);
        struct http_stats before, after;
        http_stats_get(t.server, &before);
        struct answer b = client_get(&t.sc, t.port, target.p);
        http_stats_get(t.server, &after);
        ok_i64(b.status, 200);
        ok((after.kept_hits == before.kept_hits + 1) == rows[i].kept && str_eq(a.body, b.body), "%s",
           rows[i].query);
        ok_str(answer_header(&a, "Cache-Control"), S("no-cache"));
        ok_str(answer_header(&a, "Access-Control-Allow-Origin"), S("*"));
    }
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(pixels_are_those_of_the_rows),
    cmocka_unit_test(the_legend_tells_the_mean),
    cmocka_unit_test(the_one_spelling_is_kept),
};

TEST_MAIN(tests)
