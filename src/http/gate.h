// SPDX-License-Identifier: EUPL-1.2
// What of a request's head is let in. Debian's libmicrohttpd 0.9.75 lets two Content-Length headers through, Content-Length
// beside Transfer-Encoding, blanks before a colon, folded lines and a missing Host: any of them, and a proxy in front may see
// another request than we do. All are refused. So are chunked bodies (411): it takes a LF alone for the end of a chunk's line,
// and shows us no line. Source: RFC 9112. Tests: tests/web/test_gate.c, tests/fuzz/fuzz_http.c.
#pragma once

struct MHD_Connection;
/// The request line, as libmicrohttpd has it in its own buffer: method and version stand there; of the target both the copy
/// and the place.
struct head {
    const char *method, *target, *target_at, *version;
};
/// The status of the refusal, and why in a sentence of ours; or 0.
int gate_check(struct MHD_Connection *conn, const struct head *h, const char **why);
