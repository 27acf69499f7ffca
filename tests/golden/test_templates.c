// SPDX-License-Identifier: EUPL-1.2
// The template compiler: what templates of every feature write, and what it refuses, with line and column.
#include "check.h"

#include "base/file.h"
#include "base/lang.h"
#include "html/text.h"
#include "templates.h"
#include "templates/views.h"
#include <stdlib.h>
#include <sys/wait.h>

static str render(struct scope *sc, enum language l, const struct sample_view *v)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    tpl_sample(&b, l, v);
    ok_err(sc, buf_end(sc, &b), OK);
    str s = arena_str(sc->mem, buf_str(&b));
    buf_free(&b);
    return s;
}

static void output(void **state)
{
    (void)state;
    struct scope            sc = test_scope();
    const struct badge_view badges[] = { { S("x") }, { S("y") } };
    const struct row_view   rows[] = {
          { .label = "first",
            .url = S("/1"),
            .n = 1,
            .on = true,
            .badge = { S("one") },
            .badges = badges,
            .n_badges = 2 },
          { .label = "second", .url = S("javascript:alert(1)"), .n = 2, .badge = { S("two") } },
    };
    const str                words[] = { S("a"), S("<b>") };
    const struct sample_view v = { .title = S("T & T"),
                                   .link = S("https://example.org/?a=1&b=2"),
                                   .evil = S("<&>\"'javascript:x"),
                                   .key = "k'1",
                                   .less = -5,
                                   .more = UINT64_MAX,
                                   .yes = true,
                                   .rows = rows,
                                   .n_rows = COUNT(rows),
                                   .words = words,
                                   .n_words = COUNT(words),
                                   .badge = { S("B<1>") } };
    str                      wanted, got = render(&sc, LANG_EN, &v), line, want;
    const char *path = arena_printf(sc.mem, "%s/tests/golden/sample.txt", getenv("HROMADA_SOURCE")).p;
    ok_err(&sc, file_read(&sc, path, 1 << 20, &wanted), OK);
    for (int n = 1; str_cut(&wanted, '\n', &want) && wanted.p; n++) {
        ok(str_cut(&got, '\n', &line), "line %d is there", n);
        ok(str_eq(line, want), "line %d: got \"%.*s\", want \"%.*s\"", n, STR(line), STR(want));
    }
    ok(str_starts(got, S("<p>9,223,372,036,854,775,807 ")), "numbers in messages are grouped: %.*s",
       STR(got));
    ok(str_ends(got, S("</p>\n</section>")), "and nothing behind the end: %.*s", STR(got));
    const struct sample_view empty = { .more = 3 };
    ok(str_has(render(&sc, LANG_EN, &empty), S("<li>nothing</li>")), "the {{else}} of an empty list");
    test_scope_end(&sc);
}

