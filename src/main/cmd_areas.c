// SPDX-License-Identifier: EUPL-1.2
#include "import/areas.h"
#include "main/cli.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct area_words {
    const char        *set, *title, *licence, *id, *name, *parent, *table, *table_id;
    struct option_list population, officers;
    bool               elsewhere;
};
static const struct option_row options[] = {
    OPTION(struct area_words, "--set", OPTION_TEXT, set, "KEY",
           "name of the set in addresses: a-z, 0-9, '-'"),
    OPTION(struct area_words, "--title", OPTION_TEXT, title, "TEXT", "name of the set for people"),
    OPTION(struct area_words, "--licence", OPTION_TEXT, licence, "TEXT",
           "under which the boundaries may be shown"),
    OPTION(struct area_words, "--id", OPTION_TEXT, id, "FIELD", "property with the area's code"),
    OPTION(struct area_words, "--name", OPTION_TEXT, name, "FIELD",
           "property with its name (without it: the code)"),
    OPTION(struct area_words, "--parent", OPTION_TEXT, parent, "FIELD",
           "property with the code of the area above"),
    OPTION(struct area_words, "--population", OPTION_LIST, population, "FIELD",
           "property with inhabitants; YEAR:FIELD, or a year at its end; repeat for more years"),
    OPTION(struct area_words, "--officers", OPTION_LIST, officers, "FIELD",
           "property with police officers, likewise"),
    OPTION(struct area_words, "--table", OPTION_TEXT, table, "FILE",
           "CSV that holds the figures instead of the features"),
    OPTION(struct area_words, "--table-id", OPTION_TEXT, table_id, "COLUMN",
           "its column with the area's code"),
    OPTION(struct area_words, "--elsewhere", OPTION_FLAG, elsewhere, NULL,
           "the areas may lie where no stored incident is"),
};

static void print_report(const struct cli *cli, const struct areas_options *o, const struct areas_report *r)
{
    if (cli->json) {
        printf("{\"features\":%" PRIu64 ",\"areas\":%" PRIu64 ",\"joined\":%" PRIu64 ",\"no_code\":%" PRIu64
               ",\"no_polygon\":%" PRIu64 ",\"off_earth\":%" PRIu64 ",\"parts_left_out\":%" PRIu64
               ",\"united\":%" PRIu64 ",\"with_population\":%" PRIu64 ",\"table_rows\":%" PRIu64
               ",\"table_unmatched\":%" PRIu64 ",\"areas_unmatched\":%" PRIu64 "}\n",
               r->features, r->areas, r->joined, r->no_code, r->no_polygon, r->off_earth, r->parts_left_out,
               r->united, r->with_population, r->table_rows, r->table_unmatched, r->areas_unmatched);
        return;
    }
    cli_say(cli,
            "The set %.*s has %" PRIu64 " %s, %" PRIu64 " of them with inhabitants, out of %" PRIu64 " %s.",
            STR(o->set), r->areas, plural(r->areas, "area", "areas"), r->with_population, r->features,
            plural(r->features, "feature", "features"));
    if (r->joined)
        cli_say(cli, "%10" PRIu64 "  %s one area with it", r->joined,
                plural(r->joined, "feature shares a code with another and is",
                       "features share a code with another and are"));
    if (r->united)
        cli_say(cli, "%10" PRIu64 "  %s that overlap or stand twice: it is their union", r->united,
                plural(r->united, "area has polygons", "areas have polygons"));
    if (r->no_polygon)
        cli_say(cli, "%10" PRIu64 "  %s passed over", r->no_polygon,
                plural(r->no_polygon, "feature is no polygon and was", "features are no polygon and were"));
    if (r->no_code)
        cli_say(cli, "%10" PRIu64 "  %s passed over", r->no_code,
                plural(r->no_code, "polygon has no code and was", "polygons have no code and were"));
    if (r->off_earth)
        cli_say(cli, "%10" PRIu64 "  %s passed over", r->off_earth,
                plural(r->off_earth, "has coordinates that are not degrees and was",
                       "have coordinates that are not degrees and were"));
    if (r->parts_left_out)
        cli_say(cli, "%10" PRIu64 "  %s a ring of too few points, which was left out", r->parts_left_out,
                plural(r->parts_left_out, "has", "have"));
    if (o->table)
        cli_say(cli,
                "%10" PRIu64 "  of %" PRIu64 " %s of the table %s no area (such as \"%.*s\"); %" PRIu64
                " %s not in it",
                r->table_unmatched, r->table_rows, plural(r->table_rows, "row", "rows"),
                plural(r->table_unmatched, "names", "name"), STR(r->example_unmatched), r->areas_unmatched,
                plural(r->areas_unmatched, "area is", "areas are"));
}

