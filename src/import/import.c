// SPDX-License-Identifier: EUPL-1.2
// A job walks its items (files, and members of archives) source by source. A source is one run of the store: begin, stage every
// row, merge. The file of rejected rows is on the disk before the run is committed, so that no row is ever lost without a trace.
#include "import/import.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/shown.h"
#include "import/feed.h"
#include "import/lifts.h"
#include "import/stranger.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_DEPTH = 16, CODES_SLOTS = 16384, FILES_TEXT_BYTES = 3000, SOON_ROWS = 8 };

struct item { // one file, or one member of an archive
    const char           *path;
    size_t                part;    // from 0
    const struct profile *profile; // NULL: passed over
    struct import_file    told;
    uint64_t              bytes;
    struct damage {
        uint64_t judged, damaged;     // rows with texts that are looked up, and such as have lost letters
    } all, beyond;                    // beyond: of those with letters beyond ASCII
    str               damaged_column; // of the first of them
    struct stream_sum sum; // of a file of a source that keeps no incident twice by its key, once it is read
};

struct code { // of a category or outcome, and the store's number for it
    str              text;
    int32_t          id;
    bool             unknown;     // the profile does not name it
    enum sensitivity sensitivity; // that the profile states
    bool             ranked;
    enum sensitivity stored; // that the store has, when it is ranked
    bool             kept;   // which is stricter, and a profile's
};
struct codes {
    struct code *slot; // [CODES_SLOTS], open addressing
    size_t       n;
};

struct import {
    struct scope         *sc;
    struct store         *st;
    struct import_options o;
    struct lifts          lifts; // of o.lift_only
    enum err              failed;
    bool                  done;

    struct item           *item;
    size_t                 n_items, cap_items;
    const struct profile **profile; // distinct, in the order of their first item
    size_t                 n_profiles;

    // the run at hand
    size_t                   at_profile, at_item;
    bool                     in_run, in_item, merging;
    struct run               run;
    struct run_totals        totals;
    struct row_rules         rules;
    struct zone             *zone;
    struct geocode          *geocode;
    struct class_memo       *memo;
    struct values           *values;
    struct stream           *stream;
    size_t                   part; // that it stands on
    struct feed             *feed;
    const struct feed_batch *batch;   // of it; NULL: the next one is to be taken
    size_t                   at_row;  // in batch
    uint64_t                 at_byte; // of the packed file: where the last batch ended
    struct codes             categories, outcomes;
    struct file_new          rejects;
    const char              *rejects_path;
    struct buf               line, cell;

    struct import_times   times;
    struct flag_count     flags[FLAGS];
    str                   blank_no[FLAGS], blank_yes[FLAGS];
    uint64_t              n_nameless; // as in the report
    uint64_t              reasons[REASONS], all_rows, all_rejected, bytes_done, bytes_total;
    struct import_run    *runs; // [n_profiles]
    size_t                n_runs;
    str                  *unknown;
    size_t                n_unknown, cap_unknown;
    struct import_codes  *known_codes; // [n_profiles]
    size_t                n_known_codes;
    struct raising_words *words; // [n_profiles]
    size_t                n_words;
    uint64_t              classes[SENSITIVITIES];
};

// -- which files, and what are they ------------------------------------------------------------------------------------

static enum err add_item(struct scope *sc, struct import *j, struct item it)
{
    if (j->n_items == j->cap_items) {
        size_t       cap = j->cap_items ? j->cap_items * 2 : 64;
        struct item *grown = realloc(j->item, cap * sizeof *grown);
        if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for the list of files");
        j->item = grown;
        j->cap_items = cap;
    }
    j->item[j->n_items++] = it;
    return OK;
}

/// NULL: no profile fits.
static const struct profile *recognise(const struct profile *all, size_t n, const struct sample *s)
{
    const struct profile *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (all[i].n_required && profile_fits(&all[i], s->name, s->n) &&
            (!best || all[i].n_required > best->n_required))
            best = &all[i];
    return best;
}

struct finding { // what stays the same while files are looked for
    struct import        *j;
    const struct profile *all;
    size_t                n;
};

/// sample: NULL for a spreadsheet. lenient: the file is passed over instead of being a mistake.
static enum err pass_over(struct scope *sc, struct item *it, const struct sample *sample, bool lenient)
{
    TRY(stranger_says(sc, sample, &it->told.why));
    if (lenient) return OK;
    return fail(&sc->fault, ERR_NOTFOUND, "%.*s %.*s", STR(it->told.path), STR(it->told.why));
}

