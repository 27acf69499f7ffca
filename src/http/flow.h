// SPDX-License-Identifier: EUPL-1.2
// A body that is made while it is sent (http_res.more): asked for piece by piece, packed on the way. Threads: one at a time.
#pragma once
#include "base/err.h"
#include "http/http.h"

// What a download holds while it lasts: the state of gzip and a piece, about.
enum { FLOW_BYTES = 400 * 1024 };
struct flow;
/// Takes over rs->more_ctx in every case. NULL: no memory.
struct flow *flow_open(struct http_res *rs, bool pack);
bool         flow_packs(const struct flow *f);
/// Adds the next bytes, at least one; none means the end. ERR: the producer's, or no memory.
enum err     flow_next(struct flow *f, struct buf *to);
void         flow_close(struct flow *f); // accepts NULL
