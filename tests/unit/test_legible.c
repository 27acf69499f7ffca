// SPDX-License-Identifier: EUPL-1.2
// Letters that are spelled, and letters that are lost: what is read, what counts as damaged, what is left alone, and what an import
// makes of such rows and files.
#include "import.h"

#include "base/clock.h"
#include "import/legible.h"

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *read; // read NULL: it is damaged
    } rows[] = {
        // Left alone.
        { "", "" },
        { "Kdo to byl? Proč?", "Kdo to byl? Proč?" },
        { "what?? Who knows", "what?? Who knows" },
        { "R&B club, 50% off, a=b, C:\\up", "R&B club, 50% off, a=b, C:\\up" },
        { "http://example.org/a?b and www.example.org/?c?d",
          "http://example.org/a?b and www.example.org/?c?d" },
        { "1?2", "1?2" },
        { "Dům č. 5 – „U Anděla“…", "Dům č. 5 – „U Anděla“…" },
        { "CAFÉ™ MÜNCHEN… ÄÖÜ «Ñ» HÄ…", "CAFÉ™ MÜNCHEN… ÄÖÜ «Ñ» HÄ…" },
        { "ĹALIA ĽADOVÁ", "ĹALIA ĽADOVÁ" },
        { "СІРІ АВТО, РІК, УСІ, МАРІЯ, «РІЧ», ТІСЄ", "СІРІ АВТО, РІК, УСІ, МАРІЯ, «РІЧ», ТІСЄ" },
        { "№ 5, вул. С. Бандери", "№ 5, вул. С. Бандери" },
        { "кВт, мВт, мРНК, iPhone, Wi-Fi, VIPзал, GPSтрекер, АльфаBankом, YouTubeе, iPadи, ПриватBank",
          "кВт, мВт, мРНК, iPhone, Wi-Fi, VIPзал, GPSтрекер, АльфаBankом, YouTubeе, iPadи, ПриватBank" },
        { "Cтaття кpaжa вeлocипeдa AA1234BT",
          "Cтaття кpaжa вeлocипeдa AA1234BT" }, // letters typed for others
        { "Záříčí, měšťáčtější, křížů, říší, šíří, číší, váčší, żółć, źdźbło, größere, ÄÖÜ, çığlığı, ķīņiešu",
          "Záříčí, měšťáčtější, křížů, říší, šíří, číší, váčší, żółć, źdźbło, größere, ÄÖÜ, çığlığı, "
          "ķīņiešu" },
        { "5÷10, 3×4 м², 100 м³/год, Toyota®, ШхВ, Ш×В×Г, 20 °C, ст§5, УкрТрансГаз, №5",
          "5÷10, 3×4 м², 100 м³/год, Toyota®, ШхВ, Ш×В×Г, 20 °C, ст§5, УкрТрансГаз, №5" },
        // Spelled.
        { "&#1079;&#x491;&#1074;", "зґв" },
        { "&amp;#1079;", "з" },
        { "zn&aacute;siln&ecaron;n&iacute;", "zna\u0301silne\u030Cni\u0301" },
        { "Stra&szlig;e&nbsp;&#150;&#8211; &#154;", "Straße  – s" },
        { "\\u0437\\u0491\\u0432 \\uD83D", "зґв  " },
        { "%D0%B7%D2%91", "зґ" },
        { "\\xD0\\xB7", "з" },
        { "zn=C3=A1siln=C4=9Bn", "znásilněn" },
        { "rape%20victim", "rape victim" },
        { "\\u{437}\\x{432} \\U00000437", "зв з" },
        { "zn\\303\\241siln", "znásiln" }, // octal
        { "kolo\\012rape=0Agirl", "kolo rape girl" },
        { "a\\101, C:\\200, x=41=42", "a\\101, C:\\200, x=41=42" },
        // What parts words; a letter may be the word's.
        { "kolo\\nznásilnění", "kolo nznásilnění znásilnění" },
        { "kolo\\r\\nrape \\t1", "kolo   nrape rape   1" },
        { "[\"bike\\\\nrape\"]", "[\"bike\\ nrape rape\"]" },
        { "C:\\theft\\rape\\", "C: theft heft rape ape\\" },
        // Lost.
        { "zn\uFFFDsiln\uFFFDn", NULL },
        { "zn?siln?n", NULL },
        { "zn??siln??n", NULL },
        { "???????? ?? ????????", NULL },
        { "znÃ¡silnÄ\xC2\x9B"
          "nÃ\u00AD",
          NULL },
        { "znÃ¡silnÄ›nÃ\u00AD", NULL },
        { "ÄŤlovÄ›k", NULL }, // Windows-1250
        { "loupeĹľ", NULL },
        { "Ð·Ò‘Ð²Ð°Ð»Ñ‚", NULL },
        { "Ð²Ð¸Ð½", NULL },
        { "Р·Т‘РІР°Р»С‚", NULL }, // Windows-1251
        { "СЃРµРєСЃ", NULL },
        { "п╥я┌", NULL },      // KOI8
        { "%E7%E3%E2", NULL }, // bytes of Windows-1251
        { "&zcy;&vcy;", NULL },
        { "&amp;amp;amp;amp;#1079;", NULL },
        // Read in the wrong encoding of one byte.
        { "Znбsilnмnн", NULL }, // windows-1250 as 1251
        { "na Hlavnн tшнdм", NULL },
        { "KRБDEЋ", NULL },
        { "loupeћ", NULL },
        { "ZnАsilnЛnМ", NULL },          // windows-1250 as KOI8-U
        { "чЮЙОЕООС ДПНБЫОШПЗП", NULL }, // KOI8-U as windows-1251
        { "ъ\u00ADЧБМФХЧБООС", NULL },
        { "ЛТБД¦ЦЛБ", NULL },
        { "бВХМЕММЪ ДНЛЮЬМЭНЦН", NULL }, // windows-1251 as KOI8-U
        { "äîěŕříüîăî", NULL },          // windows-1251 as 1250
        { "ęđŕäłćęŕ", NULL },
        { "âĺëîň", NULL },
        { "êðàä³æêà", NULL }, // windows-1251 as 1252
        { "Ç´âàëòóâàííÿ", NULL },
        { "ÎÁÓÉÌØÓÔ×Á", NULL }, // KOI8-U as windows-1252
        { "\u00ADм®Ј®", NULL }, // DOS as windows-1251
        { "k Znбsilnмnн", NULL },
    };
    struct scope sc = test_scope();
    for (size_t i = 0; i < COUNT(rows); i++) {
        str  got;
        bool damaged;
        ok_err(&sc, legible_read(&sc, str_of(rows[i].text), &got, &damaged), OK);
        ok(damaged == !rows[i].read, "\"%s\" is %s", rows[i].text, damaged ? "damaged" : "sound");
        if (rows[i].read) ok_str(got, str_of(rows[i].read));
    }
    test_scope_end(&sc);
}

