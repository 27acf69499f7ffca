// SPDX-License-Identifier: EUPL-1.2
#include "import/classes.h"

#include "base/arena.h"
#include "import/words.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 8192, SLOTS_FILLED = SLOTS / 2, MEMO_BYTES = 4 << 20 };

struct slot {
    str              text; // p is NULL: empty
    enum record_text which;
    sensitivity_set  classes;
    uint64_t         rows; // of a code that the list does not know
};
struct class_memo {
    struct arena           *mem;   // of the texts
    const struct code_list *words; // what outcomes are looked up by
    size_t                  n;
    uint64_t                forgotten; // rows with an unknown code that found no slot
    struct slot             slot[SLOTS];
};

enum err class_memo_open(struct scope *sc, struct class_memo **out)
{
    struct class_memo *m = calloc(1, sizeof *m);
    if (m) m->mem = arena_open(MEMO_BYTES);
    if (!m || !m->mem) {
        free(m);
        return fail(&sc->fault, ERR_NOMEM, "no room to remember codes");
    }
    enum err e = codes_find(sc, S("words"), &m->words);
    if (e) {
        class_memo_close(m);
        return e;
    }
    *out = m;
    return OK;
}

void class_memo_close(struct class_memo *m)
{
    if (!m) return;
    arena_close(m->mem);
    free(m);
}

void class_memo_closep(struct class_memo **m)
{
    class_memo_close(*m);
    *m = NULL;
}

static bool names_outcome(const struct profile *p, str text)
{
    for (size_t i = 0; i < p->n_outcomes; i++)
        if (str_eq_nocase(p->outcomes[i].code, text)) return true;
    return false;
}

/// list: of words, for an outcome; NULL: it is not looked up.
static enum err look_up(struct scope *sc, const struct profile *p, const struct code_list *list,
                        enum record_text which, str text, sensitivity_set *out)
{
    struct codes_told code;
    struct words_told words;
    if (which == TEXT_CODE) {
        TRY(codes_tell(sc, p->code_list, text, &code));
        *out = code.classes & CLASSES_HIDING;
        if (code.unknown) *out |= sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
    } else if (which == TEXT_OUTCOME && (!list || names_outcome(p, text))) {
        *out = 0;
    } else {
        TRY(words_tell(sc, which == TEXT_OUTCOME ? list : p->words, text, &words));
        *out = words.classes & CLASSES_HIDING;
    }
    return OK;
}

static struct slot *slot_of(struct class_memo *m, enum record_text which, str text)
{
    size_t i = (str_hash(text) + (size_t)which) % SLOTS;
    while (m->slot[i].text.p && !(m->slot[i].which == which && str_eq(m->slot[i].text, text)))
        i = (i + 1) % SLOTS;
    return &m->slot[i];
}

enum err classes_of_text(struct scope *sc, const struct profile *p, struct class_memo *memo,
                         enum record_text which, str text, sensitivity_set *out)
{
    struct slot *s = memo ? slot_of(memo, which, text) : NULL;
    if (!s || !s->text.p) {
        TRY(look_up(sc, p, memo ? memo->words : NULL, which, text, out));
        str kept = { 0 };
        if (s && memo->n < SLOTS_FILLED) kept = arena_str(memo->mem, text);
        if (kept.p) {
            *s = (struct slot){ kept, which, *out, 0 };
            memo->n++;
        } else s = NULL;
    } else *out = s->classes;
    if (memo && *out & sensitivity_bit(SENSITIVITY_UNCLASSIFIED)) s ? s->rows++ : memo->forgotten++;
    return OK;
}

static int by_rows(const void *a, const void *b)
{
    const struct unknown_code *l = a, *r = b;
    if (l->rows != r->rows) return l->rows > r->rows ? -1 : 1;
    return str_cmp(l->code, r->code);
}

enum err class_memo_unknown(struct scope *sc, const struct class_memo *m, const struct unknown_code **out,
                            size_t *n)
{
    struct unknown_code *list = arena_array(sc->mem, struct unknown_code, m->n + 1);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for unknown codes");
    *n = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!m->slot[i].rows) continue;
        list[*n] = (struct unknown_code){ arena_str(sc->mem, m->slot[i].text), m->slot[i].rows };
        if (!list[(*n)++].code.p) return fail(&sc->fault, ERR_NOMEM, "no room for unknown codes");
    }
    qsort(list, *n, sizeof *list, by_rows);
    if (m->forgotten) list[(*n)++] = (struct unknown_code){ S(""), m->forgotten };
    *out = list;
    return OK;
}
