// SPDX-License-Identifier: EUPL-1.2
// What the release holds: everything a program needs to ask the other questions.
#include "web/api.h"

#include "model/half.h"
#include "analysis/counts.h"
#include "base/arena.h"
#include "base/civil.h"
#include "html/asset.h"
#include "tile/tile.h"
#include "web/by_area.h"
#include "web/form.h"
#include "web/gaps.h"
#include "web/releases.h"
#include "web/shape.h"

static void put_months(struct json *j, const struct release_info *in)
{
    json_key(j, "months");
    json_open(j, '[');
    if (in->rows)
        for (int32_t m = civil_month_of_day(in->first_day); m <= civil_month_of_day(in->last_day); m++)
            json_month(j, m);
    json_close(j, ']');
}

static void put_categories(struct json *j, const struct release_info *in, enum language l)
{
    bool occurs[ICCS_SECTIONS] = { false };
    json_key(j, "categories");
    json_open(j, '[');
    for (size_t i = 0; i < in->n_categories; i++) {
        const struct release_category *c = &in->categories[i];
        if (c->iccs >= 0 && c->iccs < ICCS_SECTIONS) occurs[c->iccs] = true;
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, c->key);
        json_key(j, "label");
        json_str(j, label_in(c->label, l, c->key));
        json_key(j, "iccs");
        json_i64(j, c->iccs);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "iccs");
    json_open(j, '[');
    for (int s = 0; s < ICCS_SECTIONS; s++) {
        if (!occurs[s]) continue;
        json_open(j, '{');
        json_key(j, "section");
        json_i64(j, s);
        json_key(j, "label");
        json_str(j, iccs_label(s, l));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_outcomes(struct json *j, const struct release_info *in, enum language l)
{
    json_key(j, "outcomes");
    json_open(j, '[');
    for (size_t i = 0; i < in->n_outcomes; i++) {
        const struct release_outcome *o = &in->outcomes[i];
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, outcome_key(in, (uint8_t)i));
        json_key(j, "label");
        json_str(j, label_in(o->label, l, o->key));
        json_key(j, "is");
        json_cstr(j, i ? outcome_class_name(o->is) : NULL);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_sources(struct json *j, const struct release_info *in)
{
    json_key(j, "sources");
    json_open(j, '[');
    for (size_t i = 0; i < in->n_sources; i++) {
        const struct release_source *s = &in->sources[i];
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, s->key);
        json_key(j, "name");
        json_str(j, s->name);
        json_key(j, "licence");
        json_str(j, s->licence);
        json_key(j, "licence_url");
        json_str(j, s->licence_url);
        json_key(j, "homepage");
        json_str(j, s->homepage);
        json_key(j, "attribution");
        json_str(j, s->attribution);
        json_key(j, "caveat");
        json_str(j, s->caveat);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_sets(struct json *j, const struct release_info *in)
{
    json_key(j, "sets");
    json_open(j, '[');
    for (size_t i = 0; i < in->n_sets; i++) {
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, in->sets[i].key);
        json_key(j, "name");
        json_str(j, in->sets[i].name);
        json_key(j, "licence");
        json_str(j, in->sets[i].licence);
        json_key(j, "areas");
        json_u64(j, in->sets[i].n);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "layers");
    json_open(j, '[');
    for (size_t i = 0; i < in->n_layers; i++) {
        json_open(j, '{');
        json_key(j, "key");
        json_str(j, in->layers[i].key);
        json_key(j, "kind");
        json_str(j, in->layers[i].kind);
        json_key(j, "licence");
        json_str(j, in->layers[i].licence);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_tiles(struct json *j, const struct call *c)
{
    json_key(j, "basemap");
    if (c->web->config.basemap) {
        json_open(j, '{');
        json_key(j, "url");
        json_cstr(j, "/basemap.pmtiles");
        json_close(j, '}');
    } else {
        json_null(j);
    }
    json_key(j, "tiles");
    json_open(j, '{');
    json_key(j, "incidents");
    json_str(j, url_tiles(&c->links, S("incidents")));
    json_key(j, "base");
    json_str(j, url_tiles(&c->links, S("base")));
    json_key(j, "areas");
    // The set is for the caller to fill in, as z, x and y are.
    struct buf areas;
    buf_init(&areas, 100);
    buf_printf(&areas, "/tiles/%llu/areas-{set}/{z}/{x}/{y}.mvt", (unsigned long long)c->in->release);
    json_str(j, buf_str(&areas));
    buf_free(&areas);
    json_key(j, "counts");
    json_str(j, arena_printf(c->links.sc->mem, "/tiles/%llu/counts/{z}/{x}/{y}.grid",
                             (unsigned long long)c->in->release));
    json_key(j, "density");
    json_str(j, arena_printf(c->links.sc->mem, "/tiles/%llu/density/{z}/{x}/{y}.png",
                             (unsigned long long)c->in->release));
    json_key(j, "places_from_zoom");
    json_i64(j, tile_places_z(c->in));
    json_close(j, '}');
}

static void put_rules(struct json *j, const struct release_info *in, enum language l)
{
    static const char *const shown[] = {
        [SHOW_POINTS] = "points", [SHOW_AREAS] = "areas", [SHOW_WITHHELD] = "withheld"
    };
    sensitivity_set points = kinds_shown(in, SHOW_POINTS), areas = kinds_shown(in, SHOW_AREAS);
    json_key(j, "rules");
    json_open(j, '[');
    for (int class = 0; class < SENSITIVITIES; class ++) {
        bool point = points >> class & 1, area = areas >> class & 1;
        json_open(j, '{');
        json_key(j, "class");
        json_str(j, kind_word(class));
        json_key(j, "label");
        json_str(j, kind_label(l, class));
        json_key(j, "show");
        json_cstr(j, shown[point ? SHOW_POINTS : area ? SHOW_AREAS : SHOW_WITHHELD]);
        json_key(j, "finest");
        json_cstr(j, point ? precision_name(in->rules[class].finest) : NULL);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "delay_days");
    json_u64(j, in->delay_days);
}

static void put_by_area(struct json *j, struct scope *sc, const struct release_info *in)
{
    bool any = by_area_halves(in) > 0;
    json_key(j, "by_area");
    if (!kinds_shown(in, SHOW_AREAS)) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    json_key(j, "set");
    if (by_area_set(in)) json_str(j, by_area_set(in)->key);
    else json_null(j);
    json_key(j, "least");
    json_u64(j, in->least);
    json_key(j, "first_half");
    if (any) json_str(j, half_key(sc, in->first_half));
    else json_null(j);
    json_key(j, "last_half");
    if (any) json_str(j, half_key(sc, in->last_half));
    else json_null(j);
    json_key(j, "url");
    json_cstr(j, "/v1/by-area");
    json_close(j, '}');
}

/// The twelve months that pages about areas speak of, unless they are asked for others.
static void put_last_year(struct json *j, const struct release_info *in)
{
    struct period p = period_last_year(in);
    json_key(j, "last_year");
    if (p.from > p.to) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    json_key(j, "from");
    json_day(j, p.from);
    json_key(j, "to");
    json_day(j, p.to);
    json_close(j, '}');
}

enum err api_release(struct scope *sc, struct call *c, struct http_res *rs)
{
    TRY(form_read(sc, c, NULL, 0, NULL, NULL));
    const struct release_info *in = c->in;
    struct json                j = json_answer(rs);
    struct period              all = period_of_release(in);
    struct box                 home = c->ed->portrait.home;
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, in->release);
    json_key(&j, "created");
    json_time(&j, in->created_s);
    json_key(&j, "town");
    json_str(&j, in->town);
    json_key(&j, "demo");
    json_bool(&j, in->demo);
    json_key(&j, "timezone");
    json_str(&j, in->timezone);
    json_key(&j, "lang");
    json_str(&j, language_code(in->lang));
    json_key(&j, "rows");
    json_u64(&j, in->rows);
    json_key(&j, "with_point");
    json_u64(&j, in->with_point);
    json_key(&j, "from");
    if (in->rows) json_day(&j, all.from);
    else json_null(&j);
    json_key(&j, "to");
    if (in->rows) json_day(&j, all.to);
    else json_null(&j);
    put_last_year(&j, in);
    put_months(&j, in);
    json_key(&j, "finest");
    json_cstr(&j, precision_name(in->finest));
    json_key(&j, "anchor");
    json_open(&j, '{');
    json_key(&j, "kind");
    json_cstr(&j, in->anchor_level ? "grid" : "points");
    struct point middle = { home.min_x / 2 + home.max_x / 2, home.min_y / 2 + home.max_y / 2 };
    if (in->anchor_level) {
        json_key(&j, "side_m");
        json_fixed(&j, anchor_side_m(in, middle), 0);
    }
    json_close(&j, '}');
    json_key(&j, "extent");
    json_box(&j, in->extent);
    json_key(&j, "home");
    json_box(&j, c->ed->portrait.home);
    put_categories(&j, in, c->lang);
    put_outcomes(&j, in, c->lang);
    put_sources(&j, in);
    json_key(&j, "usual_set");
    if (in->n_sets) json_str(&j, in->sets[portrait_usual_set(&c->ed->portrait)].key);
    else json_null(&j);
    put_sets(&j, in);
    put_rules(&j, in, c->lang);
    put_by_area(&j, sc, in);
    put_tiles(&j, c);
    json_close(&j, '}');
    return OK;
}

static void put_withdrawn(struct json *j, const struct release_note *r)
{
    json_key(j, "withdrawn");
    if (r->since_s) json_time(j, r->since_s);
    else json_null(j);
    json_key(j, "reason");
    json_str(j, r->reason);
    json_close(j, '}');
}

/// Who signed it, and which floors the town gave up for it.
static void put_proof(struct json *j, const struct call *c, const struct release_note *r)
{
    json_key(j, "signed_by");
    if (r->signed_by.n) json_str(j, r->signed_by);
    else json_null(j);
    if (r->signed_by.n && r->offered) {
        json_key(j, "signature");
        json_str(j, url_signature(&c->links, r->number));
        json_key(j, "public_keys");
        json_str(j, url_key(&c->links, r->number));
    }
    json_key(j, "exceptions");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_exceptions; i++) {
        const struct exception_note *e = &r->exceptions[i];
        json_open(j, '{');
        json_key(j, "floor");
        json_str(j, e->floor);
        json_key(j, "reason");
        json_str(j, e->reason);
        json_key(j, "by");
        json_str(j, e->by);
        json_key(j, "until");
        json_str(j, e->until);
        json_close(j, '}');
    }
    json_close(j, ']');
}

enum err api_releases(struct scope *sc, struct call *c, struct http_res *rs)
{
    const struct release_note *r;
    size_t                     n;
    struct release_pages       pages;
    TRY(releases_asked(sc, c, RELEASES_MAX, &r, &n, &pages));
    struct json j = json_answer(rs);
    json_open(&j, '{');
    json_key(&j, "release");
    json_u64(&j, c->in->release);
    json_key(&j, "releases");
    json_open(&j, '[');
    for (size_t i = 0; i < n; i++) {
        json_open(&j, '{');
        json_key(&j, "number");
        json_i64(&j, r[i].number);
        if (r[i].withdrawn) {
            put_withdrawn(&j, &r[i]);
            continue;
        }
        json_key(&j, "created");
        json_str(&j, r[i].created);
        json_key(&j, "incidents");
        json_u64(&j, r[i].incidents);
        json_key(&j, "without_point");
        json_u64(&j, r[i].without_point);
        json_key(&j, "licence");
        json_str(&j, r[i].licence);
        json_key(&j, "sha256");
        json_str(&j, r[i].manifest_sha256);
        if (r[i].offered) {
            json_key(&j, "manifest");
            json_str(&j, url_manifest(&c->links, r[i].number));
            json_key(&j, "index");
            json_str(&j, url_index(&c->links, r[i].number));
        }
        put_proof(&j, c, &r[i]);
        json_key(&j, "index_sha256");
        json_str(&j, r[i].index_sha256);
        json_key(&j, "index_bytes");
        json_i64(&j, r[i].bytes);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "older_before");
    if (pages.older) json_i64(&j, pages.older);
    else json_null(&j);
    json_close(&j, '}');
    return OK;
}

enum err api_openapi(struct scope *sc, struct call *c, struct http_res *rs)
{
    const struct asset_file *a = asset_get(ASSET_OPENAPI_JSON);
    TRY(form_read(sc, c, NULL, 0, NULL, NULL));
    if (!a) return fail(&sc->fault, ERR_NOTFOUND, "this program was built without its description");
    rs->content_type = "application/json";
    rs->fixed = a->bytes;
    rs->fixed_gzip = a->gzip;
    rs->fixed_br = a->br;
    rs->etag = a->etag;
    rs->cors = true;
    rs->cache = HTTP_REVALIDATE;
    return OK;
}
