// SPDX-License-Identifier: EUPL-1.2
// Articles of laws in texts that a profile reads: which law they are judged by, and what a whole import makes of them.
#include "import.h"

#include "base/clock.h"
#include "import/articles.h"

#define NONE SENSITIVITIES

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char      *text;
        enum sensitivity is; // NONE: nothing that hides
    } rows[] = {
        // By the language of the sign.
        { "§ 187", SENSITIVITY_CHILD },
        { "podezření dle §187/2", SENSITIVITY_CHILD },
        { "§§ 205, 187", SENSITIVITY_CHILD },
        { "§: 187", SENSITIVITY_CHILD },
        { "čl. 187", SENSITIVITY_CHILD },
        { "ČL. 187", SENSITIVITY_CHILD },
        { "paragraf 187", SENSITIVITY_CHILD },
        { "PARAGRAFU 185", SENSITIVITY_SEXUAL },
        { "par. 187", SENSITIVITY_CHILD },
        { "ст. 152", SENSITIVITY_SEXUAL },
        { "СТ. 152", SENSITIVITY_SEXUAL },
        { "ст.152 ч.2 ККУ", SENSITIVITY_SEXUAL },
        { "ст.152ч.2", SENSITIVITY_SEXUAL },
        { "ст. № 152", SENSITIVITY_SEXUAL },
        { "СТАТТЯ 126-1", SENSITIVITY_DOMESTIC },
        { "Stattia 152", SENSITIVITY_SEXUAL },
        { "Sec. 187", SENSITIVITY_CHILD },
        { "Section 152", SENSITIVITY_SEXUAL },
        { "Art. 187", SENSITIVITY_CHILD },
        { "§ 205", NONE },
        { "§ 205 odst. 1 písm. b) TZ", NONE },
        { "ст. 185 ч. 3 КК України", NONE },
        { "§ 21 TZ k § 205 TZ", NONE },
        { "§ 9", NONE },
        { "MAIN ST 152", NONE },
        { "ст. Лісова 152", NONE },
        { "ст. (152)", NONE },
        { "section 12", NONE },
        { "article of clothing", NONE },
        // By the law that stands beside it.
        { "ст. 173-2 КУпАП", SENSITIVITY_DOMESTIC },
        { "ст. 173-7 КУпАП", SENSITIVITY_SEXUAL },
        { "ч. 1 ст. 184 КУпАП", SENSITIVITY_CHILD },
        { "ст. 152 КУпАП", NONE },
        { "ст. 155 ч. 1 КУпАП, крадіжка", NONE },
        { "ст. 152 Кодексу України про адміністративні правопорушення", NONE },
        { "ст. 173-9 КУпАП", SENSITIVITY_UNCLASSIFIED },
        { "ст. 185 КК, ст. 173-2 КУпАП", SENSITIVITY_DOMESTIC },
        { "ст. 152 КУпАП та ст. 152 КК", SENSITIVITY_SEXUAL },
        { "§ 177 StGB", SENSITIVITY_SEXUAL },
        { "§ 177 Abs. 1 Satz 2 StGB", SENSITIVITY_SEXUAL },
        { "§ 232 StGB", SENSITIVITY_TRAFFICKING },
        { "§ 171 Strafgesetzbuch", SENSITIVITY_CHILD },
        { "Art. 190 StGB", SENSITIVITY_SEXUAL },
        { "§ 242 StGB", NONE },
        { "§ 185 trestního zákoníku", SENSITIVITY_SEXUAL },
        { "§ 187 zákona č. 40/2009 Sb.", SENSITIVITY_CHILD },
        { "§ 152 КК України", SENSITIVITY_SEXUAL },
        // "ТЗ" is a vehicle there, and no Czech law.
        { "ст. 185 ТЗ", NONE },
        // Without a sign, beside the name of their law.
        { "187 TZ", SENSITIVITY_CHILD },
        { "187 odst. 2 TZ", SENSITIVITY_CHILD },
        { "КК України 152", SENSITIVITY_SEXUAL },
        { "152 ч. 2 КК", SENSITIVITY_SEXUAL },
        { "152, 153 ККУ", SENSITIVITY_SEXUAL },
        { "173-2 КУпАП", SENSITIVITY_DOMESTIC },
        { "177 StGB", SENSITIVITY_SEXUAL },
        { "131 УК РФ", SENSITIVITY_UNCLASSIFIED },
        { "ст152", SENSITIVITY_SEXUAL },
        { "§185TZ", SENSITIVITY_SEXUAL },
        { "205 TZ", NONE },
        { "185 КК", NONE },
        { "185 ч. 2 КК України, 152 грн", NONE },
        { "викрадено 152 ТЗ", NONE },
        { "187 kusů", NONE },
        // Of a law that is named somewhere else in the text.
        { "StGB: § 177", SENSITIVITY_SEXUAL },
        { "КУпАП, ст. 181-1", SENSITIVITY_SEXUAL },
        // Laws that there is no list of.
        { "ст. 131 УК РФ", SENSITIVITY_UNCLASSIFIED },
        { "УК РФ, ст. 205", SENSITIVITY_UNCLASSIFIED },
        { "§ 199 trestného zákona", SENSITIVITY_UNCLASSIFIED },
        { "§ 7 zákona o některých přestupcích", SENSITIVITY_UNCLASSIFIED },
        { "art. 197 KK", SENSITIVITY_UNCLASSIFIED },
        // Several behind or in front of one law.
        { "TZ 205, 187", SENSITIVITY_CHILD },
        { "TZ 205 a 187", SENSITIVITY_CHILD },
        { "TZ 205/1, 187/1", SENSITIVITY_CHILD },
        { "TZ: 187", SENSITIVITY_CHILD },
        { "TZ - 187", SENSITIVITY_CHILD },
        { "TZ (187)", SENSITIVITY_CHILD },
        { "ККУ: 152", SENSITIVITY_SEXUAL },
        { "ККУ 185, 152", SENSITIVITY_SEXUAL },
        { "КК - 152", SENSITIVITY_SEXUAL },
        { "КУпАП: 173-2", SENSITIVITY_DOMESTIC },
        { "КУпАП 178, 173-2", SENSITIVITY_DOMESTIC },
        { "стаття КУпАП: 173-2", SENSITIVITY_DOMESTIC },
        { "ст.ККУ: 126-1", SENSITIVITY_DOMESTIC },
        { "ст. (ККУ) 126-1", SENSITIVITY_DOMESTIC },
        { "ст. КК України 152", SENSITIVITY_SEXUAL },
        { "StGB: 176", SENSITIVITY_CHILD },
        { "StGB 242, 176", SENSITIVITY_CHILD },
        { "trestní zákoník 187", SENSITIVITY_CHILD },
        { "§ tr. zák. 187", SENSITIVITY_CHILD },
        { "Кримінальний кодекс України 152", SENSITIVITY_SEXUAL },
        { "Penal Code 261", SENSITIVITY_UNCLASSIFIED },
        { "Criminal Code 271", SENSITIVITY_UNCLASSIFIED },
        { "Criminal Code s. 271", SENSITIVITY_UNCLASSIFIED },
        { "УК РФ 131", SENSITIVITY_UNCLASSIFIED },
        // The number of a file, which letters of a law begin.
        { "201 Z. z.", SENSITIVITY_UNCLASSIFIED },
        { "ZZ376673", NONE },
        { "KK649858A", NONE },
        { "penal code 11166", SENSITIVITY_UNCLASSIFIED }, // of a law whose articles are so many
        { "§ 205 TZ, 187", SENSITIVITY_CHILD },
        { "§ 205/2 TZ, 199/1", SENSITIVITY_DOMESTIC },
        { "§ 205 odst. 2 TZ a 187 odst. 1", SENSITIVITY_CHILD },
        { "205 TZ a 199", SENSITIVITY_DOMESTIC },
        { "228/1 TZ, 199/1", SENSITIVITY_DOMESTIC },
        { "ст. 185 ККУ та 152", SENSITIVITY_SEXUAL },
        { "ч. 3 ст. 185 КК України, ч. 1 152", SENSITIVITY_SEXUAL },
        { "ст. 178 КУпАП, 173-2", SENSITIVITY_DOMESTIC },
        { "ст. 130 КУпАП, ч. 1 173-2", SENSITIVITY_DOMESTIC },
        { "§ 242 StGB, 176", SENSITIVITY_CHILD },
        { "§ 205, 187", SENSITIVITY_CHILD },
        { "§ 205 a § 187", SENSITIVITY_CHILD },
        { "§ 205 (krádež) a 187 (pohl.)", SENSITIVITY_CHILD },
        { "§ 158 TŘ, 187 TZ", SENSITIVITY_CHILD },
        { "StGB § 176, TZ § 205", SENSITIVITY_CHILD },
        { "ст. 185 КК, ст. 178 КУпАП", NONE },
        { "TZ 205, 228", NONE },
        { "205 TZ a 228", NONE },
        { "§ 205 TZ, 15.1.2024", NONE },
        { "ч. 1 185 КК", NONE },
        { "ст. 185 КК, ч. 2 190", NONE },
        { "§ 205 odst. 1 tr. zák., škoda 150 Kč", NONE },
        // Another country's, or an older one, though the name is that of a law with a list.
        { "§ 211 ods. 1", SENSITIVITY_UNCLASSIFIED },
        { "§ 206 TZ ods. 1", SENSITIVITY_UNCLASSIFIED },
        { "§ 370 TZ SR", SENSITIVITY_UNCLASSIFIED },
        { "§ 424 TZ", SENSITIVITY_UNCLASSIFIED },
        { "ст. 105 КК РФ", SENSITIVITY_UNCLASSIFIED },
        { "art. 207 k.k.", SENSITIVITY_UNCLASSIFIED },
        { "art. 207 § 1 k.k.", SENSITIVITY_UNCLASSIFIED },
        { "207 kk", SENSITIVITY_UNCLASSIFIED },
        { "§ 241 TZ č. 140/1961 Sb.", SENSITIVITY_UNCLASSIFIED },
        { "§ 241 zák. č. 140/1961 Sb.", SENSITIVITY_UNCLASSIFIED },
        { "§ 205 TZ, sr. § 206 TZ", NONE },
        { "ODS 12, 30", NONE },
        { "Sr. officer, section 205", NONE },
        { "ст. 185 КК України, громадянин РФ", NONE },
        // Amounts, houses and files are no articles.
        { "§ 205, škoda 187 Kč", NONE },
        { "§ 205, 187 Kč", NONE },
        { "TZ 205, € 5, 187 €", NONE },
        { "§ 228, ul. Husova 187", NONE },
        { "§ 205/1 TZ, č.p. 187", NONE },
        { "§ 205 odst. 1, č.j. KRPA-187/TČ-2024", NONE },
        { "ст. 185, вул. Франка, 152", NONE },
        { "ст. 185 КК, вул. Франка, 152", NONE },
        { "ст. 185 збитки 152 грн", NONE },
        { "185 КК, 152 грн", NONE },
        { "§ 205 (Husova 187)", NONE },
        { "§ 205 (187 pohl.)", SENSITIVITY_CHILD },
        { "§ 205 (187, 199", SENSITIVITY_CHILD },
        { "§ 205, 187,- Kč", NONE },
        { "§ 205, 187, € 500", SENSITIVITY_CHILD },
        { "§ 205, 187, Kč 500", SENSITIVITY_CHILD },
        // A country, and no code of another.
        { "size 9 UK trainers 152", NONE },
        { "UK 152", NONE },
        { "131 UK RF", SENSITIVITY_UNCLASSIFIED },
        { "KUpAP 173-2", SENSITIVITY_DOMESTIC },
        // Misdemeanours: only what may have happened at home; and traffic.
        { "§ 8 zákona č. 251/2016 Sb.", NONE },
        { "§ 5 odst. 1 písm. a) z. č. 251/2016 Sb.", NONE },
        { "§ 7 zákona č. 251/2016 Sb.", SENSITIVITY_UNCLASSIFIED },
        { "§ 5, 7 zák. č. 251/2016 Sb.", SENSITIVITY_UNCLASSIFIED },
        { "§ 125c odst. 1 písm. f) zák. č. 361/2000 Sb.", NONE },
        { "§ 125c zák. 361/2000", NONE },
        { "§ 125c z. č. 361/2000", NONE },
        { "§ 47 zák. č. 200/1990 Sb.", NONE },
        { "§ 50/1 písm. a) přest. zák.", NONE },
        { "§ 49 odst. 1 písm. c) přest. zák.", SENSITIVITY_UNCLASSIFIED },
        { "§ 49 z. č. 200/1990 Sb.", SENSITIVITY_UNCLASSIFIED },
        { "§ 49 zákona o přestupcích", SENSITIVITY_UNCLASSIFIED },
        { "§ 5 zák. č. 250/2016 Sb.", SENSITIVITY_UNCLASSIFIED },
        // Words that stand between a sign and its number.
        { "§ č. 187", SENSITIVITY_CHILD },
        { "§ odst. 1/187", SENSITIVITY_CHILD },
        { "čl. č. 187", SENSITIVITY_CHILD },
        { "paragraf číslo 187", SENSITIVITY_CHILD },
        { "ст. номер 152", SENSITIVITY_SEXUAL },
        { "Section A 152", NONE },
        // Laws that tell of no offence.
        { "§ 187 trestního řádu", NONE },
        { "ст. 152 КПК України", NONE },
        { "§ 187 zákona č. 273/2008 Sb.", NONE },
        { "§ 187, zakročeno dle zákona o policii", SENSITIVITY_CHILD },
    };
    struct scope           sc = test_scope();
    const struct articles *a;
    ok_err(&sc, articles_open(&sc, &a), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct words_told told = { 0 };
        int64_t           since_s = CODES_ALWAYS;
        ok_err(&sc, articles_tell(&sc, a, NULL, 0, str_of(rows[i].text), &told, &since_s), OK);
        sensitivity_set  hides = told.classes & CLASSES_HIDING;
        enum sensitivity is = hides ? sensitivity_strictest(hides) : NONE;
        ok(is == rows[i].is, "%s: %.*s", rows[i].text, STR(is == NONE ? S("nothing") : sensitivity_word(is)));
        ok(!hides == !told.n_hits, "%s: %zu hits", rows[i].text, told.n_hits);
    }
    test_scope_end(&sc);
}

