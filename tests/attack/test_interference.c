// SPDX-License-Identifier: EUPL-1.2
// T1, non-interference: two stores that differ only in what the policy withholds make the same public files, byte for byte,
// and a server of either gives the same answers, headers too, to thousands of random questions. Calibration: one theft
// more, which is public, must be found by the same questions.
#include "attack.h"

#include "base/clock.h"
#include "publish/anchor.h"
#include "publish/atlas.h"
#include <time.h>

enum { ROWS = 2500, HALF_FIRST = 2013, NEVER_TOLD = 40, ROUNDS = 20 };

/// What a store of the pair holds beside what is public.
enum version { PLAIN, OTHER, ONE_MORE };

struct pair_town {
    struct town  t;
    struct atlas atlas;
    unsigned     level; // of the grid of anchors
    enum version version;
    uint64_t     seed, hidden; // of what is public, the same for all; of what is not
    uint32_t     order[ROWS];
};

// -- what is public ---------------------------------------------------------------------------------------------------

static int64_t month_start(int64_t wall_s, int more)
{
    return (int64_t)civil_day_of_month(civil_month_of_day(civil_floor_day(wall_s)) + more) * DAY_S;
}

/// Another moment that the public is told in the same words: in the month, or in the hour for what happened in the street.
static void move_in_time(struct pair_town *p, struct incident *in, bool street)
{
    if (street && in->precision == PRECISION_MINUTE) {
        in->from_s += 60 * ((int64_t)attack_below(&p->hidden, 60) - in->from_s / 60 % 60);
    } else if (!street) {
        int64_t from = month_start(in->from_s, 0), to = month_start(in->from_s, 1);
        in->from_s = from + (int64_t)attack_below(&p->hidden, (uint64_t)(to - from) / 60) * 60;
    }
    in->to_s = in->from_s + 59;
}

/// Another place in the same cell and the same areas of all sets.
static void move_in_cell(struct pair_town *p, struct incident *in)
{
    struct point at = mercator_of_e7(in->lon_e7, in->lat_e7);
    unsigned     shift = 32 - p->level;
    uint16_t     of[MAX_AREA_SETS], there[MAX_AREA_SETS];
    atlas_at(&p->atlas, at, of);
    for (int tries = 0; tries < 20; tries++) {
        struct point   other = { (at.x >> shift << shift) + (uint32_t)attack_below(&p->hidden, 1u << shift),
                                 (at.y >> shift << shift) + (uint32_t)attack_below(&p->hidden, 1u << shift) };
        struct lon_lat ll = mercator_to(other);
        int32_t        lon = (int32_t)(ll.lon * 1e7), lat = (int32_t)(ll.lat * 1e7);
        other = mercator_of_e7(lon, lat); // as the store will have it
        atlas_at(&p->atlas, other, there);
        if (memcmp(of, there, sizeof of) || other.x >> shift != at.x >> shift ||
            other.y >> shift != at.y >> shift)
            continue;
        in->lon_e7 = lon;
        in->lat_e7 = lat;
        return;
    }
}

