// SPDX-License-Identifier: EUPL-1.2
// The list of stored incidents from which a run would take what protects them: written when that stops the run, edited by a
// person, and read again, so that those that still stand in it may lose it and no other. A CSV file with the columns
// source, key, file, line, domestic, elsewhere, class, kind; of these the first two are read. Its bytes are anybody's.
// Tests: tests/unit/test_import.c (test_protection_is_lifted_by_key).
#pragma once
#include "base/err.h"
#include "store/store.h"

enum { LIFTS_MAX = 100000, LIFTS_MAX_BYTES = 32 << 20 };

struct lifts {
    struct lift {
        str source, key;
    } * lift; // [n]
    size_t n;
};
/// Reads a list, plain or packed. ERR_NOTFOUND, ERR_IO; ERR_INVALID: a column is missing, a row is damaged or has no key; ERR_LIMIT.
enum err lifts_read(struct scope *sc, const char *path, struct lifts *out);
/// The keys of one source, in the scope's arena; not NULL when there is none.
enum err lifts_of(struct scope *sc, const struct lifts *l, str source, const str **key, size_t *n);
/// file: [n_files] by the upper bits of a row (lifts_row). ERR_IO, ERR_NOMEM.
enum err lifts_write(struct scope *sc, const char *path, str source, const struct run_lost *lost, size_t n,
                     const str *file, size_t n_files);

/// Where an incident was read, for struct incident.
static inline int64_t lifts_row(size_t file, uint64_t line)
{
    return (int64_t)file << 40 | (int64_t)(line & ((1ull << 40) - 1));
}
