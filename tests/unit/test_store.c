// SPDX-License-Identifier: EUPL-1.2
// The care of a store: what check finds, who may write, backups while a run writes. The merge of runs is in
// tests/property/test_store_merge.c, interruptions in tests/fault/.
#include "import.h"

#include "store/sql.h"
#include "store/sqlite_log.h"
#include "store/sqlite_pages.h"
#include "store_check.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct bench {
    struct scope sc;
    const char  *dir, *data, *db;
};

/// Two runs of rows with a stable id; the second revises one of them.
static void bench_open(struct bench *b)
{
    b->sc = test_scope();
    b->dir = test_dir(&b->sc);
    ok_err(&b->sc, path_join(&b->sc, b->dir, "data", &b->data), OK);
    ok_err(&b->sc, path_join(&b->sc, b->data, "hromada.db", &b->db), OK);
    struct store        *st = import_store(&b->sc, b->data, S("Europe/Kyiv"));
    struct import_report r;
    const char          *first =
        write_file(&b->sc, b->dir, "1.csv",
                   S("id,date,category\n1,2024-01-01,theft\n2,2024-01-02,theft\n3,bad,theft\n"));
    const char *later = write_file(&b->sc, b->dir, "2.csv",
                                   S("id,date,category\n1,2024-01-01,robbery\n4,2024-01-02,theft\n"));
    ok_err(&b->sc, import_one(&b->sc, st, NULL, first, &r), OK);
    ok_err(&b->sc, import_one(&b->sc, st, NULL, later, &r), OK);
    ok_i64(r.totals.revised, 1);
    store_close(st);
}

static void bench_close(struct bench *b)
{
    test_dir_end(&b->sc, b->dir);
    test_scope_end(&b->sc);
}

static void execute(struct bench *b, const char *sql, const char *vfs)
{
    sqlite3 *db;
    char    *why = NULL;
    ok(!sqlite3_open_v2(b->db, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs), "%s", b->db);
    ok(!sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;", NULL, NULL,
                     NULL),
       "%s", sqlite3_errmsg(db));
    ok(!sqlite3_exec(db, sql, NULL, NULL, &why), "%s: %s", sql, why);
    sqlite3_close(db);
}

/// By this program's own way of writing pages, so that values alone are wrong.
static void damage(struct bench *b, const char *sql)
{
    execute(b, sql, pages_vfs());
}

static enum err check(struct bench *b, str *report)
{
    AUTO(store_closep) struct store *st = NULL;
    *report = (str){ 0 };
    TRY(store_open(&b->sc, b->data, STORE_READ, &st));
    return store_check(&b->sc, st, report);
}

#define INCIDENT                                                                                             \
    "id, slice, key, content, category, from_s, to_s, offset_s, precision, point, lon_e7, lat_e7, flags, "   \
    "added"

static void test_check_finds(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *says;
    } rows[] = {
        { "UPDATE run SET rejected = rejected + 1 WHERE id = 1", "run 1: the totals do not add up: read 3" },
        { "UPDATE run SET rows_read = 99, imported = imported + 96 WHERE id = 1",
          "run 1: says that it imported 98 rows" },
        { "UPDATE incident SET category = 999 WHERE id = 2",
          "reference: in the table incident, row 2 refers to a category" },
        { "UPDATE incident SET to_s = from_s - 1 WHERE id = 2", "incident 2: impossible value" },
        { "UPDATE incident SET lat_e7 = 500000000 WHERE id = 2", "incident 2: impossible value" },
        { "UPDATE incident SET classes = 4096 WHERE id = 2", "incident 2: impossible value" },
        { "INSERT INTO incident (" INCIDENT ") SELECT 77, "
          "slice, key, content, category, from_s, to_s, offset_s, precision, "
          "point, lon_e7, lat_e7, flags, added FROM incident WHERE id = 2",
          "source generic: the key 2 is that of 2 incidents" },
        { "INSERT INTO incident_type SELECT id, category FROM incident WHERE id = 2",
          "incident 2: a further category is its own" },
        { "INSERT INTO slice (id, source, name) VALUES (50, 1, 'x')", "slice 50 (x): holds no incident" },
        { "UPDATE incident SET added = 2 WHERE id = 1; UPDATE revision SET run = 1",
          "is older than its incident 1" },
        { "INSERT INTO area_set VALUES (1, 'a', 'A', ''); INSERT INTO area VALUES (1, 1, 'x', 'X', '', "
          "zeroblob(8), x'')",
          "area 1 (x): its points or rings are not whole" },
        { "UPDATE incident SET flags = flags + 2 WHERE id = 2", "incident 2: is not what its source told" },
        { "UPDATE incident SET place = NULL WHERE id = 1; UPDATE incident SET key = '7' WHERE id = 2",
          "incident 2: is not what its source told" },
        { "UPDATE incident SET content = zeroblob(16) WHERE id = 1",
          "incident 1: is not what its source told" },
        { "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'revision_by_incident'",
          "integrity: " },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bench b;
        str          report;
        bench_open(&b);
        ok_err(&b.sc, check(&b, &report), OK);
        damage(&b, rows[i].sql);
        ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
        ok(str_has(report, str_of(rows[i].says)), "%s: %.*s", rows[i].sql, STR(report));
        ok(strstr(b.sc.fault.text, "bring back a backup"), "%s", b.sc.fault.text);
        bench_close(&b);
    }
}

static void test_check_finds_lost_pages(void **state)
{
    (void)state;
    struct bench b;
    str          report;
    bench_open(&b);
    FILE *f = fopen(b.db, "r+be");
    ok(f && !fseek(f, 4096 * 6, SEEK_SET), "%s", b.db);
    for (int i = 0; i < 4096; i++) fputc(0x5A, f);
    fclose(f);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
    bench_close(&b);
}

