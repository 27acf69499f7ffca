// SPDX-License-Identifier: EUPL-1.2
// A small, strict HTTP/1.1 server. Handlers see clean requests and fill a response; everything that protects the server
// (limits on header, body, time, connections, memory; smuggling; compression; conditional and range requests; security
// headers; graceful stop) is done here, once.
// Threads: the handler is called from several threads at once; one request is one thread's.
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/mark.h"
#include "base/str.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };
enum {
    HTTP_MAX_TARGET_BYTES = 16 * 1024,
    HTTP_MAX_HEADER_BYTES = 32 * 1024,
    HTTP_MAX_BODY_BYTES = 1 << 20,
    HTTP_MAX_PARAMS = 64,
    HTTP_MAX_RESPONSE_BYTES = 64 << 20,
};
struct http_param {
    str name, value;
};                       // percent-decoded, valid UTF-8
enum { HTTP_SLASH = 1 }; // stands in a path for a slash that was sent as %2F, so that it parts nothing
struct http_req {
    enum http_method method; // HEAD reaches handlers as GET
    str path;  // percent-decoded once, normalised, begins with '/', no ".." and no "//"; HTTP_SLASH in parts
    str query; // as sent, without '?'
    const struct http_param *param;
    size_t                   n_params;
    str                      body;
    const struct head       *head;       // for http_header
    int64_t                  arrived_ms; // when it was whole, on the monotonic clock (base/clock.h)
};
str http_header(const struct http_req *rq, const char *name); // empty when missing
str http_cookie(const struct http_req *rq, str name);
/// Who else may be shown the same answer. What the handler does not declare is for this reader alone: it is stored nowhere,
/// has no tag, and is never kept. Answers for different audiences share no cache entry and no tag (http/audience.h).
enum http_audience { HTTP_PRIVATE, HTTP_PUBLIC, HTTP_PARTNER, HTTP_POLICE };
/// Does the reader have what this tag names, in any coding? Then a handler may answer 304 with the tag, and make no body.
/// Never for HTTP_PRIVATE, nor for "*": whether there is anything at all is known when the answer is made.
bool http_knows(const struct http_req *rq, enum http_audience a, str etag);

enum http_cache { HTTP_NO_STORE, HTTP_REVALIDATE, HTTP_FOREVER }; // no-store | no-cache + ETag | immutable
/// Where the body comes from: the buffer; constant bytes; a file (ranges are answered); or a producer that is asked for
/// the next piece until it leaves the buffer empty (downloads of any size).
struct http_res {
    int status; // 200 when left 0
    enum http_audience
        audience; // HTTP_PRIVATE when left 0: then `cache`, `lasting`, `etag` and `cors` have no effect
    const char *content_type;
    struct buf  body;
    str fixed, fixed_gzip, fixed_br; // constant for the life of the process; precompressed forms may be empty
    int fd;                          // > 0: closed by the server
    struct file_mark
        fd_is; // what the file was when it was found right: the answer breaks off when it is not that any more
    enum err (*more)(struct scope *sc, void *ctx, struct buf *to);
    void (*more_free)(void *ctx);
    void           *more_ctx;
    enum http_cache cache;
    bool
        cuttable; // made from what may be taken back: http_cut breaks it off, also where all of it is in memory
    bool lasting;   // until http_forget, it hangs on nothing but the address and what keep_for tells apart
    str  etag;      // without quotes; empty: made from the body's hash when cache is REVALIDATE
    bool cors;      // Access-Control-Allow-Origin: *
    bool frameable; // embed pages: frame-ancestors *
    struct http_param header[8];
    size_t            n_headers; // Location, Content-Disposition, Set-Cookie, ...
    int               retry_after_s;
};
/// One call per request. `rs` is zeroed but for an initialised body; memory of sc lives until the handler's return, and with
/// a producer (more) until the response is sent. HTTP_HEALTH is asked on a thread that must not wait: no file, no long lock.
typedef void (*http_handler)(struct scope *sc, void *app, const struct http_req *rq, struct http_res *rs);

/// Answered even when more are connected than max_connections: a proxy must not take a busy server for a dead one.
#define HTTP_HEALTH "/healthz"
#define HTTP_NOT_READ SIZE_MAX
struct http_kept {
    enum http_audience audience;
    char               variant;
};
struct http_config {
    const char *listen;          // "127.0.0.1:8080", "[::1]:8080", "unix:/path"; port 0 takes a free one
    int         threads;         // that call the handler; 0: four for each core
    int         max_waiting;     // requests for a thread; 0: 2,048; above it they get 503 and Retry-After
    int         max_connections; // 0: 8,000; above it requests get 503 and Retry-After
    int         max_per_address; // 0: no limit (behind a proxy all come from one)
    int         idle_timeout_s;  // 0: 30
    int         deadline_ms;     // 0: 20,000; a request that has waited so long for a thread gets 503
    bool        access_log;      // method, path without query, status, bytes, milliseconds; never an address
    // Lasting answers to GET are kept, up to so many bytes, and equal questions at once are asked of the handler once.
    // keep_for: whom an answer to this address (as sent, with its query) may be kept for, and a character that is the same for
    // all of them who are given the same answer; HTTP_PRIVATE where it is never lasting. It may look at headers alone, and is
    // called on a thread that must not wait. NULL or no keep_bytes: nothing is kept.
    struct http_kept (*keep_for)(void *app, const struct http_req *rq, str target);
    size_t keep_bytes;
    // Asked of a request that announces a body, before a byte of it is read: how many bytes this address takes. A longer body
    // is refused (413). HTTP_NOT_READ: the handler answers without it (405, 404) and the connection ends. It must not wait.
    // NULL: nothing takes a body.
    size_t (*admit)(void *app, enum http_method method, str path);
};
struct http_server;
/// Raises the process's limit of open files as far as that takes; where the system's is lower, fewer connections are let in,
/// with a warning. ERR_LIMIT: it allows too few for any server. ERR_INVALID, ERR_BUSY: the address. ERR_IO.
enum err http_start(struct scope *sc, const struct http_config *c, http_handler h, void *app,
                    struct http_server **out);
int      http_port(const struct http_server *s);
/// Stops accepting, lets requests that run finish (at most grace_ms) and tells their connections to close, closes.
void     http_stop(struct http_server *s, int grace_ms);
/// From now on nothing is answered from what was kept before.
void     http_forget(struct http_server *s);
/// Answers whose rest is still to be read or made, files and flows, break off before their next piece, and those that are cuttable
/// within a moment, so that nobody takes them for whole: their connections are reset.
void     http_cut(struct http_server *s);
/// Numbers for /metrics, counted since the start.
struct http_stats {
    uint64_t requests, by_class[6], refused, bytes_out, open_connections, ms_sum, le_ms[8];
    uint64_t kept_answers, kept_bytes, kept_hits, kept_misses; // answers and bytes: now
};                                                             // le: 1,5,10,50,100,500,1000,inf
void http_stats_get(const struct http_server *s, struct http_stats *out);
