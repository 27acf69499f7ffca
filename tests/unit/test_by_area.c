// SPDX-License-Identifier: EUPL-1.2
// What is told by area alone: groups of none or enough, a half-year once and for ever, and what comes later only when it is
// enough by itself. Who subtracts releases from each other stands in tests/attack/test_longitudinal.c.
#include "publish/by_area.h"

#include "model/half.h"
#include "publish/partition.h"
#include "store/area_count.h"
#include "town.h"

// -- groups -----------------------------------------------------------------------------------------------------------

static void groups_hold_none_or_enough(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    size_t   cut = 0;
    for (int round = 0; round < 400; round++) {
        struct scope  sc = test_scope();
        size_t        n = 1 + test_random(&seed) % 60, groups, seen = 0;
        uint64_t      least = 1 + test_random(&seed) % 15, sum = 0, told = 0;
        struct point *label = arena_array(sc.mem, struct point, n);
        uint64_t     *count = arena_array(sc.mem, uint64_t, n);
        double       *size = arena_array(sc.mem, double, n);
        bool         *has = arena_array(sc.mem, bool, n);
        struct group *group;
        for (size_t i = 0; i < n; i++) {
            label[i] = (struct point){ (uint32_t)test_random(&seed), (uint32_t)test_random(&seed) };
            count[i] = test_random(&seed) % 3 ? test_random(&seed) % (1 + test_random(&seed) % 40) : 0;
            size[i] = (double)(test_random(&seed) % 5);
            sum += count[i];
        }
        enum err e = partition(&sc, label, count, size, n, least, 3, &group, &groups);
        ok(e == (sum && sum < least ? ERR_INVALID : OK), "%llu of at least %llu", (unsigned long long)sum,
           (unsigned long long)least);
        for (size_t g = 0; !e && g < groups; g++) {
            uint64_t own = 0;
            double   own_size = 0;
            for (size_t k = 0; k < group[g].n; k++) {
                ok(!has[group[g].area[k]] && (!k || group[g].area[k - 1] < group[g].area[k]),
                   "each area once, ascending");
                has[group[g].area[k]] = true;
                own += count[group[g].area[k]];
                own_size += size[group[g].area[k]];
            }
            ok(group[g].n && own == group[g].count && (!own || own >= least), "a group of %llu",
               (unsigned long long)own);
            ok(groups == 1 || own_size >= 3, "a group of size %g", own_size);
            seen += group[g].n;
            told += own;
        }
        ok(e || (seen == n && told == sum), "all areas, all incidents");
        cut += !e && groups > 1;
        test_scope_end(&sc);
    }
    ok(cut > 100, "%zu towns were cut", cut);
}

/// Four areas in a row from west to east: cut in the middle, and again where both sides can be told.
static void a_town_is_cut_across_its_longer_side(void **state)
{
    (void)state;
    static const double       size[] = { 1, 1, 1, 1 };
    static const struct point label[] = { { 10, 5 }, { 20, 5 }, { 30, 5 }, { 40, 5 } };
    static const struct {
        uint64_t count[4];
        size_t   groups;
        uint64_t want[4];
    } rows[] = {
        { { 10, 10, 10, 10 }, 4, { 10, 10, 10, 10 } },
        { { 10, 9, 10, 10 }, 3, { 19, 10, 10 } },
        { { 0, 0, 10, 0 }, 1, { 10 } },
        { { 5, 4, 10, 10 }, 1, { 29 } },
        { { 0, 0, 0, 0 }, 4, { 0, 0, 0, 0 } },
        { { 5, 5, 5, 5 }, 2, { 10, 10 } },
        { { 0, 0, 10, 9 }, 1, { 19 } },
        { { 0, 0, 11, 9 }, 3, { 0, 0, 20 } },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope  sc = test_scope();
        struct group *group;
        size_t        n;
        ok_err(&sc, partition(&sc, label, rows[i].count, size, 4, 10, 1, &group, &n), OK);
        ok_i64(n, rows[i].groups);
        for (size_t g = 0; g < n; g++) ok_i64(group[g].count, rows[i].want[g]);
        test_scope_end(&sc);
    }
}

// -- a town, published again and again --------------------------------------------------------------------------------

static int64_t wall(int year, int month, int day)
{
    return (int64_t)civil_day(year, month, day) * DAY_S;
}

