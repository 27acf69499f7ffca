// SPDX-License-Identifier: EUPL-1.2
// Columns that a profile reads and a file lacks. Blank values would come of them in silence: a renamed header would make
// domestic violence public. So a file is refused when a flag, its identity, its date or its category hangs on a column that
// it lacks, or every way of telling its points does, or when it has any column twice that the profile reads; of all others the list is told. {Column : optional} in the profile says that a source may lack it:
// then the file does not tell, which is not the same as "no" (REPLY_NOT_TOLD), unless a header much like it is there.
// Tests: tests/unit/test_missing.c, tests/case/test_field_files.c.
#pragma once
#include "import/flag.h"
#include "import/profile.h"

struct file_columns {
    uint8_t    times[COLUMNS_MAX]; // how often each of the profile's columns stands in the file, at most 2
    const str *name;               // the file's own columns, as far as they are known; borrowed
    size_t     n;
    bool       features; // GeoJSON: they are properties
};
struct missing_column {
    str  column; // "Domestic", "longitude | lon"
    str  meant;  // a column of the file that is much like it; empty: none
    bool optional;
};

/// What the file does not tell of: flags (1 << enum flag), and the texts that classes of a record are read from.
#define MISSING_CLASSES "which classes of sensitivity an incident has"
enum { UNTOLD_CODE = 1 << FLAGS, UNTOLD_DETAIL = 2 << FLAGS };
unsigned missing_untold(const struct profile *p, const struct file_columns *f);
enum { CHOICES_MAX = 256 };
/// Of what is read in a row only where other columns are blank, and is judged for nothing then: the parts of texts with such choices,
/// and the columns among those (1 << column) that nothing reads otherwise and the profile does not name under "unread".
struct choices {
    const struct template_part *part[CHOICES_MAX];
    size_t                      n;
    uint64_t                    columns;
};
void     missing_choices(const struct profile *p, struct choices *out);
/// Does a setting of the profile read a column of this name?
bool     missing_reads(const struct profile *p, str name);
/// ERR_INVALID: a column is missing on which something hangs; the sentence names both and what to do.
enum err missing_check(struct scope *sc, const struct profile *p, const struct file_columns *f);
/// All that are missing, each once, in the order of the profile's settings; in the scope's arena. ERR_NOMEM.
enum err missing_list(struct scope *sc, const struct profile *p, const struct file_columns *f,
                      const struct missing_column **out, size_t *n);
