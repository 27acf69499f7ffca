// SPDX-License-Identifier: EUPL-1.2
#include "http/ask.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/server_int.h"
#include "http/target.h"
#include <stdio.h>

enum {
    REQUEST_MAX_BYTES = 256 << 20, // of memory, for one request
    KEEP_WAIT_MS = 5000,           // for an answer that another thread makes
    KEY_MAX_BYTES = 2048,          // longer addresses are not kept
    SMALL_BYTES = 32 << 10,        // the kernel takes so much for a reader: it does not wait here
};
static const char full[] = "too many answers wait for their readers at this moment";

static bool is_health(const struct question *q)
{
    return str_eq(q->head->target, S(HTTP_HEALTH));
}

void ask_drop(void *answer)
{
    answer_free(answer);
}

/// From now until it is freed, whoever holds it. False: there is no room for it.
static bool count(const struct question *q, struct answer *a)
{
    struct http_server *s = q->server;
    answer_count(a, a->body.flow ? &s->flows : &s->answers);
    return a->body.flow || is_health(q) || server_has_room(s, a->bytes > SMALL_BYTES);
}

void ask_refuse(struct http_server *s, int status, const char *why, struct reply *out)
{
    atomic_fetch_add(&s->count.refused, 1);
    *out = (struct reply){ .answer = answer_refusal(status, why, status == 503 ? CROWD_RETRY_S : 0),
                           .last = true };
    if (out->answer) answer_count(out->answer, &s->answers);
}

void reply_end(struct http_server *s, struct reply *r)
{
    if (r->held) cache_release(s->kept, r->held);
    else answer_free(r->answer);
    *r = (struct reply){ 0 };
}

// -- bodies ------------------------------------------------------------------------------------------------------------

int ask_admit(const struct question *q, size_t *body_bytes, bool *unread, const char **why)
{
    struct http_server *s = q->server;
    uint64_t            length = q->head->length;
    *body_bytes = 0;
    *unread = false;
    if (!length) return 0;
    size_t most = s->config.admit ? s->config.admit(s->app, q->head->kind, target_path(q->head->target)) : 0;
    if (most == HTTP_NOT_READ) return *unread = true, 0;
    if (length > most || length > HTTP_MAX_BODY_BYTES)
        return *why = most ? "the body is too large" : "this address takes no body", 413;
    *body_bytes = (size_t)length;
    if (atomic_fetch_add(&s->bodies, *body_bytes) + *body_bytes <= BODIES_MAX_BYTES) return 0;
    ask_body_done(s, *body_bytes);
    *body_bytes = 0;
    return *why = "too much is sent to this server at this moment", 503;
}

void ask_body_done(struct http_server *s, size_t body_bytes)
{
    atomic_fetch_sub(&s->bodies, body_bytes);
}

// -- what is kept ------------------------------------------------------------------------------------------------------

struct key {
    struct http_kept whose;
    char             text[KEY_MAX_BYTES];
};

/// Empty: the answer is not kept. Who shows a password is answered by the handler alone, whatever it may say.
static str key_of(const struct question *q, struct key *k)
{
    struct http_server *s = q->server;
    const struct head  *h = q->head;
    if (!s->kept || (h->kind != HTTP_GET && h->kind != HTTP_HEAD) || atomic_load(&s->stopping) ||
        h->target.n > KEY_MAX_BYTES - 8 || head_field(h, "Authorization").p)
        return (str){ 0 };
    k->whose = s->config.keep_for(s->app, &(struct http_req){ .method = HTTP_GET, .head = h }, h->target);
    if (k->whose.audience == HTTP_PRIVATE) return (str){ 0 };
    unsigned coding = body_coding(head_field(h, "Accept-Encoding"));
    int      n = snprintf(k->text, sizeof k->text, "%u%u%c%.*s", coding, (unsigned)k->whose.audience,
                          k->whose.variant, STR(h->target));
    return (str){ k->text, (size_t)n };
}

static void give_kept(const struct question *q, struct cached *e, struct reply *out)
{
    struct answer *a = cached_value(e);
    str            listed;
    *out = (struct reply){ .answer = a, .held = e };
    if (a->body.tag[0] && etag_matches(head_field(q->head, "If-None-Match"), str_of(a->body.tag), &listed))
        out->known = listed;
}

