// SPDX-License-Identifier: EUPL-1.2
// `hromada check` finds each flipped bit: 200 at random in the database of a town, one at a time, and 25 in each file of its
// release. One that is not found must be without effect: it lies in a page that holds nothing (SQLite keeps such for later),
// and all rows of all tables read as before.
#include "import.h"

#include "main/cli.h"
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

enum { IN_DATABASE = 200, IN_A_FILE = 25 };

/// Its exit code; what it says goes nowhere.
static int check_quietly(struct scope *sc, const char *dir)
{
    struct arena_mark mark = arena_mark(sc->mem);
    struct cli        cli = { .sc = sc, .dir = dir };
    int               kept = dup(2), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ok(kept >= 0 && nowhere >= 0, "no room for a file");
    dup2(nowhere, 2);
    int code = cmd_check.run(&cli, 0, NULL);
    dup2(kept, 2);
    close(kept);
    close(nowhere);
    arena_back(sc->mem, mark);
    return code;
}

static void flip(const char *path, uint64_t bit)
{
    unsigned char byte;
    ok(!chmod(path, 0600), "a file of the town");
    AUTO(fd_closep) int fd = open(path, O_RDWR | O_CLOEXEC);
    ok(pread(fd, &byte, 1, (off_t)(bit / 8)) == 1, "%s", path);
    byte ^= (unsigned char)(1 << bit % 8);
    ok(pwrite(fd, &byte, 1, (off_t)(bit / 8)) == 1, "%s", path);
}

static uint64_t bits_of(const char *path)
{
    struct stat st;
    ok(!stat(path, &st) && st.st_size > 0, "%s", path);
    return (uint64_t)st.st_size * 8;
}

/// All rows of all tables as one text, by SQLite alone. Empty: it refuses.
static str dump(struct scope *sc, const char *dir)
{
    static const char each[] =
        "SELECT 'SELECT * FROM \"' || name || '\"' FROM sqlite_schema WHERE type = 'table' ORDER BY 1";
    sqlite3      *db = NULL;
    sqlite3_stmt *tables = NULL, *rows = NULL;
    struct buf    b;
    buf_init(&b, 64 << 20);
    int code =
        sqlite3_open_v2(arena_printf(sc->mem, "%s/hromada.db", dir).p, &db, SQLITE_OPEN_READONLY, NULL);
    if (!code) code = sqlite3_prepare_v2(db, each, -1, &tables, NULL);
    while (!code && (code = sqlite3_step(tables)) == SQLITE_ROW) {
        code = sqlite3_prepare_v2(db, (const char *)sqlite3_column_text(tables, 0), -1, &rows, NULL);
        while (!code && (code = sqlite3_step(rows)) == SQLITE_ROW) {
            for (int i = 0; i < sqlite3_column_count(rows); i++) {
                const char *p = sqlite3_column_blob(rows, i); // of a number its text
                size_t      n = (size_t)sqlite3_column_bytes(rows, i);
                buf_printf(&b, "%d,%zu:", sqlite3_column_type(rows, i), n);
                if (n) buf_add(&b, (str){ p, n });
            }
            code = SQLITE_OK;
        }
        if (code == SQLITE_DONE) code = SQLITE_OK;
        sqlite3_finalize(rows);
        rows = NULL;
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
    str text = code == SQLITE_DONE ? arena_str(sc->mem, buf_str(&b)) : (str){ 0 };
    buf_free(&b);
    return text;
}

/// The demo town, with areas, layers and a release, and a source whose second run revises, adds and keeps rows.
static const char *make_town(struct scope *sc, const char *dir)
{
    const char          *town;
    struct cli           cli = { .sc = sc };
    struct store        *st;
    struct import_report r;
    char                *words[] = { "--incidents", "2000" };
    const char          *path[] = {
                 write_file(
                     sc, dir, "1.csv",
                     S("id,date,category,outcome,place\n1,2024-01-01,theft,open,Mill Lane\n2,2024-01-02,theft,,\n")),
                 write_file(sc, dir, "2.csv",
                            S("id,date,category,outcome,place\n1,2024-01-01,robbery,closed,Mill "
                                       "Lane\n3,2024-01-02,theft,,\n"))
    };
    ok_err(sc, path_join(sc, dir, "town", &town), OK);
    cli.dir = town;
    ok_i64(cmd_demo.run(&cli, COUNT(words), words), EXIT_DONE);
    ok_err(sc, store_open(sc, town, STORE_WRITE, &st), OK);
    for (size_t i = 0; i < COUNT(path); i++) ok_err(sc, import_one(sc, st, NULL, path[i], &r), OK);
    ok_i64(r.totals.revised, 1);
    store_close(st);
    ok_i64(check_quietly(sc, town), EXIT_DONE);
    return town;
}

static void flip_database(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    uint64_t     seed = test_seed();
    const char  *dir = test_dir(&sc), *town = make_town(&sc, dir), *path = "";
    int          found = 0, idle = 0;
    ok_err(&sc, path_join(&sc, town, "hromada.db", &path), OK);
    str want = dump(&sc, town);
    ok(want.n > 100000, "%zu bytes", want.n);
    for (int i = 0; i < IN_DATABASE; i++) {
        struct arena_mark mark = arena_mark(sc.mem);
        uint64_t          bit = test_random(&seed) % bits_of(path);
        flip(path, bit);
        if (check_quietly(&sc, town) == EXIT_FAILED) found++;
        else {
            ok(str_eq(dump(&sc, town), want), "bit %llu changes the rows, and is not found",
               (unsigned long long)bit);
            idle++;
        }
        flip(path, bit);
        arena_back(sc.mem, mark);
    }
    ok_i64(check_quietly(&sc, town), EXIT_DONE);
    print_message("# %d found, %d in pages that hold nothing\n", found, idle);
    ok(found > IN_DATABASE / 2, "%d found", found);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void flip_files(struct scope *sc, const char *town, const char *folder, uint64_t *seed, size_t *files)
{
    const char *dir;
    ok_err(sc, path_join(sc, town, folder, &dir), OK);
    DIR *d = opendir(dir);
    ok(d != NULL, "%s", dir);
    for (const struct dirent *e; (e = readdir(d));) {
        const char *path = "";
        if (e->d_name[0] == '.') continue;
        ok_err(sc, path_join(sc, dir, e->d_name, &path), OK);
        ++*files;
        for (int i = 0; i < IN_A_FILE; i++) {
            uint64_t bit = test_random(seed) % bits_of(path);
            flip(path, bit);
            ok(check_quietly(sc, town) == EXIT_FAILED, "%s: bit %llu is not found", path,
               (unsigned long long)bit);
            flip(path, bit);
        }
    }
    closedir(d);
}

static void flip_release(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    uint64_t     seed = test_seed();
    size_t       files = 0;
    const char  *dir = test_dir(&sc), *town = make_town(&sc, dir);
    flip_files(&sc, town, "releases/1", &seed, &files);
    flip_files(&sc, town, "restricted/1", &seed, &files);
    ok(files >= 6, "%zu files", files); // three indexes, two manifests, the hash of one
    ok_i64(check_quietly(&sc, town), EXIT_DONE);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(flip_database),
    cmocka_unit_test(flip_release),
};
TEST_MAIN(tests)