/// Of row i all that the public is told is the same in every version.
static struct incident public_row(struct scope *sc, struct pair_town *p, uint32_t i)
{
    uint64_t    seed = p->seed + i;
    double      x = (double)attack_below(&seed, 6000) / 1000, y = (double)attack_below(&seed, 6000) / 1000;
    bool        hidden = p->version == OTHER;
    const char *key = arena_printf(sc->mem, hidden ? "%u-of-the-other" : "%u", hidden ? ROWS - i : i).p;
    struct incident in = town_incident(&p->t, key, town_point(&p->t, x, y));
    int             category = (int)attack_below(&seed, 3);
    in.category = p->t.category[category];
    in.outcome = attack_below(&seed, 2) ? p->t.outcome[attack_below(&seed, 3)] : 0;
    in.from_s = attack_wall(HALF_FIRST, 1, 1) + (int64_t)attack_below(&seed, 2 * 365 * 24) * HOUR_S;
    in.to_s = in.from_s + 59;
    if (attack_below(&seed, 20) == 0) { // the source knows an area alone
        in.point = POINT_AREA;
        in.lon_e7 = in.lat_e7 = 0;
        in.area = arena_printf(sc->mem, "beat:%03u", (unsigned)attack_below(&seed, TOWN_BEATS));
    } else if (attack_below(&seed, 30) == 0) {
        in.flags |= FLAG_PLACE_OTHER;
    }
    in.place = arena_printf(sc->mem, hidden ? "House %u, the other" : "House %u", (unsigned)(i * 7 % 97));
    if (!hidden) return in;
    move_in_time(p, &in, category == CAT_THEFT);
    if (in.point == POINT_EXACT && !(in.flags & FLAG_PLACE_OTHER)) move_in_cell(p, &in);
    if (in.flags & FLAG_PLACE_OTHER) in.lon_e7 += 70000; // neither point nor area of it is told
    in.flags |= attack_below(&p->hidden, 2) ? FLAG_ARREST | FLAG_ATTEMPTED : 0;
    return in;
}

// -- what is not ------------------------------------------------------------------------------------------------------

static void hide(struct scope *sc, struct pair_town *p, int category, int64_t day_s, double x, double y,
                 int n)
{
    for (int i = 0; i < n; i++) {
        const char     *key = arena_printf(sc->mem, "h%d-%u", (int)p->version, (unsigned)p->t.staged).p;
        struct incident in = town_incident(&p->t, key, town_point(&p->t, x + 0.3 * i / (n + 1), y));
        in.category = p->t.category[category];
        in.from_s = day_s + (int64_t)attack_below(&p->hidden, 20 * 24) * HOUR_S;
        in.to_s = in.from_s + 59;
        in.outcome = p->t.outcome[p->version == OTHER];
        in.place = arena_printf(sc->mem, "withheld %u", (unsigned)p->t.staged);
        town_add(sc, &p->t, &in);
    }
}

static void hide_all(struct scope *sc, struct pair_town *p)
{
    bool other = p->version == OTHER;
    // Told by area: the same numbers in the same beats, at other places and days of them.
    for (int beat = 0; beat < TOWN_BEATS; beat += 5) {
        double more = other ? 0.2 : 0;
        hide(sc, p, CAT_RAPE, attack_wall(2013, other ? 4 : 2, 1), beat % 6 + 0.35 + more,
             beat / 6 + 0.5 - more, 7);
        hide(sc, p, CAT_CHILD, attack_wall(2014, other ? 9 : 8, 1), beat % 6 + 0.4, beat / 6 + 0.4 + more, 2);
    }
    // Told to nobody, or not yet: of any number, anywhere.
    hide(sc, p, CAT_TRAFFICKING, attack_wall(2014, 5, 1), 2, 2, other ? NEVER_TOLD : 1);
    hide(sc, p, CAT_CHILD, attack_wall(2013, 8, 1), other ? 1 : 4, 3,
         other ? 9 : 2); // fewer than ten in the town
    hide(sc, p, CAT_RAPE, attack_wall(2015, 3, 1), other ? 5 : 1, 1,
         other ? 60 : 0); // the half-year is not over
    hide(sc, p, CAT_UNUSED, attack_wall(2015, 5, 10), 3, other ? 1 : 4, other ? 50 : 3); // delayed
}

