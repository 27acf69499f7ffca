// SPDX-License-Identifier: EUPL-1.2
#include "base/zone.h"
#include "main/cli.h"
#include "main/town_keys.h"
#include "store/store.h"
#include <stdio.h>

struct init_options {
    const char *name, *timezone, *lang;
};
static const struct option_row options[] = {
    OPTION(struct init_options, "--name", OPTION_TEXT, name, "NAME", "of the town, as the pages show it"),
    OPTION(struct init_options, "--timezone", OPTION_TEXT, timezone, "ZONE",
           "such as Europe/Kyiv (without it: UTC)"),
    OPTION(struct init_options, "--lang", OPTION_TEXT, lang, "LANG",
           "first language of the pages: uk, cs or en"),
};

static enum err init(struct cli *cli, const struct init_options *o)
{
    struct scope                       *sc = cli->sc;
    AUTO(store_closep) struct store    *st = NULL;
    AUTO(key_ring_wipe) struct key_ring keys = { 0 };
    struct store_settings s = { .name = str_of(o->name), .timezone = str_of(o->timezone), .lang = LANG_EN };
    if (!language_read(str_of(o->lang), &s.lang))
        return fail(&sc->fault, ERR_INVALID, "the pages speak uk, cs and en, not \"%s\"", o->lang);
    AUTO(zone_closep) struct zone *zone = NULL;
    TRY(zone_open(sc, s.timezone, &zone));
    TRY(store_create(sc, cli->dir, &s));
    TRY(store_open(sc, cli->dir, STORE_READ, &st));
    return town_keys(cli, st, NULL, &keys);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct init_options o = { .name = "hromada", .timezone = "UTC", .lang = "en" };
    const char        **rest;
    size_t              n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "init");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "init takes no \"%s\"; the folder is named by -D", rest[0]);
        return cli_usage(cli, "init");
    }
    enum err e = init(cli, &o);
    if (e) return cli_fail(cli, e);
    cli_say(cli, "A new, empty data folder is at %s. Next: hromada -D %s import FILE...", cli->dir, cli->dir);
    if (cli->json) puts("{\"created\":true}");
    return EXIT_DONE;
}

const struct command cmd_init = {
    .name = "init",
    .synopsis = "[--name NAME] [--timezone ZONE] [--lang LANG]",
    .summary = "makes a new data folder",
    .text = "Makes the folder named by -D, an empty database in it, and the key that will sign its releases. "
            "One town is one folder: to move a "
            "town to\n"
            "another machine, copy the folder; to start again, delete it.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
