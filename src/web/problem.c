// SPDX-License-Identifier: EUPL-1.2
#include "web/problem.h"

#include "base/arena.h"
#include "base/civil.h"
#include "html/text.h"
#include "web/frame.h"
#include "web/shape.h"
#include "web/tpl.h"
#include "web/words.h"
#include "wire/json.h"

static const struct {
    int         status;
    const char *type, *title;
} kinds[] = {
    { 400, "/problems/parameter", "A parameter cannot be answered" },
    { 404, "/problems/not-found", "There is no such thing" },
    { 405, "/problems/method", "This method is not allowed here" },
    { 410, "/problems/gone", "This release is not served any more" },
    { 503, "/problems/unavailable", "The answer is not available now" },
    { 500, "/problems/internal", "The server failed" },
};

static size_t kind_of(int status)
{
    size_t i = 0;
    while (i + 1 < COUNT(kinds) && kinds[i].status != status) i++;
    return i;
}

static void json_gone(struct json *j, const struct gone *g)
{
    json_key(j, "release");
    json_i64(j, g->number);
    if (g->withdrawn && g->since_s) {
        json_key(j, "withdrawn");
        json_time(j, g->since_s);
    }
    if (g->reason[0]) {
        json_key(j, "reason");
        json_cstr(j, g->reason);
    }
    if (g->current) {
        json_key(j, "current");
        json_i64(j, g->current);
    }
}

str problem_gone(struct scope *sc, const struct gone *g)
{
    struct buf b;
    buf_init(&b, 512 + sizeof g->reason);
    buf_printf(&b, "release %lld was %s", (long long)g->number, g->withdrawn ? "withdrawn" : "replaced");
    if (g->withdrawn && g->since_s) {
        buf_add(&b, S(" on "));
        civil_add_day(&b, civil_floor_day(g->since_s));
    }
    if (g->reason[0]) buf_printf(&b, ": %s", g->reason);
    if (g->current) buf_printf(&b, "; release %lld is served now", (long long)g->current);
    str s = b.failed ? S("") : arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void as_json(int status, str detail, str parameter, const struct gone *g, struct http_res *rs)
{
    struct json j = json_on(&rs->body);
    json_open(&j, '{');
    json_key(&j, "type");
    json_cstr(&j, kinds[kind_of(status)].type);
    json_key(&j, "title");
    json_cstr(&j, kinds[kind_of(status)].title);
    json_key(&j, "status");
    json_i64(&j, status);
    if (detail.n) {
        json_key(&j, "detail");
        json_str(&j, detail);
    }
    if (parameter.n) {
        json_key(&j, "parameter");
        json_str(&j, parameter);
    }
    if (status == 410) json_gone(&j, g);
    json_close(&j, '}');
    rs->content_type = "application/problem+json";
    rs->cors = true;
}

static enum msg title_of(const struct error_view *v)
{
    if (v->bad_request) return MSG_PAGE_ERROR_400;
    if (v->not_found) return MSG_PAGE_ERROR_404;
    if (v->bad_method) return MSG_PAGE_ERROR_405;
    if (v->withdrawn) return MSG_PAGE_ERROR_410;
    if (v->replaced) return MSG_PAGE_ERROR_410_OLD;
    if (v->foreign) return MSG_PAGE_ERROR_FOREIGN;
    if (v->damaged) return MSG_PAGE_ERROR_DAMAGED;
    if (v->unpublished) return MSG_PAGE_ERROR_EMPTY;
    return v->busy ? MSG_PAGE_ERROR_503 : MSG_PAGE_ERROR_500;
}

static void gone_fill(struct scope *sc, const struct call *c, struct error_view *v)
{
    v->withdrawn = c->gone.withdrawn;
    v->replaced = !c->gone.withdrawn;
    v->number = word_count(sc, c->lang, (uint64_t)c->gone.number);
    v->reason = str_of(c->gone.reason);
    if (c->gone.since_s) v->since = word_time(sc, c->lang, c->gone.since_s);
}

static enum err as_page(struct scope *sc, struct call *c, int status, str detail, str parameter,
                        struct http_res *rs)
{
    struct error_view v = { .status = status, .parameter = parameter };
    if (status == 410) gone_fill(sc, c, &v);
    v.bad_request = status == 400;
    v.not_found = status == 404;
    v.bad_method = status == 405;
    v.damaged = status == 503 && c->damaged;
    v.foreign = status == 503 && c->foreign;
    v.unpublished = status == 503 && !c->ed && !c->damaged && !c->foreign;
    v.busy = status == 503 && c->ed;
    v.broken = status == 500;
    if (status != 410 && !v.damaged && !v.foreign)
        v.detail = detail; // of these the page says it in its own language
    TRY(frame_fill_plain(sc, c, text_of(c->lang, title_of(&v)), &v.frame));
    tpl_error(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}

void problem_answer(struct scope *sc, struct call *c, enum reply reply, int status, str detail, str parameter,
                    struct http_res *rs)
{
    struct buf body = rs->body;
    if (rs->more_free) rs->more_free(rs->more_ctx);
    buf_reset(&body);
    *rs = (struct http_res){ .body = body };
    // A page that cannot even be put together (no memory) is told as the plain problem.
    if (reply != REPLY_PAGE || as_page(sc, c, status, detail, parameter, rs)) {
        buf_reset(&rs->body);
        as_json(status, detail, parameter, &c->gone, rs);
    }
    rs->status = status;
    rs->cache = HTTP_NO_STORE;
}