/// A page of zeros is no free ride, and another program's pages are not taken for ours.
static void test_check_finds_pages(void **state)
{
    (void)state;
    struct bench b;
    str          report;
    sqlite3     *db;
    bench_open(&b);
    FILE *f = fopen(b.db, "r+be");
    ok(f && !fseek(f, 4096 * 6, SEEK_SET), "%s", b.db);
    for (int i = 0; i < 4096; i++) fputc(0, f);
    fclose(f);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
    bench_close(&b);
    bench_open(&b);
    ok(!sqlite3_open(b.db, &db), "%s", b.db);
    ok(!sqlite3_exec(db, "UPDATE setting SET value = 'Elsewhere' WHERE name = 'name'", NULL, NULL, NULL),
       "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
    ok(str_has(report, S("is not as this program wrote it")), "%.*s", STR(report));
    bench_close(&b);
}

static str bytes_in(struct bench *b, const char *path)
{
    str text;
    ok_err(&b->sc, file_read(&b->sc, path, 16 << 20, &text), OK);
    return text;
}

static int64_t bytes_of(const char *path)
{
    struct stat st;
    ok(!stat(path, &st), "%s", path);
    return st.st_size;
}

/// The zeros that stand for what is missing must not pass for the page, whose end may have been zeros, too.
static void test_check_finds_cut_pages(void **state)
{
    (void)state;
    static const int64_t cuts[] = { 1, 3, 8, 9, 100, 1000, 4088, 4095, 4096 };
    struct bench         b;
    str                  report;
    sqlite3             *db;
    bench_open(&b);
    damage(&b, "CREATE TABLE last (x)"); // an empty one: its page is zeros but for a few bytes
    int64_t whole = bytes_of(b.db);
    str     text = bytes_in(&b, b.db);
    ok_i64(whole % PAGES_BYTES, 0);
    ok_err(&b.sc, check(&b, &report), OK);
    for (size_t i = 0; i < COUNT(cuts); i++) {
        write_file(&b.sc, b.data, "hromada.db", str_slice(text, 0, text.n - (size_t)cuts[i]));
        ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
        ok(cuts[i] == PAGES_BYTES || str_has(report, S("its end was cut off")), "%.*s", STR(report));
        ok(!sqlite3_open_v2(b.db, &db, SQLITE_OPEN_READONLY, pages_vfs()), "%s", b.db);
        ok_i64(sqlite3_exec(db, "SELECT * FROM last", NULL, NULL, NULL), SQLITE_CORRUPT);
        sqlite3_close(db);
    }
    for (int64_t more = 1; more <= PAGES_BYTES; more += PAGES_BYTES - 1) {
        write_file(&b.sc, b.data, "hromada.db", text);
        ok(!truncate(b.db, whole + more), "%s", b.db);
        ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
        ok(str_has(report, S("something was written behind its end")), "%.*s", STR(report));
    }
    write_file(&b.sc, b.data, "hromada.db", text);
    ok_err(&b.sc, check(&b, &report), OK);
    bench_close(&b);
}

/// A kill, or a full disk, while pages of the log are moved into the file leaves a part of one at its end.
static void test_half_moved_page(void **state)
{
    (void)state;
    static const int64_t more[] = { 1, 100, 4095, 4096, 4097, 3 * 4096 + 5 };
    struct bench         b;
    struct store        *st;
    sqlite3             *db;
    str                  report;
    bench_open(&b);
    ok(!sqlite3_open_v2(b.db, &db, SQLITE_OPEN_READWRITE, pages_vfs()), "%s", b.db);
    ok(!sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE more (x);"
                     "INSERT INTO more VALUES (randomblob(40000))",
                     NULL, NULL, NULL),
       "%s", sqlite3_errmsg(db));
    str file = bytes_in(&b, b.db), wal = bytes_in(&b, arena_printf(b.sc.mem, "%s-wal", b.db).p);
    sqlite3_close(db);
    for (size_t i = 0; i < COUNT(more); i++) {
        write_file(&b.sc, b.data, "hromada.db", file);
        write_file(&b.sc, b.data, "hromada.db-wal", wal);
        ok(!truncate(b.db, (off_t)file.n + more[i]), "%s", b.db);
        ok_err(&b.sc, check(&b, &report), OK);
        ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
        store_close(st);
        ok_err(&b.sc, check(&b, &report), OK);
        ok_i64(bytes_of(b.db) > (int64_t)file.n + 40000, 1);
    }
    bench_close(&b);
}

// -- a database of an earlier version ----------------------------------------------------------------------------------

static struct hash128 digest(struct scope *sc, const char *dir)
{
    AUTO(store_closep) struct store *st = NULL;
    struct hash128                   h;
    str                              report;
    ok_err(sc, store_open(sc, dir, STORE_READ, &st), OK);
    ok_err(sc, store_check(sc, st, &report), OK);
    ok_err(sc, store_digest(sc, st, &h), OK);
    return h;
}

/// The same rows in a file that SQLite alone has written, without room for checksums.
static void make_earlier(struct bench *b)
{
    str command =
        arena_printf(b->sc.mem,
                     "cd '%s' && { echo 'PRAGMA foreign_keys = OFF;'; sqlite3 hromada.db .dump; echo "
                     "'PRAGMA application_id = 0x68726D64; PRAGMA user_version = %d; PRAGMA "
                     "journal_mode = WAL;'; } | sqlite3 earlier.db >/dev/null && mv earlier.db hromada.db",
                     b->data, SQL_MIGRATIONS);
    ok(!system(command.p), "no sqlite3");
}

static void test_earlier_version(void **state)
{
    (void)state;
    struct bench   b;
    struct store  *st, *reader;
    struct hash128 want, got;
    str            report;
    bench_open(&b);
    want = digest(&b.sc, b.data);
    make_earlier(&b);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
    ok(str_has(report, S("no checksums of its pages")), "%.*s", STR(report));
    ok_i64(str_find(report, '\n') + 1, report.n); // and nothing else
    // As long as somebody reads it stays as it is, and is written to all the same.
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &reader), OK);
    ok_err(&b.sc, store_digest(&b.sc, reader, &got), OK);
    ok(!memcmp(&got, &want, sizeof got), "an earlier file tells the same");
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    store_close(st);
    store_close(reader);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &reader), OK);
    const char *copy = arena_printf(b.sc.mem, "%s/copy.db", b.dir).p;
    ok_err(&b.sc, store_backup(&b.sc, reader, copy), OK);
    store_close(reader);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    store_close(st);
    got = digest(&b.sc, b.data); // and is whole, with checksums
    ok(!memcmp(&got, &want, sizeof got), "nothing is lost on the way");
    ok(!rename(copy, b.db), "%s", copy);
    ok_err(&b.sc, check(&b, &report), ERR_CORRUPT); // a copy of the earlier one is as that was
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    store_close(st);
    got = digest(&b.sc, b.data);
    ok(!memcmp(&got, &want, sizeof got), "nor in the copy");
    bench_close(&b);
}