static size_t fields(const struct option_list *from, struct areas_field *to)
{
    for (size_t i = 0; i < from->n; i++) to[i] = areas_field_of(str_of(from->item[i]));
    return from->n;
}

struct set_areas { // of a set; none: there is no such set
    const struct area *area;
    size_t             n;
};

static enum err read_set(struct scope *sc, struct store *st, str key, struct set_areas *out)
{
    const struct area_set *set;
    size_t                 n;
    *out = (struct set_areas){ 0 };
    TRY(store_area_sets(sc, st, &set, &n));
    for (size_t i = 0; i < n; i++)
        if (str_eq(set[i].key, key)) return store_areas(sc, st, set[i].id, &out->area, &out->n);
    return OK;
}

static bool same_borders(const struct area *a, const struct area *b)
{
    return a->n_points == b->n_points && a->n_rings == b->n_rings &&
           !memcmp(a->point, b->point, a->n_points * sizeof *a->point) &&
           !memcmp(a->ring_end, b->ring_end, a->n_rings * sizeof *a->ring_end);
}

/// How many areas of the one are not in the other with the same borders.
static size_t count_moved(const struct set_areas *of, const struct set_areas *in)
{
    size_t moved = 0;
    for (size_t i = 0; i < of->n; i++) {
        size_t k = 0;
        while (k < in->n && !str_eq(in->area[k].code, of->area[i].code)) k++;
        moved += k == in->n || !same_borders(&of->area[i], &in->area[k]);
    }
    return moved;
}

/// An incident that two releases tell in two areas happened between the borders of both, in a strip that nobody measures.
static enum err warn_of_moved(struct cli *cli, struct store *st, str key, const struct set_areas *before)
{
    const struct release_record *record;
    struct set_areas             now;
    size_t                       n;
    TRY(store_releases(cli->sc, st, &record, &n));
    TRY(read_set(cli->sc, st, key, &now));
    size_t moved = count_moved(before, &now);
    if (n && moved)
        cli_warn("The borders of %zu %s of the set %.*s are not those that releases were made with. Who "
                 "holds a release with "
                 "the old borders and one with the new can place an incident in the strip between them, "
                 "however narrow. hromada publish will ask; see hromada-policy(5), BORDERS THAT MOVE.",
                 moved, plural(moved, "area", "areas"), STR(key));
    return OK;
}

static enum err import(struct cli *cli, const struct area_words *w, const char *path)
{
    AUTO(store_closep) struct store *st = NULL;
    struct areas_options             o = { .set = str_of(w->set),
                                           .title = str_of(w->title),
                                           .licence = str_of(w->licence),
                                           .id = str_of(w->id),
                                           .name = str_of(w->name),
                                           .parent = str_of(w->parent),
                                           .table = w->table,
                                           .table_id = str_of(w->table_id),
                                           .elsewhere = w->elsewhere };
    struct areas_report              r;
    struct set_areas                 before;
    o.n_population = fields(&w->population, o.population);
    o.n_officers = fields(&w->officers, o.officers);
    TRY(store_open(cli->sc, cli->dir, STORE_WRITE, &st));
    TRY(read_set(cli->sc, st, o.set, &before));
    TRY(areas_import(cli->sc, st, &o, path, &r));
    print_report(cli, &o, &r);
    return warn_of_moved(cli, st, o.set, &before);
}

static enum err list(struct cli *cli)
{
    AUTO(store_closep) struct store *st = NULL;
    const struct area_set           *set;
    size_t                           n;
    TRY(store_open(cli->sc, cli->dir, STORE_READ, &st));
    TRY(store_area_sets(cli->sc, st, &set, &n));
    for (size_t i = 0; i < n; i++)
        cli_print("%-20.*s %6zu areas  %.*s", STR(set[i].key), set[i].n, STR(set[i].name));
    if (!n) cli_say(cli, "There is no set of areas yet; hromada help areas shows how to import one.");
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct area_words w = { 0 };
    const char      **rest;
    size_t            n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &w, &rest, &n))
        return cli_usage(cli, "areas");
    bool     is_list = n == 1 && str_eq(str_of(rest[0]), S("list"));
    enum err e;
    if (is_list) e = list(cli);
    else if (n != 2 || !str_eq(str_of(rest[0]), S("import")) || !w.set || !w.id) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   "areas takes \"list\", or \"import --set KEY --id FIELD FILE\"");
        return cli_usage(cli, "areas");
    } else e = import(cli, &w, rest[1]);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_areas = {
    .name = "areas",
    .writes = true,
    .synopsis = "import --set KEY --id FIELD [--name FIELD] [OPTION ...] FILE | list",
    .summary = "reads a set of areas, with population and officers",
    .text = "FILE is GeoJSON in longitude and latitude, plain or packed. The set is replaced as a whole. "
            "Other formats and\n"
            "projections: ogr2ogr -t_srs EPSG:4326 areas.geojson areas.shp",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
