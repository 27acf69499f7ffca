// SPDX-License-Identifier: EUPL-1.2
#include "main/town_keys.h"

#include "base/buf.h"
#include "base/civil.h"
#include "base/clock.h"
#include "main/bounds.h"
#include "publish/release.h"
#include "store/store.h"

// -- whether a key may be made -----------------------------------------------------------------------------------------

/// The disk alone would not do: a backup brings back the database without releases, a withdrawal leaves no key.
static enum err was_signed(struct cli *cli, struct store *st, bool *out)
{
    const struct release_record *record;
    int64_t                     *on_disk;
    size_t                       n, n_disk;
    *out = false;
    TRY(store_releases(cli->sc, st, &record, &n));
    TRY(release_list(cli->sc, cli->dir, &on_disk, &n_disk));
    for (size_t i = 0; i < n && !*out; i++)
        TRY(release_may_be_signed(cli->sc, cli->dir, record[i].number, out));
    for (size_t i = 0; i < n_disk && !*out; i++)
        TRY(release_may_be_signed(cli->sc, cli->dir, on_disk[i], out));
    return OK;
}

enum err town_keys_absent(struct cli *cli, struct store *st)
{
    bool is_signed;
    TRY(was_signed(cli, st, &is_signed));
    if (!is_signed) return OK;
    return fail(&cli->sc->fault, ERR_NOTFOUND,
                "%s/keys/signing.key is not there, and releases were signed with it: bring back your copy; "
                "if it is lost, \"hromada keys rotate --lost\" makes a new one, of which you must tell your "
                "readers",
                cli->dir);
}

enum err town_keys_clock(struct cli *cli, struct store *st, const struct key_list *last, const char *date)
{
    struct bounds_traces t;
    TRY(bounds_traces_of(cli->sc, st, &t));
    if (last && last->n) t.key_s = last->at[last->n - 1].since_s;
    return bounds_clock(cli->sc, &t, BOUNDS_KEY, clock_system.now_s(), str_of(date ? date : ""));
}

// -- whether the one that is there may sign ----------------------------------------------------------------------------

enum err town_keys_newest(struct cli *cli, const struct key_list *list)
{
    struct key_list released;
    enum err        e = release_keys(cli->sc, cli->dir, &released);
    if (e == ERR_NOTFOUND || (!e && keys_go_on_from(list, &released))) return OK;
    TRY(e);
    return fail(
        &cli->sc->fault, ERR_CORRUPT,
        "%s/keys/signing.key does not know the key that signed the newest release: it is an older copy, "
        "or of another town, and readers would take what it signs for forged. Move it away, then bring "
        "back the newest copy; if that is lost, \"hromada keys rotate --lost\" makes a new key",
        cli->dir);
}

enum err town_keys_dated(struct cli *cli, const struct key_list *list)
{
    AUTO(buf_free) struct buf since;
    int64_t                   since_s = list->at[list->n - 1].since_s;
    if (since_s <= clock_system.now_s()) return OK;
    buf_init(&since, 64);
    civil_add_time(&since, since_s);
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "the town's key is dated %.*sZ, which is in the future: until then all that an earlier key signs "
        "passes for the town's. If the clock of this machine is right now, \"hromada keys rotate "
        "--at-this-date\" with today's date makes a key that is dated rightly",
        STR(buf_str(&since)));
}

void town_keys_warn(struct cli *cli, const struct key_list *list)
{
    if (town_keys_dated(cli, list)) cli_warn("hromada: %s", cli->sc->fault.text);
    if (list->n >= KEYS_WARN)
        cli_warn("hromada: the town has had %zu keys, and after %d no more can be made", list->n, KEYS_MAX);
}

// -- for whoever signs -------------------------------------------------------------------------------------------------

enum err town_keys(struct cli *cli, struct store *st, const char *date, struct key_ring *out)
{
    bool     made;
    enum err e = keys_open(cli->sc, cli->dir, out);
    if (!e) TRY(town_keys_newest(cli, &out->list));
    if (!e) town_keys_warn(cli, &out->list);
    if (!e) TRY(keys_tell(cli->sc, cli->dir, &out->list));
    if (e != ERR_NOTFOUND) return e;
    TRY(town_keys_absent(cli, st));
    TRY(town_keys_clock(cli, st, NULL, date));
    TRY(keys_make(cli->sc, cli->dir, clock_system.now_s(), out, &made));
    if (made)
        cli_say(cli,
                "Releases are signed from now on. The key is in %s/keys/signing.key: keep a copy of it "
                "elsewhere; \"hromada keys\" shows what to tell your readers.",
                cli->dir);
    return OK;
}
