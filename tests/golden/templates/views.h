// SPDX-License-Identifier: EUPL-1.2
// What the templates of this test show.
#pragma once
#include "base/str.h"

struct badge_view {
    str name;
};
struct row_view {
    const char              *label;
    str                      url;
    long                     n;
    bool                     on;
    struct badge_view        badge;
    const struct badge_view *badges;
    size_t                   n_badges;
};
struct sample_view {
    str                    title, link, evil, none;
    char                   key[8];
    int                    less;
    uint64_t               more;
    bool                   yes, no;
    const struct row_view *rows;
    size_t                 n_rows;
    const str             *words;
    int                    n_words;
    struct badge_view      badge;
    enum { SHOWN } shown;
};
