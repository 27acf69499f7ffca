// SPDX-License-Identifier: EUPL-1.2
#include "check.h"

#include "analysis/counts.h"
#include "web/rows.h"
#include "wire/csv.h"

// Rows as text: fields in [ ], a problem behind as !name@column, and the line the row begins on in front.
static void show_rows(struct scope *sc, str bytes, const struct csv_options *opt, struct buf *to)
{
    static const char *const names[] = { "", "!encoding", "!long", "!open", "!stray" };
    struct stream           *from;
    struct csv              *c;
    struct csv_row           row;
    ok_err(sc, stream_open_bytes(sc, bytes, "table", &from), OK);
    ok_err(sc, csv_open(sc, from, opt, &c), OK);
    while (csv_next(c, &row)) {
        buf_printf(to, "%llu:", (unsigned long long)row.line);
        for (size_t i = 0; i < row.n; i++) buf_printf(to, "[%.*s]", STR(row.field[i]));
        if (row.problem) buf_printf(to, "%s@%zu", names[row.problem], row.column);
        buf_add_c(to, ' ');
    }
    enum err e = csv_end(sc, c);
    if (e) buf_add(to, str_of(err_name(e)));
    if (to->n && to->p[to->n - 1] == ' ') to->n--;
    csv_close(c);
    stream_close(from);
}

struct row_case {
    const char        *name;
    str                input;
    struct csv_options opt;
    const char        *want;
};

