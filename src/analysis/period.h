// SPDX-License-Identifier: EUPL-1.2
// The period of a question in days, and the same period of the year before.
#pragma once
#include "index/filter.h"

struct period {
    int32_t from, to; // days since 1970-01-01, inclusive; from > to: nothing
};

/// What the release covers: whole months when it tells no more than months, else from its first row to its
/// last.
struct period period_of_release(const struct release_info *in);
/// The part of the filter's dates that the release covers.
struct period period_of_filter(const struct release_info *in, const struct filter *f);
/// Twelve months earlier. The last day of a month goes to the last day of a month, so that whole months stay
/// whole.
struct period period_year_before(struct period p);
/// The last twelve complete months of the release, or all of it when it has fewer. A month counts as complete
/// when the rows reach to its last three days: in a quiet town nothing may have happened on the very last.
struct period period_last_year(const struct release_info *in);
/// Does the release cover it whole?
bool          period_covered(const struct release_info *in, struct period p);
/// Number of days; 0 for nothing.
int32_t       period_days(struct period p);
/// Months that differ between the first of the one and the first of the other; whole months only (else
/// false).
bool          period_is_months(struct period p, int32_t *first_month, int32_t *n_months);
