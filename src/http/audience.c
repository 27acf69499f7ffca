// SPDX-License-Identifier: EUPL-1.2
#include "http/audience.h"

#include <stdio.h>

enum { AUDIENCES = HTTP_POLICE + 1, CACHES = HTTP_FOREVER + 1, TAG_MAX = 39 };

static const char *const words[AUDIENCES][CACHES] = {
    [HTTP_PRIVATE] = { "no-store", "no-store", "no-store" },
    [HTTP_PUBLIC] = { "no-store", "no-cache", "public, max-age=31536000, immutable" },
    [HTTP_PARTNER] = { "no-store", "private, no-cache", "private, no-cache" },
    [HTTP_POLICE] = { "no-store", "private, no-cache", "private, no-cache" },
};
// A handler's tag that holds a "~" is dropped, so no tag of one audience can be that of another.
static const char *const marks[AUDIENCES] = {
    [HTTP_PUBLIC] = "", [HTTP_PARTNER] = "~partner~", [HTTP_POLICE] = "~police~"
};

const char *audience_cache_words(enum http_audience a, enum http_cache c)
{
    return (unsigned)a < AUDIENCES && (unsigned)c < CACHES ? words[a][c] : "no-store";
}

void audience_tag(enum http_audience a, str tag, char out[static AUDIENCE_TAG_BYTES])
{
    out[0] = 0;
    if (!tag.n || (unsigned)a >= AUDIENCES || !marks[a] || str_find(tag, '~') < tag.n) return;
    snprintf(out, AUDIENCE_TAG_BYTES, "%s%.*s", marks[a], STR(str_slice(tag, 0, TAG_MAX)));
}

bool audience_may_keep(enum http_audience answered, enum http_audience asked)
{
    return answered != HTTP_PRIVATE && answered == asked;
}