/// Killed at any moment while it gets its checksums, the database is the earlier one or the new one, and whole.
static void test_earlier_version_killed(void **state)
{
    (void)state;
    enum { KILLS = 40, STEP_US = 4000 };
    struct bench   b;
    struct store  *st;
    struct hash128 want, got;
    unsigned       sealed = 0;
    str            report;
    bench_open(&b);
    want = digest(&b.sc, b.data);
    make_earlier(&b);
    for (int i = 0; i < KILLS; i++) {
        const char *copy = arena_printf(b.sc.mem, "%s/copy", b.dir).p;
        str         command = arena_printf(b.sc.mem, "rm -rf '%s'; cp -r '%s' '%s'", copy, b.data, copy);
        ok(!system(command.p), "%s", command.p);
        pid_t writer = fork();
        if (!writer) _exit(store_open(&b.sc, copy, STORE_WRITE, &st) != OK);
        usleep((useconds_t)(i * STEP_US));
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        ok_err(&b.sc, store_open(&b.sc, copy, STORE_READ, &st), OK);
        ok_err(&b.sc, store_digest(&b.sc, st, &got), OK);
        ok(!memcmp(&got, &want, sizeof got), "killed after %d us", i * STEP_US);
        sealed += !store_check(&b.sc, st, &report);
        store_close(st);
        ok_err(&b.sc, store_open(&b.sc, copy, STORE_WRITE, &st), OK);
        store_close(st);
        got = digest(&b.sc, copy);
        ok(!memcmp(&got, &want, sizeof got), "once more, killed after %d us", i * STEP_US);
    }
    print_message("# killed %d times, %u of them behind the rename\n", KILLS, sealed);
    bench_close(&b);
}

static void test_who_may_write(void **state)
{
    (void)state;
    struct bench  b;
    struct store *one, *two, *reader;
    bench_open(&b);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &one), OK);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &two), ERR_BUSY);
    str pid =
        arena_printf(b.sc.mem, "process %d writes to %s: wait until it has ended", (int)getpid(), b.data);
    ok(str_has(str_of(b.sc.fault.text), pid), "%s", b.sc.fault.text);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &reader), OK);
    store_close(reader);
    store_close(one);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &two), OK);
    store_close(two);
    damage(&b, "PRAGMA user_version = 9999");
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &two), ERR_VERSION);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &two), ERR_VERSION);
    ok(strstr(b.sc.fault.text, "use the newer program"), "%s", b.sc.fault.text);
    damage(&b, "PRAGMA user_version = 1; PRAGMA application_id = 7");
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &two), ERR_CORRUPT);
    ok(strstr(b.sc.fault.text, "another program"), "%s", b.sc.fault.text);
    bench_close(&b);
}

// -- a backup while runs write -------------------------------------------------------------------------------------------

enum { ROWS = 3000, BACKUPS = 12 };

static const char *many_rows(struct bench *b, const char *name, const char *category)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add(&text, S("id,date,category\n"));
    for (int i = 0; i < ROWS; i++) buf_printf(&text, "%d,2024-01-%02d,%s\n", i, i % 28 + 1, category);
    const char *path = write_file(&b->sc, b->dir, name, buf_str(&text));
    buf_free(&text);
    return path;
}

static void import_path(struct scope *sc, const char *dir, const char *path)
{
    struct import_report r;
    struct store        *st;
    ok_err(sc, store_open(sc, dir, STORE_WRITE, &st), OK);
    ok_err(sc, import_one(sc, st, NULL, path, &r), OK);
    store_close(st);
}

/// Two files in turn, until it is killed.
static _Noreturn void write_for_ever(const char *dir, const char *const file[2])
{
    for (unsigned i = 0;; i++) {
        struct scope sc = test_scope();
        import_path(&sc, dir, file[i % 2]);
        test_scope_end(&sc);
    }
}

static void test_backup_while_runs_write(void **state)
{
    (void)state;
    struct bench   b;
    const char    *file[2], *copy, *copy_db;
    struct hash128 want[2];
    struct store  *st;
    unsigned       seen[2] = { 0 };
    bench_open(&b);
    file[0] = many_rows(&b, "a.csv", "theft");
    file[1] = many_rows(&b, "b.csv", "robbery");
    for (int i = 1; i >= 0; i--) {
        import_path(&b.sc, b.data, file[i]);
        want[i] = digest(&b.sc, b.data);
    }
    ok_err(&b.sc, path_join(&b.sc, b.dir, "copy", &copy), OK);
    ok_err(&b.sc, path_join(&b.sc, copy, "hromada.db", &copy_db), OK);
    ok_err(&b.sc, dir_make(&b.sc, copy), OK);
    pid_t writer = fork();
    if (!writer) write_for_ever(b.data, (const char *const[]){ file[1], file[0] });
    for (int i = 0; i < BACKUPS; i++) {
        usleep(20000);
        ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
        ok_err(&b.sc, store_backup(&b.sc, st, copy_db), OK);
        store_close(st);
        struct hash128 got = digest(&b.sc, copy);
        bool           is[2] = { !memcmp(&got, &want[0], sizeof got), !memcmp(&got, &want[1], sizeof got) };
        ok(is[0] || is[1], "copy %d is neither of the two states", i);
        for (int k = 0; k < 2; k++) seen[k] += is[k];
    }
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    print_message("# %u copies of the one state, %u of the other\n", seen[0], seen[1]);
    // The copy is a store of its own, and can be written to.
    import_path(&b.sc, copy, file[1]);
    struct hash128 got = digest(&b.sc, copy);
    ok(!memcmp(&got, &want[1], sizeof got), "the copy takes a run");
    bench_close(&b);
}

static const char *write_bytes(struct bench *b, const char *name, const char *bytes)
{
    const char *path = arena_printf(b->sc.mem, "%s/%s", b->dir, name).p;
    FILE       *f = fopen(path, "w");
    ok(f && fputs(bytes, f) >= 0 && !fclose(f), "%s", path);
    return path;
}

static void test_where_no_backup_goes(void **state)
{
    (void)state;
    struct bench  b;
    struct store *st;
    bench_open(&b);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
    ok_err(&b.sc, store_backup(&b.sc, st, b.db), ERR_INVALID);
    ok(strstr(b.sc.fault.text, "is the database itself"), "%s", b.sc.fault.text);
    ok_err(&b.sc, store_backup(&b.sc, st, b.dir), ERR_INVALID);
    const char *pipe_path = arena_printf(b.sc.mem, "%s/pipe", b.dir).p;
    ok(!mkfifo(pipe_path, 0600), "%s", pipe_path);
    ok_err(&b.sc, store_backup(&b.sc, st, pipe_path), ERR_INVALID);
    ok_err(&b.sc, store_backup(&b.sc, st, arena_printf(b.sc.mem, "%s/no/such/folder", b.dir).p), ERR_IO);
    store_close(st);
    digest(&b.sc, b.data);
    bench_close(&b);
}

