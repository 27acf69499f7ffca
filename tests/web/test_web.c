// SPDX-License-Identifier: EUPL-1.2
// Conversations with the server: every route, counts against an obvious reader, errors, languages, caching, links, and a
// new release under load.
#include "analysis/counts.h"
#include "client.h"
#include "fixture.h"
#include "base/file.h"
#include "base/watch.h"
#include "http/http.h"
#include "seal/hash.h"
#include "tile/tile.h"
#include "web/metrics.h"
#include "web/routes.h"
#include "web/web.h"
#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { UNREAD = 700, UNREAD_FILES = 800, UNREAD_OPEN = 150 };

struct town {
    struct scope        sc;
    struct fixture      fx;
    struct web         *web;
    struct http_server *server, *metrics;
    int                 port;
};

static struct town town_make(void)
{
    struct town t = { .sc = test_scope() };
    t.fx.dir = test_dir(&t.sc);
    fixture_make(&t.sc, test_seed(), &t.fx);
    return t;
}

static void town_serve(struct town *t, int watch_ms)
{
    struct web_config  wc = { .data_dir = t->fx.dir, .watch_ms = watch_ms };
    struct http_config hc = { .listen = "127.0.0.1:0",
                              .threads = 2,
                              .keep_for = web_keep_for,
                              .keep_bytes = 1 << 20,
                              .admit = web_admit };
    ok(watch_start(), "files that are cut are watched for");
    ok_err(&t->sc, web_open(&t->sc, &wc, &t->web), OK);
    ok_err(&t->sc, http_start(&t->sc, &hc, web_handle, t->web, &t->server), OK);
    web_measures(t->web, t->server);
    t->port = http_port(t->server);
    hc = web_metrics_server("127.0.0.1:0");
    ok_err(&t->sc, http_start(&t->sc, &hc, web_metrics, t->web, &t->metrics), OK);
}

static struct town town_open(int watch_ms, bool publish)
{
    struct town t = town_make();
    if (publish) fixture_publish(&t.sc, &t.fx, 1);
    town_serve(&t, watch_ms);
    return t;
}

static void town_close(struct town *t)
{
    http_stop(t->metrics, 0);
    web_measures(t->web, NULL);
    http_stop(t->server, 5000);
    web_close(t->web);
    test_dir_end(&t->sc, t->fx.dir);
    test_scope_end(&t->sc);
}

