// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "main/cli.h"
#include "main/kinds.h"
#include "main/leftovers.h"
#include "main/release.h"
#include "wire/json.h"
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct publish_options {
    const char *policy, *date, *count_again;
    int64_t     total, after_withdrawal, older_database, other_regions;
    bool        show, dry_run, timing, withhold, leave_now, built_in;
};
static const struct option_row options[] = {
    OPTION(struct publish_options, "--policy", OPTION_TEXT, policy, "FILE",
           "the policy (without it: policy.txt of the data folder, or the built-in one)"),
    OPTION(struct publish_options, "--built-in-policy", OPTION_FLAG, built_in, NULL,
           "there is no policy.txt, the last release was made by another policy, and it is meant"),
    OPTION(struct publish_options, "--show-policy", OPTION_FLAG, show, NULL,
           "prints the policy that would be used, and ends"),
    OPTION(struct publish_options, "--dry-run", OPTION_FLAG, dry_run, NULL,
           "makes and checks the release, says what would be public and what would leave, and publishes "
           "nothing"),
    OPTION(struct publish_options, "--withhold-unclassified", OPTION_FLAG, withhold, NULL,
           "publishes without the kinds that nobody has classified, instead of stopping"),
    OPTION(struct publish_options, "--at-this-date", OPTION_TEXT, date, "YYYY-MM-DD",
           "today's date, when publish has asked for it: the clock is right"),
    OPTION(struct publish_options, "--accept-total", OPTION_NUMBER, total, "N",
           "the number of incidents, when publish has asked for it: it is meant"),
    OPTION(struct publish_options, "--after-withdrawal", OPTION_NUMBER, after_withdrawal, "N",
           "release N was withdrawn, and the same is to be public again"),
    OPTION(struct publish_options, "--older-database", OPTION_NUMBER, older_database, "N",
           "the database is a backup; N is the newest release that anybody has seen, 0: none behind it"),
    OPTION(struct publish_options, "--other-regions", OPTION_NUMBER, other_regions, "N",
           "the grid, regions or sets of areas differ from those of release N, and it is meant"),
    OPTION(struct publish_options, "--count-again", OPTION_TEXT, count_again, "HALF-YEAR",
           "counts 2025-1 (or all) by area anew; each release that told it must be withdrawn"),
    OPTION(struct publish_options, "--leave-now", OPTION_FLAG, leave_now, NULL,
           "takes out now what turned sensitive, instead of at the next quarter"),
    OPTION(struct publish_options, "--timing", OPTION_FLAG, timing, NULL,
           "says where the time went, by the clock (tiers are made beside each other)"),
};

struct step { // of a tier
    const char *name;
    int64_t     ms;
};
enum { STEPS = 4 };

static void steps_of(const struct tier_timing *t, struct step out[STEPS])
{
    out[0] = (struct step){ "decide", t->decide_ms };
    out[1] = (struct step){ "sort", t->sort_ms };
    out[2] = (struct step){ "write", t->write_ms };
    out[3] = (struct step){ "hash", t->hash_ms };
}

static void say_timing(const struct cli *cli, const struct policy *p, const struct release_timing *t)
{
    struct step s[STEPS];
    cli_say(cli, "%8.2f s  read: the store, once for all tiers", (double)t->read_ms / 1000);
    for (enum tier i = TIER_PUBLIC; i < TIERS; i++) {
        if (!p->tier[i].given) continue;
        steps_of(&t->tier[i], s);
        for (size_t k = 0; k < STEPS; k++)
            cli_say(cli, "%8.2f s  %s: %.*s", (double)s[k].ms / 1000, s[k].name, STR(tier_name(i)));
    }
    cli_say(cli, "%8.2f s  compare: with the release before", (double)t->compare_ms / 1000);
    cli_say(cli, "%8.2f s  commit: manifests, and onto the disk", (double)t->commit_ms / 1000);
}

static void json_timing(struct json *j, const struct policy *p, const struct release_timing *t)
{
    struct step s[STEPS];
    json_key(j, "timing_ms"), json_open(j, '{');
    json_key(j, "read"), json_i64(j, t->read_ms);
    for (enum tier i = TIER_PUBLIC; i < TIERS; i++) {
        if (!p->tier[i].given) continue;
        steps_of(&t->tier[i], s);
        json_key(j, tier_name(i).p), json_open(j, '{');
        for (size_t k = 0; k < STEPS; k++) json_key(j, s[k].name), json_i64(j, s[k].ms);
        json_close(j, '}');
    }
    json_key(j, "compare"), json_i64(j, t->compare_ms);
    json_key(j, "commit"), json_i64(j, t->commit_ms);
    json_close(j, '}');
}

