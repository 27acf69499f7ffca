// SPDX-License-Identifier: EUPL-1.2
// What the manifests of the releases on the disk say, newest first: those up to the current one, and those that were withdrawn,
// of which nothing is known but when and why. One whose manifest is not proved by its signature (release_papers), or is not this town's, is left out
// and logged. What was read is kept until one of its files is another. Threads: any.
#pragma once
#include "base/err.h"
#include "base/mark.h"
#include "base/str.h"
#include "web/origin.h"
#include "web/told.h"

struct exception_note { // of a floor, as the manifest tells of it
    str floor, reason, by, until;
};
enum { RELEASES_MAX = 200, NOTES_MAX = 256 }; // at once; kept in memory
struct release_note {
    int64_t  number, bytes; // bytes: of public.index
    bool     offered;       // its files can be downloaded
    bool     withdrawn;
    int64_t  since_s; // of one that was withdrawn; 0: not known
    str      reason;
    str      created;   // as written: 2026-11-24T03:58:00Z
    int64_t  created_s; // 0: it is not written so
    uint64_t incidents, without_point;
    str      licence;         // of all sources, with commas, each once
    str      manifest_sha256; // what `hromada publish` printed
    str      index_sha256;
    str      difference_sha256;           // of its report of differences; empty: it has none
    bool     has_sums;                    // of its index, to be downloaded
    double   moved_median_m, moved_p95_m; // displacement by the anchors
    uint64_t left_area;                   // of what was moved
    str      region_unit;                 // hectares, addresses, inhabitants; empty: no rule
    double   region_least, region_smallest;
    str      signed_by, fingerprint; // public key in hex; empty: made before releases were signed
    const struct exception_note *exceptions;
    size_t                       n_exceptions;
};
/// Which files those of a release are: whoever writes or replaces one changes it.
enum { RELEASE_MARKED = 6 };
struct release_marks {
    struct file_mark of[RELEASE_MARKED];
};
enum err release_marks(struct scope *sc, const char *data_dir, int64_t number,
                       struct release_marks *out); // ERR_NOMEM
/// Is what was found in the files behind the marks `then`, right or wrong, still so?
bool     release_marks_hold(const struct release_marks *then, const struct release_marks *is);

struct release_notes;
/// origin: whose releases are listed; borrowed. told: where faults are logged by. One that could not be read is read again after NOTES_AGAIN_MS. NULL: no memory.
enum { NOTES_AGAIN_MS = 60000 };
struct release_notes *notes_open(const char *data_dir, struct origin *origin, const struct clock *clock,
                                 struct told *told);
void                  notes_close(struct release_notes *k); // accepts NULL
/// At most max of those with a number below `before`; 0: from the newest on. served: the release that is open; up to it they are
/// listed when releases/current cannot be read. ERR_IO. ERR_NOMEM.
enum err releases_read(struct scope *sc, struct release_notes *k, int64_t served, int64_t before, size_t max,
                       const struct release_note **out, size_t *n);
/// The part of the list that a request asks for, whose only parameter is `before`: at most max of those with a number below it;
/// without it, from the newest on. With pages->older, (*out)[*n] is the first of these. ERR_INVALID. ERR_IO. ERR_NOMEM.
struct call;
enum { RELEASES_NEWEST = -1 };
struct release_pages {
    int64_t older; // what to ask for as `before` to see more; 0: these were the last
    int64_t newer; // likewise for newer ones; RELEASES_NEWEST: without `before`; 0: these are the newest
};
enum err releases_asked(struct scope *sc, struct call *c, size_t max, const struct release_note **out,
                        size_t *n, struct release_pages *pages);
