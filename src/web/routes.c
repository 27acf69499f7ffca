// SPDX-License-Identifier: EUPL-1.2
// Above all handlers: what there is to ask, in one table, and the one place where errors become statuses.
#include "web/routes.h"

#include "base/arena.h"
#include "base/log.h"
#include "seal/hash.h"
#include "web/accept.h"
#include "web/api.h"
#include "web/density.h"
#include "web/files.h"
#include "web/form.h"
#include "web/page.h"
#include "web/problem.h"
#include <stdlib.h>
#include <unistd.h>

enum { QUICK_MS = 5000, SCAN_MS = 20000 };

// clang-format off
const struct route routes[] = {
    // pattern                                  reply       needs          tag           deadline  handler
    { "/",                                      REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_map },
    { "/embed",                                 REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_embed },
    { "/picture.svg",                           REPLY_FILE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_picture },
    { "/areas",                                 REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, page_areas },
    { "/areas/{set}",                           REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_set },
    { "/areas/{set}/{code}",                    REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_area },
    { "/by-area",                               REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, page_by_area },
    { "/compare",                               REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  page_compare },
    { "/data",                                  REPLY_PAGE, NEEDS_RELEASE, TAG_OF_BODY,  QUICK_MS, page_data },
    { "/data/{release}/manifest.json",          REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_manifest },
    { "/data/{release}/manifest.sig",           REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_signature },
    { "/data/{release}/key.pub",                REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_key },
    { "/data/{release}/public.index",           REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_index },
    { "/data/{release}/public.sums",            REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_sums },
    { "/data/{release}/difference.json",        REPLY_FILE, NEEDS_OLDER,   TAG_OF_BODY,  QUICK_MS, file_difference },
    { "/changes",                               REPLY_PAGE, NEEDS_RELEASE, TAG_OF_BODY,  QUICK_MS, page_changes },
    { "/feeds/releases.atom",                   REPLY_JSON, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, feed_releases },
    { "/method",                                REPLY_PAGE, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, page_method },
    { "/about",                                 REPLY_PAGE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, page_about },
    { "/problems/{name}",                       REPLY_PAGE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, page_problem },
    { "/v1/release",                            REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, api_release },
    { "/v1/releases",                           REPLY_JSON, NEEDS_RELEASE, TAG_OF_BODY,  QUICK_MS, api_releases },
    { "/v1/changes",                            REPLY_JSON, NEEDS_RELEASE, TAG_OF_BODY,  QUICK_MS, api_changes },
    { "/v1/counts",                             REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_counts },
    { "/v1/facets",                             REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_facets },
    { "/v1/areas/{set}.geojson",                REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_areas_geojson },
    { "/v1/areas/{set}",                        REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, api_areas },
    { "/v1/areas/{set}/{code}",                 REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_area },
    { "/v1/compare/{set}",                      REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_compare },
    { "/v1/by-area",                            REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, api_by_area },
    { "/v1/by-area.csv",                        REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, api_by_area_csv },
    { "/v1/places",                             REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_places },
    { "/v1/places/{id}",                        REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_place },
    { "/v1/density",                            REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_density },
    { "/v1/incidents",                          REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_incidents },
    { "/v1/incidents.csv",                      REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_incidents_csv },
    { "/v1/incidents.geojson",                  REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, SCAN_MS,  api_incidents_geojson },
    { "/v1/search",                             REPLY_JSON, NEEDS_RELEASE, TAG_OF_QUERY, QUICK_MS, api_search },
    { "/v1/openapi.json",                       REPLY_JSON, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, api_openapi },
    { "/tiles/{release}/{layer}/{z}/{x}/{y}.mvt", REPLY_FILE, NEEDS_OLDER, TAG_OF_QUERY, SCAN_MS,  file_tile },
    { "/tiles/{release}/counts/{z}/{x}/{y}.grid", REPLY_FILE, NEEDS_OLDER, TAG_OF_QUERY, SCAN_MS,  file_counts },
    { "/tiles/{release}/density/{z}/{x}/{y}.png", REPLY_FILE, NEEDS_OLDER, TAG_OF_QUERY, SCAN_MS,  file_density },
    { "/static/{file}",                         REPLY_FILE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, file_static },
    { "/favicon.ico",                           REPLY_FILE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, file_favicon },
    { "/robots.txt",                            REPLY_FILE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, file_robots },
    { "/basemap.pmtiles",                       REPLY_FILE, NEEDS_NOTHING, TAG_OF_BODY,  SCAN_MS,  file_basemap },
    { "/healthz",                               REPLY_FILE, NEEDS_NOTHING, TAG_OF_BODY,  QUICK_MS, file_health },
};
// clang-format on
const size_t routes_n = COUNT(routes);

