// SPDX-License-Identifier: EUPL-1.2
#include "main/difference.h"

#include "analysis/difference.h"
#include "base/arena.h"
#include "base/file.h"
#include "index/index.h"

#define MAX_MEMORY ((size_t)1 << 29)

/// What there is to compare with, and why not.
static enum err look(struct scope *sc, const char *dir, struct difference *out)
{
    static const enum difference_none none[] = { [RELEASE_ABSENT] = DIFFERENCE_LOST,
                                                 [RELEASE_WHOLE] = DIFFERENCE_THERE,
                                                 [RELEASE_RETIRED] = DIFFERENCE_LOST,
                                                 [RELEASE_WITHDRAWN] = DIFFERENCE_WITHDRAWN };
    struct release_fate               fate;
    int64_t                           current = 0;
    enum err                          e = release_current(sc, dir, &current);
    out->none = e == ERR_NOTFOUND ? DIFFERENCE_FIRST : DIFFERENCE_UNREADABLE;
    if (e == ERR_NOTFOUND || e == ERR_CORRUPT) return OK;
    TRY(e);
    TRY(release_fate(sc, dir, current, &fate));
    out->before = (uint64_t)current;
    out->none = none[fate.is];
    return OK;
}

static bool is_same(const struct difference *d)
{
    bool same =
        d->places && d->times && d->outcomes && !d->n_months && !d->n_halves && !d->added.n && !d->removed.n;
    for (int part = 0; part < DIFFERENCE_PARTS; part++) {
        const struct told *t = &d->part[part];
        for (int i = 0; i < TOLD_COLUMNS; i++) same = same && t->any && !t->total.n[i];
    }
    return same;
}

/// Written before the files are closed, from which the names of kinds are borrowed.
static enum err compare(struct scope *sc, const char *dir, const struct release_new *r,
                        const struct policy *p, int64_t before, struct buf *to, int64_t *same)
{
    AUTO(index_closep) struct index *old = NULL, *new = NULL;
    const char                      *was, *is;
    str                              policy;
    struct difference                d;
    TRY(release_index_path(sc, dir, before, TIER_PUBLIC, &was));
    TRY(path_join(sc, r->public_dir, "public.index", &is));
    TRY(index_open(sc, was, &old));
    TRY(index_open(sc, is, &new));
    if (index_info(old)->release != (uint64_t)before)
        return fail(&sc->fault, ERR_CORRUPT, "%s is of another release", was);
    TRY(index_verify(sc, old)); // a damaged one would give wrong figures
    TRY(release_policy_text(sc, dir, before, &policy));
    TRY(difference_of(sc, old, new, DIFFERENCE_HELD, &d));
    TRY(difference_of_policies(sc, policy, p->text, &d));
    difference_write(to, &d);
    if (is_same(&d)) *same = before;
    return buf_end(sc, to);
}

static enum err make(struct scope *sc, const char *dir, const struct release_new *r, const struct policy *p,
                     int64_t *same)
{
    struct difference         d = { .release = (uint64_t)r->number };
    AUTO(buf_free) struct buf text;
    const char               *path;
    buf_init(&text, DIFFERENCE_MAX_BYTES);
    TRY(look(sc, dir, &d));
    enum err e = d.none ? OK : compare(sc, dir, r, p, (int64_t)d.before, &text, same);
    if (e == ERR_NOMEM) return e;
    if (e) {
        cli_warn("there will be no report of differences, since release %lld cannot be read: %s",
                 (long long)d.before, sc->fault.text);
        d.none = DIFFERENCE_UNREADABLE;
    }
    if (d.none) difference_write(&text, &d);
    TRY(buf_end(sc, &text));
    TRY(path_join(sc, r->public_dir, RELEASE_DIFFERENCE, &path));
    return file_replace(sc, path, buf_str(&text));
}

enum err difference_make(struct cli *cli, const struct release_new *r, const struct policy *p, int64_t *same)
{
    *same = 0;
    if (!p->tier[TIER_PUBLIC].given) return OK;
    struct scope own = { .mem = arena_open(MAX_MEMORY) };
    enum err     e = own.mem ? make(&own, cli->dir, r, p, same)
                             : fail(&own.fault, ERR_NOMEM, "no room to compare two releases");
    if (e) cli->sc->fault = own.fault;
    arena_close(own.mem);
    return e;
}
