// SPDX-License-Identifier: EUPL-1.2
// The index file, byte by byte. All numbers are little-endian. A second reader, written from this page alone, is
// tests/property/slow_reader.c.
//
//     header | section 0 | section 1 | ... | section 37
//
// Header, 64 bytes:
//     0   8  "hromada" and 0x1A
//     8   4  version, 4
//     12  4  CRC-32 (zlib) of the header and the section table, this field taken as 0
//     16  8  bytes of the file
//     24  4  sections, 38
//     28  4  languages of a label, 3: English, Czech, Ukrainian
//     32 32  zero
// Section table, 38 entries of 24 bytes, in the order of `enum section`:
//     0   4  number of the section      4  4  CRC-32 of its bytes      8  8  offset      16  8  size in bytes
// A section begins at the next multiple of 64 behind the one before it (the first at 1024); the gap is zero. The file
// ends where the last section ends.
//
// Rows. Those with a point come first, by the Morton code of their leaf cell (a square of quadtree level META.leaf of
// the whole world), within a cell by day; then those without a point, by day. What else orders them is the whole row,
// so that the file does not tell in which order rows were added. Each column is a section with one number a row:
//     DAY      u16  days since META.epoch_day (at month precision: of the month's first day)
//     HOW      u8   model/time.h
//     CATEGORY w    number of its kind: in the CATEGORIES section, or behind these in the MIXES section
//     OUTCOME  u8   number in the OUTCOMES section
//     FLAGS    u8   bits 0-1 precision (model/time.h), bits 2-7 flags (model/incident.h)
//     MINUTE   u16  of the day
//     ANCHOR   w    number of the point within the points of the row's cell; rows with a point only
//     PLACE    w    number in the PLACES section
//     SOURCE   w    number in the SOURCES section
//     AREA + i w    number within the areas of set i, the number of areas for "in none"; empty when there is no set i
// w: 1 byte when the count of possible numbers is at most 256, 2 when it is at most 65,536, else 4. The count is: the
// entries of the section (PLACES at least 1; of CATEGORY: categories and mixes); for ANCHOR the most points that any cell has; for AREA the areas + 1.
//
// What follows from the rows and saves reading them:
//     STEPS    u16 [cells][steps]  the months from that of META.first_day to that of META.last_day are cut into steps of
//              equally many months (the last may be short): as few as leave at most 16 steps, or at most half a byte of
//              STEPS for each row with a point. Entry k of a cell: how many of its rows stand before the end of step k;
//              65,535: so many or more
//     CUBE     u32 [months][kinds][176]  how many rows, with a point or without, are of this month (from that of
//              META.first_day to that of META.last_day), kind and HOW. Empty when it would have more than 64 MiB,
//              or more than 1 MiB and more than 8 bytes for each row
#pragma once
#include "base/lang.h"
#include "geo/mercator.h"
#include "model/time.h"
#include <assert.h>
#include <stdint.h>

#define INDEX_MAGIC "hromada\x1A"

enum section {
    SECTION_ANCHORS, // struct point: the distinct points, cell by cell, within a cell by their full Morton code
    SECTION_CELLS,   // struct format_cell: the cells that have rows, by code, and one more that ends the last
    SECTION_META,    // struct format_meta
    SECTION_STRINGS,    // bytes; every text is a slice of them
    SECTION_CATEGORIES, // struct format_category
    SECTION_OUTCOMES,   // struct format_outcome
    SECTION_SOURCES,    // struct format_source
    SECTION_SETS,       // struct format_set
    SECTION_AREAS,      // struct format_area: those of the first set, then those of the second, ...
    SECTION_FIGURES,    // struct format_figure, area by area
    SECTION_LAYERS,     // struct format_layer
    SECTION_FEATURES,   // struct format_feature, layer by layer
    SECTION_POINTS,     // struct point: of the areas' rings, area by area, then of the features
    SECTION_PARTS, // u32, in the same order: where each ring or line ends, counted from its owner's first point
    SECTION_MIXES,  // u16: of each mix how many categories it has, 2 or more, and their numbers, ascending
    SECTION_RULES,  // struct format_rule: what the policy lets be known of each class of model/sensitivity.h
    SECTION_COUNTS, // struct format_count: what is told by area and half-year, by half-year, class, areas
    SECTION_COUNT_AREAS, // u16: their areas within the set META.count_set, count by count
    SECTION_PLACES,      // struct format_text
    SECTION_DAY,
    SECTION_HOW,
    SECTION_CATEGORY,
    SECTION_OUTCOME,
    SECTION_FLAGS,
    SECTION_MINUTE,
    SECTION_ANCHOR,
    SECTION_PLACE,
    SECTION_SOURCE,
    SECTION_AREA, // 8 of them
    SECTION_STEPS = SECTION_AREA + 8,
    SECTION_CUBE,
    SECTIONS,
};

