// SPDX-License-Identifier: EUPL-1.2
// T4, the audit of tables: of each cell that is not published, which values can it have, given all that is?
// Counts by area: the groups of one telling hold each area once, so a cell in a group of several is bounded by the group's
// count alone, from 0 to all of it, and no other table counts the same incidents (points are of other kinds, and sets of
// areas other than the one that counts are told for do not occur). That is what linear programming would say. But the
// attacker has the program, too: he knows that a group was not cut, and so what its halves cannot have been. Therefore each
// value of a cell is tried: is there a town with it of which the program tells the same groups?
// Tables of points: a row is public or stands in no sum, so that nothing is left when cells are subtracted from totals.
// Calibration: 5 x 4 tables with margins and counts of 1 to 4 left out. There the values that a cell can have are found by
// flows (such tables are totally unimodular, so whole numbers and linear programming agree), and half are one value alone.
#include "attack.h"

#include "publish/partition.h"
#include <jansson.h>

enum { LEAST = 10, MAX_AREAS = 36 };

// -- counts by area ---------------------------------------------------------------------------------------------------

struct tally {
    size_t       n;
    struct point label[MAX_AREAS];
    uint64_t     count[MAX_AREAS];
    double       size[MAX_AREAS];
};
struct audit {
    size_t cells, narrow, proven; // not published; with fewer than LEAST values; surely 1 to LEAST - 1
    size_t groups, none;          // told, and of nobody
};

static bool tells_group(const struct tally *c, const struct group *g)
{
    struct scope  sc = { .mem = arena_open(1 << 20) };
    struct group *group;
    size_t        n;
    bool          same = false;
    ok_err(&sc, partition(&sc, c->label, c->count, c->size, c->n, LEAST, 1, &group, &n), OK);
    for (size_t i = 0; i < n; i++)
        same = same || (group[i].n == g->n && !memcmp(group[i].area, g->area, g->n * sizeof *g->area));
    arena_close(sc.mem);
    return same;
}

/// Is there a town in which area `at` of the group has `value`, and the rest stands in one or two of the others, that tells
/// the same? What is not found is taken for impossible, which is to the attacker's favour.
static bool can_be(const struct tally *c, const struct group *g, size_t at, uint64_t value)
{
    struct tally town = *c;
    for (size_t i = 0; i < g->n; i++) town.count[g->area[i]] = 0;
    town.count[g->area[at]] = value;
    uint64_t rest = g->count - value, step = g->n > 4 && rest > 4 ? rest / 4 : 1;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->n; k++) {
            if (i == at || k == at || (i == k && g->n > 2)) continue;
            for (uint64_t first = 0; first <= rest; first += step) {
                town.count[g->area[i]] = town.count[g->area[k]] = 0;
                town.count[g->area[i]] = first;
                town.count[g->area[k]] += rest - first;
                if (i == k) town.count[g->area[i]] = rest;
                if (tells_group(&town, g)) return true;
                if (i == k) break;
            }
        }
    return false;
}

static void audit_group(const struct tally *c, const struct group *g, struct audit *out)
{
    out->groups++;
    out->none += !g->count;
    for (size_t at = 0; g->n > 1 && g->count && at < g->n; at++) {
        uint64_t values = 0;
        bool     beyond = false; // 0, or LEAST and more
        for (uint64_t v = 0; v <= g->count && (values < LEAST || !beyond); v++) {
            if (!can_be(c, g, at, v)) continue;
            values++;
            beyond = beyond || !v || v >= LEAST;
        }
        out->cells++;
        out->narrow += values < LEAST;
        out->proven += !beyond;
    }
}

static void audit_town(uint64_t *seed, struct audit *out)
{
    struct scope  sc = test_scope();
    struct tally  c = { .n = 4 + attack_below(seed, 13) };
    struct group *group;
    size_t        n;
    double        mean = 0.3 + (double)attack_below(seed, 60) / 10;
    for (size_t i = 0; i < c.n; i++) {
        c.label[i] = (struct point){ (uint32_t)test_random(seed), (uint32_t)test_random(seed) };
        c.count[i] = attack_below(seed, 4) ? attack_poisson(seed, mean) : 0;
        c.size[i] = 1;
    }
    if (!partition(&sc, c.label, c.count, c.size, c.n, LEAST, 1, &group, &n))
        for (size_t i = 0; i < n; i++) audit_group(&c, &group[i], out);
    test_scope_end(&sc);
}

// -- tables with margins ----------------------------------------------------------------------------------------------

enum { LINES = 5, COLUMNS = 4, FEW = 4 };
struct table {
    unsigned cell[LINES][COLUMNS];
};

/// One unit more through the free cells from line i, by augmenting paths.
static bool push(int room[LINES][COLUMNS], int flow[LINES][COLUMNS], int left[COLUMNS], int i,
                 bool seen[COLUMNS])
{
    for (int k = 0; k < COLUMNS; k++) {
        if (flow[i][k] >= room[i][k] || seen[k]) continue;
        seen[k] = true;
        bool free = left[k] > 0;
        if (free) left[k]--;
        for (int other = 0; other < LINES && !free; other++) {
            if (other == i || !flow[other][k]) continue;
            flow[other][k]--;
            free = push(room, flow, left, other, seen);
            if (!free) flow[other][k]++;
        }
        if (!free) continue;
        flow[i][k]++;
        return true;
    }
    return false;
}

