// SPDX-License-Identifier: EUPL-1.2
// Questions that a profile asks of each row, and their answers. There are more than two: a value that the profile lists
// neither for yes nor for no is told as such, and a file may lack the column, which is no "no" either.
//     {Domestic} is true | Y not false | N | blank     yes, no; everything else is neither
//     {Domestic} is true | Y                           no are the words below
//     {Domestic}                                       yes and no are the words below
//     none                                             the source does not tell it
//     {relevance} is not 1 | 2                         yes is everything else: nothing is neither
// Words: true t yes y 1 ano a так да ja; false f no n 0 ne ні нет nein. Letters of ASCII and Cyrillic match in any case.
// "blank" stands for no value, or one that the profile's blank lists; a word in double quotes is meant literally.
// Tests: tests/unit/test_condition.c.
#pragma once
#include "import/template.h"

struct condition {
    struct template of;
    str        column;  // as the profile writes what it asks of: "{Domestic}"
    bool       negated; // "is not"
    const str *value;   // an empty one: blank
    size_t     n;       // 0: no such condition
    const str *no;
    size_t     n_no;
    bool       none; // the profile says that the source does not tell it
};

enum reply { REPLY_NOT_TOLD, REPLY_NO, REPLY_YES, REPLY_NEITHER, REPLIES };

/// Adds the columns it names to *columns. Texts are borrowed from source. ERR_INVALID, ERR_LIMIT, ERR_NOMEM.
enum err condition_read(struct scope *sc, str source, struct columns *columns, struct condition *out);
/// What a row with these values of the columns answers; *text is what it was read from. blank: values that mean nothing.
/// Empty for one that means nothing. Of several choices that hold a value the one that protects decides: yes before neither before no.
/// REPLY_NOT_TOLD: the profile has no such condition. ERR_NOMEM.
enum err condition_ask(struct scope *sc, const struct condition *c, const str *value, const str *blank,
                       size_t n_blank, enum reply *out, str *text);

/// What one of the words above answers, or "x", which is yes.
enum reply condition_word(str value);

/// The condition as a profile writes it, and blank in its list of yes, or of no. In the scope's arena; empty without room.
str condition_with_blank(struct scope *sc, const struct condition *c, bool yes);

/// "a | b | c" to an array in the scope's arena; at most CSV_MAX_FIELDS parts. ERR_LIMIT, ERR_NOMEM.
enum err read_list(struct scope *sc, str text, const str **out, size_t *n);