static json_t *get_json(struct town *t, const char *target)
{
    struct answer a = client_get(&t->sc, t->port, target);
    ok(a.status == 200, "%s: status %d: %.*s", target, a.status, STR(a.body));
    json_error_t why;
    json_t      *j = json_loadb(a.body.p, a.body.n, JSON_REJECT_DUPLICATES, &why);
    ok(j, "%s: %s in %.*s", target, why.text, STR(str_slice(a.body, 0, 200)));
    return j;
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static int64_t number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

// -- every route ------------------------------------------------------------------------------------

static const struct {
    const char *target;
    int         status;
    const char *type, *holds;
} asked[] = {
    { "/", 200, "text/html; charset=utf-8", "id=\"by-category\"" },
    { "/?from=2023&cat=iccs-5&hours=22-5&days=fri-sun&area=districts:01&z=12&lon=22.3&lat=48.6", 200,
      "text/html; charset=utf-8", "id=\"headline\"" },
    { "/?area=districts:none", 200, "text/html; charset=utf-8", "In none of the areas" },
    { "/embed?cat=burglary", 200, "text/html; charset=utf-8", "map-page embed" },
    { "/picture.svg", 200, "image/svg+xml", "<svg" },
    { "/picture.svg?cat=burglary&w=400&h=300&theme=dark&lang=uk", 200, "image/svg+xml", "Подій" },
    { "/areas", 200, "text/html; charset=utf-8", "Old Town &amp; Castle" },
    { "/areas?q=zizkov", 200, "text/html; charset=utf-8", "Žižkov" },
    { "/areas/districts", 200, "text/html; charset=utf-8", "&lt;Boženy&gt;" },
    { "/areas/districts/01", 200, "text/html; charset=utf-8", "id=\"months-title\"" },
    { "/areas/districts/08?from=2022", 200, "text/html; charset=utf-8", "Horyany" }, // no population
    { "/compare", 200, "text/html; charset=utf-8", "id=\"funnel-title\"" },
    { "/compare?set=halves&from=2023", 200, "text/html; charset=utf-8", "Halves of the town" },
    { "/by-area", 200, "text/html; charset=utf-8", "id=\"groups-title\"" },
    { "/data", 200, "text/html; charset=utf-8", "manifest.json" },
    { "/method", 200, "text/html; charset=utf-8", "id=\"problems\"" },
    { "/about", 200, "text/html; charset=utf-8", "EUPL" },
    { "/problems/parameter", 303, NULL, "" },
    { "/v1/release", 200, "application/json", "\"places_from_zoom\"" },
    { "/v1/releases", 200, "application/json", "\"index_sha256\"" },
    { "/changes", 200, "text/html; charset=utf-8", "published without one" },
    { "/v1/changes", 200, "application/json", "\"missing\"" },
    { "/feeds/releases.atom", 200, "application/atom+xml; charset=utf-8", "<entry>" },
    { "/v1/counts?by=total", 200, "application/json", "\"total\"" },
    { "/v1/facets", 200, "application/json", "\"hourweek\"" },
    { "/v1/facets?sets=halves", 200, "application/json", "\"halves\"" },
    { "/v1/facets?by=month", 200, "application/json", "\"first_month\"" },
    { "/v1/areas/districts", 200, "application/json", "\"figures\"" },
    { "/v1/areas/districts.geojson", 200, "application/geo+json", "MultiPolygon" },
    { "/v1/areas/districts/01?from=2024", 200, "application/json", "\"clearance\"" },
    { "/v1/compare/districts", 200, "application/json", "\"above998\"" },
    { "/v1/by-area?half=2023-1", 200, "application/json", "\"fewer_than\"" },
    { "/v1/by-area.csv", 200, "text/csv; charset=utf-8; header=present", "half,class,label,count" },
    { "/v1/places?bbox=22.2,48.5,22.4,48.7", 200, "application/json", "\"side_m\"" },
    { "/v1/incidents?limit=2", 200, "application/json", "\"areas\"" },
    { "/v1/incidents.csv", 200, "text/csv; charset=utf-8; header=present", "area_districts" },
    { "/v1/incidents.geojson?cat=robbery", 200, "application/geo+json", "\"Feature\"" },
    { "/v1/search?q=korzo", 200, "application/json", "\"street\"" },
    { "/v1/openapi.json", 200, "application/json", "\"openapi\"" },
    { "/tiles/1/incidents/0/0/0.mvt", 200, "application/vnd.mapbox-vector-tile", "cells" },
    { "/tiles/1/base/10/575/353.mvt", 200, "application/vnd.mapbox-vector-tile", "" },
    { "/tiles/1/counts/10/575/353.grid", 200, "application/vnd.hromada.counts", "" },
    { "/tiles/1/counts/1/2/0.grid", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/counts/21/0/0.grid", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/counts/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/2/counts/0/0/0.grid", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/density/10/575/353.png", 200, "image/png", "PNG" },
    { "/tiles/1/density/0/0/0.png?bandwidth=100&theme=dark&cat=burglary", 200, "image/png", "IEND" },
    { "/tiles/1/density/19/0/0.png", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/density/1/2/0.png", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/2/density/0/0/0.png", 404, "application/problem+json", "/problems/not-found" },
    { "/v1/density", 200, "application/json", "\"mean_km2\"" },
    { "/v1/density?from=1999&to=1999", 200, "application/json", "\"mean_km2\":0," },
    { "/tiles/1/areas-districts/8/143/88.mvt", 200, "application/vnd.mapbox-vector-tile", "" },
    { "/data/1/manifest.json", 200, "application/json", "\"sha256\"" },
    { "/data/1/manifest.sig", 200, "text/plain; charset=utf-8", "" },
    { "/data/1/key.pub", 200, "text/plain; charset=utf-8", "hromada public keys 1" },
    { "/data/1/public.sums", 200, "application/octet-stream", "hromada" },
    { "/data/1/difference.json", 404, "application/problem+json", "/problems/not-found" }, // it has none
    { "/data/2/manifest.sig", 404, "application/problem+json", "/problems/not-found" },
    { "/data/1/public.index", 200, "application/octet-stream", "" },
    { "/robots.txt", 200, "text/plain; charset=utf-8", "Disallow" },
    { "/healthz", 200, "text/plain; charset=utf-8", "ok release 1" },
    { "/metrics", 404, "text/html; charset=utf-8", "id=\"main\"" }, // it has a socket of its own
    { "/tiles/01/incidents/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/+1/incidents/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/incidents/00/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/incidents/0/00/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/incidents/0/0/-0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/counts/+0/0/0.grid", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/density/0/0/00.png", 404, "application/problem+json", "/problems/not-found" },
    { "/data/0001/public.index", 404, "application/problem+json", "/problems/not-found" },
    { "/data/01/manifest.json", 404, "application/problem+json", "/problems/not-found" },
    { "/nothing", 404, "text/html; charset=utf-8", "id=\"main\"" },
    { "/areas/none", 404, "text/html; charset=utf-8", "id=\"main\"" },
    { "/areas/districts/99", 404, "text/html; charset=utf-8", "id=\"main\"" },
    { "/v1/nothing", 404, "application/problem+json", "/problems/not-found" },
    { "/v1/areas/none", 404, "application/problem+json", "/problems/not-found" },
    { "/v1/areas/districts/99", 404, "application/problem+json", "/problems/not-found" },
    { "/v1/places/xyz", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/2/incidents/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/what/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/areas-none/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/incidents/1/2/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/1/incidents/99/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/tiles/x/incidents/0/0/0.mvt", 404, "application/problem+json", "/problems/not-found" },
    { "/static/nothing.js", 404, "application/problem+json", "/problems/not-found" },
    { "/basemap.pmtiles", 404, "application/problem+json", "/problems/not-found" },
};

static void every_route_answers(void **state)
{
    (void)state;
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(asked); i++) {
        struct answer a = client_get(&t.sc, t.port, asked[i].target);
        ok(a.status == asked[i].status, "%s: status %d, want %d: %.*s", asked[i].target, a.status,
           asked[i].status, STR(str_slice(a.body, 0, 300)));
        if (asked[i].type) ok_str(answer_header(&a, "Content-Type"), str_of(asked[i].type));
        ok(str_has(a.body, str_of(asked[i].holds)), "%s holds %s", asked[i].target, asked[i].holds);
        if (!str_starts(answer_header(&a, "Content-Type"), S("text/html"))) continue;
        ok(!str_has(a.body, S("<b>&")) && !str_has(a.body, S("<square>")) &&
               !str_has(a.body, S("javascript:")),
           "%s escapes what is in the data", asked[i].target);
        ok(!str_has(a.body, S(" style=")) && !str_has(a.body, S("<style")) && !str_has(a.body, S(" onclick")),
           "%s has no inline style or script", asked[i].target);
    }
    town_close(&t);
}

static void bad_parameters_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *target, *parameter;
    } rows[] = {
        { "/v1/counts?by=total&hours=25", "hours" },
        { "/v1/counts?by=total&from=2024-13", "from" },
        { "/v1/counts?by=total&cat=what", "cat" },
        { "/v1/counts?by=total&days=xyz", "days" },
        { "/v1/counts?by=total&outcome=no", "outcome" },
        { "/v1/counts?by=total&area=districts:99", "area" },
        { "/v1/counts?by=total&bbox=1,2,3", "bbox" },
        { "/v1/counts?by=total&poly=1,2", "poly" },
        { "/v1/counts?by=total&to=x", "to" },
        { "/v1/counts?by=total&what=1", "what" },
        { "/v1/counts", "by" },
        { "/v1/counts?by=moon", "by" },
        { "/v1/counts?by=area:none", "by" },
        { "/v1/counts?by=total&by=month", "by" },
        { "/v1/counts?by=total&lang=de", "lang" },
        { "/v1/facets?sets=none", "sets" },
        { "/v1/facets?by=total", "by" },
        { "/v1/facets?by=month,,outcome", "by" },
        { "/v1/facets?by=area:districts", "by" },
        { "/v1/places", "bbox" },
        { "/v1/incidents?limit=0", "limit" },
        { "/v1/incidents?limit=1001", "limit" },
        { "/v1/incidents?offset=-1", "offset" },
        { "/v1/search", "q" },
        { "/v1/search?q=a&limit=x", "limit" },
        { "/v1/areas/districts?from=2024", "from" },
        { "/picture.svg?w=10", "w" },
        { "/picture.svg?theme=pink", "theme" },
        { "/tiles/1/incidents/0/0/0.mvt?hours=x", "hours" },
        { "/tiles/1/counts/0/0/0.grid?hours=x", "hours" },
        { "/tiles/1/density/0/0/0.png?bandwidth=99", "bandwidth" },
        { "/tiles/1/density/0/0/0.png?bandwidth=5001", "bandwidth" },
        { "/tiles/1/density/0/0/0.png?theme=pink", "theme" },
        { "/v1/density?bandwidth=x", "bandwidth" },
        { "/v1/density?layer=incidents", "layer" },
        { "/data/1/manifest.json?x=1", "x" },
        { "/data/1/manifest.sig?x=1", "x" },
        { "/data/1/key.pub?x=1", "x" },
        { "/data/1/public.index?x=1", "x" },
        { "/data/1/public.sums?x=1", "x" },
        { "/data/1/difference.json?x=1", "x" },
        { "/v1/openapi.json?x=1", "x" },
        { "/v1/releases?x=1", "x" },
        { "/v1/release?lang=cs&lang=uk", "lang" },
        { "/v1/counts?by=total&%66rom=x", "from" },
        { "/v1/counts?by=total&from=2024%26to=2025", "from" },
        { "/v1/counts?by=total&cat=%C4%8D", "cat" },
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = client_get(&t.sc, t.port, rows[i].target);
        ok(a.status == 400, "%s: status %d", rows[i].target, a.status);
        ok_i64(client_ask(&t.sc, t.port, "GET", rows[i].target, "If-None-Match: *\r\n").status, 400);
        ok_str(answer_header(&a, "Content-Type"), S("application/problem+json"));
        ok_str(answer_header(&a, "Cache-Control"), S("no-store"));
        json_t *j = json_loadb(a.body.p, a.body.n, 0, NULL);
        ok(!strcmp(text(j, "parameter"), rows[i].parameter), "%s names %s, not \"%s\"", rows[i].target,
           rows[i].parameter, text(j, "parameter"));
        ok(number(j, "status") == 400 && *text(j, "detail") &&
               !strcmp(text(j, "type"), "/problems/parameter"),
           "%s", rows[i].target);
        json_decref(j);
    }
    struct answer a = client_get(&t.sc, t.port, "/?hours=99&lang=cs");
    ok(a.status == 400 && str_has(a.body, S("„hours“")), "a page says it in the reader's language");
    a = client_ask(&t.sc, t.port, "POST", "/areas", "Content-Length: 0\r\n");
    ok(a.status == 405 && str_has(answer_header(&a, "Allow"), S("GET")), "POST: %d", a.status);
    a = client_ask(&t.sc, t.port, "OPTIONS", "/v1/release", "");
    ok(a.status == 204 && str_eq(answer_header(&a, "Access-Control-Allow-Origin"), S("*")), "OPTIONS: %d",
       a.status);
    // Another site's map asks for ranges and with tags; its browser asks first whether it may.
    static const char *const open_to_all[] = { "/v1/counts?by=total", "/tiles/1/incidents/0/0/0.mvt",
                                               "/data/1/public.index" };
    for (size_t i = 0; i < COUNT(open_to_all); i++) {
        a = client_ask(&t.sc, t.port, "OPTIONS", open_to_all[i],
                       "Origin: https://x.example\r\nAccess-Control-Request-Method: GET\r\n"
                       "Access-Control-Request-Headers: range\r\n");
        ok(a.status == 204 && str_eq(answer_header(&a, "Access-Control-Allow-Origin"), S("*")) &&
               str_has(answer_header(&a, "Access-Control-Allow-Headers"), S("Range")) &&
               str_eq(answer_header(&a, "Allow"), S("GET, HEAD, OPTIONS")),
           "%s: %.*s", open_to_all[i], STR(a.head));
        a = client_ask(&t.sc, t.port, "GET", open_to_all[i], "Origin: https://x.example\r\n");
        ok(str_eq(answer_header(&a, "Access-Control-Allow-Origin"), S("*")) &&
               str_has(answer_header(&a, "Access-Control-Expose-Headers"), S("ETag")),
           "%s: %.*s", open_to_all[i], STR(a.head));
    }
    a = client_ask(&t.sc, t.port, "OPTIONS", "/areas", "Origin: https://x.example\r\n");
    ok(a.status == 204 && !answer_header(&a, "Access-Control-Allow-Origin").n,
       "a page is not for scripts of others");
    static const char *const methods[] = { "POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "PROPFIND" };
    for (size_t i = 0; i < COUNT(methods); i++) {
        a = client_ask(&t.sc, t.port, methods[i], "/v1/release", "");
        ok(a.status == 405 && str_eq(answer_header(&a, "Allow"), S("GET, HEAD, OPTIONS")) &&
               str_eq(answer_header(&a, "Content-Type"), S("application/problem+json")),
           "%s: %.*s", methods[i], STR(a.head));
    }
    town_close(&t);
}

// -- counts against the obvious reader --------------------------------------------------------------

static str random_query(struct scope *sc, uint64_t *seed)
{
    static const char *const parts[][5] = {
        { "", "from=2023", "from=2022-06-10&to=2023-02", "to=2023-11-05", "from=2024-02&to=2024-02" },
        { "", "", "cat=iccs-5", "cat=burglary,robbery", "cat=nuisance" },
        { "", "", "hours=22-5", "hours=8,9,17-19", "hours=12" },
        { "", "", "days=fri-sun", "days=mon,wed", "days=sat" },
        { "", "", "outcome=charged", "outcome=open,closed", "outcome=none" },
        { "", "", "area=districts:01", "area=halves:02", "bbox=22.25,48.62,22.28,48.65" },
    };
    struct buf b;
    buf_init(&b, 1000);
    for (size_t i = 0; i < COUNT(parts); i++) {
        const char *part = parts[i][test_random(seed) % 5];
        if (*part) buf_printf(&b, "&%s", part);
    }
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

/// Key of a row in one way of counting, as counts.h says; part: of its categories the one that is asked for.
static str slow_key(struct scope *sc, const struct release_info *in, int way, const struct release_row *r,
                    size_t part)
{
    struct buf b;
    buf_init(&b, 100);
    switch (way) {
    case 0:
        buf_add(&b, S("total"));
        break;
    case 1:
        buf_add(&b, in->categories[fixture_kinds(r).category[part]].key);
        break;
    case 2:
        civil_add_month(&b, civil_month_of_day(r->day));
        break;
    case 3:
        civil_add_day(&b, r->day);
        break;
    case 4:
        how_key(&b, r->how);
        break;
    case 5:
        buf_add(&b, r->outcome ? in->outcomes[r->outcome].key : S("none"));
        break;
    default:
        buf_add(&b, r->area[way - 6] < in->sets[way - 6].n ? in->sets[way - 6].areas[r->area[way - 6]].code
                                                           : S("none"));
    }
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void counts_are_those_of_an_obvious_reader(void **state)
{
    (void)state;
    static const char *const ways[] = { "total",    "category", "month",          "day",
                                        "hourweek", "outcome",  "area:districts", "area:halves" };
    struct town              t = town_open(-1, true);
    uint64_t                 seed = test_seed();
    struct filter           *f = arena_new(t.sc.mem, struct filter);
    struct index            *ix;
    const char              *path;
    ok_err(&t.sc, release_index_path(&t.sc, t.fx.dir, 1, TIER_PUBLIC, &path), OK);
    ok_err(&t.sc, index_open(&t.sc, path, &ix), OK);
    for (int round = 0; round < 60; round++) {
        struct arena_mark mark = arena_mark(t.sc.mem);
        int               way = (int)(test_random(&seed) % COUNT(ways));
        str               query = random_query(&t.sc, &seed),
            target = arena_printf(t.sc.mem, "/v1/counts?by=%s%.*s", ways[way], STR(query));
        struct param p[16];
        size_t       n_p = 0, total = 0, without = 0, counted = 0;
        for (str rest = str_slice(query, 1, query.n), part; query.n && str_cut(&rest, '&', &part);) {
            size_t eq = str_find(part, '=');
            p[n_p++] = (struct param){ str_slice(part, 0, eq), str_slice(part, eq + 1, part.n) };
        }
        ok_err(&t.sc, filter_read(&t.sc, index_info(ix), p, n_p, NULL, f, NULL), OK);
        json_t *want = json_object(), *got = get_json(&t, target.p), *row;
        for (size_t i = 0; i < t.fx.n; i++) {
            if (!fixture_passes(f, &t.fx.row[i])) continue;
            size_t parts = way == 1 ? fixture_kinds(&t.fx.row[i]).n : 1;
            for (size_t part = 0; part < parts; part++) {
                const char *key = slow_key(&t.sc, &t.fx.info, way, &t.fx.row[i], part).p;
                json_object_set_new(want, key, json_integer(number(want, key) + 1));
            }
            counted += parts; // under each of its categories, and once in the total
            total++;
            without += !t.fx.row[i].has_point;
        }
        ok_i64(number(got, "total"), total);
        ok_i64(number(got, "without_point"), without);
        size_t  k;
        int64_t sum = 0;
        json_array_foreach(json_object_get(got, "rows"), k, row)
        {
            ok(number(row, "count") == number(want, text(row, "key")), "%s: %s is %lld, want %lld", target.p,
               text(row, "key"), (long long)number(row, "count"), (long long)number(want, text(row, "key")));
            sum += number(row, "count");
        }
        ok_i64(sum, counted);
        json_decref(want);
        json_decref(got);
        arena_back(t.sc.mem, mark);
    }
    index_close(ix);
    town_close(&t);
}

/// What is asked for in parts are the parts of the whole, and nothing else.
static void facets_in_parts(void **state)
{
    static const struct {
        const char *by, *members[6]; // besides release, total and without_point
    } parts[] = { { "category", { "categories", "iccs" } },
                  { "month", { "first_month", "months" } },
                  { "hourweek", { "hourweek", "weekday_only", "no_time" } },
                  { "outcome", { "outcomes" } },
                  { "area", { "areas" } },
                  { "hourweek,category", { "categories", "iccs", "hourweek", "weekday_only", "no_time" } } };
    static const char *const filters[] = { "",
                                           "&from=2024-02&to=2024-05",
                                           "&from=2024-02-10&cat=theft-bicycle",
                                           "&days=fri-sun&hours=20-3",
                                           "&area=districts:01",
                                           "&sets=halves" };
    (void)state;
    struct town t = town_open(-1, true);
    for (size_t f = 0; f < COUNT(filters); f++) {
        json_t *whole =
            get_json(&t, arena_printf(t.sc.mem, "/v1/facets?%s", filters[f] + (*filters[f] != 0)).p);
        ok(json_object_size(whole) == 12, "%s: %zu members", filters[f], json_object_size(whole));
        for (size_t i = 0; i < COUNT(parts); i++) {
            str         target = arena_printf(t.sc.mem, "/v1/facets?by=%s%s", parts[i].by, filters[f]);
            json_t     *part = get_json(&t, target.p), *value;
            const char *key;
            size_t      k = 0;
            for (; parts[i].members[k]; k++)
                ok(json_object_get(part, parts[i].members[k]), "%s: no %s", target.p, parts[i].members[k]);
            ok(json_object_size(part) == k + 3, "%s: %zu members", target.p, json_object_size(part));
            json_object_foreach(part, key, value) ok(json_equal(value, json_object_get(whole, key)),
                                                     "%s: %s differs from the whole", target.p, key);
            json_decref(part);
        }
        json_decref(whole);
    }
    town_close(&t);
}

static void lists_and_downloads_hold_every_row(void **state)
{
    (void)state;
    struct town   t = town_open(-1, true);
    struct answer csv = client_get(&t.sc, t.port, "/v1/incidents.csv?cat=theft-bicycle");
    json_t       *counts = get_json(&t, "/v1/counts?by=total&cat=theft-bicycle"), *list, *one;
    size_t        lines = 0, i;
    for (size_t k = 0; k < csv.body.n; k++) lines += csv.body.p[k] == '\n';
    ok_i64(lines, number(counts, "total") + 1);
    ok(str_has(answer_header(&csv, "Content-Disposition"), S("incidents-release-1.csv")),
       "its name says the release");
    ok(str_has(csv.body, S(",\"Market, \"\"Old\"\" <square>\",")), "quotes and commas are CSV");
    struct answer geo = client_get(&t.sc, t.port, "/v1/incidents.geojson?cat=theft-bicycle");
    json_t       *collection = json_loadb(geo.body.p, geo.body.n, 0, NULL);
    ok_i64(json_array_size(json_object_get(collection, "features")), number(counts, "total"));
    int64_t seen = 0;
    for (int64_t offset = 0; offset < number(counts, "total"); offset += 100) {
        list = get_json(
            &t, arena_printf(t.sc.mem, "/v1/incidents?cat=theft-bicycle&offset=%lld", (long long)offset).p);
        ok_i64(number(list, "total"), number(counts, "total"));
        json_array_foreach(json_object_get(list, "incidents"), i, one) seen +=
            !strcmp(text(one, "category"), "theft-bicycle");
        json_decref(list);
    }
    ok_i64(seen, number(counts, "total"));
    json_t *places = get_json(&t, "/v1/places?bbox=22.2,48.5,22.4,48.7"), *place;
    int64_t at_places = 0, at_one = 0;
    json_array_foreach(json_object_get(places, "places"), i, place)
    {
        at_places += number(place, "count");
        if (i % 40) continue;
        list = get_json(&t, arena_printf(t.sc.mem, "/v1/places/%s?limit=500", text(place, "id")).p);
        ok_i64(number(list, "total"), number(place, "count"));
        size_t      k;
        const char *last = "9";
        json_array_foreach(json_object_get(list, "incidents"), k, one)
        {
            ok(strncmp(text(one, "when"), last, 7) <= 0, "newest first");
            last = text(one, "when");
        }
        at_one += (int64_t)k;
        json_decref(list);
    }
    int64_t with_point = 0;
    for (i = 0; i < t.fx.n; i++) with_point += t.fx.row[i].has_point;
    ok_i64(at_places, with_point);
    ok(at_one > 0, "some place was asked");
    json_decref(places);
    json_decref(collection);
    json_decref(counts);
    town_close(&t);
}

static void an_area_adds_up(void **state)
{
    (void)state;
    struct town t = town_open(-1, true);
    json_t *a = get_json(&t, "/v1/areas/districts/01?from=2024&to=2024"), *rate = json_object_get(a, "rate");
    int64_t count = 0, before = 0, cleared = 0, known = 0;
    for (size_t i = 0; i < t.fx.n; i++) {
        const struct release_row *r = &t.fx.row[i];
        if (r->area[0] != 0) continue;
        int year = civil_of_day(r->day).year;
        before += year == 2023;
        if (year != 2024) continue;
        count++;
        known += r->outcome != 0;
        cleared += r->outcome == 2;
    }
    ok_i64(number(a, "count"), count);
    ok_i64(number(a, "population"), 4100);
    ok(fabs(json_number_value(json_object_get(rate, "value")) - (double)count / 0.41) < 0.01,
       "rate per 10,000");
    ok(json_number_value(json_object_get(rate, "low")) < (double)count / 0.41, "the limits hold it");
    ok_i64(number(json_object_get(a, "year_before"), "count"), before);
    ok_i64(number(json_object_get(a, "clearance"), "known"), known);
    ok_i64(number(json_object_get(a, "clearance"), "cleared"), cleared);
    ok_i64(json_array_size(json_object_get(a, "months")), 12);
    json_decref(a);
    a = get_json(&t, "/v1/areas/districts/12?from=2024&to=2024");
    ok(json_is_true(json_object_get(a, "small")), "few people live there");
    json_decref(a);
    a = get_json(&t, "/v1/areas/districts/12?from=2022&to=2022");
    ok(json_is_false(json_object_get(json_object_get(a, "year_before"), "covered")),
       "2021 is not in the release");
    json_decref(a);
    town_close(&t);
}

// -- languages, caching -----------------------------------------------------------------------------

static void languages(void **state)
{
    (void)state;
    static const struct {
        const char *target, *headers, *lang;
    } rows[] = {
        { "/method", "", "en" }, // the town's own
        { "/method", "Accept-Language: cs-CZ,cs;q=0.9,en;q=0.8\r\n", "cs" },
        { "/method", "Accept-Language: de, uk;q=0.3, en;q=0.2\r\n", "uk" },
        { "/method", "Accept-Language: de\r\n", "en" },
        { "/method", "Accept-Language: cs\r\nCookie: a=b; lang=uk\r\n", "uk" },
        { "/method?lang=cs", "Accept-Language: en\r\nCookie: lang=uk\r\n", "cs" },
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = client_ask(&t.sc, t.port, "GET", rows[i].target, rows[i].headers);
        str           html = arena_printf(t.sc.mem, "<html lang=\"%s\"", rows[i].lang);
        ok(a.status == 200 && str_has(a.body, html), "%s %s is in %s", rows[i].target, rows[i].headers,
           rows[i].lang);
        ok(str_has(a.head, S("Vary: Accept-Language")), "caches are told");
        ok((answer_header(&a, "Set-Cookie").n > 0) == (strstr(rows[i].target, "lang=") != NULL),
           "the choice is remembered");
    }
    struct answer a = client_get(&t.sc, t.port, "/?lang=uk");
    ok(str_has(a.body, S("href=\"/areas?lang=uk\"")), "links keep the language of the address");
    town_close(&t);
}

static void caching(void **state)
{
    (void)state;
    static const char *const targets[] = { "/",
                                           "/areas/districts/01",
                                           "/v1/release",
                                           "/v1/counts?by=month",
                                           "/picture.svg",
                                           "/by-area",
                                           "/v1/by-area",
                                           "/v1/by-area.csv?half=2023-1",
                                           "/v1/openapi.json",
                                           "/data" };
    struct town              t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct answer a = client_get(&t.sc, t.port, targets[i]);
        str           etag = answer_header(&a, "ETag");
        ok(etag.n > 2, "%s has an ETag", targets[i]);
        str           header = arena_printf(t.sc.mem, "If-None-Match: %.*s\r\n", STR(etag));
        struct answer b = client_ask(&t.sc, t.port, "GET", targets[i], header.p);
        ok(b.status == 304 && !b.body.n, "%s again: status %d, %zu bytes", targets[i], b.status, b.body.n);
        ok_str(answer_header(&b, "ETag"), etag);
        b = client_ask(&t.sc, t.port, "GET", targets[i], "If-None-Match: *\r\n");
        ok(b.status == 304 && !b.body.n, "%s: status %d, %zu bytes", targets[i], b.status, b.body.n);
        b = client_ask(&t.sc, t.port, "GET", targets[i], "If-None-Match: \"other\"\r\n");
        ok_i64(b.status, 200);
        b = client_ask(&t.sc, t.port, "HEAD", targets[i], "");
        ok(b.status == 200 && !b.body.n, "HEAD %s: %d", targets[i], b.status);
    }
    struct answer a = client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt?cat=burglary");
    struct answer b = client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt?cat=burglary,burglary");
    ok(str_eq(a.body, b.body), "another spelling has the same bytes");
    for (size_t i = 0; i < COUNT(asked); i++) { // what may be withdrawn is asked about each time
        a = client_get(&t.sc, t.port, asked[i].target);
        ok(!str_has(answer_header(&a, "Cache-Control"), S("max-age")) &&
               !str_has(answer_header(&a, "Cache-Control"), S("immutable")),
           "%s: %.*s", asked[i].target, STR(answer_header(&a, "Cache-Control")));
    }
    str page = client_get(&t.sc, t.port, "/about").body, sheet = { memmem(page.p, page.n, "/static/", 8), 0 };
    ok(sheet.p, "a style sheet");
    sheet.n = strcspn(sheet.p, "\"");
    a = client_get(&t.sc, t.port, arena_cstr(t.sc.mem, sheet));
    ok(a.status == 200 && str_has(answer_header(&a, "Cache-Control"), S("immutable")),
       "assets are, by their content");
    struct answer embed = client_get(&t.sc, t.port, "/embed"), map = client_get(&t.sc, t.port, "/");
    ok(str_has(answer_header(&embed, "Content-Security-Policy"), S("frame-ancestors *")),
       "embed may be framed");
    ok(str_has(answer_header(&map, "Content-Security-Policy"), S("frame-ancestors 'none'")),
       "the map may not");
    town_close(&t);
}

static uint64_t hits(const struct town *t)
{
    struct http_stats n;
    http_stats_get(t->server, &n);
    return n.kept_hits;
}

/// What the first visitor was told is ready for the next one of his language, and for nobody else.
static void what_all_ask_is_kept(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/",          "/?cat=burglary",      "/areas/districts/01",   "/picture.svg", "/v1/release",
        "/v1/facets", "/v1/areas/districts", "/by-area?class=person", "/v1/by-area"
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct answer a = client_get(&t.sc, t.port, targets[i]);
        uint64_t      before = hits(&t);
        struct answer b = client_get(&t.sc, t.port, targets[i]);
        ok(a.status == 200 && str_eq(a.body, b.body) && hits(&t) == before + 1, "%s again", targets[i]);
        ok_str(answer_header(&b, "Vary"), answer_header(&a, "Vary"));
        b = client_ask(&t.sc, t.port, "GET", targets[i], "If-None-Match: \"of yesterday\"\r\n");
        ok(str_eq(a.body, b.body) && hits(&t) == before + 2, "%s for who has an older one", targets[i]);
        before = hits(&t);
        b = client_ask(&t.sc, t.port, "GET", targets[i], "Accept-Language: cs\r\n");
        ok(b.status == 200 && hits(&t) == before, "%s in Czech is another", targets[i]);
        ok(!str_eq(answer_header(&a, "ETag"), answer_header(&b, "ETag")), "%s has another tag", targets[i]);
        struct answer c =
            client_ask(&t.sc, t.port, "GET", targets[i], "Accept-Language: en\r\nCookie: lang=cs\r\n");
        ok(str_eq(b.body, c.body) && hits(&t) == before + 1, "%s by cookie", targets[i]);
    }
    uint64_t before = hits(&t);
    for (int i = 0; i < 2; i++) {
        ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=nothing").status, 400);
        ok_i64(client_get(&t.sc, t.port, "/healthz").status, 200);
        ok_i64(client_get(&t.sc, t.port, "/v1/incidents.csv?cat=robbery").status, 200);
    }
    ok(hits(&t) == before, "mistakes, health and downloads are not kept");
    ok_i64(client_ask(&t.sc, t.port, "HEAD", "/", "").status, 200);
    ok(hits(&t) == before + 1, "the head of a page that is kept is there");
    town_close(&t);
}

/// No route takes a body: what announces one is told so before it is sent, in the words of the route where there are any.
static void nothing_takes_a_body(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target, *headers;
        int         status;
        const char *type;
    } rows[] = {
        { "GET", "/", "Content-Length: 1000000\r\n", 413, "application/problem+json" },
        { "GET", "/v1/counts?by=month", "Content-Length: 1\r\n", 413, "application/problem+json" },
        { "POST", "/", "Content-Length: 1000000\r\n", 405, "text/html; charset=utf-8" },
        { "POST", "/", "", 405, "text/html; charset=utf-8" },
        { "PUT", "/v1/release", "Content-Length: 9\r\n", 405, "application/problem+json" },
        { "DELETE", "/v1/release", "", 405, "application/problem+json" },
        { "POST", "/v1/nothing", "Content-Length: 1000000\r\n", 404, "application/problem+json" },
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = client_ask(&t.sc, t.port, rows[i].method, rows[i].target, rows[i].headers);
        ok(a.status == rows[i].status, "%s %s: got %d", rows[i].method, rows[i].target, a.status);
        ok_str(answer_header(&a, "Content-Type"), str_of(rows[i].type));
        ok_str(answer_header(&a, "Allow"), rows[i].status == 405 ? S("GET, HEAD, OPTIONS") : (str){ 0 });
    }
    static const struct {
        const char *target, *corp;
    } whose[] = { { "/", "same-origin" },        { "/embed", "cross-origin" },
                  { "/areas", "same-origin" },   { "/v1/release", "cross-origin" },
                  { "/nowhere", "same-origin" }, { "/robots.txt", "same-origin" } };
    for (size_t i = 0; i < COUNT(whose); i++) {
        struct answer a = client_get(&t.sc, t.port, whose[i].target);
        ok_str(answer_header(&a, "Cross-Origin-Resource-Policy"), str_of(whose[i].corp));
    }
    town_close(&t);
}

static void the_form_without_a_script(void **state)
{
    (void)state;
    static const struct {
        const char *sent, *location;
    } rows[] = {
        { "/?from=&to=&cat=burglary&cat=robbery&hours_from=&hours_to=&area=", "/?cat=burglary,robbery" },
        { "/?from=2023-01&to=&hours_from=22&hours_to=5&days=fri&days=sat",
          "/?from=2023-01&hours=22-5&days=fri,sat" },
        { "/?hours_from=20&hours_to=&lang=cs", "/?hours=20-23&lang=cs" },
        { "/?from=&to=", "/" },
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a = client_get(&t.sc, t.port, rows[i].sent);
        ok_i64(a.status, 303);
        str           to = answer_header(&a, "Location");
        struct answer b = client_get(&t.sc, t.port, arena_cstr(t.sc.mem, to));
        ok(b.status == 200, "%.*s: %d", STR(to), b.status);
        ok(str_eq(to, str_of(rows[i].location)), "%s leads to %.*s, want %s", rows[i].sent, STR(to),
           rows[i].location);
    }
    town_close(&t);
}

// -- links --------------------------------------------------------------------------------------------

/// Every href, src and action of every page that can be reached: ours, there, and of a route.
static void every_link_leads_somewhere(void **state)
{
    (void)state;
    enum { MAX = 400 };
    struct town  t = town_open(-1, true);
    const char **todo = arena_array(t.sc.mem, const char *, MAX);
    size_t       n = 0, at = 0;
    todo[n++] = "/";
    todo[n++] = "/embed";
    todo[n++] = "/?lang=uk&from=2023&to=2023&cat=iccs-5";
    for (; at < n; at++) {
        struct answer a = client_get(&t.sc, t.port, todo[at]);
        ok(a.status == 200 || a.status == 303, "%s: status %d", todo[at], a.status);
        if (!str_starts(answer_header(&a, "Content-Type"), S("text/html"))) continue;
        for (const char *p = a.body.p; (p = strpbrk(p, "hsa")); p++) {
            size_t skip = !strncmp(p, "href=\"", 6)     ? 6
                          : !strncmp(p, "src=\"", 5)    ? 5
                          : !strncmp(p, "action=\"", 8) ? 8
                                                        : 0;
            if (!skip) continue;
            str        link = { p + skip, strcspn(p + skip, "\"") };
            struct buf b;
            buf_init(&b, 64 * 1024);
            for (size_t i = 0; i < link.n; i++) { // &amp; is the one entity that our links hold
                buf_add_c(&b, link.p[i]);
                if (str_starts(str_slice(link, i, link.n), S("&amp;"))) i += 4;
            }
            link = arena_str(t.sc.mem, buf_str(&b));
            buf_free(&b);
            bool resource = skip == 5 || (p - a.body.p > 60 && memmem(p - 60, 60, "stylesheet", 10));
            if (str_starts(link, S("https://"))) {
                ok(!resource, "%s fetches %.*s", todo[at], STR(link));
                continue;
            }
            if (!link.n || link.p[0] == '#') continue;
            ok(link.p[0] == '/', "%s links to \"%.*s\"", todo[at], STR(link));
            link.n = str_find(link, '#');
            struct http_param names[CALL_MAX_PATH];
            size_t            n_names;
            ok(route_find(str_slice(link, 0, str_find(link, '?')), names, &n_names),
               "%s links to %.*s, which is no route", todo[at], STR(link));
            bool known = str_starts(link, S("/static/")) || n == MAX;
            for (size_t i = 0; i < n && !known; i++) known = str_eq(link, str_of(todo[i]));
            if (!known) todo[n++] = arena_cstr(t.sc.mem, link);
        }
    }
    ok(n > 100, "%zu pages were reached", n);
    town_close(&t);
}

static void openapi_describes_every_route(void **state)
{
    (void)state;
    struct town t = town_open(-1, true);
    json_t     *doc = get_json(&t, "/v1/openapi.json"), *paths = json_object_get(doc, "paths"), *path;
    const char *key;
    for (size_t i = 0; i < routes_n; i++) {
        bool api = !strncmp(routes[i].pattern, "/v1/", 4) || !strncmp(routes[i].pattern, "/tiles/", 7) ||
                   !strcmp(routes[i].pattern, "/picture.svg");
        ok(!api || json_object_get(paths, routes[i].pattern), "openapi.json describes %s", routes[i].pattern);
    }
    json_object_foreach(paths, key, path)
    {
        bool there = false;
        for (size_t i = 0; i < routes_n; i++) there = there || !strcmp(key, routes[i].pattern);
        ok(there, "%s of openapi.json is a route", key);
    }
    json_decref(doc);
    town_close(&t);
}

// -- releases -----------------------------------------------------------------------------------------

static void nothing_is_published(void **state)
{
    (void)state;
    struct town   t = town_open(20, false);
    struct answer a = client_get(&t.sc, t.port, "/");
    ok(a.status == 503 && str_has(a.body, S("hromada publish")) && answer_header(&a, "Retry-After").n,
       "the page says what to do");
    a = client_get(&t.sc, t.port, "/v1/release");
    ok(a.status == 503 && str_has(a.body, S("/problems/unavailable")), "so does the problem");
    a = client_get(&t.sc, t.port, "/about");
    ok_i64(a.status, 200);
    a = client_get(&t.sc, t.port, "/healthz");
    ok_i64(a.status, 503);
    fixture_publish(&t.sc, &t.fx, 1);
    for (int i = 0; i < 250 && a.status != 200; i++) {
        usleep(20000);
        a = client_get(&t.sc, t.port, "/healthz");
    }
    ok(a.status == 200, "the first release is found");
    town_close(&t);
}

struct load {
    int        port;
    atomic_int stop, asked, failed, newest;
};

static void *reader(void *arg)
{
    struct load             *l = arg;
    struct scope             sc = test_scope();
    static const char *const targets[] = { "/v1/counts?by=total", "/v1/release",
                                           "/tiles/1/incidents/0/0/0.mvt", "/v1/incidents.csv?cat=robbery",
                                           "/areas/districts/02" };
    for (int i = 0; !atomic_load(&l->stop); i++) {
        struct arena_mark mark = arena_mark(sc.mem);
        struct answer     a = client_get(&sc, l->port, targets[i % 5]);
        atomic_fetch_add(&l->asked, 1);
        bool replaced = a.status == 410 && str_starts(str_of(targets[i % 5]), S("/tiles/1/"));
        if (a.status != 200 && !replaced) {
            atomic_fetch_add(&l->failed, 1);
            print_error("%s: status %d: %.*s\n", targets[i % 5], a.status, STR(str_slice(a.body, 0, 200)));
        }
        const char *release = a.body.n ? memmem(a.body.p, a.body.n, "\"release\":", 10) : NULL;
        if (release && i % 5 < 2) {
            int number_seen = atoi(release + 10), was = atomic_load(&l->newest);
            while (number_seen > was && !atomic_compare_exchange_weak(&l->newest, &was, number_seen)) {
            }
        }
        arena_back(sc.mem, mark);
    }
    test_scope_end(&sc);
    return NULL;
}

static void a_new_release_fails_no_request(void **state)
{
    (void)state;
    enum { READERS = 4, RELEASES = 4 };
    struct town t = town_open(10, true);
    struct load l = { .port = t.port };
    pthread_t   thread[READERS];
    for (int i = 0; i < READERS; i++) ok(!pthread_create(&thread[i], NULL, reader, &l), "thread");
    for (int64_t number_new = 2; number_new <= RELEASES; number_new++) {
        fixture_publish(&t.sc, &t.fx, number_new);
        ok_err(&t.sc, release_retire(&t.sc, t.fx.dir, 1), OK); // as hromada publish does
        for (int i = 0; i < 500 && atomic_load(&l.newest) != number_new; i++) usleep(10000);
        ok_i64(atomic_load(&l.newest), number_new);
    }
    atomic_store(&l.stop, 1);
    for (int i = 0; i < READERS; i++) pthread_join(thread[i], NULL);
    print_message("# %d requests over %d releases\n", atomic_load(&l.asked), RELEASES);
    ok_i64(atomic_load(&l.failed), 0);
    town_close(&t);
}

// -- releases that are not right ----------------------------------------------------------------------

static const char *place(struct town *t, const char *name)
{
    return arena_printf(t->sc.mem, "%s/%s", t->fx.dir, name).p;
}

/// The public index that fixture_publish makes for this number and tier, in a folder of its own.
static str index_bytes(struct town *t, int64_t number, str tier)
{
    struct fixture fx = t->fx;
    str            bytes;
    const char    *path;
    fx.dir = test_dir(&t->sc);
    fx.info.tier = tier;
    fixture_publish(&t->sc, &fx, number);
    ok_err(&t->sc, release_index_path(&t->sc, fx.dir, number, TIER_PUBLIC, &path), OK);
    ok_err(&t->sc, file_read(&t->sc, path, 64 << 20, &bytes), OK);
    test_dir_end(&t->sc, fx.dir);
    return bytes;
}

static void put_release(struct town *t, int number, str index)
{
    ok_err(&t->sc, dir_make(&t->sc, place(t, "releases")), OK);
    ok_err(&t->sc, dir_make(&t->sc, place(t, arena_printf(t->sc.mem, "releases/%d", number).p)), OK);
    ok_err(&t->sc,
           file_replace(&t->sc, place(t, arena_printf(t->sc.mem, "releases/%d/public.index", number).p),
                        index),
           OK);
    ok_err(&t->sc,
           file_replace(&t->sc, place(t, "releases/current"), arena_printf(t->sc.mem, "%d\n", number)), OK);
}

/// Asks until the answer holds the text; a deadline, not a measurement.
static bool comes(struct town *t, const char *target, const char *text_wanted)
{
    for (int i = 0; i < 1000; i++) {
        struct arena_mark mark = arena_mark(t->sc.mem);
        int               port = !strcmp(target, "/metrics") ? http_port(t->metrics) : t->port;
        struct answer     a = client_get(&t->sc, port, target);
        bool there = str_has(a.head, str_of(text_wanted)) || str_has(a.body, str_of(text_wanted));
        arena_back(t->sc.mem, mark);
        if (there) return true;
        usleep(10000);
    }
    return false;
}

static void refused_at_start(struct town *t, str index, const char *what)
{
    struct web       *web;
    struct web_config wc = { .data_dir = t->fx.dir, .watch_ms = -1 };
    put_release(t, 2, index);
    ok_err(&t->sc, web_open(&t->sc, &wc, &web), OK);
    ok(!edition_hold(web->editions) && editions_in_trouble(web->editions), "%s: nothing is served", what);
    enum err e = editions_look(&t->sc, web->editions);
    ok(e == ERR_CORRUPT, "%s: %s %s", what, err_name(e), t->sc.fault.text);
    ok(strstr(t->sc.fault.text, "release 2 cannot be served") && strstr(t->sc.fault.text, "publish again"),
       "a sentence that says what to do: %s", t->sc.fault.text);
    web_close(web);
}

static void a_damaged_release_is_not_begun_with(void **state)
{
    (void)state;
    struct town t = town_open(-1, false);
    str         good = index_bytes(&t, 2, S("public"));
    char       *bytes = arena_alloc(t.sc.mem, good.n);
    uint64_t    seed = test_seed();
    memcpy(bytes, good.p, good.n);
    for (int i = 0; i < 200; i++) {
        struct arena_mark mark = arena_mark(t.sc.mem);
        size_t            at = i < 64 ? (size_t)i : test_random(&seed) % good.n;
        bytes[at] = (char)(bytes[at] ^ 1 << test_random(&seed) % 8);
        if (at < 8 || at >= 12) // another version of the format has a sentence of its own
            refused_at_start(&t, (str){ bytes, good.n },
                             arena_printf(t.sc.mem, "bit flipped in byte %zu", at).p);
        bytes[at] = good.p[at];
        arena_back(t.sc.mem, mark);
    }
    for (size_t n = 1; n < good.n; n += good.n / 20) refused_at_start(&t, str_slice(good, 0, n), "cut off");
    refused_at_start(&t, index_bytes(&t, 1, S("public")), "the index of another release");
    refused_at_start(&t, index_bytes(&t, 2, S("police")), "the index of another tier");
    struct web       *web;
    struct web_config wc = { .data_dir = t.fx.dir, .watch_ms = -1 };
    put_release(&t, 2, good);
    ok_err(&t.sc, web_open(&t.sc, &wc, &web), OK); // it was the damage that was refused
    ok_i64(editions_number(web->editions), 2);
    web_close(web);
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "releases/current"), S("two\n")), OK);
    ok_err(&t.sc, web_open(&t.sc, &wc, &web), OK);
    ok(!editions_number(web->editions) && editions_in_trouble(web->editions), "no number, no release");
    web_close(web);
    town_close(&t);
}

