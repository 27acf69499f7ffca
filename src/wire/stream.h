// SPDX-License-Identifier: EUPL-1.2
// Bytes of a file, whatever it is packed in: plain, gzip (also several members), Zstandard, or a zip archive of
// files. The packing is known by its first bytes, never by the name. Memory is bounded whatever the file says:
// a packed part may unpack to at most STREAM_MAX_RATIO times its size (beyond the first 64 MiB).
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { STREAM_MAX_RATIO = 1000, STREAM_MAX_PARTS = 100000 };

struct stream;

/// Opens the file at its first part. ERR_NOTFOUND, ERR_IO, ERR_NOMEM, ERR_PARSE (a broken zip directory).
enum err stream_open(struct scope *sc, const char *path, struct stream **out);
void     stream_close(struct stream *s); // accepts NULL
void     stream_closep(struct stream **s);
/// Reads up to n bytes; *got is 0 at the end of the part. ERR_IO, ERR_PARSE (broken packing), ERR_LIMIT.
enum err stream_read(struct scope *sc, struct stream *s, void *to, size_t n, size_t *got);
/// Goes to the next part of a zip archive (folders and hidden members are passed over). *more is false when
/// there is none; other packings have one part.
enum err stream_next_part(struct scope *sc, struct stream *s, bool *more);
/// Name of the part: the member's name in a zip, else the file's base name without .gz or .zst.
str stream_part_name(const struct stream *s);
/// Progress: bytes of the packed file consumed, and its size.
void stream_progress(const struct stream *s, uint64_t *at, uint64_t *size);
