// SPDX-License-Identifier: EUPL-1.2
// The harness itself on SQLite: a transaction whose n-th operation fails is there whole or not at all.
#include "check.h"

#include "fault.h"
#include <sqlite3.h>

static int run(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    int      code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (!code) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    int closed = sqlite3_close(db);
    return code ? code : closed;
}

static int64_t count_rows(const char *path)
{
    sqlite3      *db;
    sqlite3_stmt *st;
    ok(!sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), "%s opens", path);
    ok(!sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &st, NULL), "%s", sqlite3_errmsg(db));
    ok(sqlite3_step(st) == SQLITE_ROW, "%s", sqlite3_errmsg(db));
    int64_t n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

static void check_journal(const char *journal)
{
    static const char *const names[] = { "sqlite malloc", "sqlite open", "sqlite write", "sqlite sync" };
    struct scope             sc = test_scope();
    unsigned                 failed = 0, kept = 0;
    const char              *dir = test_dir(&sc);
    for (unsigned n = fault_first();; n++) {
        str path = arena_printf(sc.mem, "%s/%u.db", dir, n);
        str setup = arena_printf(
            sc.mem,
            "PRAGMA synchronous=OFF; PRAGMA journal_mode=%s; CREATE TABLE t(a); INSERT INTO t VALUES(1)",
            journal);
        ok(!run(path.p, setup.p), "setup");
        fault_after(n);
        int code =
            run(path.p, "PRAGMA synchronous=FULL; BEGIN; INSERT INTO t VALUES(2); INSERT INTO t SELECT value "
                        "FROM json_each('[3,4]'); COMMIT");
        bool    hit = fault_fired();
        int64_t rows = count_rows(path.p);
        ok(rows == 1 || rows == 4, "failure %u (%s) leaves %lld rows", n, fault_name(), (long long)rows);
        ok(code || rows == 4, "failure %u (%s) is not reported", n, fault_name());
        if (!hit) {
            ok_i64(code, SQLITE_OK);
            break;
        }
        kept += rows == 1;
        for (unsigned i = 0; i < COUNT(names); i++)
            if (!strcmp(fault_name(), names[i])) failed |= 1u << i;
    }
    ok(kept > 10, "only %u failures undid the transaction", kept);
    for (unsigned i = 0; i < COUNT(names); i++) ok(failed & 1u << i, "%s was never made to fail", names[i]);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void test_wal(void **state)
{
    (void)state;
    check_journal("wal");
}

static void test_rollback_journal(void **state)
{
    (void)state;
    check_journal("delete");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_wal),
    cmocka_unit_test(test_rollback_journal),
};

int main(void)
{
    if (!fault_sqlite()) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
