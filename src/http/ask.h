// SPDX-License-Identifier: EUPL-1.2
// From a request to its answer: what is kept, what the handler says, what is refused.
#pragma once
#include "http/answer.h"
#include "http/cache.h"

struct http_server;
struct question {
    struct http_server *server;
    const struct head  *head;
    str                 body;
    int64_t             began_ms;
};
struct reply {
    struct answer *answer; // NULL: there is no memory for any
    struct cached *held;   // the answer is the cache's
    str            known;  // the reader has it, under this tag (a slice of the head); p NULL: not
    bool           last;   // the connection must end
};
/// May the body that is announced be read? 0: yes, *body_bytes are reserved until ask_body_done; they are none when the
/// handler does without (*unread: it stands in the way of the next request). Otherwise the status of the refusal.
int  ask_admit(const struct question *q, size_t *body_bytes, bool *unread, const char **why);
void ask_body_done(struct http_server *s, size_t body_bytes);
/// On a loop: the answer if it is kept. False: it is not.
bool ask_kept(const struct question *q, struct reply *out);
/// Asks the handler, and keeps what may be kept. May take as long as the handler does.
void ask_handler(const struct question *q, struct reply *out);
void ask_refuse(struct http_server *s, int status, const char *why, struct reply *out);
void reply_end(struct http_server *s, struct reply *r); // accepts a zeroed one
void ask_drop(void *answer);                            // what the cache calls
