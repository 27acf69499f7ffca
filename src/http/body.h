// SPDX-License-Identifier: EUPL-1.2
// A handler's response turned into bytes for the wire: conditional, ranged, compressed.
#pragma once
#include "base/err.h"
#include "http/http.h"

struct MHD_Connection;
struct MHD_Response;

struct body {
    struct MHD_Response *response;
    int                  status;      // that of the handler, or 304, 206, 416
    uint64_t             bytes;       // of the body that is sent; 0 when it is not known beforehand
    const char          *coding_name; // "gzip", ... or NULL
    bool                 varies;      // with Accept-Encoding
    char                 etag[80];    // with quotes; empty: none
};
/// Takes over rs->fd and rs->more_ctx in every case. What of a body of unknown size is sent, is added to *sent while it is,
/// which must outlive the response's callbacks. ERR_NOMEM, ERR_IO.
enum err body_make(struct scope *sc, struct MHD_Connection *conn, bool head, struct http_res *rs,
                   uint64_t *sent, struct body *out);
/// The coding (enum coding, 0: none) in which a packable body is sent to who accepts this.
unsigned body_coding(str accepted);
