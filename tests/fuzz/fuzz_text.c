// SPDX-License-Identifier: EUPL-1.2
// The first byte chooses the encoding. Whatever comes in, well-formed UTF-8 comes out.
#include "fuzz.h"

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
    (void)text_encoding_read(in, &encoding);
    buf_free(&out);
    buf_free(&json);
    return 0;
}
