// SPDX-License-Identifier: EUPL-1.2
// Two releases compared: what turned sensitive between them leaves at fixed dates, in batches, with cover, and whoever takes one
// public file from the next names at most one in five right. Then each promise of publish/leave.h by itself.
#include "publish/leave.h"

#include "store/area_count.h"
#include "town.h"
#include <math.h>
#include <sodium.h>
#include <sqlite3.h>

enum { MAX_SEEN = 16000 };

static int64_t wall(int year, int month, int day)
{
    return (int64_t)civil_day(year, month, day) * DAY_S;
}

// -- chance, the same in every run ----------------------------------------------------------------------------------------

static uint64_t    chance;
static const char *chance_name(void)
{
    return "test";
}
static uint32_t chance_next(void)
{
    return (uint32_t)(test_random(&chance) >> 32);
}
static void chance_fill(void *const to, const size_t n)
{
    for (size_t i = 0; i < n; i++) ((unsigned char *)to)[i] = (unsigned char)chance_next();
}
static struct randombytes_implementation chance_of_test = { .implementation_name = chance_name,
                                                            .random = chance_next,
                                                            .buf = chance_fill };

// -- a source -------------------------------------------------------------------------------------------------------------

/// A source of the town, whose runs the test stages by itself.
static struct run feed_open(struct scope *sc, struct town *t, const char *key, enum identity identity)
{
    struct source s = {
        .key = str_of(key), .name = str_of(key), .licence = S("CC0"), .timezone = S("Europe/Kyiv")
    };
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, store_source_put(sc, t->st, &s), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
    return (struct run){
        .source = s.id,
        .identity = identity,
        .profile = S("test"),
        .files = S("test.csv"),
        .started_s = 1000,
        .may_lift = true,
    };
}

static void feed_rows(struct scope *sc, struct town *t, struct run *r, const struct incident *i, size_t n)
{
    struct run_totals totals = { .read = n };
    ok_err(sc, store_run_begin(sc, t->st, r), OK);
    for (size_t k = 0; k < n; k++) {
        struct incident row = i[k];
        row.source = r->source;
        ok_err(sc, store_run_stage(sc, t->st, r, &row), OK);
    }
    ok_err(sc, store_run_finish(sc, t->st, r, false, &totals), OK);
}

/// The town's own run is given up: these tests open theirs.
static struct town quiet_town(struct scope *sc)
{
    struct town t = town_open(sc, test_dir(sc));
    store_rollback(t.st);
    chance = test_seed();
    ok(!randombytes_set_implementation(&chance_of_test), "chance of the test");
    return t;
}

// -- what the public sees -------------------------------------------------------------------------------------------------

struct seen { // a row of the public file, in words that do not change from release to release
    uint64_t     category, outcome, place;
    int32_t      day, minute;
    struct point at;
    uint16_t     area[2];
    uint8_t      how, precision, flags, has_point;
};
struct file {
    struct seen                row[MAX_SEEN];
    size_t                     n;
    struct publish_totals      totals;
    const struct release_info *info;
};

static int cmp_seen(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct seen));
}

static struct seen see(const struct release_info *in, const struct release_row *r)
{
    struct seen        s;
    struct release_mix kind = release_kind(in, &r->kind);
    memset(&s, 0, sizeof s);
    for (size_t i = 0; i < kind.n; i++) s.category += str_hash(in->categories[kind.category[i]].key);
    s.outcome = str_hash(in->outcomes[r->outcome].key);
    s.place = str_hash(in->places[r->place]);
    s.day = r->day, s.minute = r->minute, s.at = r->at;
    s.area[0] = r->area[0], s.area[1] = r->area[1];
    s.how = r->how, s.precision = r->precision, s.flags = r->flags, s.has_point = r->has_point;
    return s;
}

/// before: the release that the store is told to be the newest public one; -1: the one of number - 1.
static void publish_after(struct scope *sc, struct town *t, const char *text, enum tier tier, int64_t now_s,
                          int64_t number, int64_t before, struct file *out)
{
    struct policy     *p = arena_new(sc->mem, struct policy);
    struct publisher  *from;
    struct release_row row;
    const char        *path;
    struct leave_order order = { number, now_s, before < 0 ? number - 1 : before, t->leave_now };
    ok_err(sc, policy_read(sc, text ? str_of(text) : policy_default(), p), OK);
    publication_closep(&t->publication);
    ok_err(sc, path_join(sc, t->dir, "facts", &path), OK);
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, publication_open(sc, t->st, p, &order, path, &t->publication), OK);
    while (publication_read(t->publication, 1000)) continue;
    ok_err(sc, publication_end(sc, t->publication), OK);
    ok_err(sc, publish_open(sc, t->publication, tier, &from), OK);
    out->info = publish_info(from);
    for (out->n = 0; publish_next(from, &row); out->n++) {
        ok(out->n < MAX_SEEN, "too many rows");
        out->row[out->n] = see(out->info, &row);
    }
    ok_err(sc, publish_end(sc, from, &out->totals), OK);
    publish_closep(&from);
    ok_i64(out->totals.incidents, out->n);
    qsort(out->row, out->n, sizeof *out->row, cmp_seen);
    ok_err(sc, publication_keep(sc, t->publication), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
}

static void publish(struct scope *sc, struct town *t, enum tier tier, int64_t now_s, int64_t number,
                    struct file *out)
{
    publish_after(sc, t, NULL, tier, now_s, number, -1, out);
}

/// Rows of a that are not in b, row by row.
static size_t minus(const struct file *a, const struct file *b, struct seen *out)
{
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->n;) {
        int c = k < b->n ? cmp_seen(&a->row[i], &b->row[k]) : -1;
        if (c < 0) out[n++] = a->row[i];
        i += c <= 0;
        k += c >= 0;
    }
    return n;
}

static bool same_but_outcome(const struct seen *a, const struct seen *b)
{
    struct seen x = *a, y = *b;
    x.outcome = y.outcome = 0;
    return !memcmp(&x, &y, sizeof x);
}

// -- the attack -----------------------------------------------------------------------------------------------------------

enum { INCIDENTS = 10000, TURNED = 250, RELEASES = 12, FEEDS = 3, REVISED = 25, MONTHS = 24, KINDS = 3 };
static const enum identity identities[FEEDS] = { IDENTITY_STABLE, IDENTITY_TYPES, IDENTITY_NONE };

struct person { // an incident, as its source tells it now
    struct incident is;
    int             feed, month, kind; // kind: when it was public
    int             turned_in;         // release; 0: never
    bool            renumbered;        // by its source, which has no ids
};
struct city {
    struct town    t;
    struct run     run[FEEDS];
    struct person *of;                // [INCIDENTS]
    int            at[INCIDENTS + 1]; // by id of the store
    uint64_t       seed;
};

static struct person person_of(struct scope *sc, struct city *c, int i)
{
    uint64_t     *seed = &c->seed;
    struct person p = { .feed = i * FEEDS / INCIDENTS, .month = (int)(test_random(seed) % MONTHS) };
    double x = (double)(test_random(seed) % 6000) / 1000, y = (double)(test_random(seed) % 6000) / 1000;
    p.kind = test_random(seed) % 10 < 6 ? CAT_THEFT : test_random(seed) % 2 ? CAT_BURGLARY : CAT_DRUGS;
    p.is = town_incident(&c->t, arena_printf(sc->mem, "%d", i).p, town_point(&c->t, x, y));
    p.is.category = c->t.category[p.kind];
    p.is.from_s = wall(2013 + p.month / 12, 1 + p.month % 12, 1 + (int)(test_random(seed) % 28)) +
                  (int64_t)(test_random(seed) % DAY_S);
    p.is.to_s = p.is.from_s + 59;
    p.is.slice = arena_printf(sc->mem, "%d", p.month);
    return p;
}

/// The feeds tell what changed; the one without ids tells the whole month again.
static void city_tell(struct scope *sc, struct city *c, const bool *changed)
{
    struct incident *row = arena_array(sc->mem, struct incident, INCIDENTS);
    bool             month[MONTHS] = { 0 };
    for (int i = 0; i < INCIDENTS; i++)
        month[c->of[i].month] |= changed[i] && identities[c->of[i].feed] == IDENTITY_NONE;
    for (int f = 0; f < FEEDS; f++) {
        size_t n = 0;
        for (int i = 0; i < INCIDENTS; i++) {
            bool again = identities[f] == IDENTITY_NONE ? month[c->of[i].month] : changed[i];
            if (c->of[i].feed == f && again) row[n++] = c->of[i].is;
        }
        if (n) feed_rows(sc, &c->t, &c->run[f], row, n);
    }
}

static struct city *city_open(struct scope *sc)
{
    static const char *const keys[FEEDS] = { "stable", "types", "none" };
    struct city             *c = arena_new(sc->mem, struct city);
    bool                    *all = arena_array(sc->mem, bool, INCIDENTS);
    c->t = quiet_town(sc);
    c->seed = test_seed();
    c->of = arena_array(sc->mem, struct person, INCIDENTS);
    for (int f = 0; f < FEEDS; f++) c->run[f] = feed_open(sc, &c->t, keys[f], identities[f]);
    for (int i = 0; i < INCIDENTS; i++) {
        c->of[i] = person_of(sc, c, i);
        c->at[i + 1] = i; // in the order in which they are told, from 1
        all[i] = true;
    }
    city_tell(sc, c, all);
    return c;
}

/// Some turn: by another category, a further one, a mark, and in the source without ids by being replaced. Some others are
/// brought to an end, among them some that have left.
static void city_revise(struct scope *sc, struct city *c, int release)
{
    static const int       kinds[] = { CAT_RAPE, CAT_CHILD };
    bool                  *changed = arena_array(sc->mem, bool, INCIDENTS);
    bool                  *away = arena_array(sc->mem, bool, INCIDENTS);
    const struct departed *d;
    size_t                 n;
    ok_err(sc, store_departed(sc, c->t.st, release, &d, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (d[i].incident <= INCIDENTS) away[c->at[d[i].incident]] = true;
    for (int k = 0; k < TURNED / (RELEASES - 1) + 1;) {
        int            i = (int)(test_random(&c->seed) % INCIDENTS);
        struct person *p = &c->of[i];
        if (p->turned_in || p->renumbered || away[i]) continue;
        p->turned_in = release;
        if (test_random(&c->seed) % 2) p->is.flags |= FLAG_DOMESTIC;
        else p->is.category = c->t.category[kinds[test_random(&c->seed) % 2]];
        changed[i] = true;
        k++;
    }
    for (int k = 0; k < REVISED; k++) {
        int i = (int)(test_random(&c->seed) % INCIDENTS);
        if (c->of[i].turned_in && !away[i]) continue; // it would leave at once
        c->of[i].is.outcome = c->t.outcome[test_random(&c->seed) % 3];
        c->of[i].renumbered |= identities[c->of[i].feed] == IDENTITY_NONE;
        changed[i] = true;
    }
    city_tell(sc, c, changed);
}

struct score {
    double named, right;
};

/// Who turned since a release, by kind and month: what the attack is judged by.
static void city_truth(const struct city *c, int since, double truth[KINDS][MONTHS])
{
    memset(truth, 0, sizeof(double) * KINDS * MONTHS);
    for (int i = 0; i < INCIDENTS; i++)
        if (c->of[i].turned_in > since) truth[c->of[i].kind][c->of[i].month]++;
}

/// Rows that left and did not come back with another outcome, by kind and month.
static size_t attack(const struct file *was, const struct file *is, double named[KINDS][MONTHS])
{
    static struct seen left[MAX_SEEN], came[MAX_SEEN];
    size_t             n = minus(was, is, left), n_came = minus(is, was, came), gone = 0;
    memset(named, 0, sizeof(double) * KINDS * MONTHS);
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_came && !same_but_outcome(&left[i], &came[k])) k++;
        if (k < n_came) came[k] = came[--n_came];
        else {
            int kind = 0, month = civil_month_of_day(left[i].day) - 12 * (2013 - 1970);
            while (kind < KINDS && str_hash(str_of(town_categories[kind].key)) != left[i].category) kind++;
            ok(kind < KINDS && month >= 0 && month < MONTHS, "kind %d, month %d", kind, month);
            named[kind][month]++;
            gone++;
        }
    }
    return gone;
}

static void add_score(struct score *s, double named, double right)
{
    s->named += named;
    s->right += right < named ? right : named;
}

/// Chance may put a few more into a guess that names not all: four standard deviations.
static void ok_a_fifth(struct score s, bool exactly, const char *who)
{
    // Exactly: but for one that left and is taken for another of its time and place that was closed.
    double most = s.named / 5 + (exactly ? 1 : 4 * sqrt(s.named * 0.16));
    print_message("# %s: %.0f of %.0f right\n", who, s.right, s.named);
    ok(s.right <= most, "%s: %.0f of %.0f", who, s.right, s.named);
}

struct campaign {
    struct score all, kind[KINDS], lone, crowd, newest;
};