/// A copy is replaced by the next one, and nothing else is; the log of another database is not written into it.
static void test_copies_are_known(void **state)
{
    (void)state;
    struct bench  b;
    struct store *st;
    bench_open(&b);
    const char *copy = arena_printf(b.sc.mem, "%s/copy.db", b.dir).p,
               *back = arena_printf(b.sc.mem, "%s/back", b.dir).p,
               *db = arena_printf(b.sc.mem, "%s/hromada.db", back).p,
               *wal = arena_printf(b.sc.mem, "%s-wal", db).p;
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
    const char *others[] = { write_bytes(&b, "policy.txt", "tier public"),
                             write_bytes(&b, "x.db", "SQLite format 3") };
    for (size_t i = 0; i < COUNT(others); i++) {
        ok_err(&b.sc, store_backup(&b.sc, st, others[i]), ERR_EXISTS);
        ok(strstr(b.sc.fault.text, "is there already"), "%s", b.sc.fault.text);
    }
    ok_err(&b.sc, store_backup(&b.sc, st, write_bytes(&b, "empty", "")), OK);
    for (int i = 0; i < 2; i++) ok_err(&b.sc, store_backup(&b.sc, st, copy), OK);
    ok(!mkdir(back, 0700) && !rename(copy, db), "%s", back);
    FILE *f = fopen(wal, "w");
    ok(f && fputs("the log of another", f) >= 0 && !fclose(f), "%s", wal);
    struct store *other;
    ok_err(&b.sc, store_open(&b.sc, back, STORE_READ, &other), ERR_INVALID);
    ok_err(&b.sc, store_open(&b.sc, back, STORE_WRITE, &other), ERR_INVALID);
    ok(strstr(b.sc.fault.text, "hromada.db-wal"), "%s", b.sc.fault.text);
    unlink(wal);
    ok_err(&b.sc, store_open(&b.sc, back, STORE_WRITE, &other), OK);
    store_close(other);
    ok_err(&b.sc, store_backup(&b.sc, st, db), ERR_EXISTS); // somebody's database by now
    store_close(st);
    bench_close(&b);
}

// -- whose log it is ----------------------------------------------------------------------------------------------------

/// So many rows that the database grows; the store stays open.
static struct store *import_many(struct bench *b, int from)
{
    enum { MANY = 300 };
    struct import_report r;
    struct store        *st;
    struct buf           rows;
    buf_init(&rows, 1 << 16);
    buf_add(&rows, S("id,date,category\n"));
    for (int i = from; i < from + MANY; i++) buf_printf(&rows, "%d,2024-01-03,theft\n", i);
    const char *csv = write_file(&b->sc, b->dir, "many.csv", buf_str(&rows));
    buf_free(&rows);
    ok_err(&b->sc, store_open(&b->sc, b->data, STORE_WRITE, &st), OK);
    ok_err(&b->sc, import_one(&b->sc, st, NULL, csv, &r), OK);
    ok_i64(r.totals.imported, MANY);
    return st;
}

/// As backup copied before it took the word of a log out of its copies.
static void copy_as_earlier(struct bench *b, const char *to)
{
    sqlite3 *from_db, *to_db;
    ok(!sqlite3_open_v2(b->db, &from_db, SQLITE_OPEN_READONLY, pages_vfs()) &&
           !sqlite3_open_v2(to, &to_db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, pages_vfs()),
       "%s", to);
    sqlite3_exec(to_db, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;", NULL, NULL, NULL);
    sqlite3_backup *copy = sqlite3_backup_init(to_db, "main", from_db, "main");
    ok(copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE, "%s", to);
    ok(!sqlite3_backup_finish(copy) && !sqlite3_close(to_db) && !sqlite3_close(from_db), "%s", to);
}

/// A copy that says it has a log, beside the log that a later crash left.
static void test_logs_are_known(void **state)
{
    (void)state;
    struct bench  b;
    struct store *st;
    str           plain, earlier, wal, is;
    bench_open(&b);
    const char *old = arena_printf(b.sc.mem, "%s/old.db", b.dir).p,
               *log = arena_printf(b.sc.mem, "%s-wal", b.db).p,
               *shm = arena_printf(b.sc.mem, "%s-shm", b.db).p;
    copy_as_earlier(&b, old);
    ok_err(&b.sc, file_read(&b.sc, old, 1 << 24, &earlier), OK);
    ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &plain), OK);
    ok(earlier.p[18] == 2 && plain.p[18] == 2, "no copy says that it has a log");
    store_close(import_many(&b, 1000));
    // Somebody reads meanwhile, so that the run's log is not moved into the file at its end.
    sqlite3 *reader;
    ok(!sqlite3_open_v2(b.db, &reader, SQLITE_OPEN_READONLY, pages_vfs()) &&
           !sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM incident", NULL, NULL, NULL),
       "%s", b.db);
    pid_t writer = fork();
    if (!writer) {
        import_many(&b, 2000);
        kill(getpid(), SIGKILL);
    }
    int status;
    ok(waitpid(writer, &status, 0) == writer && WIFSIGNALED(status), "the writer ended by itself");
    ok_err(&b.sc, file_read(&b.sc, log, 1 << 24, &wal), OK);
    ok(wal.n, "the crash left no log");
    ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &is), OK);
    sqlite3_close(reader);
    const str copies[] = { plain, earlier };
    for (size_t i = 0; i < COUNT(copies); i++)
        for (int mode = 0; mode < 2; mode++) {
            write_file(&b.sc, b.data, "hromada.db", copies[i]);
            write_file(&b.sc, b.data, "hromada.db-wal", wal);
            unlink(shm);
            ok_err(&b.sc, store_open(&b.sc, b.data, mode ? STORE_WRITE : STORE_READ, &st), ERR_INVALID);
            ok(strstr(b.sc.fault.text, "hromada.db-wal"), "%s", b.sc.fault.text);
            str now;
            ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &now), OK);
            ok(str_eq(now, copies[i]), "copy %zu was written to", i);
        }
    unlink(log);
    digest(&b.sc, b.data); // the copy alone
    write_file(&b.sc, b.data, "hromada.db", is);
    write_file(&b.sc, b.data, "hromada.db-wal", wal);
    struct store_counts n;
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK); // what it belongs to takes it
    ok_err(&b.sc, store_counts_get(&b.sc, st, &n), OK);
    ok_i64(n.incidents, 603);
    store_close(st);
    digest(&b.sc, b.data);
    bench_close(&b);
}