// -- matching -------------------------------------------------------------------------------------

/// One part of a pattern against one of the path; a name and what stands there go to *at (name empty: a word).
static bool part_fits(str pattern, str part, struct http_param *at)
{
    *at = (struct http_param){ 0 };
    if (!pattern.n || pattern.p[0] != '{') return str_eq(pattern, part);
    size_t end = str_find(pattern, '}');
    str    behind = str_slice(pattern, end + 1, pattern.n);
    if (part.n <= behind.n || !str_ends(part, behind)) return false;
    *at = (struct http_param){ str_slice(pattern, 1, end), str_slice(part, 0, part.n - behind.n) };
    return true;
}

static bool fits(str pattern, str path, struct http_param *at, size_t *n)
{
    str a, b;
    *n = 0;
    while (str_cut(&path, '/', &b)) {
        struct http_param here;
        if (!str_cut(&pattern, '/', &a) || !part_fits(a, b, &here)) return false;
        if (here.name.n && *n < CALL_MAX_PATH) at[(*n)++] = here;
    }
    return !pattern.p;
}

const struct route *route_find(str path, struct http_param *at, size_t *n)
{
    for (size_t i = 0; i < routes_n; i++)
        if (fits(str_of(routes[i].pattern), path, at, n)) return &routes[i];
    return NULL;
}

/// Escaped slashes of what stands for names, for handlers: codes of areas may have some, and nothing else. *fits: it is so.
static enum err name_slashes(struct scope *sc, struct http_param *at, size_t n, bool *fits)
{
    *fits = true;
    for (size_t i = 0; i < n; i++) {
        char *value = NULL;
        if (str_find(at[i].value, HTTP_SLASH) == at[i].value.n) continue;
        *fits = *fits && str_eq(at[i].name, S("code"));
        if (!(value = arena_cstr(sc->mem, at[i].value)))
            return fail(&sc->fault, ERR_NOMEM, "no room for the code of an area");
        for (size_t k = 0; k < at[i].value.n; k++)
            if (value[k] == HTTP_SLASH) value[k] = '/';
        at[i].value.p = value;
    }
    return OK;
}

// -- one request ----------------------------------------------------------------------------------

static void use(struct call *c, struct edition *ed)
{
    c->ed = ed;
    c->ix = ed ? ed->ix : NULL;
    c->in = ed ? &ed->portrait.in : NULL;
    c->links.in = c->in;
}

/// The edition that the path names instead of the current one.
static enum err use_older(struct scope *sc, struct call *c)
{
    int64_t number = 0;
    for (size_t i = 0; i < c->n_path; i++)
        if (str_eq(c->path[i].name, S("release")) && !form_number(c->path[i].value, &number)) number = 0;
    if (number < 1) return fail(&sc->fault, ERR_NOTFOUND, "a release is a number: 1, 2, 3, ...");
    if (c->ed && c->ed->number == number) return OK;
    struct edition *older;
    TRY(edition_hold_number(sc, c->web->editions, number, &older, &c->gone));
    edition_release(c->web->editions, c->ed);
    use(c, older);
    return OK;
}

/// The same release, address and language give the same bytes, as long as the program is the same and nobody writes into the open
/// file: what was answered meanwhile, be it right, has tags of its own. Nothing else of the file is in them: two towns with the same
/// public files must answer the same.
static enum err tag(struct scope *sc, const struct call *c, struct http_res *rs)
{
    str what =
        arena_printf(sc->mem, "%s\n%lld %lld %u\n%.*s\n%.*s\n%d %d", HROMADA_VERSION,
                     (long long)c->ed->number, (long long)c->in->created_s, c->seen.written, STR(c->rq->path),
                     STR(c->rq->query), (int)c->lang, c->web->config.basemap != NULL);
    if (!what.p) return fail(&sc->fault, ERR_NOMEM, "no room for a tag");
    struct hash128 h = hash_content(what);
    rs->etag =
        arena_printf(sc->mem, "%016llx%08llx", (unsigned long long)h.hi, (unsigned long long)(h.lo >> 32));
    return OK;
}

