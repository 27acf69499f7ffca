// SPDX-License-Identifier: EUPL-1.2
// hromada.conf of the data folder: "name = value" lines. doc/hromada.conf.5 is its manual.
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

struct config {
    const char *listen;        // "127.0.0.1:8080"
    const char *basemap;       // absolute or below the data folder; NULL: none
    const char *metrics;       // where /metrics is: "127.0.0.1:9101", "unix:/path"; NULL: nowhere
    int64_t     keep_releases; // how many keep their files on the disk, at least 1
    int64_t     threads, connections, connections_per_address, idle_timeout_s, answer_cache_mib;
    bool        access_log;
};
/// Defaults, then what the file says, if there is one. ERR_INVALID with the line, ERR_IO, ERR_LIMIT.
enum err config_read(struct scope *sc, const char *dir, struct config *out);
/// The same from text, for tests and the fuzzer; `name` stands in errors.
enum err config_parse(struct scope *sc, const char *name, str text, struct config *out);