static void judge_attack(struct campaign *a, double truth[KINDS][MONTHS], double named[KINDS][MONTHS],
                         struct score *release)
{
    for (int k = 0; k < KINDS; k++)
        for (int m = 0; m < MONTHS; m++) {
            add_score(release, named[k][m], truth[k][m]);
            add_score(&a->kind[k], named[k][m], truth[k][m]);
            if (named[k][m] == 1) add_score(&a->lone, 1, truth[k][m]);
            if (named[k][m] > 4) add_score(&a->crowd, named[k][m], truth[k][m]);
            if (m == MONTHS - 1) add_score(&a->newest, named[k][m], truth[k][m]);
        }
    a->all.named += release->named;
    a->all.right += release->right;
}

static void who_compares_releases_is_right_once_in_five(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct city       *c = city_open(&sc);
    static struct file file[2];
    static double      truth[KINDS][MONTHS], named[KINDS][MONTHS];
    struct campaign    a = { 0 };
    uint64_t           along = 0, turned = 0;
    int                since = 1, batches = 0;
    publish(&sc, &c->t, TIER_PUBLIC, wall(2016, 1, 20), 1, &file[1]);
    ok_i64(file[1].n, INCIDENTS);
    for (int r = 2; r <= RELEASES + 1; r++) { // the last one is of January again
        struct file *was = &file[(r + 1) % 2], *is = &file[r % 2];
        struct score release = { 0 };
        if (r <= RELEASES) city_revise(&sc, c, r);
        publish(&sc, &c->t, TIER_PUBLIC, wall(2016 + r / 13, 1 + (r - 1) % 12, 20), r, is);
        size_t gone = attack(was, is, named);
        bool   date = (r - 1) % 3 == 0;
        ok(date || !gone, "release %d is no date, and %zu rows are gone", r, gone);
        ok(date || is->totals.leave.stay, "who turned stays");
        if (!date) continue;
        city_truth(c, since, truth);
        since = r;
        batches++;
        judge_attack(&a, truth, named, &release);
        ok_a_fifth(release, true, "one release");
        ok(!is->totals.leave.lacking, "there are enough");
        ok_i64(is->totals.leave.along, 4 * is->totals.leave.turned);
        ok_i64(release.right, is->totals.leave.turned); // so the attack sees all who turned
        along += is->totals.leave.along;
        turned += is->totals.leave.turned;
    }
    ok(batches == 4 && a.all.right >= TURNED, "%g turned", a.all.right);
    ok_a_fifth(a.all, true, "all");
    for (int k = 0; k < KINDS; k++) ok_a_fifth(a.kind[k], true, town_categories[k].key);
    ok_a_fifth(a.lone, false, "alone in month and kind");
    ok_a_fifth(a.crowd, false, "many in a month and kind");
    ok_a_fifth(a.newest, false, "the newest month");
    // Nobody came back, by no new number and with no new outcome, and nobody was lost.
    ok_i64(file[(RELEASES + 1) % 2].n, INCIDENTS - turned - along);
    town_close(&c->t);
    test_dir_end(&sc, c->t.dir);
    test_scope_end(&sc);
}

/// The same attack where nothing is known of the release before.
static void the_attack_works_without_it(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct city       *c = city_open(&sc);
    static struct file file[2];
    static double      truth[KINDS][MONTHS], named[KINDS][MONTHS];
    struct campaign    a = { 0 };
    publish_after(&sc, &c->t, NULL, TIER_PUBLIC, wall(2016, 1, 20), 1, 0, &file[1]);
    for (int r = 2; r <= 4; r++) {
        struct score release = { 0 };
        city_revise(&sc, c, r);
        publish_after(&sc, &c->t, NULL, TIER_PUBLIC, wall(2016, r, 20), r, 0, &file[r % 2]);
        attack(&file[(r + 1) % 2], &file[r % 2], named);
        city_truth(c, r - 1, truth);
        judge_attack(&a, truth, named, &release);
    }
    print_message("# without it: %.0f of %.0f right\n", a.all.right, a.all.named);
    ok(a.all.named > 60 && a.all.right >= 0.95 * a.all.named, "%g of %g", a.all.right, a.all.named);
    town_close(&c->t);
    test_dir_end(&sc, c->t.dir);
    test_scope_end(&sc);
}

// -- promise by promise ---------------------------------------------------------------------------------------------------

/// So many incidents of a kind, a day and an outcome, known as prefix-0 and so on.
static struct incident *crowd(struct scope *sc, const struct town *t, const char *prefix, size_t n, int kind)
{
    struct incident *i = arena_array(sc->mem, struct incident, n);
    for (size_t k = 0; k < n; k++) {
        i[k] = town_incident(t, arena_printf(sc->mem, "%s-%zu", prefix, k).p,
                             town_point(t, 0.5 + (double)(k % 11) / 2, 0.5 + (double)(k % 7) / 2));
        i[k].category = t->category[kind];
        i[k].slice = S("s");
    }
    return i;
}

static bool same_rows(const struct file *a, const struct file *b)
{
    return a->n == b->n && !memcmp(a->row, b->row, a->n * sizeof *a->row);
}

static size_t rows_of(const struct file *f, const struct town *t, int kind)
{
    size_t n = 0;
    (void)t;
    for (size_t i = 0; i < f->n; i++) n += f->row[i].category == str_hash(str_of(town_categories[kind].key));
    return n;
}

static void told_as_before_until_the_date(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY), was;
    static struct file first, later, police;
    i[7].outcome = t.outcome[1];
    was = i[7];
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
    ok_i64(first.n, 200);
    // All that makes it sensitive changes, and nothing of that is told.
    i[7].category = t.category[CAT_RAPE];
    i[7].flags = FLAG_DOMESTIC | FLAG_ARREST;
    i[7].classes = sensitivity_bit(SENSITIVITY_CHILD);
    feed_rows(&sc, &t, &run, &i[7], 1);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 2, &later);
    ok(same_rows(&first, &later) && later.totals.leave.stay == 1, "it is told as before");
    ok(!later.totals.withheld && !later.totals.by_area, "and counted once");
    publish(&sc, &t, TIER_POLICE, wall(2016, 8, 21), 3, &police);
    ok_i64(rows_of(&police, &t, CAT_RAPE), 1);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 9, 30), 4, &later);
    ok(same_rows(&first, &later), "and again");
    // The date: it goes, and four with it. The outcome that it alone had is in no dictionary any more.
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 1), 5, &later);
    ok(later.n == 195 && later.totals.leave.turned == 1 && later.totals.leave.along == 4, "%zu", later.n);
    ok_i64(later.totals.withheld + later.totals.by_area, 5);
    ok_i64(later.info->n_outcomes, 1);
    // Its record is put right, and so is that of all others: nobody comes back.
    i[7] = was;
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 6, &first);
    ok(same_rows(&first, &later), "nobody comes back");
    ok_i64(first.totals.withheld, 5);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Whoever was never public is not told as before: not what was held back, nor what a release showed that never was public.
static void what_was_not_public_is_not_told(void **state)
{
    (void)state;
    struct scope     sc = test_scope();
    struct town      t = quiet_town(&sc);
    struct run       run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident *i = crowd(&sc, &t, "a", 60, CAT_BURGLARY), *late = crowd(&sc, &t, "b", 3, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 3; k++) late[k].from_s += 100 * DAY_S, late[k].to_s += 100 * DAY_S; // 2016-06-23
    feed_rows(&sc, &t, &run, i, 60);
    feed_rows(&sc, &t, &run, late, 3);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    ok(f.n == 60 && f.totals.delayed == 3, "%zu", f.n);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 2, &f); // killed before it is public: all 63
    ok_i64(f.n, 63);
    late[0].flags = i[0].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, late, 1);
    feed_rows(&sc, &t, &run, i, 1);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 2, &f);
    ok(f.n == 62 && f.totals.leave.stay == 1, "%zu are told, %llu as before", f.n,
       (unsigned long long)f.totals.leave.stay);
    // Another that is killed takes a batch out; it did not happen either, and is drawn anew.
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 3, &f);
    ok(f.n == 57 && f.totals.leave.along == 4, "%zu", f.n);
    t.leave_now = false;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 3, &f);
    ok(f.n == 62 && f.totals.leave.stay == 1, "%zu", f.n);
    // Of a release that the store does not know nothing is taken for shown.
    publish_after(&sc, &t, NULL, TIER_PUBLIC, wall(2016, 8, 22), 9, 8, &f);
    ok(f.n == 61 && f.totals.leave.unknown && !f.totals.leave.turned, "%zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What a rule hides leaves at once; alone only where the rule is what is seen.
static void a_rule_holds_at_once(void **state)
{
    (void)state;
    static const char *const        lax = "tier public\nclass ordinary home drugs street points\n",
                             *const strict =
                                 "tier public\nclass ordinary drugs street points\nclass home withheld\n",
                             *const no_drugs =
                                 "tier public\nclass ordinary street points\ncategory drugs withheld\n";
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 100, CAT_BURGLARY), *d = crowd(&sc, &t, "d", 60, CAT_DRUGS);
    static struct file f;
    for (int k = 0; k < 3; k++) i[k].classes = sensitivity_bit(SENSITIVITY_HOME);
    feed_rows(&sc, &t, &run, i, 100);
    feed_rows(&sc, &t, &run, d, 60);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &f);
    ok_i64(f.n, 160);
    publish_after(&sc, &t, strict, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
    ok(rows_of(&f, &t, CAT_BURGLARY) == 85 && f.totals.leave.turned == 3 && f.totals.leave.along == 12, "%zu",
       f.n);
    publish_after(&sc, &t, no_drugs, TIER_PUBLIC, wall(2016, 7, 22), 3, -1, &f);
    ok(!rows_of(&f, &t, CAT_DRUGS) && f.n == 85 && !f.totals.leave.turned, "%zu", f.n);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 23), 4, -1, &f);
    ok(f.n == 145, "the kind comes back with its rule, and nobody of the others: %zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static uint64_t counted(const struct file *f, int half)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < f->info->n_counts; i++)
        if (f->info->counts[i].half == half) sum += f->info->counts[i].count;
    return sum;
}

// -- what was public, was not for one release, and is again --------------------------------------------------------------

/// A way in which a kind is hidden for one release: a policy for it, or a file that lacks a quarter.
struct hiding {
    const char   *what, *policy;
    enum identity by;
    bool          lacks, early; // one turns before its kind is hidden, else meanwhile
};

