// SPDX-License-Identifier: EUPL-1.2
// What a command that was killed has left behind under the names that it wrote files by: rejects-N.csv.tmp and lift-N.csv.tmp of an import, and the
// secret in keys/signing.key.tmp. What a publication leaves among the releases, the next one removes (publish/release.c).
#pragma once
#include "main/cli.h"

/// Removes them. The caller has the data folder open for writing, so no import is at work; a writer of keys is waited for.
enum err leftovers_remove(struct cli *cli);
/// Their paths, for people; those that a living process writes are none. At most LEFTOVERS_MAX.
enum { LEFTOVERS_MAX = 100 };
enum err leftovers_find(struct cli *cli, const char *out[LEFTOVERS_MAX], size_t *n);
/// The same of what the next publication will remove.
enum err leftovers_of_publish(struct cli *cli, const char *out[LEFTOVERS_MAX], size_t *n);
