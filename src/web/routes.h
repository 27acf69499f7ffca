// SPDX-License-Identifier: EUPL-1.2
// Which handler answers which path, with what limits. A pattern's parts are words, {names}, or {names} with a
// word behind them ("{y}.mvt").
#pragma once
#include "web/call.h"

struct route {
    const char *pattern;
    enum reply  reply;
    enum {
        NEEDS_NOTHING,
        NEEDS_RELEASE, // 503 until something is published
        NEEDS_OLDER,   // the release that {release} in the path names; it may be an older one
    } needs;
    enum {
        TAG_OF_BODY,  // the handler or http/ decides
        TAG_OF_QUERY, // the answer depends on release, address and language alone: 304 without asking the
                      // index
    } tag;
    int      deadline_ms;
    handler *answer;
};
extern const struct route routes[];
extern const size_t       routes_n;
/// The route of a path, and what stands at its names (at most CALL_MAX_PATH). NULL: none.
const struct route       *route_find(str path, struct http_param *at, size_t *n);