/// What a person is shown, to be written under "harmless": the number that hides, with the sign that stands directly before it.
static void test_shown(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        { "§ 187", "§ 187" },
        { "§ 205, 187/1", "187" },
        { "§ 205, § 187", "§ 187" },
        { "§ 205 TZ, 187", "187" },
        { "TZ 205, 187", "187" },
        { "ч. 1 ст. 173-2 КУпАП", "ст 173-2" },
        { "Section 0187", "Section 187" },
        { "ч. 2 ст. 131 УК РФ", "ст 131" },
        { "§ 205 TZ, § 424 TZ", "§ 424" },
    };
    struct scope           sc = test_scope();
    const struct articles *a;
    ok_err(&sc, articles_open(&sc, &a), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct words_told told = { 0 };
        int64_t           since_s = CODES_ALWAYS;
        ok_err(&sc, articles_tell(&sc, a, NULL, 0, str_of(rows[i].text), &told, &since_s), OK);
        ok(told.n_hits > 0, "%s: no hit", rows[i].text);
        ok_str(told.hit[0].words, str_of(rows[i].shown));
    }
    test_scope_end(&sc);
}

/// Each is judged by what stands beside it, not by all that follows: that took minutes.
static void test_many(void **state)
{
    (void)state;
    enum { TIMES = 10000, SECONDS = 60 };
    struct scope              sc = test_scope();
    AUTO(buf_free) struct buf b;
    const struct articles    *a;
    struct words_told         told = { 0 };
    int64_t                   since_s = CODES_ALWAYS;
    buf_init(&b, 32 * TIMES);
    for (int i = 0; i < TIMES; i++) buf_add(&b, S("§ 187, 205 TZ "));
    ok_err(&sc, articles_open(&sc, &a), OK);
    int64_t began = clock_system.monotonic_ns();
    ok_err(&sc, articles_tell(&sc, a, NULL, 0, buf_str(&b), &told, &since_s), OK);
    int64_t s = (clock_system.monotonic_ns() - began) / 1000000000;
    ok_i64(told.n_hits, 1);
    ok(s < SECONDS, "it took %lld s", (long long)s);
    test_scope_end(&sc);
}