/// Takes back what a handler has put into the response, but for its headers.
static void take_back(struct http_res *rs)
{
    if (rs->more_free) rs->more_free(rs->more_ctx);
    if (rs->fd > 0) close(rs->fd);
    buf_reset(&rs->body);
    *rs = (struct http_res){ .fd = -1, .body = rs->body };
}

/// There is nothing to answer from: because it was withdrawn, or is damaged, or was never there.
static enum err no_release(struct scope *sc, struct call *c)
{
    if (editions_withdrawn(c->web->editions, &c->gone))
        return fail(&sc->fault, ERR_GONE, "release %lld is not served any more", (long long)c->gone.number);
    c->foreign = editions_foreign(c->web->editions);
    c->damaged = !c->foreign && editions_in_trouble(c->web->editions);
    return fail(&sc->fault, ERR_BUSY, "%s",
                c->foreign   ? "the newest release is not signed by this town; the server's log says more"
                : c->damaged ? "the release cannot be read at this moment; the server's log says why"
                             : "nothing has been published yet: run hromada publish on the server");
}

/// A question that nobody waits for any more is not begun.
static bool in_time(struct scope *sc, const struct call *c)
{
    bool late = c->web->config.clock->monotonic_ms() > sc->deadline_ms;
    if (late) (void)fail(&sc->fault, ERR_TIMEOUT, "the question waited too long for its turn");
    return !late;
}

/// What needs no release is told of it from memory.
static bool reads_index(const struct call *c, const struct route *r)
{
    return c->ed && r->needs != NEEDS_NOTHING;
}

static enum err ask(struct scope *sc, struct call *c, const struct route *r, struct http_res *rs)
{
    if (r->needs == NEEDS_OLDER) TRY(use_older(sc, c));
    if (r->needs == NEEDS_RELEASE && !c->ed) return no_release(sc, c);
    if (reads_index(c, r)) TRY(edition_look(sc, c->web->editions, c->ed, &c->seen));
    int64_t now_ms = c->web->config.clock->monotonic_ms();
    sc->deadline_ms = (c->rq->arrived_ms ? c->rq->arrived_ms : now_ms) + r->deadline_ms;
    if (r->tag == TAG_OF_QUERY) {
        TRY(tag(sc, c, rs));
        if (http_knows(c->rq, HTTP_PUBLIC, rs->etag)) {
            rs->status = 304;
            rs->cache = HTTP_REVALIDATE;
            rs->cors = r->reply != REPLY_PAGE;
            return OK;
        }
    }
    if (r->needs == NEEDS_NOTHING) return r->answer(sc, c, rs);
    TRY(turn_begin(sc, c->web->turns));
    enum err e = in_time(sc, c) ? r->answer(sc, c, rs) : ERR_TIMEOUT;
    turn_end(c->web->turns);
    // Another spelling of the address would be kept beside this one. A tile has no language.
    bool plain = c->canonical && !(r->needs == NEEDS_OLDER && c->links.lang.n);
    rs->lasting = r->tag == TAG_OF_QUERY && plain;
    return e;
}

/// An answer out of a file that was cut or written to meanwhile may hold anything: nobody gets it.
static enum err answer(struct scope *sc, struct call *c, const struct route *r, struct http_res *rs)
{
    struct scope own = { .mem = sc->mem };
    enum err     e = ask(sc, c, r, rs);
    if (!c->seen.mark.inode || !edition_same(&own, c->web->editions, c->ed, &c->seen)) return e;
    take_back(rs);
    sc->fault = own.fault;
    return own.fault.code;
}

static int status_of(enum err e)
{
    switch (e) {
    case OK:
        return 200;
    case ERR_INVALID:
    case ERR_PARSE:
        return 400;
    case ERR_NOTFOUND:
        return 404;
    case ERR_GONE:
        return 410;
    case ERR_NOMEM:
    case ERR_BUSY:
    case ERR_TIMEOUT:
        return 503;
    case ERR_LIMIT:
    case ERR_IO:
    case ERR_FULL:
    case ERR_CORRUPT:
    case ERR_FOREIGN:
    case ERR_VERSION:
    case ERR_EXISTS:
    case ERR_UNSUPPORTED:
        return 500;
    }
    return 500;
}