static uint32_t counter_of(str file)
{
    const unsigned char *p = (const unsigned char *)file.p + 24;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/// Whatever several writers do, a crash at no moment leaves a log that counts as another's; of states before the log was begun most
/// are told from it.
static void test_own_logs_pass(void **state)
{
    (void)state;
    enum { WRITERS = 3, STEPS = 600, PAST = 8 };
    static const char *const acts[] = {
        "INSERT INTO t VALUES (randomblob(9000))",
        "UPDATE t SET b = randomblob(200) WHERE rowid % 7 = 1",
        "BEGIN; INSERT INTO t VALUES (randomblob(90000)); ROLLBACK",
        "BEGIN; INSERT INTO t SELECT randomblob(3000) FROM (SELECT 1 FROM t LIMIT 40); "
        "UPDATE t SET b = randomblob(4000) WHERE rowid % 3 = 1; COMMIT",
        "BEGIN; CREATE TABLE u (x); INSERT INTO u VALUES (randomblob(40000)); DROP TABLE u; COMMIT",
        "DELETE FROM t WHERE rowid % 2 = 1",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "PRAGMA wal_checkpoint(RESTART)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM",
        NULL, // opens anew
    };
    struct bench b;
    uint64_t     seed = test_seed();
    sqlite3     *db[WRITERS] = { NULL };
    uint32_t     past[PAST] = { 0 };
    unsigned     logs = 0, told = 0, olds = 0;
    bench_open(&b);
    const char *log = arena_printf(b.sc.mem, "%s-wal", b.db).p;
    str         before = { 0 };
    for (int i = 0; i < STEPS; i++) {
        struct arena_mark mark = arena_mark(b.sc.mem);
        sqlite3         **of = &db[test_random(&seed) % WRITERS];
        const char       *act = i ? acts[test_random(&seed) % COUNT(acts)] : NULL;
        str               file, wal = { 0 };
        if (!act) sqlite3_close(*of), *of = NULL;
        if (!*of) {
            ok(!sqlite3_open_v2(b.db, of, SQLITE_OPEN_READWRITE, pages_vfs()), "%s", b.db);
            sqlite3_exec(*of, "PRAGMA cache_size = 5; CREATE TABLE IF NOT EXISTS t (b)", NULL, NULL, NULL);
        }
        if (!access(log, F_OK)) ok_err(&b.sc, file_read(&b.sc, log, 1 << 28, &before), OK);
        if (act) ok(!sqlite3_exec(*of, act, NULL, NULL, NULL), "%s: %s", act, sqlite3_errmsg(*of));
        ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 28, &file), OK);
        ok_err(&b.sc, file_read(&b.sc, log, 1 << 28, &wal), OK);
        ok(!log_is_later(log, counter_of(file)), "step %d, %s", i, act);
        // Killed while it was checkpointed: what was moved into the file, beside the log as it was.
        if (act && strstr(act, "checkpoint")) {
            write_file(&b.sc, b.dir, "was-wal", before);
            ok(!log_is_later(arena_printf(b.sc.mem, "%s/was-wal", b.dir).p, counter_of(file)),
               "step %d, before %s", i, act);
        }
        logs += wal.n > 0;
        uint32_t then = past[i % PAST];
        if (wal.n && i >= PAST && then + 1 < counter_of(file)) olds++, told += log_is_later(log, then);
        past[i % PAST] = counter_of(file);
        before = (str){ 0 };
        arena_back(b.sc.mem, mark);
    }
    for (int i = 0; i < WRITERS; i++) sqlite3_close(db[i]);
    print_message("# %u logs, %u of %u older files told\n", logs, told, olds);
    ok(logs > STEPS / 2 && olds > 20 && told * 4 > olds, "%u of %u", told, olds);
    bench_close(&b);
}

/// A writer that keeps no log, as the first import is one, is killed in its transaction. Its journal is what the others get.
static void kill_in_journal(struct bench *b)
{
    pid_t writer = fork();
    if (!writer) {
        sqlite3 *db;
        ok(!sqlite3_open_v2(b->db, &db, SQLITE_OPEN_READWRITE, pages_vfs()), "%s", b->db);
        sqlite3_exec(db,
                     "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5; BEGIN; CREATE TABLE more (x);"
                     "INSERT INTO more SELECT randomblob(9000) FROM incident, incident a, incident b",
                     NULL, NULL, NULL);
        kill(getpid(), SIGKILL);
    }
    int status;
    ok(waitpid(writer, &status, 0) == writer && WIFSIGNALED(status), "the writer ended by itself");
}

/// Copies beside the journal that a later crash left: one of this program, one of its state as the crash found it, one that says
/// it has a log.
static void test_journals_are_known(void **state)
{
    (void)state;
    struct bench  b;
    struct store *st;
    str           copies[3], journal, is, now;
    bench_open(&b);
    const char *copy = arena_printf(b.sc.mem, "%s/copy.db", b.dir).p,
               *old = arena_printf(b.sc.mem, "%s/old.db", b.dir).p,
               *beside = arena_printf(b.sc.mem, "%s-journal", b.db).p;
    copy_as_earlier(&b, old);
    ok_err(&b.sc, file_read(&b.sc, old, 1 << 24, &copies[0]), OK);
    ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &copies[1]), OK);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
    ok_err(&b.sc, store_backup(&b.sc, st, copy), OK);
    store_close(st);
    ok_err(&b.sc, file_read(&b.sc, copy, 1 << 24, &copies[2]), OK);
    struct hash128 before = digest(&b.sc, b.data), behind;
    kill_in_journal(&b);
    ok_err(&b.sc, file_read(&b.sc, beside, 1 << 24, &journal), OK);
    ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &is), OK);
    ok(journal.n > 8192 && is.n > copies[1].n, "the crash left nothing");
    for (size_t i = 0; i < COUNT(copies); i++)
        for (int mode = 0; mode < 2; mode++) {
            write_file(&b.sc, b.data, "hromada.db", copies[i]);
            write_file(&b.sc, b.data, "hromada.db-journal", journal);
            ok_err(&b.sc, store_open(&b.sc, b.data, mode ? STORE_WRITE : STORE_READ, &st), ERR_INVALID);
            ok(strstr(b.sc.fault.text, "hromada.db-journal"), "%s", b.sc.fault.text);
            ok_err(&b.sc, file_read(&b.sc, b.db, 1 << 24, &now), OK);
            ok(str_eq(now, copies[i]), "copy %zu was written to", i);
            ok_err(&b.sc, file_read(&b.sc, beside, 1 << 24, &now), OK);
            ok(str_eq(now, journal), "the journal beside copy %zu was written to", i);
        }
    unlink(beside);
    digest(&b.sc, b.data); // the copy alone
    write_file(&b.sc, b.data, "hromada.db", is);
    write_file(&b.sc, b.data, "hromada.db-journal", journal);
    behind = digest(&b.sc, b.data); // what it belongs to takes it
    ok(!memcmp(&behind, &before, sizeof before), "the database is another");
    bench_close(&b);
}

