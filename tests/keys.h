// SPDX-License-Identifier: EUPL-1.2
// A town's signing key for tests that publish.
#pragma once
#include "check.h"
#include "publish/keys.h"

/// That of the folder, made in 2001 when there is none.
static inline struct key_ring test_keys(struct scope *sc, const char *dir)
{
    struct key_ring r;
    bool            made;
    ok_err(sc, keys_make(sc, dir, 1000000000, &r, &made), OK);
    return r;
}
