// SPDX-License-Identifier: EUPL-1.2
// What the manifests of the releases on the disk say, newest first: those up to the current one, and those that were withdrawn,
// of which nothing is known but when and why. A damaged one is left out and logged.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct exception_note { // of a floor, as the manifest tells of it
    str floor, reason, by, until;
};
enum { RELEASES_MAX = 200, MANIFEST_MAX_BYTES = 8 << 20 };
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
    double   moved_median_m, moved_p95_m; // displacement by the anchors
    uint64_t left_area;                   // of what was moved
    str      region_unit;                 // hectares, addresses, inhabitants; empty: no rule
    double   region_least, region_smallest;
    str      signed_by, fingerprint; // public key in hex; empty: made before releases were signed
    const struct exception_note *exceptions;
    size_t                       n_exceptions;
};
/// ERR_IO. ERR_NOMEM.
enum err releases_read(struct scope *sc, const char *data_dir, const struct release_note **out, size_t *n);