/// Its first day, UTC.
static str next_quarter(struct scope *sc)
{
    struct civil now = civil_of_s(clock_system.now_s());
    int          quarter = (now.month - 1) / 3 + 1;
    return arena_printf(sc->mem, "%04d-%02d-01", now.year + quarter / 4, quarter % 4 * 3 + 1);
}

/// For the operator alone: the public is told that such batches exist, and no number.
static void say_leave(const struct cli *cli, const struct leave_totals *t)
{
    if (t->turned)
        cli_say(cli,
                "%" PRIu64 " %s public turned sensitive and left; %" PRIu64
                " %s went along, so that %s not told by it.",
                t->turned, plural(t->turned, "incident that was", "incidents that were"), t->along,
                plural(t->along, "other", "others"), plural(t->turned, "it is", "they are"));
    if (t->lacking)
        cli_say(
            cli,
            "%" PRIu64
            " more should have gone along: where there are not four others of a kind, or of a class of rare "
            "kinds, for each that turned, all of them have left.",
            t->lacking);
    if (t->together)
        cli_say(cli,
                "%" PRIu64
                " of those that turned left together with others of their place, and there are not four "
                "other places that could lose the same: who compares with the release before may guess that "
                "place more often than one time in five.",
                t->together);
    if (t->unlike)
        cli_say(cli,
                "%" PRIu64
                " of those that turned left with others that can be told from %s: of %s month or outcome, or "
                "of what was corrected with %s, there were fewer than four others for each, which have all "
                "left. Who compares with the release before may guess %s more often than one time in five.",
                t->unlike, plural(t->unlike, "it", "them"), plural(t->unlike, "its", "their"),
                plural(t->unlike, "it", "them"), plural(t->unlike, "it", "them"));
    if (t->stay)
        cli_say(
            cli,
            "%" PRIu64
            " turned sensitive and %s STILL PUBLIC, told as before, until the first publication from %.*s "
            "on; publish --leave-now takes %s out at once, with four others%s.",
            t->stay, plural(t->stay, "is", "are"), STR(next_quarter(cli->sc)), plural(t->stay, "it", "them"),
            plural(t->stay, "", " each"));
    if (t->wait)
        cli_say(cli,
                "%" PRIu64 " %s corrected by %s source since the public was told of %s, and %s told as "
                "before until the first "
                "publication from %.*s on, or what was corrected would tell which turned sensitive; publish "
                "--leave-now tells the public all corrections at once.",
                t->wait, plural(t->wait, "incident was", "incidents were"), plural(t->wait, "its", "their"),
                plural(t->wait, "it", "them"), plural(t->wait, "is", "are"), STR(next_quarter(cli->sc)));
    if (t->corrected)
        cli_say(cli, "%" PRIu64 " %s told now as %s source has corrected %s since.", t->corrected,
                plural(t->corrected, "incident that was public is", "incidents that were public are"),
                plural(t->corrected, "its", "their"), plural(t->corrected, "it", "them"));
    if (t->counted)
        cli_warn("%" PRIu64 " %s counted by area before, "
                 "and beside that count %s would tell of the others in it (see --count-again in hromada "
                 "help publish).",
                 t->counted,
                 plural(t->counted, "incident might be on the map now, and stays off it: it was",
                        "incidents might be on the map now, and stay off it: they were"),
                 plural(t->counted, "its point", "their points"));
    if (t->unknown)
        cli_warn(
            "The database does not know what the release before this one showed (an earlier version of "
            "the program made it, or the database is an older backup): what turned sensitive since has left "
            "without others.");
}

static void say_twins(const struct publish_totals *t)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 12);
    for (size_t i = 0; i < t->twins && i < PUBLISH_TWINS; i++) {
        struct civil c = civil_of_s(t->twin[i].from_s);
        buf_printf(&b, "%s%04d-%02d-%02d %02d:%02d (%.*s, and %.*s protects it)", i ? "; " : "", c.year,
                   c.month, c.day, c.hour, c.minute, STR(t->twin[i].source), STR(t->twin[i].protects));
    }
    if (t->twins)
        cli_warn(
            "%" PRIu64
            " public %s at the very time and place of one that another source, or the same one, protects: "
            "%.*s%s. If both records tell of the same, what the one hides can be read in the other: have "
            "both "
            "marked, or leave one of them out.",
            t->twins, plural(t->twins, "incident stands", "incidents stand"), STR(buf_str(&b)),
            t->twins > PUBLISH_TWINS ? "; and more" : "");
}

