// SPDX-License-Identifier: EUPL-1.2
#include "base/buf.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "main/cli.h"
#include "main/town_keys.h"
#include "publish/policy.h"
#include "publish/release.h"
#include "store/store.h"
#include "wire/json.h"
#include <stdio.h>
#include <unistd.h>

struct keys_options {
    const char *date;
    bool        lost, yes;
};
static const struct option_row options[] = {
    OPTION(struct keys_options, "--lost", OPTION_FLAG, lost, NULL,
           "with rotate: the key and all copies of it are lost, so it cannot sign the new one"),
    OPTION(struct keys_options, "--yes", OPTION_FLAG, yes, NULL,
           "with sign-policy: does not ask; what is given up is meant"),
    OPTION(struct keys_options, "--at-this-date", OPTION_TEXT, date, "YYYY-MM-DD",
           "today's date, when a key is to be made and it has been asked for: the clock is right"),
};

// -- showing -----------------------------------------------------------------------------------------------------------

struct shown_key {
    char hex[2 * SIGN_KEY_BYTES + 1], print[SIGN_FINGERPRINT_BYTES], since[32];
};

static struct shown_key shown(const struct town_key *k)
{
    struct shown_key s;
    struct civil     c = civil_of_s(k->since_s);
    sign_hex_write(s.hex, k->key.byte, sizeof k->key.byte);
    sign_fingerprint(&k->key, s.print);
    snprintf(s.since, sizeof s.since, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second);
    return s;
}

static enum err print_json(struct cli *cli, const struct key_list *list, bool made)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 16);
    struct json      j = json_on(&b);
    struct shown_key now = shown(&list->at[list->n - 1]);
    json_open(&j, '{');
    json_key(&j, "made"), json_bool(&j, made);
    json_key(&j, "public_key"), json_cstr(&j, now.hex);
    json_key(&j, "fingerprint"), json_cstr(&j, now.print);
    json_key(&j, "since"), json_cstr(&j, now.since);
    json_key(&j, "earlier"), json_open(&j, '[');
    for (size_t i = 0; i + 1 < list->n; i++) {
        struct shown_key s = shown(&list->at[i]);
        json_open(&j, '{');
        json_key(&j, "public_key"), json_cstr(&j, s.hex);
        json_key(&j, "fingerprint"), json_cstr(&j, s.print);
        json_key(&j, "since"), json_cstr(&j, s.since);
        json_key(&j, "lost"), json_bool(&j, list->at[i + 1].lost);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    TRY(buf_end(cli->sc, &b));
    printf("%.*s\n", STR(buf_str(&b)));
    return OK;
}

/// trusted: it is not an older copy, and may be told to readers.
static enum err print_keys(struct cli *cli, const struct key_list *list, bool made, bool trusted)
{
    if (cli->json) return print_json(cli, list, made);
    struct shown_key now = shown(&list->at[list->n - 1]);
    cli_print("Public key:   %s", now.hex);
    cli_print("Fingerprint:  %s", now.print);
    cli_print("Since:        %s", now.since);
    for (size_t i = list->n - 1; i-- > 0;) {
        struct shown_key s = shown(&list->at[i]);
        cli_print("Before:       %s, since %s%s", s.hex, s.since, list->at[i + 1].lost ? ", lost" : "");
    }
    if (!trusted) return OK;
    cli_say(cli,
            "Publish the fingerprint where readers look who do not trust this server: on the town's own "
            "pages, on "
            "paper. Keep a copy of %s/keys/signing.key apart from the backups: whoever has it can sign in "
            "the town's "
            "name, and when it is lost, readers must be told of a new one.",
            cli->dir);
    return OK;
}

/// Why there is no key, and what to do.
static enum err no_key(struct cli *cli, struct store *st)
{
    TRY(town_keys_absent(cli, st));
    return fail(&cli->sc->fault, ERR_NOTFOUND,
                "the town has no key yet; the next \"hromada publish\" or \"hromada keys sign-policy\" makes "
                "the first one");
}

/// Makes nothing: who only looks at a folder that was restored without its key must not give it another.
static enum err show(struct cli *cli)
{
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    AUTO(store_closep) struct store    *st = NULL;
    enum err                            e = keys_open(cli->sc, cli->dir, &r);
    if (e == ERR_NOTFOUND) {
        TRY(store_open(cli->sc, cli->dir, STORE_READ, &st));
        return no_key(cli, st);
    }
    TRY(e);
    enum err older = town_keys_newest(cli, &r.list);
    town_keys_warn(cli, &r.list);
    TRY(print_keys(cli, &r.list, false, !older));
    return older;
}

/// What a new key goes on from when the present one is lost; of none when no release tells any more.
static enum err lost_list(struct cli *cli, struct store *st, struct key_list *out)
{
    enum err e = release_keys(cli->sc, cli->dir, out);
    if (e != ERR_NOTFOUND) return e;
    out->n = 0;
    e = town_keys_absent(cli, st);
    if (e) return e == ERR_NOTFOUND ? OK : e;
    return fail(&cli->sc->fault, ERR_NOTFOUND,
                "no release was signed, so no key is lost: \"hromada publish\" makes the first one");
}