/// Signs that begin something, side by side: each is looked at once, however many there are. Quadratic, these took minutes.
static void test_long_texts(void **state)
{
    (void)state;
    enum { BYTES = 2 << 20, SECONDS = 20 };
    static const char *const parts[] = { "&",  "&#", "&a",  "a?",   "a?b=",  "?a ", "=41",
                                         "%4", "\\", "\\n", "\\x4", "\\101", "%41", "я?" };
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct scope              sc = test_scope();
        AUTO(buf_free) struct buf b;
        str                       got;
        bool                      damaged;
        int64_t                   began = clock_system.monotonic_ns();
        buf_init(&b, BYTES + 16);
        while (b.n < BYTES) buf_add(&b, str_of(parts[i]));
        ok_err(&sc, legible_read(&sc, buf_str(&b), &got, &damaged), OK);
        int64_t s = (clock_system.monotonic_ns() - began) / 1000000000;
        ok(s < SECONDS, "\"%s\" took %lld s", parts[i], (long long)s);
        test_scope_end(&sc);
    }
}

/// Rows of a file: so many with each text.
static const char *write_rows(struct scope *sc, const char *dir, const char *damaged, int n, int sound)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 16);
    buf_add(&b, S("id,d,k,t\n"));
    for (int i = 0; i < n + sound; i++)
        buf_printf(&b, "%d,2024-01-01,T,%s\n", i, i < n ? damaged : "na ulici");
    return write_file(sc, dir, "1.csv", buf_str(&b));
}

