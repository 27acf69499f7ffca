// SPDX-License-Identifier: EUPL-1.2
#include "store/phrases.h"

#include "store/query.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 19, TEXT_BYTES = 16 << 20 };

enum err phrases_init(struct scope *sc, struct phrases *p)
{
    p->slot = calloc(SLOTS, sizeof *p->slot);
    p->text = malloc(TEXT_BYTES);
    return p->slot && p->text ? OK : fail(&sc->fault, ERR_NOMEM, "no memory for the texts of a run");
}

void phrases_free(struct phrases *p)
{
    free(p->slot);
    free(p->text);
    *p = (struct phrases){ 0 };
}

static enum err put(struct scope *sc, struct store *st, str text, int64_t *out)
{
    AUTO(query_free) struct query find = query_open(sc, st, SQL_PHRASE_FIND);
    bind_str(&find, ":text", text);
    if (query_next(&find)) {
        *out = query_i64(&find, 0);
        return OK;
    }
    TRY(query_end(&find));
    AUTO(query_free) struct query add = query_open(sc, st, SQL_PHRASE_ADD);
    bind_str(&add, ":text", text);
    TRY(query_one(&add));
    *out = query_i64(&add, 0);
    return query_run(&add);
}

void phrase_soon(const struct phrases *p, str text)
{
    if (text.n) __builtin_prefetch(&p->slot[str_hash(text) % SLOTS]);
}

enum err phrase_id(struct scope *sc, struct store *st, struct phrases *p, str text, int64_t *out)
{
    if (2 * p->n == SLOTS || p->used + text.n > TEXT_BYTES) {
        memset(p->slot, 0, SLOTS * sizeof *p->slot);
        p->n = p->used = 0;
    }
    size_t i = str_hash(text) % SLOTS;
    for (; p->slot[i].n; i = (i + 1) % SLOTS)
        if (str_eq((str){ p->text + p->slot[i].at, p->slot[i].n }, text)) {
            *out = p->slot[i].id;
            return OK;
        }
    TRY(put(sc, st, text, out));
    memcpy(p->text + p->used, text.p, text.n);
    p->slot[i] = (struct phrase_slot){ (uint32_t)p->used, (uint32_t)text.n, *out };
    p->used += text.n;
    p->n++;
    return OK;
}
