// SPDX-License-Identifier: EUPL-1.2
#include "main/release.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "index/index.h"

enum { POLICY_MAX_BYTES = 1 << 20 };

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
    progress_begin(&progress, "publishing");
    for (uint64_t n = 0; publish_next(pub, &row); n++) {
        TRY(index_writer_add(sc, w, &row));
        if (n % 4096 == 0) progress_show(cli, &progress, n, -1);
    }
    progress_end(cli, &progress);
    TRY(publish_end(sc, pub, totals));
    return index_writer_commit(sc, w);
}

enum err release_make(struct cli *cli, struct store *st, const struct policy *p, struct release_result *out)
{
    struct scope         *sc = cli->sc;
    struct release_result result = { 0 };
    struct release_new    r;
    const struct run     *inputs;
    size_t                n_inputs;
    TRY(store_release_next(sc, st, &result.number));
    TRY(store_runs(sc, st, &inputs, &n_inputs));
    TRY(release_begin(sc, cli->dir, result.number, clock_system.now_s(), &r));
    for (enum tier t = TIER_PUBLIC; t < TIERS; t++)
        if (p->tier[t].given) TRY(make_tier(cli, st, p, t, &r, &result.totals[t]));
    TRY(release_commit(sc, cli->dir, &r, p, result.totals, inputs, n_inputs, &result.sha256));
    const struct publish_totals *open = &result.totals[TIER_PUBLIC];
    TRY(store_release_add(sc, st,
                          &(struct release_record){ .number = r.number,
                                                    .created_s = r.created_s,
                                                    .sha256 = result.sha256,
                                                    .policy = p->text,
                                                    .incidents = open->incidents,
                                                    .withheld = open->withheld + open->delayed }));
    *out = result;
    return OK;
}
