// SPDX-License-Identifier: EUPL-1.2
// Characters of a text: how they are cut off, and which of them words are made of. Source: Unicode's general categories, by
// libunistring. Tests: tests/unit/test_category.c.
#pragma once
#include "base/str.h"

/// Cuts one character off the front of a text that is not empty. Bytes that are no UTF-8 count as characters of their own, and
/// mean nothing.
uint32_t letters_next(str *s);
/// Is it a letter, a digit, or a mark that stands on one?
bool     letters_make_words(uint32_t c);
bool     letters_apostrophe(uint32_t c);