static const struct row_case cases[] = {
    { "nothing", S(""), { 0 }, "" },
    { "only line ends", S("\n\r\n\r\r\n"), { 0 }, "" },
    { "plain", S("a,b\nc,d\n"), { 0 }, "1:[a][b] 2:[c][d]" },
    { "no line end at the end", S("a,b\nc,d"), { 0 }, "1:[a][b] 2:[c][d]" },
    { "separator at the very end", S("a,b\nc,"), { 0 }, "1:[a][b] 2:[c][]" },
    { "CRLF", S("a,b\r\nc,d\r\n"), { 0 }, "1:[a][b] 2:[c][d]" },
    { "CR alone", S("a,b\rc,d\re,f"), { 0 }, "1:[a][b] 2:[c][d] 3:[e][f]" },
    { "all line ends in one file", S("a\nb\r\nc\rd"), { 0 }, "1:[a] 2:[b] 3:[c] 4:[d]" },
    { "LF CR is two line ends", S("a\n\rb"), { 0 }, "1:[a] 3:[b]" },
    { "empty lines are passed over and counted", S("a\n\n\nb\r\n\r\nc"), { 0 }, "1:[a] 4:[b] 6:[c]" },
    { "a line of blanks is a row", S("a\n  \nb"), { 0 }, "1:[a] 2:[  ] 3:[b]" },
    { "empty fields", S(",,\n"), { 0 }, "1:[][][]" },
    { "an empty field in quotes is a row", S("\"\"\nb"), { 0 }, "1:[] 2:[b]" },
    { "fields are not trimmed", S(" a , b \n"), { 0 }, "1:[ a ][ b ]" },
    { "different numbers of fields", S("a,b,c\nd\n"), { 0 }, "1:[a][b][c] 2:[d]" },
    { "byte-order mark",
      S("\xEF\xBB\xBF"
        "a,b\n"),
      { 0 },
      "1:[a][b]" },
    { "byte-order mark before a quote", S("\xEF\xBB\xBF\"a,\",b\n"), { 0 }, "1:[a,][b]" },
    { "byte-order mark has the last word",
      S("\xEF\xBB\xBF\xC3\xA9\n"),
      { .encoding = TEXT_LATIN1 },
      "1:[é]" },
    { "a byte-order mark alone", S("\xEF\xBB\xBF"), { 0 }, "" },
    { "separator in quotes", S("\"a,b\",c\n"), { 0 }, "1:[a,b][c]" },
    { "doubled quotes", S("\"say \"\"hi\"\"\",\"\"\"\"\n"), { 0 }, "1:[say \"hi\"][\"]" },
    { "line ends in quotes", S("\"a\nb\",c\nd\n"), { 0 }, "1:[a\nb][c] 3:[d]" },
    { "CRLF in quotes is one line end", S("\"a\r\nb\rc\",d\ne"), { 0 }, "1:[a\r\nb\rc][d] 4:[e]" },
    { "a quote inside an unquoted field is itself", S("5\" pipe,a\"b\"\n"), { 0 }, "1:[5\" pipe][a\"b\"]" },
    { "closing quote at the end of the file", S("\"a\""), { 0 }, "1:[a]" },
    { "semicolon", S("a;b,c\n"), { .separator = ';' }, "1:[a][b,c]" },
    { "tab", S("a\tb\n"), { .separator = '\t' }, "1:[a][b]" },
    { "separator above ASCII",
      S("a\xA7"
        "b\n"),
      { .separator = '\xA7' },
      "1:[a][b]" },
    { "other quote", S("'a,''b',\"c\"\n"), { .quote = '\'' }, "1:[a,'b][\"c\"]" },
    { "no quotes", S("\"a,b\"\n"), { .quote = CSV_NO_QUOTE }, "1:[\"a][b\"]" },
    { "text after a closing quote", S("x,\"a\"b,c\nd,e,f\n"), { 0 }, "1:[x][\"a\"b][c]!stray@2 2:[d][e][f]" },
    { "blank after a closing quote", S("\"a\" ,b\n"), { 0 }, "1:[\"a\" ][b]!stray@1" },
    { "quote never closed costs one line",
      S("a,\"b\nc,d\ne,f\n"),
      { 0 },
      "1:[a][\"b]!open@2 2:[c][d] 3:[e][f]" },
    { "quote closed by the next row's", S("a,\"b\nc,\"d\"\ne\n"), { 0 }, "1:[a][\"b]!open@2 2:[c][d] 3:[e]" },
    { "quote never closed, CRLF", S("a,\"b\r\nc\r\n"), { 0 }, "1:[a][\"b]!open@2 2:[c]" },
    { "a lone quote", S("\""), { 0 }, "1:[\"]!open@1" },
    { "folded field, then open quote", S("\"a\nb\",\"c\nd\n"), { 0 }, "1:[a\nb][\"c]!open@2 3:[d]" },
    { "UTF-8", S("Žižkov,Київ\n"), { 0 }, "1:[Žižkov][Київ]" },
    { "not UTF-8", S("ok,caf\xE9,x\n"), { 0 }, "1:[ok][caf\uFFFD][x]!encoding@2" },
    { "NUL", S("a,b\0c\n"), { 0 }, "1:[a][b\uFFFDc]!encoding@2" },
    { "Windows-1250", S("\x8Ei\x9Ekov\n"), { .encoding = TEXT_WINDOWS_1250 }, "1:[Žižkov]" },
    { "Windows-1251 and doubled quotes",
      S("\"\xAA\"\"\xBF\"\n"),
      { .encoding = TEXT_WINDOWS_1251 },
      "1:[Є\"ї]" },
    { "no such byte in Windows-1252",
      S("\x81,b\n"),
      { .encoding = TEXT_WINDOWS_1252 },
      "1:[\uFFFD][b]!encoding@1" },
    { "first problem is named", S("\"a\"b,\xFF\n"), { 0 }, "1:[\"a\"b][\uFFFD]!stray@1" },
    { "UTF-16 is refused",
      S("\xFF\xFE"
        "a\0"),
      { 0 },
      "unsupported" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scope sc = test_scope();
        struct buf   got;
        buf_init(&got, 1 << 20);
        show_rows(&sc, cases[i].input, &cases[i].opt, &got);
        ok(str_eq(buf_str(&got), str_of(cases[i].want)), "%s: got %.*s, want %s", cases[i].name,
           STR(buf_str(&got)), cases[i].want);
        buf_free(&got);
        test_scope_end(&sc);
    }
}

static void test_refused_options(void **state)
{
    (void)state;
    static const struct csv_options bad[] = {
        { .separator = '"' }, { .separator = '\n' }, { .quote = '\r' }, { .separator = ';', .quote = ';' }
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct scope   sc = test_scope();
        struct stream *from;
        struct csv    *c;
        ok_err(&sc, stream_open_bytes(&sc, S("a"), "x", &from), OK);
        ok_err(&sc, csv_open(&sc, from, &bad[i], &c), ERR_INVALID);
        stream_close(from);
        test_scope_end(&sc);
    }
}

struct opened {
    struct scope   sc;
    struct stream *from;
    struct csv    *c;
};

static struct opened open_rows(str bytes)
{
    struct opened o = { .sc = test_scope() };
    ok_err(&o.sc, stream_open_bytes(&o.sc, bytes, "table", &o.from), OK);
    ok_err(&o.sc, csv_open(&o.sc, o.from, &(struct csv_options){ 0 }, &o.c), OK);
    return o;
}

