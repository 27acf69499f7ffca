// SPDX-License-Identifier: EUPL-1.2
// Columns of a file that its profile does not read. A mapping file without "domestic =" would make domestic incidents public
// as points, though the file has the column: so a column whose name looks like one that protects refuses the file, until the
// profile reads it or names it under "unread". Names are compared by whole words, without case and accents (import/words.h).
// Tests: tests/unit/test_missing.c, tests/case/test_field_files.c.
#pragma once
#include "import/missing.h"

enum { UNREAD_LISTED = 64 };
struct unread {
    const str *column; // the first UNREAD_LISTED, in the order of the file
    size_t     n, more;
};

/// Which profile a person changes, to end a sentence of advice: "; the profile is FILE" of a mapping file, else how to begin one of
/// one's own (profile_own). Of the scope; empty: neither is known.
str  unread_profile(struct scope *sc, const struct profile *p);
/// Does a column of this name hold surnames, so that a word alone is one ("Young", "Syn")?
bool unread_surnames(str column);
/// Does no setting read it, nor "unread" name it?
bool unread_watches(const struct profile *p, str column);
struct suspect {  // a column that may protect
    str column;   // of the file
    str sentence; // what is wrong, for one alone
    str cure;     // how to read it
    str brief;    // both, among others
};
/// Refuses a file for at least one of them: each with its reason, as many as a sentence holds, and the line of the profile that says of
/// all these that they protect nobody. ERR_INVALID.
enum err unread_refuse(struct scope *sc, const struct profile *p, bool features, const struct suspect *s,
                       size_t n);
/// ERR_INVALID: nothing reads columns that look like ones that protect; the sentence names them and what to do. ERR_NOMEM.
enum err unread_check(struct scope *sc, const struct profile *p, const struct file_columns *f);
/// Of a column that nothing reads, in which nothing but yes and no stands. *is: its name ("flag", "dom") says too little to
/// refuse the file by unread_check, but may mean what protects. In the scope's arena. ERR_NOMEM.
enum err unread_marks(struct scope *sc, str column, bool features, struct suspect *out, bool *is);
/// Of a column with values that say what is sensitive, or that have lost letters. subject: "nothing reads the column ..."; found: a clause,
/// as is brief, which stands among others. In the scope's arena. ERR_NOMEM.
enum err unread_words(struct scope *sc, str column, str subject, str found, str brief, bool damaged,
                      struct suspect *out);
/// In the scope's arena. ERR_NOMEM.
enum err unread_list(struct scope *sc, const struct profile *p, const struct file_columns *f,
                     struct unread *out);
