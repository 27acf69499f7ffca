// SPDX-License-Identifier: EUPL-1.2
// The release folder, immutable once it has its name:
//     releases/N/manifest.json    number, time, policy and its exceptions, sources and licences, displacement, smallest region,
//                                 sha256 of each file
//     releases/N/manifest.sig     the town's signature (publish/keys.h) of "hromada manifest 1", a line end, and the manifest:
//                                 128 hex digits and a line end
//     releases/N/key.pub          the town's public keys; the last one signed
//     releases/N/public.index     the only thing the public part of the server opens
//     releases/N/public.sums      sums of its blocks (base/sums.h), by which it is proved as it is read
//     releases/N/difference.json  what differs from the release before (analysis/difference.h); main/ writes it
//     restricted/N/*.index, .sums partner and police tiers
//     restricted/N/manifest.json  totals of every tier, the imports it was made of, sha256 of each file and of the
//                                 public manifest
//     restricted/N/manifest.sha256  of that manifest; sha256sum -c reads it
//     restricted/N/manifest.sig   signature of "hromada restricted manifest 1", a line end, and that manifest
//     releases/current            text file with the newest number; replaced by rename
// Of a release that a newer one has replaced the two manifests, with what proves them, and the report of differences stay and
// all else goes (release_retire), so that nobody can compare two releases row by row, unless the town keeps more. Of one that
// was withdrawn nothing stays but its key.pub, so that the town's keys are never fewer than readers know of, and a record:
//     releases/N/withdrawn.txt    when (2026-11-28T20:41:40Z), and in the next line why, in the town's words
// A record outweighs every file that lies beside it, and numbers that left one are not given again.
// The public manifest holds nothing that a withheld incident could change, so no count of what is withheld
// either: a count of one is a person; and no figure made of true places. Nor does it name the files of the imports: their names are the office's own
// words, some may hold nothing but what is withheld, and their paths are of the town's machine.
//
// Written under releases/N.tmp and restricted/N.tmp and renamed when everything is on the disk: restricted
// first, then public, then current. Killed at any instant, the last good release stays current; what is half
// is removed by the next release_begin. Threads: one writer (it holds the store's lock), any number of
// readers. Tests: tests/unit/test_release.c, tests/fault/test_kill.c.
#pragma once
#include "publish/keys.h"
#include "publish/publish.h"

#define RELEASE_DIFFERENCE "difference.json"
#define RELEASE_SUMS "public.sums"

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
/// Removes what publications that failed or were killed have written under N.tmp. The caller has the data folder open for writing.
enum err release_clear(struct scope *sc, const char *data_dir);
/// Hashes the index of a tier when it is complete, so that the commit need not do it: each tier may have its thread. The
/// hash is of the scope, which must outlive the commit.
enum err release_hash(struct scope *sc, struct release_new *r, enum tier tier);
/// Hashes the other files of both folders, writes and signs the manifests, renames, makes it current. totals of a tier that
/// the policy does not give are not looked at. *sha256 is the hash of the public manifest (hex).
/// ERR_NOTFOUND: the index of a tier that the policy gives is not there. On failure the release is not
/// current.
enum err release_commit(struct scope *sc, const char *data_dir, const struct release_new *r,
                        const struct key_ring *keys, const struct policy *p,
                        const struct publish_totals totals[TIERS], const struct run *inputs, size_t n_inputs,
                        str *sha256);
/// The public keys that came with the newest signed release. ERR_NOTFOUND: none was signed.
enum err release_keys(struct scope *sc, const char *data_dir, struct key_list *out);
/// False only when its manifest is there and says that it was made before releases were signed; unknown is true.
enum err release_may_be_signed(struct scope *sc, const char *data_dir, int64_t number, bool *out);
/// The policy that a release was made by, from its public manifest. ERR_CORRUPT: also when there is none.
enum err release_policy_text(struct scope *sc, const char *data_dir, int64_t number, str *out);
/// What the manifests of a release tell of it, as the database writes it down.
struct release_told {
    int64_t  created_s;
    str      sha256, policy; // sha256: of the public manifest
    uint64_t incidents, withheld;
};
/// Of a release that release_verify has passed. ERR_CORRUPT: they do not tell.
enum err release_recall(struct scope *sc, const char *data_dir, int64_t number, struct release_told *out);
/// Number of the current release; ERR_NOTFOUND: nothing was published yet. ERR_CORRUPT: the file is not a
/// number.
enum err release_current(struct scope *sc, const char *data_dir, int64_t *number);
/// Path of one tier's index in a release, whether it is there or not; index_open tells.
enum err release_index_path(struct scope *sc, const char *data_dir, int64_t number, enum tier tier,
                            const char **out);
/// The highest number that was ever given to a release which somebody may have seen, as far as the disk knows; 0: none. A
/// folder behind it is of a publication that was interrupted, or no release.
enum err release_newest(struct scope *sc, const char *data_dir, int64_t *out);
enum { RELEASE_MAX_NUMBER = 999999999 };
/// Numbers of all folders that are named as releases are, oldest first.
enum err release_list(struct scope *sc, const char *data_dir, int64_t **out, size_t *n);
/// Adds the paths of what lies in releases/, or restricted/, and is neither a release nor one in the making nor `current`.
enum err release_strangers(struct scope *sc, const char *data_dir, bool restricted, const char **out,
                           size_t max, size_t *n);
