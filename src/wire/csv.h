// SPDX-License-Identifier: EUPL-1.2
// Delimiter-separated text as it is found in the world, after RFC 4180: any one-byte separator; fields in
// quotes may hold separators, doubled quotes and line ends; lines end in LF, CRLF or CR alone; a byte-order
// mark is skipped; bytes of another encoding are turned into UTF-8. A row with something wrong in it is still
// delivered, with the problem named, so that the caller can count and report it and go on with the next. A
// quote that is never closed, or is followed by text, would swallow the rows behind it: such a row ends at
// its first line end, so that one bad quote costs one line. Memory: about 1.3 MiB, and some more once a row
// needs conversion, whatever the file holds.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "wire/stream.h"
#include "wire/text.h"

enum {
    CSV_MAX_FIELDS = 512,
    CSV_MAX_ROW_BYTES =
        1 << 20, // a row longer than this is CSV_TOO_LONG; reading goes on at the next line end
};

enum csv_problem {
    CSV_FINE,
    CSV_BAD_ENCODING, // not valid in the declared encoding, or a NUL: U+FFFD stands in its place; or UTF-8 where another is declared
    CSV_TOO_LONG,     // row or number of fields above the limit; field holds what came before
    CSV_OPEN_QUOTE,   // a quote is not closed before the end of the file or of the longest row
    CSV_STRAY_QUOTE,  // text after a closing quote; the field is delivered as written
};

struct csv_options {
    char               separator; // 0: ','
    char               quote;     // 0: '"'; CSV_NO_QUOTE: none
    enum text_encoding encoding;  // a UTF-8 byte-order mark in the file has the last word
};
#define CSV_NO_QUOTE ((char)-1)

struct csv_row {
    const str       *field; // [n], UTF-8, unquoted, not trimmed; valid until the next call
    size_t           n;
    uint64_t         line; // line of the file the row begins on, from 1
    enum csv_problem problem;
    size_t           column; // field with the problem, from 1; 0: the row as a whole
    bool             folded; // a field in quotes holds line ends
};

struct csv;
/// Reads the current part of the stream, which stays the caller's. ERR_NOMEM; ERR_INVALID: separator and
/// quote are the same, or one is a line end.
enum err    csv_open(struct scope *sc, struct stream *from, const struct csv_options *opt, struct csv **out);
void        csv_close(struct csv *c); // accepts NULL
void        csv_closep(struct csv **c);
/// The next row that is not an empty line. False at the end or when reading failed: csv_end tells which.
bool        csv_next(struct csv *c, struct csv_row *row);
/// OK, or what stream_read said; ERR_UNSUPPORTED: the text is UTF-16; ERR_INVALID: most fields beyond ASCII are UTF-8, and another
/// encoding is declared; ERR_NOMEM.
enum err    csv_end(struct scope *sc, const struct csv *c);
/// The bytes of the row last delivered, as UTF-8 and without its line end, for the file of rejected rows; the
/// first CSV_MAX_ROW_BYTES of a longer one. Valid until the next call of csv_next or csv_raw.
str         csv_raw(struct csv *c);
/// What the problem means, for a person: "a quote is never closed".
const char *csv_problem_text(enum csv_problem problem);

// -- writing. A spreadsheet runs a cell that begins with one of = + - @, or with a tab or line end, blanks and quotes before
// it left aside, as a formula: whoever can choose a place name runs it on the reader's machine. Such a cell gets an
// apostrophe in front, which a spreadsheet takes for "this is text" and csv_cell takes away again. Plain numbers (-12.5)
// stay as they are. Source: OWASP, CSV Injection.
/// Appends one field: guarded, and in quotes when it needs them.
void csv_add(struct buf *to, str s);
/// The same of a text from outside, for everybody: what a terminal would obey is escaped (base/shown.h), and so are line ends; behind a
/// semicolon, where the spreadsheets of many countries begin a cell, it is guarded, too. csv_cell does not read it back.
void csv_add_public(struct buf *to, str s);
/// The text of a field that csv_add wrote; any other field as it is.
str  csv_cell(str field);
