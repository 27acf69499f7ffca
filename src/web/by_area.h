// SPDX-License-Identifier: EUPL-1.2
// Counts by half-year and area (model/release.h), as pages and the API ask for them.
// A count that the rules of the release do not allow, or that is below its least, is passed over: what the file says is not
// believed further than that. Tests: tests/web/test_told_by_area.c.
#pragma once
#include "analysis/period.h"
#include "web/call.h"
#include "web/views.h"

struct period             half_period(int32_t half);
/// The set of the areas, or NULL: then all counts are of somewhere in the town.
const struct release_set *by_area_set(const struct release_info *in);
/// May this count be shown?
bool                      by_area_sound(const struct release_info *in, const struct release_count *c);
/// How many half-years are told of; 0: none.
size_t                    by_area_halves(const struct release_info *in);
/// Classes that have a count in any of these half-years.
sensitivity_set           by_area_used(const struct release_info *in, int32_t first, int32_t last);
/// "Centre, North and 3 more": at most `most` names, without the area `except` (AREA_NOWHERE: with all).
str      by_area_names(struct scope *sc, enum language l, const struct release_set *set, const uint16_t *area,
                       size_t n, uint16_t except, size_t most);
/// Reads the parameters `half` and `class`; what is not given is left alone. ERR_INVALID: not one that this release tells by
/// area, with c->bad.
enum err by_area_read(struct scope *sc, struct call *c, int32_t *half, int *class);
/// The section of an area's page. *out stays empty when nothing is told by area.
enum err halves_of(struct scope *sc, struct call *c, size_t set, uint16_t area, struct halves_view *out);
