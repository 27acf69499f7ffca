// SPDX-License-Identifier: EUPL-1.2
#include "main/ingest.h"

#include <inttypes.h>
#include <stdio.h>

enum { STEP_ROWS = 5000, OUTPUT_MAX_BYTES = 64 << 20, SHOWN_MAX = 12, WORDS_SHOWN = 20 };

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

static void print_odd(const struct cli *cli, const struct flag_rule *rule, const struct flag_count *c,
                      str blank_no, str blank_yes)
{
    if (!c->n_odd) return;
    cli_say(cli, "Neither yes nor no for \"%s\", %s:", rule->name,
            rule->protects ? "so it was taken for yes" : "so it was taken for no");
    for (size_t i = 0; i < c->n_odd; i++)
        if (c->odd[i].n)
            cli_say(cli, "%10" PRIu64 "  \"%.*s\"", c->odd[i].rows, (int)c->odd[i].n, c->odd[i].text);
        else cli_say(cli, "%10" PRIu64 "  blank", c->odd[i].rows);
    if (c->odd_more) cli_say(cli, "%10" PRIu64 "  other values", c->odd_more);
    if (c->blank && blank_no.n)
        cli_say(cli,
                "%10s  If a blank means no, write \"%.*s\" into [%s] of the profile; if it is not known, "
                "\"%.*s\"",
                "", STR(blank_no), rule->section, STR(blank_yes));
}

static void print_flags(const struct cli *cli, const struct import_report *r)
{
    const struct flag_count *flags = r->flags;
    cli_say(cli, "Rows by flag:     yes         no    neither   not told");
    for (int i = 0; i < FLAGS; i++) {
        const uint64_t *n = flags[i].rows;
        cli_say(cli, "  %-9s%10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64, flag_rules[i].name,
                n[REPLY_YES], n[REPLY_NO], n[REPLY_NEITHER], n[REPLY_NOT_TOLD]);
    }
    for (int i = 0; i < FLAGS; i++)
        print_odd(cli, &flag_rules[i], &flags[i], r->blank_no[i], r->blank_yes[i]);
    uint64_t unasked = flags[SAYS_DOMESTIC].unasked;
    uint64_t untold = flags[SAYS_DOMESTIC].rows[REPLY_NOT_TOLD] - unasked;
    if (untold)
        cli_say(cli,
                "%10" PRIu64 "  %s not say which incidents are domestic: nobody can withhold those among "
                "them by that flag, only by their category",
                untold, plural(untold, "row does", "rows do"));
    if (unasked)
        cli_say(cli,
                "%10" PRIu64 "  %s read by a profile that does not ask which incidents are domestic: "
                "nobody can withhold "
                "those among them by that flag. If a column tells it, write \"domestic = {NAME}\" with its "
                "name into "
                "[what], and "
                "\"domestic = none\" if none does",
                unasked, plural(unasked, "row was", "rows were"));
}

static bool same_missing(const struct import_file *a, const struct import_file *b)
{
    bool same = a->n_missing == b->n_missing;
    for (size_t i = 0; same && i < a->n_missing; i++)
        same = str_eq(a->missing[i].column, b->missing[i].column) &&
               str_eq(a->missing[i].meant, b->missing[i].meant);
    return same;
}

/// What a source may lack is worth a word only when it seems to be there under another name.
static void add_missing(struct buf *b, const struct import_file *f)
{
    for (size_t i = 0; i < f->n_missing; i++) {
        const struct missing_column *m = &f->missing[i];
        if (m->optional && !m->meant.n) continue;
        buf_printf(b, "%s\"%.*s\"", b->n ? ", " : "", STR(m->column));
        if (m->meant.n) buf_printf(b, " (is \"%.*s\" meant?)", STR(m->meant));
    }
}

static void print_missing(const struct cli *cli, const struct import_report *r)
{
    size_t lists = 0;
    for (size_t i = 0; i < r->n_files; i++) {
        AUTO(buf_free) struct buf b;
        size_t                    before = 0, others = 0;
        buf_init(&b, OUTPUT_MAX_BYTES);
        add_missing(&b, &r->file[i]);
        while (before < i && !same_missing(&r->file[before], &r->file[i])) before++;
        if (!b.n || before < i) continue;
        for (size_t k = i + 1; k < r->n_files; k++) others += same_missing(&r->file[i], &r->file[k]);
        if (!lists++) cli_say(cli, "Columns that the profile reads and the file lacks:");
        if (lists > SHOWN_MAX) break;
        cli_say(cli, "%10s  %.*s%s: %.*s", "", STR(r->file[i].path), others ? " and others like it" : "",
                STR(buf_str(&b)));
    }
    if (lists > SHOWN_MAX) cli_say(cli, "%10s  and more; --json lists them all", "");
}

static bool same_unread(const struct unread *a, const struct unread *b)
{
    bool same = a->n == b->n && a->more == b->more;
    for (size_t i = 0; same && i < a->n; i++) same = str_eq(a->column[i], b->column[i]);
    return same;
}

