// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "import/condition.h"

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *value;
        enum reply  want;
    } cases[] = {
        { "{d} is true | Y not false | N", "TRUE", REPLY_YES },
        { "{d} is true | Y not false | N", " n ", REPLY_NO },
        { "{d} is true | Y not false | N", "", REPLY_NEITHER },
        { "{d} is true | Y not false | N", "no", REPLY_NEITHER },
        { "{d} is true | Y not false | N", "Ano", REPLY_NEITHER },
        { "{d} is true | Y not false | N | blank", "", REPLY_NO },
        { "{d} is true | Y not false | N | blank", "NA", REPLY_NO },
        { "{d} is true | Y not false | N | blank", "blank", REPLY_NEITHER },
        { "{d} is true | Y not false | \"blank\"", "blank", REPLY_NO },
        { "{d} is blank", "", REPLY_YES },
        { "{d} is true", "True", REPLY_YES },
        { "{d} is true", "yes", REPLY_NEITHER },
        { "{d} is true", "nein", REPLY_NO },
        { "{d} is true", "false ", REPLY_NO },
        { "{d} is true", "", REPLY_NEITHER },
        { "{d} is true", "\xC2\xA0", REPLY_NEITHER },
        { "{d}", "ANO", REPLY_YES },
        { "{d}", "Ne", REPLY_NO },
        { "{d}", "Так", REPLY_YES },
        { "{d}", "НІ", REPLY_NO },
        { "{d}", "нЕт", REPLY_NO },
        { "{d}", "ДА", REPLY_YES },
        { "{d}", "Ja", REPLY_YES },
        { "{d}", "T", REPLY_YES },
        { "{d}", "F", REPLY_NO },
        { "{d}", "1", REPLY_YES },
        { "{d}", "0", REPLY_NO },
        { "{d}", "", REPLY_NEITHER },
        { "{d}", "01", REPLY_NEITHER },
        { "{d} is not 1 | 2", "2", REPLY_NO },
        { "{d} is not 1 | 2", "3", REPLY_YES },
        { "{d} is not 1 | 2", "", REPLY_YES },
        { "{d} is not no | blank", "", REPLY_NO },
        { "{d} is not did not happen", "did not happen", REPLY_NO },
        { "{d} is \"did not happen\" not \"it did\"", "Did not happen", REPLY_YES },
        { "{d} is \"did not happen\" not \"it did\"", "it did", REPLY_NO },
        { "{d} is did not happen", "did not happen", REPLY_NEITHER },
        { "{d} is násilí v rodině", "násilí v rodině", REPLY_YES },
        { "{d} is Домашнє", "ДОМАШНЄ", REPLY_YES },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scope     sc = test_scope();
        struct columns   columns = { 0 };
        struct condition c;
        str              value[1] = { str_of(cases[i].value) }, blank[1] = { S("NA") }, text;
        enum reply       got;
        ok_err(&sc, condition_read(&sc, str_of(cases[i].condition), &columns, &c), OK);
        ok_err(&sc, condition_ask(&sc, &c, value, blank, 1, &got, &text), OK);
        ok(got == cases[i].want, "%s of \"%s\": %d, wanted %d", cases[i].condition, cases[i].value, got,
           cases[i].want);
        test_scope_end(&sc);
    }
}

static void test_none(void **state)
{
    (void)state;
    struct scope     sc = test_scope();
    struct condition none = { 0 };
    enum reply       got = REPLY_YES;
    str              text;
    ok_err(&sc, condition_ask(&sc, &none, NULL, NULL, 0, &got, &text), OK);
    ok_i64(got, REPLY_NOT_TOLD);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers), cmocka_unit_test(test_none) };
TEST_MAIN(tests)
