// SPDX-License-Identifier: EUPL-1.2
// The head of a request, judged and read from its raw bytes. A strict subset of RFC 9112: what two programs could read in two
// ways (a proxy in front, and we) is refused, so that nobody can hide a request behind another one. Lines end in CRLF; no CR,
// LF, NUL or other control character stands anywhere else; no folded lines; no blank before a colon; one Host; one
// Content-Length; no Transfer-Encoding. One CRLF in front of a request is passed over (RFC 9112, 2.2).
// A pure function: no memory, no state. Tests: tests/unit/test_head.c, tests/web/test_gate.c, tests/fuzz/fuzz_http.c.
#pragma once
#include "base/str.h"
#include "http/http.h"

enum {
    HEAD_MAX_FIELDS = 100,
    HEAD_MAX_METHOD_BYTES = 32,
    // Request line, header lines, and the empty lines in front and behind.
    HEAD_MAX_BYTES = HEAD_MAX_METHOD_BYTES + HTTP_MAX_TARGET_BYTES + HTTP_MAX_HEADER_BYTES + 32,
    HEAD_OK = 0,
    HEAD_MORE = -1,
};

struct head { // slices of the bytes that were read
    str               method, target;
    enum http_method  kind;                   // HEAD is HTTP_HEAD here
    bool              eleven, close, expects; // HTTP/1.1; "Connection: close"; "Expect: 100-continue"
    uint64_t          length;                 // Content-Length; 0 without
    size_t            bytes;                  // with all empty lines: here begins the body
    size_t            n_fields;
    struct http_param field[HEAD_MAX_FIELDS]; // names as sent, values without blanks around
};

/// HEAD_OK: the head is whole. HEAD_MORE: good so far, more must come. Otherwise the status of the refusal, and *why is a
/// sentence of ours; kind, method and target are filled in as far as they were read. Time: linear in n.
int head_read(str bytes, struct head *out, const char **why);
/// The value of the first field of that name; p is NULL when there is none.
str head_field(const struct head *h, const char *name);
