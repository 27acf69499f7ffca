// SPDX-License-Identifier: EUPL-1.2
#include "html/asset.h"
#include "html/html.h"

#include "check.h"

static void ok_put(enum html_place where, str given, const char *wanted)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    html_put_str(&b, where, given);
    ok(str_eq(buf_str(&b), str_of(wanted)), "place %d, \"%.*s\": got \"%.*s\", want \"%s\"", (int)where,
       STR(given), STR(buf_str(&b)), wanted);
    buf_free(&b);
}

static void escapes(void **state)
{
    (void)state;
    ok_put(HTML_TEXT, S("Žižkov & їжак"), "Žižkov &amp; їжак");
    ok_put(HTML_TEXT, S("<script>'\"</script>"), "&lt;script&gt;&#39;&quot;&lt;/script&gt;");
    ok_put(HTML_ATTRIBUTE, S("\" onclick=\"x"), "&quot; onclick=&quot;x");
    ok_put(HTML_TEXT, S(""), "");
    ok_put(HTML_TEXT,
           S("a\xff"
             "b"),
           "a\uFFFDb");
    ok_put(HTML_TEXT, S("a\0b"), "a\uFFFDb");
    ok_put(HTML_TEXT, S("\xd0"), "\uFFFD");                     // cut off
    ok_put(HTML_TEXT, S("\xc0\xbc"), "\uFFFD\uFFFD");           // '<' in two bytes, which is no UTF-8
    ok_put(HTML_TEXT, S("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD"); // half of a pair
    ok_put(HTML_TEXT, S("\xf0\x9f\x98\x80<"), "\xf0\x9f\x98\x80&lt;");
}

static void links(void **state)
{
    (void)state;
    static const char *const pass[] = { "/",          "/areas/x?y=1#z",
                                        "?lang=uk",   "#main",
                                        "areas",      "a/b:c",
                                        "?q=a:b",     "HTTPS://x.example",
                                        "http://a/b", "mailto:a@b.example",
                                        "tel:+420",   "" };
    static const char *const refused[] = {
        "javascript:alert(1)", "JaVaScRiPt:x",     "data:text/html,x", "vbscript:x",         " javascript:x",
        "java\nscript:x",      "\x01javascript:x", "https://a b",      "file:///etc/passwd", ":x",
        "/\\evil.example",     "java\tscript:x"
    };
    for (size_t i = 0; i < COUNT(pass); i++) {
        ok(!strpbrk(pass[i], "&<>\"'"), "a row that needs no escape");
        ok_put(HTML_URL, str_of(pass[i]), pass[i]);
    }
    for (size_t i = 0; i < COUNT(refused); i++) ok_put(HTML_URL, str_of(refused[i]), "#");
    ok_put(HTML_URL, S("/?a=1&b=\"2\""), "/?a=1&amp;b=&quot;2&quot;");
    ok_put(HTML_URL_PART, S("a/b?c&d=e f%ї"), "a%2Fb%3Fc%26d%3De%20f%25%D1%97");
    ok_put(HTML_URL_PART, S("azAZ09-._~"), "azAZ09-._~");
}

static void types(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    char         *text = NULL;
    unsigned char small = 7;
    html_put(&b, HTML_TEXT, S("s"));
    html_put(&b, HTML_TEXT, "<c>");
    html_put(&b, HTML_TEXT, text);
    html_put(&b, HTML_TEXT, -12345);
    html_put(&b, HTML_TEXT, small);
    html_put(&b, HTML_TEXT, INT64_MIN);
    html_put(&b, HTML_TEXT, UINT64_MAX);
    ok_str(buf_str(&b), S("s&lt;c&gt;-123457-922337203685477580818446744073709551615"));
    buf_free(&b);
    ok(html_is(S("x")) && html_is("x") && html_is(1) && html_is(true) && html_is(&small) && html_is(-1L),
       "something");
    ok(!html_is(S("")) && !html_is("") && !html_is(text) && !html_is(0) && !html_is(false) &&
           !html_is((void *)NULL),
       "nothing");
}

static str number(struct scope *sc, enum language l, int64_t v)
{
    struct buf b;
    buf_init(&b, 64);
    text_number(&b, l, v);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void texts(void **state)
{
    (void)state;
    struct scope sc = test_scope();
    ok_str(number(&sc, LANG_EN, 0), S("0"));
    ok_str(number(&sc, LANG_EN, 999), S("999"));
    ok_str(number(&sc, LANG_EN, 1000), S("1,000"));
    ok_str(number(&sc, LANG_EN, -1234567), S("\u22121,234,567"));
    ok_str(number(&sc, LANG_CS, 1002003), S("1\u00A0002\u00A0003"));
    ok_str(number(&sc, LANG_UK, INT64_MIN),
           S("\u22129\u00A0223\u00A0372\u00A0036\u00A0854\u00A0775\u00A0808"));

    // The plural rows that gettext's manual and CLDR 44 give for these languages.
    static const struct {
        uint64_t n;
        int      en, cs, uk;
    } forms[] = { { 0, 1, 2, 2 },    { 1, 0, 0, 0 },   { 2, 1, 1, 1 },   { 4, 1, 1, 1 },   { 5, 1, 2, 2 },
                  { 11, 1, 2, 2 },   { 12, 1, 2, 2 },  { 14, 1, 2, 2 },  { 20, 1, 2, 2 },  { 21, 1, 2, 0 },
                  { 22, 1, 2, 1 },   { 25, 1, 2, 2 },  { 101, 1, 2, 0 }, { 111, 1, 2, 2 }, { 112, 1, 2, 2 },
                  { 1001, 1, 2, 0 }, { 1004, 1, 2, 1 } };
    for (size_t i = 0; i < COUNT(forms); i++) {
        ok_i64(text_plural(LANG_EN, forms[i].n), forms[i].en);
        ok_i64(text_plural(LANG_CS, forms[i].n), forms[i].cs);
        ok_i64(text_plural(LANG_UK, forms[i].n), forms[i].uk);
    }
    struct buf b;
    buf_init(&b, 4096);
    text_add(&b, LANG_UK, MSG_MAP_APP_ANNOUNCE, TEXT_ARGS(text_arg_int("n", 1021)));
    ok_str(buf_str(&b), S("1\u00A0021 подія за нинішнім вибором"));
    buf_reset(&b);
    html_put_text(&b, HTML_TEXT, LANG_EN, MSG_MAP_APP_CHANGE_NOTE,
                  TEXT_ARGS(text_arg_int("n", 5), text_arg_cstr("period", "<&>"), text_arg_str("low", S("1")),
                            text_arg_str("high", S("2"))));
    ok(str_has(buf_str(&b), S("&lt;&amp;&gt;")) && !str_has(buf_str(&b), S("{")),
       "arguments are escaped: %.*s", STR(buf_str(&b)));
    buf_free(&b);
    enum msg m;
    ok(text_find(S("map.app.announce"), &m) && m == MSG_MAP_APP_ANNOUNCE, "a message by its id");
    ok(!text_find(S("map.app.announc"), &m) && !text_find(S(""), &m) && !text_find(S("zzz"), &m),
       "none by another");
    test_scope_end(&sc);
}

static void assets(void **state)
{
    (void)state;
    str url = asset_url(ASSET_SITE_CSS);
    ok(str_starts(url, S("/static/site.")), "an address: %.*s", STR(url));
    ok(!asset_find(S("")) && !asset_find(S("site.css")) && !asset_find(S("../site.css")),
       "nothing by a name that is not there");
    const struct asset_file *a = asset_get(ASSET_SITE_CSS);
    if (!a) test_skip("built without the browser side");
    ok(a == asset_find(str_slice(url, 8, url.n)), "found by the name in its address");
    ok(a->bytes.n > 100 && a->gzip.n > 20 && a->gzip.n < a->bytes.n && a->etag.n == 32,
       "with a packed form and a tag");
    ok_str(str_of(a->type), S("text/css; charset=utf-8"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(escapes), cmocka_unit_test(links),  cmocka_unit_test(types),
    cmocka_unit_test(texts),   cmocka_unit_test(assets),
};
TEST_MAIN(tests)
