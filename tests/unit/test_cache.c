// SPDX-License-Identifier: EUPL-1.2
#include "check.h"
#include "http/cache.h"
#include <pthread.h>
#include <stdatomic.h>

static atomic_int alive;

static char *new_value(const char *text)
{
    atomic_fetch_add(&alive, 1);
    return strdup(text);
}
static void drop(void *value)
{
    atomic_fetch_sub(&alive, 1);
    free(value);
}

static void put(struct cache *c, str key, const char *text, size_t bytes)
{
    bool           make;
    struct cached *e = cache_get(c, key, 0, &make);
    ok(e && make, "%.*s is to be made", STR(key));
    ok(cache_put(c, e, new_value(text), bytes) && !strcmp(cached_value(e), text), "kept");
    cache_release(c, e);
}

static bool has(struct cache *c, str key, const char *text)
{
    bool           make;
    struct cached *e = cache_get(c, key, 0, &make);
    if (make) cache_forgo(c, e);
    if (make || !e) return false;
    ok(!strcmp(cached_value(e), text), "got %s", (char *)cached_value(e));
    cache_release(c, e);
    return true;
}

static void the_oldest_goes_first(void **state)
{
    (void)state;
    struct cache *c = cache_open(10000, drop); // ENTRY_BYTES and the key count, too
    put(c, S("a"), "A", 700);
    for (int i = 0; i < 9; i++) put(c, (str){ "bcdefghij" + i, 1 }, "other", 700);
    ok(has(c, S("a"), "A"), "all ten fit, and this one is now the newest");
    put(c, S("k"), "K", 700);
    ok(!has(c, S("b"), "other") && has(c, S("a"), "A") && has(c, S("k"), "K"), "b had to go");
    ok(cache_numbers(c).bytes <= 10000 && cache_numbers(c).answers == 10, "numbers");
    bool           make;
    struct cached *held = cache_get(c, S("large"), 0, &make);
    char          *large = new_value("large");
    ok(held && make && !cache_put(c, held, large, 5000), "one answer may not push out all others");
    drop(large);
    held = cache_get(c, S("a"), 0, &make);
    for (int i = 0; i < 20; i++) put(c, (str){ "ABCDEFGHIJKLMNOPQRST" + i, 1 }, "more", 900);
    ok(held && !strcmp(cached_value(held), "A"), "what is held stays readable");
    cache_release(c, held);
    ok(!has(c, S("a"), "A"), "though it is out");
    cache_close(c);
    ok_i64(alive, 0);
}

struct crowd {
    struct cache *c;
    atomic_int    made, answered;
    bool          keep;
};

static void *ask(void *arg)
{
    struct crowd  *k = arg;
    bool           make;
    struct cached *e = cache_get(k->c, S("tile"), 10000, &make);
    if (make) {
        usleep(50000);
        atomic_fetch_add(&k->made, 1);
        if (k->keep) ok(cache_put(k->c, e, new_value("picture"), 100), "kept");
        else cache_forgo(k->c, e), e = NULL;
    }
    if (e && !strcmp(cached_value(e), "picture")) atomic_fetch_add(&k->answered, 1);
    if (e) cache_release(k->c, e);
    return NULL;
}

static void a_crowd(bool keep)
{
    enum { THREADS = 40 };
    pthread_t    thread[THREADS];
    struct crowd k = { .c = cache_open(1 << 20, drop), .keep = keep };
    for (int i = 0; i < THREADS; i++) ok(!pthread_create(&thread[i], NULL, ask, &k), "thread");
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    ok(k.answered == (keep ? THREADS : 0), "%d answered", k.answered);
    ok(keep ? k.made == 1 : k.made >= 1, "%d made it", k.made);
    cache_close(k.c);
    ok_i64(alive, 0);
}

static void a_crowd_costs_one(void **state)
{
    (void)state;
    a_crowd(true);
    a_crowd(false); // nobody waits for what will not come
}

static void patience_ends(void **state)
{
    (void)state;
    struct cache  *c = cache_open(1 << 20, drop);
    bool           make, again;
    struct cached *e = cache_get(c, S("slow"), 0, &make);
    ok(e && make, "the first makes it");
    ok(!cache_get(c, S("slow"), 20, &again) && !again, "the second does without");
    cache_forgo(c, e);
    cache_close(c);
}

static void what_is_forgotten_is_not_given(void **state)
{
    (void)state;
    struct cache *c = cache_open(1 << 20, drop);
    bool          make;
    put(c, S("old"), "OLD", 10);
    struct cached *held = cache_get(c, S("old"), 0, &make), *making = cache_get(c, S("half"), 0, &make);
    ok(held && making && make, "one is held, one is being made");
    cache_forget(c);
    ok(!has(c, S("old"), "OLD") && !strcmp(cached_value(held), "OLD"),
       "who holds it still has it, nobody else");
    ok(cache_put(c, making, new_value("HALF"), 10), "it goes to those who waited");
    ok(!has(c, S("half"), "HALF"), "and to nobody after them");
    cache_release(c, making);
    cache_release(c, held);
    put(c, S("old"), "NEW", 10);
    ok(has(c, S("old"), "NEW"), "then all is as before");
    cache_close(c);
    ok_i64(alive, 0);
}

static void *hammer(void *arg)
{
    struct cache *c = arg;
    uint64_t      seed = (uint64_t)(uintptr_t)&seed;
    for (int i = 0; i < 20000; i++) {
        char           key[4];
        int            n = snprintf(key, sizeof key, "%u", (unsigned)(test_random(&seed) % 60));
        bool           make;
        str            k = { key, (size_t)n };
        struct cached *e = cache_get(c, k, 100, &make);
        if (make && test_random(&seed) % 4) {
            char *v = new_value(key);
            if (!cache_put(c, e, v, test_random(&seed) % 1500)) drop(v), e = NULL;
        } else if (make) cache_forgo(c, e), e = NULL;
        if (!(i % 1000)) cache_forget(c);
        if (!e) continue;
        if (strcmp(cached_value(e), key) != 0) abort();
        cache_release(c, e);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    pthread_t     thread[4];
    struct cache *c = cache_open(12000, drop);
    for (size_t i = 0; i < COUNT(thread); i++) ok(!pthread_create(&thread[i], NULL, hammer, c), "thread");
    for (size_t i = 0; i < COUNT(thread); i++) pthread_join(thread[i], NULL);
    ok(cache_numbers(c).bytes <= 12000, "%llu bytes", (unsigned long long)cache_numbers(c).bytes);
    cache_close(c);
    ok_i64(alive, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_oldest_goes_first), cmocka_unit_test(a_crowd_costs_one),
    cmocka_unit_test(patience_ends),         cmocka_unit_test(what_is_forgotten_is_not_given),
    cmocka_unit_test(many_threads),
};
TEST_MAIN(tests)
