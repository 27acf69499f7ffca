// SPDX-License-Identifier: EUPL-1.2
// What the log was told already: a fault that every request meets again is one line an hour, however many ask. Threads: any.
#pragma once
#include "base/clock.h"
#include "base/str.h"

struct told;
struct told *told_open(const struct clock *clock); // NULL: no memory
void         told_close(struct told *t);           // accepts NULL
/// False: this was told within the hour, or TOLD_MAX others were.
bool         told_first(struct told *t, str what);
enum { TOLD_MAX = 1024 };
