// SPDX-License-Identifier: EUPL-1.2
// The publication policy: a text file that a lawyer can read and a program obeys. Every word of it is explained in
// doc/hromada-policy.5. One statement a line, '#' begins a comment:
//     policy    = { exception } [ "areas" [ "set" KEY ] "least" N ] [ "regions" "least" region ] { tier { statement } }
//     exception = "exception" FLOOR QUOTED "by" QUOTED "until" YYYY-MM-DD      why, and who answers for it
//     region    = N ( "ha" | "addresses" "file" NAME | "inhabitants" "set" KEY )
//     tier      = "tier" ( "public" | "partner" | "police" )
//     statement = "anchors" ( "grid" METRES "m" | "file" NAME | "exact" )      one of each kind in a tier
//               | "time" ( "month" | "day" | "hour" | "minute" )               the finest that is told
//               | "delay" ( N ( "day" | "days" ) | "none" )                    after the end of the period that is told
//               | "flags" ( "none" | { "arrest" | "domestic" | "attempted" } )
//               | "outcome" ( "withheld" | "told" )
//               | "place" ( "none" | "source" )                                the source's text of the place
//               | "class" CLASS { CLASS } showing [ "time" PRECISION ]         what may be known of a class of incidents
//               | "category" PATTERN ( "areas" | "withheld" )                  stricter than its class
//     showing   = "points" | "areas" | "withheld"
//     CLASS     = "*" | a word of model/sensitivity.h
//     FLOOR     = "points" | "time" | "grid" | "delay" | "flags" | "place" | "least" | "regions"
//     QUOTED    = text between two '"' on one line, in which '#' begins no comment
//     PATTERN   = "*" | "iccs-" 0..12 | a category key, in which "*" stands for any letters
// An incident is shown as the strictest of all lines that match any of its classes and categories say; order never
// matters, and a later line that would be laxer than an earlier one is refused, so that nobody who reads expects it to.
// What a tier does not say takes the stricter value: grid 1000 m, month, 31 days, no flags, no outcome, no place text, a
// class withheld. "trafficking" and "unclassified" are withheld from every tier by code. A tier that is not given is not
// published at all. A policy in which a wider circle would learn more than a narrower one (public, partner, police) is
// refused. Below its floors no policy for the public passes (enum floor), unless an exception names the very floor, has not
// expired, and the town's signature of the text stands beside the file (publish/keys.h). No exception reaches what is withheld
// by code, exact points or "delay none" for the public.
// Threads: no shared state. Tests: tests/unit/test_policy.c, tests/fuzz/fuzz_policy.c.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/release.h"
#include "model/time.h"
#include <stdbool.h>

enum {
    POLICY_MAX_BYTES = 256 * 1024,
    POLICY_MAX_RULES = 1024,  // category statements in one tier
    POLICY_MAX_PATTERN = 255, // bytes
    POLICY_MIN_GRID_M = 50,
    POLICY_MAX_GRID_M = 5000,
    POLICY_MAX_DELAY_DAYS = 366,
    POLICY_MAX_LEAST = 1000,
    POLICY_MAX_REASON = 400, // bytes of an exception's reason
    POLICY_MAX_NAME = 200,   // and of the name below it
    POLICY_LEAST = 10,       // incidents in a count by area, when the policy does not say
    DELAY_NONE = -1,         // told at once, even before its day or month is over; not for the public
};

enum tier { TIER_PUBLIC, TIER_PARTNER, TIER_POLICE, TIERS };
struct policy_rule {
    str          category; // pattern of the key; empty when iccs >= 0
    int          iccs;     // section of the ICCS, or -1
    enum showing show;     // SHOW_AREAS or SHOW_WITHHELD
    int          line;
};
struct class_rule {
    enum showing   show;
    enum precision finest; // of points
    int            line;   // 0: not said
};
struct tier_policy {
    bool                      given;
    uint32_t                  anchor_grid_m; // 0: anchors from the file; or exact points
    str                       anchor_file;   // relative to the data folder
    bool                      exact;         // "anchors exact", police and partner tiers only
    enum precision            finest;        // of a class that says no other
    int                       delay_days;    // or DELAY_NONE
    uint32_t                  flags;         // FLAG_ARREST | FLAG_DOMESTIC | FLAG_ATTEMPTED that are told
    bool                      outcome, place_text;
    struct class_rule         of[SENSITIVITIES];
    const struct policy_rule *rules;
    size_t                    n_rules;
};

