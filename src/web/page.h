// SPDX-License-Identifier: EUPL-1.2
// The pages. Each is whole without a script.
#pragma once
#include "web/call.h"

enum err page_map(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_embed(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_picture(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_areas(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_set(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_area(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_by_area(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_compare(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_data(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_changes(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_method(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_about(struct scope *sc, struct call *c, struct http_res *rs);
enum err page_problem(struct scope *sc, struct call *c, struct http_res *rs);
