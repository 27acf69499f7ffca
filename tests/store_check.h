// SPDX-License-Identifier: EUPL-1.2
// All parts of the check of a store in one call.
#pragma once
#include "store/store.h"

static inline enum err store_check(struct scope *sc, struct store *st, str *report)
{
    struct store_check *c;
    TRY(store_check_begin(sc, st, &c));
    while (store_check_step(c)) continue;
    return store_check_end(sc, c, report);
}
