// SPDX-License-Identifier: EUPL-1.2
// What commands that ask a release have in common: which index, and a filter in words behind the options.
#pragma once
#include "index/filter.h"
#include "main/cli.h"

/// Opens a tier of the newest release. ERR_NOTFOUND: nothing is published, or the policy does not name the tier.
/// ERR_INVALID: there is no such tier; *usage tells that the command line is to blame.
enum err question_open(struct cli *cli, const char *tier, struct index **out, bool *usage);
/// from=2024 hours=22-5 ...: as in the address bar, one word each. ERR_INVALID.
enum err question_filter(struct scope *sc, const struct release_info *info, const char *const *word, size_t n,
                         struct filter *out);
