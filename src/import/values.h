// SPDX-License-Identifier: EUPL-1.2
// Values of columns that nothing reads: do they hold words that tell a sensitive kind (profiles/codes/words.codes)? A name of a
// column says little ("Info 2"); what stands in it says what it would have told.
// Articles of laws are looked up, too (import/articles.h).
// Every value is looked at, at the cost of its words: a word is judged when it is met first, and a whole value only when one of its
// words may begin such a phrase. 10 to 60 ns for a value, 20 us more for one that may hit, once.
// Threads: belongs to one thread at a time. Tests: tests/unit/test_values.c.
#pragma once
#include "import/codes.h"

/// Kinds whose points nobody is shown under the built-in policy, in any tier but the police's.
enum {
    VALUES_CLASSES = 1 << SENSITIVITY_TRAFFICKING | 1 << SENSITIVITY_CHILD | 1 << SENSITIVITY_SEXUAL |
                     1 << SENSITIVITY_DOMESTIC | 1 << SENSITIVITY_SELF_HARM | 1 << SENSITIVITY_HATE
};

struct values;
/// Of a run. Holds its own memory.
enum err values_open(struct scope *sc, struct values **out);
void     values_close(struct values *v); // accepts NULL
void     values_closep(struct values **v);
/// The phrase of the list that a value has and that says most, or an article, "cz-criminal-code 187", or one of a law that no list has; NULL: none. It lives as long as v. *damaged: the value has lost letters
/// (import/legible.h). ERR_NOMEM.
enum err values_hit(struct values *v, struct scope *sc, str value, const struct phrase **out, bool *damaged);