/// A start reads what it has to; what the first look behind it finds damaged is taken back.
static void a_release_damaged_before_the_start(void **state)
{
    (void)state;
    struct town t = town_make();
    str         good = index_bytes(&t, 2, S("public"));
    char       *bytes = arena_alloc(t.sc.mem, good.n);
    memcpy(bytes, good.p, good.n);
    bytes[good.n - 1] ^= 1; // of the cube: nothing that opening it looks at
    put_release(&t, 2, (str){ bytes, good.n });
    town_serve(&t, 10);
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=total").status, 503);
    ok_i64(client_get(&t.sc, t.port, "/").status, 503);
    struct answer a = client_get(&t.sc, t.port, "/healthz");
    ok(a.status == 503 && str_has(a.body, S("cannot be read")), "%d: %.*s", a.status, STR(a.body));
    ok(str_has(client_get(&t.sc, t.port, "/?lang=cs").body, S("Data nelze přečíst")), "a page that says so");
    put_release(&t, 3, index_bytes(&t, 3, S("public")));
    ok(comes(&t, "/healthz", "ok release 3\n"), "a whole one is taken");
    ok(comes(&t, "/metrics", "hromada_release_trouble 0\n"), "and the trouble is over");
    ok(str_has(client_get(&t.sc, t.port, "/v1/search?q=a").body, S("\"release\":3")), "with its names");
    town_close(&t);
}