static uint64_t withheld(struct scope *sc, struct store *st)
{
    struct incident_cursor *c;
    struct incident         i;
    uint64_t                n = 0;
    ok_err(sc, store_incidents_open(sc, st, &c), OK);
    while (store_incidents_next(c, &i)) n += i.classes & sensitivity_bit(SENSITIVITY_UNCLASSIFIED);
    ok_err(sc, store_incidents_end(sc, c), OK);
    return n;
}

/// Single rows are withheld and counted; a file of which most are is refused, and the column is named.
static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        int         damaged, sound;
        bool        refused;
    } files[] = {
        { "detail = {t}", "zn?siln?n?", 3, 0, false },
        { "detail = {t}", "zn?siln?n?", 10, 10, false },
        { "detail = {t}", "zn?siln?n?", 11, 10, true },
        { "detail = {t}", "znÃ¡silnÄ›nÃ\u00AD", 12, 0, true },
        { "detail = {t}", "proč?", 12, 0, false },
        { "detail = {t}", "Znбsilnмnн a tэrбnн dнtмte", 12, 0, true },
        { "detail = {t}", "чЮЙОЕООС ДПНБЫОШПЗП", 3, 9, false },
        { "detail = {t}", "Znбsilnмnн a tэrбnн dнtмte", 12, 150,
          true }, // most of those with letters beyond ASCII
        { "detail = {t}", "Znбsilnмnн a tэrбnн dнtмte", 9, 20, false },
        { "detail = {t}", "zn\uFFFDsiln", 12, 300, false },
        { "outcome = {t}", "zn?siln?n?", 3, 9, false },
        { "code = {t} by cz-criminal-code", "§ 205 kr?de? ", 3, 0, false },
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scope          sc = test_scope();
        const char           *dir = test_dir(&sc), *data;
        const struct profile *p;
        struct import_report  r;
        ok_err(&sc, path_join(&sc, dir, "data", &data), OK);
        struct store *st = import_store(&sc, data, S("Europe/Prague"));
        str           text = arena_printf(sc.mem,
                                          "[source]\nkey = town\nname = T\n[identity]\nkind = stable\nkey = "
                                                    "{id}\n[when]\nfrom = {d}\nformat "
                                                    "= %%Y-%%m-%%d\n[what]\ncategory = {k}\ndomestic = none\n%s\n[categories]\nT "
                                                    "= theft | 5 ordinary | "
                                                    "Theft\n",
                                          files[i].what);
        ok_err(&sc, profile_read_file(&sc, write_file(&sc, dir, "p.profile", text), &p), OK);
        const char *path = write_rows(&sc, dir, files[i].text, files[i].damaged, files[i].sound);
        enum err    e = import_one(&sc, st, p, path, &r);
        ok(e == (files[i].refused ? ERR_INVALID : OK), "file %zu: %s", i, e ? sc.fault.text : "taken");
        if (e)
            ok(strstr(sc.fault.text, files[i].sound > 12
                                         ? "rows with texts beyond ASCII have lost letters, as in \"t\""
                                         : "rows with texts have lost letters, as in \"t\""),
               "%s", sc.fault.text);
        bool sound = str_ends(str_of(files[i].text), S("č?"));
        if (!e) {
            check_sums(&r);
            uint64_t lost = sound ? 0 : (uint64_t)files[i].damaged;
            ok_i64(reason_count(r.note, r.n_notes, "letters-lost"), lost);
            if (strstr(files[i].what, "code")) lost += (uint64_t)files[i].sound;
            ok_i64(withheld(&sc, st), lost);
        }
        store_close(st);
        test_dir_end(&sc, dir);
        test_scope_end(&sc);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_texts),
    cmocka_unit_test(test_long_texts),
    cmocka_unit_test(test_files),
};
TEST_MAIN(tests)
