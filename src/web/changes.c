// SPDX-License-Identifier: EUPL-1.2
#include "web/changes.h"

#include "analysis/counts.h"
#include "base/arena.h"
#include "base/log.h"
#include "html/text.h"
#include "publish/release.h"

/// What was published, byte for byte, and about this release.
static enum err read_report(struct scope *sc, const char *data_dir, const struct release_note *r,
                            struct difference *out)
{
    const struct release_listed listed = { .name = S(RELEASE_DIFFERENCE), .sha256 = r->difference_sha256 };
    const struct release_papers papers = { .file = &listed, .n = 1 };
    str                         text;
    TRY(release_listed_read(sc, data_dir, r->number, &papers, RELEASE_DIFFERENCE, DIFFERENCE_MAX_BYTES,
                            &text));
    TRY(difference_read(sc, text, out));
    return out->release == (uint64_t)r->number
               ? OK
               : fail(&sc->fault, ERR_CORRUPT, "the report of release %lld is of another",
                      (long long)r->number);
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

static enum err change_of(struct scope *sc, const struct web *w, const struct release_note *r,
                          struct release_change *out)
{
    struct release_change c = { .note = *r, .is = CHANGE_TOLD };
    if (r->withdrawn) c.is = CHANGE_WITHDRAWN;
    else if (!r->difference_sha256.n) c.is = CHANGE_MISSING;
    if (c.is == CHANGE_TOLD) {
        enum err e = read_report(sc, w->config.data_dir, r, &c.report);
        if (!e) e = look_back(sc, w->config.data_dir, &c);
        if (e == ERR_NOMEM) return e;
        if (e) {
            c = (struct release_change){ .note = *r, .is = CHANGE_BROKEN };
            if (told_first(w->told, arena_printf(sc->mem, "%lld %s", (long long)r->number, sc->fault.text)))
                log_error("release.difference", log_i64("release", r->number),
                          log_cstr("why", sc->fault.text));
        }
    }
    *out = c;
    return OK;
}

enum err changes_asked(struct scope *sc, struct call *c, struct changes *out)
{
    const struct release_note *r;
    struct changes             all = { 0 };
    struct release_change     *of = arena_array(sc->mem, struct release_change, CHANGES_MAX);
    if (!of) return fail(&sc->fault, ERR_NOMEM, "no room for %d releases", CHANGES_MAX);
    TRY(releases_asked(sc, c, CHANGES_MAX, &r, &all.n, &all.pages));
    for (size_t i = 0; i < all.n; i++) TRY(change_of(sc, c->web, &r[i], &of[i]));
    all.of = of;
    *out = all;
    return OK;
}

str change_kind_label(enum language l, const struct difference_kind *k)
{
    return k->key.n ? label_in(k->label, l, k->key) : text_of(l, MSG_PAGE_CHANGES_SEVERAL);
}
