// SPDX-License-Identifier: EUPL-1.2
#include "demo/incidents.h"

#include "base/arena.h"
#include "base/civil.h"
#include "demo/demo.h"
#include "demo/random.h"

enum { HOT_PLACES = 900, WAITING = 4096, RHYTHMS = 6 };

enum rhythm { NIGHTS, SHOPPING, WORKING, TRAFFIC, EVENINGS, FLAT };
struct kind {
    enum demo_feed_kind feed;
    const char         *code;
    double              share; // of all incidents
    enum rhythm         rhythm;
    double              reach_m;  // how far from the market square hot places lie (e-folding)
    double              zipf;     // exponent of the law over its hot places
    double              summer;   // July against January
    double              per_year; // trend
    double              repeats;  // share that is a near repeat of an earlier one
    double              cleared;
};
// clang-format off
static const struct kind kinds[] = {
    { FEED_POLICE,  "1",  0.075, NIGHTS,    1125, 0.84, 1.25, 0.99, 0,    0.62 }, // violent
    { FEED_POLICE,  "13", 0.012, FLAT,      3000, 0.50, 1.10, 1.00, 0,    0.30 }, // fires
    { FEED_POLICE,  "18", 0.085, WORKING,   2850, 0.59, 0.92, 0.94, 0.32, 0.17 }, // burglary
    { FEED_POLICE,  "35", 0.190, SHOPPING,  1275, 0.88, 1.05, 0.97, 0,    0.28 }, // theft
    { FEED_POLICE,  "54", 0.070, SHOPPING,  2250, 0.42, 1.00, 1.09, 0,    0.21 }, // fraud
    { FEED_POLICE,  "55", 0.060, NIGHTS,    1950, 0.63, 1.12, 0.98, 0.08, 0.19 }, // other property
    { FEED_POLICE,  "63", 0.015, NIGHTS,    1875, 0.50, 1.10, 1.00, 0,    0.55 }, // generally dangerous
    { FEED_POLICE,  "79", 0.100, TRAFFIC,   2625, 0.71, 1.10, 1.01, 0,    0.80 }, // traffic accidents
    { FEED_POLICE,  "80", 0.035, EVENINGS,  1200, 0.88, 1.00, 1.04, 0,    0.86 }, // drugs
    { FEED_POLICE,  "84", 0.004, FLAT,      2625, 0.34, 1.00, 1.05, 0,    0.75 }, // weapons
    { FEED_POLICE,  "96", 0.002, EVENINGS,  1500, 0.42, 1.00, 1.00, 0,    0.45 }, // extremism
    { FEED_POLICE,  "97", 0.120, EVENINGS,  1425, 0.80, 1.35, 0.99, 0,    0.58 }, // misdemeanours
    { FEED_WARDENS, "Anti-social behaviour",     0.130, EVENINGS,  1425, 0.84, 1.55, 1.00, 0,    0 },
    { FEED_WARDENS, "Bicycle theft",             0.034, SHOPPING,  1200, 0.88, 2.40, 1.03, 0.05, 0.06 },
    { FEED_WARDENS, "Criminal damage and arson", 0.040, NIGHTS,    1950, 0.59, 1.10, 0.97, 0.05, 0.14 },
    { FEED_WARDENS, "Vehicle crime",             0.028, NIGHTS,    2250, 0.55, 0.95, 0.95, 0.15, 0.08 },
};
// Weight of each hour, 0 to 23.
static const unsigned char hours[RHYTHMS][24] = {
    [NIGHTS]   = { 58, 52, 47, 38, 22, 12,  8, 10, 12, 14, 16, 18, 20, 20, 21, 23, 26, 30, 36, 42, 50, 58, 64, 63 },
    [SHOPPING] = {  6,  4,  3,  2,  2,  3,  5, 10, 22, 36, 46, 52, 54, 52, 54, 58, 62, 58, 44, 28, 18, 13, 10,  8 },
    [WORKING]  = { 24, 26, 28, 24, 18, 12, 14, 24, 36, 44, 46, 44, 40, 40, 42, 40, 36, 32, 34, 36, 34, 30, 28, 26 },
    [TRAFFIC]  = {  6,  5,  4,  4,  6, 12, 28, 58, 60, 42, 38, 40, 44, 46, 52, 60, 66, 58, 42, 30, 22, 17, 13,  9 },
    [EVENINGS] = { 30, 22, 16, 10,  6,  4,  5,  8, 12, 16, 20, 24, 26, 28, 32, 38, 44, 50, 56, 60, 62, 58, 50, 40 },
    [FLAT]     = { 28, 24, 22, 20, 20, 22, 26, 32, 38, 42, 44, 46, 46, 46, 46, 48, 48, 46, 44, 44, 42, 40, 36, 32 },
};
// Weight of each weekday, Monday first.
static const unsigned char weekdays[RHYTHMS][7] = {
    [NIGHTS]   = {  80,  78,  82,  90, 125, 165, 140 },
    [SHOPPING] = { 102, 100, 100, 104, 118, 112,  64 },
    [WORKING]  = { 104, 104, 102, 104, 112,  92,  82 },
    [TRAFFIC]  = { 108, 106, 106, 108, 124,  82,  66 },
    [EVENINGS] = {  90,  88,  92,  98, 116, 122,  94 },
    [FLAT]     = { 100, 100, 100, 100, 100, 100, 100 },
};
// clang-format on
enum { KINDS = COUNT(kinds), MISDEMEANOUR = 11 /* comes with another type now and then */ };

