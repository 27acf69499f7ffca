// SPDX-License-Identifier: EUPL-1.2
// The town's keys: made once, replaced with a link that readers can follow, lost without one; and what a key may sign.
#include "keys.h"

#include "base/file.h"
#include <sys/stat.h>

enum { T1 = 1000000000, T2 = 1100000000, T3 = 1200000000 };

static str text_of(struct scope *sc, const struct key_list *list)
{
    struct buf b;
    buf_init(&b, KEYS_FILE_BYTES);
    keys_add(&b, list);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void made_once(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path;
    struct key_ring r, again;
    bool            made;
    struct stat     st;
    ok_err(&sc, keys_open(&sc, dir, &r), ERR_NOTFOUND);
    ok_err(&sc, keys_make(&sc, dir, T1, &r, &made), OK);
    ok(made && r.list.n == 1 && r.list.at[0].since_s == T1, "made");
    ok_err(&sc, keys_make(&sc, dir, T2, &again, &made), OK);
    ok(!made && !memcmp(&r.secret, &again.secret, sizeof r.secret), "once");
    ok(again.list.at[0].since_s == T1, "and nothing of it changes");
    ok_err(&sc, path_join(&sc, dir, "keys/signing.key", &path), OK);
    ok(!stat(path, &st) && (st.st_mode & 0777) == 0600, "mode");
    ok(!chmod(path, 0640), "chmod");
    ok_err(&sc, keys_open(&sc, dir, &again), ERR_INVALID);
    ok_err(&sc, keys_make(&sc, dir, T2, &again, &made), ERR_INVALID); // and no other in its place
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path;
    struct key_ring r = test_keys(&sc, dir), again;
    str             text;
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &r), OK);
    ok_err(&sc, path_join(&sc, dir, "keys/signing.key", &path), OK);
    ok_err(&sc, file_read(&sc, path, KEYS_FILE_BYTES, &text), OK);
    for (size_t i = 0; i < text.n; i += 3) {
        char *changed = arena_cstr(sc.mem, text);
        changed[i] ^= 1;
        ok_err(&sc, sign_file_replace(&sc, path, (str){ changed, text.n }), OK);
        enum err e = keys_open(&sc, dir, &again);
        ok(e || (!memcmp(&r.secret, &again.secret, sizeof r.secret) && again.list.n == 2), "byte %zu", i);
        ok(!strstr(sc.fault.text, arena_cstr(sc.mem, str_slice(text, 29, 93))), "no secret in %s",
           sc.fault.text);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void a_new_key_is_signed_by_the_old_one(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc);
    struct key_ring first = test_keys(&sc, dir), second, third;
    struct key_list read;
    ok_err(&sc, keys_rotate(&sc, dir, &first.list, T2, &second), ERR_EXISTS);
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &second), OK);
    ok_err(&sc, keys_open(&sc, dir, &third), OK);
    ok(third.list.n == 2 && !memcmp(&second.secret, &third.secret, sizeof third.secret), "the new one signs");
    ok(sign_key_eq(&third.list.at[0].key, &first.list.at[0].key), "the old one is remembered");
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T3, &third), OK);
    str text = text_of(&sc, &third.list);
    ok_err(&sc, keys_read(&sc, text, &read), OK);
    ok_str(text_of(&sc, &read), text);
    ok_i64(read.n, 3);
    // A link that was not made by both keys is none.
    size_t line = str_find(str_slice(text, 22 + 90, text.n), '\n') + 22 + 90;
    for (size_t i = 22 + 90; i < line; i++) {
        char *changed = arena_cstr(sc.mem, text);
        changed[i] = changed[i] == '1' ? '2' : '1';
        ok(keys_read(&sc, (str){ changed, text.n }, &read), "byte %zu", i);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void lists_are_bounded(void **state)
{
    (void)state;
    struct scope             sc = test_scope();
    const char              *dir = test_dir(&sc);
    struct key_ring          r = test_keys(&sc, dir);
    struct key_list          read;
    static const char *const bad[] = {
        "",
        "hromada public keys 1",
        "hromada public keys 1\n",
        "hromada public keys 2\n",
        "hromada signing key 1\nx\n",
        "hromada public keys 1\nkey\n",
        "hromada public keys 1\nkey 00 2001-01-01T00:00:00Z\n",
        "hromada public keys 1\nsecret 9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n",
    };
    for (size_t i = 0; i < COUNT(bad); i++) ok_err(&sc, keys_read(&sc, str_of(bad[i]), &read), ERR_INVALID);
    str two = arena_printf(sc.mem, "%.*skey \n", STR(text_of(&sc, &r.list)));
    ok_err(&sc, keys_read(&sc, two, &read), ERR_INVALID);
    for (int i = 1; i < KEYS_MAX; i++) ok_err(&sc, keys_rotate(&sc, dir, NULL, T2 + i, &r), OK);
    ok_err(&sc, keys_open(&sc, dir, &r), OK);
    ok_i64(r.list.n, KEYS_MAX);
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T3, &r), ERR_LIMIT);
    char *much = arena_alloc(sc.mem, KEYS_FILE_BYTES + 1);
    memset(much, '\n', KEYS_FILE_BYTES + 1);
    ok_err(&sc, keys_read(&sc, (str){ much, KEYS_FILE_BYTES + 1 }, &read), ERR_LIMIT);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void what_a_key_may_sign(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *foreign = test_dir(&sc);
    struct key_ring one = test_keys(&sc, dir), stranger = test_keys(&sc, foreign), two, three, forged;
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &two), OK);
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T3, &three), OK);
    ok_err(&sc, keys_rotate(&sc, foreign, NULL, T2, &forged), OK);
    const struct sign_key *first = &three.list.at[0].key, *second = &three.list.at[1].key,
                          *third = &three.list.at[2].key;
    // Who trusts the first key and is shown the links trusts those behind it, each in its time.
    ok_err(&sc, keys_trust(&sc, &one.list, &three.list, third, T3 + 5), OK);
    ok_err(&sc, keys_trust(&sc, &one.list, &two.list, second, T2 + 5), OK);
    ok_err(&sc, keys_trust(&sc, &one.list, NULL, first, T1), OK);
    ok_err(&sc, keys_trust(&sc, &one.list, NULL, third, T3 + 5), ERR_CORRUPT);
    ok_err(&sc, keys_trust(&sc, &three.list, NULL, first, T2), OK);
    ok_err(&sc, keys_trust(&sc, &three.list, NULL, first, T2 + 1), ERR_CORRUPT); // replaced by then
    ok(strstr(sc.fault.text, "forged"), "%s", sc.fault.text);
    ok_err(&sc, keys_trust(&sc, &three.list, NULL, second, T3 + 1), ERR_CORRUPT);
    // A list that anybody can write: a trusted key in it vouches for those behind it, never for those before.
    ok_err(&sc, keys_trust(&sc, &one.list, &stranger.list, &stranger.list.at[0].key, T1), ERR_CORRUPT);
    ok_err(&sc, keys_trust(&sc, &one.list, &forged.list, &forged.list.at[1].key, T2), ERR_CORRUPT);
    struct key_list newest = { .n = 1, .at = { three.list.at[2] } };
    ok_err(&sc, keys_trust(&sc, &newest, &three.list, first, T1), ERR_CORRUPT);
    test_dir_end(&sc, dir);
    test_dir_end(&sc, foreign);
    test_scope_end(&sc);
}