/// So many acts of a sexual nature on this day, in the beat of that column and row, which are of further classes, too.
static void stage_as(struct scope *sc, struct town *t, const char *key, int n, int64_t day_s, double x,
                     double y, sensitivity_set further)
{
    for (int i = 0; i < n; i++) {
        struct incident in =
            town_incident(t, arena_printf(sc->mem, "%s-%d", key, i).p, town_point(t, x + 0.5, y + 0.5));
        in.category = t->category[CAT_RAPE];
        in.classes = further;
        in.from_s = day_s + 3 * HOUR_S;
        in.to_s = in.from_s + 59;
        town_add(sc, t, &in);
    }
}

static void stage(struct scope *sc, struct town *t, const char *key, int n, int64_t day_s, double x, double y)
{
    stage_as(sc, t, key, n, day_s, x, y, 0);
}

static void next_run(struct scope *sc, struct town *t)
{
    struct run_totals totals = { .read = t->staged };
    ok_err(sc, store_run_finish(sc, t->st, &t->run, false, &totals), OK);
    t->staged = 0;
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
}

static const struct release_info *publish(struct scope *sc, struct town *t, const char *policy,
                                          enum tier tier, int64_t now_s, int64_t number)
{
    struct policy             *p = arena_new(sc->mem, struct policy);
    struct publisher          *from;
    const struct release_info *info;
    ok_err(sc, policy_read(sc, policy ? str_of(policy) : policy_default(), p), OK);
    publication_closep(&t->publication);
    store_rollback(t->st); // the run that stands open brought nothing yet
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, town_publication(sc, t, p, number, now_s, &t->publication), OK);
    ok_err(sc, publish_open(sc, t->publication, tier, &from), OK);
    info = publish_info(from);
    publish_closep(&from);
    ok_err(sc, publication_keep(sc, t->publication), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
    return info;
}

static uint64_t sum_of(const struct release_info *in, int half, enum sensitivity class, size_t *groups)
{
    uint64_t sum = 0;
    *groups = 0;
    for (size_t i = 0; i < in->n_counts; i++) {
        const struct release_count *c = &in->counts[i];
        if (c->half != half || c->class != class) continue;
        ok(!c->count || c->count >= in->least, "a count of %u", c->count);
        sum += c->count;
        ++*groups;
    }
    return sum;
}

enum { H2014 = 2 * (2014 - 1970), H2015 = H2014 + 2 };

static void a_half_year_is_told_once_and_for_ever(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    size_t       groups, before;
    stage(&sc, &t, "north", 12, wall(2014, 2, 3), 0, 0);
    stage(&sc, &t, "south", 15, wall(2014, 3, 3), 2, 5);
    stage(&sc, &t, "few", 9, wall(2014, 9, 1), 1, 1);
    stage(&sc, &t, "late", 20, wall(2015, 3, 1), 1, 1);
    next_run(&sc, &t);
    // Half-years are over for 31 days on 31 July and on 31 January.
    const struct release_info *in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2014, 7, 30), 1);
    ok(!in->n_counts && in->last_half < in->first_half, "nothing is due yet");
    in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 2);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 27);
    ok(groups == 2 && in->least == 10 && in->count_set == 1 && in->n_sets == 2, "told by the two districts");
    ok_i64(sum_of(in, H2014 + 1, SENSITIVITY_SEXUAL, &groups), 0);
    ok(!groups, "nine are not told, not even that they are nine");
    ok_i64(sum_of(in, H2015, SENSITIVITY_SEXUAL, &groups), 0);
    ok(!groups && in->first_half == H2014 && in->last_half == H2014,
       "of what comes behind the last told nothing is known");
    before = in->n_counts;

    // One more of the old half-year: fewer than ten by itself, so it changes nothing. Nine more: now they are told.
    stage(&sc, &t, "one", 1, wall(2014, 2, 9), 0, 0);
    next_run(&sc, &t);
    in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 3);
    ok(in->n_counts == before + 0 && sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups) == 27,
       "one more is not seen");
    stage(&sc, &t, "nine", 9, wall(2014, 2, 9), 0, 0);
    next_run(&sc, &t);
    in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 4);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 37);
    // And again: what is told stays as it is.
    in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2016, 2, 10), 5);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 37);
    ok_i64(sum_of(in, H2015, SENSITIVITY_SEXUAL, &groups), 20);
    // The tenth of the second half-year makes ten.
    stage(&sc, &t, "tenth", 1, wall(2014, 12, 31), 5, 5);
    next_run(&sc, &t);
    in = publish(&sc, &t, NULL, TIER_PARTNER, wall(2016, 2, 10), 6);
    ok_i64(sum_of(in, H2014 + 1, SENSITIVITY_SEXUAL, &groups), 10);
    in = publish(&sc, &t, NULL, TIER_POLICE, wall(2016, 2, 10), 7);
    ok(!in->n_counts, "police see points");
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Eleven of a sexual nature in a family, twelve that concern a child and a person, thirteen of no further class.
static struct town mixed_town(struct scope *sc)
{
    struct town t = town_open(sc, test_dir(sc));
    stage_as(sc, &t, "both", 11, wall(2014, 2, 3), 0, 0, sensitivity_bit(SENSITIVITY_DOMESTIC));
    stage_as(sc, &t, "child", 12, wall(2014, 2, 3), 0, 0,
             sensitivity_bit(SENSITIVITY_CHILD) | sensitivity_bit(SENSITIVITY_PERSON));
    stage(sc, &t, "one", 13, wall(2014, 2, 3), 5, 5);
    next_run(sc, &t);
    return t;
}

