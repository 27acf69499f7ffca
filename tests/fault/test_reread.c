// SPDX-License-Identifier: EUPL-1.2
// A file of a release that cannot be read for a while is read again, without anybody touching it; a damaged one stays damaged.
#include "../web/fixture.h"
#include "check.h"
#include "base/mark.h"
#include "fault.h"
#include "web/edition.h"
#include "web/releases.h"
#include "web/told.h"
#include <fcntl.h>
#include <sys/stat.h>

static int64_t now_ms = 1000000;
static int64_t now(void)
{
    return now_ms;
}

/// What is found of a file within the tick in which it was touched is looked for again at once.
static void tick_over(void)
{
    usleep(2 * MARK_TICK_MS * 1000);
}

static struct clock clock_still(void)
{
    struct clock c = clock_system;
    c.monotonic_ms = now;
    return c;
}

struct town {
    struct scope   sc;
    struct fixture fx;
    struct clock   clock;
};

static struct town town_open(void)
{
    struct town t = { .sc = test_scope(), .clock = clock_still() };
    t.fx.dir = test_dir(&t.sc);
    fixture_make(&t.sc, test_seed(), &t.fx);
    fixture_publish(&t.sc, &t.fx, 1);
    tick_over();
    return t;
}

static void town_close(struct town *t)
{
    test_dir_end(&t->sc, t->fx.dir);
    test_scope_end(&t->sc);
}

static size_t listed(struct town *t, struct release_notes *k)
{
    const struct release_note *r;
    size_t                     n;
    ok_err(&t->sc, releases_read(&t->sc, k, 1, 0, RELEASES_MAX, &r, &n), OK);
    return n;
}

static void a_manifest_that_could_not_be_read(void **state)
{
    (void)state;
    struct town    t = town_open();
    struct told   *told = told_open(&t.clock);
    struct origin *origin = origin_open();
    unsigned       left_out = 0;
    for (unsigned n = fault_first();; n++) {
        struct release_notes *k = notes_open(t.fx.dir, origin, &t.clock, told);
        fault_after_kind(n, FAULT_READ);
        bool there = listed(&t, k) == 1, hit = fault_fired();
        ok(there || hit, "it is listed when nothing fails");
        if (!there) {
            left_out++;
            now_ms += NOTES_AGAIN_MS - 1;
            ok_i64(listed(&t, k), 0); // the disk has its rest
            now_ms += 1;
            ok(listed(&t, k) == 1, "failure %u (%s) is over", n, fault_name());
        }
        notes_close(k);
        if (!hit) break;
    }
    ok(left_out >= 3, "manifest, signature and keys failed: %u", left_out);
    told_close(told);
    origin_close(origin);
    town_close(&t);
}

static void a_file_that_could_not_be_proved(void **state)
{
    (void)state;
    struct town      t = town_open();
    struct origin   *origin = origin_open();
    struct editions *es;
    unsigned         unproved = 0;
    const char      *manifest = arena_printf(t.sc.mem, "%s/releases/1/manifest.json", t.fx.dir).p;
    ok_err(&t.sc, editions_open(&t.sc, t.fx.dir, origin, &t.clock, -1, &es), OK);
    ok(!editions_unproved(es), "all is proved at the start");
    for (unsigned n = fault_first();; n++) {
        ok(!chmod(manifest, n % 2 ? 0600 : 0644), "another ctime, so it is proved anew");
        tick_over();
        fault_after_kind(n, FAULT_READ);
        enum err e = editions_look(&t.sc, es);
        bool     hit = fault_fired(), bad = editions_unproved(es);
        ok(hit || (!e && !bad), "it is proved when nothing fails");
        if (bad) {
            unproved++;
            ok_err(&t.sc, editions_look(&t.sc, es), OK);
            ok(editions_unproved(es), "not at each look");
            now_ms += 60000;
            ok_err(&t.sc, editions_look(&t.sc, es), OK);
            ok(!editions_unproved(es), "failure %u (%s) is over", n, fault_name());
        }
        if (!hit) break;
    }
    ok(unproved >= 3, "manifest, signature and keys failed: %u", unproved);
    ok_err(&t.sc, file_replace(&t.sc, manifest, S("{}")), OK);
    tick_over();
    for (int i = 0; i < 3; i++, now_ms += 60000) {
        ok_err(&t.sc, editions_look(&t.sc, es), OK);
        ok(editions_unproved(es), "damage lasts");
    }
    editions_close(es);
    origin_close(origin);
    town_close(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_manifest_that_could_not_be_read),
    cmocka_unit_test(a_file_that_could_not_be_proved),
};
TEST_MAIN(tests)
