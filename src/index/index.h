// SPDX-License-Identifier: EUPL-1.2
// The memory-mapped, columnar form of one tier of one release, sorted in space and time, from which every
// count, series, matrix, area total, tile, list and download is answered. Format: index/format.h. Threads: an
// open index is immutable and may be asked from any number of threads.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/release.h"

// -- writing ------------------------------------------------------------------------------------------------
struct index_writer;
/// Collects rows for the file `path`; the dictionary in `info` (rows, days, extent are filled in) is borrowed
/// until commit. Memory: rows are spilled to `path.rows` beyond 128 MiB and sorted in runs.
enum err index_writer_open(struct scope *sc, const char *path, const struct release_info *info,
                           struct index_writer **out);
enum err index_writer_add(struct scope *sc, struct index_writer *w, const struct release_row *row);
enum err index_writer_commit(struct scope *sc, struct index_writer *w); // fsync, rename into place
/// What the commit took, milliseconds: sorting (with finding the cells), and writing.
void     index_writer_times(const struct index_writer *w, int64_t *sort_ms, int64_t *write_ms);
void     index_writer_closep(struct index_writer **w); // without commit: nothing is left behind

// -- reading ------------------------------------------------------------------------------------------------
struct index;
/// Maps the file and checks its header and every offset (milliseconds); index_verify checks every checksum.
/// ERR_NOTFOUND, ERR_CORRUPT (with what and where), ERR_VERSION.
enum err                   index_open(struct scope *sc, const char *path, struct index **out);
void                       index_close(struct index *ix);
void                       index_closep(struct index **ix);
/// Has the file been cut, or the disk failed, since it was opened? Then answers hold zeros in place of what was lost, and
/// whoever shows them must ask this behind each (base/watch.h).
bool                       index_lost(const struct index *ix);
/// Is every block of the file proved before its first use (base/watch.h)? It is, where the process watches over mappings and
/// the sums of "public.index" lie beside it as "public.sums". Then index_lost tells of damage, too, as soon as it is read.
bool                       index_proves(const struct index *ix);
enum err                   index_verify(struct scope *sc, const struct index *ix);
/// Are all its bytes, as they are at this moment, those that the sums are of? Of one that proves its blocks.
bool                       index_proved(const struct index *ix);
/// The bytes of the file as they are mapped, and the open file that they are of, whatever has its name by now. Borrowed.
str                        index_file(const struct index *ix, int *fd);
const struct release_info *index_info(const struct index *ix);
