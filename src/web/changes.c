// SPDX-License-Identifier: EUPL-1.2
#include "web/changes.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "html/text.h"
#include "publish/release.h"
#include "seal/hash.h"
#include "web/form.h"

/// What was published, byte for byte, and about this release.
static enum err read_report(struct scope *sc, const char *data_dir, const struct release_note *r,
                            struct difference *out)
{
    str path = arena_printf(sc->mem, "%s/releases/%lld/" RELEASE_DIFFERENCE, data_dir, (long long)r->number);
    str text, sha256;
    if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    TRY(file_read(sc, path.p, DIFFERENCE_MAX_BYTES, &text));
    TRY(hash_sha256(sc, text, &sha256));
    if (!str_eq(sha256, r->difference_sha256))
        return fail(&sc->fault, ERR_CORRUPT, "%s is not what was published", path.p);
    TRY(difference_read(sc, text, out));
    return out->release == (uint64_t)r->number
               ? OK
               : fail(&sc->fault, ERR_CORRUPT, "%s is of another release", path.p);
}

/// Nothing is told of what a withdrawn release held, also where that is not to be found out.
static enum err look_back(struct scope *sc, const char *data_dir, struct release_change *c)
{
    struct release_fate f;
    if (!c->report.before) return OK;
    TRY(release_fate(sc, data_dir, (int64_t)c->report.before, &f));
    if (f.is != RELEASE_WITHDRAWN || c->report.none) return OK;
    c->report = (struct difference){ .release = c->report.release, .before = c->report.before };
    c->is = CHANGE_TAKEN_BACK;
    c->since_s = f.since_s;
    return OK;
}

static enum err change_of(struct scope *sc, const char *data_dir, const struct release_note *r,
                          struct release_change *out)
{
    struct release_change c = { .note = *r, .is = CHANGE_TOLD };
    if (r->withdrawn) c.is = CHANGE_WITHDRAWN;
    else if (!r->difference_sha256.n) c.is = CHANGE_MISSING;
    if (c.is == CHANGE_TOLD) {
        enum err e = read_report(sc, data_dir, r, &c.report);
        if (!e) e = look_back(sc, data_dir, &c);
        if (e == ERR_NOMEM) return e;
        if (e) {
            c = (struct release_change){ .note = *r, .is = CHANGE_BROKEN };
            log_error("release.difference", log_i64("release", r->number), log_cstr("why", sc->fault.text));
        }
    }
    *out = c;
    return OK;
}

enum err changes_read(struct scope *sc, const char *data_dir, int64_t before, struct changes *out)
{
    const struct release_note *r;
    size_t                     n, i = 0;
    struct changes             all = { 0 };
    struct release_change     *c = arena_array(sc->mem, struct release_change, CHANGES_MAX);
    if (!c) return fail(&sc->fault, ERR_NOMEM, "no room for %d releases", CHANGES_MAX);
    TRY(releases_read(sc, data_dir, &r, &n));
    while (before && i < n && r[i].number >= before) i++;
    for (; i < n && all.n < CHANGES_MAX; i++) TRY(change_of(sc, data_dir, &r[i], &c[all.n++]));
    if (i < n) all.older = c[all.n - 1].note.number;
    all.of = c;
    *out = all;
    return OK;
}

enum err changes_asked(struct scope *sc, struct call *c, struct changes *out)
{
    struct {
        int64_t before;
    } q = { 0 };
    static const struct field fields[] = {
        { "before", IN_QUERY, F_INT, 0, .min = 1, .max = INT64_MAX },
    };
    TRY(form_read(sc, c, fields, COUNT(fields), NULL, &q));
    return changes_read(sc, c->web->config.data_dir, q.before, out);
}

str change_kind_label(enum language l, const struct difference_kind *k)
{
    return k->key.n ? label_in(k->label, l, k->key) : text_of(l, MSG_PAGE_CHANGES_SEVERAL);
}