static enum err add_part(struct scope *sc, const struct finding *f, struct stream *s, struct item it,
                         bool lenient)
{
    struct sample sample;
    bool          zip = stream_is_archive(s);
    it.told.path =
        zip ? arena_printf(sc->mem, "%s/%.*s", it.path, STR(stream_part_name(s))) : str_of(it.path);
    if (!it.told.path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (!it.profile) {
        TRY(sample_read(sc, s, &(struct csv_options){ 0 }, &sample));
        it.profile = recognise(f->all, f->n, &sample);
        if (!it.profile) TRY(pass_over(sc, &it, &sample, lenient || zip));
    }
    if (it.profile) it.told.profile = it.profile->source.key;
    return add_item(sc, f->j, it);
}

/// Every part of a file becomes an item. lenient: a part that no profile fits is passed over instead of being a mistake.
static enum err add_file(struct scope *sc, const struct finding *f, const char *path, bool lenient)
{
    AUTO(stream_closep) struct stream *s = NULL;
    uint64_t                           at;
    bool                               more = true;
    struct item it = { .path = path, .profile = f->j->o.profile, .told = { .path = str_of(path) } };
    if (!it.profile && stranger_is_spreadsheet(str_of(path))) {
        TRY(pass_over(sc, &it, NULL, lenient));
        return add_item(sc, f->j, it);
    }
    TRY(stream_open(sc, path, &s));
    stream_progress(s, &at, &it.bytes);
    for (; more; it.part++) {
        TRY(add_part(sc, f, s, it, lenient));
        TRY(stream_next_part(sc, s, &more));
    }
    return OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err add_path(struct scope *sc, const struct finding *f, const char *path, int depth);

static enum err add_folder(struct scope *sc, const struct finding *f, const char *path, int depth)
{
    enum { NAMES_MAX = 100000 };
    if (depth == FOLDER_DEPTH)
        return fail(&sc->fault, ERR_LIMIT, "%s lies more than %d folders deep", path, FOLDER_DEPTH);
    DIR *d = opendir(path);
    if (!d) return fail_errno(&sc->fault, "cannot read the folder %s", path);
    const char **name = arena_array(sc->mem, const char *, NAMES_MAX);
    size_t       n = 0;
    enum err     e = name ? OK : fail(&sc->fault, ERR_NOMEM, "no room for the files of %s", path);
    for (struct dirent *entry; !e && (entry = readdir(d));) {
        if (entry->d_name[0] == '.') continue;
        if (n == NAMES_MAX) e = fail(&sc->fault, ERR_LIMIT, "%s holds more than %d files", path, NAMES_MAX);
        else e = path_join(sc, path, entry->d_name, &name[n++]);
    }
    closedir(d);
    if (e) return e;
    qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0; i < n; i++) TRY(add_path(sc, f, name[i], depth + 1));
    return OK;
}

static enum err add_path(struct scope *sc, const struct finding *f, const char *path, int depth)
{
    struct stat st;
    if (stat(path, &st)) return fail_errno(&sc->fault, "cannot open %s", path);
    return S_ISDIR(st.st_mode) ? add_folder(sc, f, path, depth) : add_file(sc, f, path, depth > 0);
}

/// Is it the last part of its file that its profile reads? Progress counts a file's bytes with it.
static bool is_last_of_path(const struct import *j, size_t at)
{
    const struct item *it = &j->item[at];
    for (size_t i = at + 1; i < j->n_items && j->item[i].path == it->path; i++)
        if (j->item[i].profile == it->profile) return false;
    return true;
}

static enum err list_profiles(struct scope *sc, struct import *j)
{
    j->profile = arena_array(sc->mem, const struct profile *, j->n_items + 1);
    j->runs = arena_array(sc->mem, struct import_run, j->n_items + 1);
    j->known_codes = arena_array(sc->mem, struct import_codes, j->n_items + 1);
    j->words = arena_array(sc->mem, struct raising_words, j->n_items + 1);
    if (!j->profile || !j->runs || !j->known_codes || !j->words)
        return fail(&sc->fault, ERR_NOMEM, "no room for the list of sources");
    for (size_t i = 0; i < j->n_items; i++) {
        const struct profile *p = j->item[i].profile;
        size_t                k = 0;
        while (k < j->n_profiles && j->profile[k] != p) k++;
        if (p && k == j->n_profiles) j->profile[j->n_profiles++] = p;
        if (p && is_last_of_path(j, i)) j->bytes_total += j->item[i].bytes;
    }
    if (j->n_profiles) return OK;
    if (!j->n_items) return fail(&sc->fault, ERR_INVALID, "there is no file in what was named");
    const struct import_file *first = &j->item[0].told;
    return fail(&sc->fault, ERR_INVALID, "no profile fits any of these %zu files. The first, %.*s, %.*s",
                j->n_items, STR(first->path), STR(first->why));
}

static void job_close(struct import *j)
{
    if (!j) return;
    file_new_abort(&j->rejects);
    feed_close(j->feed);
    stream_close(j->stream);
    zone_close(j->zone);
    geocode_close(j->geocode);
    class_memo_close(j->memo);
    values_close(j->values);
    buf_free(&j->line);
    buf_free(&j->cell);
    free(j->item);
    free(j->unknown);
    free(j->categories.slot);
    free(j->outcomes.slot);
    if (j->in_run) store_rollback(j->st);
    free(j);
}

static void job_closep(struct import **j)
{
    job_close(*j);
}

enum err import_begin(struct scope *sc, struct store *st, const struct import_options *o,
                      const char *const *paths, size_t n, struct import **out)
{
    AUTO(job_closep) struct import *j = calloc(1, sizeof *j);
    if (j) {
        j->categories.slot = calloc(CODES_SLOTS, sizeof *j->categories.slot);
        j->outcomes.slot = calloc(CODES_SLOTS, sizeof *j->outcomes.slot);
    }
    if (!j || !j->categories.slot || !j->outcomes.slot)
        return fail(&sc->fault, ERR_NOMEM, "no room for an import");
    j->sc = sc;
    j->st = st;
    j->o = *o;
    buf_init(&j->line, 20 * CSV_MAX_ROW_BYTES);
    buf_init(&j->cell, 8 * CSV_MAX_ROW_BYTES);
    struct finding f = { .j = j };
    TRY(profiles_read(sc, &f.all, &f.n));
    if (o->lift_only) TRY(lifts_read(sc, o->lift_only, &j->lifts));
    for (size_t i = 0; i < n; i++) TRY(add_path(sc, &f, paths[i], 0));
    TRY(list_profiles(sc, j));
    *out = j;
    j = NULL;
    return OK;
}

enum err import_recognise(struct scope *sc, const char *path, const struct profile **out)
{
    AUTO(stream_closep) struct stream *s = NULL;
    const struct profile              *all;
    size_t                             n;
    struct sample                      sample;
    TRY(profiles_read(sc, &all, &n));
    TRY(stream_open(sc, path, &s));
    TRY(sample_read(sc, s, &(struct csv_options){ 0 }, &sample));
    struct item           it = { .told = { .path = str_of(path) } };
    const struct profile *p = recognise(all, n, &sample);
    if (!p) return pass_over(sc, &it, &sample, false);
    *out = p;
    return OK;
}

// -- codes to the store's numbers ----------------------------------------------------------------------------------------

static enum err code_slot(struct scope *sc, struct codes *c, str text, struct code **out)
{
    size_t i = str_hash(text) % CODES_SLOTS;
    while (c->slot[i].text.p && !str_eq(c->slot[i].text, text)) i = (i + 1) % CODES_SLOTS;
    if (!c->slot[i].text.p) {
        if (++c->n > CODES_SLOTS / 2)
            return fail(&sc->fault, ERR_LIMIT,
                        "the files name more than %d categories; is that the right column?", CODES_SLOTS / 2);
        c->slot[i].text = arena_str(sc->mem, text);
        if (!c->slot[i].text.p) return fail(&sc->fault, ERR_NOMEM, "no room for a code");
    }
    *out = &c->slot[i];
    return OK;
}

static void forget_codes(struct codes *c)
{
    memset(c->slot, 0, CODES_SLOTS * sizeof *c->slot);
    c->n = 0;
}

static enum err note_unknown(struct scope *sc, struct import *j, str code)
{
    if (j->n_unknown == j->cap_unknown) {
        size_t cap = j->cap_unknown ? j->cap_unknown * 2 : 16;
        str   *grown = realloc(j->unknown, cap * sizeof *grown);
        if (!grown) return fail(&sc->fault, ERR_NOMEM, "no room for unknown codes");
        j->unknown = grown;
        j->cap_unknown = cap;
    }
    j->unknown[j->n_unknown++] = code;
    return OK;
}

/// A key for a code that the profile does not name: prefix and transliterated code. A code without any letter that can be
/// written so, or longer than a key, gets a number of its own: two kinds that begin alike must not become one.
static enum err key_of(struct scope *sc, const struct profile *p, str code, str *out)
{
    enum { SHORT_KEY = 120 };
    char   key[SHORT_KEY + 2];
    size_t n = category_key(code, key, sizeof key);
    *out = n && n <= SHORT_KEY - 4 && category_key_is_whole(code)
               ? arena_printf(sc->mem, "%.*s%.*s", STR(p->category_prefix), (int)n, key)
               : arena_printf(sc->mem, "%.*s%.*s-%08x", STR(p->category_prefix), n ? (int)n : 4,
                              n ? key : "code", (unsigned)str_fnv(code));
    return out->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a code");
}

static enum err category_put(struct import *j, struct code *slot)
{
    struct scope         *sc = j->sc;
    const struct profile *p = j->profile[j->at_profile];
    struct category       c = { .code = slot->text, .label = { [LANG_EN] = slot->text } };
    slot->unknown = true;
    for (size_t i = 0; i < p->n_categories && slot->unknown; i++)
        if (str_eq_nocase(p->categories[i].code, slot->text)) {
            c = p->categories[i].is;
            c.confirmed_s = j->run.started_s;
            c.confirmed_by = arena_printf(sc->mem, "profile %.*s", STR(p->source.key));
            if (!c.confirmed_by.p) return fail(&sc->fault, ERR_NOMEM, "no room for a code");
            slot->sensitivity = c.sensitivity;
            slot->unknown = false;
        }
    if (slot->unknown) {
        TRY(key_of(sc, p, slot->text, &c.key));
        TRY(note_unknown(sc, j, slot->text));
    }
    c.source = j->run.source;
    TRY(slot->unknown ? store_category_own(sc, j->st, p->source.key, &c) : store_category_put(sc, j->st, &c));
    slot->id = c.id;
    return OK;
}

/// A person's word, or another profile's, may be stricter than this profile's, and what this one said before.
static enum err rank(struct import *j, struct code *slot)
{
    struct arena_mark      before = arena_mark(j->sc->mem);
    const struct category *c;
    size_t                 n;
    if (slot->ranked) return OK;
    enum err e = store_categories(j->sc, j->st, &c, &n);
    for (size_t i = 0; !e && i < n; i++)
        if (c[i].id == slot->id) {
            slot->stored = c[i].sensitivity;
            slot->kept = c[i].sensitivity < slot->sensitivity && str_starts(c[i].confirmed_by, S("profile "));
        }
    arena_back(j->sc->mem, before);
    slot->ranked = !e;
    return e;
}

static enum err category_slot(struct import *j, str code, struct code **out)
{
    TRY(code_slot(j->sc, &j->categories, code, out));
    if (!(*out)->id) TRY(category_put(j, *out));
    if ((*out)->sensitivity) TRY(rank(j, *out));
    j->reasons[NOTE_CATEGORY_UNKNOWN] += (*out)->unknown;
    j->reasons[NOTE_CLASS_STRICTER] += (*out)->kept;
    return OK;
}

/// What hides stays with the record, though its kind hides as much: somebody may tell the kind laxer. Told are those that are more.
static void set_category(struct import *j, const struct code *slot, struct incident *i)
{
    sensitivity_set own = slot->sensitivity ? sensitivity_bit(slot->sensitivity) : 0;
    i->category = slot->id;
    if (slot->sensitivity >= SENSITIVITY_ORDINARY) i->classes &= (sensitivity_set)~own;
    for (sensitivity_set left = i->classes & (sensitivity_set)~own; left; left &= left - 1)
        j->classes[__builtin_ctz(left)]++;
}

struct kinds { // of a row, with the store's classes
    const struct code *slot[TYPES_MAX];
    size_t             n;
    sensitivity_set    classes;                // of kinds that are not taken
    int32_t            mention[2 * TYPES_MAX]; // those, and of the taken that under which it is not counted
    size_t             n_mention;
};

/// Kinds that are not taken hide what they hide. One that nobody has classified is the incident's until somebody has, so that it is
/// asked when it is published.
static enum err add_other_kinds(struct import *j, const struct fed *r, struct kinds *k)
{
    const struct code *open = NULL;
    for (size_t i = r->n_categories; i < r->n_categories + r->n_others; i++) {
        struct code *slot;
        TRY(category_slot(j, r->category[i], &slot));
        TRY(rank(j, slot));
        k->mention[k->n_mention++] = slot->id;
        if (slot->stored == SENSITIVITY_UNCLASSIFIED) open = open ? open : slot;
        else if (slot->stored < SENSITIVITY_ORDINARY) k->classes |= sensitivity_bit(slot->stored);
    }
    for (size_t i = 0; open && i < k->n; i++) {
        if (k->slot[i]->stored == SENSITIVITY_UNCLASSIFIED) continue;
        if (k->slot[i]->stored < SENSITIVITY_ORDINARY) k->classes |= sensitivity_bit(k->slot[i]->stored);
        k->mention[k->n_mention++] = k->slot[i]->id;
        k->slot[i] = open;
    }
    return OK;
}

static enum err kinds_of(struct import *j, const struct fed *r, struct kinds *out)
{
    *out = (struct kinds){ .n = r->n_categories };
    for (size_t k = 0; k < r->n_categories; k++) {
        struct code *slot;
        TRY(category_slot(j, r->category[k], &slot));
        if (r->n_categories > 1 || r->n_others) TRY(rank(j, slot));
        out->slot[k] = slot;
    }
    return r->n_others ? add_other_kinds(j, r, out) : OK;
}

/// Several kinds of one incident, as the store joins rows of one key: the strictest is its category, the first of those that are as
/// strict, and the others are among its classes where they hide anything.
static void set_strictest(struct import *j, struct kinds *k, struct incident *i)
{
    const struct code *best = k->slot[0];
    sensitivity_set    others = k->classes;
    for (size_t at = 1; at < k->n; at++)
        if (k->slot[at]->stored < best->stored) best = k->slot[at];
    for (size_t at = 0; at < k->n; at++) {
        if (k->slot[at]->id == best->id) continue;
        if (k->slot[at]->stored < SENSITIVITY_ORDINARY) others |= sensitivity_bit(k->slot[at]->stored);
        k->mention[k->n_mention++] = k->slot[at]->id;
    }
    set_category(j, best, i);
    i->classes |= others;
}

static enum err outcome_put(struct import *j, struct code *slot)
{
    struct scope         *sc = j->sc;
    const struct profile *p = j->profile[j->at_profile];
    struct outcome        o = { .code = slot->text, .label = { [LANG_EN] = slot->text }, .is = OUTCOME_OPEN };
    slot->unknown = true;
    for (size_t i = 0; i < p->n_outcomes && slot->unknown; i++)
        if (str_eq_nocase(p->outcomes[i].code, slot->text)) {
            o = p->outcomes[i].is;
            o.named = true;
            slot->unknown = false;
        }
    if (slot->unknown) {
        TRY(key_of(sc, p, slot->text, &o.key));
        TRY(note_unknown(sc, j, slot->text));
    }
    TRY(store_outcome_put(sc, j->st, &o));
    slot->id = o.id;
    return OK;
}

static enum err outcome_id(struct import *j, str code, int32_t *id)
{
    struct code *slot;
    *id = 0;
    if (!code.n) return OK;
    TRY(code_slot(j->sc, &j->outcomes, code, &slot));
    if (!slot->id) TRY(outcome_put(j, slot));
    j->reasons[NOTE_OUTCOME_UNKNOWN] += slot->unknown;
    *id = slot->id;
    return OK;
}

// -- one run -----------------------------------------------------------------------------------------------------------

static enum err files_text(struct import *j, str *out)
{
    struct buf b;
    buf_init(&b, 2 * FILES_TEXT_BYTES);
    for (size_t i = 0, n = 0; i < j->n_items && b.n < FILES_TEXT_BYTES; i++) {
        if (j->item[i].profile != j->profile[j->at_profile]) continue;
        if (n++) buf_add(&b, S(", "));
        str path = j->item[i].told.path;
        buf_add(&b, str_slice(path, path.n > 200 ? path.n - 200 : 0, path.n));
    }
    *out = arena_str(j->sc->mem, buf_str(&b));
    buf_free(&b);
    return out->p ? OK : fail(&j->sc->fault, ERR_NOMEM, "no room for the names of the files");
}

/// A run that was killed leaves no trace in the store, and its number is given again; the file of rejected rows that it may
/// have left is of rows that nobody counted.
static enum err clear_rejects(struct import *j)
{
    str path = arena_printf(j->sc->mem, "%s/rejects-%lld.csv", store_dir(j->st), (long long)j->run.id),
        tmp = arena_printf(j->sc->mem, "%s.tmp", path.p ? path.p : "");
    if (!path.p || !tmp.p) return fail(&j->sc->fault, ERR_NOMEM, "no room for a path");
    j->rejects_path = path.p;
    if (j->o.dry_run) return OK;
    if ((unlink(path.p) && errno != ENOENT) || (unlink(tmp.p) && errno != ENOENT))
        return fail_errno(&j->sc->fault, "cannot remove the old %s", path.p);
    return OK;
}

/// Which of what protects the profile says the source does not tell. Classes: where keys are for ever, a blank code of one row
/// says nothing either, so that a new incident without one is no sign; a file without the column is one.
static uint32_t may_lack(const struct profile *p)
{
    bool     stable = p->identity == IDENTITY_STABLE || p->identity == IDENTITY_TYPES;
    uint32_t set = stable || (!p->code_list && !p->words) ? UNTOLD_CLASSES : 0;
    for (int i = 0; i < FLAGS; i++)
        if (flag_rules[i].protects && flag_condition(p, (enum flag)i)->none) set |= flag_rules[i].bit;
    return set;
}

/// By a list of keys, where a key is one incident for ever.
static enum err name_lifts(struct import *j)
{
    const struct profile *p = j->profile[j->at_profile];
    if (p->identity != IDENTITY_STABLE && p->identity != IDENTITY_TYPES)
        return fail(
            &j->sc->fault, ERR_INVALID,
            "--lift-only is for sources whose key names an incident for ever, and that of %.*s does not "
            "(hromada-profile(5), identity); nothing was changed",
            STR(p->source.key));
    struct source source = { .id = j->run.source, .key = p->source.key };
    return lifts_of(j->sc, j->st, &j->lifts, &source, &j->run.lift, &j->run.n_lift);
}

static enum err begin_run(struct import *j)
{
    struct scope         *sc = j->sc;
    const struct profile *p = j->profile[j->at_profile];
    struct store_settings town;
    struct source         source = p->source;
    TRY(store_settings_get(sc, j->st, &town));
    if (!source.timezone.n) source.timezone = town.timezone;
    TRY(zone_open(sc, source.timezone, &j->zone));
    if (p->geocode.n) TRY(geocode_open(sc, p, &j->geocode));
    if (p->code_list || p->words || p->outcome.n) TRY(class_memo_open(sc, &j->memo));
    const struct mark_column *marks;
    TRY(mark_columns_read(sc, p, &marks));
    if (!j->values) TRY(values_open(sc, &j->values));
    j->rules = (struct row_rules){ .p = p,
                                   .marks = marks,
                                   .values = j->values,
                                   .zone = j->zone,
                                   .crs = p->epsg ? crs_by_epsg(p->epsg) : NULL,
                                   .geocode = j->geocode,
                                   .memo = j->memo };
    if (p->epsg && !j->rules.crs)
        return fail(&sc->fault, ERR_INVALID,
                    "the profile %.*s names EPSG:%d, which is not one of the systems known here",
                    STR(source.key), p->epsg);
    TRY(store_begin_run(sc, j->st));
    j->in_run = true;
    TRY(store_source_put(sc, j->st, &source));
    j->run =
        (struct run){ .source = source.id,
                      .identity = p->identity,
                      .profile = source.key,
                      .started_s = clock_system.now_s(),
                      .may_lack = may_lack(p) | (j->o.lift_protection ? UNTOLD_CLASSES | UNTOLD_COLUMN : 0),
                      .may_lift = j->o.lift_protection,
                      .may_move = j->o.moved,
                      .may_share = j->o.parts };
    if (j->o.lift_only) TRY(name_lifts(j));
    j->totals = (struct run_totals){ 0 };
    TRY(files_text(j, &j->run.files));
    TRY(store_run_begin(sc, j->st, &j->run));
    TRY(clear_rejects(j));
    forget_codes(&j->categories);
    forget_codes(&j->outcomes);
    j->at_item = 0;
    return OK;
}

/// Would a row be counted twice that is read from two files? Where a key is that of one incident for ever, it is not.
static bool counts_twice(const struct item *it)
{
    return it->profile->identity == IDENTITY_SLICE || it->profile->identity == IDENTITY_NONE;
}

/// Parts of an archive come in their order, so its stream stays open from one to the next.
static enum err open_item(struct import *j, struct item *it)
{
    bool more = true;
    if (!j->stream) {
        TRY(stream_open(j->sc, it->path, &j->stream));
        j->part = 0;
    }
    for (; j->part < it->part && more; j->part++) TRY(stream_next_part(j->sc, j->stream, &more));
    if (!more) return fail(&j->sc->fault, ERR_IO, "%s has changed while it was read", it->path);
    if (j->n_items > 1 && counts_twice(it)) stream_sum_up(j->stream);
    j->batch = NULL;
    j->at_byte = 0;
    if (j->memo) class_memo_file(j->memo, it->told.path);
    TRY(store_run_part(j->sc, j->st, &j->run, it->told.path));
    return feed_open(j->sc, j->stream, &j->rules, &j->feed);
}

/// A cell for people: what a terminal would obey is escaped, but for line ends.
static void add_cell(struct import *j, str text)
{
    str line;
    buf_reset(&j->cell);
    while (str_cut(&text, '\n', &line)) {
        bool cr = str_ends(line, S("\r"));
        shown_add(&j->cell, str_slice(line, 0, line.n - cr));
        if (cr) buf_add_c(&j->cell, '\r');
        if (text.p) buf_add_c(&j->cell, '\n');
    }
    csv_add(&j->line, buf_str(&j->cell));
}

static enum err open_rejects(struct import *j)
{
    TRY(file_new_open(j->sc, j->rejects_path, &j->rejects));
    fputs("file,line,column,reason,what is wrong,row\r\n", j->rejects.f);
    return OK;
}

static enum err reject(struct import *j, struct item *it, const struct fed *r)
{
    struct buf *b = &j->line;
    const str  *slice = r->slice.anywhere ? NULL : &r->slice.name;
    j->totals.rejected++;
    j->all_rejected++;
    it->told.rejected++;
    j->reasons[r->rejected]++;
    TRY(store_run_rejected(j->sc, j->st, &j->run, slice));
    for (size_t i = 0; i < r->n_keys; i++) TRY(store_run_unread(j->sc, j->st, &j->run, slice, r->key[i]));
    j->n_nameless += j->profile[j->at_profile]->identity != IDENTITY_NONE && !r->n_keys;
    if (j->o.dry_run) return OK;
    if (!j->rejects.f) TRY(open_rejects(j));
    buf_reset(b);
    add_cell(j, it->told.path);
    buf_printf(b, ",%llu,", (unsigned long long)r->line);
    add_cell(j, r->column);
    buf_printf(b, ",%s,", reason_code(r->rejected));
    csv_add(b, str_of(reason_sentence(r->rejected)));
    buf_add_c(b, ',');
    add_cell(j, r->raw);
    buf_add(b, S("\r\n"));
    if (b->failed || j->cell.failed) return fail(&j->sc->fault, ERR_NOMEM, "no room for a rejected row");
    if (fwrite(b->p, 1, b->n, j->rejects.f) != b->n)
        return fail_errno(&j->sc->fault, "cannot write %s", j->rejects.tmp);
    return OK;
}

static void count_damage(struct damage *d, const struct fed *r)
{
    d->judged += r->judged;
    d->damaged += r->damaged.n > 0;
}

static enum err take(struct import *j, struct item *it, const struct fed *r)
{
    size_t copies = r->rejected ? 1 : row_copies(j->profile[j->at_profile], r->n_categories);
    j->totals.read += copies;
    j->all_rows += copies;
    it->told.read += copies;
    if (r->rejected) return reject(j, it, r);
    for (uint64_t left = r->notes; left; left &= left - 1) j->reasons[__builtin_ctzll(left)]++;
    count_damage(&it->all, r);
    if (r->beyond) count_damage(&it->beyond, r);
    if (r->damaged.n && !it->damaged_column.n) it->damaged_column = r->damaged;
    struct incident i = r->incident;
    struct kinds    kinds;
    i.source = j->run.source;
    i.row = lifts_row(j->at_item, r->line);
    TRY(outcome_id(j, r->outcome, &i.outcome));
    it->told.without_point += i.point == POINT_NONE || i.point == POINT_AREA ? copies : 0;
    TRY(kinds_of(j, r, &kinds));
    bool one = copies < kinds.n;
    if (one) set_strictest(j, &kinds, &i);
    i.mention = kinds.mention;
    i.n_mention = kinds.n_mention;
    if (one) return store_run_stage(j->sc, j->st, &j->run, &i);
    for (size_t k = 0; k < copies; k++) {
        i.classes = r->incident.classes | kinds.classes;
        set_category(j, kinds.slot[k], &i);
        TRY(store_run_stage(j->sc, j->st, &j->run, &i));
    }
    return OK;
}

/// Takes about so many rows of the item at hand. *end: there are no more.
static enum err take_rows(struct import *j, struct item *it, size_t rows, bool *end)
{
    for (size_t i = 0; i < rows; i++) {
        while (!j->batch || j->at_row == j->batch->n) {
            int64_t began = clock_system.monotonic_ns();
            j->batch = feed_next(j->feed);
            j->times.wait += clock_system.monotonic_ns() - began;
            j->at_row = 0;
            if (!j->batch) {
                *end = true;
                return feed_end(j->sc, j->feed);
            }
            j->at_byte = j->batch->at;
        }
        if (j->at_row + SOON_ROWS < j->batch->n)
            store_run_soon(j->st, &j->batch->row[j->at_row + SOON_ROWS].incident);
        TRY(take(j, it, &j->batch->row[j->at_row++]));
    }
    return OK;
}

/// A column in which yes is marked and no is left blank would make nearly all incidents domestic, and counts of that do not change
/// once they are published: which of the two a blank means is for a person to say. A few are taken for what they are.
static enum err check_blank(struct scope *sc, const struct profile *p, enum flag f,
                            const struct flag_count *c)
{
    enum { FEW = 10 };
    uint64_t rows = 0;
    for (int a = 0; a < REPLIES; a++) rows += c->rows[a];
    if (!flag_rules[f].protects || c->blank < FEW || c->blank * 2 <= rows) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "%llu of %llu rows leave \"%s\" blank, which counts as yes. If a blank means no, write \"%.*s\" "
        "into [%s] of the profile; if it is not known, and these incidents are to be withheld as if it were "
        "yes, \"%.*s\"%.*s. Nothing was changed",
        (unsigned long long)c->blank, (unsigned long long)rows, flag_rules[f].name,
        STR(flag_blank_line(sc, p, f, false)), flag_rules[f].section, STR(flag_blank_line(sc, p, f, true)),
        STR(unread_profile(sc, p)));
}

