// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "model/category.h"
#include "model/letters.h"
#include <uninorm.h>
#include <unistr.h>

static void test_keys(void **state)
{
    (void)state;
    static const struct {
        const char *code, *key;
    } cases[] = {
        { "Violence and sexual offences", "violence-and-sexual-offences" },
        { "NON - CRIMINAL (SUBJECT SPECIFIED)", "non-criminal-subject-specified" },
        { "  --Theft--  ", "theft" },
        { "10851(A)VC TAKE VEH W/O OWNER", "10851-a-vc-take-veh-w-o-owner" },
        { "Krádež vloupáním", "kradez-vloupanim" },
        { "Násilí, žhářství a čtyři ďáblové", "nasili-zharstvi-a-ctyri-dablove" },
        { "Znásilnění", "znasilneni" },
        { "Fahrraddiebstahl in Straßen", "fahrraddiebstahl-in-strassen" },
        { "Asfixia mecánica", "asfixia-mecanica" },
        { "Торгівля людьми", "torhivlia-liudmy" },
        { "Зґвалтування", "zgvaltuvannia" },
        { "Розгін Згурського", "rozghin-zghurskoho" },
        { "Єдність, їжа, йод, юність, яма", "yednist-yizha-yod-yunist-yama" },
        { "Знайомство; моє; її", "znaiomstvo-moie-yii" },
        { "Щоб’язок об'їзд", "shchobiazok-obizd" },
        { "Drunkard’s driver's", "drunkards-drivers" },
        { "e\xCC\x81te\xCC\x81", "ete" }, // letters with their marks behind them
        { "сімеи\u0306нии\u0306", "simeinyi" },
        { "И\u0306од, і\u0308жа, моі\u0308", "yod-yizha-moi" },
        { "и\u0301\u0306", "y" }, // a stress between
        { "ребёнок ребе\u0308нок ребенок Ё", "rebenok-rebenok-rebenok-e" },
        { "сім’я сімʼя сім'я сім`я сім´я сім′я", "simia-simia-simia-simia-simia-simia" },
        { "do\u00ADmestic сі\u200Bмей\u2060не", "domestic-simeine" },
        { "Ｒａｐｅ １８", "rape-18" },
        { "oﬀence \U0001D42B\U0001D41A\U0001D429\U0001D41E", "offence-rape" },
        { "rape² assault™", "rape-assault" },
        { "Tiếng Việt, București, ў", "tieng-viet-bucuresti-u" },
        { "盗難", "" },
        { "\xFF\xFE\x80", "" },
        { "\xD0", "" }, // a letter cut in half
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char   key[100];
        size_t n = category_key(str_of(cases[i].code), key, sizeof key);
        ok_str(((str){ key, n }), str_of(cases[i].key));
        ok(key[n] == 0, "%s: no NUL", cases[i].code);
    }
}

/// One key in each normalization form, of the length that callers make room for.
static void test_key_of_forms(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x20000; c++) {
        uint8_t text[8] = "x", form[64];
        char    key[64], other[64];
        if (c >= 0xD800 && c < 0xE000) continue;
        size_t n = 1 + (size_t)u8_uctomb(text + 1, c, 7), length = sizeof form;
        ok(category_key((str){ (char *)text, n }, key, sizeof key) <= 2 * n, "U+%04X: %s", c, key);
        ok(u8_normalize(UNINORM_NFD, text, n, form, &length) == form, "U+%04X is long", c);
        category_key((str){ (char *)form, length }, other, sizeof other);
        ok(!strcmp(key, other), "U+%04X: %s and %s", c, key, other);
        length = sizeof form;
        ok(u8_normalize(UNINORM_NFC, text, n, form, &length) == form, "U+%04X is long", c);
        category_key((str){ (char *)form, length }, other, sizeof other);
        ok(!strcmp(key, other), "U+%04X: %s and %s", c, key, other);
    }
}