/// Else one count less another, or less the points of a narrower tier, would be how many are both.
static void an_incident_counts_under_its_most_sensitive_class_alone(void **state)
{
    (void)state;
    static const char *const others = "tier public\nclass child sexual points\nclass domestic person areas\n";
    struct scope             sc = test_scope();
    struct town              t = mixed_town(&sc);
    size_t                   groups;
    const struct release_info *in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 1);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 24);
    ok_i64(sum_of(in, H2014, SENSITIVITY_CHILD, &groups), 12);
    ok_i64(sum_of(in, H2014, SENSITIVITY_DOMESTIC, &groups), 0);
    ok_i64(sum_of(in, H2014, SENSITIVITY_PERSON, &groups), 0);
    in = publish(&sc, &t, others, TIER_PUBLIC, wall(2015, 7, 30), 2);
    ok(!in->n_counts, "nobody is counted twice, whatever the policy becomes");
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    t = mixed_town(&sc);
    in = publish(&sc, &t, others, TIER_PUBLIC, wall(2015, 7, 30), 1);
    ok_i64(sum_of(in, H2014, SENSITIVITY_DOMESTIC, &groups), 11);
    ok_i64(sum_of(in, H2014, SENSITIVITY_PERSON, &groups), 12);
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What is frozen first is told, and so are kinds that nobody is told of since; not those that nobody ever was.
static void news_before_counts_are_frozen(void **state)
{
    (void)state;
    struct scope          sc = test_scope();
    struct town           t = town_open(&sc, test_dir(&sc));
    struct release_record made = {
        .number = 1, .created_s = wall(2015, 7, 30), .sha256 = S("x"), .policy = S("x")
    };
    struct category kind = { .id = t.category[CAT_RAPE], .iccs = 2, .confirmed_by = S("person X") };
    static const struct {
        enum sensitivity is;
        int64_t          since_s;
        uint64_t         gone;
    } rows[] = {
        { SENSITIVITY_TRAFFICKING, 1, 0 },
        { SENSITIVITY_TRAFFICKING, 1500000000, 0 }, // said once more
        { SENSITIVITY_UNCLASSIFIED, 1500000000, 12 },
        { SENSITIVITY_TRAFFICKING, 1438214400, 0 }, // in the second of the release, which knew it
        { SENSITIVITY_UNCLASSIFIED, 0, 0 },
        { SENSITIVITY_TRAFFICKING, 1438214401, 12 },
        { SENSITIVITY_CHILD, 1500000000, 0 },
    };
    stage(&sc, &t, "north", 12, wall(2014, 2, 3), 0, 0);
    next_run(&sc, &t);
    publish(&sc, &t, NULL, TIER_PUBLIC, made.created_s, 1);
    struct by_area_news n = publication_news(t.publication);
    ok(n.first && n.fresh && n.from == H2014 && n.to == H2014 && n.incidents == 12 && !n.domestic && !n.gone,
       "what is frozen first: %llu counts, %llu incidents", (unsigned long long)n.fresh,
       (unsigned long long)n.incidents);
    ok_err(&sc, store_release_add(&sc, t.st, &made), OK);
    next_run(&sc, &t);
    for (size_t i = 0; i < COUNT(rows); i++) {
        kind.sensitivity = rows[i].is, kind.confirmed_s = rows[i].since_s;
        ok_err(&sc, store_category_confirm(&sc, t.st, &kind), OK);
        next_run(&sc, &t);
        publish(&sc, &t, NULL, TIER_PUBLIC, made.created_s, (int64_t)i + 2);
        n = publication_news(t.publication);
        ok(!n.first && n.gone == rows[i].gone, "row %zu: %llu are gone", i, (unsigned long long)n.gone);
        ok(!n.gone || (n.gone_from == H2014 && n.gone_to == H2014), "row %zu: half-years", i);
    }
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Of each class it is known, before its counts are frozen, how many are of it by what their record says alone.
static void counts_by_record_alone_are_told(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = mixed_town(&sc);
    publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 1);
    struct by_area_news         n = publication_news(t.publication);
    const struct by_area_class *child = &n.of[SENSITIVITY_CHILD], *sexual = &n.of[SENSITIVITY_SEXUAL];
    ok(child->first && child->incidents == 12 && child->by_record == 12, "children: %llu of %llu",
       (unsigned long long)child->by_record, (unsigned long long)child->incidents);
    ok(sexual->first && sexual->incidents == 24 && !sexual->by_record, "their kind says so: %llu of %llu",
       (unsigned long long)sexual->by_record, (unsigned long long)sexual->incidents);
    stage_as(&sc, &t, "later", 11, wall(2014, 8, 3), 0, 0, sensitivity_bit(SENSITIVITY_CHILD));
    struct release_record made = {
        .number = 1, .created_s = wall(2015, 7, 30), .sha256 = S("x"), .policy = S("x")
    };
    ok_err(&sc, store_release_add(&sc, t.st, &made), OK);
    next_run(&sc, &t);
    publish(&sc, &t, NULL, TIER_PUBLIC, wall(2015, 7, 30), 2);
    n = publication_news(t.publication);
    ok(!child->first && child->incidents == 11 && child->by_record == 11 && !sexual->incidents,
       "children again: %llu of %llu", (unsigned long long)child->by_record,
       (unsigned long long)child->incidents);
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Sexual acts of February 2014, noted one by one: so many from this id on, in turn in both districts; or in no area.
struct acts {
    int64_t            first, n;
    enum by_area_apart apart;
    bool               nowhere;
    int                half; // so many half-years later
};
enum { MAX_ACTS = 4 };
static struct cover_half left_in_2014 = { 1000, 0 }, left_later = { 1000, 0 }, left_in_2015 = { 1000, 0 };

static const struct release_info *count(struct scope *sc, struct town *t, const struct acts acts[MAX_ACTS],
                                        int64_t number)
{
    const struct release_record made = {
        .number = number, .created_s = wall(2015, 7, 30) + number, .sha256 = S("x"), .policy = S("x")
    };
    struct release_info     *in = arena_new(sc->mem, struct release_info);
    struct policy           *p = arena_new(sc->mem, struct policy);
    struct atlas            *atlas = arena_new(sc->mem, struct atlas);
    int64_t                  last = 0;
    struct by_area          *b;
    static struct cover_half left[AREA_HALVES];
    memset(left, 0, sizeof left);
    left[H2014 - AREA_FIRST_HALF] = left_in_2014;
    left[H2014 + 1 - AREA_FIRST_HALF] = left_later;
    left[H2014 + 3 - AREA_FIRST_HALF] = left_in_2015;
    ok_err(sc, policy_read(sc, policy_default(), p), OK);
    store_rollback(t->st);
    ok_err(sc, store_begin(sc, t->st), OK);
    ok_err(sc, atlas_read(sc, t->st, atlas), OK);
    ok_err(sc, by_area_open(sc, t->st, atlas, p, TIER_PUBLIC, made.created_s, &b), OK);
    for (size_t k = 0; k < MAX_ACTS; k++)
        for (int64_t i = 0; i < acts[k].n; i++) {
            uint16_t area[MAX_AREA_SETS] = { 0, (uint16_t)(acts[k].nowhere ? AREA_NOWHERE : i % 2) };
            int64_t  id = acts[k].first + i;
            int64_t  from_s = wall(2014 + acts[k].half / 2, acts[k].half % 2 ? 8 : 2, 3);
            (void)by_area_meet(b, id, from_s);
            ok_err(sc,
                   by_area_note(b, id, from_s, area, sensitivity_bit(SENSITIVITY_SEXUAL), 0, acts[k].apart),
                   OK);
            if (id > last) last = id;
        }
    ok_err(sc, by_area_end(b, last, number, left), OK);
    ok_err(sc, by_area_tell(b, &p->tier[TIER_PUBLIC], civil_day(2015, 6, 1), in), OK);
    ok_err(sc, by_area_keep(sc, t->st, b), OK);
    ok_err(sc, store_release_add(sc, t->st, &made), OK);
    ok_err(sc, store_commit(sc, t->st), OK);
    ok_err(sc, store_run_begin(sc, t->st, &t->run), OK);
    return in;
}

static void ok_counts(const struct release_info *in, uint64_t want, size_t want_groups, const char *what)
{
    size_t   groups;
    uint64_t sum = sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups);
    ok(sum == want && groups == want_groups, "%s: %llu in %zu rows", what, (unsigned long long)sum, groups);
}

