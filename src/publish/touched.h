// SPDX-License-Identifier: EUPL-1.2
// Of which parts of a source the public sees that they were told again: rows of them are new, corrected or withdrawn. Who turned is of such a
// part, if its source tells files of parts, and its cover must be.
// Threads: no shared state. Tests: tests/unit/test_leave.c.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct touched { // slices, and months of slices
    uint64_t *key;
    size_t    n, room; // room: a power of two, or 0
};
/// False: no memory. Time: constant.
bool touched_add(struct touched *t, uint32_t slice, int32_t month);
bool touched_slice(const struct touched *t, uint32_t slice);
bool touched_month(const struct touched *t, uint32_t slice, int32_t month);
void touched_free(struct touched *t);
