// SPDX-License-Identifier: EUPL-1.2
#include "base/lang.h"

static const char codes[LANGUAGES][3] = { "en", "cs", "uk" };

str language_code(enum language l)
{
    return str_of(codes[l]);
}

bool language_read(str code, enum language *out)
{
    for (int l = 0; l < LANGUAGES; l++) {
        if (!str_eq(code, str_of(codes[l]))) continue;
        *out = (enum language)l;
        return true;
    }
    return false;
}
