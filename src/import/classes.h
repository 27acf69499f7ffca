// SPDX-License-Identifier: EUPL-1.2
// The classes that a record gives away besides those of its kind: by a code of a list ({IUCR}, an article of the law), and by
// the words of its texts ({Description}, and an outcome that the profile does not name) and articles of laws in them. A source writes few of them, and again and again, so what each says is remembered.
// Fails closed: a code that the list does not know makes the record unclassified.
// Threads: belongs to one thread at a time. Tests: tests/unit/test_classes_told.c.
#pragma once
#include "import/profile.h"

enum record_text { TEXT_CODE, TEXT_DETAIL, TEXT_OUTCOME };

/// What is remembered of a run. Holds its own memory.
struct class_memo;
enum err class_memo_open(struct scope *sc, struct class_memo **out);
void     class_memo_close(struct class_memo *m); // accepts NULL
void     class_memo_closep(struct class_memo **m);

struct word_note {           // a word of a text that says a class
    uint32_t        word;    // its number in the memo
    sensitivity_set classes; // those that hide
};
struct text_told {
    sensitivity_set
        classes; // those that hide (import/codes.h), and SENSITIVITY_UNCLASSIFIED's bit for a code that the list
                 // does not know, or an article of a law that no list has
    const struct word_note *note; // the memo's, or of the scope
    size_t                  n_notes;
    bool                    spared; // it would say more without the profile's harmless phrases
    int64_t
         since_s; // of the laws by whose articles it was judged, the latest first second; CODES_ALWAYS: none
    bool damaged; // it has lost letters (import/legible.h), and may say more
};
/// What a text says by the profile's lists; spelled letters (import/legible.h) are read. Of a detail or an outcome the text is template_fill_apart's; an outcome that the profile
/// names is not to be asked about. of, value: the columns that it is of, and the record. memo: NULL looks each up anew, but for articles of a law, and notes no words. ERR_NOMEM.
enum err classes_of_text(struct scope *sc, const struct profile *p, struct class_memo *memo,
                         enum record_text which, const struct template *of, str text, const str *value,
                         struct text_told *out);

/// A value that says these classes together with the name of its column, to be counted as a word.
struct word_note class_memo_mark(struct class_memo *m, str column, sensitivity_set classes);

/// What a value says that stands without words below the name of a law (mark_column_is_law). ERR_NOMEM.
enum err class_memo_articles(struct scope *sc, const struct profile *p, struct class_memo *m, str column,
                             str value, struct text_told *out);

/// The rows from here on are of this file; the name must outlive the memo.
void class_memo_file(struct class_memo *m, str path);
/// Counts a row for each word of a text that says one of these classes: those that nothing else says of the record. A word that
/// several notes name is counted once for each.
void class_memo_count(struct class_memo *m, const struct text_told *told, sensitivity_set classes,
                      uint64_t line);
/// Counts a row that would have had more classes without the profile's harmless phrases.
void class_memo_spare(struct class_memo *m);

enum { RAISING_MAX = 1000 };
struct raising_word {      // that made rows more sensitive
    str             words; // as the first of them writes it
    sensitivity_set classes;
    str             column; // the first of several when it stands in no single one
    str             file;   // of the first row
    uint64_t        line, rows;
};
struct raising {
    const struct raising_word *word; // [n] the most frequent first
    size_t                     n;
    uint64_t                   more_rows; // of words that found no room, a row for each
    uint64_t                   spared;
};
/// In the scope's arena. ERR_NOMEM.
enum err class_memo_raising(struct scope *sc, const struct class_memo *m, struct raising *out);

/// Codes that the list did not know, the most frequent first. Beyond a few thousand different ones the rest is counted together
/// under the empty text. In the scope's arena. ERR_NOMEM.
struct unknown_code {
    str      code;
    uint64_t rows;
};
enum err class_memo_unknown(struct scope *sc, const struct class_memo *m, const struct unknown_code **out,
                            size_t *n);
