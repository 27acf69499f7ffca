// SPDX-License-Identifier: EUPL-1.2
#include "import/missing.h"

#include "base/arena.h"
#include "model/category.h"
#include <stdio.h>

enum need {
    TOLD, // a missing column is told
    ANY,  // one of its columns must be there
    ALL,  // each of its columns must be there
};
static const struct use { // of columns, by a setting of the profile
    size_t      offset;
    enum need   need;
    const char *hangs;
    bool        judges; // all choices that hold a value, not the first alone
} uses[] = {
    { offsetof(struct profile, from), ANY, "the date" },
    { offsetof(struct profile, key), ALL, "what tells incidents apart" },
    { offsetof(struct profile, slice), ALL, "which part of the source a file replaces" },
    { offsetof(struct profile, category), ALL, "what happened" },
    { offsetof(struct profile, code), ALL, MISSING_CLASSES, true },
    { offsetof(struct profile, detail), ALL, MISSING_CLASSES, true },
    { offsetof(struct profile, to), TOLD, NULL },
    { offsetof(struct profile, lon), TOLD, NULL },
    { offsetof(struct profile, lat), TOLD, NULL },
    { offsetof(struct profile, pair), TOLD, NULL },
    { offsetof(struct profile, x), TOLD, NULL },
    { offsetof(struct profile, y), TOLD, NULL },
    { offsetof(struct profile, address), TOLD, NULL },
    { offsetof(struct profile, area), TOLD, NULL },
    { offsetof(struct profile, place), TOLD, NULL },
    { offsetof(struct profile, outcome), TOLD, NULL, true },
};

static const struct template *use_of(const struct profile *p, const struct use *u)
{
    const char *at = (const char *)p;
    return (const void *)(at + u->offset);
}

/// How often the best of the choices stands in the file.
static unsigned times_of(const struct template_part *part, const struct file_columns *f)
{
    unsigned best = 0;
    for (unsigned k = 0; k < part->n; k++)
        if (f->times[part->column[k]] > best) best = f->times[part->column[k]];
    return best;
}

/// A profile that is like another still knows the columns of settings that it has replaced: those are not read.
static uint64_t columns_read(const struct profile *p)
{
    uint64_t set = 0;
    for (size_t i = 0; i < COUNT(uses); i++) set |= template_columns(use_of(p, &uses[i]));
    for (int i = 0; i < FLAGS; i++) set |= template_columns(&flag_condition(p, (enum flag)i)->of);
    return set;
}

bool missing_reads(const struct profile *p, str name)
{
    uint64_t read = columns_read(p);
    for (size_t k = 0; k < p->columns.n; k++)
        if (read >> k & 1 && str_eq(p->columns.name[k], name)) return true;
    return false;
}

/// As template_columns, but of parts that have no choice.
static uint64_t columns_always(const struct template *t)
{
    uint64_t set = 0;
    for (unsigned i = 0; i < t->n; i++)
        if (t->part[i].n == 1) set |= (uint64_t)1 << t->part[i].column[0];
    return set;
}

void missing_choices(const struct profile *p, struct choices *out)
{
    uint64_t always = 0;
    *out = (struct choices){ 0 };
    for (int i = 0; i < FLAGS; i++) always |= template_columns(&flag_condition(p, (enum flag)i)->of);
    for (size_t i = 0; i < COUNT(uses); i++) {
        const struct template *t = use_of(p, &uses[i]);
        always |= uses[i].judges ? template_columns(t) : columns_always(t);
    }
    for (size_t i = 0; i < COUNT(uses); i++) {
        const struct template *t = use_of(p, &uses[i]);
        for (unsigned k = 0; !uses[i].judges && k < t->n; k++) {
            if (t->part[k].n < 2) continue;
            out->part[out->n++] = &t->part[k];
            for (unsigned c = 0; c < t->part[k].n; c++) out->columns |= (uint64_t)1 << t->part[k].column[c];
        }
    }
    for (size_t k = 0; k < p->columns.n; k++) {
        str  name = p->columns.name[k];
        bool passed =
            always >> k & 1 || str_eq(name, S("@lon")) || str_eq(name, S("@lat")) || str_eq(name, S("@file"));
        for (size_t i = 0; i < p->n_unread; i++) passed |= str_eq(p->unread[i], name);
        if (passed) out->columns &= ~((uint64_t)1 << k);
    }
}
_Static_assert(COUNT(uses) * TEMPLATE_MAX_PARTS <= CHOICES_MAX, "each part has a place");

