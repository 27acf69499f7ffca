// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"
#include "main/own_files.h"
#include "main/question.h"
#include "tile/archive.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct export_options {
    const char *tier, *layer;
    int64_t     max_zoom;
};
static const struct option_row options[] = {
    OPTION(struct export_options, "--tier", OPTION_TEXT, tier, "TIER",
           "public (the default), partner or police"),
    OPTION(struct export_options, "--layer", OPTION_TEXT, layer, "LAYER",
           "incidents, areas-SET, base, or all of them together (the default)"),
    OPTION(struct export_options, "--max-zoom", OPTION_NUMBER, max_zoom, "N",
           "the deepest zoom, 0 to 20; 14 without it, which maps enlarge"),
};

static bool set_read(const struct release_info *info, str layer, struct archive_wish *w)
{
    for (size_t s = 0; s < info->n_sets; s++)
        if (str_starts(layer, S("areas-")) && str_eq(str_slice(layer, 6, layer.n), info->sets[s].key))
            return w->set[s] = w->plain = true;
    return false;
}

static enum err wish_read(struct scope *sc, const struct release_info *info, const struct export_options *o,
                          struct archive_wish *w)
{
    str layer = str_of(o->layer);
    if (o->max_zoom < 0 || o->max_zoom > TILE_MAX_Z)
        return fail(&sc->fault, ERR_INVALID, "--max-zoom takes 0 to %d, not %" PRId64, TILE_MAX_Z,
                    o->max_zoom);
    w->max_zoom = (unsigned)o->max_zoom;
    if (str_eq(layer, S("all"))) {
        w->incidents = w->base = true;
        for (size_t s = 0; s < info->n_sets; s++) w->set[s] = true;
    } else if (str_eq(layer, S("incidents"))) w->incidents = true;
    else if (str_eq(layer, S("base"))) w->base = true;
    else if (!set_read(info, layer, w))
        return fail(&sc->fault, ERR_INVALID,
                    "there is no layer \"%s\" in release %" PRIu64
                    ": take incidents, base, all, or areas- and the key of "
                    "a set that hromada areas list shows",
                    o->layer, info->release);
    return OK;
}

/// A slip in the name must not cost a database: only an archive gives way to an archive.
static enum err check_target(struct scope *sc, const char *path)
{
    struct stat             st;
    char                    magic[7] = { 0 };
    AUTO(file_closep) FILE *f = NULL;
    if (stat(path, &st)) return OK; // not there, or a reason that writing will tell
    if (S_ISREG(st.st_mode)) f = fopen(path, "rbe");
    if (f && fread(magic, 1, sizeof magic, f) == sizeof magic && !memcmp(magic, "PMTiles", sizeof magic))
        return OK;
    return fail(&sc->fault, ERR_EXISTS,
                "%s is there already and no PMTiles archive, so it is not replaced: name another file", path);
}

static enum err draw(struct cli *cli, const struct index *ix, const struct archive_wish *w, const char *path,
                     struct pmtiles_totals *out)
{
    AUTO(archive_closep) struct archive *a = NULL;
    struct archive_progress              done = { 0 };
    struct progress                      p;
    bool                                 more = true;
    enum err                             e = OK;
    TRY(archive_open(cli->sc, ix, w, path, &a));
    progress_begin(&p);
    p.unit = "tiles";
    while (more && !e) {
        e = archive_step(cli->sc, a, &done, &more);
        progress_show(cli, &p, "drawing", done.tried, done.all ? (double)done.tried / (double)done.all : 1);
    }
    progress_end(cli, &p);
    return e ? e : archive_commit(cli->sc, a, out);
}

static enum err export_pmtiles(struct cli *cli, const struct export_options *o, const char *const *word,
                               size_t n, bool *usage)
{
    AUTO(index_closep) struct index *ix = NULL;
    struct archive_wish              w = { 0 };
    struct pmtiles_totals            t;
    const char                      *path = word[n - 1];
    TRY(question_open(cli, o->tier, &ix, usage));
    *usage = true;
    TRY(wish_read(cli->sc, index_info(ix), o, &w));
    TRY(question_filter(cli->sc, index_info(ix), word, n - 1, &w.filter));
    *usage = false;
    TRY(own_files_spare(cli->sc, cli->dir, path));
    TRY(check_target(cli->sc, path));
    TRY(draw(cli, ix, &w, path, &t));
    cli_say(cli,
            "Release %" PRIu64 " is in %s: %" PRIu64 " %s, %" PRIu64 " of them different, %" PRIu64 " bytes.",
            index_info(ix)->release, path, t.addressed, plural(t.addressed, "tile", "tiles"), t.contents,
            t.bytes);
    if (cli->json)
        printf("{\"tiles\":%" PRIu64 ",\"addressed\":%" PRIu64 ",\"contents\":%" PRIu64 ",\"bytes\":%" PRIu64
               "}\n",
               t.entries, t.addressed, t.contents, t.bytes);
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct export_options o = { .tier = "public", .layer = "all", .max_zoom = TILE_PLACES_Z };
    const char          **rest;
    size_t                n;
    bool                  usage = false;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "export");
    if (n < 2 || !str_eq(str_of(rest[0]), S("pmtiles")) || str_has(str_of(rest[n - 1]), S("="))) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   "export takes \"pmtiles\", filters if any, and last the name of a file, which has no "
                   "\"=\" in it");
        return cli_usage(cli, "export");
    }
    enum err e = export_pmtiles(cli, &o, rest + 1, n - 1, &usage);
    if (!e) return EXIT_DONE;
    return usage ? cli_usage(cli, "export") : cli_fail(cli, e);
}

const struct command cmd_export = {
    .name = "export",
    .synopsis = "pmtiles [--tier TIER] [--layer LAYER] [--max-zoom N] [FILTER ...] FILE",
    .summary = "writes the map of the newest release into one file",
    .text = "FILE is a PMTiles archive (version 3) of the vector tiles that the server would answer, without "
            "the empty "
            "ones: any\n"
            "server of files that knows byte ranges can stand in for hromada then. A filter, written as for "
            "hromada stats, "
            "leaves\n"
            "some incidents out; areas and background are drawn whole. In an archive of all layers those of "
            "a set of areas "
            "are\n"
            "called areas-SET and area_names-SET. FILE is replaced when everything is on the disk, or stays "
            "as it was.\n"
            "With --json: tiles (entries), addressed (tiles), contents (different tiles), bytes.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
