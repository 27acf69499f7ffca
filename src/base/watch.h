// SPDX-License-Identifier: EUPL-1.2
// Memory that is a file ends when somebody cuts the file: whoever reads behind the end gets the signal SIGBUS, which stops
// the process. With a watch over the mapping zeros are read there instead, and the mapping is marked as lost.
// A signal's handler is given nothing, so the list of mappings is the one thing in this program that is global.
// Threads: all calls from any thread.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Takes SIGBUS for the whole process; once, before there are threads. False: refused, errno says why.
bool     watch_start(void);
/// The number of a new watch; 0 when there are too many (256), which leaves the mapping unwatched.
unsigned watch_add(const void *p, size_t n);
void     watch_end(unsigned watch); // before the memory is unmapped; accepts 0
bool     watch_lost(unsigned watch);
