// SPDX-License-Identifier: EUPL-1.2
// Bytes of a file, whatever it is packed in: plain, gzip (also several members), Zstandard (also several
// frames), or a zip archive of files (stored or deflated, also zip64). The packing is known by its first
// bytes, never by the name. Checksums are checked. Memory is bounded whatever the file says, and so is time:
// a packed part may unpack to at most STREAM_MAX_RATIO times its size (beyond the first 64 MiB), and the
// members of a zip may not overlap. Names inside a zip are for messages only and never touch the file system.
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { STREAM_MAX_RATIO = 1000, STREAM_FREE_BYTES = 64 << 20, STREAM_MAX_PARTS = 100000 };

struct stream;

/// Opens the file at its first part. ERR_NOTFOUND, ERR_IO, ERR_NOMEM, ERR_LIMIT; ERR_PARSE: a broken zip
/// directory, or a zip with no files in it; ERR_UNSUPPORTED: a member is encrypted or packed by another
/// method.
enum err stream_open(struct scope *sc, const char *path, struct stream **out);
/// The same on bytes in memory, which the caller keeps until stream_close; name stands for the path.
enum err stream_open_bytes(struct scope *sc, str bytes, const char *name, struct stream **out);
void     stream_close(struct stream *s); // accepts NULL
void     stream_closep(struct stream **s);
/// Reads up to n bytes; *got is 0 at the end of the part. ERR_IO, ERR_PARSE (broken packing), ERR_LIMIT,
/// ERR_NOMEM. After a failure, all further calls fail in the same way. Takes no memory from the scope.
enum err stream_read(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got);
/// Goes to the next part of a zip archive, from wherever the present one is; folders, members whose name or
/// folder begins with a dot, and __MACOSX are passed over. *more is false when there is none; other packings
/// have one part.
enum err stream_next_part(struct scope *sc, struct stream *s, bool *more);
/// Has it parts with names of their own (a zip archive)?
bool     stream_is_archive(const struct stream *s);
/// Back to the beginning of the part, for who looked at it to learn what it is.
enum err stream_rewind(struct scope *sc, struct stream *s);
/// What was read of a part: two with equal sums have the same bytes, whatever they are packed in. Against accidents: who wants to can
/// make others with the same sum.
struct stream_sum {
    uint64_t bytes;
    uint32_t crc, adler;
};
/// From the beginning of the present part on, or the next one's or stream_rewind's, what is read is summed up: 1 s for 1 GB.
void              stream_sum_up(struct stream *s);
struct stream_sum stream_sum(const struct stream *s);
/// Name of the part: the member's name in a zip (UTF-8, control characters shown as '?'), else the file's
/// base name without .gz or .zst. Valid until the next part.
str               stream_part_name(const struct stream *s);
/// Progress: bytes of the packed file consumed, and its size.
void              stream_progress(const struct stream *s, uint64_t *at, uint64_t *size);
/// Nanoseconds spent in stream_read so far: reading and unpacking.
int64_t           stream_spent_ns(const struct stream *s);