/// The articles that must never be milder.
static void test_lists(void **state)
{
    (void)state;
    static const struct {
        const char      *list;
        int              first, last;
        enum sensitivity at_most;
    } rows[] = {
        { "stgb", 174, 184, SENSITIVITY_SEXUAL },
        { "stgb", 201, 207, SENSITIVITY_SEXUAL },
        { "stgb", 232, 234, SENSITIVITY_TRAFFICKING },
        { "stgb", 211, 218, SENSITIVITY_HATE },
        { "stgb", 223, 231, SENSITIVITY_PERSON },
        { "stgb", 170, 171, SENSITIVITY_CHILD },
        { "ua-administrative-code", 45, 46, SENSITIVITY_SEXUAL },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct code_list *l;
        ok_err(&sc, codes_find(&sc, str_of(rows[i].list), &l), OK);
        for (int n = rows[i].first; n <= rows[i].last; n++) {
            struct codes_told told;
            ok_err(&sc, codes_tell(&sc, l, arena_printf(sc.mem, "%d", n), &told), OK);
            ok(told.any && sensitivity_strictest(told.classes) <= rows[i].at_most, "%s: %d is only %.*s",
               rows[i].list, n, STR(sensitivity_word(sensitivity_strictest(told.classes))));
        }
    }
    test_scope_end(&sc);
}

