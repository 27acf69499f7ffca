// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a policy. What is accepted must keep its promises: the public sees no exact point, and no circle sees a
// category that a narrower one does not.
#include "publish/policy.h"

#include "base/arena.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keeps_its_promises(const struct policy *p)
{
    const struct tier_policy *open = &p->tier[TIER_PUBLIC];
    if (open->given && (open->exact || open->delay_days < 0)) abort();
    for (int t = 0; t < TIERS; t++) {
        const struct tier_policy *a = &p->tier[t];
        if (a->given && !a->exact && !a->anchor_grid_m && !a->anchor_file.n) abort();
        if (a->given && a->finest > PRECISION_MONTH) abort();
        for (int n = t + 1; n < TIERS && a->given; n++) {
            const struct tier_policy *b = &p->tier[n];
            if (b->given &&
                (a->finest < b->finest || a->delay_days < b->delay_days || (a->flags & ~b->flags)))
                abort();
            // Keys that no rule names are all alike.
            for (int iccs = 0; b->given && iccs < ICCS_SECTIONS; iccs++) {
                struct category c = { .key = S("a-key-of-nobody"), .iccs = iccs };
                bool            stars = false;
                for (size_t i = 0; i < a->n_rules; i++) stars = stars || a->rules[i].category.n > 1;
                for (size_t i = 0; i < b->n_rules; i++) stars = stars || b->rules[i].category.n > 1;
                if (!stars && policy_shows(a, &c) == SHOW_POINTS && policy_shows(b, &c) != SHOW_POINTS)
                    abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope  sc = { .mem = arena_open((size_t)16 << 20) };
    struct policy p;
    if (sc.mem) {
        if (!policy_read(&sc, (str){ (const char *)data, size }, &p)) keeps_its_promises(&p);
        else if (!sc.fault.code || !sc.fault.text[0]) abort();
    }
    arena_close(sc.mem);
    return 0;
}