/// A few rows are withheld for what they have lost; where most are, the file came through a wrong hand. Texts of ASCII alone show
/// nothing of that: where they are many, those with other letters are asked.
static enum err check_damaged(struct scope *sc, const struct item *it)
{
    enum { FEW = 10, SHARE = 20 };
    const struct damage *d = &it->all;
    if (d->damaged * 2 <= d->judged && it->beyond.damaged * SHARE > d->judged) d = &it->beyond;
    if (d->damaged < FEW || d->damaged * 2 <= d->judged) return OK;
    return fail(
        &sc->fault, ERR_INVALID,
        "%llu of %llu rows with texts%s have lost letters, as in \"%.*s\": question marks within words, "
        "U+FFFD, or words as they come of an encoding that was taken for another. Words that protect would "
        "not be found in "
        "them. Have the file made anew from its source, in UTF-8, or name the encoding that it is in "
        "(hromada-profile(5), encoding). Nothing was changed",
        (unsigned long long)d->damaged, (unsigned long long)d->judged,
        d == &it->beyond ? " beyond ASCII" : "", STR(str_slice(it->damaged_column, 0, 60)));
}

/// What the item's rows said on the whole.
static enum err sum_up(struct import *j, struct item *it)
{
    TRY(check_damaged(j->sc, it));
    for (int i = 0; i < FLAGS; i++) {
        const struct flag_count *says = &feed_flags(j->feed)[i];
        const struct condition  *asks = flag_condition(it->profile, (enum flag)i);
        TRY(check_blank(j->sc, it->profile, (enum flag)i, says));
        if (says->blank && flag_rules[i].protects && !j->blank_no[i].p) {
            j->blank_no[i] = flag_blank_line(j->sc, it->profile, (enum flag)i, false);
            j->blank_yes[i] = flag_blank_line(j->sc, it->profile, (enum flag)i, true);
        }
        flag_sum(&j->flags[i], says);
        if (!asks->n && !asks->none) j->flags[i].unasked += says->rows[REPLY_NOT_TOLD];
    }
    TRY(unread_list(j->sc, it->profile, feed_columns(j->feed), &it->told.unread));
    return missing_list(j->sc, it->profile, feed_columns(j->feed), &it->told.missing, &it->told.n_missing);
}

