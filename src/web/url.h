// SPDX-License-Identifier: EUPL-1.2
// Every link is made here, below all handlers; a test matches each against the route table. Text stands in
// the scope's arena; without room it is empty.
#pragma once
#include "index/filter.h"

/// What links of one answer share.
struct links {
    struct scope              *sc;
    const struct release_info *in; // NULL: nothing is published
    str lang; // as the address named it, to be named on; empty: the reader's own settings decide
};

enum page {
    PAGE_MAP,
    PAGE_AREAS,
    PAGE_COMPARE,
    PAGE_DATA,
    PAGE_METHOD,
    PAGE_ABOUT,
    PAGE_BY_AREA,
    PAGE_CHANGES
};
str  url_page(const struct links *l, enum page p);
str  url_map(const struct links *l, const struct filter *f);
str  url_map_at(const struct links *l, double lon, double lat, int zoom);
str  url_embed(const struct links *l, const struct filter *f);
str  url_set(const struct links *l, size_t set);
str  url_set_period(const struct links *l, size_t set, const struct filter *f);
str  url_area(const struct links *l, size_t set, size_t area, const struct filter *f);
str  url_compare(const struct links *l, size_t set, const struct filter *f);
/// kind: a class, half: "2016-1"; empty ones are left to the page.
str  url_by_area(const struct links *l, str kind, str half);
str  url_by_area_csv(const struct links *l);
str  url_changes(const struct links *l,
                 int64_t             before); // of releases below that number; not above 0: from the newest on
str  url_data(const struct links *l, int64_t before); // likewise
str  url_feed(const struct links *l);
str  url_withheld(const struct links *l); // the part of /method that says what is not told
str  url_picture(const struct links *l, const struct filter *f, int width, int height);
str  url_csv(const struct links *l, const struct filter *f);
str  url_geojson(const struct links *l, const struct filter *f);
str  url_counts(const struct links *l, const char *by, const struct filter *f);
str  url_api_area(const struct links *l, size_t set, size_t area, const struct filter *f);
str  url_api_compare(const struct links *l, size_t set, const struct filter *f);
str  url_areas_geojson(const struct links *l, size_t set);
str  url_manifest(const struct links *l, int64_t release);
str  url_signature(const struct links *l, int64_t release);
str  url_key(const struct links *l, int64_t release);
str  url_index(const struct links *l, int64_t release);
str  url_sums(const struct links *l, int64_t release);
str  url_difference(const struct links *l, int64_t release);
/// layer: "incidents", "base", "areas-SET"; with {z}/{x}/{y} for a map library to fill in.
str  url_tiles(const struct links *l, str layer);
/// The same path and query in another language.
str  url_in(const struct links *l, str path, str query, enum language lang);
/// Is it an unreserved character, or one of , and : which we leave as they are? These are never escaped in an address of ours.
bool url_is_plain(char c);
/// Percent-encodes all but unreserved characters (RFC 3986 2.3).
void url_encode(struct buf *to, str s);