static bool has_any(const struct template *t, const struct file_columns *f)
{
    bool asks = false;
    for (unsigned i = 0; i < t->n; i++) {
        asks |= t->part[i].n > 0;
        if (t->part[i].n && times_of(&t->part[i], f)) return true;
    }
    return !asks;
}

unsigned missing_untold(const struct profile *p, const struct file_columns *f)
{
    unsigned untold = 0;
    for (int i = 0; i < FLAGS; i++) {
        const struct condition *c = flag_condition(p, (enum flag)i);
        if (c->n && !has_any(&c->of, f)) untold |= 1u << i;
    }
    if (p->code_list && !has_any(&p->code, f)) untold |= UNTOLD_CODE;
    if (p->words && !has_any(&p->detail, f)) untold |= UNTOLD_DETAIL;
    return untold;
}

// -- which one is meant? ---------------------------------------------------------------------------------------------

enum like { UNLIKE, CLOSE, HOLDS, SAME_LETTERS };
enum { KEY_BYTES = 96, LEAST_LETTERS = 4 };

/// Letters and digits alone, small and without accents; words parted by '-'. Both ends are '-', so that words can be found.
static str letters_of(str name, char to[KEY_BYTES])
{
    to[0] = '-';
    size_t n = category_key(name, to + 1, KEY_BYTES - 2) + 1;
    to[n++] = '-';
    return (str){ to, n };
}

static bool same_letters(str a, str b)
{
    while (a.n || b.n) {
        if (a.n && *a.p == '-') a = str_slice(a, 1, a.n);
        else if (b.n && *b.p == '-') b = str_slice(b, 1, b.n);
        else if (!a.n || !b.n || *a.p != *b.p) return false;
        else a = str_slice(a, 1, a.n), b = str_slice(b, 1, b.n);
    }
    return true;
}

static enum like likeness(str wanted, str name)
{
    char a_room[KEY_BYTES], b_room[KEY_BYTES];
    str  a = letters_of(wanted, a_room), b = letters_of(name, b_room);
    if (a.n < 3 || b.n < 3) return UNLIKE; // no letter that can be compared
    if (same_letters(a, b)) return SAME_LETTERS;
    str shorter = a.n < b.n ? a : b, longer = a.n < b.n ? b : a;
    if (shorter.n - 2 < LEAST_LETTERS) return UNLIKE;
    if (str_has(longer, shorter)) return HOLDS;
    return str_distance(a, b) <= (shorter.n - 2 < 6 ? 1 : 2) ? CLOSE : UNLIKE;
}

/// The file's column that is most like one of the choices and is not read as something else.
static enum like nearest(const struct profile *p, const struct file_columns *f,
                         const struct template_part *part, str *out)
{
    enum like best = UNLIKE;
    for (size_t i = 0; i < f->n; i++) {
        bool own = missing_reads(p, f->name[i]);
        for (unsigned k = 0; k < part->n && !own; k++) {
            enum like l = likeness(p->columns.name[part->column[k]], f->name[i]);
            if (l > best) best = l, *out = f->name[i];
        }
    }
    return best;
}

// -- refusing ----------------------------------------------------------------------------------------------------------

static str names_of(struct scope *sc, const struct profile *p, const struct template_part *part)
{
    str all = { 0 };
    for (unsigned k = 0; k < part->n; k++) {
        str name = str_slice(p->columns.name[part->column[k]], 0, 60);
        if (name.n && *name.p == '@') continue; // not a column
        all = all.n ? arena_printf(sc->mem, "%.*s | %.*s", STR(all), STR(name)) : name;
    }
    return all.n ? all : p->columns.name[part->column[0]];
}