/// Can the cell of a table of which cells of 1 to FEW are not told have this value, by all the margins?
static bool margins_allow(const struct table *t, int line, int column, unsigned value)
{
    int room[LINES][COLUMNS] = { 0 }, flow[LINES][COLUMNS] = { 0 }, want[LINES] = { 0 },
        left[COLUMNS] = { 0 };
    for (int i = 0; i < LINES; i++)
        for (int k = 0; k < COLUMNS; k++) {
            unsigned v = t->cell[i][k];
            if (!v || v > FEW) continue;
            bool own = i == line && k == column;
            int  rest = (int)v - (own ? (int)value : 1); // of the margins, without the least that it holds
            want[i] += rest;
            left[k] += rest;
            room[i][k] = own ? 0 : FEW - 1;
        }
    for (int i = 0; i < LINES; i++) {
        if (want[i] < 0) return false;
        for (; want[i] > 0; want[i]--) {
            bool seen[COLUMNS] = { 0 };
            if (!push(room, flow, left, i, seen)) return false;
        }
    }
    for (int k = 0; k < COLUMNS; k++)
        if (left[k]) return false;
    return true;
}

static void naive_tables(uint64_t *seed, size_t tables, size_t *cells, size_t *exact)
{
    for (size_t n = 0; n < tables; n++) {
        struct table t;
        for (int i = 0; i < LINES; i++)
            for (int k = 0; k < COLUMNS; k++)
                t.cell[i][k] = attack_poisson(seed, 1 + (double)attack_below(seed, 9));
        for (int i = 0; i < LINES; i++)
            for (int k = 0; k < COLUMNS; k++) {
                unsigned values = 0;
                if (!t.cell[i][k] || t.cell[i][k] > FEW) continue;
                for (unsigned v = 1; v <= FEW; v++) values += margins_allow(&t, i, k, v);
                ok(values > 0, "the truth is possible");
                ++*cells;
                *exact += values == 1;
            }
    }
}

static void no_cell_can_be_worked_out(void **state)
{
    (void)state;
    uint64_t     seed = test_seed();
    struct audit a = { 0 };
    size_t       cells = 0, exact = 0;
    for (int i = 0; i < (attack_is_long() ? 4000 : 150); i++) audit_town(&seed, &a);
    naive_tables(&seed, attack_is_long() ? 2000 : 300, &cells, &exact);
    double share = (double)exact / (double)cells;
    ok(share > 0.4, "of naive tables %.3f are recovered", share);
    ok(a.cells > 200, "%zu cells", a.cells);
    attack_verdict("T4", !a.narrow && !a.proven,
                   "%zu groups by area (%zu of nobody), %zu cells not published: %zu with fewer than %d "
                   "values, %zu proven 1 "
                   "to %d; 5 x 4 tables with margins: %.3f of %zu recovered exactly",
                   a.groups, a.none, a.cells, a.narrow, LEAST, a.proven, LEAST - 1, share, cells);
}

// -- tables of points -------------------------------------------------------------------------------------------------

static uint64_t sum_of(struct scope *sc, int port, const char *by, uint64_t *total)
{
    struct answer a = client_get(sc, port, arena_printf(sc->mem, "/v1/counts?by=%s", by).p);
    json_t       *all = json_loadb(a.body.p, a.body.n, JSON_REJECT_DUPLICATES, NULL), *row;
    uint64_t      sum = 0;
    size_t        i;
    ok(a.status == 200 && all, "%s: %d", by, a.status);
    json_array_foreach(json_object_get(all, "rows"), i, row) sum +=
        (uint64_t)json_integer_value(json_object_get(row, "count"));
    *total = (uint64_t)json_integer_value(json_object_get(all, "total"));
    json_decref(all);
    return sum;
}

/// A town of points and of what is told by area, in the same beats and months.
static void totals_hold_nothing_else(void **state)
{
    (void)state;
    struct scope             sc = test_scope();
    struct town              t = town_open(&sc, test_dir(&sc));
    uint64_t                 seed = test_seed(), points = 0, total;
    struct served            s;
    struct slow_index        ix;
    static const char *const tables[] = { "category", "month",     "day",          "hourweek",
                                          "outcome",  "area:beat", "area:district" };
    for (int i = 0; i < 1500; i++) {
        struct incident in = town_incident(&t, arena_printf(sc.mem, "%d", i).p,
                                           town_point(&t, (double)attack_below(&seed, 600) / 100,
                                                      (double)attack_below(&seed, 600) / 100));
        int             category = (int)attack_below(&seed, 6);
        in.category = t.category[category];
        in.from_s -= (int64_t)attack_below(&seed, 700) * DAY_S;
        in.to_s = in.from_s + 59;
        town_add(&sc, &t, &in);
        points += category <= CAT_DRUGS;
    }
    attack_import(&sc, &t);
    attack_publish(&sc, &t, NULL, attack_wall(2016, 12, 1), 1);
    attack_read(&sc, t.dir, 1, &ix);
    attack_serve(&sc, t.dir, &s);
    ok_i64(ix.n, points);
    for (size_t i = 0; i < COUNT(tables); i++) {
        ok_i64(sum_of(&sc, s.port, tables[i], &total), points);
        ok_i64(total, points);
    }
    attack_verdict("T4", true, "%zu tables of %llu points: nothing is left of any total", COUNT(tables),
                   (unsigned long long)points);
    attack_unserve(&s);
    town_close(&t);
    test_dir_end(&sc, t.dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_cell_can_be_worked_out),
    cmocka_unit_test(totals_hold_nothing_else),
};
TEST_MAIN(tests)
