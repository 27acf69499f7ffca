// SPDX-License-Identifier: EUPL-1.2
// Decides of what turned sensitive, with publish/leave.h: may it wait, does it leave by its record or by a rule, who can cover it; and what is
// told instead of its record. Used by publish.c, behind the first reading.
// Threads: no shared state. Tests: tests/unit/test_leave.c.
#pragma once
#include "publish/survey.h"

/// With whom an incident is counted by area. False: with nobody.
bool     turning_apart(enum leave_past past, enum by_area_apart *out);
/// The public tier is then as it will be told, and its notes are of that.
enum err turning_settle(struct scope *sc, struct publication *p);