/// Can the names be read in the encoding that the profile says?
static bool is_legible(const struct file_columns *f)
{
    size_t bad;
    for (size_t i = 0; i < f->n; i++)
        if (!str_is_utf8(f->name[i], &bad) || str_has(f->name[i], S("\xEF\xBF\xBD"))) return false;
    return true;
}

static enum err refuse(struct scope *sc, const struct profile *p, const struct file_columns *f,
                       const struct template_part *part, const char *hangs, bool flag)
{
    const char *kind = f->features ? "property" : "column";
    str         name = names_of(sc, p, part), meant = { 0 };
    nearest(p, f, part, &meant);
    str maybe =
        meant.n ? arena_printf(sc->mem, "; is \"%.*s\" meant?", STR(str_slice(meant, 0, 60))) : S(".");
    str may_lack = { 0 };
    if (flag)
        may_lack = arena_printf(sc->mem, "; if the source does not tell it, write {%.*s : optional} there",
                                STR(str_slice(name, 0, 60)));
    if (!is_legible(f))
        return fail(
            &sc->fault, ERR_INVALID,
            "there is no %s \"%.*s\", from which is read %s. The names that the file has cannot be read in "
            "the encoding of the profile: write into its [format] encoding = windows-1250 for a file of "
            "Czech or Polish Windows, windows-1251 for one of Ukrainian, or another (hromada-profile(5))",
            kind, STR(str_slice(name, 0, 60)), hangs);
    return fail(
        &sc->fault, ERR_INVALID,
        "there is no %s \"%.*s\", from which is read %s%.*s Rename it in the file, or write the file's "
        "name for it into the profile%.*s",
        kind, STR(str_slice(name, 0, 60)), hangs, STR(maybe), STR(may_lack));
}

/// Of two columns of one name the first would be read, and nobody would look at the other.
static enum err check_twice(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    uint64_t read = columns_read(p);
    for (size_t k = 0; k < p->columns.n; k++)
        if (read >> k & 1 && f->times[k] > 1)
            return fail(
                &sc->fault, ERR_INVALID,
                "the %s \"%.*s\" stands twice, and the profile reads it: which of the two is meant is "
                "not told. Leave one in the file, or give the other another name",
                f->features ? "property" : "column", STR(str_slice(p->columns.name[k], 0, 60)));
    return OK;
}

static enum err check_date(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    char   there[240] = "";
    size_t at = 0;
    if (has_any(&p->from, f)) return OK;
    for (size_t i = 0; i < f->n && at < sizeof there; i++)
        at += (size_t)snprintf(there + at, sizeof there - at, "%s%.*s", i ? ", " : "", STR(f->name[i]));
    return fail(&sc->fault, ERR_INVALID,
                "it has none of the columns that the profile %.*s reads the date from; it has: %s",
                STR(p->source.key), there);
}

static enum err check_all(struct scope *sc, const struct profile *p, const struct file_columns *f,
                          const struct template *t, const char *hangs, bool flag)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *part = &t->part[i];
        if (part->n && !times_of(part, f) && !part->optional) return refuse(sc, p, f, part, hangs, flag);
    }
    return OK;
}

/// What may be missing, and seems to be there under another name: that is not for us to guess where it protects.
static enum err check_optional(struct scope *sc, const struct profile *p, const struct file_columns *f,
                               const struct template *t, const char *hangs, bool any_like)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *part = &t->part[i];
        str                         meant;
        if (!part->n || !part->optional || times_of(part, f)) continue;
        enum like l = nearest(p, f, part, &meant);
        if (l == SAME_LETTERS || (l && any_like)) return refuse(sc, p, f, part, hangs, false);
    }
    return OK;
}

/// Of features "@lon" and "@lat" are not properties, and are there.
static bool is_told(const struct profile *p, const struct file_columns *f, const struct template *t)
{
    bool point = false;
    for (unsigned i = 0; i < t->n && f->features; i++)
        for (unsigned k = 0; k < t->part[i].n; k++)
            point |= str_starts(p->columns.name[t->part[i].column[k]], S("@"));
    return point || has_any(t, f);
}

