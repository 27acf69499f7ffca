// SPDX-License-Identifier: EUPL-1.2
// Questions that need the processor take turns: as many at once as there are cores. Others wait a second at most and are then
// told to come back. So quick questions queue up and none is turned away, and behind long ones no thread is held for longer
// than that second: what costs nothing (the health check, what is packed into the program) is answered all the same.
// Threads: all calls from any thread.
#pragma once
#include "base/err.h"
#include <stdint.h>

enum { TURN_WAIT_S = 1 };

struct turns;
/// at_once: at least 1. NULL: no memory.
struct turns *turns_open(unsigned at_once);
void          turns_close(struct turns *t); // nobody may have a turn; accepts NULL
/// Waits for a turn, at most TURN_WAIT_S; give it back with turn_end. ERR_BUSY: it took too long.
enum err      turn_begin(struct scope *sc, struct turns *t);
void          turn_end(struct turns *t);
struct turn_numbers {
    uint64_t running, waiting, refused; // refused: since the start
};
struct turn_numbers turn_numbers(struct turns *t);
