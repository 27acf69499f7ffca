// SPDX-License-Identifier: EUPL-1.2
// A text with columns in it, as profiles write them: "{Falls within}/{Month}", "districts:{District:unpad}". Braces
// hold the names of columns that may stand there, the first that is not blank is taken, and perhaps a change:
//     {Crime ID}   {x | @lon}   {District : unpad}   {Domestic : optional}   {District : unpad optional}
// unpad takes leading zeros away, lower makes ASCII letters small; a file may lack the columns of one that is optional
// (import/missing.h). When every column of a text is blank, the whole is:
// "districts:" alone says nothing. What stands in the choices that are not taken is found by template_other, for what protects. Column names are told apart by their exact letters, blanks around them left aside.
#pragma once
#include "base/err.h"
#include "base/str.h"

enum { TEMPLATE_MAX_PARTS = 12, TEMPLATE_MAX_CHOICES = 4, COLUMNS_MAX = 64 };

/// The columns that a profile speaks of. Names are borrowed.
struct columns {
    str    name[COLUMNS_MAX];
    size_t n;
};

enum template_change { CHANGE_NONE, CHANGE_UNPAD, CHANGE_LOWER };
struct template_part {
    str                  text; // when n is 0
    uint8_t              n;    // choices of columns
    uint8_t              column[TEMPLATE_MAX_CHOICES];
    enum template_change change;
    bool                 optional;
};
struct template
{
    struct template_part part[TEMPLATE_MAX_PARTS];
    uint8_t              n;
};

/// Adds the columns it names to *columns. Texts are borrowed from source. ERR_INVALID, ERR_LIMIT.
enum err template_read(struct scope *sc, str source, struct columns *columns, struct template *out);
/// The text with these values of the columns, without blanks of any script at its ends (letters_trim); a slice of a value, or in the scope's arena. Blank when every
/// column is. ERR_NOMEM.
enum err template_fill(struct scope *sc, const struct template *t, const str *value, str *out);
/// The same with a line end between all parts, for who looks for words: what stands in two columns is no word and in no phrase.
enum err template_fill_apart(struct scope *sc, const struct template *t, const str *value, str *out);
/// Goes through the choices of a part that are not taken though they hold another value: *choice, 0 at first, is that behind the one
/// found, and *one the part with this choice alone. False: there is none.
bool     template_untaken(const struct template_part *p, const str *value, unsigned *choice,
                          struct template_part *one);
/// The same for all parts of a text: *one is the text with one such choice in place of the one taken. *at is 0 at first, and the part
/// is number (*at - 1) / TEMPLATE_MAX_CHOICES.
bool     template_other(const struct template *t, const str *value, unsigned *at, struct template *one);
/// The columns that it names, 1 << column each.
uint64_t template_columns(const struct template *t);
/// The value that a part of columns takes, and which column it is of; the first one when all are blank.
str      template_value(const struct template_part *p, const str *value, uint8_t *column);
