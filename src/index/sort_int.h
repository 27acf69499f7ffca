// SPDX-License-Identifier: EUPL-1.2
// Rows in the order of the file, however many: they are kept in memory up to SORT_RUN_ROWS and beyond that in a file
// without a name, in runs that are sorted when all rows (and so the level of the leaf cells) are known, and merged
// while they are read. Memory: at most SORT_RUN_ROWS * (2 * 48 + 32) bytes, 128 MiB; disk: 32 to 48 bytes a row.
#pragma once
#include "base/err.h"
#include "model/release.h"
#include <assert.h>

enum { SORT_RUN_ROWS = 1 << 20 };

/// A row as it is sorted: release_row without gaps, so that equal rows have equal bytes. Only as many areas are kept as
/// there are sets: what stands behind them in a row that was read is not to be looked at.
struct sort_row {
    uint64_t code; // morton of the point, 32 bits; 0 without one
    int32_t  day;
    uint32_t place;
    uint16_t minute, category, source;
    uint8_t  no_point, outcome, how, precision, flags, zero;
    uint16_t area[MAX_AREA_SETS], zeros[2];
};
static_assert(sizeof(struct sort_row) == 48, "the bytes of a gap would be compared, too");

/// Bytes of a row that are kept when there are so many sets.
static inline size_t sort_bytes(size_t n_sets)
{
    if (n_sets > MAX_AREA_SETS) n_sets = MAX_AREA_SETS;
    return (offsetof(struct sort_row, area) + n_sets * sizeof(uint16_t) + 7) / 8 * 8;
}

struct sorter;
/// run_rows: rows kept in memory, at least 2 (SORT_RUN_ROWS; tests take fewer). path: where the file without a name is made.
enum err sorter_open(struct scope *sc, const char *path, size_t n_sets, size_t run_rows, struct sorter **out);
void     sorter_close(struct sorter *s);
enum err sorter_add(struct scope *sc, struct sorter *s, const struct sort_row *row);
/// No more rows: sorts by leaf cell and day. first_day: no row is of an earlier one, nor of 65,536 days later.
enum err sorter_sort(struct scope *sc, struct sorter *s, unsigned leaf, int32_t first_day);
/// Reads from the first row on, as often as wanted: in the order of the file, or (which costs less) cell by cell alone.
enum sort_reading { SORT_WHOLE, SORT_CELLS };
enum err sorter_rewind(struct scope *sc, struct sorter *s, enum sort_reading reading);
/// *row is NULL behind the last one.
enum err sorter_next(struct scope *sc, struct sorter *s, const struct sort_row **row);
/// Cell of a row at a level.
uint64_t sort_cell(const struct sort_row *r, unsigned leaf);
