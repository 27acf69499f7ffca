// SPDX-License-Identifier: EUPL-1.2
#include "web/frame.h"

#include "base/arena.h"
#include "html/asset.h"
#include "web/gaps.h"
#include "web/words.h"

enum { NOWHERE = -1 };

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a page");
}

static enum err add_languages(struct scope *sc, const struct call *c, struct frame_view *v)
{
    static const char *const own[LANGUAGES] = { "English", "Čeština", "Українська" };
    struct link_view        *l = arena_array(sc->mem, struct link_view, LANGUAGES);
    if (!l) return no_room(sc);
    for (int i = 0; i < LANGUAGES; i++)
        l[i] = (struct link_view){ .code = language_code((enum language)i),
                                   .label = str_of(own[i]),
                                   .url = url_in(&c->links, c->rq->path, c->rq->query, (enum language)i),
                                   .on = c->lang == (enum language)i };
    v->languages = l;
    v->n_languages = LANGUAGES;
    return OK;
}

static enum err add_sources(struct scope *sc, const struct release_info *in, struct frame_view *v)
{
    struct source_view *s = arena_array(sc->mem, struct source_view, in->n_sources + 1);
    if (!s) return no_room(sc);
    for (size_t i = 0; i < in->n_sources; i++) {
        const struct release_source *r = &in->sources[i];
        s[i] = (struct source_view){ r->name,        r->homepage,    r->licence,
                                     r->licence_url, r->attribution, r->caveat };
    }
    v->sources = s;
    v->n_sources = in->n_sources;
    return OK;
}

static enum err fill(struct scope *sc, struct call *c, int at, str title, struct frame_view *out)
{
    const struct release_info *in = c->in;
    struct frame_view          v = {
                 .lang = language_code(c->lang),
                 .town = in ? in->town : S("hromada"),
                 .body_class = S("text-page"),
                 .demo = in && in->demo,
                 .has_release = in != NULL,
                 .at_map = at == PAGE_MAP,
                 .at_areas = at == PAGE_AREAS,
                 .at_compare = at == PAGE_COMPARE,
                 .at_data = at == PAGE_DATA,
                 .at_method = at == PAGE_METHOD,
                 .at_about = at == PAGE_ABOUT,
                 .at_by_area = at == PAGE_BY_AREA,
                 .map_url = url_page(&c->links, PAGE_MAP),
                 .areas_url = url_page(&c->links, PAGE_AREAS),
                 .compare_url = url_page(&c->links, PAGE_COMPARE),
                 .data_url = url_page(&c->links, PAGE_DATA),
                 .method_url = url_page(&c->links, PAGE_METHOD),
                 .about_url = url_page(&c->links, PAGE_ABOUT),
                 .changes_url = url_page(&c->links, PAGE_CHANGES),
                 .site_css = asset_url(ASSET_SITE_CSS),
                 .theme_js = asset_url(ASSET_THEME_JS),
                 .site_js = asset_url(ASSET_SITE_JS),
                 .favicon = asset_url(ASSET_FAVICON_SVG),
    };
    v.title = title.n ? arena_printf(sc->mem, "%.*s – %.*s", STR(title), STR(v.town)) : v.town;
    v.description = text_of(c->lang, MSG_PAGE_DESCRIPTION);
    TRY(add_languages(sc, c, &v));
    if (in) {
        v.release = word_count(sc, c->lang, in->release);
        v.created = word_time(sc, c->lang, in->created_s);
        v.gaps = gaps_sentence(sc, c->lang, in);
        v.withheld_url = url_withheld(&c->links);
        if (kinds_shown(in, SHOW_AREAS)) v.by_area_url = url_page(&c->links, PAGE_BY_AREA);
        TRY(add_sources(sc, in, &v));
    }
    *out = v;
    return OK;
}

enum err frame_fill(struct scope *sc, struct call *c, enum page at, str title, struct frame_view *out)
{
    return fill(sc, c, (int)at, title, out);
}

enum err frame_fill_plain(struct scope *sc, struct call *c, str title, struct frame_view *out)
{
    return fill(sc, c, NOWHERE, title, out);
}

void frame_add_map(struct frame_view *v, enum language l, bool embed)
{
    static const enum asset words[LANGUAGES] = { ASSET_MESSAGES_EN_JSON, ASSET_MESSAGES_CS_JSON,
                                                 ASSET_MESSAGES_UK_JSON };
    v->map_css = asset_url(ASSET_MAP_CSS);
    v->map_js = asset_url(ASSET_MAP_JS);
    v->map_assets = v->map_js.n != 0;
    v->worker_url = asset_url(ASSET_WORKER_JS);
    v->messages_url = asset_url(words[l]);
    v->body_class = embed ? S("map-page embed") : S("map-page");
    v->is_embed = embed;
}

void frame_send(struct http_res *rs)
{
    rs->content_type = "text/html; charset=utf-8";
    rs->cache = HTTP_REVALIDATE;
}
