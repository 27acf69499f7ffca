// SPDX-License-Identifier: EUPL-1.2
#include "base/buf.h"
#include "base/clock.h"
#include "main/cli.h"
#include "publish/release.h"
#include "wire/json.h"
#include <inttypes.h>
#include <stdio.h>

struct withdraw_options {
    const char *reason;
    int64_t     back_to;
};
static const struct option_row options[] = {
    OPTION(struct withdraw_options, "--reason", OPTION_TEXT, reason, "TEXT",
           "why; one line that stands on the pages in its place, for everybody"),
    OPTION(struct withdraw_options, "--back-to", OPTION_NUMBER, back_to, "M",
           "serve the older release M in its place (without it: nothing)"),
};

static enum err print_result(struct cli *cli, int64_t number, int64_t back_to)
{
    if (!cli->json) {
        cli_say(cli,
                "Release %" PRId64
                " is withdrawn, and its files are removed. A running server stops serving it within "
                "a second. What others have downloaded stays with them.",
                number);
        if (!back_to)
            cli_say(
                cli,
                "If that was the release that is served, readers get no answer but why (410) until you "
                "publish "
                "again: put right what was wrong, then hromada -D %s publish, which says by which option you "
                "confirm that.",
                cli->dir);
        if (back_to)
            cli_say(cli,
                    "Release %" PRId64 " is served in its place, and with it what has left the public tier "
                    "since: what turned sensitive, too. "
                    "Publish anew as soon as you can.",
                    back_to);
        return OK;
    }
    AUTO(buf_free) struct buf b;
    buf_init(&b, 1024);
    struct json j = json_on(&b);
    json_open(&j, '{');
    json_key(&j, "withdrawn"), json_i64(&j, number);
    if (back_to) json_key(&j, "current"), json_i64(&j, back_to);
    json_close(&j, '}');
    TRY(buf_end(cli->sc, &b));
    printf("%.*s\n", STR(buf_str(&b)));
    return OK;
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct withdraw_options o = { 0 };
    const char            **rest;
    size_t                  n;
    int64_t                 number;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "withdraw");
    if (n != 1 || !str_to_i64(str_of(rest[0]), &number) || number < 1) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "withdraw takes the number of one release");
        return cli_usage(cli, "withdraw");
    }
    enum err e = release_withdraw(cli->sc, cli->dir, number, o.back_to, str_of(o.reason ? o.reason : ""),
                                  clock_system.now_s());
    if (!e) e = print_result(cli, number, o.back_to);
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_withdraw = {
    .name = "withdraw",
    .writes = true,
    .synopsis = "N --reason TEXT [--back-to M]",
    .summary = "takes a release back: nothing of it is served any more",
    .text = "Removes the files of release N, of all tiers, and leaves a record of when and why. Pages and "
            "API answer\n"
            "410 with the reason. When N is the newest, nothing is served until something is published "
            "again, unless\n"
            "--back-to names an older release whose files are kept (keep-releases in hromada.conf). The "
            "server may\n"
            "run meanwhile or not, and so may an import. On a full disk the files go first, to make room for "
            "the record. "
            "Again with another reason it changes the reason. "
            "The number\n"
            "is not given again.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
