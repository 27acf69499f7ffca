// SPDX-License-Identifier: EUPL-1.2
// A record to an incident, by a profile. Touches nothing but its arguments, so that every rule has a line in a table
// of tests (tests/unit/test_row.c).
#pragma once
#include "base/err.h"
#include "base/zone.h"
#include "geo/crs.h"
#include "import/flag.h"
#include "import/classes.h"
#include "import/geocode.h"
#include "import/mark_columns.h"
#include "import/reader.h"
#include "import/reason.h"
#include "model/incident.h"

enum { TYPES_MAX = 32, KEY_MAX_BYTES = 200, PLACE_MAX_BYTES = 300, CODE_MAX_BYTES = 1000 };

struct row_rules {
    const struct profile     *p;
    const struct zone        *zone;
    const struct crs         *crs;     // of p->epsg; NULL: none
    const struct geocode     *geocode; // NULL: none
    struct values            *values;  // looks at columns that nothing reads; NULL: they are not looked at
    const struct mark_column *marks; // [p->columns.n] what names of columns say; NULL: they are not looked at
    struct class_memo        *memo;  // of the codes and details of a run; NULL: each is looked up anew
};

/// That a rejected row is of; anywhere: which cannot be told.
struct row_slice {
    str  name;
    bool anywhere;
};
enum { ROW_KEYS_MAX = 64 };

enum { TOLD_DETAIL, TOLD_OUTCOME, TOLDS };
struct row {
    enum reason      rejected;            // REASON_NONE: taken
    str              column;              // of the profile, where the reason lies; empty: the row as a whole
    uint64_t         notes;               // a bit 1 << reason each
    struct incident  incident;            // without source, category, outcome: those are the store's numbers
    str              category[TYPES_MAX]; // codes; more than one: row_copies
    size_t           n_categories;
    size_t           n_others;    // behind them: kinds in columns that are read where others are blank
    str              outcome;     // code; empty: nothing is said
    struct text_told told[TOLDS]; // by words
    sensitivity_set  by_code;
    bool             judged;  // it has a text of those that are looked up
    bool             beyond;  // and that has letters beyond ASCII
    str              damaged; // column of the profile whose text has lost letters; empty: none
    enum reply       says[FLAGS];
    str              odd[FLAGS]; // what it says, when that is neither yes nor no
};

/// Slices point into the record or the scope's arena. ERR_NOMEM.
enum err row_take(struct scope *sc, const struct row_rules *rules, const struct record *r, struct row *out);
/// The slice of a rejected row. It cannot be told where the row has more or fewer fields than the header, where it is blank or too long, and
/// where it is read from a column that the row's date is read from, and that is what is wrong. In the scope's arena. ERR_NOMEM.
enum err row_slice(struct scope *sc, const struct row_rules *rules, const struct record *r, enum reason why,
                   struct row_slice *out);
/// The keys that a rejected row may have: its own; and where it has more or fewer fields than the header, so that nobody knows which
/// they are, whatever stands where the key would, if all, some or none of these stood before it. *n is 0 when none can be read: it is
/// blank or too long, the source has none, or there are more than ROW_KEYS_MAX. In the scope's arena. ERR_NOMEM.
enum err row_keys(struct scope *sc, const struct row_rules *rules, const struct record *r, const str **out,
                  size_t *n);
/// As how many rows a row of so many kinds counts. Where its key is that of one incident for ever, rows of a key are joined, and
/// each kind is a row; else each would be an incident of its own, so that the row is one, and the strictest kind decides.
size_t   row_copies(const struct profile *p, size_t n_categories);
