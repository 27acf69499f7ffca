// SPDX-License-Identifier: EUPL-1.2
// What is proposed for the names of kinds. The first table is the promise: spellings of sexual, domestic, child and trafficking
// offences, of hate and of violence, none of which may be proposed as ordinary; the second keeps the proposals useful.
#include "check.h"

#include "import/propose.h"

static struct scope    sc;
static struct proposer with;

static struct proposal of(const char *name)
{
    const struct category c = { .code = str_of(name), .label = { [LANG_EN] = str_of(name) } };
    struct proposal       p;
    ok_err(&sc, propose(&sc, &with, &c, &p), OK);
    return p;
}

// Each must be proposed as this class or a stricter one.
static const struct {
    const char      *name;
    enum sensitivity at_most;
} sensitive[] = {
    // An article whose mark stands apart.
    { "ст. 390 - 1", SENSITIVITY_DOMESTIC },
    { "390-1", SENSITIVITY_DOMESTIC },
    { "390 (1)", SENSITIVITY_DOMESTIC },
    { "ст.390 прим.1", SENSITIVITY_DOMESTIC },
    { "ст. 436 - 1 КК", SENSITIVITY_HATE },
    // Kin, and what is done to people, in all of the languages.
    { "Stolen by uncle", SENSITIVITY_DOMESTIC },
    { "Theft by nephew", SENSITIVITY_DOMESTIC },
    { "Theft from grandmother", SENSITIVITY_DOMESTIC },
    { "Taken by roommate", SENSITIVITY_DOMESTIC },
    { "Theft by stepson", SENSITIVITY_DOMESTIC },
    { "Taken by my ex", SENSITIVITY_DOMESTIC },
    { "Women's shelter damaged", SENSITIVITY_DOMESTIC },
    { "Bratr odcizil", SENSITIVITY_DOMESTIC },
    { "Krádež babičce", SENSITIVITY_DOMESTIC },
    { "Přítel odcizil kolo", SENSITIVITY_DOMESTIC },
    { "Vnuk ukradl", SENSITIVITY_DOMESTIC },
    { "Tchyně", SENSITIVITY_DOMESTIC },
    { "Švagr", SENSITIVITY_DOMESTIC },
    { "Strýc", SENSITIVITY_DOMESTIC },
    { "Teta", SENSITIVITY_DOMESTIC },
    { "Spolubydlící", SENSITIVITY_DOMESTIC },
    { "Snacha", SENSITIVITY_DOMESTIC },
    { "Azylový dům", SENSITIVITY_DOMESTIC },
    { "Онук вкрав", SENSITIVITY_DOMESTIC },
    { "Бабуся", SENSITIVITY_DOMESTIC },
    { "Свекруха", SENSITIVITY_DOMESTIC },
    { "Теща", SENSITIVITY_DOMESTIC },
    { "Невістка", SENSITIVITY_DOMESTIC },
    { "Племінник", SENSITIVITY_DOMESTIC },
    { "Дядько", SENSITIVITY_DOMESTIC },
    { "Тітка", SENSITIVITY_DOMESTIC },
    { "Крадіжка у брата", SENSITIVITY_DOMESTIC },
    { "Її колишній", SENSITIVITY_DOMESTIC },
    { "Внук", SENSITIVITY_DOMESTIC },
    { "Бабушка", SENSITIVITY_DOMESTIC },
    { "Племянник", SENSITIVITY_DOMESTIC },
    { "Дядя", SENSITIVITY_DOMESTIC },
    { "Тётя", SENSITIVITY_DOMESTIC },
    { "Тёща", SENSITIVITY_DOMESTIC },
    { "Кража у сестры", SENSITIVITY_DOMESTIC },
    { "Её бывший", SENSITIVITY_DOMESTIC },
    { "Diebstahl durch Enkel", SENSITIVITY_DOMESTIC },
    { "Oma", SENSITIVITY_DOMESTIC },
    { "Onkel", SENSITIVITY_DOMESTIC },
    { "Tante", SENSITIVITY_DOMESTIC },
    { "Bruder", SENSITIVITY_DOMESTIC },
    { "Schwester", SENSITIVITY_DOMESTIC },
    { "Schwager", SENSITIVITY_DOMESTIC },
    { "Schwiegersohn", SENSITIVITY_DOMESTIC },
    { "Neffe", SENSITIVITY_DOMESTIC },
    { "Mitbewohner", SENSITIVITY_DOMESTIC },
    { "Frauenhaus", SENSITIVITY_DOMESTIC },
    { "Jumped from bridge", SENSITIVITY_SELF_HARM },
    { "Noose", SENSITIVITY_SELF_HARM },
    { "Skočil z mostu", SENSITIVITY_SELF_HARM },
    { "Předávkování", SENSITIVITY_SELF_HARM },
    { "Стрибнув з мосту", SENSITIVITY_SELF_HARM },
    { "Передозування", SENSITIVITY_SELF_HARM },
    { "Передозировка", SENSITIVITY_SELF_HARM },
    { "Прыгнул из окна", SENSITIVITY_SELF_HARM },
    { "Überdosis", SENSITIVITY_SELF_HARM },
    { "Von der Brücke gesprungen", SENSITIVITY_SELF_HARM },
    { "Podřezal si žíly", SENSITIVITY_SELF_HARM },
    { "Hidden camera", SENSITIVITY_SEXUAL },
    { "Skrytá kamera", SENSITIVITY_SEXUAL },
    { "Прихована камера", SENSITIVITY_SEXUAL },
    { "Скрытая камера", SENSITIVITY_SEXUAL },
    { "Versteckte Kamera", SENSITIVITY_SEXUAL },
    { "Beat up", SENSITIVITY_PERSON },
    { "Slapped and spat on", SENSITIVITY_PERSON },
    { "Zmlátil", SENSITIVITY_PERSON },
    { "Dal facku", SENSITIVITY_PERSON },
    { "Zbit", SENSITIVITY_PERSON },
    { "Побив", SENSITIVITY_PERSON },
    { "Ляпас", SENSITIVITY_PERSON },
    { "Избил", SENSITIVITY_PERSON },
    { "Пощёчина", SENSITIVITY_PERSON },
    { "Verprügelt", SENSITIVITY_PERSON },
    { "Ohrfeige", SENSITIVITY_PERSON },
    { "Faustschlag", SENSITIVITY_PERSON },
    // English
    { "Rape", SENSITIVITY_SEXUAL },
    { "RAPE OF A FEMALE", SENSITIVITY_SEXUAL },
    { "Rapes", SENSITIVITY_SEXUAL },
    { "Sexual assault", SENSITIVITY_SEXUAL },
    { "Criminal sexual abuse", SENSITIVITY_SEXUAL },
    { "CRIM SEX ABUSE BY FAM MEMBER", SENSITIVITY_SEXUAL },
    { "Indecent exposure", SENSITIVITY_SEXUAL },
    { "Indecent assault", SENSITIVITY_SEXUAL },
    { "Voyeurism", SENSITIVITY_SEXUAL },
    { "Peeping Tom", SENSITIVITY_SEXUAL },
    { "Prostitution", SENSITIVITY_SEXUAL },
    { "Soliciting", SENSITIVITY_SEXUAL },
    { "Child pornography", SENSITIVITY_CHILD },
    { "Incest", SENSITIVITY_SEXUAL },
    { "Upskirting", SENSITIVITY_SEXUAL },
    { "Revenge porn", SENSITIVITY_SEXUAL },
    { "Theft and rape", SENSITIVITY_SEXUAL },
    { "Theft\\nRape", SENSITIVITY_SEXUAL }, // as programs spell it
    { "Zn&aacute;siln&ecaron;n&iacute;", SENSITIVITY_SEXUAL },
    { "\\u0437\\u0491\\u0432\\u0430\\u043b\\u0442\\u0443\\u0432\\u0430\\u043d\\u043d\\u044f",
      SENSITIVITY_SEXUAL },
    { "Burglary with rape", SENSITIVITY_SEXUAL },
    { "Disclosure of intimate images", SENSITIVITY_SEXUAL },
    { "Statutory rape", SENSITIVITY_SEXUAL },
    { "Domestic violence", SENSITIVITY_DOMESTIC },
    { "DOMESTIC BATTERY SIMPLE", SENSITIVITY_DOMESTIC },
    { "Violation of order of protection", SENSITIVITY_DOMESTIC },
    { "Spousal abuse", SENSITIVITY_DOMESTIC },
    { "Intimate partner violence", SENSITIVITY_SEXUAL },
    { "Family disturbance", SENSITIVITY_DOMESTIC },
    { "Coercive control", SENSITIVITY_DOMESTIC },
    { "Honour based violence", SENSITIVITY_DOMESTIC },
    { "Breach of restraining order", SENSITIVITY_DOMESTIC },
    { "Assault on wife", SENSITIVITY_DOMESTIC },
    { "Child abuse", SENSITIVITY_CHILD },
    { "Child neglect", SENSITIVITY_CHILD },
    { "Cruelty to children", SENSITIVITY_CHILD },
    { "Sale of alcohol to minors", SENSITIVITY_CHILD },
    { "Assault on a minor", SENSITIVITY_CHILD },
    { "Endangering a juvenile", SENSITIVITY_CHILD },
    { "Grooming", SENSITIVITY_CHILD },
    { "Infanticide", SENSITIVITY_CHILD },
    { "Bullying at school", SENSITIVITY_CHILD },
    { "Human trafficking", SENSITIVITY_TRAFFICKING },
    { "Trafficking in persons", SENSITIVITY_TRAFFICKING },
    { "Modern slavery", SENSITIVITY_TRAFFICKING },
    { "Forced labour", SENSITIVITY_TRAFFICKING },
    { "Forced labor", SENSITIVITY_TRAFFICKING },
    { "Involuntary servitude", SENSITIVITY_TRAFFICKING },
    { "Exploitation of prostitution", SENSITIVITY_TRAFFICKING },
    { "Pimping", SENSITIVITY_TRAFFICKING },
    { "People smuggling", SENSITIVITY_TRAFFICKING },
    { "Forced marriage", SENSITIVITY_TRAFFICKING },
    { "Keeping a disorderly house", SENSITIVITY_SEXUAL },
    { "Unwanted touching", SENSITIVITY_SEXUAL },
    { "Theft from ex-wife", SENSITIVITY_DOMESTIC },
    { "Vandalism by husband", SENSITIVITY_DOMESTIC },
    { "Stealing of a baby", SENSITIVITY_CHILD },
    { "Suicide", SENSITIVITY_SELF_HARM },
    { "Attempted self-harm", SENSITIVITY_SELF_HARM },
    { "Hate crime", SENSITIVITY_HATE },
    { "Racially aggravated damage", SENSITIVITY_HATE },
    { "Homicide", SENSITIVITY_PERSON },
    { "Stalking", SENSITIVITY_PERSON },
    { "Robbery", SENSITIVITY_PERSON },
    // Czech
    { "Znásilnění", SENSITIVITY_SEXUAL },
    { "ZNÁSILNĚNÍ", SENSITIVITY_SEXUAL },
    { "znasilneni", SENSITIVITY_SEXUAL },
    { "Pohlavní zneužití", SENSITIVITY_SEXUAL },
    { "Sexuální nátlak", SENSITIVITY_SEXUAL },
    { "Sexuální útok", SENSITIVITY_SEXUAL },
    { "Mravnostní trestná činnost", SENSITIVITY_SEXUAL },
    { "Kuplířství", SENSITIVITY_SEXUAL },
    { "Výroba a jiné nakládání s dětskou pornografií", SENSITIVITY_CHILD },
    { "Soulož mezi příbuznými", SENSITIVITY_SEXUAL },
    { "Ohrožování pohlavní nemocí", SENSITIVITY_SEXUAL },
    { "Obnažování", SENSITIVITY_SEXUAL },
    { "Krádež a znásilnění", SENSITIVITY_SEXUAL },
    { "Domácí násilí", SENSITIVITY_DOMESTIC },
    { "Týrání osoby žijící ve společném obydlí", SENSITIVITY_DOMESTIC },
    { "Týrání svěřené osoby", SENSITIVITY_CHILD },
    { "Násilí v rodině", SENSITIVITY_DOMESTIC },
    { "Napadení manželky", SENSITIVITY_DOMESTIC },
    { "Porušení vykázání", SENSITIVITY_DOMESTIC },
    { "Ohrožování výchovy dítěte", SENSITIVITY_CHILD },
    { "Zanedbání povinné výživy", SENSITIVITY_CHILD },
    { "Podání alkoholu dítěti", SENSITIVITY_CHILD },
    { "Únos dítěte", SENSITIVITY_CHILD },
    { "Trestný čin na mladistvém", SENSITIVITY_CHILD },
    { "Navazování nedovolených kontaktů s dítětem", SENSITIVITY_CHILD },
    { "Obchodování s lidmi", SENSITIVITY_TRAFFICKING },
    { "Obchod s bílým masem", SENSITIVITY_TRAFFICKING },
    { "Nucená práce", SENSITIVITY_TRAFFICKING },
    { "Otroctví", SENSITIVITY_TRAFFICKING },
    { "Sebevražda", SENSITIVITY_SELF_HARM },
    { "Hanobení národa, rasy, etnické nebo jiné skupiny osob", SENSITIVITY_HATE },
    { "Vražda", SENSITIVITY_PERSON },
    { "Loupežné přepadení", SENSITIVITY_PERSON },
    { "Nebezpečné pronásledování", SENSITIVITY_PERSON },
    { "§ 185", SENSITIVITY_SEXUAL },
    { "§185", SENSITIVITY_SEXUAL },
    { "§ 187/1", SENSITIVITY_CHILD },
    { "187/1", SENSITIVITY_CHILD },
    { "§ 187 odst. 1 TZ", SENSITIVITY_CHILD },
    { "Trestný čin podle § 168", SENSITIVITY_TRAFFICKING },
    { "§ 193b", SENSITIVITY_CHILD },
    { "185a", SENSITIVITY_SEXUAL },
    { "§ 205/1 a § 199", SENSITIVITY_DOMESTIC },
    { "Theft 187", SENSITIVITY_CHILD },
    { "Krádež mezi partnery", SENSITIVITY_DOMESTIC },
    { "§ 193 b", SENSITIVITY_CHILD },
    { "§ 199 odst. 2 písm. a) TZ", SENSITIVITY_DOMESTIC },
    { "Krádež § 205, § 185", SENSITIVITY_SEXUAL },
    // Ukrainian
    { "Зґвалтування", SENSITIVITY_SEXUAL },
    { "Згвалтування", SENSITIVITY_SEXUAL },
    { "ЗҐВАЛТУВАННЯ", SENSITIVITY_SEXUAL },
    { "Сексуальне насильство", SENSITIVITY_SEXUAL },
    { "Розбещення неповнолітніх", SENSITIVITY_CHILD },
    { "Примушування до вступу в статевий зв’язок", SENSITIVITY_SEXUAL },
    { "Сутенерство", SENSITIVITY_SEXUAL },
    { "Проституція", SENSITIVITY_SEXUAL },
    { "Створення або утримання місць розпусти", SENSITIVITY_SEXUAL },
    { "Злочини проти статевої свободи", SENSITIVITY_SEXUAL },
    { "Дитяча порнографія", SENSITIVITY_CHILD },
    { "Домашнє насильство", SENSITIVITY_DOMESTIC },
    { "Насильство в сім’ї", SENSITIVITY_DOMESTIC },
    { "Насильство в сім'ї", SENSITIVITY_DOMESTIC },
    { "Сімейний конфлікт", SENSITIVITY_DOMESTIC },
    { "Вчинення домашнього насильства, ст. 173-2 КУпАП", SENSITIVITY_DOMESTIC },
    { "ст. 173-2 КУпАП", SENSITIVITY_DOMESTIC },
    { "Невиконання обмежувального припису", SENSITIVITY_DOMESTIC },
    { "Булінг", SENSITIVITY_CHILD },
    { "Злочин щодо малолітньої дитини", SENSITIVITY_CHILD },
    { "Крадіжка, вчинена неповнолітнім", SENSITIVITY_CHILD },
    { "Ухилення від сплати аліментів", SENSITIVITY_CHILD },
    { "Торгівля людьми", SENSITIVITY_TRAFFICKING },
    { "Торгівля дітьми", SENSITIVITY_TRAFFICKING },
    { "Крадіжка у співмешканця", SENSITIVITY_DOMESTIC },
    { "Хуліганство з приставанням", SENSITIVITY_SEXUAL },
    { "Експлуатація дітей", SENSITIVITY_TRAFFICKING },
    { "Примусова праця", SENSITIVITY_TRAFFICKING },
    { "Рабство", SENSITIVITY_TRAFFICKING },
    { "ст. 149", SENSITIVITY_TRAFFICKING },
    { "ст.149 КК України", SENSITIVITY_TRAFFICKING },
    { "149 ч.2", SENSITIVITY_TRAFFICKING },
    { "149-2", SENSITIVITY_TRAFFICKING },
    { "ч. 2 ст. 152 КК", SENSITIVITY_SEXUAL },
    { "Стаття 126-1", SENSITIVITY_DOMESTIC },
    { "126¹", SENSITIVITY_DOMESTIC },
    { "ст. 156-1 КК", SENSITIVITY_CHILD },
    { "ст. 303", SENSITIVITY_TRAFFICKING },
    { "Доведення до самогубства", SENSITIVITY_SELF_HARM },
    { "Умисне вбивство", SENSITIVITY_PERSON },
    { "Розбій", SENSITIVITY_PERSON },
    { "Грабіж", SENSITIVITY_PERSON },
    { "Розпалювання ворожнечі", SENSITIVITY_HATE },
    // Russian
    { "Изнасилование", SENSITIVITY_SEXUAL },
    { "Насильственные действия сексуального характера", SENSITIVITY_SEXUAL },
    { "Развратные действия", SENSITIVITY_SEXUAL },
    { "Понуждение к действиям сексуального характера", SENSITIVITY_SEXUAL },
    { "Хулиганство в семье", SENSITIVITY_DOMESTIC },
    { "Кража у матери", SENSITIVITY_DOMESTIC },
    { "Половое сношение с лицом, не достигшим 16 лет", SENSITIVITY_SEXUAL },
    { "Домашнее насилие", SENSITIVITY_DOMESTIC },
    { "Семейно-бытовой конфликт", SENSITIVITY_DOMESTIC },
    { "Побои в отношении супруги", SENSITIVITY_DOMESTIC },
    { "Преступление против несовершеннолетнего", SENSITIVITY_CHILD },
    { "Похищение ребенка", SENSITIVITY_CHILD },
    { "Похищение ребёнка", SENSITIVITY_CHILD },
    { "Вовлечение детей", SENSITIVITY_CHILD },
    { "Торговля людьми", SENSITIVITY_TRAFFICKING },
    { "Использование рабского труда", SENSITIVITY_TRAFFICKING },
    { "Вовлечение в занятие проституцией", SENSITIVITY_TRAFFICKING },
    { "Убийство", SENSITIVITY_PERSON },
    { "Разбой", SENSITIVITY_PERSON },
    // German
    { "Vergewaltigung", SENSITIVITY_SEXUAL },
    { "Sexueller Missbrauch von Kindern", SENSITIVITY_CHILD },
    { "Kindesmissbrauch", SENSITIVITY_CHILD },
    { "Sexuelle Belästigung", SENSITIVITY_SEXUAL },
    { "Exhibitionistische Handlungen", SENSITIVITY_SEXUAL },
    { "Straftaten gegen die sexuelle Selbstbestimmung", SENSITIVITY_SEXUAL },
    { "Häusliche Gewalt", SENSITIVITY_DOMESTIC },
    { "Haeusliche Gewalt", SENSITIVITY_DOMESTIC },
    { "Partnerschaftsgewalt", SENSITIVITY_DOMESTIC },
    { "Misshandlung von Schutzbefohlenen", SENSITIVITY_CHILD },
    { "Kinderpornographie", SENSITIVITY_CHILD },
    { "Menschenhandel", SENSITIVITY_TRAFFICKING },
    { "Diebstahl durch Ehemann", SENSITIVITY_DOMESTIC },
    { "Zwangsprostitution", SENSITIVITY_TRAFFICKING },
    { "Zuhälterei", SENSITIVITY_TRAFFICKING },
    { "Ausbeutung der Arbeitskraft", SENSITIVITY_TRAFFICKING },
    { "Gefährliche Körperverletzung", SENSITIVITY_PERSON },
    { "Raub", SENSITIVITY_PERSON },
    // Chicago
    { "0486", SENSITIVITY_DOMESTIC },
    { "0266", SENSITIVITY_SEXUAL },
};