/// Each list of columns once, with the first of the files that have it.
static void print_unread(const struct cli *cli, const struct import_report *r)
{
    size_t lists = 0;
    for (size_t i = 0; i < r->n_files; i++) {
        const struct unread *u = &r->file[i].unread;
        size_t               before = 0, shown = u->n < SHOWN_MAX ? u->n : SHOWN_MAX;
        while (before < i && !same_unread(&r->file[before].unread, u)) before++;
        if (!u->n || before < i) continue;
        if (!lists++) cli_say(cli, "Columns that nothing reads:");
        if (lists > SHOWN_MAX) break;
        AUTO(buf_free) struct buf b;
        buf_init(&b, OUTPUT_MAX_BYTES);
        for (size_t k = 0; k < shown; k++) buf_printf(&b, "%s\"%.*s\"", k ? ", " : "", STR(u->column[k]));
        if (u->n + u->more > shown) buf_printf(&b, " and %zu more", u->n + u->more - shown);
        cli_say(cli, "%10s  %.*s: %.*s", "", STR(r->file[i].path), STR(buf_str(&b)));
    }
    if (lists > SHOWN_MAX) cli_say(cli, "%10s  and more; --json lists them", "");
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

static void print_classes(const struct cli *cli, const struct import_report *r)
{
    bool any = false;
    for (int i = SENSITIVITY_UNCLASSIFIED + 1; i < SENSITIVITIES; i++) {
        if (!r->classes[i]) continue;
        if (!any) cli_say(cli, "More sensitive than their kind, by their code or description:");
        any = true;
        cli_say(cli, "%10" PRIu64 "  %.*s", r->classes[i], STR(sensitivity_word((enum sensitivity)i)));
    }
    for (size_t i = 0; i < r->n_codes; i++) {
        const struct import_codes *c = &r->codes[i];
        uint64_t                   rows = 0;
        for (size_t k = 0; k < c->n; k++) rows += c->unknown[k].rows;
        if (!rows) continue;
        cli_say(cli, "%10" PRIu64 "  %s that %.*s (%.*s) does not know; %s withheld:", rows,
                plural(rows, "row carries a code", "rows carry codes"), STR(c->list->key), STR(c->list->date),
                plural(rows, "it is", "they are"));
        for (size_t k = 0; k < c->n && k < SHOWN_MAX; k++)
            cli_say(cli, "%10s  %.*s (%" PRIu64 ")", "", STR(c->unknown[k].code), c->unknown[k].rows);
        if (c->n > SHOWN_MAX) cli_say(cli, "%10s  and %zu more; --json lists them all", "", c->n - SHOWN_MAX);
    }
}

static void print_words_of(const struct cli *cli, const struct raising_words *s)
{
    const struct raising *r = &s->raised;
    if (r->n || r->more_rows)
        cli_say(cli, "Words of %.*s that made rows more sensitive than their kind:", STR(s->source));
    for (size_t i = 0; i < r->n && i < WORDS_SHOWN; i++) {
        const struct raising_word *w = &r->word[i];
        AUTO(buf_free) struct buf  classes;
        buf_init(&classes, 1 << 10);
        for (sensitivity_set left = w->classes; left; left &= left - 1)
            buf_printf(&classes, "%s%.*s", classes.n ? ", " : "",
                       STR(sensitivity_word((enum sensitivity)__builtin_ctz(left))));
        cli_say(cli, "%10" PRIu64 "  \"%.*s\" in \"%.*s\": %.*s (first in %.*s, line %" PRIu64 ")", w->rows,
                STR(w->words), STR(w->column), STR(buf_str(&classes)), STR(w->file), w->line);
    }
    if (r->n > WORDS_SHOWN) cli_say(cli, "%10s  and %zu more; --json lists them", "", r->n - WORDS_SHOWN);
    if (r->more_rows) cli_say(cli, "%10" PRIu64 "  times by words too many to be listed", r->more_rows);
    if (r->n || r->more_rows)
        cli_say(cli,
                "%10s  Counts by area hold these rows under that class, and do not change once published. If "
                "a word does "
                "not mean that here (\"kids bike\"), write \"harmless = kids bike | ...\" and "
                "\"harmless-by = NAME\" into [what] of the profile (hromada-profile(5))%.*s; then import "
                "again, with --lift-protection or --lift-only if the rows are stored",
                "", STR(s->undo));
    if (s->n_harmless)
        cli_say(cli,
                "%10" PRIu64 "  %s of %.*s would be more sensitive without what \"harmless\" names in its "
                "profile (%.*s says so)",
                r->spared, plural(r->spared, "row", "rows"), STR(s->source), STR(s->harmless_by));
}

static void print_stray(const struct cli *cli, const struct import_report *r)
{
    if (!r->n_stray) return;
    cli_say(cli, "%10zu  %s", r->n_stray,
            plural(r->n_stray,
                   "row of the list of --lift-only lifts nothing: no stored incident is meant by it",
                   "rows of the list of --lift-only lift nothing: no stored incident is meant by them"));
    for (size_t i = 0; i < r->n_stray && i < LIFTS_TOLD; i++)
        cli_say(cli, "%10s  %.*s, %.*s: %s", "", STR(r->stray[i].source), STR(r->stray[i].key),
                r->stray[i].asked ? "the source has no such key" : "nothing of that source was imported");
    if (r->n_stray > LIFTS_TOLD) cli_say(cli, "%10s  and %zu more", "", r->n_stray - LIFTS_TOLD);
}

static void print_sentences(const struct cli *cli, const struct import_report *r)
{
    const struct run_totals *t = &r->totals;
    cli_say(cli,
            "%s%" PRIu64 " %s read: %" PRIu64 " imported, %" PRIu64 " unchanged, %" PRIu64
            " revised, %" PRIu64 " rejected.",
            r->dry_run ? "Dry run, nothing is changed. " : "", t->read, plural(t->read, "row", "rows"),
            t->imported, t->unchanged, t->revised, t->rejected);
    for (size_t i = 0; r->n_runs > 1 && i < r->n_runs; i++)
        cli_say(cli, "%10" PRIu64 "  %s of %.*s", r->run[i].totals.read,
                plural(r->run[i].totals.read, "row", "rows"), STR(r->run[i].name));
    if (t->merged)
        cli_say(cli, "%10" PRIu64 "  %s told more of an incident that an earlier row had told", t->merged,
                plural(t->merged, "row", "rows"));
    if (t->joint)
        cli_say(cli, "%10" PRIu64 "  %s told several times; what protects in any of the rows holds", t->joint,
                plural(t->joint, "incident is", "incidents are"));
    if (t->several)
        cli_say(cli, "%10" PRIu64 "  %s told in different ways by rows of this run: the last row counts",
                t->several, plural(t->several, "key is", "keys are"));
    if (t->mixed)
        cli_say(cli,
                "%10" PRIu64 "  of these %s to stand for several incidents, of different days and kinds or "
                "places, of which the "
                "last alone is kept: is that the column of the key (hromada-profile(5), identity)?",
                t->mixed, plural(t->mixed, "keys seems", "keys seem"));
    if (t->lifted)
        cli_say(cli, "%10" PRIu64 "  stored %s lost what protected %s, as you have allowed", t->lifted,
                plural(t->lifted, "incident", "incidents"), plural(t->lifted, "it", "them"));
    if (t->kept)
        cli_say(cli,
                "%10" PRIu64 "  stored %s, though the rows no longer tell it: "
                "the list of --lift-only does not name %s",
                t->kept,
                plural(t->kept, "incident kept what protects it", "incidents kept what protects them"),
                plural(t->kept, "it", "them"));
    print_stray(cli, r);
    if (t->unread)
        cli_say(cli,
                "%10" PRIu64
                "  %s withheld, for a row of %s was rejected: until a file has rows of %s that can "
                "all be read",
                t->unread, plural(t->unread, "incident is", "incidents are"),
                plural(t->unread, "its key", "their keys"), plural(t->unread, "it", "them"));
    if (r->n_nameless)
        cli_say(cli,
                "%10" PRIu64
                "  rejected %s no key that can be read: what they would have hidden is not known",
                r->n_nameless, plural(r->n_nameless, "row has", "rows have"));
    if (t->stayed)
        cli_say(cli,
                "%10" PRIu64
                "  %s, though no row tells of %s: a rejected row may. Put the rows right, or import "
                "the file anew if it broke off",
                t->stayed, plural(t->stayed, "incident stays", "incidents stay"),
                plural(t->stayed, "it", "them"));
    if (t->withdrawn)
        cli_say(cli, "%10" PRIu64 "  %s", t->withdrawn,
                plural(t->withdrawn, "incident was withdrawn: its source no longer has it",
                       "incidents were withdrawn: their source no longer has them"));
    if (t->without_point)
        cli_say(cli, "%10" PRIu64 "  %s everywhere but on the map", t->without_point,
                plural(t->without_point, "row has no point; it counts", "rows have no point; they count"));
    print_reasons(cli, "Rejected:", r->reason, r->n_reasons);
    print_reasons(cli, "Taken, but odd:", r->note, r->n_notes);
    for (size_t i = 0; i < r->n_unknown && i < SHOWN_MAX; i++)
        cli_say(cli, "%10s  code that the profile does not name, kept as it is: %.*s", "",
                STR(r->unknown[i]));
    if (r->n_unknown > SHOWN_MAX) cli_say(cli, "%10s  and %zu more", "", r->n_unknown - SHOWN_MAX);
    print_flags(cli, r);
    print_missing(cli, r);
    print_unread(cli, r);
    print_classes(cli, r);
    for (size_t i = 0; i < r->n_words; i++) print_words_of(cli, &r->words[i]);
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
