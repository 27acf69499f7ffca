// SPDX-License-Identifier: EUPL-1.2
// The town's signing key for the commands that need one (publish/keys.h): which key may sign, and when one may be made.
#pragma once
#include "main/cli.h"
#include "publish/keys.h"

struct store;

/// Opens it, or makes the first one and says so in one line. date: as for town_keys_clock.
/// ERR_NOTFOUND: it is gone. ERR_INVALID: others can read it, or the clock is out of bounds. ERR_CORRUPT: it is an older copy.
enum err town_keys(struct cli *cli, struct store *st, const char *date, struct key_ring *out);
/// There is no key. OK: nothing was signed, so the first one may be made. ERR_NOTFOUND: a release may have been signed with it,
/// by what the database and the disk know of; also of one that was withdrawn.
enum err town_keys_absent(struct cli *cli, struct store *st);
/// ERR_CORRUPT: the newest signed release came with keys that these do not go on from.
enum err town_keys_newest(struct cli *cli, const struct key_list *list);
/// May a key be dated by this clock? last: the list that it will go on from, or NULL. date: today's, as a person gave it, or
/// NULL. ERR_INVALID: main/bounds.h.
enum err town_keys_clock(struct cli *cli, struct store *st, const struct key_list *last, const char *date);
/// ERR_INVALID: the last key is dated in the future.
enum err town_keys_dated(struct cli *cli, const struct key_list *list);
/// Warns of that, and when there are nearly KEYS_MAX keys.
void     town_keys_warn(struct cli *cli, const struct key_list *list);
