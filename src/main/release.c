// SPDX-License-Identifier: EUPL-1.2
#include "main/release.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "index/index.h"

enum err release_policy(struct scope *sc, const char *dir, const char *path, struct policy *out)
{
    str text = policy_default();
    if (path) TRY(file_read(sc, path, POLICY_MAX_BYTES, &text));
    else {
        const char *own;
        TRY(path_join(sc, dir, "policy.txt", &own));
        enum err e = file_read(sc, own, POLICY_MAX_BYTES, &text);
        if (e && e != ERR_NOTFOUND) return e;
        path = e ? "the built-in policy" : own;
    }
    enum err e = policy_read(sc, text, out);
    return e ? fail_at(&sc->fault, "%s", path) : OK;
}

static enum err make_tier(struct cli *cli, struct store *st, const struct policy *p, enum tier tier,
                          const struct release_new *r, struct publish_totals *totals)
{
    struct scope                                  *sc = cli->sc;
    AUTO(publish_closep) struct publisher         *pub = NULL;
    AUTO(index_writer_closep) struct index_writer *w = NULL;
    TRY(publish_open(sc, st, p, tier, r->number, r->created_s, &pub));
    const struct release_info *info = publish_info(pub);
    str path = arena_printf(sc->mem, "%s/%.*s.index", tier == TIER_PUBLIC ? r->public_dir : r->restricted_dir,
                            STR(info->tier));
    if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    TRY(index_writer_open(sc, path.p, info, &w));
    struct progress    progress;
    struct release_row row;
    progress_begin(&progress);
    for (uint64_t n = 0; publish_next(pub, &row); n++) {
        TRY(index_writer_add(sc, w, &row));
        if (n % 4096 == 0) progress_show(cli, &progress, "publishing", n, -1);
    }
    progress_end(cli, &progress);
    TRY(publish_end(sc, pub, totals));
    return index_writer_commit(sc, w);
}

/// Behind the last one that the store knows and the last one on the disk: a kill between the two leaves them apart.
static enum err next_number(struct cli *cli, struct store *st, int64_t *out)
{
    int64_t *on_disk;
    size_t   n;
    TRY(store_release_next(cli->sc, st, out));
    TRY(release_list(cli->sc, cli->dir, &on_disk, &n));
    if (n && on_disk[n - 1] >= *out) *out = on_disk[n - 1] + 1;
    return OK;
}

static enum err inputs_of(struct scope *sc, struct store *st, struct run **out, size_t *n)
{
    const struct run_record *record;
    TRY(store_runs(sc, st, 0, &record, n));
    struct run *run = arena_array(sc->mem, struct run, *n + 1);
    if (!run) return fail(&sc->fault, ERR_NOMEM, "no room for the list of imports");
    for (size_t i = 0; i < *n; i++) run[i] = record[i].run;
    *out = run;
    return OK;
}

/// *out is filled as soon as the release is public.
static enum err make_all(struct cli *cli, struct store *st, const struct policy *p,
                         struct release_result *out)
{
    struct scope         *sc = cli->sc;
    struct release_result result = { 0 };
    struct release_new    r;
    struct run           *inputs;
    size_t                n_inputs;
    TRY(next_number(cli, st, &result.number));
    TRY(inputs_of(sc, st, &inputs, &n_inputs));
    TRY(release_begin(sc, cli->dir, result.number, clock_system.now_s(), &r));
    for (enum tier t = TIER_PUBLIC; t < TIERS; t++)
        if (p->tier[t].given) TRY(make_tier(cli, st, p, t, &r, &result.totals[t]));
    TRY(release_commit(sc, cli->dir, &r, p, result.totals, inputs, n_inputs, &result.sha256));
    *out = result;
    const struct publish_totals *open = &result.totals[TIER_PUBLIC];
    const struct release_record  record = {
         .number = r.number,
         .created_s = r.created_s,
         .sha256 = result.sha256,
         .policy = p->text,
         .incidents = open->incidents,
         .withheld = open->withheld + open->delayed,
    };
    return store_release_add(sc, st, &record);
}

enum err release_make(struct cli *cli, struct store *st, const struct policy *p, struct release_result *out)
{
    struct release_result made = { 0 };
    TRY(store_begin(cli->sc, st)); // all tiers see one state of the store
    enum err e = make_all(cli, st, p, &made);
    if (!e) e = store_commit(cli->sc, st);
    else store_rollback(st);
    if (e && made.number)
        return fail_at(&cli->sc->fault,
                       "release %lld is public, and only the database could not write it down",
                       (long long)made.number);
    TRY(e);
    *out = made;
    return OK;
}
