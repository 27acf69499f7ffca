// SPDX-License-Identifier: EUPL-1.2
#include "seal/hash.h"

#include "base/arena.h"
#include "base/file.h"
#include <errno.h>
#include <sodium.h>
#include <unistd.h>

struct hash128 hash_content(str bytes)
{
    struct hash128 h;
    crypto_generichash((unsigned char *)&h, sizeof h, (const unsigned char *)(bytes.n ? bytes.p : ""),
                       bytes.n, NULL, 0);
    return h;
}

static enum err to_hex(struct scope *sc, const unsigned char hash[crypto_hash_sha256_BYTES], str *hex)
{
    char *p = arena_alloc(sc->mem, 2 * crypto_hash_sha256_BYTES + 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for a hash");
    sodium_bin2hex(p, 2 * crypto_hash_sha256_BYTES + 1, hash, crypto_hash_sha256_BYTES);
    *hex = (str){ p, 2 * crypto_hash_sha256_BYTES };
    return OK;
}

enum err hash_sha256(struct scope *sc, str bytes, str *hex)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)(bytes.n ? bytes.p : ""), bytes.n);
    return to_hex(sc, hash, hex);
}

enum err hash_file_sha256(struct scope *sc, const char *path, str *hex, uint64_t *bytes)
{
    AUTO(fd_closep) int fd = -1;
    size_t              size;
    TRY(file_open_own(sc, path, &fd, &size));
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    unsigned char block[64 * 1024], hash[crypto_hash_sha256_BYTES];
    uint64_t      total = 0;
    for (ssize_t n; (n = read(fd, block, sizeof block)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(&sc->fault, "cannot read %s", path);
        crypto_hash_sha256_update(&state, block, (size_t)n);
        total += (uint64_t)n;
    }
    crypto_hash_sha256_final(&state, hash);
    TRY(to_hex(sc, hash, hex));
    *bytes = total;
    return OK;
}
