// SPDX-License-Identifier: EUPL-1.2
// An incident as a source told it. Plain data; strings are borrowed from whoever filled it.
#pragma once
#include "base/str.h"
#include "model/sensitivity.h"
#include "model/time.h"

enum point_kind {
    POINT_NONE,    // no place known
    POINT_EXACT,   // the place itself
    POINT_SNAPPED, // moved by the source to a street, block or list of points
    POINT_AREA,    // only an area is known, by its code; there are no coordinates
};

enum {
    FLAG_ARREST = 1 << 0,
    FLAG_DOMESTIC = 1 << 1,
    FLAG_ATTEMPTED = 1 << 2,
    FLAG_TIME_GAP = 1 << 3,    // the wall time does not exist in the source's zone (spring)
    FLAG_TIME_REPEAT = 1 << 4, // the wall time exists twice (autumn); the first is meant
    FLAG_PLACE_OTHER =
        1 << 5, // the point is where it was noticed or reported, not where it happened: not on maps
    UNTOLD_CLASSES = 1 << 16, // in `untold`, beside flags
    UNTOLD_COLUMN = 1 << 17,  // beside UNTOLD_CLASSES: not this row, but the whole file lacks what tells them
};

struct incident {
    int64_t id;           // ours; 0: not stored yet
    int32_t source;       // store id of the source
    str     slice;        // part of the source within which key is unique ("City of London Police/2018-12")
    str     key;          // the source's id; empty when it gives none
    int32_t category;     // store id
    int32_t outcome;      // store id; 0: the source says nothing
    int64_t from_s, to_s; // wall seconds (base/civil.h) of the earliest and latest possible moment, inclusive
    int32_t offset_s;     // UTC offset of from_s in the source's zone: UTC = wall - offset
    enum precision  precision;
    enum point_kind point;
    int32_t         lon_e7, lat_e7; // WGS84 degrees times 10^7; 0 without a point
    str             area;           // the source's own area, "set:code"; empty
    str             place;          // text of the place
    uint32_t        flags;
    sensitivity_set classes; // that the record itself gives away, besides those of its categories and flags
    uint32_t untold; // of what protects, what the source says nothing of: FLAG_DOMESTIC, FLAG_PLACE_OTHER,
                     // UNTOLD_CLASSES, UNTOLD_COLUMN. What the store knows of it stays; not stored itself
    const int32_t     *
        mention; // [n_mention] store ids of kinds that the record names besides its category: what they hide hides it, too.
    size_t  n_mention; // Only for the store's way in: a reader of incidents has none
    int64_t row;       // where whoever stages it read it, by a number of his own; not stored either
};
