// SPDX-License-Identifier: EUPL-1.2
// Columns that a profile reads as texts and that hold marks: "yes" below "Domestic Incident", 13 below "victim_age", "REL02" below
// "Relationship". Such a value says nothing by its words, so that its column's name (import/signs.h) and it are judged together.
// Threads: no state that changes. Tests: tests/unit/test_mark_columns.c.
#pragma once
#include "import/profile.h"

struct mark_column {
    uint32_t        signs;   // of its name, as bits
    sensitivity_set classes; // by its words; 0: those of its signs
};
/// Of each of the profile's columns, but for those in whose name one of its harmless phrases stands; in the scope. ERR_NOMEM.
enum err        mark_columns_read(struct scope *sc, const struct profile *p, const struct mark_column **out);
/// What a value of a column says together with its name; 0: nothing that hides.
sensitivity_set mark_column_tells(const struct mark_column *m, const struct profile *p, str value);
/// Is it a code below a name that is of a law, to be read as articles (import/articles.h)?
bool            mark_column_is_law(const struct mark_column *m, const struct profile *p, str value);
