// SPDX-License-Identifier: EUPL-1.2
#include "main/release.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "index/query.h"
#include "main/bounds.h"
#include "main/config.h"
#include "main/difference.h"
#include "main/known.h"
#include "main/overlay.h"
#include "main/town_keys.h"
#include "model/half.h"
#include "store/area_count.h"
#include "store/copied.h"
#include "store/shown.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum err release_policy(struct scope *sc, const char *dir, const char *path, struct policy *out)
{
    str text = policy_default();
    if (path) TRY(file_read(sc, path, POLICY_MAX_BYTES, &text));
    else {
        const char *own;
        TRY(path_join(sc, dir, "policy.txt", &own));
        enum err e = file_read(sc, own, POLICY_MAX_BYTES, &text);
        if (e && e != ERR_NOTFOUND) return e;
        path = e ? "the built-in policy" : own;
    }
    enum err e = policy_read(sc, text, out);
    int32_t  today = civil_floor_day(clock_system.now_s());
    bool     is_signed = !e && policy_has_exceptions(out);
    if (is_signed) e = policy_floors(sc, out, true, today); // what no signature would mend is told first
    if (!e && is_signed) e = keys_check_policy(sc, dir, path, text);
    if (!e) e = policy_floors(sc, out, is_signed, today);
    return e ? fail_at(&sc->fault, "%s", path) : OK;
}

enum err release_policy_lost(struct cli *cli, struct store *st, const char **path, int64_t *release)
{
    const struct release_record *record;
    size_t                       n;
    *release = 0;
    TRY(path_join(cli->sc, cli->dir, "policy.txt", path));
    TRY(store_releases(cli->sc, st, &record, &n));
    if (n && access(*path, F_OK) && !str_eq(record[n - 1].policy, policy_default()))
        *release = record[n - 1].number;
    return OK;
}

// -- the tiers, each on a thread -------------------------------------------------------------------------------------

enum { TIER_MAX_BYTES = 1 << 29, SHOW_EVERY = 4096 };

struct tier_job {
    enum tier                 tier;
    const struct publication *of;
    struct release_new       *release;
    const struct cli         *show; // of the one job that stays on the caller's thread
    atomic_bool              *stop; // another has failed
    struct scope              sc;
    pthread_t                 thread;
    bool                      started;
    enum err                  e;
    struct publish_totals     totals;
    struct tier_timing        timing;
};

static int64_t now_ms(void)
{
    return clock_system.monotonic_ms();
}

/// False: somebody else failed, and what was made so far is of no use.
static enum err add_rows(struct tier_job *job, struct publisher *from, struct index_writer *to, bool *all)
{
    struct progress    progress;
    struct release_row row;
    uint64_t           n = 0;
    progress_begin(&progress);
    for (*all = true; *all && publish_next(from, &row); n++) {
        TRY(index_writer_add(&job->sc, to, &row));
        if (n % SHOW_EVERY) continue;
        if (job->show) progress_show(job->show, &progress, "publishing", n, -1);
        *all = !atomic_load_explicit(job->stop, memory_order_relaxed);
    }
    if (job->show) progress_end(job->show, &progress);
    return OK;
}