/// The list of who left the map of a district, one in five of whom turned, beside a count of that district.
static void what_turned_is_counted_of_the_town_alone(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 40 } }, 1), 40, 2, "first");
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 60 } }, 2), 60, 4, "late");
    const struct release_info *in =
        count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 60 }, { 61, 12, APART_TURNED } }, 3);
    ok_counts(in, 72, 5, "twelve of them turned");
    ok(in->counts[0].n == 0 && in->counts[0].count == 12, "of the whole town");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// A reader knows whom he has seen as points, and about how many of those turned: told with others, they would say the others.
static void what_was_seen_is_never_added_to_others(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct acts acts[MAX_ACTS];
        uint64_t    told, groups;
    } rows[] = {
        { "nine and one that turned", { { 1, 9 }, { 10, 1, APART_TURNED } }, 0, 0 },
        { "the first count of a half-year", { { 1, 40 }, { 41, 9, APART_TURNED } }, 40, 2 },
        { "ten that turned, beside a few", { { 1, 9 }, { 10, 10, APART_TURNED } }, 10, 1 },
        { "a kind that a rule hid, and one more", { { 1, 30, APART_WAS_SHOWN }, { 31, 1 } }, 30, 2 },
        { "and all three", { { 1, 20, APART_WAS_SHOWN }, { 21, 20 }, { 41, 10, APART_TURNED } }, 50, 5 },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct town t = town_open(&sc, test_dir(&sc));
        ok_counts(count(&sc, &t, rows[i].acts, 1), rows[i].told, rows[i].groups, rows[i].what);
        ok_counts(count(&sc, &t, rows[i].acts, 2), rows[i].told, rows[i].groups, "and once");
        town_close(&t);
        test_dir_end(&sc, t.dir);
    }
    test_scope_end(&sc);
}

