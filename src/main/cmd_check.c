// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/file.h"
#include "http/listen.h"
#include "index/index.h"
#include "main/cli.h"
#include "main/config.h"
#include "main/known.h"
#include "main/leftovers.h"
#include "main/release.h"
#include "main/town_keys.h"
#include "store/copied.h"
#include "wire/json.h"
#include "wire/pmtiles.h"
#include <inttypes.h>
#include <stdio.h>

enum { FINDINGS_BYTES = 1 << 20, STRANGERS_MAX = 100 };

struct check {
    struct cli                  *cli;
    struct progress              progress;
    struct buf                   findings; // a line each
    struct buf                   asked;    // lines of what publish will ask about, which is no fault
    size_t                       n, releases;
    uint64_t                     incidents;
    const struct release_record *record; // what the store knows of its releases
    size_t                       n_records;
    int64_t                      known, newest; // number of the newest release: of the database, of the disk
    bool compared; // these two and the records are known, so releases are held against them
};

static void check_free(struct check *c)
{
    buf_free(&c->findings);
    buf_free(&c->asked);
}

/// Whatever is wrong is noted, and the next thing is looked at.
static void note(struct check *c, enum err e)
{
    if (!e) return;
    buf_printf(&c->findings, "%s\n", c->cli->sc->fault.text);
    c->n++;
}

/// What was brought back without all that belongs to it, so that nothing is published before a person has answered.
static enum err check_asked(struct check *c, struct store *st)
{
    const char         *policy;
    struct release_fate fate = { 0 };
    int64_t             release;
    str                 made;
    if (c->newest) TRY(release_fate(c->cli->sc, c->cli->dir, c->newest, &fate));
    if (fate.is == RELEASE_WITHDRAWN)
        buf_printf(
            &c->asked,
            "Release %" PRId64
            ", the newest, is withdrawn: unless an older one is served in its place, readers are told so and "
            "nothing else, and hromada publish takes --after-withdrawal %" PRId64 ".\n",
            c->newest, c->newest);
    TRY(store_copied(c->cli->sc, st, &made));
    if (made.n)
        buf_printf(
            &c->asked,
            "The database is a copy that hromada backup made at %.*s: hromada publish will ask what was "
            "published behind it, and takes --older-database N.\n",
            STR(str_slice(made, 0, 20)));
    TRY(release_policy_lost(c->cli, st, &policy, &release));
    if (release)
        buf_printf(&c->asked,
                   "There is no %s, and release %" PRId64
                   " was made by another policy than the built-in one: "
                   "hromada publish will ask for it.\n",
                   policy, release);
    return buf_end(c->cli->sc, &c->asked);
}

static enum err check_store(struct check *c)
{
    struct scope                    *sc = c->cli->sc;
    AUTO(store_closep) struct store *st = NULL;
    struct store_counts              counts;
    struct store_check              *check;
    str                              report = { 0 };
    TRY(store_open(sc, c->cli->dir, STORE_READ, &st));
    TRY(store_check_begin(sc, st, &check));
    do {
        struct store_check_at at = store_check_at(check);
        c->progress.unit = at.unit;
        progress_show(c->cli, &c->progress, at.verb, at.rows, at.share);
    } while (store_check_step(check));
    enum err e = store_check_end(sc, check, &report);
    buf_add(&c->findings, report);
    if (e && e != ERR_CORRUPT) return e;
    note(c, e);
    TRY(store_counts_get(sc, st, &counts));
    c->incidents = counts.incidents;
    TRY(known_newest(c->cli, st, &c->known));
    TRY(release_newest(sc, c->cli->dir, &c->newest));
    TRY(store_releases(sc, st, &c->record, &c->n_records));
    c->compared = true;
    return check_asked(c, st);
}

/// The file's checksums, and whether it is the one that belongs there.
static enum err check_index(struct scope *sc, const char *dir, int64_t number, enum tier tier, uint64_t *rows)
{
    AUTO(index_closep) struct index *ix = NULL;
    const char                      *path;
    TRY(release_index_path(sc, dir, number, tier, &path));
    enum err e = index_open(sc, path, &ix);
    if (e == ERR_NOTFOUND && tier != TIER_PUBLIC) return OK; // the policy named no such tier
    if (e) return e;
    e = index_verify(sc, ix);
    if (e) return fail_at(&sc->fault, "%s", path);
    const struct release_info *info = index_info(ix);
    *rows = info->rows;
    if (info->release == (uint64_t)number && str_eq(info->tier, tier_name(tier))) return OK;
    return fail(&sc->fault, ERR_CORRUPT, "%s is the %.*s index of release %" PRIu64 "; bring back a backup",
                path, STR(info->tier), info->release);
}

