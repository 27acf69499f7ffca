// SPDX-License-Identifier: EUPL-1.2
#include "check.h"
#include "web/turn.h"
#include <pthread.h>
#include <stdatomic.h>

enum { AT_ONCE = 2, VISITORS = 16 };

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

static void those_who_wait_too_long_are_told_so(void **state)
{
    (void)state;
    pthread_t   thread[VISITORS];
    struct hall h = { .t = turns_open(AT_ONCE) };
    for (int i = 0; i < VISITORS; i++) ok(!pthread_create(&thread[i], NULL, visit, &h), "thread");
    while (atomic_load(&h.refused) < VISITORS - AT_ONCE) usleep(1000);
    struct turn_numbers n = turn_numbers(h.t);
    ok(n.running == AT_ONCE && !n.waiting && n.refused == VISITORS - AT_ONCE, "%llu, %llu, %llu",
       (unsigned long long)n.running, (unsigned long long)n.waiting, (unsigned long long)n.refused);
    atomic_store(&h.open, true);
    for (int i = 0; i < VISITORS; i++) pthread_join(thread[i], NULL);
    ok_i64(h.served, AT_ONCE);
    ok(h.most <= AT_ONCE, "%d at once", h.most);
    ok_i64(turn_numbers(h.t).running, 0);
    turns_close(h.t);
}

static void quick_ones_all_get_their_turn(void **state)
{
    (void)state;
    pthread_t   thread[VISITORS];
    struct hall h = { .t = turns_open(AT_ONCE), .open = true };
    for (int i = 0; i < VISITORS; i++) ok(!pthread_create(&thread[i], NULL, visit, &h), "thread");
    for (int i = 0; i < VISITORS; i++) pthread_join(thread[i], NULL);
    ok(h.served == VISITORS && h.most <= AT_ONCE, "%d served, %d at once", h.served, h.most);
    turns_close(h.t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(those_who_wait_too_long_are_told_so),
    cmocka_unit_test(quick_ones_all_get_their_turn),
};
TEST_MAIN(tests)
