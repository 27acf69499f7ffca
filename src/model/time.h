// SPDX-License-Identifier: EUPL-1.2
// When something happened, and how exactly that is known.
#pragma once
#include <stdint.h>

enum precision { PRECISION_MINUTE, PRECISION_HOUR, PRECISION_DAY, PRECISION_MONTH };
enum { PRECISIONS = 4, HOURS_OF_WEEK = 168 };

/// "how": the hour of the week in one byte, as the index keeps it. 0..167: Monday 00 h .. Sunday 23 h;
/// 168..174: the weekday is known and the hour is not; 175: neither is known. Times with a day's precision
/// never answer a question about hours, times with a month's precision none about weekdays either.
enum { HOW_DAY = 168, HOW_NONE = 175, HOW_VALUES = 176 };
uint8_t how_of(int64_t wall_s, enum precision p);
