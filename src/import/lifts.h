// SPDX-License-Identifier: EUPL-1.2
// The list of stored incidents from which a run would take what protects them: written when that stops the run, edited by a
// person, and read again, so that those that still stand in it may lose it and no other. A CSV file with the columns
// source, key, file, line, domestic, elsewhere, class, kind; of these the first two are read. Its bytes are anybody's; those that
// may be in nobody's terminal stand as base/shown.h writes them, and a backslash is two, and so they are read.
// Tests: tests/unit/test_import.c (test_protection_is_lifted_by_key).
#pragma once
#include "base/err.h"
#include "store/store.h"

enum { LIFTS_MAX = 100000, LIFTS_MAX_BYTES = 32 << 20, LIFTS_TOLD = 10 };

struct lifts {
    struct lift {
        str  source, key;
        bool asked, stored; // lifts_of was asked for its source, and that has an incident of this key
    } * lift;               // [n]
    size_t n;
};
/// Reads a list, plain or packed. ERR_NOTFOUND, ERR_IO; ERR_INVALID: a column is missing, a row is damaged or has no key; ERR_LIMIT.
enum err lifts_read(struct scope *sc, const char *path, struct lifts *out);
/// The keys of one source, in the scope's arena; not NULL when there is none. Notes which of them are stored.
enum err lifts_of(struct scope *sc, struct store *st, struct lifts *l, const struct source *source,
                  const str **key, size_t *n);
/// How many rows name nothing, and the first of them: lifts_of was not asked for their source, or it has no such key. Borrowed.
size_t   lifts_stray(const struct lifts *l, struct lift out[LIFTS_TOLD]);
/// file: [n_files] by the upper bits of a row (lifts_row). ERR_IO, ERR_NOMEM.
enum err lifts_write(struct scope *sc, const char *path, str source, const struct run_lost *lost, size_t n,
                     const str *file, size_t n_files);

/// Where an incident was read, for struct incident.
static inline int64_t lifts_row(size_t file, uint64_t line)
{
    return (int64_t)file << 40 | (int64_t)(line & ((1ull << 40) - 1));
}
