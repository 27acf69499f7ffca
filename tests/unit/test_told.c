// SPDX-License-Identifier: EUPL-1.2
// No figure of 1 to least-1 is told, and none can be computed. The proof is exhaustive for small tables: all tables up to a size
// are told, and those that are told alike are what a reader cannot tell apart. In each such group a figure that is not told
// must have at least two values where it has one of 1 to least-1. The reader is assumed to know the rule, and the order.
#include "analysis/told.h"
#include "check.h"

enum { MAX_KINDS = 5, MAX_CELLS = MAX_KINDS * TOLD_COLUMNS, TEXT = 200 };

struct world {
    uint8_t n[MAX_CELLS]; // kind by kind, column by column
    char    told[TEXT];
};
struct size {
    size_t   kinds, columns;
    uint64_t least, total; // of a column, at most
};
struct worlds {
    struct world *of;
    size_t        n, cap;
};

static struct told_figures figures(const struct size *s, const struct world *w, size_t kind)
{
    struct told_figures f = { 0 };
    for (size_t c = 0; c < s->columns; c++) f.n[c] = w->n[kind * s->columns + c];
    return f;
}

/// What a reader sees, as text.
static void tell(struct scope *sc, const struct size *s, struct world *w)
{
    struct told_figures by[MAX_KINDS] = { 0 };
    struct told         t;
    struct arena_mark   mark = arena_mark(sc->mem);
    size_t              at = 0;
    for (size_t k = 0; k < s->kinds; k++) by[k] = figures(s, w, k);
    ok_err(sc, told_of(sc, by, s->kinds, s->least, &t), OK);
    ok(told_fine(&t.total, s->least) && told_fine(&t.other, s->least), "totals and others are fine");
    if (!t.any) at += (size_t)snprintf(w->told, TEXT, "nothing");
    else
        at += (size_t)snprintf(w->told, TEXT, "%llu %llu of which %llu %llu",
                               (unsigned long long)t.total.n[0], (unsigned long long)t.total.n[1],
                               (unsigned long long)t.other.n[0], (unsigned long long)t.other.n[1]);
    struct told_figures sum = t.other;
    for (size_t i = 0; i < t.n; i++) {
        ok(told_fine(&t.rows[i].is, s->least), "a row is fine");
        for (int c = 0; c < TOLD_COLUMNS; c++) sum.n[c] += t.rows[i].is.n[c];
        at += (size_t)snprintf(w->told + at, TEXT - at, ", %zu: %llu %llu", t.rows[i].kind,
                               (unsigned long long)t.rows[i].is.n[0], (unsigned long long)t.rows[i].is.n[1]);
    }
    ok(at < TEXT, "room");
    ok(!memcmp(&sum, &t.total, sizeof sum), "the parts make the total");
    arena_back(sc->mem, mark);
}

/// All tables whose columns have at most s->total.
static void enumerate(const struct size *s, struct worlds *to, struct world *w, size_t cell, uint64_t *left)
{
    if (cell == s->kinds * s->columns) {
        if (to->n == to->cap) {
            to->cap = to->cap ? 2 * to->cap : 1024;
            to->of = realloc(to->of, to->cap * sizeof *to->of);
            ok(to->of, "memory");
        }
        to->of[to->n++] = *w;
        return;
    }
    uint64_t *own = &left[cell % s->columns];
    for (uint64_t v = 0, most = *own; v <= most; v++) {
        w->n[cell] = (uint8_t)v;
        *own = most - v;
        enumerate(s, to, w, cell + 1, left);
        *own = most;
    }
}

static int by_told(const void *a, const void *b)
{
    return strcmp(((const struct world *)a)->told, ((const struct world *)b)->told);
}

static bool is_told(const struct world *w, size_t kind)
{
    char name[24];
    snprintf(name, sizeof name, ", %zu:", kind);
    return strstr(w->told, name) != NULL;
}

static void check_group(const struct size *s, const struct world *w, size_t n)
{
    if (!strcmp(w->told, "nothing")) return; // of these there are more, with larger totals
    for (size_t cell = 0; cell < s->kinds * s->columns; cell++) {
        bool many = false;
        for (size_t i = 1; i < n; i++) many = many || w[i].n[cell] != w[0].n[cell];
        if (is_told(w, cell / s->columns) || many) continue;
        ok(!w->n[cell] || w->n[cell] >= s->least, "from \"%s\" it follows that kind %zu has %u", w->told,
           cell / s->columns, w->n[cell]);
    }
}