/// Runs the compiler on one template (and a part for it); its complaint, or empty.
static str compile(struct scope *sc, const char *dir, const char *text)
{
    struct buf b;
    FILE      *f = fopen(arena_printf(sc->mem, "%s/page.html", dir).p, "we");
    fputs(text, f);
    fclose(f);
    f = fopen(arena_printf(sc->mem, "%s/part.html", dir).p, "we");
    fputs("<b>{{v.x}}</b>", f);
    fclose(f);
    str command =
        arena_printf(sc->mem,
                     "cd '%s' && '%s/tools/pack_html' o.h o.c messages assets page.html part.html 2>&1", dir,
                     getenv("HROMADA_BUILD"));
    FILE *p = popen(command.p, "re");
    buf_init(&b, 1 << 16);
    for (int c; (c = fgetc(p)) != EOF;) buf_add_c(&b, (char)c);
    int status = pclose(p);
    str said = arena_str(sc->mem, str_trim(buf_str(&b)));
    buf_free(&b);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == (said.n ? 1 : 0), "%s: status %d, \"%.*s\"", text, status,
       STR(said));
    return said;
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said; // NULL: it is fine
    } rows[] = {
        { "<p>{{v.x}}</p>", NULL },
        { "<p>{{v.x.y}} {{# anything <at> \"all }}</p>", NULL },
        { "<input{{if v.x}} checked{{end}}>", NULL },
        { "<p class=\"a{{if v.x}} b{{end}}\"></p>", NULL },
        { "{{t \"plain\"}}{{t \"two\" a=v.x v.b}}{{t \"many\" v.n}}", NULL },
        { "<img src=\"{{asset \"map.js\"}}\" alt=\"\">", NULL },
        { "<script src=\"{{v.x}}\"></script>", NULL },

        { "<p>{{v.x}</p>", "page.html:1:4: {{ without }}" },
        { "\n  <p>{{}}</p>", "page.html:2:6: nothing stands" },
        { "{{x.y}}", "page.html:1:1: \"x.y\": fields begin with v" },
        { "{{v.x v.y}}", "\"v.y\" is too much" },
        { "{{v..x}}", "is not a field" },
        { "{{v.1x}}", "is not a field" },
        { "{{v.x()}}", "is not a field" },
        { "{{v.x;}}", "is not a field" },
        { "<p {{v.x}}></p>", "page.html:1:4: a value goes into text or into a quoted attribute" },
        { "<p {{v.x}}=\"\"></p>", "a value goes into" },
        { "<p class={{v.x}}></p>", "put quotes around" },
        { "<p class=x></p>", "put the value of class in quotes" },
        { "<{{v.x}}>", "a value goes into" },
        { "<h{{v.x}}></h1>", "a value goes into" },
        { "<p class=\"{{v.x}}\"{{v.x}}></p>", "a value goes into" },
        { "<!doctype {{v.x}}>", "a value goes into" },
        { "<script>{{v.x}}</script>", "values do not go into scripts" },
        { "<script>let a;</script>", "scripts inside the page" },
        { "<script type=\"application/json\">{{v.x}}</script>", "values do not go into scripts" },
        { "<style>p{}</style>", "<style> is not used here" },
        { "<base href=\"/\">", "<base> is not used here" },
        { "<p style=\"color:{{v.x}}\"></p>", "inline styles are blocked" },
        { "<p STYLE=\"\"></p>", "inline styles are blocked" },
        { "<p onclick=\"{{v.x}}\"></p>", "scripts in attributes are blocked" },
        { "<iframe srcdoc=\"\"></iframe>", "srcdoc" },
        { "<img srcset=\"{{v.x}}\">", "values do not go into srcset" },
        { "<meta http-equiv=\"{{v.x}}\">", "values do not go into http-equiv" },
        { "<!-- {{v.x}} -->", "write comments as {{#" },
        { "<a href=\"{{t \"plain\"}}\"></a>", "a message is not a link" },
        { "{{t \"nothing\"}}", "no message \"nothing\"" },
        { "{{t \"two\" a=v.x}}", "wants its argument {b}" },
        { "{{t \"plain\" a=v.x}}", "has no argument {a}" },
        { "{{t \"two\" a=v.x a=v.y b=v.z}}", "given twice" },
        { "{{t \"many\"}}", "wants its argument {n}" },
        { "{{t \"two\" a=x b=v.y}}", "\"x\": fields begin with v" },
        { "{{t \"plain}}", "a quote is missing" },
        { "{{asset \"none.js\"}}", "no \"none.js\" in the list of assets" },
        { "<p>", "page.html:1:1: <p> is not closed" },
        { "</p>", "</p> closes what is not open" },
        { "<p><b></p></b>", "page.html:1:10: </p> does not close <b>" },
        { "<br></br>", "<br> has no end tag" },
        { "<div/>", "<div/> is not closed" },
        { "a < b", "want a tag behind <" },
        { "<p class=\"a", "ends inside a tag" },
        { "<p class=\"a\"b></p>", "want a blank behind the attribute" },
        { "<p title=\"<b>\"></p>", "write &lt; inside an attribute" },
        { "{{if v.x}}", "page.html:1:1: this block has no {{end}}" },
        { "{{end}}", "{{end}} without" },
        { "{{else}}", "{{else}} without" },
        { "{{if v.x}}{{else}}{{else}}{{end}}", "a second {{else}}" },
        { "{{if}}{{end}}", "want a field" },
        { "{{if v.x v.y}}{{end}}", "\"v.y\" is too much" },
        { "{{if v.x}}<p>{{end}}", "leaves the HTML in another place" },
        { "{{if v.x}}<p>{{else}}<b>{{end}}x</p>", "leaves the HTML in another place" },
        { "{{if v.x}}<p>{{else if v.y}}<b>{{end}}x</p>", "leaves the HTML in another place" },
        { "<p class=\"{{if v.x}}\"{{end}}></p>", "leaves the HTML in another place" },
        { "{{for a in v.l}}<p>{{end}}", "leaves the HTML in another place" },
        { "{{for a in v.l}}{{else}}<p>{{end}}", "leaves the HTML in another place" },
        { "{{for v in v.l}}{{end}}", "\"v\" is in use already" },
        { "{{for a in v.l}}{{for a in v.l}}{{end}}{{end}}", "\"a\" is in use already" },
        { "{{for a of v.l}}{{end}}", "want {{for name in v.list}}" },
        { "{{for a in v}}{{end}}", "want a list that is a field" },
        { "{{for a in v.l}}{{end}}{{a.x}}", "fields begin with v" },
        { "{{for a in v.l}}{{else}}{{a.x}}{{end}}", "fields begin with v" },
        { "<{{if v.x}}p{{end}}>", "a block does not begin or end inside" },
        { "<p class={{if v.x}}\"a\"{{end}}></p>", "a block does not begin or end inside" },
        { "{{> none v.x}}", "no template \"none\"" },
        { "{{> page v}}", "\"page\" uses itself" },
        { "<p {{> part v.x}}></p>", "between tags only" },
        { "{{> part}}", "want a field" },
        { "\xff", "is not UTF-8" },
    };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    ok_err(&sc,
           file_replace(&sc, arena_printf(sc.mem, "%s/messages", dir).p,
                        S("many plural n\nplain one\ntwo one a b\n")),
           OK);
    ok_err(&sc, file_replace(&sc, arena_printf(sc.mem, "%s/assets", dir).p, S("# files\nmap.js\n")), OK);
    int wrong = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        str said = compile(&sc, dir, rows[i].text);
        if (rows[i].said ? str_has(said, str_of(rows[i].said)) : !said.n) continue;
        print_error("%s\n  got  %.*s\n  want %s\n", rows[i].text, STR(said),
                    rows[i].said ? rows[i].said : "(nothing)");
        wrong++;
    }
    ok(!wrong, "%d templates", wrong);
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static void catalogues(void **state)
{
    (void)state;
    static const char en[] = "msgid \"a\"\nmsgstr \"A {x}\"\n\nmsgid \"b\"\nmsgid_plural \"b\"\nmsgstr[0] "
                             "\"one\"\nmsgstr[1] \"{n}\"\n";
    static const char cs[] =
        "msgid \"a\"\nmsgstr \"{x} A\"\nmsgid \"b\"\nmsgid_plural \"b\"\nmsgstr[0] \"1\"\n"
        "msgstr[1] \"{n}\"\nmsgstr[2] \"{n}\"\n";
    static const struct {
        const char *en, *cs, *said;
    } rows[] = {
        { en, cs, NULL },
        { en, "", "\"a\" is missing in Czech" },
        { "", cs, "is missing in English" },
        { en, "msgid \"a\"\nmsgstr \"A\"\n", "{x} is missing in Czech" },
        { "msgid \"a\"\nmsgstr \"A\"\n", "msgid \"a\"\nmsgstr \"A {y}\"\n", "{y} does not stand in English" },
        { "msgid \"a\"\nmsgstr \"A\"\n",
          "msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"1\"\nmsgstr[1] \"2\"\nmsgstr[2] \"3\"\n",
          "plural forms in one language" },
        { "msgid \"a\"\nmsgstr \"\"\n", "", "and none empty" },
        { "msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"\n", "",
          "m.en.po:3: \"a\" stands at m.en.po:1 already" },
        { "#, fuzzy\nmsgid \"a\"\nmsgstr \"x\"\n", "", "marked fuzzy" },
        { "msgid \"a\"\nmsgstr \"{x\"\n", "", "a { without its }" },
        { "msgid \"a\"\nmsgstr \"x}\"\n", "", "a } without its {" },
        { "msgid \"a\"\nmsgstr \"{X}\"\n", "", "only a-z, 0-9 and _" },
        { "msgid \"a b\"\nmsgstr \"x\"\n", "", "m.en.po:1: message id" },
        { "msgid \"a\"\nmsgstr \"x\\q\"\n", "", "m.en.po:2: unknown escape" },
        { "msgid \"a\"\nmsgstr \"x\n", "", "want a text in quotes" },
        { "what\n", "", "m.en.po:1: not a line of a .po file" },
        { "msgstr \"x\"\n", "", "wants its msgid in front" },
        { "msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"x\"\n", "", "wants 2 forms" },
        { "msgid \"a\"\n", "", "has no msgstr" },
    };
    struct scope sc = test_scope();
    const char  *dir = test_dir(&sc);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf  b;
        const char *text[] = { rows[i].en, rows[i].cs, rows[i].cs },
                   *name[] = { "m.en.po", "m.cs.po", "m.uk.po" };
        for (size_t k = 0; k < COUNT(text); k++)
            ok_err(&sc, file_replace(&sc, arena_printf(sc.mem, "%s/%s", dir, name[k]).p, str_of(text[k])),
                   OK);
        str command =
            arena_printf(sc.mem, "cd '%s' && '%s/tools/pack_text' o.h o.c o.txt m.en.po m.cs.po m.uk.po 2>&1",
                         dir, getenv("HROMADA_BUILD"));
        FILE *p = popen(command.p, "re");
        buf_init(&b, 1 << 16);
        for (int c; (c = fgetc(p)) != EOF;) buf_add_c(&b, (char)c);
        int status = pclose(p);
        str said = buf_str(&b);
        ok(rows[i].said ? str_has(said, str_of(rows[i].said)) && WEXITSTATUS(status) == 1
                        : !said.n && !status,
           "row %zu: status %d, got \"%.*s\", want \"%s\"", i, status, STR(said),
           rows[i].said ? rows[i].said : "");
        buf_free(&b);
    }
    test_dir_end(&sc, dir);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(output),
    cmocka_unit_test(refusals),
    cmocka_unit_test(catalogues),
};
TEST_MAIN(tests)
