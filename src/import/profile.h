// SPDX-License-Identifier: EUPL-1.2
// What a feed's columns mean. A profile is data: one small text file per source (profiles/*.profile, packed into the
// program; or a mapping file of one's own), in the grammar of hromada-profile(5).
// Tests: tests/unit/test_profile.c; fuzzed (tests/fuzz/fuzz_profile.c).
#pragma once
#include "base/err.h"
#include "import/codes.h"
#include "import/condition.h"
#include "import/template.h"
#include "import/when.h"
#include "model/category.h"
#include "model/incident.h"
#include "store/store.h"
#include "wire/csv.h"

enum {
    PROFILE_MAX_BYTES = 1 << 20,
    PATTERNS_MAX = 8,
    CODES_MAX = 4096,
    PROFILE_MAX_LIKES = 4,
    HARMLESS_MAX = 256
};

struct profile_category {
    str             code; // as the source writes it
    struct category is;
};
struct profile_outcome {
    str            code;
    struct outcome is;
};
struct extent {
    double west, south, east, north;
};

struct profile {
    struct source      source;  // key, name, licence ... ; timezone empty: the town's own
    str                path;    // of a mapping file; empty for those in the program
    struct columns     columns; // that any text below names
    // -- recognise
    const str         *required; // columns that a header must have
    size_t             n_required;
    // -- format
    struct csv_options csv;
    char               decimal;
    bool               header;
    const str         *given; // names of the columns of a file without a header
    size_t             n_given;
    bool               any_field_count;
    // -- identity
    enum identity      identity;
    struct template key, slice;
    // -- when
    struct template from, to;
    str            pattern[PATTERNS_MAX];
    size_t         n_patterns;
    enum precision finest;
    // -- where
    struct template lon, lat, pair, x, y, area, place;
    str             place_strip;
    const str      *place_blank;
    size_t          n_place_blank;
    enum point_kind point;
    int             epsg; // of x and y
    const str      *blank;
    size_t          n_blank;
    struct extent   extent;
    str             geocode; // path of a CSV file of addresses; empty: none
    struct template address, geocode_address, geocode_lon, geocode_lat;
    struct columns geocode_columns;
    // -- what
    struct template category, outcome, code, detail;
    const struct code_list        *code_list; // of code; NULL: none
    const struct code_list        *words;     // of detail; NULL: none
    str                            category_prefix;
    const struct profile_category *categories;
    size_t                         n_categories;
    const struct profile_outcome  *outcomes;
    size_t                         n_outcomes;
    struct condition               arrest, domestic, attempted, elsewhere;
    const str                     *unread; // columns that were looked at and protect nobody
    size_t                         n_unread;
    const struct phrase *harmless; // [n_harmless] passed over when texts are looked up by their words
    size_t               n_harmless;
    str                  harmless_by; // the person who says so
};

/// Reads a profile from text, which must outlive it. name stands in errors; like finds the profiles that
/// "like = KEY" names, in an array of profiles read before. ERR_INVALID with the line, ERR_LIMIT, ERR_NOMEM.
enum err profile_parse(struct scope *sc, const char *name, str text, const struct profile *known,
                       size_t n_known, struct profile *out);
/// All profiles in the program, in the order of their files; read into the scope.
enum err profiles_read(struct scope *sc, const struct profile **out, size_t *n);
/// A profile of one's own. ERR_NOTFOUND, ERR_INVALID, ERR_LIMIT.
enum err profile_read_file(struct scope *sc, const char *path, const struct profile **out);
/// ERR_NOTFOUND: the sentence lists the keys there are.
enum err profile_find(struct scope *sc, str key, const struct profile **out);
/// How a person changes this profile, which is built in, to end a sentence: by the lines with which a profile of his own begins. Of
/// the scope.
str      profile_own(struct scope *sc, const struct profile *p);
/// Has this header, or have these property names, all the columns that the profile requires?
bool     profile_fits(const struct profile *p, const str *column, size_t n);