struct repeat {
    int32_t  day;
    uint32_t address;
    int      kind;
};

struct happenings {
    const struct town *town;
    uint64_t           random;
    uint32_t           number;
    int32_t            day, last_day;
    double             daily; // incidents a day, all kinds, without season and trend
    double             hour_total[RHYTHMS][24];
    uint32_t          *hot[KINDS];       // [HOT_PLACES] addresses, hottest first
    double            *hot_total[KINDS]; // [HOT_PLACES] running totals of the law
    struct repeat      waiting[WAITING]; // near repeats that are still to come, unordered
    uint32_t           n_waiting;
    int                kind; // of the current day: what is still to be told
    uint32_t           left;
};

static enum err choose_hot_places(struct scope *sc, struct happenings *h, int k)
{
    h->hot[k] = arena_array(sc->mem, uint32_t, HOT_PLACES);
    h->hot_total[k] = arena_array(sc->mem, double, HOT_PLACES);
    if (!h->hot[k] || !h->hot_total[k]) return fail(&sc->fault, ERR_NOMEM, "no room for hot places");
    double total = 0;
    for (int i = 0; i < HOT_PLACES; i++) {
        uint32_t a; // nearer places are likelier; the wait is bounded because every place has a chance
        do a = random_below(&h->random, h->town->n_addresses);
        while (random_unit(&h->random) > 0.006 + exp(-h->town->address[a].centre / kinds[k].reach_m));
        h->hot[k][i] = a;
        h->hot_total[k][i] = total += pow(i + 1, -kinds[k].zipf);
    }
    return OK;
}

enum err happenings_open(struct scope *sc, const struct town *t, uint64_t seed, uint32_t about,
                         struct happenings **out)
{
    struct happenings *h = arena_new(sc->mem, struct happenings);
    if (!h) return fail(&sc->fault, ERR_NOMEM, "no room for the demo town's incidents");
    h->town = t;
    h->random = seed;
    h->day = civil_day(DEMO_FIRST_YEAR, 1, 1);
    h->last_day = civil_day(DEMO_FIRST_YEAR + DEMO_YEARS - 1, 12, 31);
    h->daily = (double)about / (h->last_day - h->day + 1);
    h->kind = -1;
    for (int r = 0; r < RHYTHMS; r++) {
        double total = 0;
        for (int i = 0; i < 24; i++) h->hour_total[r][i] = total += hours[r][i];
    }
    for (int k = 0; k < KINDS; k++) TRY(choose_hot_places(sc, h, k));
    *out = h;
    return OK;
}

