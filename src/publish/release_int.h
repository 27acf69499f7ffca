// SPDX-License-Identifier: EUPL-1.2
// Paths and folders of a release, for those who write one and those who verify one.
#pragma once
#include "base/err.h"
#include "publish/keys.h"
#include <dirent.h>
#include <stdbool.h>

#define RELEASE_MANIFEST "manifest.json"
#define RELEASE_SEAL "manifest.sha256"           // of the restricted manifest, as sha256sum writes it
#define RELEASE_SIGNATURE "manifest.sig"         // of the manifest beside it
#define RELEASE_KEYS "key.pub"                   // the public keys, listed in the public manifest
#define RELEASE_PUBLIC_TEXT "hromada manifest 1" // what stands before the bytes that are signed (seal/sign.h)
#define RELEASE_RESTRICTED_TEXT "hromada restricted manifest 1"
enum {
    RELEASE_MAX_MANIFEST = 4 << 20,
    RELEASE_FORMAT_UNSIGNED = 1, // of manifests that were written before releases were signed
    RELEASE_FORMAT = 2,
};

PRINTF(3, 4) enum err release_path(struct scope *sc, const char **out, const char *format, ...);
/// releases/N or restricted/N.
enum err    release_dir(struct scope *sc, const char *data_dir, int64_t number, bool restricted,
                        const char **out);
void        release_dir_closep(DIR **d);
/// Name of the next entry, hidden ones included; NULL at the end, with errno 0 when all went well.
const char *release_next_name(DIR *d);
bool        release_exists(const char *path);
/// Whoever changes which release is current, or takes files away, holds this meanwhile; closing it gives it back.
enum err    release_lock(struct scope *sc, const char *data_dir, int *out);
/// Writes releases/current. Under the lock.
enum err    release_make_current(struct scope *sc, const char *data_dir, int64_t number);
/// DIR/PREFIXkey.pub and DIR/PREFIXmanifest.sig (release_apart.c). ERR_NOTFOUND: there is none. ERR_CORRUPT.
enum err    release_read_keys(struct scope *sc, const char *dir, str prefix, struct key_list *out);
enum err    release_check_signature(struct scope *sc, const char *dir, str prefix, const char *what, str text,
                                    const struct sign_key *key);
