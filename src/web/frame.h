// SPDX-License-Identifier: EUPL-1.2
// What every page has around its own: head, masthead, notice, sources, foot.
#pragma once
#include "html/text.h"
#include "web/call.h"
#include "web/views.h"

/// title: of the page, the town's name is put behind it; empty: the town's name alone.
enum err frame_fill(struct scope *sc, struct call *c, enum page at, str title, struct frame_view *out);
/// For pages that stand beside the six of the navigation (errors).
enum err frame_fill_plain(struct scope *sc, struct call *c, str title, struct frame_view *out);
/// The map page and /embed: with the map's script and style sheet.
void     frame_add_map(struct frame_view *v, enum language l, bool embed);
/// Sends the page that stands in rs->body.
void     frame_send(struct http_res *rs);
