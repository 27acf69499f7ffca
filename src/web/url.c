// SPDX-License-Identifier: EUPL-1.2
#include "web/url.h"

#include "base/arena.h"
#include "http/target.h"
#include <string.h>

enum { URL_MAX = 32 * 1024 }; // a polygon of FILTER_MAX_POLY corners is the longest part

struct url {
    const struct links *l;
    struct buf          b;
    bool                query;
};

static struct url begin(const struct links *l, const char *path)
{
    struct url u = { .l = l };
    buf_init(&u.b, URL_MAX);
    buf_add(&u.b, str_of(path));
    return u;
}

static str end_plain(struct url *u)
{
    str s = !u->b.failed ? arena_str(u->l->sc->mem, buf_str(&u->b)) : (str){ 0 };
    buf_free(&u->b);
    return s;
}

static void add_param(struct url *u, const char *name, str value)
{
    buf_printf(&u->b, "%c%s=", u->query ? '&' : '?', name);
    url_encode(&u->b, value);
    u->query = true;
}

static void add_filter(struct url *u, const struct filter *f)
{
    size_t before = u->b.n;
    buf_add_c(&u->b, u->query ? '&' : '?');
    size_t at = u->b.n;
    if (f) filter_write(&u->b, u->l->in, f);
    if (u->b.n == at) u->b.n = before;
    else u->query = true;
}

/// For pages: with the language that the address named.
static str end_page(struct url *u)
{
    if (u->l->lang.n) add_param(u, "lang", u->l->lang);
    return end_plain(u);
}

bool url_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~,:", c));
}

void url_encode(struct buf *to, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (url_is_plain(s.p[i])) buf_add_c(to, s.p[i]);
        else buf_printf(to, "%%%02X", (unsigned char)s.p[i]);
    }
}

str url_page(const struct links *l, enum page p)
{
    static const char *const paths[] = { "/",       "/areas", "/compare", "/data",
                                         "/method", "/about", "/by-area", "/changes" };
    struct url               u = begin(l, paths[p]);
    return end_page(&u);
}

str url_map(const struct links *l, const struct filter *f)
{
    struct url u = begin(l, "/");
    add_filter(&u, f);
    return end_page(&u);
}

str url_map_at(const struct links *l, double lon, double lat, int zoom)
{
    struct url u = begin(l, "/");
    buf_printf(&u.b, "?z=%d&lon=", zoom);
    buf_add_fixed(&u.b, lon, 5);
    buf_add(&u.b, S("&lat="));
    buf_add_fixed(&u.b, lat, 5);
    u.query = true;
    return end_page(&u);
}

str url_embed(const struct links *l, const struct filter *f)
{
    struct url u = begin(l, "/embed");
    add_filter(&u, f);
    return end_page(&u);
}

str url_set_period(const struct links *l, size_t set, const struct filter *f)
{
    struct url u = begin(l, "/areas/");
    url_encode(&u.b, l->in->sets[set].key);
    add_filter(&u, f);
    return end_page(&u);
}

str url_set(const struct links *l, size_t set)
{
    return url_set_period(l, set, NULL);
}

str url_area(const struct links *l, size_t set, size_t area, const struct filter *f)
{
    struct url u = begin(l, "/areas/");
    url_encode(&u.b, l->in->sets[set].key);
    buf_add_c(&u.b, '/');
    url_encode(&u.b, l->in->sets[set].areas[area].code);
    add_filter(&u, f);
    return end_page(&u);
}

str url_compare(const struct links *l, size_t set, const struct filter *f)
{
    struct url u = begin(l, "/compare");
    add_filter(&u, f);
    add_param(&u, "set", l->in->sets[set].key);
    return end_page(&u);
}

str url_by_area(const struct links *l, str kind, str half)
{
    struct url u = begin(l, "/by-area");
    if (kind.n) add_param(&u, "class", kind);
    if (half.n) add_param(&u, "half", half);
    return end_page(&u);
}

str url_by_area_csv(const struct links *l)
{
    struct url u = begin(l, "/v1/by-area.csv");
    return end_page(&u);
}

str url_withheld(const struct links *l)
{
    str page = url_page(l, PAGE_METHOD);
    return arena_printf(l->sc->mem, "%.*s#withheld", STR(page));
}