static bool is_copy(const struct item *a, const struct item *b)
{
    return a->profile == b->profile && a->sum.bytes == b->sum.bytes && a->sum.crc == b->sum.crc &&
           a->sum.adler == b->sum.adler;
}

/// Of a file that was read before, packed otherwise perhaps. Files without rows may be alike.
static enum err check_copy(struct import *j, const struct item *it)
{
    const struct item *was = j->item;
    while (was < it && !(is_copy(was, it) && was->told.read > was->told.rejected)) was++;
    if (!counts_twice(it) || was == it) return OK;
    if (str_eq(was->told.path, it->told.path))
        return fail(&j->sc->fault, ERR_INVALID,
                    "it stands twice among the files, and its rows would count twice; name it once. Nothing "
                    "was changed");
    return fail(
        &j->sc->fault, ERR_INVALID,
        "it is a copy of %.*s, and its rows would count twice; leave one of them out. Nothing was changed",
        STR(str_slice(was->told.path, 0, 200)));
}

/// The store has refused it, perhaps for what another file tells, too: then what is wrong may be that it is the same.
static enum err refused_as_copy(struct import *j, struct item *it, enum err why)
{
    enum { ROOM = 64 << 10 };
    struct scope      try = { .mem = j->sc->mem };
    struct arena_mark before = arena_mark(try.mem);
    char             *to = arena_alloc(try.mem, ROOM);
    size_t            got = 1;
    if (!to || why != ERR_INVALID || !counts_twice(it)) return why;
    feed_closep(&j->feed);
    enum err e = stream_rewind(&try, j->stream);
    while (!e && got) e = stream_read(&try, j->stream, to, ROOM, &got);
    arena_back(try.mem, before);
    it->sum = stream_sum(j->stream);
    return e || !check_copy(j, it) ? why : j->sc->fault.code;
}

