// SPDX-License-Identifier: EUPL-1.2
#include "web/guard.h"

#include "seal/hash.h"
#include <string.h>
#include <unistd.h>

enum { MOST_TRIES = 8 }; // while it is touched again and again

static enum err look_at(struct scope *sc, const struct guard *g, struct file_mark *out)
{
    int fd;
    (void)index_file(g->ix, &fd);
    return file_mark_open(fd, out) ? OK : fail_errno(&sc->fault, "cannot look at an open index");
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
    *g = (struct guard){ .ix = ix, .seen.mark = file_mark_of(before) };
    memcpy(g->sha256, hash.p, hash.n);
    pthread_mutex_init(&g->lock, NULL);
    return OK;
}

void guard_end(struct guard *g)
{
    if (g->ix) pthread_mutex_destroy(&g->lock);
    g->ix = NULL;
}

/// All bytes, as they are now. A file of another size is not read at all.
static enum err prove(struct scope *sc, const struct guard *g, const struct file_mark *is)
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
    if (g->lost) return fail(&sc->fault, ERR_CORRUPT, "its open file is not what was proved");
    for (int i = 0; i < MOST_TRIES; i++) {
        struct file_mark is, then;
        TRY(look_at(sc, g, &is));
        if (file_mark_holds(&g->seen.mark, &is)) return OK;
        if (!is.settled) { // what is written before the tick is over shows in no mark
            usleep((MARK_TICK_MS + 2) * 1000);
            continue;
        }
        enum err e = prove(sc, g, &is);
        g->lost = e == ERR_CORRUPT;
        TRY(e);
        TRY(look_at(sc, g, &then));
        if (!file_mark_same(&is, &then)) continue;
        g->seen.written += !file_mark_same_bytes(&is, &g->seen.mark);
        g->seen.mark = is;
        return OK;
    }
    return fail(&sc->fault, ERR_BUSY, "its open file changes at this moment");
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
    struct scope     sc = { 0 };
    struct file_mark is;
    if (pthread_mutex_trylock(&g->lock)) return false;
    bool quiet = !g->lost && !look_at(&sc, g, &is) && file_mark_same(&is, &g->seen.mark);
    pthread_mutex_unlock(&g->lock);
    return quiet;
}
