// SPDX-License-Identifier: EUPL-1.2
// Lists of codes: their grammar, how articles are written, and what the shipped ones must say.
#include "check.h"

#include "base/civil.h"
#include "import/words.h"

#define HEAD "[list]\nkey = k\nname = n\nsource = s\ndate = d\nchecked = c\n"

static struct scope sc;

static const struct code_list *list_of(const char *key)
{
    const struct code_list *l;
    ok_err(&sc, codes_find(&sc, str_of(key), &l), OK);
    return l;
}

static sensitivity_set bits(const char *words)
{
    sensitivity_set set;
    int             iccs;
    str             text = arena_printf(sc.mem, "0 %s", words);
    ok_err(&sc, iccs_and_classes(&sc, text, &iccs, &set), OK);
    return set;
}

static void test_written(void **state)
{
    (void)state;
    static const struct {
        const char *list, *text, *classes;
        bool        unknown;
    } rows[] = {
        { "cz-criminal-code", "187", "child sexual", false },
        { "cz-criminal-code", "§ 187", "child sexual", false },
        { "cz-criminal-code", "§187/1", "child sexual", false },
        { "cz-criminal-code", " § 187 odst. 1, 2 písm. a) TZ ", "child sexual", false },
        { "cz-criminal-code", "§ 187 zákona č. 40/2009 Sb.", "child sexual", false },
        { "cz-criminal-code", "193b", "child sexual", false },
        { "cz-criminal-code", "§ 193 B", "child sexual", false },
        { "cz-criminal-code", "§ 205 a § 228", "ordinary", false },
        { "cz-criminal-code", "205, 185", "ordinary sexual", false },
        { "cz-criminal-code", "§ 168", "trafficking", false },
        { "cz-criminal-code", "§ 205a", "ordinary", true },
        { "cz-criminal-code", "§ 500", "", true },
        { "cz-criminal-code", "§ 205, 500", "ordinary", true },
        { "cz-criminal-code", "krádež", "", true },
        { "cz-criminal-code", "§ 205 StGB", "ordinary", true },
        { "cz-criminal-code", "51", "", true },
        { "ua-criminal-code", "ст. 149", "trafficking", false },
        { "ua-criminal-code", "149 ч.2", "trafficking", false },
        { "ua-criminal-code", "149-2", "trafficking", false },
        { "ua-criminal-code", "ч. 1 ст. 126-1", "domestic", false },
        { "ua-criminal-code", "ч.1 ст.185", "ordinary", false },
        { "ua-criminal-code", "п. 1 ч. 2 ст. 185 КК", "ordinary", false },
        { "ua-criminal-code", "частина 3 статті 185", "ordinary", false },
        { "ua-criminal-code", "ч. 1", "", true },
        { "ua-criminal-code", "1 ст. 185", "ordinary", true },
        { "cz-criminal-code", "odst. 1 § 205", "ordinary", false },
        { "ua-criminal-code", "126-1", "domestic", false },
        { "ua-criminal-code", "126\xC2\xB9", "domestic", false },
        { "ua-criminal-code",
          "126\xE2\x80\x93"
          "1",
          "domestic", false },
        { "ua-criminal-code", "185", "ordinary", false },
        { "ua-criminal-code", "185-4", "ordinary", true },
        { "ua-criminal-code", "185/4", "ordinary", false },
        { "ua-criminal-code", "173-2 КУпАП", "domestic", true },
        { "ua-criminal-code", "1732", "", true },
        // Four digits are an article without its mark, unless they are a year and nothing that protects.
        { "ua-criminal-code", "ст. 185, ст. 1261", "ordinary", true },
        { "ua-criminal-code", "ст. 185 ст. 1512", "ordinary", true },
        { "ua-criminal-code", "185, 1561 КК", "ordinary", true },
        { "ua-criminal-code", "185-1561", "ordinary", true },
        { "ua-criminal-code", "185/1561", "ordinary", true },
        { "ua-criminal-code", "185, 2001", "ordinary", false },
        { "ua-criminal-code", "185, 1951", "ordinary", true },
        { "ua-criminal-code", "185 від 05.04.1951", "ordinary", false },
        { "ua-criminal-code", "185 (1951 р.)", "ordinary", false },
        { "cz-criminal-code", "§ 205, 1921", "ordinary", true },
        { "cz-criminal-code", "§ 205 z roku 2021", "ordinary", false },
        { "cz-criminal-code", "§ 205 ze dne 1.3.2021", "ordinary", false },
        // The number of another law.
        { "cz-criminal-code", "§ 205 zák. 40/2009 Sb.", "ordinary", false },
        { "cz-criminal-code", "§ 205 zák. 40/09 Sb.", "ordinary", false },
        { "cz-criminal-code", "§ 241 zák. 140/1961 Sb.", "ordinary", true },
        { "cz-criminal-code", "§ 205 zák. 140/61 Sb.", "ordinary", true },
        { "cz-criminal-code", "§247/1e TrZ z r. 1961", "ordinary", true },
        { "cz-criminal-code", "§ 247 ods. 1 TZ", "ordinary", true },
        { "cz-criminal-code", "§ 247 TZ SR", "ordinary", true },
        { "cz-criminal-code", "247/1 SK", "ordinary", true },
        { "cz-criminal-code", "art. 247 k.k.", "ordinary", true },
        { "ua-criminal-code", "185, 80731/1984", "ordinary", true },
        // Digits and marks of other scripts.
        { "ua-criminal-code", "185, １５２", "ordinary sexual", false },
        { "ua-criminal-code", "185, ١٥٢", "ordinary sexual", false },
        { "ua-criminal-code", "185, १५२", "ordinary sexual", false },
        { "ua-criminal-code", "１２６－１", "domestic", false },
        { "ua-criminal-code",
          "185, 1\xC2\xAD"
          "5\xE2\x80\x8B"
          "2",
          "ordinary sexual", false },
        { "ua-criminal-code", "126₁", "domestic", false },
        { "ua-criminal-code", "126⁹", "person", true },
        { "ua-criminal-code", "125⁹", "person", false },
        { "ua-criminal-code", "185⁴", "ordinary", true },
        { "ua-criminal-code", "126—1", "domestic", false },
        { "ua-criminal-code", "185, ①⑤②", "ordinary", true },
        { "ua-criminal-code", "185, ⅭⅬⅡ", "ordinary", true },
        { "chicago-iucr", "0486", "domestic", false },
        { "chicago-iucr", "486", "domestic", false },
        { "chicago-iucr", "031A", "person", false },
        { "chicago-iucr", "31a", "person", false },
        { "chicago-iucr", "0499", "", true },
        { "chicago-iucr", "0486 ", "domestic", false },
        { "chicago-iucr", "", "", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct codes_told told;
        ok_err(&sc, codes_tell(&sc, list_of(rows[i].list), str_of(rows[i].text), &told), OK);
        ok(told.classes == bits(rows[i].classes) && told.unknown == rows[i].unknown &&
               told.any == (rows[i].classes[0] != 0),
           "%s: %s: classes %#x, want %#x; %s", rows[i].list, rows[i].text, told.classes,
           bits(rows[i].classes), told.unknown ? "unknown" : "known");
    }
}

/// What stands apart behind an article is its mark where a marked one hides more, unless it says that it is a part.
static void test_marks_apart(void **state)
{
    (void)state;
    enum { NAMED, UNKNOWN, AS_IT_WAS }; // as the mark of one in the list; as one that it lacks; as without it
    static const struct {
        const char *text, *whole, *marked;
        int         is;
    } rows[] = {
        { "ст. 390 - 1", "ordinary", "domestic", NAMED },
        { "ст. 390 прим. 1", "ordinary", "domestic", NAMED },
        { "ст. 390 ПРИМ.1", "ordinary", "domestic", NAMED },
        { "ст. 390 прим 1 ч. 2", "ordinary", "domestic", NAMED },
        { "ст. 390 ч. 2 прим. 1", "ordinary", "domestic", NAMED },
        { "ст. 390 КК прим. 1", "ordinary", "domestic", NAMED },
        { "ст. 390 (1)", "ordinary", "domestic", NAMED },
        { "390(1)", "ordinary", "domestic", NAMED },
        { "390 [1]", "ordinary", "domestic", NAMED },
        { "ст. 390.1 КК України", "ordinary", "domestic", NAMED },
        { "390 –1", "ordinary", "domestic", NAMED },
        { "390- 1", "ordinary", "domestic", NAMED },
        { "390 — 1", "ordinary", "domestic", NAMED },
        { "390 / 1", "ordinary", "domestic", NAMED },
        { "390 ¹", "ordinary", "domestic", NAMED },
        { "390' 1", "ordinary", "domestic", NAMED },
        { "390’1", "ordinary", "domestic", NAMED },
        { "390, 1", "ordinary", "domestic", NAMED },
        { "390\xC2\xA0"
          "1",
          "ordinary", "domestic", NAMED },
        { "390 з позначкою 1", "ordinary", "domestic", NAMED },
        { "390 (примітка 1)", "ordinary", "domestic", NAMED },
        { "390 1", "ordinary", "domestic", NAMED },
        { "390 1 ч. 2", "ordinary", "domestic", NAMED },
        { "ст. 436 - 1", "ordinary", "hate", NAMED },
        { "ст. 436 - 1 КК", "ordinary", "hate", NAMED },
        { "151 - 2", "person", "trafficking", NAMED },
        { "151 прим. 2", "person", "trafficking", NAMED },
        { "151(2)", "person", "trafficking", NAMED },
        { "126 прим. 1", "person", "domestic", NAMED },
        { "185, 390 - 1", "ordinary", "domestic", NAMED },
        { "390 - 1, 185", "ordinary", "domestic", NAMED },
        { "390 - 7", "ordinary", "", UNKNOWN },
        { "390 прим.", "ordinary", "", UNKNOWN },
        { "390 прим. один", "ordinary", "", UNKNOWN },
        { "390-І", "ordinary", "", UNKNOWN },
        { "390 (I)", "ordinary", "", UNKNOWN },
        { "390-а", "ordinary", "", UNKNOWN },
        { "126-7", "person", "", UNKNOWN },
        { "390", "ordinary", "", AS_IT_WAS },
        { "ст. 390 ч. 1", "ordinary", "", AS_IT_WAS },
        { "390 ч. 1, 2", "ordinary", "", AS_IT_WAS },
        { "390 ч. 1 п. 2", "ordinary", "", AS_IT_WAS },
        { "390 частина 1", "ordinary", "", AS_IT_WAS },
        { "390 1 частина", "ordinary", "", AS_IT_WAS },
        { "390 п.1", "ordinary", "", AS_IT_WAS },
        { "390/2", "ordinary", "", AS_IT_WAS },
        { "390, 391", "ordinary", "", AS_IT_WAS },
        { "390 КК України", "ordinary", "", AS_IT_WAS },
        { "390 - Ухилення від покарання", "ordinary", "", AS_IT_WAS },
        { "390 від 1.2.2023", "ordinary", "", AS_IT_WAS },
        { "390 1.2.2023", "ordinary", "", AS_IT_WAS },
        // No marked one of these hides more.
        { "185 - 4", "ordinary", "", AS_IT_WAS },
        { "185 4", "ordinary", "", AS_IT_WAS },
        { "110 - 2", "ordinary", "", AS_IT_WAS },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct codes_told told;
        sensitivity_set   wanted = bits(rows[i].whole) | (rows[i].marked[0] ? bits(rows[i].marked) : 0);
        ok_err(&sc, codes_tell(&sc, list_of("ua-criminal-code"), str_of(rows[i].text), &told), OK);
        ok(told.classes == wanted && told.unknown == (rows[i].is == UNKNOWN), "%s: classes %#x, want %#x; %s",
           rows[i].text, told.classes, wanted, told.unknown ? "unknown" : "known");
    }
    // Letters, where a list has them.
    static const struct {
        const char *text, *classes;
        bool        unknown;
    } letters[] = {
        { "§ 10a", "sexual", false },
        { "§ 10 a", "ordinary sexual", false },
        { "§ 10 - A", "ordinary sexual", false },
        { "§ 10 (a)", "ordinary sexual", false },
        { "§ 10 odst. 1 písm. a)", "ordinary", false },
        { "§ 10 odst. a)", "ordinary", false },
        { "§ 10 - b", "ordinary", true },
        { "§ 10/1a", "ordinary", false },
        { "§ 10 § 11", "ordinary", false },
        { "§ 11 a", "ordinary", false },
    };
    struct code_list l;
    ok_err(&sc,
           codes_parse(&sc, "my.codes",
                       S(HEAD "form = article\npart = odst* | písm*\n"
                              "[codes]\n10 = 8 ordinary\n10a = 3 sexual\n11 = 8 ordinary\n"),
                       &l),
           OK);
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct codes_told told;
        ok_err(&sc, codes_tell(&sc, &l, str_of(letters[i].text), &told), OK);
        ok(told.classes == bits(letters[i].classes) && told.unknown == letters[i].unknown,
           "%s: classes %#x, want %#x; %s", letters[i].text, told.classes, bits(letters[i].classes),
           told.unknown ? "unknown" : "known");
    }
}

