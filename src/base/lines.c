// SPDX-License-Identifier: EUPL-1.2
#include "base/lines.h"

#include "base/shown.h"

enum err lines_check(struct scope *sc, str text)
{
    size_t   line = 1, began = 0, n;
    uint32_t c;
    for (size_t at = str_starts(text, S("\xEF\xBB\xBF")) ? 3 : 0; at < text.n; at += n) {
        str rest = str_slice(text, at, text.n);
        for (n = 1; n < rest.n && ((unsigned char)rest.p[n] & 0xC0) == 0x80;) n++;
        if (*rest.p == '\n') {
            line++;
            began = at + 1;
        } else if ((unsigned char)*rest.p < ' ' || (unsigned char)*rest.p > '~') {
            size_t hidden = str_starts(rest, S("\r\n")) ? 0 : shown_hidden(rest, &c);
            if (hidden)
                return fail(&sc->fault, ERR_INVALID,
                            "line %zu, byte %zu: the character U+%04X is not allowed here; a line ends with "
                            "LF or CR LF",
                            line, at - began + 1, (unsigned)c);
        }
    }
    return OK;
}