/// keys_of: the town whose signing key it has, too; or NULL.
static void make(struct scope *sc, struct pair_town *p, enum version version, const char *keys_of)
{
    uint64_t shuffle = 5;
    *p = (struct pair_town){
        .t = town_open(sc, test_dir(sc)), .version = version, .seed = 1000, .hidden = 77
    };
    if (keys_of) ok(!system(arena_printf(sc->mem, "cp -a %s/keys %s/", keys_of, p->t.dir).p), "the key");
    p->level = anchor_level(250, p->t.corner[0][0].y);
    ok_err(sc, atlas_read(sc, p->t.st, &p->atlas), OK);
    if (version == OTHER) hide_all(sc, p);
    for (uint32_t i = 0; i < ROWS; i++) p->order[i] = i;
    for (uint32_t i = ROWS - 1; version == OTHER && i > 0; i--) {
        uint32_t k = (uint32_t)attack_below(&shuffle, i + 1), was = p->order[i];
        p->order[i] = p->order[k];
        p->order[k] = was;
    }
    for (uint32_t i = 0; i < ROWS; i++) {
        struct incident in = public_row(sc, p, p->order[i]);
        town_add(sc, &p->t, &in);
    }
    if (version != OTHER) hide_all(sc, p);
    if (version == ONE_MORE) {
        struct incident in = town_incident(&p->t, "one more", town_point(&p->t, 3.3, 2.7));
        in.from_s = attack_wall(2014, 3, 3);
        in.to_s = in.from_s + 59;
        town_add(sc, &p->t, &in);
    }
    attack_import(sc, &p->t);
    attack_publish(sc, &p->t, NULL, attack_wall(2015, 6, 1), 1);
}

// -- questions --------------------------------------------------------------------------------------------------------

static void ask_where(struct buf *b, uint64_t *seed)
{
    double w = 22.20 + (double)attack_below(seed, 200) / 1000,
           s = 48.55 + (double)attack_below(seed, 120) / 1000,
           e = w + 0.001 + (double)attack_below(seed, 100) / 1000,
           n = s + 0.001 + (double)attack_below(seed, 60) / 1000;
    switch (attack_below(seed, 4)) {
    case 0:
        buf_printf(b, "&bbox=%.4f,%.4f,%.4f,%.4f", w, s, e, n);
        return;
    case 1:
        buf_printf(b, "&poly=%.5f,%.5f:%.5f,%.5f:%.5f,%.5f:%.5f,%.5f", s, w, n, w + 0.003, (s + n) / 2, e, s,
                   e);
        return;
    case 2:
        buf_printf(b, "&area=beat:%03u", (unsigned)attack_below(seed, TOWN_BEATS));
        return;
    default:
        return;
    }
}

static void ask_what(struct buf *b, uint64_t *seed)
{
    static const char *const kinds[] = { "theft", "burglary", "drugs", "theft,drugs", "iccs-5" };
    unsigned                 from = (unsigned)attack_below(seed, 24);
    if (attack_below(seed, 3)) buf_printf(b, "&cat=%s", kinds[attack_below(seed, COUNT(kinds))]);
    if (attack_below(seed, 2))
        buf_printf(b, "&from=%u-%02u-%02u", HALF_FIRST + from / 12, from % 12 + 1,
                   1 + (unsigned)attack_below(seed, 28));
    if (attack_below(seed, 2))
        buf_printf(b, "&to=%u-%02u", HALF_FIRST + 2, 1 + (unsigned)attack_below(seed, 6));
    if (!attack_below(seed, 4)) buf_printf(b, "&hours=%u-5", (unsigned)attack_below(seed, 24));
    if (!attack_below(seed, 5)) buf_printf(b, "&days=fri-sun");
    if (!attack_below(seed, 5)) buf_printf(b, "&outcome=charged");
}

