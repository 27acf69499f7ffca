// SPDX-License-Identifier: EUPL-1.2
// Pieces come whole and in order, however long each maker takes; the end comes behind the last one, and giving up early
// leaves no thread behind.
#include "base/relay.h"
#include "check.h"

#include <unistd.h>

enum { PIECES = 3000 };

struct hall {
    unsigned makers, slots;
    uint64_t last;
    uint64_t piece[RELAY_MAX_SLOTS];
    unsigned made[RELAY_MAX_MAKERS];
};

static bool make(void *of, unsigned maker, uint64_t number, size_t slot)
{
    struct hall *h = of;
    if (number * 0x9E3779B97F4A7C15u >> 58 == maker) usleep(50); // now the one is late, now the other
    h->piece[slot] = number + 1;
    h->made[maker]++;
    return number < h->last;
}

static void check_order(struct scope *sc, unsigned makers, unsigned slots, uint64_t last)
{
    struct hall   h = { .makers = makers, .slots = slots, .last = last };
    struct relay *r;
    size_t        slot;
    uint64_t      n = 0, made = 0;
    ok_err(sc, relay_open(sc, &(struct relay_work){ &h, make }, makers, slots, &r), OK);
    while (relay_next(r, &slot)) {
        ok_i64((int64_t)h.piece[slot], (int64_t)++n);
        h.piece[slot] = 0;
    }
    ok_i64((int64_t)n, (int64_t)last + 1);
    ok(!relay_next(r, &slot), "the end stays the end");
    relay_close(r);
    for (unsigned i = 0; i < makers; i++) made += h.made[i];
    ok(made >= n && made < n + makers, "%llu pieces of %llu were made", (unsigned long long)made,
       (unsigned long long)n);
}

static void test_order(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    for (unsigned makers = 1; makers <= RELAY_MAX_MAKERS; makers++)
        for (unsigned slots = makers + 1; slots <= RELAY_MAX_SLOTS; slots += 3) {
            check_order(&sc, makers, slots, 0);
            check_order(&sc, makers, slots, makers);
            check_order(&sc, makers, slots, PIECES / makers);
        }
    test_scope_end(&sc);
}

static void test_given_up(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    for (int taken = 0; taken < 20; taken++) {
        struct hall   h = { .makers = 3, .slots = 5, .last = UINT64_MAX };
        struct relay *r;
        size_t        slot;
        ok_err(&sc, relay_open(&sc, &(struct relay_work){ &h, make }, h.makers, h.slots, &r), OK);
        for (int i = 0; i < taken; i++)
            ok(relay_next(r, &slot) && h.piece[slot] == (uint64_t)i + 1, "piece %d", i);
        relay_closep(&r);
        ok(!r, "closed");
        unsigned made = h.made[0] + h.made[1] + h.made[2];
        ok(made <= (unsigned)taken + h.slots, "%u pieces for %d that were taken", made, taken);
    }
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(test_order), cmocka_unit_test(test_given_up) };
TEST_MAIN(tests)