static enum err rotate(struct cli *cli, bool lost, const char *date)
{
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    AUTO(store_closep) struct store    *st = NULL;
    struct key_list                     used = { 0 };
    TRY(store_open(cli->sc, cli->dir, STORE_READ, &st));
    if (lost) TRY(lost_list(cli, st, &used));
    else {
        enum err e = keys_open(cli->sc, cli->dir, &r);
        if (e == ERR_NOTFOUND) return no_key(cli, st);
        TRY(e);
        TRY(town_keys_newest(cli, &r.list));
        used = r.list;
    }
    TRY(town_keys_clock(cli, st, &used, date));
    TRY(keys_rotate(cli->sc, cli->dir, lost ? &used : NULL, clock_system.now_s(), &r));
    town_keys_warn(cli, &r.list);
    cli_say(cli, lost ? "A new key is made. Nothing ties it to the old one for your readers: tell them of "
                        "it. Signed policies "
                        "must be signed anew."
                      : "A new key is made, and the old one has signed it and is gone. Releases that are "
                        "there stay good. "
                        "Signed policies must be signed anew.");
    return print_keys(cli, &r.list, true, true);
}

// -- policies with exceptions ------------------------------------------------------------------------------------------

static void say_exceptions(const struct policy *p)
{
    cli_warn("With your signature the public is told what these floors keep from it:");
    for (int f = 0; f < FLOORS; f++) {
        const struct policy_exception *e = &p->exception[f];
        struct civil                   c = civil_of_day(e->until);
        if (!e->line) continue;
        cli_warn("  %s: the floor says that %s. Line %d passes it.", policy_floor_name((enum floor)f),
                 policy_floor_text((enum floor)f), p->at[f]);
        cli_warn("    until %04d-%02d-%02d, by %.*s: %.*s", c.year, c.month, c.day, STR(e->by),
                 STR(e->reason));
    }
    cli_warn("All of this, reason and name too, stands in each release and on its page /method.");
}

static bool is_meant(struct cli *cli)
{
    char line[16];
    if (!cli->terminal || !isatty(STDIN_FILENO)) return false;
    fputs("Type yes to sign: ", stderr);
    return fgets(line, sizeof line, stdin) && str_eq(str_trim(str_of(line)), S("yes"));
}

static enum err sign_policy(struct cli *cli, const char *path, const struct keys_options *o)
{
    struct scope                       *sc = cli->sc;
    AUTO(key_ring_wipe) struct key_ring r = { 0 };
    AUTO(store_closep) struct store    *st = NULL;
    struct policy                       p;
    str                                 text;
    TRY(file_read(sc, path, POLICY_MAX_BYTES, &text));
    enum err e = policy_read(sc, text, &p);
    if (!e) e = policy_floors(sc, &p, true, civil_floor_day(clock_system.now_s()));
    if (e) return fail_at(&sc->fault, "%s", path);
    if (!policy_has_exceptions(&p))
        return fail(&sc->fault, ERR_INVALID, "%s makes no exception, so it needs no signature", path);
    say_exceptions(&p);
    if (!o->yes && !is_meant(cli))
        return fail(&sc->fault, ERR_INVALID,
                    "nothing was signed; without a terminal, --yes says that it is meant");
    TRY(store_open(sc, cli->dir, STORE_READ, &st));
    TRY(town_keys(cli, st, o->date, &r));
    TRY(keys_sign_policy(sc, &r, path, text));
    cli_say(cli, "%s.sig is written. A change of the policy, if only of a comment, needs a new signature.",
            path);
    if (cli->json) puts("{\"signed\":true}");
    return OK;
}

// -- the command -------------------------------------------------------------------------------------------------------

static int run(struct cli *cli, int argc, char **argv)
{
    struct keys_options o = { 0 };
    const char        **rest;
    size_t              n;
    enum err            e;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "keys");
    str  what = n ? str_of(rest[0]) : S("");
    bool rotates = str_eq(what, S("rotate")), signs = str_eq(what, S("sign-policy"));
    if ((n && !rotates && !signs) || n > (signs ? 2u : 1u) || (signs && n != 2) || (o.lost && !rotates) ||
        (o.yes && !signs) || (o.date && !n)) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   "keys takes nothing, or rotate [--lost], or sign-policy [--yes] FILE; --at-this-date goes "
                   "with these two");
        return cli_usage(cli, "keys");
    }
    const char *left;
    e = keys_tidy(cli->sc, cli->dir, true, &left);
    if (e) return cli_fail(cli, e);
    if (rotates) e = rotate(cli, o.lost, o.date);
    else if (signs) e = sign_policy(cli, rest[1], &o);
    else e = show(cli);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_keys = {
    .name = "keys",
    .writes = true,
    .synopsis = "[rotate [--lost] [--at-this-date DATE] | sign-policy [--yes] [--at-this-date DATE] FILE]",
    .summary = "shows the key that signs releases, replaces it, signs a policy",
    .text =
        "Each release is signed with the town's key (Ed25519), so that readers can tell with hromada "
        "verify that "
        "it is\n"
        "the town's and unchanged. The key is made once, by init or the first publication, and lies in "
        "DIR/keys/signing.key,\n"
        "mode 0600. Keep a copy elsewhere; hromada backup does not copy it. \"rotate\" makes a new key, "
        "signed by the "
        "old\n"
        "one, and forgets the secret of that; what it has signed stays good. It is refused when the clock is "
        "far "
        "from the\n"
        "last release or import, or before the day of the last key, until --at-this-date repeats the date. "
        "\"rotate --lost\"\n"
        "is for a key that is gone with all its copies. \"sign-policy\" signs a policy that makes "
        "exceptions of the\n"
        "floors (hromada-policy(5)), after it has said what is given up. Without a word, keys makes nothing.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
