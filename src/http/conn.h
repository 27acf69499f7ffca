// SPDX-License-Identifier: EUPL-1.2
// One connection: bytes in, requests, answers out, one request at a time. What was sent ahead waits in its buffer, so answers
// come in order. It belongs to its loop but while it is away with a thread that answers it, who alone touches it then.
#pragma once
#include "http/addresses.h"
#include "http/head.h"
#include "http/mail.h"
#include "http/work.h"

struct conn;
struct http_server;
enum conn_fate {
    CONN_STAYS,
    CONN_ENDS, // conn_close
    CONN_ASKS, // it is away: conn_answer, which may take long, then conn_resume; or conn_job to a thread; or conn_turn_away
};
/// Letters with which it is brought back come to `home`. NULL: no memory; fd and address are the caller's then.
struct conn   *conn_open(struct http_server *s, struct mailbox *home, int fd, const struct address *from);
/// What epoll says, edge-triggered. room: for a head, of the loop.
enum conn_fate conn_event(struct conn *c, uint32_t events, struct head *room);
struct letter *conn_letter(struct conn *c);
/// Which connection a letter is of.
struct conn   *conn_of_letter(struct letter *l);
enum conn_fate conn_resume(struct conn *c, struct head *room);
/// From time to time: is it still borne with? A request must be whole within so long, and a reader must take so many bytes a
/// second, seen over so long.
struct conn_patience {
    int64_t request_ms, reader_ms, reader_rate;
};
enum conn_fate conn_tick(struct conn *c, int64_t now_ms, const struct conn_patience *p);
int            conn_fd(const struct conn *c);
void           conn_answer(struct conn *c);
/// The same on another thread, which posts a letter behind it.
struct job    *conn_job(struct conn *c);
/// Nobody has time for its question.
enum conn_fate conn_turn_away(struct conn *c, struct head *room);
void           conn_close(struct conn *c); // frees it; it must not be away with a thread
/// Its place in the list of its loop; link is NULL as long as it is in none.
struct conn_place {
    struct conn *next, **link;
};
struct conn_place *conn_place(struct conn *c);
