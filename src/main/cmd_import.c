// SPDX-License-Identifier: EUPL-1.2
#include "main/cli.h"
#include "main/ingest.h"
#include "main/leftovers.h"
#include <stdio.h>

struct import_words {
    const char *as, *mapping, *lift_only;
    bool        dry_run, timing, list, lift, moved, parts;
};
static const struct option_row options[] = {
    OPTION(struct import_words, "--as", OPTION_TEXT, as, "PROFILE",
           "the shape of the files, when the header does not tell"),
    OPTION(struct import_words, "--mapping", OPTION_TEXT, mapping, "FILE",
           "a profile of your own, see hromada-profile(5)"),
    OPTION(struct import_words, "--dry-run", OPTION_FLAG, dry_run, NULL,
           "reads and counts everything, changes nothing"),
    OPTION(struct import_words, "--lift-protection", OPTION_FLAG, lift, NULL,
           "stored incidents may lose what protected them: the source has corrected them"),
    OPTION(struct import_words, "--lift-only", OPTION_TEXT, lift_only, "FILE",
           "only those may that stand in the list which import wrote when it stopped; the others keep it"),
    OPTION(struct import_words, "--moved", OPTION_FLAG, moved, NULL,
           "many incidents may be of another time, place and kind: the source has corrected them"),
    OPTION(struct import_words, "--parts", OPTION_FLAG, parts, NULL,
           "the files are parts of one download: several may hold rows of the same month, or other slice"),
    OPTION(struct import_words, "--timing", OPTION_FLAG, timing, NULL, "tells where the time went"),
    OPTION(struct import_words, "--profiles", OPTION_FLAG, list, NULL,
           "lists the profiles that are built in, and ends"),
};

static int list_profiles(struct cli *cli)
{
    const struct profile *list;
    size_t                n;
    enum err              e = profiles_read(cli->sc, &list, &n);
    if (e) return cli_fail(cli, e);
    for (size_t i = 0; i < n; i++)
        cli_print("%-16.*s %.*s", STR(list[i].source.key), STR(list[i].source.name));
    return EXIT_DONE;
}

static enum err import(struct cli *cli, const struct import_words *w, const char *const *paths, size_t n,
                       bool *rejected)
{
    AUTO(store_closep) struct store *st = NULL;
    struct import_options            o = { .dry_run = w->dry_run,
                                           .timed = w->timing,
                                           .lift_protection = w->lift,
                                           .lift_only = w->lift_only,
                                           .moved = w->moved,
                                           .parts = w->parts };
    struct import_report             r;
    if (w->mapping) TRY(profile_read_file(cli->sc, w->mapping, &o.profile));
    else if (w->as) TRY(profile_find(cli->sc, str_of(w->as), &o.profile));
    TRY(store_open(cli->sc, cli->dir, STORE_WRITE, &st));
    TRY(leftovers_remove(cli));
    TRY(ingest(cli, st, &o, paths, n, &r));
    *rejected = r.totals.rejected > 0;
    return ingest_print(cli, &r);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct import_words w = { 0 };
    const char        **paths;
    size_t              n;
    bool                rejected = false;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &w, &paths, &n))
        return cli_usage(cli, "import");
    if (w.list) return list_profiles(cli);
    if (!n || (w.as && w.mapping)) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   n ? "--as and --mapping say the same; give one" : "import needs the files to read");
        return cli_usage(cli, "import");
    }
    if (w.lift && w.lift_only) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   "--lift-protection is for all rows, --lift-only for some; give one");
        return cli_usage(cli, "import");
    }
    enum err e = import(cli, &w, paths, n, &rejected);
    if (e) return cli_fail(cli, e);
    return rejected ? EXIT_REJECTED : EXIT_DONE;
}

const struct command cmd_import = {
    .name = "import",
    .writes = true,
    .synopsis = "[--as PROFILE | --mapping FILE] [--dry-run] [--lift-protection | --lift-only FILE] "
                "[--moved] [--parts] [--timing] FILE ...",
    .summary = "reads incident files into the database",
    .text = "Files may be CSV or GeoJSON, plain or packed (.gz, .zst, .zip); a folder stands for all files "
            "in it. The\n"
            "profile is recognised by the header. All files of a source are taken or none; reading a file "
            "again changes\n"
            "nothing; a changed row becomes a revision with history. Rows that cannot be taken go to "
            "rejects-N.csv in the\n"
            "data folder, with line, column and reason, and the exit code is 3.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
