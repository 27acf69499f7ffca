// SPDX-License-Identifier: EUPL-1.2
// Names of areas, streets and places, found whatever the case and the diacritics: "zizkov" finds "Žižkov",
// "ужгород" finds "Ужгород". Folding is Unicode's (full case folding of the NFKD form, marks dropped) by
// libunistring. Threads: immutable once built.
#pragma once
#include "index/query.h"

enum search_kind { SEARCH_AREA, SEARCH_STREET, SEARCH_PLACE };
enum { SEARCH_MAX_QUERY_BYTES = 200, SEARCH_MAX_RESULTS = 50, SEARCH_MAX_PLACES = 200000 };
struct search_result {
    enum search_kind kind;
    str              name;
    uint16_t         set, area; // SEARCH_AREA
    struct point     center;
    struct box       box;
};
struct search;
/// Folds every name of the release into the scope's arena. One scan for the places.
enum err search_build(struct scope *sc, const struct index *ix, const struct search **out);
/// The best results, best first: the whole name, its beginning, the beginning of a word in it, anywhere;
/// areas before streets before places. All words of the query must be found. At most max results.
enum err search_ask(struct scope *sc, const struct search *s, str query, size_t max,
                    struct search_result **out, size_t *n);
/// Case and diacritics folded away; apostrophes dropped; anything that is neither letter nor digit becomes
/// one blank.
enum err search_fold(struct scope *sc, str s, str *out);
