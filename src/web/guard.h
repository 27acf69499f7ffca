// SPDX-License-Identifier: EUPL-1.2
// Over the file that an edition has open. Its memory is the file, so whoever writes into the file changes what is answered. A
// look compares inode, size and times of the file with those of the bytes that were proved; where one differs, all bytes are
// proved again, by the sums of its blocks or by their SHA-256. It costs an fstat when nothing was touched.
// The one trap: a time is that of the clock's last tick, so a file that was touched within it may be written once more
// without another time. Until a tick is surely over each look proves.
// Threads: all calls from any thread. Tests: tests/web/test_damage.c.
#pragma once
#include "base/err.h"
#include "index/index.h"
#include <pthread.h>
#include <sys/stat.h>

/// What a file was when it was looked at.
struct guard_mark {
    int64_t inode, bytes, written_s, written_ns, changed_s, changed_ns;
};
/// Of one look: answers that begin with equal `written` and end so were read from one and the same bytes.
struct guard_seen {
    struct guard_mark mark;
    unsigned          written; // how often other bytes, be they right, were found in the file
};
struct guard {
    const struct index *ix;   // borrowed
    pthread_mutex_t     lock; // all below
    struct guard_seen   seen;
    bool                settled;            // a tick is over since the file was touched
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
