// SPDX-License-Identifier: EUPL-1.2
#include "import/unread.h"

#include "base/arena.h"
#include "import/signs.h"
#include "model/category.h"

str unread_profile(struct scope *sc, const struct profile *p)
{
    struct scope          try = { .mem = sc->mem };
    const struct profile *is = NULL;
    if (p->path.n) return arena_printf(sc->mem, "; the profile is %.*s", STR(p->path));
    if (profile_find(&try, p->source.key, &is)) return S("");
    return arena_printf(sc->mem, ": %.*s", STR(profile_own(sc, p)));
}

bool unread_surnames(str column)
{
    static const char *const names[] = { "surname",  "last name", "lastname", "příjmení",
                                         "прізвище", "фамилия",   "nachname" };
    char                     is[64], name[64];
    if (2 * column.n + 2 > sizeof is || !category_key_is_whole(column)) return false;
    str key = { is, category_key(column, is, sizeof is) };
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t n = category_key(str_of(names[i]), name, sizeof name);
        if (str_eq((str){ name, n }, key)) return true;
    }
    return false;
}

bool unread_watches(const struct profile *p, str column)
{
    if (missing_reads(p, column)) return false;
    for (size_t i = 0; i < p->n_unread; i++)
        if (str_eq(p->unread[i], column)) return false;
    return true;
}

// -- refusals -----------------------------------------------------------------------------------------------------------

static str line_of(struct scope *sc, const struct reading *read, str column)
{
    AUTO(buf_free) struct buf b;
    str                       rest = str_of(read->line), part;
    buf_init(&b, 4096);
    while (str_cut(&rest, '{', &part)) {
        buf_add(&b, part);
        if (rest.p) buf_printf(&b, "{%.*s", STR(column));
    }
    return arena_str(sc->mem, buf_str(&b));
}

static bool whole(const struct suspect *s)
{
    return s->sentence.p && s->cure.p && s->brief.p;
}

/// subject: "the profile does not read", what: how the file shows it, empty or a clause behind the name.
static enum err suspect_of(struct scope *sc, str column, bool features, const char *subject, const char *what,
                           const char *tells, const struct reading *read, struct suspect *out)
{
    *out = (struct suspect){
        .column = column,
        .sentence =
            arena_printf(sc->mem, "%s the %s \"%.*s\", %swhich may tell %s", subject,
                         features ? "property" : "column", STR(str_slice(column, 0, 60)), what, tells),
        .cure = arena_printf(sc->mem, "Read it there (\"%.*s\")",
                             STR(line_of(sc, read, str_slice(column, 0, 60)))),
        .brief = arena_printf(sc->mem, "%s: %s", tells, read->setting),
    };
    return whole(out) ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
}

enum err unread_words(struct scope *sc, str column, str subject, str found, str brief, bool damaged,
                      struct suspect *out)
{
    str shown = str_slice(column, 0, 60);
    *out = (struct suspect){
        .column = column,
        .sentence = arena_printf(sc->mem, "%.*s, and %.*s", STR(subject), STR(found)),
        .cure = damaged ? S("Have the file made anew")
                        : arena_printf(sc->mem, "Read it in a profile (\"%.*s\")",
                                       STR(line_of(sc, &sign_words, shown))),
        .brief = arena_printf(sc->mem, "%.*s%s", STR(brief), damaged ? "" : ": detail"),
    };
    return whole(out) ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
}

/// The line that names them, and those that the profile names already, since it may have one such line.
static void add_line(struct buf *b, const struct profile *p, const struct suspect *s, size_t n)
{
    enum { OLD_BYTES = 200 };
    size_t old = 0;
    for (size_t i = 0; i < p->n_unread; i++) old += p->unread[i].n + 3;
    bool more = old > OLD_BYTES;
    buf_add(b, more ? S("add \"") : S("write \"unread ="));
    for (size_t i = 0; i < p->n_unread && !more; i++)
        buf_printf(b, "%s %.*s", i ? " |" : "", STR(p->unread[i]));
    for (size_t i = 0; i < n; i++) buf_printf(b, "%s %.*s", i || p->n_unread ? " |" : "", STR(s[i].column));
    buf_add(b, more ? S("\" to the line \"unread\" of the profile's [what]")
                    : S("\" into the profile's [what]"));
    if (p->n_unread && !more) buf_add(b, S(" in place of its line \"unread\""));
}

