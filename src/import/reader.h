// SPDX-License-Identifier: EUPL-1.2
// Rows of CSV and features of GeoJSON as the same thing: a record, the values of the columns that a profile speaks of.
// A member of a feature that stands beside its properties is the column "@feature.NAME". Names count without the blanks around them. Columns that are not in the file: "@lon" and "@lat" are a feature's point, "@file" is the name of the file.
#pragma once
#include "base/err.h"
#include "import/missing.h"
#include "import/values.h"
#include "wire/geojson.h"
#include "wire/stream.h"

struct record {
    const str       *value; // [profile->columns.n]; empty for columns that the file does not have
    uint64_t         line;
    enum csv_problem problem;        // of a row; its values are not to be used then
    size_t           problem_field;  // from 1; 0: the row as a whole
    size_t           fields, wanted; // differ when the row has more or fewer fields than the header
    const str       *field;          // [fields] of a row of CSV, as they stand; NULL: a feature
    const int       *at;             // [profile->columns.n] which of them each column is; negative: none
    bool             list;           // values that begin with '[' are lists (GeoJSON)
    unsigned         untold;         // of what the file does not tell (missing_untold)
};

struct reader;
/// Reads the part of the stream that it stands on, from its beginning. ERR_INVALID: a table lacks a column on which something
/// hangs (import/missing.h). Features have their properties each for itself: of a property that none has, reader_end tells.
enum err reader_open(struct scope *sc, struct stream *from, const struct profile *p, struct reader **out);
void     reader_close(struct reader *r);
void     reader_closep(struct reader **r);
/// From here on values of columns that nothing reads and that the profile does not name under "unread" are looked at; reader_end
/// refuses the file when one tells a sensitive kind. ERR_NOMEM.
enum err reader_watch(struct scope *sc, struct reader *r, struct values *v);
/// The next record, valid until the next call. False at the end or on failure: reader_end tells.
bool     reader_next(struct reader *r, struct record *out);
enum err reader_end(struct scope *sc, const struct reader *r);
/// Which of the profile's columns the file has; of features, which were met so far.
const struct file_columns *reader_columns(const struct reader *r);
/// The record last read as it stands in the file (a feature: its properties), for the file of rejected rows.
str                        reader_raw(struct reader *r);
/// Name of a field by its number from 1; empty when there is none.
str                        reader_field(const struct reader *r, size_t number);

/// What a part of a stream begins with; the stream is back at the part's beginning afterwards.
struct sample {
    bool               geojson;
    enum geometry_kind kind; // of the first feature
    const str *name; // columns of the header, or properties of the first feature; in the scope's arena
    size_t     n;
};
enum err sample_read(struct scope *sc, struct stream *from, const struct csv_options *csv,
                     struct sample *out);
