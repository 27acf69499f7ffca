// SPDX-License-Identifier: EUPL-1.2
// What does not belong into the data folder: strangers among the releases, which `hromada check` tells of, and what commands
// that were killed have left, which it tells of and the next command removes. Never what a living writer is writing.
#include "import.h"

#include "main/cli.h"
#include <fcntl.h>
#include <sys/stat.h>

struct town {
    struct scope sc;
    const char  *dir, *at; // at: the data folder
};

static const char *place(struct town *t, const char *name)
{
    const char *path = NULL;
    ok_err(&t->sc, path_join(&t->sc, t->at, name, &path), OK);
    return path;
}

/// Its exit code; said: what it wrote for people.
static int run(struct town *t, const struct command *c, int argc, char **argv, str *said)
{
    struct cli  cli = { .sc = &t->sc, .dir = t->at };
    const char *heard = arena_printf(t->sc.mem, "%s/said", t->dir).p;
    int         kept[] = { dup(1), dup(2) }, to = open(heard, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ok(kept[0] >= 0 && kept[1] >= 0 && to >= 0, "no room for a file");
    fflush(stdout);
    dup2(to, 1), dup2(to, 2);
    int code = c->run(&cli, argc, argv);
    fflush(stdout), fflush(stderr);
    dup2(kept[0], 1), dup2(kept[1], 2);
    close(kept[0]), close(kept[1]);
    close(to);
    ok_err(&t->sc, file_read(&t->sc, heard, 1 << 20, said), OK);
    return code;
}

static struct town town_open(void)
{
    struct town t = { .sc = test_scope() };
    char       *words[] = { "--incidents", "1000" };
    str         said;
    t.dir = test_dir(&t.sc);
    ok_err(&t.sc, path_join(&t.sc, t.dir, "town", &t.at), OK);
    ok_i64(run(&t, &cmd_demo, COUNT(words), words, &said), EXIT_DONE);
    ok(run(&t, &cmd_check, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    return t;
}

static void town_close(struct town *t)
{
    test_dir_end(&t->sc, t->dir);
    test_scope_end(&t->sc);
}

static bool is_there(struct town *t, const char *name)
{
    return !access(place(t, name), F_OK);
}

static void strangers_are_told_of(void **state)
{
    (void)state;
    static const char *const files[] = { "releases/.hidden",   "releases/3.bak",      "releases/003",
                                         "releases/README",    "releases/1/.copy",    "releases/x.tmp",
                                         "restricted/.hidden", "restricted/2.bak",    "restricted/current",
                                         "restricted/1/.copy", "releases/.1.tmp.tmp", "releases/0.tmp" };
    struct town              t = town_open();
    str                      said;
    for (size_t i = 0; i < COUNT(files); i++) {
        ok_err(&t.sc, file_replace(&t.sc, place(&t, files[i]), S("x")), OK);
        ok_i64(run(&t, &cmd_check, 0, NULL, &said), EXIT_FAILED);
        ok(str_has(said, str_of(place(&t, files[i]))), "%s: %.*s", files[i], STR(said));
        ok(!unlink(place(&t, files[i])), "removed");
    }
    ok(!mkdir(place(&t, "releases/1 (copy)"), 0700), "a folder");
    ok_i64(run(&t, &cmd_check, 0, NULL, &said), EXIT_FAILED);
    ok(str_has(said, S("releases/1 (copy) is not of hromada; move it away")), "%.*s", STR(said));
    // The next publication removes what is its own, and nothing else.
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "releases/x.tmp"), S("x")), OK);
    ok(!mkdir(place(&t, "releases/2.tmp"), 0700), "a folder");
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "releases/2.tmp/.hidden"), S("x")), OK);
    ok(run(&t, &cmd_publish, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    ok(is_there(&t, "releases/x.tmp") && is_there(&t, "releases/1 (copy)"), "not ours");
    ok(is_there(&t, "releases/2") && !is_there(&t, "releases/2.tmp"), "ours");
    town_close(&t);
}

static void leave(struct town *t)
{
    ok_err(&t->sc, file_replace(&t->sc, place(t, "rejects-7.csv.tmp"), S("half")), OK);
    ok_err(&t->sc, file_replace(&t->sc, place(t, "lift-7.csv.tmp"), S("half")), OK);
    ok_err(&t->sc, file_replace(&t->sc, place(t, "keys/signing.key.tmp"), S("secret")), OK);
}

static void what_was_left_is_told_of_and_removed(void **state)
{
    (void)state;
    struct town   t = town_open();
    str           said;
    struct store *st;
    char         *file[] = { arena_cstr(t.sc.mem, str_of(write_file(&t.sc, t.dir, "1.csv", S("x\n")))) };
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "rejects-old.csv.tmp"), S("the town's")), OK);
    ok_err(&t.sc, file_replace(&t.sc, place(&t, "other.tmp"), S("the town's")), OK);
    leave(&t);
    ok_i64(run(&t, &cmd_check, 0, NULL, &said), EXIT_FAILED);
    ok(str_has(said, S("lift-7.csv.tmp was left")) && str_has(said, S("rejects-7.csv.tmp was left")) &&
           str_has(said, S("signing.key.tmp was left")) && !str_has(said, S("old.csv")) &&
           !str_has(said, S("other.tmp")),
       "%.*s", STR(said));
    ok(is_there(&t, "rejects-7.csv.tmp") && is_there(&t, "keys/signing.key.tmp"), "check changes nothing");
    // A writer is at work: it may be its own.
    ok(!unlink(place(&t, "keys/signing.key.tmp")), "removed");
    ok_err(&t.sc, store_open(&t.sc, t.at, STORE_WRITE, &st), OK);
    ok(run(&t, &cmd_check, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    ok(run(&t, &cmd_import, COUNT(file), file, &said) != EXIT_DONE && is_there(&t, "rejects-7.csv.tmp"),
       "who may not write removes nothing: %.*s", STR(said));
    store_close(st);
    leave(&t);
    (void)run(&t, &cmd_import, COUNT(file), file, &said); // no profile knows this file
    ok(!is_there(&t, "rejects-7.csv.tmp") && !is_there(&t, "lift-7.csv.tmp") &&
           !is_there(&t, "keys/signing.key.tmp"),
       "import: %.*s", STR(said));
    leave(&t);
    ok(run(&t, &cmd_publish, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    ok(!is_there(&t, "rejects-7.csv.tmp") && !is_there(&t, "keys/signing.key.tmp"), "publish");
    leave(&t);
    ok(run(&t, &cmd_keys, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    ok(!is_there(&t, "keys/signing.key.tmp") && is_there(&t, "keys/signing.key"), "keys");
    ok(is_there(&t, "rejects-old.csv.tmp") && is_there(&t, "other.tmp"), "what is not ours stays");
    town_close(&t);
}

static void half_releases_are_told_of_and_removed(void **state)
{
    (void)state;
    static const char *const half[] = { "releases/2.tmp", "restricted/2.tmp", "releases/current.tmp" };
    struct town              t = town_open();
    str                      said;
    struct store            *st;
    for (size_t i = 0; i + 1 < COUNT(half); i++) ok(!mkdir(place(&t, half[i]), 0700), "%s", half[i]);
    ok_err(&t.sc, file_replace(&t.sc, place(&t, half[2]), S("2")), OK);
    ok_i64(run(&t, &cmd_check, 0, NULL, &said), EXIT_FAILED);
    for (size_t i = 0; i < COUNT(half); i++) {
        const char *told = arena_printf(t.sc.mem, "%s was left by a hromada publish", place(&t, half[i])).p;
        ok(str_has(said, str_of(told)) && is_there(&t, half[i]), "%s: %.*s", told, STR(said));
    }
    // A publication is at work: they may be its own.
    ok_err(&t.sc, store_open(&t.sc, t.at, STORE_WRITE, &st), OK);
    ok(run(&t, &cmd_check, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    store_close(st);
    ok(run(&t, &cmd_publish, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    for (size_t i = 0; i < COUNT(half); i++) ok(!is_there(&t, half[i]), "%s", half[i]);
    ok(run(&t, &cmd_check, 0, NULL, &said) == EXIT_DONE, "%.*s", STR(said));
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(strangers_are_told_of),
    cmocka_unit_test(what_was_left_is_told_of_and_removed),
    cmocka_unit_test(half_releases_are_told_of_and_removed),
};
TEST_MAIN(tests)
