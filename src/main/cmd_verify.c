// SPDX-License-Identifier: EUPL-1.2
// Needs no data folder: what a reader has downloaded, and the town's public key.
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/file.h"
#include "main/cli.h"
#include "publish/release.h"
#include "wire/json.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MANIFEST "manifest.json"

struct verify_options {
    const char *key;
};
static const struct option_row options[] = {
    OPTION(struct verify_options, "--key", OPTION_TEXT, key, "KEY",
           "the town's public key: 64 hex digits, or a file (key.pub of a release that you trust)"),
};

// -- which files -------------------------------------------------------------------------------------------------------

/// Browsers save them as release-7-manifest.json and so on: what stands before the name is the prefix of all.
static enum err find_manifest(struct scope *sc, const char *dir, str *prefix)
{
    size_t n = 0;
    DIR   *d = opendir(dir);
    if (!d) return fail_errno(&sc->fault, "cannot open %s", dir);
    for (const struct dirent *e; n < 2 && (e = readdir(d));) {
        str name = str_of(e->d_name);
        if (!str_ends(name, S(MANIFEST))) continue;
        *prefix = arena_str(sc->mem, str_slice(name, 0, name.n - strlen(MANIFEST)));
        if (++n == 1 && !prefix->n) break; // a release as the town has it
    }
    closedir(d);
    if (n == 1) return prefix->p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a name");
    return fail(&sc->fault, ERR_NOTFOUND,
                n ? "%s holds several manifests; name the one" : "%s holds no " MANIFEST, dir);
}

/// A number of which the data folder has no manifest: of a release that was withdrawn, or that never was.
static enum err check_number(struct cli *cli, int64_t number)
{
    struct release_fate f;
    TRY(release_fate(cli->sc, cli->dir, number, &f));
    if (f.is == RELEASE_WITHDRAWN)
        return fail(&cli->sc->fault, ERR_GONE,
                    "release %" PRId64
                    " was withdrawn, and its files were removed, so there is nothing to verify",
                    number);
    if (f.is == RELEASE_ABSENT)
        return fail(&cli->sc->fault, ERR_NOTFOUND,
                    "there is no release %" PRId64
                    " in %s/releases: name a folder with its files, or another data folder "
                    "with -D",
                    number, cli->dir);
    return OK;
}

static enum err find_release(struct cli *cli, const char *what, const char **dir, str *prefix)
{
    struct scope *sc = cli->sc;
    struct stat   st;
    int64_t       number;
    str           name = str_of(what);
    *prefix = S("");
    if (str_to_i64(name, &number) && stat(what, &st)) {
        TRY(check_number(cli, number));
        str path = arena_printf(sc->mem, "%s/releases/%" PRId64, cli->dir, number);
        *dir = path.p;
        return path.p ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a path");
    }
    if (stat(what, &st)) return fail_errno(&sc->fault, "cannot open %s", what);
    *dir = what;
    if (S_ISDIR(st.st_mode)) return find_manifest(sc, what, prefix);
    if (!str_ends(name, S(MANIFEST)))
        return fail(&sc->fault, ERR_INVALID, "%s is no folder of a release and no " MANIFEST, what);
    const char *slash = strrchr(what, '/');
    size_t      from = slash ? (size_t)(slash - what) + 1 : 0;
    *prefix = str_slice(name, from, name.n - strlen(MANIFEST));
    *dir = slash ? arena_cstr(sc->mem, str_slice(name, 0, from > 1 ? from - 1 : 1)) : ".";
    return *dir ? OK : fail(&sc->fault, ERR_NOMEM, "no room for a path");
}

static enum err read_key(struct scope *sc, const char *given, struct key_list *out)
{
    str text;
    if (keys_of_hex(str_of(given), out)) return OK;
    enum err e = file_read(sc, given, KEYS_FILE_BYTES, &text);
    if (e == ERR_NOTFOUND)
        return fail(&sc->fault, ERR_INVALID, "--key is 64 hex digits, or a file; \"%.80s\" is neither",
                    given);
    TRY(e);
    if (keys_of_hex(str_trim(text), out)) return OK;
    return keys_read(sc, text, out) ? fail_at(&sc->fault, "%s", given) : OK;
}