/// Any route of the server that a release answers, with a filter where it takes one.
static const char *question(struct scope *sc, uint64_t *seed)
{
    static const char *const  plain[] = { "/v1/release",
                                          "/v1/releases",
                                          "/v1/by-area",
                                          "/v1/by-area.csv",
                                          "/by-area",
                                          "/areas",
                                          "/data",
                                          "/method",
                                          "/about",
                                          "/v1/areas/beat",
                                          "/v1/areas/district",
                                          "/v1/areas/beat.geojson",
                                          "/data/1/manifest.json",
                                          "/data/1/public.index",
                                          "/healthz" };
    static const char *const  asked[] = { "/v1/counts?by=category",
                                          "/v1/counts?by=month",
                                          "/v1/counts?by=hourweek",
                                          "/v1/counts?by=area:beat",
                                          "/v1/counts?by=area:district",
                                          "/v1/facets?",
                                          "/v1/places?bbox=22.25,48.60,22.33,48.64",
                                          "/v1/density?",
                                          "/v1/incidents?limit=40",
                                          "/v1/incidents.csv?",
                                          "/v1/incidents.geojson?",
                                          "/picture.svg?",
                                          "/v1/compare/beat?",
                                          "/v1/areas/beat/014?",
                                          "/?",
                                          "/areas/beat?",
                                          "/areas/district/N?",
                                          "/compare?",
                                          "/v1/counts?by=outcome",
                                          "/embed?" };
    static const char *const  layers[] = { "incidents/%u/%u/%u.mvt?",      "areas-beat/%u/%u/%u.mvt?",
                                           "areas-district/%u/%u/%u.mvt?", "base/%u/%u/%u.mvt?",
                                           "counts/%u/%u/%u.grid?",        "density/%u/%u/%u.png?" };
    static const char *const  words[] = { "beat", "north", "house", "theft", "other", "assault", "3" };
    static const char *const  langs[] = { "en", "cs", "uk" };
    AUTO(buf_free) struct buf b;
    unsigned                  is = (unsigned)attack_below(seed, 20);
    buf_init(&b, 8192);
    if (is == 0) {
        buf_printf(&b, "%s?lang=%s", plain[attack_below(seed, COUNT(plain))], langs[attack_below(seed, 3)]);
        return arena_cstr(sc->mem, buf_str(&b));
    }
    if (is == 1) {
        buf_printf(&b, "/v1/search?q=%s", words[attack_below(seed, COUNT(words))]);
        return arena_cstr(sc->mem, buf_str(&b));
    }
    if (is < 8) {
        unsigned     z = 8 + (unsigned)attack_below(seed, 8);
        struct point p = mercator_of(22.24 + (double)attack_below(seed, 130) / 1000,
                                     48.57 + (double)attack_below(seed, 90) / 1000);
        const char  *layer = layers[attack_below(seed, COUNT(layers))];
        buf_printf(&b, "/tiles/1/");
        const char *name = strchr(layer, '/'), *ext = strrchr(layer, '.');
        buf_printf(&b, "%.*s/%u/%u/%u%s", (int)(name - layer), layer, z, p.x >> (32 - z), p.y >> (32 - z),
                   ext);
    } else {
        buf_printf(&b, "%s", asked[attack_below(seed, COUNT(asked))]);
    }
    ask_what(&b, seed);
    if (!memmem(b.p, b.n, "bbox=", 5)) ask_where(&b, seed);
    char *target = arena_cstr(sc->mem, buf_str(&b)), *first = target ? strstr(target, "?&") : NULL;
    if (first) memmove(first + 1, first + 2, strlen(first + 2) + 1);
    return target;
}

/// An answer without the date of day, which the two were not given at the same moment.
static str told(struct scope *sc, const struct answer *a)
{
    AUTO(buf_free) struct buf b;
    str                       rest = a->head, line;
    buf_init(&b, (size_t)64 << 20);
    while (str_cut(&rest, '\n', &line))
        if (!str_starts(line, S("Date:"))) buf_add(&b, line), buf_add_c(&b, '\n');
    buf_add(&b, a->body);
    return arena_str(sc->mem, buf_str(&b));
}

struct tally {
    size_t  asked, answered, differ;
    double *ms[2]; // [asked] how long each took
    str     first; // question that was answered differently
};

static double ms_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void compare(struct scope *sc, const struct served s[2], size_t n, uint64_t seed, struct tally *out)
{
    for (size_t i = 0; i < n; i++) {
        struct arena_mark before = arena_mark(sc->mem);
        const char       *target = question(sc, &seed);
        struct answer     a[2];
        size_t            first = attack_below(&seed, 2);
        for (size_t k = 0; k < 2; k++) {
            size_t which = k ^ first;
            double begin = ms_now();
            a[which] = client_get(sc, s[which].port, target);
            if (out->ms[which]) out->ms[which][out->asked] = ms_now() - begin;
        }
        out->asked++;
        out->answered += a[0].status == 200;
        ok(a[0].status && a[0].status < 500, "%s: %d", target, a[0].status);
        bool same = str_eq(told(sc, &a[0]), told(sc, &a[1]));
        if (same || out->differ++) {
            arena_back(sc->mem, before);
            continue;
        }
        out->first = str_of(target); // the first that differs stays in memory
    }
}

