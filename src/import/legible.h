// SPDX-License-Identifier: EUPL-1.2
// Texts whose letters a program has written as something else before the file came here. Such as are only spelled ("&#1079;",
// "&aacute;", "\u0437", "%D0%B7") are read; where C, JSON and MySQL write "\n" between two words, they are parted. Such as are lost cannot be: U+FFFD, "zn?siln?n?", UTF-8 that was taken for another
// encoding ("znÃ¡silnÄ›nÃ­"), one encoding of one byte that was taken for another (scrambled.h). Words that protect would not be found in them.
// For judging alone: what is kept of a text stays as it is written. Tests: tests/unit/test_legible.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

/// *out: the text itself, or of the scope. *damaged: letters are lost. ERR_NOMEM. Costs a look at each byte for most texts.
enum err legible_read(struct scope *sc, str text, str *out, bool *damaged);
