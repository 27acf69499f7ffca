// SPDX-License-Identifier: EUPL-1.2
// What differs from release to release.
#include "web/page.h"

#include "base/arena.h"
#include "web/changes_view.h"
#include "web/frame.h"
#include "web/tpl.h"

enum err page_changes(struct scope *sc, struct call *c, struct http_res *rs)
{
    struct changes      all;
    bool                unfolded = false; // the newest table of kinds
    struct changes_view v = { .least = c->in->least > TOLD_LEAST ? c->in->least : TOLD_LEAST };
    TRY(changes_asked(sc, c, &all));
    struct change_view *of = arena_array(sc->mem, struct change_view, all.n + 1);
    if (!of) return fail(&sc->fault, ERR_NOMEM, "no room for a page");
    for (size_t i = 0; i < all.n; i++) {
        TRY(change_view_of(sc, c->lang, &all.of[i], &of[i]));
        of[i].open = of[i].n_rows && !unfolded;
        unfolded = unfolded || of[i].open;
    }
    v.changes = of;
    v.n_changes = all.n;
    v.json_url = S("/v1/changes");
    if (all.pages.older) v.older_url = url_changes(&c->links, all.pages.older);
    if (all.pages.newer) v.newer_url = url_changes(&c->links, all.pages.newer);
    TRY(frame_fill(sc, c, PAGE_CHANGES, text_of(c->lang, MSG_PAGE_CHANGES_TITLE), &v.frame));
    v.frame.feed_url = url_feed(&c->links);
    tpl_changes(&rs->body, c->lang, &v);
    frame_send(rs);
    return OK;
}
