// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/file.h"
#include "demo/demo.h"
#include "import/areas.h"
#include "import/layers.h"
#include "main/cli.h"
#include "main/ingest.h"
#include "main/release.h"
#include <inttypes.h>
#include <stdio.h>

static const char licence[] = "Invented data, free of any right (CC0 1.0)";

struct demo_words {
    int64_t incidents, seed;
};
static const struct option_row options[] = {
    OPTION(struct demo_words, "--incidents", OPTION_NUMBER, incidents, "N", "about so many (200000)"),
    OPTION(struct demo_words, "--seed", OPTION_NUMBER, seed, "N", "another seed makes another town (2016)"),
};

/// "population_2021" and so on.
static enum err yearly(struct scope *sc, const char *what, struct areas_field *to, size_t *n)
{
    for (int i = 0; i < DEMO_YEARS; i++) {
        str field = arena_printf(sc->mem, "%s_%d", what, DEMO_FIRST_YEAR + i);
        if (!field.p) return fail(&sc->fault, ERR_NOMEM, "no room for a name");
        to[(*n)++] = areas_field_of(field);
    }
    return OK;
}

static enum err add_areas(struct cli *cli, struct store *st, const char *set, const char *title,
                          const char *parent, const char *path)
{
    struct areas_options o = { .set = str_of(set),
                               .title = str_of(title),
                               .licence = str_of(licence),
                               .id = S("code"),
                               .name = S("name"),
                               .parent = str_of(parent) };
    struct areas_report  r;
    TRY(yearly(cli->sc, "population", o.population, &o.n_population));
    TRY(yearly(cli->sc, "officers", o.officers, &o.n_officers));
    return areas_import(cli->sc, st, &o, path, &r);
}

static enum err add_layer(struct cli *cli, struct store *st, const char *kind, const char *path)
{
    struct layers_report r;
    return layers_import(cli->sc, st,
                         &(struct layers_options){ .kind = str_of(kind), .licence = str_of(licence) }, path,
                         &r);
}

/// Files of one profile are one run.
static enum err add_feeds(struct cli *cli, struct store *st, const struct demo_files *f, const char *profile)
{
    const char           *path[2 * DEMO_YEARS];
    size_t                n = 0;
    struct import_report  r;
    struct import_options o = { 0 };
    TRY(profile_find(cli->sc, str_of(profile), &o.profile));
    for (size_t i = 0; i < f->n_feeds; i++)
        if (str_eq(str_of(f->feeds[i].profile), str_of(profile))) path[n++] = f->feeds[i].path;
    TRY(ingest(cli, st, &o, path, n, &r));
    struct cli quiet = *cli;
    quiet.json = false; // with --json the whole command prints one object, at its end
    return cli->json ? OK : ingest_print(&quiet, &r);
}

static enum err build(struct cli *cli, const struct demo_words *w)
{
    struct scope                    *sc = cli->sc;
    AUTO(store_closep) struct store *st = NULL;
    const char                      *files;
    struct demo_files                f;
    struct policy                    policy;
    struct release_result            r;
    const struct store_settings      s = {
             .name = S("Вигадане"), .timezone = S("Europe/Kyiv"), .lang = LANG_UK, .demo = true
    };
    TRY(store_create(sc, cli->dir, &s));
    TRY(path_join(sc, cli->dir, "demo-files", &files));
    TRY(dir_make(sc, files));
    TRY(demo_write(sc, files,
                   &(struct demo_options){ .seed = (uint64_t)w->seed, .incidents = (uint32_t)w->incidents },
                   &f));
    cli_say(cli,
            "An invented town is written to %s: %" PRIu64 " rows, %" PRIu64 " of them spoiled on purpose.",
            files, f.rows, f.dirty);
    TRY(store_open(sc, cli->dir, STORE_WRITE, &st));
    TRY(add_areas(cli, st, "districts", "Райони", "", f.districts));
    TRY(add_areas(cli, st, "neighbourhoods", "Мікрорайони", "district", f.neighbourhoods));
    TRY(add_layer(cli, st, "street", f.streets));
    TRY(add_layer(cli, st, "water", f.water));
    TRY(add_layer(cli, st, "green", f.green));
    TRY(add_feeds(cli, st, &f, "demo-police"));
    TRY(add_feeds(cli, st, &f, "demo-wardens"));
    TRY(release_policy(sc, cli->dir, NULL, &policy));
    TRY(release_make(cli, st, &policy, &(struct release_consent){ 0 }, &r));
    cli_say(cli, "Release %" PRId64 " has %" PRIu64 " incidents. Look at it: hromada -D %s serve", r.number,
            r.totals[TIER_PUBLIC].incidents, cli->dir);
    if (cli->json)
        printf("{\"rows\":%" PRIu64 ",\"dirty\":%" PRIu64 ",\"release\":%" PRId64 ",\"incidents\":%" PRIu64
               "}\n",
               f.rows, f.dirty, r.number, r.totals[TIER_PUBLIC].incidents);
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct demo_words w = { .incidents = 200000, .seed = 2016 };
    const char      **rest;
    size_t            n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &w, &rest, &n))
        return cli_usage(cli, "demo");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "demo takes no \"%s\"", rest[0]);
        return cli_usage(cli, "demo");
    }
    if (w.incidents < DEMO_MIN_INCIDENTS || w.incidents > DEMO_MAX_INCIDENTS) { // before the folder is made
        (void)fail(&cli->sc->fault, ERR_INVALID, "--incidents takes a number from %d to %d, not %lld",
                   DEMO_MIN_INCIDENTS, DEMO_MAX_INCIDENTS, (long long)w.incidents);
        return cli_usage(cli, "demo");
    }
    enum err e = build(cli, &w);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_demo = {
    .name = "demo",
    .synopsis = "[--incidents N] [--seed N]",
    .summary = "makes an invented town to look at and to try things on",
    .text = "Makes a new data folder with streets, districts and five years of incidents of a town that does "
            "not exist,\n"
            "written as files in the shapes of real feeds (DIR/demo-files) and imported by the ordinary "
            "importer, dirt and\n"
            "all. Every page says that it is invented. The same seed makes the same town.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
