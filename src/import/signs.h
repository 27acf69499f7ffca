// SPDX-License-Identifier: EUPL-1.2
// What the name of a column tells: that it protects ("is_domestic", "Вік потерпілого"), and what a mark below it means then. Names are
// compared by whole words, without case and accents, in English, Czech, Ukrainian, Russian and German.
// Tests: tests/unit/test_missing.c, tests/unit/test_values.c, tests/unit/test_mark_columns.c.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/sensitivity.h"

/// Which values below such a name protect: yes, no and others, of which words may speak for themselves.
enum sign_says {
    SIGN_SILENT,        // none
    SIGN_MARK,          // all but no
    SIGN_MARK_OR_WORDS, // all but no, and words that say nothing
    SIGN_YES,           // yes alone, since the name says too little
    SIGN_RELEASE,       // all but yes, and none
    SIGN_NO,            // no alone
    SIGN_AGE,           // the age of a child, and what is no age
};

/// How a profile reads what protects: the setting, and its line with {} for the name of the column.
struct reading {
    const char *setting, *line;
};
extern const struct reading sign_words; // as a text

enum { SIGN_LANGUAGES = 4 };
struct sign {
    const char           *tells; // a clause
    enum sign_says        says;
    enum sensitivity      is; // the class of what it protects, where the name has no word that tells it
    const struct reading *read;
    const char           *phrases[SIGN_LANGUAGES]; // English; Czech; Ukrainian and Russian; German
    const char           *alone;    // that are all of a name: "public" is one, "public_place" is none
    bool                  doubtful; // it says too little ("flag"): only marks below it make it one
};
extern const struct sign signs[];
extern const size_t      signs_n; // at most 32

/// out[i]: of each column, the signs that its name has, as bits (1 << number). ERR_NOMEM.
enum err signs_find(struct scope *sc, const str *column, size_t n, uint32_t *out);
