// SPDX-License-Identifier: EUPL-1.2
// How an attack tells what came of it: one line, which script/attack gathers. Seconds long, or with HROMADA_LONG=1 as long as
// it takes.
//     # ATTACK T2 held: what was attacked, what was got, what a naive protection would have given
#pragma once
#include "check.h"

static inline bool attack_is_long(void)
{
    const char *is = getenv("HROMADA_LONG");
    return is && !strcmp(is, "1");
}

/// One line for script/attack; what is broken fails the test.
#define attack_verdict(name, held, ...)                                                                      \
    do {                                                                                                     \
        print_message("# ATTACK %s %s: ", (name), (held) ? "held" : "broken");                               \
        print_message(__VA_ARGS__);                                                                          \
        print_message("\n");                                                                                 \
        if (!(held)) fail_();                                                                                \
    } while (0)
