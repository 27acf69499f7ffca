// SPDX-License-Identifier: EUPL-1.2
// The first byte chooses the encoding. Whatever comes in, well-formed UTF-8 comes out.
#include "fuzz.h"

#include "base/shown.h"
#include "wire/json.h"
#include "wire/text.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf         out, json;
    enum text_encoding encoding;
    if (!n) return 0;
    str in = { (const char *)data + 1, n - 1 };
    buf_init(&out, 4 * n + 16);
    bool fine = text_to_utf8(&out, (enum text_encoding)(data[0] % (TEXT_KOI8_U + 1)), in);
    must(!out.failed && out.n <= 3 * in.n);
    must(str_is_utf8(buf_str(&out), NULL));
    if (data[0] % (TEXT_KOI8_U + 1) == TEXT_UTF8)
        must(fine == str_is_utf8(in, NULL) && (!fine || str_eq(in, buf_str(&out))));

    // As a string of JSON it needs no further care inside a script element.
    buf_init(&json, 8 * n + 16);
    json_escape(&json, in);
    must(!json.failed && json.n >= 2 && str_is_utf8(buf_str(&json), NULL));
    for (size_t i = 1; i + 1 < json.n; i++)
        must((unsigned char)json.p[i] >= 0x20 && !strchr("<>&", json.p[i]));
    // Shown so that it can be read again, it is read as it was, and nothing else that is read grows.
    struct buf shown, back;
    buf_init(&shown, 8 * n + 16);
    buf_init(&back, 8 * n + 16);
    shown_add_exact(&shown, in);
    shown_read(&back, buf_str(&shown));
    must(!shown.failed && !back.failed && str_eq(buf_str(&back), in) && str_is_utf8(buf_str(&shown), NULL));
    for (size_t i = 0; i < shown.n; i++) must((unsigned char)shown.p[i] >= 0x20 || shown.p[i] == '\t');
    buf_reset(&back);
    shown_read(&back, in);
    must(!back.failed && back.n <= in.n);
    buf_free(&shown);
    buf_free(&back);
    (void)text_encoding_read(in, &encoding);
    must(!text_seems_utf8(in) || str_is_utf8(in, NULL));
    buf_free(&out);
    buf_free(&json);
    return 0;
}
