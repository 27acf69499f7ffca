// SPDX-License-Identifier: EUPL-1.2
// Sets of areas (districts, beats, wards) out of GeoJSON, with population and officers by year, from the features
// themselves or from a table beside them.
#pragma once
#include "base/err.h"
#include "store/store.h"

enum { AREAS_MAX_FIGURES = 64, AREAS_MAX = 65000 };

/// A property (or column) that holds a figure. The year is given, or the last four digits of the field's name, or 0: the
/// figure then stands for every year and is stored under AREAS_YEAR_UNKNOWN.
enum { AREAS_YEAR_UNKNOWN = 0 };
struct areas_field {
    str field;
    int year;
};
/// Reads "2021:POP" or "population_2021" or "POP".
struct areas_field areas_field_of(str text);

struct areas_options {
    str                set;   // key: lower case letters, digits, '-'
    str                title; // as pages show it; empty: the key
    str                licence;
    str                id, name; // properties of a feature; name may be empty: the code is the name
    str                parent;   // property; may be empty
    struct areas_field population[AREAS_MAX_FIGURES], officers[AREAS_MAX_FIGURES];
    size_t             n_population, n_officers;
    const char        *table;     // CSV with the figures instead of the features; NULL: none
    str                table_id;  // its column with the area's code
    bool               elsewhere; // it may lie where no incident does
};

struct areas_report {
    uint64_t features, areas, joined; // joined: features that belong to an area met before
    uint64_t no_code, no_polygon, off_earth, parts_left_out;
    uint64_t united; // areas of which polygons overlapped or stood twice
    uint64_t with_population;
    uint64_t table_rows, table_unmatched; // rows of the table that name no area
    uint64_t areas_unmatched;             // areas that the table does not name
    str      example_unmatched;           // the first such code; empty: none
};
/// Replaces the set. The store is open for writing; one transaction. ERR_INVALID: a key that is none, a field that no feature
/// has, no area in the file, or none in degrees; none of the stored points lies in the box of the areas (unless o->elsewhere). ERR_PARSE, ERR_LIMIT, ERR_IO.
enum err areas_import(struct scope *sc, struct store *st, const struct areas_options *o, const char *path,
                      struct areas_report *out);
