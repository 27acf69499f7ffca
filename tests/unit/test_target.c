// SPDX-License-Identifier: EUPL-1.2
#include "http/target.h"

#include "check.h"

static void targets(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path; // path NULL: refused
        size_t      n_params;
    } rows[] = {
        { "/", "/", 0 },
        { "/a/b?x=1&y=%D0%B0+b&", "/a/b", 2 },
        { "/a%20b", "/a b", 0 },
        { "http://host.example/a?b", "/a", 1 },
        { "https://host", "/", 0 },
        { "/a/", "/a/", 0 },
        { "", NULL, 0 },
        { "*", NULL, 0 },
        { "a", NULL, 0 },
        { "//a", NULL, 0 },
        { "/a//b", NULL, 0 },
        { "/a/../b", NULL, 0 },
        { "/%2e%2e/etc", NULL, 0 },
        { "/.", NULL, 0 },
        { "/%", NULL, 0 },
        { "/%4", NULL, 0 },
        { "/%zz", NULL, 0 },
        { "/%00", NULL, 0 },
        { "/a%0Ab", NULL, 0 },
        { "/%ff", NULL, 0 },
        { "/?a=%ff", NULL, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scope    sc = test_scope();
        struct http_req rq = { 0 };
        enum err        e = target_read(&sc, str_of(rows[i].target), &rq);
        ok((e == OK) == (rows[i].path != NULL), "%s: %s", rows[i].target, sc.fault.text);
        if (!e) ok_str(rq.path, str_of(rows[i].path));
        if (!e) ok_i64(rq.n_params, rows[i].n_params);
        test_scope_end(&sc);
    }
    struct scope    sc = test_scope();
    struct http_req rq = { 0 };
    ok_err(&sc, target_read(&sc, S("/p?a=%D1%97+1&b&=c"), &rq), OK);
    ok_str(rq.param[0].value, S("ї 1"));
    ok(rq.param[1].value.n == 0 && rq.param[2].name.n == 0, "empty parts are empty");
    AUTO(buf_free) struct buf many;
    buf_init(&many, 4096);
    buf_add(&many, S("/?a"));
    for (int i = 1; i < HTTP_MAX_PARAMS; i++) buf_add(&many, S("&a"));
    ok_err(&sc, target_read(&sc, buf_str(&many), &rq), OK);
    buf_add(&many, S("&a"));
    ok_err(&sc, target_read(&sc, buf_str(&many), &rq), ERR_LIMIT);
    test_scope_end(&sc);
}

static void codings(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        unsigned    wanted;
    } rows[] = {
        { "", 0 },
        { "gzip", CODING_GZIP },
        { "gzip, deflate, br, zstd", CODING_GZIP | CODING_BR | CODING_ZSTD },
        { "GZIP;q=0.5, br;q=0", CODING_GZIP },
        { "*", CODING_GZIP | CODING_BR | CODING_ZSTD },
        { "*, gzip;q=0", CODING_BR | CODING_ZSTD },
        { "gzip;q=0, *;q=0", 0 },
        { "identity", 0 },
        { "gzip; q=x", 0 },
        { ",,;,", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(accept_encoding(str_of(rows[i].header)) == rows[i].wanted, "%s", rows[i].header);
}

static void tags(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool        matches;
    } rows[] = {
        { "\"abc\"", true }, { "W/\"abc\"", true }, { "\"x\", \"abc-gz\"", true },
        { "*", true },       { "", false },         { "abc", false },
        { "\"ab\"", false }, { "\"abcd\"", false }, { "\"", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(etag_matches(str_of(rows[i].list), S("abc")) == rows[i].matches, "%s", rows[i].list);
}

static void ranges(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint64_t    size;
        enum range  wanted;
        uint64_t    first, last;
    } rows[] = {
        { "", 10, RANGE_NONE, 0, 0 },
        { "bytes=0-3", 10, RANGE_OK, 0, 3 },
        { "bytes=9-", 10, RANGE_OK, 9, 9 },
        { "bytes=0-99", 10, RANGE_OK, 0, 9 },
        { "bytes=-4", 10, RANGE_OK, 6, 9 },
        { "bytes=-40", 10, RANGE_OK, 0, 9 },
        { "bytes=10-", 10, RANGE_BAD, 0, 0 },
        { "bytes=-0", 10, RANGE_BAD, 0, 0 },
        { "bytes=0-", 0, RANGE_BAD, 0, 0 },
        { "bytes=3-1", 10, RANGE_NONE, 0, 0 },
        { "bytes=1-2,4-5", 10, RANGE_NONE, 0, 0 },
        { "lines=1-2", 10, RANGE_NONE, 0, 0 },
        { "bytes=a-b", 10, RANGE_NONE, 0, 0 },
        { "bytes=99999999999999999999-", 10, RANGE_NONE, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t first = 0, last = 0;
        ok(range_read(str_of(rows[i].header), rows[i].size, &first, &last) == rows[i].wanted, "%s",
           rows[i].header);
        ok(first == rows[i].first && last == rows[i].last, "%s gives %llu-%llu", rows[i].header,
           (unsigned long long)first, (unsigned long long)last);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(targets),
    cmocka_unit_test(codings),
    cmocka_unit_test(tags),
    cmocka_unit_test(ranges),
};
TEST_MAIN(tests)
