// SPDX-License-Identifier: EUPL-1.2
#include "analysis/counts.h"
#include "main/question.h"
#include <inttypes.h>
#include <stdio.h>

enum { OUTPUT_MAX_BYTES = 64 << 20 };

struct stats_options {
    const char *by, *tier, *lang;
    bool        csv;
};
static const struct option_row options[] = {
    OPTION(struct stats_options, "--by", OPTION_TEXT, by, "WHAT",
           "total, category, month, day, hourweek, outcome or area:SET"),
    OPTION(struct stats_options, "--tier", OPTION_TEXT, tier, "TIER",
           "public (the default), partner or police"),
    OPTION(struct stats_options, "--lang", OPTION_TEXT, lang, "LANG",
           "of the labels: en (the default), cs or uk"),
    OPTION(struct stats_options, "--csv", OPTION_FLAG, csv, NULL, "comma-separated instead of a table"),
};

static void print_table(const struct counts *c)
{
    for (size_t i = 0; i < c->n; i++)
        cli_print("%10" PRIu64 "  %-24.*s %.*s", c->rows[i].count, STR(c->rows[i].key),
                  STR(c->rows[i].label));
    cli_print("%10" PRIu64 "  in all, %" PRIu64 " of them without a point (release %" PRIu64 ")", c->total,
              c->without_point, c->release);
}

static enum err stats(struct cli *cli, const struct stats_options *o, const char *const *word, size_t n,
                      bool *usage)
{
    struct scope                    *sc = cli->sc;
    AUTO(index_closep) struct index *ix = NULL;
    AUTO(buf_free) struct buf        b = { 0 };
    enum language                    lang;
    enum count_by                    by;
    struct filter                    f;
    struct counts                    c;
    size_t                           set;
    *usage = true;
    if (!language_read(str_of(o->lang), &lang))
        return fail(&sc->fault, ERR_INVALID, "labels are there in en, cs and uk, not in \"%s\"", o->lang);
    *usage = false;
    TRY(question_open(cli, o->tier, &ix, usage));
    *usage = true;
    TRY(counts_by_read(sc, index_info(ix), str_of(o->by), &by, &set));
    TRY(question_filter(sc, index_info(ix), word, n, &f));
    *usage = false;
    TRY(counts_ask(sc, ix, &f, by, set, lang, &c));
    if (!cli->json && !o->csv) return print_table(&c), OK;
    buf_init(&b, OUTPUT_MAX_BYTES);
    if (o->csv) counts_csv(&b, &c);
    else {
        counts_json(&b, &c);
        buf_add_c(&b, '\n');
    }
    TRY(buf_end(sc, &b));
    fwrite(b.p, 1, b.n, stdout);
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct stats_options o = { .by = "total", .tier = "public", .lang = "en" };
    const char         **rest;
    size_t               n;
    bool                 usage;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "stats");
    enum err e = stats(cli, &o, rest, n, &usage);
    if (!e) return EXIT_DONE;
    return usage ? cli_usage(cli, "stats") : cli_fail(cli, e);
}

const struct command cmd_stats = {
    .name = "stats",
    .synopsis = "[--by WHAT] [--tier TIER] [--csv] [FILTER ...]",
    .summary = "counts incidents of the newest release",
    .text =
        "Gives the same numbers as the map and /v1/counts. A filter is written as in the address bar, one "
        "word each:\n"
        "from=2024-01 to=2024-06 cat=theft,burglary hours=22-5 days=fri,sat outcome=... area=districts:04\n"
        "bbox=west,south,east,north poly=lat,lng:lat,lng:lat,lng",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