/// Adds the paths of what release_clear would remove.
enum err release_halves(struct scope *sc, const char *data_dir, bool restricted, const char **out, size_t max,
                        size_t *n);

// -- what becomes of it (release_life.c) ---------------------------------------------------------------------------------
enum { RELEASE_REASON_BYTES = 1000 };
struct release_fate {
    enum { RELEASE_ABSENT, RELEASE_WHOLE, RELEASE_RETIRED, RELEASE_WITHDRAWN } is;
    int64_t
        since_s; // of one that was withdrawn; 0: the record cannot be read, which takes back nothing of it
    str reason;  // of the scope
};
/// Seconds of "2026-11-28T20:41:40Z", as manifests and records have it; 0 when it is not written so.
int64_t  release_read_time(str s);
/// From what lies in the folder, without a look into the files. ERR_IO: it cannot be told, so nothing may be served of it.
enum err release_fate(struct scope *sc, const char *data_dir, int64_t number, struct release_fate *out);
/// Takes a release from the server and its files from the disk, of all tiers; what readers have downloaded stays theirs.
/// When it is the current one, nothing is served from then on, or release back_to when that is not 0: it must be older and
/// sound. Once more changes nothing but the reason, when one is given. Beside a server, an import or a publication that runs.
/// ERR_NOTFOUND: there was no such release, or back_to is not kept. ERR_INVALID, ERR_LIMIT: reason, back_to. ERR_CORRUPT:
/// back_to is damaged; the release is withdrawn all the same.
enum err release_withdraw(struct scope *sc, const char *data_dir, int64_t number, int64_t back_to, str reason,
                          int64_t now_s);
/// Removes the index files, of all tiers, of the releases that are not among the `keep` newest; at least 1.
enum err release_retire(struct scope *sc, const char *data_dir, int64_t keep);

/// Compares every file with the manifests, and these with their signatures by the key beside them; of a retired release the
/// manifests with each other and what is left with them. Of one that was withdrawn nothing but the record and the keys may be left.
/// A release that was made before releases were signed passes. ERR_CORRUPT with which and where.
enum err release_verify(struct scope *sc, const char *data_dir, int64_t number);
/// Is the key beside the release one that the town had then? Of a release that release_verify has passed. ERR_CORRUPT.
enum err release_origin(struct scope *sc, const char *data_dir, int64_t number, const struct key_list *own);

/// The small files of a release, as they are handed out: read once, and proved.
struct release_papers {
    str manifest, signature, keys; // signature and keys are empty: it was made before releases were signed
    str manifest_sha256;
    const struct release_listed {
        str      name, sha256;
        uint64_t bytes;
    } * file; // [n], that the manifest lists
    size_t n;
};
/// The manifest is of this number and signed by the last key of key.pub, whose hash stands in it. None of them may be a link.
/// ERR_CORRUPT: which is missing or is not what was published. ERR_IO, ERR_NOMEM.
enum err release_papers(struct scope *sc, const char *data_dir, int64_t number, struct release_papers *out);
/// Are these papers of the town whose keys these are? Not when another key signed them that none of these vouches for, nor when
/// they are signed by nobody and are dated behind the town's first key, since when all are signed. ERR_FOREIGN.
enum err release_papers_origin(struct scope *sc, const struct release_papers *p, const struct key_list *own);
/// NULL: the manifest lists no file of this name.
const struct release_listed *release_listed(const struct release_papers *p, str name);
/// A file that is listed, of at most max bytes, into the scope. ERR_NOTFOUND: none is listed. ERR_CORRUPT: it is missing, or
/// is not what was published.
enum err                     release_listed_read(struct scope *sc, const char *data_dir, int64_t number,
                                                 const struct release_papers *p, const char *name, size_t max, str *out);

// -- what a reader verifies, without a store or a data folder (release_apart.c) -------------------------------------------
enum { APART_MAX_FILES = 64 };
struct apart_file {
    str      name;
    uint64_t bytes;
    bool     there;
};
struct apart {
    int64_t           number, created_s;
    str               sha256; // of the manifest
    struct sign_key   signer;
    struct apart_file file[APART_MAX_FILES]; // that the manifest tells of
    size_t            n;
};
/// Verifies DIR/PREFIXmanifest.json by DIR/PREFIXmanifest.sig, and by the manifest each of its files that is there under its
/// name behind the prefix. trusted: by these keys; NULL: by the key that lies beside it, which proves nothing of its origin.
/// ERR_CORRUPT: something was changed, or is signed by nobody whom these keys vouch for. ERR_NOTFOUND: manifest, signature or
/// key are not there.
enum err apart_verify(struct scope *sc, const char *dir, str prefix, const struct key_list *trusted,
                      struct apart *out);
/// Reads what a manifest says of its release and files; all is of the scope. ERR_CORRUPT.
enum err apart_read(struct scope *sc, str manifest, struct apart *out, str sha256[APART_MAX_FILES]);
