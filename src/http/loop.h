// SPDX-License-Identifier: EUPL-1.2
// Waiting for all connections at once (epoll), in as many loops as there are cores. A loop lets in, reads requests, gives out
// what is kept, answers the health check, refuses, and writes. Whoever runs it never waits for anything else, so however long
// handlers take, and however slowly readers read, whoever can be answered at once is. Threads: a loop is run by one of the
// pool's at a time (work.h).
#pragma once
#include "base/err.h"
#include "http/server_int.h"

/// Gives s->n_loops of them to the pool. ERR_NOMEM, ERR_IO; loops_free in every case.
enum err loops_start(struct scope *sc, struct http_server *s);
/// Lets in those who wait at the door already, and closes it.
void     loops_close_door(struct http_server *s);
/// Their threads go back to the pool.
void     loops_end(struct http_server *s);
/// Closes all connections; after pool_end. Accepts what was never started.
void     loops_free(struct http_server *s);