/// The probability that two samples of one distribution are so far apart (Kolmogorov and Smirnov; Press et al. 1992, 14.3).
static int by_ms(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static double ks(double *a, double *b, size_t n)
{
    double d = 0, p = 0, sign = 2;
    qsort(a, n, sizeof *a, by_ms);
    qsort(b, n, sizeof *b, by_ms);
    for (size_t i = 0, k = 0; i < n && k < n;) {
        if (a[i] <= b[k]) i++;
        else k++;
        d = fmax(d, fabs((double)i - (double)k) / (double)n);
    }
    double root = sqrt((double)n / 2), l = (root + 0.12 + 0.11 / root) * d;
    for (int j = 1; j <= 100; j++, sign = -sign) p += sign * exp(-2 * l * l * j * j);
    return l < 0.2 ? 1 : fmin(1, fmax(0, p));
}

static bool same_file(struct scope *sc, const struct pair_town p[2], const char *name)
{
    str made[2];
    for (int i = 0; i < 2; i++)
        ok_err(sc,
               file_read(sc, arena_printf(sc->mem, "%s/releases/1/%s", p[i].t.dir, name).p, (size_t)1 << 28,
                         &made[i]),
               OK);
    return str_eq(made[0], made[1]);
}

static void attack(enum version other, size_t n, bool timed, bool *files, struct tally *out, double *p_value)
{
    struct scope      sc = test_scope();
    struct pair_town *p = arena_array(sc.mem, struct pair_town, 2);
    struct served     s[2];
    make(&sc, &p[0], PLAIN, NULL);
    make(&sc, &p[1], other, p[0].t.dir);
    *files = same_file(&sc, p, "public.index") && same_file(&sc, p, "manifest.json");
    for (int i = 0; i < 2 && timed; i++) out->ms[i] = arena_array(sc.mem, double, n);
    // A server that was opened first is a little slower or faster than the other for good: so they take turns.
    for (uint64_t round = 0; round < ROUNDS; round++) {
        size_t first = round % 2;
        attack_serve(&sc, p[first].t.dir, &s[first]);
        attack_serve(&sc, p[!first].t.dir, &s[!first]);
        compare(&sc, s, n / ROUNDS, test_seed() + round, out);
        for (int i = 0; i < 2; i++) attack_unserve(&s[i]);
    }
    if (out->differ) print_message("# first that differs: %.*s\n", STR(out->first));
    if (timed) *p_value = ks(out->ms[0], out->ms[1], out->asked);
    for (int i = 0; i < 2; i++) {
        town_close(&p[i].t);
        test_dir_end(&sc, p[i].t.dir);
    }
    test_scope_end(&sc);
}

static void what_is_withheld_changes_nothing(void **state)
{
    (void)state;
    size_t       n = attack_is_long() ? 100000 : 2000;
    struct tally got = { 0 }, leak = { 0 };
    bool         files, leaking;
    double       p = 1, none;
    attack(ONE_MORE, n / 10, false, &leaking, &leak, &none);
    ok(!leaking && leak.differ > 0, "one public theft more is found: %zu of %zu answers differ", leak.differ,
       leak.asked);
    attack(OTHER, n, attack_is_long(), &files, &got, &p);
    ok(got.answered > got.asked * 8 / 10, "%zu of %zu questions were answered", got.answered, got.asked);
    attack_verdict("T1", files && !got.differ && p > 0.01,
                   "two stores, %zu questions: %zu answers differ, public files %s, times alike with p "
                   "%s%.3f; one public "
                   "theft more changes %zu of %zu",
                   got.asked, got.differ, files ? "the same" : "differ",
                   attack_is_long() ? "" : "(not measured) ", p, leak.differ, leak.asked);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_withheld_changes_nothing) };
TEST_MAIN(tests)
