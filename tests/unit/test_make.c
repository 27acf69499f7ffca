// SPDX-License-Identifier: EUPL-1.2
// A release whose tiers are made beside each other, on threads, is byte for byte what is made of each tier alone; and
// one that fails on a thread is told in a sentence and leaves nothing. Run under the thread sanitizer, too.
#include "main/known.h"
#include "main/release.h"
#include "analysis/difference.h"
#include "base/clock.h"
#include "publish/release.h"
#include "store/area_count.h"
#include "town.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

enum { INCIDENTS = 10000 };

/// Places of all beats, a few hundred of them again and again; three sources of text; every category and outcome.
static struct town busy_town(struct scope *sc)
{
    struct town t = town_open(sc, test_dir(sc));
    uint64_t    seed = test_seed();
    for (int i = 0; i < INCIDENTS; i++) {
        uint32_t        at = (uint32_t)(test_random(&seed) % 300);
        struct incident in = town_incident(&t, arena_printf(sc->mem, "%d", i).p,
                                           town_point(&t, at % 17 * 0.35, at / 17 * 0.33));
        in.category = t.category[test_random(&seed) % CAT_UNUSED];
        in.outcome = test_random(&seed) % 2 ? t.outcome[test_random(&seed) % 3] : 0;
        in.from_s -= (int64_t)(test_random(&seed) % (300 * DAY_S));
        in.to_s = in.from_s + 59;
        in.place = arena_printf(sc->mem, "Street %u", at % 40);
        in.flags = (uint32_t)(test_random(&seed) % 8);
        town_add(sc, &t, &in);
    }
    town_done(sc, &t);
    return t;
}

/// The imports of these towns are of 1970, so a person must say that it is today.
static struct release_consent consent_today(struct scope *sc)
{
    struct civil c = civil_of_s(clock_system.now_s());
    return (struct release_consent){ .date =
                                         arena_printf(sc->mem, "%d-%02d-%02d", c.year, c.month, c.day).p };
}

