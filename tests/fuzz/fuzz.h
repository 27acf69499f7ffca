// SPDX-License-Identifier: EUPL-1.2
// What the fuzz targets share; meson.build says how they are run. What libFuzzer finds becomes a file in the corpus,
// under a name that says what it is.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/// A promise that must hold for every input.
#define must(condition)                                                                                      \
    do {                                                                                                     \
        if (condition) break;                                                                                \
        fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);                              \
        abort();                                                                                             \
    } while (0)

/// A failure must come with a code and a sentence.
#define must_tell(sc, call)                                                                                  \
    do {                                                                                                     \
        enum err code_ = (call);                                                                             \
        if (code_) must((sc)->fault.code == code_ && (sc)->fault.text[0]);                                   \
    } while (0)

/// The bytes as a file, for parsers that open one: a path that is good until the next call.
static inline const char *fuzz_file(str bytes)
{
    static int  fd = -1;
    static char path[40];
    if (fd < 0) fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0 && !ftruncate(fd, 0));
    must(pwrite(fd, bytes.p, bytes.n, 0) == (ssize_t)bytes.n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}
