// SPDX-License-Identifier: EUPL-1.2
// Density as a picture and the legend that belongs to it.
#pragma once
#include "web/call.h"

/// /tiles/{release}/density/{z}/{x}/{y}.png
enum err file_density(struct scope *sc, struct call *c, struct http_res *rs);
/// /v1/density
enum err api_density(struct scope *sc, struct call *c, struct http_res *rs);
