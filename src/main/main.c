// SPDX-License-Identifier: EUPL-1.2
// The command line: one program with subcommands, as git and fossil are.
#include "base/arena.h"
#include "main/cli.h"
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOB_MAX_BYTES = 1 << 30 };

static const struct command *const commands[] = {
    &cmd_init,  &cmd_import, &cmd_areas, &cmd_layers, &cmd_classify, &cmd_publish, &cmd_withdraw, &cmd_serve,
    &cmd_stats, &cmd_export, &cmd_keys,  &cmd_verify, &cmd_check,    &cmd_backup,  &cmd_demo,
};

static const struct command *command_by_name(const char *name)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!strcmp(name, commands[i]->name)) return commands[i];
    return NULL;
}

static void print_overview(FILE *to)
{
    fputs("hromada turns a town's incident files into a public crime map.\n\n"
          "usage: hromada [-D FOLDER] [--json] COMMAND ...\n\n",
          to);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(to, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    fputs("  help      explains a command: hromada help import\n"
          "  version   says which version this is\n\n"
          "-D FOLDER (or the variable HROMADA_DATA) names the folder that holds everything; ./data without "
          "it.\n"
          "--json makes a command print one JSON object. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 "
          "done, with\n"
          "rejected rows. A first map: hromada -D town demo && hromada -D town serve\n",
          to);
}

static int help(int argc, char **argv)
{
    if (argc && (!strcmp(argv[0], "help") || !strcmp(argv[0], "version"))) argc = 0; // the overview has both
    const struct command *c = argc ? command_by_name(argv[0]) : NULL;
    if (argc && !c) {
        cli_warn("hromada: there is no help on \"%s\"; hromada help lists the commands.", argv[0]);
        return EXIT_USAGE;
    }
    if (!c) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    printf("hromada %s - %s\n\nusage: hromada [-D FOLDER] %s%s%s\n\n%s\n", c->name, c->summary, c->name,
           *c->synopsis ? " " : "", c->synopsis, c->text);
    for (size_t i = 0; i < c->n_options; i++) {
        const struct option_row *o = &c->options[i];
        char                     left[48];
        snprintf(left, sizeof left, "%s %s", o->name, o->value ? o->value : "");
        printf("%s  %-24s %s\n", i ? "" : "\noptions:\n", left, o->help);
    }
    return EXIT_DONE;
}

/// What root writes into a folder of another user, that user's server cannot read: the site would be gone.
static enum err check_owner(struct cli *cli)
{
    struct stat st;
    if (geteuid() || stat(cli->dir, &st) || !st.st_uid) return OK;
    const struct passwd *owner = getpwuid(st.st_uid);
    str name = owner ? str_of(owner->pw_name) : arena_printf(cli->sc->mem, "#%u", (unsigned)st.st_uid);
    return fail(
        &cli->sc->fault, ERR_INVALID,
        "%s belongs to the user %.*s, who could not read what root writes there; run it as that user: "
        "sudo -u %.*s hromada ...",
        cli->dir, STR(name), STR(name));
}

static int run(struct cli *cli, int argc, char **argv)
{
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (!strcmp(argv[at], "--json")) cli->json = true;
        else if (!strcmp(argv[at], "-D") && at + 1 < argc) cli->dir = argv[++at];
        else if (!strncmp(argv[at], "-D", 2) && argv[at][2]) cli->dir = argv[at] + 2;
        else if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")) return help(0, NULL);
        else if (!strcmp(argv[at], "--version")) break;
        else if (!strcmp(argv[at], "-D")) {
            cli_warn("hromada: -D needs the name of a folder: hromada -D FOLDER COMMAND");
            return EXIT_USAGE;
        } else {
            cli_warn("hromada: there is no option %s before a command; hromada help lists what there is.",
                     argv[at]);
            return EXIT_USAGE;
        }
    }
    if (at == argc) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[at++];
    argc -= at;
    argv += at;
    if (!strcmp(name, "help")) return help(argc, argv);
    if (!strcmp(name, "version") || !strcmp(name, "--version")) {
        if (argc) {
            cli_warn("hromada: version takes no \"%s\"", argv[0]);
            return EXIT_USAGE;
        }
        puts("hromada " HROMADA_VERSION);
        return EXIT_DONE;
    }
    const struct command *c = command_by_name(name);
    if (!c) {
        cli_warn("hromada: there is no command \"%s\"; hromada help lists what there is.", name);
        return EXIT_USAGE;
    }
    int n = 0; // --json and --help are understood behind the command, too
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--help")) return help(1, (char *[]){ (char *)(uintptr_t)c->name });
        if (!strcmp(argv[i], "--json")) cli->json = true;
        else argv[n++] = argv[i];
    }
    enum err e = c->writes ? check_owner(cli) : OK;
    return e ? cli_fail(cli, e) : c->run(cli, n, argv);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    umask(S_IRWXG | S_IRWXO); // what a town holds is nobody else's on the machine
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a limit on the size of files fails the write, and is told as a full disk
    if (sodium_init() < 0) {
        fputs("hromada: the cryptography library could not start\n", stderr);
        return EXIT_FAILED;
    }
    struct scope sc = { .mem = arena_open(JOB_MAX_BYTES) };
    if (!sc.mem) {
        fputs("hromada: no memory\n", stderr);
        return EXIT_FAILED;
    }
    const char *dir = getenv("HROMADA_DATA");
    struct cli  cli = { .sc = &sc, .dir = dir && *dir ? dir : "data", .terminal = isatty(STDERR_FILENO) };
    int         code = run(&cli, argc, argv);
    if (fflush(stdout) || ferror(stdout)) {
        fputs("hromada: could not write the output\n", stderr);
        if (code == EXIT_DONE) code = EXIT_FAILED;
    }
    arena_close(sc.mem);
    return code;
}
