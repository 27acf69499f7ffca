// SPDX-License-Identifier: EUPL-1.2
// Strings publish and index together: store and policy in, a release on the disk out.
#pragma once
#include "main/cli.h"
#include "publish/release.h"
#include "store/store.h"

/// Where the time goes, milliseconds by the clock. The tiers run beside each other.
struct tier_timing {
    int64_t decide_ms; // what is told of each incident: policy, areas, anchors
    int64_t sort_ms, write_ms, hash_ms;
};
struct release_timing {
    int64_t            read_ms; // the store, once for all tiers
    struct tier_timing tier[TIERS];
    int64_t            compare_ms; // with the release before
    int64_t            commit_ms;  // manifests, and onto the disk
};
struct release_result {
    int64_t               number;
    struct release_timing timing;
    struct publish_totals totals[TIERS];
    str                   sha256;
    int64_t               same; // the release of which it tells the public the same; 0: none
};
/// What a person has repeated, so that it passes the bounds (main/bounds.h), or wishes; all empty: nothing was.
struct release_consent {
    const char *date; // today's; NULL: not given
    bool        total_given;
    uint64_t    total;
    int64_t     after_withdrawal; // of that release, whose reason is put right; 0: not given
    bool        older_given;
    int64_t
        older_database; // the newest release that anybody has seen, when the database is older; 0: it knows all
    int64_t other_regions; // of the release that is public, whose regions differ; 0: not given
    const char
        *count_again; // a half-year ("2025-1") or "all": its counts by area are forgotten first; NULL: none
    bool leave_now;   // what turned sensitive leaves with this release (publish/leave.h)
    bool dry_run;     // all is made and looked at, and nothing is published or written down
};
/// Writes the index of every tier that the policy names, the manifest, and makes the release current. Whatever
/// fails before that, the release that was current stays so; the record in the store comes last, and when it alone
/// fails, the sentence says that the release is public. Then the index files of older releases are removed, but for as many
/// as keep-releases says. ERR_INVALID: the clock or the total is out of bounds, the newest release was withdrawn and nobody
/// says that the reason is gone, the database is older than it, or a copy and nobody said what came behind, its regions differ (main/overlay.h), or counts are to be forgotten that a release still tells; and nothing
/// was published. Of a dry run out->sha256 is empty.
enum err release_make(struct cli *cli, struct store *st, const struct policy *p,
                      const struct release_consent *consent, struct release_result *out);
/// The policy's text: of the file, or of DIR/policy.txt, or the default.
enum err release_policy(struct scope *sc, const char *dir, const char *path, struct policy *out);
/// There is no DIR/policy.txt (*path), and this newest release that the database knows was made by another policy than the
/// built-in one; 0: all else.
enum err release_policy_lost(struct cli *cli, struct store *st, const char **path, int64_t *release);