/// Wherever a writer is killed, or who takes its work back, the journal counts as the file's own; beside most states before, it is
/// another's.
static void test_own_journals_pass(void **state)
{
    (void)state;
    enum { ROUNDS = 150, PAST = 8 };
    static const char *const acts[] = {
        "INSERT INTO t VALUES (randomblob(9000))",
        "UPDATE t SET b = randomblob(200) WHERE rowid % 7 = 1",
        "BEGIN; INSERT INTO t VALUES (randomblob(90000)); ROLLBACK",
        "BEGIN; INSERT INTO t SELECT randomblob(3000) FROM (SELECT 1 FROM t LIMIT 40); "
        "UPDATE t SET b = randomblob(4000) WHERE rowid % 3 = 1; COMMIT",
        "BEGIN; CREATE TABLE u (x); INSERT INTO u VALUES (randomblob(40000)); DROP TABLE u; COMMIT",
        "DELETE FROM t WHERE rowid % 2 = 1",
        "VACUUM",
        "PRAGMA journal_mode = WAL",
        "PRAGMA journal_mode = DELETE",
    };
    struct bench  b;
    uint64_t      seed = test_seed();
    unsigned      journals = 0, told = 0, olds = 0;
    unsigned char page[PAGES_BYTES], past[PAST][PAGES_BYTES];
    bench_open(&b);
    const char *beside = arena_printf(b.sc.mem, "%s-journal", b.db).p;
    // On a busy machine a writer is rarely in the middle of something.
    for (unsigned i = 0; i < ROUNDS || (journals <= ROUNDS / 10 && i < 10 * ROUNDS); i++) {
        pid_t writer = fork();
        if (!writer) {
            sqlite3 *db;
            ok(!sqlite3_open_v2(b.db, &db, SQLITE_OPEN_READWRITE, pages_vfs()), "%s", b.db);
            sqlite3_exec(
                db, "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 5; CREATE TABLE IF NOT EXISTS t (b)",
                NULL, NULL, NULL);
            for (;;) sqlite3_exec(db, acts[test_random(&seed) % COUNT(acts)], NULL, NULL, NULL);
        }
        usleep((useconds_t)(test_random(&seed) % 30000));
        kill(writer, SIGKILL);
        int status;
        ok(waitpid(writer, &status, 0) == writer, "no writer");
        AUTO(fd_closep) int fd = open(b.db, O_RDONLY | O_CLOEXEC);
        ok(pread(fd, page, sizeof page, 0) == sizeof page, "%s", b.db);
        ok(!journal_is_foreign(beside, page, sizeof page), "round %u", i);
        bool any = false;
        for (unsigned k = 0; k < PAST && k < i; k++) {
            if (!memcmp(past[k], page, sizeof page)) continue;
            any = journal_is_foreign(beside, past[k], sizeof page);
            olds++, told += any;
        }
        journals += any;
        memcpy(past[i % PAST], page, sizeof page);
    }
    print_message("# %u journals, %u of %u older files told\n", journals, told, olds);
    ok(journals > ROUNDS / 10, "%u journals", journals);
    bench_close(&b);
}

/// Who opens the database a second time, as publish does, keeps the locks of the first: without them another process takes itself
/// for the last one and removes the log.
static void test_locks_are_kept(void **state)
{
    (void)state;
    struct bench          b;
    struct store         *st, *reader;
    struct store_settings town;
    struct stat           log;
    bench_open(&b);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    ok_err(&b.sc, store_settings_get(&b.sc, st, &town), OK);
    town.name = S("Another name");
    ok_err(&b.sc, store_settings_set(&b.sc, st, &town), OK);
    ok(!stat(arena_printf(b.sc.mem, "%s-wal", b.db).p, &log) && log.st_size, "no log");
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &reader), OK);
    pid_t child = fork();
    if (!child) {
        struct flock other = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510 };
        int          fd = open(b.db, O_RDWR | O_CLOEXEC);
        _exit(fd >= 0 && !fcntl(fd, F_GETLK, &other) && other.l_type != F_UNLCK ? 0 : 1);
    }
    int status;
    ok(waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status), "the lock is gone");
    store_close(reader);
    store_close(st);
    bench_close(&b);
}

// -- modes --------------------------------------------------------------------------------------------------------------

enum { NOBODY = 65534 };

/// Opens, reads or writes, and closes as a user whom modes bind. Returns what was said, empty when nothing.
static str open_as_nobody(struct bench *b, enum store_mode mode)
{
    int  tell[2];
    char said[2048];
    ok(!pipe(tell), "no pipe");
    pid_t child = fork();
    if (!child) {
        struct store *st = NULL;
        if (!geteuid() && (setgid(NOBODY) || setuid(NOBODY))) _exit(2);
        enum err              e = store_open(&b->sc, b->data, mode, &st);
        struct store_settings town;
        if (!e) e = store_settings_get(&b->sc, st, &town);
        if (!e && mode == STORE_WRITE) e = store_settings_set(&b->sc, st, &town);
        if (e) ok(write(tell[1], b->sc.fault.text, strlen(b->sc.fault.text)) > 0, "no reader");
        store_close(st);
        _exit(0);
    }
    close(tell[1]);
    ssize_t n = read(tell[0], said, sizeof said);
    int     status = 0;
    close(tell[0]);
    ok(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status),
       "child");
    return arena_str(b->sc.mem, (str){ said, n > 0 ? (size_t)n : 0 });
}