/// It was lost before the start: that something was published is told by what lies beside it.
static void a_current_that_is_gone(void **state)
{
    (void)state;
    struct town t = town_make();
    fixture_publish(&t.sc, &t.fx, 1);
    ok(!unlink(place(&t, "releases/current")), "gone");
    town_serve(&t, -1);
    struct answer a = client_get(&t.sc, t.port, "/");
    ok(a.status == 503 && !str_has(a.body, S("hromada publish")), "%d: %.*s", a.status, STR(a.body));
    a = client_get(&t.sc, t.port, "/healthz");
    ok(a.status == 503 && str_has(a.body, S("cannot be read")), "%.*s", STR(a.body));
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    town_close(&t);
}

/// Which release is the newest is not known then; what is served goes on, and is told of as before.
static void a_current_that_cannot_be_read(void **state)
{
    (void)state;
    static const char *const lists[] = { "/v1/releases", "/data", "/changes", "/feeds/releases.atom",
                                         "/method" };
    struct town              t = town_open(10, true);
    struct answer            before[COUNT(lists)];
    fixture_publish(&t.sc, &t.fx, 2);
    ok(comes(&t, "/healthz", "ok release 2\n"), "two of them");
    for (size_t i = 0; i < COUNT(lists); i++) {
        before[i] = client_get(&t.sc, t.port, lists[i]);
        ok(before[i].status == 200, "%s: %d", lists[i], before[i].status);
    }
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "releases/current"), S("two\n")), OK);
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct answer a = client_get(&t.sc, t.port, lists[i]);
        ok(a.status == 200 && str_eq(a.body, before[i].body), "%s: %d: %.*s", lists[i], a.status,
           STR(a.body));
    }
    town_close(&t);
}