/// Who left with them in that half-year must be four for each, or the count would say more of those who left than one in five.
static void what_turned_waits_for_its_cover(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    left_in_2014.left = 49;
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 10, APART_TURNED } }, 1), 0, 0, "49 have left");
    left_in_2014.left = 50;
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 10, APART_TURNED } }, 2), 10, 1, "50 have");
    left_in_2014.left = 99;
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 20, APART_TURNED } }, 3), 10, 1, "99 for twenty");
    left_in_2014.left = 100;
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 20, APART_TURNED } }, 4), 20, 2, "a hundred");
    // Of the next half-year two turned and nine have left: what is told of this one would tell it by what is known of all.
    const struct acts both[MAX_ACTS] = { { 1, 30, APART_TURNED }, { 40, 2, APART_TURNED, .half = 1 } };
    left_in_2014.left = 1000;
    left_later.left = 9;
    ok_counts(count(&sc, &t, both, 5), 20, 2, "the next one is not covered");
    left_later.left = 10;
    ok_counts(count(&sc, &t, both, 6), 30, 3, "and when it is");
    left_later.left = 1000;
    // Nor is anything told while a half-year that is not over yet would be known by the difference.
    const struct acts ahead[MAX_ACTS] = { { 1, 40, APART_TURNED }, { 50, 2, APART_TURNED, .half = 3 } };
    left_in_2015.left = 9;
    ok_counts(count(&sc, &t, ahead, 7), 30, 3, "the present one is not covered");
    left_in_2015.left = 10;
    ok_counts(count(&sc, &t, ahead, 8), 40, 4, "and when it is");
    left_in_2015.left = 1000;
    // Who was withdrawn since has turned all the same.
    const struct acts more[MAX_ACTS] = { { 1, 50, APART_TURNED } };
    left_in_2014 = (struct cover_half){ 300, 11 };
    ok_counts(count(&sc, &t, more, 9), 40, 4, "sixty-one of three hundred");
    left_in_2014 = (struct cover_half){ 300, 10 };
    ok_counts(count(&sc, &t, more, 10), 50, 5, "sixty");
    left_in_2014 = (struct cover_half){ 1000, 0 };
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// One that was a point when its half-year was told, and turned since, is late, whatever its number.
static void what_turned_late_is_counted_late(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 40 }, { 100, 20 } }, 1), 60, 2, "first");
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 40 }, { 100, 20 }, { 50, 12, APART_TURNED } }, 2),
              72, 3, "twelve turned");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// Fewer in areas than may be told do not stop the count of the town.
