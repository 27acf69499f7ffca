// SPDX-License-Identifier: EUPL-1.2
#include "main/known.h"

#include "base/arena.h"
#include "base/buf.h"
#include "publish/release.h"
#include "store/shown.h"

enum { LIST_BYTES = 200 }; // of a list of releases

enum err known_newest(struct cli *cli, struct store *st, int64_t *out)
{
    struct shown shown;
    int64_t      on_disk, last;
    TRY(store_release_next(cli->sc, st, &last));
    *out = --last;
    TRY(release_newest(cli->sc, cli->dir, &on_disk));
    if (on_disk <= last) return OK;
    TRY(store_shown_get(cli->sc, st, on_disk, &shown));
    if (shown.release == on_disk) *out = on_disk;
    return OK;
}

enum err known_next(struct cli *cli, struct store *st, int64_t seen, int64_t *out)
{
    int64_t on_disk;
    if (seen > RELEASE_MAX_NUMBER) // seen + 1 may overflow
        return fail(
            &cli->sc->fault, ERR_LIMIT,
            "--older-database %lld is above the highest number that a release can have, %d: nothing was "
            "published. Give the highest number that any reader has seen",
            (long long)seen, RELEASE_MAX_NUMBER);
    TRY(store_release_next(cli->sc, st, out));
    TRY(release_newest(cli->sc, cli->dir, &on_disk));
    if (seen > on_disk) on_disk = seen;
    if (on_disk >= *out) *out = on_disk + 1;
    if (*out <= RELEASE_MAX_NUMBER) return OK;
    return fail(&cli->sc->fault, ERR_LIMIT,
                "the newest release has the number %d, and no higher one is given: nothing was published",
                RELEASE_MAX_NUMBER);
}

/// False: it is not sound, or of nobody whose key the town has.
static bool recall(struct cli *cli, int64_t number, const struct key_list *own, struct release_told *out)
{
    struct scope try = { .mem = cli->sc->mem };
    return !release_verify(&try, cli->dir, number) && !release_origin(&try, cli->dir, number, own) &&
           !release_recall(&try, cli->dir, number, out);
}

static enum err write_down(struct cli *cli, struct store *st, int64_t number, const struct key_list *own)
{
    struct release_fate f;
    struct release_told t;
    TRY(release_fate(cli->sc, cli->dir, number, &f));
    if (f.is == RELEASE_WITHDRAWN || f.is == RELEASE_ABSENT) return OK; // nothing is left to tell what it was
    if (!recall(cli, number, own, &t)) return OK;
    const struct release_record r = { number, t.created_s, t.sha256, t.policy, t.incidents, t.withheld };
    return store_release_add(cli->sc, st, &r);
}

enum err known_write_down(struct cli *cli, struct store *st)
{
    AUTO(key_ring_wipe) struct key_ring keys = { 0 };
    const struct release_record        *record;
    int64_t                            *on_disk, known;
    size_t                              n, n_disk;
    bool                                open = false;
    TRY(known_newest(cli, st, &known));
    TRY(store_releases(cli->sc, st, &record, &n));
    TRY(release_list(cli->sc, cli->dir, &on_disk, &n_disk));
    for (size_t i = 0; i < n_disk && on_disk[i] <= known; i++) {
        bool written = false;
        for (size_t k = 0; k < n && !written; k++) written = record[k].number == on_disk[i];
        if (written) continue;
        if (!open && keys_open(cli->sc, cli->dir, &keys)) return OK; // town_keys tells of it
        open = true;
        TRY(write_down(cli, st, on_disk[i], &keys.list));
    }
    return OK;
}

/// "3", "3, 4" or "3 to 7"
static void add_numbers(struct buf *b, int64_t from, int64_t to)
{
    if (!from) return;
    buf_printf(b, "%s%lld", b->n ? ", " : "", (long long)from);
    if (to > from) buf_printf(b, to - from > 1 ? " to %lld" : ", %lld", (long long)to);
}

enum err known_still_told(struct cli *cli, struct store *st, int64_t first, str *out)
{
    AUTO(buf_free) struct buf    b;
    const struct release_record *record;
    int64_t *on_disk, newest, last, from = 0; // from: where the row of numbers began that is open
    size_t   n, n_disk;
    buf_init(&b, LIST_BYTES + 64);
    TRY(store_releases(cli->sc, st, &record, &n));
    TRY(release_list(cli->sc, cli->dir, &on_disk, &n_disk));
    TRY(release_newest(cli->sc, cli->dir, &newest));
    last = n && record[n - 1].number > newest ? record[n - 1].number : newest;
    for (int64_t number = first; number <= last + 1 && b.n < LIST_BYTES; number++) {
        struct release_fate f = { .is = RELEASE_WITHDRAWN };
        bool                known = false;
        for (size_t i = 0; i < n && !known; i++) known = record[i].number == number;
        for (size_t i = 0; i < n_disk && !known; i++) known = on_disk[i] == number;
        if (known) TRY(release_fate(cli->sc, cli->dir, number, &f));
        if (f.is != RELEASE_WITHDRAWN) {
            if (!from) from = number;
            continue;
        }
        add_numbers(&b, from, number - 1);
        from = 0;
    }
    if (b.n >= LIST_BYTES) buf_add(&b, S(" and others"));
    *out = arena_str(cli->sc->mem, buf_str(&b));
    return out->p ? OK : fail(&cli->sc->fault, ERR_NOMEM, "no room for a list of releases");
}
