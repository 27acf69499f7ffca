// SPDX-License-Identifier: EUPL-1.2
// The release folder, immutable once it has its name:
//     releases/N/manifest.json   number, time, policy, inputs, totals, displacement, sha256 of each file
//     releases/N/public.index    the only thing the public part of the server opens
//     restricted/N/*.index       partner and police tiers
//     releases/current           text file with the newest number; replaced by rename
// Written under releases/N.tmp and renamed when everything is on the disk; a half one is removed by the next
// run.
#pragma once
#include "publish/publish.h"

struct release_file {
    str      name, sha256;
    uint64_t bytes;
};
struct release_new {
    int64_t     number, created_s;
    const char *public_dir, *restricted_dir; // where the index files are to be written
};
enum err release_begin(struct scope *sc, const char *data_dir, int64_t number, int64_t created_s,
                       struct release_new *out);
/// Hashes the files, writes the manifest, renames, makes it current. *sha256 is the hash of the manifest
/// (hex).
enum err release_commit(struct scope *sc, const char *data_dir, const struct release_new *r,
                        const struct policy *p, const struct publish_totals totals[TIERS],
                        const struct run *inputs, size_t n_inputs, str *sha256);
/// Number of the current release; ERR_NOTFOUND: nothing was published yet.
enum err release_current(struct scope *sc, const char *data_dir, int64_t *number);
/// Path of one tier's index in a release.
enum err release_index_path(struct scope *sc, const char *data_dir, int64_t number, enum tier tier,
                            const char **out);
/// Numbers of all releases, oldest first.
enum err release_list(struct scope *sc, const char *data_dir, int64_t **out, size_t *n);
/// Compares every file with the manifest. ERR_CORRUPT with which and where.
enum err release_verify(struct scope *sc, const char *data_dir, int64_t number);
