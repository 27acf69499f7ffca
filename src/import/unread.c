// SPDX-License-Identifier: EUPL-1.2
#include "import/unread.h"

#include "base/arena.h"
#include "import/words.h"

enum { PHRASES_MAX = 32 };

static const struct sign { // that a column protects
    const char *tells, *read;
    const char *phrases[3]; // English; Czech; Ukrainian and Russian
} signs[] = {
    { "which incidents are domestic",
      "domestic = {Column} is yes not no",
      { "*domestic* | family violen* | violen* family | partner violen* | household violen* | dv | ipv",
        "domác* nás* | dom nás* | rodinn* nás* | násil* rodin* | partnersk* nás* | domácí",
        "дом* насил* | домашн* | сімейне | сімейн* насил* | насил* сім* | родинне | родинн* насил* | насил* "
        "родин* | семейн* "
        "насил*" } },
    { "which law was broken",
      "code = {Column} by LIST",
      { "iucr | article | articles | statute* | penal code | criminal code | law | law code | law section",
        "paragraf* | kvalifikac* | trestn* čin paragr* | ustanoven* zákon*",
        "статт* | кваліфікац* | ст кк* | кк | кку | купап | статья | статьи | квалификац*" } },
    { "whether the victim is a child",
      "detail = {Column}",
      { "child* | *child | minor | minors | juvenile* | underage | under age | under 18",
        "dítě | dítěte | děti | dětí | dětsk* | nezletil* | mladistv*",
        "дитин* | дитяч* | діти | дітей | неповнол* | малоліт* | ребен* | дети | детей | несовершеннол* | "
        "малолет*" } },
    { "whether the point is where it happened",
      "elsewhere = {Column} is yes not no",
      { "elsewhere | other place | relevance", "jinde | jiné místo | relevance",
        "інше місце | іншому місці | деінде | другое место" } },
};

static enum err phrases_of(struct scope *sc, const char *text, struct phrase to[PHRASES_MAX], size_t *n)
{
    str rest = str_of(text), part;
    *n = 0;
    while (str_cut(&rest, '|', &part) && *n < PHRASES_MAX) TRY(phrase_read(sc, str_trim(part), &to[(*n)++]));
    return OK;
}

/// "§" is no letter, and a sign of its own.
static enum err has_sign(struct scope *sc, const struct sign *s, str column, bool *out)
{
    struct phrase phrase[PHRASES_MAX];
    size_t        n;
    *out = s == &signs[1] && str_has(column, S("§"));
    for (size_t i = 0; i < COUNT(s->phrases) && !*out; i++) {
        TRY(phrases_of(sc, s->phrases[i], phrase, &n));
        TRY(phrases_any(sc, phrase, n, column, out));
    }
    return OK;
}

static bool is_looked_at(const struct profile *p, str column)
{
    for (size_t i = 0; i < p->n_unread; i++)
        if (str_eq(p->unread[i], column)) return true;
    return false;
}

static enum err check_column(struct scope *sc, str column, bool features)
{
    str shown = str_slice(column, 0, 60);
    for (size_t i = 0; i < COUNT(signs); i++) {
        bool has;
        TRY(has_sign(sc, &signs[i], column, &has));
        if (!has) continue;
        return fail(&sc->fault, ERR_INVALID,
                    "the profile does not read the %s \"%.*s\", which may tell %s. Read it there (\"%s\"), "
                    "or, if you "
                    "have looked and it protects nobody, write \"unread = %.*s\" into its [what]",
                    features ? "property" : "column", STR(shown), signs[i].tells, signs[i].read, STR(shown));
    }
    return OK;
}

enum err unread_check(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    enum err e = OK;
    for (size_t i = 0; !e && i < f->n; i++) {
        if (missing_reads(p, f->name[i]) || is_looked_at(p, f->name[i])) continue;
        struct arena_mark before = arena_mark(sc->mem);
        e = check_column(sc, f->name[i], f->features);
        arena_back(sc->mem, before);
    }
    return e;
}

enum err unread_list(struct scope *sc, const struct profile *p, const struct file_columns *f,
                     struct unread *out)
{
    str *column = arena_array(sc->mem, str, UNREAD_LISTED);
    if (!column) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    *out = (struct unread){ .column = column };
    for (size_t i = 0; i < f->n; i++) {
        if (!f->name[i].n || missing_reads(p, f->name[i])) continue;
        if (out->n == UNREAD_LISTED) {
            out->more++;
            continue;
        }
        column[out->n] = arena_str(sc->mem, str_slice(f->name[i], 0, 200));
        if (!column[out->n++].p) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    }
    return OK;
}