static void close_item(struct import *j)
{
    const struct item *it = &j->item[j->at_item];
    struct feed_times  t = feed_times(j->feed);
    j->times.unpack += t.unpack;
    j->times.read += t.read;
    j->times.understand += t.understand;
    feed_closep(&j->feed);
    if (is_last_of_path(j, j->at_item)) {
        j->bytes_done += it->bytes;
        stream_closep(&j->stream);
    }
    j->in_item = false;
    j->at_item++;
}

/// What the run's list of codes did not know.
static enum err keep_codes(struct import *j)
{
    const struct code_list *l = j->profile[j->at_profile]->code_list;
    if (!l) return OK;
    struct import_codes *c = &j->known_codes[j->n_known_codes++];
    c->list = l;
    return class_memo_unknown(j->sc, j->memo, &c->unknown, &c->n);
}

/// The words by which its rows are more sensitive than their kinds.
static enum err keep_words(struct import *j)
{
    const struct profile *p = j->profile[j->at_profile];
    if (!j->memo) return OK;
    struct raising_words w = { .source = j->run.profile,
                               .n_harmless = p->n_harmless,
                               .harmless_by = p->harmless_by,
                               .undo = unread_profile(j->sc, p) };
    TRY(class_memo_raising(j->sc, j->memo, &w.raised));
    if (w.raised.n || w.raised.more_rows || w.n_harmless) j->words[j->n_words++] = w;
    return OK;
}

