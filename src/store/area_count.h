// SPDX-License-Identifier: EUPL-1.2
// What was told of sensitive incidents by area and half-year: written once, never changed (publish/by_area.h decides it), and
// forgotten only when each release that told it is withdrawn (main/release.h).
#pragma once
#include "base/civil.h"
#include "model/release.h"
#include "store/marks.h"
#include "store/store.h"

enum {
    AREA_FIRST_HALF = 2 * (CIVIL_MIN_YEAR - 1970), // since 1970
    AREA_HALVES = 2 * (CIVIL_MAX_YEAR - CIVIL_MIN_YEAR + 1),
};

struct area_count {
    int32_t half;     // half-years since 1970
    int class;        // enum sensitivity, or RELEASE_CLASS_OTHER
    str     area_set; // key
    str     areas;    // codes, each with a line end behind it; empty: somewhere in the town
    int64_t count;
    int64_t last;    // id of the last incident of the store then: later ones are not counted yet
    int64_t release; // that told it first
};
enum err store_area_count_add(struct scope *sc, struct store *st, const struct area_count *c);
/// Of a half-year, or of all with ALL_HALVES: as if nothing had been told. For the caller to know that nobody is told it.
enum { ALL_HALVES = INT32_MIN };
enum err store_area_counts_forget(struct scope *sc, struct store *st, int32_t half);
/// The first release that began counts and had no public tier, until all are forgotten; 0: none did. It is written down with
/// the counts, for a release that was interrupted leaves no other trace.
enum err store_area_counts_inner(struct scope *sc, struct store *st, int64_t *release);
enum err store_area_counts_inner_set(struct scope *sc, struct store *st, int64_t release);
/// In the order in which they were told. Texts are of the scope.
enum err store_area_counts(struct scope *sc, struct store *st, const struct area_count **out, size_t *n);

/// The mark of a half-year and class, from 1; 0: there is no such one.
static inline uint16_t area_count_mark(int32_t half, int class)
{
    int32_t at = half - AREA_FIRST_HALF;
    return at >= 0 && at < AREA_HALVES && class >= 0 && class < RELEASE_CLASSES
               ? (uint16_t)(at * RELEASE_CLASSES + class + 1)
               : 0;
}
static inline int32_t area_count_half(uint16_t mark)
{
    return AREA_FIRST_HALF + (mark - 1) / RELEASE_CLASSES;
}
struct counted {
    struct marks   in;     // by incident: the mark of the count in which it stands
    const int64_t *passed; // [n_passed] ascending: those of them in whose place another stands there
    size_t         n_passed;
};
/// The incidents of what was told; of the scope. ERR_CORRUPT.
enum err store_counted(struct scope *sc, struct store *st, struct counted *out);
/// Adds those whom this release tells of first.
enum err store_counted_add(struct scope *sc, struct store *st, int64_t release, const struct marks *m);
/// Another stands in the place of one in this count.
enum err store_counted_pass(struct scope *sc, struct store *st, int64_t incident, uint16_t mark);
bool     counted_is_passed(const struct counted *c, int64_t incident);
