// SPDX-License-Identifier: EUPL-1.2
// base/file.h when the system fails it: a reader sees the old file or the new one, and never a half.
#include "check.h"

#include "base/file.h"
#include "fault.h"

static bool is_there(const char *path)
{
    return !access(path, F_OK);
}

static void test_file_replace(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          path = arena_printf(sc.mem, "%s/f", dir), tmp = arena_printf(sc.mem, "%s/f.tmp", dir), read;
    // More than stdio's buffer, so that bytes are written before the last fflush.
    char        *big = arena_array(sc.mem, char, 20000);
    memset(big, 'n', 20000);
    str      old = S("old"), new = { big, 20000 };
    unsigned old_kept = 0;
    for (unsigned n = fault_first();; n++) {
        ok_err(&sc, file_replace(&sc, path.p, old), OK);
        fault_after(n);
        enum err e = file_replace(&sc, path.p, new);
        bool     hit = fault_fired();
        ok(hit == (e != OK), "failure %u (%s) gives %s", n, fault_name(), err_name(e));
        ok_err(&sc, file_read(&sc, path.p, 1 << 20, &read), OK);
        bool is_old = str_eq(read, old);
        ok(is_old || str_eq(read, new), "failure %u (%s) leaves neither the old nor the new file", n,
           fault_name());
        ok(!is_there(tmp.p), "failure %u (%s) leaves the temporary file", n, fault_name());
        old_kept += is_old;
        if (!hit) {
            ok(!is_old, "without a failure the new file stands");
            break;
        }
    }
    ok(old_kept >= 5, "only %u failures came before the rename", old_kept);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void test_file_read_and_map(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    str          path = arena_printf(sc.mem, "%s/f", dir), read;
    ok_err(&sc, file_replace(&sc, path.p, S("content")), OK);
    for (unsigned n = fault_first();; n++) {
        struct map   map = { 0 };
        struct scope one = { .mem = arena_open(1 << 20) };
        fault_after(n);
        enum err e = file_read(&one, path.p, 100, &read);
        if (!e) e = map_open(&one, path.p, &map);
        bool hit = fault_fired();
        ok(hit == (e != OK), "failure %u (%s) gives %s", n, fault_name(), err_name(e));
        if (!e) ok_str(read, S("content"));
        if (!e) ok_str(((str){ (const char *)map.p, map.n }), S("content"));
        map_close(&map);
        arena_close(one.mem);
        if (!hit) break;
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void test_buffers(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    for (unsigned n = fault_first();; n++) {
        struct buf b;
        buf_init(&b, 1 << 20);
        fault_after(n);
        for (int i = 0; i < 5000; i++) buf_printf(&b, "%d,", i);
        enum err e = buf_end(&sc, &b);
        bool     hit = fault_fired();
        ok(hit == (e != OK), "failure %u gives %s", n, err_name(e));
        ok(e == OK || e == ERR_NOMEM, "got %s", err_name(e));
        buf_free(&b);
        if (!hit) break;
    }
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_file_replace),
    cmocka_unit_test(test_file_read_and_map),
    cmocka_unit_test(test_buffers),
};
TEST_MAIN(tests)