/// Which rows stopped the run, beside the store, which is as it was.
static enum err list_lost(struct import *j, enum err why)
{
    struct scope *sc = j->sc;
    bool          keyed = j->run.identity == IDENTITY_STABLE || j->run.identity == IDENTITY_TYPES;
    str           said = arena_printf(sc->mem, "%s", sc->fault.text);
    str           path = arena_printf(sc->mem, "%s/lift-%lld.csv", store_dir(j->st), (long long)j->run.id);
    str          *file = arena_array(sc->mem, str, j->n_items + 1);
    if (!said.p || !path.p || !file) return why;
    for (size_t i = 0; i < j->n_items; i++) file[i] = j->item[i].told.path;
    if (j->o.dry_run)
        return fail(&sc->fault, why, "%s. Without --dry-run, a list of the rows is written", said.p);
    if (lifts_write(sc, path.p, j->run.profile, j->run.lost, j->run.n_lost, file, j->n_items))
        return fail_at(&sc->fault, "%s. The list of the rows could not be written", said.p);
    const char *which = j->run.n_lost == RUN_LOST_MAX ? "first 10000 rows" : "rows";
    if (!keyed) return fail(&sc->fault, why, "%s. The %s are listed in %s", said.p, which, path.p);
    return fail(
        &sc->fault, why,
        "%s. The %s are listed in %s: to lift some of them alone, delete the others from it, and import "
        "again with --lift-only %s",
        said.p, which, path.p, path.p);
}

