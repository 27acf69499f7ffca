// SPDX-License-Identifier: EUPL-1.2
#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mark.h"
#include "base/watch.h"
#include "http/http.h"
#include "main/cli.h"
#include "main/config.h"
#include "publish/keys.h"
#include "web/metrics.h"
#include "web/web.h"
#include "wire/pmtiles.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <stdio.h>
#include <unistd.h>

enum { GRACE_MS = 10000, MAPPED_BYTES = 128 << 10, KEYS_MEMORY = 1 << 20 };

struct serve_options {
    const char *listen;
};
static const struct option_row options[] = {
    OPTION(struct serve_options, "--listen", OPTION_TEXT, listen, "ADDR:PORT",
           "instead of the one in hromada.conf (127.0.0.1:8080)"),
};

/// Threads inherit the mask, so that these signals come to the one that waits for them.
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

// -- whose releases are served ------------------------------------------------------------------------------------------

struct own_keys {
    struct file_mark is; // of the file of keys, when it was read
    struct key_list  list;
    bool             known, unreadable; // there were keys once; the last look could not read them
};

/// *there: a file of keys is there, or that is not known.
static enum err look_at_keys(struct scope *sc, const char *dir, struct own_keys *k, bool *there, bool *same)
{
    const char *path;
    struct stat st;
    *there = true, *same = false;
    TRY(path_join(sc, dir, KEYS_PUBLIC, &path));
    if (stat(path, &st)) {
        *there = errno != ENOENT;
        return *there ? fail_errno(&sc->fault, "cannot look at %s", path) : OK;
    }
    struct file_mark is = file_mark_of(&st);
    *same = k->known && !k->unreadable && file_mark_holds(&k->is, &is);
    if (*same) return OK;
    k->is = is;
    return keys_public(sc, dir, &k->list);
}

/// The town's public keys, for web/, which opens releases alone. True: there is news of them. Keys that cannot be read are none, so that no
/// release is believed until they can, and are read again at each look; keys that vanish stay.
static bool read_keys(const char *dir, struct own_keys *k)
{
    struct scope own = { .mem = arena_open(KEYS_MEMORY) };
    bool         there = true, same = false;
    enum err     e = own.mem ? look_at_keys(&own, dir, k, &there, &same)
                             : fail(&own.fault, ERR_NOMEM, "no memory for the town's keys");
    bool         news = e ? !k->unreadable : there && !same;
    if (e && news) log_error("keys.unreadable", log_cstr("why", own.fault.text));
    if (e) k->list.n = 0;
    if (there) k->known = true, k->unreadable = e;
    arena_close(own.mem);
    return news;
}

/// A key that was made or replaced meanwhile counts from the next second on.
static void wait_for_end(const char *dir, const sigset_t *set, struct web *web, struct own_keys *keys)
{
    static const struct timespec second = { .tv_sec = 1 };
    for (;;) {
        int got = sigtimedwait(set, NULL, &second);
        if (got == SIGHUP) log_info("server.hangup"); // a new release is looked for every second anyway
        else if (got > 0) return;
        if (read_keys(dir, keys)) web_keys(web, &keys->list);
    }
}

/// NULL when it is off.
static enum err serve_metrics(struct cli *cli, const struct config *c, struct web *web,
                              struct http_server **out)
{
    const struct http_config hc = web_metrics_server(c->metrics);
    *out = NULL;
    return c->metrics ? http_start(cli->sc, &hc, web_metrics, web, out) : OK;
}

static void say_where(const struct cli *cli, const struct config *c, const struct http_server *server)
{
    str listen = str_of(c->listen), host = str_slice(listen, 0, listen.n);
    for (size_t i = listen.n; i-- > 0;)
        if (listen.p[i] == ':') {
            host = str_slice(listen, 0, i);
            break;
        }
    if (str_starts(listen, S("unix:")))
        cli_print("hromada serves %s on %s; stop it with Ctrl-C", cli->dir, c->listen);
    else
        cli_print("hromada serves %s on http://%.*s:%d/ ; stop it with Ctrl-C", cli->dir, STR(host),
                  http_port(server));
    fflush(stdout);
}

