// SPDX-License-Identifier: EUPL-1.2
#include "main/config.h"

#include "check.h"

static void settings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error; // error: a part of the sentence; NULL: fine
    } rows[] = {
        { "", NULL },
        { "# nothing\n\n  \r\n", NULL },
        { "listen = [::1]:9\nthreads=2\r\naccess-log = yes\n", NULL },
        { "listen", "line 1: a line is" },
        { "\nthread = 1", "line 2: there is no setting \"thread\"" },
        { "threads = 1x", "threads takes a number from 0 to 256" },
        { "threads = 257", "threads takes a number" },
        { "threads = -1", "threads takes a number" },
        { "access-log = maybe", "access-log is yes or no" },
        { "basemap =", "basemap needs a value" },
        { "metrics = off", NULL },
        { "metrics = 127.0.0.1:9101", NULL },
        { "metrics = unix:/run/m.sock", NULL },
        { "metrics = [::1]:1", NULL },
        { "listen = [::1]:9\n\nthreads = 2\nlisten = [::1]:9", "line 4: listen stands in line 1 already" },
        { "keep-releases = 2\nkeep-releases = 2", "line 2: keep-releases stands in line 1 already" },
        { "metrics = 0.0.0.0:9101", "metrics is off, 127.0.0.1:PORT, [::1]:PORT or unix:/PATH" },
        { "metrics = 127.0.0.1:", "metrics is off" },
        { "metrics =", "metrics is off" },
        { "keep-releases = 0", "keep-releases takes a number from 1 to 1000" },
        { "keep-releases = 12", NULL },
        { "basemap = \xFF", "not UTF-8" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope  sc = test_scope();
        struct config c = { .threads = -7 };
        enum err      e = config_parse(&sc, "hromada.conf", str_of(rows[i].text), &c);
        ok((e == OK) == !rows[i].error, "%s: %s", rows[i].text, sc.fault.text);
        if (rows[i].error) ok(strstr(sc.fault.text, rows[i].error), "%s: %s", rows[i].text, sc.fault.text);
        ok(e == OK || c.threads == -7, "a failure leaves the result alone");
        test_scope_end(&sc);
    }
}

static void values(void **state)
{
    (void)state;
    struct scope  sc = test_scope();
    struct config c;
    ok_err(&sc,
           config_parse(&sc, "x",
                        S("\xEF\xBB\xBFthreads = 3\nanswer-cache = 0\nbasemap = a "
                          "b.pmtiles\naccess-log=yes\nidle-timeout = 5"),
                        &c),
           OK);
    ok_str(str_of(c.listen), S("127.0.0.1:8080"));
    ok_str(str_of(c.basemap), S("a b.pmtiles"));
    ok_i64(c.threads, 3);
    ok_i64(c.idle_timeout_s, 5);
    ok_i64(c.answer_cache_mib, 0);
    ok_i64(c.connections, 8000);
    ok_i64(c.keep_releases, 1);
    ok(!c.metrics, "off");
    ok(c.access_log, "said yes");
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(settings),
    cmocka_unit_test(values),
};
TEST_MAIN(tests)
