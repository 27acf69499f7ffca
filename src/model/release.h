// SPDX-License-Identifier: EUPL-1.2
// A release as plain data: its dictionary, and an incident as it is published. Nothing stands in these structs that
// the policy did not let through; the index file is made of them.
#pragma once
#include "base/str.h"
#include "geo/mercator.h"
#include "model/category.h"
#include "model/sensitivity.h"
#include "model/time.h"

enum {
    AREA_NOWHERE = 0xFFFF,
    MAX_AREA_SETS = 8,
    MAX_CATEGORIES = 4096,
    MAX_MIXES = 4096,
    MAX_OUTCOMES = 255
};

struct release_row {
    uint16_t     kind;      // number of its category; of several: n_categories + number of the mix
    uint8_t      outcome;   // number in the release's own list; 0: nothing is said
    uint8_t      how;       // model/time.h, after coarsening
    uint8_t      precision; // enum precision, after coarsening
    uint8_t      flags; // FLAG_ARREST | FLAG_DOMESTIC | FLAG_ATTEMPTED, those that the policy lets through
    uint8_t      has_point;
    int32_t      day;                 // days since 1970-01-01; first day of the month at month precision
    uint16_t     minute;              // of the day, after coarsening; 0 when the hour is not known
    struct point at;                  // the anchor
    uint32_t     place;               // number of the place's text in the release's own list; 0: none
    uint16_t     source;              // number in the release's own list
    uint16_t     area[MAX_AREA_SETS]; // number of the area within each set, or AREA_NOWHERE
};

// -- what a release knows besides rows: the dictionary -----------------------------------------------------------
struct release_category {
    str      key, label[LANGUAGES];
    int      iccs;
    uint16_t source;
    bool     areas_only;
};
/// Categories that incidents carry together: two or more, ascending.
struct release_mix {
    const uint16_t *category;
    size_t          n;
};
struct release_outcome {
    str                key, label[LANGUAGES];
    enum outcome_class is;
};
struct release_source {
    str key, name, licence, licence_url, homepage, attribution, caveat;
};
struct release_figure {
    int16_t year;
    int64_t population, officers;
}; // -1: not known
struct release_area {
    str                          code, name, parent;
    struct box                   box;
    struct point                 label; // label: a point inside, for its name
    const struct release_figure *figures;
    size_t                       n_figures;
    const struct point          *point;
    const uint32_t              *ring_end;
    size_t                       n_points, n_rings;
};
struct release_set {
    str                        key, name, licence;
    const struct release_area *areas;
    size_t                     n;
};
struct release_feature {
    str                 name, class;
    int                 shape;
    struct box          box;
    const struct point *point;
    const uint32_t     *part_end;
    size_t              n_points, n_parts;
};
struct release_layer {
    str                           key, kind, licence;
    const struct release_feature *features;
    size_t                        n;
};
/// What the policy lets be known of a class: points, counts by area, or nothing.
enum showing { SHOW_POINTS, SHOW_AREAS, SHOW_WITHHELD }; // from lax to strict
struct release_rule {
    uint8_t show;   // enum showing
    uint8_t finest; // enum precision, of points
};
/// How many incidents of a class there were in a half-year in some areas together. Told once and never changed; a half-year
/// may have several rows for an area, since what came in later is told when it is enough by itself.
enum {
    RELEASE_CLASS_OTHER = SENSITIVITIES,
    RELEASE_CLASSES
}; // other: told by area for its category, not its class
struct release_count {
    int32_t half;          // half-years since 1970, January to June even
    uint8_t class;         // enum sensitivity, or RELEASE_CLASS_OTHER
    uint32_t        count; // 0 or at least info.least
    const uint16_t *area;  // [n] numbers within info.count_set, ascending
    size_t          n;     // 0: somewhere in the town
};
struct release_info {
    uint64_t                       release;
    int64_t                        created_s;
    str                            tier; // "public", "partner", "police"
    str                            town, timezone;
    enum language                  lang;
    bool                           demo;
    uint64_t                       rows, with_point;
    int32_t                        first_day, last_day; // of the rows; first > last when there are none
    uint32_t                       anchor_m;     // grid of anchors in metres; 0: a list of anchor points
    uint8_t                        anchor_level; // quadtree level of that grid's cells, 1..31; 0: no grid
    uint8_t                        finest;       // enum precision: the finest in the release
    struct box                     extent;       // of the points and, without any, of the areas
    const struct release_category *categories;
    size_t                         n_categories;
    const struct release_mix      *mixes;
    size_t                         n_mixes;
    const struct release_outcome  *outcomes;
    size_t                         n_outcomes; // [0] is "nothing said"
    const struct release_source   *sources;
    size_t                         n_sources;
    const struct release_set      *sets;
    size_t                         n_sets;
    const struct release_layer    *layers;
    size_t                         n_layers;
    struct release_rule            rules[SENSITIVITIES];
    uint16_t                       delay_days, least;  // least: of a count by area
    int32_t                     first_half, last_half; // that counts by area are told of; first > last: none
    uint16_t                    count_set; // set of the areas of counts; n_sets or more: there is none
    const struct release_count *counts;    // by half, class, areas
    size_t                      n_counts;
    const str                  *places;
    size_t                      n_places; // [0] is empty
};

/// How many kinds of rows there can be: categories, then mixes.
static inline size_t release_n_kinds(const struct release_info *in)
{
    return in->n_categories + in->n_mixes;
}

/// The categories of a kind, which must be one of the release's; borrowed from it or from *kind.
static inline struct release_mix release_kind(const struct release_info *in, const uint16_t *kind)
{
    return *kind < in->n_categories ? (struct release_mix){ kind, 1 } : in->mixes[*kind - in->n_categories];
}