/// rows: NULL when its files are not kept. What the store wrote down when it published. A release that was killed at its very end is not written down.
static enum err check_record(struct check *c, int64_t number, const uint64_t *rows)
{
    struct scope *sc = c->cli->sc;
    const char   *path;
    str           sha256;
    uint64_t      bytes;
    for (size_t i = 0; i < c->n_records; i++) {
        const struct release_record *r = &c->record[i];
        if (r->number != number) continue;
        str name = arena_printf(sc->mem, "releases/%" PRId64 "/manifest.json", number);
        if (!name.p) return fail(&sc->fault, ERR_NOMEM, "no room for a path");
        TRY(path_join(sc, c->cli->dir, name.p, &path));
        TRY(hash_file_sha256(sc, path, &sha256, &bytes));
        if (!str_eq(sha256, r->sha256))
            return fail(&sc->fault, ERR_CORRUPT,
                        "%s has the SHA-256 %.*s, and the database says %.*s: it is not what was published",
                        path, STR(sha256), STR(r->sha256));
        if (rows && *rows != r->incidents)
            return fail(&sc->fault, ERR_CORRUPT,
                        "release %" PRId64 " has %" PRIu64 " incidents, and the database says %" PRIu64,
                        number, *rows, r->incidents);
    }
    return OK;
}

/// Without the town's key at hand, that of the release says no more than that the two belong together.
static enum err check_keys(struct check *c, struct key_list *own)
{
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    AUTO(store_closep) struct store    *st = NULL;
    struct scope                       *sc = c->cli->sc;
    enum err                            e = keys_open(sc, c->cli->dir, &r);
    if (!e) {
        *own = r.list;
        note(c, town_keys_newest(c->cli, &r.list));
        return town_keys_dated(c->cli, &r.list);
    }
    if (e != ERR_NOTFOUND) return e;
    TRY(store_open(sc, c->cli->dir, STORE_READ, &st));
    return town_keys_absent(c->cli, st);
}

/// What lies on the disk and is of no publication that the database knows. One that a kill has ended just before it was public,
/// or just behind, is put right by the next.
static enum err check_known(struct check *c, int64_t number, const struct release_fate *fate)
{
    struct scope *sc = c->cli->sc;
    int64_t       last = c->known > c->newest ? c->known : c->newest;
    if (!c->compared) return OK;
    if (number <= c->known || number == last + 1) return OK;
    if (number <= c->newest && fate->is != RELEASE_WITHDRAWN)
        return fail(&sc->fault, ERR_CORRUPT,
                    "release %" PRId64 " lies in %s/releases, and the database knows none after %" PRId64
                    ": it is an older backup; bring back a newer one, or see --older-database in hromada "
                    "help publish",
                    number, c->cli->dir, c->known);
    if (number <= c->newest) return OK;
    return fail(&sc->fault, ERR_CORRUPT,
                "%s/releases/%" PRId64 " is not a release of this town, whose newest is %" PRId64
                "; move it away",
                c->cli->dir, number, last);
}

/// What the database knows, and the disk has lost.
static enum err check_there(struct check *c, const struct release_record *r, const int64_t *on_disk)
{
    AUTO(buf_free) struct buf made;
    for (size_t i = 0; i < c->releases; i++)
        if (on_disk[i] == r->number) return OK;
    buf_init(&made, 64);
    civil_add_day(&made, civil_floor_day(r->created_s));
    return fail(&c->cli->sc->fault, ERR_CORRUPT,
                "release %" PRId64 " was published on %.*s, and %s/releases/%" PRId64
                " is not there; bring it back from a backup, or withdraw the release",
                r->number, STR(buf_str(&made)), c->cli->dir, r->number);
}

