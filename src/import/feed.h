// SPDX-License-Identifier: EUPL-1.2
// The rows of one part of a stream, read and understood by a thread of its own while the caller stores those before
// them. They come in batches, in the order of the file; at most FEED_BATCHES of them wait, so that memory is bounded.
//     TRY(feed_open(sc, stream, &rules, &feed));
//     while ((batch = feed_next(feed))) ...
//     TRY(feed_end(sc, feed));
//     feed_close(feed);
// Threads: from feed_open to feed_close the stream and what the rules point at belong to the feed. A feed belongs to
// one thread; it may be closed before its end.
#pragma once
#include "import/row.h"

enum { FEED_BATCHES = 4, FEED_BATCH_ROWS = 1024, FEED_BATCH_BYTES = 1 << 20 };

struct fed {                   // a row: all strings live as long as its batch
    struct incident  incident; // as in struct row
    const str       *category;
    size_t           n_categories, n_others;
    str              outcome;
    bool             judged, beyond; // as in struct row
    str              damaged;        // a column of the profile
    uint64_t         notes;
    enum reason      rejected;
    uint64_t         line;
    struct row_slice slice; // of a rejected row
    const str       *key;   // [n_keys], likewise
    size_t           n_keys;
    str column, raw; // of a rejected row: where the reason lies, and the record as it stands in the file
};
struct feed_batch {
    const struct fed *row;
    size_t            n;
    uint64_t          at; // bytes of the packed file that were read up to here
};
struct feed_times { // nanoseconds, of the feed's own thread
    int64_t unpack, read, understand;
};

struct feed;
/// Begins at the part that the stream stands on. Errors: those of reader_open; ERR_NOMEM.
enum err feed_open(struct scope *sc, struct stream *from, const struct row_rules *rules, struct feed **out);
/// The next rows, valid until the next call; waits for them. NULL at the end or on failure: feed_end tells.
const struct feed_batch   *feed_next(struct feed *f);
enum err                   feed_end(struct scope *sc, const struct feed *f);
/// How many rows carry each flag, by enum flag, and what of the profile's columns the file has; both to be asked for after
/// the end.
const struct flag_count   *feed_flags(const struct feed *f);
const struct file_columns *feed_columns(const struct feed *f);
/// What was spent so far; to be asked for after the end.
struct feed_times          feed_times(const struct feed *f);
/// Ends the thread, wherever it is, and waits for it.
void                       feed_close(struct feed *f); // accepts NULL
void                       feed_closep(struct feed **f);