static void few_in_areas_are_told_of_the_town(void **state)
{
    (void)state;
    struct scope               sc = test_scope();
    struct town                t = town_open(&sc, test_dir(&sc));
    const struct release_info *in =
        count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 3 }, { 60, 10, .nowhere = true } }, 1);
    ok_counts(in, 13, 1, "three in areas, ten in none");
    ok_i64(in->counts[0].n, 0);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// More than were told stops nothing: one that stood in no area, and kinds that somebody classified later; fewer does.
static void who_was_not_told_stops_no_later_count(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 40 }, { 60, 1, .nowhere = true } }, 1), 40, 2,
              "first");
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 50 }, { 60, 1, .nowhere = true }, { 61, 20 } }, 2),
              70, 4, "late, and ten were classified since");
    ok_counts(count(&sc, &t, (struct acts[MAX_ACTS]){ { 1, 39 }, { 61, 20 }, { 81, 20 } }, 3), 70, 4,
              "what was told is gone");
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// What another tier was told sooner waits for the delay of each that reads it.
static void no_tier_is_told_before_its_delay(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open(&sc, test_dir(&sc));
    stage(&sc, &t, "north", 12, wall(2014, 2, 3), 0, 0);
    next_run(&sc, &t);
    const char *partner = "tier partner\ndelay 1 day\nclass sexual areas\n";
    ok_counts(publish(&sc, &t, partner, TIER_PARTNER, wall(2014, 7, 4), 1), 12, 1, "partners are told");
    const struct release_info *in = publish(&sc, &t, NULL, TIER_PUBLIC, wall(2014, 7, 5), 2);
    ok_counts(in, 0, 0, "everybody waits");
    ok(in->last_half < in->first_half, "nothing is known");
    ok_counts(publish(&sc, &t, NULL, TIER_PARTNER, wall(2014, 7, 6), 3), 12, 1, "partners are told still");
    ok_counts(publish(&sc, &t, NULL, TIER_PUBLIC, wall(2014, 8, 3), 4), 12, 1, "everybody is told");
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static void half_years_are_written_and_read(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    int32_t      half;
    for (int32_t i = -140; i < 360; i += 7)
        ok(half_read(half_key(&sc, i), &half) && half == i, "half-year %d", i);
    static const char *const bad[] = { "",       "2024",    "2024-0", "2024-3", "1899-2",
                                       "2150-1", "2024-11", "20x4-1", "2024/1" };
    for (size_t i = 0; i < COUNT(bad); i++) ok(!half_read(str_of(bad[i]), &half), "\"%s\"", bad[i]);
    test_scope_end(&sc);
}

static void a_policy_that_names_no_set_of_ours_is_refused(void **state)
{
    (void)state;
    struct scope        sc = test_scope();
    struct town         t = town_open(&sc, test_dir(&sc));
    struct policy       p;
    struct publication *none;
    stage(&sc, &t, "a", 1, wall(2014, 2, 3), 0, 0);
    next_run(&sc, &t);
    ok_err(&sc, policy_read(&sc, S("areas set parishes least 10\ntier public\nclass sexual areas\n"), &p),
           OK);
    store_rollback(t.st);
    ok_err(&sc, town_publication(&sc, &t, &p, 1, wall(2016, 1, 1), &none), ERR_INVALID);
    ok(strstr(sc.fault.text, "\"parishes\""), "%s", sc.fault.text);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

/// A count is true within the borders that it was made for, and under no smaller least; a source that numbers its incidents
/// anew has nothing new to tell.
static void what_was_told_is_not_told_of_something_else(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    struct town  t = town_open_as(&sc, test_dir(&sc), IDENTITY_SLICE);
    const char  *beats = "areas set beat least 5\ntier public\nclass sexual areas\n";
    const char  *ten = "areas set beat least 10\ntier public\nclass sexual areas\n";
    size_t       groups, areas = 0;
    stage(&sc, &t, "a", 7, wall(2014, 2, 3), 0, 0);
    stage(&sc, &t, "b", 12, wall(2014, 2, 3), 5, 5);
    next_run(&sc, &t);
    const struct release_info *in = publish(&sc, &t, beats, TIER_PUBLIC, wall(2015, 7, 30), 1);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 19);
    // The same again under other numbers: all that was there is withdrawn, and as many are new.
    stage(&sc, &t, "c", 7, wall(2014, 2, 3), 0, 0);
    stage(&sc, &t, "d", 13, wall(2014, 2, 3), 5, 5);
    next_run(&sc, &t);
    in = publish(&sc, &t, beats, TIER_PUBLIC, wall(2015, 7, 30), 2);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 19);
    in = publish(&sc, &t, ten, TIER_PUBLIC, wall(2015, 7, 30), 3);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 19);
    ok_i64(
        groups,
        1); // seven are too few under this policy; were they left out alone, they would be known to be 5 to 9
    // Beats of the same codes with other borders.
    store_rollback(t.st);
    t.shift = 1000;
    ok_err(&sc, store_begin(&sc, t.st), OK);
    town_areas(&sc, &t);
    ok_err(&sc, store_commit(&sc, t.st), OK);
    ok_err(&sc, store_run_begin(&sc, t.st, &t.run), OK);
    in = publish(&sc, &t, ten, TIER_PUBLIC, wall(2015, 7, 30), 4);
    ok_i64(sum_of(in, H2014, SENSITIVITY_SEXUAL, &groups), 19);
    for (size_t i = 0; i < in->n_counts; i++) areas += in->counts[i].n;
    in = publish(&sc, &t, beats, TIER_PUBLIC, wall(2015, 7, 30), 5);
    for (size_t i = 0; i < in->n_counts; i++) areas += in->counts[i].n;
    ok(in->n_counts && !areas, "%zu areas of other borders", areas);
    // All of them are fewer than a later policy tells.
    in = publish(&sc, &t, "areas set beat least 30\ntier public\nclass sexual areas\n", TIER_PUBLIC,
                 wall(2015, 7, 30), 6);
    ok_i64(in->n_counts, 0);
    publication_closep(&t.publication);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(groups_hold_none_or_enough),
    cmocka_unit_test(a_town_is_cut_across_its_longer_side),
    cmocka_unit_test(a_half_year_is_told_once_and_for_ever),
    cmocka_unit_test(an_incident_counts_under_its_most_sensitive_class_alone),
    cmocka_unit_test(news_before_counts_are_frozen),
    cmocka_unit_test(counts_by_record_alone_are_told),
    cmocka_unit_test(what_turned_is_counted_of_the_town_alone),
    cmocka_unit_test(what_was_seen_is_never_added_to_others),
    cmocka_unit_test(what_turned_waits_for_its_cover),
    cmocka_unit_test(what_turned_late_is_counted_late),
    cmocka_unit_test(few_in_areas_are_told_of_the_town),
    cmocka_unit_test(who_was_not_told_stops_no_later_count),
    cmocka_unit_test(no_tier_is_told_before_its_delay),
    cmocka_unit_test(half_years_are_written_and_read),
    cmocka_unit_test(what_was_told_is_not_told_of_something_else),
    cmocka_unit_test(a_policy_that_names_no_set_of_ours_is_refused),
};
TEST_MAIN(tests)
