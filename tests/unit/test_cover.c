// SPDX-License-Identifier: EUPL-1.2
// Who goes along: four for each that turned, of its kind, near in time and place, and each as likely; and where several of one place
// turned, four other places.
#include "publish/cover_split.h"

#include "check.h"
#include <math.h>

enum { MOST = 4000 };

static struct cover_row row_of(uint32_t line, int month, uint32_t near, bool turned, int64_t id)
{
    return (struct cover_row){
        .line = line, .month = month, .near = near, .turned = turned, .incident = id, .fact = (uint64_t)id
    };
}

static uint64_t lacking_of(struct cover_row *row, size_t n)
{
    struct cover_short lacks;
    ok(cover_choose(row, n, &lacks), "there is memory");
    return lacks.rows;
}

static void four_for_each_or_all(void **state)
{
    (void)state;
    static struct cover_row row[MOST];
    uint64_t                seed = test_seed();
    size_t                  full = 0, short_of = 0;
    for (int round = 0; round < 300; round++) {
        size_t   n = 1 + test_random(&seed) % MOST, turned[4] = { 0 }, along[4] = { 0 }, all[4] = { 0 };
        uint64_t rare = 2 + test_random(&seed) % 8, want = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t line = (uint32_t)(test_random(&seed) % 4 % (1 + test_random(&seed) % 4));
            row[i] = row_of(line, (int)(test_random(&seed) % 30), (uint32_t)(test_random(&seed) % 9),
                            !(test_random(&seed) % rare), (int64_t)i);
        }
        uint64_t lacking = lacking_of(row, n);
        for (size_t i = 0; i < n; i++) {
            ok(!(row[i].along && row[i].turned), "nobody goes along with themselves");
            all[row[i].line]++;
            turned[row[i].line] += row[i].turned;
            along[row[i].line] += row[i].along;
        }
        for (int k = 0; k < 4; k++) {
            size_t others = all[k] - turned[k], four = 4 * turned[k];
            ok_i64(along[k], four < others ? four : others);
            want += four - along[k];
            *(four > others ? &short_of : &full) += 1;
        }
        ok_i64(lacking, want);
    }
    ok(full > 100 && short_of > 100, "both are seen: %zu, %zu", full, short_of);
}

static struct cover_row any_row(uint64_t *seed, uint64_t rare, int64_t id)
{
    struct cover_row row = row_of((uint32_t)(test_random(seed) % 3), (int)(test_random(seed) % 6), 0,
                                  !(test_random(seed) % rare), id);
    row.said = test_random(seed) % 3;
    row.by_said = row.turned && test_random(seed) % 2;
    row.changed = (uint8_t)(test_random(seed) % 3 ? 0 : 1 << test_random(seed) % 4);
    row.own = 1 | 8;
    if (row.turned) row.changed |= (uint8_t)(test_random(seed) % 2 ? 1 : 0);
    row.again = !(test_random(seed) % 5);
    row.slice = test_random(seed) % 3;
    row.touched = row.month % 2;
    return row;
}

static bool same_line(const struct cover_row *a, const struct cover_row *b, const struct cover_parts *p)
{
    return (a->line < p->first ? a->line : p->of[a->line - p->first]) ==
           (b->line < p->first ? b->line : p->of[b->line - p->first]);
}

/// Each part has four others for each that turned in it, or is all there is.
static void check_parts(const struct cover_row *row, size_t n, const struct cover_parts *p,
                        const size_t all[3], size_t *parted, size_t *whole)
{
    size_t *rows = calloc(3 * (p->n + 1), sizeof *rows), *want = rows + p->n, *free_rows = want + p->n;
    size_t  parts_of[3] = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (row[i].line < p->first) continue;
        size_t k = row[i].line - p->first;
        rows[k]++, free_rows[k] += !row[i].turned && !row[i].along;
        want[k] += row[i].turned ? (size_t)COVER_EACH - row[i].has : 0;
        ok(row[i].has <= COVER_EACH && (row[i].turned || !row[i].has), "what goes along with it");
    }
    for (size_t k = 0; k < p->n; k++) parts_of[p->of[k]]++;
    for (size_t k = 0; k < p->n; k++) {
        uint32_t line = p->of[k];
        bool     enough = free_rows[k] >= want[k];
        ok(enough || (parts_of[line] == 1 && rows[k] == all[line]), "%zu of %zu wanted, of %zu in %zu",
           want[k], rows[k], all[line], parts_of[line]);
        *parted += parts_of[line] > 1, *whole += !enough;
    }
    free(rows);
}