/// Whom the first release showed and the third does not, though its like came back: not whoever turned alone, and nobody of
/// whom the second release says another thing than of the others.
static void ok_returns(const struct hiding *h)
{
    static const char *const lax = "tier public\nclass ordinary home drugs street points\ndelay 1 day\n";
    static struct file       first, second, third;
    static struct seen       lost[1000];
    struct scope             sc = test_scope();
    struct town              t = quiet_town(&sc);
    struct run               run = feed_open(&sc, &t, "feed", h->by);
    struct incident         *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
    size_t                   stay = h->lacks ? 150 : 0;
    for (int k = 0; k < 200; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    feed_rows(&sc, &t, &run, i, 200);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &first);
    ok_i64(first.n, 200);
    if (h->lacks) feed_rows(&sc, &t, &run, i, stay);
    if (h->early) i[177].flags = FLAG_DOMESTIC;
    if (h->early) feed_rows(&sc, &t, &run, i, 200);
    publish_after(&sc, &t, h->policy ? h->policy : lax, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &second);
    ok(second.n == stay && !second.totals.leave.turned, "%s: %zu", h->what, second.n);
    i[177].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 200);
    publish_after(&sc, &t, "tier police\nclass * points\n", TIER_POLICE, wall(2016, 7, 21), 3, -1, &third);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 22), 4, -1, &third);
    ok(third.totals.leave.turned == 1 && third.totals.leave.along == 4, "%s: %d turned", h->what,
       (int)third.totals.leave.turned);
    ok(third.n == 195 && minus(&first, &third, lost) == 5, "%s: %zu of 200", h->what, third.n);
    ok_i64(minus(&second, &third, lost), 0); // those that came back cover it, and no others
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 23), 5, -1, &second);
    ok(same_rows(&second, &third), "%s: nobody comes back", h->what);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void what_comes_back_leaves_nobody_out_alone(void **state)
{
    (void)state;
    static const char *const
        kind = "tier public\ndelay 1 day\nclass ordinary drugs street points\ncategory burglary withheld\n",
        *const class = "tier public\ndelay 1 day\nclass drugs street points\nclass ordinary areas\n",
        *const delay = "tier public\ndelay 366 days\nclass ordinary home drugs street points\n";
    static const struct hiding rows[] = {
        { "a line of the policy", kind, IDENTITY_STABLE },
        { "a line of the policy, early", kind, IDENTITY_STABLE, .early = true },
        { "a class", class, IDENTITY_STABLE },
        { "a class, early", class, IDENTITY_STABLE, .early = true },
        { "a longer delay", delay, IDENTITY_STABLE },
        { "a longer delay, early", delay, IDENTITY_STABLE, .early = true },
        { "a quarter of a file", NULL, IDENTITY_SLICE, .lacks = true },
        { "a quarter of a file without ids", NULL, IDENTITY_NONE, .lacks = true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) ok_returns(&rows[i]);
}

/// A source without ids withdraws those that left, and tells them again later: they do not come back; and whoever is new at the
/// same time and place is shown.
static void who_left_does_not_come_back_behind_half_a_file(void **state)
{
    (void)state;
    static struct file f, later;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 300, CAT_BURGLARY);
    for (int k = 0; k < 300; k++) { // a hundred moments, with two incidents each, and later three
        i[k].lon_e7 = i[k % 100].lon_e7, i[k].lat_e7 = i[k % 100].lat_e7;
        i[k].from_s += k % 100 * 60, i[k].to_s += k % 100 * 60 + k / 200;
    }
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    i[77].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 200);
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
    ok_i64(f.n, 195);
    i[77].flags = 0;
    for (int round = 0; round < 3; round++) { // each time nearly all are told under new numbers
        feed_rows(&sc, &t, &run, i, 20);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 22), 3 + 2 * round, &later);
        for (int k = 20; k < 200; k++) i[k].to_s += 60;
        feed_rows(&sc, &t, &run, i, round < 2 ? 200 : 300);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 23), 4 + 2 * round, &later);
        ok(later.n == (round < 2 ? 195 : 295), "round %d: %zu", round, later.n);
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What was written for a release that was never public is not believed.
static void what_no_release_told_is_undone(void **state)
{
    (void)state;
    struct scope           sc = test_scope();
    struct town            t = quiet_town(&sc);
    struct run             run = feed_open(&sc, &t, "feed", IDENTITY_STABLE);
    const struct departed *is, was[] = { { 1, 3, 0, 8 }, { 2, 3, 9, 9 }, { 3, 9, 9, 0 } };
    size_t                 n;
    feed_rows(&sc, &t, &run, crowd(&sc, &t, "a", 3, CAT_BURGLARY), 3);
    ok_err(&sc, store_begin(&sc, t.st), OK);
    ok_err(&sc, store_departed_add(&sc, t.st, 8, was, COUNT(was)), OK);
    ok_err(&sc, store_departed_add(&sc, t.st, 8, NULL, 0), OK);
    ok_err(&sc, store_departed(&sc, t.st, 9, &is, &n), OK);
    ok(n == 2 && is[0].passed == 8 && is[1].release == 3 && !is[1].turned && !is[1].passed, "%zu", n);
    store_rollback(t.st);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Of a kind that a rule hides twelve turn: it is counted as all have seen it, whoever turned, and when their like come back they
/// leave and are counted no more.
static void who_turned_behind_a_rule_is_counted_as_it_was(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    static const char
        *const         lax = "tier public\nclass ordinary home drugs street points\nclass domestic areas\n",
               *const  strict = "tier public\nclass drugs street points\nclass ordinary domestic areas\n";
    static struct file f;
    for (int due = 0; due < 2; due++) { // is the half-year over when they turn?
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
        struct incident *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
        int              month = due ? 8 : 6;
        feed_rows(&sc, &t, &run, i, 200);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, month, 20), 1, -1, &f);
        ok_i64(f.n, 200);
        for (int k = 0; k < 12; k++) i[k].flags = FLAG_DOMESTIC;
        if (!due) publish_after(&sc, &t, strict, TIER_PUBLIC, wall(2016, month, 21), 2, -1, &f);
        ok(due || (!f.n && !counted(&f, HALF)), "the half-year is not over");
        feed_rows(&sc, &t, &run, i, 200);
        publish_after(&sc, &t, strict, TIER_PUBLIC, wall(2016, 8, 22), 3 - due, -1, &f);
        ok(!f.n && counted(&f, HALF) == 200, "all, as they were: %d", (int)counted(&f, HALF));
        for (size_t k = 0; k < f.info->n_counts; k++)
            ok(f.info->counts[k].class != SENSITIVITY_DOMESTIC, "due %d: %d as what it became", due,
               (int)f.info->counts[k].count);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 8, 23), 4 - due, -1, &f);
        ok(f.n == 140 && f.totals.leave.turned == 12 && f.totals.leave.along == 48, "%zu", f.n);
        ok(!counted(&f, HALF), "and not once more: %d", (int)counted(&f, HALF));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// One that is told as before until the date, when a rule hides its kind: it has been away as long as the others of that rule.
static void who_stays_and_is_hidden_goes_with_the_others(void **state)
{
    (void)state;
    static const char *const
               lax = "tier public\nclass ordinary home drugs street points\n",
        *const strict = "tier public\nclass ordinary drugs street points\ncategory burglary withheld\n";
    static const enum identity by[] = { IDENTITY_STABLE, IDENTITY_SLICE, IDENTITY_NONE };
    static struct file         first, f;
    static struct seen         lost[1000];
    for (size_t b = 0; b < COUNT(by); b++) {
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "feed", by[b]);
        struct incident *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
        for (int k = 0; k < 200; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
        feed_rows(&sc, &t, &run, i, 200);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &first);
        i[77].category = t.category[CAT_RAPE];
        feed_rows(&sc, &t, &run, i, 200);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
        ok(f.n == 200 && f.totals.leave.stay == 1, "%zu: told as before", b);
        publish_after(&sc, &t, strict, TIER_PUBLIC, wall(2016, 7, 22), 3, -1, &f);
        ok(!f.n && !f.totals.leave.turned, "%zu: hidden with its kind", b);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 23), 4, -1, &f);
        ok(f.n == 195 && minus(&first, &f, lost) == 5 && !f.totals.leave.lacking, "%zu: %zu of 200", b, f.n);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// Of a kind one is away with sixty of another: it is covered by these, since none of its own were away.
