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

/// What is written to be read again is shown in the same way, and is read as it was.
static void test_shown_exactly(void **state)
{
    (void)state;
    static const struct {
        str         text;
        const char *want;
    } cases[] = {
        { S("Žižkov\t\xF0\x9F\x8C\xBB"), "Žižkov\t\xF0\x9F\x8C\xBB" },
        { S("\\"), "\\\\" },
        { S("C:\\x{9b}\\\\"), "C:\\\\x{9b}\\\\\\\\" },
        { S("\\u{1b}\x1B"), "\\\\u{1b}\\u{1b}" },
        { S("a\0\r\n\x7F"), "a\\u{0}\\u{d}\\u{a}\\u{7f}" },
        { S("\xC2\x9B\x9B\xD0"), "\\u{9b}\\x{9b}\\x{d0}" },
        { S("\xE2\x80\xAE\xEF\xBB\xBF"), "\\u{202e}\\u{feff}" },
        { S("\xD0\\"), "\\x{d0}\\\\" },
        { S(""), "" },
    };
    static const struct {
        const char *text;
        str         want;
    } by_hand[] = {
        { "a\\b", S("a\\b") },
        { "\\u{}", S("\\u{}") },
        { "\\u{1b", S("\\u{1b") },
        { "\\u{1B}", S("\\u{1B}") },
        { "\\u{d800}", S("\\u{d800}") },
        { "\\u{110000}", S("\\u{110000}") },
        { "\\x{100}", S("\\x{100}") },
        { "\\u{10ffff}", S("\xF4\x8F\xBF\xBF") },
        { "\\u{0000041}", S("\\u{0000041}") },
        { "\\u{41}", S("A") },
        { "x\\", S("x\\") },
    };
    struct buf b, back;
    buf_init(&b, 1 << 10);
    buf_init(&back, 1 << 10);
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_reset(&b), buf_reset(&back);
        shown_add_exact(&b, cases[i].text);
        ok_str(buf_str(&b), str_of(cases[i].want));
        shown_read(&back, buf_str(&b));
        ok_str(buf_str(&back), cases[i].text);
    }
    for (size_t i = 0; i < COUNT(by_hand); i++) {
        buf_reset(&back);
        shown_read(&back, str_of(by_hand[i].text));
        ok_str(buf_str(&back), by_hand[i].want);
    }
    buf_free(&b);
    buf_free(&back);
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
                                           cmocka_unit_test(test_shown_exactly),
                                           cmocka_unit_test(test_ranges), cmocka_unit_test(test_json) };
TEST_MAIN(tests)