static void close_rows(struct opened *o)
{
    ok_err(&o->sc, csv_end(&o->sc, o->c), OK);
    csv_close(o->c);
    stream_close(o->from);
    test_scope_end(&o->sc);
}

static void test_raw(void **state)
{
    (void)state;
    struct opened            o = open_rows(S("a,\"b\nc\"\r\nd,\"\xE9\"x\r\n\"e\nf"));
    struct csv_row           row;
    static const char *const want[] = { "a,\"b\nc\"", "d,\"\uFFFD\"x", "\"e", "f" };
    for (size_t i = 0; i < COUNT(want); i++) {
        ok(csv_next(o.c, &row), "row %zu is there", i);
        ok_str(csv_raw(o.c), str_of(want[i]));
    }
    ok(!csv_next(o.c, &row), "the end");
    close_rows(&o);
}

static void add_times(struct buf *b, str s, size_t n)
{
    for (size_t i = 0; i < n; i++) buf_add(b, s);
}

// Walks over both limits: the longest row and the most fields, and one more of each.
static void test_limits(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct buf b;
        buf_init(&b, 8 << 20);
        buf_add(&b, S("first\n"));
        add_times(&b, S("x"), (size_t)(CSV_MAX_ROW_BYTES + over));
        buf_add(&b, S("\r\n"));
        add_times(&b, S(","), (size_t)(CSV_MAX_FIELDS - 1 + over));
        buf_add(&b, S("\n"));
        add_times(&b, S("y"), (size_t)(3 * CSV_MAX_ROW_BYTES));
        buf_add(&b, S("\nlast"));
        struct opened  o = open_rows(buf_str(&b));
        struct csv_row row;
        ok(csv_next(o.c, &row) && row.line == 1, "first row");
        ok(csv_next(o.c, &row) && row.line == 2, "long row");
        ok_i64(row.problem, over ? CSV_TOO_LONG : CSV_FINE);
        ok_i64(csv_raw(o.c).n, CSV_MAX_ROW_BYTES);
        ok(csv_next(o.c, &row) && row.line == 3, "wide row");
        ok_i64(row.problem, over ? CSV_TOO_LONG : CSV_FINE);
        ok_i64(row.n, CSV_MAX_FIELDS);
        ok(csv_next(o.c, &row) && row.line == 4, "very long row");
        ok_i64(row.problem, CSV_TOO_LONG);
        ok(csv_next(o.c, &row) && row.line == 5, "reading goes on");
        ok_str(row.field[0], S("last"));
        ok(!csv_next(o.c, &row), "the end");
        close_rows(&o);
        buf_free(&b);
    }
}

// A quote that is never closed in a large file costs its own line and no other.
static void test_open_quote_in_large_file(void **state)
{
    (void)state;
    enum { ROWS = 300000 };
    struct buf b;
    buf_init(&b, 64 << 20);
    for (int i = 0; i < ROWS; i++) buf_add(&b, i == 1000 ? S("a,\"open\n") : S("a,closed\n"));
    struct opened  o = open_rows(buf_str(&b));
    struct csv_row row;
    size_t         rows = 0, problems = 0;
    while (csv_next(o.c, &row)) {
        if (row.problem) ok_i64(row.line, 1001);
        ok_i64(row.line, ++rows);
        problems += row.problem == CSV_OPEN_QUOTE;
    }
    ok_i64(rows, ROWS);
    ok_i64(problems, 1);
    close_rows(&o);
    buf_free(&b);
}

// Each of these lines opens a quote that the next one closes and opens again: without a bound on scanning
// twice, every line would cost a scan of the longest row (some 90 GB here).
static void test_hostile_quotes_stay_linear(void **state)
{
    (void)state;
    enum { LINES = 400000 };
    struct buf b;
    buf_init(&b, 64 << 20);
    for (int i = 0; i < LINES; i++) buf_add(&b, S("x\",\",\n"));
    struct opened  o = open_rows(buf_str(&b));
    struct csv_row row;
    uint64_t       rows = 0;
    while (csv_next(o.c, &row)) {
        ok_i64(row.problem, CSV_OPEN_QUOTE);
        ok_i64(row.line, ++rows);
    }
    ok_i64(rows, LINES);
    close_rows(&o);
    buf_free(&b);
}

