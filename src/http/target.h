// SPDX-License-Identifier: EUPL-1.2
// The parts of a request that need reading: the target, the lists in headers. Pure functions on slices; each is a fuzz
// target. Sources: RFC 9110 (HTTP), RFC 9112 (HTTP/1.1), RFC 3986 (URI).
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "http/http.h"

/// Is it the value of a Host header, or the authority of an address: a name or an address literal, and a port or none? Empty
/// is. Stricter than RFC 3986, where it tells nothing apart: no user, no comma, no escape.
bool     authority_is_good(str s);
/// The path of a target as it was sent: without scheme, authority, query and fragment. For logs.
str      target_path(str target);
/// Splits a request target into path and query and decodes them into the scope's arena. Origin form ("/a?b") and absolute
/// form ("http://host/a?b") are read. ERR_INVALID: not such a target, a fragment, a malformed escape, not UTF-8, control
/// characters, "." or ".." or empty segments. ERR_LIMIT: more than HTTP_MAX_PARAMS parameters.
enum err target_read(struct scope *sc, str target, struct http_req *rq);
/// Decodes %XX (and '+' as a blank when plus is true). ERR_INVALID as above.
enum err target_decode(struct scope *sc, str s, bool plus, str *out);

enum coding { CODING_GZIP = 1, CODING_ZSTD = 2, CODING_BR = 4 };
/// Of the codings that there are (bits), the one an Accept-Encoding header likes best; of equally liked ones br, then zstd, then
/// gzip. 0: none of them. Quality 0 shuts one out; "*" stands for all that the header does not name.
unsigned accept_encoding(str header, unsigned there);
/// Does an If-None-Match list name this tag? `tag` has no quotes; a listed tag matches with "-gz", "-zs" or "-br" behind it,
/// too (the same representation in that coding). "*" matches all. *listed is the tag as it stands there, without quotes.
bool     etag_matches(str list, str tag, str *listed);
/// A single range of "bytes=": first and last byte of a body of `size` bytes. RANGE_NONE: no range, several, or not understood
/// (the whole body is sent); RANGE_BAD: it lies outside (416).
enum range { RANGE_NONE, RANGE_OK, RANGE_BAD };
enum range range_read(str header, uint64_t size, uint64_t *first, uint64_t *last);
