// SPDX-License-Identifier: EUPL-1.2
// Articles of laws that a text names by a sign or a word ("§ 187", "čl. 187", "ст. 152", "Sec. 187"), or by their law alone ("187 TZ",
// "КК України 152"). A text is read from left to right as lists of numbers: a list ends with the first word that is no sign, no law and
// none of those that stand between articles. A number is judged by the list of codes of the laws directly in front of it and behind
// (КУпАП, StGB), and without one by the criminal code of the sign's language. Fails closed: an article of a law of which there is no
// list ("ст. 131 УК РФ") is unclassified, and so is one that its list does not have, or in a text that names another country's law.
// Laws that tell of no offence (КПК, trestní řád) say nothing.
// Threads: no state that changes. Tests: tests/unit/test_articles.c.
#pragma once
#include "import/words.h"

struct articles;
/// The lists, in the scope. ERR_NOMEM.
enum err articles_open(struct scope *sc, const struct articles **out);
/// May an article stand beside this word, as category_key spells it? beyond: it has letters beyond ASCII.
bool     articles_sign(const struct articles *a, str key, bool beyond);
/// Adds to *told what the articles of a text say, each as a hit such as "cz-criminal-code 187", but for the numbers that stand in
/// one of these phrases. *since_s: the latest first second of the laws by which one was judged, if that is later. ERR_NOMEM.
enum err articles_tell(struct scope *sc, const struct articles *a, const struct phrase *but, size_t n_but,
                       str text, struct words_told *told, int64_t *since_s);
/// The same of a value without words below a name that is of a law ("Paragraf", "Стаття КК", "StGB", "IUCR"): its numbers are articles of
/// the law that the name tells, or of the code of its language, and unclassified where no list has any of them.
enum err articles_tell_column(struct scope *sc, const struct articles *a, const struct phrase *but,
                              size_t n_but, str name, str value, struct words_told *told, int64_t *since_s);
/// The text without what is short for a law and would be another word ("tr. zák." is no "žák"): itself where there is none, else of
/// the scope. ERR_NOMEM.
enum err articles_but_laws(struct scope *sc, str text, str *out);
