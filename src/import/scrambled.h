// SPDX-License-Identifier: EUPL-1.2
// Words of a text that was read in the wrong one-byte encoding. Every byte has a meaning there, so nothing is malformed; but words
// come of it that no language has: "Znбsilnмnн" (windows-1250 as 1251), "бВХМЕММЪ" (KOI8-U as 1251), "Êðàäiæêà" (1251 as 1252).
// Not seen: encodings of one script that differ in few letters (ISO 8859-2 as windows-1250), and words that come out as words.
// Tests: tests/unit/test_legible.c.
#pragma once
#include "base/str.h"

/// Does any word look so? Reads the text once.
bool scrambled_any(str text);
