// SPDX-License-Identifier: EUPL-1.2
// Where packed bytes come from: an open file or memory, read at any place.
#pragma once
#include "base/err.h"
#include "base/str.h"

struct source {
    const char *path;  // for messages; borrowed
    const char *bytes; // borrowed; NULL: the file
    int         fd;
    uint64_t    size;
};

/// Reads exactly n bytes at offset `at`; at + n <= size. ERR_IO, also when the file has become shorter.
enum err source_read(struct scope *sc, const struct source *src, uint64_t at, void *to, size_t n);
