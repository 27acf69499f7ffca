// SPDX-License-Identifier: EUPL-1.2
// A whole answer: status, header lines, body. What is not the same for all who are given it (the date, whether the connection
// ends, the tag of a 304) is added when it is sent (out.h), so that one that is kept can be given to many at once. Immutable
// once it is made, but for the place in a flow.
#pragma once
#include "base/err.h"
#include "http/body.h"
#include <stdatomic.h>

struct answer {
    int            status;
    bool           cuttable; // http.h
    struct buf     head;     // "HTTP/1.1 200 OK" CRLF and header lines; without the empty line
    struct buf     known; // the same for who has it already: 304, without a tag. Only when it was asked for
    struct body    body;
    struct arena  *mem;   // of the request, when the producer of a flow may need it
    size_t         bytes; // of memory that it holds, about; answer_count
    atomic_size_t *budget;
};

/// What to say when a request is refused: one sentence of ours, as a problem document (RFC 9457). retry_s: 0 for none.
/// NULL: no memory.
struct answer *answer_refusal(int status, const char *why, int retry_s);
/// Takes over what answer a handler gave. eleven: the reader understands chunks. keep: it may be kept, so `known` is made,
/// too. ERR_NOMEM; ERR_INVALID: a private answer that pretends to be unchanged.
enum err       answer_make(struct scope *sc, const struct head *h, struct http_res *rs, bool keep,
                           struct answer **out);
/// Adds its bytes to the budget, once; answer_free takes them off again.
void           answer_count(struct answer *a, atomic_size_t *budget);
void           answer_free(struct answer *a); // accepts NULL
