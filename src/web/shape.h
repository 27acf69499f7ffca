// SPDX-License-Identifier: EUPL-1.2
// Shapes that several answers share: JSON of points, boxes, intervals and rows.
#pragma once
#include "http/http.h"
#include "analysis/area.h"
#include "web/url.h"
#include "wire/json.h"

/// Begins a JSON answer: content type, cross-origin reading, cached but checked each time.
struct json json_answer(struct http_res *rs);
void        json_lon_lat(struct json *j, struct point p); // [lon, lat], 6 digits: 0.1 m
void        json_box(struct json *j, struct box b);       // [west, south, east, north]
void        json_day(struct json *j, int32_t day);
void        json_month(struct json *j, int32_t month);
void        json_time(struct json *j, int64_t utc_s); // 2026-11-24T03:58:00Z
/// Two members, name_low and name_high ("" gives low and high); not finite: null.
void        json_interval(struct json *j, const char *low, const char *high, struct interval v, int digits);
/// "2018-10", "2018-10-31", "2018-10-31T14" or "2018-10-31T14:05": as exact as the row is known.
void        add_when(struct buf *to, const struct release_row *row);
const char *precision_name(uint8_t precision);
const char *outcome_class_name(enum outcome_class is);
const char *funnel_name(enum funnel f);
/// The key of an outcome; "none" where the source says nothing.
str         outcome_key(const struct release_info *in, uint8_t outcome);
/// Side of the anchor's cell on the ground in metres; 0: anchors are points.
double      anchor_side_m(const struct release_info *in, struct point at);
/// The square that the anchor stands for; a point's own box when anchors are points.
struct box  anchor_box(const struct release_info *in, struct point at);
