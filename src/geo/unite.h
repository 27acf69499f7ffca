// SPDX-License-Identifier: EUPL-1.2
// The union of polygons that overlap or stand twice. Rings of one area count by the even-odd rule (geo/polygon.h), by which a place
// that lies in two of its polygons would lie in none. Vertices are whole numbers before and after: where edges cross, they are moved by at
// most one Mercator unit (a centimetre). By GEOS, whose overlay is used and no own one.
// Threads: no shared state. Tests: tests/unit/test_unite.c.
#pragma once
#include "geo/polygon.h"

/// polygon: [n_rings] which polygon each ring is of, rising; its first ring is the outer one. *united: some of the polygons share ground, and
/// *out is their union, in the scope's arena; else *out is the rings as they are. ERR_NOMEM; ERR_INVALID: GEOS gives up.
/// Time: O(n log n) of the vertices, and O(1) where there is one polygon.
enum err polygons_unite(struct scope *sc, const struct ring_set *rings, const uint32_t *polygon,
                        struct ring_set *out, bool *united);
