// SPDX-License-Identifier: EUPL-1.2
// A release of the fixture, served, and questions to it: the town of tests that need no more than that.
#pragma once
#include "client.h"
#include "fixture.h"
#include "http/http.h"
#include "web/web.h"
#include <jansson.h>

struct town {
    struct scope        sc;
    struct fixture      fx;
    struct web         *web;
    struct http_server *server;
    int                 port;
};

/// Not yet published: fx may be changed before town_serve.
static inline void town_make(struct town *t)
{
    *t = (struct town){ .sc = test_scope() };
    t->fx.dir = test_dir(&t->sc);
    fixture_make(&t->sc, test_seed(), &t->fx);
}

static inline void town_serve(struct town *t)
{
    struct web_config  wc = { .data_dir = t->fx.dir, .watch_ms = -1 };
    struct http_config hc = {
        .listen = "127.0.0.1:0", .threads = 2, .keep_for = web_keep_for, .keep_bytes = 4 << 20
    };
    fixture_publish(&t->sc, &t->fx, 1);
    ok_err(&t->sc, web_open(&t->sc, &wc, &t->web), OK);
    ok_err(&t->sc, http_start(&t->sc, &hc, web_handle, t->web, &t->server), OK);
    t->port = http_port(t->server);
}

static inline void town_open(struct town *t)
{
    town_make(t);
    town_serve(t);
}

static inline void town_close(struct town *t)
{
    http_stop(t->server, 5000);
    web_close(t->web);
    test_dir_end(&t->sc, t->fx.dir);
    test_scope_end(&t->sc);
}

/// The body of an answer 200; anything else fails.
static inline str get(struct town *t, const char *target)
{
    struct answer a = client_get(&t->sc, t->port, target);
    ok(a.status == 200, "%s: status %d: %.*s", target, a.status, STR(str_slice(a.body, 0, 300)));
    return a.body;
}

/// To be released with json_decref.
static inline json_t *get_json(struct town *t, const char *target)
{
    str     body = get(t, target);
    json_t *j = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
    ok(j, "%s is JSON", target);
    return j;
}
