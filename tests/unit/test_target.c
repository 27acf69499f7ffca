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
        { "/a%2Fb/c%2f", "/a\1b/c\1", 0 }, // HTTP_SLASH: of its part
        { "/a%252Fb", "/a%2Fb", 0 },
        { "/a%2F..%2Fb", NULL, 0 },
        { "/a%2F%2Fb", NULL, 0 },
        { "/a%01b", NULL, 0 },
        { "http://host.example/a?b", "/a", 1 },
        { "https://host", "/", 0 },
        { "HTTP://[::1]:80/a", "/a", 0 },
        { "http://host?b=/c", "/", 1 },
        { "http:///a", NULL, 0 },
        { "http://:80/a", NULL, 0 },
        { "http://user@host/a", NULL, 0 },
        { "http://host#/a", NULL, 0 },
        { "/a#b", NULL, 0 },
        { "/a?b#c", NULL, 0 },
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

static void authorities(void **state)
{
    (void)state;
    static const char *const good[] = { "",      "lab",      "a-b.example.", "a_b:80", "127.0.0.1:8080",
                                        "[::1]", "[::1]:80", "lab:" };
    static const char *const bad[] = { "a b", "a,b",   "u@a",    "a/b",    "a:b",  "a:80:80",  "a?", "[::1",
                                       "[]",  "[g::]", "[::1]x", "a[::1]", "a%20", "\xc5\xbe", "[:", "a\tb" };
    for (size_t i = 0; i < COUNT(good); i++) ok(authority_is_good(str_of(good[i])), "\"%s\" is one", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++) ok(!authority_is_good(str_of(bad[i])), "\"%s\" is none", bad[i]);
    static const char *const logged[][2] = { { "/a/b?c=1", "/a/b" },
                                             { "/a%3Fb#c?d", "/a%3Fb" },
                                             { "http://me:secret@10.1.2.3/a?b", "/a" },
                                             { "http://10.1.2.3?b", "" },
                                             { "*", "*" } };
    for (size_t i = 0; i < COUNT(logged); i++)
        ok_str(target_path(str_of(logged[i][0])), str_of(logged[i][1]));
}

static void codings(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        unsigned    there, wanted;
    } rows[] = {
        { "", ~0u, 0 },
        { "gzip", ~0u, CODING_GZIP },
        { "gzip", CODING_BR | CODING_ZSTD, 0 },
        { "X-GZIP", ~0u, CODING_GZIP },
        { "gzip, deflate, br, zstd", ~0u, CODING_BR },
        { "gzip, deflate, br, zstd", CODING_GZIP | CODING_ZSTD, CODING_ZSTD },
        { "br;q=0.3, gzip;q=0.8, zstd;q=0.5", ~0u, CODING_GZIP },
        { "br;q=0.3, gzip;q=0.8, zstd;q=0.5", CODING_BR | CODING_ZSTD, CODING_ZSTD },
        { "br;q=0.001, gzip;q=0", ~0u, CODING_BR },
        { "GZIP;q=0.5, br;q=0", ~0u, CODING_GZIP },
        { "*", ~0u, CODING_BR },
        { "*;q=0.2, gzip", ~0u, CODING_GZIP },
        { "*, br;q=0", ~0u, CODING_ZSTD },
        { "*, gzip;q=0", CODING_GZIP, 0 },
        { "gzip;q=0, *;q=0", ~0u, 0 },
        { "identity", ~0u, 0 },
        { "gzip; q=x", ~0u, 0 },
        { "gzip;q=nan", ~0u, 0 },
        { ",,;,", ~0u, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ok(accept_encoding(str_of(rows[i].header), rows[i].there) == rows[i].wanted, "%s of %u",
           rows[i].header, rows[i].there);
}

static void tags(void **state)
{
    (void)state;
    static const struct {
        const char *list, *listed; // NULL: no match
    } rows[] = {
        { "\"abc\"", "abc" },   { "W/\"abc\"", "abc" }, { "\"x\", \"abc-gz\"", "abc-gz" },
        { "*", "abc" },         { "", NULL },           { "abc", NULL },
        { "\"ab\"", NULL },     { "\"abcd\"", NULL },   { "\"", NULL },
        { "\"abc-xy\"", NULL }, { "\"abc-\"", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        str  listed;
        bool match = etag_matches(str_of(rows[i].list), S("abc"), &listed);
        ok(match == (rows[i].listed != NULL), "%s", rows[i].list);
        if (match) ok_str(listed, str_of(rows[i].listed));
    }
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
        { "Bytes=0-3", 10, RANGE_OK, 0, 3 },
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
    cmocka_unit_test(targets), cmocka_unit_test(authorities), cmocka_unit_test(codings),
    cmocka_unit_test(tags),    cmocka_unit_test(ranges),
};
TEST_MAIN(tests)
