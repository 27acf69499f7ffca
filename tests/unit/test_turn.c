// SPDX-License-Identifier: EUPL-1.2
#include "check.h"
#include "web/turn.h"
#include <pthread.h>
#include <stdatomic.h>

enum { AT_ONCE = 2, WAITING = 3, VISITORS = 16 };

struct hall {
    struct turns *t;
    atomic_int    inside, most, served, refused;
    atomic_bool   open; // those inside leave
};

static void *visit(void *arg)
{
    struct hall *h = arg;
    struct scope sc = test_scope();
    if (turn_begin(&sc, h->t)) {
        ok(strstr(sc.fault.text, "try again"), "a sentence: %s", sc.fault.text);
        atomic_fetch_add(&h->refused, 1);
    } else {
        int now = atomic_fetch_add(&h->inside, 1) + 1, most = atomic_load(&h->most);
        while (now > most && !atomic_compare_exchange_weak(&h->most, &most, now)) continue;
        while (!atomic_load(&h->open)) usleep(1000);
        atomic_fetch_sub(&h->inside, 1);
        atomic_fetch_add(&h->served, 1);
        turn_end(h->t);
    }
    test_scope_end(&sc);
    return NULL;
}

static void those_who_find_no_place_are_told_so(void **state)
{
    (void)state;
    pthread_t   thread[VISITORS];
    struct hall h = { .t = turns_open(AT_ONCE, WAITING) };
    for (int i = 0; i < VISITORS; i++) ok(!pthread_create(&thread[i], NULL, visit, &h), "thread");
    while (atomic_load(&h.refused) < VISITORS - AT_ONCE - WAITING) usleep(1000);
    struct turn_numbers n = turn_numbers(h.t);
    ok(n.running == AT_ONCE && n.waiting == WAITING && n.refused == VISITORS - AT_ONCE - WAITING,
       "%llu, %llu, %llu", (unsigned long long)n.running, (unsigned long long)n.waiting,
       (unsigned long long)n.refused);
    atomic_store(&h.open, true);
    for (int i = 0; i < VISITORS; i++) pthread_join(thread[i], NULL);
    ok_i64(h.served, AT_ONCE + WAITING);
    ok(h.most <= AT_ONCE, "%d at once", h.most);
    ok_i64(turn_numbers(h.t).running, 0);
    turns_close(h.t);
}

static void waiting_ends(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct turns *t = turns_open(1, 1);
    ok_err(&sc, turn_begin(&sc, t), OK);
    ok_err(&sc, turn_begin(&sc, t), ERR_BUSY); // behind TURN_WAIT_MS
    turn_end(t);
    ok_err(&sc, turn_begin(&sc, t), OK);
    turn_end(t);
    turns_close(t);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(those_who_find_no_place_are_told_so),
    cmocka_unit_test(waiting_ends),
};
TEST_MAIN(tests)