static void cover_is_found_among_all_that_were_away(void **state)
{
    (void)state;
    static const char *const lax = "tier public\nclass ordinary home drugs street points\ndelay 31 days\n",
                             *const late =
                                 "tier public\nclass ordinary home drugs street points\ndelay 62 days\n";
    static struct file first, f;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 101, CAT_BURGLARY), *o = crowd(&sc, &t, "o", 60, CAT_THEFT);
    i[100].from_s = wall(2016, 6, 3), i[100].to_s = i[100].from_s + 59;
    for (int k = 0; k < 100; k++) i[k].from_s = wall(2016, 2, 3), i[k].to_s = i[k].from_s + 59;
    for (int k = 0; k < 60; k++) o[k].from_s = wall(2016, 6, 4), o[k].to_s = o[k].from_s + 59;
    feed_rows(&sc, &t, &run, i, 101);
    feed_rows(&sc, &t, &run, o, 60);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 8, 5), 1, -1, &first);
    ok_i64(first.n, 161);
    publish_after(&sc, &t, late, TIER_PUBLIC, wall(2016, 8, 6), 2, -1, &f);
    ok_i64(f.n, 100);
    i[100].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 101);
    publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 8, 7), 3, -1, &f);
    ok(f.n == 156 && f.totals.leave.along == 4 && !f.totals.leave.lacking, "%zu of 161", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Where only two come back beside one that turned, that is told before anything is public.
static void too_few_to_cover_are_told_of(void **state)
{
    (void)state;
    static const char *const
               lax = "tier public\nclass ordinary home drugs street points\n",
        *const strict = "tier public\nclass ordinary drugs street points\ncategory burglary withheld\n";
    for (int others = 2; others < 6; others++) {
        struct scope       sc = test_scope();
        struct town        t = quiet_town(&sc);
        struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
        size_t             n = (size_t)others + 1;
        struct incident   *i = crowd(&sc, &t, "a", n, CAT_BURGLARY), *o = crowd(&sc, &t, "o", 100, CAT_THEFT);
        static struct file f;
        feed_rows(&sc, &t, &run, i, n);
        feed_rows(&sc, &t, &run, o, 100);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &f);
        publish_after(&sc, &t, strict, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
        ok_i64(f.n, 100);
        i[0].flags = FLAG_DOMESTIC;
        feed_rows(&sc, &t, &run, i, n);
        publish_after(&sc, &t, lax, TIER_PUBLIC, wall(2016, 7, 22), 3, -1, &f);
        ok(f.totals.leave.bare == (others < 4 ? 4 - (uint64_t)others : 0), "%d others: %d are lacking",
           others, (int)f.totals.leave.bare);
        ok_i64(f.n, 100 + (others < 4 ? 0 : (size_t)others - 4));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// A release for partners alone does not know what the public has seen, and begins no count.
static void partners_alone_begin_no_count(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    static const char *const partner = "tier partner\nclass sexual areas\nclass ordinary points\n";
    struct scope             sc = test_scope();
    struct town              t = quiet_town(&sc);
    struct run               run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY), *r = crowd(&sc, &t, "r", 24, CAT_RAPE);
    static struct file f;
    feed_rows(&sc, &t, &run, r, 24);
    publish_after(&sc, &t, partner, TIER_PARTNER, wall(2016, 6, 1), 1, -1, &f);
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 6, 20), 2, &f);
    for (int k = 0; k < 24; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 200);
    publish_after(&sc, &t, partner, TIER_PARTNER, wall(2016, 8, 21), 3, -1, &f);
    ok(!counted(&f, HALF), "%d are counted", (int)counted(&f, HALF));
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 22), 4, &f);
    ok(counted(&f, HALF) == 48, "the public is told, apart: %d", (int)counted(&f, HALF));
    publish_after(&sc, &t, partner, TIER_PARTNER, wall(2016, 8, 23), 5, -1, &f);
    ok(counted(&f, HALF) == 48, "and partners are told it again: %d", (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Without ids, too, who turned is counted with those who turned, not with those whom nobody has seen.
static void who_turned_without_ids_is_counted_apart(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "none", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 220, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 220; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    for (int k = 211; k < 220; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 220);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    ok(f.n == 211 && !counted(&f, HALF), "nine are too few");
    i[77].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 220);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
    ok(f.n == 211 && !counted(&f, HALF), "while it is told as before: %d", (int)counted(&f, HALF));
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 22), 3, &f);
    ok(f.n == 206 && !counted(&f, HALF), "when it leaves: %d", (int)counted(&f, HALF));
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 23), 4, &f);
    ok(f.n == 206 && !counted(&f, HALF), "and later: %d", (int)counted(&f, HALF));
    i[210].from_s += 60 * 60 * 24,
        i[210].to_s += 60 * 60 * 24; // a new one, of which nothing is lost at its moment
    i[210].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 220);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 24), 5, &f);
    ok(counted(&f, HALF) == 10, "ten that nobody has seen: %d", (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Nine of twelve that were counted by area may be points now: beside the count that stands they would say of the other three.
static void ok_counted_stays_off(enum identity by)
{
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", by);
    struct incident   *i = crowd(&sc, &t, "a", 112, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 112; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    for (int k = 100; k < 112; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 112);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    ok(f.n == 100 && counted(&f, HALF) == 12, "%zu", f.n);
    for (int k = 100; k < 109; k++) i[k].category = t.category[CAT_BURGLARY];
    i[109].outcome = t.outcome[1]; // and one of the others is told anew
    feed_rows(&sc, &t, &run, i, 112);
    for (int number = 2; number < 4; number++) {
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20 + number), number, &f);
        ok(f.n == 100 && counted(&f, HALF) == 12, "by %d, release %d: %zu", (int)by, number, f.n);
        ok_i64(f.totals.leave.counted, 9);
    }
    ok_err(&sc, store_area_counts_forget(&sc, t.st, ALL_HALVES), OK); // as behind a withdrawal, counted anew
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 24), 4, &f);
    ok(f.n == 109 && counted(&f, HALF) == 0, "by %d: %zu", (int)by, f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void what_was_counted_stays_off_the_map(void **state)
{
    (void)state;
    ok_counted_stays_off(IDENTITY_STABLE);
    ok_counted_stays_off(IDENTITY_SLICE);
    ok_counted_stays_off(IDENTITY_NONE);
}

/// A file that breaks off takes them away, and a release is made; the whole file then tells of them as harmless.
static void what_was_counted_stays_off_behind_half_a_file(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 112, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 112; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    for (int k = 100; k < 112; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 112);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    ok(f.n == 100 && counted(&f, HALF) == 12, "%zu", f.n);
    feed_rows(&sc, &t, &run, i, 100);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
    ok(f.n == 100 && counted(&f, HALF) == 12, "half of it: %zu", f.n);
    for (int k = 100; k < 109; k++) i[k].category = t.category[CAT_BURGLARY];
    for (int number = 3; number < 6; number++) {
        if (number < 5) feed_rows(&sc, &t, &run, i, number == 3 ? 105 : 112);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20 + number), number, &f);
        ok(f.n == 100 && counted(&f, HALF) == 12, "release %d: %zu", number, f.n);
    }
    // They stand in the count once, whatever they are told as later, and another like them is another.
    for (int k = 100; k < 109; k++) i[k].outcome = t.outcome[1];
    feed_rows(&sc, &t, &run, i, 112);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 27), 6, &f);
    ok(f.n == 100, "told anew under other numbers: %zu", f.n);
    struct incident two[113];
    memcpy(two, i, 112 * sizeof *i);
    two[112] = i[100];
    two[112].area = S("ward:w1");
    feed_rows(&sc, &t, &run, two, 113);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 28), 7, &f);
    ok(f.n == 101, "a second one of the same place: %zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Told as something that a rule hides, they stand in the count as well, and stay off when the rule is gone.
static void what_was_counted_stays_off_behind_a_rule(void **state)
{
    (void)state;
    static const char *const
        hides =
            "tier public\nclass ordinary home street points\nclass sexual areas\ncategory drugs withheld\n",
        *const         shows = "tier public\nclass ordinary home drugs street points\nclass sexual areas\n";
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 112, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 112; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    for (int k = 100; k < 112; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 112);
    publish_after(&sc, &t, hides, TIER_PUBLIC, wall(2017, 8, 20), 1, -1, &f);
    ok(f.n == 100 && counted(&f, 2 * (2016 - 1970)) == 12, "%zu", f.n);
    for (int k = 100; k < 109; k++) i[k].category = t.category[CAT_DRUGS];
    feed_rows(&sc, &t, &run, i, 112);
    publish_after(&sc, &t, hides, TIER_PUBLIC, wall(2017, 8, 21), 2, -1, &f);
    ok_i64(f.n, 100);
    publish_after(&sc, &t, shows, TIER_PUBLIC, wall(2017, 8, 22), 3, -1, &f);
    ok(f.n == 100 && f.totals.leave.counted == 9, "%zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Who turned, and is told anew once more before its half-year is counted, has turned all the same.
static void who_turned_and_is_told_anew_has_turned(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
    static struct file f;
    t.leave_now = true;
    for (int k = 0; k < 200; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 5, 20), 1, &f);
    for (int k = 0; k < 24; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 6, 20), 2, &f);
    ok(f.n == 80 && counted(&f, HALF) == 0, "%zu", f.n);
    const struct departed *d;
    size_t                 n_departed;
    ok_err(&sc, store_departed(&sc, t.st, 2, &d, &n_departed), OK);
    for (size_t k = 0; k < n_departed; k++) // of those that went along twenty turn later
        if (!d[k].turned && d[k].incident <= 200 && k < 60)
            i[d[k].incident - 1].category = t.category[CAT_RAPE];
    for (int k = 0; k < 24; k++) i[k].outcome = t.outcome[1];
    feed_rows(&sc, &t, &run, i, 200);
    for (int number = 3; number < 6; number++) {
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 6 + number, 20), number, &f);
        ok(f.n == 80 && counted(&f, HALF) == 24, "release %d: %zu, %d", number, f.n, (int)counted(&f, HALF));
        ok(f.info->n_counts == 1 && f.info->counts[0].n == 0, "of the town alone");
        // The next release finds them as they were, and turned; the one behind it under other numbers again.
        for (int k = 0; k < 200 && number == 4; k++)
            if (i[k].category == t.category[CAT_RAPE]) i[k].outcome = t.outcome[2];
        feed_rows(&sc, &t, &run, i, 200);
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// One that is public and one that is counted stand at each place, and both are told anew: each takes its own place.
static void what_is_shown_and_what_is_counted_are_told_anew(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 124, CAT_BURGLARY);
    static struct file f;
    t.leave_now = true;
    for (int k = 0; k < 124; k++) i[k].from_s += k % 112 * 60, i[k].to_s += k % 112 * 60;
    for (int k = 112; k < 124; k++)
        i[k].category = t.category[CAT_RAPE], i[k].lon_e7 = i[k - 112].lon_e7,
        i[k].lat_e7 = i[k - 112].lat_e7;
    feed_rows(&sc, &t, &run, i, 124);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    ok(f.n == 112 && counted(&f, HALF) == 12, "%zu", f.n);
    for (int k = 0; k < 12; k++) i[k].category = t.category[CAT_THEFT], i[k + 112].outcome = t.outcome[1];
    feed_rows(&sc, &t, &run, i, 124);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
    ok(f.n == 112 && counted(&f, HALF) == 12 && !f.totals.leave.turned, "%zu, %d", f.n,
       (int)counted(&f, HALF));
    ok_i64(rows_of(&f, &t, CAT_THEFT), 12);
    // One of the two is gone, and nobody knows which: the count is what must not be told apart.
    for (int k = 0; k < 12; k++) i[k].category = t.category[CAT_DRUGS];
    feed_rows(&sc, &t, &run, i, 112);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 22), 3, &f);
    ok(f.n == 100 && counted(&f, HALF) == 12, "%zu, %d", f.n, (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// A database that does not know the last release knows what it counted.
static void what_was_counted_stays_off_behind_a_lost_release(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "feed", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 112, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 112; k++) i[k].from_s += k * 60, i[k].to_s += k * 60;
    for (int k = 100; k < 112; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 112);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    for (int k = 100; k < 112; k++) i[k].category = t.category[CAT_BURGLARY];
    feed_rows(&sc, &t, &run, i, 112);
    publish_after(&sc, &t, NULL, TIER_PUBLIC, wall(2016, 8, 22), 9, 8, &f);
    ok(f.n == 100 && f.totals.leave.unknown, "%zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Without those that went along with release 2, some that turned, and of the others so many.
static size_t some_withdrawn(struct scope *sc, struct town *t, const struct incident *i, size_t n,
                             bool turned, size_t most, struct incident *out)
{
    const struct departed *d;
    size_t                 n_departed, kept = 0, gone = 0;
    ok_err(sc, store_departed(sc, t->st, 2, &d, &n_departed), OK);
    for (size_t k = 0; k < n; k++) {
        bool left = false; // ids are those of the first run, in the order of its rows
        for (size_t at = 0; at < n_departed; at++)
            left = left || (d[at].incident == (int64_t)k + 1 && (d[at].turned != 0) == turned);
        if (left && gone < most) gone++;
        else out[kept++] = i[k];
    }
    ok_i64(gone, most);
    return kept;
}

/// What has left and is withdrawn by its source has left all the same: who turned does not wait for it for ever.
static void who_went_along_and_is_withdrawn_is_cover(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope     sc = test_scope();
    struct town      t = quiet_town(&sc);
    struct run       run = feed_open(&sc, &t, "feed", IDENTITY_SLICE);
    struct incident *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY),
                    *rest = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
    static struct file f;
    t.leave_now = true;
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    for (int k = 0; k < 9; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 2, &f);
    ok(f.n == 155 && counted(&f, HALF) == 0, "nine turned, 36 went along: %zu", f.n);
    size_t                 n = some_withdrawn(&sc, &t, i, 200, false, 5, rest), at = n;
    const struct departed *d;
    size_t                 n_departed;
    ok_err(&sc, store_departed(&sc, t.st, 2, &d, &n_departed), OK);
    for (int k = 9; k < 200 && at == n; k++) { // one more, of those that are still told
        bool left = false;
        for (size_t m = 0; m < n_departed; m++) left = left || d[m].incident == k + 1;
        for (size_t m = 0; m < n && !left && at == n; m++)
            if (str_eq(rest[m].key, i[k].key)) at = m;
    }
    rest[at].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, rest, n);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 20), 3, &f);
    ok(f.n == 150 && counted(&f, HALF) == 10, "ten of fifty: %zu, %d", f.n, (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// All who left one half-year turned, and are withdrawn: what turned in another, taken from what turned in all, would tell it.
static void who_turned_and_is_withdrawn_has_turned(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope     sc = test_scope();
    struct town      t = quiet_town(&sc);
    struct run       run = feed_open(&sc, &t, "feed", IDENTITY_SLICE);
    struct incident *i = crowd(&sc, &t, "a", 210, CAT_BURGLARY),
                    *rest = crowd(&sc, &t, "a", 210, CAT_BURGLARY);
    static struct file f;
    t.leave_now = true;
    for (int k = 0; k < 10; k++) i[k].from_s = wall(2015, 3, 1) + k, i[k].to_s = i[k].from_s + 59;
    feed_rows(&sc, &t, &run, i, 210);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    for (int k = 0; k < 20; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 210);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 2, &f);
    ok(f.n == 110 && counted(&f, HALF) == 0 && counted(&f, HALF - 2) == 0, "all ten of 2015: %zu, %d", f.n,
       (int)counted(&f, HALF));
    size_t n = some_withdrawn(&sc, &t, i, 210, true, 10, rest);
    feed_rows(&sc, &t, &run, rest, n);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 20), 3, &f);
    ok(f.n == 110 && counted(&f, HALF) == 0, "they are gone: %zu, %d", f.n, (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

// -- and the rest -------------------------------------------------------------------------------------------------------

/// A source without ids: what it withdraws and tells anew is the same incident, whether it turned, went along, or neither.
static void what_is_replaced_is_the_same(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "none", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 6, CAT_BURGLARY);
    static struct file first, f;
    for (int k = 0; k < 6; k++) i[k].from_s += k, i[k].to_s += k;
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
    i[0].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
    ok(same_rows(&first, &f) && f.totals.leave.stay == 1, "told as before");
    i[1].outcome = t.outcome[1]; // another one comes to an end
    i[2].category = t.category[CAT_THEFT];
    for (int again = 0; again < 2; again++) {
        feed_rows(&sc, &t, &run, i, 6);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 22 + again), 3 + again, &f);
        ok(same_rows(&first, &f) && f.totals.leave.stay == 1 && f.totals.leave.wait == 2,
           "told once, as it was");
    }
    i[2].category = i[1].category;
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 1), 5, &f);
    ok(f.n == 1 && f.totals.leave.along == 4, "it left, and four of the five others");
    for (int k = 0; k < 6; k++) i[k].outcome = t.outcome[2];
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 6, &f);
    ok(f.n == 1, "%zu came back under other numbers", f.n - 1);
    for (int k = 0; k < 6; k++) i[k].outcome = 0;
    i[0] = crowd(&sc, &t, "a", 1, CAT_BURGLARY)[0];
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2017, 1, 2), 7, &f);
    ok(f.n == 1, "%zu came back in the end", f.n - 1);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Who is told as before and is gone from the source leaves with cover; who comes again, and is harmless, does not leave.
static void who_stays_and_is_withdrawn(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        struct scope       sc = test_scope();
        struct town        t = quiet_town(&sc);
        struct run         run = feed_open(&sc, &t, "none", IDENTITY_NONE);
        struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
        static struct file f;
        for (int k = 0; k < 200; k++) i[k].from_s += k, i[k].to_s += k;
        feed_rows(&sc, &t, &run, i, 200);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
        i[199].flags = FLAG_DOMESTIC;
        feed_rows(&sc, &t, &run, i, 200);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
        ok(f.n == 200 && f.totals.leave.stay == 1, "told as before");
        i[199].flags = 0;
        i[199].category = t.category[CAT_DRUGS];
        for (int k = 0; k < 2; k++) {
            feed_rows(&sc, &t, &run, i, again ? 200 : 199);
            publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 22 + k), 3 + k, &f);
            ok(rows_of(&f, &t, CAT_BURGLARY) == 200 && f.totals.leave.stay == !again, "%d: %zu", again, f.n);
        }
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 5, &f);
        ok(f.totals.leave.turned == !again && f.n == (again ? 200 : 195), "%d: %zu", again, f.n);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// Nobody is covered by those whom the last release did not show: they are not seen to leave.
static void new_ones_are_no_cover(void **state)
{
    (void)state;
    struct scope     sc = test_scope();
    struct town      t = quiet_town(&sc);
    struct run       run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident *i = crowd(&sc, &t, "a", 60, CAT_BURGLARY), *new = crowd(&sc, &t, "b", 200, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 200; k++) new[k].outcome = t.outcome[1];
    feed_rows(&sc, &t, &run, i, 60);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    i[7].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 60);
    feed_rows(&sc, &t, &run, new, 200);
    t.leave_now = true;
    publish_after(&sc, &t, "tier public\noutcome told\nclass ordinary home street points\n", TIER_PUBLIC,
                  wall(2016, 7, 21), 2, -1, &f);
    size_t left = 0;
    for (size_t k = 0; k < f.n; k++) left += f.row[k].outcome == str_hash(S("charged"));
    ok(f.totals.leave.along == 4 && f.n == 255, "%zu", f.n);
    ok_i64(left, 200);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Two hundred burglaries of a source, of which the seventh turns; what else changes is the test's, and so many others wait with it. No row
/// may be another before the date.
static void ok_stands(struct scope *sc, enum identity by, void (*change)(struct town *, struct incident *),
                      size_t wait)
{
    struct town        t = quiet_town(sc);
    struct run         run = feed_open(sc, &t, "feed", by);
    struct incident   *i = crowd(sc, &t, "a", 200, CAT_BURGLARY);
    static struct file first, f;
    static struct seen other[MAX_SEEN];
    for (int k = 0; k < 200; k++) i[k].from_s += k, i[k].to_s += k;
    feed_rows(sc, &t, &run, i, 200);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
    change(&t, i);
    i[7].flags = FLAG_DOMESTIC;
    for (int k = 0; k < 3; k++) {
        feed_rows(sc, &t, &run, i, 200);
        publish(sc, &t, TIER_PUBLIC, wall(2016, 7, 21 + k), 2 + k, &f);
        ok(same_rows(&first, &f) && f.totals.leave.stay == 1, "release %d: told as before", 2 + k);
        ok_i64(f.totals.leave.wait, wait);
    }
    publish(sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 5, &f);
    ok(f.n == 195 && f.totals.leave.turned == 1 && !f.totals.leave.wait, "at the date: %zu", f.n);
    ok(!minus(&f, &first, other) == !wait, "and others are seen to have changed, if they have");
    ok_i64(f.totals.leave.corrected, wait ? wait - 4 : 0); // four of them have gone along
    town_close(&t);
    test_dir_end(sc, t.dir);
}

