// SPDX-License-Identifier: EUPL-1.2
// Text from outside on a terminal. Control characters (a terminal obeys them) and characters that hide or turn round what
// stands beside them (an operator is shown another text than the program read) appear as \u{1b}; bytes that are not UTF-8
// as \x{9b}. A tab stays. Everything that main/ prints goes through here (cli_say, cli_print, cli_fail in main/cli.h).
// Tests: tests/unit/test_shown.c.
#pragma once
#include "base/buf.h"

/// Appends the text as it may be shown.
void   shown_add(struct buf *to, str s);
/// The same for a file that is read again: a backslash becomes two.
void   shown_add_exact(struct buf *to, str s);
/// Appends the text of which shown_add_exact made this. A backslash that it would not have written stays.
void   shown_read(struct buf *to, str s);
/// Length in bytes of the first character, which is *c, when it is not to be shown as it is; 0 when it is. s is well-formed
/// UTF-8 and not empty.
size_t shown_hidden(str s, uint32_t *c);