/// And they hold together what is seen to be alike.
static void parts_have_cover(void **state)
{
    (void)state;
    static struct cover_row row[MOST];
    uint64_t                seed = test_seed();
    size_t                  parted = 0, whole = 0;
    for (int round = 0; round < 300; round++) {
        size_t             n = 1 + test_random(&seed) % 600, turned[3] = { 0 }, all[3] = { 0 }, ids = 0;
        uint64_t           rare = 4 + test_random(&seed) % 60;
        struct cover_parts parts;
        for (size_t i = 0; i < n; i++) {
            row[i] = any_row(&seed, rare, (int64_t)i);
            all[row[i].line]++, turned[row[i].line] += row[i].turned;
        }
        ok(cover_split(row, n, 3, &parts), "there is memory");
        for (size_t i = 0; i < n; i++) {
            ids += (size_t)row[i].incident;
            ok(row[i].line < 3 ? !turned[row[i].line] : row[i].line - 3 < parts.n, "a line of its own");
            for (size_t k = 0; k < i && k < 40; k++) {
                const struct cover_row *a = &row[i], *b = &row[k];
                bool like = a->said == b->said && a->changed == b->changed && a->again == b->again &&
                            a->month == b->month && a->slice == b->slice;
                ok(!like || !same_line(a, b, &parts) || a->line == b->line,
                   "two that are alike are of one part");
            }
        }
        ok_i64(ids, n * (n - 1) / 2);
        check_parts(row, n, &parts, all, &parted, &whole);
        free(parts.of);
    }
    ok(parted > 100 && whole > 10, "both are seen: %zu, %zu", parted, whole);
}

/// Rows of a line for one case: so many of a month, of which so many turned.
struct some {
    int      n, turned, month;
    unsigned changed, said;
    bool     by_said;
    uint64_t place;
};

/// As the public sees it: of a month others changed.
static void touch_months(struct cover_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            row[i].touched |= row[k].month == row[i].month && !row[k].turned && row[k].changed;
}

