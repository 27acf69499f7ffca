// SPDX-License-Identifier: EUPL-1.2
// Half-years, by which sensitive incidents are counted: whole ones since 1970, January to June even.
// Tests: tests/unit/test_by_area.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

/// "2016-1" is January to June 2016, as addresses, tables and options write it; of the scope.
str  half_key(struct scope *sc, int32_t half);
/// False: not such a key, or a year outside CIVIL_MIN_YEAR..CIVIL_MAX_YEAR.
bool half_read(str key, int32_t *out);
