// SPDX-License-Identifier: EUPL-1.2
// Marks, ages and codes in columns that a profile reads as texts: what a value says together with its column's name, and that a whole
// import protects by it.
#include "import.h"

#include "base/civil.h"
#include "import/classes.h"
#include "import/mark_columns.h"

#define NONE SENSITIVITIES
#define HEAD                                                                                                 \
    "[source]\nkey = town\nname = T\n[identity]\nkind = stable\nkey = {id}\n[when]\nfrom = {d}\nformat = "   \
    "%%Y-%%m-%%d\n[where]\nblank = NULL\n[what]\ncategory = {k}\n"

static const struct profile *profile(struct scope *sc, const char *dir, const char *text, const char *column,
                                     const char *more)
{
    const struct profile *p;
    str                   all = arena_printf(sc->mem, HEAD "%s = {%s}\n%s", text, column, more);
    ok_err(sc, profile_read_file(sc, write_file(sc, dir, "p.profile", all), &p), OK);
    return p;
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char      *column, *value;
        enum sensitivity is; // NONE: nothing
    } rows[] = {
        // Marks alone: what is not no protects.
        { "Domestic_Incident", "Yes", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "true", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "1", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "1.0", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "x", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "DV", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "unknown", SENSITIVITY_DOMESTIC },
        { "Domestic_Incident", "No", NONE },
        { "Domestic_Incident", "false", NONE },
        { "Domestic_Incident", "0", NONE },
        { "Domestic_Incident", "0.0", NONE },
        { "Domestic_Incident", "", NONE },
        { "Domestic_Incident", "NULL", NONE },
        { "domácí násilí", "ano", SENSITIVITY_DOMESTIC },
        { "домашнє насильство", "так", SENSITIVITY_DOMESTIC },
        { "домашнє насильство", "ні", NONE },
        { "Häusliche Gewalt", "ja", SENSITIVITY_DOMESTIC },
        { "confidential", "yes", SENSITIVITY_DOMESTIC },
        { "confidential", "no", NONE },
        // Marks that say the contrary: what is not yes protects.
        { "public", "no", SENSITIVITY_DOMESTIC },
        { "public", "", SENSITIVITY_DOMESTIC },
        { "public", "internal", SENSITIVITY_DOMESTIC },
        { "public", "yes", NONE },
        // Marks or words: words say it themselves.
        { "child_victim", "Y", SENSITIVITY_CHILD },
        { "child_victim", "Yes, see file", SENSITIVITY_CHILD },
        { "child_victim", "no", NONE },
        { "Minor involved", "1", SENSITIVITY_CHILD },
        { "Hate crime", "1", SENSITIVITY_HATE },
        { "Bias", "yes", SENSITIVITY_HATE },
        { "Sexual", "TRUE", SENSITIVITY_SEXUAL },
        { "Suicide attempt", "1", SENSITIVITY_SELF_HARM },
        { "Trafficking", "да", SENSITIVITY_TRAFFICKING },
        { "Relationship", "REL02", SENSITIVITY_DOMESTIC },
        { "Relationship", "Code 3", SENSITIVITY_DOMESTIC },
        { "Relationship", "stranger", NONE },
        { "Relationship", "no", NONE },
        { "Incest", "1", SENSITIVITY_SEXUAL }, // a name of no sign, with a word of the list
        { "Incest", "0", NONE },
        // Ages.
        { "victim_age", "13", SENSITIVITY_CHILD },
        { "VictimAge", "0", SENSITIVITY_CHILD },
        { "victim_age", "13-17", SENSITIVITY_CHILD },
        { "victim_age", "17.0", SENSITIVITY_CHILD },
        { "victim_age", "<18", SENSITIVITY_CHILD },
        { "victim_age", "under 18", SENSITIVITY_CHILD },
        { "victim_age", "J", SENSITIVITY_CHILD },
        { "victim_age", "2012", SENSITIVITY_CHILD },
        { "věk", "7", SENSITIVITY_CHILD },
        { "Вік потерпілого", "15", SENSITIVITY_CHILD },
        { "возраст", "15 лет", SENSITIVITY_CHILD },
        { "Alter", "12", SENSITIVITY_CHILD },
        { "victim_age", "18", NONE },
        { "victim_age", "18-24", NONE },
        { "victim_age", ">18", NONE },
        { "victim_age", "45", NONE },
        { "victim_age", "", NONE },
        { "victim_age", "unknown", NONE },
        // Names that say too little: yes alone.
        { "flag", "yes", SENSITIVITY_DOMESTIC },
        { "flag", "red", NONE },
        { "visibility", "no", SENSITIVITY_DOMESTIC },
        { "visibility", "good", NONE },
        // Names that say nothing.
        { "Victim Sex", "F", NONE },
        { "description", "yes", NONE },
        { "Weapon", "yes", NONE },
        { "Arrest", "yes", NONE },
        { "Beat", "13", NONE },
    };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int outcome = 0; outcome < 2; outcome++) {
            const struct mark_column *m;
            struct arena_mark         before = arena_mark(sc.mem);
            const struct profile *p = profile(&sc, dir, outcome ? "outcome" : "detail", rows[i].column, "");
            size_t                at = 0;
            ok_err(&sc, mark_columns_read(&sc, p, &m), OK);
            while (at < p->columns.n && !str_eq(p->columns.name[at], str_of(rows[i].column))) at++;
            sensitivity_set  said = mark_column_tells(&m[at], p, str_of(rows[i].value));
            enum sensitivity is = said ? sensitivity_strictest(said) : NONE;
            ok(is == rows[i].is, "%s: %s: %.*s", rows[i].column, rows[i].value,
               STR(is == NONE ? S("nothing") : sensitivity_word(is)));
            arena_back(sc.mem, before);
        }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Articles without a sign, below the name of a law.