static void answer_error(struct scope *sc, struct call *c, const struct route *r, enum err e,
                         struct http_res *rs)
{
    int status = status_of(e);
    str detail = e == ERR_GONE ? problem_gone(sc, &c->gone) : str_of(sc->fault.text);
    if (status == 500 || e == ERR_NOMEM || e == ERR_TIMEOUT) {
        // Whoever asks for what is damaged, over and over, does not fill the log.
        if (told_first(c->web->told, arena_printf(sc->mem, "%s %.*s", r->pattern, STR(detail))))
            log_error("request.failed", log_cstr("route", r->pattern), log_cstr("error", err_name(e)),
                      log_str("why", detail));
        detail = e == ERR_TIMEOUT ? S("the answer took too long; ask for a shorter period or a smaller area")
                                  : S("the server could not answer; its log says why");
    }
    problem_answer(sc, c, r->reply, status, detail, status == 400 ? c->bad : (str){ 0 }, rs);
    if (status == 503) rs->retry_after_s = 10;
}

/// Where nothing answers, the path tells who asked.
static enum reply reply_for(str path)
{
    if (str_starts(path, S("/v1/")) || str_eq(path, S("/v1"))) return REPLY_JSON;
    if (str_starts(path, S("/static/")) || str_starts(path, S("/tiles/"))) return REPLY_FILE;
    return REPLY_PAGE;
}

static void add_header(struct http_res *rs, str name, str value)
{
    if (rs->n_headers < COUNT(rs->header)) rs->header[rs->n_headers++] = (struct http_param){ name, value };
}

static void dispatch(struct scope *sc, struct call *c, struct http_res *rs)
{
    const struct route *r = route_find(c->rq->path, c->path, &c->n_path);
    enum reply          reply = r ? r->reply : reply_for(c->rq->path);
    bool                speaks = accept_choose(c->rq, c->in ? c->in->lang : LANG_EN, &c->lang), whole = true;
    enum err            named = r ? name_slashes(sc, c->path, c->n_path, &whole) : OK;
    if (named) {
        answer_error(sc, c, r, named, rs);
    } else if (!r || !whole) {
        problem_answer(sc, c, reply, 404, S(""), S(""), rs);
    } else if (c->rq->method == HTTP_OPTIONS) {
        rs->status = 204;
        rs->cors = r->reply != REPLY_PAGE;
        add_header(rs, S("Allow"), S("GET, HEAD, OPTIONS"));
        if (rs->cors) { // what a script of another site may add to its question; a browser asks before it does
            add_header(rs, S("Access-Control-Allow-Methods"), S("GET, HEAD"));
            add_header(rs, S("Access-Control-Allow-Headers"), S("If-None-Match, If-Range, Range"));
            add_header(rs, S("Access-Control-Max-Age"), S("86400"));
        }
    } else if (c->rq->method != HTTP_GET && c->rq->method != HTTP_HEAD) {
        problem_answer(sc, c, reply, 405, S("this address answers GET and HEAD only"), S(""), rs);
        add_header(rs, S("Allow"), S("GET, HEAD, OPTIONS"));
    } else if (!speaks) {
        problem_answer(sc, c, reply, 400, S("lang: take one of en, cs, uk"), S("lang"), rs);
    } else {
        for (size_t i = 0; i < c->rq->n_params; i++)
            if (str_eq(c->rq->param[i].name, S("lang"))) c->links.lang = language_code(c->lang);
        enum err e = answer(sc, c, r, rs);
        if (e) answer_error(sc, c, r, e, rs);
    }
    if (reply != REPLY_FILE) add_header(rs, S("Vary"), S("Accept-Language, Cookie"));
    if (reply == REPLY_PAGE && c->links.lang.n && rs->status < 400) {
        str cookie =
            arena_printf(sc->mem, "lang=%.*s; Path=/; Max-Age=31536000; SameSite=Lax", STR(c->links.lang));
        if (cookie.p) add_header(rs, S("Set-Cookie"), cookie);
    }
}