static void all_are_closed(struct town *t, struct incident *i)
{
    for (int k = 0; k < 200; k++) i[k].outcome = t->outcome[1];
}
static void it_is_closed(struct town *t, struct incident *i)
{
    i[7].outcome = t->outcome[1];
}
static void its_time_is_known(struct town *t, struct incident *i)
{
    (void)t;
    i[7].to_s -= 30;
}
static void its_place_is_not_told(struct town *t, struct incident *i)
{
    (void)t;
    i[7].point = POINT_NONE, i[7].lon_e7 = i[7].lat_e7 = 0;
}
static void the_others_are_recoded(struct town *t, struct incident *i)
{
    for (int k = 0; k < 200; k++)
        if (k != 7) i[k].category = t->category[CAT_THEFT];
}
static void they_are_moved(struct town *t, struct incident *i)
{
    (void)t;
    for (int k = 0; k < 200; k++) i[k].lon_e7 += 60000;
}
static void they_are_of_other_months(struct town *t, struct incident *i)
{
    (void)t;
    for (int k = 0; k < 200; k++) i[k].from_s += (k % 2 ? 40 : -40) * DAY_S, i[k].to_s = i[k].from_s;
}

/// What a source does to the place of what it protects.
enum redaction { KEEPS_IT, BLANKS_IT, BLANKS_IT_LATER, MOVES_IT, WITHDRAWS_IT, REDACTIONS };

static void redact(struct incident *i, enum redaction how)
{
    i->flags = FLAG_DOMESTIC;
    if (how == BLANKS_IT) i->point = POINT_NONE, i->lon_e7 = i->lat_e7 = 0;
    if (how == MOVES_IT) i->lon_e7 += 300000;
}

/// A list for the public goes with one set of areas.
static const char *list_of_points(struct scope *sc, const struct town *t, const struct incident *i, size_t n)
{
    static const char *const sql = "DELETE FROM area WHERE area_set = (SELECT id FROM area_set WHERE key = "
                                   "'beat'); DELETE FROM area_set WHERE key = 'beat'";
    const char              *path;
    sqlite3                 *db;
    ok_err(sc, path_join(sc, t->dir, "hromada.db", &path), OK);
    ok(!sqlite3_open(path, &db) && !sqlite3_exec(db, sql, NULL, NULL, NULL) && !sqlite3_close(db), "%s", sql);
    ok_err(sc, path_join(sc, t->dir, "a.csv", &path), OK);
    FILE *f = fopen(path, "w");
    ok(f, "%s", path);
    fputs("lon,lat,name,addresses\n", f);
    for (size_t k = 0; k < n; k++)
        fprintf(f, "%.7f,%.7f,point %zu,30\n", i[k].lon_e7 / 1e7 + 0.0001, i[k].lat_e7 / 1e7 + 0.0001, k);
    ok(!fclose(f), "%s", path);
    return "tier public\nanchors file a.csv\nclass ordinary points\n";
}

static bool is_among(const struct seen *s, const struct seen *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s->at.x == of[i].at.x && s->at.y == of[i].at.y) return true;
    return false;
}

/// One of a household turns, then a second. False: the second had gone along with the first, or two of one place had.
static bool ok_remembered(enum redaction how, bool list, uint64_t seed)
{
    enum { POINTS = 77, ROWS = 10 * POINTS };
    static struct file f[3];
    static struct seen first[MAX_SEEN], then[MAX_SEEN];
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "s", how == WITHDRAWS_IT ? IDENTITY_SLICE : IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", ROWS, CAT_BURGLARY);
    const char        *policy = list ? list_of_points(&sc, &t, i, POINTS) : NULL;
    bool               skip = how == WITHDRAWS_IT, asked;
    chance += seed;
    t.leave_now = true;
    feed_rows(&sc, &t, &run, i, ROWS);
    publish_after(&sc, &t, policy, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &f[0]);
    redact(&i[0], how);
    feed_rows(&sc, &t, &run, i, ROWS);
    publish_after(&sc, &t, policy, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f[1]);
    if (how == BLANKS_IT_LATER) redact(&i[0], BLANKS_IT);
    redact(&i[POINTS], how);
    feed_rows(&sc, &t, &run, i + skip, ROWS - skip);
    publish_after(&sc, &t, policy, TIER_PUBLIC, wall(2016, 7, 22), 3, -1, &f[2]);
    size_t n_first = minus(&f[0], &f[1], first), n_then = minus(&f[1], &f[2], then);
    ok(n_first == 5 && (n_then == 5 || !n_then), "redaction %d: %zu, then %zu left", how, n_first, n_then);
    asked = n_then;
    for (size_t k = 1; k < n_first; k++) asked &= !is_among(&first[k], first, k);
    for (size_t k = 0; k < n_then && asked; k++)
        ok(is_among(&then[k], first, n_first), "redaction %d: one leaves where none left before", how);
    ok(!asked || !f[2].totals.leave.together, "redaction %d: and nothing tells it", how);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
    return asked;
}

/// The second is covered by the four places that covered the first, whatever the source says of that by then, and whether the public is
/// told cells or points of a list.
static void who_left_has_left_where_it_was_told(void **state)
{
    (void)state;
    for (int c = 0; c < 2 * REDACTIONS; c++) {
        uint64_t tries = 0;
        while (!ok_remembered(c % REDACTIONS, c >= REDACTIONS, tries++))
            ok(tries < 20, "case %d: five places", c);
    }
}

/// Two of one place and month turn with different releases. False: as ok_remembered.
static bool ok_again(uint64_t seed)
{
    enum { POINTS = 77, ROWS = 10 * POINTS, FIRST = 4 * POINTS, SECOND = 5 * POINTS };
    static struct file f[3];
    static struct seen first[MAX_SEEN], then[MAX_SEEN];
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "s", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", ROWS, CAT_BURGLARY);
    for (int k = 0; k < ROWS; k++)
        i[k].from_s += (k / POINTS / 2 - 2) * 30 * DAY_S, i[k].to_s = i[k].from_s + 59;
    chance += seed;
    t.leave_now = true;
    feed_rows(&sc, &t, &run, i, ROWS);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f[0]);
    i[FIRST].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, ROWS);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f[1]);
    i[SECOND].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, ROWS);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 22), 3, &f[2]);
    size_t n_first = minus(&f[0], &f[1], first), n_then = minus(&f[1], &f[2], then);
    bool   asked = n_then;
    for (size_t k = 1; k < n_first; k++) asked &= !is_among(&first[k], first, k);
    for (size_t k = 0; k < n_then && asked; k++) {
        bool same = false;
        for (size_t m = 0; m < n_first; m++)
            same |= is_among(&then[k], &first[m], 1) && then[k].day == first[m].day;
        ok(same, "one is not of the time and place of one that left");
    }
    ok(!asked || (!f[2].totals.leave.together && !f[2].totals.leave.unlike), "and nothing tells it");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
    return asked;
}

/// Whoever looks for two of one time and place that left with different releases finds five such.
static void who_tells_of_one_act_later_has_cover_of_such(void **state)
{
    (void)state;
    uint64_t tries = 0;
    while (!ok_again(tries++)) ok(tries < 20, "five places");
}

/// Of a hundred burglaries ten are open, and one of these is closed as it turns: who leaves is told by that, but for those that go along, which were open, too; as the last release had it, whatever else was closed since.
static void who_leaves_for_its_outcome_has_cover_of_it(void **state)
{
    (void)state;
    enum { ROWS = 100, OPEN = 10 };
    static struct file f, first;
    static struct seen left[MAX_SEEN];
    for (int c = 0; c < 4; c++) {
        enum identity    by = c % 2 ? IDENTITY_NONE : IDENTITY_STABLE;
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "s", by);
        struct incident *i = crowd(&sc, &t, "a", ROWS, CAT_BURGLARY);
        size_t           n, more;
        for (int k = 0; k < ROWS; k++) i[k].from_s += k, i[k].to_s += k, i[k].outcome = t.outcome[k >= OPEN];
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
        for (int k = 0; k < (c < 2 ? 1 : OPEN); k++) i[k].outcome = t.outcome[1];
        i[0].flags = FLAG_DOMESTIC;
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 2, &f);
        n = minus(&first, &f, left), more = c < 2 ? 0 : OPEN - 5; // those that are seen to be closed
        ok(f.n == ROWS - 5 && n == 5 + more, "case %d: %zu, and %zu are others", c, f.n, n);
        for (size_t k = 0; k < n; k++)
            ok(left[k].outcome == str_hash(S("under-investigation")), "case %d: one that left was not open",
               c);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

static void revise_kind(struct town *t, struct incident *i)
{
    i->category = t->category[CAT_BURGLARY];
}
static void revise_outcome(struct town *t, struct incident *i)
{
    i->outcome = t->outcome[1];
}
static void revise_time(struct town *t, struct incident *i)
{
    (void)t;
    i->to_s -= 30;
}
static void revise_place(struct town *t, struct incident *i)
{
    (void)t;
    i->lon_e7 += 60000;
}

static void revise_mark(struct town *t, struct incident *i)
{
    (void)t;
    i->flags |= FLAG_ARREST;
}

static void turn_by_mark(struct town *t, struct incident *i)
{
    (void)t;
    i->flags |= FLAG_DOMESTIC;
}
static void turn_by_kind(struct town *t, struct incident *i)
{
    i->category = t->category[CAT_RAPE];
}
static void turn_and_blank(struct town *t, struct incident *i)
{
    turn_by_mark(t, i);
    i->point = POINT_NONE, i->lon_e7 = i->lat_e7 = 0;
}

enum { REVISED_MONTH = 15, REVISED_ROWS = 6 * REVISED_MONTH, REVISED_FROM = REVISED_ROWS - REVISED_MONTH };

static struct incident *six_months(struct scope *sc, struct town *t)
{
    struct incident *i = crowd(sc, t, "a", REVISED_ROWS, CAT_THEFT);
    for (int k = 0; k < REVISED_ROWS; k++) {
        i[k].from_s += k - (5 - k / REVISED_MONTH) * 31 * DAY_S, i[k].to_s = i[k].from_s + 59;
        i[k].outcome = t->outcome[0];
    }
    return i;
}

/// Rows of months before that of the last incident.
static size_t of_earlier_months(const struct file *f, const struct incident *last)
{
    size_t n = 0;
    for (size_t k = 0; k < f->n; k++)
        n += civil_month_of_day(f->row[k].day) < civil_month_of_day(civil_floor_day(last->from_s));
    return n;
}

/// A file revises one month, or some of it, and one of it turns, by whatever: that one alone would stand still, and cover of other months
/// would be told by what the file did not revise.
static void who_is_revised_has_cover_of_the_revised(void **state)
{
    (void)state;
    enum { MONTH = REVISED_MONTH, ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static const char marks[] = "tier public\nflags arrest\noutcome told\nclass ordinary street points\n";
    static const struct {
        void (*revise)(struct town *, struct incident *);
        void (*turn)(struct town *, struct incident *);
        enum identity by;
        bool          now;
        int           others; // that are revised with it
        const char   *policy;
        bool          still; // it is not
    } cases[] = {
        { revise_kind, turn_by_mark, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_kind, turn_by_mark, IDENTITY_STABLE, true, MONTH - 1, NULL },
        { revise_kind, turn_by_kind, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_outcome, turn_by_mark, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_outcome, turn_by_mark, IDENTITY_NONE, false, MONTH - 1, NULL },
        { revise_outcome, turn_by_kind, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_outcome, turn_by_kind, IDENTITY_NONE, false, MONTH - 1, NULL },
        { revise_outcome, turn_and_blank, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_outcome, turn_by_mark, IDENTITY_STABLE, false, 3, NULL },
        { revise_outcome, turn_by_kind, IDENTITY_STABLE, false, 7, NULL },
        { revise_time, turn_by_mark, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_time, turn_by_kind, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_place, turn_by_mark, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_place, turn_by_kind, IDENTITY_STABLE, false, MONTH - 1, NULL },
        { revise_place, turn_by_mark, IDENTITY_STABLE, false, 3, NULL },
        { revise_mark, turn_by_mark, IDENTITY_STABLE, false, MONTH - 1, marks },
        { revise_mark, turn_by_kind, IDENTITY_STABLE, false, MONTH - 1, marks },
        { revise_kind, turn_by_mark, IDENTITY_STABLE, false, 5, NULL, true },
        { revise_kind, turn_by_mark, IDENTITY_TYPES, false, 5, NULL, true },
    };
    static struct file first, f;
    for (size_t c = 0; c < COUNT(cases); c++) {
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "s", cases[c].by);
        struct incident *i = six_months(&sc, &t);
        t.leave_now = cases[c].now;
        feed_rows(&sc, &t, &run, i, ROWS);
        publish_after(&sc, &t, cases[c].policy, TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &first);
        for (int k = FROM + cases[c].still; k <= FROM + cases[c].others; k++) cases[c].revise(&t, &i[k]);
        cases[c].turn(&t, &i[FROM]);
        feed_rows(&sc, &t, &run, i, ROWS);
        publish_after(&sc, &t, cases[c].policy, TIER_PUBLIC, wall(2016, 10, 2), 2, -1, &f);
        ok(f.n == ROWS - 5 && !f.totals.leave.stay, "case %zu: %zu are told", c, f.n);
        size_t earlier = of_earlier_months(&f, &i[FROM]);
        ok(earlier == FROM, "case %zu: %zu of %d of months that were not revised", c, earlier, FROM);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// One of another month turns, in the same way or by its mark alone, while a file revises a month: cover of that month alone would name
/// it.
static void who_turns_beside_what_is_revised(void **state)
{
    (void)state;
    enum { ROWS = REVISED_ROWS, FROM = REVISED_FROM, ROUNDS = 12 };
    static struct file first, f;
    for (int c = 0; c < 3; c++) {
        double right = 0;
        for (int round = 0; round < ROUNDS; round++) {
            struct scope     sc = test_scope();
            struct town      t = quiet_town(&sc);
            struct run       run = feed_open(&sc, &t, "s", IDENTITY_STABLE);
            struct incident *i = six_months(&sc, &t), *one = &i[REVISED_MONTH + round];
            chance += (uint64_t)round;
            feed_rows(&sc, &t, &run, i, ROWS);
            publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
            if (!c) turn_by_kind(&t, one); // it stays, and leaves at the date
            feed_rows(&sc, &t, &run, i, ROWS);
            if (!c) publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
            for (int k = FROM; k < ROWS; k++)
                (c == 1 ? revise_place : c ? revise_outcome : revise_kind)(&t, &i[k]);
            if (c) turn_by_mark(&t, one);
            if (c) (c == 1 ? revise_place : revise_outcome)(&t, one);
            feed_rows(&sc, &t, &run, i, ROWS);
            publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), c ? 2 : 3, &f);
            ok(f.n == ROWS - 5, "case %d: %zu are told", c, f.n);
            size_t others = FROM - of_earlier_months(&f, &i[FROM]);
            ok(others, "the one that turned is gone");
            right += 1.0 / (double)others;
            town_close(&t);
            test_dir_end(&sc, t.dir);
            test_scope_end(&sc);
        }
        ok(right / ROUNDS < 0.34, "case %d: right in %.2f", c, right / ROUNDS);
    }
}

