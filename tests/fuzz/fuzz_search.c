// SPDX-License-Identifier: EUPL-1.2
// Folding of names and of what is searched for: words with one blank around each, and nothing left to fold.
#include "fuzz.h"

#include "web/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope sc = { .mem = arena_open((size_t)64 << 20) };
    str          once, twice;
    must(sc.mem);
    must(search_fold(&sc, (str){ (const char *)data, n }, &once) == OK);
    must(once.n && once.p[0] == ' ' && once.p[once.n - 1] == ' ' && !str_has(once, S("  ")));
    must(str_is_utf8(once, NULL));
    for (size_t i = 0; i < once.n; i++) must(once.p[i] < 'A' || once.p[i] > 'Z');
    must(search_fold(&sc, once, &twice) == OK);
    must(str_eq(once, twice));
    arena_close(sc.mem);
    return 0;
}
