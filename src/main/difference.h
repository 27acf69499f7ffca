// SPDX-License-Identifier: EUPL-1.2
// Carries the two public index files, the current one and the new one, to analysis/difference.h, and its report to the new
// release's folder. Tests: tests/unit/test_make.c.
#pragma once
#include "main/cli.h"
#include "publish/release.h"

/// Writes difference.json beside the new public index, before the release is committed. That there is nothing to compare with is
/// written down, too, with the reason; a release before that cannot be read does not stop a publication. Memory: what
/// difference_of takes, given back on return. *same: the release of which the new one tells the public the same, by the same policy; 0: there is
/// none. ERR_NOMEM, ERR_IO, ERR_FULL.
enum err difference_make(struct cli *cli, const struct release_new *r, const struct policy *p, int64_t *same);
