// SPDX-License-Identifier: EUPL-1.2
// Who goes along: four for each that turned, of its kind, near in time and place, and each as likely.
#include "publish/cover.h"

#include "check.h"

enum { MOST = 4000 };

static struct cover_row row_of(uint32_t line, int month, uint32_t near, bool turned, int64_t id)
{
    return (struct cover_row){
        .line = line, .month = month, .near = near, .turned = turned, .incident = id, .fact = (uint64_t)id
    };
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
        uint64_t lacking = cover_choose(row, n);
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

/// Where two half-years have enough each, nobody of one covers those of the other.
static void each_half_year_covers_its_own(void **state)
{
    (void)state;
    static struct cover_row row[MOST];
    for (int turned = 1; turned <= 16; turned++) {
        size_t n = 0, along[2] = { 0 };
        for (int half = -3; half < 3; half++) // a half-year of 80, with all that turned at its end
            for (int i = 0; i < 80; i++, n++)
                row[n] = row_of(7, half * 6 + i * 6 / 80, (uint32_t)i, !half && i >= 80 - turned, (int64_t)n);
        ok_i64(cover_choose(row, n), 0);
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
    ok_i64(cover_choose(row, n), 0);
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
        ok_i64(cover_choose(row, ROWS), 0);
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
        ok_i64(cover_choose(row, ROWS), 0);
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
        { 1, 0, 5, 5, 0, 300, 0, 0 }, { 2, 0, 5, 5, 0, 60, 0, 0 },
        { 3, 0, 5, 5, 0, 2, 0, 0 },   { 4, 0, 5, 5, 0, 1, 0, 0 },  // few beside many, and join the longest
        { 5, 0, 5, 6, 0, 30, 0, 0 },  { 6, 0, 5, 6, 0, 30, 0, 0 }, // enough together
        { 7, 0, 5, 7, 0, 3, 0, 0 },                                // none of its section
        { 8, 0, 9, 5, 0, 4, 0, 0 },                                // none of its class
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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rare_kinds_share_a_line),       cmocka_unit_test(four_for_each_or_all),
    cmocka_unit_test(each_half_year_covers_its_own), cmocka_unit_test(near_in_time_and_place),
    cmocka_unit_test(each_of_a_run_as_likely),       cmocka_unit_test(each_of_a_neighbourhood_as_likely),
};
TEST_MAIN(tests)
