// SPDX-License-Identifier: EUPL-1.2
// Regions are measured within one release (publish/region.h). Two releases whose grid, rule or borders differ can be laid over each
// other, and where both are known to place a row is a part of either, which nothing measures. So a release with other regions than
// the one that is public is not made without a word.
#pragma once
#include "main/cli.h"
#include "publish/policy.h"
#include "store/store.h"

/// path: the public index of the release to be made. given: the number that the operator named, or 0. ERR_INVALID: the newest
/// public release that is on the disk has other regions, with what differs (when none is there, of the newest that the database
/// knows what its policy tells: grid, anchors and rule, not the sets of areas); or `given` is not its number, or nothing differs.
enum err overlay_check(struct cli *cli, struct store *st, const struct policy *p, const char *path,
                       int64_t given);
