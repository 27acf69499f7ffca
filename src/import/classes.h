// SPDX-License-Identifier: EUPL-1.2
// The classes that a record gives away besides those of its kind: by a code of a list ({IUCR}, an article of the law), and by
// the words of its texts ({Description}, and an outcome that the profile does not name). A source writes few of them, and again and again, so what each says is remembered.
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

/// The classes that a text says by the profile (none: an outcome that it names), those that hide (import/codes.h) and SENSITIVITY_UNCLASSIFIED's bit for a code
/// that the list does not know. memo: NULL looks each up anew. ERR_NOMEM.
enum err classes_of_text(struct scope *sc, const struct profile *p, struct class_memo *memo,
                         enum record_text which, str text, sensitivity_set *out);

/// Codes that the list did not know, the most frequent first. Beyond a few thousand different ones the rest is counted together
/// under the empty text. In the scope's arena. ERR_NOMEM.
struct unknown_code {
    str      code;
    uint64_t rows;
};
enum err class_memo_unknown(struct scope *sc, const struct class_memo *m, const struct unknown_code **out,
                            size_t *n);
