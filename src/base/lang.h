// SPDX-License-Identifier: EUPL-1.2
// The languages of the pages. The language is always an argument, never the process locale.
#pragma once
#include "base/str.h"

enum language { LANG_EN, LANG_CS, LANG_UK, LANGUAGES };
str  language_code(enum language l); // "en", "cs", "uk"
bool language_read(str code, enum language *out);
