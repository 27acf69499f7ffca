// SPDX-License-Identifier: EUPL-1.2
// Downloads of any size, written piece by piece while they are sent. The edition stays held until the last piece.
#include "web/api.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "web/form.h"
#include "web/rings.h"
#include "web/rows.h"
#include "web/shape.h"
#include <stddef.h>
#include <stdlib.h>

enum { PIECE_BYTES = 64 * 1024 };

struct download {
    struct web                *web;
    struct edition            *ed;
    const struct release_info *in;
    enum language              lang;
    struct index_cursor        cur;       // incidents
    size_t                     set, area; // boundaries
    bool                       begun, any, ended;
    struct guard_seen          seen;
};

static void download_free(void *ctx)
{
    struct download *d = ctx;
    edition_release(d->web->editions, d->ed);
    free(d);
}

static enum err download_new(struct scope *sc, struct call *c, struct download **out)
{
    // Not in the request's arena: the server lets go of the producer after it has closed that.
    struct download *d = calloc(1, sizeof *d);
    if (!d) return fail(&sc->fault, ERR_NOMEM, "no room for a download");
    *d = (struct download){ .web = c->web, .ed = c->ed, .in = c->in, .lang = c->lang, .seen = c->seen };
    *out = d;
    return OK;
}

/// Out of a file that was cut or written to meanwhile nothing is sent: the download breaks off, so that nobody takes it for whole.
static enum err piece_end(struct scope *sc, const struct download *d, const struct buf *to)
{
    TRY(edition_same(sc, d->web->editions, d->ed, &d->seen));
    return buf_end(sc, to);
}

/// The download is on its way: from here on it holds the edition itself.
static enum err download_start(struct scope *sc, struct call *c, struct http_res *rs, struct download *d,
                               const char *type, const char *what, const char *ext,
                               enum err (*more)(struct scope *, void *, struct buf *))
{
    str name = arena_printf(sc->mem, "attachment; filename=\"%s-release-%llu.%s\"", what,
                            (unsigned long long)c->in->release, ext);
    if (!name.p) {
        free(d);
        return fail(&sc->fault, ERR_NOMEM, "no room for a file name");
    }
    rs->content_type = type;
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE;
    rs->header[rs->n_headers++] = (struct http_param){ S("Content-Disposition"), name };
    edition_again(c->web->editions, d->ed);
    rs->more = more;
    rs->more_free = download_free;
    rs->more_ctx = d;
    return OK;
}

// -- incidents ------------------------------------------------------------------------------------

static enum err more_csv(struct scope *sc, void *ctx, struct buf *to)
{
    struct download   *d = ctx;
    struct release_row row;
    size_t             before = to->n;
    if (!d->begun) row_csv_head(to, d->in);
    d->begun = true;
    while (to->n - before < PIECE_BYTES && index_rows_next(&d->cur, &row)) row_csv(to, d->in, d->lang, &row);
    return piece_end(sc, d, to);
}

static void geojson_head(struct buf *to, const struct download *d)
{
    struct json j = json_on(to);
    json_open(&j, '{');
    json_key(&j, "type");
    json_cstr(&j, "FeatureCollection");
    json_key(&j, "release");
    json_u64(&j, d->in->release);
    json_key(&j, "features");
    json_open(&j, '[');
}

static enum err more_geojson(struct scope *sc, void *ctx, struct buf *to)
{
    struct download   *d = ctx;
    struct release_row row;
    size_t             before = to->n;
    if (d->ended) return OK;
    if (!d->begun) geojson_head(to, d);
    d->begun = true;
    while (to->n - before < PIECE_BYTES) {
        if (!index_rows_next(&d->cur, &row)) {
            buf_add(to, S("]}\n"));
            d->ended = true;
            break;
        }
        buf_add(to, d->any ? S(",\n") : S("\n"));
        d->any = true;
        row_geojson(to, d->in, d->lang, &row);
    }
    return piece_end(sc, d, to);
}

enum err api_incidents_csv(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct download *d;
    struct filter    f;
    TRY(form_read(sc, c, NULL, 0, &f, NULL));
    TRY(download_new(sc, c, &d));
    index_rows(c->ix, &f, &d->cur);
    return download_start(sc, c, rs, d, "text/csv; charset=utf-8; header=present", "incidents", "csv",
                          more_csv);
}

