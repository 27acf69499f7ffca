// SPDX-License-Identifier: EUPL-1.2
// The mark that store_backup leaves in a copy, and never in the database itself: what was published behind the copy, the copy
// does not know. Kept among the settings, under "copied".
#pragma once
#include "store/store.h"

/// When the copy was made that this database is, as 2026-11-29T19:26:28Z, of the scope; empty: it is none, or was published from.
enum err store_copied(struct scope *sc, struct store *st, str *out);
/// A person has said what was published since.
enum err store_copied_forget(struct scope *sc, struct store *st);
