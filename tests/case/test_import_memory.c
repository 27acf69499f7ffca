// SPDX-License-Identifier: EUPL-1.2
// A file of any size is imported in bounded memory: 300,000 rows, in a process of its own, whose peak the system tells.
#include "import.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROWS = 300000, PEAK_KB = 300 * 1024 };

// Keys in no order, and a place of its own for every row: what the run keeps in memory grows as much as it can.
static const char *write_rows(struct scope *sc, const char *dir)
{
    const char *path;
    ok_err(sc, path_join(sc, dir, "rows.csv", &path), OK);
    FILE *f = fopen(path, "wbe");
    ok(f != NULL, "%s can be written", path);
    fputs("ID,Case Number,Date,Block,IUCR,Primary "
          "Type,Description,Arrest,Domestic,District,Latitude,Longitude\n",
          f);
    for (uint32_t i = 0; i < ROWS; i++)
        fprintf(f,
                "%u,HA%06u,%02u/%02u/2014 %02u:30:00 PM,%06uXX N A "
                "STREET,0820,THEFT,$500 AND UNDER,false,%s,%03u,41.%05u,-87.6%05u\n",
                i * 2654435761u, i, i % 12 + 1, i % 28 + 1, i % 12 + 1, i, i % 3 ? "true" : "false",
                i % 25 + 1, 70000 + i % 20000, i % 90000);
    ok(!fclose(f), "%s is written", path);
    return path;
}

static int import_in_child(const char *dir, const char *path)
{
    struct scope         sc = test_scope();
    struct store        *st = import_store(&sc, dir, S("America/Chicago"));
    struct import_report r;
    ok_err(&sc, import_one(&sc, st, NULL, path, &r), OK);
    check_sums(&r);
    bool all = r.totals.imported == ROWS;
    ok_err(&sc, import_one(&sc, st, NULL, path, &r), OK);
    all = all && r.totals.unchanged == ROWS;
    store_close(st);
    test_scope_end(&sc);
    return all ? 0 : 1;
}

static void memory_is_bounded(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    const char   *dir = test_dir(&sc), *data;
    const char   *path = write_rows(&sc, dir);
    struct rusage used;
    int           status = -1;
    ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
    pid_t child = fork();
    if (!child) _exit(import_in_child(data, path));
    ok(child > 0 && wait4(child, &status, 0, &used) == child, "the import ran");
    ok(WIFEXITED(status) && !WEXITSTATUS(status), "all rows are imported, and unchanged the second time");
    print_message("# %d rows: %ld KB at the most\n", ROWS, used.ru_maxrss);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("# a sanitizer's own memory is among them: the bound is not looked at\n");
#else
    ok(used.ru_maxrss < PEAK_KB, "%ld KB are more than %d", used.ru_maxrss, PEAK_KB);
#endif
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(memory_is_bounded),
};
TEST_MAIN(tests)
