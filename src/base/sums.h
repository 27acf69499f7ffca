// SPDX-License-Identifier: EUPL-1.2
// Sums of the blocks of a file, in a file of their own, so that a large file can be proved block by block as it is read
// instead of as a whole before: 100 MB cost most of a second of a cold disk, and a first answer needs a tenth of them.
// They find damage, not malice: who can write the one file can write the other. Little-endian:
//     0   8  "hromada" and 0x1B
//     8   4  version, 1
//     12  4  bytes of a block, a power of two and at least 64 KiB; the last block may be shorter
//     16  8  bytes of the file
//     24  8  of each block its sum (sum_bytes)
//     end 8  the sum of all before it
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct sums {
    uint64_t *sum; // [n]; sums_free
    size_t    n, block_bytes;
    uint64_t  bytes;
};
/// Four lanes of multiplication and shift, of which every step can be undone: one word that is altered is always noticed,
/// more of them but for one time in 2^64. About 8 GB a second.
uint64_t sum_bytes(const void *p, size_t n);
/// The sums of a file's bytes, as their own file has them.
void     sums_add(struct buf *to, const void *file, size_t bytes);
/// How many bytes sums_add adds.
size_t   sums_size(uint64_t bytes);
/// Reads them. ERR_CORRUPT: they are damaged, or of a file of another size. ERR_NOMEM.
enum err sums_read(struct scope *sc, str text, uint64_t bytes, struct sums *out);
void     sums_free(struct sums *s); // accepts a zeroed one