/// By what the public sees that a month, or a slice, was told again.
enum evidence {
    OTHERS_CHANGE,
    AND_IT_WAITS,
    ANOTHER_KIND_CHANGES,
    ONE_IS_LATE,
    ONE_WAS_LATE,
    ONE_IS_WITHDRAWN,
    EVIDENCES
};

/// Then who turned in it has cover of it, and not of what was not told again.
static void who_is_of_what_was_told_again(void **state)
{
    (void)state;
    enum { MONTH = REVISED_MONTH, ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static struct file f;
    for (int c = 0; c < 2 * EVIDENCES; c++) {
        enum evidence by = c % EVIDENCES;
        bool          slices = c >= EVIDENCES; // of every second row; the other slice is of the same months
        struct scope  sc = test_scope();
        struct town   t = quiet_town(&sc);
        struct run    run = feed_open(&sc, &t, "s", slices ? IDENTITY_SLICE : IDENTITY_STABLE);
        struct incident *six = six_months(&sc, &t), *more = crowd(&sc, &t, "more", 2, CAT_BURGLARY);
        struct incident *i = arena_array(sc.mem, struct incident, ROWS + 2);
        int64_t          number = 2;
        size_t           n = ROWS + 1;
        int64_t          slice;
        memcpy(i, six, ROWS * sizeof *i);
        for (int k = 0; k < ROWS && slices; k++) i[k].slice = k % 2 == FROM % 2 ? S("A") : S("B");
        for (int k = 0; k < 2; k++) {
            more[k].from_s = six[slices ? MONTH : FROM].from_s + 100 + k, more[k].to_s = more[k].from_s + 59;
            more[k].slice = slices ? S("A") : more[k].slice;
            i[ROWS + k] = more[k];
        }
        if (by == ONE_IS_WITHDRAWN && !slices) run.identity = IDENTITY_NONE;
        feed_rows(&sc, &t, &run, i, n);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
        ok_err(&sc, store_incident_slice(&sc, t.st, FROM + 1, &slice), OK);
        for (int k = 1; by <= AND_IT_WAITS && k <= 5; k++)
            revise_outcome(&t, &i[FROM + (slices ? 2 * k : k)]);
        if (by == ANOTHER_KIND_CHANGES) revise_outcome(&t, &i[ROWS]);
        if (by == ONE_IS_LATE || by == ONE_WAS_LATE) n++;
        if (by == ONE_IS_WITHDRAWN) n--;
        turn_by_mark(&t, &i[FROM]);
        feed_rows(&sc, &t, &run, i, n);
        if (by == AND_IT_WAITS || by == ONE_WAS_LATE)
            publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), number++, &f);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), number, &f);
        ok(f.n == n - 5 && !f.totals.leave.unlike, "case %d: %zu are told", c, f.n);
        if (slices) {
            const struct departed *d;
            size_t                 gone;
            ok_err(&sc, store_departed(&sc, t.st, number, &d, &gone), OK);
            for (size_t k = 0; k < gone; k++) {
                int64_t of;
                ok_err(&sc, store_incident_slice(&sc, t.st, d[k].incident, &of), OK);
                ok(of == slice, "case %d: one of the other slice leaves", c);
            }
        } else
            ok(of_earlier_months(&f, &i[FROM]) == FROM, "case %d: %zu of earlier months", c,
               of_earlier_months(&f, &i[FROM]));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// A month is given another kind by and by, one with each publication, and one that turned before them waits: nothing of it is seen until
/// the date, and then its cover is of that month.
static void who_waits_while_its_month_is_recoded(void **state)
{
    (void)state;
    enum { ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static struct file f;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "s", IDENTITY_STABLE);
    struct incident   *i = six_months(&sc, &t);
    feed_rows(&sc, &t, &run, i, ROWS);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    turn_by_mark(&t, &i[FROM]);
    for (int k = 1; k <= 6; k++) {
        revise_kind(&t, &i[FROM + k]);
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20 + k), 1 + k, &f);
        ok(rows_of(&f, &t, CAT_THEFT) == ROWS && f.totals.leave.stay == 1, "publication %d: it stays", k);
    }
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 8, &f);
    ok(f.n == ROWS - 5 && rows_of(&f, &t, CAT_BURGLARY) <= 6, "the date: %zu", f.n);
    ok_i64(of_earlier_months(&f, &i[FROM]), FROM);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// All of a month get a further kind, and one of them a sensitive one, too.
static void who_does_not_get_the_kind_that_its_month_gets(void **state)
{
    (void)state;
    enum { MONTH = REVISED_MONTH, ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static struct file f;
    for (int now = 0; now < 2; now++) {
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "s", IDENTITY_TYPES);
        struct incident *i = six_months(&sc, &t),
                        *all = arena_array(sc.mem, struct incident, ROWS + MONTH + 1);
        t.leave_now = now;
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
        memcpy(all, i, ROWS * sizeof *all);
        memcpy(all + ROWS, i + FROM, MONTH * sizeof *all);
        all[ROWS + MONTH] = i[FROM];
        for (int k = 0; k < MONTH; k++) all[ROWS + k].category = t.category[CAT_BURGLARY];
        all[ROWS + MONTH].category = t.category[CAT_RAPE];
        feed_rows(&sc, &t, &run, all, ROWS + MONTH + 1);
        publish(&sc, &t, TIER_PUBLIC, now ? wall(2016, 7, 21) : wall(2016, 10, 2), 2, &f);
        ok(f.n == ROWS - 5 && of_earlier_months(&f, &i[FROM]) == FROM,
           "now %d: %zu are told, %zu of earlier months", now, f.n, of_earlier_months(&f, &i[FROM]));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// A file closes a month and one of it turns; a rule hides the kind for a release, before or behind it.
static void who_is_revised_before_a_rule_hides_its_kind(void **state)
{
    (void)state;
    enum { ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static struct file f;
    for (int behind = 0; behind < 2; behind++) {
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "s", IDENTITY_STABLE);
        struct incident *i = six_months(&sc, &t);
        const char      *rule = "tier public\nclass ordinary home street points\ncategory theft withheld\n";
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
        if (behind) publish_after(&sc, &t, rule, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
        for (int k = FROM; k < ROWS; k++) revise_outcome(&t, &i[k]);
        turn_by_mark(&t, &i[FROM]);
        feed_rows(&sc, &t, &run, i, ROWS);
        if (!behind) publish_after(&sc, &t, rule, TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
        ok_i64(f.n, 0);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 22), 3, &f);
        ok(f.n == ROWS - 5 && of_earlier_months(&f, &i[FROM]) == FROM,
           "%d: %zu are told, %zu of earlier months", behind, f.n, of_earlier_months(&f, &i[FROM]));
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// A row that stood still while its like move on would be seen, and so would one that leaves with what of it changes. So nothing that was
/// told changes before the date.
static void what_was_told_stands_until_the_date(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    ok_stands(&sc, IDENTITY_STABLE, all_are_closed, 199);
    ok_stands(&sc, IDENTITY_NONE, all_are_closed, 199); // all come again under other numbers
    ok_stands(&sc, IDENTITY_STABLE, it_is_closed, 0);
    ok_stands(&sc, IDENTITY_NONE, it_is_closed, 0);
    ok_stands(&sc, IDENTITY_STABLE, its_time_is_known, 0);
    ok_stands(&sc, IDENTITY_STABLE, its_place_is_not_told, 0);
    ok_stands(&sc, IDENTITY_NONE, its_place_is_not_told, 0);
    ok_stands(&sc, IDENTITY_STABLE, the_others_are_recoded, 199);
    ok_stands(&sc, IDENTITY_NONE, the_others_are_recoded, 199);
    ok_stands(&sc, IDENTITY_STABLE, they_are_moved, 199);
    ok_stands(&sc, IDENTITY_STABLE, they_are_of_other_months, 199);
    test_scope_end(&sc);
}

/// What nobody may be told of does not wait for a date. Nothing else of what was told is seen to change beside it, but will be: its cover is of the
/// month that its file closed, too.
static void what_nobody_may_be_told_of_does_not_wait(void **state)
{
    (void)state;
    enum { ROWS = REVISED_ROWS, FROM = REVISED_FROM };
    static struct file first, f;
    static struct seen left[MAX_SEEN];
    for (int keyless = 0; keyless < 2; keyless++) {
        struct scope     sc = test_scope();
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "feed", keyless ? IDENTITY_NONE : IDENTITY_STABLE);
        struct incident *i = six_months(&sc, &t);
        feed_rows(&sc, &t, &run, i, ROWS);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &first);
        for (int k = FROM; k < ROWS; k++) revise_outcome(&t, &i[k]);
        i[FROM].category = t.category[CAT_TRAFFICKING];
        feed_rows(&sc, &t, &run, i, ROWS);
        for (int k = 0; k < 2; k++) {
            publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21 + k), 2 + k, &f);
            ok(f.n == ROWS - 5 && f.totals.leave.along == (k ? 0 : 4) && !f.totals.leave.stay, "%zu", f.n);
            ok(minus(&first, &f, left) == 5 && f.totals.leave.wait == REVISED_MONTH - 5,
               "the others are told as before");
            ok_i64(of_earlier_months(&f, &i[FROM]), FROM);
        }
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 4, &f);
        ok(f.n == ROWS - 5 && !f.totals.leave.wait && of_earlier_months(&f, &i[FROM]) == FROM,
           "%zu, and nobody comes back", f.n);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// What the public tier tells under exceptions is told of what stays, too: text, hour, flags, outcome.
static void told_to_the_byte_under_exceptions(void **state)
{
    (void)state;
    static const char *const tiers[] = { "tier public\nplace source\nclass ordinary street points\n",
                                         "tier public\nclass ordinary street points time hour\n",
                                         "tier public\nflags arrest attempted\noutcome told\nplace "
                                         "source\nclass ordinary street points time hour\n" };
    for (size_t k = 0; k < COUNT(tiers); k++) {
        struct scope       sc = test_scope();
        struct town        t = quiet_town(&sc);
        struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
        struct incident   *i = crowd(&sc, &t, "a", 60, CAT_THEFT);
        static struct file first, f;
        for (size_t n = 0; n < 60; n++) {
            i[n].place = arena_printf(sc.mem, "Street %zu", n);
            i[n].outcome = t.outcome[n % 3];
            i[n].flags = n % 2 ? FLAG_ARREST : FLAG_ATTEMPTED;
        }
        feed_rows(&sc, &t, &run, i, 60);
        publish_after(&sc, &t, tiers[k], TIER_PUBLIC, wall(2016, 7, 20), 1, -1, &first);
        i[7].flags |= FLAG_DOMESTIC;
        feed_rows(&sc, &t, &run, i, 60);
        publish_after(&sc, &t, tiers[k], TIER_PUBLIC, wall(2016, 7, 21), 2, -1, &f);
        ok(same_rows(&first, &f) && f.totals.leave.stay == 1, "policy %zu: told as before", k);
        i[7].place = S("Elsewhere");
        feed_rows(&sc, &t, &run, i, 60);
        publish_after(&sc, &t, tiers[k], TIER_PUBLIC, wall(2016, 7, 22), 3, -1, &f);
        ok(same_rows(&first, &f), "policy %zu: and its text", k);
        i[8].place = S("Elsewhere");
        feed_rows(&sc, &t, &run, i, 60);
        publish_after(&sc, &t, tiers[k], TIER_PUBLIC, wall(2016, 7, 23), 4, -1, &f);
        ok(same_rows(&first, &f), "policy %zu: and that of others", k);
        town_close(&t);
        test_dir_end(&sc, t.dir);
        test_scope_end(&sc);
    }
}

/// What the public saw is not forgotten by a release that it was not part of.
static void a_release_without_a_public_tier_forgets_nothing(void **state)
{
    (void)state;
    static const char *const police = "tier police\nclass * points\n";
    struct scope             sc = test_scope();
    struct town              t = quiet_town(&sc);
    struct run               run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident         *i = crowd(&sc, &t, "a", 100, CAT_BURGLARY);
    static struct file       f;
    feed_rows(&sc, &t, &run, i, 100);
    publish_after(&sc, &t, police, TIER_POLICE, wall(2016, 7, 19), 1, -1, &f);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 2, &f);
    ok(f.n == 100 && !f.totals.leave.unknown, "nothing was public before, and that is known");
    publish_after(&sc, &t, police, TIER_POLICE, wall(2016, 7, 21), 3, -1, &f);
    i[7].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 100);
    publish_after(&sc, &t, police, TIER_POLICE, wall(2016, 7, 22), 4, -1, &f);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 23), 5, &f);
    ok(f.n == 100 && f.totals.leave.stay == 1 && !f.totals.leave.unknown, "it stays");
    publish_after(&sc, &t, police, TIER_POLICE, wall(2016, 10, 2), 6, -1, &f);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 3), 7, &f);
    ok(f.n == 95 && f.totals.leave.along == 4, "the quarter is that of what the public saw: %zu", f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// The only one of its kind goes with others of its class.
static void a_rare_kind_does_not_go_alone(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY);
    static struct file f;
    i[7].category = t.category[CAT_DRUGS];
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    i[7].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 200);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
    ok(f.n == 200 && f.totals.leave.stay == 1, "it waits like the others: %zu", f.n);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 3, &f);
    ok(f.n == 195 && f.totals.leave.along == 4 && !f.totals.leave.lacking && !f.totals.leave.unlike, "%zu",
       f.n);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void a_small_kind_goes_as_a_whole(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 6, CAT_BURGLARY);
    static struct file f;
    i[3].outcome = t.outcome[1]; // of one that goes along
    feed_rows(&sc, &t, &run, i, 6);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    i[0].flags = i[1].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 2);
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
    ok(!f.n && f.totals.leave.turned == 2 && f.totals.leave.along == 4 && f.totals.leave.lacking == 4, "%zu",
       f.n);
    ok(f.info->n_outcomes == 1 && !f.info->n_categories, "nothing that only they had is in a dictionary");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Places that lost rows from one file to the next, each with how many of how many months; out: [7 * 11].