static enum err make_tier(struct tier_job *job)
{
    struct scope                                  *sc = &job->sc;
    struct release_new                            *r = job->release;
    AUTO(publish_closep) struct publisher         *from = NULL;
    AUTO(index_writer_closep) struct index_writer *to = NULL;
    int64_t                                        began_ms = now_ms();
    bool                                           all;
    TRY(publish_open(sc, job->of, job->tier, &from));
    const struct release_info *info = publish_info(from);
    str                        path = arena_printf(sc->mem, "%s/%.*s.index",
                            job->tier == TIER_PUBLIC ? r->public_dir : r->restricted_dir, STR(info->tier));
    if (!path.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    TRY(index_writer_open(sc, path.p, info, &to));
    TRY(add_rows(job, from, to, &all));
    if (!all) return OK;
    TRY(publish_end(sc, from, &job->totals));
    job->timing.decide_ms = now_ms() - began_ms;
    TRY(index_writer_commit(sc, to));
    index_writer_times(to, &job->timing.sort_ms, &job->timing.write_ms);
    int64_t written_ms = now_ms();
    TRY(release_hash(sc, r, job->tier));
    job->timing.hash_ms = now_ms() - written_ms;
    return OK;
}

static void *run_tier(void *arg)
{
    struct tier_job *job = arg;
    job->e = make_tier(job);
    if (job->e) atomic_store_explicit(job->stop, true, memory_order_relaxed);
    return NULL;
}

struct tier_jobs {
    struct tier_job job[TIERS];
    size_t          n;
    atomic_bool     stop;
};

static void tier_jobs_free(struct tier_jobs *jobs)
{
    for (size_t i = 0; i < jobs->n; i++) arena_close(jobs->job[i].sc.mem);
}

/// The sentence of the first that failed. What the jobs made lives until tier_jobs_free.
static enum err make_tiers(struct cli *cli, struct tier_jobs *jobs, const struct policy *p,
                           const struct publication *of, struct release_new *r)
{
    for (enum tier t = TIER_PUBLIC; t < TIERS; t++) {
        if (!p->tier[t].given) continue;
        struct tier_job *job = &jobs->job[jobs->n++];
        *job = (struct tier_job){ .tier = t, .of = of, .release = r, .stop = &jobs->stop };
        job->sc.mem = arena_open(TIER_MAX_BYTES);
        if (!job->sc.mem) return fail(&cli->sc->fault, ERR_NOMEM, "no room to publish a tier");
    }
    if (jobs->n) jobs->job[jobs->n - 1].show = cli;
    for (size_t i = 0; i + 1 < jobs->n; i++) // without a thread it runs here, in its turn
        jobs->job[i].started = !pthread_create(&jobs->job[i].thread, NULL, run_tier, &jobs->job[i]);
    for (size_t i = 0; i < jobs->n; i++)
        if (!jobs->job[i].started) run_tier(&jobs->job[i]);
    for (size_t i = 0; i < jobs->n; i++)
        if (jobs->job[i].started) pthread_join(jobs->job[i].thread, NULL);
    for (size_t i = 0; i < jobs->n; i++) {
        if (!jobs->job[i].e) continue;
        cli->sc->fault = jobs->job[i].sc.fault;
        return jobs->job[i].e;
    }
    return OK;
}

/// Reads the store, once for all tiers.
static enum err read_store(struct cli *cli, struct store *st, const struct policy *p,
                           const struct release_new *r, const struct leave_order *leave,
                           struct publication **out)
{
    struct scope                                *sc = cli->sc;
    AUTO(publication_closep) struct publication *made = NULL;
    struct progress                              progress;
    const char                                  *path;
    TRY(path_join(sc, r->restricted_dir, "facts", &path));
    TRY(publication_open(sc, st, p, leave, path, &made));
    progress_begin(&progress);
    for (uint64_t n = 0; publication_read(made, SHOW_EVERY); n += SHOW_EVERY)
        progress_show(cli, &progress, "reading", n, -1);
    progress_end(cli, &progress);
    TRY(publication_end(sc, made));
    *out = made;
    made = NULL;
    return OK;
}

/// The last number given is that of the newest release, and what the public saw is known under it, whatever tiers it had.
/// One that was withdrawn told something that it should not have: then nothing stays as it told it; nor if one between was.
static enum err leave_order(struct cli *cli, struct store *st, const struct release_new *r, bool now,
                            struct leave_order *out)
{
    const struct release_record *record;
    struct release_fate          fate = { .is = RELEASE_ABSENT };
    struct shown                 shown;
    size_t                       n;
    *out = (struct leave_order){ r->number, r->created_s, r->number - 1, now };
    TRY(store_shown_get(cli->sc, st, out->before, &shown));
    TRY(store_releases(cli->sc, st, &record, &n));
    if (out->before) TRY(release_fate(cli->sc, cli->dir, out->before, &fate));
    out->at_once = now || fate.is == RELEASE_WITHDRAWN;
    while (shown.release && n-- && !out->at_once && record[n].created_s >= shown.created_s) {
        TRY(release_fate(cli->sc, cli->dir, record[n].number, &fate));
        out->at_once = fate.is == RELEASE_WITHDRAWN;
        if (record[n].created_s == shown.created_s) break; // the one that the public saw
    }
    return OK;
}

static enum err inputs_of(struct scope *sc, struct store *st, struct run **out, size_t *n)
{
    const struct run_record *record;
    TRY(store_runs(sc, st, 0, &record, n));
    struct run *run = arena_array(sc->mem, struct run, *n + 1);
    if (!run) return fail(&sc->fault, ERR_NOMEM, "no room for the list of imports");
    for (size_t i = 0; i < *n; i++) run[i] = record[i].run;
    *out = run;
    return OK;
}

// -- what a person must confirm ----------------------------------------------------------------------------------------

static enum err check_clock(struct scope *sc, struct store *st, int64_t now_s,
                            const struct release_consent *consent)
{
    struct bounds_traces t;
    TRY(bounds_traces_of(sc, st, &t));
    return bounds_clock(sc, &t, BOUNDS_PUBLISH, now_s, str_of(consent->date ? consent->date : ""));
}

/// The release that this one is held against: the newest that was not withdrawn. Number 0: none.
static enum err release_before(struct cli *cli, struct store *st, struct release_record *out)
{
    const struct release_record *record;
    size_t                       n;
    TRY(store_releases(cli->sc, st, &record, &n));
    *out = (struct release_record){ 0 };
    while (n-- > 0) {
        struct release_fate f;
        TRY(release_fate(cli->sc, cli->dir, record[n].number, &f));
        if (f.is == RELEASE_WITHDRAWN) continue;
        *out = record[n];
        break;
    }
    return OK;
}

/// Incidents by section of the ICCS. False: there is no such file any more.
static bool count_sections(struct scope *sc, const char *path, uint64_t count[ICCS_SECTIONS])
{
    AUTO(index_closep) struct index *ix = NULL;
    struct filter                    all;
    struct facets                    k;
    filter_all(&all);
    if (index_open(sc, path, &ix) || index_facets(sc, ix, &all, FACET_CATEGORY, false, &k)) return false;
    const struct release_info *in = index_info(ix);
    for (size_t i = 0; i < in->n_categories; i++)
        if (in->categories[i].iccs >= 0 && in->categories[i].iccs < ICCS_SECTIONS)
            count[in->categories[i].iccs] += k.category[i];
    return true;
}

/// " Most of it: acts against property only 120 (were 4000), ..." of the three that differ most; empty where it cannot be told.
static str most_different(struct cli *cli, const struct release_new *r, int64_t before)
{
    enum { NAMED = 3 };
    struct scope              own = { .mem = cli->sc->mem };
    uint64_t                  was[ICCS_SECTIONS] = { 0 }, is[ICCS_SECTIONS] = { 0 };
    const char               *old, *new;
    AUTO(buf_free) struct buf b;
    buf_init(&b, 4096);
    if (release_index_path(&own, cli->dir, before, TIER_PUBLIC, &old) ||
        path_join(&own, r->public_dir, "public.index", &new) || !count_sections(&own, old, was) ||
        !count_sections(&own, new, is))
        return S("");
    for (int named = 0; named < NAMED; named++) {
        int      most = 0;
        uint64_t by = 0;
        for (int i = 0; i < ICCS_SECTIONS; i++) {
            uint64_t d = was[i] > is[i] ? was[i] - is[i] : is[i] - was[i];
            if (d > by) by = d, most = i;
        }
        if (!by) break;
        buf_printf(&b, "%s%.*s %llu (were %llu)",
                   named ? ", " : ". Most of it: ", STR(iccs_label(most, LANG_EN)),
                   (unsigned long long)is[most], (unsigned long long)was[most]);
        was[most] = is[most];
    }
    return b.failed ? S("") : arena_str(cli->sc->mem, buf_str(&b));
}

/// The options of consent that were given, each with a blank behind it: they are to be given again with what is asked for.
static str given_so_far(struct scope *sc, const struct release_consent *c)
{
    struct buf b;
    buf_init(&b, 1000);
    if (c->date) buf_printf(&b, "--at-this-date %s ", c->date);
    if (c->leave_now) buf_add(&b, S("--leave-now "));
    if (c->count_again) buf_printf(&b, "--count-again %s ", c->count_again);
    if (c->after_withdrawal) buf_printf(&b, "--after-withdrawal %lld ", (long long)c->after_withdrawal);
    if (c->older_given) buf_printf(&b, "--older-database %lld ", (long long)c->older_database);
    if (c->other_regions) buf_printf(&b, "--other-regions %lld ", (long long)c->other_regions);
    if (c->total_given) buf_printf(&b, "--accept-total %llu ", (unsigned long long)c->total);
    str given = b.failed ? S("") : arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return given;
}

static enum err check_total(struct cli *cli, struct store *st, const struct release_new *r, uint64_t now,
                            const struct release_consent *consent)
{
    struct release_record before;
    TRY(release_before(cli, st, &before));
    if (consent->total_given && consent->total != now)
        return fail(&cli->sc->fault, ERR_INVALID,
                    "%llu %s would be public, not the %llu of --accept-total: nothing was published",
                    (unsigned long long)now, plural(now, "incident", "incidents"),
                    (unsigned long long)consent->total);
    if (consent->total_given || bounds_total(before.incidents, now)) return OK;
    str parts = most_different(cli, r, before.number);
    return fail(&cli->sc->fault, ERR_INVALID,
                "%llu %s would be public, and release %lld has %llu: nothing was published%.*s. If that is "
                "meant, publish with %.*s--accept-total %llu",
                (unsigned long long)now, plural(now, "incident", "incidents"), (long long)before.number,
                (unsigned long long)before.incidents, STR(str_slice(parts, 0, 220)),
                STR(given_so_far(cli->sc, consent)), (unsigned long long)now);
}

/// What comes back without one that turned tells it, where fewer than four stay away with it.
static enum err check_cover(struct cli *cli, const struct leave_totals *t,
                            const struct release_consent *consent)
{
    if (!t->bare || consent->leave_now) return OK;
    return fail(&cli->sc->fault, ERR_INVALID,
                "of what was hidden and would be public again, some turned sensitive meanwhile, and %llu too "
                "few can stay "
                "away with them: who compares the releases would see which. Nothing was published. Leave "
                "hidden what was "
                "hidden (by the policy, the delay or its source); or, if it is meant all the same, publish "
                "with --leave-now",
                (unsigned long long)t->bare);
}

// -- after a withdrawal ------------------------------------------------------------------------------------------------

/// What was taken back for a reason is not followed without a word: whether that reason is gone no program knows. That something has
/// changed since, such as a new month, or a row that its file tells twice, says nothing of it.
static enum err check_withdrawn(struct cli *cli, struct store *st, const struct release_consent *consent)
{
    struct release_fate f = { 0 };
    int64_t             last, given = consent->after_withdrawal;
    TRY(known_newest(cli, st, &last));
    if (last) TRY(release_fate(cli->sc, cli->dir, last, &f));
    if (f.is != RELEASE_WITHDRAWN || (given && given != last)) {
        if (!given) return OK;
        return fail(&cli->sc->fault, ERR_INVALID,
                    "release %lld is not the newest, or was not withdrawn: nothing was published without "
                    "--after-withdrawal being right",
                    (long long)given);
    }
    if (given || consent->count_again) return OK;
    return fail(&cli->sc->fault, ERR_INVALID,
                "release %lld was withdrawn because of \"%.*s\", and nothing was published since: if that is "
                "put right, publish with "
                "%.*s--after-withdrawal %lld. Nothing was published",
                (long long)last, STR(str_slice(f.reason, 0, 200)), STR(given_so_far(cli->sc, consent)),
                (long long)last);
}

/// Does the operator's word of what came behind the newest release that the database knows fit it?
static bool is_said(const struct release_consent *consent, int64_t known)
{
    return consent->older_given && (!consent->older_database || consent->older_database >= known);
}

/// The newest release that the database knows is neither on the disk nor withdrawn: brought back without the releases, and so
/// perhaps an older backup, behind which others were made. Then nothing on this machine tells their numbers.
static enum err check_lost(struct cli *cli, int64_t known, const struct release_consent *consent, bool *out)
{
    struct release_fate f = { .is = RELEASE_WITHDRAWN };
    if (known) TRY(release_fate(cli->sc, cli->dir, known, &f));
    *out = f.is == RELEASE_ABSENT;
    if (!*out || is_said(consent, known)) return OK;
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "the database knows release %lld, and its files are not in the data folder. If others were made "
        "behind "
        "it, the database is an older backup: their numbers would be given again, and what turned sensitive "
        "and counts by area told by the difference. Nothing was published. Bring back releases/ and "
        "restricted/, "
        "or a newer backup; or publish with --older-database N, where N is the highest number that any "
        "reader "
        "has seen, %lld or more",
        (long long)known, (long long)known);
}

