// SPDX-License-Identifier: EUPL-1.2
// Cover for several that turned at one place, and for one that turned where others have left before: four other places where nobody
// turned each lose as many rows, of the same lines, at as many different times, within the same half-years, or others, that lie about as
// far apart: by a ratio of its own, from a half to two, from a centre that lies by such a ratio from the covered one. They have as many
// rows and have lost as many before, but for a factor of two, and lose all of them if the covered one does; the cover of a
// single one has any number of rows, and is drawn by it. Among those that come near enough, at least a
// dozen if there are, four are drawn.
// If there are no four such, then larger ones, those where fewer or more have left before, and last rows of any time; what is lacking
// still is taken from the other rows of the place itself, and the rest is left to cover_choose. Those are counted, since they can be
// told from their cover.
// Threads: no shared state. Tests: tests/unit/test_cover.c.
#pragma once
#include "publish/cover.h"

/// Orders the rows, whose chance and want are set, marks those that go along and takes them off what those that turned want.
/// *together: as struct cover_short. False: no memory. Time: that of sorting; for each place where several turned, at most some
/// thousand places.
bool cover_places(struct cover_row *row, size_t n, uint64_t *together);
