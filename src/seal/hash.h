// SPDX-License-Identifier: EUPL-1.2
// SHA-256 (FIPS 180-4) by libsodium, for manifests, and a keyless 128-bit BLAKE2b for row contents.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct hash128 {
    uint64_t hi, lo;
};
struct hash128 hash_content(str bytes);
/// Hex digits into the arena; of a file that file_open_own opens. ERR_CORRUPT, ERR_NOTFOUND, ERR_IO, ERR_NOMEM.
enum err       hash_file_sha256(struct scope *sc, const char *path, str *hex, uint64_t *bytes);
enum err       hash_sha256(struct scope *sc, str bytes, str *hex);
