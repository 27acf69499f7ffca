// SPDX-License-Identifier: EUPL-1.2
// The sets of categories that incidents carry together, each once. Most incidents have one category and no set.
#pragma once
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

enum { KINDS_MAX_SETS = 65535, KINDS_MAX_CATEGORIES = 255 /* of one incident */ };
struct kind_set {
    const int32_t *category; // ids of the store, ascending, each once
    size_t         n;        // two or more
};
struct kinds {
    struct kind_set *set; // [n], the first of number 1
    size_t           n, room;
    uint32_t        *slot; // [slots] open addressing by what a set holds: its number; 0: free
    size_t           slots;
};
/// The number of the set of a category and n further ones, put there if it is new; 0: all are the same one. Sets are of the
/// scope, tables until kinds_free. ERR_LIMIT. ERR_NOMEM.
enum err kinds_put(struct scope *sc, struct kinds *k, int32_t category, const int32_t *further, size_t n,
                   uint16_t *number);
static inline struct kind_set kinds_get(const struct kinds *k, uint16_t number)
{
    return k->set[number - 1];
}
void kinds_free(struct kinds *k);
