// SPDX-License-Identifier: EUPL-1.2
// What the database wrote down of the town's releases, held against what lies on the disk. The record of a release is written
// behind the release, so that a kill between the two leaves it out: then store/shown.h alone knows the number. A backup that
// is brought back knows fewer than the disk, a disk that was lost fewer than the database.
#pragma once
#include "main/cli.h"
#include "store/store.h"

/// The newest release that the database knows; 0: none.
enum err known_newest(struct cli *cli, struct store *st, int64_t *out);
/// The number of the release to be made: behind all that anybody may have seen, and behind `seen`, of which the operator says so.
enum err known_next(struct cli *cli, struct store *st, int64_t seen, int64_t *out);
/// Writes down the releases up to the newest known whose record a kill has left out, from their manifests, as far as these are
/// sound and signed by the town. Cost: none when there are none, else a hash of each of their files.
enum err known_write_down(struct cli *cli, struct store *st);
/// The releases from `first` on that were not withdrawn, as "3, 4, 6 to 9"; a list that is too long ends in "and others". Empty: none.
enum err known_still_told(struct cli *cli, struct store *st, int64_t first, str *out);