// -- what is said ------------------------------------------------------------------------------------------------------

static enum err print_json(struct cli *cli, const struct apart *a, const char *hex, const char *print,
                           bool given)
{
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1 << 16);
    struct json j = json_on(&b);
    json_open(&j, '{');
    json_key(&j, "release"), json_i64(&j, a->number);
    json_key(&j, "sha256"), json_str(&j, a->sha256);
    json_key(&j, "signed_by"), json_cstr(&j, hex);
    json_key(&j, "fingerprint"), json_cstr(&j, print);
    json_key(&j, "key_given"), json_bool(&j, given);
    json_key(&j, "files"), json_open(&j, '{');
    for (size_t i = 0; i < a->n; i++) {
        json_key(&j, arena_cstr(cli->sc->mem, a->file[i].name));
        json_cstr(&j, a->file[i].there ? "right" : "missing");
    }
    json_close(&j, '}');
    json_close(&j, '}');
    TRY(buf_end(cli->sc, &b));
    printf("%.*s\n", STR(buf_str(&b)));
    return OK;
}

static enum err print_result(struct cli *cli, const struct apart *a, bool given)
{
    char         hex[2 * SIGN_KEY_BYTES + 1], print[SIGN_FINGERPRINT_BYTES];
    struct civil c = civil_of_s(a->created_s);
    sign_hex_write(hex, a->signer.byte, sizeof a->signer.byte);
    sign_fingerprint(&a->signer, print);
    if (cli->json) return print_json(cli, a, hex, print, given);
    cli_print("Release %" PRId64 ", made %04d-%02d-%02d: the signature of its manifest is right.", a->number,
              c.year, c.month, c.day);
    for (size_t i = 0; i < a->n; i++)
        cli_print("  %.*s %s", STR(a->file[i].name),
                  a->file[i].there ? "is right" : "is missing and was not checked");
    cli_print("Signed by %s, fingerprint %s.", hex, print);
    if (given) cli_print("It is the given key, or one that it vouches for.");
    else
        cli_print("That key came with the release, which proves nothing of its origin: compare the "
                  "fingerprint with "
                  "what the town has published elsewhere, and name the key with --key.");
    return OK;
}

static enum err verify(struct cli *cli, const char *what, const char *key)
{
    struct key_list trusted;
    struct apart    a;
    const char     *dir;
    str             prefix;
    if (key) TRY(read_key(cli->sc, key, &trusted));
    TRY(find_release(cli, what, &dir, &prefix));
    TRY(apart_verify(cli->sc, dir, prefix, key ? &trusted : NULL, &a));
    return print_result(cli, &a, key != NULL);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct verify_options o = { 0 };
    const char          **rest;
    size_t                n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "verify");
    if (n != 1) {
        (void)fail(&cli->sc->fault, ERR_INVALID,
                   "verify takes one release: a folder, a manifest.json or a number");
        return cli_usage(cli, "verify");
    }
    enum err e = verify(cli, rest[0], o.key);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_verify = {
    .name = "verify",
    .synopsis = "RELEASE [--key KEY]",
    .summary = "tells whether a release is the town's and unchanged",
    .text =
        "RELEASE is a folder with manifest.json, manifest.sig and what else was downloaded of it, or such a "
        "manifest\n"
        "(also as release-7-manifest.json, with the other files named alike), or the number of a release in "
        "DIR. "
        "No database\n"
        "is needed. Checks the signature by KEY, then size and hash of each file that is there, and tells "
        "which are "
        "missing.\n"
        "Without --key the key that came with the release is taken: then the fingerprint must be compared "
        "with one "
        "from\n"
        "elsewhere. Exit code 1: something was changed, or another key has signed it.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
