// SPDX-License-Identifier: EUPL-1.2
// Of a file that no profile fits: what it seems to be, and what to do with it. Tests: tests/unit/test_import.c.
#pragma once
#include "import/reader.h"

/// A spreadsheet, by the end of its name: inside it is an archive of many parts, none of which is a table.
bool     stranger_is_spreadsheet(str path);
/// A clause for a person behind the name of the file. s: what it begins with; NULL for a spreadsheet. ERR_NOMEM.
enum err stranger_says(struct scope *sc, const struct sample *s, str *out);
