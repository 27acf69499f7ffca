// SPDX-License-Identifier: EUPL-1.2
#include "seal/sign.h"

#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(SIGN_KEY_BYTES == crypto_sign_PUBLICKEYBYTES && SIGN_SEED_BYTES == crypto_sign_SEEDBYTES &&
                   SIGN_BYTES == crypto_sign_BYTES && SIGN_BYTES == crypto_sign_SECRETKEYBYTES,
               "libsodium's sizes");

// -- keys --------------------------------------------------------------------------------------------------------------

void sign_secret_wipe(struct sign_secret *s)
{
    sodium_memzero(s, sizeof *s);
}

void sign_secret_grow(struct sign_secret *s)
{
    struct sign_key unused;
    crypto_sign_seed_keypair(unused.byte, s->both, s->seed);
}

void sign_secret_make(struct sign_secret *out)
{
    randombytes_buf(out->seed, sizeof out->seed);
    sign_secret_grow(out);
}

struct sign_key sign_public(const struct sign_secret *s)
{
    struct sign_key k;
    crypto_sign_ed25519_sk_to_pk(k.byte, s->both);
    return k;
}

bool sign_key_eq(const struct sign_key *a, const struct sign_key *b)
{
    return !memcmp(a->byte, b->byte, sizeof a->byte);
}

void sign_fingerprint(const struct sign_key *k, char out[SIGN_FINGERPRINT_BYTES])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, k->byte, sizeof k->byte);
    for (int i = 0; i < 8; i++)
        snprintf(out + 5 * i, 6, "%02x%02x%s", hash[2 * i], hash[2 * i + 1], i < 7 ? " " : "");
}

// -- signatures --------------------------------------------------------------------------------------------------------

static enum err message(struct scope *sc, const char *what, str bytes, unsigned char **out, size_t *n)
{
    size_t         head = strlen(what) + 1;
    unsigned char *p = arena_alloc(sc->mem, head + bytes.n);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for %zu bytes to be signed", bytes.n);
    memcpy(p, what, head - 1);
    p[head - 1] = '\n';
    if (bytes.n) memcpy(p + head, bytes.p, bytes.n);
    *out = p;
    *n = head + bytes.n;
    return OK;
}

enum err sign_bytes(struct scope *sc, const struct sign_secret *s, const char *what, str bytes,
                    struct signature *out)
{
    struct arena_mark mark = arena_mark(sc->mem);
    unsigned char    *p;
    size_t            n;
    TRY(message(sc, what, bytes, &p, &n));
    crypto_sign_detached(out->byte, NULL, p, n, s->both);
    arena_back(sc->mem, mark);
    return OK;
}

enum err sign_check(struct scope *sc, const struct sign_key *k, const char *what, str bytes,
                    const struct signature *sig)
{
    struct arena_mark mark = arena_mark(sc->mem);
    unsigned char    *p;
    size_t            n;
    TRY(message(sc, what, bytes, &p, &n));
    bool fits = !crypto_sign_verify_detached(sig->byte, p, n, k->byte);
    arena_back(sc->mem, mark);
    return fits ? OK
                : fail(&sc->fault, ERR_CORRUPT, "the signature is not this key's, or the text was changed");
}

// -- hex ---------------------------------------------------------------------------------------------------------------

bool sign_hex_read(str hex, unsigned char *out, size_t n)
{
    size_t got;
    if (hex.n != 2 * n) return false;
    for (size_t i = 0; i < hex.n; i++)
        if (hex.p[i] >= 'A' && hex.p[i] <= 'F') return false; // one spelling, as we write it
    return !sodium_hex2bin(out, n, hex.p, hex.n, NULL, &got, NULL) && got == n;
}

void sign_hex_write(char *out, const unsigned char *bytes, size_t n)
{
    sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

void sign_text_add(struct buf *to, const struct signature *s)
{
    char hex[2 * SIGN_BYTES + 1];
    sign_hex_write(hex, s->byte, sizeof s->byte);
    buf_printf(to, "%s\n", hex);
}

bool sign_text_read(str text, struct signature *out)
{
    return str_ends(text, S("\n")) &&
           sign_hex_read(str_slice(text, 0, text.n - 1), out->byte, sizeof out->byte);
}

// -- files of secrets --------------------------------------------------------------------------------------------------

enum err sign_file_read(struct scope *sc, const char *path, char *into, size_t cap, size_t *n)
{
    AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat         st;
    size_t              at = 0;
    if (fd < 0) return fail_errno(&sc->fault, "cannot open %s", path);
    if (fstat(fd, &st)) return fail_errno(&sc->fault, "cannot read %s", path);
    if (!S_ISREG(st.st_mode)) return fail(&sc->fault, ERR_IO, "%s is not a regular file", path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return fail(
            &sc->fault, ERR_INVALID,
            "%s holds a secret, and others may read it (mode %03o): chmod 600 it, and when somebody may "
            "have read it, run hromada keys rotate",
            path, (unsigned)st.st_mode & 0777);
    for (ssize_t got = 1; got && at < cap; at += (size_t)got) {
        got = read(fd, into + at, cap - at);
        if (got < 0 && errno == EINTR) got = 0;
        else if (got < 0) return fail_errno(&sc->fault, "cannot read %s", path);
        else if (!got) break;
    }
    if (at == cap)
        return fail(&sc->fault, ERR_LIMIT, "%s has %zu bytes or more, which no key file has", path, cap);
    *n = at;
    return OK;
}

static enum err write_all(struct scope *sc, int fd, const char *path, str bytes)
{
    while (bytes.n) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_errno(&sc->fault, "cannot write %s", path);
        bytes = str_slice(bytes, (size_t)put, bytes.n);
    }
    return fsync(fd) ? fail_errno(&sc->fault, "cannot write %s", path) : OK;
}

enum err sign_file_replace(struct scope *sc, const char *path, str bytes)
{
    str                 tmp = arena_printf(sc->mem, "%s.tmp", path);
    const char         *slash = strrchr(path, '/');
    AUTO(fd_closep) int fd = -1;
    if (!tmp.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    const char *dir = slash ? arena_cstr(sc->mem, (str){ path, (size_t)(slash - path) }) : ".";
    if (!dir) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    if (unlink(tmp.p) && errno != ENOENT) return fail_errno(&sc->fault, "cannot remove %s", tmp.p);
    fd = open(tmp.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(&sc->fault, "cannot create %s", tmp.p);
    enum err e = write_all(sc, fd, tmp.p, bytes);
    if (!e && rename(tmp.p, path)) e = fail_errno(&sc->fault, "cannot rename %s to %s", tmp.p, path);
    if (e) {
        unlink(tmp.p);
        return e;
    }
    return dir_sync(sc, dir);
}
