// SPDX-License-Identifier: EUPL-1.2
// The feed of releases and of what differs (RFC 4287). Its ids are tag URIs (RFC 4151) of the address that the reader asked,
// and hang on nothing else but the release's number, so that they last when a release is withdrawn.
#include "web/api.h"

#include "base/arena.h"
#include "base/civil.h"
#include "web/changes_view.h"
#include "web/tpl.h"
#include "web/words.h"
#include <string.h>

enum { MAX_HOST = 253, MAX_TEXT = 64 * 1024 };
#define TAG_YEAR "2026" // since when the ids are made so

/// The name of the server as the reader knows it, in letters that a tag URI has; of others nothing is passed on.
static str authority_of(struct scope *sc, const struct http_req *rq)
{
    str host = http_header(rq, "Host");
    host = str_slice(host, 0, str_find(host, ':'));
    if (!host.n || host.n > MAX_HOST) return S("localhost");
    char *lower = arena_cstr(sc->mem, host);
    for (size_t i = 0; lower && i < host.n; i++) {
        char c = lower[i];
        if (c >= 'A' && c <= 'Z') lower[i] = (char)(c - 'A' + 'a');
        else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
            return S("localhost");
    }
    return str_of(lower);
}

static str time_of(struct scope *sc, int64_t utc_s)
{
    struct buf b;
    buf_init(&b, 64);
    civil_add_time(&b, utc_s);
    buf_add_c(&b, 'Z');
    str s = { 0 };
    if (!b.failed) s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

/// XML has no way to write control characters, U+FFFE and U+FFFF; what is not UTF-8 html_put_str replaces.
static str xml_text(struct scope *sc, str s)
{
    char *p = arena_cstr(sc->mem, s);
    if (!p) return (str){ 0 };
    for (size_t i = 0; i < s.n; i++) {
        bool control = (unsigned char)p[i] < ' ' && p[i] != '\n' && p[i] != '\t';
        bool none = i + 2 < s.n && !memcmp(p + i, "\xEF\xBF", 2) && (unsigned char)p[i + 2] >= 0xBE;
        if (control) p[i] = ' ';
        if (none) p[i + 2] = '\xBD'; // U+FFFD
    }
    return (str){ p, s.n };
}

static void add_sentence(struct buf *b, str s)
{
    if (s.n) buf_printf(b, "%s%.*s", b->n ? "\n" : "", STR(s));
}

static str text_of_change(struct scope *sc, enum language l, const struct change_view *v)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, MAX_TEXT);
    if (v->withdrawal.n) buf_printf(&b, "%.*s. %.*s", STR(v->withdrawal), STR(v->reason));
    add_sentence(&b, v->incidents);
    add_sentence(&b, v->none);
    add_sentence(&b, v->before);
    if (v->months.n)
        add_sentence(&b, word_said(sc, l, MSG_PAGE_CHANGES_NEW_MONTHS,
                                   TEXT_ARGS(text_arg_str("months", v->months))));
    if (v->halves.n)
        add_sentence(&b, word_said(sc, l, MSG_PAGE_CHANGES_NEW_HALVES,
                                   TEXT_ARGS(text_arg_str("halves", v->halves))));
    add_sentence(&b, v->left_out);
    for (size_t i = 0; i < v->n_sums; i++)
        buf_printf(&b, "\n%.*s: %.*s", STR(v->sums[i].label), STR(v->sums[i].figure));
    if (v->n_sums && !v->policy_same) add_sentence(&b, text_of(l, MSG_PAGE_CHANGES_POLICY));
    if (b.failed) return (str){ 0 };
    return xml_text(sc, buf_str(&b));
}

/// When what an entry says changed last: it was published, or one of the two releases was withdrawn.
static int64_t updated_s(const struct release_change *c)
{
    int64_t since = c->is == CHANGE_WITHDRAWN ? c->note.since_s : c->is == CHANGE_TAKEN_BACK ? c->since_s : 0;
    return since > c->note.created_s ? since : c->note.created_s;
}

static enum err entry_of(struct scope *sc, struct call *c, str authority, const struct release_change *of,
                         struct entry_view *out)
{
    struct change_view v;
    TRY(change_view_of(sc, c->lang, of, &v));
    str page = url_page(&c->links, PAGE_CHANGES);
    *out = (struct entry_view){
        .id = arena_printf(sc->mem, "tag:%.*s," TAG_YEAR ":hromada/release/%lld", STR(authority),
                           (long long)of->note.number),
        .title =
            word_said(sc, c->lang, MSG_PAGE_CHANGES_RELEASE, TEXT_ARGS(text_arg_str("number", v.number))),
        .updated = time_of(sc, updated_s(of)),
        .published = of->note.created_s ? time_of(sc, of->note.created_s) : (str){ 0 },
        .url = arena_printf(sc->mem, "%.*s#%.*s", STR(page), STR(v.id)),
        .text = text_of_change(sc, c->lang, &v),
    };
    return out->text.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a feed");
}

enum err feed_releases(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct changes   all;
    struct feed_view v = { .lang = language_code(c->lang),
                           .self_url = url_feed(&c->links),
                           .page_url = url_page(&c->links, PAGE_CHANGES) };
    str              authority = authority_of(sc, c->rq), title = text_of(c->lang, MSG_PAGE_CHANGES_TITLE);
    int64_t          newest_s = 0;
    TRY(changes_asked(sc, c, &all));
    struct entry_view *entry = arena_array(sc->mem, struct entry_view, all.n + 1);
    if (!entry) return fail(&sc->fault, ERR_NOMEM, "no room for a feed");
    for (size_t i = 0; i < all.n; i++) {
        TRY(entry_of(sc, c, authority, &all.of[i], &entry[i]));
        if (updated_s(&all.of[i]) > newest_s) newest_s = updated_s(&all.of[i]);
    }
    v.author = c->in ? xml_text(sc, c->in->town) : S("hromada");
    v.title = arena_printf(sc->mem, "%.*s – %.*s", STR(title), STR(v.author));
    v.id = arena_printf(sc->mem, "tag:%.*s," TAG_YEAR ":hromada/releases", STR(authority));
    v.updated = time_of(sc, newest_s);
    v.entries = entry;
    v.n_entries = all.n;
    buf_add(&rs->body, S("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"));
    tpl_feed(&rs->body, c->lang, &v);
    rs->content_type = "application/atom+xml; charset=utf-8";
    rs->cache = HTTP_REVALIDATE;
    rs->cors = true;
    return OK;
}