static enum err end_run(struct import *j)
{
    struct import_run *r = &j->runs[j->n_runs];
    *r = (struct import_run){ .source = j->run.profile,
                              .name = j->profile[j->at_profile]->source.name,
                              .run = j->run.id };
    bool rejects = j->rejects.f != NULL;
    TRY(keep_words(j));
    TRY(keep_codes(j)); // what can fail comes before the store commits
    if (rejects) {
        r->rejects = arena_str(j->sc->mem, str_of(j->rejects.path));
        TRY(file_new_commit(j->sc, &j->rejects));
    }
    enum err e = store_run_finish(j->sc, j->st, &j->run, j->o.dry_run, &j->totals);
    j->in_run = false;
    if (e) {
        if (rejects) unlink(r->rejects.p);
        return j->run.n_lost ? list_lost(j, e) : e;
    }
    r->totals = j->totals;
    j->times.index += j->run.times.index;
    j->times.merge += j->run.times.merge;
    j->times.commit += j->run.times.commit;
    j->n_runs++;
    j->merging = false;
    zone_closep(&j->zone);
    geocode_closep(&j->geocode);
    class_memo_closep(&j->memo);
    j->at_profile++;
    return OK;
}

static enum err step(struct import *j, size_t rows)
{
    if (!j->in_run) {
        if (j->at_profile == j->n_profiles) return j->done = true, OK;
        return begin_run(j);
    }
    if (j->merging) return end_run(j);
    while (j->at_item < j->n_items && j->item[j->at_item].profile != j->profile[j->at_profile]) j->at_item++;
    if (j->at_item == j->n_items) return j->merging = true, OK; // a step of its own, so that it can be shown
    struct item *it = &j->item[j->at_item];
    bool         end = false;
    enum err     e = OK;
    if (!j->in_item) e = open_item(j, it);
    j->in_item = !e;
    int64_t began = clock_system.monotonic_ns(), waited = j->times.wait;
    if (!e) e = take_rows(j, it, rows, &end);
    j->times.store += clock_system.monotonic_ns() - began - (j->times.wait - waited);
    if (!e && end) e = sum_up(j, it);
    if (!e && end) it->sum = stream_sum(j->stream), e = check_copy(j, it);
    else if (e && j->in_item) e = refused_as_copy(j, it, e);
    if (e) return fail_at(&j->sc->fault, "%.*s", STR(str_slice(it->told.path, 0, 200)));
    if (end) close_item(j);
    return OK;
}

