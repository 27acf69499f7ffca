// SPDX-License-Identifier: EUPL-1.2
// The release folder, immutable once it has its name:
//     releases/N/manifest.json    number, time, policy, sources and licences, displacement, sha256 of each file
//     releases/N/public.index     the only thing the public part of the server opens
//     releases/N/public.sums      sums of its blocks (base/sums.h), by which it is proved as it is read
//     restricted/N/*.index, .sums partner and police tiers
//     restricted/N/manifest.json  totals of every tier, the imports it was made of, sha256 of each file and of the
//                                 public manifest
//     restricted/N/manifest.sha256  of that manifest; sha256sum -c reads it
//     releases/current            text file with the newest number; replaced by rename
// The public manifest holds nothing that a withheld incident could change, so no count of what is withheld
// either: a count of one is a person. Nor does it name the files of the imports: their names are the office's own
// words, some may hold nothing but what is withheld, and their paths are of the town's machine.
//
// Written under releases/N.tmp and restricted/N.tmp and renamed when everything is on the disk: restricted
// first, then public, then current. Killed at any instant, the last good release stays current; what is half
// is removed by the next release_begin. Threads: one writer (it holds the store's lock), any number of
// readers. Tests: tests/unit/test_release.c, tests/fault/test_kill.c.
#pragma once
#include "publish/publish.h"

struct release_hash {
    str      sha256; // empty: not known yet
    uint64_t bytes;
};
struct release_new {
    int64_t             number, created_s;
    const char         *public_dir, *restricted_dir; // where the index files are to be written
    struct release_hash index[TIERS];
};
/// Clears what an interrupted run left behind and makes the two folders. ERR_EXISTS: there is such a release
/// already.
enum err release_begin(struct scope *sc, const char *data_dir, int64_t number, int64_t created_s,
                       struct release_new *out);
/// Hashes the index of a tier when it is complete, so that the commit need not do it: each tier may have its thread. The
/// hash is of the scope, which must outlive the commit.
enum err release_hash(struct scope *sc, struct release_new *r, enum tier tier);
/// Hashes the other files of both folders, writes the manifests, renames, makes it current. totals of a tier that
/// the policy does not give are not looked at. *sha256 is the hash of the public manifest (hex).
/// ERR_NOTFOUND: the index of a tier that the policy gives is not there. On failure the release is not
/// current.
enum err release_commit(struct scope *sc, const char *data_dir, const struct release_new *r,
                        const struct policy *p, const struct publish_totals totals[TIERS],
                        const struct run *inputs, size_t n_inputs, str *sha256);
/// Number of the current release; ERR_NOTFOUND: nothing was published yet. ERR_CORRUPT: the file is not a
/// number.
enum err release_current(struct scope *sc, const char *data_dir, int64_t *number);
/// Path of one tier's index in a release, whether it is there or not; index_open tells.
enum err release_index_path(struct scope *sc, const char *data_dir, int64_t number, enum tier tier,
                            const char **out);
/// Numbers of all complete releases, oldest first.
enum err release_list(struct scope *sc, const char *data_dir, int64_t **out, size_t *n);
/// Compares every file with the manifests. ERR_CORRUPT with which and where.
enum err release_verify(struct scope *sc, const char *data_dir, int64_t number);
