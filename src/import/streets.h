// SPDX-License-Identifier: EUPL-1.2
// Names of streets whose words would tell a sensitive kind elsewhere: "вул. Дитяча, 5", "Kinderstraße 12", "On or near Young Street".
// Only a piece of a text that is such an address and nothing else is taken out; what stands beside it is looked at as ever.
// Tests: tests/unit/test_values.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

/// The text without those pieces, which are what commas, semicolons, slashes, brackets and line ends part. Itself where there is none, else
/// of the scope. ERR_NOMEM.
enum err streets_cut(struct scope *sc, str text, str *out);
