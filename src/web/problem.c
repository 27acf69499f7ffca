// SPDX-License-Identifier: EUPL-1.2
#include "web/problem.h"

#include "html/text.h"
#include "web/frame.h"
#include "web/tpl.h"
#include "wire/json.h"

static const struct {
    int         status;
    const char *type, *title;
} kinds[] = {
    { 400, "/problems/parameter", "A parameter cannot be answered" },
    { 404, "/problems/not-found", "There is no such thing" },
    { 405, "/problems/method", "This method is not allowed here" },
    { 503, "/problems/unavailable", "The answer is not available now" },
    { 500, "/problems/internal", "The server failed" },
};

static size_t kind_of(int status)
{
    size_t i = 0;
    while (i + 1 < COUNT(kinds) && kinds[i].status != status) i++;
    return i;
}

static void as_json(int status, str detail, str parameter, struct http_res *rs)
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
    json_close(&j, '}');
    rs->content_type = "application/problem+json";
    rs->cors = true;
}

static enum msg title_of(const struct error_view *v)
{
    if (v->bad_request) return MSG_PAGE_ERROR_400;
    if (v->not_found) return MSG_PAGE_ERROR_404;
    if (v->bad_method) return MSG_PAGE_ERROR_405;
    if (v->unpublished) return MSG_PAGE_ERROR_EMPTY;
    return v->busy ? MSG_PAGE_ERROR_503 : MSG_PAGE_ERROR_500;
}

static enum err as_page(struct scope *sc, struct call *c, int status, str detail, str parameter,
                        struct http_res *rs)
{
    struct error_view v = { .status = status, .detail = detail, .parameter = parameter };
    v.bad_request = status == 400;
    v.not_found = status == 404;
    v.bad_method = status == 405;
    v.unpublished = status == 503 && !c->ed;
    v.busy = status == 503 && c->ed;
    v.broken = status == 500;
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
        as_json(status, detail, parameter, rs);
    }
    rs->status = status;
    rs->cache = HTTP_NO_STORE;
}
