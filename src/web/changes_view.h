// SPDX-License-Identifier: EUPL-1.2
// One release and its report in words: what the page shows and the feed sends.
#pragma once
#include "web/changes.h"
#include "web/views.h"

/// ERR_NOMEM.
enum err change_view_of(struct scope *sc, enum language l, const struct release_change *c,
                        struct change_view *out);
