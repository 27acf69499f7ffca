// SPDX-License-Identifier: EUPL-1.2
// Who an answer is for decides where it may stay. Nothing that a person with rights is shown shares a cache entry, a tag or a
// `public` directive with what everybody sees. Pure functions. Tests: tests/unit/test_audience.c.
#pragma once
#include "http/http.h"

enum { AUDIENCE_TAG_BYTES = 64 };
/// The value of Cache-Control. HTTP_PRIVATE is never stored, whatever the handler says.
const char *audience_cache_words(enum http_audience a, enum http_cache c);
/// The tag of a representation, made of the handler's: another one for each audience. Empty for HTTP_PRIVATE, which can so
/// never be answered with "you have it already".
void        audience_tag(enum http_audience a, str tag, char out[static AUDIENCE_TAG_BYTES]);
/// May an answer for these be kept for the next of those who were asked about?
bool        audience_may_keep(enum http_audience answered, enum http_audience asked);
