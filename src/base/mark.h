// SPDX-License-Identifier: EUPL-1.2
// What a file was when it was looked at: who writes into it, or replaces it, gives it another mark. The one trap: its times are
// those of the clock's last tick, so that within a tick it may be written to twice and show one. What was read from a
// file is known to be still there only if a tick was over when its mark was taken, and the mark is still the same.
// Not seen: a program that has mapped the file and writes through that. Threads: no shared state.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { MARK_TICK_MS = 50 }; // the kernel's is at most 10
struct file_mark {
    int64_t inode, bytes, written_s, written_ns, changed_s, changed_ns; // inode 0: there is no file
    bool    settled; // a tick was over since it was touched
};
/// st: of this moment.
struct file_mark file_mark_of(const struct stat *st);
/// The mark of an open file. False: it cannot be looked at.
bool             file_mark_open(int fd, struct file_mark *out);
/// The same bytes, as far as marks tell; whoever has changed its mode or its links meanwhile left them alone.
bool             file_mark_same_bytes(const struct file_mark *a, const struct file_mark *b);
bool             file_mark_same(const struct file_mark *a, const struct file_mark *b);
/// Is what was read from the file behind the mark `then` still so, now that its mark is `is`?
bool             file_mark_holds(const struct file_mark *then, const struct file_mark *is);