/// Those that have one thing in common stand together.
static void add_list(struct buf *b, const struct suspect *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n || !str_eq(s[i].brief, s[i + 1].brief);
        buf_printf(b, "\"%.*s\"", STR(str_slice(s[i].column, 0, 60)));
        if (last) buf_printf(b, " (%.*s)", STR(s[i].brief));
        if (i + 1 < n) buf_add(b, last ? S("; ") : S(", "));
    }
}

static void add_refusal(struct buf *b, const struct profile *p, bool features, const struct suspect *s,
                        size_t n, size_t all)
{
    if (all == 1) buf_printf(b, "%.*s. %.*s", STR(s->sentence), STR(s->cure));
    else {
        buf_printf(b, "nothing reads %zu %s that may protect: ", all, features ? "properties" : "columns");
        add_list(b, s, n);
        if (n < all) buf_printf(b, "; and %zu more, which are told once these are settled", all - n);
        buf_add(b, S(". Read them by these settings"));
    }
    buf_printf(b, ", or, if you have looked and %s nobody, ", all == 1 ? "it protects" : "they protect");
    add_line(b, p, s, n);
}

enum err unread_refuse(struct scope *sc, const struct profile *p, bool features, const struct suspect *s,
                       size_t n)
{
    enum {
        ROOM = sizeof sc->fault.text - 260
    }; // before it the path of the file, and what was imported before it
    AUTO(buf_free) struct buf b;
    str                       profile = unread_profile(sc, p);
    size_t                    told = n;
    buf_init(&b, 1 << 20);
    for (add_refusal(&b, p, features, s, told, n); b.n + profile.n > ROOM && told > 1;) {
        buf_reset(&b);
        add_refusal(&b, p, features, s, --told, n);
    }
    return fail(&sc->fault, ERR_INVALID, "%.*s%.*s", STR(buf_str(&b)), STR(profile));
}

static enum err list_names(struct scope *sc, const struct profile *p, const struct file_columns *f,
                           const uint32_t *has, struct suspect *list, size_t *n)
{
    for (size_t s = 0; s < signs_n; s++)
        for (size_t i = 0; i < f->n && !signs[s].doubtful; i++) {
            bool first = !(has[i] & ((1u << s) - 1)); // of its signs: it is told once
            if (!(has[i] >> s & 1) || !first || !unread_watches(p, f->name[i])) continue;
            TRY(suspect_of(sc, f->name[i], f->features, "the profile does not read", "", signs[s].tells,
                           signs[s].read, &list[(*n)++]));
        }
    return OK;
}

enum err unread_check(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    struct arena_mark before = arena_mark(sc->mem);
    uint32_t         *has = arena_array(sc->mem, uint32_t, f->n + 1);
    struct suspect   *list = arena_array(sc->mem, struct suspect, f->n + 1);
    size_t            n = 0;
    enum err          e = has && list ? signs_find(sc, f->name, f->n, has)
                                      : fail(&sc->fault, ERR_NOMEM, "no room for the signs of columns");
    if (!e) e = list_names(sc, p, f, has, list, &n);
    if (!e && n) e = unread_refuse(sc, p, f->features, list, n);
    arena_back(sc->mem, before);
    return e;
}

enum err unread_marks(struct scope *sc, str column, bool features, struct suspect *out, bool *is)
{
    const struct sign *sign = NULL;
    uint32_t           has;
    TRY(signs_find(sc, &column, 1, &has));
    for (size_t i = 0; i < signs_n && !sign; i++)
        if (signs[i].doubtful && has >> i & 1) sign = &signs[i];
    *is = sign != NULL;
    if (!sign) return OK;
    return suspect_of(sc, column, features, "nothing reads", "all values of which are yes or no, and ",
                      sign->tells, sign->read, out);
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
