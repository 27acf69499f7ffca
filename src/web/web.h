// SPDX-License-Identifier: EUPL-1.2
// The web application: requests in, pages, JSON, tiles and downloads out. It opens release files and nothing
// else: what the public tier of a release does not hold, no request can reveal. Threads: web_handle may be
// called from any number of threads between web_open and web_close.
#pragma once
#include "base/clock.h"
#include "http/http.h"

struct web;
struct key_list;
struct web_config {
    const char            *data_dir;
    const struct key_list *keys;    // as web_keys takes them; NULL: whose releases these are is not asked
    const char            *basemap; // a PMTiles file that is served as /basemap.pmtiles; NULL: none
    const struct clock    *clock;   // NULL: the system's
    int                    scans; // questions asked of the index at once (web/turn.h); 0: the number of cores
    int                    watch_ms; // how often releases/current is looked at; 0: every second; -1: never
};
/// Opens the current release, if there is one that can be served (web/edition.h): without any, pages answer 503 or 410 and say
/// what is wrong, or what to do. A thread of its own watches for a newer one; requests that run keep the release they began
/// with. ERR_NOMEM.
enum err         web_open(struct scope *sc, const struct web_config *c, struct web **out);
/// The town's own public keys, from now on: a release that none of them has signed, nor one that they vouch for, is not served, and
/// the one before stays. Of none (n 0): they are there and cannot be read, so that no release is believed.
void             web_keys(struct web *w, const struct key_list *keys);
/// The numbers of web/metrics.h come from here, and what it keeps is dropped when releases change. NULL before it is stopped.
void             web_measures(struct web *w, struct http_server *s);
/// An http_handler; app is the struct web.
void             web_handle(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs);
/// Whether its answer may be kept, and for whom (struct http_config).
struct http_kept web_keep_for(void *app, const struct http_req *rq, str target);
/// How large a body a request may have (struct http_config).
size_t           web_admit(void *app, enum http_method method, str path);
/// No request may be running.
void             web_close(struct web *w);
void             web_closep(struct web **w);