#define HEAD                                                                                                 \
    "[source]\nkey = town\nname = T\n[identity]\nkind = stable\nkey = {id}\n[when]\nfrom = {d}\nformat = "   \
    "%%Y-%%m-%%d\n[what]\ncategory = {k}\n"

/// Whole imports of one row: what its text gives away, as a detail and as an outcome.
static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char      *date, *text, *more; // more: of the profile
        enum sensitivity is;
    } files[] = {
        { "2024-01-01", "§ 187", "", SENSITIVITY_CHILD },
        { "2024-01-01", "ст. 152", "", SENSITIVITY_SEXUAL },
        { "2024-01-01", "odcizil kolo (§ 205), šetřeno dle § 199 odst. 1", "", SENSITIVITY_DOMESTIC },
        { "2024-01-01", "&sect; 187", "", SENSITIVITY_CHILD },
        { "2024-01-01", "ст. 131 УК РФ", "", SENSITIVITY_UNCLASSIFIED },
        { "2024-01-01", "§ 205", "", NONE },
        // Short for a law, and no pupil; a pupil is one.
        { "2024-01-01", "§ 205 odst. 1 tr. zák., škoda 150 Kč", "", NONE },
        { "2024-01-01", "§ 205 odst. 1 TR. ZAK.", "", NONE },
        { "2024-01-01", "§ 125c zák. č. 361/2000 Sb.", "", NONE },
        { "2024-01-01", "§ 205, zbit žák.", "", SENSITIVITY_CHILD },
        { "2024-01-01", "zbit zak.", "", SENSITIVITY_CHILD },
        { "2024-01-01", "zák byl zbit", "", SENSITIVITY_CHILD },
        { "2024-01-01", "§ 187 tr. zák.", "", SENSITIVITY_CHILD },
        { "2024-01-01", "§ 187", "harmless = 187\nharmless-by = A. B.\n", NONE },
        // A number is passed over, and no other of its list.
        { "2024-01-01", "§ 187 odst. 1 TZ", "harmless = 187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 205, 187", "harmless = 187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 205, 187", "harmless = 205\nharmless-by = A. B.\n", SENSITIVITY_CHILD },
        { "2024-01-01", "§ 205, § 187", "harmless = § 205\nharmless-by = A. B.\n", SENSITIVITY_CHILD },
        { "2024-01-01", "§ 187", "harmless = § 187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 187/1 TZ", "harmless = §187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 187a", "harmless = § 187a\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 185a", "harmless = § 185\nharmless-by = A. B.\n", SENSITIVITY_SEXUAL },
        { "2024-01-01", "Section 187", "harmless = Section 187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "ст. 173-2 КУпАП", "harmless = ст. 173-2\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "ст. 173-2 КУпАП", "harmless = ст. 173\nharmless-by = A. B.\n",
          SENSITIVITY_DOMESTIC },
        { "2024-01-01", "Fiat TZ 187", "harmless = TZ 187\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "Fiat TZ 187", "harmless = Fiat TZ\nharmless-by = A. B.\n", SENSITIVITY_CHILD },
        { "2024-01-01", "KK 12, § 205", "harmless = KK\nharmless-by = A. B.\n", NONE },
        { "2024-01-01", "§ 185", "harmless = 187\nharmless-by = A. B.\n", SENSITIVITY_SEXUAL },
        // The number was another section before: § 205 of the law of 1961 was about obscenity.
        { "2009-12-31", "§ 205", "", SENSITIVITY_UNCLASSIFIED },
        { "2009-12-31", "ст. 185", "", NONE },
    };
    for (size_t i = 0; i < COUNT(files); i++)
        for (int outcome = 0; outcome < 2; outcome++) {
            struct scope                                         sc = test_scope();
            const char                                          *dir = test_dir(&sc), *data;
            const struct profile                                *p;
            struct import_report                                 r;
            struct incident                                      is;
            AUTO(store_incidents_closep) struct incident_cursor *c = NULL;
            ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
            struct store *st = import_store(&sc, data, S("Europe/Prague"));
            str           text =
                arena_printf(sc.mem, HEAD "%s = {Text}\n%s", outcome ? "outcome" : "detail", files[i].more);
            ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "p.profile", text), &p), OK);
            str rows = arena_printf(sc.mem, "id,d,k,Text\n1,%s,A,\"%s\"\n", files[i].date, files[i].text);
            ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", rows), &r), OK);
            ok_err(&sc, store_incidents_open(&sc, st, &c), OK);
            store_incidents_range(c, 1, INT64_MAX);
            ok(store_incidents_next(c, &is), "there is no incident");
            sensitivity_set hides = is.classes & CLASSES_HIDING;
            ok((hides ? sensitivity_strictest(hides) : NONE) == files[i].is, "%s: classes %#x", files[i].text,
               is.classes);
            ok(reason_count(r.note, r.n_notes, "code-early") == (files[i].date[3] == '9' && hides),
               "%s: code-early", files[i].text);
            store_incidents_closep(&c);
            store_close(st);
            test_dir_end(&sc, dir);
            test_scope_end(&sc);
        }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_texts), cmocka_unit_test(test_shown), cmocka_unit_test(test_many),
    cmocka_unit_test(test_lists), cmocka_unit_test(test_files),
};
TEST_MAIN(tests)
