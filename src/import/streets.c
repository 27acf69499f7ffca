// SPDX-License-Identifier: EUPL-1.2
#include "import/streets.h"

#include "base/arena.h"
#include "model/category.h"

// Adjectives and surnames alone: "Děti ulice" are children of the street, "Дитина, вулиця" is a child.
static const char *const names[] = { "dětská", "dětský", "дитяча", "дитячий", "детская", "детский", "young" };
static const char *const types[] = { "ulice",  "ul",    "náměstí", "nám",   "вулиця", "вул", "провулок",
                                     "пров",   "площа", "пл",      "улица", "ул",     "пер", "переулок",
                                     "street", "st",    "road",    "rd",    "lane",   "ave", "avenue" };
static const char *const wholes[] = { "kinderstraße", "kinderstrasse", "kinderstr", "kindergasse",
                                      "kinderweg" };
static const char *const beside[] = { "on", "or", "near", "at", "block", "of" };

enum { KEY_BYTES = 256 };

static bool in(const char *const *list, size_t n, str word)
{
    char key[64];
    for (size_t i = 0; i < n; i++) {
        size_t bytes = category_key(str_of(list[i]), key, sizeof key);
        if (str_eq((str){ key, bytes }, word)) return true;
    }
    return false;
}

/// Numbers of houses and what stands before an address aside, is the piece the name of a street with its type?
static bool is_street(str piece)
{
    char key[KEY_BYTES];
    if (2 * piece.n + 2 > KEY_BYTES || !category_key_is_whole(piece)) return false;
    str      rest = { key, category_key(piece, key, sizeof key) }, word;
    unsigned name = 0, type = 0, whole = 0;
    bool     number = false; // "12-A": the letter belongs to it
    while (str_cut(&rest, '-', &word)) {
        bool letter = number && word.n == 1;
        number = word.n && word.p[0] >= '0' && word.p[0] <= '9';
        if (!word.n || number || letter || in(beside, COUNT(beside), word)) continue;
        if (in(names, COUNT(names), word)) name++;
        else if (in(types, COUNT(types), word)) type++;
        else if (in(wholes, COUNT(wholes), word)) whole++;
        else return false;
    }
    return (name == 1 && type == 1 && !whole) || (whole == 1 && !name && !type);
}

static bool parts(char c)
{
    return c == ',' || c == ';' || c == '/' || c == '(' || c == ')' || c == '\n' || c == '\r';
}

enum err streets_cut(struct scope *sc, str text, str *out)
{
    char *to = NULL;
    *out = text;
    for (size_t from = 0, end; from < text.n; from = end + 1) {
        for (end = from; end < text.n && !parts(text.p[end]);) end++;
        if (!is_street(str_slice(text, from, end))) continue;
        if (!to && !(to = arena_cstr(sc->mem, text)))
            return fail(&sc->fault, ERR_NOMEM, "no room for a text of %zu bytes", text.n);
        for (size_t i = from; i < end; i++) to[i] = ',';
    }
    if (to) *out = (str){ to, text.n };
    return OK;
}
