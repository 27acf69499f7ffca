// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "base/log.h"
#include "base/shown.h"
#include "wire/json.h"

static void test_shown(void **state)
{
    (void)state;
    static const struct {
        str         text;
        const char *want;
    } cases[] = {
        { S("Žižkov, Ужгород: 100 %\t\\"), "Žižkov, Ужгород: 100 %\t\\" },
        { S("\x1B[2J\x1B]0;x\x07"), "\\u{1b}[2J\\u{1b}]0;x\\u{7}" },
        { S("a\r\nb\x7F"), "a\\u{d}\\u{a}b\\u{7f}" },
        { S("\xC2\x9B"
            "2J"),
          "\\u{9b}2J" },
        { S("\x9B"
            "2J"),
          "\\x{9b}2J" },
        { S("a\0b"), "a\\u{0}b" },
        { S("\xE2\x80\xAEmoor\xE2\x81\xA6x\xE2\x80\x8B\xEF\xBB\xBF"),
          "\\u{202e}moor\\u{2066}x\\u{200b}\\u{feff}" },
        { S("cut \xD0"), "cut \\x{d0}" },
        { S("\xF0\x9F\x8C\xBB"), "\xF0\x9F\x8C\xBB" },
        { S(""), "" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf b;
        buf_init(&b, 1 << 10);
        shown_add(&b, cases[i].text);
        ok_str(buf_str(&b), str_of(cases[i].want));
        buf_free(&b);
    }
}

// Every code point that the list of issue and standard names, and none of the letters of our languages.
static void test_ranges(void **state)
{
    (void)state;
    uint32_t c;
    for (uint32_t i = 0x80; i < 0x10000; i++) {
        char text[3] = { (char)(0xE0 | i >> 12), (char)(0x80 | (i >> 6 & 0x3F)), (char)(0x80 | (i & 0x3F)) };
        str  s = { text, 3 };
        if (i < 0x800) text[1] = (char)(0xC0 | i >> 6), s = (str){ text + 1, 2 };
        bool   control = i < 0xA0, turns = (i >= 0x202A && i <= 0x202E) || (i >= 0x2066 && i <= 0x2069);
        bool   letter = (i >= 0xC0 && i <= 0x17F) || (i >= 0x400 && i <= 0x52F);
        size_t n = shown_hidden(s, &c);
        ok(!(control || turns) || n == s.n, "U+%04X is shown", i);
        ok(!letter || !n, "U+%04X is escaped", i);
        ok(c == i, "U+%04X is read as U+%04X", i, c);
    }
}

// What JSON says is the same, and a terminal that sees it obeys nothing.
static void test_json(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 10);
    json_escape(&b, S("\x1B \xC2\x9B \xE2\x80\xAE Ж \xF0\x9F\x8C\xBB"));
    ok_str(buf_str(&b), S("\"\\u001b \\u009b \\u202e Ж \xF0\x9F\x8C\xBB\""));
    buf_free(&b);
}

// The log stands on the same terminal.
static void test_log(void **state)
{
    (void)state;
    int   own = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    char  line[400];
    ok(own >= 0 && file && dup2(fileno(file), STDERR_FILENO) >= 0, "standard error cannot be caught");
    log_warn("test", log_str("s", S("\x1B[2J \xC2\x9B \xE2\x80\xAE \x9B Ж\n\"")));
    ok(dup2(own, STDERR_FILENO) >= 0, "standard error cannot be given back");
    close(own);
    rewind(file);
    size_t n = fread(line, 1, sizeof line, file);
    fclose(file);
    ok(str_has((str){ line, n }, S("s=\"\\x1b[2J \\u{9b} \\u{202e} \\x{9b} Ж\\x0a\\\"\"\n")), "%.*s", (int)n,
       line);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(test_log), cmocka_unit_test(test_shown),
                                           cmocka_unit_test(test_ranges), cmocka_unit_test(test_json) };
TEST_MAIN(tests)