static void a_lost_key_vouches_for_nobody(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path;
    struct key_ring one = test_keys(&sc, dir), two;
    struct key_list read;
    ok_err(&sc, path_join(&sc, dir, "keys/signing.key", &path), OK);
    ok(!unlink(path), "lost");
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &two), ERR_NOTFOUND);
    ok_err(&sc, keys_rotate(&sc, dir, &one.list, T2, &two), OK);
    ok(two.list.n == 2 && two.list.at[1].lost, "it says so");
    ok_err(&sc, keys_read(&sc, text_of(&sc, &two.list), &read), OK);
    ok(read.at[1].lost, "to readers, too");
    ok_err(&sc, keys_trust(&sc, &one.list, &two.list, &two.list.at[1].key, T2), ERR_CORRUPT);
    ok_err(&sc, keys_trust(&sc, &two.list, NULL, &one.list.at[0].key, T1),
           OK); // the town knows its old releases
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void policies_are_signed(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path;
    struct key_ring r = test_keys(&sc, dir);
    str             text = S("tier public\n");
    ok_err(&sc, path_join(&sc, dir, "policy.txt", &path), OK);
    ok_err(&sc, keys_check_policy(&sc, dir, path, text), ERR_INVALID);
    ok(strstr(sc.fault.text, "sign-policy"), "%s", sc.fault.text);
    ok_err(&sc, keys_sign_policy(&sc, &r, path, text), OK);
    ok_err(&sc, keys_check_policy(&sc, dir, path, text), OK);
    ok_err(&sc, keys_check_policy(&sc, dir, path, S("tier public \n")), ERR_INVALID);
    str sig = arena_printf(sc.mem, "%s.sig", path);
    ok_err(&sc, file_replace(&sc, sig.p, S("nonsense\n")), OK);
    ok_err(&sc, keys_check_policy(&sc, dir, path, text), ERR_INVALID);
    ok_err(&sc, keys_sign_policy(&sc, &r, path, text), OK);
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &r), OK); // a new key has decided nothing yet
    ok_err(&sc, keys_check_policy(&sc, dir, path, text), ERR_INVALID);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// A key that a wrong clock dated in the future can be replaced, and then neither it nor the ones before may sign later than