enum err api_incidents_geojson(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct download *d;
    struct filter    f;
    TRY(form_read(sc, c, NULL, 0, &f, NULL));
    TRY(download_new(sc, c, &d));
    index_rows(c->ix, &f, &d->cur);
    return download_start(sc, c, rs, d, "application/geo+json", "incidents", "geojson", more_geojson);
}

// -- boundaries -----------------------------------------------------------------------------------

static enum err put_boundary(struct scope *sc, const struct download *d, const struct release_area *a,
                             struct buf *to)
{
    struct arena_mark mark = arena_mark(sc->mem);
    struct json       j = json_on(to);
    json_open(&j, '{');
    json_key(&j, "type");
    json_cstr(&j, "Feature");
    json_key(&j, "id");
    json_str(&j, a->code);
    json_key(&j, "properties");
    json_open(&j, '{');
    json_key(&j, "code");
    json_str(&j, a->code);
    json_key(&j, "name");
    json_str(&j, a->name);
    json_key(&j, "licence");
    json_str(&j, d->in->sets[d->set].licence);
    json_close(&j, '}');
    json_key(&j, "geometry");
    enum err e = rings_geojson(sc, &j, a);
    json_close(&j, '}');
    arena_back(sc->mem, mark);
    return e;
}

static enum err more_boundaries(struct scope *sc, void *ctx, struct buf *to)
{
    struct download          *d = ctx;
    const struct release_set *s = &d->in->sets[d->set];
    size_t                    before = to->n;
    if (d->ended) return OK;
    if (!d->begun) geojson_head(to, d);
    d->begun = true;
    while (to->n - before < PIECE_BYTES) {
        if (d->area == s->n) {
            buf_add(to, S("]}\n"));
            d->ended = true;
            break;
        }
        buf_add(to, d->area ? S(",\n") : S("\n"));
        TRY(put_boundary(sc, d, &s->areas[d->area++], to));
    }
    return piece_end(sc, d, to);
}

struct set_query {
    size_t set;
};
static const struct field set_fields[] = { { "set", IN_PATH, F_SET, offsetof(struct set_query, set) } };

enum err api_areas_geojson(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct set_query q = { 0 };
    struct download *d;
    TRY(form_read(sc, c, set_fields, COUNT(set_fields), NULL, &q));
    TRY(download_new(sc, c, &d));
    d->set = q.set;
    return download_start(sc, c, rs, d, "application/geo+json", "areas", "geojson", more_boundaries);
}

// -- a page of incidents as JSON ------------------------------------------------------------------

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000, OFFSET_MAX = 1000000000 };
struct list_query {
    int64_t limit, offset;
};
static const struct field list_fields[] = {
    { "limit", IN_QUERY, F_INT, offsetof(struct list_query, limit), .min = 1, .max = PAGE_MAX },
    { "offset", IN_QUERY, F_INT, offsetof(struct list_query, offset), .min = 0, .max = OFFSET_MAX },
};

enum err api_incidents(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct list_query q = { .limit = PAGE_DEFAULT };
    struct filter     f;
    struct facets     k;
    TRY(form_read(sc, c, list_fields, COUNT(list_fields), &f, &q));
    TRY(index_facets(sc, c->ix, &f, 0, false, &k));
    struct index_cursor *cur = arena_new(sc->mem, struct index_cursor);
    if (!cur) return fail(&sc->fault, ERR_NOMEM, "no room for a list of incidents");
    index_rows(c->ix, &f, cur);
    struct json        j = json_answer(rs);
    struct release_row row;
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "total");
    json_u64(&j, k.total);
    json_key(&j, "offset");
    json_i64(&j, q.offset);
    json_key(&j, "incidents");
    json_open(&j, '[');
    for (int64_t i = 0; i < q.offset + q.limit && index_rows_next(cur, &row); i++) {
        if (i < q.offset) continue;
        json_open(&j, '{');
        row_json(&j, c->in, c->lang, &row);
        row_json_where(&j, c->in, &row);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return OK;
}
