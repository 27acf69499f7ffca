// SPDX-License-Identifier: EUPL-1.2
// Places (anchors) in a box, and the incidents at one of them.
#include "web/api.h"

#include "analysis/counts.h"
#include "tile/tile.h"
#include "web/form.h"
#include "web/rows.h"
#include "web/shape.h"
#include <stddef.h>

enum { PLACES_MAX = 2000, LIST_MAX = 500, LIST_DEFAULT = 50 };

static void put_place(struct json *j, const struct release_info *in, const struct place *p)
{
    struct lon_lat at = mercator_to(p->at);
    char           id[TILE_PLACE_ID + 1];
    tile_place_id(p->at, id);
    json_open(j, '{');
    json_key(j, "id");
    json_cstr(j, id);
    json_key(j, "lon");
    json_fixed(j, at.lon, 6);
    json_key(j, "lat");
    json_fixed(j, at.lat, 6);
    json_key(j, "name");
    json_str(j, p->place < in->n_places ? in->places[p->place] : S(""));
    json_key(j, "count");
    json_u64(j, p->count);
    json_key(j, "category");
    if (p->count && p->top_category < in->n_categories) json_str(j, in->categories[p->top_category].key);
    else json_null(j);
    json_key(j, "side_m");
    json_fixed(j, anchor_side_m(in, p->at), 0);
    json_close(j, '}');
}

enum err api_places(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct filter f;
    TRY(form_read(sc, c, NULL, 0, &f, NULL));
    if (!f.has_box || f.has_poly) {
        c->bad = S("bbox");
        return fail(&sc->fault, ERR_INVALID,
                    "the parameter \"bbox\" is missing: west,south,east,north in degrees");
    }
    struct place *place;
    size_t        n;
    bool          more;
    TRY(index_places(sc, c->ix, &f, f.box, PLACES_MAX, &place, &n, &more));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "places");
    json_open(&j, '[');
    for (size_t i = 0; i < n; i++) put_place(&j, c->in, &place[i]);
    json_close(&j, ']');
    json_key(&j, "more");
    json_bool(&j, more);
    json_close(&j, '}');
    return OK;
}

// -- one place ------------------------------------------------------------------------------------

struct place_query {
    str     id;
    int64_t limit;
};
static const struct field place_fields[] = {
    { "id", IN_PATH, F_TEXT, offsetof(struct place_query, id), .max = 40 },
    { "limit", IN_QUERY, F_INT, offsetof(struct place_query, limit), .min = 1, .max = LIST_MAX },
};

enum err api_place(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct place_query q = { .limit = LIST_DEFAULT };
    struct filter      f;
    struct point       at;
    TRY(form_read(sc, c, place_fields, COUNT(place_fields), &f, &q));
    if (!tile_place_read(q.id, &at))
        return fail(&sc->fault, ERR_NOTFOUND, "\"%.*s\" is not the id of a place", STR(q.id));
    f.has_poly = false;
    f.has_box = true;
    f.box = (struct box){ at.x, at.y, at.x, at.y };
    struct place *place;
    size_t        n_places;
    bool          more;
    TRY(index_places(sc, c->ix, &f, f.box, 1, &place, &n_places, &more));
    struct place        none = { .at = at };
    struct release_row *row;
    size_t              n;
    uint64_t            total;
    TRY(index_place_rows(sc, c->ix, &f, at, (size_t)q.limit, &row, &n, &total));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "place");
    put_place(&j, c->in, n_places ? &place[0] : &none);
    json_key(&j, "total");
    json_u64(&j, total);
    json_key(&j, "incidents");
    json_open(&j, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(&j, '{');
        row_json(&j, c->in, c->lang, &row[i]);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return OK;
}
