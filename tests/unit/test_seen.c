// SPDX-License-Identifier: EUPL-1.2
// Keys of a run by their hashes, against a plain array: what was added is found with its row and its doubt, whatever
// the table has grown through; what was not is not found; and the limits say no without forgetting anything.
#include "check.h"
#include "store/seen.h"

enum { KEYS = 100000 };

static uint64_t hash_of(size_t i)
{
    char   key[32];
    size_t n = (size_t)snprintf(key, sizeof key, "%zu", i * 7919);
    return seen_hash((str){ key, n });
}

static void keys_are_found(void **state)
{
    (void)state;
    struct seen s = { 0 };
    ok(!seen_find(&s, 1), "nothing is found in nothing");
    for (size_t i = 0; i < KEYS; i++) {
        ok(!seen_find(&s, hash_of(i)), "key %zu is found before it is added", i);
        ok(seen_add(&s, hash_of(i), (int64_t)(2 * i + 1), i % 3 == 0), "key %zu has room", i);
    }
    for (size_t i = 0; i < KEYS; i++) {
        const uint32_t *at = seen_find(&s, hash_of(i));
        ok(at != NULL, "key %zu is lost", i);
        ok_i64(seen_row(*at), (int64_t)(2 * i + 1));
        ok(seen_doubt(*at) == (i % 3 == 0), "key %zu lost its doubt", i);
    }
    for (size_t i = KEYS; i < 2 * KEYS; i++)
        ok(!seen_find(&s, hash_of(i)), "key %zu is found, never added", i);
    seen_free(&s);
}

// As portals number their rows.
static void successive_keys_have_room(void **state)
{
    (void)state;
    struct seen s = { 0 };
    for (int64_t i = 1; i <= 1000000; i++) {
        char     key[32];
        size_t   n = (size_t)snprintf(key, sizeof key, "%lld", (long long)(999999 + i));
        uint64_t hash = seen_hash((str){ key, n });
        ok(!seen_find(&s, hash) && seen_add(&s, hash, i, false), "key %s has room", key);
    }
    seen_free(&s);
}

static void limits_say_no(void **state)
{
    (void)state;
    struct seen s = { 0 };
    ok(seen_add(&s, 5, SEEN_MAX_ROWS, false), "the last row has room");
    ok(!seen_add(&s, 6, SEEN_MAX_ROWS + 1, false), "the row behind the last has none");
    ok(seen_row(*seen_find(&s, 5)) == SEEN_MAX_ROWS && !seen_find(&s, 6), "what was there stays, alone");
    // Keys that all belong into one slot: at some point no more of them are taken, and those that were stay.
    uint64_t n = 0;
    while (n < 10000 && seen_add(&s, (n + 1) << 32, (int64_t)n + 1, false)) n++;
    ok(n > 512 && n < 10000, "%llu keys that meet are taken", (unsigned long long)n);
    for (uint64_t i = 0; i < n; i++)
        ok(seen_row(*seen_find(&s, (i + 1) << 32)) == (int64_t)i + 1, "key %llu of those that meet",
           (unsigned long long)i);
    seen_free(&s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_are_found),
    cmocka_unit_test(successive_keys_have_room),
    cmocka_unit_test(limits_say_no),
};
TEST_MAIN(tests)
