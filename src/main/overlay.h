// SPDX-License-Identifier: EUPL-1.2
// Regions are measured within one release (publish/region.h). Two releases whose grid, rule or borders differ can be laid over each
// other, and where both are known to place a row is a part of either, which nothing measures. So a release with other regions than
// the one that is public is not made without a word. They are compared by fingerprints (publish/fingerprint.h) from the database,
// which needs no file of a release. The trap: a release of which nobody knows how its regions were cut counts as an other one.
// Tests: tests/unit/test_overlay.c.
#pragma once
#include "main/cli.h"
#include "store/region_print.h"

/// is: of the release to be made. given: the number that the operator named, or 0. ERR_INVALID: the newest public release that was
/// not withdrawn has other regions, with what differs, or it is not known which; or `given` is not its number, or nothing differs.
enum err overlay_check(struct cli *cli, struct store *st, const struct region_print *is, int64_t given);
/// Writes down what the next is compared with: the regions of this release when it has a public tier (the texts of *is are empty
/// when it has none), and that those of the one before are not known, when they are not. To be committed before the release is public.
enum err overlay_keep(struct cli *cli, struct store *st, const struct region_print *is);
