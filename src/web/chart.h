// SPDX-License-Identifier: EUPL-1.2
// Drawings made of numbers, as lists of shapes for the template web/pages/chart.html. Colours are the style sheet's
// business: shapes carry classes. Every chart has a title, a description in words, and a table beside it on its page.
#pragma once
#include "analysis/area.h"
#include "base/lang.h"
#include "web/url.h"
#include "web/views.h"

/// One bar a month, over the whole list; months inside `chosen` are drawn strong. before (may be NULL): a thin mark at
/// what the same month of the year before had. ERR_NOMEM.
struct month_series {
    int32_t         first_month;
    size_t          n;
    const uint64_t *count, *before;
    struct period   chosen;
};
enum err chart_months(struct scope *sc, enum language l, const struct month_series *s,
                      struct chart_view *out);
/// The same without axes, for many beside each other: top is the largest count that the scale must hold.
enum err chart_spark(struct scope *sc, enum language l, const struct month_series *s, uint64_t top,
                     struct chart_view *out);
/// Rates against population with the limits of chance.
enum err chart_funnel(struct scope *sc, enum language l, const struct links *links,
                      const struct release_set *set, size_t set_number, const struct filter *f,
                      const struct comparison *c, struct chart_view *out);
/// The week: seven rows of 24 hours, shaded in six steps. hourweek: [HOW_VALUES].
enum err heat_of(struct scope *sc, enum language l, const uint64_t *hourweek, bool hours,
                 struct heat_view *out);
/// The smallest of 1, 2, 5, 10, 20, 50, ... with at most `steps` of it up to top; at least 1.
uint64_t chart_step(uint64_t top, unsigned steps);
