// SPDX-License-Identifier: EUPL-1.2
// Memory that is a file ends when somebody cuts the file: whoever reads behind the end gets the signal SIGBUS, which stops
// the process. With a watch over the mapping zeros are read there instead, and the mapping is marked as lost.
// The same way a mapping is proved as it is read (watch_prove): its memory may not be touched at first, whoever touches a block
// gets SIGSEGV, the handler compares the block with its sum, and only then lets it be read. So nobody can forget to ask: no
// reader, whatever it computes, sees a byte of the file that was not proved. A block that is damaged reads as zeros, and the
// mapping is marked as lost, as one that was cut.
// A signal's handler is given nothing, so the list of mappings is the one thing in this program that is global.
// Threads: all calls from any thread.
#pragma once
#include "base/sums.h"
#include <stdbool.h>
#include <stddef.h>

/// Takes SIGBUS and SIGSEGV for the whole process; once, before there are threads. False: refused, errno says why.
bool     watch_start(void);
bool     watch_started(void);
/// The number of a new watch; 0 when there are too many (256), which leaves the mapping unwatched.
unsigned watch_add(const void *p, size_t n);
/// From now on each block is proved before its first use. twin: the same bytes in another mapping, watched too; sums: of them;
/// both outlive the watch. Costs a fault, the sum and a change of the mapping for each block, about 15 microseconds. False:
/// it cannot be (no watch, watch_start was not called, the system refused), and the memory is as it was.
bool     watch_prove(unsigned watch, const void *twin, const struct sums *sums);
void     watch_end(unsigned watch); // before the memory is unmapped; accepts 0
bool     watch_lost(unsigned watch);