/// A copy that hromada backup made does not know what was published behind it; nor does a folder that came back with it.
static enum err check_copied(struct cli *cli, struct store *st, int64_t known,
                             const struct release_consent *consent)
{
    str made;
    TRY(store_copied(cli->sc, st, &made));
    if (!made.n && consent->older_given)
        return fail(&cli->sc->fault, ERR_INVALID,
                    "the database is no copy, knows release %lld, and its files are there: nothing was "
                    "published without --older-database being right",
                    (long long)known);
    if (!made.n || is_said(consent, known)) return OK;
    return fail(&cli->sc->fault, ERR_INVALID,
                "the database is a copy that hromada backup made at %.*s. If releases were made behind it, "
                "their numbers would be given again, and what turned sensitive and counts by area told by "
                "the difference. Nothing was published. Bring back a newer backup; or publish with "
                "--older-database N, where N is the highest number that any reader has seen, or 0 if nothing "
                "was published behind the copy",
                STR(str_slice(made, 0, 20)));
}

/// Releases were made behind the copy. Without the files that came since nobody knows what turned sensitive, and it would be public again.
static enum err check_fed(struct cli *cli, struct store *st, const struct release_consent *consent)
{
    const struct run_record  *record;
    AUTO(buf_free) struct buf last;
    str                       made;
    size_t                    n;
    TRY(store_copied(cli->sc, st, &made));
    TRY(store_runs(cli->sc, st, 0, &record, &n));
    buf_init(&last, 64);
    civil_add_time(&last, n ? record[n - 1].run.started_s : 0);
    TRY(buf_end(cli->sc, &last));
    if (!made.n || str_cmp(buf_str(&last), str_slice(made, 0, last.n)) >= 0) return OK;
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "the database is a copy of %.*s, behind which releases were made, and nothing was imported since: "
        "what turned sensitive after the copy would be public again. Nothing was published. Import again "
        "all files that came since, then publish with --older-database %lld --leave-now",
        STR(str_slice(made, 0, 20)), (long long)consent->older_database);
}

