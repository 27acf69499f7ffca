// SPDX-License-Identifier: EUPL-1.2
// Time zones from the system's tz database (RFC 8536 files under /usr/share/zoneinfo), read by us because
// libc knows one zone per process. Transitions beyond the table follow the POSIX rule in the file's footer.
// Threads: a zone is immutable once open.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct zone;
enum zone_kind {
    ZONE_ONCE,   // the wall time occurs once
    ZONE_REPEAT, // twice: the first of the two is taken
    ZONE_GAP,    // never: the offset before the gap is taken, so that the time reads as later by the gap
};

/// name: "Europe/Kyiv", "UTC". Letters, digits, '/', '_', '-', '+' only. ERR_NOTFOUND, ERR_CORRUPT,
/// ERR_NOMEM.
enum err zone_open(struct scope *sc, str name, struct zone **out);
/// The same from the bytes of such a file.
enum err zone_read(struct scope *sc, str bytes, struct zone **out);
void     zone_close(struct zone *z);
void     zone_closep(struct zone **z);
/// Offset from UTC, in seconds (east positive), that holds at a wall time / at a UTC time.
int32_t  zone_offset_wall(const struct zone *z, int64_t wall_s, enum zone_kind *kind); // kind may be NULL
int32_t  zone_offset_utc(const struct zone *z, int64_t utc_s);