enum {
    INDEX_VERSION = 4,
    INDEX_ALIGN = 64,
    INDEX_MAX_LEAF = 20,
    INDEX_MAX_AREAS = 65534,
    INDEX_MAX_DAYS = 65536,
    INDEX_MAX_COUNTS = 1 << 20,
    INDEX_FEW_STEPS = 16
};

// clang-format off
struct format_header {
    char     magic[8];
    uint32_t version, crc;
    uint64_t bytes;
    uint32_t sections, languages;
    uint8_t  zero[32];
};
struct format_entry { uint32_t number, crc; uint64_t offset, size; };

struct format_text { uint32_t at, n; };            // a slice of STRINGS

struct format_cell {
    uint64_t code;                                 // Morton code at META.leaf; the last entry: all ones
    uint32_t first_row, first_anchor;              // the cell ends where the next one begins
};

struct format_meta {                               // offset
    uint64_t release;                              // 0
    int64_t  created_s;                            // 8
    uint64_t rows, with_point;                     // 16, 24
    int32_t  epoch_day;                            // 32  first_day, or 0 without rows
    int32_t  first_day, last_day;                  // 36, 40  of the rows; 0 and -1 without
    uint32_t anchor_m;                             // 44
    struct box extent;                             // 48
    struct format_text tier, town, timezone;       // 64, 72, 80
    uint32_t leaf;                                 // 88  0..20
    uint8_t  lang, demo, anchor_level, finest;     // 92..95
    int32_t  first_half, last_half;                // 96, 100  of counts by area; last before first: none
    uint16_t count_set, delay_days, least, zero;   // 104..111  count_set: no set of the file without one
};

struct format_rule  { uint8_t show, finest; };    // model/release.h, model/time.h
struct format_count { int32_t half; uint32_t count, n_areas; uint8_t class, zero[3]; };
struct format_category {
    struct format_text key, label[LANGUAGES];
    uint32_t iccs;
    uint16_t source;
    uint8_t  areas_only, zero;
};
struct format_outcome { struct format_text key, label[LANGUAGES]; uint32_t is; };
struct format_source  { struct format_text key, name, licence, licence_url, homepage, attribution, caveat; };
struct format_set     { struct format_text key, name, licence; uint32_t first_area, n_areas; };
struct format_area {
    struct format_text code, name, parent;
    struct box   box;
    struct point label;
    uint32_t     first_figure, n_figures, first_point, n_points, first_part, n_parts;
};
struct format_figure  { int64_t population, officers; int32_t year; uint32_t zero; };
struct format_layer   { struct format_text key, kind, licence; uint32_t first_feature, n_features; };
struct format_feature {
    struct format_text name, class;
    struct box box;
    int32_t    shape;
    uint32_t   first_point, n_points, first_part, n_parts;
};
// clang-format on

static_assert(sizeof(struct format_header) == 64 && sizeof(struct format_entry) == 24, "header");
static_assert(sizeof(struct format_cell) == 16 && sizeof(struct format_meta) == 112 &&
                  sizeof(struct format_rule) == 2 && sizeof(struct format_count) == 16 &&
                  sizeof(struct point) == 8,
              "rows");
static_assert(sizeof(struct format_category) == 40 && sizeof(struct format_outcome) == 36,
              "categories, outcomes");
static_assert(sizeof(struct format_source) == 56 && sizeof(struct format_set) == 32, "sources, sets");
static_assert(sizeof(struct format_area) == 72 && sizeof(struct format_figure) == 24, "areas");
static_assert(sizeof(struct format_layer) == 32 && sizeof(struct format_feature) == 52, "layers");
static_assert((sizeof(struct format_header) + SECTIONS * sizeof(struct format_entry)) == 976,
              "the first section is at 1024");
static_assert(LANGUAGES == 3, "languages of a label");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are read in place");

/// Months of a step of STEPS, and how many steps there are; months: of the release.
struct format_steps {
    uint32_t months, n;
};
static inline struct format_steps format_steps(uint64_t cells, uint64_t with_point, int32_t months)
{
    uint32_t            all = months > 0 ? (uint32_t)months : 0;
    struct format_steps s = { 1, all };
    while (s.n > INDEX_FEW_STEPS && cells * s.n * sizeof(uint16_t) > with_point / 2)
        s.n = (all + s.months) / (s.months + 1), s.months++;
    return s;
}

/// Numbers in the CUBE: 0 when there shall be none.
static inline uint64_t format_cube(uint64_t rows, int32_t months, size_t kinds)
{
    uint64_t n = (uint64_t)(months > 0 ? months : 0) * kinds * HOW_VALUES;
    return n * 4 > 64 << 20 || (n * 4 > 1 << 20 && n * 4 > 8 * rows) ? 0 : n;
}

/// Bytes of a column's numbers when there are so many possible ones.
static inline unsigned format_width(uint64_t count)
{
    return count <= 256 ? 1 : count <= 65536 ? 2 : 4;
}
