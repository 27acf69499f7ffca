// SPDX-License-Identifier: EUPL-1.2
// The releases with their reports of differences (analysis/difference.h), newest first, for the page, the feed and the API.
// A report that is missing or damaged says so and hides no other; nothing is shown of one that compares with a release which was
// withdrawn later. Tests: tests/web/test_changes.c.
#pragma once
#include "analysis/difference.h"
#include "web/call.h"
#include "web/releases.h"

enum { CHANGES_MAX = 20 }; // at once
struct release_change {
    struct release_note note;
    enum {
        CHANGE_TOLD,       // report; that may be none, and why
        CHANGE_WITHDRAWN,  // the release itself
        CHANGE_TAKEN_BACK, // the one it was compared with
        CHANGE_MISSING,    // no report was published with it
        CHANGE_BROKEN      // it cannot be read, or is not what was published
    } is;
    struct difference report;  // CHANGE_TAKEN_BACK: its `before` alone
    int64_t           since_s; // CHANGE_TAKEN_BACK: since when; 0: not known
};
struct changes {
    const struct release_change *of;
    size_t                       n;
    struct release_pages         pages;
};
/// What a request asks for, whose only parameter is `before`: those with a number below it; without it, from the newest on.
/// ERR_INVALID. ERR_IO. ERR_NOMEM.
enum err changes_asked(struct scope *sc, struct call *c, struct changes *out);
/// The label of a kind in a language.
str      change_kind_label(enum language l, const struct difference_kind *k);
