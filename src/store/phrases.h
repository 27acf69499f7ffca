// SPDX-License-Identifier: EUPL-1.2
// The numbers of texts that many incidents share (table phrase), with those used of late at hand: a run names the
// same few streets in every row. At most 24 MB; when that is full it is emptied and fills anew.
#pragma once
#include "store/store_int.h"

struct phrase_slot {
    uint32_t at, n; // the text, in text; n is 0: free
    int64_t  id;
};
struct phrases {
    struct phrase_slot *slot;
    char               *text;
    size_t              n, used;
};

enum err phrases_init(struct scope *sc, struct phrases *p);
void     phrases_free(struct phrases *p); // accepts a zeroed one
/// The number of a text, which is made known to the store when it is new.
enum err phrase_id(struct scope *sc, struct store *st, struct phrases *p, str text, int64_t *out);
/// Fetches from memory what phrase_id will look at; a hint.
void     phrase_soon(const struct phrases *p, str text);