struct loss {
    struct point at;
    size_t       n, months;
};
static size_t losses(const struct file *was, const struct file *is, struct loss *out)
{
    static struct seen gone[MAX_SEEN];
    size_t             n = minus(was, is, gone), places = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < places && memcmp(&out[k].at, &gone[i].at, sizeof out[k].at)) k++;
        size_t before = 0;
        for (size_t m = 0; m < i; m++)
            before += !memcmp(&gone[m].at, &gone[i].at, sizeof gone[m].at) && gone[m].day == gone[i].day;
        if (k == places) out[places++] = (struct loss){ .at = gone[i].at };
        out[k].n++;
        out[k].months += !before;
    }
    return places;
}

/// Two sources tell of seventy-seven houses; of one of these three burglaries and what the other source tells of it turn, and later
/// one more.
static void those_of_one_place_go_with_four_places(void **state)
{
    (void)state;
    enum { HOUSES = 77, EACH = 6, HOUSE = 30 };
    struct scope sc = test_scope();
    struct town  t = quiet_town(&sc);
    struct run   run = feed_open(&sc, &t, "stable", IDENTITY_STABLE),
               other = feed_open(&sc, &t, "other", IDENTITY_STABLE);
    struct incident *i = crowd(&sc, &t, "a", HOUSES * EACH, CAT_BURGLARY),
                    *o = crowd(&sc, &t, "b", HOUSES, CAT_BURGLARY);
    struct loss        first[HOUSES], second[HOUSES];
    static struct file f[3];
    for (int k = 0; k < HOUSES * EACH; k++) i[k].from_s += k / HOUSES * 28 * DAY_S, i[k].to_s = i[k].from_s;
    feed_rows(&sc, &t, &run, i, HOUSES * EACH);
    feed_rows(&sc, &t, &other, o, HOUSES);
    publish(&sc, &t, TIER_PUBLIC, wall(2017, 1, 20), 1, &f[0]);
    t.leave_now = true;
    for (int k = 0; k < 3; k++) i[HOUSE + k * HOUSES].flags = FLAG_DOMESTIC;
    o[HOUSE].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, HOUSES * EACH);
    feed_rows(&sc, &t, &other, o, HOUSES);
    publish(&sc, &t, TIER_PUBLIC, wall(2017, 1, 21), 2, &f[1]);
    ok(f[1].totals.leave.turned == 4 && f[1].totals.leave.along == 16 && !f[1].totals.leave.together,
       "%llu and %llu", (unsigned long long)f[1].totals.leave.turned,
       (unsigned long long)f[1].totals.leave.along);
    ok_i64(losses(&f[0], &f[1], first), 5);
    for (size_t k = 0; k < 5; k++)
        ok(first[k].n == 4 && first[k].months == 3, "%zu of %zu months", first[k].n, first[k].months);
    i[HOUSE + 3 * HOUSES].flags = FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, HOUSES * EACH);
    publish(&sc, &t, TIER_PUBLIC, wall(2017, 1, 22), 3, &f[2]);
    ok_i64(losses(&f[1], &f[2], second), 5);
    for (size_t k = 0; k < 5; k++) {
        size_t same = 0;
        for (size_t m = 0; m < 5; m++) same += !memcmp(&first[m].at, &second[k].at, sizeof first[m].at);
        ok(same == 1 && second[k].n == 1, "the same five places");
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// So is what the source itself protects under another key, where both are told to the minute.
static void what_the_source_protects_elsewhere_is_counted(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 6000, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 6000; k++) i[k].from_s += k / 2, i[k].to_s = i[k].from_s, i[k].flags = FLAG_DOMESTIC;
    for (int k = 0; k < 6000; k += 2) i[k + 1].lon_e7 = i[k].lon_e7, i[k + 1].lat_e7 = i[k].lat_e7;
    i[1].flags = 0;
    i[3].flags = 0, i[3].lon_e7 += 10;               // another place
    i[5].flags = 0, i[5].precision = PRECISION_HOUR; // many are of that hour
    i[7].flags = i[6].flags = 0;                     // nobody protects it
    feed_rows(&sc, &t, &run, i, 6000);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    ok(f.n == 5 && f.totals.twins == 1 && f.totals.own_twins == 1,
       "%zu public, %llu protected, %llu by the source", f.n, (unsigned long long)f.totals.twins,
       (unsigned long long)f.totals.own_twins);
    ok_str(f.totals.twin[0].source, S("stable"));
    ok_str(f.totals.twin[0].protects, S("stable"));
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What one source protects another tells at the very minute and place: it is public, and the town is told.
static void what_another_source_protects_is_counted(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = quiet_town(&sc);
    struct run   run = feed_open(&sc, &t, "stable", IDENTITY_STABLE),
               other = feed_open(&sc, &t, "other", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 6000, CAT_BURGLARY), *o = crowd(&sc, &t, "b", 5, CAT_THEFT);
    static struct file f;
    for (int k = 0; k < 6000; k++) i[k].from_s += k, i[k].to_s = i[k].from_s, i[k].flags = FLAG_DOMESTIC;
    for (int k = 0; k < 5; k++) o[k].from_s += k, o[k].to_s = o[k].from_s;
    o[1].from_s = o[1].to_s = o[1].from_s + 7000; // another minute
    o[2].lon_e7 += 10;                            // another place
    i[3].flags = 0;                               // nobody protects it
    o[4].precision = PRECISION_DAY;               // many are of that day
    feed_rows(&sc, &t, &run, i, 6000);
    feed_rows(&sc, &t, &other, o, 5);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    ok(f.n == 6 && f.totals.twins == 1, "%zu public, %llu protected elsewhere", f.n,
       (unsigned long long)f.totals.twins);
    ok_str(f.totals.twin[0].source, S("other"));
    ok_str(f.totals.twin[0].protects, S("stable"));
    ok_i64(f.totals.own_twins, 0);
    publish(&sc, &t, TIER_POLICE, wall(2016, 7, 20), 2, &f);
    ok_i64(f.totals.twins, 0);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Of two houses nobody can cover the one that loses all.
static void those_of_one_place_without_others_are_told_of(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 60, CAT_BURGLARY);
    static struct file f;
    i[11 * 7 % 60].lon_e7 = i[0].lon_e7, i[11 * 7 % 60].lat_e7 = i[0].lat_e7;
    feed_rows(&sc, &t, &run, i, 60);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    i[0].flags = i[11 * 7 % 60].flags = FLAG_DOMESTIC;
    t.leave_now = true;
    feed_rows(&sc, &t, &run, i, 60);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &f);
    ok(f.totals.leave.turned == 2 && f.totals.leave.along == 8 && f.totals.leave.together == 2, "%llu",
       (unsigned long long)f.totals.leave.together);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

// -- under its old number -------------------------------------------------------------------------------------------------

/// A hundred burglaries in two slices of a source; the seventh is told in the second one, or is domestic.
enum { IN_B = 1, IS_DOMESTIC = 2 };
static void tell_hundred(struct scope *sc, struct town *t, struct run *run, unsigned how)
{
    struct incident *i = crowd(sc, t, "a", 100, CAT_BURGLARY);
    for (size_t k = 0; k < 100; k++) {
        i[k].slice = k < 60 ? S("A") : S("B");
        i[k].from_s += (int64_t)k, i[k].to_s += (int64_t)k;
    }
    if (how & IS_DOMESTIC) i[7].flags = FLAG_DOMESTIC;
    if (how & IN_B) i[7].slice = S("B");
    feed_rows(sc, t, run, i, 100);
}

struct back {
    enum identity by;
    unsigned      how[3]; // the seventh is public in the second release only under another number
    size_t        first;  // rows of the first release
    const char   *rule;   // of one between the second and the third; NULL: there is none
    bool          now;
};

/// Who comes back under the number that it had before, and has turned, leaves as all do.
static void ok_comes_back(struct scope *sc, const struct back *b)
{
    struct town        t = quiet_town(sc);
    struct run         run = feed_open(sc, &t, "feed", b->by);
    static struct file f, before;
    int                number = 3;
    tell_hundred(sc, &t, &run, b->how[0]);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 7, 20), 1, &f);
    ok_i64(f.n, b->first);
    tell_hundred(sc, &t, &run, b->how[1]);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 7, 21), 2, &before);
    ok_i64(before.n, 100);
    if (b->rule) publish_after(sc, &t, b->rule, TIER_PUBLIC, wall(2016, 7, 22), number++, -1, &f);
    tell_hundred(sc, &t, &run, b->how[2]);
    t.leave_now = b->now;
    publish(sc, &t, TIER_PUBLIC, wall(2016, 7, 23), number++, &f);
    if (!b->rule && !b->now)
        ok(same_rows(&before, &f) && f.totals.leave.stay == 1, "told as before: %zu", f.n);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 10, 1), number, &f);
    ok(f.n == 95, "it left, and four others: %zu", f.n);
    town_close(&t);
    test_dir_end(sc, t.dir);
}

static void who_comes_back_under_its_old_number(void **state)
{
    (void)state;
    static const char *const rule = "tier public\nclass ordinary street points\n";
    static const struct back all[] = {
        { .by = IDENTITY_NONE, .how = { IS_DOMESTIC, 0, IS_DOMESTIC }, .first = 99 },
        { .by = IDENTITY_NONE, .how = { IS_DOMESTIC, 0, IS_DOMESTIC }, .first = 99, .now = true },
        { .by = IDENTITY_NONE, .how = { IS_DOMESTIC, 0, IS_DOMESTIC }, .first = 99, .rule = rule },
        { .by = IDENTITY_NONE, .how = { 0, IN_B, IS_DOMESTIC }, .first = 100 },
        { .by = IDENTITY_SLICE, .how = { 0, IN_B, IS_DOMESTIC }, .first = 100 },
        { .by = IDENTITY_SLICE, .how = { 0, IN_B, IS_DOMESTIC }, .first = 100, .now = true },
        { .by = IDENTITY_SLICE, .how = { 0, IN_B, IS_DOMESTIC }, .first = 100, .rule = rule },
    };
    struct scope sc = test_scope();
    for (size_t k = 0; k < COUNT(all); k++) ok_comes_back(&sc, &all[k]);
    test_scope_end(&sc);
}

