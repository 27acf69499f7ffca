// SPDX-License-Identifier: EUPL-1.2
// Questions that need the processor take turns: as many at once as there are cores, a few wait, and whoever comes when
// those places are taken is told to come back. There are more threads than that, so the rest of them answer what costs
// nothing (the health check, what is packed into the program) however many long questions are asked.
// Threads: all calls from any thread.
#pragma once
#include "base/err.h"
#include <stdint.h>

enum { TURN_WAIT_MS = 3000 };

struct turns;
/// at_once, waiting: at least 1 and 0. NULL: no memory.
struct turns *turns_open(unsigned at_once, unsigned waiting);
void          turns_close(struct turns *t); // nobody may have a turn; accepts NULL
/// Waits for a turn, at most TURN_WAIT_MS; give it back with turn_end. ERR_BUSY: too many wait, or it took too long.
enum err      turn_begin(struct scope *sc, struct turns *t);
void          turn_end(struct turns *t);
struct turn_numbers {
    uint64_t running, waiting, refused; // refused: since the start
};
struct turn_numbers turn_numbers(struct turns *t);
