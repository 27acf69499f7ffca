// SPDX-License-Identifier: EUPL-1.2
// Paths and folders of a release, for those who write one and those who verify one.
#pragma once
#include "base/err.h"
#include <dirent.h>
#include <stdbool.h>

#define RELEASE_MANIFEST "manifest.json"
#define RELEASE_SEAL "manifest.sha256" // of the restricted manifest, as sha256sum writes it
enum { RELEASE_MAX_MANIFEST = 4 << 20 };

PRINTF(3, 4) enum err release_path(struct scope *sc, const char **out, const char *format, ...);
/// releases/N or restricted/N.
enum err    release_dir(struct scope *sc, const char *data_dir, int64_t number, bool restricted,
                        const char **out);
void        release_dir_closep(DIR **d);
/// Name of the next entry that does not begin with a dot; NULL at the end, with errno 0 when all went well.
const char *release_next_name(DIR *d);
bool        release_exists(const char *path);
/// Whoever changes which release is current, or takes files away, holds this meanwhile; closing it gives it back.
enum err    release_lock(struct scope *sc, const char *data_dir, int *out);
/// Writes releases/current. Under the lock.
enum err    release_make_current(struct scope *sc, const char *data_dir, int64_t number);
