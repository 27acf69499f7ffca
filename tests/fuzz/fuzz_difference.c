// SPDX-License-Identifier: EUPL-1.2
// The file of a report of differences. What is read tells no figure that may not be told, and is written as it was read.
#include "fuzz.h"

#include "analysis/difference.h"

static void check_part(const struct difference *d, enum difference_part p)
{
    const struct told *t = &d->part[p];
    must(told_fine(&t->total, d->least) && told_fine(&t->other, d->least));
    for (size_t i = 0; i < t->n; i++)
        must(t->rows[i].kind < d->n_kinds && told_fine(&t->rows[i].is, d->least));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct scope      sc = { .mem = arena_open((size_t)64 << 20) };
    struct difference d, again;
    struct buf        first, second;
    must(sc.mem);
    must_tell(&sc, difference_read(&sc, (str){ (const char *)data, n }, &d));
    if (!sc.fault.code) {
        buf_init(&first, (size_t)16 << 20);
        buf_init(&second, (size_t)16 << 20);
        must(d.none || d.least >= TOLD_LEAST);
        for (int p = 0; p < DIFFERENCE_PARTS; p++) check_part(&d, (enum difference_part)p);
        difference_write(&first, &d);
        if (first.n <= DIFFERENCE_MAX_BYTES) {
            must(!difference_read(&sc, buf_str(&first), &again));
            difference_write(&second, &again);
            must(str_eq(buf_str(&first), buf_str(&second)));
        }
        buf_free(&first);
        buf_free(&second);
    }
    arena_close(sc.mem);
    return 0;
}
