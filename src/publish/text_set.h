// SPDX-License-Identifier: EUPL-1.2
// Texts that occur, each once, numbered from 1 in the order of their first occurrence; 0 is the empty text.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct text_set {
    str      *text; // [n], text[0] empty
    uint32_t *slot; // open addressing, number of the text; 0: empty
    size_t    n, n_slots;
};
/// Adds a copy when it is new. ERR_NOMEM; ERR_LIMIT above UINT32_MAX.
enum err text_set_add(struct scope *sc, struct text_set *t, str text, uint32_t *number);
/// 0 when it is not there.
uint32_t text_set_find(const struct text_set *t, str text);
/// Numbers the texts by their bytes, so that the numbers do not tell in which order they came. The empty one stays 0.
void     text_set_sort(struct text_set *t);
