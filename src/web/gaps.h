// SPDX-License-Identifier: EUPL-1.2
// What these figures do not hold, in words. All of it is made from the rules of the release (model/release.h), so that no page
// says of a kind what the policy did not decide.
// Cost: a look at the rules, and at the counts by area until one of RELEASE_CLASS_OTHER is found. Tests: tests/web/test_told_by_area.c.
#pragma once
#include "base/err.h"
#include "base/lang.h"
#include "model/release.h"

/// "child", ..., "street", "other": what the API calls them.
str             kind_word(int class);
/// "violence at home": in lower case, as in a list. class: 0..RELEASE_CLASSES - 1.
str             kind_label(enum language l, int class);
/// The labels of a set of classes (bit 1 << class, RELEASE_CLASS_OTHER among them), as one list.
str             kinds_list(struct scope *sc, enum language l, sensitivity_set kinds);
/// Is a class told by area? RELEASE_CLASS_OTHER is.
bool            kind_by_area(const struct release_info *in, int class);
/// The classes of which the release shows so much. SHOW_AREAS: with RELEASE_CLASS_OTHER when it has counts. Trafficking and
/// what nobody has classified are withheld whatever the rules say.
sensitivity_set kinds_shown(const struct release_info *in, enum showing show);
/// One or two sentences to stand beside a count of incidents. Empty: every class is shown as points.
str             gaps_sentence(struct scope *sc, enum language l, const struct release_info *in);
/// The same in few words, where there is no room; empty as above.
str             gaps_short(enum language l, const struct release_info *in);
/// Of how many incidents a chart of hours speaks, and how exactly the others are told. hourweek: [HOW_VALUES]. Empty: of all.
str             hours_sentence(struct scope *sc, enum language l, const uint64_t *hourweek);
