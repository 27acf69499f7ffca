// SPDX-License-Identifier: EUPL-1.2
// One incident as the API tells it.
#pragma once
#include "base/lang.h"
#include "web/shape.h"

/// Members of an incident, without the braces: category (the first of them), categories, label, when, precision, outcome, outcome_label,
/// source.
void row_json(struct json *j, const struct release_info *in, enum language l, const struct release_row *row);
/// The further members of a list that is not about one place: lon, lat (null without a point), place, areas.
void row_json_where(struct json *j, const struct release_info *in, const struct release_row *row);
/// The header line and a line of the CSV download.
void row_csv_head(struct buf *to, const struct release_info *in);
void row_csv(struct buf *to, const struct release_info *in, enum language l, const struct release_row *row);
/// One GeoJSON feature; geometry null without a point.
void row_geojson(struct buf *to, const struct release_info *in, enum language l,
                 const struct release_row *row);
