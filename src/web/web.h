// SPDX-License-Identifier: EUPL-1.2
// The web application: requests in, pages, JSON, tiles and downloads out. It opens release files and nothing
// else: what the public tier of a release does not hold, no request can reveal. Threads: web_handle may be
// called from any number of threads between web_open and web_close.
#pragma once
#include "base/clock.h"
#include "http/http.h"

struct web;
struct web_config {
    const char         *data_dir;
    const char         *basemap;  // a PMTiles file that is served as /basemap.pmtiles; NULL: none
    const struct clock *clock;    // NULL: the system's
    int                 scans;    // questions asked of the index at once (web/turn.h); 0: the number of cores
    int                 watch_ms; // how often releases/current is looked at; 0: every second; -1: never
};
/// Opens the current release, if there is one: without any, pages answer 503 and say what to do. A thread of
/// its own watches for a newer one; requests that run keep the release they began with. ERR_CORRUPT,
/// ERR_VERSION: the current release cannot be read. ERR_IO: no such data folder. Checksums are read behind the start, by
/// the first look; the release is taken out of service when one is wrong.
enum err web_open(struct scope *sc, const struct web_config *c, struct web **out);
/// *checked: was all of the release of the start read by now? The error says what was wrong with it.
enum err web_checked(struct scope *sc, struct web *w, bool *checked);
/// The numbers of /metrics come from here, and what it keeps is dropped when releases change. NULL before it is stopped.
void     web_measures(struct web *w, struct http_server *s);
/// An http_handler; app is the struct web.
void     web_handle(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs);
/// Whether its answer may be kept, and for whom (struct http_config).
char     web_keep_for(void *app, const struct http_req *rq, str target);
/// No request may be running.
void     web_close(struct web *w);
void     web_closep(struct web **w);