static enum err serve(struct cli *cli, const struct config *c)
{
    AUTO(web_closep) struct web *web = NULL;
    struct http_server          *server, *metrics;
    struct own_keys              keys = { 0 };
    sigset_t                     signals;
    // What large answers took goes back to the system when they are sent. By itself the C library would raise the size from which
    // it does so with the first of them, and keep the memory of a burst.
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    block_signals(&signals);
    if (!watch_start()) return fail_errno(&cli->sc->fault, "cannot watch over the files of releases");
    if (!read_keys(cli->dir, &keys)) log_warn("keys.absent");
    const struct web_config wc = { .data_dir = cli->dir,
                                   .basemap = c->basemap,
                                   .keys = keys.known ? &keys.list : NULL };
    TRY(web_open(cli->sc, &wc, &web));
    const struct http_config hc = {
        .listen = c->listen,
        .threads = (int)c->threads,
        .max_connections = (int)c->connections,
        .max_per_address = (int)c->connections_per_address,
        .idle_timeout_s = (int)c->idle_timeout_s,
        .access_log = c->access_log,
        .keep_for = web_keep_for,
        .keep_bytes = (size_t)c->answer_cache_mib << 20,
        .admit = web_admit,
    };
    TRY(http_start(cli->sc, &hc, web_handle, web, &server));
    enum err e = serve_metrics(cli, c, web, &metrics);
    if (!e) {
        web_measures(web, server);
        say_where(cli, c, server);
        wait_for_end(cli->dir, &signals, web, &keys);
        log_info("server.stop");
    }
    http_stop(metrics, 0); // it reads the numbers of the other
    web_measures(web, NULL);
    http_stop(server, e ? 0 : GRACE_MS);
    return e;
}

/// The town is served all the same: a map whose basemap cannot be read would have no background at all, and without a basemap it
/// draws the layers of the release.
static void check_basemap(struct cli *cli, struct config *c)
{
    if (!c->basemap || !pmtiles_check(cli->sc, c->basemap)) return;
    cli_warn(
        "hromada: basemap in hromada.conf: %s. The map is served without it; put the file right and start "
        "the server again",
        cli->sc->fault.text);
    c->basemap = NULL;
}

/// A misspelt folder would be served as a town that has published nothing.
static enum err check_folder(struct cli *cli)
{
    struct stat st;
    if (!stat(cli->dir, &st) && S_ISDIR(st.st_mode)) return OK;
    return fail(&cli->sc->fault, ERR_NOTFOUND,
                "there is no folder %s, so there is nothing to serve: name the town's data folder with -D or "
                "HROMADA_DATA, or make one with hromada -D %s init",
                cli->dir, cli->dir);
}

static int run(struct cli *cli, int argc, char **argv)
{
    struct serve_options o = { 0 };
    const char         **rest;
    size_t               n;
    if (options_read(cli->sc, options, COUNT(options), argc, argv, &o, &rest, &n))
        return cli_usage(cli, "serve");
    if (n) {
        (void)fail(&cli->sc->fault, ERR_INVALID, "serve takes no \"%s\"", rest[0]);
        return cli_usage(cli, "serve");
    }
    struct config c;
    enum err      e = check_folder(cli);
    if (!e) e = config_read(cli->sc, cli->dir, &c);
    if (o.listen) c.listen = o.listen;
    if (!e) {
        check_basemap(cli, &c);
        e = serve(cli, &c);
    }
    return e ? cli_fail(cli, e) : EXIT_DONE;
}

const struct command cmd_serve = {
    .name = "serve",
    .synopsis = "[--listen ADDR:PORT]",
    .summary = "serves the newest release as a map, pages and an API",
    .text = "Opens release files only, never the database, and the town's keys, to know which releases are "
            "its own.\n"
            "A newer release is picked up within a second, without a restart and without a failed request. "
            "SIGTERM and SIGINT finish the requests that run, then stop.\n"
            "Settings stand in DIR/hromada.conf, see hromada.conf(5). For TLS put a proxy in front of it.",
    .options = options,
    .n_options = COUNT(options),
    .run = run,
};
