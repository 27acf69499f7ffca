// SPDX-License-Identifier: EUPL-1.2
#include "main/leftovers.h"

#include "base/arena.h"
#include "base/file.h"
#include "publish/keys.h"
#include "publish/release.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void dir_closep(DIR **d)
{
    if (*d) closedir(*d);
}

static bool is_list(str name)
{
    int64_t run;
    size_t  lead = str_starts(name, S("rejects-")) ? strlen("rejects-")
                   : str_starts(name, S("lift-"))  ? strlen("lift-")
                                                   : 0;
    if (!lead || !str_ends(name, S(".csv.tmp"))) return false;
    return str_to_i64(str_slice(name, lead, name.n - strlen(".csv.tmp")), &run) && run > 0;
}

/// Lists of rejected rows, and of those that would lift protection, that were not finished, whoever writes them.
static enum err find_rejects(struct cli *cli, const char *out[LEFTOVERS_MAX], size_t *n)
{
    AUTO(dir_closep) DIR *d = opendir(cli->dir);
    if (!d) return fail_errno(&cli->sc->fault, "cannot open %s", cli->dir);
    errno = 0;
    for (const struct dirent *e; *n < LEFTOVERS_MAX && (e = readdir(d));) {
        if (is_list(str_of(e->d_name))) TRY(path_join(cli->sc, cli->dir, e->d_name, &out[(*n)++]));
        errno = 0;
    }
    return errno ? fail_errno(&cli->sc->fault, "cannot read %s", cli->dir) : OK;
}

enum err leftovers_remove(struct cli *cli)
{
    const char *path[LEFTOVERS_MAX], *key;
    size_t      n = 0;
    TRY(find_rejects(cli, path, &n));
    for (size_t i = 0; i < n; i++)
        if (unlink(path[i]) && errno != ENOENT)
            return fail_errno(&cli->sc->fault, "cannot remove %s", path[i]);
    return keys_tidy(cli->sc, cli->dir, true, &key);
}

/// A command that has ended meanwhile has renamed its own.
static void add_those_left(struct cli *cli, const char *const *path, size_t found,
                           const char *out[LEFTOVERS_MAX], size_t *n)
{
    if (!found || store_is_written(cli->dir)) return;
    for (size_t i = 0; i < found && *n < LEFTOVERS_MAX; i++)
        if (!access(path[i], F_OK)) out[(*n)++] = path[i];
}

enum err leftovers_find(struct cli *cli, const char *out[LEFTOVERS_MAX], size_t *n)
{
    const char *path[LEFTOVERS_MAX], *key;
    size_t      found = 0;
    *n = 0;
    TRY(keys_tidy(cli->sc, cli->dir, false, &key));
    if (key) out[(*n)++] = key;
    TRY(find_rejects(cli, path, &found));
    add_those_left(cli, path, found, out, n);
    return OK;
}

enum err leftovers_of_publish(struct cli *cli, const char *out[LEFTOVERS_MAX], size_t *n)
{
    const char *path[LEFTOVERS_MAX];
    size_t      found = 0;
    *n = 0;
    TRY(release_halves(cli->sc, cli->dir, false, path, LEFTOVERS_MAX, &found));
    TRY(release_halves(cli->sc, cli->dir, true, path, LEFTOVERS_MAX, &found));
    add_those_left(cli, path, found, out, n);
    return OK;
}
