// SPDX-License-Identifier: EUPL-1.2
// kill -9 at any instant: each act of acts.h runs in a process that is killed at some system call, before and behind
// calls in turn. What is left is the state before the act or the one behind it, whole; doing it again gives what an
// undisturbed run gives, and takes away what the killed one left half made.
#include "acts.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { KILLS = 30, NOT_TRACED = 77 };

static void act_in_child(const struct act *a, const char *base)
{
    struct scope own = test_scope();
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) _exit(NOT_TRACED);
    raise(SIGSTOP);
    _exit(a->run(&own, base) ? 1 : 0);
}

/// Is the child at a call about its own threads and memory? They are more or fewer in every run, and nothing outside sees
/// them. The way out of a call stands for the call.
static bool at_inner_call(pid_t child)
{
    static const unsigned long   inner[] = { SYS_futex,    SYS_sched_yield, SYS_mmap,   SYS_munmap,
                                             SYS_mprotect, SYS_madvise,     SYS_mremap, SYS_brk };
    static bool                  entered;
    struct __ptrace_syscall_info at;
    ok(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof at, &at) > 0, "no call");
    if (at.op != PTRACE_SYSCALL_INFO_ENTRY) return entered;
    entered = false;
    for (size_t i = 0; i < COUNT(inner); i++) entered |= at.entry.nr == inner[i];
    return entered;
}

/// Runs the act in a child and kills it after so many stops at system calls (two to a call). How many stops it made: fewer
/// when it was done before that; -1 when the machine does not let us trace.
static int stops_until(const struct act *a, const char *base, int kill_at)
{
    int   status, stops = 0;
    pid_t child = fork();
    if (!child) act_in_child(a, base);
    ok(child > 0 && waitpid(child, &status, 0) == child, "no child");
    if (WIFEXITED(status)) {
        ok_i64(WEXITSTATUS(status), NOT_TRACED);
        return -1;
    }
    ok(!ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD), "calls are told from signals");
    while (stops < kill_at) {
        ok(!ptrace(PTRACE_SYSCALL, child, NULL, NULL), "stop %d", stops);
        ok(waitpid(child, &status, 0) == child, "stop %d", stops);
        if (WIFEXITED(status)) {
            ok_i64(WEXITSTATUS(status), 0);
            return stops;
        }
        stops += !at_inner_call(child);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return stops;
}

struct sides { // of the act, and of doing it twice
    str      before, after, twice;
    unsigned seen_before, seen_after;
};

static void kill_once(struct scope *sc, const struct act *a, const char *from, int at, struct sides *s)
{
    struct arena_mark mark = arena_mark(sc->mem);
    const char       *base = act_copy(sc, from);
    stops_until(a, base, at);
    str  left = act_state(sc, base);
    bool done = str_eq(left, s->after);
    ok(done || str_eq(left, s->before), "%s, killed at %d, is half done:\n%.*s", a->name, at, STR(left));
    *(done ? &s->seen_after : &s->seen_before) += 1;
    ok_err(sc, a->run(sc, base), done ? a->again : OK);
    ok_str(act_state(sc, base), done ? s->twice : s->after);
    act_no_leftovers(sc, base, a->name);
    test_dir_end(sc, base);
    arena_back(sc->mem, mark);
}

static void check_act(const struct act *a)
{
    struct scope sc = test_scope();
    const char  *from = act_base(&sc, a), *base = act_copy(&sc, from);
    struct sides s = { .before = act_state(&sc, from) };
    int          stops = stops_until(a, base, 1 << 30);
    if (stops < 0) {
        test_dir_end(&sc, base);
        test_dir_end(&sc, from);
        test_scope_end(&sc);
        test_skip("ptrace is not allowed here");
    }
    s.after = act_state(&sc, base);
    ok_err(&sc, a->run(&sc, base), a->again);
    s.twice = act_state(&sc, base);
    ok(!str_eq(s.before, s.after), "%s changes nothing", a->name);
    int stride = stops / KILLS | 1; // odd: before and behind calls in turn
    for (int at = 1; at < stops; at += stride) kill_once(&sc, a, from, at, &s);
    kill_once(&sc, a, from, stops, &s); // a stride may jump over what comes behind the end
    print_message("# %s: %d stops, killed %u times before it was done and %u behind\n", a->name, stops,
                  s.seen_before, s.seen_after);
    ok(s.seen_before > 10 && s.seen_after > 0, "%s: both sides were seen", a->name);
    test_dir_end(&sc, base);
    test_dir_end(&sc, from);
    test_scope_end(&sc);
}

#define KILL(name, number)                                                                                   \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        check_act(&acts[number]);                                                                            \
    }
KILL(test_init, 0)
KILL(test_first_import, 1)
KILL(test_areas, 2)
KILL(test_first_release, 3)
KILL(test_revising_import, 4)
KILL(test_second_release, 5)
KILL(test_backup, 6)
KILL(test_new_key, 7)

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
TEST_MAIN(tests)
