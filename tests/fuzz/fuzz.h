// SPDX-License-Identifier: EUPL-1.2
// What the fuzz targets share; meson.build says how they are run. What libFuzzer finds becomes a file in the corpus,
// under a name that says what it is.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdio.h>
#include <stdlib.h>

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
