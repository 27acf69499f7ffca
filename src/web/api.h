// SPDX-License-Identifier: EUPL-1.2
// The JSON API, as openapi.json describes it.
#pragma once
#include "web/call.h"

enum err api_release(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_releases(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_changes(struct scope *sc, struct call *c, struct http_res *rs);
/// The same as an Atom feed (RFC 4287), also when nothing is served: readers of a feed drop one that is gone.
enum err feed_releases(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_counts(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_facets(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_areas(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_areas_geojson(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_area(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_compare(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_places(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_place(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_incidents(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_incidents_csv(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_incidents_geojson(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_by_area(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_by_area_csv(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_search(struct scope *sc, struct call *c, struct http_res *rs);
enum err api_openapi(struct scope *sc, struct call *c, struct http_res *rs);
