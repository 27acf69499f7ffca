// SPDX-License-Identifier: EUPL-1.2
// What a person with rights is shown shares nothing with what everybody sees, and what nobody declared is private. The same
// over the wire: tests/web/test_answers.c, audiences.
#include "http/audience.h"

#include "check.h"

enum { ALL = HTTP_POLICE + 1 };

static void private_by_default(void **state)
{
    (void)state;
    struct http_res rs = { 0 };
    char            tag[AUDIENCE_TAG_BYTES] = "left over";
    ok(rs.audience == HTTP_PRIVATE, "what a handler does not declare");
    for (int c = HTTP_NO_STORE; c <= HTTP_FOREVER; c++)
        ok(!strcmp(audience_cache_words(rs.audience, (enum http_cache)c), "no-store"), "is stored nowhere");
    audience_tag(rs.audience, S("a"), tag);
    ok(!tag[0], "has no tag");
    for (int a = 0; a < ALL; a++)
        ok(!audience_may_keep(HTTP_PRIVATE, (enum http_audience)a) &&
               !audience_may_keep((enum http_audience)a, HTTP_PRIVATE),
           "and is not kept, whoever asks");
    ok(!strcmp(audience_cache_words((enum http_audience)99, HTTP_FOREVER), "no-store"),
       "nor is what nobody knows");
    audience_tag((enum http_audience)99, S("a"), tag);
    ok(!tag[0], "which has no tag");
}

static void apart(void **state)
{
    (void)state;
    static const char *const tags[] = { "a", "~police~a", "~partner~a", "police~a", "" };
    for (int a = HTTP_PUBLIC; a < ALL; a++)
        for (int b = HTTP_PUBLIC; b < ALL; b++) {
            ok(audience_may_keep((enum http_audience)a, (enum http_audience)b) == (a == b), "%d for %d", a,
               b);
            for (size_t i = 0; i < COUNT(tags); i++)
                for (size_t k = 0; k < COUNT(tags); k++) {
                    char one[AUDIENCE_TAG_BYTES], two[AUDIENCE_TAG_BYTES];
                    audience_tag((enum http_audience)a, str_of(tags[i]), one);
                    audience_tag((enum http_audience)b, str_of(tags[k]), two);
                    ok(!one[0] || strcmp(one, two) != 0 || (a == b && i == k), "%d \"%s\" and %d \"%s\": %s",
                       a, tags[i], b, tags[k], one);
                }
        }
    for (int a = HTTP_PARTNER; a < ALL; a++)
        for (int c = HTTP_NO_STORE; c <= HTTP_FOREVER; c++)
            ok(!strstr(audience_cache_words((enum http_audience)a, (enum http_cache)c), "public"),
               "never public");
    char tag[AUDIENCE_TAG_BYTES];
    audience_tag(HTTP_PUBLIC, S("0123456789"), tag);
    ok(!strcmp(tag, "0123456789"), "the public tag is the handler's: %s", tag);
    ok(!strcmp(audience_cache_words(HTTP_PUBLIC, HTTP_FOREVER), "public, max-age=31536000, immutable"),
       "for ever");
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(private_by_default), cmocka_unit_test(apart) };
TEST_MAIN(tests)
