// SPDX-License-Identifier: EUPL-1.2
#include "http/flow.h"

#include "base/arena.h"
#include <stdlib.h>
#include <zlib.h>

enum {
    PACK_LEVEL = 1, // measured: higher ones cost more time than they save
    GZIP_WINDOW = 15 + 16,
    GZIP_MEMORY = 8,
    BLOCK_BYTES = 64 * 1024,
    PIECE_MAX_BYTES = 8 << 20,
    ARENA_BYTES = 64 << 20,
    MOST_ASKED =
        4, // pieces of the producer for one of ours: packed they are small, and no thread is to be held long
};

struct flow {
    enum err (*more)(struct scope *sc, void *ctx, struct buf *to);
    void (*more_free)(void *ctx);
    void        *ctx;
    struct scope sc;
    struct buf   raw; // made and not packed yet, from `at` on
    size_t       at;
    bool         end, packing, finished; // end: of what the producer makes; finished: of what is sent
    z_stream     z;
};

struct flow *flow_open(struct http_res *rs, bool pack)
{
    struct flow *f = calloc(1, sizeof *f);
    if (f) f->sc.mem = arena_open(ARENA_BYTES);
    if (!f || !f->sc.mem) {
        if (rs->more_free) rs->more_free(rs->more_ctx);
        free(f);
        return NULL;
    }
    f->more = rs->more;
    f->more_free = rs->more_free;
    f->ctx = rs->more_ctx;
    buf_init(&f->raw, PIECE_MAX_BYTES);
    f->packing = pack && deflateInit2(&f->z, PACK_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                                      Z_DEFAULT_STRATEGY) == Z_OK;
    return f;
}

bool flow_packs(const struct flow *f)
{
    return f->packing;
}

void flow_close(struct flow *f)
{
    if (!f) return;
    if (f->more_free) f->more_free(f->ctx);
    if (f->packing) deflateEnd(&f->z);
    buf_free(&f->raw);
    arena_close(f->sc.mem);
    free(f);
}

static enum err ask(struct flow *f, struct buf *to)
{
    size_t before = to->n;
    TRY(f->more(&f->sc, f->ctx, to));
    if (to->failed) return ERR_NOMEM;
    f->end = to->n == before;
    return OK;
}

/// Packs what is there into the room.
static enum err pack(struct flow *f, Bytef *room, size_t *used)
{
    f->z.next_in = (Bytef *)f->raw.p + f->at;
    f->z.avail_in = (uInt)(f->raw.n - f->at);
    f->z.next_out = room + *used;
    f->z.avail_out = (uInt)(BLOCK_BYTES - *used);
    int code = deflate(&f->z, f->end ? Z_FINISH : Z_NO_FLUSH);
    f->at = f->raw.n - f->z.avail_in;
    *used = BLOCK_BYTES - f->z.avail_out;
    f->finished = code == Z_STREAM_END;
    return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR ? OK : ERR_NOMEM;
}

static enum err next_packed(struct flow *f, struct buf *to)
{
    Bytef *room = buf_room(to, BLOCK_BYTES);
    size_t used = 0;
    if (!room) return ERR_NOMEM;
    for (int asked = 0; !f->finished && used < BLOCK_BYTES && (asked < MOST_ASKED || !used);) {
        if (f->at == f->raw.n && !f->end) {
            buf_reset(&f->raw);
            f->at = 0;
            TRY(ask(f, &f->raw));
            asked++;
        }
        TRY(pack(f, room, &used));
    }
    to->n -= BLOCK_BYTES - used;
    return OK;
}

enum err flow_next(struct flow *f, struct buf *to)
{
    if (f->finished || (f->end && !f->packing)) return OK;
    return f->packing ? next_packed(f, to) : ask(f, to);
}
