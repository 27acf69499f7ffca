// SPDX-License-Identifier: EUPL-1.2
// The publication policy: a text file that a lawyer can read and a program obeys. Every word of it is
// explained in doc/hromada-policy.5. One statement a line, '#' begins a comment:
//     policy    = { tier { statement } }
//     tier      = "tier" ( "public" | "partner" | "police" )
//     statement = "anchors" ( "grid" METRES "m" | "file" NAME | "exact" )   one of each kind in a tier
//               | "time" ( "month" | "day" | "hour" | "minute" )            the finest that is told
//               | "delay" ( N ( "day" | "days" ) | "none" )                 after the end of the period that
//               is told | "flags" ( "none" | { "arrest" | "domestic" | "attempted" } ) | "outcome" (
//               "withheld" | "told" ) | "place" ( "none" | "source" )                             the
//               source's text of the place | "domestic" ( "withheld" | "points" ) incidents that carry that
//               flag | "category" PATTERN [":"] ( "points" | "withheld" )        any number; the last that
//               matches decides
//     PATTERN   = "*" | "iccs-" 0..12 | a category key, in which "*" stands for any letters
// What a tier does not say takes the stricter value: grid 1000 m, month, 31 days, no flags, no outcome, no
// place text, domestic withheld, category withheld. A tier that is not given is not published at all. A
// policy in which a wider circle would learn more than a narrower one (public, partner, police) is refused.
// Threads: no shared state. Tests: tests/unit/test_policy.c, tests/fuzz/fuzz_policy.c.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/category.h"
#include "model/time.h"
#include <stdbool.h>

enum {
    POLICY_MAX_BYTES = 256 * 1024,
    POLICY_MAX_RULES = 1024, // category statements in one tier
    POLICY_MIN_GRID_M = 50,
    POLICY_MAX_GRID_M = 5000,
    POLICY_MAX_DELAY_DAYS = 366,
    DELAY_NONE = -1, // told at once, even before its day or month is over; not for the public
};

enum tier { TIER_PUBLIC, TIER_PARTNER, TIER_POLICE, TIERS };
enum showing { SHOW_POINTS, SHOW_WITHHELD };
struct policy_rule {
    str          category; // pattern of the key; empty when iccs >= 0
    int          iccs;     // section of the ICCS, or -1
    enum showing show;
    int          line;
};
struct tier_policy {
    bool                      given;
    uint32_t                  anchor_grid_m; // 0: anchors from the file; or exact points
    str                       anchor_file;   // relative to the data folder
    bool                      exact;         // "anchors exact", police and partner tiers only
    enum precision            finest;
    int                       delay_days; // or DELAY_NONE
    uint32_t                  flags;      // FLAG_ARREST | FLAG_DOMESTIC | FLAG_ATTEMPTED that are told
    bool                      outcome, place_text, domestic;
    const struct policy_rule *rules;
    size_t                    n_rules;
};
struct policy {
    str                text; // as it was read; part of every release's manifest
    struct tier_policy tier[TIERS];
};

/// Reads a policy; strings and rules are copied into the scope's arena. ERR_INVALID with the line, the word
/// and what is allowed there. ERR_LIMIT. ERR_NOMEM.
enum err     policy_read(struct scope *sc, str text, struct policy *out);
/// The policy that is in force when nobody wrote one; its text is part of every release, as any other.
str          policy_default(void);
enum showing policy_shows(const struct tier_policy *t, const struct category *c);
/// Is there a category that a wider circle would see and a narrower one would not? ERR_INVALID names it.
/// policy_read has tried every key it could think of; with the installation's own list nothing is left to
/// thought.
enum err     policy_check(struct scope *sc, const struct policy *p, const struct category *c, size_t n);
/// "public", "partner", "police", as the policy and the command line name them.
str          tier_name(enum tier t);
bool         tier_read(str name, enum tier *out);
