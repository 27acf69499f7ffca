// SPDX-License-Identifier: EUPL-1.2
#include "base/lines.h"

#include "check.h"
#include "import/profile.h"
#include "main/config.h"
#include "publish/policy.h"

static void an_editor_and_we_see_the_same_lines(void **state)
{
    (void)state;
    static const struct {
        str         text;
        const char *says; // NULL: fine
    } rows[] = {
        { S(""), NULL },
        { S("\xEF\xBB\xBF# head\r\n\ttier public\n"), NULL },
        { S("# Ужгород, Náměstí\n"), NULL },
        { S("# a\rtier public"), "line 1, byte 4: the character U+000D" },
        { S("a\n# b\r"), "line 2, byte 4: the character U+000D" },
        { S("a\r\r\n"), "line 1, byte 2: the character U+000D" },
        { S("a\vb"), "U+000B" },
        { S("a\fb"), "U+000C" },
        { S("a\0b"), "line 1, byte 2: the character U+0000" },
        { S("a\x7F"), "U+007F" },
        { S("ab\n\xC2\x85"), "line 2, byte 1: the character U+0085" },
        { S("\xE2\x80\xA8"), "U+2028" },
        { S("# \xE2\x80\xAE"), "U+202E" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope sc = test_scope();
        ok_err(&sc, lines_check(&sc, rows[i].text), rows[i].says ? ERR_INVALID : OK);
        ok(!rows[i].says || strstr(sc.fault.text, rows[i].says), "row %zu: %s", i, sc.fault.text);
        test_scope_end(&sc);
    }
}

/// Each reader of a text file with comments refuses a line end that it would not see, and says where.
static void every_reader_asks(void **state)
{
    (void)state;
    struct scope     sc = test_scope();
    struct policy    policy;
    struct config    config;
    struct profile   profile;
    struct code_list codes;
    ok_err(&sc, policy_read(&sc, S("tier public\n# finer:\rdelay 90 days\n"), &policy), ERR_INVALID);
    ok(strstr(sc.fault.text, "line 2, byte 9"), "%s", sc.fault.text);
    ok_err(&sc, config_parse(&sc, "x", S("# a\rmetrics = off\n"), &config), ERR_INVALID);
    ok(strstr(sc.fault.text, "x: line 1, byte 4"), "%s", sc.fault.text);
    ok_err(&sc, profile_parse(&sc, "x", S("[source]\n# a\rkey = b\n"), NULL, 0, &profile), ERR_INVALID);
    ok(strstr(sc.fault.text, "x: line 2, byte 4"), "%s", sc.fault.text);
    ok_err(&sc, codes_parse(&sc, "x", S("# a\r[list]\n"), &codes), ERR_INVALID);
    ok(strstr(sc.fault.text, "x: line 1, byte 4"), "%s", sc.fault.text);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_editor_and_we_see_the_same_lines),
    cmocka_unit_test(every_reader_asks),
};
TEST_MAIN(tests)
