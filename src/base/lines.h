// SPDX-License-Identifier: EUPL-1.2
// Text that people write and read, line by line: policies, settings, profiles, lists of codes. What an editor shows as a line
// of its own must be one for us, or a line below a comment is read by people and not by the program. So a line ends with LF or
// CR LF, and every other control character, and every one that hides or turns round text (base/shown.h), is refused.
// Tests: tests/unit/test_lines.c.
#pragma once
#include "base/err.h"
#include "base/str.h"

/// text: UTF-8; a mark of its encoding at the beginning is fine, as is a tab anywhere. ERR_INVALID: names line, byte and
/// character.
enum err lines_check(struct scope *sc, str text);