/// An older backup does not know what newer releases showed and counted: what went along with one that turned sensitive would
/// come back without it, and half-years be counted anew.
static enum err check_numbers(struct cli *cli, struct store *st, const struct release_consent *consent)
{
    int64_t newest, known, given = consent->older_database;
    str     told;
    bool    lost;
    TRY(release_newest(cli->sc, cli->dir, &newest));
    TRY(known_newest(cli, st, &known));
    TRY(check_lost(cli, known, consent, &lost));
    if (newest <= known) return lost ? OK : check_copied(cli, st, known, consent);
    if (consent->older_given && given < newest)
        return fail(&cli->sc->fault, ERR_INVALID,
                    "the data folder holds release %lld, so %lld is not the newest: nothing was published "
                    "without --older-database being right",
                    (long long)newest, (long long)given);
    TRY(known_still_told(cli, st, known + 1, &told));
    if (consent->older_given && !told.n) return OK;
    str first = { 0 };
    if (told.n)
        first =
            arena_printf(cli->sc->mem, "withdraw %.*s (hromada withdraw N --reason TEXT) and ", STR(told));
    return fail(&cli->sc->fault, ERR_INVALID,
                "the data folder holds release %lld, and the database knows none after %lld: it is an older "
                "backup. Against that release, this one would tell what turned sensitive, and counts by area "
                "made anew: nothing was published. Bring back a newer backup; or %.*spublish with "
                "--older-database %lld",
                (long long)newest, (long long)known, STR(first), (long long)newest);
}