/// The articles that must never be milder.
static void test_shipped(void **state)
{
    (void)state;
    static const struct {
        const char      *list;
        int              first, last;
        enum sensitivity at_most;
    } rows[] = {
        { "cz-criminal-code", 185, 193, SENSITIVITY_SEXUAL },
        { "cz-criminal-code", 168, 168, SENSITIVITY_TRAFFICKING },
        { "cz-criminal-code", 187, 187, SENSITIVITY_CHILD },
        { "cz-criminal-code", 190, 193, SENSITIVITY_CHILD },
        { "cz-criminal-code", 194, 204, SENSITIVITY_DOMESTIC },
        { "cz-criminal-code", 140, 178, SENSITIVITY_HOME },
        { "ua-criminal-code", 149, 150, SENSITIVITY_TRAFFICKING },
        { "ua-criminal-code", 152, 156, SENSITIVITY_SEXUAL },
        { "ua-criminal-code", 155, 156, SENSITIVITY_CHILD },
        { "ua-criminal-code", 115, 156, SENSITIVITY_PERSON },
        { "ua-criminal-code", 301, 303, SENSITIVITY_SEXUAL },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int n = rows[i].first; n <= rows[i].last; n++) {
            struct codes_told told;
            ok_err(&sc, codes_tell(&sc, list_of(rows[i].list), arena_printf(sc.mem, "%d", n), &told), OK);
            ok(told.any && sensitivity_strictest(told.classes) <= rows[i].at_most, "%s: %d is only %.*s",
               rows[i].list, n, STR(sensitivity_word(sensitivity_strictest(told.classes))));
        }
    ok_i64(list_of("cz-criminal-code")->first, 140);
    ok_i64(list_of("cz-criminal-code")->last, 418);
    ok_i64(list_of("ua-criminal-code")->first, 109);
    ok_i64(list_of("ua-criminal-code")->last, 447);
    ok_i64(list_of("cz-criminal-code")->since_s, civil_day(2010, 1, 1) * (int64_t)DAY_S);
    ok_i64(list_of("ua-criminal-code")->since_s, civil_day(2001, 9, 1) * (int64_t)DAY_S);
    ok_i64(list_of("chicago-iucr")->since_s, CODES_ALWAYS);
    // No section of the Czech special part is missing.
    for (int n = 140; n <= 418; n++) {
        struct codes_told told;
        ok_err(&sc, codes_tell(&sc, list_of("cz-criminal-code"), arena_printf(sc.mem, "%d", n), &told), OK);
        ok(told.any && !told.unknown, "§ %d is not in the list", n);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "", "lacks its key" },
        { HEAD "form = code\n", "no code in it" },
        { HEAD "form = code\n[codes]\n1 = 5 home\n01 = 5 home\n", "the code 1 stands twice" },
        { HEAD "form = code\n[codes]\n1 = 13 home\n",
          "line 9: \"13 home\" does not begin with an ICCS section" },
        { HEAD "form = code\n[codes]\n1 = 5 homes\n", "\"homes\" is no class" },
        { HEAD "form = code\n[codes]\n1 = 5\n", "a class are wanted" },
        { HEAD "form = code\n[codes]\n1 = 5 unclassified\n", "\"unclassified\" is no class" },
        { HEAD "form = article\n[codes]\nA1 = 5 home\n", "no number of an article" },
        { HEAD "form = code\n[codes]\n1234567890123456 = 5 home\n", "at most 15 bytes" },
        { HEAD "form = words\n[words]\n5 home = \n", "an empty phrase" },
        { HEAD "form = words\n[words]\n5 home = a b c d e f g\n", "at most 6 words" },
        { HEAD "form = words\n[words]\n5 = x\n", "words need a class" },
        { HEAD "form = words\n[codes]\n1 = 5 home\n", "a code is written" },
        { HEAD "since = 2010\n", "\"2010\" is no day such as 2010-01-01" },
        { HEAD "since = 2010-02-30\n", "\"2010-02-30\" is no day" },
        { HEAD "form = codes\n", "[list] has no \"form = codes\"" },
        { "[lists]\n", "there is no section" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct code_list l;
        ok_err(&sc, codes_parse(&sc, "my.codes", str_of(rows[i].text), &l), ERR_INVALID);
        ok(strstr(sc.fault.text, rows[i].says) && strstr(sc.fault.text, "my.codes"), "\"%s\": %s",
           rows[i].text, sc.fault.text);
    }
    const struct code_list *l;
    ok_err(&sc, codes_find(&sc, S("nothing"), &l), ERR_NOTFOUND);
    ok(strstr(sc.fault.text, "chicago-iucr, cz-criminal-code"), "%s", sc.fault.text);
}

