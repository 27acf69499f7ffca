// SPDX-License-Identifier: EUPL-1.2
#include "main/own_files.h"

#include "base/arena.h"
#include "base/str.h"
#include <stdlib.h>

// hromada.db itself is no copy and no archive, so those who write refuse to replace it, and say so.
static const char *const own[] = { "hromada.db-wal", "hromada.db-shm", "hromada.db-journal",
                                   "hromada.db.new", "hromada.conf",   "policy.txt",
                                   "lock",           "keys",           "releases",
                                   "restricted" };

static void free_textp(char **s)
{
    free(*s);
}

enum err own_files_spare(struct scope *sc, const char *data_dir, const char *path)
{
    str    whole = str_of(path);
    size_t at = whole.n;
    while (at && whole.p[at - 1] != '/') at--;
    str parent = arena_str(sc->mem, at ? str_slice(whole, 0, at) : S("."));
    if (!parent.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
    AUTO(free_textp) char *town = realpath(data_dir, NULL), *folder = realpath(parent.p, NULL);
    if (!town || !folder || !str_starts(str_of(folder), str_of(town))) return OK; // or writing tells why
    str below = str_slice(str_of(folder), str_of(town).n, SIZE_MAX);
    if (below.n && below.p[0] != '/') return OK; // a folder whose name begins like that of the town's
    str name = below.n ? str_slice(below, 1, below.n) : str_slice(whole, at, whole.n);
    name = str_slice(name, 0, str_find(name, '/'));
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(name, str_of(own[i])))
            return fail(
                &sc->fault, ERR_INVALID,
                "%s is a name that hromada reads in its data folder; name another file. Nothing was written",
                path);
    return OK;
}