static enum err check_backup(struct cli *cli, struct store *st, const struct release_consent *consent)
{
    int64_t known;
    TRY(check_numbers(cli, st, consent));
    TRY(known_newest(cli, st, &known));
    return consent->older_database > known ? check_fed(cli, st, consent) : OK;
}

/// Counts that were told are forgotten only when nobody is told them any more: of two releases that are there, no difference
/// may be an incident.
static enum err forget_counts(struct cli *cli, struct store *st, const struct release_consent *consent)
{
    const struct area_count *count;
    size_t                   n;
    int64_t                  first = INT64_MAX;
    int32_t                  half = ALL_HALVES;
    str                      what = str_of(consent->count_again), told;
    if (!str_eq(what, S("all")) && !half_read(what, &half))
        return fail(&cli->sc->fault, ERR_INVALID,
                    "--count-again takes a half-year, such as 2025-1 for January to June, or all; not "
                    "\"%.*s\": nothing was published",
                    STR(str_slice(what, 0, 40)));
    const str name = half == ALL_HALVES ? S("all half-years") : what;
    TRY(store_area_counts(cli->sc, st, &count, &n));
    for (size_t i = 0; i < n; i++)
        if ((half == ALL_HALVES || count[i].half == half) && count[i].release < first)
            first = count[i].release;
    if (first == INT64_MAX)
        return fail(&cli->sc->fault, ERR_NOTFOUND,
                    "no counts by area were told of %.*s: nothing was published", STR(name));
    TRY(known_still_told(cli, st, first, &told));
    const bool many = str_has(told, S(" "));
    if (told.n)
        return fail(&cli->sc->fault, ERR_INVALID,
                    "counts by area of %.*s are told by %s %.*s: nothing was published. Withdraw %s "
                    "(hromada withdraw N --reason TEXT), then count again",
                    STR(name), many ? "the releases" : "release", STR(told), many ? "each of them" : "it");
    return store_area_counts_forget(cli->sc, st, half);
}

