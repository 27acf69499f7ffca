// SPDX-License-Identifier: EUPL-1.2
// Strings publish and index together: store and policy in, a release on the disk out.
#pragma once
#include "main/cli.h"
#include "publish/release.h"
#include "store/store.h"

struct release_result {
    int64_t               number;
    struct publish_totals totals[TIERS];
    str                   sha256;
};
/// Writes the index of every tier that the policy names, the manifest, and makes the release current. Whatever
/// fails before that, the release that was current stays so; the record in the store comes last, and when it alone
/// fails, the sentence says that the release is public.
enum err release_make(struct cli *cli, struct store *st, const struct policy *p, struct release_result *out);
/// The policy's text: of the file, or of DIR/policy.txt, or the default.
enum err release_policy(struct scope *sc, const char *dir, const char *path, struct policy *out);
