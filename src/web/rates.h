// SPDX-License-Identifier: EUPL-1.2
// Rows of areas with their figures, for the pages that have such a table.
#pragma once
#include "analysis/area.h"
#include "web/call.h"
#include "web/views.h"

/// In alphabetical order, links with the filter.
enum err area_rows_of(struct scope *sc, struct call *c, size_t set, const struct filter *f,
                      const struct comparison *k, struct area_rows_view *out);
