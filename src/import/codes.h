// SPDX-License-Identifier: EUPL-1.2
// Code lists: what a law's articles, a police's codes, and words in our languages say of an incident. A list is data: one
// text file (profiles/codes/*.codes, packed into the program), in the grammar of hromada-profile(5):
//     [list]   key, name, source, date, checked: what it is and how far it was checked; form = code | article | words;
//              since: the first day of the law
//     [codes]  CODE = SECTION CLASS [CLASS ...] [| name]
//     [words]  SECTION CLASS [CLASS ...] = phrase | phrase ...    or    known = word | word ...
// Texts of a list are borrowed from whoever gave its text, or live in the scope.
// Tests: tests/unit/test_codes.c; fuzzed (tests/fuzz/fuzz_codes.c).
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/sensitivity.h"

struct phrase_index;
enum { CODES_MAX_BYTES = 1 << 20, CODES_MAX_LINES = 8192, CODE_TEXT_BYTES = 16, PHRASE_WORDS = 6 };

/// Classes that hide more than "ordinary" does: those that a record's own texts can add to its kind's.
enum { CLASSES_HIDING = (1 << SENSITIVITY_ORDINARY) - 1 };

struct code_entry {
    char            code[CODE_TEXT_BYTES]; // as it is compared: "187", "126-1", "193b"; "110", "31A"
    int             iccs;
    sensitivity_set classes;
    str             name; // empty: not sure of the wording
};

struct phrase { // words that stand in this order, as category_key spells them
    struct phrase_word {
        str  letters;
        bool before, behind; // any letters may stand there
        bool close;          // it stands directly behind the word before
        int  below; // it begins with a number below this one, its letters behind; 0: with its letters
    } word[PHRASE_WORDS];
    size_t          n;
    int             iccs;
    sensitivity_set classes; // 0: words that say nothing of the kind
    str             written; // as the list has it
};

#define CODES_ALWAYS INT64_MIN
enum code_form { FORM_CODE, FORM_ARTICLE, FORM_WORDS };
struct code_list {
    str                      key, name, source, date, checked;
    enum code_form           form;
    const struct code_entry *entry; // by code
    size_t                   n_entries;
    int64_t                  first, last; // FORM_ARTICLE: the range of its numbers
    int64_t                  since_s; // the first second that its law was in force; CODES_ALWAYS: not told
    str                      law; // FORM_ARTICLE: its own number, "40/2009"; empty: it has none of that form
    const struct phrase     *foreign; // FORM_ARTICLE: a text with one of these may speak of another law
    size_t                   n_foreign;
    const struct phrase     *mark,
        *part; // FORM_ARTICLE: words in front of a mark ("прим."), and of a part ("ч.")
    size_t                     n_mark, n_part;
    const struct phrase       *phrase; // FORM_WORDS
    size_t                     n_phrases;
    const struct phrase_index *index; // FORM_WORDS: of them (import/words.h)
};

/// Reads a list from text, which must outlive it. name stands in errors. ERR_INVALID with the line, ERR_LIMIT, ERR_NOMEM.
enum err codes_parse(struct scope *sc, const char *name, str text, struct code_list *out);
/// A list of the program by its key. ERR_NOTFOUND: the sentence names those there are.
enum err codes_find(struct scope *sc, str key, const struct code_list **out);

/// "5 home" or "3 child sexual": a section of the ICCS and classes, as lists and profiles write them. A section alone has no
/// class. ERR_INVALID.
enum err iccs_and_classes(struct scope *sc, str text, int *iccs, sensitivity_set *classes);

/// What codes in a text say. Articles are taken as people write them: "§ 187/1", "ст. 149 ч. 2", "126-1", "149²"; a number
/// with a mark of its own that the list does not have stands for its article, and for an unknown one as well when that
/// article hides nothing, or less than a marked one beside it. Where there is such a one, a number or letter that stands apart ("390 - 1",
/// "390 прим. 1", "390 (1)") is taken for the mark, too, unless a word says that it is a part ("390 ч. 1"). Digits, dashes and strokes of any script are read. A number of four digits may be an article that has lost
/// its mark ("1261"): it is no year but between 1900 and 2099. ERR_NOMEM.
struct codes_told {
    sensitivity_set          classes;
    const struct code_entry *strictest; // NULL: none is known
    bool                     any;       // a code of the list stands there
    bool unknown; // something stands there that the list does not know, or that may be of another law
};
enum err codes_tell(struct scope *sc, const struct code_list *l, str text, struct codes_told *out);
