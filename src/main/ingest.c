// SPDX-License-Identifier: EUPL-1.2
#include "main/ingest.h"

#include <inttypes.h>
#include <stdio.h>

enum { STEP_ROWS = 5000, OUTPUT_MAX_BYTES = 64 << 20, SHOWN_MAX = 12 };

enum err ingest(struct cli *cli, struct store *st, const struct import_options *o, const char *const *paths,
                size_t n, struct import_report *out)
{
    struct import  *job;
    struct progress shown;
    TRY(import_begin(cli->sc, st, o, paths, n, &job));
    progress_begin(&shown);
    while (import_step(job, STEP_ROWS)) {
        struct import_progress p = import_progress(job);
        bool                   known = p.bytes_total && !p.merging;
        progress_show(cli, &shown, p.merging ? "merging" : "reading", p.rows,
                      known ? (double)p.bytes / (double)p.bytes_total : -1);
    }
    progress_end(cli, &shown);
    return import_finish(cli->sc, job, out);
}

static void print_reasons(const struct cli *cli, const char *title, const struct import_reason *r, size_t n)
{
    if (n) cli_say(cli, "%s", title);
    for (size_t i = 0; i < n; i++) cli_say(cli, "%10" PRIu64 "  %s", r[i].count, r[i].sentence);
}

static void print_files(const struct cli *cli, const struct import_report *r)
{
    size_t passed = 0;
    for (size_t i = 0; i < r->n_files; i++) passed += r->file[i].why.n > 0;
    if (passed) cli_say(cli, "Passed over:");
    for (size_t i = 0, shown = 0; i < r->n_files && shown < SHOWN_MAX; i++)
        if (r->file[i].why.n && ++shown)
            cli_say(cli, "%10s  %.*s %.*s", "", STR(r->file[i].path), STR(r->file[i].why));
    if (passed > SHOWN_MAX) cli_say(cli, "%10s  and %zu more; --json lists them all", "", passed - SHOWN_MAX);
    for (size_t i = 0; i < r->n_runs; i++)
        if (r->run[i].rejects.n)
            cli_say(cli, "The rejected rows, with line, column and reason, are in %.*s",
                    STR(r->run[i].rejects));
}

static void print_times(const struct cli *cli, const struct import_report *r)
{
    struct import_time step[IMPORT_STEPS];
    import_times_list(&r->times, step);
    cli_say(cli, "Seconds:");
    for (size_t i = 0; i < IMPORT_STEPS; i++) cli_say(cli, "%10.3f  %s", step[i].seconds, step[i].sentence);
}

static void print_sentences(const struct cli *cli, const struct import_report *r)
{
    const struct run_totals *t = &r->totals;
    cli_say(cli,
            "%s%" PRIu64 " rows read: %" PRIu64 " imported, %" PRIu64 " unchanged, %" PRIu64
            " revised, %" PRIu64 " rejected.",
            r->dry_run ? "Dry run, nothing is changed. " : "", t->read, t->imported, t->unchanged, t->revised,
            t->rejected);
    for (size_t i = 0; r->n_runs > 1 && i < r->n_runs; i++)
        cli_say(cli, "%10" PRIu64 "  rows of %.*s", r->run[i].totals.read, STR(r->run[i].name));
    if (t->merged)
        cli_say(cli, "%10" PRIu64 "  rows told more of an incident that a row before them had told",
                t->merged);
    if (t->withdrawn)
        cli_say(cli, "%10" PRIu64 "  incidents were withdrawn: their source no longer has them",
                t->withdrawn);
    if (t->without_point)
        cli_say(cli, "%10" PRIu64 "  rows have no point; they count everywhere but on the map",
                t->without_point);
    print_reasons(cli, "Rejected:", r->reason, r->n_reasons);
    print_reasons(cli, "Taken, but odd:", r->note, r->n_notes);
    for (size_t i = 0; i < r->n_unknown && i < SHOWN_MAX; i++)
        cli_say(cli, "%10s  code that the profile does not name, kept as it is: %.*s", "",
                STR(r->unknown[i]));
    if (r->n_unknown > SHOWN_MAX) cli_say(cli, "%10s  and %zu more", "", r->n_unknown - SHOWN_MAX);
    print_files(cli, r);
    if (r->timed) print_times(cli, r);
}

enum err ingest_print(struct cli *cli, const struct import_report *r)
{
    if (!cli->json) {
        print_sentences(cli, r);
        return OK;
    }
    AUTO(buf_free) struct buf b;
    buf_init(&b, OUTPUT_MAX_BYTES);
    struct json j = json_on(&b);
    import_report_json(r, &j);
    buf_add_c(&b, '\n');
    TRY(buf_end(cli->sc, &b));
    fwrite(b.p, 1, b.n, stdout);
    return OK;
}
