// SPDX-License-Identifier: EUPL-1.2
// Cover for several that turned at one place, and for one that turned where others have left before: four other places where nobody
// turned each lose as many rows, of the same lines, of as many different times within the same half-years, where as many have
// left before. If there are no four such places, then of any half-year, or where fewer or more have left before, and last of any
// time. Places stand in an order, by how many have left there before and how many rows they have; looked for is in the smallest of its parts
// of 64, 128, 256... places that holds some choice, which does not depend on where in it the one is that is covered.
// What is lacking then is taken from the other rows of the place itself, and the rest is left to cover_choose.
// Threads: no shared state. Tests: tests/unit/test_cover.c.
#pragma once
#include "publish/cover.h"

/// Orders the rows, whose chance and want are set, marks those that go along and takes them off what those that turned want.
/// *together: as struct cover_short. False: no memory. Time: that of sorting; for each place where several turned, as many
/// places as are looked at.
bool cover_places(struct cover_row *row, size_t n, uint64_t *together);