void web_handle(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs)
{
    struct web *w = app;
    struct call c = { .web = w, .rq = rq, .links = { .sc = sc }, .lang = LANG_EN };
    use(&c, edition_hold(w->editions));
    dispatch(sc, &c, rs);
    rs->cuttable = c.seen.mark.inode != 0; // read from a release
    rs->audience = HTTP_PUBLIC; // there are no people here, and of a release what is public alone (web.h)
    edition_release(w->editions, c.ed);
}

static int capital_hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Is this the one spelling of a path: what need not be escaped is not, and the rest is in capitals?
static bool is_plain_path(str path)
{
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == '/' || url_is_plain(path.p[i])) continue;
        int high = path.p[i] == '%' && i + 2 < path.n ? capital_hex(path.p[i + 1]) : -1;
        int low = high >= 0 ? capital_hex(path.p[i + 2]) : -1;
        if (low < 0 || url_is_plain((char)(high * 16 + low))) return false;
        i += 2;
    }
    return true;
}

/// What an outsider can ask for without end is not kept: the address in another spelling (of its query the handler tells, by
/// call->canonical), and releases that are not current, which would push out the answers that all ask for.
struct http_kept web_keep_for(void *app, const struct http_req *rq, str target)
{
    const struct web   *w = app;
    struct http_param   at[CALL_MAX_PATH];
    size_t              n, query = str_find(target, '?');
    enum language       l;
    int64_t             number;
    str                 path = str_slice(target, 0, query);
    const struct route *r = route_find(path, at, &n);
    if (!r || r->tag != TAG_OF_QUERY || !is_plain_path(path) || query + 1 == target.n ||
        !editions_quiet(w->editions))
        return (struct http_kept){ 0 };
    for (size_t i = 0; i < n; i++)
        if (str_eq(at[i].name, S("release")) &&
            !(form_number(at[i].value, &number) && number == editions_number(w->editions)))
            return (struct http_kept){ 0 };
    // Tiles have no language. Where nothing is asked for it is the town's, which changes with the release.
    bool asked = r->needs != NEEDS_OLDER && accept_asked(rq, &l);
    return (struct http_kept){ HTTP_PUBLIC, asked ? (char)('a' + (int)l) : '-' };
}

size_t web_admit(void *app, enum http_method method, str path)
{
    (void)app, (void)path;
    bool answered = method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS;
    return answered ? 0
                    : HTTP_NOT_READ; // no route takes a body; to another method the handler says 404 or 405
}

// -- life -----------------------------------------------------------------------------------------

static enum err web_fill(struct scope *sc, struct web *w)
{
    const struct web_config *config = &w->config;
    unsigned scans = (unsigned)(config->scans > 0 ? config->scans : sysconf(_SC_NPROCESSORS_ONLN));
    w->turns = turns_open(scans);
    w->told = told_open(config->clock);
    w->origin = origin_open();
    if (w->origin && config->keys) origin_set(w->origin, config->keys);
    w->notes = notes_open(config->data_dir, w->origin, config->clock, w->told);
    if (!w->origin || !w->turns || !w->told || !w->notes)
        return fail(&sc->fault, ERR_NOMEM, "no memory for the web application");
    return editions_open(sc, config->data_dir, w->origin, config->clock, config->watch_ms, &w->editions);
}

enum err web_open(struct scope *sc, const struct web_config *config, struct web **out)
{
    struct web *w = calloc(1, sizeof *w);
    if (!w) return fail(&sc->fault, ERR_NOMEM, "no memory for the web application");
    w->config = *config;
    if (!w->config.clock) w->config.clock = &clock_system;
    w->started_ms = w->config.clock->monotonic_ms();
    enum err e = web_fill(sc, w);
    w->config.keys = NULL; // they were read
    if (e) {
        web_close(w);
        return e;
    }
    *out = w;
    return OK;
}

void web_keys(struct web *w, const struct key_list *keys)
{
    origin_set(w->origin, keys);
    editions_ask_again(w->editions);
}

void web_measures(struct web *w, struct http_server *s)
{
    w->server = s;
    editions_serve(w->editions, s);
}

void web_close(struct web *w)
{
    if (!w) return;
    editions_close(w->editions);
    notes_close(w->notes);
    origin_close(w->origin);
    told_close(w->told);
    turns_close(w->turns);
    free(w);
}

void web_closep(struct web **w)
{
    web_close(*w);
    *w = NULL;
}
