// SPDX-License-Identifier: EUPL-1.2
// Delimiter-separated text as it is found in the world, after RFC 4180: any one-byte separator; fields in quotes
// may hold separators, doubled quotes and line ends; lines end in LF, CRLF or CR alone; a byte-order mark is
// skipped; bytes of another encoding are turned into UTF-8. A row with something wrong in it is still delivered,
// with the problem named, so that the caller can count and report it and go on with the next.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "wire/stream.h"
#include "wire/text.h"

enum {
    CSV_MAX_FIELDS = 512,
    CSV_MAX_ROW_BYTES = 1 << 20, // a row longer than this is CSV_TOO_LONG; reading goes on at the next line end
};

enum csv_problem {
    CSV_FINE,
    CSV_BAD_ENCODING,    // not valid in the declared encoding
    CSV_TOO_LONG,        // row or number of fields above the limit
    CSV_OPEN_QUOTE,      // the file ends inside quotes
    CSV_STRAY_QUOTE,     // text after a closing quote
};

struct csv_options {
    char               separator; // 0: ','
    char               quote;     // 0: '"'; -1: none
    enum text_encoding encoding;
};

struct csv_row {
    const str       *field; // [n], UTF-8, unquoted, not trimmed; valid until the next call
    size_t           n;
    uint64_t         line;    // line of the file the row begins on, from 1
    enum csv_problem problem;
    size_t           column;  // field with the problem, from 1; 0: the row as a whole
};

struct csv;
/// Reads the current part of the stream, which stays the caller's. ERR_NOMEM.
enum err csv_open(struct scope *sc, struct stream *from, const struct csv_options *opt, struct csv **out);
void     csv_close(struct csv *c);
void     csv_closep(struct csv **c);
/// The next row that is not an empty line. False at the end or when reading failed: csv_end tells which.
bool     csv_next(struct csv *c, struct csv_row *row);
enum err csv_end(struct scope *sc, const struct csv *c);
/// The raw bytes (in UTF-8) of the row last delivered, without its line end; for the file of rejected rows.
str csv_raw(const struct csv *c);
