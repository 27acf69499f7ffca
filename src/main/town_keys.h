// SPDX-License-Identifier: EUPL-1.2
// The town's signing key for the commands that need one (publish/keys.h).
#pragma once
#include "main/cli.h"
#include "publish/keys.h"

/// Opens it, or makes the first one and says so in one line. ERR_NOTFOUND: it is lost. ERR_INVALID: others can read it.
enum err town_keys(struct cli *cli, struct key_ring *out, bool *made);
