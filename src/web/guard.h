// SPDX-License-Identifier: EUPL-1.2
// Over the file that an edition has open. Its memory is the file, so whoever writes into the file changes what is answered. A
// look compares inode, size and times of the file with those of the bytes that were proved; where one differs, all bytes are
// proved again, by the sums of its blocks or by their SHA-256. It costs an fstat when nothing was touched.
// A look waits until a tick of the clock is surely over since the file was touched (base/mark.h): what is written before that
// would show in no later look.
// Threads: all calls from any thread. Tests: tests/web/test_damage.c.
#pragma once
#include "base/err.h"
#include "base/mark.h"
#include "index/index.h"
#include <pthread.h>
#include <sys/stat.h>

/// Of one look, settled: answers that begin with equal `written` and end so were read from one and the same bytes.
struct guard_seen {
    struct file_mark mark;    // as long as it holds, the file is what was proved
    unsigned         written; // how often other bytes, be they right, were found in the file
};
struct guard {
    const struct index *ix;   // borrowed
    pthread_mutex_t     lock; // all below
    struct guard_seen   seen;
    bool                lost;               // for good: other bytes were found
    char                sha256[2 * 32 + 1]; // of an index that index_proves does not prove
};

/// before: of the file, before it was opened. Reads all bytes of an index that cannot prove its blocks.
enum err guard_begin(struct scope *sc, struct guard *g, const struct index *ix, const struct stat *before);
void     guard_end(struct guard *g); // accepts a zeroed one
/// OK: what was read since it was opened, and what will be read until the file is written to, is what was proved. ERR_CORRUPT: it
/// is not, and will not be again. ERR_BUSY: the file changes at this moment. ERR_IO, ERR_NOMEM.
enum err guard_look(struct scope *sc, struct guard *g, struct guard_seen *out);
/// Was the file not touched since the last look? Never waits: while another thread proves, it was.
bool     guard_is_quiet(struct guard *g);
