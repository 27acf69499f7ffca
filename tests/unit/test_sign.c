// SPDX-License-Identifier: EUPL-1.2
// Signatures and the files of secrets. That the signatures are Ed25519 as others know it is shown by OpenSSL, in
// tests/golden/test_signed.sh.
#include "seal/sign.h"

#include "base/file.h"
#include "check.h"
#include <sys/stat.h>

static void a_signature_is_of_these_bytes_alone(void **state)
{
    (void)state;
    struct scope                              sc = test_scope();
    AUTO(sign_secret_wipe) struct sign_secret mine, other;
    struct signature                          s;
    sign_secret_make(&mine);
    sign_secret_make(&other);
    struct sign_key key = sign_public(&mine), key_other = sign_public(&other);
    str             text = S("{\"release\":1}\n");
    ok(!sign_key_eq(&key, &key_other), "two keys");
    ok_err(&sc, sign_bytes(&sc, &mine, "hromada manifest 1", text, &s), OK);
    ok_err(&sc, sign_check(&sc, &key, "hromada manifest 1", text, &s), OK);
    ok_err(&sc, sign_check(&sc, &key_other, "hromada manifest 1", text, &s), ERR_CORRUPT);
    ok_err(&sc, sign_check(&sc, &key, "hromada policy 1", text, &s), ERR_CORRUPT);
    ok_err(&sc, sign_check(&sc, &key, "hromada manifest 2", text, &s), ERR_CORRUPT);
    // What is in front of the line end belongs to neither.
    ok_err(&sc, sign_check(&sc, &key, "hromada manifest", S("1\n{\"release\":1}\n"), &s), ERR_CORRUPT);
    for (size_t i = 0; i < text.n; i++) {
        char changed[64];
        memcpy(changed, text.p, text.n);
        changed[i] ^= 1;
        ok_err(&sc, sign_check(&sc, &key, "hromada manifest 1", (str){ changed, text.n }, &s), ERR_CORRUPT);
    }
    for (size_t i = 0; i < sizeof s.byte; i++) {
        struct signature changed = s;
        changed.byte[i] ^= 0x80;
        ok_err(&sc, sign_check(&sc, &key, "hromada manifest 1", text, &changed), ERR_CORRUPT);
    }
    ok_err(&sc, sign_bytes(&sc, &mine, "empty", S(""), &s), OK);
    ok_err(&sc, sign_check(&sc, &key, "empty", S(""), &s), OK);
    // From its seed a secret grows as it was.
    struct sign_secret again = { 0 };
    memcpy(again.seed, mine.seed, sizeof again.seed);
    sign_secret_grow(&again);
    struct sign_key key_again = sign_public(&again);
    ok(sign_key_eq(&key, &key_again), "the same key");
    sign_secret_wipe(&again);
    for (size_t i = 0; i < sizeof again.both; i++) ok(!again.both[i], "wiped");
    test_scope_end(&sc);
}

/// RFC 8032, 7.1, TEST 1: the public key of a seed.
static void keys_are_those_of_the_standard(void **state)
{
    (void)state;
    struct sign_secret s;
    char               hex[2 * SIGN_KEY_BYTES + 1], print[SIGN_FINGERPRINT_BYTES];
    ok(sign_hex_read(S("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), s.seed,
                     sizeof s.seed),
       "seed");
    sign_secret_grow(&s);
    struct sign_key k = sign_public(&s);
    sign_hex_write(hex, k.byte, sizeof k.byte);
    ok_str(str_of(hex), S("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    sign_fingerprint(&k, print); // printf ... | xxd -r -p | sha256sum
    ok_str(str_of(print), S("21fe 31df a154 a261 626b f854 046f d227"));
}

static void hex_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = { "",       "0",     "00",       "00112", "00112g",
                                       "0011aA", "00 11", "0011aabb", "0x11aa" };
    unsigned char            out[3];
    ok(sign_hex_read(S("0011af"), out, 3) && out[2] == 0xaf, "three bytes");
    for (size_t i = 0; i < COUNT(bad); i++) ok(!sign_hex_read(str_of(bad[i]), out, 3), "%s", bad[i]);
    struct signature s = { { 7 } }, t;
    struct buf       b;
    buf_init(&b, 1024);
    sign_text_add(&b, &s);
    ok_i64(b.n, SIGN_TEXT_BYTES);
    ok(sign_text_read(buf_str(&b), &t) && !memcmp(&s, &t, sizeof s), "read again");
    ok(!sign_text_read(str_slice(buf_str(&b), 0, b.n - 1), &t), "without its line end");
    buf_free(&b);
}

static void secrets_are_read_by_nobody_else(void **state)
{
    (void)state;
    static const mode_t open_to[] = { 0640, 0604, 0620, 0602, 0610, 0666 };
    struct scope        sc = test_scope();
    const char         *dir = test_dir(&sc), *path, *tmp;
    char                into[64];
    size_t              n;
    struct stat         st;
    ok_err(&sc, path_join(&sc, dir, "secret", &path), OK);
    ok_err(&sc, path_join(&sc, dir, "secret.tmp", &tmp), OK);
    ok_err(&sc, sign_file_read(&sc, path, into, sizeof into, &n), ERR_NOTFOUND);
    ok_err(&sc, file_replace(&sc, tmp, S("left by a kill")), OK);
    ok(!chmod(tmp, 0644), "and open to all");
    ok_err(&sc, sign_file_replace(&sc, path, S("seed of nobody\n")), OK);
    ok(!stat(path, &st) && (st.st_mode & 0777) == 0600, "mode %o", st.st_mode & 0777);
    ok(stat(tmp, &st), "nothing is left");
    ok_err(&sc, sign_file_read(&sc, path, into, sizeof into, &n), OK);
    ok_str(((str){ into, n }), S("seed of nobody\n"));
    ok_err(&sc, sign_file_read(&sc, path, into, 15, &n), ERR_LIMIT);
    for (size_t i = 0; i < COUNT(open_to); i++) {
        ok(!chmod(path, open_to[i]), "chmod");
        ok_err(&sc, sign_file_read(&sc, path, into, sizeof into, &n), ERR_INVALID);
        ok(strstr(sc.fault.text, "chmod 600") && !strstr(sc.fault.text, "seed of nobody"), "%s",
           sc.fault.text);
    }
    ok_err(&sc, sign_file_read(&sc, dir, into, sizeof into, &n), ERR_IO);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_signature_is_of_these_bytes_alone),
    cmocka_unit_test(keys_are_those_of_the_standard),
    cmocka_unit_test(hex_has_one_spelling),
    cmocka_unit_test(secrets_are_read_by_nobody_else),
};
TEST_MAIN(tests)