static void json_leave(struct json *j, const struct leave_totals *t)
{
    json_key(j, "turned"), json_open(j, '{');
    json_key(j, "left"), json_u64(j, t->turned);
    json_key(j, "along"), json_u64(j, t->along);
    json_key(j, "lacking"), json_u64(j, t->lacking);
    json_key(j, "together"), json_u64(j, t->together);
    json_key(j, "unlike"), json_u64(j, t->unlike);
    json_key(j, "stay"), json_u64(j, t->stay);
    json_key(j, "wait"), json_u64(j, t->wait);
    json_key(j, "corrected"), json_u64(j, t->corrected);
    json_key(j, "counted"), json_u64(j, t->counted);
    json_key(j, "known"), json_bool(j, !t->unknown);
    json_close(j, '}');
}

/// timed: the policy, when the time is to be told; or NULL.
static enum err print_result(struct cli *cli, const struct release_result *r, const struct policy *timed)
{
    const struct publish_totals *t = &r->totals[TIER_PUBLIC];
    if (!cli->json) {
        cli_say(cli,
                "%sRelease %" PRId64 ": %" PRIu64 " %s public (%" PRIu64 " of them without a point), %" PRIu64
                " %s counted by area and half-year as soon as there are enough, %" PRIu64
                " %s withheld, %" PRIu64 " %s for the delay.",
                r->sha256.n ? "" : "Dry run, nothing is published or changed. ", r->number, t->incidents,
                plural(t->incidents, "incident is", "incidents are"), t->no_place, t->by_area,
                plural(t->by_area, "is no point and is", "are no points and are"), t->withheld,
                plural(t->withheld, "is", "are"), t->delayed, plural(t->delayed, "waits", "wait"));
        cli_say(cli,
                "Points stand %.0f m from the place in the median, %.0f m at the 95th percentile; %" PRIu64
                " left their area.",
                t->moved_median_m, t->moved_p95_m, t->left_area);
        if (r->sha256.n) cli_say(cli, "Manifest SHA-256 %.*s.", STR(r->sha256));
        if (r->same)
            cli_say(cli, "The public %s told nothing that release %" PRId64 " does not tell.",
                    r->sha256.n ? "is" : "would be", r->same);
        if (t->finest_dropped)
            cli_say(cli,
                    "%" PRIu64
                    " %s where the borders of areas leave regions too small: of %s the finest areas are not "
                    "told.",
                    t->finest_dropped, plural(t->finest_dropped, "stands", "stand"),
                    plural(t->finest_dropped, "it", "these"));
        if (t->beside)
            cli_say(cli, "%" PRIu64 " %s told of the areas beside.", t->beside,
                    plural(t->beside,
                           "stands in a strip between the borders of several sets, narrower than regions are "
                           "looked at, and is",
                           "stand in strips between the borders of several sets, narrower than regions are "
                           "looked at, and are"));
        if (!t->incidents && !t->by_area && !t->withheld && !t->delayed)
            cli_warn(
                "Nothing was imported, so the release is empty. Next: hromada -D %s import FILE..., then "
                "publish again.",
                cli->dir);
        say_leave(cli, &t->leave);
        say_twins(t);
        if (timed) say_timing(cli, timed, &r->timing);
        return OK;
    }
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 16);
    struct json j = json_on(&b);
    json_open(&j, '{');
    json_key(&j, "release"), json_i64(&j, r->number);
    json_key(&j, "incidents"), json_u64(&j, t->incidents);
    json_key(&j, "withheld"), json_u64(&j, t->withheld);
    json_key(&j, "by_area"), json_u64(&j, t->by_area);
    json_key(&j, "delayed"), json_u64(&j, t->delayed);
    json_key(&j, "without_point"), json_u64(&j, t->no_place);
    json_key(&j, "moved_median_m"), json_fixed(&j, t->moved_median_m, 1);
    json_key(&j, "moved_p95_m"), json_fixed(&j, t->moved_p95_m, 1);
    json_key(&j, "left_area"), json_u64(&j, t->left_area);
    json_key(&j, "finest_areas_not_told"), json_u64(&j, t->finest_dropped);
    json_key(&j, "areas_beside"), json_u64(&j, t->beside);
    json_key(&j, "protected_by_another_source"), json_u64(&j, t->twins - t->own_twins);
    json_key(&j, "protected_by_another_record"), json_u64(&j, t->own_twins);
    json_key(&j, "same_as"), json_i64(&j, r->same);
    json_key(&j, "published"), json_bool(&j, r->sha256.n > 0);
    json_key(&j, "sha256"), json_str(&j, r->sha256);
    json_leave(&j, &t->leave);
    if (timed) json_timing(&j, timed, &r->timing);
    json_close(&j, '}');
    TRY(buf_end(cli->sc, &b));
    printf("%.*s\n", STR(buf_str(&b)));
    return OK;
}

