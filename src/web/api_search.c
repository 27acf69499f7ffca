// SPDX-License-Identifier: EUPL-1.2
// Finding an area, a street or a place by its name.
#include "web/api.h"

#include "web/form.h"
#include "web/shape.h"
#include <stddef.h>

enum { SEARCH_DEFAULT = 10, SEARCH_ZOOM = 16 };
struct search_query {
    str     q;
    int64_t limit;
};
static const struct field search_fields[] = {
    { "q", IN_QUERY, F_TEXT, offsetof(struct search_query, q), .max = SEARCH_MAX_QUERY_BYTES,
      .required = true },
    { "limit", IN_QUERY, F_INT, offsetof(struct search_query, limit), .min = 1, .max = SEARCH_MAX_RESULTS },
};

enum err api_search(struct scope *sc, struct call *c, struct http_res *rs)
{
    static const char *const kinds[] = { "area", "street", "place" };
    struct search_query      q = { .limit = SEARCH_DEFAULT };
    struct search_result    *r;
    const struct search     *names;
    size_t                   n;
    TRY(form_read(sc, c, search_fields, COUNT(search_fields), NULL, &q));
    TRY(edition_names(sc, c->ed, &names));
    TRY(search_ask(sc, names, q.q, (size_t)q.limit, &r, &n));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "results");
    json_open(&j, '[');
    for (size_t i = 0; i < n; i++) {
        struct lon_lat at = mercator_to(r[i].center);
        json_open(&j, '{');
        json_key(&j, "kind");
        json_cstr(&j, kinds[r[i].kind]);
        json_key(&j, "name");
        json_str(&j, r[i].name);
        if (r[i].kind == SEARCH_AREA) {
            json_key(&j, "set");
            json_str(&j, c->in->sets[r[i].set].key);
            json_key(&j, "code");
            json_str(&j, c->in->sets[r[i].set].areas[r[i].area].code);
        }
        json_key(&j, "center");
        json_lon_lat(&j, r[i].center);
        json_key(&j, "bbox");
        json_box(&j, r[i].box);
        json_key(&j, "url");
        json_str(&j, r[i].kind == SEARCH_AREA ? url_area(&c->links, r[i].set, r[i].area, NULL)
                                              : url_map_at(&c->links, at.lon, at.lat, SEARCH_ZOOM));
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return OK;
}
