// SPDX-License-Identifier: EUPL-1.2
#include "import/flag.h"

#include "base/arena.h"
#include "import/profile.h"
#include <string.h>

const struct flag_rule flag_rules[FLAGS] = {
    [SAYS_ARREST] = { "arrest", FLAG_ARREST, false, offsetof(struct profile, arrest),
                      "whether there was an arrest", "what" },
    [SAYS_DOMESTIC] = { "domestic", FLAG_DOMESTIC, true, offsetof(struct profile, domestic),
                        "whether it was domestic", "what" },
    [SAYS_ATTEMPTED] = { "attempted", FLAG_ATTEMPTED, false, offsetof(struct profile, attempted),
                         "whether it was attempted only", "what" },
    [SAYS_ELSEWHERE] = { "elsewhere", FLAG_PLACE_OTHER, true, offsetof(struct profile, elsewhere),
                         "whether the point is where it happened", "where" },
};

const struct condition *flag_condition(const struct profile *p, enum flag f)
{
    return (const struct condition *)((const char *)p + flag_rules[f].offset);
}

str flag_blank_line(struct scope *sc, const struct profile *p, enum flag f, bool yes)
{
    return arena_printf(sc->mem, "%s = %.*s", flag_rules[f].name,
                        STR(condition_with_blank(sc, flag_condition(p, f), yes)));
}

static void note_odd(struct flag_count *c, str text, uint64_t rows)
{
    if (text.n > ODD_BYTES) { // and no half of a letter
        text.n = ODD_BYTES;
        while (text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80) text.n--;
    }
    size_t at = 0;
    while (at < c->n_odd && !str_eq((str){ c->odd[at].text, c->odd[at].n }, text)) at++;
    if (at == ODD_VALUES) {
        c->odd_more += rows;
        return;
    }
    struct flag_odd *o = &c->odd[at];
    if (at == c->n_odd) {
        if (text.n) memcpy(o->text, text.p, text.n);
        o->n = text.n;
        c->n_odd++;
    }
    o->rows += rows;
}

void flag_note(struct flag_count *c, enum reply a, str text, uint64_t rows)
{
    c->rows[a] += rows;
    if (a == REPLY_NEITHER) note_odd(c, text, rows);
    if (a == REPLY_NEITHER && !text.n) c->blank += rows;
}

void flag_sum(struct flag_count *to, const struct flag_count *from)
{
    for (int a = 0; a < REPLIES; a++) to->rows[a] += from->rows[a];
    for (size_t i = 0; i < from->n_odd; i++)
        note_odd(to, (str){ from->odd[i].text, from->odd[i].n }, from->odd[i].rows);
    to->odd_more += from->odd_more;
    to->blank += from->blank;
}
