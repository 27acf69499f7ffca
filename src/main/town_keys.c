// SPDX-License-Identifier: EUPL-1.2
#include "main/town_keys.h"

#include "base/clock.h"
#include "publish/release.h"

enum err town_keys(struct cli *cli, struct key_ring *out, bool *made)
{
    struct key_list used;
    *made = false;
    enum err e = keys_open(cli->sc, cli->dir, out);
    if (e != ERR_NOTFOUND) return e;
    e = release_keys(cli->sc, cli->dir, &used);
    if (e && e != ERR_NOTFOUND) return e;
    TRY(keys_make(cli->sc, cli->dir, e ? NULL : &used, clock_system.now_s(), out, made));
    if (*made)
        cli_say(cli,
                "Releases are signed from now on. The key is in %s/keys/signing.key: keep a copy of it "
                "elsewhere; "
                "\"hromada keys\" shows what to tell your readers.",
                cli->dir);
    return OK;
}
