// SPDX-License-Identifier: EUPL-1.2
// Any bytes as a policy. What is accepted must keep its promises: the public sees no exact point and no circle more than a
// narrower one, trafficking and what is unclassified are told to nobody, and the floors hold.
#include "publish/policy.h"

#include "base/arena.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_star(const struct tier_policy *t)
{
    for (size_t i = 0; i < t->n_rules; i++)
        if (t->rules[i].category.n > 1)
            return true; // of a pattern with stars policy_read tries one key alone
    return false;
}

static void wider_sees_no_more(const struct tier_policy *wide, const struct tier_policy *narrow)
{
    if (wide->delay_days < narrow->delay_days || (wide->flags & ~narrow->flags)) abort();
    bool stars = has_star(wide) || has_star(narrow);
    for (int class = 0; class < SENSITIVITIES; class ++) {
        sensitivity_set set = sensitivity_bit((enum sensitivity) class);
        if (policy_shows_classes(wide, set) == SHOW_POINTS &&
            policy_finest(wide, set) < policy_finest(narrow, set))
            abort();
        for (int iccs = 0; iccs < ICCS_SECTIONS; iccs++) {
            struct category c = { .key = S("a-key-of-nobody"),
                                  .iccs = iccs,
                                  .sensitivity = (enum sensitivity) class };
            if (!stars && policy_shows(wide, 0, &c) < policy_shows(narrow, 0, &c)) abort();
        }
    }
}

static void keeps_its_promises(struct scope *sc, const struct policy *p)
{
    const struct tier_policy *open = &p->tier[TIER_PUBLIC];
    if (open->given && (open->exact || open->delay_days < 0)) abort();
    if (p->least < 1) abort();
    for (int t = 0; t < TIERS; t++) {
        const struct tier_policy *a = &p->tier[t];
        struct category           c = { .key = S("a-key-of-nobody"), .sensitivity = SENSITIVITY_TRAFFICKING };
        if (policy_shows(a, 0, &c) != SHOW_WITHHELD || policy_shows_classes(a, 0) != SHOW_WITHHELD) abort();
        c.sensitivity = SENSITIVITY_UNCLASSIFIED;
        if (policy_shows(a, 0, &c) != SHOW_WITHHELD) abort();
        if (a->given && !a->exact && !a->anchor_grid_m && !a->anchor_file.n) abort();
        for (int n = t + 1; n < TIERS && a->given; n++)
            if (p->tier[n].given) wider_sees_no_more(a, &p->tier[n]);
    }
    if (policy_floors(sc, p, true, 0))
        return; // a policy that passes keeps the floors, or says which it does not
    if (!policy_has_exceptions(p) != !policy_floors(sc, p, false, 0)) abort(); // unsigned none counts
    for (int f = 0; f < FLOORS; f++)
        if (!p->exception[f].line != !p->at[f] ||
            (p->at[f] && (!p->exception[f].reason.n || !p->exception[f].by.n)))
            abort();
    if (policy_has_exceptions(p)) return;
    for (int class = SENSITIVITY_CHILD; class <= SENSITIVITY_DRUGS; class ++)
        if (policy_shows_classes(open, sensitivity_bit((enum sensitivity) class)) == SHOW_POINTS) abort();
    if (open->given && (open->place_text || open->delay_days < FLOOR_DELAY_DAYS)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope  sc = { .mem = arena_open((size_t)16 << 20) };
    struct policy p;
    if (sc.mem) {
        if (!policy_read(&sc, (str){ (const char *)data, size }, &p)) keeps_its_promises(&sc, &p);
        else if (!sc.fault.code || !sc.fault.text[0]) abort();
    }
    arena_close(sc.mem);
    return 0;
}
