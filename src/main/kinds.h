// SPDX-License-Identifier: EUPL-1.2
// The kinds that the store holds, with what is confirmed of them and what their names propose: for hromada classify, and
// for hromada publish, which asks whether a kind is left that nobody has classified.
#pragma once
#include "import/propose.h"
#include "main/cli.h"

struct kind {
    struct category is;
    str             source;    // key of the source whose own spelling it is; empty: a profile names it
    uint64_t        incidents; // live ones, as their own kind or a further one
    struct proposal proposed;  // of those that are not classified
};
/// All kinds, those not classified first, of these those with most incidents. A kind of a shipped profile that the store has
/// no class for yet (it was made by an older program) gets it, in the store, too: ours count as confirmed.
enum err kinds_read(struct scope *sc, struct store *st, struct kind **out, size_t *n);

/// Tells the kinds that nobody has classified and that incidents carry, and how to classify them. withhold: that is all;
/// otherwise ERR_INVALID when there is one.
enum err kinds_check(struct cli *cli, struct store *st, bool withhold);

/// A label as one may show it: without what a terminal would obey, at most 40 letters. In the scope's arena.
/// A text from outside for a terminal (base/shown.h), at most 40 letters of it.
const char *text_shown(struct scope *sc, str text);
const char *kind_shown(struct scope *sc, const struct category *c);
