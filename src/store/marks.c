// SPDX-License-Identifier: EUPL-1.2
#include "store/marks.h"

#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

static enum err no_room(struct scope *sc)
{
    return fail(&sc->fault, ERR_NOMEM, "no room for a list of incidents");
}

enum err marks_room(struct scope *sc, int64_t last, struct marks *m)
{
    if (m->of) return OK;
    size_t    n = (size_t)last + 1;
    uint16_t *of = arena_array(sc->mem, uint16_t, n);
    if (!of) return no_room(sc);
    *m = (struct marks){ of, n };
    return OK;
}

// -- reading ------------------------------------------------------------------------------------------------------------

static bool put_mark(struct marks *m, uint64_t id, uint16_t mark)
{
    if (id >= m->n) return false;
    m->of[id] = mark;
    return true;
}

bool marks_read(struct marks *m, uint16_t mark, int64_t block, str ids)
{
    const unsigned char *b = (const unsigned char *)ids.p;
    uint64_t             first = (uint64_t)block * MARKS_BLOCK_IDS;
    bool                 ok = block >= 0 && block <= INT32_MAX && ids.n && ids.n % 2 == 0;
    if (ids.n > MARKS_BLOCK_BYTES) return false;
    if (ids.n < MARKS_BLOCK_BYTES)
        for (size_t i = 0; ok && i < ids.n; i += 2)
            ok = put_mark(m, first + (b[i] | (unsigned)b[i + 1] << 8), mark);
    else
        for (size_t i = 0; ok && i < MARKS_BLOCK_IDS; i++)
            if (b[i >> 3] >> (i & 7) & 1) ok = put_mark(m, first + i, mark);
    return ok;
}

// -- writing ------------------------------------------------------------------------------------------------------------

struct writer {
    marks_put *put;
    void      *to;
    uint32_t   end[MARKS_MOST + 1];    // of the places of each number
    uint16_t   place[MARKS_BLOCK_IDS]; // of the block, by number
};

static enum err write_one(struct writer *w, uint16_t mark, int64_t block, const uint16_t *place, size_t n)
{
    unsigned char bytes[MARKS_BLOCK_BYTES] = { 0 };
    bool          few = 2 * n < sizeof bytes;
    for (size_t i = 0; i < n; i++)
        if (few) bytes[2 * i] = (unsigned char)place[i], bytes[2 * i + 1] = (unsigned char)(place[i] >> 8);
        else bytes[place[i] >> 3] = (unsigned char)(bytes[place[i] >> 3] | 1 << (place[i] & 7));
    return w->put(w->to, mark, block, (str){ (const char *)bytes, few ? 2 * n : sizeof bytes });
}

/// Sorts the places of a block by their numbers, counting.
static enum err write_block(struct writer *w, const uint16_t *of, size_t n, int64_t block)
{
    uint32_t most = 0, from = 0;
    memset(w->end, 0, sizeof w->end);
    for (size_t i = 0; i < n; i++) {
        w->end[of[i]]++;
        if (of[i] > most) most = of[i];
    }
    for (uint32_t mark = 1, at = 0; mark <= most; mark++)
        at += w->end[mark], w->end[mark] = at - w->end[mark];
    for (size_t i = 0; i < n; i++)
        if (of[i]) w->place[w->end[of[i]]++] = (uint16_t)i;
    for (uint32_t mark = 1; mark <= most; from = w->end[mark++])
        if (w->end[mark] > from)
            TRY(write_one(w, (uint16_t)mark, block, w->place + from, w->end[mark] - from));
    return OK;
}

enum err marks_each(struct scope *sc, const struct marks *m, marks_put *put, void *to)
{
    struct writer *w = m->n ? malloc(sizeof *w) : NULL;
    enum err       e = OK;
    if (!m->n) return OK;
    if (!w) return no_room(sc);
    w->put = put;
    w->to = to;
    for (size_t from = 0; !e && from < m->n; from += MARKS_BLOCK_IDS) {
        size_t n = m->n - from < MARKS_BLOCK_IDS ? m->n - from : MARKS_BLOCK_IDS;
        e = write_block(w, m->of + from, n, (int64_t)(from / MARKS_BLOCK_IDS));
    }
    free(w);
    return e;
}
