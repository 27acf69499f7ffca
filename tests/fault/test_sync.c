// SPDX-License-Identifier: EUPL-1.2
// What an act reports as done is on the disk by then: the database was synced; what gets its name was synced before, and
// the folder that holds the name behind it; each file of a release was synced. A kill cannot tell, for the system keeps
// what a killed program wrote; only a power cut could, and the calls do.
#include "acts.h"

#include "fault.h"
#include <dirent.h>

static size_t find_line(str trace, size_t from, str line)
{
    for (size_t at = 0, end; at < trace.n; at = end + 1) {
        end = at + str_find(str_slice(trace, at, trace.n), '\n');
        if (at >= from && str_eq(str_slice(trace, at, end), line)) return at;
    }
    return trace.n;
}

static str sync_of(struct scope *sc, str path)
{
    return arena_printf(sc->mem, "sync %.*s", STR(path));
}

static str folder_of(str path)
{
    size_t n = path.n;
    while (n && path.p[n - 1] != '/') n--;
    return str_slice(path, 0, n ? n - 1 : 0);
}

/// Every rename stands between the sync of what is renamed and that of its new folder. How many there were.
static size_t check_renames(struct scope *sc, const char *act, str trace)
{
    size_t n = 0;
    for (size_t at = 0, end; at < trace.n; at = end + 1) {
        end = at + str_find(str_slice(trace, at, trace.n), '\n');
        str to = str_slice(trace, at, end), from;
        if (!str_starts(to, S("rename "))) continue;
        to = str_slice(to, strlen("rename "), to.n);
        str_cut(&to, ' ', &from);
        str before = str_ends(from, S("hromada.db.new")) ? S("sync database") : sync_of(sc, from);
        ok(find_line(trace, 0, before) < at, "%s: %.*s was not synced before its rename", act, STR(from));
        ok(find_line(trace, at, sync_of(sc, folder_of(to))) < trace.n, "%s: the folder of %.*s is not synced",
           act, STR(to));
        n++;
    }
    return n;
}

static void check_folder(struct scope *sc, const char *base, const char *kind, int number, str trace)
{
    str  dir = arena_printf(sc->mem, "%s/data/%s/%d", base, kind, number);
    DIR *d = opendir(dir.p);
    ok(d != NULL, "%s", dir.p);
    for (const struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        str path = arena_printf(sc->mem, "%.*s.tmp/%s", STR(dir), e->d_name);
        ok(find_line(trace, 0, sync_of(sc, path)) < trace.n, "%.*s was not synced", STR(path));
    }
    closedir(d);
}

static void every_act_is_on_the_disk(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *base = test_dir(&sc);
    int          release = 0, runs = 0;
    acts_write_files(&sc, base);
    for (size_t i = 0; i < COUNT(acts); i++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        fault_trace(&b);
        enum err e = acts[i].run(&sc, base);
        fault_trace(NULL);
        ok_err(&sc, e, OK);
        ok_err(&sc, buf_end(&sc, &b), OK);
        str    trace = buf_str(&b);
        size_t renames = check_renames(&sc, acts[i].name, trace);
        bool   copies = acts[i].run == act_backup, publishes = acts[i].run == act_publish;
        bool   rotates = acts[i].run == act_rotate;
        ok(copies || rotates || find_line(trace, 0, S("sync database")) < trace.n,
           "%s: the database is not synced", acts[i].name);
        ok(renames >= (publishes           ? 3u
                       : copies || rotates ? 1u
                                           : 0u),
           "%s: %zu renames", acts[i].name, renames);
        if (publishes) {
            check_folder(&sc, base, "releases", ++release, trace);
            check_folder(&sc, base, "restricted", release, trace);
        }
        if (acts[i].run == act_import_first || acts[i].run == act_import_later) {
            str rejects = arena_printf(sc.mem, "%s/data/rejects-%d.csv", base, ++runs);
            ok(!access(rejects.p, R_OK) && str_has(trace, sync_of(&sc, rejects)), "%s is not synced:\n%.*s",
               rejects.p, STR(trace));
        }
        buf_free(&b);
    }
    ok(release == 2 && runs == 2, "%d releases, %d runs", release, runs);
    test_dir_end(&sc, base);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_act_is_on_the_disk),
};

int main(void)
{
    if (!fault_sqlite()) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
