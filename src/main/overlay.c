// SPDX-License-Identifier: EUPL-1.2
#include "main/overlay.h"

#include "base/buf.h"
#include "publish/policy.h"
#include "publish/release.h"

/// Of a release without a fingerprint the database has the policy. One that cannot be read any more may have had a public tier.
static bool had_public(struct cli *cli, const struct release_record *r)
{
    struct scope  try = { .mem = cli->sc->mem };
    struct policy p;
    return policy_read(&try, r->policy, &p) || p.tier[TIER_PUBLIC].given;
}

static enum err is_withdrawn(struct cli *cli, int64_t number, bool *out)
{
    struct release_fate f;
    TRY(release_fate(cli->sc, cli->dir, number, &f));
    *out = f.is == RELEASE_WITHDRAWN;
    return OK;
}

/// What the database knows of the releases in front of one, by number: fingerprints, which only public ones have, and records.
struct history {
    const struct region_print   *print;
    const struct release_record *record;
    size_t                       n_prints, n_records;
};

/// Fingerprints from `making` on are of releases that never were public.
static enum err read_history(struct cli *cli, struct store *st, int64_t making, struct history *h)
{
    TRY(store_region_prints(cli->sc, st, &h->print, &h->n_prints));
    TRY(store_releases(cli->sc, st, &h->record, &h->n_records));
    while (h->n_prints && h->print[h->n_prints - 1].release >= making) h->n_prints--;
    return OK;
}

static int64_t newest_of(const struct history *h)
{
    int64_t p = h->n_prints ? h->print[h->n_prints - 1].release : 0;
    int64_t r = h->n_records ? h->record[h->n_records - 1].number : 0;
    return p > r ? p : r;
}

/// Made before anything was imported: whatever its regions were, it placed nothing in them.
static bool was_empty(const struct release_record *r)
{
    return !r->incidents && !r->withheld;
}

/// Takes the newest off h. False: no public tier was made of it, or nothing was in it.
static bool take_newest(struct cli *cli, struct history *h, struct region_print *out)
{
    int64_t                      number = newest_of(h);
    const struct region_print   *p = h->n_prints ? &h->print[h->n_prints - 1] : NULL;
    const struct release_record *r = h->n_records ? &h->record[h->n_records - 1] : NULL;
    bool                         has_print = p && p->release == number, has_record = r && r->number == number;
    h->n_prints -= has_print;
    h->n_records -= has_record;
    *out = has_print ? *p : (struct region_print){ .release = number };
    if (has_record && was_empty(r)) return false;
    return has_print || (has_record && had_public(cli, r));
}

/// The newest public release in front of `making` that was not withdrawn; its number is 0: there is none. What neither record nor
/// fingerprint tells of, such as a release that the operator alone knows, may have been public.
static enum err last_public(struct cli *cli, struct store *st, int64_t making, struct region_print *out)
{
    struct history      h;
    struct region_print p = { .release = making - 1 };
    bool                withdrawn;
    *out = (struct region_print){ 0 };
    TRY(read_history(cli, st, making, &h));
    bool public = newest_of(&h) < making - 1;
    while (public || newest_of(&h)) {
        if (!public) public = take_newest(cli, &h, &p);
        TRY(is_withdrawn(cli, p.release, &withdrawn));
        if (public && !withdrawn) {
            *out = p;
            return OK;
        }
        public = false;
    }
    return OK;
}

/// Empty: nothing differs. What nobody knows equals nothing.
static void say_what(struct buf *b, const struct region_print *was, const struct region_print *is)
{
    const struct {
        str         was, is;
        const char *what;
    } parts[] = {
        { was->anchors, is->anchors, "its grid or list of anchors" },
        { was->rule, is->rule, "\"regions least\" or its list of addresses" },
        { was->sets, is->sets, "its sets of areas or their borders" },
    };
    const char *comma = "";
    if (!was->anchors.n)
        buf_printf(b,
                   "the database does not know by which regions release %lld was made, and it may be public",
                   (long long)was->release);
    for (size_t i = 0; was->anchors.n && i < COUNT(parts); i++) {
        if (str_eq(parts[i].was, parts[i].is)) continue;
        if (!b->n)
            buf_printf(b, "release %lld was public and was made by other regions: ", (long long)was->release);
        buf_printf(b, "%s%s", comma, parts[i].what);
        comma = ", ";
    }
}

enum err overlay_check(struct cli *cli, struct store *st, const struct region_print *is, int64_t given)
{
    AUTO(buf_free) struct buf what;
    struct region_print       was;
    buf_init(&what, 400);
    TRY(last_public(cli, st, is->release, &was));
    if (was.release) say_what(&what, &was, is);
    TRY(buf_end(cli->sc, &what));
    if (given && !what.n)
        return fail(
            &cli->sc->fault, ERR_INVALID,
            "the regions are those of the last release: leave --other-regions out; nothing was published");
    if (given && given != was.release)
        return fail(
            &cli->sc->fault, ERR_INVALID,
            "--other-regions %lld is not the newest release that was public and was not withdrawn, which is "
            "%lld; nothing was published",
            (long long)given, (long long)was.release);
    if (given || !what.n) return OK;
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "%.*s. Laid over each other, the two can place an incident in less than either tells, down to a "
        "single house: nothing was published. Keep them as they were; or, if it is meant, publish with "
        "--other-regions %lld: BORDERS THAT MOVE in hromada-policy(5) says what to weigh",
        STR(buf_str(&what)), (long long)was.release);
}

enum err overlay_keep(struct cli *cli, struct store *st, const struct region_print *is)
{
    struct region_print was;
    TRY(last_public(cli, st, is->release, &was));
    TRY(store_region_prints_forget(cli->sc, st, is->release));
    if (was.release && !was.anchors.n) TRY(store_region_print_put(cli->sc, st, &was));
    return is->anchors.n ? store_region_print_put(cli->sc, st, is) : OK;
}
