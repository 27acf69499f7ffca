// SPDX-License-Identifier: EUPL-1.2
// Words and phrases in a text: "домашн* насил*" in "Вчинення домашнього насильства". Texts are compared as category_key
// spells them (small Latin letters, no accents, Cyrillic transliterated), word by word.
// Tests: tests/unit/test_propose.c.
#pragma once
#include "import/codes.h"

/// "theft* vehicle*": words with * for any further letters, at either end. The classes of *out are left alone. ERR_INVALID:
/// no word, or more than PHRASE_WORDS of them.
enum err phrase_read(struct scope *sc, str text, struct phrase *out);
/// Does any of them stand in the text? ERR_NOMEM.
enum err phrases_any(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out);

struct words_told {
    sensitivity_set      classes;
    const struct phrase *strictest; // that has the strictest class; NULL: none
    const struct phrase *street;    // that says "street"; NULL: none
    bool all_known; // no word is left that the list does not have, but for numbers and single letters
};
/// What the words of a text say by a list of FORM_WORDS. ERR_NOMEM. About 20 us for a text of ten words.
enum err words_tell(struct scope *sc, const struct code_list *l, str text, struct words_told *out);