static void test_laws(void **state)
{
    (void)state;
    static const struct {
        const char      *column, *value;
        enum sensitivity is; // NONE: nothing that hides
    } rows[] = {
        { "Paragraf", "187/1", SENSITIVITY_CHILD },
        { "Paragraf", "205, 187", SENSITIVITY_CHILD },
        { "Paragraf", "205 Krádež, 187", SENSITIVITY_CHILD },
        { "Paragraf", "205/2", NONE },
        { "Paragraf", "187 odst. 1", SENSITIVITY_CHILD },
        { "Paragraf", "999", SENSITIVITY_UNCLASSIFIED },
        { "Paragraf", "A", SENSITIVITY_UNCLASSIFIED },
        { "Paragraf", "krádež prostá", NONE },
        { "Paragraf", "", NONE },
        { "Paragraf", "NULL", NONE },
        { "TZ", "187", SENSITIVITY_CHILD },
        { "TZ", "205", NONE },
        { "§", "187", SENSITIVITY_CHILD },
        { "§", "205", NONE },
        { "Kvalifikace", "187/2", SENSITIVITY_CHILD },
        { "Kvalifikace", "§ 205 tr. zák.", NONE },
        { "Стаття КК", "126-1", SENSITIVITY_DOMESTIC },
        { "Стаття КК", "185", NONE },
        { "Стаття", "ст. 185 КК", NONE },
        { "Стаття", "ст. 173-2 КУпАП", SENSITIVITY_DOMESTIC },
        { "Стаття", "178 КУпАП", NONE },
        { "Стаття", "173-2", SENSITIVITY_DOMESTIC },
        { "Кваліфікація", "ч. 2 152", SENSITIVITY_SEXUAL },
        { "Кваліфікація", "ч. 2 185", NONE },
        { "КУпАП", "173-2", SENSITIVITY_DOMESTIC },
        { "Article", "187", SENSITIVITY_CHILD },
        { "Article", "152", SENSITIVITY_SEXUAL },
        { "StGB", "176", SENSITIVITY_CHILD },
        { "StGB", "242", NONE },
        { "IUCR", "0281", SENSITIVITY_UNCLASSIFIED },
        { "Offence code", "17A", SENSITIVITY_UNCLASSIFIED },
        { "Penal code", "261", SENSITIVITY_UNCLASSIFIED },
        { "Zákon", "361/2000", NONE },
        { "Section", "A1", NONE }, // a district, as likely
        { "Beat", "187", NONE },
    };
    struct scope                               sc = test_scope();
    const char                                *dir = test_dir(&sc);
    AUTO(class_memo_closep) struct class_memo *memo = NULL;
    ok_err(&sc, class_memo_open(&sc, &memo), OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct mark_column *m;
        struct text_told          told = { 0 };
        struct arena_mark         before = arena_mark(sc.mem);
        str                       name = str_of(rows[i].column), value = str_of(rows[i].value);
        const struct profile     *p = profile(&sc, dir, "detail", rows[i].column, "");
        size_t                    at = 0;
        ok_err(&sc, mark_columns_read(&sc, p, &m), OK);
        while (at < p->columns.n && !str_eq(p->columns.name[at], name)) at++;
        if (mark_column_is_law(&m[at], p, value))
            ok_err(&sc, class_memo_articles(&sc, p, memo, name, value, &told), OK);
        enum sensitivity is = told.classes ? sensitivity_strictest(told.classes) : NONE;
        ok(is == rows[i].is, "%s: %s: %.*s", rows[i].column, rows[i].value,
           STR(is == NONE ? S("nothing") : sensitivity_word(is)));
        arena_back(sc.mem, before);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

/// Whole imports: which rows are protected, and what is told of them.
static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char     *text, *column, *more;
        sensitivity_set is[3]; // of rows that say Yes, No and nothing
    } files[] = {
        { "detail", "Domestic Incident", "", { 1 << SENSITIVITY_DOMESTIC } },
        { "outcome", "Domestic Incident", "", { 1 << SENSITIVITY_DOMESTIC } },
        { "detail", "Note | Domestic Incident", "", { 1 << SENSITIVITY_DOMESTIC } },
        { "detail", "Paragraf", "", { 1 << SENSITIVITY_UNCLASSIFIED, 1 << SENSITIVITY_UNCLASSIFIED } },
        { "outcome", "Paragraf", "", { 1 << SENSITIVITY_UNCLASSIFIED, 1 << SENSITIVITY_UNCLASSIFIED } },
        { "detail", "Note | Paragraf", "", { 1 << SENSITIVITY_UNCLASSIFIED, 1 << SENSITIVITY_UNCLASSIFIED } },
        { "detail", "public", "", { 0, 1 << SENSITIVITY_DOMESTIC, 1 << SENSITIVITY_DOMESTIC } },
        { "detail", "Relationship", "harmless = Relationship\nharmless-by = A. B.\n", { 0 } },
        { "outcome", "Domestic Incident", "[outcomes]\nYes = cleared | cleared | C | C | C\n", { 0 } },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope                                         sc = test_scope();
        const char                                          *dir = test_dir(&sc), *data;
        struct import_report                                 r;
        struct incident                                      is;
        size_t                                               n = 0, raised = 0;
        AUTO(store_incidents_closep) struct incident_cursor *c = NULL;
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store         *st = import_store(&sc, data, S("Europe/Prague"));
        const struct profile *p = profile(&sc, dir, files[i].text, files[i].column, files[i].more);
        bool                  noted = str_starts(str_of(files[i].column), S("Note | "));
        str                   rows =
            arena_printf(sc.mem,
                         "id,d,k,Note,%s\n1,2024-01-01,A,%s,Yes\n2,2024-01-02,A,%s,No\n3,2024-01-03,A,%s,\n",
                         files[i].column + (noted ? 7 : 0), noted ? "bike" : "", noted ? "bike" : "",
                         noted ? "bike" : "");
        if (!noted)
            p = profile(&sc, dir, files[i].text, files[i].column,
                        arena_printf(sc.mem, "unread = Note\n%s", files[i].more).p);
        ok_err(&sc, import_one(&sc, st, p, write_file(&sc, dir, "1.csv", rows), &r), OK);
        ok_err(&sc, store_incidents_open(&sc, st, &c), OK);
        store_incidents_range(c, 1, INT64_MAX);
        for (; store_incidents_next(c, &is); n++) {
            size_t row = (size_t)(is.from_s / DAY_S - civil_day(2024, 1, 1));
            ok(is.classes == files[i].is[row], "%s, row %zu: classes %#x", files[i].column, row, is.classes);
            raised += is.classes != 0;
        }
        ok_i64(n, 3);
        uint64_t told = r.n_words && r.words[0].raised.n ? r.words[0].raised.word[0].rows : 0;
        ok_i64(told, raised);
        if (told) ok_str(r.words[0].raised.word[0].words, str_of(files[i].column + (noted ? 7 : 0)));
        store_incidents_closep(&c);
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_values),
    cmocka_unit_test(test_laws),
    cmocka_unit_test(test_files),
};
TEST_MAIN(tests)
