// SPDX-License-Identifier: EUPL-1.2
#include "main/question.h"

#include "base/arena.h"
#include "publish/release.h"
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum err question_filter(struct scope *sc, const struct release_info *info, const char *const *word, size_t n,
                         struct filter *out)
{
    struct param *p = arena_array(sc->mem, struct param, n + 1);
    if (!p) return fail(&sc->fault, ERR_NOMEM, "no room for the filter");
    for (size_t i = 0; i < n; i++) {
        const char *equals = strchr(word[i], '=');
        if (!equals)
            return fail(&sc->fault, ERR_INVALID, "a filter is written as from=2024-01, not as \"%s\"",
                        word[i]);
        p[i] = (struct param){ { word[i], (size_t)(equals - word[i]) }, str_of(equals + 1) };
    }
    return filter_read(sc, info, p, n, NULL, out, NULL);
}

enum err question_open(struct cli *cli, const char *tier, struct index **out, bool *usage)
{
    struct scope *sc = cli->sc;
    enum tier     t;
    int64_t       number;
    const char   *path;
    *usage = !tier_read(str_of(tier), &t);
    if (*usage)
        return fail(&sc->fault, ERR_INVALID, "there is no tier \"%s\", but public, partner and police", tier);
    enum err e = release_current(sc, cli->dir, &number);
    if (e == ERR_NOTFOUND && access(cli->dir, F_OK))
        return fail(&sc->fault, e,
                    "there is no folder %s: name the town's data folder with -D or HROMADA_DATA", cli->dir);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, e, "nothing is published in %s yet: hromada -D %s publish", cli->dir,
                    cli->dir);
    if (e) return e;
    struct release_fate fate;
    TRY(release_fate(sc, cli->dir, number, &fate));
    if (fate.is == RELEASE_WITHDRAWN)
        return fail(&sc->fault, ERR_GONE,
                    "release %" PRId64 " was withdrawn, and nothing took its place: %.*s", number,
                    STR(str_slice(fate.reason, 0, 200)));
    TRY(release_index_path(sc, cli->dir, number, t, &path));
    e = index_open(sc, path, out);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, e, "release %" PRId64 " has no tier \"%s\": the policy does not name it",
                    number, tier);
    return e;
}