bool import_step(struct import *j, size_t rows)
{
    if (j->failed || j->done) return false;
    j->failed = step(j, rows);
    return !j->failed && !j->done;
}

struct import_progress import_progress(const struct import *j)
{
    struct import_progress p = { .rows = j->all_rows,
                                 .rejected = j->all_rejected,
                                 .bytes = j->bytes_done,
                                 .bytes_total = j->bytes_total,
                                 .n_files = j->n_items,
                                 .file_number = j->at_item + 1,
                                 .merging = j->merging,
                                 .file = "" };
    if (j->stream && j->in_item) {
        p.bytes += j->at_byte;
        p.file = j->item[j->at_item].path;
    }
    return p;
}

static void add_totals(struct run_totals *to, const struct run_totals *t)
{
    to->read += t->read;
    to->imported += t->imported;
    to->unchanged += t->unchanged;
    to->revised += t->revised;
    to->rejected += t->rejected;
    to->merged += t->merged;
    to->withdrawn += t->withdrawn;
    to->without_point += t->without_point;
    to->outcomes_revised += t->outcomes_revised;
    to->joint += t->joint;
    to->lifted += t->lifted;
    to->several += t->several;
    to->mixed += t->mixed;
    to->kept += t->kept;
    to->unread += t->unread;
    to->stayed += t->stayed;
}

static enum err make_report(struct import *j, struct import_report *out)
{
    struct scope         *sc = j->sc;
    struct import_report  r = { .dry_run = j->o.dry_run,
                                .timed = j->o.timed,
                                .times = j->times,
                                .run = j->runs,
                                .n_runs = j->n_runs,
                                .n_files = j->n_items,
                                .n_unknown = j->n_unknown,
                                .n_nameless = j->n_nameless,
                                .codes = j->known_codes,
                                .n_codes = j->n_known_codes,
                                .words = j->words,
                                .n_words = j->n_words };
    struct import_file   *file = arena_array(sc->mem, struct import_file, j->n_items + 1);
    struct import_reason *reason = arena_array(sc->mem, struct import_reason, REASONS);
    str                  *unknown = arena_array(sc->mem, str, j->n_unknown + 1);
    struct flag_count    *flags = arena_array(sc->mem, struct flag_count, FLAGS);
    uint64_t             *classes = arena_array(sc->mem, uint64_t, SENSITIVITIES);
    if (!file || !reason || !unknown || !flags || !classes)
        return fail(&sc->fault, ERR_NOMEM, "no room for the report");
    for (size_t i = 0; i < j->n_items; i++) file[i] = j->item[i].told;
    for (size_t i = 0; i < j->n_unknown; i++) unknown[i] = j->unknown[i];
    for (size_t i = 0; i < j->n_runs; i++) add_totals(&r.totals, &j->runs[i].totals);
    r.n_stray = lifts_stray(&j->lifts, r.stray);
    size_t n = 0;
    for (int i = 0; i < REASONS; i++) {
        if (i == NOTE_FIRST) r.n_reasons = n;
        if (j->reasons[i])
            reason[n++] = (struct import_reason){ reason_code((enum reason)i),
                                                  reason_sentence((enum reason)i), j->reasons[i] };
    }
    r.file = file;
    r.reason = reason;
    r.note = reason + r.n_reasons;
    r.n_notes = n - r.n_reasons;
    r.unknown = unknown;
    memcpy(flags, j->flags, sizeof j->flags);
    memcpy(r.blank_no, j->blank_no, sizeof r.blank_no);
    memcpy(r.blank_yes, j->blank_yes, sizeof r.blank_yes);
    r.flags = flags;
    memcpy(classes, j->classes, sizeof j->classes);
    r.classes = classes;
    *out = r;
    return OK;
}

enum err import_finish(struct scope *sc, struct import *j, struct import_report *out)
{
    enum err e = j->failed;
    if (!e && !j->done)
        e = fail(&j->sc->fault, ERR_INVALID,
                 "the import was given up before its end; nothing of the source at hand is kept");
    if (!e) e = make_report(j, out);
    if (e && j->done) (void)fail_at(&j->sc->fault, "all is imported");
    else if (e && j->n_runs)
        (void)fail_at(&j->sc->fault, "%zu of %zu sources are imported, the next is as it was", j->n_runs,
                      j->n_profiles);
    if (e && sc != j->sc) sc->fault = j->sc->fault;
    job_close(j);
    return e;
}
