// SPDX-License-Identifier: EUPL-1.2
// One request on its way through a handler: what was asked, of which release, in which language.
#pragma once
#include "http/http.h"
#include "web/edition.h"
#include "web/releases.h"
#include "web/turn.h"
#include "web/url.h"
#include "web/web.h"

enum { CALL_MAX_PATH = 6 };

/// What the reader of an answer is, and so in which form an error is told: a person, a program, or a browser
/// fetching a piece of a page.
enum reply { REPLY_PAGE, REPLY_JSON, REPLY_FILE };

struct web {
    struct web_config         config;
    struct origin            *origin;
    struct editions          *editions;
    struct turns             *turns;
    struct told              *told;
    struct release_notes     *notes;
    const struct http_server *server; // NULL: no /metrics of the server
    int64_t                   started_ms;
};

struct call {
    struct web                *web;
    struct edition            *ed; // NULL: nothing is published
    const struct index        *ix; // of ed
    const struct release_info *in; // of ed's portrait
    const struct http_req     *rq;
    enum language              lang;
    struct links               links;
    struct http_param          path[CALL_MAX_PATH]; // {name} of the route's pattern and what stands there
    size_t                     n_path;
    str                        bad; // the parameter that an ERR_INVALID is about
    bool canonical; // the query is the one spelling of its question: the answer may be kept by the address
    bool damaged, foreign;  // nothing is served because it cannot be read, or is not of this town
    struct gone       gone; // what an ERR_GONE is about
    struct guard_seen seen; // the open index, before it was read; no inode: it was not looked at
};

/// Four beats: read, ask, shape, show. ERR_INVALID becomes 400, ERR_NOTFOUND 404, ERR_GONE 410, in one place
/// (web/routes.c).
typedef enum err handler(struct scope *sc, struct call *c, struct http_res *rs);
