// SPDX-License-Identifier: EUPL-1.2
#include "main/cli.h"
#include "main/own_files.h"
#include "store/store.h"
#include <stdio.h>

static enum err backup(struct cli *cli, const char *to)
{
    AUTO(store_closep) struct store *st = NULL;
    TRY(own_files_spare(cli->sc, cli->dir, to));
    TRY(store_open(cli->sc, cli->dir, STORE_READ, &st));
    return store_backup(cli->sc, st, to);
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char **rest;
    size_t       n;
    if (options_read(cli->sc, NULL, 0, argc, argv, NULL, &rest, &n)) return cli_usage(cli, "backup");
    if (n != 1) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "backup takes one file name, the copy to be made");
        return cli_usage(cli, "backup");
    }
    enum err e = backup(cli, rest[0]);
    if (e) return cli_fail(cli, e);
    cli_say(cli,
            "The database is copied to %s. To restore it, stop the server, put it in place of %s/hromada.db "
            "and remove "
            "hromada.db-wal, hromada.db-shm and hromada.db-journal beside it, if they are there; the next "
            "publication asks once "
            "what was "
            "published behind the copy. It holds the database alone: keep %s/releases, restricted, keys, "
            "policy.txt and your "
            "mapping files, too.",
            rest[0], cli->dir, cli->dir);
    if (cli->json) puts("{\"backup\":true}");
    return EXIT_DONE;
}

const struct command cmd_backup = {
    .name = "backup",
    .synopsis = "FILE",
    .summary = "copies the database consistently while the server runs",
    .text =
        "The copy is written beside FILE, synced to the disk and then renamed, so FILE is a whole backup "
        "or is not\n"
        "there. Releases are not in FILE, and none is made again: copy DIR/releases and DIR/restricted "
        "with it. Without\n"
        "them nothing is published from what is brought back until you say which number readers saw last. "
        "The\n"
        "key that signs them, DIR/keys/signing.key, is not in FILE: backups reach more hands than it "
        "should. Keep a "
        "copy of\n"
        "its own. Make a backup after each publication: one that does not know the newest release cannot "
        "be published\n"
        "from without loss. The copy is marked: brought back, it asks once what was published behind it, by\n"
        "hromada publish --older-database N, where 0 says that nothing was.",
    .run = run,
};