/// What stands in a count is told as harmless under a number from before any release, then in the count again, and so on.
static void who_comes_back_to_its_count(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "none", IDENTITY_NONE);
    struct incident   *i = crowd(&sc, &t, "a", 110, CAT_BURGLARY);
    static struct file f;
    for (int k = 0; k < 110; k++) i[k].from_s += k, i[k].to_s += k;
    for (int k = 100; k < 110; k++) i[k].flags = k == 105 ? 0 : FLAG_DOMESTIC;
    feed_rows(&sc, &t, &run, i, 110);
    for (int r = 1; r < 7; r++) {
        i[105].flags = r % 2 ? FLAG_DOMESTIC : 0;
        i[105].outcome = r == 6 ? t.outcome[1] : 0; // under a third number
        feed_rows(&sc, &t, &run, i, 110);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20 + r), r, &f);
        ok(f.n == 100 && counted(&f, HALF) == 10, "release %d: %zu, %d", r, f.n, (int)counted(&f, HALF));
    }
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

// -- in another slice -----------------------------------------------------------------------------------------------------

struct handing { // of the seventh from slice A to B
    const char   *what;
    enum identity by;
    bool          now, later, kind; // later: B tells another time; kind: another kind, which may not be shown
    bool          back;             // B told it before A did
    bool          one_run;          // A drops it when B begins
    bool          stays_in_a, closed; // A drops it only behind the date; it is closed there before
    size_t        second, third;      // rows of these releases
};

/// A hundred burglaries of A and B, nine domestic ones of A, and what B tells of the seventh.
static void tell_handing(struct scope *sc, struct town *t, struct run *run, const struct handing *h,
                         bool in_a, bool in_b, bool closed)
{
    struct incident *i = crowd(sc, t, "a", 110, CAT_BURGLARY), x;
    size_t           n = 0;
    for (size_t k = 0; k < 110; k++) {
        i[k].slice = k < 60 || k >= 100 ? S("A") : S("B");
        i[k].from_s += (int64_t)k * 60, i[k].to_s += (int64_t)k * 60;
        if (k >= 100) i[k].flags = FLAG_DOMESTIC;
    }
    x = i[7];
    x.slice = S("B");
    if (h->kind) x.category = t->category[CAT_RAPE];
    else x.flags = FLAG_DOMESTIC;
    if (h->later) x.from_s += 60, x.to_s += 60;
    if (closed) i[7].outcome = t->outcome[1];
    for (size_t k = 0; k < 109; k++)
        if (k != 7 || in_a) i[n++] = i[k];
    if (in_b) i[n++] = x;
    feed_rows(sc, t, run, i, n);
}

/// Who is public in one slice, and domestic in another, is in no count, and leaves with others whatever becomes of the first.
static void ok_handed(struct scope *sc, const struct handing *h)
{
    enum { HALF = 2 * (2016 - 1970) };
    static struct file first, f;
    struct town        t = quiet_town(sc);
    struct run         run = feed_open(sc, &t, "feed", h->by);
    if (h->back) tell_handing(sc, &t, &run, h, false, true, false);
    tell_handing(sc, &t, &run, h, true, false, false);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &first);
    ok(first.n == 100 && !counted(&first, HALF), "%s: %zu", h->what, first.n);
    tell_handing(sc, &t, &run, h, !h->one_run, true, false);
    t.leave_now = h->now;
    publish(sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
    ok(f.n == h->second && !counted(&f, HALF), "%s: %zu, counted %d", h->what, f.n, (int)counted(&f, HALF));
    ok(f.n < 100 || (same_rows(&first, &f) && f.totals.leave.stay == 1), "%s: told as before", h->what);
    tell_handing(sc, &t, &run, h, h->stays_in_a, true, h->closed);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 8, 22), 3, &f);
    ok(f.n == h->third && !counted(&f, HALF), "%s: %zu, counted %d", h->what, f.n, (int)counted(&f, HALF));
    publish(sc, &t, TIER_PUBLIC, wall(2016, 10, 1), 4, &f);
    ok(f.n == 95 && !counted(&f, HALF), "%s: it left, and four others: %zu", h->what, f.n);
    tell_handing(sc, &t, &run, h, false, true, false);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 10, 2), 5, &f);
    ok(f.n == 95 && !counted(&f, HALF), "%s: for ever: %zu, %d", h->what, f.n, (int)counted(&f, HALF));
    tell_handing(sc, &t, &run, h, true, false, false);
    publish(sc, &t, TIER_PUBLIC, wall(2016, 10, 3), 6, &f);
    ok(f.n == 95 && !counted(&f, HALF), "%s: nor back in A: %zu, %d", h->what, f.n, (int)counted(&f, HALF));
    town_close(&t);
    test_dir_end(sc, t.dir);
}

static void who_is_handed_to_another_slice(void **state)
{
    (void)state;
    static const struct handing all[] = {
        { "without keys", IDENTITY_NONE, .second = 100, .third = 100 },
        { "at once", IDENTITY_NONE, .now = true, .second = 95, .third = 95 },
        { "in both", IDENTITY_NONE, .stays_in_a = true, .second = 100, .third = 100 },
        { "with keys", IDENTITY_SLICE, .second = 100, .third = 100 },
        { "with keys, at once", IDENTITY_SLICE, .now = true, .second = 95, .third = 95 },
        { "with keys, in both", IDENTITY_SLICE, .stays_in_a = true, .second = 100, .third = 100 },
        { "back in B", IDENTITY_NONE, .back = true, .second = 100, .third = 100 },
        { "back in B, with keys", IDENTITY_SLICE, .back = true, .second = 100, .third = 100 },
        { "closed", IDENTITY_SLICE, .stays_in_a = true, .closed = true, .second = 100, .third = 100 },
        { "another time", IDENTITY_SLICE, .later = true, .second = 100, .third = 100 },
        { "another time, in one run", IDENTITY_SLICE, .one_run = true, .later = true, .second = 100,
          .third = 100 },
        { "another kind", IDENTITY_SLICE, .kind = true, .second = 100, .third = 100 },
    };
    struct scope sc = test_scope();
    for (size_t k = 0; k < COUNT(all); k++) ok_handed(&sc, &all[k]);
    test_scope_end(&sc);
}

/// A key that another slice gives to another act, and the same act of one slice, are two.
static void two_slices_may_tell_of_two(void **state)
{
    (void)state;
    struct scope       sc = test_scope();
    static struct file f;
    for (int by = 0; by < 2; by++) {
        struct town      t = quiet_town(&sc);
        struct run       run = feed_open(&sc, &t, "feed", by ? IDENTITY_SLICE : IDENTITY_NONE);
        struct incident *i = crowd(&sc, &t, "a", 120, CAT_BURGLARY);
        for (size_t k = 0; k < 120; k++) {
            i[k].slice = k < 60 ? S("A") : S("B");
            i[k].from_s += (int64_t)k * 60, i[k].to_s += (int64_t)k * 60;
        }
        i[7].slice = S("C"); // to be told once more
        feed_rows(&sc, &t, &run, i, 110);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
        for (size_t k = 110; k < 120; k++) i[k].flags = FLAG_DOMESTIC;
        if (by) i[110].key = i[7].key, i[111].key = i[8].key; // of two of B, the place of one is the same
        else i[110] = i[99], i[110].key = S("n"), i[110].flags = FLAG_DOMESTIC; // of the same slice
        if (by)
            i[111].lon_e7 = i[8].lon_e7, i[111].lat_e7 = i[8].lat_e7, i[111].category = t.category[CAT_RAPE];
        feed_rows(&sc, &t, &run, i, 120);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
        ok(f.n == 110 && !f.totals.leave.stay, "%d: %zu", by, f.n);
        town_close(&t);
        test_dir_end(&sc, t.dir);
    }
    test_scope_end(&sc);
}

// -- counts by area -------------------------------------------------------------------------------------------------------

/// In a half-year that was told, those who turned wait with those who came late until they are enough.
static void who_turned_is_counted_when_there_are_enough(void **state)
{
    (void)state;
    enum { HALF = 2 * (2016 - 1970) };
    struct scope       sc = test_scope();
    struct town        t = quiet_town(&sc);
    struct run         run = feed_open(&sc, &t, "stable", IDENTITY_STABLE);
    struct incident   *i = crowd(&sc, &t, "a", 200, CAT_BURGLARY), *r = crowd(&sc, &t, "r", 30, CAT_RAPE);
    static struct file f;
    feed_rows(&sc, &t, &run, i, 200);
    feed_rows(&sc, &t, &run, r, 12);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 20), 1, &f);
    ok_i64(counted(&f, HALF), 12);
    for (int k = 0; k < 9; k++) i[k].category = t.category[CAT_RAPE];
    feed_rows(&sc, &t, &run, i, 4);
    t.leave_now = true;
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 21), 2, &f);
    ok_i64(f.totals.leave.turned, 4);
    ok_i64(counted(&f, HALF), 12);
    feed_rows(&sc, &t, &run, i, 9);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 22), 3, &f);
    ok(f.totals.leave.turned <= 5 && counted(&f, HALF) == 12, "nine are not told: %llu",
       (unsigned long long)counted(&f, HALF));
    feed_rows(&sc, &t, &run, r, 14); // two that came late
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 23), 4, &f);
    ok(counted(&f, HALF) == 12,
       "nor with two that came late, who would be told by what all know of the nine");
    feed_rows(&sc, &t, &run, r, 30);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 24), 5, &f);
    ok_i64(counted(&f, HALF), 30); // the half-year did not stop
    // One that had gone along and turns later brings no cover of its own, and is counted with nobody.
    int number = 6;
    for (int k = 9; k < 40 && counted(&f, HALF) == 30; k++, number++) {
        i[k].category = t.category[CAT_RAPE];
        feed_rows(&sc, &t, &run, i, (size_t)k + 1);
        publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 25) + number, number, &f);
    }
    uint64_t told = counted(&f, HALF);
    ok(told >= 40, "and those who turned, when they are ten: %d", (int)told);
    publish(&sc, &t, TIER_PUBLIC, wall(2016, 8, 26), number, &f);
    ok_i64(counted(&f, HALF), told);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(told_as_before_until_the_date),
    cmocka_unit_test(those_of_one_place_go_with_four_places),
    cmocka_unit_test(those_of_one_place_without_others_are_told_of),
    cmocka_unit_test(what_another_source_protects_is_counted),
    cmocka_unit_test(what_the_source_protects_elsewhere_is_counted),
    cmocka_unit_test(what_was_not_public_is_not_told),
    cmocka_unit_test(a_rule_holds_at_once),
    cmocka_unit_test(what_comes_back_leaves_nobody_out_alone),
    cmocka_unit_test(who_left_does_not_come_back_behind_half_a_file),
    cmocka_unit_test(what_no_release_told_is_undone),
    cmocka_unit_test(who_turned_behind_a_rule_is_counted_as_it_was),
    cmocka_unit_test(who_stays_and_is_hidden_goes_with_the_others),
    cmocka_unit_test(cover_is_found_among_all_that_were_away),
    cmocka_unit_test(too_few_to_cover_are_told_of),
    cmocka_unit_test(partners_alone_begin_no_count),
    cmocka_unit_test(who_turned_without_ids_is_counted_apart),
    cmocka_unit_test(what_was_counted_stays_off_the_map),
    cmocka_unit_test(what_was_counted_stays_off_behind_half_a_file),
    cmocka_unit_test(what_was_counted_stays_off_behind_a_rule),
    cmocka_unit_test(what_was_counted_stays_off_behind_a_lost_release),
    cmocka_unit_test(who_turned_and_is_told_anew_has_turned),
    cmocka_unit_test(what_is_shown_and_what_is_counted_are_told_anew),
    cmocka_unit_test(who_went_along_and_is_withdrawn_is_cover),
    cmocka_unit_test(who_turned_and_is_withdrawn_has_turned),
    cmocka_unit_test(what_is_replaced_is_the_same),
    cmocka_unit_test(who_stays_and_is_withdrawn),
    cmocka_unit_test(new_ones_are_no_cover),
    cmocka_unit_test(who_left_has_left_where_it_was_told),
    cmocka_unit_test(who_tells_of_one_act_later_has_cover_of_such),
    cmocka_unit_test(who_leaves_for_its_outcome_has_cover_of_it),
    cmocka_unit_test(who_is_revised_has_cover_of_the_revised),
    cmocka_unit_test(who_turns_beside_what_is_revised),
    cmocka_unit_test(who_is_of_what_was_told_again),
    cmocka_unit_test(who_waits_while_its_month_is_recoded),
    cmocka_unit_test(who_does_not_get_the_kind_that_its_month_gets),
    cmocka_unit_test(who_is_revised_before_a_rule_hides_its_kind),
    cmocka_unit_test(what_was_told_stands_until_the_date),
    cmocka_unit_test(what_nobody_may_be_told_of_does_not_wait),
    cmocka_unit_test(told_to_the_byte_under_exceptions),
    cmocka_unit_test(a_release_without_a_public_tier_forgets_nothing),
    cmocka_unit_test(a_rare_kind_does_not_go_alone),
    cmocka_unit_test(a_small_kind_goes_as_a_whole),
    cmocka_unit_test(who_comes_back_under_its_old_number),
    cmocka_unit_test(who_comes_back_to_its_count),
    cmocka_unit_test(who_is_handed_to_another_slice),
    cmocka_unit_test(two_slices_may_tell_of_two),
    cmocka_unit_test(who_turned_is_counted_when_there_are_enough),
    cmocka_unit_test(who_compares_releases_is_right_once_in_five),
    cmocka_unit_test(the_attack_works_without_it),
};
TEST_MAIN(tests)
