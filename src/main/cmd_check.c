// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "index/index.h"
#include "main/cli.h"
#include "publish/release.h"
#include "store/store.h"
#include <inttypes.h>
#include <stdio.h>

struct check_counts {
    uint64_t incidents;
    size_t   releases;
};

static enum err check_index(struct scope *sc, const char *dir, int64_t number, enum tier tier)
{
    AUTO(index_closep) struct index *ix = NULL;
    const char                      *path;
    TRY(release_index_path(sc, dir, number, tier, &path));
    enum err e = index_open(sc, path, &ix);
    if (e == ERR_NOTFOUND && tier != TIER_PUBLIC) return OK; // the policy named no such tier
    if (e) return e;
    e = index_verify(sc, ix);
    return e ? fail_at(&sc->fault, "%s", path) : OK;
}

static enum err check(struct cli *cli, struct check_counts *out, str *report)
{
    struct scope                    *sc = cli->sc;
    AUTO(store_closep) struct store *st = NULL;
    int64_t                         *number;
    struct store_counts              counts;
    TRY(store_open(sc, cli->dir, STORE_READ, &st));
    TRY(store_check(sc, st, report));
    TRY(store_counts_get(sc, st, &counts));
    out->incidents = counts.incidents;
    TRY(release_list(sc, cli->dir, &number, &out->releases));
    for (size_t i = 0; i < out->releases; i++) {
        struct arena_mark mark = arena_mark(sc->mem);
        TRY(release_verify(sc, cli->dir, number[i]));
        for (enum tier t = TIER_PUBLIC; t < TIERS; t++) TRY(check_index(sc, cli->dir, number[i], t));
        arena_back(sc->mem, mark);
    }
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char **rest;
    size_t       n;
    if (options_read(cli->sc, NULL, 0, argc, argv, NULL, &rest, &n)) return cli_usage(cli, "check");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "check takes no \"%s\"", rest[0]);
        return cli_usage(cli, "check");
    }
    struct check_counts counts = { 0 };
    str                 report = { 0 };
    enum err            e = check(cli, &counts, &report);
    if (report.n) fprintf(stderr, "%.*s", STR(report));
    if (e) return cli_fail(cli, e);
    if (cli->json)
        printf("{\"incidents\":%" PRIu64 ",\"releases\":%zu}\n", counts.incidents, counts.releases);
    cli_say(cli, "All is well: %" PRIu64 " incidents in the database, %zu releases; every checksum is right.",
            counts.incidents, counts.releases);
    return EXIT_DONE;
}

const struct command cmd_check = {
    .name = "check",
    .synopsis = "",
    .summary = "verifies everything that can be verified",
    .text = "Reads the whole database (integrity, references, totals of every import) and every release "
            "(hash of each\n"
            "file, checksum of each section). Changes nothing, and may run while the server does.",
    .run = run,
};
