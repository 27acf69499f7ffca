// SPDX-License-Identifier: EUPL-1.2
#include "import/unread.h"

#include "base/arena.h"
#include "import/signs.h"

str unread_profile(struct scope *sc, const struct profile *p)
{
    struct scope          try = { .mem = sc->mem };
    const struct profile *is = NULL;
    if (p->path.n) return arena_printf(sc->mem, "; the profile is %.*s", STR(p->path));
    if (profile_find(&try, p->source.key, &is)) return S("");
    return arena_printf(sc->mem, ": %.*s", STR(profile_own(sc, p)));
}

bool unread_watches(const struct profile *p, str column)
{
    if (missing_reads(p, column)) return false;
    for (size_t i = 0; i < p->n_unread; i++)
        if (str_eq(p->unread[i], column)) return false;
    return true;
}

static enum err refuse(struct scope *sc, const struct profile *p, const struct sign *s, str column,
                       bool features)
{
    str shown = str_slice(column, 0, 60);
    return fail(&sc->fault, ERR_INVALID,
                "the profile does not read the %s \"%.*s\", which may tell %s. Read it there "
                "(\"%s\"), or, if you "
                "have looked and it protects nobody, write \"unread = %.*s\" into its [what]%.*s",
                features ? "property" : "column", STR(shown), s->tells, s->read, STR(shown),
                STR(unread_profile(sc, p)));
}

/// The first column that has this sign and that nothing reads.
static enum err check_sign(struct scope *sc, const struct profile *p, const struct file_columns *f,
                           size_t sign, const uint32_t *has)
{
    for (size_t i = 0; i < f->n; i++)
        if (has[i] >> sign & 1 && unread_watches(p, f->name[i]))
            return refuse(sc, p, &signs[sign], f->name[i], f->features);
    return OK;
}

enum err unread_check(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    struct arena_mark before = arena_mark(sc->mem);
    uint32_t         *has = arena_array(sc->mem, uint32_t, f->n + 1);
    enum err          e = has ? signs_find(sc, f->name, f->n, has)
                              : fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    for (size_t s = 0; !e && s < signs_n; s++)
        if (!signs[s].doubtful) e = check_sign(sc, p, f, s, has);
    arena_back(sc->mem, before);
    return e;
}

enum err unread_marks(struct scope *sc, const struct profile *p, str column, bool features)
{
    const struct sign *is = NULL;
    uint32_t           has;
    TRY(signs_find(sc, &column, 1, &has));
    for (size_t i = 0; i < signs_n && !is; i++)
        if (signs[i].doubtful && has >> i & 1) is = &signs[i];
    if (!is) return OK;
    str shown = str_slice(column, 0, 60);
    return fail(
        &sc->fault, ERR_INVALID,
        "nothing reads the %s \"%.*s\", all values of which are yes or no, and which may tell %s. Read it in "
        "a "
        "profile (\"%s\"), or, if you have looked and it protects nobody, write \"unread = %.*s\" into its "
        "[what]%.*s",
        features ? "property" : "column", STR(shown), is->tells, is->read, STR(shown),
        STR(unread_profile(sc, p)));
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