static void the_last_good_release_stays(void **state)
{
    (void)state;
    struct town t = town_open(10, true);
    str         two = index_bytes(&t, 2, S("public")), three = index_bytes(&t, 3, S("public"));
    ok(comes(&t, "/metrics", "hromada_release_trouble 0\n"), "no trouble yet");
    put_release(&t, 2, str_slice(two, 0, two.n / 2));
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    struct answer a = client_get(&t.sc, t.port, "/healthz");
    ok(a.status == 200 && str_has(a.body, S("ok release 1\nthe newest release cannot be read")), "%.*s",
       STR(a.body));
    ok(!str_has(a.body, str_of(t.fx.dir)), "and the public learns no path");
    ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=total").status, 200);
    ok_i64(client_get(&t.sc, t.port, "/tiles/2/incidents/0/0/0.mvt").status, 404);
    a = client_get(&t.sc, t.port, "/v1/releases"); // 2 has no manifest
    ok(a.status == 200 && str_has(a.body, S("\"release\":1")) && !str_has(a.body, S("\"release\":2")), "%.*s",
       STR(a.body));
    put_release(&t, 3, three);
    ok(comes(&t, "/healthz", "ok release 3\n"), "a good one is taken");
    ok(comes(&t, "/metrics", "hromada_release_trouble 0\n"), "and the trouble is over");
    ok_i64(client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt").status, 200);
    // Taken away, an older release is not answered from memory; taken back, a newer one is not.
    a = client_get(&t.sc, t.port, "/data/2/public.index");
    ok(a.status == 500 && !str_has(a.body, str_of(t.fx.dir)), "a damaged one is not handed out: %.*s",
       STR(a.body));
    ok(!rename(place(&t, "releases/1"), place(&t, "withdrawn")), "moved away");
    ok(comes(&t, "/tiles/1/incidents/0/0/0.mvt", "there is no release 1\""), "withdrawn");
    ok(!rename(place(&t, "withdrawn"), place(&t, "releases/1")), "moved back");
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "releases/current"), S("1\n")), OK);
    ok(comes(&t, "/healthz", "ok release 1\n"), "the release before is current again");
    ok_i64(client_get(&t.sc, t.port, "/tiles/3/incidents/0/0/0.mvt").status, 404);
    a = client_get(&t.sc, t.port, "/v1/releases");
    ok(!str_has(a.body, S("\"release\":3")), "nor is it listed: %.*s", STR(a.body));
    ok(!rename(place(&t, "releases"), place(&t, "gone")), "the folder is gone");
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told that, too");
    ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=total").status,
           503); // what is missing is not served from memory
    ok(!rename(place(&t, "gone"), place(&t, "releases")), "and comes back");
    ok(comes(&t, "/metrics", "hromada_release_trouble 0\n"), "as if nothing had been");
    town_close(&t);
}

/// Flips a bit of a published index in place, as a bad disk does.
static void flip(struct town *t, int number, size_t at)
{
    const char *path = place(t, arena_printf(t->sc.mem, "releases/%d/public.index", number).p);
    char        byte;
    ok(!chmod(path, 0600), "chmod");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ok(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1, "read");
    byte = (char)(byte ^ 1 << at % 8);
    ok(pwrite(fd, &byte, 1, (off_t)at) == 1 && !close(fd), "written");
}

/// From the very first answer on: what it was before the damage, or none.
static void the_first_answer_is_proved(void **state)
{
    (void)state;
    static const char *const targets[] = { "/tiles/2/incidents/0/0/0.mvt", "/v1/counts?by=month",
                                           "/v1/incidents.geojson" };
    struct town              t = town_make();
    struct answer            good[COUNT(targets)], a;
    uint64_t                 seed = test_seed();
    struct stat              st;
    int                      refused = 0;
    fixture_publish(&t.sc, &t.fx, 1);
    fixture_publish(&t.sc, &t.fx, 2);
    ok(!stat(place(&t, "releases/2/public.index"), &st), "stat");
    const char *dir = t.fx.dir;
    for (int round = 0; round < 40; round++) {
        size_t at = (size_t)(test_random(&seed) % (uint64_t)st.st_size);
        if (round) flip(&t, 2, at);
        town_serve(&t, 600000); // the first look behind the start never comes
        for (size_t i = 0; i < COUNT(targets); i++) {
            a = client_get(&t.sc, t.port, targets[i]);
            if (!round) {
                ok_i64(a.status, 200);
                good[i] = a;
                continue;
            }
            bool same = a.status == 200 && str_eq(a.body, good[i].body);
            bool of_1 =
                a.status == 200 && str_has(client_get(&t.sc, t.port, "/healthz").body, S("ok release 1\n"));
            ok(same || of_1 || a.status == 503 || a.status == 404, "byte %zu: %s: %d", at, targets[i],
               a.status);
            refused += !same;
        }
        http_stop(t.metrics, 0);
        web_measures(t.web, NULL);
        http_stop(t.server, 5000);
        web_close(t.web);
        if (round) flip(&t, 2, at);
    }
    ok(refused > 20, "%d answers were refused", refused);
    test_dir_end(&t.sc, dir);
    test_scope_end(&t.sc);
}

/// Found at the start or behind it: the newest sound one before it, if its files are kept, and it is said.
static void a_sound_one_stands_in(void **state)
{
    (void)state;
    struct town t = town_make();
    struct stat st;
    for (int64_t i = 1; i <= 5; i++) fixture_publish(&t.sc, &t.fx, i);
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 4, 0, S("why"), 1), OK);
    ok(!stat(place(&t, "releases/5/public.index"), &st), "stat");
    flip(&t, 5, (size_t)st.st_size - 1); // of the cube: nothing that opening it looks at
    flip(&t, 3, (size_t)st.st_size / 2);
    town_serve(&t, 10);
    ok(comes(&t, "/healthz", "ok release 2\nthe newest release cannot be read"), "release 2 stands in");
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    ok(str_has(client_get(&t.sc, t.port, "/v1/counts?by=total").body, S("\"release\":2")), "figures");
    ok_i64(client_get(&t.sc, t.port, "/tiles/5/incidents/0/0/0.mvt").status, 404);
    ok_i64(client_get(&t.sc, t.port, "/tiles/4/incidents/0/0/0.mvt").status, 410);
    fixture_publish(&t.sc, &t.fx, 6);
    ok(comes(&t, "/healthz", "ok release 6\n"), "a new one");
    ok(comes(&t, "/metrics", "hromada_release_trouble 0\n"), "and the trouble is over");
    town_close(&t);
}

// -- taken back -----------------------------------------------------------------------------------------

/// A page that says that nothing is served sends nobody to pages that say the same, but for itself in other languages.
static void leads_nowhere_else(struct town *t, str body)
{
    str rest = body, tag;
    while (str_cut(&rest, '<', &tag)) {
        const char *href = tag.n && *tag.p == 'a' ? memmem(tag.p, tag.n, "href=\"/", 7) : NULL;
        if (!href) continue;
        str url = str_slice(tag, (size_t)(href - tag.p) + 6, tag.n);
        url = str_slice(url, 0, str_find(url, '"'));
        if (str_starts(url, S("/?lang=")) || str_eq(url, S("/"))) continue;
        int status = client_get(&t->sc, t->port, arena_cstr(t->sc.mem, url)).status;
        ok(status == 200, "the page leads to %.*s, which answers %d", STR(url), status);
    }
}

/// Who has begun to read it does not come to its end, nor does who reads a release that was moved away.
static void withdrawn_is_not_sent_to_its_end(void **state)
{
    (void)state;
    static const char *const downloads[] = { "/v1/incidents.geojson", "/v1/incidents.csv",
                                             "/data/1/public.index" };
    for (int moved = 0; moved < 2; moved++) {
        struct town t = town_open(10, true);
        size_t      whole[COUNT(downloads)];
        int         fd[COUNT(downloads)];
        for (size_t i = 0; i < COUNT(downloads); i++) {
            whole[i] = client_get(&t.sc, t.port, downloads[i]).body.n;
            fd[i] = client_begin(&t.sc, t.port, downloads[i]);
        }
        if (moved) ok(!rename(place(&t, "releases/1"), place(&t, "away")), "moved away");
        else ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 1, 0, S("why"), 1480000000), OK);
        ok(comes(&t, "/healthz", moved ? "cannot be read" : "was withdrawn"), "it is seen");
        for (size_t i = 0; i < COUNT(downloads); i++) {
            size_t all = client_to_end(fd[i]);
            ok(all < whole[i], "%s: %zu of %zu bytes came", downloads[i], all, whole[i]);
        }
        town_close(&t);
    }
}

/// The index of the newest release is taken away by hand: nobody is answered, from no older one either, and nobody is told that a
/// newer one has its place.
static void the_newest_index_is_missing(void **state)
{
    (void)state;
    static const char *const files[] = { "/data/2/public.index", "/data/2/manifest.json",
                                         "/tiles/2/incidents/0/0/0.mvt" };
    struct town              t = town_open(10, true);
    fixture_publish(&t.sc, &t.fx, 2);
    ok(comes(&t, "/healthz", "ok release 2\n"), "two of them");
    ok(!rename(place(&t, "releases/2/public.index"), place(&t, "kept")), "taken away");
    ok(comes(&t, "/healthz", "the newest release cannot be read"), "operators are told");
    for (int start = 0; start < 2; start++) {
        struct town again = t;
        if (start) town_serve(&again, 10);
        struct town *at = start ? &again : &t;
        for (size_t i = 0; i < COUNT(files); i++) {
            struct answer a = client_get(&at->sc, at->port, files[i]);
            ok(a.status == 404 && str_has(a.body, S("the files of release 2 are missing")), "%s: %d: %.*s",
               files[i], a.status, STR(a.body));
        }
        ok_i64(client_get(&at->sc, at->port, "/healthz").status, 503);
        ok_i64(client_get(&at->sc, at->port, "/v1/counts?by=total").status, 503);
        if (!start) continue;
        http_stop(again.metrics, 0);
        web_measures(again.web, NULL);
        http_stop(again.server, 5000);
        web_close(again.web);
    }
    ok(!rename(place(&t, "kept"), place(&t, "releases/2/public.index")), "put back");
    ok(comes(&t, "/healthz", "ok release 2\n"), "and served");
    ok(!rename(place(&t, "releases/2/public.index"), place(&t, "kept")), "taken away");
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 2, 1, S("Away"), 1480000000), OK);
    ok(comes(&t, "/healthz", "ok release 1\n"), "the one before is served when somebody says so");
    ok_i64(client_get(&t.sc, t.port, "/data/2/public.index").status, 410);
    town_close(&t);
}

