// SPDX-License-Identifier: EUPL-1.2
// All threads of the server but one. Some run the loops (loop.h), the others what may take long: questions, which are refused
// when too many wait. Pieces of downloads are made by a few threads of a lower priority (nice), so that whoever asks for
// little is answered first. A loop's thread may answer a question itself (pool_begin). As there is a thread for each loop and one for each question
// that may run at once, there is always one left that a loop can be passed to when that takes long.
// Threads: all calls from any thread.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct job { // lives in what it is about, which stays until `run` was called
    struct job *next;
    void (*run)(struct job *j);
};

struct pool;
/// most: questions that run at once; pieces: threads for these. NULL: no memory or not enough threads.
struct pool *pool_open(int loops, int most, int pieces, size_t most_waiting);
void         pool_pass(struct pool *p, struct job *j); // a loop, at once
bool         pool_ask(struct pool *p, struct job *j);  // false: too many wait
void         pool_piece(struct pool *p, struct job *j);
/// May this thread answer a question, as one of those that run? Then pool_done must be called behind it.
bool         pool_begin(struct pool *p);
void         pool_done(struct pool *p);
/// Waits for the jobs that run; those that wait are not run. No other call may come after it.
void         pool_end(struct pool *p);
void         pool_close(struct pool *p); // after pool_end; accepts NULL
