// SPDX-License-Identifier: EUPL-1.2
// Whose log is it that lies beside a database file? A crash leaves hromada.db-wal, and SQLite writes it into whatever file stands there
// when the database is opened next, also into a copy that has taken its place. The log names no database; but each of its copies
// of page 1 has the file's change counter (offset 24 of the file), and a writer sets that to one more than it found:
//
//     a log begins where the file has everything before it, so the first page 1 in it is at most one ahead of the file's
//
// whoever wrote, whatever was moved into the file since and wherever it was killed. A file that is further behind is older than the log.
// Nothing is said of a log without a page 1, nor of a file that is ahead. Source: SQLite's file format, 1.3.8 and 4.
// Tests: tests/unit/test_store.c (test_logs_are_known).
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Is this log of a later state than can follow on a file with this change counter? False, too, when there is none, or it cannot be
/// read. Others may write meanwhile: true holds when the counter is still the same behind the call. Cost: a small read for each
/// page in the log up to the first page 1.
bool log_is_later(const char *path, uint32_t counter);
