// SPDX-License-Identifier: EUPL-1.2
#include "base/sums.h"

#include <stdlib.h>
#include <string.h>

// BLOCKS_MAX: each block may become a mapping of its own in the kernel's list, which is limited to 65,530.
enum { HEAD_BYTES = 24, SUM_BYTES = 8, VERSION = 1, BLOCK_MIN = 64 << 10, BLOCKS_MAX = 16384, LANES = 4 };
#define MAGIC "hromada\x1B"

uint64_t sum_bytes(const void *p, size_t n)
{
    const uint64_t       k = 0x9E3779B97F4A7C15u; // 2^64 divided by the golden ratio
    const unsigned char *at = p;
    uint64_t             lane[LANES] = { n, 1, 2, 3 }, word[LANES] = { 0 };
    for (size_t step = sizeof word; n; at += step, n -= step) {
        if (n < step) {
            step = n;
            memset(word, 0, sizeof word);
        }
        memcpy(word, at, step);
        for (int i = 0; i < LANES; i++) {
            lane[i] = (lane[i] ^ word[i]) * k;
            lane[i] ^= lane[i] >> 32;
        }
    }
    uint64_t all = 0;
    for (int i = 0; i < LANES; i++) {
        all = (all ^ lane[i]) * k;
        all ^= all >> 32;
    }
    return all;
}

static size_t block_for(uint64_t bytes)
{
    size_t block = BLOCK_MIN;
    while (bytes / block >= BLOCKS_MAX) block *= 2;
    return block;
}

static size_t blocks_of(uint64_t bytes, size_t block)
{
    return (size_t)((bytes + block - 1) / block);
}

static void put_u64(struct buf *b, uint64_t v)
{
    buf_add_bytes(b, &v, sizeof v);
}

size_t sums_size(uint64_t bytes)
{
    return HEAD_BYTES + (blocks_of(bytes, block_for(bytes)) + 1) * SUM_BYTES;
}

void sums_add(struct buf *to, const void *file, size_t bytes)
{
    size_t   from = to->n, block = block_for(bytes), n = blocks_of(bytes, block);
    uint32_t head[2] = { VERSION, (uint32_t)block };
    buf_add_bytes(to, MAGIC, sizeof MAGIC - 1);
    buf_add_bytes(to, head, sizeof head);
    put_u64(to, bytes);
    for (size_t i = 0; i < n; i++)
        put_u64(to, sum_bytes((const char *)file + i * block, i + 1 < n ? block : bytes - i * block));
    if (!to->failed) put_u64(to, sum_bytes(to->p + from, to->n - from));
}

enum err sums_read(struct scope *sc, str text, uint64_t bytes, struct sums *out)
{
    size_t   block = block_for(bytes), n = blocks_of(bytes, block), all = sums_size(bytes);
    uint32_t head[2];
    uint64_t of, own;
    if (text.n != all || memcmp(text.p, MAGIC, sizeof MAGIC - 1) != 0)
        return fail(&sc->fault, ERR_CORRUPT, "these are not the sums of a file of %llu bytes",
                    (unsigned long long)bytes);
    memcpy(head, text.p + 8, sizeof head);
    memcpy(&of, text.p + 16, sizeof of);
    memcpy(&own, text.p + all - SUM_BYTES, sizeof own);
    if (head[0] != VERSION || head[1] != block || of != bytes || own != sum_bytes(text.p, all - SUM_BYTES))
        return fail(&sc->fault, ERR_CORRUPT, "the sums are damaged");
    struct sums s = { .sum = malloc(n * SUM_BYTES), .n = n, .block_bytes = block, .bytes = bytes };
    if (!s.sum) return fail(&sc->fault, ERR_NOMEM, "no room for %zu sums", n);
    memcpy(s.sum, text.p + HEAD_BYTES, n * SUM_BYTES);
    *out = s;
    return OK;
}

void sums_free(struct sums *s)
{
    free(s->sum);
    *s = (struct sums){ 0 };
}