/// A kind that is misspelled would stay as public as its class.
static enum err warn_of_idle_lines(struct cli *cli, struct store *st, const struct policy *p)
{
    const struct category *c;
    size_t                 n;
    TRY(store_categories(cli->sc, st, &c, &n));
    for (int line = 0; (line = policy_idle_line(p, c, n, line));)
        cli_warn(
            "line %d of the policy matches no kind of incident that there is; hromada classify lists them",
            line);
    return OK;
}

/// A backup does not hold policy.txt: what the town withheld would be told by the built-in policy, without a word.
static enum err check_policy_there(struct cli *cli, struct store *st, const struct publish_options *o)
{
    const char *own;
    int64_t     release;
    TRY(release_policy_lost(cli, st, &own, &release));
    if (o->policy || o->built_in || !release) return OK;
    return fail(&cli->sc->fault, ERR_INVALID,
                "there is no %s, and release %lld was made by another policy than the built-in one, which "
                "may tell more: "
                "nothing was published. Bring the file back (releases/N/manifest.json holds its text), name "
                "another with "
                "--policy FILE, or publish with --built-in-policy",
                own, (long long)release);
}

static enum err publish(struct cli *cli, const struct policy *p, const struct publish_options *o)
{
    const struct release_consent     consent = { .date = o->date,
                                                 .total_given = o->total >= 0,
                                                 .total = o->total >= 0 ? (uint64_t)o->total : 0,
                                                 .after_withdrawal = o->after_withdrawal,
                                                 .older_given = o->older_database >= 0,
                                                 .older_database = o->older_database >= 0 ? o->older_database : 0,
                                                 .other_regions = o->other_regions,
                                                 .leave_now = o->leave_now,
                                                 .dry_run = o->dry_run,
                                                 .count_again = o->count_again };
    AUTO(store_closep) struct store *st = NULL;
    struct release_result            r;
    TRY(store_open(cli->sc, cli->dir, STORE_WRITE, &st));
    TRY(leftovers_remove(cli));
    TRY(check_policy_there(cli, st, o));
    TRY(kinds_check(cli, st, o->withhold));
    TRY(warn_of_idle_lines(cli, st, p));
    TRY(release_make(cli, st, p, &consent, &r));
    return print_result(cli, &r, o->timing ? p : NULL);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct publish_options o = { .total = -1, .older_database = -1 };
    const char           **rest;
    size_t                 n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "publish");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "publish takes no \"%s\"", rest[0]);
        return cli_usage(cli, "publish");
    }
    struct policy p;
    enum err      e = release_policy(cli->sc, cli->dir, o.policy, &p);
    if (e) return cli_fail(cli, e);
    if (o.show) {
        str line;
        while (str_cut(&p.text, '\n', &line))
            if (p.text.p || line.n) cli_print("%.*s", (int)(line.n - str_ends(line, S("\r"))), line.p);
        return EXIT_DONE;
    }
    e = publish(cli, &p, &o);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_publish = {
    .name = "publish",
    .writes = true,
    .synopsis = "[--policy FILE] [--withhold-unclassified] [--built-in-policy] [--show-policy] [--dry-run] "
                "[--at-this-date DATE] "
                "[--accept-total N] [--leave-now] [--after-withdrawal N] [--older-database N] "
                "[--other-regions N] [--count-again "
                "HALF-YEAR] "
                "[--timing]",
    .summary = "applies the publication policy and writes a new release",
    .text = "A release is what the public may know: points on anchors, times as coarse as the policy says, "
            "withheld\n"
            "categories left out. The server picks it up within seconds, without a restart. Releases are "
            "numbered and\n"
            "never change; the grammar of a policy is in hromada-policy(5). Of older releases the index "
            "files are\n"
            "removed (keep-releases in hromada.conf); a report of what differs from the release before "
            "stays, at\n"
            "/changes. When the clock or the total is far from what was before, nothing is published until "
            "you repeat\n"
            "the date or the total that it names. Counts by area are frozen "
            "when they are\n"
            "told first; --count-again is the way to put right what was counted wrongly. What was public and "
            "turned\n"
            "sensitive leaves with the first publication of a quarter, and others with it, so that two "
            "releases do not\n"
            "tell which it was.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
