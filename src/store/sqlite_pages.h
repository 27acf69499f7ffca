// SPDX-License-Identifier: EUPL-1.2
// A checksum in each page of the database file, so that no flipped bit is ever read as an incident: a VFS of SQLite, in
// front of the default one. SQLite leaves the last 8 bytes of each page alone (its "reserved space"), and they are:
//
//     offset  size  what
//     4088    4     CRC-32 (ISO 3309) of bytes 0 to 4087, then of the next 4
//     4092    4     number of the page, from 1
//
// both little-endian. They are written with each page that goes into the file, and compared with each that is read from
// it: a page that does not agree is SQLITE_CORRUPT. The number catches a page that was written to the wrong place. The log
// beside the file has checksums of its own. A page of zeros was never written (SQLite does not write pages that a run took
// and gave back) and passes, unless reading is strict. So does one that lies wholly behind the end of the file; one of which
// the file holds a part was cut off. While the log still holds a page, it is not read from the file.
//
// Another program that writes to the file leaves pages behind that are refused here. Files of an earlier version have no
// reserved space; they are read and written as they are.
// Threads: as SQLite's own files. Tests: tests/case/test_flips.c, tests/unit/test_store.c.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct sqlite3;

enum { PAGES_BYTES = 4096, PAGES_RESERVED = 8 };

/// The name to open a database by; NULL: no memory.
const char *pages_vfs(void);
/// Has the open file checksums? One that does not exist yet will have.
bool        pages_sealed(struct sqlite3 *file);
/// With strict, a page of zeros is damage, too: for a reader of pages that must all have been written.
void        pages_strict(struct sqlite3 *file, bool strict);
/// The number of the page that was refused last; 0: none was.
uint32_t    pages_refused(struct sqlite3 *file);
