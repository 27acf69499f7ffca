// SPDX-License-Identifier: EUPL-1.2
// The publication policy: a text file that a lawyer can read and a program obeys. Grammar and every word of it:
// doc/hromada-policy.5. In short, one statement a line:
//     tier public | partner | police            begins the rules of a tier
//     anchors grid 250 m                        or: anchors file points.csv (lon,lat,name,addresses)
//     time month | day | hour | minute          finest time that is told
//     delay 30 days                             after the end of the period
//     flags none | arrest domestic attempted
//     category KEY or iccs-N or * : points | withheld
//     place none | source                       whether the source's text of the place is told
// The last matching category rule decides. A tier may show no more than a stricter one's... (see policy.c).
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/category.h"
#include "model/time.h"

enum tier { TIER_PUBLIC, TIER_PARTNER, TIER_POLICE, TIERS };
enum showing { SHOW_POINTS, SHOW_WITHHELD };
struct policy_rule { str category; int iccs; /* -1: by key; "*" is key "*" */ enum showing show; int line; };
struct tier_policy {
    bool           given;
    uint32_t       anchor_grid_m;    // 0: anchors from the file; or exact points (police tier only)
    str            anchor_file;
    bool           exact;            // "anchors exact", police and partner tiers only
    enum precision finest;
    int            delay_days;
    uint32_t       flags;
    bool           place_text;
    const struct policy_rule *rules; size_t n_rules;
};
struct policy { str text; struct tier_policy tier[TIERS]; };

/// ERR_INVALID with line and word. The safe default of anything that a file does not say is the stricter value.
enum err policy_read(struct scope *sc, str text, struct policy *out);
/// The policy that is in force when nobody wrote one; its text is part of every release, as any other.
str policy_default(void);
enum showing policy_shows(const struct tier_policy *t, const struct category *c);