static void test_key_is_cut(void **state)
{
    (void)state;
    for (size_t size = 1; size < 24; size++) {
        char key[24];
        memset(key, 'X', sizeof key);
        size_t n = category_key(S("Щедро щастить шахраям"), key, size);
        ok(n < size && key[n] == 0, "size %zu: length %zu", size, n);
        ok(!n || key[n - 1] != '-', "size %zu ends in a dash", size);
        for (size_t i = size; i < sizeof key; i++) ok(key[i] == 'X', "size %zu writes at %zu", size, i);
    }
    ok_i64(category_key(S("abc"), NULL, 0), 0);
}

/// What is left of "Theft 强奸" is "theft", and a kind that was confirmed as ordinary.
static void test_key_is_whole(void **state)
{
    (void)state;
    static const char *const whole[] = { "theft",  "Krádež – vloupání", "«Шахрайство»", "§ 187",
                                         "Straße", "Theft ｒａｐｅ",    "Tiếng",        "" };
    static const char *const cut[] = { "Theft 强奸",         "Theft βιασμός",  "criminal damage (אונס)",
                                       "გაუპატიურება theft", "Theft 盗\u0301", "ᏒᎪᏢᎬ theft" };
    for (size_t i = 0; i < COUNT(whole); i++) ok(category_key_is_whole(str_of(whole[i])), "%s", whole[i]);
    for (size_t i = 0; i < COUNT(cut); i++) ok(!category_key_is_whole(str_of(cut[i])), "%s", cut[i]);
}

static void test_sections(void **state)
{
    (void)state;
    for (int s = 0; s < ICCS_SECTIONS; s++)
        for (int l = 0; l < LANGUAGES; l++) {
            str label = iccs_label(s, (enum language)l);
            ok(label.n > 3 && str_is_utf8(label, NULL), "section %d, language %d", s, l);
            for (int o = 0; o < s; o++) ok(!str_eq(label, iccs_label(o, (enum language)l)), "%d is %d", s, o);
        }
    ok_str(iccs_label(-1, LANG_EN), iccs_label(ICCS_UNKNOWN, LANG_EN));
    ok_str(iccs_label(99, LANG_UK), iccs_label(ICCS_UNKNOWN, LANG_UK));
    ok_str(iccs_label(ICCS_NOT_CRIME, LANG_EN), S("Not a crime"));
}

static void test_trim(void **state)
{
    (void)state;
    static const struct {
        const char *text, *trimmed;
    } rows[] = {
        { "", "" },
        { " a b ", "a b" },
        { "A1\xC2\xA0", "A1" },
        { " \xC2\xA0 A1 \u202F\t", "A1" },
        { "\uFEFFA1", "A1" },
        { "\u200B\u3000", "" },
        { "é\xC2\xA0ж", "é\xC2\xA0ж" },
        { "ж\u2003", "ж" },
        { "\u0301", "\u0301" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok_str(letters_trim(str_of(rows[i].text)), str_of(rows[i].trimmed));
}

static void test_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool        same;
    } rows[] = {
        { "Theft", "THEFT", true },
        { "Krádež  vloupáním", " krádež vloupáním\t", true },
        { "ŠIKANA Ž", "šikana ž", true },
        { "Крадіжка ІЇЄҐ", "крадіжка іїєґ", true },
        { "", "", true },
        { "Сімейний Krádež", "сімеи\u0306нии\u0306 kra\u0301dez\u030C", true },
        { "сімейний", "сімеинии", false },
        { "x\u0301", "x", false },
        { "a b", "ab", false },
        { "<15", ">15", false },
        { "§ 185", "185", false },
        { "a", "", false },
        { "a b", "a", false },
        { "Ĺĺ Źź ŸŐ", "ĺĹ źŹ ÿő", true },
        { "theft-of", "theft of", false },
        { "kradez", "krádež", false },
        { "1", "2", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int turn = 0; turn < 2; turn++)
            ok(category_same_spelling(str_of(turn ? rows[i].b : rows[i].a),
                                      str_of(turn ? rows[i].a : rows[i].b)) == rows[i].same,
               "\"%s\" and \"%s\"", rows[i].a, rows[i].b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_trim),       cmocka_unit_test(test_spellings),
    cmocka_unit_test(test_keys),       cmocka_unit_test(test_key_of_forms),
    cmocka_unit_test(test_key_is_cut), cmocka_unit_test(test_key_is_whole),
    cmocka_unit_test(test_sections),
};
TEST_MAIN(tests)