static void withdrawn_is_gone_everywhere(void **state)
{
    (void)state;
    static const char *const everywhere[] = { "/",
                                              "/embed",
                                              "/picture.svg",
                                              "/areas",
                                              "/areas/districts/01",
                                              "/compare",
                                              "/data",
                                              "/changes",
                                              "/v1/changes",
                                              "/method",
                                              "/v1/release",
                                              "/v1/releases",
                                              "/v1/counts?by=total",
                                              "/v1/facets",
                                              "/v1/incidents.csv",
                                              "/v1/search?q=a",
                                              "/tiles/1/incidents/0/0/0.mvt",
                                              "/tiles/1/counts/0/0/0.grid",
                                              "/tiles/1/density/0/0/0.png",
                                              "/data/1/manifest.json",
                                              "/data/1/public.index" };
    static const char *const said[] = { "These data were withdrawn", "Tato data byla stažena",
                                        "Ці дані відкликано" };
    struct town              t = town_open(10, true);
    struct answer            a;
    str                      why = S("A <place> was too exact & seen");
    for (size_t i = 0; i < COUNT(everywhere); i++)
        ok(client_get(&t.sc, t.port, everywhere[i]).status == 200, "%s", everywhere[i]);
    a = client_get(&t.sc, t.port, "/v1/facets");
    str tag = arena_printf(t.sc.mem, "If-None-Match: %.*s\r\n", STR(answer_header(&a, "ETag")));
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 1, 0, why, 1480000000), OK);
    ok(comes(&t, "/healthz", "ok nothing is served: release 1 was withdrawn\n"), "within a second");
    for (size_t i = 0; i < COUNT(everywhere); i++) {
        a = client_ask(&t.sc, t.port, "GET", everywhere[i], tag.p);
        ok(a.status == 410, "%s: %d", everywhere[i], a.status);
        ok_str(answer_header(&a, "Cache-Control"), S("no-store"));
        bool page = str_starts(answer_header(&a, "Content-Type"), S("text/html"));
        ok(str_has(a.body, page ? S("A &lt;place&gt; was too exact &amp; seen")
                                : S("A \\u003cplace\\u003e was too exact \\u0026 seen")),
           "%s says why: %.*s", everywhere[i], STR(str_slice(a.body, 0, 600)));
        ok(page || (str_has(a.body, S("\"/problems/gone\"")) &&
                    str_has(a.body, S("\"withdrawn\":\"2016-11-24T15:06:40Z\""))),
           "%s: %.*s", everywhere[i], STR(a.body));
    }
    a = client_get(&t.sc, t.port, "/");
    ok(!str_has(a.body, S("masthead-nav")), "no navigation");
    leads_nowhere_else(&t, a.body);
    for (int l = 0; l < LANGUAGES; l++) {
        a = client_get(&t.sc, t.port,
                       arena_printf(t.sc.mem, "/?lang=%.*s", STR(language_code((enum language)l))).p);
        ok(a.status == 410 && str_has(a.body, str_of(said[l])) && str_has(a.body, S("2016")), "%s", said[l]);
    }
    ok_i64(client_get(&t.sc, t.port, "/about").status, 200);
    ok_i64(client_get(&t.sc, t.port, "/healthz").status, 200);
    struct town again = t; // and after a restart, as well as with a folder that came back from a backup
    put_release(&t, 1, index_bytes(&t, 1, S("public")));
    town_serve(&again, 10);
    ok_i64(client_get(&again.sc, again.port, "/").status, 410);
    ok_i64(client_get(&again.sc, again.port, "/data/1/public.index").status, 410);
    http_stop(again.metrics, 0);
    web_measures(again.web, NULL);
    http_stop(again.server, 5000);
    web_close(again.web);
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 1, 0, S(""), 0), OK);
    fixture_publish(&t.sc, &t.fx, 2);
    ok(comes(&t, "/healthz", "ok release 2\n"), "the next one is served");
    a = client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt");
    ok(a.status == 410 && str_has(a.body, S("\"current\":2")), "%d: %.*s", a.status, STR(a.body));
    a = client_get(&t.sc, t.port, "/data");
    ok(a.status == 200 && str_has(a.body, S("withdrawn 24")) && str_has(a.body, S("was too exact")),
       "the list of releases tells it");
    a = client_get(&t.sc, t.port, "/v1/releases");
    ok(str_has(a.body, S("{\"number\":1,\"withdrawn\":\"2016-11-24T15:06:40Z\",\"reason\"")), "%.*s",
       STR(a.body));
    town_close(&t);
}

static void back_to_the_one_before(void **state)
{
    (void)state;
    struct town t = town_open(10, true);
    fixture_publish(&t.sc, &t.fx, 2);
    ok(comes(&t, "/healthz", "ok release 2\n"), "release 2");
    ok_i64(client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt").status, 200); // it is kept in this town
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 2, 1, S("why"), 1480000000), OK);
    ok(comes(&t, "/healthz", "ok release 1\n"), "release 1 again");
    ok_i64(client_get(&t.sc, t.port, "/tiles/2/incidents/0/0/0.mvt").status, 410);
    ok(str_has(client_get(&t.sc, t.port, "/v1/facets").body, S("\"release\":1")), "its figures");
    ok_err(&t.sc, release_withdraw(&t.sc, t.fx.dir, 1, 0, S("why"), 1480000000),
           OK); // an older one, while it is open
    ok(comes(&t, "/v1/facets", "\"/problems/gone\""), "gone");
    town_close(&t);
}

/// A folder that somebody removed by hand is not answered from memory.
static void what_is_missing_is_not_served(void **state)
{
    (void)state;
    struct town t = town_open(10, true);
    ok(comes(&t, "/healthz", "ok release 1\n"), "release 1");
    ok_i64(client_get(&t.sc, t.port, "/v1/facets").status, 200);
    ok(!rename(place(&t, "releases/1"), place(&t, "away")), "moved away");
    ok(comes(&t, "/healthz", "cannot be read"), "it is told");
    static const char *const targets[] = { "/", "/v1/facets", "/v1/incidents.csv", "/areas" };
    for (size_t i = 0; i < COUNT(targets); i++)
        ok(client_get(&t.sc, t.port, targets[i]).status == 503, "%s", targets[i]);
    ok_i64(client_get(&t.sc, t.port, "/data/1/public.index").status, 404);
    town_close(&t);
}

static void an_older_one_gives_way(void **state)
{
    (void)state;
    struct town t = town_open(10, true);
    ok_i64(client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt").status, 200);
    fixture_publish(&t.sc, &t.fx, 2);
    ok_err(&t.sc, release_retire(&t.sc, t.fx.dir, 1), OK);
    ok(comes(&t, "/healthz", "ok release 2\n"), "release 2");
    static const char *const targets[] = { "/tiles/1/incidents/0/0/0.mvt", "/tiles/1/density/0/0/0.png",
                                           "/data/1/public.index", "/data/1/manifest.json" };
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct answer a = client_get(&t.sc, t.port, targets[i]);
        ok(a.status == 410 && str_has(a.body, S("\"current\":2")) &&
               str_has(a.body, S("release 1 was replaced; release 2 is served now")),
           "%s: %d %.*s", targets[i], a.status, STR(a.body));
    }
    struct answer a = client_get(&t.sc, t.port, "/data");
    ok(str_has(a.body, S("/data/2/public.index")) && !str_has(a.body, S("/data/1/")) &&
           str_has(a.body, S("not kept")),
       "the list");
    town_close(&t);
}

/// What an outsider can spell or count without end is not kept, and pushes nothing out.
static void only_one_spelling_is_kept(void **state)
{
    (void)state;
    static const char *const others[] = { "/tiles/2/incidents/0/0/0.mvt?",
                                          "/tiles/2/incidents/0/0/0.mvt?cat=burglary,burglary",
                                          "/tiles/2/incidents/0/0/0.mvt?lang=cs",
                                          "/tiles/2/incidents/0/0/0.mvt?cat=",
                                          "/tiles/2/%69ncidents/0/0/0.mvt",
                                          "/tiles/2/incidents/0/0/0.mvt?cat=robbery,burglary",
                                          "/tiles/2/incidents/0/0/0.mvt?%63at=burglary",
                                          "/tiles/2/incidents/0/0/0.mvt?cat=burglar%79",
                                          "/tiles/2/incidents/0/0/0.mvt?days=sat&cat=burglary",
                                          "/tiles/2/density/0/0/0.png?bandwidth=0300",
                                          "/tiles/1/incidents/0/0/0.mvt",
                                          "/tiles/1/counts/0/0/0.grid",
                                          "/v1/facets?by=month&cat=burglary",
                                          "/v1/facets?cat=burglary&cat=robbery",
                                          "/v1/facets?from=",
                                          "/v1/facets?",
                                          "/v1/search?limit=+5&q=a",
                                          "/v1/search?q=a&limit=05",
                                          "/v1/incidents?limit=2&from=2023",
                                          "/?utm_source=x",
                                          "/?z=12&lon=22.3&lat=48.6",
                                          "/areas/%64istricts/01",
                                          "/v1/places/0?limit=01" };
    struct town              t = town_open(-1, true);
    fixture_publish(&t.sc, &t.fx, 2);
    ok_err(&t.sc, editions_look(&t.sc, t.web->editions), OK);
    static const char *const good[] = { "/tiles/2/incidents/0/0/0.mvt?cat=burglary",
                                        "/v1/facets?cat=burglary&by=month",
                                        "/v1/search?q=a&limit=5",
                                        "/areas/districts/01?lang=cs",
                                        "/picture.svg?cat=burglary&w=400&h=300",
                                        "/compare?from=2023-01&set=districts" };
    for (size_t i = 0; i < COUNT(good); i++) {
        (void)client_get(&t.sc, t.port, good[i]);
        uint64_t before = hits(&t);
        (void)client_get(&t.sc, t.port, good[i]);
        ok(hits(&t) == before + 1, "%s is kept", good[i]);
    }
    struct http_stats was, is;
    http_stats_get(t.server, &was);
    for (size_t i = 0; i < COUNT(others); i++)
        for (int again = 0; again < 2; again++) {
            (void)client_get(&t.sc, t.port, others[i]);
            http_stats_get(t.server, &is);
            ok(is.kept_answers == was.kept_answers && is.kept_hits == was.kept_hits, "%s is not kept",
               others[i]);
        }
    for (int64_t i = 3; i < 3 + EDITIONS_OLD + 3; i++) fixture_publish(&t.sc, &t.fx, i);
    ok_err(&t.sc, editions_look(&t.sc, t.web->editions), OK);
    (void)client_get(&t.sc, t.port, "/v1/facets");
    uint64_t before = hits(&t);
    for (int i = 0; i < 3 * (EDITIONS_OLD + 2);
         i++) // older ones, one after the other, more than are held open
        ok_i64(
            client_get(&t.sc, t.port,
                       arena_printf(t.sc.mem, "/tiles/%d/incidents/0/0/0.mvt", 1 + i % (EDITIONS_OLD + 2)).p)
                .status,
            200);
    (void)client_get(&t.sc, t.port, "/v1/facets");
    ok(hits(&t) == before + 1, "what all ask for is still kept");
    town_close(&t);
}

/// Somebody cuts the file that is mapped: no visitor gets zeros for figures, the server lives, the next release is served.
static void a_release_cut_under_the_reader(void **state)
{
    (void)state;
    struct town   t = town_open(10, true);
    str           two = index_bytes(&t, 2, S("public"));
    struct answer a = client_get(&t.sc, t.port, "/v1/counts?by=month");
    ok_i64(a.status, 200);
    ok(!truncate(place(&t, "releases/1/public.index"), 4096), "cut");
    a = client_get(&t.sc, t.port, "/v1/counts?by=total"); // at once, or when the watch has seen it, too
    ok(a.status == 503 && (str_has(a.body, S("try again in a moment")) ||
                           str_has(a.body, S("cannot be read at this moment"))),
       "%d: %.*s", a.status, STR(a.body));
    ok(comes(&t, "/metrics", "hromada_release_trouble 1\n"), "operators are told");
    a = client_get(&t.sc, t.port, "/v1/counts?by=month");
    ok(a.status == 503 && str_has(a.body, S("cannot be read at this moment")), "%d: %.*s", a.status,
       STR(a.body));
    ok_i64(client_get(&t.sc, t.port, "/").status, 503);
    put_release(&t, 2, two);
    ok(comes(&t, "/healthz", "ok release 2\n"), "a whole one is taken");
    ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=month").status, 200);
    town_close(&t);
}