/// SQLite makes what lies beside a database with the mode that it has then, and a database that could be read alone for a while
/// left files that no writer got past.
static void test_modes_beside(void **state)
{
    (void)state;
    struct bench b;
    struct stat  st;
    bench_open(&b);
    const char *lock = arena_printf(b.sc.mem, "%s/lock", b.data).p;
    const char *beside[] = { arena_printf(b.sc.mem, "%s-shm", b.db).p,
                             arena_printf(b.sc.mem, "%s-wal", b.db).p };
    chmod(b.dir, 0755); // a folder of root's, in which it is nobody's
    if (!geteuid())
        ok(!chown(b.data, NOBODY, NOBODY) && !chown(b.db, NOBODY, NOBODY) && !chown(lock, NOBODY, NOBODY),
           "chown");
    ok(!chmod(b.db, 0444), "chmod");
    ok_str(open_as_nobody(&b, STORE_READ), S(""));
    ok(!stat(beside[0], &st) && (st.st_mode & 0777) == 0444, "nothing was left: %o", st.st_mode);
    str said = open_as_nobody(&b, STORE_WRITE);
    ok(str_has(said, S("hromada.db cannot be written to by this user")), "%.*s", STR(said));
    ok(!chmod(b.db, 0600), "chmod");
    ok_str(open_as_nobody(&b, STORE_WRITE), S(""));
    ok_str(open_as_nobody(&b, STORE_READ), S(""));
    for (size_t i = 0; i < COUNT(beside) && !geteuid();
         i++) { // another user's: nothing to be done but to say it
        FILE *f = fopen(beside[i], "w");
        ok(f && !fclose(f) && !chmod(beside[i], 0444) && !chown(beside[i], 0, 0), "%s", beside[i]);
        said = open_as_nobody(&b, STORE_WRITE);
        ok(str_has(said, arena_printf(b.sc.mem, "%s cannot be written to by this user, though", beside[i])),
           "%.*s", STR(said));
        unlink(beside[0]), unlink(beside[1]);
    }
    ok_str(open_as_nobody(&b, STORE_WRITE), S(""));
    bench_close(&b);
}

// -- the first import ---------------------------------------------------------------------------------------------------

/// Takes rows until the database has grown by what no cache holds, and stops there for good.
static _Noreturn void begin_first_run(struct bench *b, const char *path, int tell)
{
    struct stat    db;
    struct import *job;
    struct store  *st;
    ok_err(&b->sc, store_open(&b->sc, b->data, STORE_WRITE, &st), OK);
    ok_err(&b->sc, import_begin(&b->sc, st, &(struct import_options){ 0 }, &path, 1, &job), OK);
    while (!stat(b->db, &db) && db.st_size < 1 << 20) ok(import_step(job, 1000), "%s", b->sc.fault.text);
    ok(write(tell, "!", 1) == 1, "no parent");
    for (;;) pause();
}

/// Written into the file at once, and taken back by the next who opens it, though he only reads.
static void test_first_run_killed(void **state)
{
    (void)state;
    enum { ENOUGH = 260000, KEY_BYTES = 200 }; // more than the cache of 48 MB holds
    struct bench        b;
    struct store       *st;
    struct stat         db;
    struct store_counts n;
    struct buf          text;
    int                 tell[2];
    char                any;
    bench_open(&b);
    ok_err(&b.sc, path_join(&b.sc, b.dir, "empty", &b.data), OK);
    ok_err(&b.sc, path_join(&b.sc, b.data, "hromada.db", &b.db), OK);
    store_close(import_store(&b.sc, b.data, S("Europe/Kyiv")));
    struct hash128 empty = digest(&b.sc, b.data);
    buf_init(&text, (size_t)ENOUGH * (KEY_BYTES + 40));
    buf_add(&text, S("id,date,category\n"));
    for (int i = 0; i < ENOUGH; i++) buf_printf(&text, "%0*d,2024-01-%02d,theft\n", KEY_BYTES, i, i % 28 + 1);
    const char *path = write_file(&b.sc, b.dir, "many.csv", buf_str(&text));
    buf_free(&text);
    ok(!pipe(tell), "no pipe");
    pid_t writer = fork();
    if (!writer) begin_first_run(&b, path, tell[1]);
    close(tell[1]);
    ok(read(tell[0], &any, 1) == 1, "the writer comes so far");
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    close(tell[0]);
    ok(!stat(b.db, &db) && db.st_size >= 1 << 20, "%lld bytes", (long long)db.st_size);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
    ok_err(&b.sc, store_counts_get(&b.sc, st, &n), OK);
    ok_i64(n.incidents, 0);
    store_close(st);
    struct hash128 got = digest(&b.sc, b.data);
    ok(!memcmp(&got, &empty, sizeof got), "the store is as it was");
    ok(!stat(b.db, &db) && db.st_size < 1 << 20, "%lld bytes", (long long)db.st_size);
    import_path(&b.sc, b.data, path);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), OK);
    ok_err(&b.sc, store_counts_get(&b.sc, st, &n), OK);
    ok_i64(n.incidents, ENOUGH);
    store_close(st);
    bench_close(&b);
}

// -- format 0002 -------------------------------------------------------------------------------------------------------

static const char *case_path(struct scope *sc, const char *name)
{
    return arena_printf(sc->mem, "%s/tests/cases/store/%s", getenv("HROMADA_SOURCE"), name).p;
}

/// The database that a file of statements holds, in a folder of its own.
static void store_restore(struct bench *b, const char *name)
{
    str sql;
    b->sc = test_scope();
    b->dir = test_dir(&b->sc);
    ok_err(&b->sc, path_join(&b->sc, b->dir, "data", &b->data), OK);
    ok_err(&b->sc, dir_make(&b->sc, b->data), OK);
    ok_err(&b->sc, path_join(&b->sc, b->data, "hromada.db", &b->db), OK);
    ok_err(&b->sc, file_read(&b->sc, case_path(&b->sc, name), 1 << 20, &sql), OK);
    execute(b, arena_cstr(b->sc.mem, sql), NULL); // as it was written then, without checksums of pages
}