static enum err check_release(struct check *c, int64_t number, const struct key_list *own)
{
    struct scope       *sc = c->cli->sc;
    uint64_t            rows[TIERS] = { 0 };
    struct release_fate fate;
    TRY(release_fate(sc, c->cli->dir, number, &fate));
    TRY(check_known(c, number, &fate));
    TRY(release_verify(sc, c->cli->dir, number));
    if (fate.is == RELEASE_WITHDRAWN) return OK; // nothing of it is left to compare
    if (own->n) TRY(release_origin(sc, c->cli->dir, number, own));
    if (fate.is == RELEASE_RETIRED) return check_record(c, number, NULL);
    for (enum tier t = TIER_PUBLIC; t < TIERS; t++) TRY(check_index(sc, c->cli->dir, number, t, &rows[t]));
    return check_record(c, number, &rows[TIER_PUBLIC]);
}

static enum err check_none_current(struct check *c)
{
    struct scope *sc = c->cli->sc;
    int64_t       newest;
    TRY(release_newest(sc, c->cli->dir, &newest));
    if (!newest) return OK; // nothing is published yet
    return fail(&sc->fault, ERR_CORRUPT,
                "%s/releases/current is missing, so nothing is served; hromada publish makes it, with a new "
                "release",
                c->cli->dir);
}

static enum err check_current(struct check *c, const int64_t *number)
{
    struct scope *sc = c->cli->sc;
    int64_t       current;
    enum err      e = release_current(sc, c->cli->dir, &current);
    if (e == ERR_NOTFOUND) return check_none_current(c);
    TRY(e);
    for (size_t i = c->releases; i-- > 0 && number[i] > current;) {
        struct release_fate fate;
        TRY(release_fate(sc, c->cli->dir, number[i], &fate));
        if (fate.is == RELEASE_WITHDRAWN || fate.is == RELEASE_ABSENT || number[i] > c->known) continue;
        return fail(&sc->fault, ERR_CORRUPT,
                    "%s/releases/current names release %" PRId64 ", and release %" PRId64
                    " is newer and was not withdrawn; write %" PRId64 " into it, or withdraw that release",
                    c->cli->dir, current, number[i], number[i]);
    }
    for (size_t i = 0; i < c->releases; i++)
        if (number[i] == current) return OK;
    return fail(&sc->fault, ERR_CORRUPT,
                "%s/releases/current names release %" PRId64
                ", which is not there; hromada publish makes a new one",
                c->cli->dir, current);
}

/// Nobody reads what is not of hromada, but a copy of a release there is one that nobody withdraws.
static enum err check_strangers(struct check *c)
{
    struct scope *sc = c->cli->sc;
    const char   *path[STRANGERS_MAX];
    size_t        n = 0;
    TRY(release_strangers(sc, c->cli->dir, false, path, STRANGERS_MAX, &n));
    TRY(release_strangers(sc, c->cli->dir, true, path, STRANGERS_MAX, &n));
    for (size_t i = 0; i < n; i++)
        note(c, fail(&sc->fault, ERR_CORRUPT, "%s is not of hromada; move it away", path[i]));
    return OK;
}

static enum err check_leftovers(struct check *c)
{
    struct scope *sc = c->cli->sc;
    const char   *path[LEFTOVERS_MAX];
    size_t        n;
    TRY(leftovers_find(c->cli, path, &n));
    for (size_t i = 0; i < n; i++)
        note(c,
             fail(&sc->fault, ERR_CORRUPT,
                  "%s was left by a command that was killed; the next hromada import or publish removes it",
                  path[i]));
    TRY(leftovers_of_publish(c->cli, path, &n));
    for (size_t i = 0; i < n; i++)
        note(c, fail(&sc->fault, ERR_CORRUPT,
                     "%s was left by a hromada publish that was killed; the next one removes it", path[i]));
    return OK;
}

static void note_setting(struct check *c, const char *name, enum err e)
{
    struct fault *f = &c->cli->sc->fault;
    note(c, e ? fail_at(f, "%s/hromada.conf, %s", c->cli->dir, name) : OK);
}

/// What is well written, and cannot be used by the server all the same.
static void check_config(struct check *c)
{
    struct scope *sc = c->cli->sc;
    struct config f;
    enum err      e = config_read(sc, c->cli->dir, &f);
    note(c, e);
    if (e) return;
    note_setting(c, "listen", listen_check(sc, f.listen));
    if (f.metrics) note_setting(c, "metrics", listen_check(sc, f.metrics));
    if (f.basemap) note_setting(c, "basemap", pmtiles_check(sc, f.basemap));
}

