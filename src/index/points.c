// SPDX-License-Identifier: EUPL-1.2
// Answers about the published points themselves.
#include "index/index_int.h"
#include "index/query.h"

static bool cell_has_points(const struct index *ix, uint32_t cell, struct box in)
{
    for (uint32_t i = ix->cell[cell].first_anchor; i < ix->cell[cell + 1].first_anchor; i++)
        if (box_has(in, ix->anchor[i])) return true;
    return false;
}

// The square of so many levels down whose cells are first..end. A square within the box needs no look at its points: a
// cell stands in the file because it has some. Goes at most INDEX_MAX_LEAF deep.
static bool square_has_points(const struct index *ix, struct box in, unsigned level, uint64_t code,
                              uint32_t first, uint32_t end)
{
    struct point at = morton_point(code, level);
    uint32_t     more = (uint32_t)(((uint64_t)1 << (32 - level)) - 1);
    struct box   square = { at.x, at.y, at.x + more, at.y + more };
    if (first == end || !box_meets(square, in)) return false;
    if (box_within(square, in)) return true;
    if (level == ix->leaf) return cell_has_points(ix, first, in);
    unsigned below = 2 * (ix->leaf - level - 1);
    for (uint64_t k = 0; k < 4; k++) {
        uint32_t next = k < 3 ? cell_from(ix, first, end, (code * 4 + k + 1) << below) : end;
        if (square_has_points(ix, in, level + 1, code * 4 + k, first, next)) return true;
        first = next;
    }
    return false;
}

bool index_has_points(const struct index *ix, struct box in)
{
    return square_has_points(ix, in, 0, 0, 0, ix->n_cells);
}