/// What the public is never told.
enum floor {
    FLOOR_POINTS, // points of a class that names a person, a home or a child; no exception lifts it for the gravest
    FLOOR_TIME,   // finer than by month, but for the class street, and there finer than by hour
    FLOOR_GRID,   // a grid below FLOOR_GRID_M
    FLOOR_DELAY,  // less than FLOOR_DELAY_DAYS
    FLOOR_FLAGS,  // which incidents are domestic
    FLOOR_PLACE,  // the source's own text of the place
    FLOOR_LEAST,  // counts by area below FLOOR_LEAST_N
    FLOOR_REGION, // regions of less than FLOOR_HECTARES, FLOOR_ADDRESSES or FLOOR_INHABITANTS
    FLOORS,
};
enum {
    FLOOR_GRID_M = 200,
    FLOOR_DELAY_DAYS = 7,
    FLOOR_LEAST_N = 5,
    FLOOR_HECTARES = 2, // so many hold some eight addresses where houses stand apart
    FLOOR_ADDRESSES = 8,
    FLOOR_INHABITANTS = 20,
};

/// What each region that rows of a grid can be told apart by stands for (publish/region.h).
enum region_measure { REGION_HECTARES, REGION_ADDRESSES, REGION_INHABITANTS };
struct region_rule {
    enum region_measure by;
    double              least;
    str                 set;  // of the inhabitants
    str                 file; // of the addresses, relative to the data folder
};

struct policy_exception {
    int     line; // 0: there is none
    str     reason, by;
    int32_t until; // the last day on which it counts
};

struct policy {
    str text;     // as it was read; part of every release's manifest
    str area_set; // whose areas counts by area are told for; empty: the coarsest of several areas
    int least;    // incidents in a count by area, or none
    struct region_rule regions;
    int at[FLOORS]; // line that falls below; 0: none. Of one that is not said but taken: the tier's
    int grave;      // line that shows the public points of a class that no exception lets it have; 0: none
    struct policy_exception exception[FLOORS];
    struct tier_policy      tier[TIERS];
};

/// Reads a policy; strings and rules are copied into the scope's arena. ERR_INVALID with the line, the word
/// and what is allowed there. ERR_LIMIT. ERR_NOMEM.
enum err       policy_read(struct scope *sc, str text, struct policy *out);
/// The policy that is in force when nobody wrote one; its text is part of every release, as any other.
str            policy_default(void);
/// As strict as the category's own lines and those of all these classes (its own among them) say.
enum showing   policy_shows(const struct tier_policy *t, sensitivity_set classes, const struct category *c);
enum showing   policy_shows_classes(const struct tier_policy *t, sensitivity_set classes);
/// The finest time that points of all these classes are told with: that of the coarsest.
enum precision policy_finest(const struct tier_policy *t, sensitivity_set classes);
/// Is there a category that a wider circle would see and a narrower one would not? ERR_INVALID names it.
/// policy_read has tried every key it could think of; with the installation's own list nothing is left to
/// thought.
enum err       policy_check(struct scope *sc, const struct policy *p, const struct category *c, size_t n);
/// The first "category" line behind line `after` that matches none of these; 0: there is none.
int            policy_idle_line(const struct policy *p, const struct category *c, size_t n, int after);
/// is_signed: the town's signature of the text was found right. today: days since 1970-01-01.
/// ERR_INVALID: it falls below a floor, and no exception counts for that, or an exception names a floor that it keeps; names
/// line and floor.
enum err       policy_floors(struct scope *sc, const struct policy *p, bool is_signed, int32_t today);
bool           policy_has_exceptions(const struct policy *p);
/// As an exception names it, and what it says in a sentence without a full stop.
const char    *policy_floor_name(enum floor f);
const char    *policy_floor_text(enum floor f);
/// "public", "partner", "police", as the policy and the command line name them.
str            tier_name(enum tier t);
bool           tier_read(str name, enum tier *out);