/// Up to four words may stand between two of a phrase; the first word that fits may not be the one that is meant.
static void test_phrases(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool        fits, all_known;
    } rows[] = {
        { "alpha beta gamma", true, true },
        { "Alpha, Beta: 7 gamma", true, true },
        { "alpha x x x x beta x x x x gamma", true, true },
        { "alpha x x x x x beta gamma", false, false },
        { "alpha beta one two beta one two three gamma", true, false },
        { "alpha beta one two beta one two three four five gamma", false, false },
        { "alpha alpha beta beta beta beta beta beta gamma", true, false },
        { "alpha beta", false, false },
    };
    struct code_list l;
    ok_err(&sc,
           codes_parse(&sc, "my.codes", S(HEAD "form = words\n[words]\n3 sexual = alpha beta gamma\n"), &l),
           OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct words_told told;
        ok_err(&sc, words_tell(&sc, &l, str_of(rows[i].text), &told), OK);
        ok(!!told.strictest == rows[i].fits && told.all_known == rows[i].all_known, "%s", rows[i].text);
    }
}

/// Words that stand side by side, and numbers.
static void test_joined(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool        fits;
    } rows[] = {
        { "alpha beta", true },      { "alpha-beta", true },
        { "alpha x beta", false },   { "alpha x beta, alpha beta", true },
        { "17 gamma", true },        { "0 gamma", true },
        { "18 gamma", false },       { "117 gamma", false },
        { "1 x gamma", false },      { "gamma", false },
        { "5delta", true },          { "5 delta", false },
        { "18delta", false },        { "delta", false },
        { "117delta", false },       { "x5delta", false },
        { "epsilon x x 3 y", true }, { "epsilon 3 x", false },
    };
    struct code_list l;
    ok_err(&sc,
           codes_parse(
               &sc, "my.codes",
               S(HEAD
                 "form = words\n[words]\n3 sexual = alpha+beta | <18+gamma | <18delta* | epsilon <9+y\n"),
               &l),
           OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct words_told told;
        ok_err(&sc, words_tell(&sc, &l, str_of(rows[i].text), &told), OK);
        ok(!!told.strictest == rows[i].fits, "%s", rows[i].text);
    }
}

