// SPDX-License-Identifier: EUPL-1.2
// A handler's response turned into what is sent: conditional, ranged, compressed.
#pragma once
#include "base/err.h"
#include "http/audience.h"
#include "http/flow.h"
#include "http/head.h"

enum { BODY_ETAG_BYTES = 80 };
struct body {
    int         status;      // that of the handler, or 304, 206, 416
    uint64_t    bytes;       // of the body that is sent; 0 when it is not known beforehand
    const char *coding_name; // "gzip", ... or NULL
    bool        varies;      // with Accept-Encoding
    char        tag[AUDIENCE_TAG_BYTES], etag[BODY_ETAG_BYTES]; // etag: with coding and quotes; empty: none
    char        range[80];                                      // Content-Range; empty: none
    // Where the bytes come from: memory; a file from `at` on; or a flow.
    str         memory;
    void       *owned; // the memory, if it is not constant; malloc'ed
    int         fd;    // > 0
    struct file_mark fd_is;
    uint64_t         at;
    struct flow     *flow;
};
/// Takes over rs->fd and rs->more_ctx in every case. ERR_NOMEM.
enum err body_make(struct scope *sc, const struct head *h, struct http_res *rs, struct body *out);
void     body_free(struct body *b);
/// The coding (enum coding, 0: none) in which a packable body is sent to who accepts this.
unsigned body_coding(str accepted);
/// A tag that stood in a list, with its quotes.
void     body_name_tag(str listed, char etag[static BODY_ETAG_BYTES]);