/// All turns are taken by questions that do not end: others are told to come back, and the health check answers.
static void a_busy_index_leaves_the_rest_alone(void **state)
{
    (void)state;
    struct town   t = town_open(-1, true);
    struct scope  sc = test_scope();
    struct turns *full = turns_open(1), *own = t.web->turns;
    ok_err(&sc, turn_begin(&sc, full), OK);
    t.web->turns = full;
    struct answer a = client_get(&t.sc, t.port, "/v1/counts?by=total");
    ok(a.status == 503 && str_eq(answer_header(&a, "Retry-After"), S("10")), "%d, %.*s", a.status,
       STR(a.head));
    ok_i64(client_get(&t.sc, t.port, "/tiles/1/incidents/0/0/0.mvt").status, 503);
    ok_i64(client_get(&t.sc, t.port, "/").status, 503);
    ok_i64(client_get(&t.sc, t.port, "/healthz").status, 200);
    ok(comes(&t, "/metrics", "hromada_questions_refused_total 3\n"), "operators are told");
    turn_end(full);
    ok_i64(client_get(&t.sc, t.port, "/v1/counts?by=total").status, 200);
    t.web->turns = own;
    turns_close(full);
    test_scope_end(&sc);
    town_close(&t);
}

/// Files of this process that are `name`.
static int open_files(const char *name)
{
    char target[PATH_MAX], link[32];
    int  n = 0;
    for (int fd = 0; fd < UNREAD_FILES; fd++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t got = readlink(link, target, sizeof target - 1);
        if (got < 0) continue;
        target[got] = 0;
        n += str_ends(str_of(target), str_of(name));
    }
    return n;
}

/// Asks for the index and reads nothing, again as soon as it is sent away. By small segments, since by the large ones of the
/// loopback the system takes the whole file off the server's hands.
static void ask_for_ever(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    static const char  ask[] = "GET /data/1/public.index HTTP/1.1\r\nHost: town\r\n\r\n";
    struct pollfd      p[UNREAD];
    for (int i = 0; i < UNREAD; i++) p[i] = (struct pollfd){ .fd = -1, .events = POLLRDHUP };
    for (int few = 4096, small = 536;; poll(p, UNREAD, 10))
        for (int i = 0; i < UNREAD; i++) {
            if (p[i].fd >= 0 && !p[i].revents) continue;
            if (p[i].fd >= 0) close(p[i].fd);
            p[i].fd = socket(AF_INET, SOCK_STREAM, 0);
            setsockopt(p[i].fd, IPPROTO_TCP, TCP_MAXSEG, &small, sizeof small);
            setsockopt(p[i].fd, SOL_SOCKET, SO_RCVBUF, &few, sizeof few);
            if (!connect(p[i].fd, (const struct sockaddr *)&to, sizeof to))
                (void)!write(p[i].fd, ask, sizeof ask - 1);
        }
}

/// In a process of its own, since a limit of open files is not raised again: 0, or which promise was broken.
static int serve_unread(void)
{
    struct rlimit files = { UNREAD_FILES, UNREAD_FILES };
    if (setrlimit(RLIMIT_NOFILE, &files)) return 1;
    struct town t = town_open(10, true);
    pid_t       crowd = fork();
    if (!crowd) ask_for_ever(t.port);
    int most = 0, broken = 0, status;
    for (int i = 0; (i < 100 || most < UNREAD_OPEN) && i < 1000 && !broken; i++) {
        usleep(10000);
        int fd = open(place(&t, "releases/current"), O_RDONLY | O_CLOEXEC), now = open_files("/public.index");
        if (fd < 0) broken = 2;
        else close(fd);
        if (now > most) most = now;
        struct answer a = client_get(&t.sc, t.port, "/healthz");
        if (a.status != 200 || !str_has(a.body, S("ok release 1\n"))) broken = 3;
    }
    if (!broken && most < UNREAD_OPEN) broken = 4; // or this tries nothing
    if (!broken && !comes(&t, "/metrics", "hromada_release_trouble 0\n")) broken = 5;
    kill(crowd, SIGKILL);
    waitpid(crowd, &status, 0);
    for (int i = 0; i < 500 && client_get(&t.sc, t.port, "/v1/counts?by=total").status != 200; i++)
        usleep(10000);
    if (!broken && client_get(&t.sc, t.port, "/data/1/public.index").status != 200) broken = 6;
    print_message("# %d files of the index were open at once\n", most);
    town_close(&t);
    return broken;
}

/// More downloads of the largest file than may be open, of which nobody reads a byte: files are left for the server's own looks,
/// and it is well.
static void downloads_that_nobody_reads(void **state)
{
    (void)state;
    int   status;
    pid_t child = fork();
    ok(child >= 0, "fork");
    if (!child) _exit(serve_unread());
    ok(waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status), "status %x", status);
}

/// What is opened below the data folder while every route is asked, as the kernel tells it.
static bool is_opened(int inotify, const char *name)
{
    char buffer[65536] __attribute__((aligned(8)));
    bool seen = false;
    for (ssize_t n; (n = read(inotify, buffer, sizeof buffer)) > 0;)
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *e = (const void *)(buffer + at);
            ok(!(e->mask & IN_Q_OVERFLOW), "no event is lost");
            const char *what = e->len ? e->name : "";
            seen = seen || !strcmp(what, name);
            ok(!e->len || !strcmp(what, "releases") || !strcmp(what, name), "%s is opened", what);
            at += (ssize_t)(sizeof *e + e->len);
        }
    return seen;
}

static void only_release_files_are_opened(void **state)
{
    (void)state;
    static const char *const secrets[] = { "hromada.db", "hromada.db-wal", "policy.txt", "rejects-1.csv",
                                           "anchors.csv" };
    struct town              t = town_open(5, true);
    int                      inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    for (size_t i = 0; i < COUNT(secrets); i++)
        ok_err(&t.sc, file_replace(&t.sc, place(&t, secrets[i]), S("secret")), OK);
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "restricted/1/police.index"), S("secret")), OK);
    ok(inotify >= 0 && inotify_add_watch(inotify, t.fx.dir, IN_OPEN) >= 0 &&
           inotify_add_watch(inotify, place(&t, "restricted"), IN_OPEN) >= 0 &&
           inotify_add_watch(inotify, place(&t, "restricted/1"), IN_OPEN) >= 0,
       "the folders are watched");
    for (size_t i = 0; i < COUNT(asked); i++) (void)client_get(&t.sc, t.port, asked[i].target);
    (void)client_get(&t.sc, t.port, "/data/1/..%2f..%2frestricted%2f1%2fpolice.index");
    (void)client_get(&t.sc, t.port, "/data/1/police.index");
    (void)client_get(&t.sc, t.port, "/static/..%2f..%2fhromada.db");
    ok(is_opened(inotify, "releases"), "the list of releases is read"); // and nothing else
    str secret;
    ok_err(&t.sc, file_read(&t.sc, place(&t, "restricted/1/police.index"), 100, &secret), OK);
    ok(is_opened(inotify, "police.index"), "the watch itself, judged");
    close(inotify);
    town_close(&t);
}

// -- the numbers, read as strictly as the format is written ---------------------------------------------

/// Text format 0.0.4: HELP and TYPE once before a family's samples, names of letters, labels in quotes, plain numbers.
struct family {
    char   name[100], type[20];
    double last, infinite;
    int    samples;
};

static void read_sample(struct family *f, str line)
{
    size_t n = 0;
    while (n < line.n && (isalnum((unsigned char)line.p[n]) || line.p[n] == '_' || line.p[n] == ':')) n++;
    str name = str_slice(line, 0, n), rest = str_slice(line, n, line.n), labels = { 0 };
    ok(str_starts(name, str_of(f->name)), "%.*s belongs to %s", STR(name), f->name);
    str suffix = str_slice(name, strlen(f->name), name.n);
    if (rest.n && rest.p[0] == '{') {
        size_t end = str_find(rest, '}');
        labels = str_slice(rest, 1, end);
        rest = str_slice(rest, end + 1, rest.n);
    }
    ok(rest.n > 1 && rest.p[0] == ' ', "one blank before the value in %.*s", STR(line));
    char  *end;
    double v = strtod(rest.p + 1, &end);
    ok(end == rest.p + rest.n && isfinite(v) && v >= 0, "a number in %.*s", STR(line));
    if (!strcmp(f->type, "histogram")) {
        bool bucket = str_eq(suffix, S("_bucket"));
        ok(bucket || str_eq(suffix, S("_sum")) || str_eq(suffix, S("_count")), "%.*s", STR(line));
        ok(bucket == str_starts(labels, S("le=\"")), "%.*s", STR(line));
        if (bucket) ok(v >= f->last, "buckets hold those below: %.*s", STR(line));
        if (bucket) f->last = v;
        if (str_eq(labels, S("le=\"+Inf\""))) f->infinite = v;
        if (str_eq(suffix, S("_count"))) ok(v == f->infinite, "the last bucket holds all");
    } else ok(!suffix.n, "%.*s", STR(line));
    f->samples++;
}

/// Whoever leads a name of his own to this machine learns nothing through a browser that stands on it.
static void metrics_are_told_by_own_names(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        int         status;
    } rows[] = { { "127.0.0.1:9000", 200 }, { "[::1]", 200 },          { "localhost:1", 200 },
                 { "map.example", 403 },    { "127.0.0.1.evil", 403 }, { "localhost.evil:80", 403 } };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)http_port(t.metrics)) };
        int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        str ask = arena_printf(t.sc.mem, "GET /metrics HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                               rows[i].host);
        ok(!connect(fd, (struct sockaddr *)&to, sizeof to) && write(fd, ask.p, ask.n) == (ssize_t)ask.n,
           "asked");
        str got = client_read(&t.sc, fd);
        ok(str_starts(got, arena_printf(t.sc.mem, "HTTP/1.1 %d ", rows[i].status)), "%s: %.*s", rows[i].host,
           STR(str_slice(got, 0, 60)));
        ok(str_has(got, S("hromada_")) == (rows[i].status == 200), "%s", rows[i].host);
        close(fd);
    }
    town_close(&t);
}

/// Connections that say nothing do not keep operators out, and do not stay.
static void metrics_are_told_beside_idle_ones(void **state)
{
    (void)state;
    enum { IDLE = 60, PATIENCE_S = 15 };
    struct town        t = town_open(-1, true);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)http_port(t.metrics)) };
    struct timeval     patience = { .tv_sec = PATIENCE_S };
    int                fd[IDLE];
    char               byte;
    for (int i = 0; i < IDLE; i++) {
        fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ok(!setsockopt(fd[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) &&
               !connect(fd[i], (struct sockaddr *)&a, sizeof a),
           "connected");
    }
    ok_i64(client_get(&t.sc, http_port(t.metrics), "/metrics").status, 200);
    for (int i = 0; i < IDLE; i++) {
        ok(!recv(fd[i], &byte, 1, 0), "idle ones are closed");
        close(fd[i]);
    }
    town_close(&t);
}

static void metrics_are_in_the_format(void **state)
{
    (void)state;
    struct town   t = town_open(-1, true);
    struct answer a = client_get(&t.sc, http_port(t.metrics), "/metrics");
    struct family f = { 0 };
    str           rest = a.body, line;
    char          seen[64][100];
    size_t        families = 0;
    ok_str(answer_header(&a, "Cache-Control"), S("no-store"));
    ok(str_ends(a.body, S("\n")) && !str_has(a.body, S("\r")) && !str_has(a.body, S("\n\n")), "lines");
    while (str_cut(&rest, '\n', &line) && line.n) {
        char kind[8], name[100], text_of_it[20] = "";
        if (line.p[0] != '#') {
            ok(*f.type, "a TYPE stands before %.*s", STR(line));
            read_sample(&f, line);
            continue;
        }
        ok(sscanf(arena_cstr(t.sc.mem, line), "# %7s %99s %19s", kind, name, text_of_it) == 3, "%.*s",
           STR(line));
        if (!strcmp(kind, "HELP")) {
            ok(!families || f.samples, "%s has samples", f.name);
            f = (struct family){ 0 };
            snprintf(f.name, sizeof f.name, "%s", name);
            for (size_t i = 0; i < families; i++) ok(strcmp(seen[i], name) != 0, "%s stands once", name);
            memcpy(seen[families++], f.name, sizeof f.name);
        } else {
            ok(!strcmp(kind, "TYPE") && !strcmp(name, f.name) && !f.samples, "%.*s", STR(line));
            snprintf(f.type, sizeof f.type, "%s", text_of_it);
            ok(!strcmp(f.type, "counter") || !strcmp(f.type, "gauge") || !strcmp(f.type, "histogram"), "%s",
               f.type);
            ok((strcmp(f.type, "counter") != 0) == !strstr(f.name, "_total"), "counters are totals: %s",
               f.name);
        }
    }
    ok(f.samples && families >= 8, "%zu families", families);
    ok(!str_has(a.body, S("kept")) && !str_has(a.body, S("route")), "totals, from which no page can be told");
    ok_i64(client_get(&t.sc, http_port(t.metrics), "/").status, 404);
    ok_i64(client_get(&t.sc, http_port(t.metrics), "/v1/release").status, 404);
    town_close(&t);
}

