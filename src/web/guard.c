// SPDX-License-Identifier: EUPL-1.2
#include "web/guard.h"

#include "seal/hash.h"
#include <string.h>
#include <time.h>

enum { TICK_MS = 50 }; // the kernel's is at most 10

static struct guard_mark mark_of(const struct stat *st)
{
    return (struct guard_mark){ (int64_t)st->st_ino, st->st_size,        st->st_mtim.tv_sec,
                                st->st_mtim.tv_nsec, st->st_ctim.tv_sec, st->st_ctim.tv_nsec };
}

static bool is_settled(const struct guard_mark *m)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t ms = (now.tv_sec - m->changed_s) * 1000 + (now.tv_nsec - m->changed_ns) / 1000000;
    return ms > TICK_MS || ms < -TICK_MS; // a time to come: whoever writes gives it that of now
}

static bool same_bytes(const struct guard_mark *a, const struct guard_mark *b)
{
    return a->inode == b->inode && a->bytes == b->bytes && a->written_s == b->written_s &&
           a->written_ns == b->written_ns;
}

static bool same(const struct guard_mark *a, const struct guard_mark *b)
{
    return same_bytes(a, b) && a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static enum err look_at(struct scope *sc, const struct guard *g, struct guard_mark *out)
{
    struct stat st;
    int         fd;
    (void)index_file(g->ix, &fd);
    if (fstat(fd, &st)) return fail_errno(&sc->fault, "cannot look at an open index");
    *out = mark_of(&st);
    return OK;
}

static enum err hash_all(struct scope *sc, const struct index *ix, str *out)
{
    int fd;
    return hash_sha256(sc, index_file(ix, &fd), out);
}

enum err guard_begin(struct scope *sc, struct guard *g, const struct index *ix, const struct stat *before)
{
    str hash = S("");
    if (!index_proves(ix)) TRY(hash_all(sc, ix, &hash));
    *g = (struct guard){ .ix = ix, .seen.mark = mark_of(before) };
    memcpy(g->sha256, hash.p, hash.n);
    g->settled = is_settled(&g->seen.mark);
    pthread_mutex_init(&g->lock, NULL);
    return OK;
}

void guard_end(struct guard *g)
{
    if (g->ix) pthread_mutex_destroy(&g->lock);
    g->ix = NULL;
}

/// All bytes, as they are now. A file of another size is not read at all.
static enum err prove(struct scope *sc, const struct guard *g, const struct guard_mark *is)
{
    int  fd;
    str  hash = S("");
    bool right = is->bytes == (int64_t)index_file(g->ix, &fd).n;
    if (right && index_proves(g->ix)) right = index_proved(g->ix);
    else if (right) {
        TRY(hash_all(sc, g->ix, &hash));
        right = str_eq(hash, str_of(g->sha256));
    }
    if (right && !index_lost(g->ix)) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "its open file was written to and is not what was proved");
}

static enum err look_locked(struct scope *sc, struct guard *g)
{
    struct guard_mark is, then;
    if (g->lost) return fail(&sc->fault, ERR_CORRUPT, "its open file is not what was proved");
    TRY(look_at(sc, g, &is));
    if (g->settled && same(&is, &g->seen.mark)) return OK;
    bool     settled = is_settled(&is);
    enum err e = prove(sc, g, &is);
    g->lost = e == ERR_CORRUPT;
    TRY(e);
    TRY(look_at(sc, g, &then));
    if (!same(&is, &then)) return fail(&sc->fault, ERR_BUSY, "its open file changes at this moment");
    g->seen.written += !same_bytes(&is, &g->seen.mark);
    g->seen.mark = is;
    g->settled = settled;
    return OK;
}

enum err guard_look(struct scope *sc, struct guard *g, struct guard_seen *out)
{
    pthread_mutex_lock(&g->lock);
    enum err e = look_locked(sc, g);
    if (!e) *out = g->seen;
    pthread_mutex_unlock(&g->lock);
    return e;
}

bool guard_is_quiet(struct guard *g)
{
    struct scope      sc = { 0 };
    struct guard_mark is;
    if (pthread_mutex_trylock(&g->lock)) return false;
    bool quiet = !g->lost && !look_at(&sc, g, &is) && same(&is, &g->seen.mark);
    pthread_mutex_unlock(&g->lock);
    return quiet;
}
