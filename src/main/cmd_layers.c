// SPDX-License-Identifier: EUPL-1.2
#include "import/layers.h"
#include "main/cli.h"
#include <inttypes.h>
#include <stdio.h>

struct layer_words {
    const char *kind, *key, *licence, *name, *class;
};
static const struct option_row options[] = {
    OPTION(struct layer_words, "--kind", OPTION_TEXT, kind, "KIND",
           "street, water, green, building or place"),
    OPTION(struct layer_words, "--key", OPTION_TEXT, key, "KEY", "when there are several of a kind"),
    OPTION(struct layer_words, "--licence", OPTION_TEXT, licence, "TEXT", "under which it may be shown"),
    OPTION(struct layer_words, "--name", OPTION_TEXT, name, "FIELD", "property with the name (name)"),
    OPTION(struct layer_words, "--class", OPTION_TEXT, class, "FIELD",
           "property with the class (class), such as primary, minor, lake"),
};

static enum err import(struct cli *cli, const struct layer_words *w, const char *path)
{
    AUTO(store_closep) struct store *st = NULL;
    struct layers_options            o = { .key = str_of(w->key),
                                           .kind = str_of(w->kind),
                                           .licence = str_of(w->licence),
                                           .name = str_of(w->name),
                                           .class = str_of(w->class) };
    struct layers_report             r;
    TRY(store_open(cli->sc, cli->dir, STORE_WRITE, &st));
    TRY(layers_import(cli->sc, st, &o, path, &r));
    if (cli->json)
        printf("{\"features\":%" PRIu64 ",\"drawn\":%" PRIu64 ",\"no_shape\":%" PRIu64
               ",\"off_earth\":%" PRIu64 ",\"parts_left_out\":%" PRIu64 "}\n",
               r.features, r.drawn, r.no_shape, r.off_earth, r.parts_left_out);
    cli_say(cli,
            "%" PRIu64 " of %" PRIu64 " %s can be drawn (%" PRIu64 " without a shape, %" PRIu64
            " not in degrees).",
            r.drawn, r.features, plural(r.features, "feature", "features"), r.no_shape, r.off_earth);
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct layer_words w = { 0 };
    const char       **rest;
    size_t             n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &w, &rest, &n))
        return cli_usage(cli, "layers");
    if (n != 2 || !str_eq(str_of(rest[0]), S("import")) || !w.kind) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "layers takes \"import --kind KIND FILE\"");
        return cli_usage(cli, "layers");
    }
    enum err e = import(cli, &w, rest[1]);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_layers = {
    .name = "layers",
    .writes = true,
    .synopsis = "import --kind KIND [OPTION ...] FILE",
    .summary = "reads streets, water and the like for the background of the map",
    .text = "FILE is GeoJSON in longitude and latitude, plain or packed. The layer is replaced as a whole. "
            "For a whole\n"
            "country name a PMTiles file in hromada.conf instead.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
