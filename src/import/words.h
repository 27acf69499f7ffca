// SPDX-License-Identifier: EUPL-1.2
// Words and phrases in a text: "домашн* насил*" in "Вчинення домашнього насильства". Texts are compared as category_key
// spells them (small Latin letters, no accents, Cyrillic transliterated), word by word.
// Tests: tests/unit/test_propose.c.
#pragma once
#include "import/codes.h"

/// "theft* vehicle*": words with * for any further letters, at either end; "aged+<18": side by side, and a number below 18. The classes of *out are left alone. ERR_INVALID:
/// no word, or more than PHRASE_WORDS of them.
enum err phrase_read(struct scope *sc, str text, struct phrase *out);
/// Makes phrases findable by their first words, for words_tell. ERR_NOMEM.
enum err phrases_index(struct scope *sc, const struct phrase *phrase, size_t n,
                       const struct phrase_index **out);
/// Is it this word, as category_key spells it?
bool     phrase_word_fits(const struct phrase_word *p, str word);
/// The text with a blank where words stand side by side, or a word and a number: "RapeOfChild", "rape1", "theft2rape". Codes are left as
/// they are ("DV1234", "IPv6", "x7Kid9"). Itself where there is none, else of the scope. ERR_NOMEM.
enum err words_part(struct scope *sc, str text, str *out);
/// Does any of them stand in the text? ERR_NOMEM.
enum err phrases_any(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out);
/// Does one of them stand at its beginning, its words side by side? ERR_NOMEM.
enum err phrases_begin(struct scope *sc, const struct phrase *phrase, size_t n, str text, bool *out);

/// Is one of them all that the text is, but for words of `but`? A text of those alone is as it stands. ERR_NOMEM.
enum err phrases_only(struct scope *sc, const struct phrase *phrase, size_t n, const struct phrase *but,
                      size_t n_but, str text, bool *out);

enum { WORD_HITS_MAX = 12, WORD_HIT_BYTES = 80 };
struct word_hit { // a phrase that hides, where it stands in the text
    const struct phrase *by;
    str                  key, words; // as category_key spells its words, and as the text does
};
struct words_told {
    sensitivity_set      classes;
    const struct phrase *strictest; // that has the strictest class; NULL: none
    const struct phrase *street;    // that says "street"; NULL: none
    bool all_known; // no word is left that the list does not have, but for numbers and single letters
    struct word_hit hit[WORD_HITS_MAX]; // the first ones; those of the same words and classes once
    size_t          n_hits;
    bool            masked; // a phrase of those to be passed over stands there
};
/// Adds what a phrase says that stands in the text, but for the hit.
void     words_take(struct words_told *told, const struct phrase *p);
/// What the words of a text say by a list of FORM_WORDS, as they stand there and as words_part has them. ERR_NOMEM. About 20 us for a text of ten words.
enum err words_tell(struct scope *sc, const struct code_list *l, str text, struct words_told *out);
/// Is it one word, of those that say by themselves what hides?
bool     phrase_hides(const struct code_list *l, const struct phrase *p);
/// The same of a text without the places where one of the phrases of but stands, its words side by side with nothing but spaces or
/// one hyphen between: no phrase of the list fits a word there. Other words keep their distance.
enum err words_tell_but(struct scope *sc, const struct code_list *l, const struct phrase *but, size_t n_but,
                        str text, struct words_told *out);