static void test_sensitive(void **state)
{
    (void)state;
    size_t sexual_and_kin = 0;
    for (size_t i = 0; i < COUNT(sensitive); i++) {
        struct proposal p = of(sensitive[i].name);
        sexual_and_kin += sensitive[i].at_most <= SENSITIVITY_DOMESTIC;
        ok(p.sensitivity && p.sensitivity <= sensitive[i].at_most, "%s: %.*s (%.*s)", sensitive[i].name,
           STR(sensitivity_word(p.sensitivity)), STR(p.why));
    }
    ok(sexual_and_kin >= 120, "%zu", sexual_and_kin);
}

static void test_ordinary(void **state)
{
    (void)state;
    static const struct {
        const char      *name;
        enum sensitivity is;
        int              iccs;
    } rows[] = {
        { "Theft", SENSITIVITY_ORDINARY, 5 },
        { "Other theft", SENSITIVITY_ORDINARY, 5 },
        { "Shoplifting", SENSITIVITY_ORDINARY, 5 },
        { "Retail theft", SENSITIVITY_ORDINARY, 5 },
        { "Larceny", SENSITIVITY_ORDINARY, 5 },
        { "Fraud", SENSITIVITY_ORDINARY, 7 },
        { "Credit card fraud", SENSITIVITY_ORDINARY, 7 },
        { "Forgery", SENSITIVITY_ORDINARY, 7 },
        { "Criminal damage", SENSITIVITY_ORDINARY, 5 },
        { "Weapons violation", SENSITIVITY_ORDINARY, 9 },
        { "Vehicle crime", SENSITIVITY_STREET, 5 },
        { "Motor vehicle theft", SENSITIVITY_STREET, 5 },
        { "Theft of motor vehicle", SENSITIVITY_STREET, 5 },
        { "Bicycle theft", SENSITIVITY_STREET, 5 },
        { "Vandalism", SENSITIVITY_STREET, 5 },
        { "Public order", SENSITIVITY_STREET, 8 },
        { "Anti-social behaviour", SENSITIVITY_STREET, 8 },
        { "Traffic accident", SENSITIVITY_STREET, 12 },
        { "Burglary", SENSITIVITY_HOME, 5 },
        { "Drugs", SENSITIVITY_DRUGS, 6 },
        { "Possession of drugs", SENSITIVITY_DRUGS, 6 },
        { "Fire", SENSITIVITY_ORDINARY, 12 },
        { "Krádež", SENSITIVITY_ORDINARY, 5 },
        { "Krádeže prosté", SENSITIVITY_ORDINARY, 5 },
        { "Krádež motorového vozidla", SENSITIVITY_STREET, 5 },
        { "Krádež jízdního kola", SENSITIVITY_STREET, 5 },
        { "Kapesní krádeže", SENSITIVITY_STREET, 5 },
        { "Krádež vloupáním", SENSITIVITY_HOME, 5 },
        { "Krádeže vloupáním do bytů", SENSITIVITY_HOME, 5 },
        { "Podvod", SENSITIVITY_ORDINARY, 7 },
        { "Úvěrový podvod", SENSITIVITY_ORDINARY, 7 },
        { "Zpronevěra", SENSITIVITY_ORDINARY, 5 },
        { "Poškození cizí věci", SENSITIVITY_ORDINARY, 5 },
        { "Výtržnictví", SENSITIVITY_STREET, 8 },
        { "Dopravní nehoda", SENSITIVITY_STREET, 12 },
        { "Majetková trestná činnost", SENSITIVITY_ORDINARY, 5 },
        { "§ 205", SENSITIVITY_ORDINARY, 5 },
        { "§ 205 odst. 1 písm. b) TZ", SENSITIVITY_ORDINARY, 5 },
        { "Krádež § 205", SENSITIVITY_ORDINARY, 5 },
        { "§ 358", SENSITIVITY_STREET, 8 },
        { "Drogy", SENSITIVITY_DRUGS, 6 },
        { "Крадіжка", SENSITIVITY_ORDINARY, 5 },
        { "Крадіжки", SENSITIVITY_ORDINARY, 5 },
        { "Інші крадіжки", SENSITIVITY_ORDINARY, 5 },
        { "Шахрайство", SENSITIVITY_ORDINARY, 7 },
        { "Хуліганство", SENSITIVITY_STREET, 8 },
        { "Дрібне хуліганство", SENSITIVITY_STREET, 8 },
        { "Незаконне заволодіння транспортним засобом", SENSITIVITY_STREET, 5 },
        { "Крадіжка велосипеда", SENSITIVITY_STREET, 5 },
        { "ДТП", SENSITIVITY_STREET, 12 },
        { "Квартирна крадіжка", SENSITIVITY_HOME, 5 },
        { "Наркотики", SENSITIVITY_DRUGS, 6 },
        { "ст. 185 КК України", SENSITIVITY_ORDINARY, 5 },
        { "ст. 190 ч. 1 КК", SENSITIVITY_ORDINARY, 7 },
        { "Кража", SENSITIVITY_ORDINARY, 5 },
        { "Мошенничество", SENSITIVITY_ORDINARY, 7 },
        { "Угон транспортного средства", SENSITIVITY_STREET, 5 },
        { "Хулиганство", SENSITIVITY_STREET, 8 },
        { "Кража из квартиры", SENSITIVITY_HOME, 5 },
        { "Diebstahl", SENSITIVITY_ORDINARY, 5 },
        { "Ladendiebstahl", SENSITIVITY_ORDINARY, 5 },
        { "Betrug", SENSITIVITY_ORDINARY, 7 },
        { "Sachbeschädigung", SENSITIVITY_ORDINARY, 5 },
        { "Fahrraddiebstahl", SENSITIVITY_STREET, 5 },
        { "Verkehrsunfall", SENSITIVITY_STREET, 12 },
        { "Wohnungseinbruch", SENSITIVITY_HOME, 5 },
        { "0820", SENSITIVITY_ORDINARY, 5 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct proposal p = of(rows[i].name);
        ok(p.sensitivity == rows[i].is && p.iccs == rows[i].iccs, "%s: %.*s %d (%.*s)", rows[i].name,
           STR(sensitivity_word(p.sensitivity)), p.iccs, STR(p.why));
    }
    ok(COUNT(rows) >= 60, "%zu", COUNT(rows));
}

/// A name with anything in it that nobody has thought of is not ordinary, whatever else stands there.
static void test_nothing_known(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "Fiddlesticks",
        "Other",
        "Theft (kpl. 7)",
        "Theft, zgwałcenie",
        "Public order: viol",
        "Krádež, viz spis",
        "Крадіжка, див. текст",
        "Diebstahl und Weiteres",
        "§ 999",
        "§ 205, § 999",
        "ст. 185-9",
        "ст. 51 КУпАП",
        "Theft § 232 StGB",
        "盗窃",
        "0999",
        "Přestupek",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct proposal p = of(names[i]);
        ok(!p.sensitivity, "%s: %.*s (%.*s)", names[i], STR(sensitivity_word(p.sensitivity)), STR(p.why));
    }
}