/// What a release for inner tiers alone began to count is what its policy tells these, and everybody would be told it.
static enum err check_begun(struct cli *cli, struct store *st, const struct policy *p)
{
    int64_t inner;
    TRY(store_area_counts_inner(cli->sc, st, &inner));
    if (!p->tier[TIER_PUBLIC].given || !inner) return OK;
    return fail(&cli->sc->fault, ERR_INVALID,
                "release %lld was for partners and police alone and began counts by area, of what its "
                "policy tells them: everybody would be told these. Nothing was published. Withdraw "
                "that release and those behind it (hromada withdraw N --reason TEXT), and publish "
                "with --count-again all",
                (long long)inner);
}

// -- what a person hears before counts are frozen ------------------------------------------------------------------------

/// A word may be the name of a street, and the count cannot be taken back but with its releases.
static void say_by_record(struct cli *cli, const struct by_area_class *c, int class, bool dry_run)
{
    str word = sensitivity_word((enum sensitivity) class);
    if (!c->by_record) return;
    cli_say(cli,
            "%10llu  %s frozen under the class %.*s; %llu of them by the words or codes of the record alone, "
            "not by kind or mark.",
            (unsigned long long)c->incidents, plural(c->incidents, "incident is", "incidents are"), STR(word),
            (unsigned long long)c->by_record);
    if (c->first && c->by_record * 2 > c->incidents)
        cli_warn("Most of the first counts of the class %.*s hang on words or codes alone. hromada import "
                 "lists these "
                 "words; if some do not mean that here, %s name them under \"harmless\" in the "
                 "profile (hromada-profile(5)), import again and publish%s.",
                 STR(word), dry_run ? "" : "withdraw this release,", dry_run ? "" : " with --count-again");
}

