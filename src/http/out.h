// SPDX-License-Identifier: EUPL-1.2
// One answer on its way to one reader: what was sent of it and what comes next. Writes as much as the socket takes, never
// waits. Pieces of downloads are made, and files read, by out_feed alone, which belongs on a worker: either may wait for a disk.
// Nothing is made before the piece in front of it is written. Threads: one at a time.
#pragma once
#include "http/answer.h"

enum out_state {
    OUT_DONE,
    OUT_BLOCKED, // until the socket takes more
    OUT_HUNGRY,  // out_feed has to be called
    OUT_BROKEN,  // the reader is gone, or the producer failed: the connection must end
};

struct out {
    struct answer *answer;
    bool           bodiless, chunked, ended;
    char           tail[BODY_ETAG_BYTES + 100]; // the lines that are this reader's own, and the empty one
    size_t         n_tail;
    str            part[3]; // head, tail, memory or piece: what is still to be written
    struct buf     piece;
    uint64_t       at, left; // of the file
    uint64_t       sent;     // bytes to the socket, all in all
    uint64_t       body;     // bytes of the body among them, without the frame of its chunks
};

struct out_how {
    bool head_only, eleven, last; // the request was HEAD; HTTP/1.1; the connection ends behind it
    str  known;                   // the reader has it already, under this listed tag: 304; p NULL otherwise
};
/// The answer stays, and is not taken over.
void           out_begin(struct out *o, struct answer *a, const struct out_how *how);
enum out_state out_write(struct out *o, int fd);
enum out_state out_feed(struct out *o, int fd);
void           out_end(struct out *o); // frees the piece; accepts a zeroed one