/// A sensitive word in any of a kind's labels counts, and so does its code.
static void test_labels(void **state)
{
    (void)state;
    struct proposal       p;
    const struct category hidden = { .code = S("7"),
                                     .label = { S("Theft"), S("Znásilnění"), S("Крадіжка") } },
                          article = { .code = S("§ 187"), .label = { S("Theft") } },
                          unknown = { .code = S("§ 999"), .label = { S("Theft") } },
                          fine = { .code = S("K-35"), .label = { S("Theft"), S("Krádež"), S("Крадіжка") } };
    ok_err(&sc, propose(&sc, &with, &hidden, &p), OK);
    ok_i64(p.sensitivity, SENSITIVITY_SEXUAL);
    ok_err(&sc, propose(&sc, &with, &article, &p), OK);
    ok_i64(p.sensitivity, SENSITIVITY_CHILD);
    ok_err(&sc, propose(&sc, &with, &unknown, &p), OK);
    ok_i64(p.sensitivity, SENSITIVITY_UNCLASSIFIED);
    ok_err(&sc, propose(&sc, &with, &fine, &p), OK);
    ok_i64(p.sensitivity, SENSITIVITY_ORDINARY);
}

/// Every kind of the shipped profiles has a class, and its own name is never proposed as a milder one than it has, but
/// for those that hold more than their name says.
static void test_profiles(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < with.n_profiles; i++)
        for (size_t k = 0; k < with.profile[i].n_categories; k++) {
            const struct category *c = &with.profile[i].categories[k].is;
            ok(c->sensitivity, "%.*s: %.*s has no class", STR(with.profile[i].source.key), STR(c->key));
            seen++;
        }
    ok(seen > 60, "%zu", seen);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sensitive),     cmocka_unit_test(test_ordinary),
        cmocka_unit_test(test_nothing_known), cmocka_unit_test(test_labels),
        cmocka_unit_test(test_profiles),
    };
    sc = test_scope();
    if (proposer_open(&sc, NULL, 0, &with)) {
        print_error("%s\n", sc.fault.text);
        return 1;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_scope_end(&sc);
    return failed;
}