/// "the half-year 2024-1", "the half-years 2024-1 to 2025-2"
static str half_years(struct scope *sc, int32_t from, int32_t to)
{
    if (from == to) return arena_printf(sc->mem, "the half-year %.*s", STR(half_key(sc, from)));
    return arena_printf(sc->mem, "the half-years %.*s to %.*s", STR(half_key(sc, from)),
                        STR(half_key(sc, to)));
}

static void say_news(struct cli *cli, const struct by_area_news *news, bool dry_run)
{
    struct scope *sc = cli->sc;
    if (news->fresh && news->first)
        cli_say(cli,
                "Counts by area of %.*s %s told for the first time and frozen: an import or a class that is "
                "put right "
                "later does not change them (see --count-again in hromada help publish).",
                STR(half_years(sc, news->from, news->to)), dry_run ? "would be" : "are");
    if (news->fresh && news->domestic)
        cli_say(
            cli,
            "Of the %llu %s in counts that are frozen now, %llu %s as domestic, among them those whose mark "
            "was neither yes nor no, such as blank (hromada import told how many).",
            (unsigned long long)news->incidents, plural(news->incidents, "incident", "incidents"),
            (unsigned long long)news->domestic, plural(news->domestic, "counts", "count"));
    for (int class = 0; class < SENSITIVITIES; class ++) say_by_record(cli, &news->of[class], class, dry_run);
    if (news->gone)
        cli_warn("%llu %s of kinds that are told to nobody since may be in counts by area of "
                 "%.*s, which were frozen before. To take them out: withdraw the releases that tell them, "
                 "then hromada "
                 "publish --count-again (see hromada-policy(5)).",
                 (unsigned long long)news->gone, plural(news->gone, "incident", "incidents"),
                 STR(half_years(sc, news->gone_from, news->gone_to)));
}

