// SPDX-License-Identifier: EUPL-1.2
#include "import/template.h"

#include "base/arena.h"
#include "model/letters.h"
#include <string.h>

static enum err add_column(struct scope *sc, str name, struct columns *columns, uint8_t *out)
{
    for (size_t i = 0; i < columns->n; i++)
        if (str_eq(columns->name[i], name)) {
            *out = (uint8_t)i;
            return OK;
        }
    if (columns->n == COLUMNS_MAX)
        return fail(&sc->fault, ERR_LIMIT, "a profile can use at most %d columns", COLUMNS_MAX);
    *out = (uint8_t)columns->n;
    columns->name[columns->n++] = name;
    return OK;
}

static bool read_word(str word, struct template_part *out)
{
    if (str_eq(word, S("unpad"))) out->change = CHANGE_UNPAD;
    else if (str_eq(word, S("lower"))) out->change = CHANGE_LOWER;
    else if (str_eq(word, S("optional"))) out->optional = true;
    else return false;
    return true;
}

/// A colon may be part of a column's name: only known words behind the last one are taken for what they say.
static void read_words(str *inside, struct template_part *out)
{
    struct template_part said = *out;
    size_t               at = inside->n, words = 0;
    str                  rest, word;
    while (at && inside->p[at - 1] != ':') at--;
    for (rest = str_slice(*inside, at, inside->n); at && str_cut(&rest, ' ', &word);) {
        if (word.n && !read_word(word, &said)) return;
        words += word.n > 0;
    }
    if (!words) return;
    *out = said;
    *inside = str_slice(*inside, 0, at - 1);
}

static enum err read_braces(struct scope *sc, str inside, struct columns *columns, struct template_part *out)
{
    str whole = inside, name;
    read_words(&inside, out);
    while (str_cut(&inside, '|', &name)) {
        name = str_trim(name);
        if (!name.n) return fail(&sc->fault, ERR_INVALID, "{%.*s} names no column", STR(whole));
        if (out->n == TEMPLATE_MAX_CHOICES)
            return fail(&sc->fault, ERR_LIMIT, "{%.*s}: at most %d columns to choose from", STR(whole),
                        TEMPLATE_MAX_CHOICES);
        TRY(add_column(sc, name, columns, &out->column[out->n]));
        out->n++;
    }
    return OK;
}

enum err template_read(struct scope *sc, str source, struct columns *columns, struct template *out)
{
    struct template t = { 0 };
    for (size_t at = 0; at < source.n;) {
        if (t.n == TEMPLATE_MAX_PARTS)
            return fail(&sc->fault, ERR_LIMIT, "\"%.*s\" has more than %d parts", STR(source),
                        TEMPLATE_MAX_PARTS);
        struct template_part *p = &t.part[t.n++];
        str                   rest = str_slice(source, at, source.n);
        if (rest.p[0] == '{') {
            size_t end = str_find(rest, '}');
            if (end == rest.n)
                return fail(&sc->fault, ERR_INVALID, "\"%.*s\" opens a brace and does not close it",
                            STR(source));
            TRY(read_braces(sc, str_slice(rest, 1, end), columns, p));
            at += end + 1;
        } else {
            p->text = str_slice(rest, 0, str_find(rest, '{'));
            at += p->text.n;
        }
    }
    *out = t;
    return OK;
}

str template_value(const struct template_part *p, const str *value, uint8_t *column)
{
    str v = { 0 };
    *column = p->column[0];
    for (unsigned i = 0; i < p->n && !v.n; i++) {
        v = letters_trim(value[p->column[i]]);
        if (v.n) *column = p->column[i];
    }
    if (p->change == CHANGE_UNPAD)
        while (v.n > 1 && v.p[0] == '0') v = str_slice(v, 1, v.n);
    return v;
}

bool template_untaken(const struct template_part *p, const str *value, unsigned *choice,
                      struct template_part *one)
{
    uint8_t taken, column;
    if (p->n < 2) return false;
    str is = template_value(p, value, &taken);
    while (*choice < p->n) {
        *one = *p;
        one->n = 1;
        one->column[0] = p->column[(*choice)++];
        str other = template_value(one, value, &column);
        if (column != taken && other.n && !str_eq(other, is)) return true;
    }
    return false;
}

bool template_other(const struct template *t, const str *value, unsigned *at, struct template *one)
{
    for (unsigned i = *at / TEMPLATE_MAX_CHOICES; i < t->n; i++) {
        struct template_part other;
        unsigned             choice = *at > i * TEMPLATE_MAX_CHOICES ? *at - i * TEMPLATE_MAX_CHOICES : 0;
        if (!template_untaken(&t->part[i], value, &choice, &other)) continue;
        *at = i * TEMPLATE_MAX_CHOICES + choice;
        *one = *t;
        one->part[i] = other;
        return true;
    }
    return false;
}

static enum err fill(struct scope *sc, const struct template *t, const str *value, str between, str *out)
{
    str     part[TEMPLATE_MAX_PARTS];
    size_t  bytes = 0;
    bool    asks = false, told = false;
    uint8_t column;
    for (unsigned i = 0; i < t->n; i++) {
        part[i] = t->part[i].n ? template_value(&t->part[i], value, &column) : t->part[i].text;
        if (t->part[i].n) asks = true, told |= part[i].n > 0;
        bytes += part[i].n + between.n;
    }
    *out = (str){ 0 };
    if (asks && !told) return OK;
    if (t->n == 1 && t->part[0].change != CHANGE_LOWER) {
        *out = part[0];
        return OK;
    }
    char *p = arena_alloc(sc->mem, bytes + 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", bytes);
    unsigned at = 0;
    for (unsigned i = 0; i < t->n; i++) {
        if (!part[i].n) continue;
        if (at && between.n) memcpy(p + at, between.p, between.n);
        if (at) at += (unsigned)between.n;
        memcpy(p + at, part[i].p, part[i].n);
        if (t->part[i].change == CHANGE_LOWER)
            for (size_t k = at; k < at + part[i].n; k++)
                if (p[k] >= 'A' && p[k] <= 'Z') p[k] = (char)(p[k] + 32);
        at += (unsigned)part[i].n;
    }
    *out = letters_trim((str){ p, at });
    return OK;
}

enum err template_fill(struct scope *sc, const struct template *t, const str *value, str *out)
{
    return fill(sc, t, value, (str){ 0 }, out);
}

enum err template_fill_apart(struct scope *sc, const struct template *t, const str *value, str *out)
{
    return fill(sc, t, value, S("\n"), out);
}

uint64_t template_columns(const struct template *t)
{
    uint64_t set = 0;
    for (unsigned i = 0; i < t->n; i++)
        for (unsigned k = 0; k < t->part[i].n; k++) set |= (uint64_t)1 << t->part[i].column[k];
    return set;
}
_Static_assert(COLUMNS_MAX <= 64, "a column is a bit");