/// The classes that the words of a text say, each phrase looked for by itself.
static sensitivity_set slow_way(const struct code_list *l, str text)
{
    sensitivity_set said = 0;
    for (size_t i = 0; i < l->n_phrases; i++) {
        struct arena_mark before = arena_mark(sc.mem);
        bool              stands;
        ok_err(&sc, phrases_any(&sc, &l->phrase[i], 1, text, &stands), OK);
        if (stands) said |= l->phrase[i].classes;
        arena_back(sc.mem, before);
    }
    return said;
}

/// Phrases are found by their first words: as many as when each is looked for. Words of the list with letters before and behind,
/// and numbers.
static void test_index(void **state)
{
    (void)state;
    enum { ROUNDS = 400 };
    const struct code_list *l = list_of("words");
    uint64_t                seed = test_seed();
    for (int round = 0; round < ROUNDS; round++) {
        AUTO(buf_free) struct buf b;
        struct arena_mark         before = arena_mark(sc.mem);
        struct words_told         told;
        buf_init(&b, 1 << 12);
        for (int k = 0; k < 4; k++) {
            const struct phrase *p = &l->phrase[test_random(&seed) % l->n_phrases];
            for (size_t i = 0; i < p->n; i++) {
                const struct phrase_word *w = &p->word[i];
                if (w->below) buf_printf(&b, "%d", (int)(test_random(&seed) % 25));
                if (test_random(&seed) % 3 == 0) buf_add_c(&b, (char)('a' + test_random(&seed) % 26));
                buf_add(&b, w->letters);
                if (test_random(&seed) % 3 == 0) buf_add_c(&b, (char)('a' + test_random(&seed) % 26));
                buf_add_c(&b, ' ');
            }
        }
        str text = str_trim(buf_str(&b)), parted;
        ok_err(&sc, words_tell(&sc, l, text, &told), OK);
        ok_err(&sc, words_part(&sc, text, &parted), OK);
        ok_i64(told.classes, slow_way(l, text) | slow_way(l, parted));
        arena_back(sc.mem, before);
    }
}

/// More phrases with one first word than are sorted at once.
static void test_index_crowded(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf b;
    struct code_list          l;
    struct words_told         told;
    buf_init(&b, 1 << 16);
    buf_add(&b, S(HEAD "form = words\n[words]\n"));
    for (int i = 0; i < 300; i++) buf_printf(&b, "2 %s = alpha w%dw\n", i == 299 ? "child" : "person", i);
    ok_err(&sc, codes_parse(&sc, "my.codes", buf_str(&b), &l), OK);
    for (int i = 0; i < 300; i++) {
        ok_err(&sc, words_tell(&sc, &l, arena_printf(sc.mem, "alpha w%dw", i), &told), OK);
        ok(told.strictest == &l.phrase[i], "the phrase %d is not found", i);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written), cmocka_unit_test(test_marks_apart),   cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_phrases),       cmocka_unit_test(test_joined),
        cmocka_unit_test(test_index),   cmocka_unit_test(test_index_crowded),
    };
    sc = test_scope();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_scope_end(&sc);
    return failed;
}
