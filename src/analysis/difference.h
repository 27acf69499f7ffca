// SPDX-License-Identifier: EUPL-1.2
// What differs between two public releases of a town, counted from their index files alone, so that it can tell no more than the
// two files did; and of that only what told.h lets be told, as figures by kind.
//
// Rows have no number, so they are compared as a multiset. Of rows with the same source, time and place (of those without a
// point: areas) first those of the same kind and outcome are taken from each other, then those of the same kind (another
// outcome), then all (another kind); what is left came in, or is gone. Months of which the release before has no row are
// counted apart, as new months. Flags and the source's text of a place are not compared. What the two releases tell differently
// (anchors, times, outcomes) is left out of the comparison, and `compared` says so.
//
// A kind is here a category, or DIFFERENCE_SEVERAL for all rows with more than one, so that each row counts once: from a row
// that counts twice somebody could compute how many do.
//
// The file, releases/N/difference.json, is one object. "kinds" lists keys and labels, which no later release may have; in
// "figures" a row is [number in kinds, figure, ...], and a table that is null is not told.
// Threads: no shared state. Tests: tests/unit/test_difference.c, tests/property/test_differences.c, tests/fuzz/fuzz_difference.c.
#pragma once
#include "analysis/told.h"
#include "base/buf.h"
#include "base/lang.h"
#include "index/index.h"

enum difference_part {
    DIFFERENCE_MONTHS,   // in new months
    DIFFERENCE_ROWS,     // in months that there were: came in, gone
    DIFFERENCE_KINDS,    // now another kind: were of this one, are of this one
    DIFFERENCE_SOLVED,   // now cleared, and were not
    DIFFERENCE_OUTCOMES, // another outcome otherwise
    DIFFERENCE_PARTS
};
/// Why there is no report.
enum difference_none {
    DIFFERENCE_THERE,      // there is one
    DIFFERENCE_FIRST,      // of the first release
    DIFFERENCE_WITHDRAWN,  // the release before was withdrawn
    DIFFERENCE_LOST,       // the file of the release before is not there
    DIFFERENCE_UNREADABLE, // it is damaged, or of another version of the format
    DIFFERENCE_NONES
};
enum {
    DIFFERENCE_MAX_BYTES = 2 << 20, // of the file
    DIFFERENCE_HELD = 4 << 20,      // rows
    DIFFERENCE_RUNS = 60,           // of new months; the last one takes in what follows
    DIFFERENCE_HALVES = 60,         // at most, the newest
    DIFFERENCE_LINES = 200,         // of a policy that are told as added, or as removed
};
#define DIFFERENCE_SEVERAL S("") // key of the kind that stands for rows of several categories

struct difference_kind {
    str key, label[LANGUAGES];
};
struct difference_months {
    int32_t from, to;
}; // months since 1970-01
struct difference_lines {
    const str *line;
    size_t     n;
    bool       more; // than DIFFERENCE_LINES
};
struct difference {
    uint64_t                        release, before; // before 0: none is known
    enum difference_none            none;
    uint64_t                        least;
    bool                            places, times, outcomes; // were compared
    const struct difference_months *months;                  // new ones, ascending
    size_t                          n_months;
    const int32_t
          *halves; // half-years since 1970 of which there are counts by area, and were none; ascending
    size_t n_halves;
    struct difference_lines       added, removed; // lines of the policy
    const struct difference_kind *kinds;
    size_t                        n_kinds;
    struct told                   part[DIFFERENCE_PARTS]; // their kinds are numbers of `kinds`
};

/// Fills all but the lines of the policy. Two passes over each index: the second looks only at rows whose sums in the first
/// differ, 16 bytes each, at most `held` of them at a time (more where so many share one place and time), and is made as often
/// as that asks for. The figures do not depend on it. Other memory: 12 bytes for every 8 rows, at most 12 MiB.
/// A damaged number gives wrong figures, so verify a file that was not just written. Keys and labels are borrowed from the
/// indexes. ERR_NOMEM. ERR_CORRUPT: one of them was written to meanwhile.
enum err difference_of(struct scope *sc, const struct index *old, const struct index *new, size_t held,
                       struct difference *out);
/// Which lines of a text the other has not, each as often as it is missing; blanks at their ends do not matter. ERR_NOMEM.
enum err difference_of_policies(struct scope *sc, str old, str new, struct difference *out);
/// "first", ...; NULL: there is a report.
extern const char *const difference_none_words[DIFFERENCE_NONES];
/// The name of a table, and those of its columns: "corrections", "new", "gone". NULL: it has no second column.
struct difference_words {
    const char *part, *column[TOLD_COLUMNS];
};
extern const struct difference_words difference_words[DIFFERENCE_PARTS];
/// The file's text.
void                                 difference_write(struct buf *to, const struct difference *d);
/// Believes nothing: a figure that may not be told makes the file ERR_CORRUPT, as does everything that difference_write would
/// not write. ERR_NOMEM.
enum err                             difference_read(struct scope *sc, str text, struct difference *out);
