// SPDX-License-Identifier: EUPL-1.2
// Everything that is not a page and not the API: tiles, assets, the basemap, release files, and the health check.
#pragma once
#include "web/call.h"

enum err file_tile(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_counts(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_static(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_favicon(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_robots(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_basemap(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_manifest(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_signature(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_key(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_difference(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_sums(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_index(struct scope *sc, struct call *c, struct http_res *rs);
enum err file_health(struct scope *sc, struct call *c, struct http_res *rs);