/// The first part that is a column.
static const struct template_part *column_part(const struct template *t)
{
    unsigned i = 0;
    while (i < t->n && !t->part[i].n) i++;
    return i < t->n ? &t->part[i] : NULL;
}

/// A renamed column of coordinates would take every incident off the map in silence: one of the profile's ways of telling a
/// point is whole, or the source may lack it and no part of it is there.
static enum err check_point(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    const struct template none = { 0 };
    const struct template *const ways[][2] = { { &p->lon, &p->lat },
                                               { &p->pair, &none },
                                               { &p->x, &p->y },
                                               { p->geocode.n ? &p->address : &none, &none } };
    const struct template_part  *missing = NULL;
    for (size_t w = 0; w < COUNT(ways); w++) {
        bool told[2] = { is_told(p, f, ways[w][0]), is_told(p, f, ways[w][1]) };
        bool half = told[0] != told[1] && ways[w][1]->n;
        if (!ways[w][0]->n) continue;
        if (told[0] && told[1]) return OK;
        for (int i = 0; i < 2; i++) {
            const struct template_part *part = told[i] ? NULL : column_part(ways[w][i]);
            str                         meant;
            if (!part || (part->optional && !half && nearest(p, f, part, &meant) != SAME_LETTERS)) continue;
            if (!missing) missing = part;
        }
    }
    return missing ? refuse(sc, p, f, missing, "where it happened", true) : OK;
}

enum err missing_check(struct scope *sc, const struct profile *p, const struct file_columns *f)
{
    TRY(check_twice(sc, p, f));
    TRY(check_date(sc, p, f));
    for (size_t i = 0; i < COUNT(uses); i++)
        if (uses[i].need == ALL) {
            TRY(check_all(sc, p, f, use_of(p, &uses[i]), uses[i].hangs, false));
            TRY(check_optional(sc, p, f, use_of(p, &uses[i]), uses[i].hangs, false));
        }
    for (int i = 0; i < FLAGS; i++) {
        const struct condition *c = flag_condition(p, (enum flag)i);
        TRY(check_all(sc, p, f, &c->of, flag_rules[i].hangs, true));
        TRY(check_optional(sc, p, f, &c->of, flag_rules[i].hangs, flag_rules[i].protects));
    }
    return check_point(sc, p, f);
}

// -- telling -----------------------------------------------------------------------------------------------------------

static enum err list_template(struct scope *sc, const struct profile *p, const struct file_columns *f,
                              const struct template *t, struct missing_column *list, size_t *n)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct template_part *part = &t->part[i];
        if (!part->n || times_of(part, f)) continue;
        struct missing_column m = { .column = names_of(sc, p, part), .optional = part->optional };
        size_t                at = 0;
        if (!m.column.p) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
        while (at < *n && !str_eq(list[at].column, m.column)) at++;
        if (at < *n || *n == COLUMNS_MAX) continue;
        nearest(p, f, part, &m.meant);
        if (m.meant.n) m.meant = arena_str(sc->mem, m.meant);
        list[(*n)++] = m;
    }
    return OK;
}

enum err missing_list(struct scope *sc, const struct profile *p, const struct file_columns *f,
                      const struct missing_column **out, size_t *n)
{
    struct missing_column *list = arena_array(sc->mem, struct missing_column, COLUMNS_MAX);
    if (!list) return fail(&sc->fault, ERR_NOMEM, "no room for the names of columns");
    *n = 0;
    bool empty = f->features && !f->n; // no feature, so nothing is known of their properties
    for (size_t i = 0; !empty && i < COUNT(uses); i++)
        TRY(list_template(sc, p, f, use_of(p, &uses[i]), list, n));
    for (int i = 0; !empty && i < FLAGS; i++) {
        const struct condition *c = flag_condition(p, (enum flag)i);
        TRY(list_template(sc, p, f, &c->of, list, n));
    }
    *out = list;
    return OK;
}