/// Who turned is with those that are seen as it would be.
static void who_turned_is_among_its_like(void **state)
{
    (void)state;
    enum { KIND = 1, OUTCOME = 2, PLACE = 8, ANY = 255 };
    static const struct {
        struct some of[5];
        int         others;  // in the part of the first that turned,
        unsigned    changed; // and what of them has changed
        const char *what;
    } cases[] = {
        { { { 1, 1, 3, OUTCOME | KIND, 0, true }, { 14, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          14,
          OUTCOME,
          "its own kind is left aside" },
        { { { 1, 1, 3, OUTCOME | PLACE, 0, true }, { 14, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          14,
          OUTCOME,
          "its own place is" },
        { { { 1, 1, 3, PLACE | KIND, 0, 0 }, { 14, 0, 3, PLACE, 0, 0 }, { 60, 0, 1, PLACE, 0, 0 } },
          14,
          PLACE,
          "of its month alone" },
        { { { 1, 1, 5, PLACE, 0, 0 },
            { 20, 0, 5, 0, 0, 0 },
            { 20, 0, 3, PLACE, 0, 0 },
            { 60, 0, 1, 0, 0, 0 } },
          80,
          ANY,
          "it alone of its month: of those that were not told again" },
        { { { 1, 1, 5, KIND, 0, 0 }, { 20, 0, 5, 0, 0, 0 }, { 20, 0, 3, KIND, 0, 0 } },
          20,
          ANY,
          "at the date, beside a recoded month" },
        { { { 1, 1, 3, PLACE, 0, 0 },
            { 3, 0, 3, PLACE, 0, 0 },
            { 11, 0, 3, 0, 0, 0 },
            { 60, 0, 1, 0, 0, 0 } },
          11,
          0,
          "that its own place changed says nothing of the file" },
        { { { 1, 1, 3, 0, 0, 0 }, { 14, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          14,
          OUTCOME,
          "as most of its month" },
        { { { 3, 3, 1, 0, 7, 0 },
            { 1, 1, 1, OUTCOME, 7, true },
            { 60, 0, 1, 0, 7, 0 },
            { 20, 0, 1, 0, 8, 0 } },
          60,
          0,
          "all of what is said are together" },
        { { { 2, 2, 3, OUTCOME, 0, true },
            { 1, 1, 3, OUTCOME | KIND, 0, true },
            { 12, 0, 3, OUTCOME, 0, 0 },
            { 80, 0, 1, 0, 0, 0 } },
          12,
          OUTCOME,
          "by mark and by kind" },
        { { { 1, 1, 3, PLACE, 0, 0, 50 },
            { 8, 0, 3, PLACE, 0, 0, 10 },
            { 9, 0, 3, 0, 0, 0, 20 },
            { 60, 0, 1, 0, 0, 0 } },
          9,
          0,
          "a file moves what stood at a station, and it stood elsewhere" },
        { { { 1, 1, 3, PLACE, 0, 0, 10 },
            { 8, 0, 3, PLACE, 0, 0, 10 },
            { 2, 0, 3, 0, 0, 0, 10 },
            { 9, 0, 3, 0, 0, 0, 20 } },
          8,
          PLACE,
          "and it stood there" },
    };
    static struct cover_row row[MOST];
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t             n = 0;
        int                others = 0;
        uint32_t           line = 0;
        struct cover_parts parts;
        for (size_t k = 0; k < COUNT(cases[c].of); k++)
            for (int i = 0; i < cases[c].of[k].n; i++, n++) {
                const struct some *s = &cases[c].of[k];
                row[n] = row_of(0, s->month, 0, i < s->turned, (int64_t)n);
                row[n].changed = (uint8_t)s->changed, row[n].own = KIND | PLACE, row[n].said = s->said;
                row[n].place = s->place ? s->place + (uint64_t)i % 2 : 0;
                row[n].by_said = s->by_said && row[n].turned;
            }
        touch_months(row, n);
        ok(cover_split(row, n, 1, &parts), "there is memory");
        for (size_t i = 0; i < n; i++)
            if (!row[i].incident) line = row[i].line;
        for (size_t i = 0; i < n; i++) {
            if (row[i].line != line || row[i].turned) continue;
            others++;
            ok(cases[c].changed == ANY || row[i].changed == cases[c].changed, "%s: changed %u", cases[c].what,
               row[i].changed);
        }
        ok(others == cases[c].others, "%s: %d others, not %d", cases[c].what, others, cases[c].others);
        free(parts.of);
    }
}

/// Where two half-years have enough each, nobody of one covers those of the other.
/// All of what is alike, and the rest from elsewhere: with fewer cover of its like than there is, the one that turned would be told by it.
static void too_few_alike_leave_as_a_whole(void **state)
{
    (void)state;
    enum { OUTCOME = 2 };
    static const struct {
        struct some of[4]; // of which the first are alike
        int         alike, unlike;
        const char *what;
    } cases[] = {
        { { { 4, 4, 3, OUTCOME, 0, 0 }, { 11, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          11,
          4,
          "four of a month of fifteen" },
        { { { 1, 1, 3, OUTCOME, 0, 0 }, { 2, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          2,
          1,
          "a month of three" },
        { { { 1, 1, 3, OUTCOME, 7, true },
            { 2, 0, 3, 0, 7, 0 },
            { 12, 0, 3, 0, 8, 0 },
            { 60, 0, 1, 0, 8, 0 } },
          2,
          1,
          "three of a month were open, and one of them is closed" },
        { { { 1, 1, 3, OUTCOME, 0, 0 },
            { 3, 0, 3, OUTCOME, 0, 0 },
            { 11, 0, 3, 0, 0, 0 },
            { 60, 0, 1, 0, 0, 0 } },
          3,
          1,
          "of a month four were closed" },
        { { { 1, 1, 3, OUTCOME, 0, 0 }, { 4, 0, 3, OUTCOME, 0, 0 }, { 60, 0, 1, 0, 0, 0 } },
          4,
          0,
          "four others" },
    };
    static struct cover_row row[MOST];
    for (size_t c = 0; c < COUNT(cases); c++) {
        size_t             n = 0;
        int                alike = 0, along = 0, turned = 0;
        struct cover_parts parts;
        struct cover_short lacks;
        for (size_t k = 0; k < COUNT(cases[c].of); k++)
            for (int i = 0; i < cases[c].of[k].n; i++, n++) {
                const struct some *s = &cases[c].of[k];
                row[n] = row_of(0, s->month, 0, i < s->turned, (int64_t)k);
                row[n].changed = (uint8_t)s->changed, row[n].said = s->said;
                row[n].by_said = s->by_said && row[n].turned;
            }
        touch_months(row, n);
        ok(cover_split(row, n, 1, &parts) && cover_choose(row, n, &lacks), "there is memory");
        for (size_t i = 0; i < n; i++) {
            turned += row[i].turned, along += row[i].along;
            alike += row[i].along && row[i].incident == 1;
        }
        ok_i64(along, COVER_EACH * turned);
        ok(alike == cases[c].alike && (int)parts.unlike == cases[c].unlike && !lacks.rows,
           "%s: %d, and %d unlike", cases[c].what, alike, (int)parts.unlike);
        free(parts.of);
    }
}

static void each_half_year_covers_its_own(void **state)
{
    (void)state;
    static struct cover_row row[MOST];
    for (int turned = 1; turned <= 16; turned++) {
        size_t n = 0, along[2] = { 0 };
        for (int half = -3; half < 3; half++) // a half-year of 80, with all that turned at its end
            for (int i = 0; i < 80; i++, n++)
                row[n] = row_of(7, half * 6 + i * 6 / 80, (uint32_t)i, !half && i >= 80 - turned, (int64_t)n);
        ok_i64(lacking_of(row, n), 0);
        for (size_t i = 0; i < n; i++) along[row[i].month >= 0 && row[i].month < 6] += row[i].along;
        ok(!along[0] && along[1] == 4 * (size_t)turned, "%d turned: %zu went along elsewhere", turned,
           along[0]);
    }
}

/// One that turned alone in a month of many is covered by its own month and neighbourhood.
static void near_in_time_and_place(void **state)
{
    (void)state;
    static struct cover_row row[MOST];
    size_t                  n = 0;
    for (int month = 0; month < 10; month++)
        for (uint32_t near = 0; near < 4; near++)
            for (int i = 0; i < 60; i++, n++)
                row[n] = row_of(7, month, near, month == 5 && near == 2 && i == 30, (int64_t)n);
    ok_i64(lacking_of(row, n), 0);
    for (size_t i = 0; i < n; i++) {
        int64_t far = row[i].month * 4 + (int)row[i].near - 22;
        ok(!row[i].along || (far >= -1 && far <= 1), "month %d, neighbourhood %u", row[i].month, row[i].near);
    }
}

/// Whichever of a run turned, all its rows leave as often: who sees which five are gone learns nothing more.
static void each_of_a_run_as_likely(void **state)
{
    (void)state;
    enum { ROUNDS = 20000, ROWS = 60 };
    static int       gone[ROWS];
    struct cover_row row[ROWS];
    uint64_t         seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        size_t turned = test_random(&seed) % ROWS;
        for (size_t i = 0; i < ROWS; i++) row[i] = row_of(1, i < 2 ? (int)i : 2, 0, i == turned, (int64_t)i);
        ok_i64(lacking_of(row, ROWS), 0);
        for (size_t i = 0; i < ROWS; i++) gone[row[i].incident] += row[i].along;
    }
    double mean = 4.0 * ROUNDS / ROWS;
    for (size_t i = 0; i < ROWS; i++)
        ok(gone[i] > 0.85 * mean && gone[i] < 1.15 * mean, "row %zu went along %d times, not %g", i, gone[i],
           mean);
}

/// Nor do they who stand beside it in the file: of a neighbourhood with more than a run, all leave as often.
static void each_of_a_neighbourhood_as_likely(void **state)
{
    (void)state;
    enum { ROUNDS = 4000, ROWS = 300 };
    static int              gone[ROWS];
    static struct cover_row row[ROWS];
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < ROWS; i++) row[i] = row_of(1, 2, 0, i == ROWS / 2, (int64_t)i);
        ok_i64(lacking_of(row, ROWS), 0);
        for (size_t i = 0; i < ROWS; i++) gone[row[i].incident] += row[i].along;
    }
    double mean = 4.0 * ROUNDS / (ROWS - 1);
    for (size_t i = 0; i < ROWS; i++)
        ok(i == ROWS / 2 || (gone[i] > 0.3 * mean && gone[i] < 1.7 * mean),
           "row %zu went along %d times, not %g", i, gone[i], mean);
}

static uint32_t line_of(const struct cover_kind *k, size_t n, int32_t category)
{
    for (size_t i = 0; i < n; i++)
        if (k[i].category == category) return k[i].line;
    return UINT32_MAX;
}

/// Whatever turned: the kinds that share a line hang on their numbers alone.
static void rare_kinds_share_a_line(void **state)
{
    (void)state;
    struct cover_kind k[] = {
        { 1, 1, 0, 5, 5, 300, 0, 0 }, { 1, 2, 0, 5, 5, 60, 0, 0 },
        { 1, 3, 0, 5, 5, 2, 0, 0 },   { 1, 4, 0, 5, 5, 1, 0, 0 },  // few beside many, and join the longest
        { 1, 5, 0, 5, 6, 15, 0, 0 },  { 1, 6, 0, 5, 6, 15, 0, 0 }, // enough together
        { 1, 7, 0, 5, 7, 3, 0, 0 },                                // none of its section
        { 1, 8, 0, 9, 5, 4, 0, 0 },                                // none of its class
    };
    size_t n = COUNT(k);
    cover_lines(k, n);
    uint32_t most = line_of(k, n, 1);
    ok(line_of(k, n, 2) != most, "those who are enough stay by themselves");
    ok(line_of(k, n, 3) == most && line_of(k, n, 4) == most, "few join many of their section");
    ok(line_of(k, n, 5) == line_of(k, n, 6) && line_of(k, n, 5) != most, "few are enough together");
    ok(line_of(k, n, 7) == most, "none of a section join their class");
    ok(line_of(k, n, 8) != most && line_of(k, n, 8) < n, "a class does not join another");
    for (size_t i = 0; i < n; i++) {
        uint64_t rows = 0;
        for (size_t o = 0; o < n; o++) rows += k[o].line == k[i].line ? k[o].rows : 0;
        ok_i64(k[i].in_line, rows);
    }
}

// -- those of one place ---------------------------------------------------------------------------------------------------

enum { ROWS = 6000, PLACES = 400, BATCHES = 4, HOUSEHOLDS = 4, LEAST = 3 };

/// A town: some places have many rows, most a few; two sources tell of thefts, and a third of those of the second are told by the
/// first, too.
struct town {
    struct cover_row row[ROWS], left[ROWS];
    size_t           n, n_left;
    uint32_t         before[PLACES + 1];
    unsigned         in_batches[PLACES + 1]; // that took something away from the place
    bool             home[PLACES + 1];       // something turned there
    uint64_t         seed;
    bool             blind; // cover knows nothing of places
};

static size_t below(struct town *t, size_t n)
{
    return (size_t)(test_random(&t->seed) % n);
}

static void town_row(struct town *t, uint32_t line, int month, uint64_t place)
{
    struct cover_row r = row_of(line, month, 0, false, (int64_t)t->n);
    r.place = place, r.moment = month;
    t->row[t->n++] = r;
}

static void town_make(struct town *t, uint64_t seed, bool blind)
{
    memset(t, 0, sizeof *t);
    t->seed = seed, t->blind = blind;
    while (t->n + 2 <= ROWS) {
        uint64_t place = 1 + below(t, 1 + below(t, PLACES));
        uint32_t line = (uint32_t)below(t, 3);
        int      month = (int)below(t, 12);
        town_row(t, line, month, place);
        if (line == 1 && !below(t, 3)) town_row(t, 0, month, place);
    }
}

/// Some of one place, of a line and a time if these are given, turn.
static size_t turn(struct town *t, uint64_t place, int line, int month, size_t most)
{
    size_t n = 0, from = below(t, t->n);
    for (size_t k = 0; k < t->n && n < most; k++) {
        struct cover_row *r = &t->row[(from + k) % t->n];
        if (r->place != place || r->turned || (line >= 0 && (int)r->line != line) ||
            (month >= 0 && r->month != month))
            continue;
        r->turned = true;
        n++;
    }
    return n;
}

static size_t rows_at(const struct town *t, uint64_t place)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) n += t->row[i].place == place;
    return n;
}

static uint64_t home_of(struct town *t)
{
    uint64_t place;
    do place = 1 + below(t, PLACES);
    while (rows_at(t, place) < LEAST || t->home[place]);
    t->home[place] = true;
    return place;
}

/// They leave, and the rest stays. False: somebody is not covered as he should be.
static void let_go(struct town *t, struct cover_short *lacks)
{
    static uint64_t place[ROWS];
    size_t          rest = 0, turned = 0, along = 0;
    bool            lost[PLACES + 1] = { 0 };
    for (size_t i = 0; i < t->n; i++) {
        place[t->row[i].incident] = t->row[i].place;
        t->row[i].before = t->before[t->row[i].place];
        t->row[i].batches = t->in_batches[t->row[i].place];
        if (t->blind) t->row[i].place = 0, t->row[i].before = 0;
    }
    ok(cover_choose(t->row, t->n, lacks), "there is memory");
    for (size_t i = 0; i < t->n; i++) turned += t->row[i].turned, along += t->row[i].along;
    ok_i64(along + lacks->rows, COVER_EACH * turned);
    t->n_left = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct cover_row r = t->row[i];
        r.place = place[r.incident];
        if (r.turned || r.along) {
            t->left[t->n_left++] = r;
            t->before[r.place]++;
            lost[r.place] = true;
            continue;
        }
        r.incident = (int64_t)rest;
        t->row[rest++] = r;
    }
    t->n = rest;
    for (size_t i = 1; i <= PLACES; i++) t->in_batches[i] += lost[i];
}

struct guesses {
    size_t made, right;
};

static void guess(struct guesses *g, bool right)
{
    g->made++;
    g->right += right;
}

static void ok_guesses(const char *what, struct guesses own, struct guesses blind)
{
    double share = (double)own.right / (double)own.made, naive = (double)blind.right / (double)blind.made;
    double most = 0.2 + 4 * sqrt(0.16 / (double)own.made);
    print_message("# %s: %zu of %zu right; were places not known: %zu of %zu\n", what, own.right, own.made,
                  blind.right, blind.made);
    ok(share <= most, "%s: %.3f, at most %.3f", what, share, most);
    ok(naive > 0.5, "the attack finds %.3f without it", naive);
}

/// Several thefts of one household turn: who looks for places that lost as many names one in five.
static struct guesses guess_households(uint64_t *seed, bool blind)
{
    static struct town t;
    struct guesses     g = { 0 };
    for (int round = 0; round < 30; round++) {
        struct cover_short lacks;
        size_t             lost[PLACES + 1] = { 0 };
        town_make(&t, test_random(seed), blind);
        for (int h = 0; h < HOUSEHOLDS; h++) turn(&t, home_of(&t), -1, -1, LEAST);
        for (int single = 0; single < 10; single++) turn(&t, 1 + below(&t, PLACES), -1, -1, 1);
        let_go(&t, &lacks);
        for (size_t i = 0; i < t.n_left; i++) lost[t.left[i].place]++;
        for (size_t i = 1; i <= PLACES; i++)
            if (lost[i] >= LEAST && lost[i] <= LEAST + 1) guess(&g, t.home[i]);
    }
    return g;
}

static void households_are_found_once_in_five(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    ok_guesses("households", guess_households(&seed, false), guess_households(&seed, true));
}

/// Two sources tell of one theft, and both mark it.
static struct guesses guess_pairs(uint64_t *seed, bool blind)
{
    static struct town t;
    struct guesses     g = { 0 };
    for (int round = 0; round < 30; round++) {
        struct cover_short lacks;
        town_make(&t, test_random(seed), blind);
        for (size_t pairs = 0; pairs < HOUSEHOLDS;) {
            const struct cover_row *r = &t.row[below(&t, t.n)];
            size_t                  first = 0;
            if (r->line != 1 || t.home[r->place]) continue;
            for (size_t i = 0; i < t.n; i++)
                first += t.row[i].place == r->place && t.row[i].month == r->month && !t.row[i].line;
            if (!first) continue;
            uint64_t place = r->place;
            int      month = r->month;
            ok(turn(&t, place, 1, month, 1) && turn(&t, place, 0, month, 1), "both turn");
            t.home[place] = true;
            pairs++;
        }
        let_go(&t, &lacks);
        for (size_t i = 0; i < t.n_left; i++)
            for (size_t k = 0; k < t.n_left; k++)
                if (!t.left[i].line && t.left[k].line == 1 && t.left[i].place == t.left[k].place &&
                    t.left[i].month == t.left[k].month)
                    guess(&g, t.left[i].turned);
    }
    return g;
}

static void pairs_are_found_once_in_five(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    ok_guesses("told by two", guess_pairs(&seed, false), guess_pairs(&seed, true));
}

/// One of a household turns in each of several batches: the place is one of five that lose one each time.
static struct guesses guess_again(uint64_t *seed, bool blind)
{
    static struct town t;
    struct guesses     g = { 0 };
    for (int round = 0; round < 30; round++) {
        struct cover_short lacks;
        uint64_t           home[HOUSEHOLDS];
        town_make(&t, test_random(seed), blind);
        for (int h = 0; h < HOUSEHOLDS; h++) do
                home[h] = 1 + below(&t, PLACES);
            while (t.home[home[h]] || rows_at(&t, home[h]) < BATCHES);
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int h = 0; h < HOUSEHOLDS; h++) t.home[home[h]] |= turn(&t, home[h], -1, -1, 1) > 0;
            let_go(&t, &lacks);
        }
        for (size_t i = 1; i <= PLACES; i++)
            if (t.in_batches[i] == BATCHES) guess(&g, t.home[i]);
    }
    return g;
}

static void who_turns_again_is_found_once_in_five(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    ok_guesses("again and again", guess_again(&seed, false), guess_again(&seed, true));
}

/// The same among others that turn, which leave places with as many gone, in fewer batches.
static void who_turns_again_among_others(void **state)
{
    (void)state;
    static struct town t;
    struct guesses     g = { 0 };
    uint64_t           seed = test_seed();
    for (int round = 0; round < 60; round++) {
        struct cover_short lacks;
        uint64_t           home[3];
        bool               told = false;
        town_make(&t, test_random(&seed), false);
        for (size_t h = 0; h < COUNT(home); h++) do
                home[h] = 1 + below(&t, PLACES);
            while (t.home[home[h]] || rows_at(&t, home[h]) < BATCHES);
        for (int batch = 0; batch < BATCHES; batch++) {
            for (size_t h = 0; h < COUNT(home); h++) t.home[home[h]] |= turn(&t, home[h], -1, -1, 1) > 0;
            for (int single = 0; single < 8; single++) t.row[below(&t, t.n)].turned = true;
            let_go(&t, &lacks);
            told |= lacks.together > 0;
        }
        for (size_t i = 1; i <= PLACES && !told; i++)
            if (t.in_batches[i] == BATCHES) guess(&g, t.home[i]);
    }
    double most = 0.2 + 4 * sqrt(0.16 / (double)g.made);
    print_message("# among others: %zu of %zu right\n", g.right, g.made);
    ok(g.made >= 20 && (double)g.right <= most * (double)g.made, "%zu of %zu right", g.right, g.made);
}

/// Any ten turn, batch after batch. Those whose place others left before have cover nearly always, and a large place is hardly likelier
/// theirs.
static void singles_have_cover_of_any_size(void **state)
{
    (void)state;
    enum { ROUNDS = 30, SINGLES = 10 };
    static struct town t;
    struct guesses     g = { 0 };
    size_t             told = 0;
    uint64_t           seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        town_make(&t, test_random(&seed), false);
        for (int batch = 0; batch <= BATCHES; batch++) {
            struct cover_short lacks;
            bool               turned[PLACES + 1] = { 0 };
            size_t             size[PLACES + 1] = { 0 }, sum = 0, n = 0;
            for (size_t i = 0; i < t.n; i++) size[t.row[i].place]++;
            for (int single = 0; single < SINGLES;) {
                struct cover_row *r = &t.row[below(&t, t.n)];
                if (turned[r->place]) continue;
                r->turned = turned[r->place] = true;
                single++;
            }
            let_go(&t, &lacks);
            told += lacks.together > 0;
            if (lacks.together) continue;
            for (size_t i = 0; i < t.n_left; i++)
                if (t.left[i].before) sum += size[t.left[i].place], n++;
            for (size_t i = 0; i < t.n_left; i++)
                if (t.left[i].before && size[t.left[i].place] * n > sum) guess(&g, t.left[i].turned);
        }
    }
    double share = (double)g.right / (double)g.made, most = 0.25 + 4 * sqrt(0.19 / (double)g.made);
    print_message("# %zu of %d batches told; of larger places %zu of %zu right\n", told,
                  ROUNDS * (BATCHES + 1), g.right, g.made);
    ok(share <= most, "of larger places %.3f, at most %.3f", share, most);
    ok(3 * told < ROUNDS * (BATCHES + 1), "%zu of %d batches told", told, ROUNDS * (BATCHES + 1));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rare_kinds_share_a_line),
    cmocka_unit_test(parts_have_cover),
    cmocka_unit_test(who_turned_is_among_its_like),
    cmocka_unit_test(four_for_each_or_all),
    cmocka_unit_test(too_few_alike_leave_as_a_whole),
    cmocka_unit_test(each_half_year_covers_its_own),
    cmocka_unit_test(near_in_time_and_place),
    cmocka_unit_test(each_of_a_run_as_likely),
    cmocka_unit_test(each_of_a_neighbourhood_as_likely),
    cmocka_unit_test(households_are_found_once_in_five),
    cmocka_unit_test(pairs_are_found_once_in_five),
    cmocka_unit_test(who_turns_again_is_found_once_in_five),
    cmocka_unit_test(who_turns_again_among_others),
    cmocka_unit_test(singles_have_cover_of_any_size),
};
TEST_MAIN(tests)
