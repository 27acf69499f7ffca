// SPDX-License-Identifier: EUPL-1.2
// Every part is unpacked twice, in pieces of different sizes: both times the same comes out.
#include "fuzz.h"

#include "wire/stream.h"

enum { MAX_BYTES = 4 << 20 }; // of a part; more of the same teaches nothing

static enum err sum_part(struct scope *sc, struct stream *s, size_t piece, uint64_t *sum)
{
    static unsigned char bytes[64 * 1024];
    size_t               got = 1;
    *sum = 14695981039346656037u;
    for (size_t n = 0; got && n < MAX_BYTES; n += got) {
        TRY(stream_read(sc, s, bytes, piece, &got));
        must(got <= piece);
        for (size_t i = 0; i < got; i++) *sum = (*sum ^ bytes[i]) * 1099511628211u;
    }
    return OK;
}

static enum err read_parts(struct scope *sc, struct stream *s)
{
    bool     more = true;
    uint64_t first, again, at, size;
    for (int parts = 0; more && parts < 100; parts++) {
        must(str_is_utf8(stream_part_name(s), NULL));
        TRY(sum_part(sc, s, 64 * 1024, &first));
        stream_progress(s, &at, &size);
        must(at <= size);
        TRY(stream_rewind(sc, s));
        TRY(sum_part(sc, s, 4096, &again));
        must(first == again);
        TRY(stream_next_part(sc, s, &more));
    }
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope   sc = { 0 };
    struct stream *s = NULL;
    must_tell(&sc, stream_open_bytes(&sc, (str){ (const char *)data, n }, "fuzz", &s));
    if (!s) return 0;
    must_tell(&sc, read_parts(&sc, s));
    stream_close(s);
    return 0;
}
