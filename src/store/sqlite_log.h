// SPDX-License-Identifier: EUPL-1.2
// Whose log is it that lies beside a database file? A crash leaves hromada.db-wal, and SQLite writes it into whatever file stands there
// when the database is opened next, also into a copy that has taken its place. The log names no database; but each of its copies
// of page 1 has the file's change counter (offset 24 of the file), and a writer sets that to one more than it found:
//
//     a log begins where the file has everything before it, so the first page 1 in it is at most one ahead of the file's
//
// whoever wrote, whatever was moved into the file since and wherever it was killed. A file that is further behind is older than the log.
// Nothing is said of a log without a page 1, nor of a file that is ahead. Source: SQLite's file format, 1.3.8 and 4.
//
// The first import of a town keeps no log, and a crash in it leaves hromada.db-journal: pages as they were before, which SQLite writes
// back, after which it cuts the file to the length that it had. Page 1 of a file is written once in a transaction, at its end, with
// the counter one ahead:
//
//     the file's counter is that of the page 1 in the journal, or one ahead of it;
//     where the journal has none, the file's page 1 is as before, and names the number of pages that the journal names
//
// wherever the writer, or who took its work back, was killed. A copy that hromada backup makes has a counter far from that of any other
// file. Source: the same, 3, and SQLite's pager.c. Tests: tests/unit/test_store.c (test_logs_are_known, test_journals_are_known).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Is this log of a later state than can follow on a file with this change counter? False, too, when there is none, or it cannot be
/// read. Others may write meanwhile: true holds when the counter is still the same behind the call. Cost: a small read for each
/// page in the log up to the first page 1.
bool log_is_later(const char *path, uint32_t counter);

/// Is this journal of another state than the file's, whose page 1 is given? False, too, when there is none, SQLite would not use it, or
/// somebody writes just now. Cost: a small read for each page in the journal up to page 1.
bool journal_is_foreign(const char *path, const unsigned char *page, size_t page_bytes);