static void nothing_can_be_computed(void **state)
{
    (void)state;
    static const struct size sizes[] = { { 1, 1, 5, 30 }, { 2, 1, 5, 30 }, { 3, 1, 5, 26 }, { 4, 1, 5, 21 },
                                         { 5, 1, 5, 17 }, { 3, 1, 7, 30 }, { 2, 2, 5, 11 }, { 3, 2, 5, 7 } };
    for (size_t k = 0; k < COUNT(sizes); k++) {
        struct scope  sc = test_scope();
        struct worlds all = { 0 };
        struct world  w = { 0 };
        uint64_t      left[TOLD_COLUMNS] = { sizes[k].total, sizes[k].total };
        size_t        groups = 0;
        enumerate(&sizes[k], &all, &w, 0, left);
        for (size_t i = 0; i < all.n; i++) tell(&sc, &sizes[k], &all.of[i]);
        qsort(all.of, all.n, sizeof *all.of, by_told);
        for (size_t i = 0, end; i < all.n; i = end, groups++) {
            for (end = i + 1; end < all.n && !by_told(&all.of[i], &all.of[end]);) end++;
            check_group(&sizes[k], &all.of[i], end - i);
        }
        print_message("# %zu kinds, %zu columns: %zu tables, told in %zu ways\n", sizes[k].kinds,
                      sizes[k].columns, all.n, groups);
        free(all.of);
        test_scope_end(&sc);
    }
}

/// Incidents now and before are public, so came in less gone is known: it must not give either when they are not told.
static void what_is_known_beside_it_gives_nothing(void **state)
{
    (void)state;
    enum { LEAST = 5, MOST = 60 };
    struct scope sc = test_scope();
    for (int known = -MOST / 2; known <= MOST / 2; known++) {
        int came = 0, gone = 0, worlds = 0;
        for (int a = 0; a <= MOST; a++) {
            struct told_figures f = { { (uint64_t)a, (uint64_t)(a - known) } };
            struct told         t;
            if (a < known) continue;
            ok_err(&sc, told_of(&sc, &f, 1, LEAST, &t), OK);
            if (t.any) continue;
            worlds++;
            came = a;
            gone = a - known;
        }
        ok(worlds != 1, "%d more are known: then %d came in and %d are gone", known, came, gone);
    }
    test_scope_end(&sc);
}

static void tables(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint64_t    least, in[6], told[6], other;
        bool        any;
    } rows[] = {
        { "all are told", 10, { 50, 20, 10 }, { 50, 20, 10 }, 0, true },
        { "zero is told by being in nothing", 10, { 50, 0, 10 }, { 50, 0, 10 }, 0, true },
        { "nothing at all is zero", 10, { 0 }, { 0 }, 0, true },
        { "a small total is nothing", 10, { 4, 5 }, { 0 }, 0, false },
        { "the rest behind a small one is one sum", 10, { 50, 4, 30, 20 }, { 50 }, 54, true },
        { "a small sum takes one more", 10, { 50, 20, 4 }, { 50 }, 24, true },
        { "also when that is all", 10, { 12, 4 }, { 0 }, 16, true },
        { "nothing below 5, whatever is asked", 1, { 50, 20, 4 }, { 50 }, 24, true },
        { "9 and 9 do not give each other away", 10, { 100, 9, 9, 10 }, { 100 }, 28, true },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct told_figures f[6] = { 0 };
        struct told         t;
        uint64_t            got[6] = { 0 };
        for (size_t k = 0; k < 6; k++) f[k].n[0] = rows[i].in[k];
        ok_err(&sc, told_of(&sc, f, 6, rows[i].least, &t), OK);
        for (size_t k = 0; k < t.n; k++) got[t.rows[k].kind] = t.rows[k].is.n[0];
        ok(t.any == rows[i].any && t.other.n[0] == rows[i].other && !memcmp(got, rows[i].told, sizeof got),
           "%s", rows[i].name);
    }
    test_scope_end(&sc);
}

static void no_more_kinds_than_a_page_holds(void **state)
{
    (void)state;
    enum { KINDS = 3 * TOLD_KINDS };
    struct scope        sc = test_scope();
    struct told_figures f[KINDS];
    struct told         t;
    for (size_t i = 0; i < KINDS; i++) f[i] = (struct told_figures){ { 100, 0 } };
    ok_err(&sc, told_of(&sc, f, KINDS, 10, &t), OK);
    ok_i64(t.n, TOLD_KINDS);
    ok_i64(t.other.n[0], 100 * (KINDS - TOLD_KINDS));
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_can_be_computed),
    cmocka_unit_test(what_is_known_beside_it_gives_nothing),
    cmocka_unit_test(tables),
    cmocka_unit_test(no_more_kinds_than_a_page_holds),
};
TEST_MAIN(tests)
