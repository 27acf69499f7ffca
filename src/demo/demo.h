// SPDX-License-Identifier: EUPL-1.2
// An invented town: streets, water, parks, districts with population and officers, and years of incidents,
// written as files in the shapes of real feeds, so that the ordinary importer has its ordinary work with
// them. Needs no download and no licence. The same seed gives the same files.
//
// What is plausible about it, and where the shape is taken from: places follow a Zipf law (Sherman, Gartin,
// Buerger 1989, Criminology 27: 3 % of places, 50 % of calls), burglaries repeat near and soon (Townsley,
// Homel, Chaseling 2003, British Journal of Criminology 43), violence keeps to weekend nights, thefts from
// shops to opening hours, burglaries to working hours, and all of it to the seasons. About 3 % of the rows
// carry the dirt that real feeds do.
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { DEMO_FIRST_YEAR = 2021, DEMO_YEARS = 5, DEMO_MIN_INCIDENTS = 1000, DEMO_MAX_INCIDENTS = 20000000 };

struct demo_options {
    uint64_t seed;
    uint32_t incidents; // about so many rows, DEMO_MIN_INCIDENTS .. DEMO_MAX_INCIDENTS
};

struct demo_feed {
    const char *path;
    const char *profile; // key of the profile that reads it
};
struct demo_files {
    const char             *districts, *neighbourhoods, *streets, *water, *green; // GeoJSON
    const struct demo_feed *feeds;
    size_t                  n_feeds;
    uint64_t rows, dirty; // incident rows written, and how many of them were spoiled on purpose
};

/// Writes all files into dir, which must exist. ERR_INVALID: incidents out of range. ERR_IO, ERR_FULL,
/// ERR_NOMEM.
enum err demo_write(struct scope *sc, const char *dir, const struct demo_options *o, struct demo_files *out);