static str of_older(const struct links *l, const char *path, int64_t before)
{
    struct url u = begin(l, path);
    if (before > 0) {
        buf_printf(&u.b, "?before=%lld", (long long)before);
        u.query = true;
    }
    return end_page(&u);
}

str url_changes(const struct links *l, int64_t before)
{
    return of_older(l, "/changes", before);
}

str url_data(const struct links *l, int64_t before)
{
    return of_older(l, "/data", before);
}

str url_feed(const struct links *l)
{
    struct url u = begin(l, "/feeds/releases.atom");
    return end_page(&u);
}

str url_picture(const struct links *l, const struct filter *f, int width, int height)
{
    struct url u = begin(l, "/picture.svg");
    add_filter(&u, f);
    buf_printf(&u.b, "%cw=%d&h=%d", u.query ? '&' : '?', width, height);
    u.query = true;
    return end_page(&u);
}

str url_csv(const struct links *l, const struct filter *f)
{
    struct url u = begin(l, "/v1/incidents.csv");
    add_filter(&u, f);
    return end_page(&u); // labels are in a language, too
}

str url_geojson(const struct links *l, const struct filter *f)
{
    struct url u = begin(l, "/v1/incidents.geojson");
    add_filter(&u, f);
    return end_page(&u);
}

str url_counts(const struct links *l, const char *by, const struct filter *f)
{
    struct url u = begin(l, "/v1/counts");
    add_filter(&u, f);
    add_param(&u, "by", str_of(by));
    return end_plain(&u);
}

str url_api_area(const struct links *l, size_t set, size_t area, const struct filter *f)
{
    struct url u = begin(l, "/v1/areas/");
    url_encode(&u.b, l->in->sets[set].key);
    buf_add_c(&u.b, '/');
    url_encode(&u.b, l->in->sets[set].areas[area].code);
    add_filter(&u, f);
    return end_plain(&u);
}

str url_api_compare(const struct links *l, size_t set, const struct filter *f)
{
    struct url u = begin(l, "/v1/compare/");
    url_encode(&u.b, l->in->sets[set].key);
    add_filter(&u, f);
    return end_plain(&u);
}

str url_areas_geojson(const struct links *l, size_t set)
{
    struct url u = begin(l, "/v1/areas/");
    url_encode(&u.b, l->in->sets[set].key);
    buf_add(&u.b, S(".geojson"));
    return end_plain(&u);
}

static str url_release_file(const struct links *l, int64_t release, str name)
{
    struct url u = begin(l, "/data/");
    buf_add_i64(&u.b, release);
    buf_add_c(&u.b, '/');
    buf_add(&u.b, name);
    return end_plain(&u);
}

str url_manifest(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("manifest.json"));
}

str url_signature(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("manifest.sig"));
}

str url_key(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("key.pub"));
}

str url_index(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("public.index"));
}

str url_sums(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("public.sums"));
}

str url_difference(const struct links *l, int64_t release)
{
    return url_release_file(l, release, S("difference.json"));
}

str url_tiles(const struct links *l, str layer)
{
    struct url u = begin(l, "/tiles/");
    buf_add_u64(&u.b, l->in->release);
    buf_add_c(&u.b, '/');
    url_encode(&u.b, layer);
    buf_add(&u.b, S("/{z}/{x}/{y}.mvt"));
    return end_plain(&u);
}

/// Is it the language, whether its letters are escaped, and whether a value follows?
static bool is_language(struct scope *sc, str part)
{
    str name, plain;
    return str_cut(&part, '=', &name) && !target_decode(sc, name, true, &plain) && str_eq(plain, S("lang"));
}

str url_in(const struct links *l, str path, str query, enum language lang)
{
    struct url u = begin(l, "");
    // The path was decoded; of the query the language is taken out and all else kept as it was sent.
    for (str rest = path, part; str_cut(&rest, '/', &part);) {
        for (str inner = part, piece; str_cut(&inner, HTTP_SLASH, &piece);) {
            url_encode(&u.b, piece);
            if (inner.p) buf_add(&u.b, S("%2F"));
        }
        if (rest.p) buf_add_c(&u.b, '/');
    }
    for (str rest = query, part; query.n && str_cut(&rest, '&', &part);) {
        if (!part.n || is_language(l->sc, part)) continue;
        buf_add_c(&u.b, u.query ? '&' : '?');
        buf_add(&u.b, part);
        u.query = true;
    }
    add_param(&u, "lang", language_code(lang));
    return end_plain(&u);
}