static void tiers_beside_each_other(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = busy_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct policy          p;
    struct release_result  r;
    struct release_consent today = consent_today(&sc);
    uint64_t               all = 0;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_err(&sc, release_verify(&sc, t.dir, r.number), OK);
    for (enum tier tier = TIER_PUBLIC; tier < TIERS; tier++) {
        const char                      *path, *alone;
        str                              made, again;
        AUTO(index_closep) struct index *ix = NULL;
        struct publish_totals            totals;
        ok_err(&sc, release_index_path(&sc, t.dir, r.number, tier, &path), OK);
        ok_err(&sc, path_join(&sc, t.dir, "alone.index", &alone), OK);
        ok_err(&sc, index_open(&sc, path, &ix), OK);
        ok_err(&sc, town_index(&sc, &t, &p, tier, r.number, index_info(ix)->created_s, alone, &totals), OK);
        ok_err(&sc, file_read(&sc, path, (size_t)1 << 26, &made), OK);
        ok_err(&sc, file_read(&sc, alone, (size_t)1 << 26, &again), OK);
        ok(str_eq(made, again), "the %.*s tier is the same alone", STR(tier_name(tier)));
        ok_i64(totals.incidents, r.totals[tier].incidents);
        ok_i64(totals.incidents + totals.withheld + totals.by_area + totals.delayed, INCIDENTS);
        ok(totals.moved_p95_m == r.totals[tier].moved_p95_m, "moved as far");
        all += totals.incidents;
    }
    ok(all > INCIDENTS && all < (uint64_t)TIERS * INCIDENTS, "%llu rows of three tiers",
       (unsigned long long)all);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Files may not grow beyond some bytes: of the small limits the facts fail, then a tier, and the last one is enough.
static void whoever_fails_ends_all(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = busy_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct policy          p;
    struct release_result  r;
    struct release_consent today = consent_today(&sc);
    struct rlimit          before, small;
    int64_t                current;
    enum err               e = ERR_FULL;
    int                    failed = 0;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok(!getrlimit(RLIMIT_FSIZE, &before), "the limit");
    small = before;
    signal(SIGXFSZ, SIG_IGN);
    for (small.rlim_cur = 1 << 14; e && small.rlim_cur < 1 << 24; small.rlim_cur += small.rlim_cur / 8) {
        ok(!setrlimit(RLIMIT_FSIZE, &small), "a small limit");
        e = release_make(&cli, t.st, &p, &today, &r);
        ok(!setrlimit(RLIMIT_FSIZE, &before), "the limit as it was");
        ok(!e || strstr(sc.fault.text, "File too large") || strstr(sc.fault.text, "limit"), "%s: %s",
           err_name(e), sc.fault.text);
        ok_err(&sc, release_current(&sc, t.dir, &current), OK);
        ok_i64(current, e ? 1 : r.number);
        ok(access(arena_printf(sc.mem, "%s/releases/2.tmp", t.dir).p, F_OK) &&
               access(arena_printf(sc.mem, "%s/restricted/2.tmp", t.dir).p, F_OK),
           "what is half takes no room");
        failed += e != OK;
    }
    ok(!e && failed > 3, "failed %d times, then it was enough", failed);
    ok_err(&sc, release_verify(&sc, t.dir, current), OK);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Nothing is published, and nothing in the folder says that it was tried.
static void refused(struct scope *sc, struct cli *cli, struct town *t, const struct policy *p,
                    const struct release_consent *c, const char *says)
{
    struct release_result r;
    int64_t               before, after;
    ok_err(sc, release_current(sc, t->dir, &before), OK);
    ok_err(sc, release_make(cli, t->st, p, c, &r), ERR_INVALID);
    ok(strstr(sc->fault.text, says) && strcasestr(sc->fault.text, "nothing was published"), "%s",
       sc->fault.text);
    ok_err(sc, release_current(sc, t->dir, &after), OK);
    ok_i64(after, before);
}

static void a_total_out_of_bounds_is_asked_about(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = busy_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent today = consent_today(&sc), none = { 0 }, repeated = today;
    struct policy          all, few;
    struct release_result  r;
    struct release_fate    f;
    ok_err(&sc, policy_read(&sc, S("tier public\nanchors grid 250 m\nclass * points\n"), &all), OK);
    ok_err(&sc,
           policy_read(&sc,
                       S("tier public\nanchors grid 250 m\nclass * points\ncategory b* withheld\ncategory d* "
                         "withheld\n"),
                       &few),
           OK);
    ok_err(&sc, release_make(&cli, t.st, &all, &none, &r), ERR_INVALID); // an import of 1970
    ok(strstr(sc.fault.text, "days after the newest import ran (1970-01-01)"), "%s", sc.fault.text);
    ok_err(&sc, release_make(&cli, t.st, &all, &today, &r), OK);
    uint64_t whole = r.totals[TIER_PUBLIC].incidents;
    ok_err(&sc, release_make(&cli, t.st, &all, &none, &r), OK); // the same again, from one minute to the next
    refused(&sc, &cli, &t, &few, &none, "--accept-total");
    ok(strstr(sc.fault.text, "Most of it: ") && strstr(sc.fault.text, "(were "), "%s", sc.fault.text);
    repeated = (struct release_consent){ .total_given = true, .total = whole };
    refused(&sc, &cli, &t, &few, &repeated, "not the");
    const char *number = strstr(sc.fault.text, " incidents would");
    ok(number, "%s", sc.fault.text);
    repeated.total = strtoull(sc.fault.text, NULL, 10);
    ok_err(&sc, release_make(&cli, t.st, &few, &repeated, &r), OK);
    ok_i64(r.totals[TIER_PUBLIC].incidents, repeated.total);
    for (int64_t i = 1; i < r.number; i++) {
        ok_err(&sc, release_fate(&sc, t.dir, i, &f), OK);
        ok(f.is == RELEASE_RETIRED, "the files of release %lld are not kept", (long long)i);
    }
    refused(&sc, &cli, &t, &all, &none, "--accept-total"); // and a jump
    // One that was withdrawn is nothing to be held against.
    ok_err(&sc, release_withdraw(&sc, t.dir, r.number, 0, S("too little"), 1), OK);
    struct release_consent righted = { .after_withdrawal = r.number };
    ok_err(&sc, release_make(&cli, t.st, &all, &righted, &r), OK);
    ok_i64(r.number, 4);
    // Releases that are kept.
    ok_err(&sc, file_replace(&sc, arena_printf(sc.mem, "%s/hromada.conf", t.dir).p, S("keep-releases = 2\n")),
           OK);
    ok_err(&sc, release_make(&cli, t.st, &all, &none, &r), OK);
    ok_err(&sc, release_fate(&sc, t.dir, 4, &f), OK);
    ok_i64(f.is, RELEASE_WHOLE);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static const char by_area_policy[] =
    "areas least 5\ntier public\nanchors grid 250 m\nclass ordinary street points\n"
    "class sexual child areas\n";

/// Twelve acts of a kind that is told by area, of a half-year that is long over.
static struct town counted_town(struct scope *sc)
{
    struct town t = town_open(sc, test_dir(sc));
    for (int i = 0; i < 12; i++) {
        struct incident in = town_incident(&t, arena_printf(sc->mem, "%d", i).p, town_point(&t, 1.5, 1.5));
        in.category = t.category[i < 6 ? CAT_RAPE : CAT_CHILD];
        in.from_s = (int64_t)civil_day(2024, 2, 1 + i) * DAY_S;
        in.to_s = in.from_s + 59;
        town_add(sc, &t, &in);
    }
    town_done(sc, &t);
    return t;
}

static void withdraw(struct scope *sc, const struct town *t, int64_t number)
{
    ok_err(sc, release_withdraw(sc, t->dir, number, 0, S("a mistake"), clock_system.now_s()), OK);
}

static size_t counts_of(struct scope *sc, struct town *t, int64_t release)
{
    const struct area_count *count;
    size_t                   n, own = 0;
    ok_err(sc, store_area_counts(sc, t->st, &count, &n), OK);
    for (size_t i = 0; i < n; i++) own += count[i].release == release;
    return own;
}

static void what_was_withdrawn_is_asked_about(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc), after = c;
    struct policy          p, other;
    struct release_result  r;
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    ok_err(&sc, policy_read(&sc, arena_printf(sc.mem, "%s# other\n", by_area_policy), &other), OK);
    after.after_withdrawal = 1;
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    refused(&sc, &cli, &t, &p, &after, "was not withdrawn");
    withdraw(&sc, &t, 1);
    refused(&sc, &cli, &t, &p, &c, "--after-withdrawal 1");
    ok(strstr(sc.fault.text, "because of \"a mistake\""), "%s", sc.fault.text);
    after.after_withdrawal = 2;
    refused(&sc, &cli, &t, &p, &after, "release 2 is not the newest");
    after.after_withdrawal = 1;
    ok_err(&sc, release_make(&cli, t.st, &p, &after, &r), OK);
    withdraw(&sc, &t, r.number);
    // Whatever changes behind it, an import, the policy or a class, nobody but a person knows that its reason is gone.
    struct run_totals unchanged = { .read = 1 };
    struct incident   same = town_incident(&t, "0", town_point(&t, 1.5, 1.5));
    same.category = t.category[CAT_RAPE];
    same.from_s = (int64_t)civil_day(2024, 2, 1) * DAY_S;
    same.to_s = same.from_s + 59;
    t.run.started_s = clock_system.now_s() + 1;
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    town_add(&sc, &t, &same);
    ok_err(&sc, store_run_finish(&sc, t.st, &t.run, false, &unchanged), OK);
    ok_i64(unchanged.unchanged, 1);
    refused(&sc, &cli, &t, &p, &c, "--after-withdrawal 2");
    refused(&sc, &cli, &t, &other, &c, "--after-withdrawal 2");
    const struct category *kind;
    size_t                 n;
    ok_err(&sc, store_categories(&sc, t.st, &kind, &n), OK);
    struct category said = kind[0];
    said.sensitivity = said.sensitivity == SENSITIVITY_HOME ? SENSITIVITY_PERSON : SENSITIVITY_HOME;
    said.confirmed_s = clock_system.now_s() + 1;
    ok_err(&sc, store_category_confirm(&sc, t.st, &said), OK);
    struct release_consent more = c;
    more.leave_now = true;
    refused(&sc, &cli, &t, &other, &more,
            "--leave-now --after-withdrawal 2"); // what was given is to be given again
    more.after_withdrawal = 2;
    ok_err(&sc, release_make(&cli, t.st, &other, &more, &r), OK);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void counts_are_made_again_when_nobody_is_told_them(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc), again = c, all = c, wrong = c, early = c;
    struct policy          p;
    struct release_result  r;
    again.count_again = "2024-1", all.count_again = "all", wrong.count_again = "2024-3",
    early.count_again = "1999-2";
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    ok(counts_of(&sc, &t, 1) && !counts_of(&sc, &t, 2), "the first release has counted");
    refused(&sc, &cli, &t, &p, &wrong, "takes a half-year");
    refused(&sc, &cli, &t, &p, &again, "told by the releases 1, 2");
    withdraw(&sc, &t, 1);
    refused(&sc, &cli, &t, &p, &again, "told by release 2: ");
    refused(&sc, &cli, &t, &p, &all, "told by release 2: ");
    ok(counts_of(&sc, &t, 1), "nothing was forgotten");
    withdraw(&sc, &t, 2);
    ok_err(&sc, release_make(&cli, t.st, &p, &early, &r), ERR_NOTFOUND);
    ok_err(&sc, release_make(&cli, t.st, &p, &again, &r), OK);
    ok(!counts_of(&sc, &t, 1) && counts_of(&sc, &t, r.number), "release %lld has counted anew",
       (long long)r.number);
    withdraw(&sc, &t, r.number);
    ok_err(&sc, release_make(&cli, t.st, &p, &all, &r), OK);
    ok(counts_of(&sc, &t, r.number) && !counts_of(&sc, &t, r.number - 1), "and all of them once more");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What partners alone were told by their policy is no count for everybody.
static void counts_of_partners_are_not_for_everybody(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc), all = c;
    struct policy          p, inner;
    struct release_result  r;
    all.count_again = "all";
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    ok_err(&sc, policy_read(&sc, S("areas least 5\ntier partner\nclass sexual child areas\n"), &inner), OK);
    ok_err(&sc, release_make(&cli, t.st, &inner, &c, &r), OK);
    ok(counts_of(&sc, &t, 1), "partners are told");
    ok_err(&sc, release_make(&cli, t.st, &inner, &c, &r), OK);
    refused(&sc, &cli, &t, &p, &c, "release 1 was for partners and police alone");
    withdraw(&sc, &t, 1);
    withdraw(&sc, &t, 2);
    c.after_withdrawal = 2;
    refused(&sc, &cli, &t, &p, &c, "release 1 was for partners and police alone");
    c.after_withdrawal = 0;
    ok_err(&sc, release_make(&cli, t.st, &p, &all, &r), OK);
    ok(counts_of(&sc, &t, r.number) && !counts_of(&sc, &t, 1), "everybody is told what their policy says");
    ok_err(&sc, release_make(&cli, t.st, &inner, &c, &r), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// The list of what is to be withdrawn first leaves none out without a word.
static void releases_to_be_withdrawn_are_listed(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc), again = c, all = c;
    struct policy          p;
    struct release_result  r;
    str                    told;
    again.count_again = "2024-1", all.count_again = "all";
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    for (int i = 0; i < 6; i++) ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    withdraw(&sc, &t, 3);
    refused(&sc, &cli, &t, &p, &again, "of 2024-1 are told by the releases 1, 2, 4 to 6: ");
    refused(&sc, &cli, &t, &p, &all, "of all half-years are told by the releases 1, 2, 4 to 6: ");
    for (int i = 8; i <= 200; i += 2) {
        const char *dir = arena_printf(sc.mem, "%s/releases/%d", t.dir, i).p;
        ok_err(&sc, dir_make(&sc, dir), OK);
        ok_err(&sc, file_replace(&sc, arena_printf(sc.mem, "%s/manifest.json", dir).p, S("{}")), OK);
    }
    ok_err(&sc, file_replace(&sc, arena_printf(sc.mem, "%s/releases/current", t.dir).p, S("200\n")), OK);
    ok_err(&sc, known_still_told(&cli, t.st, 5, &told), OK);
    ok(str_starts(told, S("5, 6, 8, 10, 12, ")) && str_ends(told, S(" and others")), "%.*s", STR(told));
    ok_err(&sc, known_still_told(&cli, t.st, 180, &told), OK);
    ok_str(told, S("180, 182, 184, 186, 188, 190, 192, 194, 196, 198, 200"));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Of a half-year that two releases have counted, the first tells what it told as long as it is there.
static void what_two_releases_counted_is_told_by_both(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc), again = c;
    struct policy          p;
    struct release_result  r;
    again.count_again = "2024-1";
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    t.staged = 0;
    for (int i = 0; i < 6; i++) {
        struct incident in =
            town_incident(&t, arena_printf(sc.mem, "late %d", i).p, town_point(&t, 1.5, 1.5));
        in.category = t.category[CAT_RAPE];
        in.from_s = (int64_t)civil_day(2024, 3, 1 + i) * DAY_S;
        in.to_s = in.from_s + 59;
        town_add(&sc, &t, &in);
    }
    town_done(&sc, &t);
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    ok(counts_of(&sc, &t, 1) && counts_of(&sc, &t, 2), "both have counted");
    withdraw(&sc, &t, 2);
    refused(&sc, &cli, &t, &p, &again, "told by release 1: ");
    ok(!system(arena_printf(sc.mem, "rm -r %s/releases/1 %s/restricted/1", t.dir, t.dir).p), "lost here");
    refused(&sc, &cli, &t, &p, &again, "told by release 1: "); // others have it still
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void add_burglaries(struct scope *sc, struct town *t, int n, uint32_t flags)
{
    struct run_totals totals = { .read = (uint64_t)n };
    for (int i = 0; i < n; i++) {
        struct incident in =
            town_incident(t, arena_printf(sc->mem, "b%d", i).p, town_point(t, 0.5 + i % 5, 0.5 + i % 4));
        in.category = t->category[CAT_BURGLARY];
        in.flags = flags;
        town_add(sc, t, &in);
    }
    ok_err(sc, store_run_finish(sc, t->st, &t->run, false, &totals), OK);
}

/// As if the files that came since a backup were read again: it is the time of the run that counts.
static void import_again(struct scope *sc, struct town *t)
{
    t->run.started_s = clock_system.now_s();
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
    add_burglaries(sc, t, 0, 0);
}

static void ok_leave(const struct release_result *r, uint64_t incidents, uint64_t turned, uint64_t stay)
{
    const struct publish_totals *t = &r->totals[TIER_PUBLIC];
    ok_i64(t->incidents, incidents);
    ok_i64(t->leave.turned, turned);
    ok_i64(t->leave.along, 4 * turned);
    ok_i64(t->leave.stay, stay);
    ok(!t->leave.unknown, "it is known what the release before showed");
}

/// What turned sensitive leaves when a person wishes it, and after a release that told too much was withdrawn; a release
/// whose folder is lost is remembered.
static void what_turned_leaves_when_it_must(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = town_open(&sc, test_dir(&sc));
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent today = consent_today(&sc), now = today, again = today;
    struct policy          p;
    struct release_result  r;
    str                    report;
    now.leave_now = true;
    again.after_withdrawal = 2;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    add_burglaries(&sc, &t, 1500, 0);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_leave(&r, 1500, 0, 0);
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    add_burglaries(&sc, &t, 1, FLAG_DOMESTIC);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_leave(&r, 1500, 0, 1);
    ok_err(&sc, release_withdraw(&sc, t.dir, r.number, 0, S("too much"), 1), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &again, &r), OK);
    ok_leave(&r, 1495, 1, 0);
    ok(!system(arena_printf(sc.mem, "rm -r %s/releases/3 %s/restricted/3", t.dir, t.dir).p),
       "a lost release");
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    add_burglaries(&sc, &t, 6, FLAG_DOMESTIC);
    today.older_database = 3, today.older_given = true;
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    today.older_database = 0, today.older_given = false;
    ok_i64(r.number, 4);
    uint64_t stay = r.totals[TIER_PUBLIC].leave.stay; // but for those of the five that went along
    ok(stay >= 1 && stay <= 5, "%llu", (unsigned long long)stay);
    ok_leave(&r, 1495, 0, stay);
    ok_err(&sc, release_make(&cli, t.st, &p, &now, &r), OK);
    ok_leave(&r, 1495 - 5 * stay, stay, 0);
    struct store_check *c;
    ok_err(&sc, store_check_begin(&sc, t.st, &c), OK);
    while (store_check_step(c)) continue;
    ok_err(&sc, store_check_end(&sc, c, &report), OK);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// A backup that is older than the newest release would bring back what left beside the one that turned.
static void an_older_database_is_asked_about(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = town_open(&sc, test_dir(&sc));
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent today = consent_today(&sc), older = today;
    struct policy          p;
    struct release_result  r;
    const char            *backup, *db;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    add_burglaries(&sc, &t, 1500, 0);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_err(&sc, path_join(&sc, t.dir, "old.db", &backup), OK);
    ok_err(&sc, path_join(&sc, t.dir, "hromada.db", &db), OK);
    ok_err(&sc, store_backup(&sc, t.st, backup), OK);
    older.older_database = 1, older.older_given = true;
    refused(&sc, &cli, &t, &p, &older, "knows release 1");
    for (int i = 0; i < 2; i++) ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    // Killed before the record: the store knows what it showed.
    sqlite3 *other;
    ok(!sqlite3_open(db, &other) &&
           !sqlite3_exec(other, "DELETE FROM release WHERE number = 3", NULL, NULL, NULL) &&
           !sqlite3_close(other),
       "a kill");
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_i64(r.number, 4);
    town_close(&t);
    ok(!system(arena_printf(sc.mem, "rm -f %s-wal %s-shm && cp %s %s", db, db, backup, db).p),
       "an older one");
    ok_err(&sc, store_open(&sc, t.dir, STORE_WRITE, &t.st), OK);
    refused(&sc, &cli, &t, &p, &today, "withdraw 2 to 4 (");
    ok(strstr(sc.fault.text, "--older-database 4") && strstr(sc.fault.text, "none after 1"), "%s",
       sc.fault.text);
    older.older_database = 4;
    refused(&sc, &cli, &t, &p, &older, "withdraw 2 to 4 (");
    for (int64_t i = 2; i <= 3; i++) withdraw(&sc, &t, i);
    refused(&sc, &cli, &t, &p, &older, "withdraw 4 (");
    ok_err(&sc, release_withdraw(&sc, t.dir, 4, 0, S("older"), 1), OK);
    refused(&sc, &cli, &t, &p, &today, "or publish with --older-database 4");
    older.older_database = 3;
    refused(&sc, &cli, &t, &p, &older, "not the newest");
    older.older_database = 4;
    refused(&sc, &cli, &t, &p, &older, "nothing was imported since");
    import_again(&sc, &t);
    ok_err(&sc, release_make(&cli, t.st, &p, &older, &r), OK);
    ok_i64(r.number, 5);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// The backup in an empty folder, with the town's key.
static struct town restored(struct scope *sc, const struct town *t, const char *backup)
{
    struct town back = *t;
    back.dir = test_dir(sc);
    str line =
        arena_printf(sc->mem, "cp %s %s/hromada.db && cp -r %s/keys %s", backup, back.dir, t->dir, back.dir);
    ok(!system(line.p), "%s", line.p);
    ok_err(sc, store_open(sc, back.dir, STORE_WRITE, &back.st), OK);
    return back;
}

/// A backup from before the first release does not know that there were any; the folder that it was made of does.
static void a_copy_asks_once(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent today = consent_today(&sc), none = today, three = today, two = today;
    struct policy          p;
    struct release_result  r;
    const char            *before, *behind;
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    none.older_given = three.older_given = two.older_given = true;
    three.older_database = 3, two.older_database = 2;
    ok_err(&sc, path_join(&sc, t.dir, "before.db", &before), OK);
    ok_err(&sc, path_join(&sc, t.dir, "behind.db", &behind), OK);
    ok_err(&sc, store_backup(&sc, t.st, before), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &none, &r), ERR_INVALID); // it is no copy
    ok(strstr(sc.fault.text, "is no copy"), "%s", sc.fault.text);
    for (int i = 0; i < 3; i++) ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_err(&sc, store_backup(&sc, t.st, behind), OK);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    for (int i = 0; i < 2; i++) { // nothing was published behind it; three releases were
        struct town back = restored(&sc, &t, before);
        struct cli  its = { .sc = &sc, .dir = back.dir, .json = true };
        ok_err(&sc, release_make(&its, back.st, &p, &today, &r), ERR_INVALID);
        ok(strstr(sc.fault.text, "is a copy that hromada backup made at 20") &&
               strstr(sc.fault.text, "Nothing was published") && strstr(sc.fault.text, "--older-database N"),
           "%s", sc.fault.text);
        if (i) {
            ok_err(&sc, release_make(&its, back.st, &p, &three, &r), ERR_INVALID);
            ok(strstr(sc.fault.text, "would be public again"), "%s", sc.fault.text);
            import_again(&sc, &back);
            ok_err(&sc, release_make(&its, back.st, &p, &three, &r), ERR_INVALID);
            ok(strstr(sc.fault.text, "--other-regions 3: "), "%s", sc.fault.text);
            ok_err(&sc, release_make(&its, back.st, &p, &today, &r),
                   ERR_INVALID); // what failed answers nothing
            three.other_regions = 3;
        }
        ok_err(&sc, release_make(&its, back.st, &p, i ? &three : &none, &r), OK);
        ok_i64(r.number, i ? 4 : 1);
        ok_err(&sc, release_make(&its, back.st, &p, &today, &r), OK);
        town_close(&back);
        test_dir_end(&sc, back.dir);
    }
    // Beside the releases that it knows, too: they may be as old as it is.
    struct town back = restored(&sc, &t, behind);
    struct cli  its = { .sc = &sc, .dir = back.dir, .json = true };
    str         line =
        arena_printf(sc.mem,
                     "cp -r %s/releases %s/restricted %s && cd %s && rm -r re*/4 && echo 3 >releases/current",
                     t.dir, t.dir, back.dir, back.dir);
    ok(!system(line.p), "%s", line.p);
    refused(&sc, &its, &back, &p, &today, "is a copy that hromada backup made");
    refused(&sc, &its, &back, &p, &two, "is a copy that hromada backup made"); // it knows three
    ok_err(&sc, release_make(&its, back.st, &p, &none, &r), OK);
    ok_i64(r.number, 4);
    ok_err(&sc, release_make(&its, back.st, &p, &today, &r), OK);
    town_close(&back);
    test_dir_end(&sc, back.dir);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void run_sql(struct scope *sc, const struct town *t, const char *sql)
{
    const char *path;
    sqlite3    *db;
    ok_err(sc, path_join(sc, t->dir, "hromada.db", &path), OK);
    ok(!sqlite3_open(path, &db) && !sqlite3_exec(db, sql, NULL, NULL, NULL) && !sqlite3_close(db), "%s", sql);
}

/// The newest release told no one of the public anything, and the one that they saw was withdrawn.
static void what_turned_leaves_when_what_they_saw_was_withdrawn(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = town_open(&sc, test_dir(&sc));
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent today = consent_today(&sc), total = today;
    struct policy          p, police;
    struct release_result  r;
    total.total_given = true;
    ok_err(&sc, policy_read(&sc, policy_default(), &p), OK);
    ok_err(&sc, policy_read(&sc, S("tier police\nanchors exact\nclass * points\n"), &police), OK);
    add_burglaries(&sc, &t, 1500, 0);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    run_sql(&sc, &t,
            "UPDATE release SET created_s = created_s - 9; "
            "UPDATE shown_release SET created_s = created_s - 9"); // seconds tell them apart
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    add_burglaries(&sc, &t, 1, FLAG_DOMESTIC);
    total.total = 0;
    ok_err(&sc, release_make(&cli, t.st, &police, &total, &r), OK);
    withdraw(&sc, &t, 1);
    ok_err(&sc, release_make(&cli, t.st, &p, &today, &r), OK);
    ok_leave(&r, 1495, 1, 0);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void a_number_is_behind_all_others(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = counted_town(&sc);
    struct cli             cli = { .sc = &sc, .dir = t.dir, .json = true };
    struct release_consent c = consent_today(&sc);
    struct policy          p;
    struct release_result  r;
    int64_t                next;
    ok_err(&sc, known_next(&cli, t.st, 0, &next), OK);
    ok_i64(next, 1);
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    for (int i = 0; i < 2; i++) ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
    ok_err(&sc, known_next(&cli, t.st, 1, &next), OK);
    ok_i64(next, 3); // behind what the database knows
    ok_err(&sc, known_next(&cli, t.st, 9, &next), OK);
    ok_i64(next, 10); // behind what the operator knows
    str line = arena_printf(sc.mem, "cp -r %s/releases/2 %s/releases/6", t.dir, t.dir);
    ok(!system(line.p), "%s", line.p);
    withdraw(&sc, &t, 6);
    ok_err(&sc, known_next(&cli, t.st, 0, &next), OK);
    ok_i64(next, 7); // behind what the disk knows
    ok_err(&sc, known_next(&cli, t.st, RELEASE_MAX_NUMBER - 1, &next), OK);
    ok_i64(next, RELEASE_MAX_NUMBER);
    ok_err(&sc, known_next(&cli, t.st, RELEASE_MAX_NUMBER, &next), ERR_LIMIT);
    ok(strstr(sc.fault.text, "no higher one is given: nothing was published"), "%s", sc.fault.text);
    ok_err(&sc, known_next(&cli, t.st, INT64_MAX, &next), ERR_LIMIT);
    ok(strstr(sc.fault.text, "--older-database 9223372036854775807 is above the highest number"), "%s",
       sc.fault.text);
    ok(!system(arena_printf(sc.mem, "rm -r %s/releases/?", t.dir).p), "lost");
    c.older_given = true, c.older_database = RELEASE_MAX_NUMBER;
    ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), ERR_LIMIT);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static bool is_written_down(struct scope *sc, struct town *t, int64_t number)
{
    const struct release_record *record;
    size_t                       n;
    bool                         is = false;
    ok_err(sc, store_releases(sc, t->st, &record, &n), OK);
    for (size_t i = 0; i < n; i++) is = is || record[i].number == number;
    return is;
}

/// A release that a kill kept out of the database is written down by the next, if it is sound and the town's own.
static void what_is_not_the_towns_is_not_written_down(void **state)
{
    (void)state;
    static const struct {
        const char *does;
        bool        written;
    } cases[] = {
        { "true", true },
        { "echo >>$t/releases/1/manifest.json", false },
        { "for of in releases restricted; do rm -r $t/$of/1 && cp -r $other/$of/1 $t/$of; done", false },
    };
    struct scope           sc = test_scope();
    struct town            other = counted_town(&sc);
    struct release_consent c = consent_today(&sc);
    struct cli             its = { .sc = &sc, .dir = other.dir, .json = true };
    struct policy          p;
    struct release_result  r;
    ok_err(&sc, policy_read(&sc, str_of(by_area_policy), &p), OK);
    ok_err(&sc, release_make(&its, other.st, &p, &c, &r), OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct town t = counted_town(&sc);
        struct cli  cli = { .sc = &sc, .dir = t.dir, .json = true };
        ok_err(&sc,
               file_replace(&sc, arena_printf(sc.mem, "%s/hromada.conf", t.dir).p, S("keep-releases = 9\n")),
               OK);
        for (int k = 0; k < 2; k++) ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
        run_sql(&sc, &t, "DELETE FROM release WHERE number = 1");
        str does = arena_printf(sc.mem, "t=%s other=%s; %s", t.dir, other.dir, cases[i].does);
        ok(!system(does.p), "%s", does.p);
        ok_err(&sc, release_make(&cli, t.st, &p, &c, &r), OK);
        ok(is_written_down(&sc, &t, 1) == cases[i].written, "%s", cases[i].does);
        town_close(&t);
        test_dir_end(&sc, t.dir);
    }
    town_close(&other);
    test_dir_end(&sc, other.dir);
    test_scope_end(&sc);
}

// -- the report of differences ------------------------------------------------------------------------------------------

static struct difference report_of(struct scope *sc, const struct town *t, int64_t number)
{
    struct difference d;
    str               text;
    ok_err(sc, release_verify(sc, t->dir, number), OK);
    ok_err(sc,
           file_read(
               sc, arena_printf(sc->mem, "%s/releases/%lld/" RELEASE_DIFFERENCE, t->dir, (long long)number).p,
               DIFFERENCE_MAX_BYTES, &text),
           OK);
    ok_err(sc, difference_read(sc, text, &d), OK);
    ok_i64(d.release, number);
    return d;
}

/// after: of that release, which was withdrawn; or 0.
static void publish_after(struct scope *sc, struct town *t, int64_t after, const char *policy,
                          struct release_result *out)
{
    struct cli             cli = { .sc = sc, .dir = t->dir, .json = true };
    struct release_consent today = consent_today(sc);
    struct policy          p;
    today.after_withdrawal = after;
    ok_err(sc, policy_read(sc, str_of(policy), &p), OK);
    enum err e = release_make(&cli, t->st, &p, &today, out);
    if (e == ERR_INVALID) { // the total
        today.total_given = true;
        today.total = strtoull(sc->fault.text, NULL, 10);
        e = release_make(&cli, t->st, &p, &today, out);
    }
    ok(!e, "%s", sc->fault.text);
}

static void publish_with(struct scope *sc, struct town *t, const char *policy, struct release_result *out)
{
    publish_after(sc, t, 0, policy, out);
}

static void a_report_goes_with_each_release(void **state)
{
    (void)state;
    static const char all[] = "tier public\nanchors grid 250 m\nclass * points\n",
                      few[] = "tier public\nanchors grid 250 m\nclass * points\ncategory b* withheld\n";
    struct scope          sc = test_scope();
    struct town           t = busy_town(&sc);
    struct release_result r, again;
    struct difference     d;
    publish_with(&sc, &t, all, &r);
    ok_i64(report_of(&sc, &t, 1).none, DIFFERENCE_FIRST);
    publish_with(&sc, &t, all, &again);
    d = report_of(&sc, &t, 2);
    ok(!d.none && d.before == 1 && !d.n_months && !d.added.n && !d.removed.n, "the same again");
    for (int p = 0; p < DIFFERENCE_PARTS; p++)
        ok(!d.part[p].total.n[0] && !d.part[p].total.n[1], "no difference in part %d", p);
    publish_with(&sc, &t, few, &again);
    d = report_of(&sc, &t, 3);
    ok_i64(d.part[DIFFERENCE_ROWS].total.n[1],
           r.totals[TIER_PUBLIC].incidents - again.totals[TIER_PUBLIC].incidents);
    ok(d.added.n == 1 && str_eq(d.added.line[0], S("category b* withheld")), "and the policy says why");
    ok_i64(report_of(&sc, &t, 2).before, 1); // the files of its two releases are gone, and it stays
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void without_a_release_before_it_says_why(void **state)
{
    (void)state;
    static const char     all[] = "tier public\nanchors grid 250 m\nclass * points\n";
    struct scope          sc = test_scope();
    struct town           t = busy_town(&sc);
    struct release_result r;
    const char           *index;
    publish_with(&sc, &t, all, &r);
    ok_err(&sc, release_index_path(&sc, t.dir, 1, TIER_PUBLIC, &index), OK);
    ok(!unlink(index), "lost");
    publish_with(&sc, &t, all, &r);
    struct difference d = report_of(&sc, &t, 2);
    ok(d.none == DIFFERENCE_LOST && d.before == 1, "lost: %d", (int)d.none);
    ok_err(&sc, release_withdraw(&sc, t.dir, 2, 0, S("why"), 1480000000), OK);
    publish_after(&sc, &t, 2, all, &r);
    d = report_of(&sc, &t, 3);
    ok(d.none == DIFFERENCE_WITHDRAWN && d.before == 2, "withdrawn: %d", (int)d.none);
    ok_err(&sc, release_index_path(&sc, t.dir, 3, TIER_PUBLIC, &index), OK);
    str bytes;
    ok_err(&sc, file_read(&sc, index, (size_t)1 << 26, &bytes), OK);
    char *flipped = arena_cstr(sc.mem, bytes);
    flipped[bytes.n - 2000] ^= 1;
    ok_err(&sc, file_replace(&sc, index, (str){ flipped, bytes.n }), OK);
    publish_with(&sc, &t, all, &r);
    d = report_of(&sc, &t, 4);
    ok(d.none == DIFFERENCE_UNREADABLE && d.before == 3, "damaged: %d", (int)d.none);
    publish_with(&sc, &t, all, &r);
    ok(!report_of(&sc, &t, 5).none, "and all is well again");
    // A report is of the release: what is changed or lost in it is found.
    const char *report = arena_printf(sc.mem, "%s/releases/4/" RELEASE_DIFFERENCE, t.dir).p;
    ok_err(&sc, file_replace(&sc, report, S("{}")), OK);
    ok_err(&sc, release_verify(&sc, t.dir, 4), ERR_CORRUPT);
    ok(!unlink(report), "lost");
    ok_err(&sc, release_verify(&sc, t.dir, 4), ERR_CORRUPT);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tiers_beside_each_other),
    cmocka_unit_test(whoever_fails_ends_all),
    cmocka_unit_test(a_total_out_of_bounds_is_asked_about),
    cmocka_unit_test(what_was_withdrawn_is_asked_about),
    cmocka_unit_test(counts_are_made_again_when_nobody_is_told_them),
    cmocka_unit_test(counts_of_partners_are_not_for_everybody),
    cmocka_unit_test(releases_to_be_withdrawn_are_listed),
    cmocka_unit_test(what_two_releases_counted_is_told_by_both),
    cmocka_unit_test(what_turned_leaves_when_it_must),
    cmocka_unit_test(what_turned_leaves_when_what_they_saw_was_withdrawn),
    cmocka_unit_test(what_is_not_the_towns_is_not_written_down),
    cmocka_unit_test(an_older_database_is_asked_about),
    cmocka_unit_test(a_copy_asks_once),
    cmocka_unit_test(a_number_is_behind_all_others),
    cmocka_unit_test(a_report_goes_with_each_release),
    cmocka_unit_test(without_a_release_before_it_says_why),
};
TEST_MAIN(tests)