static void check_policy(struct check *c)
{
    struct policy p;
    note(c, release_policy(c->cli->sc, c->cli->dir, NULL, &p));
}

static enum err check(struct check *c)
{
    struct scope   *sc = c->cli->sc;
    struct key_list own = { 0 };
    int64_t        *number;
    enum err        e = check_store(c);
    if (e == ERR_NOTFOUND || e == ERR_NOMEM) return e;
    note(c, e);
    if (!c->compared)
        note(
            c,
            fail(&sc->fault, ERR_CORRUPT,
                 "the releases in %s were not compared with what the database knows of them, since it cannot "
                 "be read",
                 c->cli->dir));
    note(c, check_keys(c, &own));
    TRY(release_list(sc, c->cli->dir, &number, &c->releases));
    for (size_t i = 0; i < c->releases; i++) {
        struct arena_mark mark = arena_mark(sc->mem);
        c->progress.unit = "releases";
        progress_show(c->cli, &c->progress, "verifying", i + 1, -1);
        note(c, check_release(c, number[i], &own));
        arena_back(sc->mem, mark);
    }
    progress_end(c->cli, &c->progress);
    for (size_t i = 0; i < c->n_records; i++) note(c, check_there(c, &c->record[i], number));
    note(c, check_current(c, number));
    check_policy(c);
    check_config(c);
    note(c, check_strangers(c));
    note(c, check_leftovers(c));
    return buf_end(sc, &c->findings);
}

static void json_lines(struct json *j, const char *key, const struct buf *lines)
{
    str rest = buf_str(lines), line;
    json_key(j, key);
    json_open(j, '[');
    while (str_cut(&rest, '\n', &line))
        if (line.n) json_str(j, line);
    json_close(j, ']');
}

static void print_json(const struct check *c)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 16 * FINDINGS_BYTES);
    struct json j = json_on(&b);
    json_open(&j, '{');
    json_key(&j, "incidents"), json_u64(&j, c->incidents);
    json_key(&j, "releases"), json_u64(&j, c->releases);
    json_lines(&j, "findings", &c->findings);
    json_lines(&j, "asked", &c->asked);
    json_close(&j, '}');
    printf("%.*s\n", STR(buf_str(&b)));
}

static void print_findings(const struct check *c)
{
    str rest = buf_str(&c->findings), line;
    while (str_cut(&rest, '\n', &line))
        if (line.n) cli_warn("%.*s", STR(line));
    rest = buf_str(&c->asked);
    while (str_cut(&rest, '\n', &line))
        if (line.n) cli_say(c->cli, "%.*s", STR(line));
}

static int run(struct cli *cli, int argc, char **argv)
{
    const char **rest;
    size_t       n;
    if (options_read(cli->sc, NULL, 0, argc, argv, NULL, &rest, &n)) return cli_usage(cli, "check");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "check takes no \"%s\"", rest[0]);
        return cli_usage(cli, "check");
    }
    AUTO(check_free) struct check c = { .cli = cli };
    buf_init(&c.findings, FINDINGS_BYTES);
    buf_init(&c.asked, FINDINGS_BYTES);
    enum err e = check(&c);
    if (e) return cli_fail(cli, e);
    if (cli->json) print_json(&c);
    print_findings(&c);
    if (c.n) cli_warn("hromada: something is wrong in %s; nothing was changed", cli->dir);
    else
        cli_say(cli, "All is well: %" PRIu64 " %s in the database, %zu %s; every checksum is right.",
                c.incidents, plural(c.incidents, "incident", "incidents"), c.releases,
                plural(c.releases, "release", "releases"));
    return c.n ? EXIT_FAILED : EXIT_DONE;
}

const struct command cmd_check = {
    .name = "check",
    .synopsis = "",
    .summary = "verifies everything that can be verified",
    .text = "Reads the whole database (its length, each page against its checksum, integrity, references, "
            "totals of "
            "every import, each\n"
            "incident against the hash of what its source told), every release (signature by the town's "
            "keys, hash of each\n"
            "file, checksum of each section, what the database wrote down of it), the policy and the "
            "settings, and "
            "tells all\n"
            "that is wrong, and what publish will ask about since something was brought back from a backup.\n"
            "Changes nothing, and may run while the server does.",
    .run = run,
};