// Rows of every length around the size of one read, so that each kind of byte falls on its edge.
static void test_edges_of_reads(void **state)
{
    (void)state;
    static const str tails[] = { S("\r\n"),   S("\n"), S("\r"), S(",\"q\"\"q\"\n"), S(",\"f\r\nf\"\r\n"),
                                 S(",\"\"\r") };
    for (size_t t = 0; t < COUNT(tails); t++) {
        for (size_t pad = 256 * 1024 - 12; pad <= 256 * 1024 + 2; pad++) {
            struct buf b;
            buf_init(&b, 1 << 20);
            add_times(&b, S("x"), pad);
            buf_add(&b, tails[t]);
            buf_add(&b, S("next,row\n"));
            struct opened  o = open_rows(buf_str(&b));
            struct csv_row row;
            bool           fold = str_has(tails[t], S("f\r\nf"));
            ok(csv_next(o.c, &row) && !row.problem && row.field[0].n == pad, "tail %zu, pad %zu", t, pad);
            ok_i64(row.n, str_starts(tails[t], S(",")) ? 2 : 1);
            if (t == 3) ok_str(row.field[1], S("q\"q"));
            if (fold) ok_str(row.field[1], S("f\r\nf"));
            ok(csv_next(o.c, &row) && row.n == 2, "tail %zu, pad %zu: next row", t, pad);
            ok_i64(row.line, fold ? 3 : 2);
            ok(!csv_next(o.c, &row), "the end");
            close_rows(&o);
            buf_free(&b);
        }
    }
}

// What is written is read back as it was, and no cell begins with what a spreadsheet would run.
static void test_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cell;
    } rows[] = {
        { "", "" },
        { "High Street", "High Street" },
        { "a,b", "\"a,b\"" },
        { "say \"x\"", "\"say \"\"x\"\"\"" },
        { "=1+1", "'=1+1" },
        { "=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
        { "+1+1", "'+1+1" },
        { "-1+1", "'-1+1" },
        { "@SUM(1)", "'@SUM(1)" },
        { "\t=1", "'\t=1" },
        { "\r=1", "\"'\r=1\"" },
        { "\n=1", "\"'\n=1\"" },
        { "  =1", "'  =1" },
        { "\"=1\"", "\"'\"\"=1\"\"\"" },
        { "'=1", "''=1" },
        { " '\" -x", "\"' '\"\" -x\"" },
        { "\u00A0=1", "'\u00A0=1" },
        { "\uFF1D1", "'\uFF1D1" },
        { "\uFF0B1", "'\uFF0B1" },
        { "\uFF0D1", "'\uFF0D1" },
        { "\uFF20A1", "'\uFF20A1" },
        { "-", "'-" },
        { "-12.5", "-12.5" },
        { "+3", "+3" },
        { "-1e-5", "-1e-5" },
        { "-12.5 km", "'-12.5 km" },
        { "12-5", "12-5" },
        { "a=b", "a=b" },
        { "'tis", "'tis" },
        { "'", "'" },
        { "''", "''" },
        { "\xD0\x96", "\xD0\x96" },
    };
    struct scope sc = test_scope();
    struct buf   all;
    buf_init(&all, 1 << 16);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf one;
        buf_init(&one, 1 << 12);
        csv_add(&one, str_of(rows[i].text));
        ok_str(buf_str(&one), str_of(rows[i].cell));
        buf_free(&one);
        if (i) buf_add_c(&all, ',');
        csv_add(&all, str_of(rows[i].text));
    }
    buf_add(&all, S("\r\n"));
    struct stream *from;
    struct csv    *c;
    struct csv_row row;
    ok_err(&sc, stream_open_bytes(&sc, buf_str(&all), "table", &from), OK);
    ok_err(&sc, csv_open(&sc, from, &(struct csv_options){ 0 }, &c), OK);
    ok(csv_next(c, &row) && row.n == COUNT(rows) && !row.problem, "%zu fields", row.n);
    for (size_t i = 0; i < row.n; i++) ok_str(csv_cell(row.field[i]), str_of(rows[i].text));
    csv_close(c);
    stream_close(from);
    buf_free(&all);
    test_scope_end(&sc);
}