bool ask_kept(const struct question *q, struct reply *out)
{
    struct key     k;
    str            key = key_of(q, &k);
    struct cached *e = key.n ? cache_look(q->server->kept, key) : NULL;
    if (e) give_kept(q, e, out);
    return e != NULL;
}

// -- what the handler says ---------------------------------------------------------------------------------------------

/// May what came out be kept? Only whole answers are, and those that the handler calls lasting.
static bool is_keepable(const struct http_res *rs, const struct key *k)
{
    return rs->lasting && rs->status == 200 && !rs->more && rs->fd <= 0 &&
           audience_may_keep(rs->audience, k->whose.audience);
}

/// Calls the handler. k: whom the answer may be kept for; NULL: for nobody. True: it may be kept.
static bool make(const struct question *q, const struct key *k, struct reply *out)
{
    struct http_server *s = q->server;
    struct scope        sc = { .mem = arena_open(REQUEST_MAX_BYTES),
                               .deadline_ms = q->began_ms + s->config.deadline_ms };
    struct http_req     rq = { .method = q->head->kind == HTTP_HEAD ? HTTP_GET : q->head->kind,
                               .head = q->head,
                               .body = q->body,
                               .arrived_ms = q->began_ms };
    struct http_res     rs = { .fd = -1 };
    enum err            e = sc.mem ? target_read(&sc, q->head->target, &rq) : ERR_NOMEM;
    bool                keep = false;
    *out = (struct reply){ 0 };
    if (e) {
        ask_refuse(s, e == ERR_NOMEM ? 503 : 400,
                   e == ERR_NOMEM ? "there is no memory for this request now" : sc.fault.text, out);
        arena_close(sc.mem);
        return false;
    }
    buf_init(&rs.body, HTTP_MAX_RESPONSE_BYTES);
    s->handler(&sc, s->app, &rq, &rs);
    if (!rs.status) rs.status = 200;
    keep = k && is_keepable(&rs, k);
    if (rs.more && atomic_load(&s->flows) > FLOWS_MAX_BYTES) {
        if (rs.more_free) rs.more_free(rs.more_ctx);
        ask_refuse(s, 503, "too many downloads run at this moment", out);
    } else if (answer_make(&sc, q->head, &rs, keep, &out->answer)) {
        log_error("http.answer_failed", log_cstr("why", sc.fault.text));
        ask_refuse(s, 500, "the answer could not be made", out);
        keep = false;
    } else if (!count(q, out->answer)) {
        answer_free(out->answer);
        ask_refuse(s, 503, full, out);
        keep = false;
    } else {
        keep = keep && out->answer->status == 200;
    }
    buf_free(&rs.body);
    if (out->answer && out->answer->body.flow) out->answer->mem = sc.mem; // its producer may need it
    else arena_close(sc.mem);
    return keep;
}

static void make_and_keep(const struct question *q, const struct key *k, struct cached *e, struct reply *out)
{
    struct http_server *s = q->server;
    if (!make(q, k, out)) {
        cache_forgo(s->kept, e);
        return;
    }
    if (cache_put(s->kept, e, out->answer, out->answer->bytes))
        out->held = e; // else too large: the hold has ended
}

void ask_handler(const struct question *q, struct reply *out)
{
    struct http_server *s = q->server;
    struct key          k;
    bool                mine = false;
    if (clock_system.monotonic_ms() > q->began_ms + s->config.deadline_ms) {
        ask_refuse(s, 503, "the request waited too long", out);
        return;
    }
    if (!is_health(q) &&
        !server_has_room(s, false)) { // looked at here: thousands may have been queued before
        ask_refuse(s, 503, full, out);
        return;
    }
    str            key = key_of(q, &k);
    struct cached *e = key.n ? cache_get(s->kept, key, KEEP_WAIT_MS, &mine) : NULL;
    if (!e) (void)make(q, NULL, out);
    else if (mine) make_and_keep(q, &k, e, out);
    else give_kept(q, e, out);
}
