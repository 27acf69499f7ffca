// SPDX-License-Identifier: EUPL-1.2
// Numbers, dates and periods as a person reads them in each language. Prose stands in po/.
// Sources: CLDR 44 for grouping, decimal marks and month names (genitive where Czech and Ukrainian want it in
// dates).
#pragma once
#include "analysis/area.h"
#include "base/lang.h"
#include "html/text.h"
#include "model/release.h"

/// All give text in the scope's arena; at its ceiling the text is empty, and the page that shows it fails by
/// itself.
str    word_count(struct scope *sc, enum language l, uint64_t v); // 12,345 | 12 345
str    word_fixed(struct scope *sc, enum language l, double v,
                  int digits); // 12.3 | 12,3; not finite: an en dash
str    word_percent(struct scope *sc, enum language l, double v, int digits);
/// With its sign, a true minus: +12 %, −3 %
str    word_change(struct scope *sc, enum language l, double percent);
str    word_month(struct scope *sc, enum language l, int32_t month); // October 2018 | říjen 2018
str    word_month_short(enum language l, int month);                 // 1..12: Oct
str    word_day(struct scope *sc, enum language l, int32_t day);     // 31 October 2018 | 31. října 2018
str    word_time(struct scope *sc, enum language l, int64_t utc_s);  // 24 November 2026, 03:58 UTC
str    word_weekday(enum language l, int weekday);                   // Monday
str    word_weekday_short(enum language l, int weekday);             // Mo
/// "2018", "October 2018", "October 2018 – February 2019", "3 – 9 March 2025" with both days said
str    word_period(struct scope *sc, enum language l, struct period p);
/// Half-years since 1970: "Jan–Jun 2016". word_period says the same at length.
str    word_half_short(struct scope *sc, enum language l, int32_t half);
/// "12.3 – 14.5"
str    word_range(struct scope *sc, enum language l, struct interval v, int digits);
/// As exact as the row is known: "October 2018", "31 October 2018", "31 October 2018, 14:00–14:59", "...,
/// 14:05"
str    word_when(struct scope *sc, enum language l, const struct release_row *row);
/// "286 m" or "1.4 km"
str    word_metres(struct scope *sc, enum language l, double m);
/// How many letters a name has, counted as code points; and the name with no more than so many, cut ones with an ellipsis.
size_t word_letters(str name);
str    word_short(struct scope *sc, str name, size_t letters);
/// A message with its arguments (TEXT_ARGS).
str    word_said(struct scope *sc, enum language l, enum msg m, const struct text_arg *args);
/// "Acts against children": the first letter is made a capital.
str    word_capital(struct scope *sc, enum language l, str text);
/// "a", "a and b", "a, b and c"
str    word_list(struct scope *sc, enum language l, const str *part, size_t n);