// The same of random texts of those characters.
static void test_written_random(void **state)
{
    (void)state;
    static const char letters[] = "=+-@\t\r\n '\"1.,a";
    uint64_t          seed = test_seed();
    for (int i = 0; i < 20000; i++) {
        struct buf b;
        char       text[8], raw[16];
        size_t     n = test_random(&seed) % sizeof text, m = 0;
        for (size_t k = 0; k < n; k++) text[k] = letters[test_random(&seed) % (sizeof letters - 1)];
        buf_init(&b, 64);
        csv_add(&b, (str){ text, n });
        str field = buf_str(&b);
        if (field.n && field.p[0] == '"') field = str_slice(field, 1, field.n - 1);
        for (size_t k = 0; k < field.n; k++) {
            raw[m++] = field.p[k];
            if (field.p[k] == '"') k++;
        }
        ok(!m || !strchr("=@\t\r\n", raw[0]), "begins with a formula: %.*s", (int)n, text);
        ok_str(csv_cell((str){ raw, m }), ((str){ text, n }));
        buf_free(&b);
    }
}

/// For everybody: no reader's program begins a cell with a formula, wherever it begins one, and no terminal obeys it.
static void test_written_for_all(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field;
    } rows[] = {
        { "Theft", "Theft" },
        { "Kr\u00E1de\u017E; jin\u00E9", "Kr\u00E1de\u017E; jin\u00E9" },
        { "=1+1", "'=1+1" },
        { "Theft;=1+1", "Theft;'=1+1" },
        { "a; \"@x;-y;-1", "\"a;' \"\"@x;'-y;-1\"" },
        { "theft\r\n=x", "theft\\u{d}\\u{a}=x" },
        { "a\x1b[31mb\u202Ec", "a\\u{1b}[31mb\\u{202e}c" },
        { ";", ";" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b;
        buf_init(&b, 256);
        csv_add_public(&b, str_of(rows[i].text));
        ok_str(buf_str(&b), str_of(rows[i].field));
        buf_free(&b);
    }
}

// The tables that readers get, where whoever writes names and places has written a formula into each.
static void test_our_tables(void **state)
{
    (void)state;
    const str                     evil = S("=1+1");
    const struct release_category category = { .key = evil, .label = { evil, evil, evil } };
    const struct release_outcome  outcome = { .key = evil, .label = { evil } };
    const struct release_source   source = { .key = evil, .name = evil, .licence = evil };
    const struct release_area     area = { .code = evil };
    const struct release_set      set = { .key = S("s"), .areas = &area, .n = 1 };
    const struct release_info     in = { .categories = &category,
                                         .n_categories = 1,
                                         .outcomes = &outcome,
                                         .n_outcomes = 1,
                                         .sources = &source,
                                         .n_sources = 1,
                                         .sets = &set,
                                         .n_sets = 1,
                                         .places = &evil,
                                         .n_places = 1 };
    const struct release_row      row = { .day = 20000, .precision = PRECISION_DAY };
    const struct count_row        counted = { evil, evil, 1 };
    struct scope                  sc = test_scope();
    struct buf                    b;
    struct stream                *from;
    struct csv                   *c;
    struct csv_row                read;
    size_t                        guarded = 0;
    buf_init(&b, 1 << 16);
    row_csv(&b, &in, LANG_EN, &row);
    counts_csv(&b, &(struct counts){ .rows = &counted, .n = 1 });
    ok_err(&sc, stream_open_bytes(&sc, buf_str(&b), "table", &from), OK);
    ok_err(&sc, csv_open(&sc, from, &(struct csv_options){ 0 }, &c), OK);
    while (csv_next(c, &read))
        for (size_t i = 0; i < read.n; i++) {
            ok(!str_starts(read.field[i], S("=")), "field %zu is a formula", i + 1);
            guarded += str_eq(read.field[i], S("'=1+1"));
        }
    ok_i64(guarded, 10); // the outcome of number 0 has no key
    csv_close(c);
    stream_close(from);
    buf_free(&b);
    test_scope_end(&sc);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_our_tables),
    cmocka_unit_test(test_written),
    cmocka_unit_test(test_written_random),
    cmocka_unit_test(test_written_for_all),
    cmocka_unit_test(test_rows),
    cmocka_unit_test(test_refused_options),
    cmocka_unit_test(test_raw),
    cmocka_unit_test(test_limits),
    cmocka_unit_test(test_open_quote_in_large_file),
    cmocka_unit_test(test_hostile_quotes_stay_linear),
    cmocka_unit_test(test_edges_of_reads),
};
TEST_MAIN(tests)
