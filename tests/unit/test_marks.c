// SPDX-License-Identifier: EUPL-1.2
// A number for each incident: written in blocks and read back, few and many of a number; and blocks that are none.
#include "store/marks.h"

#include "check.h"
#include <string.h>

enum { LAST = 3 * MARKS_BLOCK_IDS + 17, MOST_BLOCKS = 4000 };

struct written {
    struct scope *sc;
    struct {
        uint16_t mark;
        int64_t  block;
        str      ids;
    } at[MOST_BLOCKS];
    size_t n, lists;
};

static enum err put(void *to, uint16_t mark, int64_t block, str ids)
{
    struct written *w = to;
    ok(w->n < MOST_BLOCKS, "room in the test");
    w->at[w->n].mark = mark;
    w->at[w->n].block = block;
    w->at[w->n++].ids = arena_str(w->sc->mem, ids);
    w->lists += ids.n < MARKS_BLOCK_BYTES;
    return OK;
}

/// marks: of so many numbers, to about this share of all incidents.
static void comes_back(uint64_t *seed, uint64_t marks, uint64_t of_hundred)
{
    static struct written w;
    struct scope          sc = test_scope();
    struct marks          m = { 0 }, again = { 0 };
    w = (struct written){ .sc = &sc };
    ok_err(&sc, marks_room(&sc, LAST, &m), OK);
    ok_err(&sc, marks_room(&sc, LAST, &again), OK);
    for (size_t i = 0; i < m.n; i++)
        if (test_random(seed) % 100 < of_hundred) m.of[i] = (uint16_t)(1 + test_random(seed) % marks);
    m.of[LAST] = MARKS_MOST;
    ok_err(&sc, marks_each(&sc, &m, put, &w), OK);
    for (size_t i = 0; i < w.n; i++)
        ok(marks_read(&again, w.at[i].mark, w.at[i].block, w.at[i].ids), "block %zu", i);
    ok(!memcmp(m.of, again.of, m.n * sizeof *m.of), "%d numbers of %d of a hundred", (int)marks,
       (int)of_hundred);
    ok(w.lists && (marks > 1 || of_hundred < 50 || w.lists < w.n), "few are listed, many are bits");
    test_scope_end(&sc);
}

static void marks_come_back(void **state)
{
    (void)state;
    uint64_t seed = test_seed();
    comes_back(&seed, 1, 100);
    comes_back(&seed, 1, 1);
    comes_back(&seed, 3, 60);
    comes_back(&seed, 900, 90);
    comes_back(&seed, 1, 0);
}

static void what_is_no_block_is_refused(void **state)
{
    (void)state;
    static const char bits[MARKS_BLOCK_BYTES + 2] = { [MARKS_BLOCK_BYTES - 1] = '\x80' };
    struct scope      sc = test_scope();
    struct marks      m = { 0 };
    ok_err(&sc, marks_each(&sc, &m, put, NULL), OK); // nobody has one
    ok_i64(mark_of(&m, 5), 0);
    ok_err(&sc, marks_room(&sc, MARKS_BLOCK_IDS, &m), OK);
    const struct {
        int64_t block;
        str     ids;
        bool    good;
    } rows[] = {
        { 0, { "\1\0", 2 }, true },
        { 1, { "\0\0", 2 }, true },
        { 1, { "\1\0", 2 }, false },
        { 0, { "\1", 1 }, false },
        { 0, { "", 0 }, false },
        { -1, { "\1\0", 2 }, false },
        { 2, { "\0\0", 2 }, false },
        { INT64_MAX / 2, { "\0\0", 2 }, false },
        { 0, { bits, sizeof bits }, false },
        { 0, { bits, MARKS_BLOCK_BYTES }, true },
        { 1, { bits, MARKS_BLOCK_BYTES }, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(marks_read(&m, 7, rows[i].block, rows[i].ids) == rows[i].good, "row %zu", i);
    ok(mark_of(&m, 1) == 7 && mark_of(&m, MARKS_BLOCK_IDS) == 7 && !mark_of(&m, 2), "and no other");
    ok(!mark_of(&m, -1) && !mark_of(&m, MARKS_BLOCK_IDS + 1), "nor beyond");
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(marks_come_back),
    cmocka_unit_test(what_is_no_block_is_refused),
};
TEST_MAIN(tests)