/// What the server gives out is enough for a reader who has the key from elsewhere, and its pages say how.
static void the_release_is_signed(void **state)
{
    (void)state;
    static const char *const files[] = { "manifest.json", "manifest.sig", "public.index" };
    struct town              t = town_open(-1, true);
    struct key_ring          keys = test_keys(&t.sc, t.fx.dir);
    const char              *dir, *path;
    char                     print[SIGN_FINGERPRINT_BYTES], hex[2 * SIGN_KEY_BYTES + 1];
    struct apart             a;
    ok_err(&t.sc, path_join(&t.sc, t.fx.dir, "downloads", &dir), OK);
    ok_err(&t.sc, dir_make(&t.sc, dir), OK);
    for (size_t i = 0; i < COUNT(files); i++) {
        struct answer got = client_get(&t.sc, t.port, arena_printf(t.sc.mem, "/data/1/%s", files[i]).p);
        ok_err(&t.sc, path_join(&t.sc, dir, arena_printf(t.sc.mem, "release-1-%s", files[i]).p, &path), OK);
        ok_err(&t.sc, file_replace(&t.sc, path, got.body), OK);
    }
    ok_err(&t.sc, apart_verify(&t.sc, dir, S("release-1-"), &keys.list, &a), OK);
    sign_fingerprint(&keys.list.at[0].key, print);
    sign_hex_write(hex, keys.list.at[0].key.byte, SIGN_KEY_BYTES);
    struct answer page = client_get(&t.sc, t.port, "/data");
    ok(str_has(page.body, arena_printf(t.sc.mem, "hromada verify release-1-manifest.json --key %s", hex)) &&
           str_has(page.body, str_of(print)) && str_has(page.body, S("href=\"/data/1/manifest.sig\"")) &&
           str_has(page.body, S("href=\"/data/1/key.pub\"")),
       "/data says how");
    page = client_get(&t.sc, t.port, "/v1/releases");
    ok(str_has(page.body, arena_printf(t.sc.mem, "\"signed_by\":\"%s\"", hex)) &&
           str_has(page.body, S("\"exceptions\":[{\"floor\":\"delay\",\"reason\":\"Thefts")),
       "the list says who and what");
    town_close(&t);
}

static const char *const handed_out[] = { "manifest.json", "manifest.sig", "key.pub", "public.sums",
                                          "public.index" };

static struct answer download(struct town *t, const char *name)
{
    return client_get(&t->sc, t->port, arena_printf(t->sc.mem, "/data/1/%s", name).p);
}

/// Puts bytes in place of a file of release 1; NULL: a pipe that nobody writes into.
static void replace_file(struct town *t, const char *name, const str *bytes)
{
    const char *path = place(t, arena_printf(t->sc.mem, "releases/1/%s", name).p);
    if (bytes) ok_err(&t->sc, file_replace(&t->sc, path, *bytes), OK);
    else ok(!unlink(path) && !mkfifo(path, 0600), "%s", path);
}

static void flip_in_place(struct town *t, const char *name)
{
    const char   *path = place(t, name);
    unsigned char byte;
    ok(!chmod(path, 0600), "%s", name);
    int fd = open(path, O_RDWR);
    ok(pread(fd, &byte, 1, 2000) == 1, "%s", name);
    byte ^= 1;
    ok(pwrite(fd, &byte, 1, 2000) == 1 && !close(fd), "%s", name);
}

/// A file that is damaged, of another release, a link or a pipe is refused while it lies there, and its tag is of its bytes.
static void nothing_unproved_is_handed_out(void **state)
{
    (void)state;
    struct town   t = town_open(10, true), other = town_open(-1, true);
    struct answer right[COUNT(handed_out)], a;
    for (size_t i = 0; i < COUNT(handed_out); i++) {
        str sha256;
        right[i] = download(&t, handed_out[i]);
        ok_i64(right[i].status, 200);
        ok_err(&t.sc, hash_sha256(&t.sc, right[i].body, &sha256), OK);
        ok(str_has(answer_header(&right[i], "ETag"), str_slice(sha256, 0, 32)),
           "the tag of %s is of its bytes", handed_out[i]);
    }
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 0\n"), "no trouble yet");
    for (size_t i = 0; i + 1 < COUNT(handed_out); i++) {
        char *damaged = arena_cstr(t.sc.mem, right[i].body);
        damaged[right[i].body.n / 2] ^= 1;
        str wrong[] = { { damaged, right[i].body.n },
                        str_slice(right[i].body, 0, right[i].body.n / 2),
                        S("") };
        for (size_t k = 0; k <= COUNT(wrong); k++) {
            replace_file(&t, handed_out[i], k < COUNT(wrong) ? &wrong[k] : NULL);
            ok(download(&t, handed_out[i]).status == 500, "%s, %zu", handed_out[i], k);
        }
        const char *path = place(&t, arena_printf(t.sc.mem, "releases/1/%s", handed_out[i]).p);
        ok(!unlink(path) && !symlink("../../keys/signing.key", path), "a link");
        a = download(&t, handed_out[i]);
        ok(a.status == 500 && !str_has(a.body, S("secret")), "%s is a link", handed_out[i]);
        replace_file(&t, handed_out[i], &right[i].body);
        ok_i64(download(&t, handed_out[i]).status, 200);
    }
    flip_in_place(&t, "releases/1/public.index");     // that is open, behind its first download
    ok_i64(download(&t, "public.index").status, 503); // tests/web/test_damage.c says more
    flip_in_place(&t, "releases/1/public.index");
    ok(comes(&t, "/healthz", "ok release 1\n") && download(&t, "public.index").status == 200, "put right");
    t.fx.n /= 2; // signed by the same town, under the same number
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "of-another"), index_bytes(&t, 1, S("public"))), OK);
    ok(!rename(place(&t, "of-another"), place(&t, "releases/1/public.index")), "renamed into place");
    ok(comes(&t, "/healthz", "not handed out"), "operators are told");
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 1\n"), "in numbers, too");
    ok_str(download(&t, "public.index").body, right[COUNT(handed_out) - 1].body);
    replace_file(&t, "public.index", &right[COUNT(handed_out) - 1].body);
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 0\n"), "and it is over");
    replace_file(&t, "public.sums", &S("x"));
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 1\n"), "sums that nobody has asked for yet");
    replace_file(&t, "public.sums", &right[3].body);
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 0\n"), "and those are right again");
    replace_file(&t, "manifest.sig", &(str){ download(&other, "manifest.sig").body.p, SIGN_TEXT_BYTES - 1 });
    ok(comes(&t, "/metrics", "hromada_release_files_trouble 1\n"), "a signature that is cut");
    town_close(&other);
    town_close(&t);
}

/// An index that the signed manifest does not list is not served, be its own sums right, missing, or those of what was published.
static void another_index_is_not_served(void **state)
{
    (void)state;
    struct town t = town_open(-1, true), other = town_make();
    other.fx.n /= 2;
    fixture_publish(&other.sc, &other.fx, 1);
    town_serve(&other, -1);
    str   index = download(&other, "public.index").body, sums = download(&other, "public.sums").body;
    str   own = download(&t, "public.index").body, own_sums = download(&t, "public.sums").body;
    str   manifest = download(&t, "manifest.json").body;
    char *damaged = arena_cstr(t.sc.mem, manifest);
    const struct {
        const str *index, *sums, *manifest;
        bool       served;
    } rows[] = {
        { &own, &own_sums, &manifest, true },
        { &index, &sums, &manifest, false },
        { &index, NULL, &manifest, false },
        { &index, &own_sums, &manifest, false },
        { &own, NULL, &manifest, true },                          // the index alone is proved as a whole
        { &own, &own_sums, &(str){ damaged, manifest.n }, true }, // it is not known, and told
        { &own, &own_sums, &manifest, true },
    };
    damaged[manifest.n / 2] ^= 1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct web       *web;
        struct web_config wc = { .data_dir = t.fx.dir, .watch_ms = -1 };
        replace_file(&t, "public.index", rows[i].index);
        if (rows[i].sums) replace_file(&t, "public.sums", rows[i].sums);
        else ok(!unlink(place(&t, "releases/1/public.sums")), "removed");
        replace_file(&t, "manifest.json", rows[i].manifest);
        ok_err(&t.sc, web_open(&t.sc, &wc, &web), OK);
        struct edition *ed = edition_hold(web->editions);
        ok(!!ed == rows[i].served && editions_in_trouble(web->editions) == !rows[i].served, "row %zu", i);
        edition_release(web->editions, ed);
        web_close(web);
    }
    struct web       *web;
    struct web_config wc = { .data_dir = t.fx.dir, .watch_ms = -1 };
    ok(!rename(place(&t, "releases/1/public.index"), place(&t, "same")) &&
           !symlink("../../same", place(&t, "releases/1/public.index")),
       "a link to the same bytes");
    ok_err(&t.sc, web_open(&t.sc, &wc, &web), OK);
    ok(!edition_hold(web->editions), "is not followed");
    web_close(web);
    town_close(&other);
    town_close(&t);
}

static void the_method_tells_of_exceptions(void **state)
{
    (void)state;
    static const struct {
        const char *lang, *floor, *region, *fingerprint;
    } rows[] = {
        { "en", "Given up: nothing is told before 7 days are over",
          "less than 2 ha; the smallest one in this release has 2.3 ha", "Fingerprint of the public key" },
        { "cs", "Opuštěná mez: nic se nesděluje dřív než po 7 dnech",
          "menšího než 2 ha; nejmenší v tomto vydání má 2,3 ha", "Otisk veřejného klíče" },
        { "uk", "Знята межа: нічого не повідомляють раніше ніж за 7 днів",
          "меншої за 2 га; найменша в цьому випуску має 2,3 га", "Відбиток відкритого ключа" },
    };
    struct town t = town_open(-1, true);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct answer a =
            client_get(&t.sc, t.port, arena_printf(t.sc.mem, "/method?lang=%s", rows[i].lang).p);
        ok(str_has(a.body, str_of(rows[i].floor)) && str_has(a.body, S("Thefts &gt; 7 days")) &&
               str_has(a.body, S("O. Hnatiuk")) && str_has(a.body, S("2027-06-30")),
           "%s: the exception", rows[i].lang);
        ok(str_has(a.body, str_of(rows[i].region)), "%s: the smallest region", rows[i].lang);
        ok(str_has(a.body, str_of(rows[i].fingerprint)), "%s: the key", rows[i].lang);
    }
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_release_is_signed),
    cmocka_unit_test(the_method_tells_of_exceptions),
    cmocka_unit_test(nothing_unproved_is_handed_out),
    cmocka_unit_test(another_index_is_not_served),
    cmocka_unit_test(every_route_answers),
    cmocka_unit_test(bad_parameters_are_named),
    cmocka_unit_test(counts_are_those_of_an_obvious_reader),
    cmocka_unit_test(facets_in_parts),
    cmocka_unit_test(lists_and_downloads_hold_every_row),
    cmocka_unit_test(an_area_adds_up),
    cmocka_unit_test(languages),
    cmocka_unit_test(caching),
    cmocka_unit_test(what_all_ask_is_kept),
    cmocka_unit_test(nothing_takes_a_body),
    cmocka_unit_test(the_form_without_a_script),
    cmocka_unit_test(every_link_leads_somewhere),
    cmocka_unit_test(openapi_describes_every_route),
    cmocka_unit_test(nothing_is_published),
    cmocka_unit_test(a_new_release_fails_no_request),
    cmocka_unit_test(a_damaged_release_is_not_begun_with),
    cmocka_unit_test(a_release_damaged_before_the_start),
    cmocka_unit_test(a_current_that_is_gone),
    cmocka_unit_test(a_current_that_cannot_be_read),
    cmocka_unit_test(the_last_good_release_stays),
    cmocka_unit_test(the_first_answer_is_proved),
    cmocka_unit_test(a_sound_one_stands_in),
    cmocka_unit_test(the_newest_index_is_missing),
    cmocka_unit_test(withdrawn_is_gone_everywhere),
    cmocka_unit_test(withdrawn_is_not_sent_to_its_end),
    cmocka_unit_test(back_to_the_one_before),
    cmocka_unit_test(what_is_missing_is_not_served),
    cmocka_unit_test(an_older_one_gives_way),
    cmocka_unit_test(only_one_spelling_is_kept),
    cmocka_unit_test(a_release_cut_under_the_reader),
    cmocka_unit_test(a_busy_index_leaves_the_rest_alone),
    cmocka_unit_test(downloads_that_nobody_reads),
    cmocka_unit_test(only_release_files_are_opened),
    cmocka_unit_test(metrics_are_told_by_own_names),
    cmocka_unit_test(metrics_are_in_the_format),
    cmocka_unit_test(metrics_are_told_beside_idle_ones),
};
TEST_MAIN(tests)