/// How many of a kind happen on a day: Poisson by Knuth's product for small means, normal for large ones.
static uint32_t how_many(struct happenings *h, int kind, int32_t day)
{
    const struct kind *k = &kinds[kind];
    struct civil       c = civil_of_day(day);
    double             season = 1 + (k->summer - 1) / (k->summer + 1) * cos(2 * M_PI * (c.month - 7) / 12.0);
    double             mean = h->daily * k->share * season * pow(k->per_year, c.year - DEMO_FIRST_YEAR);
    mean *= weekdays[k->rhythm][civil_weekday(day)] / 100.0 * (1 - k->repeats / 2);
    if (mean > 40) return (uint32_t)fmax(0, round(mean + sqrt(mean) * random_normal(&h->random)));
    double   product = random_unit(&h->random), floor = exp(-mean);
    uint32_t n = 0;
    for (; product > floor; n++) product *= random_unit(&h->random);
    return n;
}

static uint32_t some_place(struct happenings *h, int kind)
{
    if (random_unit(&h->random) < 0.3) return random_below(&h->random, h->town->n_addresses);
    return h->hot[kind][random_pick(&h->random, h->hot_total[kind], HOT_PLACES)];
}

static void expect_repeat(struct happenings *h, int kind, uint32_t address)
{
    if (h->n_waiting == WAITING || random_unit(&h->random) > kinds[kind].repeats) return;
    // Addresses are numbered along the streets, so a neighbour in number is a neighbour in space.
    int64_t near = (int64_t)address + (int64_t)random_below(&h->random, 13) - 6;
    if (near < 0 || near >= h->town->n_addresses) return;
    int32_t day = h->day + 1 + (int32_t)(-4.5 * log(1 - random_unit(&h->random)));
    h->waiting[h->n_waiting++] = (struct repeat){ day, (uint32_t)near, kind };
}

static bool due_repeat(struct happenings *h, int *kind, uint32_t *address)
{
    for (uint32_t i = 0; i < h->n_waiting; i++) {
        if (h->waiting[i].day > h->day) continue;
        *kind = h->waiting[i].kind;
        *address = h->waiting[i].address;
        h->waiting[i] = h->waiting[--h->n_waiting];
        return true;
    }
    return false;
}

bool happenings_next(struct happenings *h, struct happening *out)
{
    int      kind;
    uint32_t address;
    while (!h->left) {
        if (h->kind < 0 && due_repeat(h, &kind, &address)) goto told;
        if (++h->kind == KINDS) {
            h->kind = -1;
            if (++h->day > h->last_day) return false;
            continue;
        }
        h->left = how_many(h, h->kind, h->day);
    }
    h->left--;
    kind = h->kind;
    address = some_place(h, kind);
told:
    expect_repeat(h, kind, address);
    const struct kind *k = &kinds[kind];
    double             luck = random_unit(&h->random);
    int                hour = (int)random_pick(&h->random, h->hour_total[k->rhythm], 24);
    // Half of all times are told to the quarter of an hour, as people remember them.
    int                minute = random_u64(&h->random) & 1 ? (int)random_below(&h->random, 4) * 15
                                                           : (int)random_below(&h->random, 60);
    *out = (struct happening){
        .number = ++h->number,
        .feed = k->feed,
        .code = k->code,
        .second =
            k->feed == FEED_POLICE && kind != MISDEMEANOUR && luck < 0.01 ? kinds[MISDEMEANOUR].code : NULL,
        .wall_s = (int64_t)h->day * DAY_S + hour * HOUR_S + minute * 60,
        .address = address,
        .outcome = luck < k->cleared          ? 1
                   : luck < k->cleared + 0.35 ? 2
                                              : 0,
        .not_the_place = random_unit(&h->random) < 0.004,
    };
    return true;
}
