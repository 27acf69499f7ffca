// SPDX-License-Identifier: EUPL-1.2
// Ed25519 (RFC 8032) by libsodium: key pairs, detached signatures, and the files that hold a secret.
// What is signed is always the line that says what it is, a line end, and the bytes: "hromada manifest 1\n{...}". So a
// signature under one kind of text is none under another (domain separation), and any program that knows Ed25519 can check it.
// The line holds no line end, so no two pairs of line and bytes are signed alike.
// Threads: no shared state. Tests: tests/unit/test_sign.c.
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

enum {
    SIGN_KEY_BYTES = 32,
    SIGN_SEED_BYTES = 32,
    SIGN_BYTES = 64,
    SIGN_TEXT_BYTES = 2 * SIGN_BYTES + 1, // of a file that holds a signature: hex digits and a line end
    SIGN_FINGERPRINT_BYTES = 40,          // eight groups of four hex digits with blanks between, and a NUL
};
struct sign_key {
    unsigned char byte[SIGN_KEY_BYTES];
};
struct signature {
    unsigned char byte[SIGN_BYTES];
};
/// Never logged, printed or copied; wiped by sign_secret_wipe, which stands in AUTO.
struct sign_secret {
    unsigned char seed[SIGN_SEED_BYTES], both[SIGN_BYTES];
};

void            sign_secret_wipe(struct sign_secret *s);
void            sign_secret_make(struct sign_secret *out);
/// From the seed in s->seed, as a key file holds it.
void            sign_secret_grow(struct sign_secret *s);
struct sign_key sign_public(const struct sign_secret *s);
bool            sign_key_eq(const struct sign_key *a, const struct sign_key *b);
/// For a person to compare: the first half of the SHA-256 of the public key.
void            sign_fingerprint(const struct sign_key *k, char out[SIGN_FINGERPRINT_BYTES]);

/// ERR_NOMEM, for as many bytes as are signed.
enum err sign_bytes(struct scope *sc, const struct sign_secret *s, const char *what, str bytes,
                    struct signature *out);
/// ERR_CORRUPT: it is not this key's signature of these bytes. ERR_NOMEM.
enum err sign_check(struct scope *sc, const struct sign_key *k, const char *what, str bytes,
                    const struct signature *sig);

/// Small hex digits of exactly n bytes; false: not that. No memory is taken, and nothing is said of what was read.
bool sign_hex_read(str hex, unsigned char *out, size_t n);
/// n bytes as 2 n hex digits and a NUL; takes no longer for one secret than for another.
void sign_hex_write(char *out, const unsigned char *bytes, size_t n);
/// A signature as the files .sig hold it.
void sign_text_add(struct buf *to, const struct signature *s);
bool sign_text_read(str text, struct signature *out);

/// A file that holds a secret, into memory of the caller, past no buffer that keeps a copy. ERR_INVALID: others may read it.
/// ERR_LIMIT: it has more than cap bytes. ERR_NOTFOUND, ERR_IO.
enum err sign_file_read(struct scope *sc, const char *path, char *into, size_t cap, size_t *n);
/// The same way back: a new file beside it that nobody else may read, synced, renamed onto path, folder synced.
enum err sign_file_replace(struct scope *sc, const char *path, str bytes);
