// SPDX-License-Identifier: EUPL-1.2
// A line of bytes as the target of a request to the whole web application, on the invented release of tests/web. Every
// answer must be one that we meant: no failure of ours, well-formed JSON and UTF-8, nothing of the address unescaped.
#include "fuzz.h"

#include "../web/fixture.h"
#include "http/target.h"
#include "web/web.h"
#include <jansson.h>

enum { MEMORY = 256 << 20, PIECES = 10000 };

static struct scope own; // lives as long as the program
static struct web  *web;
static const char  *dir;

static void close_web(void)
{
    web_close(web);
    test_dir_end(&own, dir);
    arena_close(own.mem);
}

static void open_web(void)
{
    struct fixture fx;
    own = test_scope();
    fixture_make(&own, 1, &fx);
    fx.dir = dir = test_dir(&own);
    must(dir);
    fx.n = 300;
    fx.info.rows = 0;
    fixture_publish(&own, &fx, 1);
    must(web_open(&own, &(struct web_config){ .data_dir = dir, .watch_ms = -1 }, &web) == OK);
    atexit(close_web);
}

/// All that would be sent, up to a bound.
static void read_body(struct scope *sc, struct http_res *rs, struct buf *out)
{
    if (rs->fixed.p) buf_add(out, rs->fixed);
    buf_add(out, buf_str(&rs->body));
    for (int i = 0; rs->more && i < PIECES; i++) {
        size_t before = out->n;
        must(rs->more(sc, rs->more_ctx, out) == OK);
        if (out->n == before) break;
    }
    if (rs->more_free) rs->more_free(rs->more_ctx);
    if (rs->fd > 0) close(rs->fd);
}

static bool is_type(const struct http_res *rs, const char *type)
{
    return rs->content_type && str_starts(str_of(rs->content_type), str_of(type));
}

static void check_text(const struct http_req *rq, const struct http_res *rs, str body)
{
    must(str_is_utf8(body, NULL));
    // A parameter that would open a tag may stand in a page only in another spelling.
    for (size_t i = 0; i < rq->n_params && is_type(rs, "text/html"); i++)
        if (str_starts(rq->param[i].value, S("<fuzz"))) must(!str_has(body, S("<fuzz")));
}

static void check_answer(const struct http_req *rq, const struct http_res *rs, str body)
{
    must(rs->status >= 200 && rs->status < 500);
    must(rs->n_headers <= COUNT(rs->header));
    if (is_type(rs, "text/") || is_type(rs, "image/svg")) check_text(rq, rs, body);
    if (!is_type(rs, "application/json") && !is_type(rs, "application/problem+json") &&
        !is_type(rs, "application/geo+json"))
        return;
    json_t *json = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
    must(json || !body.n);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope    sc = { .mem = arena_open(MEMORY), .deadline_ms = INT64_MAX };
    struct http_req rq = { .method = HTTP_GET };
    struct http_res rs = { .fd = -1 };
    struct buf      body;
    must(sc.mem);
    if (!web) open_web();
    if (!target_read(&sc, (str){ (const char *)data, n }, &rq)) {
        buf_init(&rs.body, HTTP_MAX_RESPONSE_BYTES);
        buf_init(&body, HTTP_MAX_RESPONSE_BYTES);
        web_handle(&sc, web, &rq, &rs);
        if (!rs.status) rs.status = 200;
        read_body(&sc, &rs, &body);
        check_answer(&rq, &rs, buf_str(&body));
        buf_free(&rs.body);
        buf_free(&body);
    }
    arena_close(sc.mem);
    return 0;
}