/// *out is filled as soon as the release is public.
static enum err make_all(struct cli *cli, struct store *st, const struct policy *p,
                         const struct release_consent *consent, struct release_result *out)
{
    struct scope                       *sc = cli->sc;
    AUTO(key_ring_wipe) struct key_ring keys = { 0 };
    struct release_result               result = { 0 };
    struct release_new                  r;
    struct leave_order                  leave;
    struct region_print                 regions;
    struct run                         *inputs;
    size_t                              n_inputs;
    TRY(inputs_of(sc, st, &inputs, &n_inputs));
    int64_t now_s = clock_system.now_s();
    TRY(check_clock(sc, st, now_s, consent));
    TRY(check_backup(cli, st, consent));
    TRY(known_write_down(cli, st));
    TRY(known_next(cli, st, consent->older_database, &result.number));
    if (!consent->dry_run)
        TRY(town_keys(cli, st, consent->date, &keys)); // a release that cannot be signed is not begun
    TRY(check_withdrawn(cli, st, consent));
    if (consent->count_again) TRY(forget_counts(cli, st, consent));
    TRY(check_begun(cli, st, p));
    TRY(release_begin(sc, cli->dir, result.number, now_s, &r));
    TRY(leave_order(cli, st, &r, consent->leave_now, &leave));
    AUTO(publication_closep) struct publication *of = NULL;
    AUTO(tier_jobs_free) struct tier_jobs        jobs = { 0 };
    int64_t                                      began_ms = now_ms();
    TRY(read_store(cli, st, p, &r, &leave, &of));
    result.timing.read_ms = now_ms() - began_ms;
    TRY(make_tiers(cli, &jobs, p, of, &r));
    for (size_t i = 0; i < jobs.n; i++) {
        result.totals[jobs.job[i].tier] = jobs.job[i].totals;
        result.timing.tier[jobs.job[i].tier] = jobs.job[i].timing;
    }
    TRY(check_cover(cli, &result.totals[TIER_PUBLIC].leave, consent));
    TRY(publication_regions(sc, of, &regions));
    if (p->tier[TIER_PUBLIC].given) TRY(overlay_check(cli, st, &regions, consent->other_regions));
    TRY(check_total(cli, st, &r, result.totals[TIER_PUBLIC].incidents, consent));
    int64_t made_ms = now_ms();
    TRY(difference_make(cli, &r, p, &result.same));
    result.timing.compare_ms = now_ms() - made_ms;
    made_ms = now_ms();
    const struct by_area_news news = publication_news(of);
    say_news(cli, &news, consent->dry_run);
    *out = result;
    if (consent->dry_run) return OK;
    if (news.fresh && !p->tier[TIER_PUBLIC].given) TRY(store_area_counts_inner_set(sc, st, result.number));
    TRY(publication_keep(sc, of)); // on the disk before anybody is told, or the next release would count anew
    TRY(overlay_keep(cli, st, &regions));
    TRY(store_commit(sc, st));
    TRY(store_begin(sc, st));
    TRY(release_commit(sc, cli->dir, &r, &keys, p, result.totals, inputs, n_inputs, &result.sha256));
    result.timing.commit_ms = now_ms() - made_ms;
    *out = result;
    const struct publish_totals *open = &result.totals[TIER_PUBLIC];
    const struct release_record  record = {
         .number = r.number,
         .created_s = r.created_s,
         .sha256 = result.sha256,
         .policy = p->text,
         .incidents = open->incidents,
         .withheld = open->withheld + open->by_area + open->delayed,
    };
    TRY(store_copied_forget(sc, st)); // from here on it knows the newest number
    return store_release_add(sc, st, &record);
}

enum err release_make(struct cli *cli, struct store *st, const struct policy *p,
                      const struct release_consent *consent, struct release_result *out)
{
    struct release_result made = { 0 };
    struct config         settings;
    TRY(config_read(cli->sc, cli->dir, &settings));
    TRY(store_begin(cli->sc, st)); // all tiers see one state of the store
    enum err e = make_all(cli, st, p, consent, &made);
    if (!e && !consent->dry_run) e = store_commit(cli->sc, st);
    else store_rollback(st);
    struct scope own = { .mem = cli->sc->mem };
    if (consent->dry_run || (e && !made.sha256.n))
        (void)release_clear(&own, cli->dir); // on a full disk what is half takes room that others need
    if (e && made.sha256.n)
        return fail_at(&cli->sc->fault,
                       "release %lld is public, and only the database could not write it down",
                       (long long)made.number);
    if (e == ERR_FULL) return fail_at(&cli->sc->fault, "nothing was published");
    TRY(e);
    *out = made;
    if (consent->dry_run) return OK;
    e = release_retire(cli->sc, cli->dir, settings.keep_releases);
    if (e)
        return fail_at(&cli->sc->fault,
                       "release %lld is public, and the files of older ones could not be removed",
                       (long long)made.number);
    return OK;
}
