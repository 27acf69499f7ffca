// SPDX-License-Identifier: EUPL-1.2
// The dictionary of a release: what is told is numbered in an order that depends on nothing that is withheld. Used by publish.c.
// Threads: no shared state.
#pragma once
#include "publish/survey.h"

/// A table by id over a list of the store; `id_at` is where the id stands in one element. ERR_LIMIT: an id is out of bounds.
enum err dictionary_index(struct scope *sc, const void *list, size_t n, size_t size, size_t id_at,
                          struct entry **out, size_t *n_out);
/// The public is told no outcome in words that no profile names: a source may write anything there. All of them are one.
void     dictionary_hide_words(const struct publication *p, struct survey *v);
/// Numbers what was noted, and chooses the grid. ERR_LIMIT: more categories, outcomes or sources than a release can hold. ERR_INVALID: the
/// cells of the grid are smaller than the regions that the policy wants.
enum err dictionary_number(struct scope *sc, const struct publication *p, struct survey *v);