static const struct category *category_of(struct scope *sc, struct store *st, const char *key)
{
    const struct category *c;
    size_t                 n;
    ok_err(sc, store_categories(sc, st, &c, &n), OK);
    for (size_t i = 0; i < n; i++)
        if (str_eq(c[i].key, str_of(key))) return &c[i];
    ok(false, "there is no category %s", key);
    return NULL;
}

/// A store of the first format is brought up to date; kinds of a profile get their classes with its next import, and of the
/// rows that tell the same those are revised whose code or words hide them.
static void test_from_0001(void **state)
{
    (void)state;
    struct bench         b;
    struct store        *st;
    struct import_report r;
    str                  report;
    store_restore(&b, "0001.sql");
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_READ, &st), ERR_VERSION);
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    ok_i64(category_of(&b.sc, st, "battery")->sensitivity, SENSITIVITY_UNCLASSIFIED);
    ok_err(&b.sc, import_one(&b.sc, st, NULL, case_path(&b.sc, "chicago.csv"), &r), OK);
    ok_i64(r.totals.unchanged, 1);
    ok_i64(r.totals.revised, 4);
    ok_i64(r.classes[SENSITIVITY_DOMESTIC], 1);
    const struct revision *v;
    size_t                 n;
    ok_err(&b.sc, store_revisions(&b.sc, st, 1, &v, &n), OK);
    ok_i64(n, 1);
    ok_str(v[0].field, S("classes"));
    ok_str(v[0].now, S("144"));
    const struct category *battery = category_of(&b.sc, st, "battery");
    ok_i64(battery->sensitivity, SENSITIVITY_PERSON);
    ok_str(battery->confirmed_by, S("profile chicago"));
    ok_i64(category_of(&b.sc, st, "kradez-vloupanim-do-bytu")->sensitivity, SENSITIVITY_UNCLASSIFIED);
    ok_err(&b.sc, store_check(&b.sc, st, &report), OK);
    ok_err(&b.sc, import_one(&b.sc, st, NULL, case_path(&b.sc, "chicago.csv"), &r), OK);
    ok_i64(r.totals.unchanged, 5);
    store_close(st);
    bench_close(&b);
}

/// Who says what a kind is: a person above profiles, of two profiles the stricter, and what says nothing changes nothing.
static void test_confirmed(void **state)
{
    (void)state;
    static const struct {
        const char      *by;
        enum sensitivity says;
        int              iccs;
        bool             person; // by store_category_confirm
        enum sensitivity is;
        int              section;
        const char      *confirmed;
        int64_t          since_s;
    } steps[] = {
        { "", 0, 5, false, 0, 5, "", 0 },
        { "profile a", SENSITIVITY_ORDINARY, 7, false, SENSITIVITY_ORDINARY, 7, "profile a", 2 },
        { "", 0, 0, false, SENSITIVITY_ORDINARY, 7, "profile a", 2 },
        { "profile b", SENSITIVITY_HOME, 5, false, SENSITIVITY_HOME, 5, "profile b", 4 },
        { "profile a", SENSITIVITY_ORDINARY, 5, false, SENSITIVITY_HOME, 5, "profile b", 4 },
        { "profile b", SENSITIVITY_STREET, 5, false, SENSITIVITY_HOME, 5, "profile b", 4 },
        { "person Eva", SENSITIVITY_SEXUAL, 3, true, SENSITIVITY_SEXUAL, 3, "person Eva", 7 },
        { "profile b", SENSITIVITY_TRAFFICKING, 2, false, SENSITIVITY_SEXUAL, 3, "person Eva", 7 },
        { "", 0, 5, false, SENSITIVITY_SEXUAL, 3, "person Eva", 7 },
        { "person Ivo", SENSITIVITY_SEXUAL, 3, true, SENSITIVITY_SEXUAL, 3, "person Ivo", 7 },
        { "", 0, 3, true, 0, 3, "", 11 },
        { "profile a", SENSITIVITY_ORDINARY, 5, false, SENSITIVITY_ORDINARY, 5, "profile a", 12 },
    };
    struct bench b;
    bench_open(&b);
    AUTO(store_closep) struct store *st = NULL;
    ok_err(&b.sc, store_open(&b.sc, b.data, STORE_WRITE, &st), OK);
    struct category c = { .key = S("kind"), .code = S("Kind"), .label = { S("Kind") } };
    for (size_t i = 0; i < COUNT(steps); i++) {
        c.sensitivity = steps[i].says;
        c.iccs = steps[i].iccs;
        c.confirmed_by = str_of(steps[i].by);
        c.confirmed_s = (int64_t)i + 1;
        if (steps[i].person) ok_err(&b.sc, store_category_confirm(&b.sc, st, &c), OK);
        else ok_err(&b.sc, store_category_put(&b.sc, st, &c), OK);
        const struct category *is = category_of(&b.sc, st, "kind");
        ok(is->sensitivity == steps[i].is && is->iccs == steps[i].section &&
               str_eq(is->confirmed_by, str_of(steps[i].confirmed)) && is->confirmed_s == steps[i].since_s,
           "step %zu: %.*s %d by %.*s", i, STR(sensitivity_word(is->sensitivity)), is->iccs,
           STR(is->confirmed_by));
    }
    const struct category_count *count;
    size_t                       n;
    ok_err(&b.sc, store_category_counts(&b.sc, st, &count, &n), OK);
    ok_i64(n, 2);
    ok_i64(count[0].incidents + count[1].incidents, 3);
    store_closep(&st);
    bench_close(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_check_finds),
    cmocka_unit_test(test_check_finds_lost_pages),
    cmocka_unit_test(test_check_finds_pages),
    cmocka_unit_test(test_check_finds_cut_pages),
    cmocka_unit_test(test_half_moved_page),
    cmocka_unit_test(test_earlier_version),
    cmocka_unit_test(test_earlier_version_killed),
    cmocka_unit_test(test_who_may_write),
    cmocka_unit_test(test_backup_while_runs_write),
    cmocka_unit_test(test_where_no_backup_goes),
    cmocka_unit_test(test_copies_are_known),
    cmocka_unit_test(test_logs_are_known),
    cmocka_unit_test(test_own_logs_pass),
    cmocka_unit_test(test_journals_are_known),
    cmocka_unit_test(test_own_journals_pass),
    cmocka_unit_test(test_locks_are_kept),
    cmocka_unit_test(test_modes_beside),
    cmocka_unit_test(test_first_run_killed),
    cmocka_unit_test(test_from_0001),
    cmocka_unit_test(test_confirmed),
};
TEST_MAIN(tests)
