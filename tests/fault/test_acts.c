// SPDX-License-Identifier: EUPL-1.2
// Every act of acts.h when the system fails it: the n-th read, write, fsync, open or rename, and the n-th allocation. The
// failure is told in a sentence, the folder holds all of the act or nothing, and trying again goes through.
#include "acts.h"

#include "fault.h"

struct failures {
    const char *name;
    unsigned    kinds;
    unsigned    stride; // of some thousand allocations every one is made to fail that is so far from the last
    unsigned    least;  // so many were made to fail
};
static const struct failures rounds[] = {
    { "the disk", FAULT_READ | FAULT_WRITE | FAULT_SYNC | FAULT_OPEN | FAULT_RENAME, 1, 10 },
    { "memory", FAULT_MEMORY, 97, 3 },
};

struct sides {
    str before, after, twice;
};

/// False: there was no n-th operation to fail.
static bool fail_once(struct scope *sc, const struct act *a, const struct failures *k, const char *from,
                      unsigned n, const struct sides *s)
{
    struct arena_mark mark = arena_mark(sc->mem);
    struct scope      job = test_scope();
    const char       *base = act_copy(sc, from);
    fault_after_kind(n, k->kinds);
    enum err e = a->run(&job, base);
    bool     hit = fault_fired();
    if (getenv("HROMADA_FAULT")) print_message("# %s: failure %u is %s\n", a->name, n, fault_name());
    str  left = act_state(sc, base);
    bool done = str_eq(left, s->after);
    ok(hit || !e, "%s fails of itself: %s", a->name, job.fault.text);
    ok(done || str_eq(left, s->before), "%s: failure %u (%s) leaves it half done:\n%.*s", a->name, n,
       fault_name(), STR(left));
    ok(e || done, "%s: failure %u (%s) is not told", a->name, n, fault_name());
    ok(!e || job.fault.text[0], "%s: failure %u (%s) comes without a sentence", a->name, n, fault_name());
    if (e && done)
        print_message("# %s: failure %u (%s) comes when it is done: %s\n", a->name, n, fault_name(),
                      job.fault.text);
    ok_err(sc, a->run(sc, base), done ? a->again : OK);
    ok_str(act_state(sc, base), done ? s->twice : s->after);
    act_no_leftovers(sc, base, arena_printf(sc->mem, "%s, failure %u (%s),", a->name, n, fault_name()).p);
    test_dir_end(sc, base);
    test_scope_end(&job);
    arena_back(sc->mem, mark);
    return hit;
}

static void check_act(const struct act *a)
{
    struct scope sc = test_scope();
    const char  *from = act_base(&sc, a), *base = act_copy(&sc, from);
    struct sides s = { .before = act_state(&sc, from) };
    ok_err(&sc, a->run(&sc, base), OK);
    s.after = act_state(&sc, base);
    ok_err(&sc, a->run(&sc, base), a->again);
    s.twice = act_state(&sc, base);
    for (size_t i = 0; i < COUNT(rounds); i++) {
        unsigned n = fault_first(), failed = 0;
        for (; fail_once(&sc, a, &rounds[i], from, n, &s); n += rounds[i].stride) failed++;
        print_message("# %s: %s failed %u times\n", a->name, rounds[i].name, failed);
        ok(failed >= (a->small ? 1 : rounds[i].least), "%s: %s failed %u times only", a->name, rounds[i].name,
           failed);
    }
    test_dir_end(&sc, base);
    test_dir_end(&sc, from);
    test_scope_end(&sc);
}

#define FAIL(name, number)                                                                                   \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        check_act(&acts[number]);                                                                            \
    }
FAIL(test_init, 0)
FAIL(test_first_import, 1)
FAIL(test_areas, 2)
FAIL(test_first_release, 3)
FAIL(test_revising_import, 4)
FAIL(test_second_release, 5)
FAIL(test_backup, 6)
FAIL(test_new_key, 7)

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_init),
    cmocka_unit_test(test_first_import),
    cmocka_unit_test(test_areas),
    cmocka_unit_test(test_first_release),
    cmocka_unit_test(test_revising_import),
    cmocka_unit_test(test_second_release),
    cmocka_unit_test(test_backup),
    cmocka_unit_test(test_new_key),
};

int main(void)
{
    if (!fault_sqlite()) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