/// the right date.
static void a_key_of_the_future_is_replaced(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc);
    struct key_ring one = test_keys(&sc, dir), ahead, now;
    struct key_list read;
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T3, &ahead), OK);
    ok_err(&sc, keys_trust(&sc, &ahead.list, NULL, &one.list.at[0].key, T2 + 1), OK); // the harm
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &now), OK);
    ok_err(&sc, keys_read(&sc, text_of(&sc, &now.list), &read), OK);
    ok(read.n == 3 && read.at[1].since_s == T3 && read.at[2].since_s == T2, "readers can read it");
    for (size_t i = 0; i < 2; i++) {
        const struct sign_key *k = &read.at[i].key;
        ok_err(&sc, keys_trust(&sc, &read, NULL, k, T2), OK);
        ok_err(&sc, keys_trust(&sc, &read, NULL, k, T2 + 1), ERR_CORRUPT);
        ok_err(&sc, keys_trust(&sc, &one.list, &read, &read.at[1].key, T2 + 1), ERR_CORRUPT);
    }
    ok_err(&sc, keys_trust(&sc, &one.list, &read, &read.at[2].key, T2 + 1), OK);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void what_an_older_copy_is(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *other = test_dir(&sc);
    struct key_ring one = test_keys(&sc, dir), stranger = test_keys(&sc, other), two;
    ok_err(&sc, keys_rotate(&sc, dir, NULL, T2, &two), OK);
    ok(keys_go_on_from(&two.list, &one.list) && keys_go_on_from(&two.list, &two.list), "longer, equal");
    ok(!keys_go_on_from(&one.list, &two.list), "shorter");
    ok(!keys_go_on_from(&stranger.list, &one.list), "another town's");
    struct key_list dated = two.list;
    dated.at[1].since_s++;
    ok(!keys_go_on_from(&dated, &two.list), "another date");
    test_dir_end(&sc, dir);
    test_dir_end(&sc, other);
    test_scope_end(&sc);
}

/// Cut, empty, or too long: each sentence names the one way out, and --lost does not say that all is well.
static void a_damaged_file_is_moved_away_first(void **state)
{
    (void)state;
    struct scope    sc = test_scope();
    const char     *dir = test_dir(&sc), *path;
    struct key_ring r = test_keys(&sc, dir), again;
    str             text;
    ok_err(&sc, path_join(&sc, dir, "keys/signing.key", &path), OK);
    ok_err(&sc, file_read(&sc, path, KEYS_FILE_BYTES, &text), OK);
    char *much = arena_alloc(sc.mem, KEYS_FILE_BYTES + 1);
    memset(much, '\n', KEYS_FILE_BYTES + 1);
    str bad[] = {
        S(""), str_slice(text, 0, 60), str_slice(text, 0, text.n - 30), { much, KEYS_FILE_BYTES + 1 }
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        for (int lost = 0; lost < 2; lost++) {
            ok_err(&sc, sign_file_replace(&sc, path, bad[i]), OK);
            ok(keys_rotate(&sc, dir, lost ? &r.list : NULL, T2, &again), "row %zu", i);
            ok(strstr(sc.fault.text, "move it away") && strstr(sc.fault.text, "rotate --lost") &&
                   !strstr(sc.fault.text, "leave --lost away"),
               "row %zu: %s", i, sc.fault.text);
        }
    ok(!unlink(path), "moved away");
    ok_err(&sc, keys_rotate(&sc, dir, &(struct key_list){ 0 }, T2, &again), OK);
    ok_i64(again.list.n, 1); // of what was before nobody knows
    ok_err(&sc, keys_open(&sc, dir, &again), OK);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(made_once),
    cmocka_unit_test(damage_is_refused),
    cmocka_unit_test(a_new_key_is_signed_by_the_old_one),
    cmocka_unit_test(lists_are_bounded),
    cmocka_unit_test(what_a_key_may_sign),
    cmocka_unit_test(a_lost_key_vouches_for_nobody),
    cmocka_unit_test(policies_are_signed),
    cmocka_unit_test(a_key_of_the_future_is_replaced),
    cmocka_unit_test(what_an_older_copy_is),
    cmocka_unit_test(a_damaged_file_is_moved_away_first),
};
TEST_MAIN(tests)
