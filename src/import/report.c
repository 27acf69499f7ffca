// SPDX-License-Identifier: EUPL-1.2
// The report of an import as JSON, and its steps with their times.
#include "import/import.h"

static void add_counts(struct json *j, const struct run_totals *t)
{
    const struct {
        const char *key;
        uint64_t    n;
    } rows[] = {
        { "read", t->read },       { "imported", t->imported },   { "unchanged", t->unchanged },
        { "revised", t->revised }, { "rejected", t->rejected },   { "without_point", t->without_point },
        { "merged", t->merged },   { "withdrawn", t->withdrawn }, { "outcomes_revised", t->outcomes_revised },
        { "joint", t->joint },     { "lifted", t->lifted },       { "several", t->several },
        { "mixed", t->mixed },     { "kept_protected", t->kept }, { "unread", t->unread },
        { "stayed", t->stayed },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_key(j, rows[i].key);
        json_u64(j, rows[i].n);
    }
}

static void add_reasons(struct json *j, const char *key, const struct import_reason *r, size_t n)
{
    json_key(j, key);
    json_open(j, '{');
    for (size_t i = 0; i < n; i++) {
        json_key(j, r[i].code);
        json_u64(j, r[i].count);
    }
    json_close(j, '}');
}

static void add_flags(struct json *j, const struct flag_count *flags)
{
    static const char *const answers[REPLIES] = { "not_told", "no", "yes", "unknown" };
    json_key(j, "flags");
    json_open(j, '{');
    for (int i = 0; i < FLAGS; i++) {
        const struct flag_count *c = &flags[i];
        json_key(j, flag_rules[i].name);
        json_open(j, '{');
        for (int a = 0; a < REPLIES; a++) json_key(j, answers[a]), json_u64(j, c->rows[a]);
        json_key(j, "values");
        json_open(j, '[');
        for (size_t k = 0; k < c->n_odd; k++) {
            json_open(j, '{');
            json_key(j, "value"), json_str(j, (str){ c->odd[k].text, c->odd[k].n });
            json_key(j, "rows"), json_u64(j, c->odd[k].rows);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_key(j, "blank"), json_u64(j, c->blank);
        json_key(j, "not_asked"), json_u64(j, c->unasked);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void add_missing(struct json *j, const struct import_file *f)
{
    json_key(j, "missing");
    json_open(j, '[');
    for (size_t i = 0; i < f->n_missing; i++) {
        json_open(j, '{');
        json_key(j, "column"), json_str(j, f->missing[i].column);
        json_key(j, "optional"), json_bool(j, f->missing[i].optional);
        json_key(j, "meant"), json_str(j, f->missing[i].meant);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_unread(struct json *j, const struct unread *u)
{
    json_key(j, "unread");
    json_open(j, '[');
    for (size_t i = 0; i < u->n; i++) json_str(j, u->column[i]);
    json_close(j, ']');
    json_key(j, "unread_more");
    json_u64(j, u->more);
}

static void add_classes(struct json *j, const struct import_report *r)
{
    json_key(j, "classes");
    json_open(j, '{');
    for (int i = 0; i < SENSITIVITIES; i++) {
        if (!r->classes[i]) continue;
        json_key(j, sensitivity_word((enum sensitivity)i).p);
        json_u64(j, r->classes[i]);
    }
    json_close(j, '}');
    json_key(j, "unknown_codes");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_codes; i++)
        for (size_t k = 0; k < r->codes[i].n; k++) {
            json_open(j, '{');
            json_key(j, "list"), json_str(j, r->codes[i].list->key);
            json_key(j, "date"), json_str(j, r->codes[i].list->date);
            json_key(j, "code"), json_str(j, r->codes[i].unknown[k].code);
            json_key(j, "rows"), json_u64(j, r->codes[i].unknown[k].rows);
            json_close(j, '}');
        }
    json_close(j, ']');
}

static void add_words(struct json *j, const struct import_report *r)
{
    json_key(j, "words");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_words; i++) {
        const struct raising_words *s = &r->words[i];
        json_open(j, '{');
        json_key(j, "source"), json_str(j, s->source);
        json_key(j, "words");
        json_open(j, '[');
        for (size_t k = 0; k < s->raised.n; k++) {
            const struct raising_word *w = &s->raised.word[k];
            json_open(j, '{');
            json_key(j, "word"), json_str(j, w->words);
            json_key(j, "classes");
            json_open(j, '[');
            for (sensitivity_set left = w->classes; left; left &= left - 1)
                json_str(j, sensitivity_word((enum sensitivity)__builtin_ctz(left)));
            json_close(j, ']');
            json_key(j, "column"), json_str(j, w->column);
            json_key(j, "rows"), json_u64(j, w->rows);
            json_key(j, "file"), json_str(j, w->file);
            json_key(j, "line"), json_u64(j, w->line);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_key(j, "more_rows"), json_u64(j, s->raised.more_rows);
        json_key(j, "harmless"), json_u64(j, s->n_harmless);
        json_key(j, "harmless_by"), json_str(j, s->harmless_by);
        json_key(j, "spared"), json_u64(j, s->raised.spared);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void add_stray(struct json *j, const struct import_report *r)
{
    json_key(j, "rejected_without_key"), json_u64(j, r->n_nameless);
    json_key(j, "lift_unmatched"), json_u64(j, r->n_stray);
    json_key(j, "lift_unmatched_rows");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_stray && i < LIFTS_TOLD; i++) {
        json_open(j, '{');
        json_key(j, "source"), json_str(j, r->stray[i].source);
        json_key(j, "key"), json_str(j, r->stray[i].key);
        json_key(j, "source_imported"), json_bool(j, r->stray[i].asked);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void import_times_list(const struct import_times *t, struct import_time out[IMPORT_STEPS])
{
    const struct {
        const char *key, *sentence;
        int64_t     ns;
    } steps[IMPORT_STEPS] = {
        { "unpack", "reading files and unpacking them (beside storing)", t->unpack },
        { "read", "finding rows and fields (beside storing)", t->read },
        { "understand", "making incidents of rows (beside storing)", t->understand },
        { "wait", "waiting for rows", t->wait },
        { "store", "storing rows", t->store },
        { "index", "sorting the keys", t->index },
        { "merge", "merging the rows in doubt", t->merge },
        { "commit", "committing", t->commit },
    };
    for (size_t i = 0; i < IMPORT_STEPS; i++)
        out[i] = (struct import_time){ steps[i].key, steps[i].sentence, (double)steps[i].ns / 1e9 };
}

static void add_times(struct json *j, const struct import_times *t)
{
    struct import_time step[IMPORT_STEPS];
    import_times_list(t, step);
    json_key(j, "timing");
    json_open(j, '{');
    for (size_t i = 0; i < IMPORT_STEPS; i++) {
        json_key(j, step[i].key);
        json_fixed(j, step[i].seconds, 6);
    }
    json_close(j, '}');
}

void import_report_json(const struct import_report *r, struct json *j)
{
    json_open(j, '{');
    add_counts(j, &r->totals);
    add_reasons(j, "reasons", r->reason, r->n_reasons);
    add_reasons(j, "notes", r->note, r->n_notes);
    add_flags(j, r->flags);
    json_key(j, "dry_run");
    json_bool(j, r->dry_run);
    json_key(j, "unknown");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_unknown; i++) json_str(j, r->unknown[i]);
    json_close(j, ']');
    add_classes(j, r);
    add_words(j, r);
    add_stray(j, r);
    json_key(j, "runs");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_runs; i++) {
        json_open(j, '{');
        json_key(j, "run");
        json_i64(j, r->run[i].run);
        json_key(j, "source");
        json_str(j, r->run[i].source);
        add_counts(j, &r->run[i].totals);
        json_key(j, "rejects");
        json_str(j, r->run[i].rejects);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "files");
    json_open(j, '[');
    for (size_t i = 0; i < r->n_files; i++) {
        json_open(j, '{');
        json_key(j, "path");
        json_str(j, r->file[i].path);
        json_key(j, "profile");
        json_str(j, r->file[i].profile);
        json_key(j, "why");
        json_str(j, r->file[i].why);
        json_key(j, "read");
        json_u64(j, r->file[i].read);
        json_key(j, "rejected");
        json_u64(j, r->file[i].rejected);
        json_key(j, "without_point");
        json_u64(j, r->file[i].without_point);
        add_missing(j, &r->file[i]);
        add_unread(j, &r->file[i].unread);
        json_close(j, '}');
    }
    json_close(j, ']');
    if (r->timed) add_times(j, &r->times);
    json_close(j, '}');
}
