// SPDX-License-Identifier: EUPL-1.2
// Pages of text: the data to take away, the method in plain words, who made this.
#include "web/page.h"

#include "base/arena.h"
#include "html/asset.h"
#include "publish/release.h"
#include "web/by_area.h"
#include "web/form.h"
#include "web/frame.h"
#include "web/gaps.h"
#include "web/releases.h"
#include "web/shape.h"
#include "web/tpl.h"
#include "web/words.h"

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a page");
}

static str bytes_word(struct scope *sc, enum language l, int64_t n)
{
    bool mega = n >= 1000000;
    str  figure = word_fixed(sc, l, (double)n / (mega ? 1e6 : 1e3), n < (mega ? 10000000 : 10000) ? 1 : 0);
    const char *unit = l == LANG_UK ? mega ? "МБ" : "кБ" : mega ? "MB" : "kB";
    return arena_printf(sc->mem, "%.*s\u00A0%s", STR(figure), unit);
}

/// A time that cannot be read stands as it is.
static str made_word(struct scope *sc, enum language l, str created)
{
    int64_t utc_s = release_read_time(created);
    return utc_s ? word_time(sc, l, utc_s) : created;
}

enum err page_data(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct data_view           v = { 0 };
    const struct release_note *r;
    size_t                     n;
    struct release_pages       pages;
    TRY(releases_asked(sc, c, RELEASES_MAX, &r, &n, &pages));
    struct release_row_view *row = arena_array(sc->mem, struct release_row_view, n + 1);
    struct link_view        *border = arena_array(sc->mem, struct link_view, c->in->n_sets + 1);
    if (!row || !border) return no_room(sc);
    for (size_t i = 0; i < n; i++)
        row[i] = (struct release_row_view){
            .number = word_count(sc, c->lang, (uint64_t)r[i].number),
            .created = made_word(sc, c->lang, r[i].created),
            .incidents = r[i].withdrawn ? S("") : word_count(sc, c->lang, r[i].incidents),
            .licence = r[i].licence,
            .sha256 = r[i].manifest_sha256,
            .manifest_url = url_manifest(&c->links, r[i].number),
            .index_url = url_index(&c->links, r[i].number),
            .bytes = bytes_word(sc, c->lang, r[i].bytes),
            .signature_url = url_signature(&c->links, r[i].number),
            .key_url = url_key(&c->links, r[i].number),
            .sums_url = r[i].has_sums ? url_sums(&c->links, r[i].number) : S(""),
            .difference_url =
                r[i].difference_sha256.n && !(i + 1 < n + (pages.older > 0) && r[i + 1].withdrawn)
                    ? url_difference(&c->links, r[i].number)
                    : S(""),
            .proved = r[i].signed_by.n > 0,
            .current = r[i].number == c->ed->number,
            .offered = r[i].offered,
            .withdrawn = r[i].withdrawn,
            .since = r[i].since_s ? word_time(sc, c->lang, r[i].since_s) : S(""),
            .reason = r[i].reason
        };
    for (size_t i = 0; i < n; i++)
        if (r[i].number == c->ed->number)
            v.number = r[i].number, v.key = r[i].signed_by, v.fingerprint = r[i].fingerprint;
    for (size_t i = 0; i < c->in->n_sets; i++)
        border[i] =
            (struct link_view){ .label = c->in->sets[i].name, .url = url_areas_geojson(&c->links, i) };
    v.releases = row;
    v.n_releases = n;
    if (pages.older) v.older_url = url_data(&c->links, pages.older);
    if (pages.newer) v.newer_url = url_data(&c->links, pages.newer);
    v.boundaries = border;
    v.n_boundaries = c->in->n_sets;
    v.n = c->in->rows;
    v.count = word_count(sc, c->lang, c->in->rows);
    v.period = word_period(sc, c->lang, period_of_release(c->in));
    v.csv_url = url_csv(&c->links, NULL);
    v.geojson_url = url_geojson(&c->links, NULL);
    v.openapi_url = S("/v1/openapi.json");
    if (kinds_shown(c->in, SHOW_AREAS)) v.by_area_csv = url_by_area_csv(&c->links);
    v.by_area_json = S("/v1/by-area");
    TRY(frame_fill(sc, c, PAGE_DATA, text_of(c->lang, MSG_PAGE_DATA_TITLE), &v.frame));
    tpl_data(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

/// The classes whose points are told as exactly as this, and no more exactly.
static sensitivity_set points_of(const struct release_info *in, enum precision finest)
{
    sensitivity_set points = kinds_shown(in, SHOW_POINTS), kinds = 0;
    for (int class = 0; class < SENSITIVITIES; class ++)
        if (points >> class & 1 && in->rules[class].finest == finest)
            kinds |= sensitivity_bit((enum sensitivity) class);
    return kinds;
}

static enum err rules_fill(struct scope *sc, struct call *c, struct method_view *v)
{
    const struct release_info *in = c->in;
    const sensitivity_set      never =
        sensitivity_bit(SENSITIVITY_UNCLASSIFIED) | sensitivity_bit(SENSITIVITY_TRAFFICKING);
    sensitivity_set minute = points_of(in, PRECISION_MINUTE), hour = points_of(in, PRECISION_HOUR),
                    timed = minute | hour;
    struct filter *all = arena_new(sc->mem, struct filter);
    struct facets  k;
    if (!all) return no_room(sc);
    filter_all(all);
    TRY(index_facets(sc, c->ix, all, FACET_HOURWEEK, false, &k));
    v->points_minute = kinds_list(sc, c->lang, minute);
    v->points_hour = kinds_list(sc, c->lang, hour);
    v->points_day = kinds_list(sc, c->lang, points_of(in, PRECISION_DAY));
    v->points_month = kinds_list(sc, c->lang, points_of(in, PRECISION_MONTH));
    v->by_area = kinds_list(sc, c->lang, kinds_shown(in, SHOW_AREAS));
    v->withheld = kinds_list(sc, c->lang, kinds_shown(in, SHOW_WITHHELD) & (sensitivity_set)~never);
    if (timed && timed != kinds_shown(in, SHOW_POINTS)) v->timed = kinds_list(sc, c->lang, timed);
    v->hours = hours_sentence(sc, c->lang, k.hourweek);
    if (by_area_set(in)) v->count_set = by_area_set(in)->name;
    v->least = in->least;
    v->delay_days = in->delay_days;
    return OK;
}

/// The floors that the town gave up for it. A name that this program does not know is told as such, not left out.
static enum err exceptions_fill(struct scope *sc, enum language l, const struct release_note *r,
                                struct method_view *v)
{
    static const struct {
        const char *name;
        enum msg    says;
    } floors[] = {
        { "points", MSG_PAGE_FLOOR_POINTS }, { "time", MSG_PAGE_FLOOR_TIME },
        { "grid", MSG_PAGE_FLOOR_GRID },     { "delay", MSG_PAGE_FLOOR_DELAY },
        { "flags", MSG_PAGE_FLOOR_FLAGS },   { "place", MSG_PAGE_FLOOR_PLACE },
        { "least", MSG_PAGE_FLOOR_LEAST },   { "regions", MSG_PAGE_FLOOR_REGIONS },
    };
    struct exception_view *e = arena_array(sc->mem, struct exception_view, r->n_exceptions + 1);
    if (!e) return no_room(sc);
    for (size_t i = 0; i < r->n_exceptions; i++) {
        const struct exception_note *is = &r->exceptions[i];
        enum msg                     says = MSG_PAGE_FLOOR_OTHER;
        for (size_t k = 0; k < COUNT(floors); k++)
            if (str_eq(is->floor, str_of(floors[k].name))) says = floors[k].says;
        e[i] = (struct exception_view){ text_of(l, says), is->reason, is->by, is->until };
    }
    v->exceptions = e;
    v->n_exceptions = r->n_exceptions;
    return OK;
}

/// 2, or 2.3 where it is no whole number.
static str measure(struct scope *sc, enum language l, double v)
{
    return word_fixed(sc, l, v, v - (double)(int64_t)v > 0 ? 1 : 0);
}

/// What the manifest says of this release.
static enum err note_fill(struct scope *sc, struct call *c, const struct release_note *r,
                          struct method_view *v)
{
    v->has_moved = r->moved_p95_m > 0;
    v->moved_median = word_metres(sc, c->lang, r->moved_median_m);
    v->moved_p95 = word_metres(sc, c->lang, r->moved_p95_m);
    v->stayed = v->has_moved && !r->left_area;
    v->by_hectares = str_eq(r->region_unit, S("hectares"));
    v->by_addresses = str_eq(r->region_unit, S("addresses"));
    v->by_inhabitants = str_eq(r->region_unit, S("inhabitants"));
    v->region_least = measure(sc, c->lang, r->region_least);
    v->region_smallest = measure(sc, c->lang, r->region_smallest);
    v->fingerprint = r->fingerprint;
    return exceptions_fill(sc, c->lang, r, v);
}

enum err page_method(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct method_view         v = { 0 };
    const struct release_info *in = c->in;
    struct box                 home = c->ed->portrait.home;
    const struct release_note *r;
    size_t                     n;
    TRY(form_read(sc, c, NULL, 0, NULL, NULL));
    TRY(releases_read(sc, c->web->notes, c->ed->number, c->ed->number + 1, 1, &r, &n));
    struct point middle = { home.min_x / 2 + home.max_x / 2, home.min_y / 2 + home.max_y / 2 };
    v.grid = in->anchor_level != 0;
    v.side = word_metres(sc, c->lang, anchor_side_m(in, middle));
    v.by_month = in->finest == PRECISION_MONTH;
    v.by_day = in->finest == PRECISION_DAY;
    v.by_hour = in->finest <= PRECISION_HOUR;
    v.small_population = word_count(sc, c->lang, SMALL_POPULATION);
    v.small_count = SMALL_COUNT;
    v.change_min = CHANGE_MIN_COUNT;
    v.timezone = in->timezone;
    v.has_places = in->n_places > 1;
    TRY(rules_fill(sc, c, &v));
    for (size_t i = 0; i < n; i++)
        if (r[i].number == c->ed->number) TRY(note_fill(sc, c, &r[i], &v));
    TRY(frame_fill(sc, c, PAGE_METHOD, text_of(c->lang, MSG_PAGE_METHOD_TITLE), &v.frame));
    tpl_method(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

enum err page_about(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct about_view        v = { .version = S(HROMADA_VERSION) };
    const struct asset_file *legal = asset_get(ASSET_LEGAL_TXT);
    if (legal) v.notices = legal->bytes;
    TRY(frame_fill(sc, c, PAGE_ABOUT, text_of(c->lang, MSG_PAGE_ABOUT_TITLE), &v.frame));
    tpl_about(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

/// The types of problem details are addresses; whoever opens one is told more by the method page.
enum err page_problem(struct scope *sc, struct call *c, struct http_res *rs)
{
    str method = url_page(&c->links, PAGE_METHOD);
    str url = arena_printf(sc->mem, "%.*s#problems", STR(method));
    if (!url.p) return no_room(sc);
    rs->status = 303;
    rs->header[rs->n_headers++] = (struct http_param){ S("Location"), url };
    return OK;
}
