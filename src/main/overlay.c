// SPDX-License-Identifier: EUPL-1.2
#include "main/overlay.h"

#include "base/arena.h"
#include "base/buf.h"
#include "index/index.h"
#include "publish/release.h"
#include <string.h>

/// Of a release whose files are gone the database has the policy. One that cannot be read any more may have had any.
static bool had_public(struct cli *cli, const struct release_record *r)
{
    struct scope  try = { .mem = cli->sc->mem };
    struct policy p;
    return policy_read(&try, r->policy, &p) || p.tier[TIER_PUBLIC].given;
}

/// The newest release with a public tier that was not withdrawn and whose index is there; where there is no such index at all, the
/// newest that the database knows, and *ix stays NULL. Number 0: none.
static enum err last_public(struct cli *cli, struct store *st, struct release_record *out, struct index **ix)
{
    const struct release_record *record;
    struct release_record        told = { 0 };
    size_t                       n;
    *out = (struct release_record){ 0 };
    TRY(store_releases(cli->sc, st, &record, &n));
    while (n-- > 0 && !out->number) {
        struct scope        try = { .mem = cli->sc->mem };
        const char         *path;
        struct release_fate f;
        TRY(release_fate(cli->sc, cli->dir, record[n].number, &f));
        if (f.is == RELEASE_WITHDRAWN) continue;
        if (!told.number && had_public(cli, &record[n])) told = record[n];
        if (release_index_path(&try, cli->dir, record[n].number, TIER_PUBLIC, &path)) continue;
        if (!index_open(&try, path, ix)) *out = record[n];
    }
    if (!out->number) *out = told;
    return OK;
}

static bool same_area(const struct release_area *a, const struct release_area *b)
{
    return str_eq(a->code, b->code) && a->n_points == b->n_points && a->n_rings == b->n_rings &&
           (!a->n_points || !memcmp(a->point, b->point, a->n_points * sizeof *a->point)) &&
           (!a->n_rings || !memcmp(a->ring_end, b->ring_end, a->n_rings * sizeof *a->ring_end));
}

static bool same_people(const struct release_area *a, const struct release_area *b)
{
    bool same = a->n_figures == b->n_figures;
    for (size_t i = 0; same && i < a->n_figures; i++)
        same =
            a->figures[i].year == b->figures[i].year && a->figures[i].population == b->figures[i].population;
    return same;
}

static bool same_sets(const struct release_info *a, const struct release_info *b, bool people)
{
    bool same = a->n_sets == b->n_sets;
    for (size_t k = 0; same && k < a->n_sets; k++) {
        const struct release_set *x = &a->sets[k], *y = &b->sets[k];
        same = str_eq(x->key, y->key) && x->n == y->n;
        for (size_t i = 0; same && i < x->n; i++)
            same =
                same_area(&x->areas[i], &y->areas[i]) && (!people || same_people(&x->areas[i], &y->areas[i]));
    }
    return same;
}

static bool same_rule(const struct policy *a, const struct policy *b)
{
    const struct region_rule *x = &a->regions, *y = &b->regions;
    return x->by == y->by && x->least == y->least && str_eq(x->set, y->set) && str_eq(x->file, y->file);
}

static bool same_anchors(const struct policy *a, const struct policy *b)
{
    const struct tier_policy *x = &a->tier[TIER_PUBLIC], *y = &b->tier[TIER_PUBLIC];
    return x->anchor_grid_m == y->anchor_grid_m && x->exact == y->exact &&
           str_eq(x->anchor_file, y->anchor_file);
}

/// What differs, as a list of words; empty: nothing. was: NULL when the text of its policy cannot be read any more. old: NULL when
/// its index is gone; then its sets of areas are not known.
static str differences(struct scope *sc, const struct policy *was, const struct policy *is,
                       const struct release_info *old, const struct release_info *new)
{
    AUTO(buf_free) struct buf b;
    bool                      people = is->regions.by == REGION_INHABITANTS;
    const char               *comma = "";
    buf_init(&b, 400);
    if (old && (old->anchor_level != new->anchor_level ||
                (was && !str_eq(was->tier[TIER_PUBLIC].anchor_file, is->tier[TIER_PUBLIC].anchor_file)))) {
        buf_printf(&b, "its grid or list of anchors (cells of %u m, now %u m)", old->anchor_m, new->anchor_m);
        comma = ", ";
    }
    if (!old && was && !same_anchors(was, is)) {
        buf_printf(&b, "its grid or list of anchors, by its policy");
        comma = ", ";
    }
    if (!was || !same_rule(was, is)) {
        buf_printf(&b, "%s%s", comma, was ? "\"regions least\"" : "a policy that cannot be read any more");
        comma = ", ";
    }
    if (old && !same_sets(old, new, people))
        buf_printf(&b, "%sits sets of areas or their borders (%zu sets, now %zu)", comma, old->n_sets,
                   new->n_sets);
    return b.failed ? S("its regions") : arena_str(sc->mem, buf_str(&b));
}

enum err overlay_check(struct cli *cli, struct store *st, const struct policy *p, const char *path,
                       int64_t given)
{
    AUTO(index_closep) struct index *old = NULL, *new = NULL;
    struct scope                     try = { .mem = cli->sc->mem };
    struct release_record            last;
    struct policy                    was;
    str                              what = { 0 };
    TRY(last_public(cli, st, &last, &old));
    if (last.number) {
        TRY(index_open(cli->sc, path, &new));
        bool read = !policy_read(&try, last.policy, &was);
        what = differences(cli->sc, read ? &was : NULL, p, old ? index_info(old) : NULL, index_info(new));
    }
    if (given && (given != last.number || !what.n))
        return fail(
            &cli->sc->fault, ERR_INVALID,
            "release %lld is not the one that is public, or has the same regions: nothing was published "
            "without --other-regions being right",
            (long long)given);
    if (given || !what.n) return OK;
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "release %lld is public and was made by other regions: %.*s. Who lays the one over the other can "
        "place "
        "an incident in less than either tells, down to a single house: nothing was published. Keep them as "
        "they were; or withdraw that release first; or, if that is meant, publish with --other-regions %lld "
        "(see BORDERS THAT MOVE in hromada-policy(5))",
        (long long)last.number, STR(what), (long long)last.number);
}
