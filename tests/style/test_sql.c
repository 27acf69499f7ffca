// SPDX-License-Identifier: EUPL-1.2
// Every named statement is one that a fresh store can run, and has the parameters that tools/pack_sql read out of it, in
// that order: values are bound by position. SQLite itself is the judge.
#include "check.h"

#include "store/store_int.h"
#include <sqlite3.h>

static sqlite3 *fresh(struct scope *sc, const char *dir)
{
    struct store_settings town = { .name = S("T"), .timezone = S("UTC") };
    struct store         *st;
    sqlite3              *db;
    ok_err(sc, store_create(sc, dir, &town), OK);
    ok_err(sc, store_open(sc, dir, STORE_WRITE, &st), OK);
    store_close(st);
    ok_i64(sqlite3_open_v2(arena_printf(sc->mem, "%s/hromada.db", dir).p, &db, SQLITE_OPEN_READWRITE, NULL),
           SQLITE_OK);
    return db;
}

static void check_statement(sqlite3 *db, const struct sql_text *t)
{
    sqlite3_stmt *s = NULL;
    const char   *tail = "";
    ok(!sqlite3_prepare_v2(db, t->text, -1, &s, &tail), "%s: %s", t->name, sqlite3_errmsg(db));
    ok(!str_trim(str_of(tail)).n, "%s: what stands behind it is never run: %s", t->name, tail);
    ok(sqlite3_bind_parameter_count(s) == t->n, "%s has %d parameters, not %d", t->name,
       sqlite3_bind_parameter_count(s), t->n);
    for (int i = 0; i < t->n; i++)
        ok(!strcmp(sqlite3_bind_parameter_name(s, i + 1), t->parameter[i]), "%s: parameter %d is %s, not %s",
           t->name, i + 1, sqlite3_bind_parameter_name(s, i + 1), t->parameter[i]);
    sqlite3_finalize(s);
}

static void every_statement_prepares(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    sqlite3     *db = fresh(&sc, dir);
    int          made = 0;
    for (int i = 0; i < SQL_STATEMENTS; i++) // the tables of a run, which is what others stand on
        if (str_starts(str_of(sql_texts[i].text), S("CREATE TEMP TABLE"))) {
            ok(!sqlite3_exec(db, sql_texts[i].text, NULL, NULL, NULL), "%s: %s", sql_texts[i].name,
               sqlite3_errmsg(db));
            made++;
        }
    ok(made > 0, "the tables of a run are among the statements");
    ok(!sqlite3_exec(db, "CREATE TEMP TABLE arrival (" ARRIVAL_COLUMNS ")", NULL, NULL, NULL), "%s",
       sqlite3_errmsg(db));
    for (int i = 0; i < SQL_STATEMENTS; i++) check_statement(db, &sql_texts[i]);
    sqlite3_close(db);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_statement_prepares),
};
TEST_MAIN(tests)
